//! Watches of a range of an ordered map, found through an index of intervals.

use std::{
    collections::BTreeSet,
    fmt,
    ops::{Bound, RangeBounds},
    slice,
};

use super::{
    callback::Apart,
    change::Change,
    found::Found,
    intervals::{Intervals, Range},
    listeners::Entry,
    moment::Moment,
    owned::{OwnedChange, owned_cause_accessors},
    registration::{LocalWatchIn, Registration, Watch, WatchIn, WatchOf},
    registry::{Index, Indexes, Spot},
    source::{Source, SourceIn},
    watching::Told,
};
use crate::{
    change::{Commit, Origin},
    collections::{Key, MapChange, OrdMap},
    model::{Field, Holds, Model},
    state::Revision,
    sync::assert_unlocked,
};

/// What differs in a range of an ordered map.
///
/// # Examples
///
/// ```
/// # use store::{OrdMap, Model, Store};
/// # #[derive(Model)] pub struct Diary { pub entries: OrdMap<u32, String> }
/// let store = Store::<Diary>::new();
/// let _watching = store.watch(DIARY, Diary::ENTRIES.range(10..20).watch(|teens| {
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

    /// The commit that made the change, of merged commits the last; in the immediate call, the
    /// newest one.
    #[must_use]
    pub fn revision(self) -> Revision {
        self.map.revision()
    }

    /// How many commits this stands for: 1, or more if they were merged for a reader that came
    /// late. What differs is then what differs between what it last saw and now.
    #[must_use]
    pub fn merged(self) -> u64 {
        self.map.merged()
    }

    /// The change by itself, to be kept.
    #[must_use]
    pub fn into_owned(self) -> OwnedRangeChange<K, V> {
        OwnedRangeChange {
            range: self.range.clone(),
            map: self.map.into_owned(),
        }
    }

    /// Who made the change, and why, if the writer said so. `None` too if commits of different
    /// origins were merged.
    #[must_use]
    pub fn origin(self) -> Option<&'a Origin> {
        self.map.origin()
    }
}

/// A [`RangeChange`] that owns the map.
#[derive(Clone)]
pub struct OwnedRangeChange<K, V> {
    range: Range<K>,
    map: OwnedChange<OrdMap<K, V>>,
}

impl<K, V> OwnedRangeChange<K, V> {
    /// The change, with all that can be asked of one.
    #[must_use]
    pub fn change(&self) -> RangeChange<'_, K, V> {
        RangeChange {
            range: &self.range,
            map: self.map.change(),
        }
    }
}

impl<K: Key, V: Clone + PartialEq + Send + Sync + 'static> OwnedRangeChange<K, V> {
    /// What differs in the range: [`RangeChange::changes`].
    pub fn changes(&self) -> impl Iterator<Item = MapChange<&K, &V>> {
        self.change().changes()
    }

    owned_cause_accessors!();
}

impl<K, V> fmt::Debug for OwnedRangeChange<K, V>
where
    K: Key + fmt::Debug,
    V: Clone + PartialEq + Send + Sync + fmt::Debug + 'static,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.change().fmt(f)
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
        assert_unlocked();
        f.debug_list().entries(self.changes()).finish()
    }
}

impl<M: Model, K: Key, V: Clone + PartialEq + Send + Sync + 'static> Field<M, OrdMap<K, V>> {
    /// A range of keys, to be watched.
    ///
    /// A commit that leaves the range alone costs whoever watches it nothing. A range that ends
    /// before it starts is empty, and is told only at once.
    pub fn range(self, range: impl RangeBounds<K>) -> RangeOf<M, K, V> {
        RangeOf {
            field: self,
            range: (range.start_bound().cloned(), range.end_bound().cloned()),
        }
    }

    /// The keys that start with `prefix`, to be watched.
    pub fn prefix(self, prefix: &str) -> RangeOf<M, K, V>
    where
        K: From<String>,
    {
        let end = end_of_prefix(prefix).map_or(Bound::Unbounded, |end| Bound::Excluded(end.into()));
        self.range((Bound::Included(K::from(prefix.to_owned())), end))
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

/// A range of an ordered map: [`Field::range`], [`Field::prefix`].
pub struct RangeOf<M: Model, K: 'static, V: 'static> {
    field: Field<M, OrdMap<K, V>>,
    range: Range<K>,
}

impl<M: Model, K: Key, V: Clone + PartialEq + Send + Sync + 'static> RangeOf<M, K, V> {
    /// Watches this range.
    pub fn watch<F>(self, callback: F) -> RangeWatch<M, K, V, F>
    where
        F: FnMut(RangeChange<'_, K, V>) + 'static,
    {
        RangeWatch { of: self, callback }
    }
}

impl<M: Model, K: Clone + 'static, V: 'static> Clone for RangeOf<M, K, V> {
    fn clone(&self) -> Self {
        Self {
            field: self.field,
            range: self.range.clone(),
        }
    }
}

impl<M: Model, K: 'static, V: 'static> fmt::Debug for RangeOf<M, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RangeOf({})", self.field)
    }
}

