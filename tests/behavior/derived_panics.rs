//! D1, W6: the function of a derived field panics.

use std::{cell::Cell, sync::Arc};

use parking_lot::Mutex;
use store::{Change, Map, MapChange, Model, PanicReport, PanicSource, Store, Watch, WeakStore};

use crate::{
    derived::{computed, computing},
    support::{Log, in_time, panic_of},
};

thread_local! {
    static BROKEN: Cell<bool> = const { Cell::new(false) };
}

fn may_break(field: &'static str) {
    computing(field);
    assert!(!BROKEN.get(), "{field} is broken");
}

#[derive(Model, Debug)]
struct Shop {
    stock: Map<u8, u32>,
    name: String,
    #[model(folded = count(stock))]
    count: u32,
    #[model(derived = shown(count, name))]
    shown: String,
    #[model(derived = largest(stock))]
    largest: u32,
}

fn count(last: u32, stock: Change<'_, Map<u8, u32>>) -> u32 {
    let all = if stock.is_initial() {
        "count all"
    } else {
        "count"
    };
    let count = stock.changes().fold(last, |count, change| match change {
        MapChange::Inserted { value, .. } => count + value,
        MapChange::Updated { old, new, .. } => count + new - old,
        MapChange::Removed { old, .. } => count - old,
    });
    may_break(all);
    count
}

fn shown(count: &u32, name: &str) -> String {
    computing("shown");
    format!("{name}: {count}")
}

fn largest(stock: &Map<u8, u32>) -> u32 {
    may_break("largest");
    stock.values().copied().max().unwrap_or(0)
}

/// A shop with five in stock, whose hook notes each report.
fn shop() -> (Store<Shop>, Arc<Mutex<Vec<PanicReport>>>) {
    let reports = Arc::new(Mutex::new(Vec::new()));
    let hook = Arc::clone(&reports);
    let store = Store::builder()
        .on_panic(move |report| hook.lock().push(report.clone()))
        .build();
    put(&store, 1, 5);
    computed();
    (store, reports)
}

#[track_caller]
fn put(store: &Store<Shop>, item: u8, pieces: u32) {
    store.update(SHOP, |shop| shop.stock.insert(item, pieces));
}

fn broken<R>(work: impl FnOnce() -> R) -> R {
    BROKEN.set(true);
    let result = work();
    BROKEN.set(false);
    result
}

#[test]
fn d1_a_function_that_panics_leaves_the_last_value_and_the_commit_is_made() {
    let (store, reports) = shop();
    let log = Log::default();
    let watch = Shop::watch()
        .count(log.of("count"))
        .largest(log.of("largest"));
    let _watching = store.watch(SHOP, watch.changes_only());
    broken(|| {
        store.update(SHOP, |shop| {
            shop.stock.insert(2, 7);
            shop.name.set("corner".to_owned());
        });
    });
    let now = store.snapshot(SHOP);
    assert_eq!((now.revision(), now.stock.len()), (2, 2));
    assert_eq!((now.count, now.largest), (5, 5), "as before");
    assert_eq!(now.shown, "corner: 5", "computed of what its inputs are");
    log.heard([]);
    let reports = reports.lock();
    let [count, largest] = &reports[..] else {
        panic!("{reports:?}");
    };
    let of = |field| PanicSource::DerivedField {
        store: "shop",
        field,
    };
    assert_eq!((count.by, count.revision), (of("count"), 2));
    assert_eq!(
        (largest.by, &*largest.message),
        (of("largest"), "largest is broken")
    );
    assert_eq!(
        largest.to_string(),
        "the derived field `shop.largest` panicked in commit 2: largest is broken"
    );
}

