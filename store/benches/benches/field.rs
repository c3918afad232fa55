//! Row 1: one field is set, and nobody, one, ten or a thousand watchers of it are told.
//!
//! What "told" means differs and is the best each offers: the store and the plain loop call
//! callbacks; eyeball and tokio wake a stored waker per reader, and each reader is polled, reads
//! the value and waits again.

use std::{
    future::Future,
    hint::black_box,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll, Waker},
};

use eyeball::{SharedObservable, Subscriber};
use futures::{Stream, task::noop_waker_ref};
use parking_lot::Mutex;
use store::{Model, Store, Watch as _, WatchIn, WatchOf, WatcherGroup};
use store_benches::{Subject, Table};
use tokio::sync::watch;

/// The named store of this row.
#[derive(Model)]
pub struct Counter {
    /// The field that is set.
    pub value: u64,
    /// A field of the same type that others watch.
    pub other: u64,
    /// A field that nobody touches.
    pub label: String,
}

/// A named store of many fields, and a write of all of them.
macro_rules! wide {
    ($($field:ident)+) => {
        /// The named store of the row with a hundred fields.
        #[derive(Model)]
        pub struct Wide {
            $(/// One of a hundred.
            pub $field: u64,)+
        }

        fn set_all(wide: &mut WideDraft<'_>, number: u64) {
            $(wide.$field.set(number);)+
        }

        fn watch_all() -> impl WatchIn<Wide> + WatchOf<Wide> + Send {
            WIDE.fields((Wide::F0, Wide::F99)).watch(|wide| {
                black_box((wide.f0, wide.f99));
            })
        }
    };
}

wide! {
    f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12 f13 f14 f15 f16 f17 f18 f19
    f20 f21 f22 f23 f24 f25 f26 f27 f28 f29 f30 f31 f32 f33 f34 f35 f36 f37 f38 f39
    f40 f41 f42 f43 f44 f45 f46 f47 f48 f49 f50 f51 f52 f53 f54 f55 f56 f57 f58 f59
    f60 f61 f62 f63 f64 f65 f66 f67 f68 f69 f70 f71 f72 f73 f74 f75 f76 f77 f78 f79
    f80 f81 f82 f83 f84 f85 f86 f87 f88 f89 f90 f91 f92 f93 f94 f95 f96 f97 f98 f99
}

const WATCHERS: [usize; 4] = [0, 1, 10, 1000];

fn ours(watchers: usize, others: usize) -> Subject<'static> {
    let store = Store::<Counter>::new();
    let mut group = WatcherGroup::default();
    for _ in 0..watchers {
        group.add(store.watch(
            COUNTER,
            Counter::VALUE.watch(|value| {
                black_box(*value);
            }),
        ));
    }
    for _ in 0..others {
        group.add(
            store.watch(
                COUNTER,
                Counter::OTHER
                    .watch(|other| {
                        black_box(*other);
                    })
                    .changes_only(),
            ),
        );
    }
    Box::new(move |number| {
        let _ = &group;
        store.update(COUNTER, |counter| counter.value.set(number));
    })
}

fn ours_two() -> Subject<'static> {
    let store = Store::<Counter>::new();
    let watching = store.watch(
        COUNTER,
        COUNTER
            .fields((Counter::VALUE, Counter::OTHER))
            .watch(|counter| {
                black_box((counter.value, counter.other));
            }),
    );
    Box::new(move |number| {
        let _ = &watching;
        store.update(COUNTER, |counter| {
            counter.value.set(number);
            counter.other.set(number);
        });
    })
}

fn ours_hundred() -> Subject<'static> {
    let store = Store::<Wide>::new();
    let watching = store.watch(WIDE, watch_all());
    Box::new(move |number| {
        let _ = &watching;
        store.update(WIDE, |wide| set_all(wide, number));
    })
}

/// As many observables as fields, and a reader of the first and the last. Nothing joins the writes.
fn eyeball_many(fields: usize) -> Subject<'static> {
    let observables: Vec<_> = (0..fields).map(|_| SharedObservable::new(0_u64)).collect();
    let mut readers = [
        observables[0].subscribe(),
        observables[fields - 1].subscribe(),
    ];
    Box::new(move |number| {
        for observable in &observables {
            observable.set(number);
        }
        let mut context = Context::from_waker(noop_waker_ref());
        for reader in &mut readers {
            if let Poll::Ready(value) = Pin::new(reader).poll_next(&mut context) {
                black_box(value);
            }
        }
    })
}

