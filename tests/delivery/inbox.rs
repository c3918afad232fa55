//! W10: the inbox of the thread that owns the user interface.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};

use store::{Inbox, LocalWatcher, Store, Watch as _};

use crate::{
    app::{App, PURSE, Purse, USER, User, app, put, rename, set_coins, spend},
    support::{Log, elsewhere},
};

/// An inbox, and how often its hook was called.
fn inbox() -> (Rc<Inbox>, Arc<AtomicUsize>) {
    let calls = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&calls);
    let inbox = Inbox::new(move || {
        count.fetch_add(1, SeqCst);
    });
    (Rc::new(inbox), calls)
}

/// W10: callbacks may own what stays on its thread, whichever thread writes.
#[test]
fn w10_callbacks_of_an_inbox_stay_on_its_thread() {
    let store = app();
    let (inbox, _) = inbox();
    let label = Rc::new(RefCell::new(String::new()));
    let widget = Rc::clone(&label);
    let here = std::thread::current().id();
    let _watching = store.on(&*inbox).watch(
        USER,
        User::watch().nick(move |nick| {
            assert_eq!(std::thread::current().id(), here);
            widget.replace(nick.to_uppercase());
        }),
    );
    elsewhere({
        let store = store.clone();
        move || rename(&store, "ann")
    })
    .answer();
    assert_eq!(*label.borrow(), "");
    inbox.drain();
    assert_eq!(*label.borrow(), "ANN");
}

/// W3, W10: revisions first, then the order of registration, then field order.
#[test]
fn w10_an_inbox_is_drained_in_order() {
    let (store, log) = (app(), Log::default());
    let (inbox, _) = inbox();
    let watch = |name: &str| {
        let watch = Purse::watch()
            .spent(log.of(&format!("{name} spent")))
            .coins(log.of(&format!("{name} coins")));
        let on = store.on(&*inbox).every(store::Queue::of::<8>());
        on.watch(PURSE, watch.changes_only())
    };
    let _watching = [watch("first"), watch("second")];
    set_coins(&store, [1]);
    store.update(PURSE, |purse| {
        purse.coins.set(2);
        purse.spent.set(2);
    });
    assert_eq!(inbox.drain(), 6);
    log.heard([
        "first coins: 0 -> 1",
        "second coins: 0 -> 1",
        "first coins: 1 -> 2",
        "first spent: 0 -> 2",
        "second coins: 1 -> 2",
        "second spent: 0 -> 2",
    ]);
}

/// W10: the hook rings once when there is something, and again only after a drain.
#[test]
fn w10_the_hook_is_called_once_for_each_drain() {
    let store = app();
    let (inbox, calls) = inbox();
    let _watching = [0, 1].map(|_| store.on(&*inbox).watch(PURSE, Purse::COINS.watch(|_| {})));
    assert!(inbox.is_empty());
    set_coins(&store, [1, 2]);
    assert_eq!(calls.load(SeqCst), 1);
    assert!(!inbox.is_empty());
    spend(&store, 1);
    inbox.drain();
    assert!(inbox.is_empty());
    assert_eq!(calls.load(SeqCst), 1);
    set_coins(&store, [3]);
    assert_eq!(calls.load(SeqCst), 2);
    assert_eq!(inbox.drain(), 2);
    assert_eq!(inbox.drain(), 0);
    assert_eq!(calls.load(SeqCst), 2);
}

/// W4, W10: what a callback writes rings the hook, and is told by the next drain.
#[test]
fn w10_a_callback_may_write_and_drain() {
    let (store, log) = (app(), Log::default());
    let (inbox, calls) = inbox();
    let (own, again, mut tell) = (store.clone(), Rc::clone(&inbox), log.of("coins"));
    let watch = Purse::COINS.watch(move |coins| {
        tell(coins);
        if *coins < 3 {
            set_coins(&own, [*coins + 1]);
        }
        assert_eq!(again.drain(), 0);
    });
    let _watching = store.on(&*inbox).watch(PURSE, watch.changes_only());
    set_coins(&store, [1]);
    inbox.drain();
    log.heard(["coins: 0 -> 1"]);
    assert_eq!(calls.load(SeqCst), 2);
    while inbox.drain() > 0 {}
    log.heard(["coins: 1 -> 2", "coins: 2 -> 3"]);
    assert_eq!(store.revision(), 3);
}

