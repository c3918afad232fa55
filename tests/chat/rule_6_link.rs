//! Rule 6: a lost link makes statuses stale; back again, everyone is queried anew.

use std::time::Duration;

use store::chat::{
    BackendEvent, CONTACT, CONVERSATION, ChatError, Contact, Conversation, Dot, Friend, NetState,
    Session, StatusReport, StatusType, USER, User, UserProfile,
};

use crate::support::{Server, Stage};

fn lost() -> ChatError {
    ChatError::LinkLost {
        reason: "reset by peer".into(),
    }
}

#[test]
fn a_lost_link_makes_statuses_stale_in_one_commit() {
    let mut stage = Stage::switched_on(&["bob", "carol"]);
    let revision = stage.store.revision();
    stage.set_link(NetState::Disconnected);
    assert_eq!(stage.store.revision(), revision + 1);
    assert_eq!(
        (stage.dot("bob"), stage.dot("carol")),
        (Dot::Stale, Dot::Stale)
    );
    stage.set_link(NetState::Connecting);
    assert_eq!(stage.store.snapshot(USER).net_state, NetState::Connecting);
    stage.expect_calls([]);
}

#[test]
fn back_again_everyone_is_asked_anew_and_watchers_hear_only_the_net_change() {
    let mut stage = Stage::switched_on(&["bob", "carol"]);
    stage.set_link(NetState::Disconnected);
    let (told, heard) = std::sync::mpsc::channel();
    let _watching = stage.store.watch(
        USER,
        User::watch().user_status_list(move |list| {
            if !list.is_initial() {
                let keys = list.changes().map(|change| change.key().to_string());
                told.send(keys.collect::<Vec<_>>()).unwrap();
            }
        }),
    );
    stage.server.set_status("bob", 1, StatusType::Online);
    stage.set_link(NetState::Connected);
    stage.expect_calls(["subscribe carol bob", "query carol bob"]);
    assert_eq!(
        (stage.dot("bob"), stage.dot("carol")),
        (Dot::Online, Dot::Offline)
    );
    assert_eq!(
        heard.try_iter().collect::<Vec<_>>(),
        [["bob", "carol"]],
        "once, and no clearing"
    );
}

#[test]
fn versions_may_have_started_again_behind_a_new_link() {
    let mut stage = Stage::switched_on(&["bob"]);
    stage.tell_status("bob", 900, StatusType::Online);
    stage.set_link(NetState::Disconnected);
    stage.server.set_status("bob", 1, StatusType::Offline);
    stage.set_link(NetState::Connected);
    assert_eq!(stage.dot("bob"), Dot::Offline);
}

#[test]
fn what_is_gone_by_the_time_the_session_goes_on_is_gone_from_the_store() {
    let server = Server::default();
    server.set_friends(&["bob", "carol"]);
    server.set_conversations(["bob", "dave"].map(Conversation::with).to_vec());
    server.set_blacklist(&["mallory"]);
    let mut stage = Stage::logged_in(server);
    assert_eq!(stage.switch(true), Ok(()));
    stage.set_link(NetState::Disconnected);
    stage.server.take_calls();
    let (told, heard) = std::sync::mpsc::channel();
    let _watching = stage.store.watch(
        CONTACT,
        Contact::watch().friend_list(move |list| {
            if !list.is_initial() {
                let keys = list.changes().map(|change| change.key().to_string());
                told.send(keys.collect::<Vec<_>>()).unwrap();
            }
        }),
    );

    let revision = stage.store.revision();
    stage.tell(BackendEvent::Resumed(Session {
        friends: vec![Friend::new("bob")],
        conversations: vec![Conversation::with("bob")],
        blacklist: vec!["erin".into()],
        ..Session::default()
    }));
    let conversations = stage.store.snapshot(CONVERSATION);
    assert_eq!(
        conversations.conversation_list.keys().collect::<Vec<_>>(),
        [&Conversation::with("bob").conversation_id]
    );
    let user = stage.store.snapshot(USER);
    assert_eq!(user.user_profile.user_id.as_str(), "alice");
    assert_eq!(user.user_blacklist, ["erin".into()].into_iter().collect());
    assert_eq!(heard.try_iter().collect::<Vec<_>>(), [["carol"]]);
    assert_eq!(
        (
            stage.dot("bob"),
            stage.status("carol"),
            stage.status("dave")
        ),
        (Dot::Stale, None, None)
    );
    assert_eq!(
        stage.store.revision(),
        revision + 2,
        "the lists, and whose statuses went with them"
    );
    stage.set_link(NetState::Connected);
    stage.expect_calls(["subscribe bob", "query bob"]);
}

#[test]
fn a_session_that_goes_on_tells_the_own_status_if_it_has_one() {
    let mut stage = Stage::with_friends(&[]);
    stage.tell_status("alice", 900, StatusType::Online);
    let own = |stage: &Stage| stage.store.snapshot(USER).own_status.clone();
    stage.set_link(NetState::Disconnected);
    stage.tell(BackendEvent::Resumed(Session::default()));
    assert_eq!(
        (own(&stage).status_type, own(&stage).fresh),
        (StatusType::Online, false)
    );
    stage.tell(BackendEvent::Resumed(Session {
        own_status: Some(StatusReport::new("alice", 1, StatusType::Offline)),
        ..Session::default()
    }));
    assert_eq!(
        (own(&stage).status_type, own(&stage).fresh),
        (StatusType::Offline, true)
    );
}

