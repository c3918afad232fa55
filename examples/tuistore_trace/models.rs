//! TUIStore's named stores, their fields and defaults, as models of ours.
//!
//! TUIStore checks no types, so a field takes any JSON value. A name that is no field is a
//! run-time key, in every store; so is a field that TUIStore leaves undefined at the start.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Model, OrdMap, RuntimeKeys, Stores};

#[derive(Stores)]
pub(crate) struct App {
    pub(crate) application: Application,
    pub(crate) user: User,
    pub(crate) conversation: Conversation,
    pub(crate) chat: Chat,
    pub(crate) group: Group,
    pub(crate) friend: Friend,
    pub(crate) search: Search,
    pub(crate) custom: Custom,
}

#[derive(Model)]
#[model(rename_all = "camelCase")]
pub(crate) struct Application {
    #[model(default = json!(false))]
    pub(crate) enabled_message_read_receipt: Value,
    #[model(default = json!(false))]
    pub(crate) enabled_emoji_plugin: Value,
    #[model(default = json!(false))]
    pub(crate) enabled_online_status: Value,
    #[model(default = json!(false))]
    pub(crate) enabled_customer_service_plugin: Value,
    #[model(default = json!(false))]
    pub(crate) enabled_translation_plugin: Value,
    #[model(default = json!(false))]
    pub(crate) enabled_voice_to_text: Value,
    #[model(default = json!(true))]
    pub(crate) enable_typing: Value,
    #[model(default = json!(true))]
    pub(crate) enable_conversation_draft: Value,
    #[model(default = json!(true))]
    pub(crate) enable_auto_message_read: Value,
    #[model(default = json!(false))]
    pub(crate) is_official: Value,
    #[model(name = "SDKVersion", default = json!("3.0.0"))]
    pub(crate) sdk_version: Value,
    #[model(default = no_tasks())]
    pub(crate) tasks: Value,
    #[model(runtime_keys)]
    pub(crate) undeclared: RuntimeKeys,
}

#[derive(Model)]
#[model(rename_all = "camelCase")]
pub(crate) struct User {
    #[model(default = json!({}))]
    pub(crate) user_profile: Value,
    #[model(default = json!(false))]
    pub(crate) display_online_status: Value,
    #[model(default = json!(true))]
    pub(crate) display_message_read_receipt: Value,
    pub(crate) user_status_list: UserStatusList,
    #[model(default = json!(""))]
    pub(crate) kicked_out: Value,
    #[model(default = json!(""))]
    pub(crate) net_state_change: Value,
    #[model(default = json!([]))]
    pub(crate) user_blacklist: Value,
    #[model(default = json!("zh"))]
    pub(crate) target_language: Value,
    #[model(runtime_keys)]
    pub(crate) undeclared: RuntimeKeys,
}

#[derive(Model)]
#[model(rename_all = "camelCase")]
pub(crate) struct Conversation {
    #[model(name = "currentConversationID", default = json!(""))]
    pub(crate) current_conversation_id: Value,
    #[model(default = json!(0))]
    pub(crate) total_unread_count: Value,
    #[model(default = json!([]))]
    pub(crate) conversation_list: Value,
    pub(crate) current_conversation: Value,
    #[model(runtime_keys)]
    pub(crate) undeclared: RuntimeKeys,
}

#[derive(Model)]
#[model(rename_all = "camelCase")]
pub(crate) struct Chat {
    #[model(default = json!([]))]
    pub(crate) message_list: Value,
    #[model(default = json!(false))]
    pub(crate) is_completed: Value,
    #[model(name = "nextReqMessageID", default = json!(""))]
    pub(crate) next_req_message_id: Value,
    #[model(default = json!({}))]
    pub(crate) quote_message: Value,
    #[model(default = json!([]))]
    pub(crate) new_message_list: Value,
    #[model(default = json!(false))]
    pub(crate) typing_status: Value,
    #[model(default = json!({}))]
    pub(crate) user_info: Value,
    #[model(runtime_keys)]
    pub(crate) undeclared: RuntimeKeys,
}

