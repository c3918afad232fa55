//! What must be said of a call that is done badly: to who asked for it, and in the store.
//!
//! Rules only. It knows no stage, and not how the service comes to say it.

use std::time::Duration;

use store::chat::ChatError;

use super::Course::{self, Calm, DropsAfter, DropsBefore, DropsDuring, OutOfOrder};
use crate::support::Fault;

type Outcome = Result<(), ChatError>;

/// A case, by what there is to be said of it.
pub(super) struct Said<'a> {
    pub(super) call: &'static str,
    pub(super) fault: &'a Fault,
    pub(super) course: Course,
}

pub(super) fn timed_out(call: &str) -> ChatError {
    ChatError::TimedOut {
        call: call.to_owned(),
        after: Duration::from_secs(10),
    }
}

fn link_lost(reason: &str) -> ChatError {
    ChatError::LinkLost {
        reason: reason.to_owned(),
    }
}

impl Said<'_> {
    /// What is wrong with the call; nothing if more is said than was asked for.
    pub(super) fn wrong(&self) -> Option<ChatError> {
        match (self.course, self.fault) {
            (DropsDuring, Fault::Slow) => Some(link_lost("the server is gone")),
            (DropsDuring, _) => Some(timed_out(self.call)),
            (_, Fault::Refuse(said) | Fault::Garble(said) | Fault::InPart(said)) => {
                Some(said.clone())
            }
            (_, Fault::Lose | Fault::Swallow | Fault::Slow) => Some(timed_out(self.call)),
            (_, Fault::LeaveOut) => Some(ChatError::Protocol {
                reason: "it was asked about `bob` and said nothing".into(),
            }),
            (_, Fault::Stray) => None,
        }
    }

    fn is_slow(&self) -> bool {
        matches!(self.fault, Fault::Slow)
    }

    /// A server that stands still answers no later call either.
    fn later(&self, call: &str) -> Outcome {
        match self.is_slow() {
            true => Err(timed_out(call)),
            false => Ok(()),
        }
    }

    /// Whether the question is asked anew as soon as the link is back, before anything is said.
    fn is_asked_anew(&self) -> bool {
        let unanswered = matches!(self.fault, Fault::Lose | Fault::Swallow);
        self.call == "capability" && self.course == DropsBefore && unanswered
    }

    /// How everything ends that the program asked for.
    pub(super) fn outcomes(&self) -> Vec<Outcome> {
        let failed = self.wrong().map_or(Ok(()), Err);
        let in_part = matches!(
            self.fault,
            Fault::InPart(_) | Fault::LeaveOut | Fault::Stray
        );
        match (self.call, self.course) {
            // The program did not ask for it.
            ("unsubscribe", _) => vec![],
            ("login", OutOfOrder) => vec![Err(ChatError::Overtaken), self.later("login")],
            ("logout", OutOfOrder) => vec![failed, self.later("login")],
            ("set_custom_status", OutOfOrder) => vec![failed, self.later(self.call)],
            ("login" | "logout" | "set_custom_status", _) => vec![failed],
            ("capability", OutOfOrder) => {
                vec![Err(ChatError::Overtaken), Ok(()), self.later(self.call)]
            }
            (_, DropsDuring) => vec![Err(link_lost("the link went down"))],
            _ if self.is_asked_anew() => vec![Ok(())],
            // The switch is on as soon as somebody's status is known.
            ("subscribe" | "query", _) if in_part => vec![Ok(())],
            ("subscribe" | "query", OutOfOrder) if !self.is_slow() => vec![Ok(())],
            _ => vec![failed],
        }
    }

    /// What stands in the store as an error, one after the other, until the faults are over.
    pub(super) fn errors(&self) -> Vec<Option<ChatError>> {
        let told = |outcome: Option<Outcome>| vec![outcome.and_then(Result::err)];
        let wrong = vec![self.wrong()];
        let errors = match (self.call, self.course) {
            ("login", _) => told(self.outcomes().pop()),
            // Nobody is logged in any more whose status could be wrong: only who asked is told.
            ("logout", OutOfOrder) => told(self.outcomes().pop()),
            ("logout", _) => vec![],
            // The text that was set later stands, so nothing is wrong.
            ("set_custom_status", OutOfOrder) => told(Some(self.later(self.call))),
            ("set_custom_status", DropsBefore) if self.is_slow() => {
                vec![self.wrong(), Some(timed_out("subscribe"))]
            }
            ("set_custom_status", _) => wrong,
            // The present question was answered.
            ("capability", OutOfOrder) => told(Some(self.later(self.call))),
            _ if self.is_asked_anew() => vec![],
            // Nobody switches, so that only the call has failed.
            ("unsubscribe", DropsDuring) => wrong,
            (_, DropsDuring) => vec![Some(link_lost("the link went down")), self.wrong()],
            (_, DropsAfter) if self.is_slow() => {
                vec![self.wrong(), Some(link_lost("the server is gone"))]
            }
            (_, OutOfOrder) if self.is_slow() => vec![self.wrong(), Some(timed_out("subscribe"))],
            // Behind the new link the question is asked once more.
            ("capability", DropsBefore) if !self.is_slow() => vec![self.wrong(), None],
            _ if self.is_slow() || self.is_refused_for_good() => wrong,
            // Tried again by the service, which did better.
            _ => vec![self.wrong(), None],
        };
        let mut told = vec![None];
        told.extend(errors);
        told.dedup();
        told
    }

    /// Whether the service may not try again by itself: the call was refused, for good.
    pub(super) fn is_refused_for_good(&self) -> bool {
        matches!(self.fault, Fault::Refuse(error) if !error.is_transient())
    }

    /// Whether the refusal still stands when all is well again. Behind a new link everything is asked
    /// anew, and an answer that comes too late refuses nothing.
    pub(super) fn stays_refused(&self) -> bool {
        let heard = match self.call {
            "capability" => self.course == Calm,
            "subscribe" | "query" | "unsubscribe" => {
                [Calm, DropsBefore, OutOfOrder].contains(&self.course)
            }
            // What the program asks for itself, it is told, and may ask for again.
            _ => false,
        };
        heard && self.is_refused_for_good()
    }
}
