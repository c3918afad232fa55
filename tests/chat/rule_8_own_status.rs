//! Rule 8: the own status, its text of up to 100 bytes, and blocked users.

use std::time::Duration;

use store::{
    Set,
    chat::{
        BackendEvent, ChatError, Dot, NetState, Session, StatusReport, StatusType, USER, UserStatus,
    },
};

use crate::support::{Server, Stage};

#[test]
fn the_answer_is_merged_over_all_devices() {
    let mut stage = Stage::with_friends(&[]);
    let status = stage.set_custom_status("at lunch").unwrap();
    assert_eq!(status.status_type, StatusType::Online);
    assert_eq!(status.custom_status, "at lunch");
    assert_eq!(status.devices, ["phone"]);
    assert_eq!(stage.store.snapshot(USER).own_status, status);
}

#[test]
fn a_text_of_100_bytes_is_taken_and_a_longer_one_says_how_long_it_is() {
    let mut stage = Stage::with_friends(&[]);
    assert!(stage.set_custom_status(&"ä".repeat(50)).is_ok());
    stage.server.take_calls();
    let error = stage.set_custom_status(&"ä".repeat(51)).unwrap_err();
    assert_eq!(
        error,
        ChatError::CustomStatusTooLong {
            bytes: 102,
            limit: 100
        }
    );
    assert_eq!(
        error.to_string(),
        "a custom status of 102 bytes is too long: 100 at most"
    );
    assert_eq!(stage.error(), Some(error));
    stage.expect_calls([]);
    assert!(stage.set_custom_status("short").is_ok());
    assert_eq!(stage.error(), None);
}

#[test]
fn it_needs_a_login() {
    let mut stage = Stage::new();
    assert_eq!(
        stage.set_custom_status("hello"),
        Err(ChatError::NotLoggedIn)
    );
}

#[test]
fn what_the_backend_answers_is_returned() {
    let mut stage = Stage::with_friends(&[]);
    stage
        .server
        .refuse("set_custom_status", ChatError::UnsupportedEdition);
    assert_eq!(
        stage.set_custom_status("hello"),
        Err(ChatError::UnsupportedEdition)
    );
    assert_eq!(stage.error(), Some(ChatError::UnsupportedEdition));
}

#[test]
fn why_a_text_was_refused_is_shown_until_one_is_set() {
    for refusal in [
        ChatError::UnsupportedEdition,
        ChatError::Refused {
            code: 60_002,
            reason: "closed on sundays".into(),
        },
        ChatError::TooFrequent {
            retry_after: Duration::from_secs(1),
        },
    ] {
        let mut stage = Stage::switched_on(&["bob"]);
        stage.server.refuse("set_custom_status", refusal.clone());
        assert_eq!(stage.set_custom_status("hello"), Err(refusal.clone()));
        assert_eq!(stage.error(), Some(refusal));
        assert!(stage.set_custom_status("hello").is_ok());
        assert_eq!(stage.error(), None);
    }
}

#[test]
fn a_text_that_is_set_hides_nothing_else_that_is_wrong() {
    let mut stage = Stage::with_friends(&[]);
    stage
        .server
        .refuse("capability", ChatError::UnsupportedEdition);
    assert!(stage.switch(true).is_err());
    for refusal in [
        ChatError::UnsupportedEdition,
        ChatError::CapabilityNotEnabled,
    ] {
        stage.server.refuse("set_custom_status", refusal.clone());
        assert!(stage.set_custom_status("hello").is_err());
        assert_eq!(stage.error(), Some(refusal));
        assert!(stage.set_custom_status("hello").is_ok());
        assert_eq!(stage.error(), Some(ChatError::UnsupportedEdition));
    }
}

#[test]
fn an_event_from_another_device_is_heard_unless_it_is_older() {
    let mut stage = Stage::with_friends(&[]);
    assert!(stage.set_custom_status("at lunch").is_ok());
    let event = |version| {
        BackendEvent::Statuses(vec![StatusReport::new(
            "alice",
            version,
            StatusType::Offline,
        )])
    };
    stage.tell(event(4));
    assert_eq!(
        stage.store.snapshot(USER).own_status.status_type,
        StatusType::Online
    );
    stage.tell(event(6));
    assert_eq!(
        stage.store.snapshot(USER).own_status.status_type,
        StatusType::Offline
    );
}

#[test]
fn no_version_shuts_out_what_is_told_of_it_later() {
    let server = Server::default();
    server.set_own_status(StatusReport::new("alice", u64::MAX, StatusType::Unlogged));
    let mut stage = Stage::logged_in(server);
    let own = |stage: &Stage| stage.store.snapshot(USER).own_status.status_type;
    assert_eq!(own(&stage), StatusType::Unknown);
    assert!(matches!(stage.error(), Some(ChatError::Protocol { .. })));
    stage.tell_status("alice", 7, StatusType::Online);
    stage.tell_status("alice", u64::MAX, StatusType::Unlogged);
    assert_eq!(own(&stage), StatusType::Online);
    assert!(matches!(stage.error(), Some(ChatError::Protocol { .. })));
    stage.tell(BackendEvent::Resumed(Session {
        own_status: Some(StatusReport::new("alice", u64::MAX, StatusType::Unlogged)),
        ..Session::default()
    }));
    stage.tell_status("alice", 8, StatusType::Offline);
    assert_eq!(own(&stage), StatusType::Offline);
}

