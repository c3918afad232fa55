//! The laws of keyed collections and their diffs, checked against plain std collections.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Debug,
};

use proptest::{collection::vec, prelude::*, test_runner::TestCaseError};

use super::{Entries, Keyed, KeyedJournal, Map, MapChange, MapDiff, OrdMap, Set};

const fn send_sync<T: Send + Sync>() {}
const _: () = send_sync::<Map<String, f64>>();
const _: () = send_sync::<OrdMap<String, f64>>();
const _: () = send_sync::<Set<String>>();
const _: () = send_sync::<MapDiff<String, f64>>();

/// One write to a map; removal if there is no value.
type Write = (u16, Option<f64>);

/// Few values, so that writes often change nothing, and NaN among them.
fn value() -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.0), Just(1.0), Just(f64::NAN)]
}

/// Dense keys make leaves fill and empty; sparse ones spread over the tree.
fn writes() -> impl Strategy<Value = Vec<Write>> {
    let key = prop_oneof![0_u16..24, any::<u16>()];
    prop_oneof![vec((key, proptest::option::of(value())), 0..200), runs()]
}

/// Whole runs of neighbours written or removed at once, so that leaves split and merge.
fn runs() -> impl Strategy<Value = Vec<Write>> {
    vec(
        (0_u16..500, 1_u16..60, proptest::option::of(value())),
        0..12,
    )
    .prop_map(|runs| {
        runs.into_iter()
            .flat_map(|(start, len, value)| (start..start + len).map(move |k| (k, value)))
            .collect()
    })
}

/// What holds for every map, whatever stands behind it.
trait Lawful: Keyed<Key = u16, Value = f64> + PartialEq + Debug {}

impl<C: Keyed<Key = u16, Value = f64> + PartialEq + Debug> Lawful for C {}

fn write_one(map: &mut impl Lawful, (key, value): Write) -> Option<f64> {
    let entries = map.entries_mut();
    match value {
        Some(value) => entries.insert(key, value),
        None => entries.remove_entry(&key).map(|(_, value)| value),
    }
}

fn write(map: &mut impl Lawful, writes: &[Write]) {
    for one in writes {
        write_one(map, *one);
    }
}

fn written<C: Lawful>(writes: &[Write]) -> C {
    let mut map = C::default();
    write(&mut map, writes);
    map
}

/// Bits tell NaN from NaN, which makes a model comparable.
fn model(map: &impl Lawful) -> BTreeMap<u16, u64> {
    let entries = map.entries().iter();
    entries
        .map(|(key, value)| (*key, value.to_bits()))
        .collect()
}

fn diff<C: Lawful>(new: &C, old: &C) -> MapDiff<u16, f64> {
    new.entries().diff(old.entries())
}

/// The difference as a plain walk over every key finds it.
fn model_diff(
    old: &BTreeMap<u16, u64>,
    new: &BTreeMap<u16, u64>,
) -> Vec<(u16, Option<u64>, Option<u64>)> {
    let keys: BTreeSet<_> = old.keys().chain(new.keys()).copied().collect();
    let sides = keys
        .into_iter()
        .map(|key| (key, old.get(&key).copied(), new.get(&key).copied()));
    sides.filter(|(_, old, new)| old != new).collect()
}

fn as_model(diff: &MapDiff<u16, f64>) -> Vec<(u16, Option<u64>, Option<u64>)> {
    let bits = |value: Option<&&f64>| value.map(|value| value.to_bits());
    diff.iter()
        .map(|change| (**change.key(), bits(change.old()), bits(change.new())))
        .collect()
}

fn behaves_as_a_std_map<C: Lawful>(writes: &[Write]) -> Result<(), TestCaseError> {
    let mut map = C::default();
    let mut plain = BTreeMap::new();
    // Versions of every age, and what they held.
    let mut versions = Vec::new();
    for (nth, (key, value)) in writes.iter().enumerate() {
        if nth % 5 == 0 {
            versions.push((map.clone(), plain.clone()));
        }
        let expected = match value {
            Some(value) => plain.insert(*key, value.to_bits()),
            None => plain.remove(key),
        };
        let told = write_one(&mut map, (*key, *value));
        prop_assert_eq!(told.map(f64::to_bits), expected);
        prop_assert_eq!(map.entries().iter().len(), plain.len());
        let found = map.entries().get(key).map(|value| value.to_bits());
        prop_assert_eq!(found.as_ref(), plain.get(key));
    }
    let (last, first) = plain.clone().into_iter().partition(|(key, _)| key % 3 == 0);
    versions.push((map.clone(), plain.clone()));
    for key in BTreeMap::into_keys(first) {
        let (kept, value) = map.entries_mut().entry_mut(&key).unwrap();
        prop_assert_eq!(*kept, key);
        *value = 7.0;
    }
    prop_assert!(map.entries_mut().entry_mut(&u16::MAX).is_none() || plain.contains_key(&u16::MAX));
    map.entries_mut()
        .retain(|key, value| key % 3 == 0 && *value != 7.0);
    prop_assert_eq!(model(&map), last);
    for (version, plain) in versions {
        prop_assert_eq!(model(&version), plain);
    }
    Ok(())
}

