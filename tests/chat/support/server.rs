//! A server that does as it is told, and checks that it is asked nothing it should not be.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use futures::{
    channel::{mpsc, oneshot},
    stream::{BoxStream, StreamExt},
};
use parking_lot::Mutex;
use store::chat::{
    BackendEvent, Capability, ChatBackend, ChatError, Conversation, Credentials, DeviceStatus,
    Friend, Limits, NetState, Queried, Reply, Session, StatusReport, StatusType, Subscribed,
    UserId, UserProfile,
};

/// A server that answers at once, unless it is told otherwise.
#[derive(Clone, Default)]
pub(crate) struct Server {
    state: Arc<Mutex<State>>,
}

struct State {
    limits: Limits,
    capability: Capability,
    friends: Vec<Friend>,
    conversations: Vec<Conversation>,
    blacklist: Vec<UserId>,
    reports: HashMap<UserId, StatusReport>,
    subscribed: BTreeSet<UserId>,
    strangers: HashSet<UserId>,
    named_otherwise: Option<UserId>,
    refusals: Vec<(&'static str, ChatError)>,
    calls: Vec<String>,
    holding: bool,
    held: Vec<(String, oneshot::Sender<()>)>,
    events: Option<mpsc::UnboundedSender<BackendEvent>>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            limits: Limits {
                call_interval: Duration::ZERO,
                ..Limits::default()
            },
            capability: Capability::Granted,
            friends: Vec::new(),
            conversations: Vec::new(),
            blacklist: Vec::new(),
            reports: HashMap::new(),
            subscribed: BTreeSet::new(),
            strangers: HashSet::new(),
            named_otherwise: None,
            refusals: Vec::new(),
            calls: Vec::new(),
            holding: false,
            held: Vec::new(),
            events: None,
        }
    }
}

impl State {
    fn tell(&mut self, event: BackendEvent) {
        if let Some(events) = &self.events {
            // That the service is gone is no concern of the server's.
            drop(events.unbounded_send(event));
        }
    }

    /// Forgets who is subscribed. Calls about users that are still held are lost; if they are
    /// answered all the same, nobody should listen.
    fn lose_calls(&mut self) {
        self.subscribed.clear();
        for (call, _) in self
            .held
            .iter_mut()
            .filter(|(call, _)| is_about_users(call))
        {
            call.insert_str(0, "lost ");
        }
    }
}

impl Server {
    pub(crate) fn with_limits(change: impl FnOnce(&mut Limits)) -> Self {
        let server = Self::default();
        change(&mut server.state.lock().limits);
        server
    }

    /// Says something unasked.
    pub(crate) fn tell(&self, event: BackendEvent) {
        self.state.lock().tell(event);
    }

    pub(crate) fn set_friends(&self, friends: &[&str]) {
        self.state.lock().friends = friends.iter().map(|&friend| Friend::new(friend)).collect();
    }

    pub(crate) fn set_conversations(&self, conversations: Vec<Conversation>) {
        self.state.lock().conversations = conversations;
    }

    pub(crate) fn set_blacklist(&self, blocked: &[&str]) {
        self.state.lock().blacklist = blocked.iter().map(|&user| user.into()).collect();
    }

    pub(crate) fn set_capability(&self, capability: Capability) {
        self.state.lock().capability = capability;
    }

    /// What the server answers when asked about this user; others are offline at version 1.
    pub(crate) fn set_status(&self, user: &str, version: u64, status_type: StatusType) {
        let report = StatusReport::new(user, version, status_type);
        self.state.lock().reports.insert(user.into(), report);
    }

    /// The server knows nobody of this name.
    pub(crate) fn set_stranger(&self, user: &str) {
        self.state.lock().strangers.insert(user.into());
    }

    /// The server lets in somebody else than who asked.
    pub(crate) fn let_in(&self, user: &str) {
        self.state.lock().named_otherwise = Some(user.into());
    }

    /// Refuses the next call that begins like this.
    pub(crate) fn refuse(&self, call: &'static str, error: ChatError) {
        self.state.lock().refusals.push((call, error));
    }

    /// Answers no call until it is released. What it will answer is decided when the call comes.
    pub(crate) fn hold(&self, holding: bool) {
        self.state.lock().holding = holding;
    }

    /// Answers the held calls that begin like this.
    pub(crate) fn release(&self, call: &str) {
        let held: Vec<_> = self
            .state
            .lock()
            .held
            .extract_if(.., |(text, _)| text.starts_with(call))
            .collect();
        assert!(!held.is_empty(), "no call `{call}` is held");
        for (_, gate) in held {
            gate.send(()).expect("nobody waits for the answer");
        }
    }

    /// Answers one of the held calls, if there are any.
    pub(crate) fn release_any(&self, which: usize) {
        let mut state = self.state.lock();
        if !state.held.is_empty() {
            let which = which % state.held.len();
            // That nobody waits any more is how an overtaken call ends.
            let _ = state.held.swap_remove(which).1.send(());
        }
    }

    /// The link is otherwise; calls are lost with it.
    pub(crate) fn set_link(&self, link: NetState) {
        let mut state = self.state.lock();
        if link != NetState::Connected {
            state.lose_calls();
        }
        state.tell(BackendEvent::Link(link));
    }

    /// A user does otherwise: whoever is subscribed is told.
    pub(crate) fn change_status(&self, user: &UserId, status_type: StatusType) {
        let mut state = self.state.lock();
        let version = state.reports.get(user).map_or(1, |report| report.version) + 1;
        let report = StatusReport::new(user.clone(), version, status_type);
        state.reports.insert(user.clone(), report.clone());
        if state.subscribed.contains(user) {
            state.tell(BackendEvent::Statuses(vec![report]));
        }
    }

