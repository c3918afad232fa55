//! Calls about users: sent, answered, and what was learned written to the store.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use super::{Answer, Driver, Phase};
use crate::chat::{
    backend::{Queried, StatusReport, Subscribed},
    board::{ChatStores, News},
    error::ChatError,
    plan::{Ask, Call, Outcome, Place},
    types::UserId,
};

impl<S: ChatStores> Driver<S> {
    pub(super) fn send(&mut self, call: Call) {
        let link = self.link;
        let users = call.users.clone();
        let only_failed = |Subscribed { failed }| Queried {
            failed,
            ..Queried::default()
        };
        match call.ask {
            Ask::Subscribe => {
                let reply = self.in_time("subscribe", self.backend.subscribe(users));
                self.inputs.expect(async move {
                    Answer::Call {
                        link,
                        call,
                        result: reply.await.map(only_failed),
                    }
                });
            }
            Ask::Unsubscribe => {
                let reply = self.in_time("unsubscribe", self.backend.unsubscribe(users));
                self.inputs.expect(async move {
                    Answer::Call {
                        link,
                        call,
                        result: reply.await.map(only_failed),
                    }
                });
            }
            Ask::Query => {
                let reply = self.in_time("query", self.backend.query(users));
                self.inputs.expect(async move {
                    Answer::Call {
                        link,
                        call,
                        result: reply.await,
                    }
                });
            }
        }
    }

    pub(super) fn answered(&mut self, call: &Call, result: Result<Queried, ChatError>) {
        match result {
            Ok(queried) => self.answered_in_part(call, queried),
            Err(error) => {
                self.planner.answered(call, |_| outcome(&error));
                self.refused(call.ask, error);
            }
        }
    }

    /// The call was not taken at all.
    fn refused(&mut self, ask: Ask, error: ChatError) {
        if error.is_transient() {
            self.pace.failed(self.clock.now(), error.retry_after());
        }
        if !self.concerns_us(ask) {
            return;
        }
        // Ending what is no longer wanted is no part of switching on.
        let is_switching =
            self.phase == Phase::Off || self.phase == Phase::Starting && ask != Ask::Unsubscribe;
        match &error {
            // Others may still be taken.
            ChatError::TooManyUsers { .. } => {}
            error if error.is_refusal_of_capability() => return self.turn_off(Some(error.clone())),
            error if is_switching && error.is_transient() => {
                self.answer_switch(&Err(error.clone()));
            }
            error if is_switching => return self.turn_off(Some(error.clone())),
            _ => {}
        }
        self.set_error(Some(error));
    }

    /// Whether a call belongs to the present switch, not to one that was overtaken.
    fn concerns_us(&self, ask: Ask) -> bool {
        match self.phase {
            Phase::Off => ask == Ask::Unsubscribe,
            Phase::Asking(_) | Phase::Held => false,
            Phase::Starting | Phase::On => true,
        }
    }

    /// The call was taken, if not for all of its users.
    fn answered_in_part(&mut self, call: &Call, Queried { statuses, failed }: Queried) {
        let mut failed: HashMap<UserId, ChatError> = failed.into_iter().collect();
        let nonsense =
            |report: &StatusReport| Some((report.user_id.clone(), report.check().err()?));
        failed.extend(statuses.iter().filter_map(nonsense));
        if call.ask == Ask::Query {
            let told: HashSet<&UserId> = statuses.iter().map(|report| &report.user_id).collect();
            for user in call.users.iter().filter(|user| !told.contains(user)) {
                failed.entry(user.clone()).or_insert_with(|| left_out(user));
            }
        }
        self.planner
            .answered(call, |user| failed.get(user).map_or(Outcome::Done, outcome));
        let concerning = || call.users.iter().filter_map(|user| failed.get(user));
        match concerning().find(|error| error.is_transient()) {
            Some(error) => self.pace.failed(self.clock.now(), error.retry_after()),
            None => self.pace.succeeded(),
        }
        match concerning().next_back() {
            _ if !self.concerns_us(call.ask) => {}
            Some(error) => self.set_error(Some(error.clone())),
            None => self.forget_transient_error(),
        }
        let asked: HashSet<&UserId> = call.users.iter().collect();
        for report in statuses
            .iter()
            .filter(|report| asked.contains(&report.user_id))
        {
            self.take(report);
        }
        // An answer is what the program waits for, so nothing is gathered any longer.
        self.inbox.write_by(self.clock.now());
        if call.ask == Ask::Query && self.phase == Phase::Starting {
            self.start();
        }
    }

    /// The server tells how users are doing.
    pub(super) fn reports(&mut self, reports: &[StatusReport]) {
        for report in reports {
            let is_own = Some(&report.user_id) == self.user.as_ref();
            let is_wanted = self.planner.place(&report.user_id) != Place::Out;
            match report.check() {
                Err(error) if is_own || is_wanted => {
                    self.planner.doubt(&report.user_id);
                    self.set_error(Some(error));
                }
                Err(_) => {}
                Ok(()) => {
                    if is_own {
                        self.take_own(report);
                    }
                    self.take(report);
                }
            }
        }
        self.inbox.write_by(self.clock.now() + self.coalesce);
    }

    /// Takes a report, if anybody wants it and it makes sense.
    pub(super) fn take(&mut self, report: &StatusReport) {
        if self.planner.place(&report.user_id) != Place::Out && report.check().is_ok() {
            self.inbox.take(report);
        }
    }

    /// Statuses are shown, with everything that is known by now, in one commit.
    pub(super) fn start(&mut self) {
        self.phase = Phase::On;
        let news = self.news(true);
        let written = self.board.switch_on(news, self.trouble.shown());
        match written {
            Ok(()) => self.answer_switch(&Ok(())),
            Err(error) => self.turn_off(Some(error)),
        }
    }

    /// Writes what is due.
    pub(super) fn tell_what_is_due(&mut self, now: Duration) {
        let statuses_are_due = self.inbox.due().is_some_and(|due| due <= now);
        let news = self.news(statuses_are_due);
        if !news.statuses.is_empty() || !news.moved.is_empty() {
            let written = self.board.tell(news);
            self.note(written);
        }
    }

    fn news(&mut self, with_statuses: bool) -> News {
        let mut news = News::default();
        for user in self.planner.take_moved() {
            let place = self.planner.place(&user);
            if place == Place::Out {
                self.inbox.forget(&user);
            }
            news.moved.push((user, place));
        }
        if with_statuses {
            for (user, mut status) in self.inbox.drain() {
                status.fresh = !self.link_lost && self.planner.is_subscribed(&user);
                news.statuses.push((user, status));
            }
        }
        news
    }
}

/// What an error says of what the server did.
pub(super) fn outcome(error: &ChatError) -> Outcome {
    match error {
        ChatError::TimedOut { .. } | ChatError::Protocol { .. } => Outcome::Unknown,
        error if error.is_transient() => Outcome::Later,
        _ => Outcome::Refused,
    }
}

/// What a query is answered that says nothing of a user it was about.
fn left_out(user: &UserId) -> ChatError {
    ChatError::Protocol {
        reason: format!("it was asked about `{user}` and said nothing"),
    }
}
