//! W4, W6: who listens to reports of panics uses the store: the hook, and a subscriber of `tracing`.

use std::cell::{Cell, RefCell};

use store::{Change, ExecutorGone, Store, Watcher, Work};
use tracing::{
    Dispatch, Event, Metadata,
    span::{Attributes, Id, Record},
};

use super::{
    Bank,
    CallOut::*,
    Prying, VAULT, Vault,
    call_out::{Fate, pried},
    fill, pry, prying_with,
};

thread_local! {
    /// Watchers that the hook ends when it is called next.
    static TO_END: RefCell<Vec<Watcher>> = const { RefCell::new(Vec::new()) };
    /// How often a subscriber of `tracing` was called.
    static EVENTS: Cell<u32> = const { Cell::new(0) };
}

/// Hears what is reported, on a thread that it is set for.
struct PryingSubscriber;

impl tracing::Subscriber for PryingSubscriber {
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
        pry(Subscriber);
    }

    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// Runs a program with a store whose hook does `hook`.
#[track_caller]
fn hooked(hook: impl Fn() + Send + Sync + 'static, program: fn(&Store<Bank>)) {
    prying_with(move |builder| builder.on_panic(move |_| hook()), program);
}

/// A callback that panics when it is told of a change.
fn panicking(gold: Change<'_, Prying>) {
    assert!(gold.is_initial(), "gold");
}

#[test]
fn w6_the_panic_hook_reads_writes_watches_and_unwatches() {
    let hook = || {
        pry(PanicHook);
        TO_END.take();
    };
    hooked(hook, |store| {
        let first = store.watch(VAULT, Vault::watch().gold(panicking));
        let second = store.watch(VAULT, Vault::watch().gold(panicking));
        TO_END.set(vec![first, second]);
        let seen = pried(|| store.update(VAULT, |vault| vault.gold.set(Prying(1))));
        assert_eq!(seen.fates(PanicHook), [Fate::Made]);
        let visits = store.snapshot(VAULT).visits;
        let seen = pried(|| store.update(VAULT, |vault| vault.gold.set(Prying(2))));
        assert_eq!(seen.fates(PanicHook), [], "both were ended");
        assert_eq!(store.snapshot(VAULT).visits, visits + 1);
    });
}

#[test]
fn w6_the_panic_hook_uses_the_store_when_a_derived_value_panics() {
    hooked(
        || pry(PanicHook),
        |store| {
            let _broken = store.derive(Vault::VISITS, |visits| assert!(*visits != 7, "seven"));
            let seen = pried(|| store.update(VAULT, |vault| vault.visits.set(7)));
            assert_eq!(seen.fates(PanicHook), [Fate::Made]);
            assert_eq!(store.snapshot(VAULT).visits, 8);
        },
    );
}

#[test]
fn w6_who_listens_to_tracing_uses_the_store() {
    hooked(
        || {},
        |store| {
            // Were there one subscriber only, a thread that has none could say for all that nobody listens.
            let _other = Dispatch::new(PryingSubscriber);
            tracing::subscriber::with_default(PryingSubscriber, || {
                let watching = store.watch(VAULT, Vault::watch().gold(panicking));
                pried(|| fill(store, 1)).made(&[Subscriber]);
                assert_eq!(EVENTS.get(), 1, "the panic");
                drop(watching);
                // It is said of a watcher that it is not told any more.
                let gone = |work: Work| -> Result<(), ExecutorGone> {
                    drop(work);
                    Err(ExecutorGone)
                };
                let _stranded = store.on(gone).watch(VAULT, Vault::VISITS.watch(|_| {}));
                let seen = pried(|| store.update(VAULT, |vault| vault.visits.set(50)));
                seen.made(&[Subscriber]);
                assert!(store.snapshot(VAULT).visits > 50);
                assert_eq!(EVENTS.get(), 2, "nobody is told any more");
            });
        },
    );
}
