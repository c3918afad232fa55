//! D1: folded fields: a step per commit, and never another value than all there is would give.

use std::cell::Cell;

use proptest::{collection::vec, prelude::*};
use store::{Change, List, ListEdit, Map, MapChange, Model, Store, Watch};

use crate::{
    derived::{computed, computing},
    support::{Log, elsewhere, entries, signal},
};

/// What was bought, and what it comes to.
#[derive(Model, Debug)]
struct Cart {
    prices: Map<u8, u64>,
    discounts: Map<u8, u64>,
    note: String,
    #[model(folded = sum(prices), default = 1000)]
    sum: u64,
    #[model(folded = both(prices, discounts))]
    both: String,
}

fn sum(last: u64, prices: Change<'_, Map<u8, u64>>) -> u64 {
    computing("sum");
    prices.changes().fold(last, |sum, change| match change {
        MapChange::Inserted { value, .. } => sum + value,
        MapChange::Updated { old, new, .. } => sum + new - old,
        MapChange::Removed { old, .. } => sum - old,
    })
}

/// Writes down what it gets.
fn both(
    _last: String,
    prices: Change<'_, Map<u8, u64>>,
    discounts: Change<'_, Map<u8, u64>>,
) -> String {
    let of = |list: Change<'_, Map<u8, u64>>| {
        let kind = if list.is_initial() { "all" } else { "step" };
        let old = list.old().map_or(0, Map::len);
        let who = list.origin().map_or("-", |origin| origin.who());
        let changes = entries(list.changes());
        format!(
            "{kind} {old} {}@{} {who} [{changes}]",
            list.len(),
            list.revision()
        )
    };
    format!("{}, {}", of(prices), of(discounts))
}

/// A cart with one price in it.
fn cart() -> Store<Cart> {
    let store = Store::new();
    store.update(CART, |cart| cart.prices.insert(1, 10));
    computed();
    store
}

#[test]
fn d1_a_fold_starts_from_the_default_of_its_field_with_all_there_is() {
    let given = Cart {
        prices: Map::from_iter([(1, 10), (2, 20)]),
        discounts: Map::new(),
        note: String::new(),
        sum: 0,
        both: String::new(),
    };
    let store = Store::builder().initial(given).build();
    let cart = store.snapshot(CART);
    assert_eq!(cart.sum, 1030);
    assert_eq!(cart.both, "all 0 2@0 - [+1=10 +2=20], all 0 0@0 - []");
    let cart = Store::<Cart>::new().snapshot(CART);
    assert_eq!((cart.sum, Cart::SUM.default_value()), (1000, 1000));
    assert_eq!(cart.both, "all 0 0@0 - [], all 0 0@0 - []");
}

/// D1: an input that did not change says so.
#[test]
fn d1_a_fold_gets_the_last_value_and_what_the_commit_changed() {
    let store = cart();
    store.by("ann").update(CART, |cart| {
        cart.prices.insert(2, 20);
        cart.prices.insert(3, 30);
        cart.prices.remove(&3);
        cart.prices.insert(1, 11);
    });
    let cart = store.snapshot(CART);
    assert_eq!((cart.sum, &*computed()), (1031, "sum"));
    assert_eq!(
        cart.both,
        "step 1 2@2 ann [~1=10>11 +2=20], step 0 0@2 ann []"
    );
    // Written as a whole, it is compared.
    store.update(CART, |cart| {
        cart.prices.set(Map::from_iter([(2, 20), (4, 1)]));
        cart.discounts.insert(1, 1);
    });
    let cart = store.snapshot(CART);
    assert_eq!(cart.sum, 1021);
    assert_eq!(cart.both, "step 2 2@3 - [-1=11 +4=1], step 0 1@3 - [+1=1]");
}

#[test]
fn d1_a_fold_takes_no_step_if_no_input_changed() {
    let store = cart();
    store.update(CART, |cart| {
        cart.note.push('!');
        cart.prices.insert(1, 99);
        cart.prices.insert(1, 10);
    });
    store.update(CART, |cart| cart.discounts.insert(1, 1));
    assert_eq!((&*computed(), store.revision()), ("", 3));
}

/// D1, T7
#[test]
fn d1_a_fold_follows_a_reset() {
    let (store, log) = (cart(), Log::default());
    let _sum = store.watch(CART, Cart::watch().sum(log.of("sum")));
    store.reset(CART);
    store.reset(CART);
    log.heard(["sum: 1010", "sum: 1010 -> 1000"]);
}