/// W4, W5, W10: a callback may watch and unwatch, its own watcher too.
#[test]
fn w10_a_callback_may_watch_and_unwatch() {
    let (store, log) = (app(), Log::default());
    let (inbox, _) = inbox();
    let handles = Rc::new(RefCell::new(Vec::<LocalWatcher>::new()));
    let (own, kept, there, notes) = (
        store.clone(),
        Rc::clone(&handles),
        Rc::clone(&inbox),
        log.clone(),
    );
    let first = Purse::COINS.watch(move |coins| {
        notes.note(format_args!("first {}", *coins));
        // Ends its own watch and the second, which was due as well.
        let ended = std::mem::take(&mut *kept.borrow_mut());
        drop(ended);
        let new = Purse::COINS.watch(notes.of("new"));
        kept.borrow_mut().push(own.on(&*there).watch(PURSE, new));
    });
    let second = Purse::COINS.watch(log.of("second")).changes_only();
    let watching = [
        store.on(&*inbox).watch(PURSE, first.changes_only()),
        store.on(&*inbox).watch(PURSE, second),
    ];
    handles.borrow_mut().extend(watching);
    set_coins(&store, [1]);
    inbox.drain();
    log.heard(["first 1", "new: 1"]);
    set_coins(&store, [2]);
    inbox.drain();
    log.heard(["new: 1 -> 2"]);
    handles.borrow_mut().clear();
    set_coins(&store, [3]);
    assert_eq!(inbox.drain(), 0);
}

/// W5, W10: what waits when the handle is dropped is not told.
#[test]
fn w10_what_waits_goes_with_the_handle() {
    let (store, log) = (app(), Log::default());
    let (inbox, _) = inbox();
    let watching = store
        .on(&*inbox)
        .watch(PURSE, Purse::COINS.watch(log.of("coins")).changes_only());
    set_coins(&store, [1]);
    drop(watching);
    assert_eq!(inbox.drain(), 0);
    log.heard([]);
}

/// W7, W10: a detached watcher lives as long as the inbox.
#[test]
fn w10_watchers_end_with_the_inbox() {
    let (store, log) = (app(), Log::default());
    let (inbox, calls) = inbox();
    let watch = || Purse::COINS.watch(log.of("coins")).changes_only();
    store.on(&*inbox).watch(PURSE, watch()).detach();
    let kept = store.on(&*inbox).watch(PURSE, watch());
    set_coins(&store, [1]);
    inbox.drain();
    log.heard(["coins: 0 -> 1", "coins: 0 -> 1"]);
    set_coins(&store, [2]);
    drop(inbox);
    set_coins(&store, [3]);
    assert_eq!(calls.load(SeqCst), 2);
    kept.pause();
    kept.resume();
    assert_eq!(kept.merges(), 0);
    drop(kept);
    log.heard([]);
}

/// W11, W10: the final state is in the inbox when the store is gone.
#[test]
fn w10_an_inbox_outlives_the_store() {
    let (store, log) = (app(), Log::default());
    let (inbox, calls) = inbox();
    let _watching = store
        .on(&*inbox)
        .watch(PURSE, Purse::COINS.watch(log.of("coins")).changes_only());
    set_coins(&store, [1, 2]);
    drop(store);
    assert_eq!(calls.load(SeqCst), 1);
    inbox.drain();
    log.heard(["coins: 0 -> 2"]);
    assert_eq!(inbox.drain(), 0);
}

