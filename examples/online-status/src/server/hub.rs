//! The world under a lock, and the queues that lead out of it.
//!
//! A queue is bounded: a client that does not take what it is told is dropped, with a reason, and
//! nobody waits for it.

use std::{
    collections::HashMap,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use parking_lot::Mutex;
use store::chat::{Capability, ChatError, StatusType, Timestamp, UserId};
use tokio::sync::{mpsc, oneshot};

use super::{
    settings::{Settings, TooManyUsers},
    world::{Now, Population, SessionId, World},
};
use crate::wire::{Answer, Hello, Request, ServerFrame};

/// The most frames that wait for one client.
const QUEUE: usize = 1_024;

/// The world, and who is connected to it.
pub(super) struct Hub {
    started: Instant,
    hello: Hello,
    inside: Mutex<Inside>,
}

struct Inside {
    world: World,
    population: Population,
    outlets: HashMap<SessionId, Outlet>,
    last_session: u64,
}

struct Outlet {
    frames: mpsc::Sender<ServerFrame>,
    dismiss: oneshot::Sender<String>,
}

/// What comes out of the hub for one client.
pub(super) struct Inlet {
    /// Whom it is for.
    pub(super) session: SessionId,
    /// What it is told unasked.
    pub(super) frames: mpsc::Receiver<ServerFrame>,
    /// Why it is dropped, once it is.
    pub(super) dismissed: oneshot::Receiver<String>,
}

impl Hub {
    /// Fills a world.
    pub(super) fn new(settings: &Settings) -> Result<Self, TooManyUsers> {
        settings.check()?;
        let mut population = Population::new(settings.seed);
        let people = population.people(settings.users, date());
        Ok(Self {
            started: Instant::now(),
            hello: Hello {
                limits: settings.limits,
                timeout: settings.timeout,
            },
            inside: Mutex::new(Inside {
                world: World::new(settings, people),
                population,
                outlets: HashMap::new(),
                last_session: 0,
            }),
        })
    }

    /// How the server introduces itself.
    pub(super) fn hello(&self) -> Hello {
        self.hello
    }

    /// Lets a client in.
    pub(super) fn connect(&self) -> Inlet {
        let (frames, told) = mpsc::channel(QUEUE);
        let (dismiss, dismissed) = oneshot::channel();
        let mut inside = self.inside.lock();
        inside.last_session += 1;
        let session = SessionId(inside.last_session);
        inside.world.connect(session);
        inside.outlets.insert(session, Outlet { frames, dismiss });
        Inlet {
            session,
            frames: told,
            dismissed,
        }
    }

    /// Forgets a client that went away.
    pub(super) fn disconnect(&self, session: SessionId) {
        let now = self.now();
        let mut inside = self.inside.lock();
        inside.outlets.remove(&session);
        inside.world.disconnect(session, now);
        inside.deliver(now);
    }

    /// Answers a request of a client.
    pub(super) fn answer(&self, session: SessionId, request: Request) -> Result<Answer, ChatError> {
        let now = self.now();
        let mut inside = self.inside.lock();
        let answer = inside.world.answer(session, request, now);
        inside.deliver(now);
        answer
    }

    /// Lets this many things happen in the population.
    pub(super) fn live(&self, steps: u32) {
        let now = self.now();
        let mut inside = self.inside.lock();
        let Inside {
            world, population, ..
        } = &mut *inside;
        for _ in 0..steps {
            population.step(world, now);
        }
        inside.deliver(now);
    }

    /// Lets one of the population come or go; answers with how the user is doing now.
    pub(super) fn flip(&self, user: &UserId) -> Option<StatusType> {
        let now = self.now();
        let mut inside = self.inside.lock();
        let status = inside.world.flip(user, now);
        inside.deliver(now);
        status
    }

    /// Grants the online status, as if somebody used the console.
    pub(super) fn grant(&self) {
        let now = self.now();
        let mut inside = self.inside.lock();
        inside.world.set_capability(Capability::Granted);
        inside.deliver(now);
    }

    fn now(&self) -> Now {
        Now {
            uptime: self.started.elapsed(),
            date: date(),
        }
    }
}

impl Inside {
    /// Empties the outbox into the queues. Dropping a client may fill it again.
    fn deliver(&mut self, now: Now) {
        loop {
            let outbox = self.world.take_outbox();
            if outbox.is_empty() {
                return;
            }
            for (session, event) in outbox {
                self.tell(session, ServerFrame::Event(event), now);
            }
        }
    }

    fn tell(&mut self, session: SessionId, frame: ServerFrame, now: Now) {
        let Some(outlet) = self.outlets.get(&session) else {
            return;
        };
        if outlet.frames.try_send(frame).is_ok() {
            return;
        }
        if let Some(outlet) = self.outlets.remove(&session) {
            // Nobody is there to hear it if the client has just gone by itself.
            let _ = outlet
                .dismiss
                .send(format!("too slow: {QUEUE} messages wait to be taken"));
        }
        self.world.disconnect(session, now);
    }
}

fn date() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let milliseconds = since.as_ref().map_or(0, Duration::as_millis);
    Timestamp(u64::try_from(milliseconds).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;
    use store::chat::{BackendEvent, Credentials};

    use super::*;
    use crate::cli::Cli;

    fn log_in(hub: &Hub, user: &str) -> Inlet {
        let inlet = hub.connect();
        let login = Request::Login {
            credentials: Credentials::new(user),
            device: "test".to_owned(),
        };
        hub.answer(inlet.session, login).unwrap();
        inlet
    }

    #[test]
    fn a_client_that_takes_nothing_is_dropped_with_a_reason_and_nobody_waits_for_it() {
        let cli = Cli::parse_from(["online-status"]);
        let hub = Hub::new(&Settings::from(&cli.world)).unwrap();
        let mut slow = log_in(&hub, "bob");
        let mut alice = log_in(&hub, "alice");
        let subscribe = |of: &[&str]| Request::Subscribe(of.iter().map(|&it| it.into()).collect());
        hub.answer(slow.session, subscribe(&["carol"])).unwrap();
        hub.answer(alice.session, subscribe(&["bob"])).unwrap();

        for _ in 0..=QUEUE {
            hub.flip(&"carol".into());
        }
        let reason = slow.dismissed.try_recv().unwrap();
        assert!(reason.starts_with("too slow"), "{reason}");
        for _ in 0..QUEUE {
            hub.flip(&"carol".into());
        }
        assert_eq!(slow.frames.len(), QUEUE, "no more is kept for it");
        let mut told = Vec::new();
        while let Ok(ServerFrame::Event(BackendEvent::Statuses(reports))) = alice.frames.try_recv()
        {
            told.extend(reports);
        }
        let bob = told
            .into_iter()
            .rfind(|report| report.user_id.as_str() == "bob");
        assert_eq!(bob.unwrap().devices[0].status_type, StatusType::Offline);
    }
}