/// D1, R2: commits that are merged tell derived fields as they tell others.
#[test]
fn d1_merged_commits_tell_derived_fields_like_others() {
    let (store, log) = (
        Store::<Cart>::builder().queue_bound(1).build(),
        Log::default(),
    );
    let (inside, is_inside) = signal();
    let (finish, may_finish) = signal();
    let busy = Cart::watch().note(move |_| {
        inside.give();
        may_finish.wait();
    });
    let _busy = store.watch(CART, busy.changes_only());
    let _sum = store.watch(CART, Cart::watch().sum(log.of("sum")).changes_only());
    let telling = elsewhere({
        let store = store.clone();
        move || store.update(CART, |cart| cart.note.push('!'))
    });
    is_inside.wait();
    for price in 1..=100 {
        store.update(CART, |cart| cart.prices.insert(1, price));
    }
    store.update(CART, |cart| cart.prices.insert(2, 5));
    finish.give();
    telling.answer();
    log.heard(["sum: 1000 -> 1001", "sum: 1001 -> 1105"]);
}

/// What was asked, where only the number of questions counts.
#[derive(Model)]
struct Hearing {
    #[model(same = |old, new| old.len() == new.len())]
    questions: Map<u8, u64>,
    answers: Map<u8, u64>,
    #[model(folded = both(questions, answers))]
    minutes: String,
}

/// D1, T6: an input that its own rule takes for the same did not change.
#[test]
fn d1_a_fold_sees_nothing_of_what_the_rule_of_an_input_hides() {
    let store = Store::<Hearing>::new();
    store.update(HEARING, |hearing| hearing.questions.insert(1, 1));
    let minutes = || store.snapshot(HEARING).minutes.clone();
    let before = minutes();
    store.update(HEARING, |hearing| hearing.questions.insert(1, 2));
    assert_eq!((minutes(), store.revision()), (before, 1));
    store.update(HEARING, |hearing| {
        hearing.questions.insert(1, 2);
        hearing.answers.insert(1, 5);
    });
    assert_eq!(minutes(), "step 1 1@2 - [], step 0 1@2 - [+1=5]");
}

/// How far somebody went, told in whole steps only.
#[derive(Model)]
struct Walk {
    distances: Map<u32, f64>,
    #[model(folded = go(distances), same = |old, new| (old - new).abs() < 1.0)]
    distance: f64,
}

fn go(last: f64, distances: Change<'_, Map<u32, f64>>) -> f64 {
    let inserted = distances.changes().filter_map(|change| match change {
        MapChange::Inserted { value, .. } => Some(value),
        _ => None,
    });
    last + inserted.sum::<f64>()
}

/// D1, T6: what the field's own rule takes for the same is not published, and not lost.
#[test]
fn d1_a_fold_loses_no_step_that_its_rule_of_equality_hides() {
    let (store, log) = (Store::<Walk>::new(), Log::default());
    let _distance = store.watch(WALK, Walk::watch().distance(log.of("distance")));
    for step in 1..=8 {
        store.update(WALK, |walk| walk.distances.insert(step, 0.25));
    }
    log.heard([
        "distance: 0.0",
        "distance: 0.0 -> 1.0",
        "distance: 1.0 -> 2.0",
    ]);
}

/// What is folded and what is computed anew of the same inputs, in a chain.
#[derive(Model, Debug)]
struct Twins {
    map: Map<u8, u16>,
    list: List<u16>,
    #[model(folded = fold_map(map))]
    map_sum: u64,
    #[model(folded = fold_list(list))]
    list_sum: u64,
    #[model(derived = loud(map))]
    loud: Map<u8, u16>,
    #[model(folded = fold_all(loud, list), default = 7)]
    all: u64,
}

thread_local! {
    /// How many more functions go well before one panics.
    static LUCK: Cell<Option<u8>> = const { Cell::new(None) };
}

fn lucky() {
    assert!(LUCK.get() != Some(0), "out of luck");
    LUCK.set(LUCK.get().map(|luck| luck - 1));
}

fn step(last: u64, change: MapChange<&u8, &u16>) -> u64 {
    match change {
        MapChange::Inserted { value, .. } => last + u64::from(*value),
        MapChange::Updated { old, new, .. } => last + u64::from(*new) - u64::from(*old),
        MapChange::Removed { old, .. } => last - u64::from(*old),
    }
}

fn fold_map(last: u64, map: Change<'_, Map<u8, u16>>) -> u64 {
    let sum = map.changes().fold(last, step);
    lucky();
    sum
}

fn fold_list(last: u64, list: Change<'_, List<u16>>) -> u64 {
    lucky();
    let sum = |list: &List<u16>| list.iter().map(|item| u64::from(*item)).sum::<u64>();
    let mut edits = list.changes();
    match (edits.next(), list.old()) {
        (None, _) => last,
        (Some(ListEdit::Append { values, .. }), _) if edits.next().is_none() => {
            last + values.iter().map(|value| u64::from(**value)).sum::<u64>()
        }
        (Some(_), old) => last + sum(&list) - old.map_or(0, sum),
    }
}

