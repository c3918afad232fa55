//! Keeps the connection: numbers the calls, hands out answers and events, and begins anew when the
//! link breaks.

use std::{collections::HashMap, time::Duration};

use store::chat::{BackendEvent, ChatError, Credentials, KickReason, NetState};
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::{self, Instant},
};

use super::dial::{Dial, Link, LinkError};
use crate::wire::{
    Answer, ClientFrame, FRAME_LIMIT, Hello, Request, ServerFrame, WriteError, write_frame,
};

/// The pauses between two attempts to connect grow from the first to the second.
const PAUSES: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(5));

/// A request, and who waits for the answer.
pub(super) struct Call {
    pub(super) request: Request,
    pub(super) reply: oneshot::Sender<Result<Answer, ChatError>>,
}

/// The task behind a backend.
pub(super) struct Keeper {
    dial: Dial,
    calls: mpsc::Receiver<Call>,
    events: mpsc::Sender<BackendEvent>,
    hello: watch::Sender<Hello>,
    trouble: watch::Sender<Option<LinkError>>,
    /// What the session was begun with, to begin it again on a new link.
    login: Option<(Credentials, String)>,
    pending: HashMap<u64, Pending>,
    last_number: u64,
}

/// A call that has not been answered.
struct Pending {
    reply: Reply,
    /// Goes ahead of the answer to a login.
    friends: Vec<store::chat::Friend>,
}

enum Reply {
    /// To whoever called.
    Caller(oneshot::Sender<Result<Answer, ChatError>>),
    /// To the keeper, who has logged in again.
    LoginAgain,
}

/// Nobody is interested in this backend any longer.
struct Abandoned;

enum End {
    Broken(LinkError),
    Abandoned,
}

impl From<LinkError> for End {
    fn from(error: LinkError) -> Self {
        Self::Broken(error)
    }
}

impl Keeper {
    pub(super) fn new(
        dial: Dial,
        calls: mpsc::Receiver<Call>,
        events: mpsc::Sender<BackendEvent>,
        hello: watch::Sender<Hello>,
        trouble: watch::Sender<Option<LinkError>>,
    ) -> Self {
        Self {
            dial,
            calls,
            events,
            hello,
            trouble,
            login: None,
            pending: HashMap::new(),
            last_number: 0,
        }
    }

    /// Keeps the connection until nobody is interested any longer.
    pub(super) async fn run(mut self, mut link: Link) {
        let mut pause = PAUSES.0;
        loop {
            let began = Instant::now();
            let End::Broken(error) = self.converse(&mut link).await else {
                return;
            };
            drop(link);
            if began.elapsed() > PAUSES.1 {
                pause = PAUSES.0;
            }
            self.give_up_calls(&error);
            self.trouble.send_replace(Some(error.clone()));
            self.tell_link(NetState::Disconnected).await;
            match self.reconnect(error, &mut pause).await {
                Ok(new) => link = new,
                Err(Abandoned) => return,
            }
        }
    }

    /// Uses a link until it breaks.
    async fn converse(&mut self, link: &mut Link) -> End {
        self.hello.send_replace(link.hello);
        let begun = match self.login.clone() {
            Some((credentials, device)) => {
                let login = Request::Login {
                    credentials,
                    device,
                };
                self.send(link, login, Reply::LoginAgain).await
            }
            None => {
                self.connected().await;
                Ok(())
            }
        };
        match begun {
            Ok(()) => loop {
                if let Err(end) = self.turn(link).await {
                    return end;
                }
            },
            Err(error) => End::Broken(error),
        }
    }

    /// Does the next thing there is to do on a link.
    async fn turn(&mut self, link: &mut Link) -> Result<(), End> {
        let timeout = link.hello.timeout;
        tokio::select! {
            call = self.calls.recv() => match call {
                Some(call) => Ok(self.send(link, call.request, Reply::Caller(call.reply)).await?),
                None => Err(End::Abandoned),
            },
            frame = time::timeout_at(link.heard + timeout, link.frames.next()) => match frame {
                Ok(Ok(Some(frame))) => {
                    link.heard = Instant::now();
                    Ok(self.hear(frame).await?)
                }
                Ok(Ok(None)) => Err(LinkError::Closed("without a reason".to_owned()).into()),
                Ok(Err(error)) => Err(LinkError::from(error).into()),
                Err(_) => Err(LinkError::Silent(timeout).into()),
            },
            _ = link.beat.tick() => Ok(write(link, &ClientFrame::Beat).await.map(drop)?),
        }
    }

    async fn send(
        &mut self,
        link: &mut Link,
        request: Request,
        reply: Reply,
    ) -> Result<(), LinkError> {
        self.last_number += 1;
        let number = self.last_number;
        let friends = Vec::new();
        let pending = Pending { reply, friends };
        let call = ClientFrame::Call { number, request };
        let written = write(link, &call).await;
        if let Ok(Err(too_large)) = written {
            return self.answer(pending, Err(too_large)).await;
        }
        self.pending.insert(number, pending);
        self.remember(call);
        written.map(drop)
    }

