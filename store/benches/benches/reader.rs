//! Row 5: readers that come when they like. A stream that reads each commit, one that reads seldom,
//! a thousand that are woken; an inbox; and the peers that have streams.

use std::{
    hint::black_box,
    pin::Pin,
    task::{Context, Poll, Waker},
};

use eyeball::{SharedObservable, Subscriber};
use futures::Stream;
use store::{ChangeStream, Inbox, Map, Model, OwnedChange, Queue, Source as _, Store};
use store_benches::{Subject, Table};
use tokio::sync::watch;

/// The named store of these rows.
#[derive(Model)]
pub struct Presence {
    /// A small value.
    pub clicks: u64,
    /// Status by user.
    pub statuses: Map<u64, u64>,
}

const USERS: u64 = 10_000;

/// Spreads consecutive numbers over the users.
fn user(number: u64) -> u64 {
    number.wrapping_mul(0x9E37_79B9_7F4A_7C15) % USERS
}

fn presence() -> Store<Presence> {
    let store = Store::<Presence>::new();
    store.update(PRESENCE, |presence| {
        presence
            .statuses
            .set((0..USERS).map(|user| (user, 0)).collect());
    });
    store
}

fn poll<S: Stream + Unpin>(stream: &mut S) -> usize {
    let mut context = Context::from_waker(Waker::noop());
    let mut items = 0;
    while let Poll::Ready(Some(item)) = Pin::new(&mut *stream).poll_next(&mut context) {
        black_box(item);
        items += 1;
    }
    items
}

type Clicks = ChangeStream<OwnedChange<u64>>;

/// So many streams of a number, each read after so many commits.
fn streams(count: usize, every: u64) -> Subject<'static> {
    let store = Store::<Presence>::new();
    let stream = || store.stream(PRESENCE, Presence::CLICKS.changes_only());
    let mut streams: Vec<Clicks> = (0..count).map(|_| stream()).collect();
    Box::new(move |number| {
        store.update(PRESENCE, |presence| presence.clicks.set(number));
        if number.is_multiple_of(every) {
            let read: usize = streams.iter_mut().map(poll).sum();
            assert_eq!(read, streams.len());
        }
    })
}

fn eyeball_streams(count: usize, every: u64) -> Subject<'static> {
    let observable = SharedObservable::new(0_u64);
    let mut streams: Vec<Subscriber<u64>> = (0..count).map(|_| observable.subscribe()).collect();
    Box::new(move |number| {
        observable.set(number);
        if number.is_multiple_of(every) {
            let read: usize = streams.iter_mut().map(poll).sum();
            assert_eq!(read, streams.len());
        }
    })
}

fn tokio_streams(count: usize, every: u64) -> Subject<'static> {
    let (sender, receiver) = watch::channel(0_u64);
    let mut readers: Vec<_> = (0..count)
        .map(|_| {
            let mut receiver = receiver.clone();
            Box::pin(async move {
                while receiver.changed().await.is_ok() {
                    black_box(*receiver.borrow_and_update());
                }
            })
        })
        .collect();
    Box::new(move |number| {
        sender.send_replace(number);
        if number.is_multiple_of(every) {
            let mut context = Context::from_waker(Waker::noop());
            for reader in &mut readers {
                assert!(reader.as_mut().poll(&mut context).is_pending());
            }
        }
    })
}

/// A stream of the map that gets its diff once in so many commits.
fn map_stream(every: u64) -> Subject<'static> {
    let store = presence();
    let statuses = Presence::STATUSES.changes_only();
    let mut stream = store.stream(PRESENCE, statuses);
    Box::new(move |number| {
        store.update(PRESENCE, |presence| {
            presence.statuses.insert(user(number), number)
        });
        if number.is_multiple_of(every) {
            let change = stream.try_next().expect("something differs");
            black_box(change.change().changes().count());
        }
    })
}

/// An inbox of a map's watcher, drained once in so many commits; merged, or each commit.
fn inbox(every: u64, queue: Option<Queue>) -> Subject<'static> {
    let store = presence();
    let inbox = Inbox::new(|| {});
    let watch = Presence::STATUSES.watch(|statuses| {
        if !statuses.is_initial() {
            black_box(statuses.changes().count());
        }
    });
    let on = store.on(&inbox);
    let on = match queue {
        Some(queue) => on.every(queue),
        None => on,
    };
    on.watch(PRESENCE, watch).detach();
    Box::new(move |number| {
        store.update(PRESENCE, |presence| {
            presence.statuses.insert(user(number), number)
        });
        if number.is_multiple_of(every) {
            assert!(inbox.drain() > 0);
        }
    })
}

fn main() {
    let columns = ["store", "eyeball", "tokio watch"];
    let mut table = Table::new("A value set and read by streams, per commit", &columns);
    for (count, every) in [(1, 1), (1, 100), (1000, 1), (1000, 100)] {
        let label = format!("{count} streams, read once in {every}");
        table.row(
            label,
            1,
            vec![
                Some(streams(count, every)),
                Some(eyeball_streams(count, every)),
                Some(tokio_streams(count, every)),
            ],
        );
    }
    table.print();

    let columns = ["stream", "inbox", "inbox, each commit"];
    let title = "One status in 10000 users written, and its diff read late, per commit";
    let mut table = Table::new(title, &columns);
    for every in [1, 10, 100, 1000] {
        let label = format!("read once in {every}");
        let queue = Queue::new(1024).ok();
        let subjects = vec![
            Some(map_stream(every)),
            Some(inbox(every, None)),
            Some(inbox(every, queue)),
        ];
        table.row(label, 1, subjects);
    }
    table.print();
}
