//! From two lists to the edits between them.
//!
//! What both lists share is passed over; what is left is short, and is aligned item by item.

use super::{
    ListIter,
    align::{Step, align},
    edit::ListEdit,
    node::Node,
    shared::{self, Common},
};
use crate::collections::same;

/// The most comparisons spent on finding items that were moved.
const PAIRINGS: usize = 4096;

pub(super) fn edits<'a, T>(old: &'a Node<T>, new: &'a Node<T>) -> Vec<ListEdit<&'a T>>
where
    T: PartialEq + 'static,
{
    if old.address() == new.address() {
        return Vec::new();
    }
    let pairs = shared::common(old, new);
    // Where something has shifted, one of several equal items could be told as gone here and come there.
    if pairs.iter().any(|pair| pair.old != pair.new) && agree(old, new, &pairs) {
        return Vec::new();
    }
    let mut steps = Vec::new();
    let (mut old_start, mut new_start) = (0, 0);
    let end = Common {
        old: old.len(),
        new: new.len(),
        len: 0,
    };
    for kept in shared::in_order(pairs).into_iter().chain([end]) {
        if old_start < kept.old || new_start < kept.new {
            let old_run: Vec<_> = ListIter::new(old, old_start, kept.old).collect();
            let new_run: Vec<_> = ListIter::new(new, new_start, kept.new).collect();
            align(&old_run, &new_run, &mut steps);
        }
        steps.push(Step::Keep(kept.len));
        (old_start, new_start) = (kept.old + kept.len, kept.new + kept.len);
    }
    let moves = Moves::find(&steps);
    Writer::default().write(&steps, moves)
}

/// Tells whether both lists hold the same items, comparing only where they share none.
pub(super) fn equal<T: PartialEq + 'static>(a: &Node<T>, b: &Node<T>) -> bool {
    a.address() == b.address() || a.len() == b.len() && agree(a, b, &shared::common(a, b))
}

/// The same of two lists that share these stretches.
fn agree<T: PartialEq + 'static>(a: &Node<T>, b: &Node<T>, shared: &[Common]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let same_items = |start: usize, end: usize| {
        let mut pairs = ListIter::new(a, start, end).zip(ListIter::new(b, start, end));
        pairs.all(|(a, b)| same::by_value(a, b))
    };
    let mut start = 0;
    for common in shared.iter().filter(|common| common.old == common.new) {
        if !same_items(start, common.new) {
            return false;
        }
        start = common.new + common.len;
    }
    same_items(start, a.len())
}

/// Items that were removed once and came in once elsewhere, each with a number of its own.
#[derive(Default)]
struct Moves {
    /// Step and number, by step.
    removed: Vec<(usize, usize)>,
    /// Step and number, by step.
    inserted: Vec<(usize, usize)>,
}

impl Moves {
    fn find<T: PartialEq + 'static>(steps: &[Step<'_, T>]) -> Self {
        let numbered = || steps.iter().enumerate();
        let removed: Vec<_> = numbered()
            .filter_map(|(at, step)| match step {
                Step::Remove(item) => Some((at, *item)),
                _ => None,
            })
            .collect();
        let inserted: Vec<_> = numbered()
            .filter_map(|(at, step)| match step {
                Step::Insert(item) => Some((at, *item)),
                _ => None,
            })
            .collect();
        let mut moves = Self::default();
        if removed.len() * inserted.len() > PAIRINGS {
            return moves;
        }
        for (at, item) in &removed {
            let twins = |items: &[(usize, &T)]| -> Vec<usize> {
                items
                    .iter()
                    .filter(|(_, other)| same::by_value(*item, *other))
                    .map(|(at, _)| *at)
                    .collect()
            };
            if let ([to], [_]) = (&*twins(&inserted), &*twins(&removed)) {
                let number = moves.removed.len();
                moves.removed.push((*at, number));
                moves.inserted.push((*to, number));
            }
        }
        moves.inserted.sort_unstable();
        moves
    }

    fn number(side: &[(usize, usize)], step: usize) -> Option<usize> {
        side.binary_search_by_key(&step, |(at, _)| *at)
            .ok()
            .map(|found| side[found].1)
    }
}