/// W6, W10: a panic is reported, and the rest is told.
#[test]
fn w10_a_panic_in_an_inbox_is_reported() {
    let log = Log::default();
    let notes = log.clone();
    let store = Store::<App>::builder()
        .on_panic(move |report| {
            assert!(report.by.to_string().contains(file!()), "{}", report.by);
            notes.note(format_args!("@{} {}", report.revision, report.message));
        })
        .build();
    let (inbox, _) = inbox();
    let panicking = Purse::COINS.watch(|coins| assert!(*coins != 1, "one coin"));
    let _watching = [
        store.on(&*inbox).watch(PURSE, panicking),
        store
            .on(&*inbox)
            .watch(PURSE, Purse::COINS.watch(log.of("coins")).changes_only()),
    ];
    set_coins(&store, [1]);
    assert_eq!(inbox.drain(), 2);
    log.heard(["@1 one coin", "coins: 0 -> 1"]);
    set_coins(&store, [2]);
    assert_eq!(inbox.drain(), 2);
    log.heard(["coins: 1 -> 2"]);
}

/// W1, W10: the immediate calls are made here at once, in field order.
#[test]
fn w10_immediate_calls_do_not_wait_for_a_drain() {
    let (store, log) = (app(), Log::default());
    let (inbox, calls) = inbox();
    let watch = User::watch()
        .statuses(log.of("statuses"))
        .nick(log.of("nick"));
    let _watching = store.on(&*inbox).watch(USER, watch);
    log.heard([r#"nick: """#, "statuses: {}"]);
    put(&store, "ann", 1);
    inbox.drain();
    log.heard([r#"statuses: {} -> {"ann": 1}"#]);
    assert_eq!(calls.load(SeqCst), 1);
}

/// W10: one inbox serves several stores, each in its own order.
#[test]
fn w10_one_inbox_serves_several_stores() {
    let (one, other, log) = (app(), app(), Log::default());
    let (inbox, calls) = inbox();
    let coins = |name: &str| Purse::COINS.watch(log.of(name)).changes_only();
    let _watching = [
        one.on(&*inbox).watch(PURSE, coins("one")),
        other.on(&*inbox).watch(PURSE, coins("other")),
    ];
    set_coins(&other, [1]);
    set_coins(&one, [1, 2]);
    assert_eq!(calls.load(SeqCst), 1);
    assert_eq!(inbox.drain(), 2);
    log.heard(["other: 0 -> 1", "one: 0 -> 2"]);
}

/// W5: what callbacks own is dropped where they lived, and may use the inbox.
#[test]
fn w10_what_a_callback_owns_may_use_the_inbox_when_dropped() {
    struct Parting(Rc<Cell<u32>>, Rc<RefCell<Option<LocalWatcher>>>);
    impl Drop for Parting {
        fn drop(&mut self) {
            self.0.set(self.0.get() + 1);
            self.1.take();
        }
    }
    let store = app();
    let (inbox, _) = inbox();
    let gone = Rc::new(Cell::new(0));
    let other = Rc::new(RefCell::new(None));
    let watch = |other: &Rc<RefCell<Option<LocalWatcher>>>| {
        let parting = Parting(Rc::clone(&gone), Rc::clone(other));
        store.on(&*inbox).watch(
            PURSE,
            Purse::COINS.watch(move |_| {
                let _parting = &parting;
            }),
        )
    };
    let first = watch(&other);
    *other.borrow_mut() = Some(watch(&Rc::default()));
    drop(first);
    assert_eq!(gone.get(), 2);
    let kept = [watch(&other), watch(&Rc::default())];
    drop(inbox);
    assert_eq!(gone.get(), 4);
    drop(kept);
}

/// W6: a drop that panics is contained, and the others are dropped.
#[test]
fn w10_a_drop_that_panics_does_not_spoil_the_inbox() {
    struct Angry(Rc<Cell<u32>>);
    impl Drop for Angry {
        fn drop(&mut self) {
            self.0.set(self.0.get() + 1);
            panic!("a drop panics");
        }
    }
    let store = app();
    let (inbox, _) = inbox();
    let gone = Rc::new(Cell::new(0));
    let watch = || {
        let angry = Angry(Rc::clone(&gone));
        store.on(&*inbox).watch(
            PURSE,
            Purse::COINS.watch(move |_| {
                let _angry = &angry;
            }),
        )
    };
    let kept = [watch(), watch(), watch()];
    let [first, ..] = kept;
    drop(first);
    assert_eq!(gone.get(), 1);
    drop(inbox);
    assert_eq!(gone.get(), 3);
}
