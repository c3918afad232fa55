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
    own_status: Option<StatusReport>,
    reports: HashMap<UserId, StatusReport>,
    subscribed: BTreeSet<UserId>,
    strangers: HashSet<UserId>,
    named_otherwise: Option<UserId>,
    faults: Vec<(&'static str, Fault)>,
    /// Every report that was ever made.
    past: Vec<StatusReport>,
    calls: Vec<String>,
    holding: bool,
    held: Vec<(String, oneshot::Sender<()>)>,
    events: Option<mpsc::UnboundedSender<BackendEvent>>,
}

/// How badly a call is done.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// Not done, which is said.
    Refuse(ChatError),
    /// Done, and this is said.
    Garble(ChatError),
    /// Not done, and nothing is said.
    Lose,
    /// Done, and nothing is said.
    Swallow,
    /// Done for the first user, and this is said of the others.
    InPart(ChatError),
    /// Done for the first user, and nothing is said of the others.
    LeaveOut,
    /// Done, and more is said than was asked for, and twice.
    Stray,
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
            own_status: None,
            reports: HashMap::new(),
            subscribed: BTreeSet::new(),
            strangers: HashSet::new(),
            named_otherwise: None,
            faults: Vec::new(),
            past: Vec::new(),
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

    /// What the server says of the own status to who logs in.
    pub(crate) fn set_own_status(&self, report: StatusReport) {
        self.state.lock().own_status = Some(report);
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
        self.fail(call, Fault::Refuse(error));
    }

    /// Does the next call that begins like this as badly as that.
    pub(crate) fn fail(&self, call: &'static str, fault: Fault) {
        self.state.lock().faults.push((call, fault));
    }

    /// Says once more what was true once.
    pub(crate) fn repeat(&self, which: usize) {
        let mut state = self.state.lock();
        if !state.past.is_empty() {
            let report = state.past[which % state.past.len()].clone();
            state.tell(BackendEvent::Statuses(vec![report.clone(), report]));
        }
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
        state.past.push(report.clone());
        if state.subscribed.contains(user) {
            state.tell(BackendEvent::Statuses(vec![report]));
        }
    }

    /// Refuses nothing any more, and answers at once.
    pub(crate) fn be_good(&self) {
        let mut state = self.state.lock();
        state.faults.clear();
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
        answer: impl FnOnce(&mut State, Option<&Fault>) -> T,
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
        let fault = state
            .faults
            .iter()
            .position(|(begin, _)| call.starts_with(begin));
        let fault = fault.map(|fault| state.faults.remove(fault).1);
        let result = match fault {
            Some(Fault::Refuse(error)) => Err(error),
            Some(Fault::Garble(error)) => {
                answer(&mut state, None);
                Err(error)
            }
            Some(Fault::Lose) => return Box::pin(std::future::pending()),
            Some(Fault::Swallow) => {
                answer(&mut state, None);
                return Box::pin(std::future::pending());
            }
            fault => Ok(answer(&mut state, fault.as_ref())),
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

/// For whom a call is done, and for whom it is said not to be.
fn shared(
    mut users: Vec<UserId>,
    fault: Option<&Fault>,
) -> (Vec<UserId>, Vec<(UserId, ChatError)>) {
    match fault {
        Some(Fault::InPart(error)) => {
            let failed = users.split_off(1);
            let failed = failed.into_iter().map(|user| (user, error.clone()));
            (users, failed.collect())
        }
        Some(Fault::LeaveOut) => {
            users.truncate(1);
            (users, Vec::new())
        }
        Some(Fault::Stray) => {
            let stray = ChatError::Protocol {
                reason: "who?".into(),
            };
            (users, vec![("nobody".into(), stray)])
        }
        _ => (users, Vec::new()),
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
        self.reply(format!("login {}", credentials.user_id), |state, _| {
            state.lose_calls();
            Session {
                profile: UserProfile {
                    user_id: state.named_otherwise.clone().unwrap_or(credentials.user_id),
                    ..UserProfile::default()
                },
                friends: state.friends.clone(),
                conversations: state.conversations.clone(),
                blacklist: state.blacklist.clone(),
                own_status: state.own_status.clone(),
            }
        })
    }

    fn logout(&self) -> Reply<()> {
        self.reply("logout".into(), |state, _| state.lose_calls())
    }

    fn capability(&self) -> Reply<Capability> {
        self.reply("capability".into(), |state, _| state.capability)
    }

    fn subscribe(&self, users: Vec<UserId>) -> Reply<Subscribed> {
        self.reply(named("subscribe", &users), |state, fault| {
            let (users, mut failed) = shared(users, fault);
            failed.extend(failures(state, &users));
            let known = users.iter().filter(|&user| !state.strangers.contains(user));
            state.subscribed.extend(known.cloned());
            assert!(
                state.subscribed.len() <= state.limits.subscriptions,
                "over the cap"
            );
            Subscribed { failed }
        })
    }

    fn unsubscribe(&self, users: Vec<UserId>) -> Reply<Subscribed> {
        self.reply(named("unsubscribe", &users), |state, fault| {
            let (users, failed) = shared(users, fault);
            for user in &users {
                state.subscribed.remove(user);
            }
            Subscribed { failed }
        })
    }

    fn query(&self, users: Vec<UserId>) -> Reply<Queried> {
        self.reply(named("query", &users), |state, fault| {
            let (users, mut failed) = shared(users, fault);
            failed.extend(failures(state, &users));
            let known = users.iter().filter(|&user| !state.strangers.contains(user));
            let report = |user: &UserId| {
                let report = state.reports.get(user).cloned();
                report.unwrap_or_else(|| StatusReport::new(user.clone(), 1, StatusType::Offline))
            };
            let mut statuses: Vec<_> = known.map(report).collect();
            if let Some(Fault::Stray) = fault {
                statuses.extend(statuses.clone());
                statuses.push(StatusReport::new("nobody", u64::MAX, StatusType::Online));
                statuses.push(StatusReport::new("nobody", 9, StatusType::Online));
                statuses.push(StatusReport::new("", 0, StatusType::Unknown));
            }
            Queried { statuses, failed }
        })
    }

    fn set_custom_status(&self, text: String) -> Reply<StatusReport> {
        self.reply(format!("set_custom_status {text}"), |_, _| StatusReport {
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
