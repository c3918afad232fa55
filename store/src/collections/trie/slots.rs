//! Which slots of a branch belong to which of its children.
//!
//! Pure arithmetic: knows neither keys nor nodes.

/// How many slots a branch has.
pub(super) const SLOTS: usize = 8;

/// How many bits of a hash choose one of them.
const BITS: u32 = 3;

/// How many levels of branches the bits of a hash suffice for.
pub(super) const LEVELS: u32 = u64::BITS.div_ceil(BITS);

/// The slot of `hash` in a branch at `level`. The highest bits choose first, so that hashes in order lead
/// to slots in order.
pub(super) fn slot(hash: u64, level: u32) -> usize {
    (below(hash, level) >> (u64::BITS - BITS)) as usize
}

/// What is left of `hash` for a branch at `level` and those under it.
pub(super) fn below(hash: u64, level: u32) -> u64 {
    hash << (BITS * level)
}

/// The child of every slot: a digit of four bits each, lowest slot lowest.
///
/// Children are in the order of their slots. Each has one slot, or two, four or eight that are aligned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slots(u32);

impl Slots {
    /// All slots belong to one child.
    pub(super) const UNDIVIDED: Self = Self(0);

    pub(super) fn child(self, slot: usize) -> usize {
        (self.0 >> (4 * slot)) as usize % SLOTS
    }

    /// How many slots the child of `slot` has.
    pub(super) fn width(self, slot: usize) -> usize {
        let wide = [8, 4, 2].into_iter().find(|width| {
            let first = slot - slot % width;
            self.child(first) == self.child(first + width - 1)
        });
        wide.unwrap_or(1)
    }

    /// Gives the slots from `middle` on to a child of their own, and those after it to the next.
    pub(super) fn split(self, middle: usize) -> Self {
        Self(self.0 + (0x1111_1111 << (4 * middle)))
    }

    /// Undoes [`split`](Self::split).
    pub(super) fn merge(self, middle: usize) -> Self {
        Self(self.0 - (0x1111_1111 << (4 * middle)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn children_split_and_merge_in_aligned_halves() {
        let halves = Slots::UNDIVIDED.split(4);
        assert_eq!([0, 3, 4, 7].map(|slot| halves.child(slot)), [0, 0, 1, 1]);
        let parts = halves.split(2).split(6).split(7);
        assert_eq!(
            [0, 1, 2, 3, 4, 5, 6, 7].map(|slot| parts.child(slot)),
            [0, 0, 1, 1, 2, 2, 3, 4]
        );
        assert_eq!(
            [0, 3, 5, 6, 7].map(|slot| parts.width(slot)),
            [2, 2, 2, 1, 1]
        );
        assert_eq!(Slots::UNDIVIDED.width(5), 8);
        assert_eq!(parts.merge(7).merge(6).merge(2), halves);
        assert_eq!(halves.merge(4), Slots::UNDIVIDED);
    }

    #[test]
    fn every_bit_of_a_hash_chooses_a_slot() {
        let slots = |hash| (0..LEVELS).map(move |level| slot(hash, level));
        for bit in 0..u64::BITS {
            assert_eq!(slots(1 << bit).filter(|slot| *slot != 0).count(), 1);
        }
        assert!(slots(!0).take(21).all(|slot| slot == 7));
        assert_eq!(slots(!0).next_back(), Some(4));
    }
}
