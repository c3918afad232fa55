//! The shape of a trie, keys whose hashes collide, and programs' code that panics.

use std::{
    cell::Cell,
    cmp::Ordering,
    collections::BTreeMap,
    hash::{Hash, Hasher},
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
};

use proptest::{collection::vec, prelude::*};

use super::{
    Trie,
    node::{Node, hash, key},
    slots::{LEVELS, SLOTS, slot},
};
use crate::collections::{Entries, Key, Map, MapChange};

thread_local! {
    /// How many calls of a key's or value's own code are left until one panics.
    static FUSE: Cell<usize> = const { Cell::new(usize::MAX) };
    static CALLS: Cell<usize> = const { Cell::new(0) };
}

fn burn() {
    CALLS.set(CALLS.get() + 1);
    match FUSE.get() {
        0 => resume_unwind(Box::new("burnt down")),
        usize::MAX => {}
        left => FUSE.set(left - 1),
    }
}

/// A key or value whose code may panic and is counted. Boxed, so that leaves are narrow.
///
/// The hashes of keys collide in the bits that `HASHED` hides.
#[derive(Debug)]
struct Touchy<const HASHED: u32>(Box<u32>);

impl<const HASHED: u32> Touchy<HASHED> {
    fn new(number: u32) -> Self {
        Self(Box::new(number))
    }
}

impl<const HASHED: u32> Clone for Touchy<HASHED> {
    fn clone(&self) -> Self {
        burn();
        Self(self.0.clone())
    }
}

impl<const HASHED: u32> PartialEq for Touchy<HASHED> {
    fn eq(&self, other: &Self) -> bool {
        burn();
        self.0 == other.0
    }
}

impl<const HASHED: u32> Eq for Touchy<HASHED> {}

impl<const HASHED: u32> PartialOrd for Touchy<HASHED> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<const HASHED: u32> Ord for Touchy<HASHED> {
    fn cmp(&self, other: &Self) -> Ordering {
        burn();
        self.0.cmp(&other.0)
    }
}

impl<const HASHED: u32> Hash for Touchy<HASHED> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        burn();
        (*self.0 & HASHED).hash(state);
    }
}

/// Hashes like any key.
type Plain = Touchy<{ u32::MAX }>;
/// One of four hashes.
type Few = Touchy<3>;
/// All hashes are equal.
type Same = Touchy<0>;

fn written<const HASHED: u32>(numbers: impl IntoIterator<Item = u32>) -> Trie<Touchy<HASHED>, u32> {
    let mut trie = Trie::new();
    for number in numbers {
        trie.insert(Touchy::new(number), number);
    }
    trie
}

/// Checks that `node` has the one shape of its keys, and returns how many there are.
fn check<K: Key, V>(node: &Node<K, V>, level: u32, leads_here: &dyn Fn(u64) -> bool) -> usize {
    let room = Node::<K, V>::LEAF;
    match node {
        Node::Leaf(entries) => {
            assert!(entries.windows(2).all(|pair| key(&pair[0]) < key(&pair[1])));
            assert!(entries.iter().all(|entry| leads_here(hash(key(entry)))));
            assert!(entries.len() <= room || level == LEVELS);
            entries.len()
        }
        Node::Branch(slots, children) => {
            let mut lens = Vec::new();
            let mut first = 0;
            while first < SLOTS {
                let child = &children[slots.child(first)];
                let here = first..first + slots.width(first);
                let leads_to = |hash| leads_here(hash) && here.contains(&slot(hash, level));
                let len = check(child, level + 1, &leads_to);
                assert!(here.len() == 1 || matches!(child, Node::Leaf(_)));
                lens.push((here.clone(), len));
                first = here.end;
            }
            assert_eq!(lens.len(), children.len());
            for (here, len) in &lens {
                let beside = here.start ^ here.len();
                let same = lens.iter().find(|(other, _)| {
                    other.start == beside && other.len() == here.len() && other.len() < SLOTS
                });
                // Together they would fit into one leaf.
                assert!(same.is_none_or(|(_, other)| len + other > room));
            }
            let len = lens.iter().map(|(_, len)| len).sum();
            assert!(len > room);
            len
        }
    }
}

