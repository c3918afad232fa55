//! Rule 7: refusals are values; the switch shows what is true; nothing is retried in a storm.

use std::time::Duration;

use store::chat::{BackendEvent, Capability, ChatError, Dot, StatusType, USER};

use crate::support::{Server, Stage};

fn too_frequent() -> ChatError {
    ChatError::TooFrequent {
        retry_after: Duration::from_secs(5),
    }
}

#[track_caller]
fn expect_refused(stage: &mut Stage, code: i32, message: &str) {
    let error = stage.switch(true).unwrap_err();
    assert_eq!((error.code(), error.to_string().as_str()), (code, message));
    assert_eq!(stage.error(), Some(error));
    assert!(!stage.is_on());
    stage.expect_calls(["capability"]);
    stage.advance(Duration::from_secs(3600));
    stage.expect_calls([]);
}

#[test]
fn a_capability_that_is_not_enabled_says_what_to_do() {
    let mut stage = Stage::with_friends(&["bob"]);
    stage.server.set_capability(Capability::NotEnabled);
    expect_refused(
        &mut stage,
        72_001,
        "online status is not enabled for this application: activate User Online Status in the console",
    );
}

#[test]
fn an_edition_that_does_not_include_it_says_what_to_do() {
    let mut stage = Stage::with_friends(&["bob"]);
    stage.server.set_capability(Capability::UnsupportedEdition);
    expect_refused(
        &mut stage,
        3_122,
        "online status is not part of this edition: upgrade to Pro, Pro Plus or Enterprise",
    );
}

#[test]
fn a_call_that_is_too_large_says_so_and_is_not_made_again() {
    let mut stage = Stage::switched_on(&[]);
    let (bytes, limit) = (300, 200);
    let too_large = ChatError::TooLarge { bytes, limit };
    stage.server.refuse("subscribe", too_large.clone());
    let _bob = stage.service.want(["bob"]);
    stage.settle();
    stage.expect_calls(["subscribe bob", "query bob"]);
    assert_eq!(
        (too_large.code(), too_large.to_string().as_str()),
        (-100_009, "a message of 300 bytes is too large: 200 at most")
    );
    assert_eq!(stage.error(), Some(too_large));
    stage.advance(Duration::from_secs(3600));
    stage.expect_calls([]);
}

#[test]
fn a_capability_granted_later_is_picked_up() {
    let mut stage = Stage::with_friends(&["bob"]);
    stage.server.set_capability(Capability::NotEnabled);
    assert!(stage.switch(true).is_err());
    stage.server.take_calls();
    stage.tell(BackendEvent::Capability(Capability::Granted));
    assert!(stage.is_on());
    assert_eq!(stage.error(), None);
    stage.expect_calls(["subscribe bob", "query bob"]);
}

#[test]
fn a_capability_granted_to_who_does_not_want_it_changes_nothing() {
    let mut stage = Stage::with_friends(&["bob"]);
    stage.tell(BackendEvent::Capability(Capability::Granted));
    assert!(!stage.is_on());
    stage.expect_calls([]);
}

#[test]
fn a_capability_taken_away_switches_off() {
    let mut stage = Stage::switched_on(&["bob"]);
    stage.tell(BackendEvent::Capability(Capability::NotEnabled));
    assert!(!stage.is_on());
    assert_eq!(stage.error(), Some(ChatError::CapabilityNotEnabled));
    assert!(stage.store.snapshot(USER).user_status_list.is_empty());
}

#[test]
fn a_refusal_by_the_call_itself_switches_off_and_is_not_repeated() {
    let mut stage = Stage::with_friends(&["bob"]);
    stage
        .server
        .refuse("subscribe", ChatError::CapabilityNotEnabled);
    assert_eq!(stage.switch(true), Err(ChatError::CapabilityNotEnabled));
    assert!(!stage.is_on());
    let _carol = stage.service.want(["carol"]);
    stage.settle();
    stage.advance(Duration::from_secs(3600));
    stage.expect_calls(["capability", "subscribe bob"]);
}

#[test]
fn switching_off_takes_the_error_away() {
    let mut stage = Stage::with_friends(&[]);
    stage.server.set_capability(Capability::NotEnabled);
    assert!(stage.switch(true).is_err());
    assert_eq!(stage.switch(false), Ok(()));
    assert_eq!(stage.error(), None);
}

#[test]
fn too_frequent_is_returned_and_tried_again_once_after_the_time_it_names() {
    let mut stage = Stage::with_friends(&["bob"]);
    stage.server.refuse("subscribe", too_frequent());
    assert_eq!(stage.switch(true), Err(too_frequent()));
    assert_eq!(stage.error(), Some(too_frequent()));
    assert!(!stage.is_on());
    stage.server.take_calls();
    let _carol = stage.service.want(["carol"]);
    stage.settle();
    stage.advance(Duration::from_millis(4_999));
    stage.expect_calls([]);
    stage.advance(Duration::from_millis(1));
    stage.expect_calls(["subscribe carol bob", "query carol bob"]);
    assert!(stage.is_on(), "the wish was kept");
    assert_eq!(stage.error(), None);
}

