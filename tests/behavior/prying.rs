//! W4, R1: code of the program's that the store runs on the way may use the store that runs it, wherever it is called
//! from: it reads, watches and unwatches, and a write is made or refused with an error, and never hangs.

mod hooks;
mod shown;

use std::{
    cell::{Cell, RefCell},
    cmp::Ordering,
    fmt,
    future::Future as _,
    hash::{Hash, Hasher},
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Wake, Waker},
};

use futures::Stream as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::json;
use store::{
    Change, ExecutorGone, Inbox, List, Map, Model, OrdMap, Set, Store, Watch as _, WeakStore, Work,
    WriteError,
};

use crate::support::in_time;

thread_local! {
    static STORE: RefCell<Option<WeakStore<Vault>>> = const { RefCell::new(None) };
    static SEEN: Cell<Seen> = const { Cell::new(Seen { made: 0, refused: 0 }) };
    static IS_PRYING: Cell<bool> = const { Cell::new(false) };
}

/// How many writes from inside were made, and how many were refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Seen {
    made: u32,
    refused: u32,
}

#[derive(Model, Debug)]
struct Vault {
    gold: Prying,
    shelf: Map<Prying, Prying>,
    ledger: OrdMap<Prying, Prying>,
    names: Set<Prying>,
    queue: List<Prying>,
    #[model(derived = count(shelf))]
    count: usize,
    visits: u32,
}

fn count(shelf: &Map<Prying, Prying>) -> usize {
    pry();
    shelf.len()
}

/// Uses every verb. What that runs of the program's does not pry in turn.
fn pry() {
    let store = STORE.with_borrow(|store| store.as_ref().and_then(WeakStore::upgrade));
    let Some(store) = store.filter(|_| !IS_PRYING.replace(true)) else {
        return;
    };
    let revision = store.snapshot_all().revision();
    assert!(store.snapshot(VAULT).revision() >= revision);
    drop(store.watch(VAULT, Vault::watch().visits(|_| {})));
    drop(store.guard(VAULT, |_| Ok(())));
    let write = store.try_update(VAULT, |vault| {
        vault.visits.set(*vault.visits + 1);
        Ok::<_, ()>(())
    });
    let mut seen = SEEN.get();
    match write {
        Ok(()) => seen.made += 1,
        Err(WriteError::Nested(_) | WriteError::Runaway(_)) => seen.refused += 1,
        Err(other) => panic!("{other:?}"),
    }
    SEEN.set(seen);
    IS_PRYING.set(false);
}

/// How the writes went that were tried from inside while `act` ran.
fn pried(act: impl FnOnce()) -> Seen {
    SEEN.set(Seen {
        made: 0,
        refused: 0,
    });
    act();
    SEEN.get()
}

/// A value all of whose code uses the store.
#[derive(Default)]
struct Prying(u32);

impl Drop for Prying {
    fn drop(&mut self) {
        pry();
    }
}

impl Clone for Prying {
    fn clone(&self) -> Self {
        pry();
        Self(self.0)
    }
}

impl PartialEq for Prying {
    fn eq(&self, other: &Self) -> bool {
        pry();
        self.0 == other.0
    }
}

impl Eq for Prying {}

impl Hash for Prying {
    fn hash<H: Hasher>(&self, state: &mut H) {
        pry();
        self.0.hash(state);
    }
}

impl PartialOrd for Prying {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Prying {
    fn cmp(&self, other: &Self) -> Ordering {
        pry();
        self.0.cmp(&other.0)
    }
}

impl fmt::Debug for Prying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        pry();
        self.0.fmt(f)
    }
}

impl Serialize for Prying {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        pry();
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Prying {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        pry();
        u32::deserialize(deserializer).map(Self)
    }
}

/// What the store calls when there is something to read.
struct PryingWaker;

impl Wake for PryingWaker {
    fn wake(self: Arc<Self>) {
        pry();
    }
}

impl Drop for PryingWaker {
    fn drop(&mut self) {
        pry();
    }
}

/// Runs a program with a store of its own, on a thread that is not waited for for ever.
fn prying(program: impl FnOnce(&Store<Vault>) + Send + 'static) {
    in_time(|| {
        // Where a state is copied for a snapshot, each drop of a copy may lead to the next.
        let store = Store::<Vault>::builder().chain_limit(8).build();
        STORE.set(Some(store.downgrade()));
        program(&store);
        STORE.set(None);
    });
}

