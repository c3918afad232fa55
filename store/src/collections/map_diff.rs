//! What differs between two maps, key by key.
//!
//! Pure: knows nothing of the tree behind a map, nor of how the difference was found.

use std::cmp::Ordering;

use super::same;

/// Tells what became of one key of a map.
///
/// Iterators over a difference give it out with borrowed parts, as `MapChange<&K, &V>`; a [`MapDiff`]
/// owns its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum MapChange<K, V> {
    /// The key was not there before.
    Inserted {
        /// The key.
        key: K,
        /// Its value now.
        value: V,
    },
    /// The key has another value than before.
    Updated {
        /// The key.
        key: K,
        /// Its value before.
        old: V,
        /// Its value now.
        new: V,
    },
    /// The key is no longer there.
    Removed {
        /// The key.
        key: K,
        /// Its value before.
        old: V,
    },
}

impl<K, V> MapChange<K, V> {
    /// Returns the change from `old` to `new`, whether they differ or not; none if there is neither.
    pub(crate) fn between(key: K, old: Option<V>, new: Option<V>) -> Option<Self> {
        match (old, new) {
            (None, None) => None,
            (None, Some(value)) => Some(Self::Inserted { key, value }),
            (Some(old), Some(new)) => Some(Self::Updated { key, old, new }),
            (Some(old), None) => Some(Self::Removed { key, old }),
        }
    }

    /// Returns the key, and the value before and after.
    pub(crate) fn into_parts(self) -> (K, Option<V>, Option<V>) {
        match self {
            Self::Inserted { key, value } => (key, None, Some(value)),
            Self::Updated { key, old, new } => (key, Some(old), Some(new)),
            Self::Removed { key, old } => (key, Some(old), None),
        }
    }

    /// Returns the key that changed.
    pub fn key(&self) -> &K {
        let (Self::Inserted { key, .. } | Self::Updated { key, .. } | Self::Removed { key, .. }) =
            self;
        key
    }

    /// Returns the value before the change, if the key was there.
    pub fn old(&self) -> Option<&V> {
        match self {
            Self::Inserted { .. } => None,
            Self::Updated { old, .. } | Self::Removed { old, .. } => Some(old),
        }
    }

    /// Returns the value after the change, if the key is there.
    #[expect(clippy::new_ret_no_self, reason = "it is the counterpart of `old`")]
    pub fn new(&self) -> Option<&V> {
        match self {
            Self::Inserted { value: new, .. } | Self::Updated { new, .. } => Some(new),
            Self::Removed { .. } => None,
        }
    }

    /// Borrows the parts.
    pub fn as_ref(&self) -> MapChange<&K, &V> {
        match self {
            Self::Inserted { key, value } => MapChange::Inserted { key, value },
            Self::Updated { key, old, new } => MapChange::Updated { key, old, new },
            Self::Removed { key, old } => MapChange::Removed { key, old },
        }
    }

    /// Turns the change around: what leads back.
    #[must_use]
    pub fn invert(self) -> Self {
        match self {
            Self::Inserted { key, value } => Self::Removed { key, old: value },
            Self::Updated { key, old, new } => Self::Updated {
                key,
                old: new,
                new: old,
            },
            Self::Removed { key, old } => Self::Inserted { key, value: old },
        }
    }
}

impl<K: Clone, V: Clone> MapChange<&K, &V> {
    /// Clones the parts.
    pub fn cloned(self) -> MapChange<K, V> {
        match self {
            Self::Inserted { key, value } => MapChange::Inserted {
                key: key.clone(),
                value: value.clone(),
            },
            Self::Updated { key, old, new } => MapChange::Updated {
                key: key.clone(),
                old: old.clone(),
                new: new.clone(),
            },
            Self::Removed { key, old } => MapChange::Removed {
                key: key.clone(),
                old: old.clone(),
            },
        }
    }
}

