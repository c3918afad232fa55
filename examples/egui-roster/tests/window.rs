//! The roster as a user sees it, and as the window's event loop does: without a display.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    thread,
};

use egui_kittest::{Harness, kittest::Queryable as _};
use egui_roster::{Roster, Social};
use store::{
    Store,
    chat::{CONTACT, Friend, USER, UserStatus},
};

type Screen = Harness<'static, Option<Roster>>;

/// Alice and Bob are friends, and statuses are shown.
fn store() -> Store<Social> {
    let store = Store::new();
    put_friend(&store, "alice", "Alice");
    put_friend(&store, "bob", "Bob");
    store.update(USER, |user| user.display_online_status.set(true));
    store
}

fn put_friend(store: &Store<Social>, id: &str, nick: &str) {
    let friend = Friend {
        nick: nick.to_owned(),
        ..Friend::new(id)
    };
    store.update(CONTACT, |contact| {
        contact.friend_list.insert(id.into(), friend)
    });
}

fn put_status(store: &Store<Social>, id: &str, status: UserStatus) {
    store.update(USER, |user| user.user_status_list.insert(id.into(), status));
}

/// A window that has come to rest.
fn screen(store: &Store<Social>) -> Screen {
    let store = store.clone();
    let mut screen = Harness::new_ui_state(
        move |ui, roster: &mut Option<Roster>| {
            let roster = roster.get_or_insert_with(|| Roster::new(ui.ctx(), &store));
            roster.ui(ui);
        },
        None,
    );
    screen.run();
    screen
}

#[track_caller]
fn shows(screen: &Screen, label: &str) {
    assert!(
        screen.query_by_label(label).is_some(),
        "{label} in {screen:?}"
    );
}

/// Counts how often a repaint is asked for from now on.
fn count_repaints(screen: &Screen) -> impl Fn() -> u32 + use<> {
    let count = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&count);
    screen.ctx.set_repaint_observer(move |_| {
        counter.fetch_add(1, Ordering::Relaxed);
    });
    move || count.swap(0, Ordering::Relaxed)
}

#[test]
fn what_another_thread_writes_is_in_the_next_frame() {
    let store = store();
    let mut screen = screen(&store);
    shows(&screen, "Bob, not known yet");

    thread::scope(|scope| {
        scope.spawn(|| {
            put_status(&store, "bob", UserStatus::online());
            put_friend(&store, "carol", "Carol");
        });
    });
    shows(&screen, "Bob, not known yet");
    screen.step();
    shows(&screen, "Bob, online");
    shows(&screen, "Carol, not known yet");
    shows(&screen, "Bob is online");

    store.update(CONTACT, |contact| contact.friend_list.remove("bob"));
    screen.step();
    assert!(screen.query_by_label("Bob, online").is_none());
}

#[test]
fn a_click_on_the_switch_writes_and_is_told_like_any_write() {
    let store = store();
    put_status(&store, "alice", UserStatus::online());
    let mut screen = screen(&store);
    shows(&screen, "Alice, online");

    screen.get_by_label("show who is online").click();
    screen.run();
    assert!(!store.snapshot(USER).display_online_status);
    put_status(&store, "bob", UserStatus::online());
    screen.step();
    shows(&screen, "Alice, not shown");
    assert!(screen.query_by_label("Bob is online").is_none());

    screen.get_by_label("show who is online").click();
    screen.run();
    assert!(store.snapshot(USER).display_online_status);
    shows(&screen, "Alice, online");
}

#[test]
fn a_repaint_is_asked_for_when_something_shown_differs_and_at_no_other_time() {
    let store = store();
    let mut screen = screen(&store);
    let repaints = count_repaints(&screen);

    put_status(&store, "bob", UserStatus::online());
    assert_eq!(repaints(), 1);
    screen.run();
    assert_eq!(repaints(), 0, "a frame asks for no other");

    put_status(&store, "bob", UserStatus::online());
    assert_eq!(repaints(), 0, "it is the same status");
    store.update(USER, |user| user.target_language.set("fr".to_owned()));
    assert_eq!(repaints(), 0, "nothing shows the language");

    put_status(&store, "bob", UserStatus::offline());
    assert_eq!(repaints(), 1);
}

#[test]
fn a_thousand_commits_before_a_frame_are_one_repaint_and_one_difference() {
    let store = store();
    let mut screen = screen(&store);
    let repaints = count_repaints(&screen);

    thread::scope(|scope| {
        scope.spawn(|| {
            for turn in 0..1000 {
                let status = match turn % 2 {
                    0 => UserStatus::offline(),
                    _ => UserStatus::online(),
                };
                put_status(&store, "bob", status);
            }
        });
    });
    assert_eq!(repaints(), 1);
    screen.step();
    shows(&screen, "Bob, online");
    shows(&screen, "Bob is online");
}

#[test]
fn the_search_box_leaves_the_names_that_contain_it() {
    let store = store();
    let mut screen = screen(&store);
    let search = screen.get_by_role(egui::accesskit::Role::TextInput);
    search.focus();
    search.type_text("LI");
    screen.run();
    shows(&screen, "Alice, not known yet");
    assert!(screen.query_by_label("Bob, not known yet").is_none());

    put_friend(&store, "bob", "Oliver");
    screen.step();
    shows(&screen, "Oliver, not known yet");
}

#[test]
fn a_roster_that_is_gone_hears_nothing() {
    let store = store();
    let mut screen = screen(&store);
    let repaints = count_repaints(&screen);
    drop(screen.state_mut().take());
    put_status(&store, "bob", UserStatus::online());
    assert_eq!(repaints(), 0);
}
