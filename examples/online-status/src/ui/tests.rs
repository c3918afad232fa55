//! What is painted, what is watched, and what keys and mouse do, without a terminal or a server.

use crossterm::event::{
    Event, KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use ratatui::backend::TestBackend;
use store::{
    Store,
    chat::{
        CONTACT, CONVERSATION, ChatError, Conversation, Friend, StatusType, Timestamp, USER,
        UserStatus,
    },
};

use super::*;
use crate::app::{App, SCREEN};

const NOW: Timestamp = Timestamp(1_000_000_000);

/// A roster and the terminal it is painted on.
struct Stage {
    store: Store<App>,
    roster: Roster,
    terminal: Terminal<TestBackend>,
    areas: Areas,
}

impl Stage {
    /// Friends alice, bob, carol and dave; conversations with bob and with a group.
    fn new() -> Self {
        let store = Store::<App>::new();
        store.update(CONTACT, |contact| {
            for name in ["dave", "bob", "alice", "carol"] {
                contact.friend_list.insert(name.into(), Friend::new(name));
            }
        });
        store.update(CONVERSATION, |conversation| {
            for (it, unread_count, at) in [
                (Conversation::with("bob"), 3, 1),
                (Conversation::group("rust"), 0, 2),
            ] {
                let conversation_id = it.conversation_id.clone();
                let last_message_at = Timestamp(at);
                let it = Conversation {
                    unread_count,
                    last_message_at,
                    ..it
                };
                conversation.conversation_list.insert(conversation_id, it);
            }
        });
        store.update(USER, |user| {
            user.display_online_status.set(true);
        });
        Self::on(store, 80, 24)
    }

    fn on(store: Store<App>, width: u16, height: u16) -> Self {
        let mut stage = Self {
            roster: Roster::new(&store, || {}),
            store,
            terminal: Terminal::new(TestBackend::new(width, height)).unwrap(),
            areas: Areas::default(),
        };
        stage.paint();
        stage
    }

    fn set(&self, user: &str, status: UserStatus) {
        self.store.update(USER, |it| {
            it.user_status_list.insert(user.into(), status);
        });
    }

    /// Paints, and answers with the lines of the screen.
    fn paint(&mut self) -> Vec<String> {
        let size = self.terminal.size().unwrap();
        self.areas = Areas::of(self.terminal.get_frame().area());
        self.take_in();
        let (roster, areas) = (&self.roster, &self.areas);
        let painted = self.terminal.draw(|frame| draw(roster, areas, frame, NOW));
        let buffer = painted.unwrap().buffer.clone();
        let line = |y| (0..size.width).map(|x| buffer[(x, y)].symbol()).collect();
        (0..size.height).map(line).collect()
    }

    /// Takes in what has been told; says whether the screen differs.
    fn take_in(&mut self) -> bool {
        let (contacts, conversations) = (self.areas.contacts, self.areas.conversations);
        self.roster
            .take_in(contacts.height.into(), conversations.height.into())
    }

    /// The names in the contact list, as they are on the screen.
    fn names(&mut self) -> Vec<String> {
        let screen = self.paint();
        let rows = self.areas.contacts.rows();
        let name = |row: Rect| {
            screen[usize::from(row.y)]
                .chars()
                .skip(3)
                .take(16)
                .collect()
        };
        let names = rows
            .map(name)
            .map(|name: String| name.trim_end().to_owned());
        names.filter(|name| !name.is_empty()).collect()
    }

    #[track_caller]
    fn shows(&mut self, text: &str) {
        let screen = self.paint().join("\n");
        assert!(screen.contains(text), "no `{text}` in\n{screen}");
    }

    #[track_caller]
    fn shows_not(&mut self, text: &str) {
        let screen = self.paint().join("\n");
        assert!(!screen.contains(text), "`{text}` in\n{screen}");
    }

    fn press(&mut self, code: KeyCode) -> Option<Wish> {
        let key = Event::Key(KeyEvent::new(code, KeyModifiers::NONE));
        let wish = self.roster.handle(&key, &self.areas);
        self.paint();
        wish
    }

    fn write(&mut self, text: &str) -> Option<Wish> {
        text.chars()
            .filter_map(|c| self.press(KeyCode::Char(c)))
            .last()
    }

    fn mouse(&mut self, kind: MouseEventKind, column: u16, row: u16) -> Option<Wish> {
        let mouse = Event::Mouse(MouseEvent {
            kind,
            column,
            row,
            modifiers: KeyModifiers::NONE,
        });
        let wish = self.roster.handle(&mouse, &self.areas);
        self.paint();
        wish
    }

    /// What the watchers were told since the log had this many lines.
    fn told_since(&self, lines: usize) -> Vec<String> {
        let log = self.roster.log();
        let told = log.last(usize::MAX).skip(lines);
        told.map(|line| line[11..].to_owned()).collect()
    }

    fn told(&self) -> usize {
        self.roster.log().last(usize::MAX).count()
    }
}

/// A store with so many friends, from `user-000000` on.
fn crowd(count: usize) -> Store<App> {
    let store = Store::<App>::new();
    store.update(CONTACT, |contact| {
        for n in 0..count {
            let friend = Friend::new(format!("user-{n:06}"));
            contact.friend_list.insert(friend.user_id.clone(), friend);
        }
    });
    store.update(USER, |user| {
        user.display_online_status.set(true);
    });
    store
}

fn users(numbers: impl IntoIterator<Item = usize>) -> Vec<String> {
    let numbers = numbers.into_iter();
    numbers.map(|n| format!("user-{n:06}")).collect()
}

#[test]
fn both_lists_show_the_dots_of_those_who_are_known() {
    let mut stage = Stage::new();
    stage.set("bob", UserStatus::online());
    let mut away = UserStatus::offline();
    away.last_seen = Some(Timestamp(NOW.0 - 7_200_000));
    stage.set("carol", away);
    let stale = UserStatus {
        fresh: false,
        ..UserStatus::online()
    };
    stage.set("dave", stale);
    let screen = stage.paint();
    for (line, contact) in [
        (2, "│● bob              online"),
        (3, "│◌ dave             perhaps online"),
        (4, "│? alice            unknown"),
        (5, "│○ carol            offline for 2 h"),
    ] {
        assert!(screen[line].starts_with(contact), "{}", screen[line]);
    }
    let bob = &screen[2];
    assert!(bob.contains("││● bob ") && bob.contains("(3)│"), "{bob}");
    assert!(screen[3].contains("││  rust "), "{}", screen[3]);
    assert!(
        screen[1].contains("contacts · 4") && screen[1].contains("conversations · 2 · 3 unread")
    );
}

#[test]
fn a_status_that_differs_moves_its_row_online_first_then_by_name() {
    let mut stage = Stage::new();
    assert_eq!(stage.names(), ["alice", "bob", "carol", "dave"]);
    stage.set("dave", UserStatus::online());
    stage.set("carol", UserStatus::online());
    assert_eq!(stage.names(), ["carol", "dave", "alice", "bob"]);
    stage.set("carol", UserStatus::offline());
    assert_eq!(stage.names(), ["dave", "alice", "bob", "carol"]);
    stage.store.update(USER, |user| {
        user.user_blacklist.insert("dave".into());
    });
    assert_eq!(stage.names(), ["alice", "bob", "carol", "dave"]);
}

#[test]
fn conversations_are_pinned_first_then_online_then_by_name() {
    let mut stage = Stage::new();
    let rows = |stage: &mut Stage| {
        stage.paint();
        let talks = stage.roster.talks();
        let names = talks.keys().map(|id| id.as_str().to_owned());
        names.collect::<Vec<_>>()
    };
    stage.store.update(CONVERSATION, |conversation| {
        for it in [Conversation::with("zoe"), Conversation::group("art")] {
            let id = it.conversation_id.clone();
            conversation.conversation_list.insert(id, it);
        }
    });
    assert_eq!(
        rows(&mut stage),
        ["GROUPart", "C2Cbob", "GROUPrust", "C2Czoe"]
    );
    stage.set("zoe", UserStatus::online());
    assert_eq!(
        rows(&mut stage),
        ["C2Czoe", "GROUPart", "C2Cbob", "GROUPrust"]
    );
    stage.store.update(CONVERSATION, |conversation| {
        let rust = Conversation {
            is_pinned: true,
            ..Conversation::group("rust")
        };
        let id = rust.conversation_id.clone();
        conversation.conversation_list.insert(id, rust);
    });
    assert_eq!(
        rows(&mut stage),
        ["GROUPrust", "C2Czoe", "GROUPart", "C2Cbob"]
    );
}

#[test]
fn a_link_that_breaks_and_comes_back_moves_no_row() {
    let mut stage = Stage::new();
    stage.set("dave", UserStatus::online());
    let before = stage.names();
    let stale = UserStatus {
        fresh: false,
        ..UserStatus::online()
    };
    stage.set("dave", stale);
    stage.shows("◌ dave");
    assert_eq!(stage.names(), before);
}

#[test]
fn dots_are_gone_when_the_switch_is_off_and_never_shown_for_blocked_users() {
    let mut stage = Stage::new();
    stage.set("bob", UserStatus::online());
    stage.store.update(USER, |user| {
        user.user_blacklist.insert("alice".into());
    });
    stage.shows("│  alice ");
    stage.shows("● bob");
    stage.shows("●─ on");
    stage
        .store
        .update(USER, |user| user.display_online_status.set(false));
    stage.shows("│  bob ");
    stage.shows_not("● bob");
    stage.shows("─○ off");
}

#[test]
fn of_a_hundred_thousand_contacts_only_what_is_in_sight_is_told() {
    let mut stage = Stage::on(crowd(100_000), 80, 24);
    let height = usize::from(stage.areas.contacts.height);
    assert_eq!(stage.names(), users(0..height));
    let before = stage.told();
    stage.set("user-000003", UserStatus::offline());
    stage.set("user-050000", UserStatus::offline());
    stage.take_in();
    let set = "contact list       set 3: user-000003: offline";
    let followed = "followed           2, 0 beyond the limit";
    assert_eq!(stage.told_since(before), [set, followed]);
    assert_eq!(stage.roster.users_on_screen().len(), height);
}

#[test]
fn what_is_out_of_sight_paints_nothing() {
    let mut stage = Stage::on(crowd(1_000), 80, 24);
    stage.set("user-000900", UserStatus::offline());
    assert!(stage.take_in());
    stage.set("user-000900", UserStatus::new(StatusType::Unlogged));
    assert!(!stage.take_in());
    stage.set("user-000000", UserStatus::offline());
    assert!(stage.take_in());
    assert!(!stage.take_in());
}

#[test]
fn who_comes_online_out_of_sight_comes_into_sight() {
    let mut stage = Stage::on(crowd(10_000), 80, 24);
    let height = usize::from(stage.areas.contacts.height);
    stage.set("user-009999", UserStatus::online());
    let mut expected = users(0..height - 1);
    expected.insert(0, "user-009999".to_owned());
    assert_eq!(stage.names(), expected);
}

#[test]
fn scrolling_writes_the_window_into_the_store_and_shows_its_rows() {
    let mut stage = Stage::on(crowd(10_000), 80, 24);
    let height = usize::from(stage.areas.contacts.height);
    let window = |stage: &Stage| stage.store.snapshot(SCREEN).contact_rows.clone();
    assert_eq!(window(&stage), 0..height);
    stage.press(KeyCode::PageDown);
    assert_eq!(window(&stage), 1..height + 1);
    assert_eq!(stage.names(), users(1..=height));
    stage.press(KeyCode::End);
    assert_eq!(window(&stage), 10_000 - height..10_000);
    assert_eq!(stage.names(), users(10_000 - height..10_000));
    stage.press(KeyCode::Up);
    assert_eq!(window(&stage), 10_000 - height..10_000);
    stage.press(KeyCode::Home);
    assert_eq!(stage.names(), users(0..height));

    // Anybody may scroll.
    stage
        .store
        .update(SCREEN, |screen| screen.contact_rows.set(500..500 + height));
    assert_eq!(stage.names(), users(500..500 + height));
    let selected = stage.roster.contacts().selected().cloned();
    assert_eq!(selected.unwrap().as_str(), "user-000500");
}

#[test]
fn another_size_shows_as_many_rows_as_fit() {
    let mut stage = Stage::on(crowd(10_000), 80, 24);
    stage.press(KeyCode::End);
    for height in [50, 16, 30] {
        stage.terminal.backend_mut().resize(90, height);
        stage.terminal.autoresize().unwrap();
        stage.paint();
        let rows = usize::from(stage.areas.contacts.height);
        let names = stage.names();
        assert_eq!(names.len(), rows);
        assert_eq!(names.last().unwrap(), "user-009999");
    }
}

#[test]
fn the_cursor_stays_on_its_row_while_that_is_in_sight() {
    let mut stage = Stage::new();
    let selected = |stage: &Stage| stage.roster.contacts().selected().unwrap().to_string();
    stage.press(KeyCode::Down);
    assert_eq!(selected(&stage), "bob");
    stage.set("dave", UserStatus::online());
    stage.paint();
    assert_eq!(selected(&stage), "bob");
    stage
        .store
        .update(CONTACT, |contact| contact.friend_list.remove("bob"));
    stage.paint();
    assert_eq!(selected(&stage), "carol");
    for gone in ["carol", "dave", "alice"] {
        stage
            .store
            .update(CONTACT, |contact| contact.friend_list.remove(gone));
        stage.paint();
    }
    assert!(stage.roster.contacts().selected().is_none());
}

#[test]
fn a_terminal_that_is_too_small_says_so_and_comes_back() {
    let store = Stage::new().store;
    let mut stage = Stage::on(store, 40, 10);
    stage.shows("terminal too small: 40×10, needs 60×15");
    assert!(stage.roster.users_on_screen().is_empty());
    stage.terminal.backend_mut().resize(60, 15);
    stage.terminal.autoresize().unwrap();
    stage.shows("contacts · 4");
    for (width, height) in [(1, 1), (0, 0), (200, 1), (1, 200), (300, 120), (60, 14)] {
        stage.terminal.backend_mut().resize(width, height);
        stage.terminal.autoresize().unwrap();
        stage.paint();
    }
}

#[test]
fn searching_narrows_both_lists_until_escape() {
    let mut stage = Stage::new();
    stage.press(KeyCode::Char('/'));
    stage.write("BOq");
    stage.shows("search: BOq▏");
    stage.shows("contacts · 0");
    stage.press(KeyCode::Backspace);
    stage.shows("contacts · 1 ");
    stage.shows("conversations · 1 ");
    stage.press(KeyCode::Enter);
    stage.shows("shown: names with “BO”");
    stage.press(KeyCode::Esc);
    stage.shows("contacts · 4");
}

#[test]
fn a_search_begins_at_its_first_row_wherever_the_list_stands() {
    let mut stage = Stage::on(crowd(10_000), 80, 24);
    stage.press(KeyCode::End);
    stage.press(KeyCode::Char('/'));
    stage.write("-00777");
    assert_eq!(stage.names(), users(7_770..7_780));
    stage.shows("contacts · 10 ");
    stage.press(KeyCode::Esc);
    stage.shows("contacts · 10000 ");
    assert_eq!(stage.names()[0], "user-000000");
}

#[test]
fn keys_ask_for_what_only_the_program_can_do() {
    let mut stage = Stage::new();
    assert_eq!(stage.press(KeyCode::Char('o')), Some(Wish::Switch(false)));
    stage.press(KeyCode::Char('t'));
    stage.write("on the qt");
    stage.shows("beside your name: on the qt▏");
    assert_eq!(
        stage.press(KeyCode::Enter),
        Some(Wish::Write("on the qt".into()))
    );
    assert_eq!(stage.press(KeyCode::Enter), None);
    stage.press(KeyCode::Tab);
    let bob = Conversation::with("bob").conversation_id;
    assert_eq!(stage.press(KeyCode::Enter), Some(Wish::Read(bob)));
    assert_eq!(stage.press(KeyCode::Char('q')), Some(Wish::Quit));
    let interrupt = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
    stage.press(KeyCode::Char('/'));
    let wish = stage.roster.handle(&Event::Key(interrupt), &stage.areas);
    assert_eq!(wish, Some(Wish::Quit));
}

#[test]
fn the_mouse_selects_scrolls_and_works_the_switch() {
    let mut stage = Stage::new();
    let click = MouseEventKind::Down(MouseButton::Left);
    let Areas {
        switch,
        contacts,
        conversations,
        ..
    } = stage.areas;
    assert_eq!(
        stage.mouse(click, switch.x, switch.y),
        Some(Wish::Switch(false))
    );
    stage.mouse(click, contacts.x, contacts.y + 2);
    assert_eq!(
        stage.roster.contacts().selected().unwrap().as_str(),
        "carol"
    );
    stage.mouse(MouseEventKind::ScrollDown, contacts.x, contacts.y);
    assert_eq!(stage.roster.contacts().selected().unwrap().as_str(), "dave");
    let bob = Conversation::with("bob").conversation_id;
    let wish = stage.mouse(click, conversations.x, conversations.y);
    assert_eq!(wish, Some(Wish::Read(bob)));
    assert_eq!(
        stage.mouse(click, conversations.x, conversations.y + 9),
        None
    );
}

#[test]
fn refusals_and_broken_links_stand_in_the_last_line() {
    let mut stage = Stage::new();
    stage.store.update(SCREEN, |screen| {
        screen.notice.set("online status is on".into());
    });
    stage.shows("online status is on");
    stage.store.update(USER, |user| {
        user.online_status_error
            .set(Some(ChatError::UnsupportedEdition));
    });
    let screen = stage.paint().join("\n");
    assert!(screen.contains("not part of this edition") && screen.contains("(code 3122)"));
    stage.store.update(SCREEN, |screen| {
        screen.trouble.set(Some("link broken".into()));
    });
    stage.shows("! link broken");
}

#[test]
fn names_from_elsewhere_cannot_command_the_terminal() {
    let mut stage = Stage::new();
    stage.store.update(CONTACT, |contact| {
        let nick = "\x1b[2J\u{7}evil 名前".to_owned();
        let friend = Friend {
            nick,
            ..Friend::new("eve")
        };
        contact.friend_list.insert("eve".into(), friend);
    });
    let status = UserStatus {
        custom_status: "\r\nhello".into(),
        ..UserStatus::new(StatusType::Online)
    };
    stage.set("eve", status);
    let screen = stage.paint().join("");
    assert!(screen.contains("evil") && screen.contains("hello"));
    assert!(!screen.contains(char::is_control));
}

#[test]
fn help_covers_the_roster_until_a_key_is_pressed() {
    let mut stage = Stage::new();
    stage.press(KeyCode::Char('?'));
    stage.shows("○ offline   ? unknown   ◌ no longer sure");
    stage.press(KeyCode::Char('x'));
    stage.shows_not("no longer sure");
}

#[test]
fn the_end_of_a_text_of_wide_letters_is_in_sight() {
    let mut stage = Stage::new();
    stage.press(KeyCode::Char('t'));
    stage.write(&"名".repeat(33));
    stage.shows("▏");
}
