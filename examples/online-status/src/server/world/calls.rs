//! The requests of the protocol, answered or refused.

use store::chat::{
    BackendEvent, ChatError, ConversationId, Queried, StatusReport, StatusType, Subscribed, UserId,
};

use super::{Now, PersonIndex, SessionId, World};
use crate::wire::{Answer, Request};

impl World {
    /// Answers a request of a client.
    pub(in crate::server) fn answer(
        &mut self,
        session: SessionId,
        request: Request,
        now: Now,
    ) -> Result<Answer, ChatError> {
        match request {
            Request::Login {
                credentials,
                device,
            } => self
                .login(session, &credentials.user_id, &device, now)
                .map(Answer::Session),
            Request::Logout => {
                self.client(session)?.person()?;
                self.end_login(session, StatusType::Unlogged, now);
                Ok(Answer::Done)
            }
            Request::Capability => Ok(Answer::Capability(self.capability)),
            Request::Subscribe(users) => {
                self.subscribe(session, &users, now).map(Answer::Subscribed)
            }
            Request::Unsubscribe(users) => self
                .unsubscribe(session, &users, now)
                .map(Answer::Subscribed),
            Request::Query(users) => self.query(session, &users, now).map(Answer::Queried),
            Request::SetCustomStatus(text) => self.set_text(session, text, now).map(Answer::Status),
            Request::MarkRead(conversation) => self.mark_read(session, &conversation),
        }
    }

    /// Lets a call about the online status of `users` be made, if it may; finds who they are.
    fn admit_call(
        &mut self,
        session: SessionId,
        users: &[UserId],
        most: usize,
        now: Now,
    ) -> Result<Named, ChatError> {
        let per_second = self.calls_per_second;
        let client = self.client(session)?;
        client.person()?;
        client.call(now.uptime, per_second)?;
        self.capability.check()?;
        at_most(users.len(), most)?;
        let mut known = Vec::with_capacity(users.len());
        let mut failed = Vec::new();
        for user in users {
            match self.find(user) {
                Some(person) => known.push(person),
                None => {
                    let user_id = user.clone();
                    failed.push((user.clone(), ChatError::UnknownUser { user_id }));
                }
            }
        }
        Ok(Named { known, failed })
    }

    fn subscribe(
        &mut self,
        session: SessionId,
        users: &[UserId],
        now: Now,
    ) -> Result<Subscribed, ChatError> {
        let most = self.limits.per_subscribe;
        let Named { known, failed } = self.admit_call(session, users, most, now)?;
        let limit = self.limits.subscriptions;
        let subscribed = &mut self.client(session)?.subscribed;
        let new = known
            .iter()
            .filter(|person| !subscribed.contains(person))
            .count();
        at_most(subscribed.len() + new, limit)?;
        subscribed.extend(&known);
        for person in known {
            self.people[person].told.insert(session);
        }
        Ok(Subscribed { failed })
    }

    fn unsubscribe(
        &mut self,
        session: SessionId,
        users: &[UserId],
        now: Now,
    ) -> Result<Subscribed, ChatError> {
        let most = self.limits.per_subscribe;
        let Named { known, failed } = self.admit_call(session, users, most, now)?;
        for person in known {
            self.client(session)?.subscribed.remove(&person);
            self.people[person].told.remove(&session);
        }
        Ok(Subscribed { failed })
    }

    fn query(
        &mut self,
        session: SessionId,
        users: &[UserId],
        now: Now,
    ) -> Result<Queried, ChatError> {
        let most = self.limits.per_query;
        let Named { known, failed } = self.admit_call(session, users, most, now)?;
        let statuses = known.into_iter().map(|person| self.people[person].report());
        Ok(Queried {
            statuses: statuses.collect(),
            failed,
        })
    }

    fn set_text(
        &mut self,
        session: SessionId,
        text: String,
        now: Now,
    ) -> Result<StatusReport, ChatError> {
        let limit = self.limits.custom_status_bytes;
        if text.len() > limit {
            let bytes = text.len();
            return Err(ChatError::CustomStatusTooLong { bytes, limit });
        }
        let per_second = self.calls_per_second;
        let client = self.client(session)?;
        let person = client.person()?;
        client.call(now.uptime, per_second)?;
        self.capability.check()?;
        self.change(person, |person| person.write(text));
        Ok(self.people[person].report())
    }

    fn mark_read(
        &mut self,
        session: SessionId,
        conversation: &ConversationId,
    ) -> Result<Answer, ChatError> {
        let person = self.client(session)?.person()?;
        let mailbox = self.mailboxes.get_mut(&person);
        if let Some(conversation) = mailbox.and_then(|mailbox| mailbox.get_mut(conversation)) {
            conversation.unread_count = 0;
            let put = vec![conversation.clone()];
            self.tell_person(person, || BackendEvent::Conversations {
                put: put.clone(),
                removed: Vec::new(),
            });
        }
        Ok(Answer::Done)
    }
}

/// Whom a call names: people, and names that nobody has.
struct Named {
    known: Vec<PersonIndex>,
    failed: Vec<(UserId, ChatError)>,
}

fn at_most(asked: usize, limit: usize) -> Result<(), ChatError> {
    if asked > limit {
        return Err(ChatError::TooManyUsers { asked, limit });
    }
    Ok(())
}
