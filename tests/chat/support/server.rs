//! A server that does as it is told, and checks that it is asked nothing it should not be.

mod backend;

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use futures::channel::{mpsc, oneshot};
use parking_lot::Mutex;
use store::chat::{
    BackendEvent, Capability, ChatError, Conversation, Friend, Limits, NetState, Session,
    StatusReport, StatusType, UserId, UserProfile, UserStatus,
};

use super::fault::Fault;

/// A server that answers at once, unless it is told otherwise.
#[derive(Clone, Default)]
pub(crate) struct Server {
    state: Arc<Mutex<State>>,
}

/// A call that is done late, and answered if anybody still waits for it.
type Late = Box<dyn FnOnce(&mut State) + Send>;

struct State {
    limits: Limits,
    capability: Capability,
    friends: Vec<Friend>,
    conversations: Vec<Conversation>,
    blacklist: Vec<UserId>,
    /// How others see those who log in here.
    own: HashMap<UserId, StatusReport>,
    /// Who is logged in.
    user: Option<UserId>,
    reports: HashMap<UserId, StatusReport>,
    subscribed: BTreeSet<UserId>,
    strangers: HashSet<UserId>,
    named_otherwise: Option<UserId>,
    faults: Vec<(&'static str, Fault)>,
    /// Every report that was ever made.
    past: Vec<StatusReport>,
    calls: Vec<String>,
    /// How a call begins that is held.
    holding: Option<&'static str>,
    held: Vec<(String, oneshot::Sender<()>)>,
    /// What is to be done once the server catches up, if it has fallen behind.
    behind: Option<Vec<Late>>,
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
            own: HashMap::new(),
            user: None,
            reports: HashMap::new(),
            subscribed: BTreeSet::new(),
            strangers: HashSet::new(),
            named_otherwise: None,
            faults: Vec::new(),
            past: Vec::new(),
            calls: Vec::new(),
            holding: None,
            held: Vec::new(),
            behind: None,
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

    /// What there is to be said to this user.
    fn session(&self, user: UserId) -> Session {
        Session {
            own_status: self.own.get(&user).cloned(),
            profile: UserProfile {
                user_id: user,
                ..UserProfile::default()
            },
            friends: self.friends.clone(),
            conversations: self.conversations.clone(),
            blacklist: self.blacklist.clone(),
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

    /// Somebody is a friend from now on, or no longer; nobody is told.
    pub(crate) fn befriend(&self, user: &UserId, is_friend: bool) {
        let friends = &mut self.state.lock().friends;
        friends.retain(|friend| friend.user_id != *user);
        friends.extend(is_friend.then(|| Friend::new(user.clone())));
    }

    /// Somebody is blocked from now on, or no longer; nobody is told.
    pub(crate) fn block(&self, user: &UserId, is_blocked: bool) {
        let blacklist = &mut self.state.lock().blacklist;
        blacklist.retain(|blocked| blocked != user);
        blacklist.extend(is_blocked.then(|| user.clone()));
    }

    pub(crate) fn set_conversations(&self, conversations: Vec<Conversation>) {
        self.state.lock().conversations = conversations;
    }

    pub(crate) fn set_blacklist(&self, blocked: &[&str]) {
        self.state.lock().blacklist = blocked.iter().map(|&user| user.into()).collect();
    }

    /// What the server says of the own status to who logs in.
    pub(crate) fn set_own_status(&self, report: StatusReport) {
        let mut state = self.state.lock();
        state.own.insert(report.user_id.clone(), report);
    }

    /// How others see this user, who logs in here; nothing if that was never set.
    pub(crate) fn own_status(&self, user: &str) -> Option<UserStatus> {
        let state = self.state.lock();
        state.own.get(user).map(StatusReport::merged)
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

    /// Whether the call was made that was to be done badly.
    pub(crate) fn has_failed(&self) -> bool {
        self.state.lock().faults.is_empty()
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
        self.state.lock().holding = holding.then_some("");
    }

    /// As [`hold`](Self::hold), but only calls that begin like this.
    pub(crate) fn hold_calls(&self, begin: &'static str) {
        self.state.lock().holding = Some(begin);
    }

    /// Does all that it has fallen behind with, in order.
    pub(crate) fn catch_up(&self) {
        let mut state = self.state.lock();
        for late in state.behind.take().into_iter().flatten() {
            late(&mut state);
        }
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
            state.behind = None;
        }
        state.tell(BackendEvent::Link(link));
    }

    /// The session goes on over a new link, if there is one.
    pub(crate) fn resume(&self) {
        let mut state = self.state.lock();
        state.tell(BackendEvent::Link(NetState::Connected));
        if let Some(user) = state.user.clone() {
            let session = state.session(user);
            state.tell(BackendEvent::Resumed(session));
        }
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
        self.catch_up();
        let mut state = self.state.lock();
        state.faults.clear();
        state.holding = None;
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
}

fn is_about_users(call: &str) -> bool {
    ["subscribe", "unsubscribe", "query"].contains(&call.split(' ').next().unwrap_or(""))
}
