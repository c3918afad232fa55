//! What `Map` and `OrdMap` have in common, written once.
//!
//! A macro, because each is a type of its own: one promises an order and the other does not.

/// Declares a map over [`Tree`](super::tree::Tree) and all that any map can do.
macro_rules! keyed {
    ($(#[$docs:meta])* $Map:ident) => {
        $(#[$docs])*
        pub struct $Map<K, V> {
            tree: Tree<K, V>,
        }

        impl<K, V> $Map<K, V> {
            /// Makes an empty map.
            pub fn new() -> Self {
                Self { tree: Tree::new() }
            }

            /// Returns how many entries there are.
            pub fn len(&self) -> usize {
                self.tree.len()
            }

            /// Tells whether there are no entries.
            pub fn is_empty(&self) -> bool {
                self.len() == 0
            }

            /// Tells whether both maps are one in memory, as a map and its untouched clone are.
            pub fn ptr_eq(&self, other: &Self) -> bool {
                self.tree.ptr_eq(&other.tree)
            }

            /// Removes every entry.
            pub fn clear(&mut self) {
                *self = Self::new();
            }

        }

        impl<K: Key, V> $Map<K, V> {
            /// Iterates over the entries.
            pub fn iter(&self) -> MapIter<'_, K, V> {
                self.tree.iter()
            }

            /// Iterates over the keys.
            pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> + ExactSizeIterator + Clone {
                self.iter().map(|(key, _)| key)
            }

            /// Iterates over the values.
            pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + ExactSizeIterator + Clone {
                self.iter().map(|(_, value)| value)
            }

            /// Returns the value of `key`.
            pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
            where
                K: Borrow<Q>,
            {
                self.tree.get(key)
            }

            /// Tells whether `key` is there.
            pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
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
            pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
            where
                K: Borrow<Q>,
            {
                self.tree.get_mut(key)
            }

            /// Sets `key` to `value` and returns the value it had.
            pub fn insert(&mut self, key: K, value: V) -> Option<V> {
                self.tree.insert(key, value)
            }

            /// Removes `key` and returns the value it had.
            pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
            where
                K: Borrow<Q>,
            {
                self.tree.remove(key)
            }

            /// Removes the entries for which `keep` returns false.
            pub fn retain(&mut self, keep: impl FnMut(&K, &V) -> bool) {
                self.tree.retain(keep);
            }
        }

        impl<K: Key, V: Clone + PartialEq + 'static> $Map<K, V> {
            /// Returns what leads from `old` to this map.
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
                self.tree.diff(&old.tree)
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
                self.tree.apply(diff)
            }
        }

        impl<K: Key, V: PartialEq + 'static> $Map<K, V> {
            /// Iterates over what leads from `old` to this map, in key order.
            ///
            /// The same as [`diff`](Self::diff), found step by step and borrowed.
            pub fn changes_since<'a>(
                &'a self,
                old: &'a Self,
            ) -> impl Iterator<Item = MapChange<&'a K, &'a V>> {
                self.tree.changes_since(&old.tree)
            }
        }

        impl<K: Key, V: Clone + PartialEq + Send + Sync + 'static> Keyed for $Map<K, V> {
            type Key = K;
            type Value = V;

            fn tree(&self) -> &Tree<K, V> {
                &self.tree
            }

            fn tree_mut(&mut self) -> &mut Tree<K, V> {
                &mut self.tree
            }
        }

        impl<K, V> Clone for $Map<K, V> {
            /// Shares the whole structure: O(1).
            fn clone(&self) -> Self {
                Self { tree: self.tree.clone() }
            }
        }

        impl<K, V> Default for $Map<K, V> {
            fn default() -> Self {
                Self::new()
            }
        }

        impl<K: Key, V: PartialEq + 'static> PartialEq for $Map<K, V> {
            fn eq(&self, other: &Self) -> bool {
                self.tree == other.tree
            }
        }

        impl<K: Key, V: Eq + 'static> Eq for $Map<K, V> {}

        impl<K: Key + fmt::Debug, V: fmt::Debug> fmt::Debug for $Map<K, V> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_map().entries(self).finish()
            }
        }

        impl<K: Key + Borrow<Q>, V, Q: Ord + ?Sized> Index<&Q> for $Map<K, V> {
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
            type IntoIter = MapIter<'a, K, V>;

            fn into_iter(self) -> Self::IntoIter {
                self.iter()
            }
        }

        impl<K: Key, V: Clone> Extend<(K, V)> for $Map<K, V> {
            fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
                for (key, value) in entries {
                    self.insert(key, value);
                }
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
