//! A persistent set of intervals that finds those which contain a key.
//!
//! Sorted levels of doubling size, each an array searched as a tree that knows how far its
//! subtrees reach (the logarithmic method of Bentley and Saxe over an implicit interval tree).
//! Adding costs O(log n) amortised and finding O(log² n + found). Removing only counts, until
//! half is dead and the live ones are put together anew.

use std::{cmp::Ordering, ops::Bound, sync::Arc};

/// The first and the last key of an interval.
pub(super) type Range<K> = (Bound<K>, Bound<K>);

struct Item<K, T> {
    range: Range<K>,
    value: T,
}

/// Items sorted by start.
struct Level<K, T> {
    items: Vec<Arc<Item<K, T>>>,
    /// For the middle of each subtree, the item of that subtree that ends last.
    reach: Vec<usize>,
}

/// Intervals, each with a value.
pub(super) struct Intervals<K, T> {
    /// From large to small.
    levels: Vec<Arc<Level<K, T>>>,
    /// How many of all are dead.
    dead: usize,
}

impl<K, T> Default for Intervals<K, T> {
    fn default() -> Self {
        Self {
            levels: Vec::new(),
            dead: 0,
        }
    }
}

impl<K, T> Intervals<K, T> {
    fn len(&self) -> usize {
        self.levels.iter().map(|level| level.items.len()).sum()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.levels.is_empty()
    }
}

impl<K: Ord, T> Intervals<K, T> {
    /// These intervals and one more.
    pub(super) fn with(&self, range: Range<K>, value: T) -> Self {
        let mut levels = self.levels.clone();
        let mut items = vec![Arc::new(Item { range, value })];
        while let Some(small) = levels.pop_if(|level| level.items.len() <= items.len()) {
            items.extend(small.items.iter().map(Arc::clone));
        }
        levels.push(Arc::new(Level::new(items)));
        Self {
            levels,
            dead: self.dead,
        }
    }

    /// These intervals after one more of them has died.
    pub(super) fn without_one(&self, is_alive: impl Fn(&T) -> bool) -> Self {
        let dead = self.dead + 1;
        if dead * 2 < self.len() {
            return Self {
                levels: self.levels.clone(),
                dead,
            };
        }
        let items = self.levels.iter().flat_map(|level| &level.items);
        let alive: Vec<_> = items
            .filter(|item| is_alive(&item.value))
            .map(Arc::clone)
            .collect();
        if alive.is_empty() {
            return Self::default();
        }
        Self {
            levels: vec![Arc::new(Level::new(alive))],
            dead: 0,
        }
    }

    /// Calls `found` with the value of each interval that contains `key`.
    pub(super) fn containing(&self, key: &K, found: &mut impl FnMut(&T)) {
        for level in &self.levels {
            level.containing(0..level.items.len(), key, found);
        }
    }
}

impl<K: Ord, T> Level<K, T> {
    fn new(mut items: Vec<Arc<Item<K, T>>>) -> Self {
        items.sort_by(|a, b| compare_starts(&a.range.0, &b.range.0));
        let mut level = Self {
            reach: vec![0; items.len()],
            items,
        };
        level.measure(0..level.items.len());
        level
    }

    /// Fills in how far a subtree reaches; returns the item that ends last.
    fn measure(&mut self, part: std::ops::Range<usize>) -> Option<usize> {
        if part.is_empty() {
            return None;
        }
        let middle = part.start.midpoint(part.end);
        let below = [
            self.measure(part.start..middle),
            self.measure(middle + 1..part.end),
        ];
        let mut last = middle;
        for other in below.into_iter().flatten() {
            if compare_ends(&self.items[other].range.1, &self.items[last].range.1).is_gt() {
                last = other;
            }
        }
        self.reach[middle] = last;
        Some(last)
    }

    fn containing(&self, part: std::ops::Range<usize>, key: &K, found: &mut impl FnMut(&T)) {
        if part.is_empty() {
            return;
        }
        let middle = part.start.midpoint(part.end);
        if !ends_after(&self.items[self.reach[middle]].range.1, key) {
            return;
        }
        self.containing(part.start..middle, key, found);
        let Item {
            range: (start, end),
            value,
        } = &*self.items[middle];
        if starts_before(start, key) {
            if ends_after(end, key) {
                found(value);
            }
            self.containing(middle + 1..part.end, key, found);
        }
    }
}

fn starts_before<K: Ord>(start: &Bound<K>, key: &K) -> bool {
    match start {
        Bound::Included(start) => start <= key,
        Bound::Excluded(start) => start < key,
        Bound::Unbounded => true,
    }
}

fn ends_after<K: Ord>(end: &Bound<K>, key: &K) -> bool {
    match end {
        Bound::Included(end) => end >= key,
        Bound::Excluded(end) => end > key,
        Bound::Unbounded => true,
    }
}

fn compare_starts<K: Ord>(a: &Bound<K>, b: &Bound<K>) -> Ordering {
    // Of two that start at one key, the one that includes it comes first.
    compare(a, b, Ordering::Less)
}

fn compare_ends<K: Ord>(a: &Bound<K>, b: &Bound<K>) -> Ordering {
    // Of two that end at one key, the one that includes it comes last.
    compare(a, b, Ordering::Greater)
}

/// Compares bounds of one side; `wide` is how unbounded and inclusive ones stand to the others.
fn compare<K: Ord>(a: &Bound<K>, b: &Bound<K>, wide: Ordering) -> Ordering {
    match (a, b) {
        (Bound::Unbounded, Bound::Unbounded) => Ordering::Equal,
        (Bound::Unbounded, _) => wide,
        (_, Bound::Unbounded) => wide.reverse(),
        (Bound::Included(a), Bound::Excluded(b)) => a.cmp(b).then(wide),
        (Bound::Excluded(a), Bound::Included(b)) => a.cmp(b).then(wide.reverse()),
        (Bound::Included(a), Bound::Included(b)) | (Bound::Excluded(a), Bound::Excluded(b)) => {
            a.cmp(b)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Bound, Intervals, Range, ends_after, starts_before};

    fn bound() -> impl Strategy<Value = Bound<u8>> {
        prop_oneof![
            (0..40_u8).prop_map(Bound::Included),
            (0..40_u8).prop_map(Bound::Excluded),
            Just(Bound::Unbounded),
        ]
    }

    proptest! {
        #[test]
        fn finds_exactly_the_intervals_that_contain_a_key(
            steps in proptest::collection::vec((bound(), bound(), any::<bool>()), 0..80),
        ) {
            let mut intervals = Intervals::default();
            let mut alive: Vec<(usize, Range<u8>)> = Vec::new();
            for (number, (start, end, remove)) in steps.into_iter().enumerate() {
                intervals = intervals.with((start, end), number);
                alive.push((number, (start, end)));
                if remove {
                    alive.remove(alive.len() / 2);
                    intervals = intervals.without_one(|value| alive.iter().any(|(n, _)| n == value));
                }
                for key in 0..40 {
                    let mut found = Vec::new();
                    intervals.containing(&key, &mut |value| found.push(*value));
                    found.retain(|value| alive.iter().any(|(n, _)| n == value));
                    found.sort_unstable();
                    let expected: Vec<usize> = alive
                        .iter()
                        .filter(|(_, (start, end))| starts_before(start, &key) && ends_after(end, &key))
                        .map(|(n, _)| *n)
                        .collect();
                    prop_assert_eq!(found, expected);
                }
            }
        }
    }
}
