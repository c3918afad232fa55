//! Who exists, who is connected, and what they are told.
//!
//! Pure: no socket, no lock, no clock. Whatever somebody is to be told is put in an outbox, for the
//! caller to deliver.

mod calls;
mod circle;
mod person;
mod population;
mod session;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use store::chat::{
    BackendEvent, Capability, ChatError, Conversation, ConversationId, KickReason, Limits, Session,
    StatusType, Timestamp, UserId, UserProfile,
};

use self::person::Person;
pub(super) use self::population::Population;
pub(crate) use self::session::SessionId;
use self::session::{Client, Login};
use super::settings::Settings;
use crate::cli;

/// The code of a login under a name, or on a device, that cannot be.
const INVALID_NAME: i32 = 70_402;

/// Where somebody stands among the people of a world.
type PersonIndex = usize;

/// The moment at which something happens.
#[derive(Debug, Clone, Copy)]
pub(super) struct Now {
    /// Since the server started.
    pub(super) uptime: Duration,
    /// By the calendar.
    pub(super) date: Timestamp,
}

/// All users and all clients.
pub(super) struct World {
    people: Vec<Person>,
    by_id: HashMap<UserId, PersonIndex>,
    clients: BTreeMap<SessionId, Client>,
    mailboxes: HashMap<PersonIndex, BTreeMap<ConversationId, Conversation>>,
    outbox: Vec<(SessionId, BackendEvent)>,
    capability: Capability,
    limits: Limits,
    max_users: usize,
    calls_per_second: u32,
}

impl World {
    /// A world of these people.
    pub(super) fn new(settings: &Settings, people: Vec<Person>) -> Self {
        let ids = people.iter().map(|person| person.id.clone());
        Self {
            by_id: ids.zip(0..).collect(),
            people,
            clients: BTreeMap::new(),
            mailboxes: HashMap::new(),
            outbox: Vec::new(),
            capability: settings.capability,
            limits: settings.limits,
            max_users: settings.max_users,
            calls_per_second: settings.calls_per_second,
        }
    }

    /// What is to be told to whom since the last time this was asked.
    pub(super) fn take_outbox(&mut self) -> Vec<(SessionId, BackendEvent)> {
        std::mem::take(&mut self.outbox)
    }

    /// Lets a client in.
    pub(super) fn connect(&mut self, session: SessionId) {
        self.clients.insert(session, Client::default());
    }

    /// Forgets a client that went away; its user is offline on that device.
    pub(super) fn disconnect(&mut self, session: SessionId, now: Now) {
        self.end_login(session, StatusType::Offline, now);
        self.clients.remove(&session);
    }

    /// Grants or takes away the online status, and says so to everybody.
    pub(super) fn set_capability(&mut self, capability: Capability) {
        self.capability = capability;
        let sessions = self.clients.keys();
        self.outbox
            .extend(sessions.map(|&session| (session, BackendEvent::Capability(capability))));
    }

    /// Changes a user, and tells those who want to know.
    pub(super) fn change(&mut self, person: PersonIndex, change: impl FnOnce(&mut Person)) {
        let before = self.people[person].report().version;
        change(&mut self.people[person]);
        let person = &self.people[person];
        let report = person.report();
        if report.version == before {
            return;
        }
        let event = BackendEvent::Statuses(vec![report]);
        let told = person.told.union(&person.sessions);
        self.outbox
            .extend(told.map(|&session| (session, event.clone())));
    }

    /// Lets a user come, or go from all devices; answers with how the user is doing now.
    pub(super) fn flip(&mut self, user: &UserId, now: Now) -> Option<StatusType> {
        let person = self.find(user)?;
        let leaving = self.people[person].is_online();
        self.change(person, |person| match leaving {
            true => person.leave_all(now.date),
            false => person.arrive("phone"),
        });
        Some(match leaving {
            true => StatusType::Offline,
            false => StatusType::Online,
        })
    }

    /// Lets a message arrive in a conversation, if that user has ever logged in.
    pub(super) fn receive(&mut self, to: PersonIndex, from: PersonIndex, text: &str, now: Now) {
        let sender = &self.people[from];
        let id = Conversation::with(sender.id.clone()).conversation_id;
        let mailbox = self.mailboxes.get_mut(&to);
        let Some(conversation) = mailbox.and_then(|mailbox| mailbox.get_mut(&id)) else {
            return;
        };
        conversation.unread_count += 1;
        text.clone_into(&mut conversation.last_message);
        conversation.last_message_at = now.date;
        let put = vec![conversation.clone()];
        self.tell_person(to, || BackendEvent::Conversations {
            put: put.clone(),
            removed: Vec::new(),
        });
    }

    /// The users who are logged in from outside, lowest first.
    pub(super) fn accounts(&self) -> impl Iterator<Item = PersonIndex> {
        self.clients
            .values()
            .filter_map(|client| client.person().ok())
    }

    /// Whether somebody has ever logged in as this user.
    fn is_account(&self, person: PersonIndex) -> bool {
        self.mailboxes.contains_key(&person)
    }

