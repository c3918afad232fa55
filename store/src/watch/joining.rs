//! How a new watcher joins: it takes its place in the queue and is called at once, while commits wait for it.
//!
//! Knows nothing of how commits are told.

use std::sync::Arc;

use super::{
    agenda::Item,
    moment::Moment,
    telling::{Watchers, telling},
    watching::{Part, Told, Watching},
};
use crate::{
    change::Cause,
    model::Stores,
    state::{SnapshotAll, Truth},
    sync::{Activity, Published, let_go},
};

impl<S: Stores> Watchers<S> {
    /// Registers a watcher and makes its immediate calls, with no gap and no repeat between these
    /// and the first change.
    pub(super) fn register(
        self: &Arc<Self>,
        truth: &Published<Truth<S>>,
        watching: &Arc<Watching<S>>,
        call: impl FnMut(usize, &Moment<'_, S>) -> Told,
    ) {
        let mut parts: Vec<&Part<S>> = watching.parts.iter().collect();
        if parts.is_empty() {
            return;
        }
        parts.sort_unstable_by_key(|part| part.order);
        if watching.delivery.is_read_elsewhere() {
            self.readers.add(watching);
        }
        let (all, greeting) = {
            // No commit can come before both are done.
            let truth = truth.read();
            for part in &parts {
                self.interest.raise(&part.place.reach);
            }
            self.plan(|agenda| {
                agenda.greeted.push(watching.id());
                agenda.queue.push_back(Item::Join(Arc::clone(watching)));
            });
            let greeting = Greeting {
                watchers: self,
                watching,
            };
            (truth.snapshot_all(), greeting)
        };
        call_first(&all, watching, &parts, call);
        // Not kept while this thread tells what has come meanwhile.
        let_go(all);
        drop(greeting);
    }

    /// Lets commits past a new watcher whose immediate call has been made.
    fn release(self: &Arc<Self>, greeted: &Watching<S>) {
        self.plan(|agenda| agenda.greeted.retain(|id| *id != greeted.id()));
        self.dismiss(greeted);
        self.tell_waiting();
    }
}

fn call_first<S: Stores>(
    all: &SnapshotAll<S>,
    watching: &Watching<S>,
    parts: &[&Part<S>],
    mut call: impl FnMut(usize, &Moment<'_, S>) -> Told,
) {
    let cause = Cause {
        revision: all.revision(),
        first: all.revision(),
        origin: None,
        at: watching.at,
        depth: Activity::current().depth,
        merged: 1,
    };
    let _telling = telling(&cause).enter();
    for part in parts {
        let moment = Moment::Current {
            all,
            cause: &cause,
            silent: part.silent,
        };
        if call(part.nth(), &moment) == Told::Last {
            part.end();
        }
    }
}

/// A new watcher's immediate call, which commits wait for.
struct Greeting<'a, S: Stores> {
    watchers: &'a Arc<Watchers<S>>,
    watching: &'a Watching<S>,
}

impl<S: Stores> Drop for Greeting<'_, S> {
    fn drop(&mut self) {
        self.watchers.release(self.watching);
    }
}