fn a_diff_holds_what_differs<C: Lawful>(
    before: &[Write],
    after: &[Write],
) -> Result<(), TestCaseError> {
    let old: C = written(before);
    let mut new = old.clone();
    write(&mut new, after);
    let diff = diff(&new, &old);
    prop_assert_eq!(as_model(&diff), model_diff(&model(&old), &model(&new)));
    prop_assert_eq!(diff.is_empty(), new == old);
    let found = new.entries().changes_since(old.entries());
    let mut found: Vec<_> = found.map(|change| *change.into_parts().0).collect();
    found.sort_unstable();
    prop_assert!(
        found
            .into_iter()
            .eq(diff.into_iter().map(|change| *change.key()))
    );
    Ok(())
}

fn equal_maps_built_apart_are_equal<C: Lawful>(
    one: &[Write],
    other: &[Write],
) -> Result<(), TestCaseError> {
    let (one, other) = (written::<C>(one), written::<C>(other));
    prop_assert_eq!(
        as_model(&diff(&one, &other)),
        model_diff(&model(&other), &model(&one))
    );
    prop_assert_eq!(one == other, model(&one) == model(&other));
    let mut rebuilt = other;
    let strangers: Vec<u16> = model(&rebuilt).into_keys().collect();
    for (key, value) in model(&one).into_iter().rev() {
        write_one(&mut rebuilt, (key, Some(f64::from_bits(value))));
    }
    for key in strangers {
        if one.entries().get(&key).is_none() {
            write_one(&mut rebuilt, (key, None));
        }
    }
    prop_assert_eq!(&rebuilt, &one);
    prop_assert!(diff(&rebuilt, &one).is_empty());
    Ok(())
}

fn apply_compose_and_invert_agree<C: Lawful>(
    steps: &(Vec<Write>, Vec<Write>, Vec<Write>),
) -> Result<(), TestCaseError> {
    let first: C = written(&steps.0);
    let mut second = first.clone();
    write(&mut second, &steps.1);
    let mut third = second.clone();
    write(&mut third, &steps.2);

    let (one, two) = (diff(&second, &first), diff(&third, &second));
    let mut map = first.clone();
    map.entries_mut().apply(&one).unwrap();
    prop_assert_eq!(&map, &second);
    map.entries_mut().apply(&two).unwrap();
    prop_assert_eq!(&map, &third);

    let both = one.clone().compose(two);
    prop_assert_eq!(as_model(&both), as_model(&diff(&third, &first)));
    map.entries_mut().apply(&both.clone().invert()).unwrap();
    prop_assert_eq!(&map, &first);
    prop_assert!(both.clone().compose(both.invert()).is_empty());
    prop_assert_eq!(
        as_model(&one.clone().compose(MapDiff::default())),
        as_model(&one)
    );
    Ok(())
}

fn a_journal_holds_what_the_diff_finds<C: Lawful>(
    before: &[Write],
    after: &[Write],
) -> Result<(), TestCaseError> {
    let old: C = written(before);
    let mut now = old.clone();
    let mut journal = KeyedJournal::new();
    for (key, value) in after {
        journal.record(*key, write_one(&mut now, (*key, *value)));
    }
    journal.prune(|key| now.entries().get(key));
    let recorded = MapDiff::from_ordered(journal.changes(now.entries()).map(MapChange::cloned));
    prop_assert_eq!(as_model(&recorded), as_model(&diff(&now, &old)));
    prop_assert_eq!(journal.is_empty(), recorded.is_empty());
    prop_assert!(
        journal.keys().eq(recorded
            .into_iter()
            .map(|change| *change.key())
            .collect::<Vec<_>>()
            .iter())
    );
    Ok(())
}

