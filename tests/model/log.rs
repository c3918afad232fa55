//! Everything that can be noticed of a store, in the order in which it happens.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::plain::{Entries, Field, KeyDelta, Num, State, Value};

/// What a callback is told.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Told {
    Field {
        old: Option<Value>,
        new: Value,
        /// For fields with keys.
        diff: Option<Vec<KeyDelta>>,
    },
    /// The outer option of `old` is `None` in the immediate call.
    Key {
        key: String,
        old: Option<Option<Num>>,
        new: Option<Num>,
    },
    Range {
        is_initial: bool,
        diff: Vec<KeyDelta>,
        entries: Entries,
    },
    Projection {
        old: Option<(usize, usize)>,
        new: (usize, usize),
    },
    /// Each changed field with its old value; none in the immediate call.
    Store {
        is_initial: bool,
        changed: BTreeMap<Field, Value>,
        new: Vec<Value>,
    },
    /// The changed fields, and for each named store that they belong to, all values.
    Commit {
        changed: Vec<Field>,
        after: [Option<Vec<Value>>; 3],
    },
    Text {
        old: Option<Json>,
        new: Json,
    },
}

/// How a write came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    Aborted,
    Refused,
    Nested,
    Runaway,
    Panicked,
    /// Text access only.
    WrongType,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Event {
    Called {
        /// The watcher, by the order of their registration.
        watcher: usize,
        /// The callback, by the order in which the watcher's callbacks are written down.
        part: usize,
        revision: u64,
        origin: Option<String>,
        told: Told,
    },
    PanicReported {
        revision: u64,
    },
    /// A callback found that what it was told does not fit together.
    Wrong {
        revision: u64,
        message: String,
    },
    /// A write returned; the revision is the newest at that moment.
    Wrote(Outcome, u64),
    /// `watch` returned the handle.
    Watched(usize),
    /// The drop of the handle returned.
    Unwatched(usize),
    Read(u64, Box<State>),
}