/// D1: a fold that missed a step starts anew, once, at the next commit that changes its input.
#[test]
fn d1_a_fold_that_panicked_starts_anew() {
    let (store, _) = shop();
    broken(|| put(&store, 2, 7));
    broken(|| put(&store, 3, 1));
    assert_eq!(computed(), "count largest count all largest");
    store.update(SHOP, |shop| shop.name.push('!'));
    assert_eq!((&*computed(), store.snapshot(SHOP).count), ("shown", 5));
    put(&store, 4, 1);
    assert_eq!(computed(), "count all shown largest");
    assert_eq!(
        (store.snapshot(SHOP).count, store.snapshot(SHOP).largest),
        (14, 7)
    );
    put(&store, 5, 1);
    assert_eq!(
        (&*computed(), store.snapshot(SHOP).count),
        ("count shown largest", 15)
    );
}

/// D1, T1: a write that is taken back does not count as a step, whether it was missed or made up for.
#[test]
fn d1_a_write_without_a_trace_leaves_a_fold_as_far_as_it_was() {
    let (store, reports) = shop();
    let bomb = |shop: &mut ShopDraft<'_>| {
        shop.stock.insert(9, 9);
        Err::<(), _>(())
    };
    broken(|| store.try_update(SHOP, bomb)).unwrap_err();
    assert!(reports.lock().is_empty());
    put(&store, 2, 1);
    assert_eq!(
        (&*computed(), store.snapshot(SHOP).count),
        ("count shown largest", 6)
    );
    broken(|| put(&store, 3, 1));
    store.try_update(SHOP, bomb).unwrap_err();
    computed();
    put(&store, 4, 1);
    assert_eq!(
        (&*computed(), store.snapshot(SHOP).count),
        ("count all shown largest", 8)
    );
}

/// D1, R4: the hook is called when the write is over: it may write, also what panics again.
#[test]
fn d1_the_hook_may_write_and_a_chain_that_feeds_itself_comes_to_a_stop() {
    in_time(|| {
        let slot = Arc::new(Mutex::new(None::<WeakStore<Shop>>));
        let own = Arc::clone(&slot);
        let hook = move |_: &PanicReport| {
            let store = own.lock().as_ref().unwrap().upgrade().unwrap();
            store.update(SHOP, |shop| {
                let next = shop.stock.len() as u8;
                shop.stock.insert(next, 1);
            });
        };
        let store = Store::<Shop>::builder()
            .chain_limit(10)
            .on_panic(hook)
            .build();
        *slot.lock() = Some(store.downgrade());
        broken(|| store.update(SHOP, |shop| shop.stock.insert(0, 1)));
        assert!(store.snapshot(SHOP).stock.len() > 10);
    });
}

/// D1: there is no last value yet, so whoever makes the store hears of it.
#[test]
fn d1_a_function_that_panics_at_the_first_values_is_the_makers_panic() {
    let said = broken(|| panic_of(|| drop(Store::<Shop>::new())));
    assert_eq!(said, "count all is broken");
    computed();
}

thread_local! {
    static UNEQUAL: Cell<bool> = const { Cell::new(false) };
}

#[derive(Clone, Debug)]
struct Brittle(u32);

impl PartialEq for Brittle {
    fn eq(&self, other: &Self) -> bool {
        assert!(!UNEQUAL.get(), "not to be compared");
        self.0 == other.0
    }
}

#[derive(Model, Debug)]
struct Shelf {
    weight: u32,
    #[model(derived = wrap(weight))]
    wrapped: Brittle,
}

fn wrap(weight: &u32) -> Brittle {
    Brittle(*weight)
}

/// D1: what is computed cannot be compared with the last value.
#[test]
fn d1_a_comparison_that_panics_counts_as_the_function() {
    let log = Log::default();
    let notes = log.clone();
    let store = Store::<Shelf>::builder()
        .on_panic(move |report| notes.note(report))
        .build();
    UNEQUAL.set(true);
    store.update(SHELF, |shelf| shelf.weight.set(1));
    UNEQUAL.set(false);
    log.heard(["the derived field `shelf.wrapped` panicked in commit 1: not to be compared"]);
    let shelf = store.snapshot(SHELF);
    assert_eq!((shelf.weight, shelf.wrapped.0), (1, 0));
    store.update(SHELF, |shelf| shelf.weight.set(2));
    assert_eq!(store.snapshot(SHELF).wrapped.0, 2);
}
