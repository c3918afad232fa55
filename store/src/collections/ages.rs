//! The laws of diffs between collections of any two ages, forks of forks among them: with keys whose
//! hashes collide, values that are equal but not the same object, and many entries.

use std::{
    fmt::Debug,
    hash::{Hash, Hasher},
    sync::Arc,
};

use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select},
};

use super::{Keyed, List, Map, OrdMap, Set};

/// A key whose hash is one of `HASHES`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Colliding<const HASHES: u32>(u32);

impl<const HASHES: u32> Hash for Colliding<HASHES> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.0 % HASHES).hash(state);
    }
}

/// A value that is another object each time, among them one that is not a number.
type Value = Arc<[f64]>;

fn value(number: u32) -> Value {
    Arc::from([[0.0, 1.0, f64::NAN][number as usize % 3]])
}

/// Makes a new age of one that there is: which one, and what is written to it.
type Age = (Index, Vec<(u32, Option<u32>)>);

fn ages() -> impl Strategy<Value = Vec<Age>> {
    let write = (0..90_u32, proptest::option::weighted(0.7, 0..3_u32));
    vec((any::<Index>(), vec(write, 0..30)), 1..8)
}

/// Empty, and each age after the one it was made of.
fn grown<C: Clone + Default>(ages: &[Age], write: impl Fn(&mut C, u32, Option<u32>)) -> Vec<C> {
    let mut grown = vec![C::default()];
    for (of, writes) in ages {
        let mut age = of.get(&grown).clone();
        writes
            .iter()
            .for_each(|(at, new)| write(&mut age, *at, *new));
        grown.push(age);
    }
    grown
}

/// What the laws need of a collection and its diff.
macro_rules! keeps_the_laws {
    ($grown:expr, $built_apart:expr) => {{
        let grown = $grown;
        for (nth, first) in grown.iter().enumerate() {
            let apart = $built_apart(first);
            prop_assert!(
                apart == *first && apart.diff(first).is_empty(),
                "built apart"
            );
            prop_assert!(first.diff(&apart).is_empty(), "built apart");
            for second in &grown {
                let one = second.diff(first);
                prop_assert_eq!(one.is_empty(), first == second);
                let mut age = first.clone();
                age.apply(&one).unwrap();
                prop_assert!(&age == second, "apply");
                age.apply(&one.clone().invert()).unwrap();
                prop_assert!(&age == first, "invert");
                // From what is shared with nothing, it is the same.
                prop_assert_eq!(second.diff(&apart).len(), one.len());
                let third = &grown[nth / 2];
                age.apply(&one.clone().compose(third.diff(second))).unwrap();
                prop_assert!(&age == third, "compose");
                prop_assert!(
                    one.clone().compose(one.invert()).is_empty(),
                    "there and back"
                );
            }
        }
    }};
}

fn write_map<C>(map: &mut C, at: u32, new: Option<u32>)
where
    C: Keyed<Key: From<u32>, Value = Value>,
{
    use super::Entries as _;
    match new {
        Some(new) => drop(map.entries_mut().insert(at.into(), value(new))),
        None => drop(map.entries_mut().remove_entry(&at.into())),
    }
}

impl<const HASHES: u32> From<u32> for Colliding<HASHES> {
    fn from(number: u32) -> Self {
        Self(number)
    }
}

/// The same entries, as other objects, inserted from the last to the first.
macro_rules! map_built_apart {
    ($Map:ty) => {
        |map: &$Map| {
            let entries = map
                .iter()
                .map(|(key, value)| (key.clone(), Arc::from(&**value)));
            let entries: Vec<_> = entries.collect();
            entries.into_iter().rev().collect::<$Map>()
        }
    };
}

