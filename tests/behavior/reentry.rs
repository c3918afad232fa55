//! W4, W5: callbacks that read, write, watch and unwatch the store that calls them.

use std::sync::Arc;

use parking_lot::Mutex;
use store::{Store, Watch, WriteError};

use crate::{
    app::{App, DIARY, PURSE, Purse, TILL, Till, USER, User, app, put, rename},
    support::{Log, here, in_time},
};

/// W4: a write made in a callback is committed at once.
#[test]
fn a_callback_sees_its_own_write_before_it_is_told() {
    let (store, log) = (app(), Log::default());
    let (weak, notes) = (store.downgrade(), log.clone());
    let watch = Purse::watch().coins(move |coins| {
        let store = weak.upgrade().unwrap();
        if !coins.is_initial() {
            store.update(TILL, |till| till.coins.set(-*coins));
            notes.note(format_args!("wrote {}", store.snapshot(TILL).coins));
        }
    });
    let _watching = [
        store.watch(PURSE, watch),
        store.watch(PURSE, Purse::watch().coins(log.of("purse"))),
        store.watch(TILL, Till::watch().coins(log.of("till"))),
    ];
    log.take();
    store.update(PURSE, |purse| purse.coins.set(3));
    log.heard(["wrote -3", "purse: 0 -> 3", "till: 0 -> -3"]);
}

/// W4: in the immediate call too; the write is told after it.
#[test]
fn the_immediate_call_may_write() {
    let (store, log) = (app(), Log::default());
    let (weak, mut tell) = (store.downgrade(), log.of("coins"));
    let _watching = store.watch(
        PURSE,
        Purse::watch().coins(move |coins| {
            tell(coins);
            if *coins < 2 {
                weak.upgrade()
                    .unwrap()
                    .update(PURSE, |purse| *purse.coins += 1);
            }
        }),
    );
    log.heard(["coins: 0", "coins: 0 -> 1", "coins: 1 -> 2"]);
}

/// W4: the chain stops where it is told to, names the watcher's line, and nothing is broken.
#[test]
fn a_chain_of_writes_that_feeds_itself_stops_with_an_error() {
    let (store, log) = (
        Store::<App>::builder().chain_limit(5).build(),
        Log::default(),
    );
    let (weak, notes) = (store.downgrade(), log.clone());
    let watch = Purse::watch().coins(move |coins| {
        let store = weak.upgrade().unwrap();
        let result = store.try_update(PURSE, |purse| {
            purse.coins.set(*coins + 1);
            Ok::<_, String>(())
        });
        match result {
            Ok(()) => {}
            Err(WriteError::Runaway(chain)) => {
                notes.note(chain.watcher());
                let text = chain.to_string();
                assert!(text.contains("at the end of a chain of 5 writes"), "{text}");
            }
            Err(other) => panic!("{other}"),
        }
    });
    let (watching, at) = (store.watch(PURSE, watch.changes_only()), here());
    store.update(PURSE, |purse| purse.coins.set(1));
    assert_eq!(
        store.snapshot(PURSE).coins,
        6,
        "one write and a chain of five"
    );
    let said = log.take();
    assert_eq!(said.len(), 1);
    assert_eq!(
        said[0].split(':').nth(1),
        at.split(':').nth(1),
        "the line of the watcher"
    );
    store.update(PURSE, |purse| purse.coins.set(100));
    assert_eq!(
        store.snapshot(PURSE).coins,
        105,
        "the next write begins anew"
    );
    drop(watching);
}

/// W4: with `update`, which has no error to return, the callback panics and is reported (W6).
#[test]
fn a_runaway_chain_of_updates_is_reported() {
    in_time(|| {
        let log = Log::default();
        let notes = log.clone();
        let store = Store::<App>::builder()
            .on_panic(move |report| notes.note(&report.message))
            .build();
        let weak = store.downgrade();
        let _watching = store.watch(
            PURSE,
            Purse::watch().coins(move |_| {
                weak.upgrade()
                    .unwrap()
                    .update(PURSE, |purse| *purse.coins += 1);
            }),
        );
        assert_eq!(store.snapshot(PURSE).coins, 100);
        let said = log.take();
        assert_eq!(said.len(), 1);
        assert!(
            said[0].starts_with("cannot write store `purse`: the watcher at "),
            "{said:?}"
        );
    });
}

