//! Who hears: watches, the handles that keep them, who watches what, and how and in which order
//! watchers are told.

mod change;
mod moment;
mod collection;
mod owned;
mod queue;
mod pace;
mod executor;
mod inbox;
mod merged;
mod mailbox;
mod feed;
mod milestones;
mod schedule;
mod delivery;
mod callback;
mod watching;
mod task;
mod listeners;
mod found;
mod field_table;
mod intervals;
mod registry;
mod readers;
mod agenda;
mod called;
mod interest;
mod roster;
mod role;
mod telling;
mod joining;
mod registration;
mod adapters;
mod watcher;
mod reading;
mod source;
mod field;
mod field_callback;
mod key;
mod range;
mod fields;
mod projection;
mod commits;
mod report;

#[cfg(feature = "futures")]
pub use self::executor::Spawner;
pub use self::{
    adapters::{ChangesOnly, Ignoring, Once},
    callback::Apart,
    change::{Change, StoreChange},
    commits::{Commits, CommitsWatch, commits},
    executor::{Executor, ExecutorGone, Work, WorkQueue, Worker},
    field::FieldWatch,
    fields::{FieldList, FieldsOf, FieldsWatch},
    inbox::{Inbox, LocalWatcher},
    key::{KeyChange, KeyOf, KeyWatch, OwnedKeyChange},
    moment::Moment,
    owned::{OwnedChange, OwnedStoreChange},
    projection::{ProjectionOf, ProjectionWatch},
    queue::{EmptyQueue, Queue},
    range::{OwnedRangeChange, RangeChange, RangeOf, RangeWatch},
    registration::{LocalWatchIn, Registration, Watch, WatchIn, WatchOf},
    report::PanicReport,
    source::{Source, SourceIn},
    watcher::{Stranded, Watcher, WatcherGroup},
    watching::Told,
};
pub(crate) use self::{
    delivery::{Manner, Reader},
    milestones::Waiter,
    pace::Pace,
    reading::Reading,
    registry::Place,
    report::{PanicHook, drop_values, report_derivations},
    telling::{Due, Watchers},
};
