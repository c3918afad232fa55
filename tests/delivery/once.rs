//! W12: each callback once, and no more.

use std::{cell::Cell, rc::Rc};

use store::{Inbox, Model, Store, Watch as _, WorkQueue};

use crate::{
    app::{PURSE, Purse, USER, User, app, put, rename, set_coins, spend},
    support::Log,
};

/// W12: the immediate call counts.
#[test]
fn w12_the_immediate_call_is_the_once() {
    let (store, log) = (app(), Log::default());
    let _watching = store.watch(PURSE, Purse::COINS.watch(log.of("coins")).once());
    set_coins(&store, [1]);
    log.heard(["coins: 0"]);
    let next = Purse::COINS.watch(log.of("next")).changes_only().once();
    let _next = store.watch(PURSE, next);
    let other = Purse::COINS.watch(log.of("other")).once().changes_only();
    let _other = store.watch(PURSE, other);
    set_coins(&store, [2, 3]);
    log.heard(["next: 1 -> 2", "other: 1 -> 2"]);
}

/// W12: each callback by itself, also in tuples and beside what is told for ever.
#[test]
fn w12_each_callback_has_its_own_once() {
    let (store, log) = (app(), Log::default());
    let fields = Purse::watch().coins(log.of("coins")).spent(log.of("spent"));
    let watch = (fields.once(), Purse::COINS.watch(log.of("always")));
    let _watching = store.watch(PURSE, watch.changes_only());
    set_coins(&store, [1, 2]);
    spend(&store, 1);
    spend(&store, 2);
    log.heard([
        "coins: 0 -> 1",
        "always: 0 -> 1",
        "always: 1 -> 2",
        "spent: 0 -> 1",
    ]);
}

/// W12: what is ignored does not count.
#[test]
fn w12_what_is_not_told_is_not_the_once() {
    let (store, log) = (app(), Log::default());
    let watch = Purse::COINS.watch(log.of("coins")).changes_only();
    let _watching = store.watch(PURSE, watch.ignoring("me").once());
    store.by("me").update(PURSE, |purse| purse.coins.set(1));
    set_coins(&store, [2, 3]);
    log.heard(["coins: 1 -> 2"]);
}

/// W10, W12: the same by an executor and in an inbox, whatever waits behind it.
#[test]
fn w12_once_is_once_wherever_it_is_told() {
    let (store, log) = (app(), Log::default());
    let (queue, worker) = WorkQueue::new();
    let inbox = Inbox::new(|| {});
    let every = store::Queue::of::<8>();
    let once = |name: &str| Purse::COINS.watch(log.of(name)).changes_only().once();
    let _executor = store.on(queue).every(every).watch(PURSE, once("executor"));
    let _inbox = store.on(&inbox).every(every).watch(PURSE, once("inbox"));
    set_coins(&store, [1, 2, 3]);
    worker.run_ready();
    inbox.drain();
    log.heard(["executor: 0 -> 1", "inbox: 0 -> 1"]);
    set_coins(&store, [4]);
    assert_eq!(worker.run_ready(), 0, "nothing waits for it any more");
    assert_eq!(inbox.drain(), 0);
    store.told(4).wait().unwrap();
}

/// W12: one that is met with is over, in a key, a range, a projection and several fields.
#[test]
fn w12_every_kind_of_watch_may_be_told_once() {
    let (store, log) = (app(), Log::default());
    let watch = (
        User::STATUSES.key("ann".to_owned()).watch(log.key()),
        USER.project(|user| user.nick.len()).watch(log.of("length")),
        USER.fields((User::NICK, User::STATUSES))
            .watch(log.fields()),
        USER.any().watch(log.fields()),
    );
    let _watching = store.watch(USER, watch.changes_only().once());
    for round in 1..=3 {
        rename(&store, &"x".repeat(round));
        put(&store, "ann", u8::try_from(round).unwrap());
    }
    log.heard(["user nick", "length: 0 -> 1", "user nick", "ann: - -> 1"]);
}

thread_local! {
    static COMPARED: Cell<usize> = const { Cell::new(0) };
}

/// A key that counts how often it is compared on this thread.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Counted(u32);

impl PartialOrd for Counted {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Counted {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        COMPARED.set(COMPARED.get() + 1);
        self.0.cmp(&other.0)
    }
}

#[derive(Model)]
struct Users {
    statuses: store::OrdMap<Counted, usize>,
    projected: u32,
}

/// W9, W12: whoever was told once costs a commit nothing from then on.
#[test]
fn w12_who_was_told_once_leaves_the_registry() {
    let store = Store::<Users>::new();
    let cost = || {
        let before = COMPARED.get();
        store.update(USERS, |users| users.statuses.insert(Counted(7), before));
        COMPARED.get() - before
    };
    cost();
    let alone = cost();
    let called = Rc::new(Cell::new(0));
    let inbox = Inbox::new(|| {});
    let watching: Vec<_> = (0..1000)
        .map(|n| {
            let called = Rc::clone(&called);
            let watch = Users::STATUSES.key(Counted(n)).watch(move |_| {
                called.set(called.get() + 1);
            });
            store.on(&inbox).watch(USERS, watch.once())
        })
        .collect();
    assert_eq!(called.get(), 1000, "each in its immediate call");
    assert_eq!(cost(), alone, "no index is asked");
    drop(watching);

    let projections = Rc::new(Cell::new(0));
    let count = Rc::clone(&projections);
    let watch = USERS.project(|users| users.projected).watch(move |_| {
        count.set(count.get() + 1);
    });
    let projected = store.on(&inbox).watch(USERS, watch.once());
    store.update(USERS, |users| users.projected.set(1));
    assert_eq!((inbox.drain(), projections.get()), (0, 1));
    drop(projected);
}
