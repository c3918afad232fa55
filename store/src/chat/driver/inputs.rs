//! Everything that the driver waits for, one thing at a time.

use std::{
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use futures::{
    StreamExt,
    channel::mpsc,
    future::{BoxFuture, FutureExt},
    stream::{BoxStream, FuturesUnordered},
};

use super::{Answer, Command};
use crate::{
    Clock,
    chat::{
        backend::BackendEvent,
        interest::{Demand, Interests},
    },
};

/// One thing that happened.
pub(super) enum Input {
    /// Users are wanted, or no longer.
    Demands(Vec<Demand>),
    /// The program wants something done.
    Command(Command),
    /// The backend says something unasked.
    Event(BackendEvent),
    /// The backend says nothing more.
    Silence,
    /// The backend answers.
    Answer(Answer),
    /// The time has come that was asked for.
    Alarm,
    /// Nobody holds the service any more.
    Abandoned,
}

/// How many inputs are taken in a row before others on the same executor get a turn.
const TURN: u32 = 256;

/// Where the driver's inputs come from.
pub(super) struct Inputs {
    pub(super) interests: Arc<Interests>,
    commands: mpsc::Receiver<Command>,
    events: Option<BoxStream<'static, BackendEvent>>,
    answers: FuturesUnordered<BoxFuture<'static, Answer>>,
    clock: Arc<dyn Clock>,
    alarm: Option<(Duration, BoxFuture<'static, ()>)>,
    taken: u32,
}

impl Inputs {
    pub(super) fn new(
        interests: Arc<Interests>,
        commands: mpsc::Receiver<Command>,
        events: BoxStream<'static, BackendEvent>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            interests,
            commands,
            events: Some(events),
            answers: FuturesUnordered::new(),
            clock,
            alarm: None,
            taken: 0,
        }
    }

    /// Waits for an answer of the backend.
    pub(super) fn expect(&mut self, answer: impl Future<Output = Answer> + Send + 'static) {
        self.answers.push(answer.boxed());
    }

    /// Waits until then, and no longer for what was set before.
    pub(super) fn set_alarm(&mut self, deadline: Option<Duration>) {
        if self.alarm.as_ref().map(|(at, _)| *at) != deadline {
            self.alarm = deadline.map(|at| (at, self.clock.sleep_until(at)));
        }
    }

    /// The next thing that happened.
    ///
    /// Demands come first, so that a command finds everyone who was wanted before it was given.
    pub(super) async fn next(&mut self) -> Input {
        std::future::poll_fn(|cx| self.poll_next(cx)).await
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Input> {
        self.taken += 1;
        if self.taken > TURN {
            self.taken = 0;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let input = self.poll_sources(cx);
        if input.is_pending() {
            self.taken = 0;
        }
        input
    }

    fn poll_sources(&mut self, cx: &mut Context<'_>) -> Poll<Input> {
        if let Poll::Ready(demands) = self.interests.poll_demands(cx) {
            return Poll::Ready(Input::Demands(demands));
        }
        if let Some((_, sleep)) = &mut self.alarm
            && sleep.poll_unpin(cx).is_ready()
        {
            self.alarm = None;
            return Poll::Ready(Input::Alarm);
        }
        if let Poll::Ready(command) = self.commands.poll_next_unpin(cx) {
            return Poll::Ready(command.map_or(Input::Abandoned, Input::Command));
        }
        if let Some(events) = &mut self.events
            && let Poll::Ready(event) = events.as_mut().poll_next(cx)
        {
            if event.is_none() {
                self.events = None;
            }
            return Poll::Ready(event.map_or(Input::Silence, Input::Event));
        }
        match self.answers.poll_next_unpin(cx) {
            Poll::Ready(Some(answer)) => Poll::Ready(Input::Answer(answer)),
            _ => Poll::Pending,
        }
    }
}
