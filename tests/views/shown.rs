//! How a view ends, and a screen that is kept by nothing but what it is told.

use std::{collections::BTreeMap, ops::Range, sync::Arc};

use parking_lot::Mutex;
use proptest::prelude::*;
use store::{Change, List, ListEdit, MapChange, OrdMap, SnapshotAll, Store, Watcher, view::Row};

use super::{
    app::{App, UI, Ui, value},
    plan::Plan,
};

/// How a view ends.
#[derive(Debug, Clone)]
pub(crate) enum End {
    Count,
    Collect,
    Sort(u8),
    Window(u8, Range<usize>),
    VisibleWindow(u8),
}

pub(crate) fn end() -> impl Strategy<Value = End> {
    prop_oneof![
        1 => Just(End::Count),
        1 => Just(End::Collect),
        2 => value().prop_map(End::Sort),
        1 => (value(), 0_usize..40, 0_usize..40).prop_map(|(by, start, end)| End::Window(by, start..end)),
        2 => value().prop_map(End::VisibleWindow),
    ]
}

/// What a view shows, in plain std collections; list rows as sort key, key and value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shown {
    Count(usize),
    Map(BTreeMap<u8, u8>),
    List(Vec<(u8, u8, u8)>),
}

fn sort_key(by: u8, key: u8, value: u8) -> u8 {
    (value ^ by) % 4 + key % 2
}

impl End {
    /// What is shown of rows at one moment.
    pub(crate) fn expected(&self, rows: BTreeMap<u8, u8>, all: &SnapshotAll<App>) -> Shown {
        let (by, range) = match self {
            Self::Count => return Shown::Count(rows.len()),
            Self::Collect => return Shown::Map(rows),
            Self::Sort(by) => (by, 0..usize::MAX),
            Self::Window(by, range) => (by, range.clone()),
            Self::VisibleWindow(by) => (by, all[UI].visible.clone()),
        };
        let mut list: Vec<_> = rows
            .into_iter()
            .map(|(key, value)| (sort_key(*by, key, value), key, value))
            .collect();
        list.sort();
        let end = range.end.min(list.len());
        Shown::List(list[range.start.min(end)..end].to_vec())
    }

    /// Watches a view that ends so.
    pub(crate) fn watch(&self, plan: &Plan, store: &Store<App>) -> (Watcher, Arc<Mutex<Screen>>) {
        let screen = Arc::new(Mutex::new(Screen::default()));
        let rows = plan.rows();
        let sort_key = |by: u8| move |key: &u8, value: &u8| sort_key(by, *key, *value);
        let watcher = match self {
            Self::Count => store.watch_across(rows.count().watch(tell(&screen))),
            Self::Collect => store.watch_across(rows.collect().watch(tell(&screen))),
            Self::Sort(by) => store.watch_across(rows.sort_by(sort_key(*by)).watch(tell(&screen))),
            Self::Window(by, range) => {
                let window = rows.sort_by(sort_key(*by)).window(range.clone());
                store.watch_across(window.watch(tell(&screen)))
            }
            Self::VisibleWindow(by) => {
                let window = rows.sort_by(sort_key(*by)).window(Ui::VISIBLE);
                store.watch_across(window.watch(tell(&screen)))
            }
        };
        (watcher, screen)
    }
}

/// What somebody sees who knows nothing but what is told.
#[derive(Debug, Default)]
pub(crate) struct Screen {
    pub(crate) shown: Option<Shown>,
    /// What was told wrongly.
    pub(crate) faults: Vec<String>,
}

/// Something that a view shows.
trait Show: Sized {
    fn nothing() -> Shown;

    fn shown(&self) -> Shown;

    /// Makes what has changed on the screen, as a widget would.
    fn replay(change: Change<'_, Self>, screen: &mut Shown);
}

fn tell<T: Show>(screen: &Arc<Mutex<Screen>>) -> impl FnMut(Change<'_, T>) + use<T> {
    let screen = Arc::clone(screen);
    move |change| {
        let mut screen = screen.lock();
        let (old, new) = (change.old().map(T::shown), change.value().shown());
        let mut shown = screen.shown.take().unwrap_or_else(T::nothing);
        if old.as_ref().is_some_and(|old| *old != shown) {
            let fault = format!("{shown:?} was on the screen, and {old:?} told as old");
            screen.faults.push(fault);
        }
        T::replay(change, &mut shown);
        if shown != new {
            let fault = format!("what changed made {shown:?} and not {new:?} of {old:?}");
            screen.faults.push(fault);
        }
        if old == Some(new) {
            screen.faults.push(format!("{shown:?} was told twice"));
        }
        screen.shown = Some(shown);
    }
}

impl Show for usize {
    fn nothing() -> Shown {
        Shown::Count(0)
    }

    fn shown(&self) -> Shown {
        Shown::Count(*self)
    }

    fn replay(change: Change<'_, Self>, screen: &mut Shown) {
        *screen = change.value().shown();
    }
}

impl Show for OrdMap<u8, u8> {
    fn nothing() -> Shown {
        Shown::Map(BTreeMap::new())
    }

    fn shown(&self) -> Shown {
        Shown::Map(self.iter().map(|(key, value)| (*key, *value)).collect())
    }

    fn replay(change: Change<'_, Self>, screen: &mut Shown) {
        let Shown::Map(map) = screen else { return };
        for change in change.changes() {
            match change {
                MapChange::Inserted { key, value }
                | MapChange::Updated {
                    key, new: value, ..
                } => {
                    map.insert(*key, *value);
                }
                MapChange::Removed { key, .. } => drop(map.remove(key)),
            }
        }
    }
}

impl Show for List<Row<u8, u8, u8>> {
    fn nothing() -> Shown {
        Shown::List(Vec::new())
    }

    fn shown(&self) -> Shown {
        Shown::List(self.iter().map(item).collect())
    }

    fn replay(change: Change<'_, Self>, screen: &mut Shown) {
        let Shown::List(list) = screen else { return };
        for edit in change.changes() {
            match edit {
                ListEdit::Insert { index, value } => list.insert(index, item(value)),
                ListEdit::Remove { index, .. } => drop(list.remove(index)),
                ListEdit::Set { index, new, .. } => list[index] = item(new),
                ListEdit::Append { values, .. } => list.extend(values.into_iter().map(item)),
                ListEdit::Truncate { len, .. } => list.truncate(len),
                ListEdit::Move { from, to } => {
                    let row = list.remove(from);
                    list.insert(to, row);
                }
            }
        }
    }
}

fn item(row: &Row<u8, u8, u8>) -> (u8, u8, u8) {
    (*row.sort_key(), *row.key(), *row.value())
}
