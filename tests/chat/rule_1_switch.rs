//! Rule 1: switching needs a login, is `Ok` once the backend has answered, and is remembered.

use std::collections::HashMap;

use store::chat::{ChatError, ServiceOptions};

use crate::support::{Server, Stage};

#[test]
fn switching_before_login_is_an_error() {
    let mut stage = Stage::new();
    for on in [true, false] {
        let error = stage.switch(on).unwrap_err();
        assert_eq!(error, ChatError::NotLoggedIn);
        assert_eq!(error.code(), -100_000);
        assert_eq!(stage.error(), Some(error));
    }
    assert!(!stage.is_on());
    stage.expect_calls([]);
    assert_eq!(stage.login("alice"), Ok(()));
    assert_eq!(stage.error(), None);
}

#[test]
fn switching_on_is_ok_once_the_backend_has_answered() {
    let mut stage = Stage::with_friends(&["bob"]);
    stage.server.hold(true);
    let switching = stage.start_switch(true);
    stage.expect_calls(["capability"]);
    stage.server.release("capability");
    stage.settle();
    stage.expect_calls(["subscribe bob"]);
    stage.server.release("subscribe");
    stage.settle();
    assert_eq!(switching.outcome(), None);
    assert!(!stage.is_on(), "the switch shows what is true");
    stage.server.release("query");
    stage.settle();
    assert_eq!(switching.outcome(), Some(Ok(())));
    assert!(stage.is_on());
}

#[test]
fn switching_off_is_ok_once_the_backend_has_answered() {
    let mut stage = Stage::switched_on(&["bob"]);
    stage.server.hold(true);
    let switching = stage.start_switch(false);
    assert!(!stage.is_on(), "dots are gone at once");
    assert_eq!(switching.outcome(), None);
    stage.server.release("unsubscribe bob");
    stage.settle();
    assert_eq!(switching.outcome(), Some(Ok(())));
}

#[test]
fn with_nobody_of_interest_there_is_nothing_to_wait_for() {
    let mut stage = Stage::with_friends(&[]);
    assert_eq!(stage.switch(true), Ok(()));
    assert!(stage.is_on());
    stage.expect_calls(["capability"]);
    assert_eq!(stage.switch(true), Ok(()), "on already");
    assert_eq!(stage.switch(false), Ok(()));
    assert_eq!(stage.switch(false), Ok(()), "off already");
    stage.expect_calls([]);
}

#[test]
fn a_later_switch_overtakes_an_earlier_one() {
    let mut stage = Stage::with_friends(&["bob"]);
    stage.server.hold(true);
    let on = stage.start_switch(true);
    let on_too = stage.start_switch(true);
    let off = stage.start_switch(false);
    assert_eq!(on.outcome(), Some(Err(ChatError::Overtaken)));
    assert_eq!(on_too.outcome(), Some(Err(ChatError::Overtaken)));
    assert_eq!(off.outcome(), Some(Ok(())));
    stage.server.release("capability");
    stage.settle();
    assert!(!stage.is_on());
    stage.expect_calls(["capability"]);
}

#[test]
fn switching_twice_alike_is_answered_twice() {
    let mut stage = Stage::with_friends(&["bob"]);
    stage.server.hold(true);
    let switching = [(); 2].map(|()| stage.start_switch(true));
    stage.server.hold(false);
    stage.server.release("capability");
    stage.settle();
    assert_eq!(
        switching.map(|on| on.outcome()),
        [Some(Ok(())), Some(Ok(()))]
    );
    stage.expect_calls(["capability", "subscribe bob", "query bob"]);
}

#[test]
fn the_choice_is_kept_per_user() {
    let mut stage = Stage::switched_on(&["bob"]);
    assert_eq!(stage.login("carol"), Ok(()));
    assert!(!stage.is_on(), "carol chose nothing");
    assert_eq!(stage.login("alice"), Ok(()));
    assert!(stage.is_on());
    assert_eq!(stage.switch(false), Ok(()));
    assert_eq!(stage.login("alice"), Ok(()));
    assert!(!stage.is_on());
}

#[test]
fn a_program_may_hand_in_the_choices_it_kept() {
    let choices = HashMap::from([("alice".into(), true)]);
    let options = ServiceOptions {
        choices,
        ..ServiceOptions::default()
    };
    let mut stage = Stage::with(Server::default(), options);
    assert_eq!(stage.login("alice"), Ok(()));
    assert!(stage.is_on());
}

#[test]
fn calls_to_a_service_whose_driver_is_gone_say_so() {
    let mut stage = Stage::new();
    stage.drop_driver();
    assert_eq!(stage.switch(true), Err(ChatError::Closed));
}
