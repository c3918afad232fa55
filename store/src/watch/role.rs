//! Telling: what the one thread does that has the role.

use std::{any::Any, sync::Arc};

use slab::Slab;

use super::{
    agenda::Item,
    field_table::Halt,
    found::{Candidate, Found, ToldBy},
    listeners::Entry,
    merged::Merger,
    moment::Moment,
    registry::{Audience, Feeds, Registry},
    report,
    roster::{Member, Roster},
    telling::{Watchers, telling},
    watching::{Told, Watching},
};
use crate::{
    change::Commit,
    model::Stores,
    sync::{
        Activity, BatonGuard, assert_unlocked,
        atomic::{Ordering, fence},
    },
};

/// A commit while it is told: by itself, or shared with those who keep it; nothing once it was.
pub(crate) enum Announced<S: Stores> {
    Own(Commit<S>),
    Shared(Arc<Commit<S>>),
    Told,
}

impl<S: Stores> Announced<S> {
    fn commit(&self) -> Option<&Commit<S>> {
        match self {
            Self::Own(commit) => Some(commit),
            Self::Shared(commit) => Some(commit),
            Self::Told => None,
        }
    }

    fn shared(&self) -> Option<&Arc<Commit<S>>> {
        match self {
            Self::Shared(commit) => Some(commit),
            Self::Own(_) | Self::Told => None,
        }
    }

    /// Takes it out, to be kept.
    pub(super) fn take(&mut self) -> Option<Arc<Commit<S>>> {
        match std::mem::replace(self, Self::Told) {
            Self::Own(commit) => Some(Arc::new(commit)),
            Self::Shared(commit) => Some(commit),
            Self::Told => None,
        }
    }

    /// Lets others keep it.
    fn share(&mut self) -> Option<&Arc<Commit<S>>> {
        if let Some(commit) = self.take() {
            *self = Self::Shared(commit);
        }
        self.shared()
    }
}

/// The role of the thread that tells; given back when dropped.
pub(crate) struct Role<'a, S: Stores> {
    watchers: &'a Watchers<S>,
    roster: BatonGuard<'a, Roster<S>>,
}

impl<'a, S: Stores> Role<'a, S> {
    /// Takes the role, unless it is taken.
    #[inline]
    pub(super) fn take(watchers: &'a Watchers<S>) -> Option<Self> {
        let roster = watchers.roster.take()?;
        watchers.called.begin();
        Some(Self { watchers, roster })
    }

    /// Tells what waits, until the next is a new watcher whose immediate call is under way.
    pub(super) fn tell_all(&mut self) {
        loop {
            self.hear();
            let Some(item) = self.watchers.next() else {
                return self.hear();
            };
            // Comparing states, looking keys up and dropping old values runs the program's code; a
            // panic there must not stop the telling.
            report::contained(|| self.tell(item));
            self.watchers.told();
        }
    }

    /// Lets others have the role; what has come meanwhile is to be looked for afterwards.
    #[inline]
    pub(super) fn give_up(self) {
        drop(self);
        fence(Ordering::SeqCst);
    }

    /// Hears the news there is.
    #[inline]
    pub(super) fn hear(&mut self) {
        while self.watchers.called.has_news() {
            for watching in self.watchers.news() {
                self.roster.look_at(&watching);
            }
        }
    }

    fn tell(&mut self, item: Item<S>) {
        match item {
            Item::Commit { commit, room } => {
                self.tell_commit(&mut Announced::Shared(commit));
                drop(room);
            }
            Item::Merged(commit) => self.tell_commit(&mut Announced::Shared(commit)),
            Item::Join(watching) => self.roster.join(watching),
            Item::Resume(watching, pause) => {
                if watching.resume(pause) {
                    self.seat_again(&watching);
                }
            }
            Item::End => self.watchers.close(),
        }
    }

    /// Has the callbacks of a watcher called at once again.
    fn seat_again(&mut self, watching: &Arc<Watching<S>>) {
        let Roster {
            members, registry, ..
        } = &mut *self.roster;
        if let Some(member) = watching.seat().and_then(|seat| members.get_mut(seat))
            && member.id == watching.id()
        {
            member.lend_callbacks(registry);
        }
    }

    /// Tells a commit to those who watch what it changed.
    pub(super) fn tell_commit(&mut self, announced: &mut Announced<S>) {
        let Some(commit) = announced.commit() else {
            return;
        };
        let write = commit.cause.at;
        let _telling = telling(&commit.cause).enter();
        let Roster {
            members,
            registry,
            found,
            ..
        } = &mut *self.roster;
        let mut feeds = Feeds::new();
        let audience = registry.audience(commit, found, &mut feeds);
        if (registry.is_told_commits() || !feeds.is_empty())
            && let Some(shared) = announced.share()
        {
            feeds.iter().for_each(|feed| feed.publish(shared));
        }
        let mut heard = Vec::new();
        let mut telling = Telling {
            watchers: self.watchers,
            members,
            registry,
            found,
            heard: &mut heard,
            merger: Merger::new(),
            audience,
            next: 0,
        };
        loop {
            match report::quietly(|| telling.go_on(announced)) {
                Ok(Step::Done) => break,
                Ok(Step::Share) => drop(announced.share()),
                Err(payload) => telling.report(announced, payload),
            }
        }
        if self.watchers.called.call(0) || !heard.is_empty() {
            self.hear_all(heard);
        }
        // The old values go last, and may write as a watcher may.
        Activity::tell(write);
        report::contained(|| *announced = Announced::Told);
    }

