//! All that the thread that tells needs: the watchers, their callbacks, and who watches what.
//!
//! Belongs to one thread at a time, which calls with no lock held: nobody waits for it.

use std::sync::Arc;

use slab::Slab;

use super::{
    callback::Callbacks,
    found::Found,
    listeners::Entry,
    registry::Registry,
    report,
    watching::{Part, Watching},
};
use crate::{
    model::Stores,
    sync::{Caller, atomic::Ordering},
};

/// A watcher, as the thread that tells knows it.
pub(super) struct Member<S: Stores> {
    pub(super) id: u64,
    pub(super) at: Caller,
    /// The callbacks that no table has, if they are called by the thread that tells, and at once.
    pub(super) callbacks: Callbacks<S>,
    /// Whether some of the callbacks have ended, and others not.
    pub(super) is_partial: bool,
    pub(super) watching: Arc<Watching<S>>,
}

impl<S: Stores> Member<S> {
    /// Whether a callback is to hear more.
    #[inline]
    pub(super) fn hears(&self, entry: &Entry) -> bool {
        self.id == entry.order.watcher
            && (!self.is_partial || self.watching.parts[entry.nth()].is_listed())
    }
}

impl<S: Stores> Member<S> {
    /// Hears what has become of the watcher: whether its callbacks are called at once, or not any
    /// more.
    pub(super) fn hear(&mut self, registry: &mut Registry<S>) {
        if self.watching.is_ended() {
            let callbacks = self.take_callbacks(registry);
            self.watching.drop_callbacks(callbacks);
        } else if !self.watching.delivery.is_inline() {
            let callbacks = self.take_callbacks(registry);
            self.watching.give_back(callbacks);
        }
    }

    /// Takes the callbacks, if they are called at once, also by the tables.
    pub(super) fn lend_callbacks(&mut self, registry: &mut Registry<S>) {
        if !self.callbacks.is_empty() {
            return;
        }
        self.callbacks = self.watching.lend_callbacks();
        for (part, slot) in self.watching.parts.iter().zip(&mut self.callbacks) {
            if part.is_listed() {
                *slot = slot
                    .take()
                    .and_then(|callback| registry.lend(part, callback));
            }
        }
    }

    /// All of them, none if they are not here.
    fn take_callbacks(&mut self, registry: &mut Registry<S>) -> Callbacks<S> {
        let Self {
            callbacks,
            watching,
            ..
        } = self;
        for (part, slot) in watching.parts.iter().zip(&mut *callbacks) {
            if slot.is_none() {
                *slot = registry.take_back(part);
            }
        }
        std::mem::take(callbacks)
    }

    /// Takes back a callback that a table has.
    fn take_back(&mut self, part: &Part<S>, registry: &mut Registry<S>) {
        if let Some(slot @ None) = self.callbacks.get_mut(part.nth()) {
            *slot = registry.take_back(part);
        }
    }
}

/// See the module.
pub(super) struct Roster<S: Stores> {
    pub(super) members: Slab<Member<S>>,
    pub(super) registry: Registry<S>,
    /// The callbacks that a commit is told to, if they are not together.
    pub(super) found: Found,
    /// How many members there were at most since the last time that memory was given back.
    most: usize,
}

impl<S: Stores> Roster<S> {
    pub(super) fn new() -> Self {
        Self {
            members: Slab::new(),
            registry: Registry::new(),
            found: Found::default(),
            most: 0,
        }
    }

    /// Takes a new watcher in.
    pub(super) fn join(&mut self, watching: Arc<Watching<S>>) {
        let seat = self.members.insert(Member {
            id: watching.id(),
            at: watching.at,
            callbacks: Callbacks::new(),
            is_partial: false,
            watching: Arc::clone(&watching),
        });
        self.most = self.most.max(self.members.len());
        watching.sit(seat);
        for part in &watching.parts {
            if part.ended.load(Ordering::SeqCst) {
                watching.lose(part);
                continue;
            }
            part.listed.store(true, Ordering::Relaxed);
            if let Some(reader) = watching.delivery.feed() {
                self.registry.attend(&part.place.reach, reader);
                continue;
            }
            let entry = part.entry(seat);
            report::contained(|| self.registry.insert(&part.place, entry));
        }
        self.members[seat].lend_callbacks(&mut self.registry);
        self.look_at(&watching);
    }

    /// Hears what a watcher is now; takes out what has ended of it.
    pub(super) fn look_at(&mut self, watching: &Arc<Watching<S>>) {
        let Some(seat) = watching.seat() else {
            return;
        };
        let Some(member) = self.members.get_mut(seat) else {
            return;
        };
        if member.id != watching.id() {
            return;
        }
        member.hear(&mut self.registry);
        let has_ended = |part: &&Part<S>| part.is_listed() && watching.has_ended(part);
        let ended: Vec<&Part<S>> = watching.parts.iter().filter(has_ended).collect();
        for part in &ended {
            part.listed.store(false, Ordering::Relaxed);
            member.take_back(part, &mut self.registry);
        }
        member.is_partial = !ended.is_empty() || member.is_partial;
        let is_through = watching.parts.iter().all(|part| !part.is_listed());
        let left = is_through.then(|| self.members.remove(seat));
        let members = &self.members;
        let is_there = |entry: &Entry| {
            let member = members.get(entry.seat);
            member.is_some_and(|member| member.hears(entry))
        };
        for part in ended {
            if watching.delivery.feed().is_none() {
                let entry = part.entry(seat);
                report::contained(|| self.registry.remove(&part.place, entry, &is_there));
            }
            watching.lose(part);
        }
        if let Some(Member { callbacks, .. }) = left {
            watching.drop_callbacks(callbacks);
            watching.drop_callbacks(watching.take_callbacks_if_idle());
            self.give_memory_back();
        }
    }

    /// Seldom enough for any number to come and go in linear time.
    fn give_memory_back(&mut self) {
        if self.members.len() * 4 < self.most || self.members.is_empty() {
            self.members.shrink_to_fit();
            self.found.shrink_to(self.members.len());
            self.most = self.members.len();
        }
    }
}