fn loud(map: &Map<u8, u16>) -> Map<u8, u16> {
    lucky();
    let loud = map.iter().filter(|(_, value)| **value > 100);
    loud.map(|(key, value)| (*key, *value)).collect()
}

fn fold_all(last: u64, loud: Change<'_, Map<u8, u16>>, list: Change<'_, List<u16>>) -> u64 {
    fold_list(loud.changes().fold(last, step), list)
}

#[derive(Clone, Debug)]
enum Write {
    Put(u8, u16),
    Remove(u8),
    Fill(Vec<(u8, u16)>),
    Push(u16),
    Set(Vec<u16>),
    Cut(usize),
}

fn write() -> impl Strategy<Value = Write> {
    let (key, value) = (0..8_u8, 0..200_u16);
    prop_oneof![
        4 => (key.clone(), value.clone()).prop_map(|(key, value)| Write::Put(key, value)),
        2 => key.clone().prop_map(Write::Remove),
        1 => vec((key, value.clone()), 0..8).prop_map(Write::Fill),
        2 => value.clone().prop_map(Write::Push),
        1 => vec(value, 0..6).prop_map(Write::Set),
        1 => (0..6_usize).prop_map(Write::Cut),
    ]
}

#[derive(Clone, Debug)]
enum Step {
    Commit(Vec<Write>),
    GiveUp(Vec<Write>),
    /// The functions panic after so many.
    Unlucky(Vec<Write>, u8),
    Reset,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let writes = || vec(write(), 0..5);
    let step = prop_oneof![
        4 => writes().prop_map(Step::Commit),
        1 => writes().prop_map(Step::GiveUp),
        2 => (writes(), 0..4_u8).prop_map(|(writes, luck)| Step::Unlucky(writes, luck)),
        1 => Just(Step::Reset),
    ];
    vec(step, 1..12)
}

fn carry_out(writes: Vec<Write>, twins: &mut TwinsDraft<'_>) {
    for write in writes {
        match write {
            Write::Put(key, value) => {
                twins.map.insert(key, value);
            }
            Write::Remove(key) => {
                twins.map.remove(&key);
            }
            Write::Fill(entries) => twins.map.set(entries.into_iter().collect()),
            Write::Push(item) => twins.list.push_back(item),
            Write::Set(items) => twins.list.set(items.into_iter().collect()),
            Write::Cut(len) => twins.list.truncate(len),
        }
    }
}

/// Compares every derived field with what its inputs come to, counted from nothing.
fn check(store: &Store<Twins>) -> Result<(), TestCaseError> {
    let twins = store.snapshot(TWINS);
    let loud: Map<u8, u16> = loud(&twins.map);
    let sum = |map: &Map<u8, u16>| map.values().map(|value| u64::from(*value)).sum::<u64>();
    let list: u64 = twins.list.iter().map(|item| u64::from(*item)).sum();
    prop_assert_eq!(twins.map_sum, sum(&twins.map));
    prop_assert_eq!(twins.list_sum, list);
    prop_assert_eq!(&twins.loud, &loud);
    prop_assert_eq!(twins.all, 7 + sum(&loud) + list);
    Ok(())
}

proptest! {
    /// D1: folded equals computed anew, after whatever commits, refused writes, resets and panics.
    #[test]
    fn d1_a_fold_never_drifts(steps in steps()) {
        let store = Store::<Twins>::builder().on_panic(|_| {}).build();
        let mut unlucky = false;
        for (number, step) in (1000..).zip(steps) {
            match step {
                Step::Commit(writes) => store.update(TWINS, |twins| carry_out(writes, twins)),
                Step::GiveUp(writes) => {
                    let written = store.try_update(TWINS, |twins| {
                        carry_out(writes, twins);
                        Err::<(), _>(())
                    });
                    prop_assert!(written.is_err());
                }
                Step::Unlucky(writes, luck) => {
                    unlucky = true;
                    LUCK.set(Some(luck));
                    store.update(TWINS, |twins| carry_out(writes, twins));
                    LUCK.set(None);
                }
                Step::Reset => store.reset(TWINS),
            }
            if !unlucky {
                check(&store)?;
            } else if number % 3 == 0 {
                // A commit that changes every input makes up for all that went wrong.
                store.update(TWINS, |twins| {
                    twins.map.insert(9, number);
                    twins.list.push_back(number);
                });
                unlucky = false;
                check(&store)?;
            }
        }
    }
}
