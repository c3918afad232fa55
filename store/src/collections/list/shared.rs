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

/// A node of one list and the index of its first item.
struct Stretch<'a, T> {
    start: usize,
    node: &'a Node<T>,
    shared: bool,
}

/// The stretches of one list, in order, opened down to the nodes the other list holds as well.
struct Side<'a, T> {
    height: usize,
    stretches: Vec<Stretch<'a, T>>,
}

impl<'a, T> Side<'a, T> {
    fn new(root: &'a Node<T>) -> Self {
        let stretches = vec![Stretch {
            start: 0,
            node: root,
            shared: false,
        }];
        Self {
            height: root.height(),
            stretches,
        }
    }

    /// The addresses of the nodes at `height`, sorted.
    fn addresses(&self, height: usize) -> Vec<*const ()> {
        if height > self.height {
            return Vec::new(); // The tree is not that high; its root waits for its turn.
        }
        let open = self.stretches.iter().filter(|stretch| !stretch.shared);
        let mut addresses: Vec<_> = open.map(|stretch| stretch.node.address()).collect();
        addresses.sort_unstable();
        addresses
    }

    /// Marks the nodes at `height` that are among `others`, and puts the children of all others in their place.
    fn open(&mut self, height: usize, others: &[*const ()]) {
        if height > self.height {
            return;
        }
        let mut opened = Vec::with_capacity(self.stretches.len() * 2);
        for mut stretch in self.stretches.drain(..) {
            let children = stretch.node.children();
            if !stretch.shared && others.binary_search(&stretch.node.address()).is_ok() {
                stretch.shared = true;
            }
            if stretch.shared || children.is_empty() {
                opened.push(stretch);
                continue;
            }
            let mut start = stretch.start;
            for node in children {
                opened.push(Stretch {
                    start,
                    node,
                    shared: false,
                });
                start += node.len();
            }
        }
        self.stretches = opened;
    }

    /// The shared nodes as (address, start, length), sorted.
    fn shared(&self) -> Vec<(*const (), usize, usize)> {
        let shared = self.stretches.iter().filter(|stretch| stretch.shared);
        let mut shared: Vec<_> = shared
            .map(|s| (s.node.address(), s.start, s.node.len()))
            .collect();
        shared.sort_unstable();
        shared
    }
}

/// All nodes that both trees hold, in the order of the new one.
///
/// A node that occurs more than once is paired with as many as the other tree has, in order.
pub(super) fn common<T>(old: &Node<T>, new: &Node<T>) -> Vec<Common> {
    let (mut old, mut new) = (Side::new(old), Side::new(new));
    for height in (0..=old.height.max(new.height)).rev() {
        let (in_old, in_new) = (old.addresses(height), new.addresses(height));
        old.open(height, &in_new);
        new.open(height, &in_old);
    }
    let mut pairs = Vec::new();
    let mut rest = old.shared().into_iter().peekable();
    for (address, start, len) in new.shared() {
        while rest.next_if(|(other, ..)| *other < address).is_some() {}
        if let Some((_, old, _)) = rest.next_if(|(other, ..)| *other == address) {
            pairs.push(Common {
                old,
                new: start,
                len,
            });
        }
    }
    pairs.sort_unstable_by_key(|pair| pair.new);
    pairs
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
