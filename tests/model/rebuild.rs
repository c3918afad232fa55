//! Values rebuilt from nothing but the changes that callbacks are told of.

use store::{Change, List, ListEdit, Map, MapChange, OrdMap, RuntimeKeys, Set, SetChange};

use crate::{
    app::{Cell, Plain},
    plain::{KeyDelta, PRESENT, Value},
};

/// A field's type whose changes rebuild it.
pub(crate) trait Rebuild: Plain + 'static {
    /// Makes the change in `mirror`; returns the changes by key, if there are keys.
    fn rebuild(change: Change<'_, Self>, mirror: &mut Value) -> Option<Vec<KeyDelta>>;
}

macro_rules! rebuild_by_value {
    ($($Real:ty),+) => {$(
        impl Rebuild for $Real {
            fn rebuild(change: Change<'_, Self>, mirror: &mut Value) -> Option<Vec<KeyDelta>> {
                *mirror = change.plain();
                None
            }
        }
    )+};
}

rebuild_by_value!(bool, Option<String>, f64);

macro_rules! rebuild_by_key {
    ($($Real:ty, $delta:expr;)+) => {$(
        impl Rebuild for $Real {
            fn rebuild(change: Change<'_, Self>, mirror: &mut Value) -> Option<Vec<KeyDelta>> {
                let deltas: Vec<KeyDelta> = change.changes().map($delta).collect();
                for (key, old, new) in &deltas {
                    let replaced = match new {
                        Some(new) => mirror.entries_mut().insert(key.clone(), *new),
                        None => mirror.entries_mut().remove(key),
                    };
                    assert_eq!(replaced, *old, "the old value of {key}");
                }
                Some(deltas)
            }
        }
    )+};
}

rebuild_by_key! {
    Map<String, f64>, map_delta;
    OrdMap<String, f64>, map_delta;
    RuntimeKeys, map_delta;
    Set<String>, set_delta;
}

impl Rebuild for List<u8> {
    fn rebuild(change: Change<'_, Self>, mirror: &mut Value) -> Option<Vec<KeyDelta>> {
        let Value::Lines(lines) = mirror else {
            return None;
        };
        for edit in change.changes() {
            edit_lines(lines, edit);
        }
        None
    }
}

pub(crate) fn map_delta<K: ToString, V: Cell>(change: MapChange<&K, &V>) -> KeyDelta {
    (
        change.key().to_string(),
        change.old().map(|value| value.num()),
        change.new().map(|value| value.num()),
    )
}

pub(crate) fn set_delta(change: SetChange<&String>) -> KeyDelta {
    match change {
        SetChange::Inserted(key) => (key.clone(), None, Some(PRESENT)),
        SetChange::Removed(key) => (key.clone(), Some(PRESENT), None),
    }
}

/// Makes an edit, checking that it fits.
pub(crate) fn edit_lines(lines: &mut Vec<u8>, edit: ListEdit<&u8>) {
    match edit {
        ListEdit::Insert { index, value } => lines.insert(index, *value),
        ListEdit::Remove { index, old } => assert_eq!(lines.remove(index), *old),
        ListEdit::Set { index, old, new } => {
            assert_eq!(std::mem::replace(&mut lines[index], *new), *old);
        }
        ListEdit::Append { len, values } => {
            assert_eq!(lines.len(), len);
            lines.extend(values.into_iter().copied());
        }
        ListEdit::Truncate { len, removed } => {
            let cut = lines.split_off(len);
            assert_eq!(cut.iter().collect::<Vec<_>>(), removed);
        }
        ListEdit::Move { from, to } => {
            let moved = lines.remove(from);
            lines.insert(to, moved);
        }
    }
}