/// Holds what differs between two maps: one [`MapChange`] per key that differs, in key order.
///
/// # Examples
///
/// ```
/// use store::{Map, MapChange};
///
/// let old = Map::from([("ann", 1), ("bob", 2)]);
/// let new = Map::from([("ann", 1), ("bob", 3), ("cy", 4)]);
///
/// let diff = new.diff(&old);
/// let changes: Vec<_> = diff.into_iter().collect();
/// assert_eq!(changes, [
///     MapChange::Updated { key: "bob", old: 2, new: 3 },
///     MapChange::Inserted { key: "cy", value: 4 },
/// ]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a diff changes nothing until it is applied"]
pub struct MapDiff<K, V> {
    /// In key order, no key twice.
    changes: Vec<MapChange<K, V>>,
}

impl<K, V> MapDiff<K, V> {
    /// Returns how many keys differ.
    pub fn len(&self) -> usize {
        self.changes.len()
    }

    /// Tells whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Iterates over the changes, in key order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = MapChange<&K, &V>> {
        self.changes.iter().map(MapChange::as_ref)
    }

    /// Turns the diff around: what leads from the new map back to the old.
    pub fn invert(self) -> Self {
        Self {
            changes: self.changes.into_iter().map(MapChange::invert).collect(),
        }
    }
}

impl<K: Ord, V: PartialEq + 'static> MapDiff<K, V> {
    /// Joins this diff with the one that follows it: what leads from the first map to the last.
    ///
    /// What cancels out is left out. The diffs have to follow one another: where they do not, the old
    /// value of the first and the new value of the second hold.
    pub fn compose(self, then: Self) -> Self {
        let mut changes = Vec::with_capacity(self.len().max(then.len()));
        let mut first = self.changes.into_iter().peekable();
        let mut second = then.changes.into_iter().peekable();
        loop {
            let order = match (first.peek(), second.peek()) {
                (None, None) => return Self { changes },
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(first), Some(second)) => first.key().cmp(second.key()),
            };
            changes.extend(match order {
                Ordering::Less => first.next(),
                Ordering::Greater => second.next(),
                Ordering::Equal => first
                    .next()
                    .zip(second.next())
                    .and_then(|(a, b)| join(a, b)),
            });
        }
    }
}

/// The net change of two on the same key, one after the other.
fn join<K, V>(first: MapChange<K, V>, then: MapChange<K, V>) -> Option<MapChange<K, V>>
where
    V: PartialEq + 'static,
{
    let (key, old, _) = first.into_parts();
    let (_, _, new) = then.into_parts();
    match (&old, &new) {
        (Some(old), Some(new)) if same::by_value(old, new) => None,
        _ => MapChange::between(key, old, new),
    }
}

impl<K, V> Default for MapDiff<K, V> {
    fn default() -> Self {
        Self {
            changes: Vec::new(),
        }
    }
}

impl<K, V> IntoIterator for MapDiff<K, V> {
    type Item = MapChange<K, V>;
    type IntoIter = std::vec::IntoIter<MapChange<K, V>>;

    fn into_iter(self) -> Self::IntoIter {
        self.changes.into_iter()
    }
}

/// Says that a list of changes is no diff: not in key order, or a key twice.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("change {change} of the diff is not in key order, or its key comes twice")]
pub struct UnorderedChanges {
    change: usize,
}

impl<K: Ord, V> TryFrom<Vec<MapChange<K, V>>> for MapDiff<K, V> {
    type Error = UnorderedChanges;

    fn try_from(changes: Vec<MapChange<K, V>>) -> Result<Self, Self::Error> {
        match changes
            .windows(2)
            .position(|pair| pair[0].key() >= pair[1].key())
        {
            Some(before) => Err(UnorderedChanges { change: before + 1 }),
            None => Ok(Self { changes }),
        }
    }
}

impl<K, V> MapDiff<K, V> {
    /// Collects changes that are known to be in key order, no key twice.
    pub(crate) fn from_ordered(changes: impl Iterator<Item = MapChange<K, V>>) -> Self {
        Self {
            changes: changes.collect(),
        }
    }
}
