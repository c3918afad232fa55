//! What differs between two lists, as edits one after the other.
//!
//! Pure: knows nothing of how the edits were found.

use super::List;
use crate::collections::{mismatch::DiffMismatch, same};

/// Tells one edit of a list.
///
/// An index counts in the list as the edits before it have left it.
///
/// Iterators over a difference give it out with borrowed items, as `ListEdit<&T>`; a [`ListDiff`] owns
/// its items.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum ListEdit<T> {
    /// An item came in before the one at `index`.
    Insert {
        /// Where the item now is.
        index: usize,
        /// The item.
        value: T,
    },
    /// The item at `index` went.
    Remove {
        /// Where the item was.
        index: usize,
        /// The item.
        old: T,
    },
    /// The item at `index` is another one.
    Set {
        /// Where the item is.
        index: usize,
        /// The item before.
        old: T,
        /// The item now.
        new: T,
    },
    /// Items came in at the end.
    Append {
        /// The length before.
        len: usize,
        /// The items.
        values: Vec<T>,
    },
    /// All items from `len` on went.
    Truncate {
        /// The length now.
        len: usize,
        /// The items that went.
        removed: Vec<T>,
    },
    /// An item changed its place.
    Move {
        /// Where the item was.
        from: usize,
        /// Where the item is, counted without it.
        to: usize,
    },
}

impl<T> ListEdit<T> {
    fn map<'a, U>(&'a self, item: impl Fn(&'a T) -> U) -> ListEdit<U> {
        match self {
            Self::Insert { index, value } => ListEdit::Insert {
                index: *index,
                value: item(value),
            },
            Self::Remove { index, old } => ListEdit::Remove {
                index: *index,
                old: item(old),
            },
            Self::Set { index, old, new } => ListEdit::Set {
                index: *index,
                old: item(old),
                new: item(new),
            },
            Self::Append { len, values } => ListEdit::Append {
                len: *len,
                values: values.iter().map(item).collect(),
            },
            Self::Truncate { len, removed } => ListEdit::Truncate {
                len: *len,
                removed: removed.iter().map(item).collect(),
            },
            Self::Move { from, to } => ListEdit::Move {
                from: *from,
                to: *to,
            },
        }
    }

    /// Borrows the items.
    pub fn as_ref(&self) -> ListEdit<&T> {
        self.map(|item| item)
    }

    /// Turns the edit around: what leads back.
    #[must_use]
    pub fn invert(self) -> Self {
        match self {
            Self::Insert { index, value } => Self::Remove { index, old: value },
            Self::Remove { index, old } => Self::Insert { index, value: old },
            Self::Set { index, old, new } => Self::Set {
                index,
                old: new,
                new: old,
            },
            Self::Append { len, values } => Self::Truncate {
                len,
                removed: values,
            },
            Self::Truncate { len, removed } => Self::Append {
                len,
                values: removed,
            },
            Self::Move { from, to } => Self::Move { from: to, to: from },
        }
    }
}

impl<T: Clone> ListEdit<&T> {
    /// Clones the items.
    pub fn cloned(&self) -> ListEdit<T> {
        self.map(|item| (*item).clone())
    }
}

impl<T: Clone + PartialEq + 'static> ListEdit<T> {
    /// Makes the edit, or says why it does not fit.
    fn apply(&self, list: &mut List<T>) -> Result<(), String> {
        let len = list.len();
        let beyond = |index| format!("index {index} is beyond the length {len}");
        let holds = |index: usize, old: &T| match list.get(index) {
            Some(now) if same::by_value(now, old) => Ok(()),
            Some(_) => Err(format!("index {index} holds another item than the old one")),
            None => Err(beyond(index)),
        };
        let has_len = |expected: usize| match expected == len {
            true => Ok(()),
            false => Err(format!("the length is {len} and not {expected}")),
        };
        match self {
            Self::Insert { index, value } => {
                if *index > len {
                    return Err(beyond(*index));
                }
                list.insert(*index, value.clone());
            }
            Self::Remove { index, old } => {
                holds(*index, old)?;
                list.remove(*index);
            }
            Self::Set { index, old, new } => {
                holds(*index, old)?;
                list.replace(*index, new.clone());
            }
            Self::Append { len, values } => {
                has_len(*len)?;
                list.extend(values.iter().cloned());
            }
            Self::Truncate { len, removed } => {
                has_len(len.saturating_add(removed.len()))?;
                (*len..)
                    .zip(removed)
                    .try_for_each(|(index, old)| holds(index, old))?;
                list.truncate(*len);
            }
            Self::Move { from, to } => {
                let outside = [*from, *to].into_iter().find(|index| *index >= len);
                if let Some(index) = outside {
                    return Err(beyond(index));
                }
                list.move_item(*from, *to);
            }
        }
        Ok(())
    }
}

