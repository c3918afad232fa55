//! The driver: joins the planner, the inbox and the pace, and alone talks to backend and store.
//!
//! It runs on no thread of its own and knows no runtime. Every input is handled to its end before
//! the next is taken, so there is nothing here that two could write at once.

mod calls;
mod inputs;
mod own;
mod session;
mod switch;
mod trouble;

use std::{collections::HashMap, fmt, sync::Arc, time::Duration};

use futures::{
    channel::{mpsc, oneshot},
    future::{Either, select},
};

use self::{
    inputs::{Input, Inputs},
    trouble::Trouble,
};
use super::{
    backend::{
        BackendEvent, Capability, ChatBackend, Credentials, Queried, Reply, Session, StatusReport,
    },
    board::{Board, ChatStores},
    error::ChatError,
    interest::{Demand, Interests},
    merge::Inbox,
    model::{CONTACT, CONVERSATION, Contact, Conversations, USER, User},
    options::ServiceOptions,
    pace::Pace,
    plan::{Call, Planner},
    types::{UserId, UserStatus},
};
use crate::{Clock, MapChange, Store, Watcher};

/// Where the outcome of a command goes.
pub(super) type Promise<T> = oneshot::Sender<Result<T, ChatError>>;

/// What a program may ask of the service.
pub(super) enum Command {
    Login(Credentials, Promise<()>),
    Logout(Promise<()>),
    Switch(bool, Promise<()>),
    CustomStatus(String, Promise<UserStatus>),
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Command")
    }
}

/// What the backend answered, and to what.
enum Answer {
    Login {
        session: u64,
        user: UserId,
        result: Result<Session, ChatError>,
        promise: Promise<()>,
    },
    Logout {
        result: Result<(), ChatError>,
        promise: Promise<()>,
    },
    Capability {
        question: u64,
        result: Result<Capability, ChatError>,
    },
    Call {
        link: u64,
        call: Call,
        result: Result<Queried, ChatError>,
    },
    OwnStatus {
        session: u64,
        number: u64,
        result: Result<StatusReport, ChatError>,
        promise: Promise<UserStatus>,
    },
}

/// How far online status has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Off, by choice or because it was refused.
    Off,
    /// The capability question of this number is out.
    Asking(u64),
    /// The capability question is to be asked again, when the pace allows.
    Held,
    /// The capability is granted, and the first answer about users is awaited.
    Starting,
    /// Statuses are shown.
    On,
}

/// All that the service knows.
pub(super) struct Driver<S: ChatStores> {
    board: Board<S>,
    backend: Arc<dyn ChatBackend>,
    clock: Arc<dyn Clock>,
    inputs: Inputs,
    coalesce: Duration,
    call_timeout: Duration,
    planner: Planner,
    pace: Pace,
    inbox: Inbox,
    /// Who is logged in.
    user: Option<UserId>,
    /// Whether a login is under way.
    logging_in: bool,
    /// The version of the own status that was written last.
    own_version: Option<u64>,
    /// Counts own texts.
    text_asked: u64,
    /// The number of the last own text that was set.
    text_set: u64,
    /// Who wishes to have online status on.
    choices: HashMap<UserId, bool>,
    phase: Phase,
    trouble: Trouble,
    /// Who waits for the present switch to be answered.
    switching: Vec<Promise<()>>,
    link_lost: bool,
    /// Counts logins and logouts: answers to an earlier session are overtaken.
    session: u64,
    /// Counts links, and sessions with them: answers over an earlier link are not heard.
    link: u64,
    /// Counts capability questions.
    question: u64,
    _watching: [Watcher; 3],
}