fn fill(store: &Store<Vault>, number: u32) {
    store.update(VAULT, |vault| {
        vault.gold.set(Prying(number));
        vault.shelf.insert(Prying(number), Prying(number));
        vault.ledger.insert(Prying(number), Prying(number));
        vault.names.insert(Prying(number));
        vault.queue.push_back(Prying(number));
    });
}

#[test]
fn w4_keys_and_values_use_the_store_in_a_write_and_once_it_has_ended() {
    prying(|store| {
        fill(store, 1);
        let kept = store.snapshot(VAULT);
        let seen = pried(|| fill(store, 2));
        assert!(seen.refused > 0, "what the closure needs is in the write");
        drop(kept);
        let seen = pried(|| fill(store, 3));
        assert!(seen.made > 0, "the old gold is dropped after the write");
        assert_eq!(store.snapshot(VAULT).shelf.len(), 3);
    });
}

#[test]
fn w4_keys_and_values_use_the_store_while_it_is_watched() {
    prying(|store| {
        let watches = Vault::watch()
            .gold(|_| pry())
            .shelf(|shelf| assert!(shelf.changes().count() < 4))
            .ledger(|ledger| assert!(ledger.changes().count() < 4))
            .names(|names| assert!(names.changes().count() < 4))
            .queue(|queue| assert!(queue.changes().count() < 4))
            .count(|_| pry());
        let _watching = store.watch(VAULT, watches);
        let key = Vault::SHELF.key(Prying(2));
        let _key = store.watch(VAULT, key.watch(|_| pry()));
        for number in 1..=3 {
            let seen = pried(|| fill(store, number));
            assert!(seen.made > 0, "callbacks may write: {seen:?}");
        }
        store.update(VAULT, |vault| vault.shelf.clear());
        assert_eq!(store.snapshot(VAULT).count, 0);
    });
}

#[test]
fn w4_the_items_of_a_list_use_the_store_however_it_is_edited() {
    prying(|store| {
        let _watching = store.watch(
            VAULT,
            Vault::QUEUE.watch(|queue| assert!(queue.changes().count() < 9)),
        );
        for number in 1..=4 {
            fill(store, number);
        }
        let kept = store.snapshot(VAULT);
        let seen = pried(|| {
            store.update(VAULT, |vault| {
                vault.queue.insert(1, Prying(5));
                vault.queue.move_item(0, 2);
                drop(vault.queue.replace(0, Prying(6)));
                drop(vault.queue.remove(3));
                vault.queue.append([7, 8].map(Prying).into_iter().collect());
                vault.queue.truncate(5);
            });
        });
        assert!(seen.refused > 0 && seen.made > 0, "{seen:?}");
        let now = store.snapshot(VAULT);
        let numbers: Vec<_> = now.queue.iter().map(|one| one.0).collect();
        assert_eq!(numbers, [6, 2, 1, 4, 7]);
        let mut rebuilt = kept.queue.clone();
        let seen = pried(|| rebuilt.apply(&now.queue.diff(&kept.queue)).unwrap());
        assert!(rebuilt == now.queue && seen.made > 0, "{seen:?}");
        let seen = pried(|| {
            drop((kept, now, rebuilt));
            store.update(VAULT, |vault| vault.queue.clear());
        });
        assert!(seen.made > 0, "what is left is dropped: {seen:?}");
    });
}

#[test]
fn w4_a_guard_uses_the_store_and_is_refused_a_write() {
    prying(|store| {
        let _guard = store.guard(VAULT, |_| {
            pry();
            Ok(())
        });
        let seen = pried(|| store.update(VAULT, |vault| vault.visits.set(7)));
        let expected = Seen {
            made: 0,
            refused: 1,
        };
        assert_eq!(seen, expected);
        let _refusing = store.guard(VAULT, |vault| match vault.gold.0 {
            2 => Err("two is refused".into()),
            _ => Ok(()),
        });
        let refused = store.try_update(VAULT, |vault| {
            vault.gold.set(Prying(2));
            Ok::<_, ()>(())
        });
        assert!(matches!(refused, Err(WriteError::Refused(_))));
        assert_eq!(store.snapshot(VAULT).gold.0, 0);
    });
}