proptest! {
    #[test]
    fn t5_maps_of_any_age_keep_the_laws(ages in ages()) {
        type Spread = Map<u32, Value>;
        type Few = Map<Colliding<4>, Value>;
        type Same = Map<Colliding<1>, Value>;
        type Ordered = OrdMap<u32, Value>;
        keeps_the_laws!(grown::<Spread>(&ages, write_map), map_built_apart!(Spread));
        keeps_the_laws!(grown::<Few>(&ages, write_map), map_built_apart!(Few));
        keeps_the_laws!(grown::<Same>(&ages, write_map), map_built_apart!(Same));
        keeps_the_laws!(grown::<Ordered>(&ages, write_map), map_built_apart!(Ordered));
    }

    #[test]
    fn t5_sets_of_any_age_keep_the_laws(ages in ages()) {
        type Few = Set<Colliding<4>>;
        let write = |set: &mut Few, at: u32, new: Option<u32>| match new {
            Some(_) => drop(set.insert(Colliding(at))),
            None => drop(set.remove(&Colliding(at))),
        };
        let apart = |set: &Few| {
            let keys: Vec<_> = set.iter().cloned().collect();
            keys.into_iter().rev().collect::<Few>()
        };
        keeps_the_laws!(grown::<Few>(&ages, write), apart);
    }
}

fn write_list(list: &mut List<Value>, at: u32, new: Option<u32>) {
    let len = list.len();
    match new {
        Some(new) => list.insert(at as usize % (len + 1), value(new)),
        None if len > 0 => drop(list.remove(at as usize % len)),
        None => {}
    }
}

proptest! {
    /// The edits of a list are not the fewest, so that those from a list built apart may be others.
    #[test]
    fn t5_lists_of_any_age_keep_the_laws(ages in ages()) {
        let grown = grown::<List<Value>>(&ages, write_list);
        for first in &grown {
            let apart: List<Value> = first.iter().map(|item| Arc::from(&**item)).collect();
            prop_assert!(apart == *first && apart.diff(first).is_empty());
            for second in &grown {
                for old in [first, &apart] {
                    let diff = second.diff(old);
                    prop_assert_eq!(diff.is_empty(), first == second);
                    let mut age = old.clone();
                    age.apply(&diff).unwrap();
                    prop_assert!(&age == second, "apply");
                    age.apply(&diff.clone().invert()).unwrap();
                    prop_assert!(&age == first, "invert");
                    let third = &grown[0];
                    let mut age = old.clone();
                    age.apply(&diff.compose(third.diff(second))).unwrap();
                    prop_assert!(&age == third, "compose");
                }
            }
        }
    }
}

/// How many entries a huge collection has: `STORE_HUGE`, or fewer.
fn huge() -> u32 {
    let asked = std::env::var("STORE_HUGE").ok();
    asked.and_then(|len| len.parse().ok()).unwrap_or(20_000)
}

fn changes_many<C>(expected: usize)
where
    C: Keyed<Key = u32, Value = u32> + PartialEq + Debug,
{
    use super::Entries as _;
    let len = huge();
    let mut old = C::default();
    for n in 0..len {
        old.entries_mut().insert(n, n);
    }
    let mut new = old.clone();
    for n in (0..len).step_by((len / 100) as usize) {
        new.entries_mut().remove_entry(&n);
        new.entries_mut().insert(n + 1, 0);
        new.entries_mut().insert(len + n, 0);
    }
    let diff = new.entries().diff(old.entries());
    assert_eq!(diff.len(), expected);
    let from_nothing = new.entries().diff(C::default().entries());
    assert_eq!(from_nothing.len(), new.entries().iter().len());
    let mut age = old.clone();
    age.entries_mut().apply(&diff).unwrap();
    assert!(age == new);
    age.entries_mut().apply(&from_nothing.invert()).unwrap();
    assert!(age == C::default());
}

#[test]
fn t5_huge_maps_keep_the_laws() {
    changes_many::<Map<u32, u32>>(300);
    changes_many::<OrdMap<u32, u32>>(300);
}

#[cfg(feature = "serde")]
proptest! {
    #[test]
    fn t5_ordered_maps_and_sets_of_objects_go_through_serde(
        writes in vec((0..40_u32, select(vec![0, 1])), 0..60),
    ) {
        let map: OrdMap<u32, Vec<u32>> = writes.iter().map(|(k, v)| (*k, vec![*v])).collect();
        let json = serde_json::to_string(&map).unwrap();
        let back: OrdMap<u32, Vec<u32>> = serde_json::from_str(&json).unwrap();
        prop_assert!(back == map && back.diff(&map).is_empty());
        let mut rest = map.clone();
        rest.retain(|key, _| key % 2 == 0);
        let diff = map.diff(&rest);
        let json = serde_json::to_string(&diff).unwrap();
        rest.apply(&serde_json::from_str(&json).unwrap()).unwrap();
        prop_assert_eq!(rest, map);
    }
}