#[test]
fn a_session_of_somebody_else_does_not_go_on() {
    let mut stage = Stage::switched_on(&["bob"]);
    stage.tell(BackendEvent::Resumed(Session {
        profile: UserProfile {
            user_id: "mallory".into(),
            ..UserProfile::default()
        },
        ..Session::default()
    }));
    assert_eq!(stage.user(), "alice");
    assert!(
        stage
            .store
            .snapshot(CONTACT)
            .friend_list
            .contains_key("bob")
    );
    assert!(matches!(stage.error(), Some(ChatError::Protocol { .. })));
    stage.tell(BackendEvent::KickedOut(
        store::chat::KickReason::Administrator,
    ));
    stage.tell(BackendEvent::Resumed(Session::default()));
    assert_eq!(stage.user(), "", "nobody is logged in");
}

#[test]
fn a_link_that_was_never_lost_is_no_reason_to_ask_anew() {
    let mut stage = Stage::switched_on(&["bob"]);
    stage.set_link(NetState::Connected);
    stage.expect_calls([]);
}

#[test]
fn nothing_is_sent_over_a_lost_link_and_nothing_is_forgotten() {
    let mut stage = Stage::switched_on(&[]);
    stage.set_link(NetState::Disconnected);
    let _bob = stage.service.want(["bob"]);
    stage.settle();
    stage.advance(Duration::from_secs(3600));
    stage.expect_calls([]);
    stage.set_link(NetState::Connected);
    stage.expect_calls(["subscribe bob", "query bob"]);
}

#[test]
fn an_answer_over_a_lost_link_is_not_heard() {
    let mut stage = Stage::switched_on(&[]);
    stage.server.hold(true);
    stage.server.set_status("bob", 5, StatusType::Online);
    let _bob = stage.service.want(["bob"]);
    stage.settle();
    stage.server.release("subscribe");
    stage.settle();
    stage.set_link(NetState::Disconnected);
    stage.set_link(NetState::Connected);
    stage.server.release("lost query");
    stage.settle();
    assert_eq!(stage.status("bob"), None);
    stage.server.hold(false);
    stage.server.release("subscribe");
    stage.settle();
    assert_eq!(stage.dot("bob"), Dot::Online);
}

#[test]
fn switching_off_needs_no_link() {
    let mut stage = Stage::switched_on(&["bob"]);
    stage.set_link(NetState::Disconnected);
    assert_eq!(stage.switch(false), Ok(()));
    stage.set_link(NetState::Connected);
    stage.expect_calls([]);
}

#[test]
fn switching_on_over_a_lost_link_fails_now_and_happens_later() {
    let mut stage = Stage::with_friends(&["bob"]);
    stage.set_link(NetState::Disconnected);
    stage.server.refuse("capability", lost());
    assert_eq!(stage.switch(true), Err(lost()));
    assert!(!stage.is_on());
    stage.server.take_calls();
    stage.set_link(NetState::Connected);
    assert!(stage.is_on());
    assert_eq!(stage.error(), None);
    stage.expect_calls(["capability", "subscribe bob", "query bob"]);
}

#[test]
fn a_switch_under_way_learns_that_the_link_is_lost() {
    let mut stage = Stage::with_friends(&["bob"]);
    stage.server.hold(true);
    let switching = stage.start_switch(true);
    stage.set_link(NetState::Disconnected);
    assert!(matches!(
        switching.outcome(),
        Some(Err(ChatError::LinkLost { .. }))
    ));
}

#[test]
fn a_call_that_fails_with_the_link_is_made_again_at_growing_intervals() {
    let mut stage = Stage::switched_on(&[]);
    stage.server.refuse("subscribe", lost());
    stage.server.refuse("subscribe", lost());
    let _bob = stage.service.want(["bob"]);
    stage.settle();
    stage.expect_calls(["subscribe bob"]);
    assert_eq!(stage.error(), Some(lost()));
    stage.advance(Duration::from_secs(1));
    stage.expect_calls(["subscribe bob"]);
    stage.advance(Duration::from_secs(1));
    stage.expect_calls([]);
    stage.advance(Duration::from_secs(1));
    stage.expect_calls(["subscribe bob", "query bob"]);
    assert_eq!(stage.error(), None);
}

#[test]
fn what_was_gathered_when_the_link_went_is_stale() {
    let mut stage = Stage::switched_on(&["bob"]);
    let online = StatusReport::new("bob", 2, StatusType::Online);
    stage.tell(BackendEvent::Statuses(vec![online]));
    stage.set_link(NetState::Disconnected);
    stage.advance(Duration::from_secs(1));
    assert!(stage.status("bob").is_some_and(|bob| !bob.fresh));
    assert_eq!(stage.dot("bob"), Dot::Stale);
}

#[test]
fn who_is_let_in_has_a_link_though_none_was_told_of() {
    let mut stage = Stage::switched_on(&["bob"]);
    stage.set_link(NetState::Disconnected);
    assert_eq!(stage.login("carol"), Ok(()));
    assert_eq!(stage.switch(true), Ok(()));
    assert_eq!(stage.dot("bob"), Dot::Offline);
}