    /// Refuses nothing any more, and answers at once.
    pub(crate) fn be_good(&self) {
        let mut state = self.state.lock();
        state.refusals.clear();
        state.holding = false;
        state.capability = Capability::Granted;
    }

    pub(crate) fn subscribed(&self) -> BTreeSet<UserId> {
        self.state.lock().subscribed.clone()
    }

    /// What the server would say of a user.
    pub(crate) fn truth(&self, user: &UserId) -> StatusType {
        self.state
            .lock()
            .reports
            .get(user)
            .map_or(StatusType::Offline, |report| report.merged().status_type)
    }

    pub(crate) fn take_calls(&self) -> Vec<String> {
        std::mem::take(&mut self.state.lock().calls)
    }

    fn reply<T: Send + 'static>(
        &self,
        call: String,
        answer: impl FnOnce(&mut State) -> T,
    ) -> Reply<T> {
        let mut state = self.state.lock();
        state.held.retain(|(_, gate)| !gate.is_canceled());
        let under_way = state.held.iter().filter(|(other, _)| is_about_users(other));
        for (other, _) in under_way.filter(|_| is_about_users(&call)) {
            let twice = call
                .split(' ')
                .skip(1)
                .find(|user| other.split(' ').any(|it| it == *user));
            assert_eq!(twice, None, "`{call}` while `{other}` is under way");
        }
        state.calls.push(call.clone());
        let refusal = state
            .refusals
            .iter()
            .position(|(begin, _)| call.starts_with(begin));
        let result = match refusal {
            Some(refusal) => Err(state.refusals.remove(refusal).1),
            None => Ok(answer(&mut state)),
        };
        if !state.holding {
            return Box::pin(std::future::ready(result));
        }
        let (release, gate) = oneshot::channel();
        state.held.push((call, release));
        Box::pin(async move {
            let released = gate.await;
            released.map_err(|_| ChatError::LinkLost {
                reason: "the server is gone".into(),
            })?;
            result
        })
    }
}

fn is_about_users(call: &str) -> bool {
    ["subscribe", "unsubscribe", "query"].contains(&call.split(' ').next().unwrap_or(""))
}

fn named(call: &str, users: &[UserId]) -> String {
    users
        .iter()
        .fold(call.to_owned(), |text, user| text + " " + user.as_str())
}

fn failures(state: &State, users: &[UserId]) -> Vec<(UserId, ChatError)> {
    let strangers = users.iter().filter(|&user| state.strangers.contains(user));
    let unknown = |user: &UserId| ChatError::UnknownUser {
        user_id: user.clone(),
    };
    strangers
        .map(|user| (user.clone(), unknown(user)))
        .collect()
}

impl ChatBackend for Server {
    fn limits(&self) -> Limits {
        self.state.lock().limits
    }

    fn login(&self, credentials: Credentials) -> Reply<Session> {
        self.reply(format!("login {}", credentials.user_id), |state| {
            state.lose_calls();
            Session {
                profile: UserProfile {
                    user_id: state.named_otherwise.clone().unwrap_or(credentials.user_id),
                    ..UserProfile::default()
                },
                friends: state.friends.clone(),
                conversations: state.conversations.clone(),
                blacklist: state.blacklist.clone(),
                own_status: None,
            }
        })
    }

    fn logout(&self) -> Reply<()> {
        self.reply("logout".into(), State::lose_calls)
    }

    fn capability(&self) -> Reply<Capability> {
        self.reply("capability".into(), |state| state.capability)
    }

    fn subscribe(&self, users: Vec<UserId>) -> Reply<Subscribed> {
        self.reply(named("subscribe", &users), |state| {
            let known = users.iter().filter(|&user| !state.strangers.contains(user));
            state.subscribed.extend(known.cloned());
            assert!(
                state.subscribed.len() <= state.limits.subscriptions,
                "over the cap"
            );
            Subscribed {
                failed: failures(state, &users),
            }
        })
    }

    fn unsubscribe(&self, users: Vec<UserId>) -> Reply<Subscribed> {
        self.reply(named("unsubscribe", &users), |state| {
            for user in &users {
                state.subscribed.remove(user);
            }
            Subscribed::default()
        })
    }

    fn query(&self, users: Vec<UserId>) -> Reply<Queried> {
        self.reply(named("query", &users), |state| {
            let known = users.iter().filter(|&user| !state.strangers.contains(user));
            let report = |user: &UserId| {
                let report = state.reports.get(user).cloned();
                report.unwrap_or_else(|| StatusReport::new(user.clone(), 1, StatusType::Offline))
            };
            Queried {
                statuses: known.map(report).collect(),
                failed: failures(state, &users),
            }
        })
    }

    fn set_custom_status(&self, text: String) -> Reply<StatusReport> {
        self.reply(format!("set_custom_status {text}"), |_| StatusReport {
            user_id: "alice".into(),
            version: 5,
            devices: vec![
                DeviceStatus {
                    device: "phone".into(),
                    status_type: StatusType::Online,
                    custom_status: text,
                    last_seen: None,
                },
                DeviceStatus {
                    device: "desk".into(),
                    status_type: StatusType::Offline,
                    custom_status: "gone home".into(),
                    last_seen: None,
                },
            ],
        })
    }

    fn events(&self) -> BoxStream<'static, BackendEvent> {
        let (sender, events) = mpsc::unbounded();
        self.state.lock().events = Some(sender);
        events.boxed()
    }
}
