//! Persistent maps alone: what an edit and a diff cost where nobody watches.

use std::hint::black_box;

use crate::work::{Difference, Peer, Scene, Subject, Users, user};

/// A map without watchers behind a column of its own.
macro_rules! maps {
    ($($peer:ident, $map:ty, $insert:ident, $name:literal, $how:literal, $diff:expr;)+) => {$(
        pub struct $peer;

        impl Peer for $peer {
            fn name(&self) -> &'static str {
                $name
            }

            fn how(&self) -> &'static str {
                $how
            }

            fn users(&self, users: u64) -> Option<Box<dyn Users>> {
                let map: $map = (0..users).map(|user| (user, 0_u64)).collect();
                Some(Box::new(Edited { map, snapshot: None, holds: false, users }))
            }

            fn diff(&self, of: Difference) -> Option<Subject<'static>> {
                let diff: Option<fn(&$map, &$map)> = $diff;
                let diff = diff?;
                let old: $map = of.old().collect();
                let mut new = if of.apart { of.old().collect() } else { old.clone() };
                for key in of.changed() {
                    new.$insert(key, u64::MAX);
                }
                Some(Box::new(move |_| diff(&old, &new)))
            }
        }

        impl Users for Edited<$map> {
            fn arrange(&mut self, scene: Scene) -> bool {
                self.snapshot = None;
                self.holds = scene == Scene::SnapshotOut;
                matches!(scene, Scene::Unwatched | Scene::SnapshotOut)
            }

            fn write(&mut self, number: u64, batch: u64) {
                if self.holds {
                    self.snapshot = Some(self.map.clone());
                }
                for offset in 0..batch {
                    self.map.$insert(user(number * batch + offset, self.users), number);
                }
            }
        }
    )+};
}

struct Edited<M> {
    map: M,
    snapshot: Option<M>,
    holds: bool,
    users: u64,
}

maps! {
    Imbl, imbl::OrdMap<u64, u64>, insert, "imbl OrdMap", "the map that stands behind the store's `OrdMap`, alone",
        Some(|old, new| old.diff(new).for_each(|change| { black_box(change); }));
    Im, im::OrdMap<u64, u64>, insert, "im 15 OrdMap", "a persistent map alone",
        Some(|old, new| old.diff(new).for_each(|change| { black_box(change); }));
    Rpds, rpds::HashTrieMapSync<u64, u64>, insert_mut, "rpds HashTrieMap", "a persistent map alone; it has no diff", None;
}
