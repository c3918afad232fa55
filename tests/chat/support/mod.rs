//! A stage: a store, the service, a clock that stands still, and a server that does as it is told.
//!
//! Everything runs on the test's own thread; nothing waits for real time.

mod fault;
mod server;

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Wake, Waker},
    time::Duration,
};

use parking_lot::Mutex;
use store::{
    ManualClock, Store, Stores,
    chat::{
        BackendEvent, ChatError, Contact, Conversations, Credentials, Dot, NetState,
        ServiceOptions, StatusReport, StatusType, SwitchUserStatus, USER, User, UserService,
        UserStatus, online_status,
    },
};

pub(crate) use self::{fault::Fault, server::Server};

#[derive(Stores)]
pub(crate) struct App {
    pub(crate) user: User,
    pub(crate) contact: Contact,
    pub(crate) conversation: Conversations,
}

/// Everything a test needs.
pub(crate) struct Stage {
    pub(crate) store: Store<App>,
    pub(crate) service: UserService,
    pub(crate) clock: ManualClock,
    pub(crate) server: Server,
    running: Vec<Pin<Box<dyn Future<Output = ()> + Send>>>,
    woken: Arc<Woken>,
}

#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Something that was started, and may have ended.
pub(crate) struct Started<T>(Arc<Mutex<Option<T>>>);

impl<T> Started<T> {
    /// What it ended with; `None` while it runs.
    pub(crate) fn outcome(&self) -> Option<T> {
        self.0.lock().take()
    }
}

impl Stage {
    /// With a server whose limits are the usual ones, without an interval between calls.
    pub(crate) fn new() -> Self {
        Self::on(Server::default())
    }

    pub(crate) fn on(server: Server) -> Self {
        Self::with(server, ServiceOptions::default())
    }

    pub(crate) fn with(server: Server, options: ServiceOptions) -> Self {
        let store = Store::<App>::new();
        let clock = ManualClock::new();
        let (service, driver) = UserService::with_options(
            &store,
            Arc::new(server.clone()),
            Arc::new(clock.clone()),
            options,
        );
        let mut stage = Self {
            store,
            service,
            clock,
            server,
            running: vec![driver],
            woken: Arc::default(),
        };
        stage.settle();
        stage
    }

    /// With alice logged in, who has these friends, and the log of calls empty.
    pub(crate) fn with_friends(friends: &[&str]) -> Self {
        let server = Server::default();
        server.set_friends(friends);
        Self::logged_in(server)
    }

    /// As [`with_friends`](Self::with_friends), and online status is on.
    pub(crate) fn switched_on(friends: &[&str]) -> Self {
        let mut stage = Self::with_friends(friends);
        assert_eq!(stage.switch(true), Ok(()));
        stage.server.take_calls();
        stage
    }

    pub(crate) fn logged_in(server: Server) -> Self {
        let mut stage = Self::on(server);
        assert_eq!(stage.login("alice"), Ok(()));
        stage.server.take_calls();
        stage
    }

    /// Lets everything run that can, until nothing can.
    pub(crate) fn settle(&mut self) {
        while self.run_once() {}
    }

    /// Gives everything one turn; says whether anything wants another.
    pub(crate) fn run_once(&mut self) -> bool {
        let waker = Waker::from(Arc::clone(&self.woken));
        let mut cx = Context::from_waker(&waker);
        self.woken.0.store(false, Ordering::SeqCst);
        self.running
            .retain_mut(|future| future.as_mut().poll(&mut cx).is_pending());
        self.woken.0.load(Ordering::SeqCst)
    }

    /// Starts something, and lets it run as far as it can.
    pub(crate) fn start<T: Send + 'static>(
        &mut self,
        future: impl Future<Output = T> + Send + 'static,
    ) -> Started<T> {
        let slot = Arc::new(Mutex::new(None));
        let outcome = Arc::clone(&slot);
        self.running.push(Box::pin(async move {
            let ended = future.await;
            *outcome.lock() = Some(ended);
        }));
        self.settle();
        Started(slot)
    }

    #[track_caller]
    fn run<T: Send + 'static>(&mut self, future: impl Future<Output = T> + Send + 'static) -> T {
        self.start(future).outcome().expect("is still waiting")
    }

    pub(crate) fn start_login(&mut self, user: &str) -> Started<Result<(), ChatError>> {
        let (service, credentials) = (self.service.clone(), Credentials::new(user));
        self.start(async move { service.login(credentials).await })
    }

    #[track_caller]
    pub(crate) fn login(&mut self, user: &str) -> Result<(), ChatError> {
        self.start_login(user)
            .outcome()
            .expect("is still logging in")
    }

    pub(crate) fn start_logout(&mut self) -> Started<Result<(), ChatError>> {
        let service = self.service.clone();
        self.start(async move { service.logout().await })
    }

    #[track_caller]
    pub(crate) fn logout(&mut self) -> Result<(), ChatError> {
        self.start_logout().outcome().expect("is still logging out")
    }

    pub(crate) fn start_switch(&mut self, on: bool) -> Started<Result<(), ChatError>> {
        let service = self.service.clone();
        let switch = SwitchUserStatus {
            display_online_status: on,
        };
        self.start(async move { service.switch_user_status(switch).await })
    }

    #[track_caller]
    pub(crate) fn switch(&mut self, on: bool) -> Result<(), ChatError> {
        self.start_switch(on).outcome().expect("is still switching")
    }

    #[track_caller]
    pub(crate) fn set_custom_status(&mut self, text: &str) -> Result<UserStatus, ChatError> {
        let (service, text) = (self.service.clone(), text.to_owned());
        self.run(async move { service.set_custom_status(text).await })
    }

    /// Takes away what drives the service.
    pub(crate) fn drop_driver(&mut self) {
        self.running.clear();
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        self.clock.advance(by);
        self.settle();
    }

    /// The server says something unasked.
    pub(crate) fn tell(&mut self, event: BackendEvent) {
        self.server.tell(event);
        self.settle();
    }

    /// The server says how somebody is doing, and the time goes by that the service gathers.
    pub(crate) fn tell_status(&mut self, user: &str, version: u64, status_type: StatusType) {
        self.tell(BackendEvent::Statuses(vec![StatusReport::new(
            user,
            version,
            status_type,
        )]));
        self.advance(Duration::from_millis(300));
    }

    pub(crate) fn set_link(&mut self, link: NetState) {
        self.server.set_link(link);
        self.settle();
    }

    /// The calls the server got since the last time.
    #[track_caller]
    pub(crate) fn expect_calls<const N: usize>(&mut self, expected: [&str; N]) {
        assert_eq!(self.server.take_calls(), expected);
    }

    /// Who is logged in; empty if nobody.
    pub(crate) fn user(&self) -> String {
        self.store.snapshot(USER).user_profile.user_id.to_string()
    }

    pub(crate) fn is_on(&self) -> bool {
        self.store.snapshot(USER).display_online_status
    }

    pub(crate) fn error(&self) -> Option<ChatError> {
        self.store.snapshot(USER).online_status_error.clone()
    }

    pub(crate) fn status(&self, user: &str) -> Option<UserStatus> {
        self.store
            .snapshot(USER)
            .user_status_list
            .get(user)
            .cloned()
    }

    pub(crate) fn dot(&self, user: &str) -> Dot {
        let snapshot = self.store.snapshot(USER);
        online_status(
            snapshot.display_online_status,
            snapshot.user_status_list.get(user),
        )
    }
}
