//! Watches of a range of an ordered map, found through an index of intervals.

use std::{
    collections::BTreeSet,
    fmt,
    ops::{Bound, RangeBounds},
    sync::Arc,
};

use super::{
    change::Change,
    entry::{Entry, Order},
    intervals::{Intervals, Range},
    moment::Moment,
    registration::{Registration, Watch},
    registry::{Index, Place, Spot},
    table::Table,
};
use crate::{
    change::{Commit, Origin},
    collections::{Key, MapChange, OrdMap},
    model::{Field, Holds, Model, Stores},
    state::Revision,
};

/// What differs in a range of an ordered map.
///
/// # Examples
///
/// ```
/// # use store::{OrdMap, Model, Store};
/// # #[derive(Model)] pub struct Diary { pub entries: OrdMap<u32, String> }
/// let store = Store::<Diary>::new();
/// let _watching = store.watch(DIARY, Diary::ENTRIES.range(10..20, |teens| {
///     for change in teens.changes() { println!("{change:?}") }
///     println!("{} entries now", teens.iter().count());
/// }));
/// ```
pub struct RangeChange<'a, K, V> {
    range: &'a Range<K>,
    map: Change<'a, OrdMap<K, V>>,
}

impl<'a, K: Key, V: Clone + PartialEq + Send + Sync + 'static> RangeChange<'a, K, V> {
    /// What was inserted, updated and removed in the range; in the immediate call, all there is,
    /// as inserted.
    pub fn changes(self) -> impl Iterator<Item = MapChange<&'a K, &'a V>> {
        let Self { range, map } = self;
        map.changes()
            .filter(move |change| range.contains(*change.key()))
    }

    /// The entries of the range as they are now, in key order.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = (&'a K, &'a V)> {
        let (start, end) = self.range;
        self.map.value().range::<K>((start.as_ref(), end.as_ref()))
    }

    /// The whole map as it is now.
    #[must_use]
    pub fn map(self) -> &'a OrdMap<K, V> {
        self.map.value()
    }

    /// Whether this is the immediate call at registration, not a commit.
    #[must_use]
    pub fn is_initial(self) -> bool {
        self.map.is_initial()
    }

    /// The commit that made the change; in the immediate call, the newest one.
    #[must_use]
    pub fn revision(self) -> Revision {
        self.map.revision()
    }

    /// Who made the change, and why, if the writer said so.
    #[must_use]
    pub fn origin(self) -> Option<&'a Origin> {
        self.map.origin()
    }
}

impl<K, V> Clone for RangeChange<'_, K, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K, V> Copy for RangeChange<'_, K, V> {}

impl<K, V> fmt::Debug for RangeChange<'_, K, V>
where
    K: Key + fmt::Debug,
    V: Clone + PartialEq + Send + Sync + fmt::Debug + 'static,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.changes()).finish()
    }
}

impl<M: Model, K: Key, V: Clone + PartialEq + Send + Sync + 'static> Field<M, OrdMap<K, V>> {
    /// Watches a range of keys.
    ///
    /// A commit that leaves the range alone costs this watch nothing. A range that ends before it
    /// starts is empty, and is called only at once.
    pub fn range<F>(self, range: impl RangeBounds<K>, callback: F) -> RangeWatch<M, K, V, F>
    where
        F: FnMut(RangeChange<'_, K, V>) + Send + 'static,
    {
        let range = (range.start_bound().cloned(), range.end_bound().cloned());
        RangeWatch {
            field: self,
            range,
            callback,
        }
    }

    /// Watches the keys that start with `prefix`.
    pub fn prefix<F>(self, prefix: &str, callback: F) -> RangeWatch<M, K, V, F>
    where
        K: From<String>,
        F: FnMut(RangeChange<'_, K, V>) + Send + 'static,
    {
        let end = end_of_prefix(prefix).map_or(Bound::Unbounded, |end| Bound::Excluded(end.into()));
        self.range((Bound::Included(K::from(prefix.to_owned())), end), callback)
    }
}

/// The least text that is greater than every text with this prefix.
fn end_of_prefix(prefix: &str) -> Option<String> {
    let mut chars: Vec<char> = prefix.chars().collect();
    while let Some(last) = chars.pop() {
        let next = (last..=char::MAX).nth(1);
        if let Some(next) = next {
            chars.push(next);
            return Some(chars.into_iter().collect());
        }
    }
    None
}

/// A watch of a range of an ordered map: [`Field::range`], [`Field::prefix`].
pub struct RangeWatch<M: Model, K, V, F> {
    field: Field<M, OrdMap<K, V>>,
    range: Range<K>,
    callback: F,
}

impl<M: Model, K, V, F> fmt::Debug for RangeWatch<M, K, V, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RangeWatch({})", self.field)
    }
}

impl<M, K, V, F> Watch<M> for RangeWatch<M, K, V, F>
where
    M: Model,
    K: Key,
    V: Clone + PartialEq + Send + Sync + 'static,
    F: FnMut(RangeChange<'_, K, V>) + Send + 'static,
{
    fn register<S: Holds<M>>(self, to: &mut Registration<S, M>) {
        let Self {
            field,
            range,
            mut callback,
        } = self;
        let index = to.index(field, || RangeIndex::<S, M, K, V> {
            field,
            table: Table::default(),
        });
        let spot = RangeSpot {
            index,
            range: range.clone(),
        };
        let callback = move |moment: &Moment<'_, S>| {
            if let Some(map) = moment.change(field) {
                callback(RangeChange { range: &range, map });
            }
        };
        to.add(
            Place::Spot(Arc::new(spot)),
            Some(field.info().index),
            Box::new(callback),
        );
    }
}

/// Who watches which range of one field.
struct RangeIndex<S: Stores, M: Model, K, V> {
    field: Field<M, OrdMap<K, V>>,
    table: Table<Intervals<K, Arc<Entry<S>>>>,
}

impl<S, M, K, V> Index<S> for RangeIndex<S, M, K, V>
where
    S: Holds<M>,
    M: Model,
    K: Key,
    V: Clone + PartialEq + Send + Sync + 'static,
{
    fn collect(&self, commit: &Commit<S>, into: &mut Vec<Arc<Entry<S>>>) {
        let table = self.table.current();
        let (false, Some(change)) = (table.is_empty(), Change::of(self.field, commit)) else {
            return;
        };
        let mut found = BTreeSet::new();
        for change in change.entries() {
            table.containing(*change.key(), &mut |entry: &Arc<Entry<S>>| {
                if found.insert(entry.order) {
                    into.push(Arc::clone(entry));
                }
            });
        }
    }
}

/// One range of a [`RangeIndex`].
struct RangeSpot<S: Stores, M: Model, K, V> {
    index: Arc<RangeIndex<S, M, K, V>>,
    range: Range<K>,
}

impl<S, M, K, V> Spot<S> for RangeSpot<S, M, K, V>
where
    S: Stores,
    M: Model,
    K: Key,
    V: Clone + PartialEq + Send + Sync + 'static,
{
    fn insert(&self, entry: &Arc<Entry<S>>) {
        self.index
            .table
            .change(|table| table.with(self.range.clone(), Arc::clone(entry)));
    }

    fn remove(&self, _order: Order) {
        self.index
            .table
            .change(|table| table.without_one(|entry| !entry.is_ended()));
    }
}
