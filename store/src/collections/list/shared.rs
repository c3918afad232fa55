//! Which stretches two lists hold in common, found by pointers alone.
//!
//! Compares no item, so it costs what is not shared, however long the lists are.

use std::collections::BTreeMap;

use super::node::Node;

/// A stretch that both lists hold, each at its own place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Common {
    pub(super) old: usize,
    pub(super) new: usize,
    pub(super) len: usize,
}

/// How far ahead nodes are looked for that both lists hold, in nodes of both together.
const AHEAD: usize = 8;

/// A node and the index of its first item in its list.
struct Placed<'a, T> {
    start: usize,
    node: &'a Node<T>,
}

impl<T> Clone for Placed<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Placed<'_, T> {}

/// The nodes of one list at one height that are not known to be in the other, in order.
type Level<'a, T> = Vec<Placed<'a, T>>;

/// All stretches of nodes that both trees hold, in the order of the new one.
///
/// A node that occurs more than once is paired with as many as the other tree has.
pub(super) fn common<T>(old: &Node<T>, new: &Node<T>) -> Vec<Common> {
    let (old_height, new_height) = (old.height(), new.height());
    let mut old = vec![Placed {
        start: 0,
        node: old,
    }];
    let mut new = vec![Placed {
        start: 0,
        node: new,
    }];
    let mut pairs = Vec::new();
    // All leaves are equally deep, so what both hold is at the same height in both.
    for height in (0..=old_height.max(new_height)).rev() {
        if height <= old_height && height <= new_height {
            pair_in_order(&mut old, &mut new, &mut pairs);
            pair_anywhere(&mut old, &mut new, &mut pairs);
        }
        if height > 0 && height <= old_height {
            old = below(&old);
        }
        if height > 0 && height <= new_height {
            new = below(&new);
        }
    }
    pairs.sort_unstable_by_key(|pair: &Common| pair.new);
    pairs
}

fn below<'a, T>(level: &[Placed<'a, T>]) -> Level<'a, T> {
    let width = |placed: &Placed<'_, T>| placed.node.children().len();
    let mut children = Vec::with_capacity(level.iter().map(width).sum());
    for Placed { start, node } in level {
        let mut start = *start;
        for node in node.children() {
            children.push(Placed { start, node });
            start += node.len();
        }
    }
    children
}

/// Adds a pair, to the last one if it goes on where that ends in both lists.
fn add<T>(pairs: &mut Vec<Common>, old: Placed<'_, T>, new: Placed<'_, T>) {
    let len = new.node.len();
    match pairs.last_mut() {
        Some(last) if last.old + last.len == old.start && last.new + last.len == new.start => {
            last.len += len;
        }
        _ => pairs.push(Common {
            old: old.start,
            new: new.start,
            len,
        }),
    }
}

/// Pairs what is in both without changing places, as nearly everything is after a few writes.
fn pair_in_order<T>(old: &mut Level<'_, T>, new: &mut Level<'_, T>, pairs: &mut Vec<Common>) {
    let (mut rest_of_old, mut rest_of_new) = (Vec::new(), Vec::new());
    let (mut i, mut j) = (0, 0);
    while i < old.len() && j < new.len() {
        let is_common = |(i, j): &(usize, usize)| match (old.get(*i), new.get(*j)) {
            (Some(old), Some(new)) => old.node.address() == new.node.address(),
            _ => false,
        };
        let mut ahead = (0..=AHEAD).flat_map(|sum| (0..=sum).map(move |n| (i + n, j + sum - n)));
        match ahead.find(is_common) {
            Some((to_old, to_new)) => {
                rest_of_old.extend_from_slice(&old[i..to_old]);
                rest_of_new.extend_from_slice(&new[j..to_new]);
                add(pairs, old[to_old], new[to_new]);
                (i, j) = (to_old + 1, to_new + 1);
            }
            None => {
                rest_of_old.push(old[i]);
                rest_of_new.push(new[j]);
                (i, j) = (i + 1, j + 1);
            }
        }
    }
    rest_of_old.extend_from_slice(&old[i..]);
    rest_of_new.extend_from_slice(&new[j..]);
    (*old, *new) = (rest_of_old, rest_of_new);
}

/// Pairs what is in both, wherever it is.
fn pair_anywhere<T>(old: &mut Level<'_, T>, new: &mut Level<'_, T>, pairs: &mut Vec<Common>) {
    if old.is_empty() || new.is_empty() {
        return;
    }
    let mut known: Vec<_> = old
        .iter()
        .map(|placed| (placed.node.address(), placed.start))
        .collect();
    known.sort_unstable();
    let first_at = |address| known.partition_point(|(other, _)| *other < address);
    // How many nodes at one address are taken, by the place of the first of them.
    let mut taken = vec![0; known.len() + 1];
    new.retain(|new| {
        let address = new.node.address();
        let first = first_at(address);
        match known.get(first + taken[first]) {
            Some((other, start)) if *other == address => {
                taken[first] += 1;
                pairs.push(Common {
                    old: *start,
                    new: new.start,
                    len: new.node.len(),
                });
                false
            }
            _ => true,
        }
    });
    old.retain(|old| {
        let address = old.node.address();
        let first = first_at(address);
        let taken = &known[first..first + taken[first]];
        taken.binary_search(&(address, old.start)).is_err()
    });
}

/// The stretches that can stay where they are: the longest in all of those that follow the same order in
/// both lists.
pub(super) fn in_order(pairs: Vec<Common>) -> Vec<Common> {
    if pairs.is_sorted_by_key(|pair| pair.old) {
        return pairs;
    }
    // Chains by where their last stretch starts in the old list, as (items, last pair); of two chains the
    // one that ends later is only kept if it holds more items.
    let mut chains: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    let mut before = Vec::with_capacity(pairs.len());
    for (number, pair) in pairs.iter().enumerate() {
        let best = chains
            .range(..pair.old)
            .next_back()
            .map(|(_, chain)| *chain);
        before.push(best.map(|(_, last)| last));
        let items = pair.len + best.map_or(0, |(items, _)| items);
        while let Some((&end, _)) = chains
            .range(pair.old..)
            .next()
            .filter(|(_, chain)| chain.0 <= items)
        {
            chains.remove(&end);
        }
        chains.insert(pair.old, (items, number));
    }
    let mut kept = Vec::new();
    let mut next = chains.last_key_value().map(|(_, (_, last))| *last);
    while let Some(number) = next {
        kept.push(pairs[number]);
        next = before[number];
    }
    kept.reverse();
    kept
}