impl<M, K, V> Source for RangeOf<M, K, V>
where
    M: Model,
    K: Key,
    V: Clone + PartialEq + Send + Sync + 'static,
{
    type Item = OwnedRangeChange<K, V>;
}

impl<M: Model, K: 'static, V: 'static> WatchOf<M> for RangeOf<M, K, V> {}

impl<S, M, K, V> SourceIn<S> for RangeOf<M, K, V>
where
    S: Holds<M>,
    M: Model,
    K: Key,
    V: Clone + PartialEq + Send + Sync + 'static,
{
    fn keep<F>(self, mut keep: F) -> impl WatchIn<S>
    where
        F: FnMut(Self::Item) + Send + 'static,
    {
        self.watch(move |change| keep(change.into_owned()))
    }
}

/// A watch of a range of an ordered map: [`RangeOf::watch`].
#[derive(Debug)]
#[must_use = "a watch does nothing until a store is given it"]
pub struct RangeWatch<M: Model, K: 'static, V: 'static, F> {
    of: RangeOf<M, K, V>,
    callback: F,
}

impl<M, K, V, F> Watch for RangeWatch<M, K, V, F>
where
    M: Model,
    K: Key,
    V: Clone + PartialEq + Send + Sync + 'static,
    F: FnMut(RangeChange<'_, K, V>) + 'static,
{
}

impl<M: Model, K: 'static, V: 'static, F> WatchOf<M> for RangeWatch<M, K, V, F> {}

impl<S, M, K, V, F> LocalWatchIn<S> for RangeWatch<M, K, V, F>
where
    S: Holds<M>,
    M: Model,
    K: Key,
    V: Clone + PartialEq + Send + Sync + 'static,
    F: FnMut(RangeChange<'_, K, V>) + 'static,
{
    const CALLBACKS: usize = 1;

    fn register(&self, to: &mut Registration<S>) {
        let RangeOf { field, .. } = self.of;
        to.add_spot(field, RangeSpot(self.of.clone()));
    }

    fn tell(&mut self, _nth: usize, moment: &Moment<'_, S>) -> Told {
        let RangeOf { field, range } = &self.of;
        let change = moment.change(*field).map(|map| RangeChange { range, map });
        // The index has found that it differs, but for what was merged since.
        let change = change.filter(|change| {
            change.is_initial() || change.merged() == 1 || change.changes().next().is_some()
        });
        Told::if_some(change, &mut self.callback)
    }
}

impl<S, M, K, V, F> WatchIn<S> for RangeWatch<M, K, V, F>
where
    S: Holds<M>,
    M: Model,
    K: Key,
    V: Clone + PartialEq + Send + Sync + 'static,
    F: FnMut(RangeChange<'_, K, V>) + Send + 'static,
{
    fn take_apart(self, into: &mut Apart<S>) {
        into.add_only(self);
    }
}

/// Who watches which range of one field.
struct RangeIndex<M: Model, K: 'static, V: 'static> {
    field: Field<M, OrdMap<K, V>>,
    by_range: Intervals<K, Entry>,
}

impl<S, M, K, V> Index<S> for RangeIndex<M, K, V>
where
    S: Holds<M>,
    M: Model,
    K: Key,
    V: Clone + PartialEq + Send + Sync + 'static,
{
    fn collect(&self, commit: &Commit<S>, into: &mut Found) {
        let Self { field, by_range } = self;
        let (false, Some(change)) = (by_range.is_empty(), Change::of(*field, commit)) else {
            return;
        };
        let mut found = BTreeSet::new();
        for change in change.entries() {
            by_range.containing(*change.key(), &mut |entry: &Entry| {
                if found.insert(entry.order) {
                    into.add_all(slice::from_ref(entry));
                }
            });
        }
    }
}

/// One range of a [`RangeIndex`].
struct RangeSpot<M: Model, K: 'static, V: 'static>(RangeOf<M, K, V>);

impl<M: Model, K: Key, V: Clone + PartialEq + Send + Sync + 'static> RangeSpot<M, K, V> {
    fn intervals<'a, S: Holds<M>>(
        &self,
        indexes: &'a mut Indexes<S>,
    ) -> &'a mut Intervals<K, Entry> {
        let index = indexes.of(|| RangeIndex {
            field: self.0.field,
            by_range: Intervals::default(),
        });
        &mut index.by_range
    }
}

impl<S, M, K, V> Spot<S> for RangeSpot<M, K, V>
where
    S: Holds<M>,
    M: Model,
    K: Key,
    V: Clone + PartialEq + Send + Sync + 'static,
{
    fn insert(&self, indexes: &mut Indexes<S>, entry: Entry) {
        let intervals = self.intervals(indexes);
        *intervals = intervals.with(self.0.range.clone(), entry);
    }

    fn remove(&self, indexes: &mut Indexes<S>, _entry: Entry, is_there: &dyn Fn(&Entry) -> bool) {
        let intervals = self.intervals(indexes);
        *intervals = intervals.without_one(is_there);
    }
}
