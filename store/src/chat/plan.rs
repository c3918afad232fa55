//! Which call is to be made next, for whom.
//!
//! Pure: told who is wanted and what was answered; says what to ask. It knows no store, no backend
//! but its limits, and no time; it never names a user in a call while another one about the same
//! user is under way.

use std::collections::{BTreeMap, HashMap};

use super::{backend::Limits, interest::Demand, types::UserId};

/// A call to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) ask: Ask,
    pub(super) users: Vec<UserId>,
}

/// What a call asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    Subscribe,
    Unsubscribe,
    Query,
}

/// How a call ended for one user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Done,
    /// Not now: to be asked again.
    Later,
    /// Not at all: not to be asked again.
    Refused,
    /// Perhaps: nobody knows what the server did.
    Unknown,
}

/// The state of every user, and who waits for which call.
#[derive(Debug)]
pub(super) struct Planner {
    limits: Limits,
    on: bool,
    users: HashMap<UserId, Entry>,
    /// Who may hold a subscription, by when they were wanted; never more than the limit.
    kept: BTreeMap<u64, UserId>,
    /// Who is wanted beyond the limit, by when they were wanted.
    spare: BTreeMap<u64, UserId>,
    waiting: [BTreeMap<u64, UserId>; 3],
    /// Subscriptions the server may hold now, those being made or ended included.
    held: usize,
    under_way: usize,
    /// Whose place is another than when last asked.
    moved: Vec<UserId>,
}

#[derive(Debug, Default)]
struct Entry {
    /// When last wanted: the key in every list.
    at: u64,
    place: Place,
    link: Link,
    asked: Asked,
    waits_for: Option<Ask>,
}

/// What a user gets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Place {
    /// Nobody wants the user, or everything is off.
    #[default]
    Out,
    /// A subscription.
    Kept,
    /// Wanted, but over the limit and least recently so: given up.
    GivenUp,
}

/// What is known of a subscription. What was refused says nothing about what the server holds.
#[derive(Clone, Copy, Debug, Default)]
struct Link {
    held: Held,
    /// A call that is under way will make it otherwise, or sure.
    changing: bool,
    /// The server would not make it otherwise, and is not to be asked again.
    refused: bool,
}

/// Whether the server holds a subscription.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Held {
    #[default]
    No,
    Yes,
    /// To be ended before anything else, as that makes it sure.
    Perhaps,
}