#[test]
fn w4_the_function_of_a_derived_field_uses_the_store_and_is_refused_a_write() {
    prying(|store| {
        fill(store, 1);
        let same = store.snapshot(VAULT).shelf.clone();
        let seen = pried(|| {
            store.update(VAULT, |vault| vault.shelf.remove(&Prying(1)));
        });
        assert!(seen.refused > 0, "{seen:?}");
        assert_eq!((same.len(), store.snapshot(VAULT).count), (1, 0));
    });
}

#[test]
fn w4_what_is_read_and_written_as_text_uses_the_store() {
    prying(|store| {
        let text = store.text();
        let seen = pried(|| assert_eq!(text.read("vault", "gold").unwrap(), json!(0)));
        assert!(seen.made > 0 && seen.refused == 0, "{seen:?}");
        let seen = pried(|| text.write("vault", "gold", json!(5)).unwrap());
        assert!(seen.made > 0, "it is parsed before the write: {seen:?}");
        pried(|| drop(text.write("vault", "gold", json!("five")).unwrap_err()));
        let watching = text.watch("vault", "gold", |_| pry()).unwrap();
        let seen = pried(|| fill(store, 6));
        assert!(seen.made > 0, "{seen:?}");
        drop(watching);
        text.reset("vault", "gold").unwrap();
        assert_eq!(text.read("vault", "gold").unwrap(), json!(0));
    });
}

#[test]
fn w4_a_waker_uses_the_store_when_it_is_woken_and_when_it_is_dropped() {
    prying(|store| {
        let mut counts = store.stream(VAULT, Vault::COUNT);
        while counts.try_next().is_some() {}
        for number in 1..=2 {
            let waker = Waker::from(Arc::new(PryingWaker));
            let polled = Pin::new(&mut counts).poll_next(&mut Context::from_waker(&waker));
            assert!(polled.is_pending());
            drop(waker);
            let seen = pried(|| fill(store, number));
            assert!(seen.made > 0, "{seen:?}");
            assert_eq!(counts.try_next().as_deref(), Some(&(number as usize)));
        }
        let waker = Waker::from(Arc::new(PryingWaker));
        let told = store.told(store.revision() + 1);
        let told = pin!(told).poll(&mut Context::from_waker(&waker));
        assert!(told.is_pending(), "nothing was written yet");
        drop(waker);
        fill(store, 3);
    });
}

#[test]
fn w4_an_executor_uses_the_store_whether_or_not_it_runs_what_it_is_given() {
    prying(|store| {
        let refuse = |work: Work| -> Result<(), ExecutorGone> {
            pry();
            drop(work);
            pry();
            Err(ExecutorGone)
        };
        let at_once = |work: Work| -> Result<(), ExecutorGone> {
            pry();
            work.run();
            Ok(())
        };
        let abandoned = store
            .on(refuse)
            .watch(VAULT, Vault::watch().gold(|_| pry()));
        let watching = store
            .on(at_once)
            .watch(VAULT, Vault::watch().gold(|_| pry()));
        let seen = pried(|| fill(store, 1));
        assert!(seen.made > 1, "{seen:?}");
        watching.pause();
        fill(store, 2);
        watching.resume();
        drop((abandoned, watching));
    });
}

#[test]
fn w4_what_an_inbox_calls_uses_the_store() {
    prying(|store| {
        let inbox = Inbox::new(pry);
        let _watching = store
            .on(&inbox)
            .watch(VAULT, Vault::watch().gold(|_| pry()).changes_only());
        let seen = pried(|| fill(store, 1));
        assert!(seen.made > 0, "{seen:?}");
        let seen = pried(|| assert_eq!(inbox.drain(), 1));
        assert!(seen.made > 0, "{seen:?}");
    });
}

#[test]
fn w4_what_a_panic_carries_uses_the_store_when_it_is_dropped() {
    prying(|store| {
        let panic = |gold: Change<'_, Prying>| {
            if gold.0 > 0 {
                std::panic::panic_any(PryingPayload);
            }
        };
        let _watching = store.watch(VAULT, Vault::watch().gold(panic));
        let seen = pried(|| store.update(VAULT, |vault| vault.gold.set(Prying(1))));
        assert_eq!(seen.refused, 1, "the old gold is compared in the write");
        assert!(seen.made > 1, "the payload and the old gold: {seen:?}");
    });
}

struct PryingPayload;

impl Drop for PryingPayload {
    fn drop(&mut self) {
        pry();
    }
}
