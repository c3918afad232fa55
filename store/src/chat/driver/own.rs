//! The user who is logged in, as others see it: the text beside the name, and the status.

use super::{Answer, Driver, Promise, calls, keep};
use crate::chat::{
    backend::StatusReport, board::ChatStores, error::ChatError, model::USER, plan::Outcome,
    types::UserStatus,
};

impl<S: ChatStores> Driver<S> {
    pub(super) fn set_custom_status(&mut self, text: String, promise: Promise<UserStatus>) {
        let limit = self.backend.limits().custom_status_bytes;
        let refusal = match text.len() {
            _ if self.user.is_none() => Some(ChatError::NotLoggedIn),
            bytes if bytes > limit => Some(ChatError::CustomStatusTooLong { bytes, limit }),
            _ => None,
        };
        if let Some(error) = refusal {
            self.set_text_error(Some(error.clone()));
            return keep(promise, Err(error));
        }
        let session = self.session;
        self.text_asked += 1;
        let text_number = self.text_asked;
        let reply = self.in_time("set_custom_status", self.backend.set_custom_status(text));
        self.inputs.expect(async move {
            Answer::OwnStatus {
                session,
                number: text_number,
                result: reply.await,
                promise,
            }
        });
    }

    pub(super) fn own_status_set(
        &mut self,
        session: u64,
        number: u64,
        result: Result<StatusReport, ChatError>,
        promise: Promise<UserStatus>,
    ) {
        if session != self.session {
            return keep(promise, Err(ChatError::Overtaken));
        }
        let result = result.and_then(|report| {
            report.check()?;
            self.take_own(&report);
            self.take(&report);
            self.inbox.write_by(self.clock.now());
            Ok(report.merged())
        });
        // What became of a text is of no interest once a later one is set.
        if number > self.text_set {
            match &result {
                Ok(_) => self.text_set = number,
                Err(error) if calls::outcome(error) == Outcome::Unknown => self.doubt_own(),
                Err(_) => {}
            }
            self.set_text_error(result.as_ref().err().cloned());
        }
        keep(promise, result);
    }

    /// Nobody knows how others see the user who is logged in, until the server tells of it.
    fn doubt_own(&mut self) {
        let mut status = self.board.store.snapshot(USER).own_status.clone();
        status.fresh = false;
        let written = self.board.set_own_status(status);
        self.note(written);
    }

    /// Writes how others see the user who is logged in, unless that is older than what is known.
    pub(super) fn take_own(&mut self, report: &StatusReport) {
        if self.own_version.is_none_or(|known| known <= report.version) {
            self.own_version = Some(report.version);
            let written = self.board.set_own_status(report.merged());
            self.note(written);
        }
    }
}