#[derive(Model)]
#[model(rename_all = "camelCase")]
pub(crate) struct Group {
    #[model(name = "currentGroupID", default = json!(""))]
    pub(crate) current_group_id: Value,
    #[model(default = json!({}))]
    pub(crate) current_group_attributes: Value,
    #[model(default = json!({}))]
    pub(crate) current_group_counters: Value,
    #[model(default = json!([]))]
    pub(crate) current_group_member_list: Value,
    #[model(default = json!([]))]
    pub(crate) group_list: Value,
    #[model(default = json!([]))]
    pub(crate) group_system_notice_list: Value,
    #[model(default = json!(false))]
    pub(crate) is_completed: Value,
    #[model(default = json!(0))]
    pub(crate) offset: Value,
    #[model(runtime_keys)]
    pub(crate) undeclared: RuntimeKeys,
}

#[derive(Model)]
#[model(rename_all = "camelCase")]
pub(crate) struct Friend {
    #[model(default = json!([]))]
    pub(crate) friend_list: Value,
    #[model(default = json!([]))]
    pub(crate) friend_application_list: Value,
    #[model(default = json!(0))]
    pub(crate) friend_application_unread_count: Value,
    #[model(default = json!([]))]
    pub(crate) friend_group_list: Value,
    #[model(runtime_keys)]
    pub(crate) undeclared: RuntimeKeys,
}

#[derive(Model)]
#[model(rename_all = "camelCase")]
pub(crate) struct Search {
    #[model(default = nothing_found())]
    pub(crate) search_messages_result: Value,
    #[model(default = nothing_found())]
    pub(crate) search_chat_messages_result: Value,
    #[model(default = nothing_found())]
    pub(crate) search_user_result: Value,
    #[model(default = nothing_found())]
    pub(crate) search_group_result: Value,
    #[model(default = json!({}))]
    pub(crate) search_message_params: Value,
    #[model(default = json!({}))]
    pub(crate) search_chat_message_params: Value,
    #[model(default = json!({}))]
    pub(crate) search_user_params: Value,
    #[model(default = json!({}))]
    pub(crate) search_group_params: Value,
    pub(crate) error: Value,
    #[model(runtime_keys)]
    pub(crate) undeclared: RuntimeKeys,
}

#[derive(Model)]
pub(crate) struct Custom {
    #[model(runtime_keys)]
    pub(crate) undeclared: RuntimeKeys,
}

/// Who is how, in the order of user IDs.
pub(crate) type UserStatusList = OrdMap<String, UserStatus>;

/// How a user is: 1 online, 2 offline, 3 not logged in, 0 unknown; and what the user says of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserStatus {
    #[serde(default = "unknown")]
    pub(crate) status_type: Value,
    #[serde(default = "silent")]
    pub(crate) custom_status: Value,
}

/// One entry of the list that an update of `userStatusList` takes.
#[derive(Deserialize)]
pub(crate) struct StatusOfUser {
    #[serde(rename = "userID")]
    pub(crate) user_id: String,
    #[serde(flatten)]
    pub(crate) status: UserStatus,
}

impl StatusOfUser {
    /// Whether the entry asks to forget the user.
    pub(crate) fn is_unsubscribed(&self) -> bool {
        self.status.status_type == -1
    }
}

fn unknown() -> Value {
    json!(0)
}

fn silent() -> Value {
    json!("")
}

fn no_tasks() -> Value {
    json!({
        "sendMessage": false, "revokeMessage": false, "modifyNickName": false, "groupChat": false,
        "muteGroup": false, "dismissGroup": false, "call": false, "searchCloudMessage": false,
        "customerService": false, "translateTextMessage": false,
    })
}

fn nothing_found() -> Value {
    json!({ "resultList": [], "hasMore": false, "cursor": "", "totalCount": 0 })
}
