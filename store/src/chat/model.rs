//! The three named stores of the domain: USER, CONTACT and CONVERSATION.
//!
//! What can be computed from other fields is a derived field, never a copy that could differ.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{
    error::ChatError,
    types::{
        Conversation, ConversationId, Friend, FriendApplication, FriendGroup, KickReason, NetState,
        NoSuchStatusType, StatusType, UserId, UserProfile, UserStatus,
    },
};
use crate::{Change, Draft, Map, Model, Set};

/// Who is logged in, and what is known of how others are doing.
#[derive(Clone, Debug, Model)]
#[model(crate = "crate", rename_all = "camelCase")]
pub struct User {
    /// Who is logged in.
    pub user_profile: UserProfile,
    /// Whether statuses are shown: what is true, not what was wished for.
    pub display_online_status: bool,
    /// How the users of interest are doing.
    pub user_status_list: Map<UserId, UserStatus>,
    /// The users of interest beyond what the backend takes, least recently wanted. Nobody tells of
    /// their changes, so what `user_status_list` says of them is not fresh.
    pub given_up_users: Set<UserId>,
    /// How others see the user who is logged in.
    pub own_status: UserStatus,
    /// Why online status is not as it was wished for.
    pub online_status_error: Option<ChatError>,
    /// Why the server ended the session, if it did.
    pub kicked_out: Option<KickReason>,
    /// How the link to the server is.
    pub net_state: NetState,
    /// Who is blocked: their statuses stay hidden.
    pub user_blacklist: Set<UserId>,
    /// Whether messages show that they were read.
    #[model(default = true)]
    pub display_message_read_receipt: bool,
    /// The language messages are translated to.
    #[model(default = "zh".to_owned())]
    pub target_language: String,
}

/// Who is a friend, and who would like to be.
#[derive(Clone, Debug, Model)]
#[model(crate = "crate", rename_all = "camelCase")]
pub struct Contact {
    /// The friends.
    pub friend_list: Map<UserId, Friend>,
    /// Who asks to become one.
    pub friend_application_list: Map<UserId, FriendApplication>,
    /// How many of them have not been seen.
    #[model(folded = count_unread(friend_application_list))]
    pub friend_application_unread_count: usize,
    /// Friends put together under names, by name.
    pub friend_group_list: Map<String, FriendGroup>,
}

fn count_unread(last: usize, applications: Change<'_, Map<UserId, FriendApplication>>) -> usize {
    let unread = |application: Option<&&FriendApplication>| {
        usize::from(application.is_some_and(|application| !application.read))
    };
    applications.changes().fold(last, |count, change| {
        count + unread(change.new()) - unread(change.old())
    })
}

/// The conversations, and which one is open.
#[derive(Clone, Debug, Model)]
#[model(
    crate = "crate",
    name = "conversation",
    constant = "CONVERSATION",
    rename_all = "camelCase"
)]
pub struct Conversations {
    /// The conversations.
    pub conversation_list: Map<ConversationId, Conversation>,
    /// Which one is open.
    pub current_conversation_id: Option<ConversationId>,
    /// The conversation that is open, if it is in the list.
    #[model(derived = find_conversation(conversation_list, current_conversation_id))]
    pub current_conversation: Option<Conversation>,
    /// How many messages wait to be read, muted conversations left out; `u64::MAX` if there are more.
    #[model(folded = add_unread(conversation_list))]
    pub total_unread_count: u64,
}

fn find_conversation(
    list: &Map<ConversationId, Conversation>,
    id: &Option<ConversationId>,
) -> Option<Conversation> {
    list.get(id.as_ref()?).cloned()
}

fn add_unread(last: u64, list: Change<'_, Map<ConversationId, Conversation>>) -> u64 {
    let unread = |conversation: Option<&&Conversation>| {
        let loud = conversation.filter(|conversation| !conversation.is_muted());
        loud.map_or(0, |conversation| i128::from(conversation.unread_count))
    };
    let sum = if last == u64::MAX {
        // How many more there were is not known, so they are counted anew.
        list.values().map(|it| unread(Some(&it))).sum()
    } else {
        list.changes().fold(i128::from(last), |sum, change| {
            sum + unread(change.new()) - unread(change.old())
        })
    };
    sum.try_into().unwrap_or(u64::MAX)
}

/// One entry of a list to merge into the statuses, spelled as the kit spells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusEntry {
    /// Whose status it is.
    #[serde(rename = "userID")]
    pub user_id: UserId,
    /// What it is now; `None` takes the user out of the list. In text: 0 to 3, and −1 for `None`.
    #[serde(
        rename = "statusType",
        default = "unknown",
        serialize_with = "number_or_gone",
        deserialize_with = "status_or_gone"
    )]
    pub status_type: Option<StatusType>,
    /// The text beside the name.
    #[serde(rename = "customStatus", default)]
    pub custom_status: String,
}

fn unknown() -> Option<StatusType> {
    Some(StatusType::Unknown)
}

fn number_or_gone<S: Serializer>(status: &Option<StatusType>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_i8(status.map_or(-1, |status| u8::from(status) as i8))
}

fn status_or_gone<'de, D: Deserializer<'de>>(from: D) -> Result<Option<StatusType>, D::Error> {
    match i8::deserialize(from)? {
        -1 => Ok(None),
        number => u8::try_from(number)
            .map_err(|_| NoSuchStatusType(number.unsigned_abs()))
            .and_then(StatusType::try_from)
            .map(Some)
            .map_err(serde::de::Error::custom),
    }
}

/// Merges a list of statuses, as writing the kit's `userStatusList` does.
///
/// Users that are not named keep theirs; an empty list changes nothing. To take all away, clear the
/// map.
///
/// # Examples
///
/// ```
/// use store::{Store, chat::{StatusEntry, StatusType, USER, User, merge_statuses}};
///
/// let store = Store::<User>::new();
/// let entry = |status_type| StatusEntry {
///     user_id: "alice".into(),
///     status_type,
///     custom_status: String::new(),
/// };
/// store.update(USER, |user| {
///     merge_statuses(&mut user.user_status_list, [entry(Some(StatusType::Online))]);
/// });
/// assert_eq!(store.snapshot(USER).user_status_list["alice"].status_type, StatusType::Online);
/// store.update(USER, |user| merge_statuses(&mut user.user_status_list, [entry(None)]));
/// assert!(store.snapshot(USER).user_status_list.is_empty());
/// ```
pub fn merge_statuses(
    list: &mut Draft<'_, Map<UserId, UserStatus>>,
    entries: impl IntoIterator<Item = StatusEntry>,
) {
    for StatusEntry {
        user_id,
        status_type,
        custom_status,
    } in entries
    {
        match status_type {
            Some(status_type) => {
                let status = UserStatus {
                    custom_status,
                    ..UserStatus::new(status_type)
                };
                list.insert(user_id, status);
            }
            None => {
                list.remove(&user_id);
            }
        }
    }
}