#[test]
fn blocked_users_stay_hidden() {
    let server = Server::default();
    server.set_friends(&["bob", "mallory"]);
    server.set_blacklist(&["mallory"]);
    let mut stage = Stage::logged_in(server);
    assert_eq!(stage.switch(true), Ok(()));
    stage.expect_calls(["capability", "subscribe bob", "query bob"]);
    stage.tell_status("mallory", 5, StatusType::Online);
    assert_eq!(stage.dot("mallory"), Dot::Unknown);
}

#[test]
fn blocking_hides_and_unblocking_shows() {
    let mut stage = Stage::switched_on(&["bob"]);
    stage.tell(BackendEvent::Blacklist(vec!["bob".into()]));
    assert_eq!(stage.status("bob"), None);
    stage.expect_calls(["unsubscribe bob"]);
    stage
        .store
        .update(USER, |user| user.user_blacklist.set(Set::new()));
    stage.settle();
    stage.expect_calls(["subscribe bob", "query bob"]);
    assert_eq!(stage.dot("bob"), Dot::Offline);
    stage.store.update(USER, |user| {
        user.user_blacklist.insert("bob".into());
    });
    stage.settle();
    assert_eq!(stage.status("bob"), None, "blocked by the program, too");
}

#[test]
fn a_lost_link_makes_it_stale_until_the_server_tells_it_anew() {
    let mut stage = Stage::with_friends(&[]);
    stage.tell_status("alice", 900, StatusType::Online);
    let own = |stage: &Stage| stage.store.snapshot(USER).own_status.clone();
    assert!(own(&stage).fresh);
    stage.set_link(NetState::Disconnected);
    let stale = UserStatus {
        fresh: false,
        ..UserStatus::online()
    };
    assert_eq!(own(&stage), stale);
    stage.set_link(NetState::Connected);
    assert_eq!(own(&stage), stale);
    // Behind a new link, versions may have started again.
    stage.tell_status("alice", 1, StatusType::Offline);
    assert_eq!(own(&stage), UserStatus::offline());
}

#[test]
fn a_text_that_nobody_answers_to_fails_by_name_and_may_be_set_again() {
    let mut stage = Stage::with_friends(&[]);
    stage.server.hold(true);
    let service = stage.service.clone();
    let setting = stage.start(async move { service.set_custom_status("at lunch").await });
    stage.advance(Duration::from_secs(10));
    let timed_out = ChatError::TimedOut {
        call: "set_custom_status".into(),
        after: Duration::from_secs(10),
    };
    assert_eq!(setting.outcome(), Some(Err(timed_out.clone())));
    assert_eq!(stage.error(), Some(timed_out));
    stage.server.hold(false);
    assert!(stage.set_custom_status("at lunch").is_ok());
    assert_eq!(stage.error(), None);
}

#[test]
fn an_answer_for_the_former_user_is_not_heard() {
    let mut stage = Stage::with_friends(&[]);
    stage.server.hold(true);
    let service = stage.service.clone();
    let setting = stage.start(async move { service.set_custom_status("at lunch").await });
    stage.server.hold(false);
    assert_eq!(stage.login("carol"), Ok(()));
    stage.server.release("set_custom_status");
    stage.settle();
    assert_eq!(setting.outcome(), Some(Err(ChatError::Overtaken)));
    let user = stage.store.snapshot(USER);
    assert_eq!(user.own_status, UserStatus::default());
}

#[test]
fn who_is_blocked_is_not_shown_for_a_moment() {
    let mut stage = Stage::switched_on(&["bob"]);
    let (seen, shown) = std::sync::mpsc::channel();
    let clock = stage.clock.clone();
    let blocked = USER.any().watch(move |user| {
        if user.user_blacklist.contains("bob") {
            // What was gathered is due now.
            clock.advance(Duration::from_millis(300));
            seen.send(user.user_status_list.get("bob").cloned())
                .unwrap();
        }
    });
    let _watching = stage.store.watch(USER, blocked);
    let online = StatusReport::new("bob", 2, StatusType::Online);
    stage.tell(BackendEvent::Statuses(vec![online]));
    stage.tell(BackendEvent::Blacklist(vec!["bob".into()]));
    let shown: Vec<_> = shown.try_iter().collect();
    assert!(!shown.is_empty());
    assert!(shown.iter().all(Option::is_none), "{shown:?}");
}
