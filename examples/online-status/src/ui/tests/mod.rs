//! What is painted, what is watched, and what keys and mouse do, without a terminal or a server.

mod lists;

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