/// Turns steps into edits.
///
/// Items that move stay where they are while all others are edited, and are moved at the end, one after
/// the other from the front of the new list. The others are *settled* then, and a place is told by how many
/// of them come before it.
struct Writer<'a, T> {
    edits: Vec<ListEdit<&'a T>>,
    /// Where in the list the next step is.
    index: usize,
    settled: usize,
    /// What was removed and inserted since the last item kept; one replaces the other.
    removed: Vec<&'a T>,
    inserted: Vec<&'a T>,
}

impl<T> Default for Writer<'_, T> {
    fn default() -> Self {
        Self {
            edits: Vec::new(),
            index: 0,
            settled: 0,
            removed: Vec::new(),
            inserted: Vec::new(),
        }
    }
}

impl<'a, T> Writer<'a, T> {
    fn write(mut self, steps: &[Step<'a, T>], moves: Moves) -> Vec<ListEdit<&'a T>> {
        // Items that move, in the order of the old list and of the new, by number and place.
        let mut leaving = Vec::new();
        let mut arriving = Vec::new();
        for (at, step) in steps.iter().enumerate() {
            match step {
                Step::Keep(0) => {}
                Step::Keep(len) => {
                    self.replace();
                    self.index += len;
                    self.settled += len;
                }
                Step::Remove(item) => match Moves::number(&moves.removed, at) {
                    Some(number) => {
                        self.replace();
                        leaving.push((number, self.settled));
                        self.index += 1;
                    }
                    None => self.removed.push(item),
                },
                Step::Insert(item) => match Moves::number(&moves.inserted, at) {
                    Some(number) => arriving.push((number, self.settled + self.inserted.len())),
                    None => self.inserted.push(item),
                },
            }
        }
        self.replace_end();
        self.put_in_place(leaving, &arriving);
        self.edits
    }

    /// Sets what was both removed and inserted, and leaves what is more of one than of the other.
    fn set(&mut self) {
        let both = self.removed.len().min(self.inserted.len());
        for (old, new) in self.removed.drain(..both).zip(self.inserted.drain(..both)) {
            self.edits.push(ListEdit::Set {
                index: self.index,
                old,
                new,
            });
            self.index += 1;
        }
        self.settled += both;
    }

    fn replace(&mut self) {
        self.set();
        self.edits
            .extend(self.removed.drain(..).map(|old| ListEdit::Remove {
                index: self.index,
                old,
            }));
        for value in self.inserted.drain(..) {
            self.edits.push(ListEdit::Insert {
                index: self.index,
                value,
            });
            self.index += 1;
            self.settled += 1;
        }
    }

    fn replace_end(&mut self) {
        self.set();
        let len = self.index;
        if !self.removed.is_empty() {
            let removed = std::mem::take(&mut self.removed);
            self.edits.push(ListEdit::Truncate { len, removed });
        }
        if !self.inserted.is_empty() {
            let values = std::mem::take(&mut self.inserted);
            self.edits.push(ListEdit::Append { len, values });
        }
    }

    /// Moves each item, in the order of the new list, before all others that wait at the same place.
    fn put_in_place(&mut self, mut leaving: Vec<(usize, usize)>, arriving: &[(usize, usize)]) {
        for (arrived, (number, place)) in arriving.iter().enumerate() {
            let Some(waiting) = leaving.iter().position(|(other, _)| other == number) else {
                continue;
            };
            let (_, left) = leaving.remove(waiting);
            let before_left = arriving[..arrived]
                .iter()
                .filter(|(_, other)| *other <= left)
                .count();
            let from = left + before_left + waiting;
            let to = place + arrived + leaving.iter().filter(|(_, other)| other < place).count();
            if from != to {
                self.edits.push(ListEdit::Move { from, to });
            }
        }
    }
}
