//! Rule 3: calls are batched, cut, paced and never doubled; over the cap the oldest are given up.

use std::time::Duration;

use store::chat::{Dot, Limits, StatusType, USER};

use crate::support::{Fault, Server, Stage};

fn users(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("user{n:03}")).collect()
}

/// Whom the calls of this kind name, all checked to name `most` at most.
#[track_caller]
fn named_in(calls: &[String], kind: &str, most: usize) -> Vec<String> {
    let mut named = Vec::new();
    for call in calls {
        let mut words = call.split(' ').map(str::to_owned);
        if words.next().as_deref() == Some(kind) {
            let before = named.len();
            named.extend(words);
            assert!(named.len() - before <= most, "too many in one call: {call}");
        }
    }
    named.sort_unstable();
    named
}

fn logged_in_with(server: Server, friends: &[String]) -> Stage {
    server.set_friends(&friends.iter().map(String::as_str).collect::<Vec<_>>());
    Stage::logged_in(server)
}

#[test]
fn the_usual_limits_are_100_500_and_200() {
    let limits = Limits::default();
    assert_eq!(
        (limits.per_subscribe, limits.per_query, limits.subscriptions),
        (100, 500, 200)
    );
}

#[test]
fn calls_are_cut_to_the_limits_and_nobody_is_forgotten() {
    let mut stage = logged_in_with(Server::default(), &users(620));
    assert_eq!(stage.switch(true), Ok(()));
    let calls = stage.server.take_calls();
    assert_eq!(named_in(&calls, "subscribe", 100), users(620)[420..]);
    assert_eq!(named_in(&calls, "query", 500), users(620));
    assert_eq!(stage.store.snapshot(USER).user_status_list.len(), 620);
}

#[test]
fn calls_begin_an_interval_apart() {
    let server = Server::with_limits(|limits| {
        limits.per_subscribe = 1;
        limits.call_interval = Duration::from_millis(50);
    });
    let mut stage = logged_in_with(server, &users(2));
    let switching = stage.start_switch(true);
    stage.expect_calls(["capability"]);
    stage.advance(Duration::from_millis(49));
    stage.expect_calls([]);
    stage.advance(Duration::from_millis(1));
    stage.expect_calls(["subscribe user001"]);
    stage.advance(Duration::from_millis(50));
    stage.expect_calls(["subscribe user000"]);
    stage.advance(Duration::from_millis(50));
    stage.expect_calls(["query user001 user000"]);
    assert_eq!(switching.outcome(), Some(Ok(())));
}

#[test]
fn nothing_is_sent_twice_while_a_call_is_under_way() {
    let mut stage = Stage::switched_on(&[]);
    stage.server.hold(true);
    let first = stage.service.want(["bob", "carol"]);
    stage.settle();
    stage.expect_calls(["subscribe carol bob"]);
    let wants: Vec<_> = (0..5)
        .map(|_| stage.service.want(["bob", "carol"]))
        .collect();
    stage.settle();
    stage.expect_calls([]);
    stage.server.release("subscribe");
    stage.settle();
    stage.expect_calls(["query carol bob"]);
    drop((first, wants));
    stage.settle();
    stage.expect_calls([]);
    stage.server.release("query");
    stage.settle();
    stage.expect_calls(["unsubscribe carol bob"]);
}

#[test]
fn over_the_cap_the_least_recently_wanted_are_given_up_and_can_be_seen() {
    let server = Server::with_limits(|limits| limits.subscriptions = 2);
    server.set_status("user000", 3, StatusType::Online);
    let mut stage = logged_in_with(server, &users(3));
    assert_eq!(stage.switch(true), Ok(()));
    let given_up = |stage: &Stage| -> Vec<String> {
        stage
            .store
            .snapshot(USER)
            .given_up_users
            .iter()
            .map(ToString::to_string)
            .collect()
    };
    assert_eq!(given_up(&stage), ["user000"]);
    assert_eq!(
        stage.dot("user000"),
        Dot::Stale,
        "known, but nobody keeps it current"
    );
    stage.server.take_calls();

    let _scrolled_to = stage.service.want(["user000"]);
    stage.settle();
    stage.expect_calls(["unsubscribe user001", "subscribe user000", "query user000"]);
    assert_eq!(given_up(&stage), ["user001"]);
    assert_eq!(stage.dot("user000"), Dot::Online);
    assert_eq!(stage.dot("user001"), Dot::Stale);

    assert_eq!(stage.switch(false), Ok(()));
    assert_eq!(given_up(&stage), <[String; 0]>::default());
}

#[test]
fn an_answer_about_somebody_else_than_was_asked_about_is_not_believed() {
    let mut stage = Stage::switched_on(&["nobody"]);
    stage.server.fail("query bob", Fault::Stray);
    let _bob = stage.service.want(["bob"]);
    stage.settle();
    stage.expect_calls(["subscribe bob", "query bob"]);
    assert_eq!(
        (stage.dot("nobody"), stage.dot("bob")),
        (Dot::Offline, Dot::Offline)
    );
}
