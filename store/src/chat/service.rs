//! The service as a program holds it.
//!
//! A handle only: what is decided is decided in the driver, which alone talks to the backend and
//! writes to the store.

use std::sync::Arc;

use futures::{
    SinkExt,
    channel::{mpsc, oneshot},
    future::BoxFuture,
};

use super::{
    backend::{ChatBackend, Credentials},
    board::ChatStores,
    driver::{Command, Driver, Promise},
    error::ChatError,
    interest::{Interest, Interests},
    options::ServiceOptions,
    types::{UserId, UserStatus},
};
use crate::{Clock, Store};

/// How many commands may wait for the driver besides one of each handle.
const WAITING_COMMANDS: usize = 16;

/// Logs in, switches online status, and says who is of interest. Clones are the same service.
///
/// What it learns it writes to the store, with the origin "server": `USER`, `CONTACT` and
/// `CONVERSATION` are where a program looks. Friends and the peers of one-to-one conversations are
/// of interest by themselves; [`want`](Self::want) adds others.
///
/// Every call is carried out even if its future is dropped once it was polled.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use store::{Store, Stores, chat::{
///     ChatBackend, Contact, Conversations, SwitchUserStatus, USER, User, UserService,
/// }};
///
/// #[derive(Stores)]
/// struct App { user: User, contact: Contact, conversation: Conversations }
///
/// # use futures::FutureExt;
/// fn start(backend: Arc<dyn ChatBackend>, spawn: impl FnOnce(futures::future::BoxFuture<'static, ()>)) {
///     let store = Store::<App>::new();
///     let (service, driver) = UserService::new(&store, backend, Arc::new(store::ManualClock::new()));
///     spawn(driver);
///     let switching = service.switch_user_status(SwitchUserStatus { display_online_status: true });
/// #   drop(switching);
/// }
/// ```
#[derive(Clone, Debug)]
pub struct UserService {
    commands: mpsc::Sender<Command>,
    interests: Arc<Interests>,
}

/// What to switch: the argument of [`UserService::switch_user_status`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SwitchUserStatus {
    /// Whether statuses are to be shown.
    pub display_online_status: bool,
}

impl UserService {
    /// A service on a store, and the future that drives it, to be spawned on any executor.
    ///
    /// The driver ends when the last handle of the service is dropped. If the driver is dropped
    /// before, calls return [`ChatError::Closed`].
    #[must_use = "nothing happens unless the driver is polled"]
    pub fn new<S: ChatStores>(
        store: &Store<S>,
        backend: Arc<dyn ChatBackend>,
        clock: Arc<dyn Clock>,
    ) -> (Self, BoxFuture<'static, ()>) {
        Self::with_options(store, backend, clock, ServiceOptions::default())
    }

    /// As [`new`](Self::new), with settings.
    #[must_use = "nothing happens unless the driver is polled"]
    pub fn with_options<S: ChatStores>(
        store: &Store<S>,
        backend: Arc<dyn ChatBackend>,
        clock: Arc<dyn Clock>,
        options: ServiceOptions,
    ) -> (Self, BoxFuture<'static, ()>) {
        let (commands, orders) = mpsc::channel(WAITING_COMMANDS);
        let interests = Arc::<Interests>::default();
        let driver = Driver::new(
            store.clone(),
            backend,
            clock,
            options,
            orders,
            Arc::clone(&interests),
        );
        (
            Self {
                commands,
                interests,
            },
            Box::pin(driver.run()),
        )
    }

    /// Logs a user in. Nothing of a former user is left; the lists are those of the new one.
    ///
    /// If the user had switched online status on before, it is switched on again.
    ///
    /// # Errors
    ///
    /// What the backend answers; then nobody is logged in. [`ChatError::Overtaken`] by a later login
    /// or logout.
    pub async fn login(&self, credentials: Credentials) -> Result<(), ChatError> {
        self.ask(|promise| Command::Login(credentials, promise))
            .await
    }

    /// Logs the user out. Nothing of the user is left, even if the backend refuses.
    ///
    /// # Errors
    ///
    /// [`ChatError::NotLoggedIn`], or what the backend answers.
    pub async fn logout(&self) -> Result<(), ChatError> {
        self.ask(Command::Logout).await
    }

    /// Switches online status on or off. The choice is kept for this user.
    ///
    /// On: returns once the backend has answered for the first users of interest, when
    /// `display_online_status` is true. Off: in one commit statuses and dots are gone; returns once
    /// the backend has been told.
    ///
    /// # Errors
    ///
    /// [`ChatError::NotLoggedIn`] before login; [`ChatError::CapabilityNotEnabled`] and the like if
    /// the backend refuses; [`ChatError::Overtaken`] by a later switch. The error stands in
    /// `online_status_error`, and `display_online_status` is what is true. The wish to have it on
    /// stays: it comes on by itself when the reason is gone.
    pub async fn switch_user_status(&self, switch: SwitchUserStatus) -> Result<(), ChatError> {
        self.ask(|promise| Command::Switch(switch.display_online_status, promise))
            .await
    }

    /// Sets the text beside the own name, and returns the own status as others see it, merged over
    /// all devices.
    ///
    /// # Errors
    ///
    /// [`ChatError::NotLoggedIn`], [`ChatError::CustomStatusTooLong`], or what the backend answers.
    pub async fn set_custom_status(
        &self,
        text: impl Into<String>,
    ) -> Result<UserStatus, ChatError> {
        let text = text.into();
        self.ask(|promise| Command::CustomStatus(text, promise))
            .await
    }

    /// Keeps the statuses of these users coming while the answer lives.
    ///
    /// Wanting a user again makes that user the most recently wanted, which counts when there are
    /// more than the backend takes: the others are then found in `given_up_users`.
    pub fn want<U: Into<UserId>>(&self, users: impl IntoIterator<Item = U>) -> Interest {
        let users = users.into_iter().map(Into::into).collect();
        Interest::new(users, Arc::clone(&self.interests))
    }

    async fn ask<T>(&self, command: impl FnOnce(Promise<T>) -> Command) -> Result<T, ChatError> {
        let (promise, answer) = oneshot::channel();
        let sent = self.commands.clone().send(command(promise)).await;
        sent.map_err(|_| ChatError::Closed)?;
        answer.await.unwrap_or(Err(ChatError::Closed))
    }
}