impl From<Held> for Link {
    fn from(held: Held) -> Self {
        Self {
            held,
            ..Self::default()
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Asked {
    #[default]
    Not,
    UnderWay,
    /// Under way, but the answer will be from too early to be the last word.
    Outrun,
    Told,
    Refused,
}

impl Asked {
    fn is_under_way(self) -> bool {
        matches!(self, Self::UnderWay | Self::Outrun)
    }

    /// What was told before is no longer sure to be true.
    fn outrun(&mut self) {
        *self = if self.is_under_way() {
            Self::Outrun
        } else {
            Self::Not
        };
    }
}

impl Planner {
    /// Nobody is wanted, and everything is off.
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits: usable(limits),
            on: false,
            users: HashMap::new(),
            kept: BTreeMap::new(),
            spare: BTreeMap::new(),
            waiting: Default::default(),
            held: 0,
            under_way: 0,
            moved: Vec::new(),
        }
    }

    /// The backend takes more or less than before.
    pub(super) fn set_limits(&mut self, limits: Limits) {
        self.limits = usable(limits);
        self.balance();
    }

    /// Somebody is wanted, wanted anew, or no longer.
    pub(super) fn demand(&mut self, Demand { user, wanted_at }: Demand) {
        let entry = self.users.entry(user.clone()).or_default();
        self.kept.remove(&entry.at);
        self.spare.remove(&entry.at);
        if let Some(ask) = entry.waits_for.take() {
            self.waiting[ask as usize].remove(&entry.at);
        }
        if let Some(at) = wanted_at {
            entry.at = at;
            self.kept.insert(at, user.clone());
        }
        self.balance();
        self.settle(&user);
    }

    /// Moves users across the limit until the most recently wanted are those kept.
    fn balance(&mut self) {
        while self.kept.len() > self.limits.subscriptions
            && let Some((at, user)) = self.kept.pop_first()
        {
            self.spare.insert(at, user.clone());
            self.settle(&user);
        }
        while self.kept.len() < self.limits.subscriptions
            && let Some((at, user)) = self.spare.pop_last()
        {
            self.kept.insert(at, user.clone());
            self.settle(&user);
        }
    }

    /// Everyone wanted is asked about from now on, or nobody.
    pub(super) fn switch(&mut self, on: bool) {
        self.on = on;
        for entry in self.users.values_mut() {
            entry.asked.outrun();
            entry.link.refused = false;
        }
        self.settle_all();
    }

    /// The server has forgotten everything, and no call under way will be answered.
    pub(super) fn forget_server(&mut self) {
        self.held = 0;
        self.under_way = 0;
        for entry in self.users.values_mut() {
            entry.link = Link::default();
            entry.asked = Asked::Not;
        }
        self.settle_all();
    }

    fn settle_all(&mut self) {
        for user in self.users.keys().cloned().collect::<Vec<_>>() {
            self.settle(&user);
        }
    }

    /// Puts a user where its state says: in a place, and in the list of the call it needs.
    fn settle(&mut self, user: &UserId) {
        let Some(entry) = self.users.get_mut(user) else {
            return;
        };
        let wanted = self.kept.get(&entry.at).or(self.spare.get(&entry.at)) == Some(user);
        let place = match () {
            () if !self.on || !wanted => Place::Out,
            () if self.kept.contains_key(&entry.at) => Place::Kept,
            () => Place::GivenUp,
        };
        let before = std::mem::replace(&mut entry.place, place);
        if before != place {
            self.moved.push(user.clone());
        }
        if before != place && (before == Place::Out || place == Place::Kept) {
            // What was told before is by now forgotten, or marked as not fresh.
            entry.asked.outrun();
        }
        let needs = entry.needs();
        if entry.waits_for != needs {
            if let Some(ask) = entry.waits_for {
                self.waiting[ask as usize].remove(&entry.at);
            }
            if let Some(ask) = needs {
                self.waiting[ask as usize].insert(entry.at, user.clone());
            }
            entry.waits_for = needs;
        }
        if !wanted && needs.is_none() && entry.is_idle() {
            self.users.remove(user);
        }
    }

    /// Takes the next call out of the lists, if one can be made.
    ///
    /// Of subscriptions and full queries, that goes first whose user was wanted last: so nobody on
    /// the screen waits for the many who are not. Room is filled before it is made.
    pub(super) fn next_call(&mut self) -> Option<Call> {
        let room = self.limits.subscriptions.saturating_sub(self.held);
        let waiting = |ask: Ask| self.waiting[ask as usize].len();
        let newest = |ask: Ask| self.waiting[ask as usize].keys().next_back();
        let subscription = newest(Ask::Subscribe).filter(|_| room > 0);
        let full_query =
            newest(Ask::Query).filter(|_| waiting(Ask::Query) >= self.limits.per_query);
        let (ask, most) = if full_query > subscription {
            (Ask::Query, self.limits.per_query)
        } else if subscription.is_some() {
            (Ask::Subscribe, self.limits.per_subscribe.min(room))
        } else if waiting(Ask::Unsubscribe) > 0 {
            (Ask::Unsubscribe, self.limits.per_subscribe)
        } else if waiting(Ask::Query) > 0 {
            (Ask::Query, self.limits.per_query)
        } else {
            return None;
        };
        let list = &mut self.waiting[ask as usize];
        let users: Vec<UserId> = std::iter::from_fn(|| list.pop_last())
            .take(most)
            .map(|(_, user)| user)
            .collect();
        for user in &users {
            let Some(entry) = self.users.get_mut(user) else {
                continue;
            };
            entry.waits_for = None;
            match ask {
                Ask::Subscribe => {
                    entry.link.changing = true;
                    self.held += 1;
                }
                Ask::Unsubscribe => entry.link.changing = true,
                Ask::Query => entry.asked = Asked::UnderWay,
            }
        }
        self.under_way += 1;
        Some(Call { ask, users })
    }

    /// A call was answered; `outcome` says how for each of its users.
    pub(super) fn answered(&mut self, call: &Call, outcome: impl Fn(&UserId) -> Outcome) {
        self.under_way = self.under_way.saturating_sub(1);
        for user in &call.users {
            let Some(entry) = self.users.get_mut(user) else {
                continue;
            };
            let outcome = outcome(user);
            match (call.ask, outcome) {
                (Ask::Subscribe, Outcome::Done) => {
                    entry.link = Held::Yes.into();
                    entry.asked.outrun();
                }
                (Ask::Subscribe, Outcome::Unknown)
                | (Ask::Unsubscribe, Outcome::Unknown | Outcome::Later) => {
                    entry.link = Held::Perhaps.into();
                }
                (Ask::Subscribe, Outcome::Later | Outcome::Refused)
                | (Ask::Unsubscribe, Outcome::Done) => {
                    entry.link = Held::No.into();
                    entry.link.refused = outcome == Outcome::Refused;
                    self.held -= 1;
                }
                (Ask::Unsubscribe, Outcome::Refused) => {
                    entry.link.changing = false;
                    entry.link.refused = true;
                }
                (Ask::Query, Outcome::Done) if entry.asked == Asked::UnderWay => {
                    entry.asked = Asked::Told;
                }
                (Ask::Query, Outcome::Done | Outcome::Later | Outcome::Unknown) => {
                    entry.asked = Asked::Not;
                }
                (Ask::Query, Outcome::Refused) => entry.asked = Asked::Refused,
            }
            self.settle(user);
        }
    }

    /// What was told of this user may not be true.
    pub(super) fn doubt(&mut self, user: &UserId) {
        if let Some(entry) = self.users.get_mut(user) {
            entry.asked.outrun();
            self.settle(user);
        }
    }

    /// Whether anybody waits for a call.
    pub(super) fn has_waiting(&self) -> bool {
        !self.waiting.iter().all(BTreeMap::is_empty)
    }

    /// Whether no call is under way, and none waits.
    pub(super) fn is_idle(&self) -> bool {
        self.under_way == 0 && !self.has_waiting()
    }

    /// What this user gets.
    pub(super) fn place(&self, user: &UserId) -> Place {
        self.users.get(user).map_or(Place::Out, |entry| entry.place)
    }

    /// Whether the server tells of this user's changes, or is about to.
    pub(super) fn is_subscribed(&self, user: &UserId) -> bool {
        self.users.get(user).is_some_and(|entry| {
            entry.place == Place::Kept
                && matches!(
                    (entry.link.held, entry.link.changing),
                    (Held::No, true) | (Held::Yes, false)
                )
        })
    }

    /// Everyone who changed places since the last time; ask [`place`](Self::place) for the new one.
    pub(super) fn take_moved(&mut self) -> Vec<UserId> {
        std::mem::take(&mut self.moved)
    }
}

impl Entry {
    /// The call that brings this user to where it belongs; none while one is under way.
    fn needs(&self) -> Option<Ask> {
        let query = (self.asked == Asked::Not).then_some(Ask::Query);
        if self.asked.is_under_way() || self.link.changing {
            return None;
        }
        match (self.link.held, self.place) {
            (Held::No, Place::Kept) if !self.link.refused => Some(Ask::Subscribe),
            (Held::Yes, Place::Out | Place::GivenUp) | (Held::Perhaps, _) if !self.link.refused => {
                Some(Ask::Unsubscribe)
            }
            (_, Place::Kept | Place::GivenUp) => query,
            (_, Place::Out) => None,
        }
    }

    fn is_idle(&self) -> bool {
        self.link.held == Held::No && !self.link.changing && !self.asked.is_under_way()
    }
}

/// A backend that takes nobody in a call would be asked nothing for ever.
fn usable(limits: Limits) -> Limits {
    Limits {
        per_subscribe: limits.per_subscribe.max(1),
        per_query: limits.per_query.max(1),
        ..limits
    }
}

#[cfg(test)]
mod tests;