    /// The user of this name.
    pub(super) fn find(&self, user: &UserId) -> Option<PersonIndex> {
        self.by_id.get(user).copied()
    }

    /// One of the users that a client is subscribed to, picked by a number.
    pub(super) fn subscribed(&self, pick: usize) -> Option<PersonIndex> {
        let total: usize = self
            .clients
            .values()
            .map(|client| client.subscribed.len())
            .sum();
        let nth = pick.checked_rem(total)?;
        let all = self.clients.values().flat_map(|client| &client.subscribed);
        all.copied().nth(nth)
    }

    fn client(&mut self, session: SessionId) -> Result<&mut Client, ChatError> {
        self.clients.get_mut(&session).ok_or(ChatError::NotLoggedIn)
    }

    fn login(
        &mut self,
        session: SessionId,
        user: &UserId,
        device: &str,
        now: Now,
    ) -> Result<Session, ChatError> {
        for text in [user.as_str(), device] {
            cli::name(text).map_err(|reason| ChatError::Refused {
                code: INVALID_NAME,
                reason,
            })?;
        }
        let person = self.admit(user, now)?;
        self.end_login(session, StatusType::Unlogged, now);
        self.kick_from(person, device, now);
        self.client(session)?.login = Some(Login {
            person,
            device: device.to_owned(),
        });
        self.people[person].sessions.insert(session);
        let for_the_first_time = !self.is_account(person);
        self.change(person, |person| {
            if for_the_first_time {
                person.leave_all(now.date); // What the population did is not this user's doing.
                person.write("");
            }
            person.arrive(device);
        });
        let mailbox = self.mailboxes.entry(person).or_insert_with(|| {
            let conversations = circle::conversations(&self.people, person, now.date);
            let named = |c: Conversation| (c.conversation_id.clone(), c);
            conversations.into_iter().map(named).collect()
        });
        Ok(Session {
            profile: UserProfile {
                user_id: user.clone(),
                nick: self.people[person].nick.clone(),
                ..UserProfile::default()
            },
            friends: circle::friends(&self.people, person),
            conversations: mailbox.values().cloned().collect(),
            blacklist: circle::blacklist(&self.people, person),
            own_status: Some(self.people[person].report()),
        })
    }

    /// The user of this name, who is made if there is none.
    fn admit(&mut self, user: &UserId, now: Now) -> Result<PersonIndex, ChatError> {
        if let Some(person) = self.find(user) {
            return Ok(person);
        }
        if self.people.len() >= self.max_users {
            return Err(ChatError::TooManyUsers {
                asked: self.people.len() + 1,
                limit: self.max_users,
            });
        }
        let person = self.people.len();
        self.people
            .push(Person::new(user.clone(), user.to_string()));
        self.by_id.insert(user.clone(), person);
        for account in self.accounts().collect::<Vec<_>>() {
            self.introduce(person, account, now);
        }
        Ok(person)
    }

    /// Puts a new user into the lists of somebody who is logged in.
    fn introduce(&mut self, newcomer: PersonIndex, account: PersonIndex, now: Now) {
        let (friends, talk) = circle::ties(newcomer, account);
        if friends {
            let put = vec![circle::friend(&self.people[newcomer])];
            self.tell_person(account, || BackendEvent::Friends {
                put: put.clone(),
                removed: Vec::new(),
            });
        }
        if talk {
            let conversation = circle::conversation(&self.people[newcomer], now.date);
            let mailbox = self.mailboxes.entry(account).or_default();
            mailbox.insert(conversation.conversation_id.clone(), conversation.clone());
            self.tell_person(account, || BackendEvent::Conversations {
                put: vec![conversation.clone()],
                removed: Vec::new(),
            });
        }
    }

    /// Ends the session the user has on another device of this kind.
    fn kick_from(&mut self, person: PersonIndex, device: &str, now: Now) {
        let same = |session: &SessionId| {
            let login = self.clients.get(session).and_then(|c| c.login.as_ref());
            login.is_some_and(|login| login.device == device)
        };
        let sessions = &self.people[person].sessions;
        let Some(session) = sessions.iter().copied().find(same) else {
            return;
        };
        self.end_login(session, StatusType::Offline, now);
        let reason = KickReason::MultipleDevice;
        self.outbox.push((session, BackendEvent::KickedOut(reason)));
    }

    fn end_login(&mut self, session: SessionId, how: StatusType, now: Now) {
        let Some(client) = self.clients.get_mut(&session) else {
            return;
        };
        for person in std::mem::take(&mut client.subscribed) {
            self.people[person].told.remove(&session);
        }
        if let Some(login) = client.login.take() {
            self.people[login.person].sessions.remove(&session);
            self.change(login.person, |person| {
                person.leave(&login.device, how, now.date);
            });
        }
    }

    fn tell_person(&mut self, person: PersonIndex, event: impl Fn() -> BackendEvent) {
        let sessions = &self.people[person].sessions;
        self.outbox
            .extend(sessions.iter().map(|&session| (session, event())));
    }
}