fn check_all<K: Key, V>(trie: &Trie<K, V>) {
    assert_eq!(check(&trie.root, 0, &|_| true), trie.len);
    assert_eq!(trie.iter().count(), trie.len);
}

fn model<const HASHED: u32>(trie: &Trie<Touchy<HASHED>, u32>) -> BTreeMap<u32, u32> {
    let entries = trie.iter().map(|(key, value)| (*key.0, *value));
    entries.collect()
}

fn keeps_its_shape<const HASHED: u32>(writes: &[(u32, bool)]) {
    let mut trie = written::<HASHED>([]);
    let mut plain = BTreeMap::new();
    let mut versions = Vec::new();
    for (nth, (number, here)) in writes.iter().enumerate() {
        if nth % 3 == 0 {
            versions.push((trie.clone(), plain.clone()));
        }
        let key = Touchy::new(*number);
        let (told, expected) = if *here {
            let value = nth as u32;
            (trie.insert(key, value), plain.insert(*number, value))
        } else {
            let removed = trie.remove_entry(&key);
            (removed.map(|(_, value)| value), plain.remove(number))
        };
        assert_eq!(told, expected);
        check_all(&trie);
        assert_eq!(model(&trie), plain);
    }
    for (version, plain) in &versions {
        assert_eq!(model(version), *plain);
        let diff = trie.diff(version);
        let mut copy = version.clone();
        copy.apply(&diff).unwrap();
        assert!(copy == trie);
        check_all(&copy);
        copy.apply(&diff.invert()).unwrap();
        assert!(copy == *version);
    }
}

/// Made at once, a trie is as if its entries were inserted one after the other.
fn is_the_same_at_once<const HASHED: u32>(numbers: &[u32]) {
    let entry = |(nth, number): (usize, &u32)| (Touchy::<HASHED>::new(*number), nth as u32);
    let entries = || numbers.iter().enumerate().map(entry);
    let mut whole = Trie::new();
    whole.extend(entries());
    check_all(&whole);
    let mut one_by_one = Trie::new();
    for (key, value) in entries() {
        one_by_one.insert(key, value);
    }
    assert!(whole == one_by_one);
    let len = whole.len();
    whole.extend(entries());
    assert!(whole == one_by_one && whole.len() == len);
}

proptest! {
    #[test]
    fn a_trie_made_at_once_is_as_if_made_step_by_step(numbers in vec(0_u32..300, 0..400)) {
        is_the_same_at_once::<{ u32::MAX }>(&numbers);
        is_the_same_at_once::<3>(&numbers);
        is_the_same_at_once::<0>(&numbers);
    }

    #[test]
    fn a_trie_has_the_one_shape_of_its_keys(writes in vec((0_u32..80, any::<bool>()), 0..150)) {
        keeps_its_shape::<{ u32::MAX }>(&writes);
        keeps_its_shape::<3>(&writes);
        keeps_its_shape::<0>(&writes);
    }
}

#[test]
fn keys_whose_hashes_begin_alike_are_told_apart() {
    let alike = (0..200_000_u32).filter(|number| hash(&Plain::new(*number)) >> 52 == 77);
    let alike: Vec<u32> = alike.collect();
    assert!(alike.len() > 20);
    let writes = |here| alike.iter().map(move |number| (*number, here));
    keeps_its_shape::<{ u32::MAX }>(&writes(true).chain(writes(false)).collect::<Vec<_>>());
}

#[test]
fn a_key_whose_hash_collides_is_found_at_the_logarithm_of_their_number() {
    let trie = written::<0>(0..1000);
    for sought in [0, 499, 999, 5000] {
        let sought = Same::new(sought);
        CALLS.set(0);
        assert_eq!(trie.get(&sought).is_some(), *sought.0 < 1000);
        // One hash, ten comparisons, and two more for luck.
        assert!(CALLS.get() <= 13, "{}", CALLS.get());
    }
}

#[test]
fn a_trie_that_was_emptied_is_as_new() {
    let mut trie = written::<3>(0..100);
    trie.retain(|_, _| false);
    assert_eq!(trie.len(), 0);
    assert!(trie == written::<3>([]));
    assert!(trie.iter().next().is_none());
    check_all(&trie);
}

