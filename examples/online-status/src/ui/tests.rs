//! What is painted, what is watched, and what keys and mouse do, without a terminal or a server.

use crossterm::event::{
    Event, KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use ratatui::{Terminal, backend::TestBackend};
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
            roster: Roster::new(&store, &Bell::default()),
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
        self.areas = Areas::of(Rect::from(((0, 0).into(), size)));
        self.roster.refresh(
            self.areas.contacts.height.into(),
            self.areas.conversations.height.into(),
        );
        let (roster, areas) = (&self.roster, &self.areas);
        let painted = self.terminal.draw(|frame| draw(roster, areas, frame, NOW));
        let buffer = painted.unwrap().buffer.clone();
        let line = |y| (0..size.width).map(|x| buffer[(x, y)].symbol()).collect();
        (0..size.height).map(line).collect()
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

    /// The watchers that were told something since the log had this many lines.
    fn told_since(&self, lines: usize) -> Vec<String> {
        let log = self.roster.log.last(usize::MAX);
        let watcher = |line: &String| line[11..33].trim_end().to_owned();
        log[lines..].iter().map(watcher).collect()
    }
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
    let row = |line: usize| screen[line].clone();
    assert!(
        row(2).starts_with("│? alice            unknown"),
        "{}",
        row(2)
    );
    assert!(
        row(3).starts_with("│● bob              online"),
        "{}",
        row(3)
    );
    assert!(
        row(4).starts_with("│○ carol            offline for 2 h"),
        "{}",
        row(4)
    );
    assert!(
        row(5).starts_with("│◌ dave             perhaps online"),
        "{}",
        row(5)
    );
    assert!(row(2).contains("││  rust "), "{}", row(2));
    assert!(
        row(3).contains("││● bob ") && row(3).contains("(3)│"),
        "{}",
        row(3)
    );
    assert!(row(1).contains("contacts · 4") && row(1).contains("conversations · 2 · 3 unread"));
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
fn only_the_watchers_of_that_user_are_told_and_only_while_on_the_screen() {
    let store = Store::<App>::new();
    store.update(CONTACT, |contact| {
        for n in 0..100_000 {
            let friend = Friend::new(format!("user-{n:06}"));
            contact.friend_list.insert(friend.user_id.clone(), friend);
        }
    });
    let mut stage = Stage::on(store, 80, 24);
    let before = stage.roster.log.last(usize::MAX).len();
    stage.set("user-000003", UserStatus::online());
    stage.set("user-050000", UserStatus::online());
    assert_eq!(stage.told_since(before), ["contact user-000003"]);

    stage.press(KeyCode::End);
    stage.set("user-000003", UserStatus::offline());
    stage.set("user-099999", UserStatus::online());
    let told = stage.told_since(before + 1);
    assert_eq!(told, ["contact user-099999"]);
    let rows = usize::from(stage.areas.contacts.height);
    assert_eq!(stage.roster.users_on_screen().len(), rows);
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
    stage.press(KeyCode::Down);
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
    assert_eq!(stage.roster.contacts.selected().unwrap().as_str(), "carol");
    stage.mouse(MouseEventKind::ScrollDown, contacts.x, contacts.y);
    assert_eq!(stage.roster.contacts.selected().unwrap().as_str(), "dave");
    let bob = Conversation::with("bob").conversation_id;
    let wish = stage.mouse(click, conversations.x, conversations.y + 1);
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