    /// Puts the tables right, and hears what else there is.
    #[cold]
    fn hear_all(&mut self, heard: Vec<Arc<Watching<S>>>) {
        for watching in heard {
            self.roster.look_at(&watching);
        }
        self.hear();
    }
}

/// How far the telling of a commit went.
enum Step {
    Done,
    /// The next keeps the commit.
    Share,
}

/// The telling of one commit.
struct Telling<'a, S: Stores> {
    watchers: &'a Watchers<S>,
    members: &'a mut Slab<Member<S>>,
    registry: &'a mut Registry<S>,
    found: &'a Found,
    /// Those whose news were heard meanwhile: the tables are put right afterwards.
    heard: &'a mut Vec<Arc<Watching<S>>>,
    merger: Merger<S>,
    audience: Audience,
    next: usize,
}

impl<S: Stores> Telling<'_, S> {
    /// Tells whoever is left. A panic of a callback goes through, and counts as told.
    fn go_on(&mut self, announced: &Announced<S>) -> Step {
        let Some(commit) = announced.commit() else {
            return Step::Done;
        };
        loop {
            match self.tell_field(commit) {
                Halt::Through => return Step::Done,
                Halt::News => self.hear(),
                Halt::Watcher(entry) => {
                    if !self.tell_watcher(&entry, announced, commit) {
                        self.next -= 1;
                        return Step::Share;
                    }
                }
            }
        }
    }

    /// Tells those that tables of fields have.
    fn tell_field(&mut self, commit: &Commit<S>) -> Halt {
        let Watchers { called, .. } = self.watchers;
        let Found { candidates, fields } = self.found;
        if let Audience::OneField = self.audience {
            let table = self.registry.field_table(fields[0]);
            return table.tell(&mut self.next, usize::MAX, commit, called);
        }
        while let Some(Candidate { entry, by }) = candidates.get(self.next) {
            self.next += 1;
            let ToldBy::Field { nth, index } = *by else {
                return Halt::Watcher(*entry);
            };
            let table = self.registry.field_table(fields[nth]);
            match table.tell(&mut { index }, index + 1, commit, called) {
                Halt::Through => {}
                Halt::News => {
                    self.next -= 1;
                    return Halt::News;
                }
                halt @ Halt::Watcher(_) => return halt,
            }
        }
        Halt::Through
    }

    /// Tells a callback that its watcher has, or leaves it the commit; whether that was possible, as
    /// what is left is to be shared.
    fn tell_watcher(
        &mut self,
        entry: &Entry,
        announced: &Announced<S>,
        commit: &Commit<S>,
    ) -> bool {
        let Watchers { called, .. } = self.watchers;
        loop {
            let member = self.members.get_mut(entry.seat);
            let Some(member) = member.filter(|member| member.hears(entry)) else {
                return true;
            };
            let Some(Some(callback)) = member.callbacks.get_mut(entry.nth()) else {
                let Some(shared) = announced.shared() else {
                    return false;
                };
                // Executors and hooks may wait for who waits for the last callback.
                if called.call(0) {
                    self.hear();
                    continue;
                }
                member.watching.leave(entry.nth(), shared, &mut self.merger);
                return true;
            };
            if called.call(entry.order.watcher) {
                self.hear();
                continue;
            }
            Activity::tell(member.at);
            let origin = commit.cause.origin.as_ref();
            let part = &member.watching.parts[entry.nth()];
            assert_unlocked();
            let moment = match origin {
                Some(origin) if part.ignores(origin) => Moment::Ignored(commit),
                _ => Moment::Commit(commit, announced.shared()),
            };
            if callback.tell(&moment) == Told::Last {
                part.end();
                self.heard.push(Arc::clone(&member.watching));
            }
            return true;
        }
    }

    /// Hears the news, with nobody called.
    #[cold]
    fn hear(&mut self) {
        self.watchers.called.call(0);
        for watching in self.watchers.news() {
            if let Some(member) = watching.seat().and_then(|seat| self.members.get_mut(seat))
                && member.id == watching.id()
            {
                member.hear(self.registry);
            }
            self.heard.push(watching);
        }
    }

    /// Reports that the callback that was told last panicked.
    #[cold]
    fn report(&mut self, announced: &Announced<S>, payload: Box<dyn Any + Send>) {
        let told = self.next - 1;
        let entry = match self.audience {
            Audience::OneField => {
                let only = self.found.fields[0];
                self.registry.field_table(only).entry(told)
            }
            Audience::Found => self.found.candidates.get(told).map(|found| found.entry),
        };
        let revision = announced.commit().map(|commit| commit.cause.revision);
        if let Some(member) = entry.and_then(|entry| self.members.get(entry.seat)) {
            let revision = revision.unwrap_or_default();
            member.watching.report(revision, payload);
        }
    }
}
