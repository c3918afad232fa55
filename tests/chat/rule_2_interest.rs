//! Rule 2: everyone of interest is subscribed and queried; interests are counted.

use std::time::Duration;

use store::{
    MapChange,
    chat::{
        BackendEvent, CONTACT, CONVERSATION, Conversation, Dot, Friend, StatusReport, StatusType,
        USER, User, UserId,
    },
};

use crate::support::{Server, Stage};

#[test]
fn friends_and_peers_of_conversations_are_of_interest() {
    let server = Server::default();
    server.set_friends(&["bob"]);
    server.set_conversations(vec![
        Conversation::with("carol"),
        Conversation::group("cats"),
    ]);
    let mut stage = Stage::logged_in(server);
    stage.expect_calls([]);
    assert_eq!(stage.switch(true), Ok(()));
    stage.expect_calls(["capability", "subscribe carol bob", "query carol bob"]);
    assert_eq!(stage.dot("bob"), Dot::Offline);
}

#[test]
fn who_becomes_of_interest_later_is_picked_up() {
    let mut stage = Stage::switched_on(&[]);
    stage.tell(BackendEvent::Friends {
        put: vec![Friend::new("bob")],
        removed: vec![],
    });
    stage.expect_calls(["subscribe bob", "query bob"]);
    stage.store.update(CONVERSATION, |conversations| {
        let carol = Conversation::with("carol");
        conversations
            .conversation_list
            .insert(carol.conversation_id.clone(), carol);
    });
    stage.settle();
    stage.expect_calls(["subscribe carol", "query carol"]);
}

#[test]
fn whom_the_program_asks_for_is_of_interest_while_it_does() {
    let mut stage = Stage::switched_on(&[]);
    let interest = stage.service.want(["dave"]);
    stage.settle();
    stage.expect_calls(["subscribe dave", "query dave"]);
    assert_eq!(stage.dot("dave"), Dot::Offline);
    drop(interest);
    stage.settle();
    stage.expect_calls(["unsubscribe dave"]);
    assert_eq!(
        stage.status("dave"),
        None,
        "what nobody keeps current is not kept"
    );
}

#[test]
fn what_was_told_of_somebody_goes_with_the_interest() {
    let mut stage = Stage::switched_on(&[]);
    let interest = stage.service.want(["dave"]);
    stage.settle();
    let online = StatusReport::new("dave", 2, StatusType::Online);
    stage.tell(BackendEvent::Statuses(vec![online]));
    drop(interest);
    stage.settle();
    stage.advance(Duration::from_secs(1));
    assert_eq!(stage.status("dave"), None, "not even what was gathered");
}

#[test]
fn what_is_told_while_the_subscription_is_under_way_is_fresh() {
    let mut stage = Stage::switched_on(&[]);
    stage.server.hold(true);
    let _dave = stage.service.want(["dave"]);
    stage.settle();
    stage.tell_status("dave", 2, StatusType::Online);
    assert_eq!(stage.dot("dave"), Dot::Online);
}

#[test]
fn a_conversation_that_keeps_its_peer_makes_it_no_more_wanted() {
    let server = Server::with_limits(|limits| limits.subscriptions = 1);
    server.set_conversations(vec![Conversation::with("bob"), Conversation::with("carol")]);
    let mut stage = Stage::logged_in(server);
    assert_eq!(stage.switch(true), Ok(()));
    assert_eq!(stage.server.subscribed(), ["carol".into()].into());
    let named = Conversation {
        name: "Bob".to_owned(),
        ..Conversation::with("bob")
    };
    stage.tell(BackendEvent::Conversations {
        put: vec![named],
        removed: vec![],
    });
    assert_eq!(stage.server.subscribed(), ["carol".into()].into());
}

#[test]
fn two_lists_that_want_the_same_user_cost_one_subscription() {
    let server = Server::default();
    server.set_friends(&["bob"]);
    server.set_conversations(vec![Conversation::with("bob")]);
    let mut stage = Stage::logged_in(server);
    assert_eq!(stage.switch(true), Ok(()));
    stage.expect_calls(["capability", "subscribe bob", "query bob"]);
    let interest = stage.service.want(["bob"]);
    stage
        .store
        .update(CONTACT, |contact| contact.friend_list.clear());
    stage.store.update(CONVERSATION, |conversation| {
        conversation.conversation_list.clear();
    });
    stage.settle();
    stage.expect_calls([]);
    drop(interest);
    stage.settle();
    stage.expect_calls(["unsubscribe bob"]);
}

#[test]
fn only_watchers_of_that_user_are_told() {
    let mut stage = Stage::switched_on(&["bob", "carol"]);
    let (told, heard) = std::sync::mpsc::channel();
    let others = told.clone();
    let _bob = stage.store.watch(
        USER,
        User::USER_STATUS_LIST
            .key(UserId::from("bob"))
            .watch(move |status| {
                told.send(("bob", status.as_ref().map(|status| status.status_type)))
                    .unwrap();
            }),
    );
    let _carol = stage.store.watch(
        USER,
        User::USER_STATUS_LIST
            .key(UserId::from("carol"))
            .watch(move |_| {
                others.send(("carol", None)).unwrap();
            }),
    );
    heard.try_iter().for_each(drop);
    stage.tell_status("bob", 2, StatusType::Online);
    assert_eq!(
        heard.try_iter().collect::<Vec<_>>(),
        [("bob", Some(StatusType::Online))]
    );
}

#[test]
fn watchers_hear_the_origin_server_and_the_difference() {
    let mut stage = Stage::switched_on(&["bob", "carol"]);
    let (told, heard) = std::sync::mpsc::channel();
    let _watching = stage.store.watch(
        USER,
        User::watch().user_status_list(move |list| {
            if list.is_initial() {
                return;
            }
            assert_eq!(list.origin().map(|origin| origin.who()), Some("server"));
            for change in list.changes() {
                if let MapChange::Updated { key, old, new } = change {
                    told.send((key.to_string(), old.status_type, new.status_type))
                        .unwrap();
                }
            }
        }),
    );
    stage.tell_status("carol", 2, StatusType::Online);
    let expected = [("carol".to_owned(), StatusType::Offline, StatusType::Online)];
    assert_eq!(heard.try_iter().collect::<Vec<_>>(), expected);
}
