//! Rule 4: events are merged by version and gathered; what comes too late changes nothing.

use std::time::Duration;

use store::chat::{BackendEvent, ChatError, Dot, StatusReport, StatusType, USER};

use crate::support::Stage;

fn online(user: &str, version: u64) -> StatusReport {
    StatusReport::new(user, version, StatusType::Online)
}

fn offline(user: &str, version: u64) -> StatusReport {
    StatusReport::new(user, version, StatusType::Offline)
}

#[test]
fn an_answer_that_arrives_after_a_newer_event_does_not_undo_it() {
    let mut stage = Stage::switched_on(&[]);
    stage.server.set_status("bob", 1, StatusType::Offline);
    let _bob = stage.service.want(["bob"]);
    stage.server.hold(true);
    stage.settle();
    stage.server.release("subscribe");
    stage.settle();
    stage.tell_status("bob", 2, StatusType::Online);
    assert_eq!(stage.dot("bob"), Dot::Online);
    stage.server.release("query");
    stage.settle();
    assert_eq!(stage.dot("bob"), Dot::Online);
}

#[test]
fn events_out_of_order_and_twice_leave_the_newest() {
    let mut stage = Stage::switched_on(&["bob"]);
    stage.tell_status("bob", 7, StatusType::Online);
    let revision = stage.store.revision();
    stage.tell_status("bob", 6, StatusType::Offline);
    stage.tell_status("bob", 7, StatusType::Online);
    assert_eq!(stage.dot("bob"), Dot::Online);
    assert_eq!(stage.store.revision(), revision);
}

#[test]
fn a_version_that_nobody_counts_up_to_is_nonsense_and_shuts_out_nothing() {
    for version in [u64::MAX, u64::MAX - 1, 1 << 63] {
        let mut stage = Stage::switched_on(&["bob"]);
        let (told, heard) = std::sync::mpsc::channel();
        let errors = store::chat::User::watch().online_status_error(move |error| {
            let text = error.as_ref().map(ChatError::to_string);
            told.send(text).unwrap();
        });
        let _watching = stage.store.watch(USER, errors);
        stage.server.set_status("bob", 2, StatusType::Online);
        stage.tell(BackendEvent::Statuses(vec![offline("bob", version)]));
        stage.expect_calls(["query bob"]);
        assert_eq!(stage.dot("bob"), Dot::Online, "by the answer");
        let text = format!(
            "the server answered nonsense: a report on `bob` of version {version}: no count comes so far"
        );
        assert_eq!(
            heard.try_iter().collect::<Vec<_>>(),
            [None, Some(text), None]
        );
        stage.tell_status("bob", 3, StatusType::Offline);
        assert_eq!(stage.dot("bob"), Dot::Offline);
    }
}

#[test]
fn the_highest_version_is_believed() {
    let mut stage = Stage::switched_on(&["bob"]);
    stage.tell_status("bob", i64::MAX as u64, StatusType::Online);
    assert_eq!((stage.dot("bob"), stage.error()), (Dot::Online, None));
}

#[test]
fn an_answer_of_such_a_version_is_asked_for_again_at_growing_intervals() {
    let mut stage = Stage::switched_on(&[]);
    stage.server.set_status("bob", u64::MAX, StatusType::Online);
    let _bob = stage.service.want(["bob"]);
    stage.settle();
    stage.expect_calls(["subscribe bob", "query bob"]);
    assert_eq!(stage.dot("bob"), Dot::Unknown);
    stage.advance(Duration::from_secs(1));
    stage.expect_calls(["query bob"]);
    stage.advance(Duration::from_secs(1));
    stage.expect_calls([]);
    stage.server.set_status("bob", 1, StatusType::Online);
    stage.advance(Duration::from_secs(1));
    assert_eq!(stage.dot("bob"), Dot::Online);
    assert_eq!(stage.error(), None);
}

#[test]
fn a_burst_is_one_commit_300_milliseconds_after_it_began() {
    let mut stage = Stage::switched_on(&["bob", "carol"]);
    let revision = stage.store.revision();
    stage.tell(BackendEvent::Statuses(vec![online("bob", 2)]));
    stage.advance(Duration::from_millis(200));
    stage.tell(BackendEvent::Statuses(vec![
        online("carol", 2),
        offline("bob", 3),
    ]));
    stage.advance(Duration::from_millis(99));
    assert_eq!(stage.store.revision(), revision);
    stage.advance(Duration::from_millis(1));
    assert_eq!(stage.store.revision(), revision + 1);
    assert_eq!(
        (stage.dot("bob"), stage.dot("carol")),
        (Dot::Offline, Dot::Online)
    );
    stage.advance(Duration::from_secs(1));
    assert_eq!(stage.store.revision(), revision + 1);
}

#[test]
fn an_empty_event_changes_nothing() {
    let mut stage = Stage::switched_on(&["bob"]);
    let revision = stage.store.revision();
    stage.tell(BackendEvent::Statuses(vec![]));
    stage.advance(Duration::from_secs(1));
    assert_eq!(stage.store.revision(), revision);
    assert_eq!(stage.dot("bob"), Dot::Offline);
}

#[test]
fn events_after_switching_off_are_ignored() {
    let mut stage = Stage::switched_on(&["bob"]);
    stage.tell(BackendEvent::Statuses(vec![online("bob", 2)]));
    assert_eq!(stage.switch(false), Ok(()));
    let revision = stage.store.revision();
    stage.advance(Duration::from_secs(1));
    stage.tell_status("bob", 3, StatusType::Online);
    assert_eq!(
        stage.store.revision(),
        revision,
        "neither gathered nor late ones land"
    );
    assert_eq!(stage.status("bob"), None);
    assert_eq!(stage.switch(true), Ok(()));
    assert_eq!(stage.dot("bob"), Dot::Offline, "by the answer alone");
}

#[test]
fn events_about_people_nobody_asked_for_are_ignored() {
    let mut stage = Stage::switched_on(&["bob"]);
    stage.tell_status("mallory", 1, StatusType::Online);
    assert_eq!(stage.status("mallory"), None);
}

#[test]
fn own_actions_are_not_gathered() {
    let mut stage = Stage::switched_on(&[]);
    stage.server.set_status("bob", 1, StatusType::Online);
    let _bob = stage.service.want(["bob"]);
    stage.settle();
    assert_eq!(stage.dot("bob"), Dot::Online, "the clock stood still");
}

#[test]
fn a_flood_of_events_leaves_others_their_turn() {
    let mut stage = Stage::switched_on(&["bob"]);
    for version in 2..2_000 {
        stage
            .server
            .tell(BackendEvent::Statuses(vec![online("bob", version)]));
    }
    let mut turns = 1;
    while stage.run_once() {
        turns += 1;
    }
    assert!((4..100).contains(&turns), "{turns} turns");
}
