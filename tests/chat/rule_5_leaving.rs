//! Rule 5: off, logout and a new login leave nothing, in one commit each.

use store::chat::{
    BackendEvent, CONTACT, CONVERSATION, ChatError, Conversation, Friend, KickReason, NetState,
    StatusType, USER, User,
};

use crate::support::{Server, Stage};

/// Counts commits while `act` runs, and checks that each shows the switch and the list alike.
#[track_caller]
fn expect_one_commit(stage: &mut Stage, act: impl FnOnce(&mut Stage)) {
    let before = stage.store.revision();
    let torn = USER.any().watch(|user| {
        assert!(
            user.display_online_status || user.user_status_list.is_empty(),
            "torn apart"
        );
    });
    let watching = stage.store.watch(USER, torn);
    act(stage);
    drop(watching);
    assert_eq!(stage.store.revision(), before + 1);
}

#[test]
fn off_is_one_commit() {
    let mut stage = Stage::switched_on(&["bob", "carol"]);
    expect_one_commit(&mut stage, |stage| assert_eq!(stage.switch(false), Ok(())));
    stage.expect_calls(["unsubscribe carol bob"]);
    let user = stage.store.snapshot(USER);
    assert!(!user.display_online_status && user.user_status_list.is_empty());
}

#[test]
fn an_answer_that_arrives_after_switching_off_is_ignored() {
    let mut stage = Stage::switched_on(&[]);
    stage.server.hold(true);
    let _bob = stage.service.want(["bob"]);
    stage.settle();
    stage.server.release("subscribe");
    stage.settle();
    let off = stage.start_switch(false);
    stage.server.release("query");
    stage.settle();
    assert_eq!(stage.status("bob"), None);
    stage.server.release("unsubscribe bob");
    stage.settle();
    assert_eq!(off.outcome(), Some(Ok(())));
}

#[test]
fn logout_leaves_nothing_in_one_commit() {
    let mut stage = Stage::switched_on(&["bob"]);
    expect_one_commit(&mut stage, |stage| assert_eq!(stage.logout(), Ok(())));
    stage.expect_calls(["logout"]);
    let user = stage.store.snapshot(USER);
    assert_eq!(user.net_state, NetState::Connected, "the link is still up");
    assert_eq!(user.user_profile, Default::default());
    assert!(!user.display_online_status && user.user_status_list.is_empty());
    assert!(stage.store.snapshot(CONTACT).friend_list.is_empty());
    assert_eq!(stage.switch(true), Err(ChatError::NotLoggedIn));
    assert_eq!(stage.logout(), Err(ChatError::NotLoggedIn));
}

#[test]
fn a_new_login_leaves_nothing_of_the_former_user() {
    let mut stage = Stage::switched_on(&["bob"]);
    let interest = stage.service.want(["dave"]);
    stage.settle();
    stage
        .store
        .update(USER, |user| user.target_language.set("en".into()));
    stage.server.set_friends(&["erin"]);
    stage
        .server
        .set_conversations(vec![Conversation::with("frank")]);
    stage.server.hold(true);
    expect_one_commit(&mut stage, |stage| drop(stage.start_login("carol")));
    assert_eq!(stage.user(), "", "not even while the login is under way");
    assert!(stage.store.snapshot(CONTACT).friend_list.is_empty());
    expect_one_commit(&mut stage, |stage| {
        stage.server.release("login carol");
        stage.settle();
    });
    let all = stage.store.snapshot_all();
    assert_eq!(all[USER].user_profile.user_id, "carol".into());
    assert_eq!(all[USER].target_language, "zh");
    assert!(all[USER].user_status_list.is_empty());
    assert!(all[CONTACT].friend_list.keys().eq([&"erin".into()]));
    assert_eq!(all[CONVERSATION].conversation_list.len(), 1);
    drop(interest);

    stage.server.hold(false);
    stage.server.take_calls();
    assert_eq!(stage.switch(true), Ok(()));
    stage.expect_calls(["capability", "subscribe frank erin", "query frank erin"]);
}

#[test]
fn answers_and_events_for_the_former_user_are_ignored() {
    let mut stage = Stage::switched_on(&[]);
    stage.server.hold(true);
    let bob = stage.service.want(["bob"]);
    stage.settle();
    stage.server.release("subscribe");
    stage.settle();
    let login = stage.start_login("carol");
    stage.tell_status("bob", 9, StatusType::Online);
    stage.server.release("lost query");
    stage.settle();
    stage.server.release("login carol");
    stage.settle();
    assert_eq!(login.outcome(), Some(Ok(())));
    assert_eq!(stage.status("bob"), None);
    drop(bob);
}

#[test]
fn a_later_login_overtakes_an_earlier_one() {
    let mut stage = Stage::new();
    stage.server.hold(true);
    let alice = stage.start_login("alice");
    let bob = stage.start_login("bob");
    stage.server.release("login bob");
    stage.server.release("login alice");
    stage.settle();
    assert_eq!(alice.outcome(), Some(Err(ChatError::Overtaken)));
    assert_eq!(bob.outcome(), Some(Ok(())));
    assert_eq!(
        stage.store.snapshot(USER).user_profile.user_id,
        "bob".into()
    );
}

#[test]
fn a_login_that_fails_leaves_nobody_logged_in() {
    let mut stage = Stage::switched_on(&["bob"]);
    let refusal = ChatError::Refused {
        code: 70_001,
        reason: "the signature ran out".into(),
    };
    stage.server.refuse("login", refusal.clone());
    assert_eq!(stage.login("carol"), Err(refusal.clone()));
    assert_eq!(stage.error(), Some(refusal));
    assert!(stage.store.snapshot(USER).user_status_list.is_empty());
    assert_eq!(stage.switch(true), Err(ChatError::NotLoggedIn));
}

#[test]
fn being_kicked_out_leaves_nothing_but_why() {
    let mut stage = Stage::switched_on(&["bob"]);
    expect_one_commit(&mut stage, |stage| {
        stage.tell(BackendEvent::KickedOut(KickReason::MultipleDevice));
    });
    let user = stage.store.snapshot(USER);
    assert_eq!(user.kicked_out, Some(KickReason::MultipleDevice));
    assert!(user.user_status_list.is_empty());
    stage.tell(BackendEvent::Friends {
        put: vec![Friend::new("bob")],
        removed: vec![],
    });
    assert!(
        stage.store.snapshot(CONTACT).friend_list.is_empty(),
        "said to nobody"
    );
    assert_eq!(stage.login("alice"), Ok(()));
    assert_eq!(User::KICKED_OUT.get(&stage.store.snapshot(USER)), &None);
}

#[test]
fn a_server_that_lets_in_somebody_else_is_not_believed() {
    let server = Server::default();
    server.let_in("mallory");
    let mut stage = Stage::on(server);
    let error = stage.login("alice").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the server answered nonsense: `alice` asked to log in and `mallory` was let in"
    );
    assert_eq!(stage.switch(true), Err(ChatError::NotLoggedIn));
}

#[test]
fn logging_out_overtakes_a_login_under_way() {
    let mut stage = Stage::new();
    stage.server.hold(true);
    let login = stage.start_login("alice");
    stage.server.hold(false);
    assert_eq!(stage.logout(), Ok(()));
    stage.server.release("login");
    stage.settle();
    assert_eq!(login.outcome(), Some(Err(ChatError::Overtaken)));
    assert_eq!(stage.user(), "");
    stage.expect_calls(["login alice", "logout"]);
}
