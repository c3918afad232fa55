//! What differs between two sets.
//!
//! A set's diff is a map's diff whose values say nothing, so the rules are written once, over there.

use super::map_diff::{MapChange, MapDiff, UnorderedChanges};

/// Tells what became of one key of a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum SetChange<K> {
    /// The key was not there before.
    Inserted(K),
    /// The key is no longer there.
    Removed(K),
}

impl<K> SetChange<K> {
    /// Reads a map's change as a set's; an update of nothing is none.
    pub(crate) fn from_map<V>(change: MapChange<K, V>) -> Option<Self> {
        match change {
            MapChange::Inserted { key, .. } => Some(Self::Inserted(key)),
            MapChange::Removed { key, .. } => Some(Self::Removed(key)),
            MapChange::Updated { .. } => None,
        }
    }

    fn into_map(self) -> MapChange<K, ()> {
        match self {
            Self::Inserted(key) => MapChange::Inserted { key, value: () },
            Self::Removed(key) => MapChange::Removed { key, old: () },
        }
    }

    /// Returns the key that changed.
    pub fn key(&self) -> &K {
        let (Self::Inserted(key) | Self::Removed(key)) = self;
        key
    }

    /// Borrows the key.
    pub fn as_ref(&self) -> SetChange<&K> {
        match self {
            Self::Inserted(key) => SetChange::Inserted(key),
            Self::Removed(key) => SetChange::Removed(key),
        }
    }

    /// Turns the change around: what leads back.
    #[must_use]
    pub fn invert(self) -> Self {
        match self {
            Self::Inserted(key) => Self::Removed(key),
            Self::Removed(key) => Self::Inserted(key),
        }
    }
}

impl<K: Clone> SetChange<&K> {
    /// Clones the key.
    pub fn cloned(self) -> SetChange<K> {
        match self {
            Self::Inserted(key) => SetChange::Inserted(key.clone()),
            Self::Removed(key) => SetChange::Removed(key.clone()),
        }
    }
}

/// Holds what differs between two sets: one [`SetChange`] per key that differs, in key order.
///
/// # Examples
///
/// ```
/// use store::{Set, SetChange};
///
/// let old = Set::from(["ann", "bob"]);
/// let new = Set::from(["bob", "cy"]);
///
/// let changes: Vec<_> = new.diff(&old).into_iter().collect();
/// assert_eq!(changes, [SetChange::Removed("ann"), SetChange::Inserted("cy")]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a diff changes nothing until it is applied"]
pub struct SetDiff<K> {
    pub(crate) keys: MapDiff<K, ()>,
}

impl<K> SetDiff<K> {
    /// Returns how many keys differ.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Tells whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Iterates over the changes, in key order.
    pub fn iter(&self) -> impl Iterator<Item = SetChange<&K>> {
        self.keys.iter().filter_map(SetChange::from_map)
    }

    /// Turns the diff around: what leads from the new set back to the old.
    pub fn invert(self) -> Self {
        Self {
            keys: self.keys.invert(),
        }
    }
}

impl<K: Ord> SetDiff<K> {
    /// Joins this diff with the one that follows it: what leads from the first set to the last.
    ///
    /// What cancels out is left out.
    pub fn compose(self, then: Self) -> Self {
        Self {
            keys: self.keys.compose(then.keys),
        }
    }
}

impl<K> Default for SetDiff<K> {
    fn default() -> Self {
        Self {
            keys: MapDiff::default(),
        }
    }
}

impl<K> IntoIterator for SetDiff<K> {
    type Item = SetChange<K>;
    type IntoIter = SetChanges<K>;

    fn into_iter(self) -> Self::IntoIter {
        SetChanges {
            keys: self.keys.into_iter(),
        }
    }
}

/// Iterates over the changes of a [`SetDiff`] that is used up.
#[derive(Debug)]
pub struct SetChanges<K> {
    keys: std::vec::IntoIter<MapChange<K, ()>>,
}

impl<K> Iterator for SetChanges<K> {
    type Item = SetChange<K>;

    fn next(&mut self) -> Option<Self::Item> {
        self.keys.find_map(SetChange::from_map)
    }
}

impl<K: Ord> TryFrom<Vec<SetChange<K>>> for SetDiff<K> {
    type Error = UnorderedChanges;

    fn try_from(changes: Vec<SetChange<K>>) -> Result<Self, Self::Error> {
        let changes: Vec<_> = changes.into_iter().map(SetChange::into_map).collect();
        Ok(Self {
            keys: MapDiff::try_from(changes)?,
        })
    }
}