/// W4: a chain that runs through two stores, and one through two watchers, stop as well.
#[test]
fn a_chain_through_two_stores_stops() {
    in_time(|| {
        let stores = [Store::<App>::new(), Store::<App>::new()];
        let weak = stores.each_ref().map(Store::downgrade);
        let answer = |to: usize| {
            let to = weak[to].clone();
            Purse::watch().coins(move |coins| {
                let next = *coins + 1;
                to.upgrade()
                    .unwrap()
                    .update(PURSE, |purse| purse.coins.set(next));
            })
        };
        let _watching = [
            stores[0].watch(PURSE, answer(1).changes_only()),
            stores[1].watch(PURSE, answer(0).changes_only()),
        ];
        stores[0].update(PURSE, |purse| purse.coins.set(1));
        assert_eq!(stores[0].snapshot(PURSE).coins, 101);
        assert_eq!(stores[1].snapshot(PURSE).coins, 100);
    });
}

/// W4: a chain of exactly the bound is no runaway.
#[test]
fn a_chain_that_ends_in_time_is_left_alone() {
    let store = Store::<App>::builder().chain_limit(5).build();
    let weak = store.downgrade();
    let _watching = store.watch(
        PURSE,
        Purse::watch().coins(move |coins| {
            if (1..6).contains(&*coins) {
                weak.upgrade()
                    .unwrap()
                    .update(PURSE, |purse| *purse.coins += 1);
            }
        }),
    );
    store.update(PURSE, |purse| purse.coins.set(1));
    assert_eq!(store.snapshot(PURSE).coins, 6);
}

/// W4: a long chain runs in a loop, not on the stack.
#[test]
fn a_long_chain_needs_no_stack() {
    const LENGTH: i64 = 20_000;
    let work = || {
        let store = Store::<App>::builder().chain_limit(u32::MAX).build();
        let weak = store.downgrade();
        let _watching = store.watch(
            PURSE,
            Purse::watch().coins(move |coins| {
                if *coins < LENGTH {
                    weak.upgrade()
                        .unwrap()
                        .update(PURSE, |purse| *purse.coins += 1);
                }
            }),
        );
        store.snapshot(PURSE).coins
    };
    let small_stack = std::thread::Builder::new()
        .stack_size(256 * 1024)
        .spawn(work);
    assert_eq!(small_stack.unwrap().join().unwrap(), LENGTH);
}

/// W5: a watcher added inside a callback hears the newest value at once, and then only later ones.
#[test]
fn a_watcher_added_inside_a_callback_hears_nothing_twice() {
    let (store, log) = (app(), Log::default());
    let (weak, inner, kept) = (store.downgrade(), log.clone(), Arc::new(Mutex::new(None)));
    let slot = Arc::clone(&kept);
    let watch = Purse::watch().coins(move |coins| {
        if *coins == 1 {
            let store = weak.upgrade().unwrap();
            store.update(PURSE, |purse| purse.coins.set(2));
            let added = store.watch(PURSE, Purse::watch().coins(inner.of("added")));
            *slot.lock() = Some(added);
            store.update(PURSE, |purse| purse.coins.set(3));
        }
    });
    let _watching = [
        store.watch(PURSE, watch),
        store.watch(PURSE, Purse::watch().coins(log.of("other"))),
    ];
    log.take();
    store.update(PURSE, |purse| purse.coins.set(1));
    log.heard([
        "added: 2",
        "other: 0 -> 1",
        "other: 1 -> 2",
        "other: 2 -> 3",
        "added: 2 -> 3",
    ]);
    drop(kept.lock().take());
}

/// W5: the same, when what is added watches a key, and the commit being told is that key's.
#[test]
fn a_key_watcher_added_inside_a_callback_hears_nothing_twice() {
    let (store, log) = (app(), Log::default());
    let (weak, inner, kept) = (
        store.downgrade(),
        log.clone(),
        Arc::new(Mutex::new(Vec::new())),
    );
    let slot = Arc::clone(&kept);
    let watch = User::watch().statuses(move |statuses| {
        if statuses.len() == 1 {
            let store = weak.upgrade().unwrap();
            let key = User::STATUSES.key("ann".to_owned()).watch(inner.key());
            slot.lock().push(store.watch(USER, key));
        }
    });
    let _watching = store.watch(USER, watch);
    put(&store, "ann", 1);
    log.heard(["ann: 1"]);
    put(&store, "bob", 1);
    put(&store, "ann", 2);
    log.heard(["ann: 1 -> 2"]);
}

