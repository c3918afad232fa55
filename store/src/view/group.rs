//! Rows in groups: what is in each, or how many.

use std::borrow::Cow;

use super::{
    stage::{Stage, Touched, When, changes, distinct},
    unsteady::Unsteady,
    versions::Versions,
    watch::parts,
};
use crate::collections::{Key, OrdMap};

/// What is kept of the rows of one group: the rows themselves, or how many there are.
pub trait Members<K, V: Clone>: Clone + Default + PartialEq + Send + Sync + 'static {
    /// Puts a row in; says whether it was not there.
    #[doc(hidden)]
    fn enter(&mut self, key: &K, value: Cow<'_, V>) -> bool;

    /// Takes a row out; says whether it was there.
    #[doc(hidden)]
    fn leave(&mut self, key: &K) -> bool;

    #[doc(hidden)]
    fn is_empty(&self) -> bool;
}

impl<K: Key, V: Clone + PartialEq + Send + Sync + 'static> Members<K, V> for OrdMap<K, V> {
    fn enter(&mut self, key: &K, value: Cow<'_, V>) -> bool {
        self.insert(key.clone(), value.into_owned()).is_none()
    }

    fn leave(&mut self, key: &K) -> bool {
        self.remove(key).is_some()
    }

    fn is_empty(&self) -> bool {
        OrdMap::is_empty(self)
    }
}

impl<K, V: Clone> Members<K, V> for usize {
    fn enter(&mut self, _key: &K, _value: Cow<'_, V>) -> bool {
        *self += 1;
        true
    }

    fn leave(&mut self, _key: &K) -> bool {
        let fewer = self.checked_sub(1);
        *self = fewer.unwrap_or_default();
        fewer.is_some()
    }

    fn is_empty(&self) -> bool {
        *self == 0
    }
}

/// A row for each group of rows: [`Rows::group_by`](super::Rows::group_by) with the rows of the group,
/// [`Rows::count_by`](super::Rows::count_by) with their number.
pub struct Grouped<R, F, G, A> {
    rows: R,
    group_of: F,
    /// The groups that have a row.
    groups: Versions<OrdMap<G, A>>,
    /// `None` for all.
    touched: Option<Vec<G>>,
    /// What the program called to make it.
    method: &'static str,
}

impl<R, F, G, A> Grouped<R, F, G, A>
where
    R: Stage,
    F: Fn(&R::Key, &R::Value) -> G,
    G: Key,
    A: Members<R::Key, R::Value>,
{
    pub(super) fn new(rows: R, group_of: F, method: &'static str) -> Self {
        Self {
            rows,
            group_of,
            groups: Versions::new(OrdMap::new()),
            touched: None,
            method,
        }
    }

    /// Moves the rows that differ, and collects the groups they left and entered.
    fn regroup(&self, groups: &mut OrdMap<G, A>) -> Result<Vec<G>, Unsteady> {
        let mut touched = Vec::new();
        for change in changes(&self.rows) {
            let (key, old, new) = change.into_parts();
            if let Some(old) = old {
                let group = (self.group_of)(key, &old);
                Unsteady::unless(leave(groups, &group, key))?;
                touched.push(group);
            }
            if let Some(new) = new {
                let group = (self.group_of)(key, &new);
                touched.push(group.clone());
                Unsteady::unless(enter(groups, group, key, new))?;
            }
        }
        Ok(touched)
    }

    fn group_all(&self) -> OrdMap<G, A> {
        let mut groups = OrdMap::new();
        for (key, value) in self.rows.iter(When::Now) {
            let group = (self.group_of)(key, &value);
            enter(&mut groups, group, key, value);
        }
        groups
    }
}

/// Puts a row into a group; says whether it was not there.
fn enter<K, V, G, A>(groups: &mut OrdMap<G, A>, group: G, key: &K, value: Cow<'_, V>) -> bool
where
    V: Clone,
    G: Key,
    A: Members<K, V>,
{
    if let Some(members) = groups.get_mut(&group) {
        return members.enter(key, value);
    }
    let mut members = A::default();
    members.enter(key, value);
    groups.insert(group, members).is_none()
}

/// Takes a row out of a group, and the group away if it was the last; says whether it was there.
fn leave<K, V, G, A>(groups: &mut OrdMap<G, A>, group: &G, key: &K) -> bool
where
    V: Clone,
    G: Key,
    A: Members<K, V>,
{
    let Some(members) = groups.get_mut(group) else {
        return false;
    };
    let was_there = members.leave(key);
    if members.is_empty() {
        groups.remove(group);
    }
    was_there
}

impl<R, F, G, A> Stage for Grouped<R, F, G, A>
where
    R: Stage,
    F: Fn(&R::Key, &R::Value) -> G,
    G: Key,
    A: Members<R::Key, R::Value>,
{
    type Key = G;
    type Value = A;

    fn forget(&mut self) {
        self.rows.forget();
        self.groups.set(OrdMap::new());
    }

    fn advance(&mut self) {
        self.rows.advance();
        let mut groups = self.groups.at(When::Now).clone();
        self.touched = match self.regroup(&mut groups) {
            Ok(touched) => Some(distinct(&touched)),
            Err(unsteady) => {
                unsteady.report(self.method);
                groups = self.group_all();
                None
            }
        };
        self.groups.set(groups);
    }

    fn touched(&self) -> Touched<'_, G> {
        self.touched.as_deref().map_or(Touched::All, Touched::Keys)
    }

    fn get(&self, when: When, key: &G) -> Option<Cow<'_, A>> {
        self.groups.at(when).get(key).map(Cow::Borrowed)
    }

    fn iter(&self, when: When) -> impl Iterator<Item = (&G, Cow<'_, A>)> {
        let groups = self.groups.at(when).iter();
        groups.map(|(group, members)| (group, Cow::Borrowed(members)))
    }
}

parts!(Grouped<R, F, G, A> of rows: R);
