//! T6: when two values count as the same.

use std::sync::Arc;

use store::{Map, Model, Store, same};

use crate::{
    app::{USER, User, app},
    support::{Log, in_time},
};

#[derive(Model)]
struct Rules {
    by_value: i32,
    #[model(same = same::by_pointer)]
    by_pointer: Arc<i32>,
    #[model(same = same::never)]
    never: i32,
    #[model(same = |old: &i32, new: &i32| old / 10 == new / 10)]
    own: i32,
}

/// What writing equal and nearly equal values tells, field by field.
#[test]
fn t6_each_field_has_its_own_rule_of_sameness() {
    let (store, log) = (Store::<Rules>::new(), Log::default());
    let _watching = store.watch(
        RULES,
        Rules::watch()
            .by_value(log.of("by_value"))
            .by_pointer(log.of("by_pointer"))
            .never(log.of("never"))
            .own(log.of("own")),
    );
    log.heard(["by_value: 0", "by_pointer: 0", "never: 0", "own: 0"]);
    store.update(RULES, |rules| {
        rules.by_value.set(0);
        let same = Arc::clone(&rules.by_pointer);
        rules.by_pointer.set(same);
        rules.own.set(9);
    });
    log.heard([]);
    store.update(RULES, |rules| {
        rules.by_pointer.set(Arc::new(0));
        rules.never.set(0);
        rules.own.set(10);
    });
    log.heard(["by_pointer: 0 -> 0", "never: 0 -> 0", "own: 0 -> 10"]);
}

/// A field that is always different still stays silent where nobody wrote it.
#[test]
fn t6_always_different_means_every_write_of_it() {
    let (store, log) = (Store::<Rules>::new(), Log::default());
    let _watching = store.watch(RULES, Rules::watch().never(log.of("never")));
    store.update(RULES, |rules| rules.by_value.set(1));
    log.heard(["never: 0"]);
}

/// T6: a collection may have a rule of its own too; what counts as the same is not written.
#[test]
fn t6_a_map_may_have_its_own_rule() {
    #[derive(Model)]
    struct Seats {
        #[model(same = |old: &Map<u8, u8>, new: &Map<u8, u8>| old.len() == new.len())]
        taken: Map<u8, u8>,
    }
    let (store, log) = (Store::<Seats>::new(), Log::default());
    let _watching = store.watch(
        SEATS,
        (
            Seats::TAKEN.watch(log.of("taken")),
            Seats::TAKEN.key(1).watch(log.key()),
        ),
    );
    store.update(SEATS, |seats| seats.taken.insert(1, 1));
    store.update(SEATS, |seats| seats.taken.insert(1, 2));
    store.update(SEATS, |seats| {
        seats.taken.remove(&1);
        seats.taken.insert(2, 2);
    });
    log.heard(["taken: {}", "1: -", "taken: {} -> {1: 1}", "1: - -> 1"]);
    store.update(SEATS, |seats| seats.taken.clear());
    log.heard(["taken: {1: 1} -> {}", "1: 1 -> -"]);
}

#[test]
fn t6_nan_is_the_same_as_itself() {
    let (store, log) = (app(), Log::default());
    let _watching = store.watch(USER, User::watch().volume(log.of("volume")));
    store.update(USER, |user| user.volume.set(f64::NAN));
    store.update(USER, |user| user.volume.set(-f64::NAN));
    store.update(USER, |user| user.volume.set(1.0));
    log.heard(["volume: 0.0", "volume: 0.0 -> NaN", "volume: NaN -> 1.0"]);
}

/// T6: in a collection too, for its watchers and those of its keys.
#[test]
fn t6_nan_is_the_same_inside_a_map() {
    #[derive(Model)]
    struct Gauges {
        levels: Map<u8, f64>,
    }
    let (store, log) = (Store::<Gauges>::new(), Log::default());
    let watches = (
        Gauges::LEVELS.watch(log.of("levels")),
        Gauges::LEVELS.key(1).watch(log.key()),
    );
    let _watching = store.watch(GAUGES, watches);
    log.take();
    store.update(GAUGES, |gauges| gauges.levels.insert(1, f64::NAN));
    log.heard(["levels: {} -> {1: NaN}", "1: - -> NaN"]);
    store.update(GAUGES, |gauges| gauges.levels.insert(1, f64::NAN));
    store.update(GAUGES, |gauges| gauges.levels.set([(1, f64::NAN)].into()));
    log.heard([]);
    assert_eq!(store.revision(), 1);
}

/// T6: so a watcher that writes back what it hears comes to rest.
#[test]
fn nan_cannot_loop() {
    in_time(|| {
        let store = app();
        let writer = store.downgrade();
        let _watching = store.watch(
            USER,
            User::watch().volume(move |volume| {
                let store = writer.upgrade().unwrap();
                store.update(USER, |user| user.volume.set(*volume));
            }),
        );
        store.update(USER, |user| user.volume.set(f64::NAN));
        assert_eq!(store.revision(), 1);
    });
}

/// T6: same pointer first, so a value that was not touched is not compared.
#[test]
fn what_shares_its_memory_is_the_same_without_comparing() {
    #[derive(Clone)]
    struct Incomparable;
    impl PartialEq for Incomparable {
        fn eq(&self, _: &Self) -> bool {
            panic!("compared");
        }
    }
    #[derive(Model)]
    struct Odd {
        items: Map<u8, Incomparable>,
    }
    let store = Store::<Odd>::new();
    store.update(ODD, |odd| odd.items.insert(1, Incomparable));
    store.update(ODD, |odd| {
        let same = (*odd.items).clone();
        odd.items.set(same);
    });
    assert_eq!(store.revision(), 1);
}
