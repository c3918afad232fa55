//! The switch: what was wished for, and what is true.

use super::{Answer, Driver, Phase, Promise, keep};
use crate::chat::{backend::Capability, board::ChatStores, error::ChatError};

impl<S: ChatStores> Driver<S> {
    pub(super) fn switch(&mut self, on: bool, promise: Promise<()>) {
        let Some(user) = self.user.clone() else {
            self.set_error(Some(ChatError::NotLoggedIn));
            return keep(promise, Err(ChatError::NotLoggedIn));
        };
        let before = self.choices.insert(user, on);
        if before != Some(on) {
            self.answer_switch(&Err(ChatError::Overtaken));
        }
        self.switching.push(promise);
        match (on, self.phase) {
            (true, Phase::On) => self.answer_switch(&Ok(())),
            (true, Phase::Off | Phase::Held) => self.ask_capability(),
            (true, Phase::Asking(_) | Phase::Starting) => {}
            (false, _) => self.turn_off(None),
        }
    }

    /// Whether the user who is logged in wishes to have online status on.
    pub(super) fn is_wished(&self) -> bool {
        self.user
            .as_ref()
            .is_some_and(|user| self.choices.get(user) == Some(&true))
    }

    /// Tells everyone who waits how the present switch ended.
    pub(super) fn answer_switch(&mut self, result: &Result<(), ChatError>) {
        for promise in self.switching.drain(..) {
            keep(promise, result.clone());
        }
    }

    pub(super) fn ask_capability(&mut self) {
        self.question += 1;
        let question = self.question;
        self.phase = Phase::Asking(question);
        self.pace.called(self.clock.now());
        let reply = self.in_time("capability", self.backend.capability());
        self.inputs.expect(async move {
            Answer::Capability {
                question,
                result: reply.await,
            }
        });
    }

    pub(super) fn capability_answered(
        &mut self,
        question: u64,
        result: Result<Capability, ChatError>,
    ) {
        if self.phase != Phase::Asking(question) {
            return;
        }
        match result.and_then(Capability::check) {
            Ok(()) => self.begin(),
            Err(error) if error.is_transient() => {
                self.phase = Phase::Held;
                self.pace.failed(self.clock.now(), error.retry_after());
                self.answer_switch(&Err(error.clone()));
                self.set_error(Some(error));
            }
            Err(error) => self.turn_off(Some(error)),
        }
    }

    /// The server says unasked whether the capability is there.
    pub(super) fn capability_is(&mut self, capability: Capability) {
        match (capability.check(), self.phase) {
            _ if !self.is_wished() => {}
            (Ok(()), Phase::Off | Phase::Held | Phase::Asking(_)) => self.begin(),
            (Ok(()), Phase::Starting | Phase::On) => {}
            (Err(error), _) => self.turn_off(Some(error)),
        }
    }

    /// The capability is there: everyone of interest is asked about.
    fn begin(&mut self) {
        self.pace.succeeded();
        self.trouble.set(None);
        self.phase = Phase::Starting;
        self.planner.switch(true);
    }

    /// Nothing is shown and nobody subscribed from now on: by choice, or for this reason.
    pub(super) fn turn_off(&mut self, error: Option<ChatError>) {
        self.phase = Phase::Off;
        self.planner.switch(false);
        self.planner.take_moved();
        self.inbox.clear();
        self.trouble.set(error.clone());
        let written = self.board.switch_off(error.as_ref());
        self.note(written);
        if let Some(error) = error {
            self.answer_switch(&Err(error));
        }
    }
}
