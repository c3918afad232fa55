//! What `Map` and `OrdMap` have in common, written once.
//!
//! A macro, because each is a type of its own: one promises an order and the other does not.

/// Declares a map over some [`Entries`](super::entries::Entries), and all that any map can do.
macro_rules! keyed {
    ($(#[$docs:meta])* $Map:ident over $Entries:ident, walked by $Iter:ident in $order:literal) => {
        $(#[$docs])*
        pub struct $Map<K, V> {
            entries: $Entries<K, V>,
        }

        impl<K, V> $Map<K, V> {
            /// Makes an empty map.
            pub fn new() -> Self {
                Self { entries: $Entries::new() }
            }

            /// Returns how many entries there are.
            pub fn len(&self) -> usize {
                self.entries.len()
            }

            /// Tells whether there are no entries.
            pub fn is_empty(&self) -> bool {
                self.len() == 0
            }

            /// Tells whether both maps are one in memory, as a map and its untouched clone are.
            pub fn ptr_eq(&self, other: &Self) -> bool {
                self.entries.ptr_eq(&other.entries)
            }

            /// Removes every entry.
            pub fn clear(&mut self) {
                *self = Self::new();
            }

        }

        impl<K: Key, V> $Map<K, V> {
            #[doc = concat!("Iterates over the entries, in ", $order, ".")]
            pub fn iter(&self) -> $Iter<'_, K, V> {
                self.entries.iter()
            }

            /// Returns the value of `key`.
            pub fn get<Q: Ord + Hash + ?Sized>(&self, key: &Q) -> Option<&V>
            where
                K: Borrow<Q>,
            {
                self.entries.get(key)
            }

            /// Tells whether `key` is there.
            pub fn contains_key<Q: Ord + Hash + ?Sized>(&self, key: &Q) -> bool
            where
                K: Borrow<Q>,
            {
                self.get(key).is_some()
            }
        }

        impl<K: Key, V: Clone> $Map<K, V> {
            /// Returns the value of `key` for writing.
            ///
            /// What other maps share of the path to it is cloned first.
            pub fn get_mut<Q: Ord + Hash + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
            where
                K: Borrow<Q>,
            {
                let (_, value) = self.entries.entry_mut(key)?;
                Some(value)
            }

            /// Sets `key` to `value` and returns the value it had.
            pub fn insert(&mut self, key: K, value: V) -> Option<V> {
                self.entries.insert(key, value)
            }

            /// Removes `key` and returns the value it had.
            pub fn remove<Q: Ord + Hash + ?Sized>(&mut self, key: &Q) -> Option<V>
            where
                K: Borrow<Q>,
            {
                let (_, value) = self.entries.remove_entry(key)?;
                Some(value)
            }

            /// Removes the entries for which `keep` returns false.
            pub fn retain(&mut self, keep: impl FnMut(&K, &V) -> bool) {
                self.entries.retain(keep);
            }
        }

        impl<K: Key, V: Clone + PartialEq + 'static> $Map<K, V> {
            /// Returns what leads from `old` to this map, in key order.
            ///
            /// Costs O(changes · log n) where one map came from the other by writes; values are
            /// compared as [`same::by_value`](crate::same::by_value) does.
            ///
            /// # Examples
            ///
            /// ```
            #[doc = concat!("use store::", stringify!($Map), ";")]
            ///
            #[doc = concat!("let old = ", stringify!($Map), "::from([(\"ann\", 1)]);")]
            /// let mut new = old.clone();
            /// new.insert("bob", 2);
            ///
            /// let mut copy = old.clone();
            /// copy.apply(&new.diff(&old))?;
            /// assert_eq!(copy, new);
            /// # Ok::<(), store::DiffMismatch>(())
            /// ```
            pub fn diff(&self, old: &Self) -> MapDiff<K, V> {
                self.entries.diff(&old.entries)
            }

            /// Makes every change of `diff` here.
            ///
            /// # Errors
            ///
            /// Returns [`DiffMismatch`], and changes nothing, if a key does not hold what the diff says it
            /// held.
            pub fn apply(&mut self, diff: &MapDiff<K, V>) -> Result<(), DiffMismatch>
            where
                K: fmt::Debug,
            {
                self.entries.apply(diff)
            }
        }

        impl<K: Key, V: PartialEq + 'static> $Map<K, V> {
            /// Iterates over what leads from `old` to this map, in key order.
            ///
            /// The same as [`diff`](Self::diff), borrowed.
            pub fn changes_since<'a>(
                &'a self,
                old: &'a Self,
            ) -> impl Iterator<Item = MapChange<&'a K, &'a V>> {
                self.entries.changes_in_order(&old.entries)
            }
        }

        impl<K: Key, V: Clone + PartialEq + Send + Sync + 'static> Keyed for $Map<K, V> {
            type Key = K;
            type Value = V;
            type Entries = $Entries<K, V>;

            fn entries(&self) -> &$Entries<K, V> {
                &self.entries
            }

            fn entries_mut(&mut self) -> &mut $Entries<K, V> {
                &mut self.entries
            }
        }

        impl<K, V> Clone for $Map<K, V> {
            /// Shares the whole structure: O(1).
            fn clone(&self) -> Self {
                Self { entries: self.entries.clone() }
            }
        }

        impl<K, V> Default for $Map<K, V> {
            fn default() -> Self {
                Self::new()
            }
        }

        impl<K: Key, V: PartialEq + 'static> PartialEq for $Map<K, V> {
            fn eq(&self, other: &Self) -> bool {
                self.entries == other.entries
            }
        }

        impl<K: Key, V: Eq + 'static> Eq for $Map<K, V> {}

        impl<K: Key + fmt::Debug, V: fmt::Debug> fmt::Debug for $Map<K, V> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_map().entries(self).finish()
            }
        }

        impl<K: Key + Borrow<Q>, V, Q: Ord + Hash + ?Sized> Index<&Q> for $Map<K, V> {
            type Output = V;

            /// Returns the value of `key`.
            ///
            /// # Panics
            ///
            /// Panics if `key` is not there.
            fn index(&self, key: &Q) -> &V {
                self.get(key).expect("the key is not in the map")
            }
        }

        impl<'a, K: Key, V> IntoIterator for &'a $Map<K, V> {
            type Item = (&'a K, &'a V);
            type IntoIter = $Iter<'a, K, V>;

            fn into_iter(self) -> Self::IntoIter {
                self.iter()
            }
        }

        impl<K: Key, V: Clone> Extend<(K, V)> for $Map<K, V> {
            fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
                self.entries.extend(entries);
            }
        }

        impl<K: Key, V: Clone> FromIterator<(K, V)> for $Map<K, V> {
            fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
                let mut map = Self::new();
                map.extend(entries);
                map
            }
        }

        impl<K: Key, V: Clone, const N: usize> From<[(K, V); N]> for $Map<K, V> {
            fn from(entries: [(K, V); N]) -> Self {
                entries.into_iter().collect()
            }
        }
    };
}

pub(super) use keyed;
