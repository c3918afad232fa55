//! What diffs and equality cost, counted in comparisons of keys and items and never in time.

use std::{
    cell::Cell,
    cmp::Ordering,
    hash::{Hash, Hasher},
};

use super::{List, Map, OrdMap};

thread_local! {
    static COMPARISONS: Cell<usize> = const { Cell::new(0) };
}

/// Counts how often keys and values are compared.
#[derive(Debug, Clone, Eq)]
struct Counted(u32);

impl PartialEq for Counted {
    fn eq(&self, other: &Self) -> bool {
        COMPARISONS.set(COMPARISONS.get() + 1);
        self.0 == other.0
    }
}

impl Ord for Counted {
    fn cmp(&self, other: &Self) -> Ordering {
        COMPARISONS.set(COMPARISONS.get() + 1);
        self.0.cmp(&other.0)
    }
}

impl PartialOrd for Counted {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for Counted {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

fn counted<T>(work: impl FnOnce() -> T) -> (T, usize) {
    COMPARISONS.set(0);
    let answer = work();
    (answer, COMPARISONS.get())
}

macro_rules! map_diff_costs_what_changed {
    ($Map:ident) => {{
    const CHANGES: usize = 10;
    let costs = [1_000, 100_000].map(|len: u32| {
        let old: $Map<Counted, Counted> = (0..len).map(|n| (Counted(n), Counted(n))).collect();
        let mut new = old.clone();
        for n in 0..CHANGES as u32 {
            let key = n * (len / CHANGES as u32);
            match n % 3 {
                0 => new.insert(Counted(key), Counted(u32::MAX)),
                1 => new.insert(Counted(len + n), Counted(n)),
                _ => new.remove(&Counted(key)),
            };
        }
        let (diff, cost) = counted(|| new.diff(&old));
        assert_eq!(diff.len(), CHANGES);
        let (equal, cost_of_equality) = counted(|| new == old);
        assert!(!equal && cost_of_equality <= cost);
        cost
    });
    // Every change may cost the comparison of a leaf of 32 entries, key and value, with another.
    assert!(
        costs.iter().all(|cost| *cost < CHANGES * 2 * 32 * 2),
        "{costs:?}"
    );
    }};
}

#[test]
fn t5_a_map_diff_costs_what_changed() {
    map_diff_costs_what_changed!(Map);
}

#[test]
fn t5_an_ordered_map_diff_costs_what_changed() {
    map_diff_costs_what_changed!(OrdMap);
}

#[test]
fn t5_shared_maps_are_equal_without_a_comparison() {
    let old: Map<Counted, Counted> = (0..1000).map(|n| (Counted(n), Counted(n))).collect();
    let new = old.clone();
    assert_eq!(
        counted(|| new == old && new.diff(&old).is_empty()),
        (true, 0)
    );
}

#[test]
fn t5_a_list_diff_costs_what_changed() {
    const CHANGES: usize = 9;
    let costs = [1_000, 100_000].map(|len: usize| {
        let old: List<Counted> = (0..len as u32).map(Counted).collect();
        let mut new = old.clone();
        for n in 0..CHANGES {
            let at = n * (len / CHANGES);
            match n % 3 {
                0 => drop(new.replace(at, Counted(u32::MAX))),
                1 => new.insert(at, Counted(u32::MAX)),
                _ => drop(new.remove(at)),
            }
        }
        let (diff, cost) = counted(|| new.diff(&old));
        assert_eq!(diff.len(), CHANGES);
        let (equal, cost_of_equality) = counted(|| new == old);
        assert!(!equal && cost_of_equality <= cost);
        cost
    });
    // Every change may cost the comparison of two leaves of 32 items.
    assert!(
        costs.iter().all(|cost| *cost < CHANGES * 2 * 32),
        "{costs:?}"
    );
}

#[test]
fn t5_shared_lists_are_equal_without_a_comparison() {
    let old: List<Counted> = (0..1000).map(Counted).collect();
    let new = old.clone();
    assert_eq!(
        counted(|| new == old && new.diff(&old).is_empty()),
        (true, 0)
    );
}

#[test]
fn t5_lists_with_nothing_in_common_cost_a_multiple_of_their_length() {
    let old: List<Counted> = (0..5000).map(Counted).collect();
    let new: List<Counted> = (5000..10_000).map(Counted).collect();
    let (diff, cost) = counted(|| new.diff(&old));
    assert_eq!(diff.len(), 5000);
    assert!(cost < 5000 * 64 * 2, "{cost}");
}

#[test]
fn a_partition_point_costs_the_logarithm_of_the_length() {
    let list: List<Counted> = (0..100_000).map(Counted).collect();
    let (point, cost) = counted(|| list.partition_point(|item| *item < Counted(77_777)));
    assert_eq!(point, 77_777);
    // The logarithm is 17, and every level of the tree may cost one more.
    assert!(cost <= 17 + 4, "{cost}");
}

#[test]
fn t5_a_slice_shares_what_it_leaves_whole() {
    let list: List<Counted> = (0..100_000).map(Counted).collect();
    let (slice, next) = (list.slice(1000..99_000), list.slice(1001..99_001));
    let (diff, cost) = counted(|| next.diff(&slice));
    assert_eq!(diff.len(), 2);
    // What was cut off lies in one leaf of 32 items at each end, and its neighbour.
    assert!(cost <= 4 * 2 * 32, "{cost}");
}