/// One channel whose value has all fields, and a reader of it.
fn tokio_many(fields: usize) -> Subject<'static> {
    let (sender, mut receiver) = watch::channel(vec![0_u64; fields]);
    Box::new(move |number| {
        sender.send_modify(|values| values.fill(number));
        black_box(receiver.borrow_and_update().last().copied());
    })
}

fn ours_equal() -> Subject<'static> {
    let store = Store::<Counter>::new();
    Box::new(move |_| store.update(COUNTER, |counter| counter.value.set(0)))
}

/// What a plain program would call.
type Callback = Arc<dyn Fn(&u64) + Send + Sync>;

/// What cannot be undercut: a lock, a shared value replaced, and a loop over callbacks.
fn floor(watchers: usize) -> Subject<'static> {
    let value = Mutex::new(Arc::new(0_u64));
    let callbacks: Vec<Callback> = (0..watchers)
        .map(|_| -> Callback {
            Arc::new(|value| {
                black_box(*value);
            })
        })
        .collect();
    Box::new(move |number| {
        let new = Arc::new(number);
        let old = std::mem::replace(&mut *value.lock(), Arc::clone(&new));
        for callback in &callbacks {
            callback(&new);
        }
        drop(old);
    })
}

fn eyeball(watchers: usize) -> Subject<'static> {
    let observable = SharedObservable::new(0_u64);
    let mut readers: Vec<Subscriber<u64>> = (0..watchers).map(|_| observable.subscribe()).collect();
    let mut context = Context::from_waker(noop_waker_ref());
    for reader in &mut readers {
        assert!(Pin::new(reader).poll_next(&mut context).is_pending());
    }
    Box::new(move |number| {
        observable.set(number);
        let mut context = Context::from_waker(noop_waker_ref());
        for reader in &mut readers {
            if let Poll::Ready(value) = Pin::new(&mut *reader).poll_next(&mut context) {
                black_box(value);
            }
            assert!(Pin::new(reader).poll_next(&mut context).is_pending());
        }
    })
}

fn eyeball_equal() -> Subject<'static> {
    let observable = SharedObservable::new(0_u64);
    Box::new(move |_| {
        black_box(observable.set_if_not_eq(0));
    })
}

fn tokio_watch(watchers: usize) -> Subject<'static> {
    let (sender, receiver) = watch::channel(0_u64);
    let mut readers: Vec<Pin<Box<dyn Future<Output = ()>>>> = (0..watchers)
        .map(|_| {
            let mut receiver = receiver.clone();
            let reader: Pin<Box<dyn Future<Output = ()>>> = Box::pin(async move {
                while receiver.changed().await.is_ok() {
                    black_box(*receiver.borrow_and_update());
                }
            });
            reader
        })
        .collect();
    let mut context = Context::from_waker(Waker::noop());
    for reader in &mut readers {
        assert!(reader.as_mut().poll(&mut context).is_pending());
    }
    Box::new(move |number| {
        sender.send_replace(number);
        let mut context = Context::from_waker(Waker::noop());
        for reader in &mut readers {
            assert!(pin!(reader).poll(&mut context).is_pending());
        }
    })
}

fn tokio_equal() -> Subject<'static> {
    let (sender, _receiver) = watch::channel(0_u64);
    Box::new(move |_| {
        black_box(sender.send_if_modified(|value| std::mem::replace(value, 0) != 0));
    })
}

fn main() {
    let columns = ["store", "plain loop", "eyeball", "tokio watch"];
    let mut table = Table::new("One field set, N watchers told", &columns);
    for watchers in WATCHERS {
        let subjects = vec![
            Some(ours(watchers, 0)),
            Some(floor(watchers)),
            Some(eyeball(watchers)),
            Some(tokio_watch(watchers)),
        ];
        table.row(format!("set, {watchers} watchers"), 1, subjects);
    }
    for others in [10, 1_000, 1_000_000] {
        table.row(
            format!("set, {others} watchers of another field"),
            1,
            vec![Some(ours(0, others)), None, None, None],
        );
    }
    table.row(
        "2 fields in one commit, 1 watcher of both",
        1,
        vec![
            Some(ours_two()),
            None,
            Some(eyeball_many(2)),
            Some(tokio_many(2)),
        ],
    );
    table.row(
        "100 fields in one commit, 1 watcher of two",
        1,
        vec![
            Some(ours_hundred()),
            None,
            Some(eyeball_many(100)),
            Some(tokio_many(100)),
        ],
    );
    table.row(
        "set to an equal value",
        1,
        vec![
            Some(ours_equal()),
            None,
            Some(eyeball_equal()),
            Some(tokio_equal()),
        ],
    );
    table.print();
}
