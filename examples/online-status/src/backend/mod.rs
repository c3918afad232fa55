//! The client's side of the protocol, as the [`ChatBackend`] that the user service asks.
//!
//! One and the same over TCP and embedded: an embedded server is spoken to over a pipe in memory.

mod dial;
mod keeper;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use futures::{
    FutureExt as _, StreamExt as _,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use parking_lot::Mutex;
use store::chat::{
    BackendEvent, Capability, ChatBackend, ChatError, ConversationId, Credentials, Limits, Queried,
    Reply, Session, StatusReport, Subscribed, UserId,
};
use tokio::{
    sync::{mpsc, oneshot, watch},
    time,
};

pub(crate) use self::dial::{Dial, LinkError};
use self::keeper::{Call, Keeper};
use crate::wire::{Answer, Hello, Request};

/// How long a call that does not go through the user service may stay without an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many calls may wait to be sent.
const CALLS: usize = 64;

/// How many events may wait to be taken.
const EVENTS: usize = 4_096;

/// A chat server at the other end of a connection that is made anew whenever it breaks.
///
/// Clones are the same backend; the connection lasts until the last one is dropped.
#[derive(Clone)]
pub(crate) struct Backend {
    device: String,
    calls: mpsc::Sender<Call>,
    events: Arc<Mutex<Option<mpsc::Receiver<BackendEvent>>>>,
    hello: watch::Receiver<Hello>,
    trouble: watch::Receiver<Option<LinkError>>,
}

impl Backend {
    /// Connects for the first time, on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// [`LinkError`] if there is no such server; later failures are events, and are mended.
    pub(crate) async fn connect(dial: Dial, device: String) -> Result<Self, LinkError> {
        let link = dial.open().await?;
        let (calls, asked) = mpsc::channel(CALLS);
        let (tell, events) = mpsc::channel(EVENTS);
        let (introduce, hello) = watch::channel(link.hello);
        let (report, trouble) = watch::channel(None);
        let keeper = Keeper::new(dial, asked, tell, introduce, report);
        tokio::spawn(keeper.run(link));
        Ok(Self {
            device,
            calls,
            events: Arc::new(Mutex::new(Some(events))),
            hello,
            trouble,
        })
    }

    /// Why there is no connection, for as long as there is none.
    pub(crate) fn trouble(&self) -> watch::Receiver<Option<LinkError>> {
        self.trouble.clone()
    }

    /// Sets the unread count of a conversation to zero.
    pub(crate) fn mark_read(&self, conversation: ConversationId) -> Reply<()> {
        let marked = self.call(Request::MarkRead(conversation), |answer| match answer {
            Answer::Done => Some(()),
            _ => None,
        });
        let unanswered = || ChatError::TimedOut {
            call: "mark_read".to_owned(),
            after: PATIENCE,
        };
        time::timeout(PATIENCE, marked)
            .map(move |answer| answer.unwrap_or_else(|_| Err(unanswered())))
            .boxed()
    }

    /// Asks the server; `expect` takes the one kind of answer that makes sense.
    fn call<T: Send + 'static>(
        &self,
        request: Request,
        expect: fn(Answer) -> Option<T>,
    ) -> BoxFuture<'static, Result<T, ChatError>> {
        let calls = self.calls.clone();
        let ask = async move {
            let (reply, answer) = oneshot::channel();
            let call = Call { request, reply };
            calls.send(call).await.map_err(|_| ChatError::Closed)?;
            let answer = answer.await.map_err(|_| ChatError::Closed)??;
            expect(answer).ok_or_else(|| ChatError::Protocol {
                reason: "this is an answer to another question".to_owned(),
            })
        };
        ask.boxed()
    }
}

impl ChatBackend for Backend {
    fn limits(&self) -> Limits {
        self.hello.borrow().limits
    }

    fn login(&self, credentials: Credentials) -> Reply<Session> {
        let login = Request::Login {
            credentials,
            device: self.device.clone(),
        };
        self.call(login, |answer| match answer {
            Answer::Session(session) => Some(session),
            _ => None,
        })
    }

    fn logout(&self) -> Reply<()> {
        self.call(Request::Logout, |answer| match answer {
            Answer::Done => Some(()),
            _ => None,
        })
    }

    fn capability(&self) -> Reply<Capability> {
        self.call(Request::Capability, |answer| match answer {
            Answer::Capability(capability) => Some(capability),
            _ => None,
        })
    }

    fn subscribe(&self, users: Vec<UserId>) -> Reply<Subscribed> {
        self.call(Request::Subscribe(users), |answer| match answer {
            Answer::Subscribed(subscribed) => Some(subscribed),
            _ => None,
        })
    }

    fn unsubscribe(&self, users: Vec<UserId>) -> Reply<Subscribed> {
        self.call(Request::Unsubscribe(users), |answer| match answer {
            Answer::Subscribed(subscribed) => Some(subscribed),
            _ => None,
        })
    }

    fn query(&self, users: Vec<UserId>) -> Reply<Queried> {
        self.call(Request::Query(users), |answer| match answer {
            Answer::Queried(queried) => Some(queried),
            _ => None,
        })
    }

    fn set_custom_status(&self, text: String) -> Reply<StatusReport> {
        self.call(Request::SetCustomStatus(text), |answer| match answer {
            Answer::Status(report) => Some(report),
            _ => None,
        })
    }

    /// Everything the server says unasked; empty when asked for a second time.
    fn events(&self) -> BoxStream<'static, BackendEvent> {
        match self.events.lock().take() {
            Some(events) => stream::unfold(events, |mut events| async move {
                let event = events.recv().await?;
                Some((event, events))
            })
            .boxed(),
            None => stream::empty().boxed(),
        }
    }
}
