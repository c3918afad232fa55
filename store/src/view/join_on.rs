//! Rows with those that they name by a key of theirs.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use super::{
    stage::{Stage, Touched, When, changes, distinct},
    unsteady::Unsteady,
    watch::parts,
};

/// Each row of the left stage, with the row on the right that it names, if it names one that is there:
/// [`Rows::join_on`](super::Rows::join_on).
pub struct JoinedOn<L: Stage, R: Stage, F> {
    left: L,
    right: R,
    named_by: F,
    /// Who names whom, now: a row on the right may change without its left rows.
    naming: Naming<R::Key, L::Key>,
    /// `None` for all.
    touched: Option<Vec<L::Key>>,
}

impl<L, R, F> JoinedOn<L, R, F>
where
    L: Stage,
    R: Stage,
    F: Fn(&L::Key, &L::Value) -> Option<R::Key>,
{
    pub(super) fn new(left: L, right: R, named_by: F) -> Self {
        Self {
            left,
            right,
            named_by,
            naming: Naming(BTreeMap::new()),
            touched: None,
        }
    }

    fn pair<'a>(
        &'a self,
        when: When,
        key: &L::Key,
        left: Cow<'a, L::Value>,
    ) -> (L::Value, Option<R::Value>) {
        let right = (self.named_by)(key, &left).and_then(|named| self.right.get(when, &named));
        let right = right.map(Cow::into_owned);
        (left.into_owned(), right)
    }

    fn rename(&mut self) -> Result<(), Unsteady> {
        for change in changes(&self.left) {
            let key = *change.key();
            let named = |value: &Cow<'_, L::Value>| (self.named_by)(key, value);
            let (old, new) = (change.old().and_then(named), change.new().and_then(named));
            self.naming.change(key, old, new)?;
        }
        Ok(())
    }

    /// The left rows that may differ, if not all.
    fn find_touched(&self) -> Option<Vec<L::Key>> {
        let (Touched::Keys(left), Touched::Keys(right)) =
            (self.left.touched(), self.right.touched())
        else {
            return None;
        };
        let naming = right.iter().flat_map(|named| self.naming.of(named));
        Some(distinct(left.iter().chain(naming)))
    }
}

impl<L, R, F> Stage for JoinedOn<L, R, F>
where
    L: Stage,
    R: Stage,
    F: Fn(&L::Key, &L::Value) -> Option<R::Key>,
{
    type Key = L::Key;
    type Value = (L::Value, Option<R::Value>);

    fn forget(&mut self) {
        self.left.forget();
        self.right.forget();
        self.naming.0.clear();
    }

    fn advance(&mut self) {
        self.left.advance();
        self.right.advance();
        let renamed = self.rename();
        self.touched = self.find_touched();
        if let Err(unsteady) = renamed {
            unsteady.report("join_on");
            self.naming.0.clear();
            for (key, value) in self.left.iter(When::Now) {
                self.naming.insert((self.named_by)(key, &value), key);
            }
            self.touched = None;
        }
    }

    fn touched(&self) -> Touched<'_, L::Key> {
        self.touched.as_deref().map_or(Touched::All, Touched::Keys)
    }

    fn get(&self, when: When, key: &L::Key) -> Option<Cow<'_, Self::Value>> {
        let left = self.left.get(when, key)?;
        Some(Cow::Owned(self.pair(when, key, left)))
    }

    fn iter(&self, when: When) -> impl Iterator<Item = (&L::Key, Cow<'_, Self::Value>)> {
        let rows = self.left.iter(when);
        rows.map(move |(key, left)| (key, Cow::Owned(self.pair(when, key, left))))
    }
}

parts!(JoinedOn<L: Stage, R: Stage, F> of left: L, right: R);

/// Which keys name which.
struct Naming<N, K>(BTreeMap<N, BTreeSet<K>>);

impl<N: Ord, K: Ord + Clone> Naming<N, K> {
    fn of(&self, named: &N) -> impl Iterator<Item = &K> {
        self.0.get(named).into_iter().flatten()
    }

    fn has(&self, named: &N, key: &K) -> bool {
        self.0.get(named).is_some_and(|keys| keys.contains(key))
    }

    /// Takes note of what `key` names.
    fn change(&mut self, key: &K, old: Option<N>, new: Option<N>) -> Result<(), Unsteady> {
        if old == new {
            return Unsteady::unless(old.is_none_or(|named| self.has(&named, key)));
        }
        if let Some(old) = old {
            Unsteady::unless(self.remove(&old, key))?;
        }
        Unsteady::unless(self.insert(new, key))
    }

    /// Says whether it was there.
    fn remove(&mut self, named: &N, key: &K) -> bool {
        let Some(keys) = self.0.get_mut(named) else {
            return false;
        };
        let was_there = keys.remove(key);
        if keys.is_empty() {
            self.0.remove(named);
        }
        was_there
    }

    /// Says whether it was not there.
    fn insert(&mut self, named: Option<N>, key: &K) -> bool {
        named.is_none_or(|named| self.0.entry(named).or_default().insert(key.clone()))
    }
}
