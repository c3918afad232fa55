//! W4, W6: who listens to reports of panics uses the store: the hook, and a subscriber of `tracing`.

use std::cell::{Cell, RefCell};

use store::{Change, ExecutorGone, Store, Watcher, Work};
use tracing::{
    Event, Metadata, Subscriber,
    span::{Attributes, Id, Record},
};

use super::{Prying, STORE, VAULT, Vault, fill, pried, pry};
use crate::support::in_time;

thread_local! {
    /// Watchers that the hook ends when it is called next.
    static TO_END: RefCell<Vec<Watcher>> = const { RefCell::new(Vec::new()) };
    /// How often a subscriber of `tracing` was called.
    static EVENTS: Cell<u32> = const { Cell::new(0) };
}

/// Hears what is reported, on a thread that it is set for.
struct PryingSubscriber;

impl Subscriber for PryingSubscriber {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {
        EVENTS.set(EVENTS.get() + 1);
        pry();
    }

    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// Runs a program with a store whose hook does `hook`.
fn hooked(hook: impl Fn() + Send + Sync + 'static, program: fn(&Store<Vault>)) {
    in_time(move || {
        let store = Store::builder().on_panic(move |_| hook()).build();
        STORE.set(Some(store.downgrade()));
        program(&store);
        STORE.set(None);
    });
}

/// A callback that panics when it is told of a change.
fn panicking(gold: Change<'_, Prying>) {
    assert!(gold.is_initial(), "gold");
}

#[test]
fn w6_the_panic_hook_reads_writes_watches_and_unwatches() {
    let hook = || {
        pry();
        TO_END.take();
    };
    hooked(hook, |store| {
        let first = store.watch(VAULT, Vault::watch().gold(panicking));
        let second = store.watch(VAULT, Vault::watch().gold(panicking));
        TO_END.set(vec![first, second]);
        let seen = pried(|| store.update(VAULT, |vault| vault.gold.set(Prying(1))));
        assert_eq!(seen.refused, 1, "the old gold is compared in the write");
        assert!(seen.made > 1, "the hook and the old gold: {seen:?}");
        let visits = store.snapshot(VAULT).visits;
        let seen = pried(|| store.update(VAULT, |vault| vault.gold.set(Prying(2))));
        assert_eq!(
            seen.made, 1,
            "both were ended, and only the old gold is left"
        );
        assert_eq!(store.snapshot(VAULT).visits, visits + 1);
    });
}

#[test]
fn w6_the_panic_hook_uses_the_store_when_a_derived_value_panics() {
    hooked(pry, |store| {
        let _broken = store.derive(Vault::VISITS, |visits| assert!(*visits != 7, "seven"));
        let seen = pried(|| store.update(VAULT, |vault| vault.visits.set(7)));
        assert_eq!((seen.made, seen.refused), (1, 0));
        assert_eq!(store.snapshot(VAULT).visits, 8);
    });
}

#[test]
fn w6_who_listens_to_tracing_uses_the_store() {
    hooked(
        || {},
        |store| {
            tracing::subscriber::with_default(PryingSubscriber, || {
                let watching = store.watch(VAULT, Vault::watch().gold(panicking));
                let seen = pried(|| fill(store, 1));
                assert!(seen.made > 0, "{seen:?}");
                assert_eq!(EVENTS.get(), 1, "the panic");
                drop(watching);
                // It is said of a watcher that it is not told any more.
                let gone = |work: Work| -> Result<(), ExecutorGone> {
                    drop(work);
                    Err(ExecutorGone)
                };
                let _stranded = store.on(gone).watch(VAULT, Vault::VISITS.watch(|_| {}));
                let seen = pried(|| store.update(VAULT, |vault| vault.visits.set(50)));
                assert!(seen.made > 0 && store.snapshot(VAULT).visits > 50);
                assert_eq!(EVENTS.get(), 2, "nobody is told any more");
            });
        },
    );
}