proptest! {
    #[test]
    fn a_map_behaves_as_a_std_map(writes in writes()) {
        behaves_as_a_std_map::<Map<u16, f64>>(&writes)?;
        behaves_as_a_std_map::<OrdMap<u16, f64>>(&writes)?;
    }

    #[test]
    fn an_ord_map_is_in_key_order(writes in writes()) {
        let map: OrdMap<u16, f64> = written(&writes);
        let model = model(&map);
        let bits = |(key, value): (&u16, &f64)| (*key, value.to_bits());
        let plain = |(key, value): (&u16, &u64)| (*key, *value);
        prop_assert!(map.iter().map(bits).eq(model.iter().map(plain)));
        prop_assert!(map.iter().rev().map(bits).eq(model.iter().rev().map(plain)));
        prop_assert!(map.range(10..300).map(bits).eq(model.range(10..300).map(plain)));
        prop_assert_eq!(map.first().map(bits), model.first_key_value().map(plain));
        prop_assert_eq!(map.last().map(bits), model.last_key_value().map(plain));
    }

    #[test]
    fn t5_a_diff_holds_what_differs(before in writes(), after in writes()) {
        a_diff_holds_what_differs::<Map<u16, f64>>(&before, &after)?;
        a_diff_holds_what_differs::<OrdMap<u16, f64>>(&before, &after)?;
    }

    #[test]
    fn t5_maps_built_apart_are_equal_if_their_diff_is_empty(one in writes(), other in writes()) {
        equal_maps_built_apart_are_equal::<Map<u16, f64>>(&one, &other)?;
        equal_maps_built_apart_are_equal::<OrdMap<u16, f64>>(&one, &other)?;
    }

    #[test]
    fn t5_apply_compose_and_invert_agree(steps in (writes(), writes(), writes())) {
        apply_compose_and_invert_agree::<Map<u16, f64>>(&steps)?;
        apply_compose_and_invert_agree::<OrdMap<u16, f64>>(&steps)?;
    }

    #[test]
    fn t2_a_journal_holds_what_the_diff_finds(before in writes(), after in writes()) {
        a_journal_holds_what_the_diff_finds::<Map<u16, f64>>(&before, &after)?;
        a_journal_holds_what_the_diff_finds::<OrdMap<u16, f64>>(&before, &after)?;
    }

    #[test]
    fn t5_a_set_diff_keeps_the_laws(keys in (vec(0_u8..60, 0..60), vec(0_u8..60, 0..60), vec(0_u8..60, 0..60))) {
        let [first, second, third]: [Set<u8>; 3] =
            [keys.0, keys.1, keys.2].map(|keys| keys.into_iter().collect());
        let (one, two) = (second.diff(&first), third.diff(&second));
        let model = |set: &Set<u8>| set.iter().copied().collect::<BTreeSet<_>>();
        let expected: Vec<u8> = model(&first).symmetric_difference(&model(&second)).copied().collect();
        prop_assert!(one.iter().map(|change| **change.key()).eq(expected));

        let mut set = first.clone();
        set.apply(&one).unwrap();
        prop_assert_eq!(&set, &second);
        set.apply(&two).unwrap();
        prop_assert_eq!(&set, &third);
        let both = one.compose(two);
        prop_assert_eq!(&both, &third.diff(&first));
        set.apply(&both.invert()).unwrap();
        prop_assert_eq!(&set, &first);
    }
}

#[cfg(feature = "serde")]
proptest! {
    #[test]
    fn t5_maps_and_diffs_go_through_serde(before in writes(), after in writes()) {
        let plain = |writes: Vec<Write>| -> Map<String, Option<u8>> {
            writes.into_iter().map(|(k, v)| (k.to_string(), v.map(|v| v as u8))).collect()
        };
        let (old, new) = (plain(before), plain(after));
        let json = serde_json::to_string(&new).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Map<String, Option<u8>>>(&json).unwrap(), &new);

        let diff = new.diff(&old);
        let json = serde_json::to_string(&diff).unwrap();
        prop_assert_eq!(serde_json::from_str::<MapDiff<String, Option<u8>>>(&json).unwrap(), diff);

        let keys = |map: &Map<String, Option<u8>>| map.keys().cloned().collect::<Set<_>>();
        let diff = keys(&new).diff(&keys(&old));
        let json = serde_json::to_string(&diff).unwrap();
        prop_assert_eq!(serde_json::from_str::<super::SetDiff<String>>(&json).unwrap(), diff);
        let json = serde_json::to_string(&keys(&new)).unwrap();
        prop_assert_eq!(serde_json::from_str::<Set<String>>(&json).unwrap(), keys(&new));
    }
}