impl<S: ChatStores> Driver<S> {
    pub(super) fn new(
        store: Store<S>,
        backend: Arc<dyn ChatBackend>,
        clock: Arc<dyn Clock>,
        options: ServiceOptions,
        commands: mpsc::Receiver<Command>,
        interests: Arc<Interests>,
    ) -> Self {
        let watching = watch_interests(&store, &interests);
        let limits = backend.limits();
        let inputs = Inputs::new(interests, commands, backend.events(), Arc::clone(&clock));
        Self {
            board: Board { store },
            backend,
            clock,
            inputs,
            coalesce: options.coalesce,
            call_timeout: options.call_timeout,
            planner: Planner::new(limits),
            pace: Pace::new(limits.call_interval),
            inbox: Inbox::default(),
            user: None,
            logging_in: false,
            own_version: None,
            text_asked: 0,
            text_set: 0,
            choices: options.choices,
            phase: Phase::Off,
            trouble: Trouble::default(),
            switching: Vec::new(),
            link_lost: false,
            session: 0,
            link: 0,
            question: 0,
            _watching: watching,
        }
    }

    /// Handles inputs until nobody holds the service any more.
    pub(super) async fn run(mut self) {
        loop {
            match self.inputs.next().await {
                Input::Demands(demands) => self.demands(demands),
                Input::Command(command) => self.command(command),
                Input::Event(event) => self.event(event),
                Input::Silence => self.link_is(super::NetState::Disconnected),
                Input::Answer(answer) => self.answer(answer),
                Input::Alarm => {}
                Input::Abandoned => return,
            }
            self.go_on();
        }
    }

    /// Does whatever is due, and sets the alarm for what will be.
    fn go_on(&mut self) {
        let now = self.clock.now();
        if self.phase == Phase::Held && self.may_call(now) {
            self.ask_capability();
        }
        while self.may_call(now)
            && let Some(call) = self.planner.next_call()
        {
            self.pace.called(now);
            self.send(call);
        }
        match self.phase {
            Phase::Starting if self.planner.is_idle() => self.start(),
            Phase::On => {
                self.tell_what_is_due(now);
                if self.planner.is_idle() && self.pace.is_failing() {
                    // Nobody wants any more what failed.
                    self.pace.succeeded();
                    self.forget_transient_error();
                }
            }
            Phase::Off if self.planner.is_idle() || self.link_lost => self.answer_switch(&Ok(())),
            _ => {}
        }
        let next_call = self.pace.earliest();
        let waits = self.phase == Phase::Held || self.planner.has_waiting();
        let next_call = (waits && self.user.is_some() && !self.link_lost && next_call > now)
            .then_some(next_call);
        let next_write = self.inbox.due().filter(|_| self.phase == Phase::On);
        self.inputs
            .set_alarm(next_call.into_iter().chain(next_write).min());
    }

    fn may_call(&self, now: Duration) -> bool {
        self.user.is_some() && !self.link_lost && self.pace.earliest() <= now
    }

    fn demands(&mut self, demands: Vec<Demand>) {
        let user = self.board.store.snapshot(USER);
        for mut demand in demands {
            if user.user_blacklist.contains(&demand.user) {
                demand.wanted_at = None;
            }
            self.planner.demand(demand);
        }
    }

    fn command(&mut self, command: Command) {
        match command {
            Command::Login(credentials, promise) => self.login(credentials, promise),
            Command::Logout(promise) => self.logout(promise),
            Command::Switch(on, promise) => self.switch(on, promise),
            Command::CustomStatus(text, promise) => self.set_custom_status(text, promise),
        }
    }

    fn event(&mut self, event: BackendEvent) {
        match event {
            BackendEvent::Link(state) => self.link_is(state),
            // Nobody is logged in any more whom it could concern.
            _ if self.user.is_none() => {}
            BackendEvent::Resumed(session) => self.resumed(session),
            BackendEvent::Statuses(reports) => self.reports(&reports),
            BackendEvent::Capability(capability) => self.capability_is(capability),
            BackendEvent::KickedOut(reason) => self.kicked_out(reason),
            BackendEvent::Friends { put, removed } => {
                let written = self.board.put_friends(put, &removed);
                self.note(written);
            }
            BackendEvent::Conversations { put, removed } => {
                let written = self.board.put_conversations(put, &removed);
                self.note(written);
            }
            BackendEvent::Blacklist(blocked) => {
                let written = self.board.set_blacklist(blocked);
                self.note(written);
            }
        }
    }