#[test]
fn what_is_not_shared_is_written_without_a_clone() {
    let mut trie: Trie<u32, Plain> = Trie::new();
    CALLS.set(0);
    for number in 0..1000 {
        trie.insert(number, Plain::new(number));
        trie.insert(number / 2, Plain::new(number));
        *trie.entry_mut(&number).unwrap().1 = Plain::new(0);
    }
    assert_eq!((trie.len(), CALLS.get()), (1000, 0));
    check_all(&trie);
}

/// What an edit may do to a trie.
type Work<'a, const HASHED: u32> = &'a dyn Fn(&mut Trie<Touchy<HASHED>, u32>);

/// Lets the code of keys panic at every call that `work` makes of it, one after the other.
fn survives<const HASHED: u32>(work: Work<'_, HASHED>) {
    for shared in [false, true] {
        for len in [0, 1, 8, 9, 40] {
            let mut before = written::<HASHED>((0..len).map(|number| number * 2));
            let expected = model(&before);
            let mut after = written::<HASHED>((0..len).map(|number| number * 2));
            work(&mut after);
            let after = model(&after);
            for fuse in 0.. {
                let mut edited = if shared {
                    before.clone()
                } else {
                    std::mem::replace(&mut before, Trie::new())
                };
                FUSE.set(fuse);
                let end = catch_unwind(AssertUnwindSafe(|| work(&mut edited)));
                FUSE.set(usize::MAX);
                check_all(&edited);
                let done = model(&edited);
                match end {
                    Ok(()) => assert_eq!(done, after),
                    Err(_) => assert!(done == expected || done == after, "{done:?}"),
                }
                if shared {
                    check_all(&before);
                    assert_eq!(model(&before), expected);
                } else {
                    before = written((0..len).map(|number| number * 2));
                }
                if end.is_ok() {
                    break;
                }
            }
        }
    }
}

fn edits_survive<const HASHED: u32>() {
    for number in [0, 7, 14, 15, 1000] {
        let key = move || Touchy::<HASHED>::new(number);
        survives::<HASHED>(&|trie| _ = trie.insert(key(), 99));
        survives::<HASHED>(&|trie| drop(trie.remove_entry(&key())));
        survives::<HASHED>(&|trie| {
            if let Some((_, value)) = trie.entry_mut(&key()) {
                *value = 99;
            }
        });
    }
}

#[test]
fn t1_code_of_a_key_that_panics_leaves_a_trie_as_before_or_as_after() {
    edits_survive::<{ u32::MAX }>();
    edits_survive::<3>();
    edits_survive::<0>();
}

#[test]
fn a_panic_half_way_through_many_edits_loses_only_those_to_come() {
    for fuse in 0..2000 {
        let mut trie = written::<3>(0..20);
        let before = trie.clone();
        FUSE.set(fuse);
        let _ = catch_unwind(AssertUnwindSafe(|| {
            trie.retain(|key, _| *key.0 % 3 == 0);
            for number in 20..40 {
                trie.insert(Few::new(number), number);
            }
        }));
        FUSE.set(usize::MAX);
        check_all(&trie);
        let left = model(&trie);
        assert!((0..20).step_by(3).all(|number| left[&number] == number));
        assert_eq!(
            model(&before),
            (0..20).map(|number| (number, number)).collect()
        );
    }
}

#[test]
fn maps_without_a_key_in_common_differ_in_all() {
    let old: Map<u32, u32> = (0..5000).map(|number| (number, 0)).collect();
    let new: Map<u32, u32> = (5000..7000).map(|number| (number, 0)).collect();
    let all = |from: &Map<u32, u32>| new.changes_since(from).count();
    assert_eq!((all(&old), all(&Map::new()), all(&new)), (7000, 2000, 0));
    let inserted = |change: MapChange<_, _>| matches!(change, MapChange::Inserted { .. });
    assert_eq!(
        new.changes_since(&old)
            .filter(|change| inserted(*change))
            .count(),
        2000
    );
}

#[test]
fn t6_maps_as_long_as_each_other_that_differ_in_one_key_differ() {
    let with = |key: u32| -> Map<u32, u32> {
        let keys = (0..100).chain([key]);
        keys.map(|key| (key, 0)).collect()
    };
    for (one, other) in (100..140).flat_map(|one| (140..180).map(move |other| (one, other))) {
        assert_ne!(with(one), with(other));
    }
}