#[test]
fn a_capability_question_that_was_too_frequent_is_asked_again() {
    let mut stage = Stage::with_friends(&["bob"]);
    stage.server.refuse("capability", too_frequent());
    assert_eq!(stage.switch(true), Err(too_frequent()));
    stage.advance(Duration::from_millis(4_999));
    stage.expect_calls(["capability"]);
    stage.advance(Duration::from_millis(1));
    assert!(stage.is_on());
    stage.expect_calls(["capability", "subscribe bob", "query bob"]);
}

#[test]
fn an_unknown_user_is_named_and_harms_nobody_else() {
    let server = Server::default();
    server.set_friends(&["bob", "ghost"]);
    server.set_stranger("ghost");
    let mut stage = Stage::logged_in(server);
    assert_eq!(stage.switch(true), Ok(()));
    assert_eq!(
        stage.error(),
        Some(ChatError::UnknownUser {
            user_id: "ghost".into()
        })
    );
    assert_eq!(
        (stage.dot("bob"), stage.dot("ghost")),
        (Dot::Offline, Dot::Unknown)
    );
    stage.server.take_calls();
    let _more = stage.service.want(["carol"]);
    stage.settle();
    stage.advance(Duration::from_secs(3600));
    stage.expect_calls(["subscribe carol", "query carol"]);
}

#[test]
fn a_refusal_of_other_kind_keeps_the_switch_off() {
    let mut stage = Stage::with_friends(&["bob"]);
    let refusal = ChatError::Refused {
        code: 60_002,
        reason: "closed on sundays".into(),
    };
    stage.server.refuse("subscribe", refusal.clone());
    assert_eq!(stage.switch(true), Err(refusal.clone()));
    assert_eq!((stage.is_on(), stage.error()), (false, Some(refusal)));
}

#[test]
fn a_guard_that_refuses_what_the_server_said_is_an_error_that_says_so() {
    let mut stage = Stage::with_friends(&["bob"]);
    let _guard = stage.store.guard(USER, |user| {
        if *user.display_online_status {
            Err("not in this office".into())
        } else {
            Ok(())
        }
    });
    let error = stage.switch(true).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("not written to the store: a guard of store `user`")
    );
    assert_eq!((stage.is_on(), stage.error()), (false, Some(error)));
}

#[test]
fn a_server_that_takes_fewer_than_it_said_is_asked_no_more_and_the_rest_works() {
    let mut stage = Stage::with_friends(&["bob"]);
    let refusal = ChatError::TooManyUsers { asked: 1, limit: 0 };
    assert_eq!(
        refusal.to_string(),
        "1 users are more than the 0 the server takes"
    );
    stage.server.refuse("subscribe", refusal.clone());
    assert_eq!(stage.switch(true), Ok(()));
    assert_eq!(stage.error(), Some(refusal));
    assert_eq!(
        stage.dot("bob"),
        Dot::Stale,
        "known, but nobody keeps it current"
    );
    stage.advance(Duration::from_secs(3600));
    stage.expect_calls(["capability", "subscribe bob", "query bob"]);
}

#[test]
fn an_unsubscription_that_is_refused_is_said_to_who_switched_off() {
    let refused = ChatError::Refused {
        code: 60_002,
        reason: "closed on sundays".to_owned(),
    };
    for error in [too_frequent(), refused] {
        let mut stage = Stage::switched_on(&["bob"]);
        stage.server.refuse("unsubscribe", error.clone());
        assert_eq!(stage.switch(false), Err(error.clone()));
        assert_eq!((stage.is_on(), stage.error()), (false, Some(error)));
    }
}

#[test]
fn why_a_call_failed_is_forgotten_when_nobody_wants_it_any_more() {
    let mut stage = Stage::switched_on(&[]);
    stage.server.refuse("subscribe", too_frequent());
    let bob = stage.service.want(["bob"]);
    stage.settle();
    assert_eq!(stage.error(), Some(too_frequent()));
    drop(bob);
    stage.settle();
    assert_eq!(stage.error(), None);
    stage.advance(Duration::from_secs(5));
    stage.expect_calls(["subscribe bob"]);
}

#[test]
fn an_unsubscription_that_fails_late_harms_no_later_switch() {
    for error in [too_frequent(), ChatError::CapabilityNotEnabled] {
        let mut stage = Stage::switched_on(&["bob"]);
        stage.server.hold(true);
        stage.server.refuse("unsubscribe", error);
        let off = stage.start_switch(false);
        let on = stage.start_switch(true);
        assert_eq!(off.outcome(), Some(Err(ChatError::Overtaken)));
        stage.server.hold(false);
        stage.server.release("unsubscribe");
        stage.settle();
        assert_eq!(
            (on.outcome(), stage.error()),
            (None, None),
            "it is still being asked"
        );
        stage.server.release("capability");
        stage.settle();
        stage.advance(Duration::from_secs(5));
        assert_eq!(on.outcome(), Some(Ok(())));
        assert_eq!((stage.is_on(), stage.dot("bob")), (true, Dot::Offline));
    }
}