/// W4: watches within immediate calls within watches, each writing.
#[test]
fn immediate_calls_can_be_nested() {
    let (store, log) = (app(), Log::default());
    let (outer, notes) = (store.downgrade(), log.clone());
    let _watching = store.watch(
        PURSE,
        Purse::watch().coins(move |coins| {
            notes.note(format_args!("outer {}", *coins));
            if coins.is_initial() {
                let store = outer.upgrade().unwrap();
                store.update(PURSE, |purse| purse.coins.set(1));
                store
                    .watch(PURSE, Purse::watch().coins(notes.of("inner")))
                    .detach();
                store.update(PURSE, |purse| purse.coins.set(2));
            }
        }),
    );
    log.heard(["outer 0", "inner: 1", "outer 1", "outer 2", "inner: 1 -> 2"]);
}

/// W4: a write closure may watch and unwatch; what it wrote is told once it is committed.
#[test]
fn a_write_closure_may_watch_and_unwatch() {
    let (store, log) = (app(), Log::default());
    let old = store.watch(PURSE, Purse::watch().coins(log.of("old")));
    let new = store.update(PURSE, |purse| {
        purse.coins.set(1);
        drop(old);
        let new = store.watch(PURSE, Purse::watch().coins(log.of("new")));
        log.note("written");
        new
    });
    log.heard(["old: 0", "new: 0", "written", "new: 0 -> 1"]);
    drop(new);
}

/// W4, R4: the immediate call of a watch made in a write closure is inside that closure.
#[test]
fn the_immediate_call_inside_a_write_closure_may_not_write() {
    let (store, log) = (app(), Log::default());
    store.update(PURSE, |_| {
        let (weak, notes) = (store.downgrade(), log.clone());
        let watch = User::watch().nick(move |_| {
            let result = weak
                .upgrade()
                .unwrap()
                .try_update(TILL, |_| Ok::<_, ()>(()));
            notes.note(matches!(result, Err(WriteError::Nested(_))));
        });
        store.watch(USER, watch).detach();
    });
    log.heard(["true"]);
    rename(&store, "ann");
    log.heard(["false"]);
}

/// W4: a commit of another thread that meets a watch made in a write closure is still told, even
/// if that write comes to nothing.
#[test]
fn a_watch_made_in_a_write_that_fails_hears_what_comes() {
    let (store, log) = (app(), Log::default());
    let failed = store.try_update(PURSE, |_| {
        store
            .watch(USER, User::watch().nick(log.of("nick")))
            .detach();
        Err::<(), _>(())
    });
    failed.unwrap_err();
    rename(&store, "ann");
    log.heard([r#"nick: "nobody""#, r#"nick: "nobody" -> "ann""#]);
}

/// W4: two stores know nothing of each other's deliveries.
#[test]
fn a_callback_of_one_store_may_use_another() {
    let (one, two, log) = (app(), app(), Log::default());
    let (target, notes) = (two.clone(), log.clone());
    let _one = one.watch(
        PURSE,
        Purse::watch().coins(move |coins| {
            target.update(PURSE, |purse| purse.coins.set(*coins * 2));
            notes.note(format_args!("one: {}", *coins));
        }),
    );
    let _two = two.watch(PURSE, Purse::watch().coins(log.of("two")));
    log.take();
    one.update(PURSE, |purse| purse.coins.set(4));
    log.heard(["two: 0 -> 8", "one: 4"]);
}

/// W4: every verb, in every kind of callback.
#[test]
fn every_kind_of_callback_may_use_the_store() {
    let store = app();
    let weak = store.downgrade();
    let use_it = move |is_initial: bool| {
        if is_initial {
            return;
        }
        let store = weak.upgrade().unwrap();
        let seen = store.snapshot_all().revision();
        store.update(TILL, |till| *till.coins += 1);
        assert!(store.revision() > seen);
        drop(store.watch(DIARY, DIARY.any().watch(|_| {})));
        drop(store.guard(DIARY, |_| Ok(())));
    };
    let [field, key, whole, projection] = [(); 4].map(|()| use_it.clone());
    let watches = (
        User::NICK.watch(move |change| field(change.is_initial())),
        User::STATUSES
            .key("ann".to_owned())
            .watch(move |change| key(change.is_initial())),
        USER.any().watch(move |change| whole(change.is_initial())),
        USER.project(|user| user.nick.len())
            .watch(move |change| projection(change.is_initial())),
    );
    let _watching = store.watch(USER, watches);
    store.update(USER, |user| {
        user.nick.set("ann".to_owned());
        user.statuses.insert("ann".to_owned(), 1);
    });
    assert_eq!(store.snapshot(TILL).coins, 4);
    assert_eq!(store.revision(), 5);
}
