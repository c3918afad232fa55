//! The two lists: their order, what is in sight of them, and what is searched for.

use super::*;

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
fn of_a_hundred_thousand_contacts_only_what_is_in_sight_is_told() {
    let mut stage = Stage::on(crowd(100_000), 80, 24);
    let height = usize::from(stage.areas.contacts.height);
    assert_eq!(stage.names(), users(0..height));
    let before = stage.told();
    stage.set("user-000003", UserStatus::offline());
    stage.set("user-050000", UserStatus::offline());
    stage.take_in();
    let set = "contacts             set 3: user-000003: offline";
    let followed = "followed             2, 0 beyond the limit";
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
    let selected = |stage: &Stage| stage.roster.contacts().selected().unwrap().to_string();
    assert_eq!(window(&stage), 0..height);
    stage.press(KeyCode::PageDown);
    assert_eq!(window(&stage), 1..height + 1);
    assert_eq!(stage.names(), users(1..=height));
    assert_eq!(selected(&stage), users([height])[0]);
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
    assert_eq!(selected(&stage), "user-000500");
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
