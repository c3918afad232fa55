//! State you can watch.

// Ground floor first: a module may use only the modules above it in this list.
mod sync;
mod collections;
mod model;
mod state;
mod change;
mod watch;
mod store;
#[cfg(feature = "text")]
mod text;
#[cfg(feature = "chat")]
pub mod chat;
#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

#[cfg(feature = "text")]
pub use crate::text::{RuntimeKey, RuntimeKeys, StoreInfo, Text, TextChange, TextError};
pub use crate::{
    change::{Commit, Guard, NestedWrite, Origin, Refusal, RunawayChain, Transaction, WriteError},
    collections::{
        DiffMismatch, Key, Keyed, List, ListDiff, ListEdit, ListIter, Map, MapChange, MapDiff,
        MapIter, OrdMap, Set, SetChange, SetChanges, SetDiff, SetIter, UnorderedChanges, same,
    },
    model::{Draft, Field, FieldInfo, Holds, Model, StoreName, Stores},
    state::{Revision, Snapshot, SnapshotAll},
    store::{Store, StoreBuilder, WeakStore, Writer},
    watch::{
        AnyWatch, Change, ChangesOnly, FieldList, FieldsWatch, Ignoring, KeyChange, KeyWatch,
        PanicReport, Projection, RangeChange, RangeWatch, StoreChange, Watch, Watcher,
        WatcherGroup,
    },
};
pub use store_macros::{Model, Stores};