fn timed_out(call: &str) -> ChatError {
    ChatError::TimedOut {
        call: call.to_owned(),
        after: Duration::from_secs(10),
    }
}

#[test]
fn a_call_that_is_not_answered_is_named_changes_no_status_and_is_made_again() {
    let mut stage = Stage::switched_on(&["bob"]);
    stage.tell_status("bob", 2, StatusType::Online);
    stage.server.hold(true);
    let _carol = stage.service.want(["carol"]);
    stage.settle();
    stage.expect_calls(["subscribe carol"]);
    stage.advance(Duration::from_secs(10));
    assert_eq!(stage.error(), Some(timed_out("subscribe")));
    assert_eq!((stage.is_on(), stage.dot("bob")), (true, Dot::Online));
    stage.expect_calls([]);
    stage.server.hold(false);
    stage.advance(Duration::from_secs(1));
    // The server may hold the first subscription, which is why it is ended.
    stage.expect_calls(["unsubscribe carol", "subscribe carol", "query carol"]);
    assert_eq!((stage.error(), stage.dot("carol")), (None, Dot::Offline));
}

#[test]
fn a_subscription_of_which_nobody_knows_is_not_taken_for_one_when_its_end_is_refused() {
    let interval = Duration::from_millis(10);
    let server = Server::with_limits(|limits| limits.call_interval = interval);
    let mut stage = Stage::logged_in(server);
    assert_eq!(stage.switch(true), Ok(()));
    stage.server.hold(true);
    stage.server.refuse("subscribe", too_frequent());
    let _bob = stage.service.want(["bob"]);
    stage.advance(interval);
    stage.advance(Duration::from_secs(10));
    assert_eq!(stage.error(), Some(timed_out("subscribe")));
    stage
        .server
        .refuse("unsubscribe", ChatError::CapabilityNotEnabled);
    stage.server.hold(false);
    stage.advance(Duration::from_secs(1));
    assert_eq!(stage.error(), Some(ChatError::CapabilityNotEnabled));
    stage.tell(BackendEvent::Capability(Capability::Granted));
    for _ in ["unsubscribe", "subscribe", "query"] {
        stage.advance(interval);
    }
    assert_eq!(stage.server.subscribed(), ["bob".into()].into());
    assert_eq!((stage.dot("bob"), stage.error()), (Dot::Offline, None));
}

#[test]
fn calls_that_are_not_answered_are_made_again_at_growing_intervals() {
    let mut stage = Stage::switched_on(&["bob"]);
    stage.server.hold(true);
    let _carol = stage.service.want(["carol"]);
    stage.settle();
    for pause in [1, 2, 4, 8] {
        stage.server.take_calls();
        stage.advance(Duration::from_secs(10));
        stage.advance(Duration::from_secs(pause) - Duration::from_millis(1));
        stage.expect_calls([]);
        stage.advance(Duration::from_millis(1));
        stage.expect_calls(["unsubscribe carol"]);
    }
}

#[test]
fn a_switch_that_is_not_answered_fails_by_name_and_happens_later() {
    let mut stage = Stage::with_friends(&["bob"]);
    stage.server.hold(true);
    let switching = stage.start_switch(true);
    stage.advance(Duration::from_secs(10));
    assert_eq!(switching.outcome(), Some(Err(timed_out("capability"))));
    assert_eq!(
        (stage.is_on(), stage.error()),
        (false, Some(timed_out("capability")))
    );
    stage.server.hold(false);
    stage.advance(Duration::from_secs(1));
    assert_eq!((stage.is_on(), stage.error()), (true, None));
}

#[test]
fn a_login_that_is_not_answered_leaves_nobody_logged_in() {
    let server = Server::default();
    server.hold(true);
    let mut stage = Stage::on(server);
    let login = stage.start_login("alice");
    stage.advance(Duration::from_secs(10));
    assert_eq!(login.outcome(), Some(Err(timed_out("login"))));
    assert_eq!(
        (stage.user(), stage.error()),
        (String::new(), Some(timed_out("login")))
    );
}

#[test]
fn a_server_that_wants_to_be_left_alone_for_ever_stops_nothing() {
    let mut stage = Stage::switched_on(&["bob"]);
    let retry_after = Duration::MAX;
    stage
        .server
        .refuse("subscribe", ChatError::TooFrequent { retry_after });
    let _carol = stage.service.want(["carol"]);
    stage.settle();
    assert_eq!(stage.error(), Some(ChatError::TooFrequent { retry_after }));
    stage.server.take_calls();
    stage.advance(Duration::from_secs(3_600));
    stage.expect_calls(["subscribe carol", "query carol"]);
}