/// Holds what differs between two lists: edits, in the order in which they are to be made.
///
/// # Examples
///
/// ```
/// use store::{List, ListEdit};
///
/// let old = List::from(["ann", "bob", "cy"]);
/// let new = List::from(["bob", "cy", "dan"]);
///
/// let edits: Vec<_> = new.diff(&old).into_iter().collect();
/// assert_eq!(edits, [
///     ListEdit::Remove { index: 0, old: "ann" },
///     ListEdit::Append { len: 2, values: vec!["dan"] },
/// ]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
#[must_use = "a diff changes nothing until it is applied"]
pub struct ListDiff<T> {
    edits: Vec<ListEdit<T>>,
}

impl<T> ListDiff<T> {
    /// Returns how many edits there are.
    pub fn len(&self) -> usize {
        self.edits.len()
    }

    /// Tells whether there are no edits.
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }

    /// Iterates over the edits, in the order in which they are to be made.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = ListEdit<&T>> {
        self.edits.iter().map(ListEdit::as_ref)
    }

    /// Turns the diff around: what leads from the new list back to the old.
    pub fn invert(self) -> Self {
        self.edits.into_iter().rev().map(ListEdit::invert).collect()
    }
}

impl<T: Clone + PartialEq + 'static> ListDiff<T> {
    /// Joins this diff with the one that follows it: what leads from the first list to the last.
    ///
    /// Edits that meet where the diffs meet are joined, or left out if they cancel out; a diff and its
    /// inverse make an empty one. The rest stays as it is: the net difference of two lists at hand is
    /// found by [`List::diff`].
    pub fn compose(mut self, then: Self) -> Self {
        for edit in then.edits {
            let joined = match self.edits.pop() {
                Some(last) => join(last, edit),
                None => vec![edit],
            };
            self.edits.extend(joined);
        }
        self
    }

    /// Makes every edit on a copy, which replaces `list` if all of them fit.
    pub(super) fn apply(&self, list: &mut List<T>) -> Result<(), DiffMismatch> {
        let mut edited = list.clone();
        for (number, edit) in self.edits.iter().enumerate() {
            edit.apply(&mut edited)
                .map_err(|reason| DiffMismatch::list(number, reason))?;
        }
        *list = edited;
        Ok(())
    }
}

/// Joins two edits, the second made after the first, where one can say both.
fn join<T: PartialEq + 'static>(first: ListEdit<T>, then: ListEdit<T>) -> Vec<ListEdit<T>> {
    use ListEdit::{Append, Insert, Move, Remove, Set, Truncate};

    let set = |index, old, new| match same::by_value(&old, &new) {
        true => vec![],
        false => vec![Set { index, old, new }],
    };
    match (first, then) {
        (Insert { index, .. }, Remove { index: at, .. }) if index == at => vec![],
        (Insert { index, .. }, Set { index: at, new, .. }) if index == at => {
            vec![Insert { index, value: new }]
        }
        (Remove { index, old }, Insert { index: at, value }) if index == at => {
            set(index, old, value)
        }
        (Set { index, old, .. }, Remove { index: at, .. }) if index == at => {
            vec![Remove { index, old }]
        }
        (Set { index, old, .. }, Set { index: at, new, .. }) if index == at => set(index, old, new),
        (
            Move { from, to },
            Move {
                from: again,
                to: back,
            },
        ) if to == again => match from == back {
            true => vec![],
            false => vec![Move { from, to: back }],
        },
        (Append { len, mut values }, Append { values: more, .. }) => {
            values.extend(more);
            vec![Append { len, values }]
        }
        (Append { len, mut values }, Truncate { len: to, .. }) if to >= len => {
            values.truncate(to - len);
            match values.is_empty() {
                true => vec![],
                false => vec![Append { len, values }],
            }
        }
        (Truncate { removed, .. }, Append { values, .. })
            if removed.len() == values.len()
                && removed
                    .iter()
                    .zip(&values)
                    .all(|(old, new)| same::by_value(old, new)) =>
        {
            vec![]
        }
        (first, then) => vec![first, then],
    }
}

impl<T> Default for ListDiff<T> {
    fn default() -> Self {
        Self { edits: Vec::new() }
    }
}

impl<T> FromIterator<ListEdit<T>> for ListDiff<T> {
    fn from_iter<I: IntoIterator<Item = ListEdit<T>>>(edits: I) -> Self {
        Self {
            edits: edits.into_iter().collect(),
        }
    }
}

impl<T> IntoIterator for ListDiff<T> {
    type Item = ListEdit<T>;
    type IntoIter = std::vec::IntoIter<ListEdit<T>>;

    fn into_iter(self) -> Self::IntoIter {
        self.edits.into_iter()
    }
}
