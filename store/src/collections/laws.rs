//! The laws of keyed collections and their diffs, checked against plain std collections.

use std::collections::{BTreeMap, BTreeSet};

use proptest::{collection::vec, prelude::*};

use super::{Keyed, KeyedJournal, Map, MapChange, MapDiff, OrdMap, Set};

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

fn write(map: &mut OrdMap<u16, f64>, writes: &[Write]) {
    for (key, value) in writes {
        match value {
            Some(value) => map.insert(*key, *value),
            None => map.remove(key),
        };
    }
}

fn written(writes: &[Write]) -> OrdMap<u16, f64> {
    let mut map = OrdMap::new();
    write(&mut map, writes);
    map
}

/// Bits tell NaN from NaN, which makes a model comparable.
fn model(map: &OrdMap<u16, f64>) -> BTreeMap<u16, u64> {
    map.iter()
        .map(|(key, value)| (*key, value.to_bits()))
        .collect()
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

proptest! {
    #[test]
    fn a_map_behaves_as_a_std_map(writes in writes()) {
        let mut map = OrdMap::new();
        let mut model = BTreeMap::new();
        for (key, value) in writes {
            let (told, expected) = match value {
                Some(value) => (map.insert(key, value), model.insert(key, value)),
                None => (map.remove(&key), model.remove(&key)),
            };
            prop_assert_eq!(told.map(f64::to_bits), expected.map(f64::to_bits));
            prop_assert_eq!(map.len(), model.len());
        }
        let bits = |(key, value): (&u16, &f64)| (*key, value.to_bits());
        prop_assert!(map.iter().map(bits).eq(model.iter().map(bits)));
        prop_assert!(map.iter().rev().map(bits).eq(model.iter().rev().map(bits)));
        prop_assert!(map.range(10..300).map(bits).eq(model.range(10..300).map(bits)));
        prop_assert_eq!(map.first().map(bits), model.first_key_value().map(bits));
        prop_assert_eq!(map.last().map(bits), model.last_key_value().map(bits));
        map.retain(|key, _| key % 3 == 0);
        model.retain(|key, _| key % 3 == 0);
        prop_assert!(map.iter().map(bits).eq(model.iter().map(bits)));
    }

    #[test]
    fn t5_a_diff_holds_what_differs(before in writes(), after in writes()) {
        let old = written(&before);
        let mut new = old.clone();
        write(&mut new, &after);
        let diff = new.diff(&old);
        prop_assert_eq!(as_model(&diff), model_diff(&model(&old), &model(&new)));
        prop_assert_eq!(diff.is_empty(), new == old);
        prop_assert!(new.changes_since(&old).map(MapChange::cloned).map(|c| *c.key()).eq(
            diff.into_iter().map(|change| *change.key())
        ));
    }

    #[test]
    fn t5_maps_built_apart_are_equal_if_their_diff_is_empty(one in writes(), other in writes()) {
        let (one, other) = (written(&one), written(&other));
        prop_assert_eq!(as_model(&one.diff(&other)), model_diff(&model(&other), &model(&one)));
        prop_assert_eq!(one.iter().collect::<Vec<_>>().len(), one.len());
        let rebuilt: OrdMap<_, _> = one.iter().rev().map(|(key, value)| (*key, *value)).collect();
        prop_assert_eq!(&rebuilt, &one);
        prop_assert!(rebuilt.diff(&one).is_empty());
    }

    #[test]
    fn t5_apply_compose_and_invert_agree(steps in (writes(), writes(), writes())) {
        let first = written(&steps.0);
        let mut second = first.clone();
        write(&mut second, &steps.1);
        let mut third = second.clone();
        write(&mut third, &steps.2);

        let (one, two) = (second.diff(&first), third.diff(&second));
        let mut map = first.clone();
        map.apply(&one).unwrap();
        prop_assert_eq!(&map, &second);
        map.apply(&two).unwrap();
        prop_assert_eq!(&map, &third);

        let both = one.clone().compose(two.clone());
        prop_assert_eq!(as_model(&both), as_model(&third.diff(&first)));
        map.apply(&both.clone().invert()).unwrap();
        prop_assert_eq!(&map, &first);
        prop_assert!(both.clone().compose(both.invert()).is_empty());
        prop_assert_eq!(as_model(&one.clone().compose(MapDiff::default())), as_model(&one));
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

    #[test]
    fn t2_a_journal_holds_what_the_diff_finds(before in writes(), after in writes()) {
        let old = written(&before);
        let mut now = old.clone();
        let mut journal = KeyedJournal::new();
        for (key, value) in &after {
            let before = match value {
                Some(value) => now.insert(*key, *value),
                None => now.remove(key),
            };
            journal.record(key, before);
        }
        journal.prune(|key| now.get(key));
        let recorded = MapDiff::from_ordered(journal.changes(now.tree()).map(MapChange::cloned));
        prop_assert_eq!(as_model(&recorded), as_model(&now.diff(&old)));
        prop_assert_eq!(journal.is_empty(), recorded.is_empty());
        prop_assert!(journal.keys().eq(recorded.iter().map(|change| *change.key()).collect::<Vec<_>>()));
        prop_assert!(journal.keys().all(|key| journal.old(key).is_some()));
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
    journal.record(&"ann", map.insert("ann", 2));
    journal.record(&"ann", map.insert("ann", 3));
    assert_eq!(journal.old(&"ann"), Some(Some(&1)));
    assert_eq!(journal.old(&"bob"), None);
    journal.record(&"bob", map.insert("bob", 1));
    assert_eq!(journal.old(&"bob"), Some(None));

    map.insert("ann", 1);
    map.remove("bob");
    journal.prune(|key| map.get(key));
    assert!(journal.is_empty());
}
