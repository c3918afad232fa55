//! Who hears: watches, the handles that keep them, who watches what, and the order of telling.

mod change;
mod moment;
mod collection;
mod delivery;
mod entry;
mod field;
mod intervals;
mod table;
mod key;
mod listeners;
mod range;
mod registration;
mod registry;
mod report;
mod store;
mod watcher;

pub use self::{
    change::{Change, StoreChange},
    field::FieldWatch,
    key::{KeyChange, KeyWatch},
    range::{RangeChange, RangeWatch},
    registration::{ChangesOnly, Ignoring, Registration, Watch},
    report::PanicReport,
    store::{AnyWatch, FieldList, FieldsWatch, Projection},
    watcher::{Watcher, WatcherGroup},
};
pub(crate) use self::{
    delivery::Watchers,
    moment::Moment,
    registry::Place,
    report::{PanicHook, drop_values},
    store::watch_commits,
};
