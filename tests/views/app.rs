//! Three named stores, and random commits to them.

use std::{convert::Infallible, ops::Range};

use proptest::{collection::vec, prelude::*};

use store::{Draft, Keyed, Map, Model, OrdMap, Set, Store, Stores, Transaction};

#[derive(Clone, Debug, Model)]
pub(crate) struct Contact {
    pub(crate) friends: Map<u8, u8>,
    pub(crate) groups: OrdMap<u8, u8>,
}

#[derive(Clone, Debug, Model)]
pub(crate) struct User {
    pub(crate) statuses: Map<u8, u8>,
    pub(crate) blocked: Set<u8>,
}

#[derive(Clone, Debug, Model)]
pub(crate) struct Ui {
    pub(crate) search: u8,
    #[model(default = 0..10)]
    pub(crate) visible: Range<usize>,
    /// Counts bursts.
    pub(crate) bursts: u32,
}

#[derive(Clone, Debug, Stores)]
pub(crate) struct App {
    pub(crate) contact: Contact,
    pub(crate) user: User,
    pub(crate) ui: Ui,
}

/// One of the collections.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place {
    Friends,
    Groups,
    Statuses,
    Blocked,
}

#[derive(Debug, Clone)]
pub(crate) enum Write {
    Items(Place, ItemWrite),
    Search(u8),
    Visible(Range<usize>),
    Reset,
}

#[derive(Debug, Clone)]
pub(crate) enum ItemWrite {
    Put(u8, u8),
    Remove(u8),
    Clear,
    Replace(Vec<(u8, u8)>),
}

pub(crate) type Commit = Vec<Write>;

pub(crate) fn place() -> impl Strategy<Value = Place> {
    prop_oneof![
        4 => Just(Place::Friends),
        2 => Just(Place::Groups),
        2 => Just(Place::Statuses),
        1 => Just(Place::Blocked),
    ]
}

/// Few values, so that many rows are alike.
pub(crate) fn value() -> impl Strategy<Value = u8> {
    0_u8..6
}

fn items() -> impl Strategy<Value = Vec<(u8, u8)>> {
    prop_oneof![
        vec((any::<u8>(), value()), 0..10),
        vec((any::<u8>(), value()), 0..300)
    ]
}

fn item_write() -> impl Strategy<Value = ItemWrite> {
    prop_oneof![
        12 => (any::<u8>(), value()).prop_map(|(key, value)| ItemWrite::Put(key, value)),
        8 => any::<u8>().prop_map(ItemWrite::Remove),
        1 => Just(ItemWrite::Clear),
        1 => items().prop_map(ItemWrite::Replace),
    ]
}

fn one_write() -> impl Strategy<Value = Write> {
    prop_oneof![
        20 => (place(), item_write()).prop_map(|(place, write)| Write::Items(place, write)),
        2 => value().prop_map(Write::Search),
        2 => (0_usize..60, 0_usize..60).prop_map(|(start, end)| Write::Visible(start..end)),
        1 => Just(Write::Reset),
    ]
}

/// Mostly of a few writes, so that rows are searched for; sometimes of many, so that all are walked over.
pub(crate) fn commit() -> impl Strategy<Value = Commit> {
    prop_oneof![4 => vec(one_write(), 1..3), 2 => vec(one_write(), 0..12), 1 => vec(one_write(), 50..150)]
}

/// A commit that fills all collections.
pub(crate) fn start() -> impl Strategy<Value = Commit> {
    let places = [
        Place::Friends,
        Place::Groups,
        Place::Statuses,
        Place::Blocked,
    ];
    let fill =
        |place| items().prop_map(move |items| Write::Items(place, ItemWrite::Replace(items)));
    places.map(fill).prop_map(Vec::from)
}

/// Writes in one transaction.
pub(crate) fn write(store: &Store<App>, commit: &Commit) {
    let written = store.transaction(|transaction| {
        commit
            .iter()
            .for_each(|write| write_one(transaction, write));
        Ok::<_, Infallible>(())
    });
    written.expect("nothing refuses the write");
}

fn write_one(transaction: &mut Transaction<'_, App>, write: &Write) {
    match write {
        Write::Items(place, write) => match place {
            Place::Friends => write_items(&mut transaction.on(CONTACT).friends, write, |item| item),
            Place::Groups => write_items(&mut transaction.on(CONTACT).groups, write, |item| item),
            Place::Statuses => write_items(&mut transaction.on(USER).statuses, write, |item| item),
            Place::Blocked => write_items(&mut transaction.on(USER).blocked, write, |(key, _)| key),
        },
        Write::Search(search) => transaction.on(UI).search.set(*search),
        Write::Visible(range) => transaction.on(UI).visible.set(range.clone()),
        Write::Reset => transaction.reset(USER),
    }
}

fn write_items<'a, C, I>(draft: &mut Draft<'a, C>, write: &ItemWrite, item: impl Fn((u8, u8)) -> I)
where
    C: Keyed<Key = u8> + FromIterator<I>,
    Draft<'a, C>: Extend<I>,
{
    match write {
        ItemWrite::Put(key, value) => draft.extend([item((*key, *value))]),
        ItemWrite::Remove(key) => drop(draft.remove(key)),
        ItemWrite::Clear => draft.clear(),
        ItemWrite::Replace(items) => draft.set(items.iter().copied().map(item).collect()),
    }
}