    fn answer(&mut self, answer: Answer) {
        match answer {
            Answer::Login {
                session,
                user,
                result,
                promise,
            } => {
                self.logged_in(session, user, result, promise);
            }
            Answer::Logout { result, promise } => keep(promise, result),
            Answer::Capability { question, result } => self.capability_answered(question, result),
            Answer::Call { link, call, result } => {
                if link == self.link {
                    self.answered(&call, result);
                }
            }
            Answer::OwnStatus {
                session,
                number,
                result,
                promise,
            } => {
                self.own_status_set(session, number, result, promise);
            }
        }
    }

    /// What the backend replies, or that its time to do so was over.
    fn in_time<T: Send + 'static>(&self, call: &str, reply: Reply<T>) -> Reply<T> {
        let after = self.call_timeout;
        let call = call.to_owned();
        let deadline = self
            .clock
            .sleep_until(self.clock.now().saturating_add(after));
        Box::pin(async move {
            match select(reply, deadline).await {
                Either::Left((answer, _)) => answer,
                Either::Right(_) => Err(ChatError::TimedOut { call, after }),
            }
        })
    }

    /// Puts an error in the store, or takes it away.
    fn set_error(&mut self, error: Option<ChatError>) {
        self.change_trouble(|trouble| trouble.set(error));
    }

    /// Puts in the store why the own text could not be set, or takes that away.
    fn set_text_error(&mut self, error: Option<ChatError>) {
        self.change_trouble(|trouble| trouble.set_of_text(error));
    }

    /// What failed and might do better later, did.
    fn forget_transient_error(&mut self) {
        self.change_trouble(Trouble::forget_transient);
    }

    /// Whatever failed is done anew.
    fn forget_error(&mut self) {
        self.change_trouble(Trouble::forget);
    }

    /// Something else is wrong than before; the store shows it.
    fn change_trouble(&mut self, change: impl FnOnce(&mut Trouble)) {
        let before = self.trouble.shown().cloned();
        change(&mut self.trouble);
        let error = self.trouble.shown();
        if error != before.as_ref() && self.board.set_error(error).is_err() {
            tracing::warn!(?error, "cannot be put in the store, which refused it");
        }
    }

    /// Takes notice of what was refused: a write by the store, or nonsense by us.
    fn note(&mut self, result: Result<(), ChatError>) {
        if let Err(error) = result {
            self.set_error(Some(error));
        }
    }
}

/// Keeps a promise. That nobody waits for it any more is no concern of ours.
fn keep<T>(promise: Promise<T>, result: Result<T, ChatError>) {
    drop(promise.send(result));
}

/// Friends, the peers of conversations and who is unblocked are of interest by themselves.
fn watch_interests<S: ChatStores>(store: &Store<S>, interests: &Arc<Interests>) -> [Watcher; 3] {
    let friends = Arc::clone(interests);
    let peers = Arc::clone(interests);
    let blocked = Arc::clone(interests);
    [
        store.watch(
            CONTACT,
            Contact::watch().friend_list(move |list| {
                let (mut wanted, mut released) = (Vec::new(), Vec::new());
                for change in list.changes() {
                    match change {
                        MapChange::Inserted { key, .. } => wanted.push(key.clone()),
                        MapChange::Removed { key, .. } => released.push(key.clone()),
                        MapChange::Updated { .. } => {}
                    }
                }
                friends.want(wanted);
                friends.release(released);
            }),
        ),
        store.watch(
            CONVERSATION,
            Conversations::watch().conversation_list(move |list| {
                let (mut wanted, mut released) = (Vec::new(), Vec::new());
                for change in list.changes() {
                    let peer = |conversation: Option<&&super::Conversation>| {
                        conversation.and_then(|conversation| conversation.peer.clone())
                    };
                    let (old, new) = (peer(change.old()), peer(change.new()));
                    if old != new {
                        released.extend(old);
                        wanted.extend(new);
                    }
                }
                peers.want(wanted);
                peers.release(released);
            }),
        ),
        store.watch(
            USER,
            User::watch().user_blacklist(move |list| {
                blocked.review(list.changes().map(|change| (*change.key()).clone()));
            }),
        ),
    ]
}
