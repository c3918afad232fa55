//! Row 3: one status in a map of users is written, alone, with a snapshot out, with a watcher of
//! the whole map, and with watchers of single keys; one per commit and a hundred per commit.
//!
//! The peers hold a map as one value. They have no watch by key: each reader wakes at every write
//! and looks its key up, which is what their column shows for a thousand keys.

use std::{
    hint::black_box,
    pin::Pin,
    task::{Context, Poll, Waker},
};

use eyeball::{SharedObservable, Subscriber};
use futures::{Stream, task::noop_waker_ref};
use parking_lot::Mutex;
use store::{Map, Model, Store, Watch, WatcherGroup};
use store_benches::{Subject, Table};
use tokio::sync::watch;

/// The named store of this row.
#[derive(Model)]
pub struct Presence {
    /// Status by user.
    pub statuses: Map<u64, u64>,
}

#[derive(Clone, Copy)]
enum Watched {
    Nothing,
    Snapshot,
    Field,
    Keys(u64),
}

/// Spreads consecutive numbers over the users.
fn user(number: u64, users: u64) -> u64 {
    number.wrapping_mul(0x9E37_79B9_7F4A_7C15) % users
}

fn ours(users: u64, watched: Watched, batch: u64) -> Subject<'static> {
    let store = Store::<Presence>::new();
    store.update(PRESENCE, |presence| {
        presence
            .statuses
            .set((0..users).map(|user| (user, 0)).collect());
    });
    let mut group = WatcherGroup::default();
    match watched {
        Watched::Field => group.add(store.watch(
            PRESENCE,
            Presence::STATUSES.watch(|statuses| {
                if !statuses.is_initial() {
                    statuses.changes().for_each(|change| {
                        black_box(change);
                    });
                }
            }),
        )),
        Watched::Keys(keys) => {
            for key in 0..keys {
                let watch = Presence::STATUSES.key(user(key, users)).watch(|status| {
                    black_box(status.value());
                });
                group.add(store.watch(PRESENCE, watch.changes_only()));
            }
        }
        Watched::Nothing | Watched::Snapshot => {}
    }
    let mut snapshot = None;
    Box::new(move |number| {
        let _ = &group;
        if matches!(watched, Watched::Snapshot) {
            snapshot = Some(store.snapshot(PRESENCE));
        }
        store.update(PRESENCE, |presence| {
            for offset in 0..batch {
                presence
                    .statuses
                    .insert(user(number * batch + offset, users), number);
            }
        });
        black_box(&snapshot);
    })
}

/// A std map changed in place and one callback per write: no snapshot, no rollback.
fn floor(users: u64, watched: Watched, batch: u64) -> Option<Subject<'static>> {
    let watched = match watched {
        Watched::Nothing => false,
        Watched::Field => true,
        Watched::Snapshot | Watched::Keys(_) => return None,
    };
    let map = Mutex::new(
        (0..users)
            .map(|user| (user, 0))
            .collect::<std::collections::HashMap<u64, u64>>(),
    );
    let callback: Box<dyn Fn(u64, u64)> = Box::new(|user, status| {
        black_box((user, status));
    });
    Some(Box::new(move |number| {
        for offset in 0..batch {
            let user = user(number * batch + offset, users);
            map.lock().insert(user, number);
            if watched {
                callback(user, number);
            }
        }
    }))
}

type Statuses = im::OrdMap<u64, u64>;

fn write(map: &mut Statuses, number: u64, users: u64, batch: u64) {
    for offset in 0..batch {
        map.insert(user(number * batch + offset, users), number);
    }
}

fn readers(watched: Watched) -> Option<u64> {
    match watched {
        Watched::Nothing | Watched::Snapshot => Some(0),
        Watched::Field => Some(1),
        Watched::Keys(keys) if keys <= 1_000 => Some(keys),
        Watched::Keys(_) => None,
    }
}

fn eyeball(users: u64, watched: Watched, batch: u64) -> Option<Subject<'static>> {
    let map: Statuses = (0..users).map(|user| (user, 0_u64)).collect();
    let observable = SharedObservable::new(map);
    let mut readers: Vec<(u64, Subscriber<Statuses>)> = (0..readers(watched)?)
        .map(|key| (user(key, users), observable.subscribe()))
        .collect();
    let mut snapshot = None;
    Some(Box::new(move |number| {
        if matches!(watched, Watched::Snapshot) {
            snapshot = Some(observable.get());
        }
        observable.update(|map| write(map, number, users, batch));
        let mut context = Context::from_waker(noop_waker_ref());
        for (key, reader) in &mut readers {
            if let Poll::Ready(Some(map)) = Pin::new(reader).poll_next(&mut context) {
                black_box(map.get(key));
            }
        }
        black_box(&snapshot);
    }))
}

fn tokio_watch(users: u64, watched: Watched, batch: u64) -> Option<Subject<'static>> {
    let map: Statuses = (0..users).map(|user| (user, 0_u64)).collect();
    let (sender, receiver) = watch::channel(map);
    let mut readers: Vec<_> = (0..readers(watched)?)
        .map(|key| {
            let (mut receiver, key) = (receiver.clone(), user(key, users));
            Box::pin(async move {
                while receiver.changed().await.is_ok() {
                    black_box(receiver.borrow_and_update().get(&key));
                }
            })
        })
        .collect();
    let mut snapshot = None;
    Some(Box::new(move |number| {
        if matches!(watched, Watched::Snapshot) {
            snapshot = Some(receiver.borrow().clone());
        }
        sender.send_modify(|map| write(map, number, users, batch));
        let mut context = Context::from_waker(Waker::noop());
        for reader in &mut readers {
            assert!(reader.as_mut().poll(&mut context).is_pending());
        }
        black_box(&snapshot);
    }))
}

fn main() {
    let columns = ["store", "plain map", "eyeball", "tokio watch"];
    let mut table = Table::new("One status written in a map of users, per status", &columns);
    let mut row = |users: u64, watched: Watched, batch: u64, label: &str| {
        let label = format!("{users} users, {label}, {batch} per commit");
        let subjects = vec![
            Some(ours(users, watched, batch)),
            floor(users, watched, batch),
            eyeball(users, watched, batch),
            tokio_watch(users, watched, batch),
        ];
        table.row(label, batch, subjects);
    };
    for users in [10_000, 100_000, 1_000_000] {
        for batch in [1, 100] {
            row(users, Watched::Nothing, batch, "unwatched");
            row(users, Watched::Snapshot, batch, "snapshot out");
            row(users, Watched::Field, batch, "field watched");
            row(users, Watched::Keys(1_000), batch, "1000 keys watched");
        }
    }
    for batch in [1, 100] {
        row(
            1_000_000,
            Watched::Keys(1_000_000),
            batch,
            "1000000 keys watched",
        );
    }
    table.print();
}
