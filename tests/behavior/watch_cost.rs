//! W9, T5: what a commit costs, counted rather than timed.

use std::{
    cell::Cell,
    cmp::Ordering,
    hash::{Hash, Hasher},
};

use store::{Model, OrdMap, Store, Watcher};

thread_local! {
    static COMPARISONS: Cell<usize> = const { Cell::new(0) };
}

fn count() {
    COMPARISONS.set(COMPARISONS.get() + 1);
}

/// A key and a value that count how often they are compared on this thread.
#[derive(Clone, Debug)]
struct Counted(u32);

impl PartialEq for Counted {
    fn eq(&self, other: &Self) -> bool {
        count();
        self.0 == other.0
    }
}

impl Eq for Counted {}

impl PartialOrd for Counted {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Counted {
    fn cmp(&self, other: &Self) -> Ordering {
        count();
        self.0.cmp(&other.0)
    }
}

impl Hash for Counted {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.0.hash(hasher);
    }
}

#[derive(Model)]
struct Users {
    online: bool,
    statuses: OrdMap<Counted, Counted>,
}

const MANY: u32 = 100_000;

fn users(entries: u32) -> Store<Users> {
    let store = Store::<Users>::new();
    let statuses = (0..entries).map(|n| (Counted(n), Counted(0))).collect();
    store.update(USERS, |users| users.statuses.set(statuses));
    store
}

/// How many comparisons `write` takes, told watchers included.
fn cost(write: impl FnOnce()) -> usize {
    let before = COMPARISONS.get();
    write();
    COMPARISONS.get() - before
}

/// One status of one user.
fn set_one(store: &Store<Users>) {
    store.update(USERS, |users| users.statuses.insert(Counted(7), Counted(1)));
}

/// Watchers of keys that are never written.
fn watch_others(store: &Store<Users>, how_many: u32) -> Vec<Watcher> {
    let unheard = |change: store::KeyChange<'_, _, _>| assert!(change.is_initial());
    let watch = |n| store.watch(USERS, Users::STATUSES.key(Counted(1000 + n)).watch(unheard));
    (0..how_many).map(watch).collect()
}

/// W9: a thousand times as many watchers of other keys, a few comparisons more for the look-up.
#[test]
fn watchers_of_other_keys_cost_a_commit_nothing() {
    let cost_among = |how_many| {
        let store = users(100);
        let _watching = watch_others(&store, how_many);
        cost(|| set_one(&store))
    };
    let (few, many) = (cost_among(100), cost_among(MANY));
    assert!(
        many <= few + 40,
        "{few} comparisons among 100 watchers, {many} among {MANY}"
    );
}

/// W9
#[test]
fn watchers_of_other_ranges_cost_a_commit_nothing() {
    let cost_among = |how_many: u32| {
        let store = users(100);
        let watch = |n: u32| {
            let range = Counted(1000 + 2 * n)..Counted(1002 + 2 * n);
            store.watch(
                USERS,
                Users::STATUSES
                    .range(range)
                    .watch(|range| assert!(range.is_initial())),
            )
        };
        let _watching: Vec<_> = (0..how_many).map(watch).collect();
        cost(|| set_one(&store))
    };
    let (few, many) = (cost_among(100), cost_among(10_000));
    assert!(
        many <= few + 200,
        "{few} comparisons among 100 ranges, {many} among 10,000"
    );
}

/// W9: also where a write went past the verbs, so that the difference has to be looked for.
#[test]
fn watchers_of_other_keys_cost_an_unrecorded_write_nothing() {
    let cost_among = |how_many| {
        let store = users(100);
        let _watching = watch_others(&store, how_many);
        cost(|| {
            store.update(USERS, |users| {
                let statuses: &mut OrdMap<_, _> = &mut users.statuses;
                statuses.insert(Counted(7), Counted(1));
            });
        })
    };
    let (few, many) = (cost_among(100), cost_among(10_000));
    assert!(
        many <= few + 100,
        "{few} comparisons among 100 watchers, {many} among 10,000"
    );
}

/// W9: a map is replaced as a whole: the watcher of one key has that key looked up, no more.
#[test]
fn a_watched_key_of_a_replaced_map_costs_a_look_up() {
    let store = users(10_000);
    let _watching = store.watch(USERS, Users::STATUSES.key(Counted(7)).watch(|_| {}));
    let other = (0..10_000).map(|n| (Counted(n), Counted(1))).collect();
    let found = cost(|| store.update(USERS, |users| users.statuses.set(other)));
    assert!(found < 1000, "{found} comparisons to look one key up");
}

/// W9: nor do watchers of another field.
#[test]
fn watchers_of_keys_cost_a_commit_of_another_field_nothing() {
    let store = users(100);
    let _watching = watch_others(&store, 1000);
    assert_eq!(
        cost(|| store.update(USERS, |users| users.online.set(true))),
        0
    );
}

/// T5, W9: recorded as it is written, a change of a large map is told without walking the map.
#[test]
fn a_change_costs_what_changed_not_what_there_is() {
    let cost_of = |entries| {
        let store = users(entries);
        let _watching = (
            store.watch(
                USERS,
                Users::watch().statuses(|change| assert!(change.changes().count() > 0)),
            ),
            store.watch(USERS, Users::STATUSES.key(Counted(7)).watch(|_| {})),
        );
        cost(|| set_one(&store))
    };
    let (small, large) = (cost_of(100), cost_of(MANY));
    assert!(
        large <= small * 4,
        "{small} comparisons of 100 entries, {large} of {MANY}"
    );
}

/// T5: two snapshots of any age differ at the cost of what differs.
#[test]
fn snapshots_are_diffed_at_the_cost_of_the_difference() {
    let store = users(MANY);
    let old = store.snapshot(USERS);
    (0..10).for_each(|n| {
        store.update(USERS, |users| {
            users.statuses.insert(Counted(n * 9000), Counted(1))
        });
    });
    let new = store.snapshot(USERS);
    let found = cost(|| assert_eq!(new.statuses.diff(&old.statuses).len(), 10));
    assert!(
        found < 10_000,
        "{found} comparisons for 10 changes of {MANY}"
    );
}

/// T6, W9: an equal write of one entry compares that entry, not the map.
#[test]
fn writing_an_equal_value_compares_one_entry() {
    let store = users(MANY);
    let revision = store.revision();
    let compared = cost(|| {
        store.update(USERS, |users| users.statuses.insert(Counted(7), Counted(0)));
    });
    assert_eq!(store.revision(), revision);
    assert!(compared < 200, "{compared} comparisons");
}
