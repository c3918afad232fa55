//! What named stores hold, and what of them differs, as plain data.

use std::collections::BTreeMap;

use store::{Commit, Model, StoreChange};

use crate::{
    app::{App, DESK, Desk, Plain, ROOM, Room, SHELF, Shelf},
    plain::{Field, Value},
};

/// A named store that can be told as plain data.
pub(crate) trait Named: Model {
    /// All fields.
    const FIELDS: &'static [Field];

    /// The values of all fields, in the order they are declared.
    fn plain(&self) -> Vec<Value>;

    /// Each field that differs with its old value.
    fn old(change: StoreChange<'_, Self>) -> BTreeMap<Field, Value>;
}

macro_rules! named {
    ($($Model:ident: $($Field:ident $KEY:ident),+;)+) => {$(
        impl Named for $Model {
            const FIELDS: &'static [Field] = &[$(Field::$Field),+];

            fn plain(&self) -> Vec<Value> {
                vec![$($Model::$KEY.get(self).plain()),+]
            }

            fn old(change: StoreChange<'_, Self>) -> BTreeMap<Field, Value> {
                let mut changed = BTreeMap::new();
                $(if let Some(field) = change.change_of($Model::$KEY) {
                    assert_eq!(field.plain(), $Model::$KEY.get(&change).plain());
                    changed.extend(field.old().map(|old| (Field::$Field, old.plain())));
                })+
                let named = change.changed_fields();
                let named = named.into_iter().map(|info| Self::FIELDS[info.index]);
                assert!(named.eq(changed.keys().copied()), "the fields by name");
                changed
            }
        }
    )+};
}

named! {
    Desk: Online ONLINE, Nick NICK, Level LEVEL, Names NAMES;
    Room: Notes NOTES, Tags TAGS, Lines LINES, Locked LOCKED, Extras EXTRAS;
    Shelf: Price PRICE, Stock STOCK, Dear DEAR, Gaps GAPS, Alarm ALARM;
}

/// The values of each named store that a commit changed.
pub(crate) fn after(commit: &Commit<App>) -> [Option<Vec<Value>>; 3] {
    [
        commit.after(DESK).map(Named::plain),
        commit.after(ROOM).map(Named::plain),
        commit.after(SHELF).map(Named::plain),
    ]
}
