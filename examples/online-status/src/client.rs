//! A client: its store, the user service that fills it, and the backend that the service asks.

use std::{sync::Arc, time::Duration};

use futures::future;
use store::{
    Clock, Sleep, Store,
    chat::{
        ChatError, ConversationId, Credentials, Interest, ServiceOptions, SwitchUserStatus, UserId,
        UserService,
    },
};
use tokio::time::Instant;

use crate::{
    app::{App, SCREEN},
    backend::{Backend, Dial, LinkError},
    show,
};

/// One user's view of the world. Clones are the same client.
#[derive(Clone)]
pub(crate) struct Client {
    store: Store<App>,
    service: UserService,
    backend: Backend,
}

impl Client {
    /// Connects, and lets the service run on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// [`LinkError`] if there is no server.
    pub(crate) async fn connect(
        dial: Dial,
        device: &str,
        coalesce: Duration,
    ) -> Result<Self, LinkError> {
        let backend = Backend::connect(dial, device.to_owned()).await?;
        let store = Store::<App>::new();
        let options = ServiceOptions {
            coalesce,
            ..ServiceOptions::default()
        };
        let clock = TokioClock(Instant::now());
        let (service, driver) =
            UserService::with_options(&store, Arc::new(backend.clone()), Arc::new(clock), options);
        tokio::spawn(driver);
        tokio::spawn(show_trouble(store.clone(), backend.clone()));
        Ok(Self {
            store,
            service,
            backend,
        })
    }

    /// Where everything is that this client knows.
    pub(crate) fn store(&self) -> &Store<App> {
        &self.store
    }

    /// Logs in, and begins to switch the online status on if it is wished for.
    ///
    /// A refusal of the online status is no failure: it stands in the store, where it is shown.
    ///
    /// # Errors
    ///
    /// The refusal of the login.
    pub(crate) async fn login(&self, user: &str, display: bool) -> Result<(), ChatError> {
        self.service.login(Credentials::new(user)).await?;
        if display {
            let client = self.clone();
            tokio::spawn(async move { client.switch(true).await });
        }
        Ok(())
    }

    /// Switches the online status; a refusal is shown.
    pub(crate) async fn switch(&self, display_online_status: bool) {
        let (begun, done) = if display_online_status {
            ("switching online status on …", "online status is on")
        } else {
            ("switching online status off …", "online status is off")
        };
        self.notice(Ok(begun.to_owned()));
        let switch = SwitchUserStatus {
            display_online_status,
        };
        let switched = self.service.switch_user_status(switch).await;
        self.notice(switched.map(|()| done.to_owned()));
    }

    /// Writes something beside the own name; a refusal is shown.
    pub(crate) async fn write(&self, text: String) {
        let written = self.service.set_custom_status(text).await;
        self.notice(written.map(|status| match status.custom_status.as_str() {
            "" => "nothing stands beside your name now".to_owned(),
            text => format!("others see: {text}"),
        }));
    }

    /// Marks a conversation as read; a refusal is shown.
    pub(crate) async fn read(&self, conversation: ConversationId) {
        let read = self.backend.mark_read(conversation).await;
        self.notice(read.map(|()| String::new()));
    }

    /// Keeps the statuses of these users coming for as long as the answer is kept.
    pub(crate) fn want(&self, users: Vec<UserId>) -> Interest {
        self.service.want(users)
    }

    fn notice(&self, outcome: Result<String, ChatError>) {
        let notice = outcome.unwrap_or_else(|error| show::error(&error));
        self.store
            .update(SCREEN, |screen| screen.notice.set(notice));
    }
}

/// Writes into the store why there is no connection, while there is none.
async fn show_trouble(store: Store<App>, backend: Backend) {
    let mut trouble = backend.trouble();
    drop(backend);
    while trouble.changed().await.is_ok() {
        let text = trouble
            .borrow_and_update()
            .as_ref()
            .map(LinkError::to_string);
        store.update(SCREEN, |screen| screen.trouble.set(text));
    }
}

/// The runtime's clock.
struct TokioClock(Instant);

impl Clock for TokioClock {
    fn now(&self) -> Duration {
        self.0.elapsed()
    }

    fn sleep_until(&self, deadline: Duration) -> Sleep {
        match self.0.checked_add(deadline) {
            Some(deadline) => Box::pin(tokio::time::sleep_until(deadline)),
            None => Box::pin(future::pending()),
        }
    }
}
