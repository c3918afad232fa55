//! Who is logged in, over which link.

use super::{Answer, Driver, Phase, Promise, keep};
use crate::chat::{
    backend::{Credentials, Session},
    board::ChatStores,
    error::ChatError,
    pace::Pace,
    types::{KickReason, NetState, UserId},
};

impl<S: ChatStores> Driver<S> {
    pub(super) fn login(&mut self, credentials: Credentials, promise: Promise<()>) {
        if self.user.is_some() {
            // The server ends that session now, so nothing of it may go on to look true.
            let written = self.board.sign_out(None, None);
            self.note(written);
        }
        self.end_session();
        self.logging_in = true;
        let session = self.session;
        let user = credentials.user_id.clone();
        let reply = self.in_time("login", self.backend.login(credentials));
        self.inputs.expect(async move {
            Answer::Login {
                session,
                user,
                result: reply.await,
                promise,
            }
        });
    }

    pub(super) fn logged_in(
        &mut self,
        session: u64,
        user: UserId,
        result: Result<Session, ChatError>,
        promise: Promise<()>,
    ) {
        if session != self.session {
            return keep(promise, Err(ChatError::Overtaken));
        }
        self.logging_in = false;
        let mut checked = Ok(());
        let result = result.and_then(|mut session| {
            check_user(&session, &user)?;
            if let Some(report) = &session.own_status {
                checked = report.check();
            }
            if checked.is_err() {
                session.own_status = None;
            }
            self.own_version = session.own_status.as_ref().map(|report| report.version);
            self.board.sign_in(&user, session)
        });
        match &result {
            Ok(()) => {
                let wished = self.choices.get(&user) == Some(&true);
                self.user = Some(user);
                self.link_lost = false;
                self.read_limits();
                self.note(checked);
                if wished {
                    self.ask_capability();
                }
            }
            Err(error) => {
                self.trouble.set(Some(error.clone()));
                let written = self.board.sign_out(None, Some(error));
                self.note(written);
            }
        }
        keep(promise, result);
    }

    pub(super) fn logout(&mut self, promise: Promise<()>) {
        if self.user.is_none() && !self.logging_in {
            self.set_error(Some(ChatError::NotLoggedIn));
            return keep(promise, Err(ChatError::NotLoggedIn));
        }
        self.end_session();
        let written = self.board.sign_out(None, None);
        self.note(written);
        let reply = self.in_time("logout", self.backend.logout());
        self.inputs.expect(async move {
            Answer::Logout {
                result: reply.await,
                promise,
            }
        });
    }

    pub(super) fn kicked_out(&mut self, reason: KickReason) {
        self.end_session();
        let written = self.board.sign_out(Some(reason), None);
        self.note(written);
    }

    /// The session goes on over a new link.
    pub(super) fn resumed(&mut self, mut session: Session) {
        let Some(user) = &self.user else {
            return;
        };
        let own_status = session.own_status.take();
        let resumed = check_user(&session, user).and_then(|()| self.board.resume(user, session));
        match (resumed, own_status) {
            (Ok(()), Some(report)) => match report.check() {
                Ok(()) => self.take_own(&report),
                nonsense => self.note(nonsense),
            },
            (resumed, _) => self.note(resumed),
        }
    }

    /// Forgets the session. The server does so by itself.
    fn end_session(&mut self) {
        self.session += 1;
        self.link += 1;
        self.user = None;
        self.logging_in = false;
        self.own_version = None;
        self.phase = Phase::Off;
        self.trouble.set(None);
        self.answer_switch(&Err(ChatError::Overtaken));
        self.planner.switch(false);
        self.planner.forget_server();
        self.planner.take_moved();
        self.inbox.clear();
    }

    /// Begins a session or link with the limits the server has by now, and no pause.
    fn read_limits(&mut self) {
        let limits = self.backend.limits();
        self.planner.set_limits(limits);
        self.pace = Pace::new(limits.call_interval);
    }

    /// The link is otherwise than before, or as before.
    pub(super) fn link_is(&mut self, state: NetState) {
        let up = state == NetState::Connected;
        let lost = !up && !self.link_lost && self.user.is_some();
        let back = up && self.link_lost;
        self.link_lost = (self.link_lost || lost) && !back;
        let written = self.board.set_link(state, lost);
        self.note(written);
        if lost {
            self.own_version = None;
            self.fail_switch();
        }
        if back {
            self.link_is_back();
        }
    }

    /// Who waits for the switch is told that it has to wait for the link.
    fn fail_switch(&mut self) {
        if !self.switching.is_empty() {
            let reason = "the link went down".to_owned();
            let error = ChatError::LinkLost { reason };
            self.answer_switch(&Err(error.clone()));
            self.set_error(Some(error));
        }
    }

    /// Everyone is asked about anew, and what was refused is asked for once more.
    fn link_is_back(&mut self) {
        self.link += 1;
        self.planner.forget_server();
        self.inbox.clear();
        self.read_limits();
        if matches!(self.phase, Phase::Starting | Phase::On) {
            return self.forget_error();
        }
        self.forget_transient_error();
        if self.is_wished() {
            self.ask_capability();
        }
    }
}

/// Refuses a session that is somebody else's.
fn check_user(session: &Session, user: &UserId) -> Result<(), ChatError> {
    match &session.profile.user_id {
        named if named.as_str().is_empty() || named == user => Ok(()),
        other => Err(ChatError::Protocol {
            reason: format!("`{user}` asked to log in and `{other}` was let in"),
        }),
    }
}
