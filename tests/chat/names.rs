//! The names: what USER, CONTACT and CONVERSATION hold, and the kit's list of statuses.

use store::{
    ManualClock, Store,
    chat::{
        CONTACT, CONVERSATION, ChatBackend, ChatError, Conversation, FriendApplication, Interest,
        NetState, Remind, StatusEntry, StatusType, USER, UserService, UserStatus, merge_statuses,
    },
};

use crate::support::App;

#[test]
fn defaults_are_those_of_the_kit() {
    let store = Store::<App>::new();
    let user = store.snapshot(USER);
    assert!(!user.display_online_status);
    assert!(user.display_message_read_receipt);
    assert_eq!(user.target_language, "zh");
    assert!(user.user_status_list.is_empty() && user.user_blacklist.is_empty());
    assert_eq!(
        (user.kicked_out, user.net_state),
        (None, NetState::Disconnected)
    );
    assert_eq!(user.online_status_error, None);
    assert_eq!(store.snapshot(CONTACT).friend_application_unread_count, 0);
    let conversation = store.snapshot(CONVERSATION);
    assert_eq!(conversation.total_unread_count, 0);
    assert_eq!(conversation.current_conversation, None);
}

#[test]
fn what_follows_from_the_lists_is_of_the_same_moment() {
    let store = Store::<App>::new();
    store.update(CONVERSATION, |conversation| {
        for (peer, unread_count, remind) in [
            ("bob", 2, Remind::AcceptAndNotify),
            ("carol", 3, Remind::AcceptAndNotify),
            ("dave", 50, Remind::Discard),
        ] {
            let it = Conversation {
                unread_count,
                remind,
                ..Conversation::with(peer)
            };
            conversation
                .conversation_list
                .insert(it.conversation_id.clone(), it);
        }
        conversation
            .current_conversation_id
            .set(Some("C2Ccarol".into()));
    });
    let before = store.snapshot(CONVERSATION);
    store.update(CONVERSATION, |conversation| {
        conversation.conversation_list.remove("C2Ccarol")
    });
    let after = store.snapshot(CONVERSATION);
    assert_eq!(
        (before.total_unread_count, after.total_unread_count),
        (5, 2)
    );
    assert_eq!(
        before
            .current_conversation
            .as_ref()
            .map(|it| it.name.as_str()),
        Some("carol")
    );
    assert_eq!(after.current_conversation, None);

    store.update(CONTACT, |contact| {
        for (user, read) in [("erin", false), ("frank", true)] {
            let user_id: store::chat::UserId = user.into();
            let application = FriendApplication {
                user_id: user_id.clone(),
                read,
                ..Default::default()
            };
            contact.friend_application_list.insert(user_id, application);
        }
    });
    assert_eq!(store.snapshot(CONTACT).friend_application_unread_count, 1);
}

/// D1
#[test]
fn the_count_of_unread_messages_is_right_also_beyond_what_it_can_hold() {
    let store = Store::<App>::new();
    let put = |peer: &str, unread_count, remind| {
        let it = Conversation {
            unread_count,
            remind,
            ..Conversation::with(peer)
        };
        store.update(CONVERSATION, |conversation| {
            let id = it.conversation_id.clone();
            conversation.conversation_list.insert(id, it);
        });
        store.snapshot(CONVERSATION).total_unread_count
    };
    let loud = Remind::AcceptAndNotify;
    assert_eq!(put("bob", 3, loud), 3);
    assert_eq!(put("carol", u64::MAX, loud), u64::MAX);
    assert_eq!(put("dave", u64::MAX, loud), u64::MAX);
    assert_eq!(put("dave", 1, loud), u64::MAX);
    assert_eq!(put("bob", 2, loud), u64::MAX, "three more than it can hold");
    assert_eq!(put("carol", u64::MAX, Remind::Discard), 3);
    assert_eq!(put("carol", u64::MAX - 3, loud), u64::MAX, "just full");
    assert_eq!(put("dave", 0, loud), u64::MAX - 1);
}

#[test]
fn what_is_derived_has_the_names_of_the_kit() {
    let store = Store::<App>::new();
    let text = store.text();
    for (name, field, value) in [
        ("conversation", "totalUnreadCount", 0.into()),
        (
            "conversation",
            "currentConversation",
            serde_json::Value::Null,
        ),
        ("contact", "friendApplicationUnreadCount", 0.into()),
    ] {
        assert_eq!(text.read(name, field).unwrap(), value, "{field}");
        let refused = text.write(name, field, value).unwrap_err().to_string();
        assert!(refused.contains("it is derived from `"), "{refused}");
    }
}

#[test]
fn muted_is_what_makes_no_noise() {
    let muted = |remind| {
        Conversation {
            remind,
            ..Conversation::default()
        }
        .is_muted()
    };
    assert!(!muted(Remind::AcceptAndNotify));
    assert!(muted(Remind::AcceptNotNotify) && muted(Remind::Discard));
}

#[test]
fn the_kits_list_of_statuses_is_merged() {
    let store = Store::<App>::new();
    let merge = |text: &str| {
        let entries: Vec<StatusEntry> = serde_json::from_str(text).unwrap();
        store.update(USER, |user| {
            merge_statuses(&mut user.user_status_list, entries);
        });
        store.snapshot(USER).user_status_list.clone()
    };
    let list =
        merge(r#"[{"userID": "bob", "statusType": 1, "customStatus": "hi"}, {"userID": "carol"}]"#);
    let expected = UserStatus {
        custom_status: "hi".into(),
        ..UserStatus::online()
    };
    assert_eq!(list["bob"], expected);
    assert_eq!(list["carol"], UserStatus::default());
    assert_eq!(merge("[]"), list, "an empty list changes nothing");
    let list =
        merge(r#"[{"userID": "bob", "statusType": -1}, {"userID": "carol", "statusType": 3}]"#);
    assert_eq!(list.get("bob"), None);
    assert_eq!(list["carol"].status_type, StatusType::Unlogged);
}

#[test]
fn a_status_type_that_does_not_exist_is_refused_by_name() {
    let error = serde_json::from_str::<StatusEntry>(r#"{"userID": "bob", "statusType": 7}"#);
    let error = error.unwrap_err().to_string();
    assert!(
        error.starts_with("7 is no status type: 0 unknown, 1 online"),
        "{error}"
    );
}

const fn send_sync<T: Send + Sync>() {}

const _: () = {
    send_sync::<UserService>();
    send_sync::<Interest>();
    send_sync::<ChatError>();
    send_sync::<ManualClock>();
    send_sync::<std::sync::Arc<dyn ChatBackend>>();
};