    /// Remembers what a new link is to begin with.
    fn remember(&mut self, call: ClientFrame) {
        match call {
            ClientFrame::Call {
                request:
                    Request::Login {
                        credentials,
                        device,
                    },
                ..
            } => self.login = Some((credentials, device)),
            ClientFrame::Call {
                request: Request::Logout,
                ..
            } => self.login = None,
            _ => {}
        }
    }

    async fn hear(&mut self, frame: ServerFrame) -> Result<(), LinkError> {
        match frame {
            ServerFrame::Beat => Ok(()),
            ServerFrame::Event(event) => {
                if matches!(event, BackendEvent::KickedOut(_)) {
                    self.login = None;
                }
                self.tell(event)
            }
            ServerFrame::Friends { number, friends } => {
                let pending = self
                    .pending
                    .get_mut(&number)
                    .ok_or_else(|| unasked(number))?;
                pending.friends.extend(friends);
                Ok(())
            }
            ServerFrame::Answer { number, result } => {
                let pending = self
                    .pending
                    .remove(&number)
                    .ok_or_else(|| unasked(number))?;
                self.answer(pending, result).await
            }
            ServerFrame::Closing { reason } => Err(LinkError::Closed(reason)),
            ServerFrame::Hello(_) => Err(LinkError::Nonsense("it said hello twice".to_owned())),
        }
    }

    async fn answer(
        &mut self,
        pending: Pending,
        mut result: Result<Answer, ChatError>,
    ) -> Result<(), LinkError> {
        if let Ok(Answer::Session(session)) = &mut result {
            session.friends.extend(pending.friends);
        }
        match (pending.reply, result) {
            (Reply::Caller(reply), result) => {
                // The caller may have lost interest, and then nobody needs the answer.
                let _ = reply.send(result);
                Ok(())
            }
            (Reply::LoginAgain, Ok(Answer::Session(session))) => {
                self.tell(BackendEvent::Resumed(session))?;
                self.connected().await;
                Ok(())
            }
            (Reply::LoginAgain, Err(_)) => {
                self.login = None;
                self.connected().await;
                self.tell(BackendEvent::KickedOut(KickReason::CredentialsExpired))
            }
            (Reply::LoginAgain, Ok(_)) => Err(LinkError::Nonsense(
                "a login was answered with something else than a session".to_owned(),
            )),
        }
    }

    /// Connects again, with growing pauses; refuses calls meanwhile.
    async fn reconnect(
        &mut self,
        mut error: LinkError,
        pause: &mut Duration,
    ) -> Result<Link, Abandoned> {
        loop {
            let until = Instant::now() + *pause;
            *pause = (*pause * 2).min(PAUSES.1);
            loop {
                tokio::select! {
                    call = self.calls.recv() => self.refuse(call.ok_or(Abandoned)?, &error),
                    () = time::sleep_until(until) => break,
                }
            }
            self.tell_link(NetState::Connecting).await;
            match self.dial.open().await {
                Ok(link) => return Ok(link),
                Err(again) => {
                    self.trouble.send_replace(Some(again.clone()));
                    self.tell_link(NetState::Disconnected).await;
                    error = again;
                }
            }
        }
    }

    fn refuse(&mut self, call: Call, error: &LinkError) {
        let answer = match call.request {
            Request::Logout => {
                self.login = None;
                Ok(Answer::Done)
            }
            _ => Err(error.to_chat_error()),
        };
        // As for any answer, the caller may have lost interest.
        let _ = call.reply.send(answer);
    }

    fn give_up_calls(&mut self, error: &LinkError) {
        for (_, pending) in self.pending.drain() {
            if let Reply::Caller(reply) = pending.reply {
                // As for any answer, the caller may have lost interest.
                let _ = reply.send(Err(error.to_chat_error()));
            }
        }
    }

    fn tell(&self, event: BackendEvent) -> Result<(), LinkError> {
        match self.events.try_send(event) {
            Err(mpsc::error::TrySendError::Full(_)) => Err(LinkError::Overrun),
            // A backend whose events nobody takes can still be called.
            Ok(()) | Err(mpsc::error::TrySendError::Closed(_)) => Ok(()),
        }
    }

    async fn connected(&self) {
        self.trouble.send_replace(None);
        self.tell_link(NetState::Connected).await;
    }

    /// Unlike other events, one about the link waits until there is room for it.
    async fn tell_link(&self, state: NetState) {
        // A backend whose events nobody takes can still be called.
        let _ = self.events.send(BackendEvent::Link(state)).await;
    }
}

fn unasked(number: u64) -> LinkError {
    LinkError::Nonsense(format!("an answer to call {number}, which was not made"))
}

/// Writes a frame, or refuses one that is too large, which does the link no harm.
async fn write(link: &mut Link, frame: &ClientFrame) -> Result<Result<(), ChatError>, LinkError> {
    let timeout = link.hello.timeout;
    match time::timeout(timeout, write_frame(&mut link.writer, frame)).await {
        Ok(Ok(())) => Ok(Ok(())),
        Ok(Err(WriteError::TooLarge { bytes })) => {
            let limit = FRAME_LIMIT;
            Ok(Err(ChatError::TooLarge { bytes, limit }))
        }
        Ok(Err(WriteError::Io(error))) => Err(error.into()),
        Err(_) => Err(LinkError::Silent(timeout)),
    }
}