#[cfg(feature = "serde")]
#[test]
fn the_serialized_forms_are_these() {
    let old = Map::from([("ann", 1), ("bob", 2)]);
    let new = Map::from([("bob", 3), ("cy", 4)]);
    assert_eq!(serde_json::to_string(&new).unwrap(), r#"{"bob":3,"cy":4}"#);
    assert_eq!(
        serde_json::to_string(&new.diff(&old)).unwrap(),
        concat!(
            r#"[{"removed":{"key":"ann","old":1}},{"updated":{"key":"bob","old":2,"new":3}},"#,
            r#"{"inserted":{"key":"cy","value":4}}]"#
        )
    );
    let diff = Set::from(["bob"]).diff(&Set::from(["ann"]));
    assert_eq!(
        serde_json::to_string(&diff).unwrap(),
        r#"[{"removed":"ann"},{"inserted":"bob"}]"#
    );
}

#[cfg(feature = "serde")]
#[test]
fn a_serialized_diff_with_a_key_twice_is_refused() {
    let twice = r#"[{"inserted":{"key":"ann","value":1}},{"removed":{"key":"ann","old":1}}]"#;
    let error = serde_json::from_str::<MapDiff<String, i32>>(twice).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("change 1 of the diff is not in key order"),
        "{error}"
    );
}

#[test]
fn t5_a_diff_that_does_not_fit_changes_nothing() {
    let old = Map::from([("ann", 1), ("bob", 2)]);
    let mut new = old.clone();
    new.insert("ann", 5);
    new.remove("bob");
    new.insert("cy", 3);
    let diff = new.diff(&old);
    for (other, expected) in [
        (
            Map::from([("bob", 2)]),
            r#"cannot apply change 0 of the diff: key "ann" is not there"#,
        ),
        (
            Map::from([("ann", 1), ("bob", 9)]),
            r#"cannot apply change 1 of the diff: key "bob" holds another value than the old one"#,
        ),
        (
            Map::from([("ann", 1), ("bob", 2), ("cy", 3)]),
            r#"cannot apply change 2 of the diff: key "cy" is already there"#,
        ),
    ] {
        let mut map = other.clone();
        assert_eq!(map.apply(&diff).unwrap_err().to_string(), expected);
        assert!(map.ptr_eq(&other));
    }
}

#[test]
fn keys_are_found_by_what_they_borrow_as() {
    let mut map = OrdMap::from([
        ("ann".to_owned(), 1),
        ("anna".to_owned(), 2),
        ("bob".to_owned(), 3),
    ]);
    assert_eq!(map.get("ann"), Some(&1));
    assert!(map.prefix("ann").map(|(_, value)| *value).eq([1, 2]));
    assert_eq!(map.prefix("").count(), 3);
    *map.get_mut("bob").unwrap() += 1;
    assert_eq!(map["bob"], 4);
    assert_eq!(map.remove("ann"), Some(1));
    assert!(!map.contains_key("ann"));
}

#[test]
fn removing_what_is_not_there_copies_nothing() {
    let old: Map<u32, u32> = (0..1000).map(|n| (n, n)).collect();
    let mut new = old.clone();
    assert_eq!(new.remove(&5000), None);
    assert!(new.ptr_eq(&old));
}

#[test]
fn t2_the_first_touch_of_a_key_is_what_counts() {
    let mut map = Map::from([("ann", 1)]);
    let mut journal = KeyedJournal::new();
    journal.record("ann", map.insert("ann", 2));
    journal.record("bob", map.insert("bob", 1));
    journal.record("ann", map.insert("ann", 3));
    journal.prune(|key| map.get(key));
    assert!(journal.changes(map.entries()).eq([
        MapChange::Updated {
            key: &"ann",
            old: &1,
            new: &3
        },
        MapChange::Inserted {
            key: &"bob",
            value: &1
        },
    ]));

    map.insert("ann", 1);
    map.remove("bob");
    journal.prune(|key| map.get(key));
    assert!(journal.is_empty());
}

#[test]
fn a_journal_grows_with_the_keys_touched_and_not_with_the_touches() {
    let mut map = Map::new();
    let mut journal = KeyedJournal::new();
    for touch in 0..100_000 {
        journal.record(touch % 100, map.insert(touch % 100, touch));
    }
    assert!(journal.capacity() < 2000);
    journal.prune(|key| map.get(key));
    assert!(journal.keys().copied().eq(0..100));
    assert!(
        journal
            .changes(map.entries())
            .all(|change| change.old().is_none())
    );
}
