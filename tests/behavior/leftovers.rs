//! T1, W4: what a write leaves over is dropped with it, whatever became of the write.

use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use store::{Model, Store, Stores};

/// Holds a token, by which it is seen to be alive. Thirteen cannot be compared.
#[derive(Clone, Default)]
struct Animal(u32, Option<Arc<()>>);

impl PartialEq for Animal {
    fn eq(&self, other: &Self) -> bool {
        assert_ne!(other.0, 13, "cannot be compared");
        self.0 == other.0
    }
}

#[derive(Model)]
struct Zoo {
    number: u32,
    animal: Animal,
    #[model(derived = twin(number, animal))]
    twin: Animal,
    other: Animal,
}

fn twin(number: &u32, animal: &Animal) -> Animal {
    Animal(100 * (number + 1) + animal.0, animal.1.clone())
}

/// Does all that may become of a write; after each, only what is committed is alive.
fn check(store: &Store<Zoo>) {
    let token = Arc::new(());
    let animal = |number| Animal(number, Some(Arc::clone(&token)));
    let alive = || Arc::strong_count(&token) - 1;

    store.update(ZOO, |zoo| zoo.animal.set(animal(1)));
    assert_eq!(alive(), 2, "the animal and its twin");
    store.update(ZOO, |zoo| zoo.animal.set(animal(1)));
    assert_eq!(alive(), 2, "what is equal is dropped");
    store.update(ZOO, |zoo| zoo.animal.set(animal(2)));
    assert_eq!(alive(), 2, "what was replaced is dropped");
    store.update(ZOO, |zoo| zoo.number.set(7));
    assert_eq!(alive(), 2, "and a derived value that was replaced");

    let failed = store.try_update(ZOO, |zoo| {
        zoo.animal.set(animal(3));
        Err::<(), _>("no room")
    });
    assert!(failed.is_err());
    assert_eq!(alive(), 2, "what was given up is dropped");
    let guard = store.guard(ZOO, |_| Err("closed".into()));
    let refused = store.try_update(ZOO, |zoo| {
        zoo.animal.set(animal(3));
        Ok::<_, ()>(())
    });
    assert!(refused.is_err());
    drop(guard);
    assert_eq!(alive(), 2, "what was refused is dropped");
    for panics in [true, false] {
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            store.update(ZOO, |zoo| {
                zoo.animal.set(animal(3));
                zoo.other.set(animal(13));
                assert!(!panics, "the closure panics, or else the comparison");
            });
        }));
        assert!(panicked.is_err());
        assert_eq!(alive(), 2, "what was written before a panic is dropped");
    }

    let kept = store.snapshot(ZOO);
    store.update(ZOO, |zoo| zoo.animal.set(animal(4)));
    assert_eq!(alive(), 4, "a snapshot keeps what it shows");
    drop(kept);
    assert_eq!(alive(), 2);
    store.reset(ZOO);
    assert_eq!(alive(), 0);
}

#[test]
fn t1_w4_nothing_outlives_a_write_but_what_is_committed() {
    check(&Store::new());
}

#[test]
fn t1_w4_nothing_outlives_a_write_that_was_told() {
    let store = Store::<Zoo>::new();
    let _watching = store.watch(ZOO, Zoo::watch().animal(|_| {}).twin(|_| {}).number(|_| {}));
    check(&store);
}

thread_local! {
    static DROPS_PANIC: Cell<bool> = const { Cell::new(false) };
}

/// Differs always, and cannot always be dropped.
#[derive(Clone, Default)]
struct Bomb;

impl PartialEq for Bomb {
    fn eq(&self, _: &Self) -> bool {
        false
    }
}

impl Drop for Bomb {
    fn drop(&mut self) {
        assert!(!DROPS_PANIC.take(), "cannot be dropped");
    }
}

#[derive(Model)]
struct Cellar {
    bomb: Bomb,
    bottle: Animal,
}

#[derive(Model)]
struct Attic {
    trunk: Animal,
}

#[derive(Stores)]
struct House {
    cellar: Cellar,
    attic: Attic,
}

#[test]
fn r1_a_value_whose_drop_panics_keeps_no_other_alive() {
    let store = Store::<House>::new();
    let token = Arc::new(());
    let furnish = |number| {
        let furnished = store.transaction(|house| {
            house.on(CELLAR).bomb.set(Bomb);
            let animal = || Animal(number, Some(Arc::clone(&token)));
            house.on(CELLAR).bottle.set(animal());
            house.on(ATTIC).trunk.set(animal());
            DROPS_PANIC.set(number > 1);
            Ok::<_, ()>(())
        });
        furnished.unwrap();
    };
    furnish(1);
    furnish(2);
    assert!(!DROPS_PANIC.get());
    assert_eq!(Arc::strong_count(&token) - 1, 2, "only what is committed");
}

#[test]
fn d1_r1_a_derived_value_whose_drop_panics_harms_nobody() {
    let store = Store::<Cellar>::new();
    let bomb = store.derive(Cellar::BOTTLE, |bottle| (bottle.0, Bomb));
    DROPS_PANIC.set(true);
    store.update(CELLAR, |cellar| cellar.bottle.set(Animal(1, None)));
    assert!(!DROPS_PANIC.get(), "what it was before is dropped");
    assert_eq!(store.derived(&bomb).0, 1);
}
