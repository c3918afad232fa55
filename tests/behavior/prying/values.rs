//! Values, and what else a program hands to a store, all of whose code uses that store.

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    sync::Arc,
    task::Wake,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{call_out::CallOut, verbs::pry};

/// A value all of whose code uses the store.
pub(super) struct Prying(pub(super) u32);

impl Default for Prying {
    fn default() -> Self {
        pry(CallOut::Default);
        Self(0)
    }
}

impl Drop for Prying {
    fn drop(&mut self) {
        pry(CallOut::Drop);
    }
}

impl Clone for Prying {
    fn clone(&self) -> Self {
        pry(CallOut::Clone);
        Self(self.0)
    }
}

impl PartialEq for Prying {
    fn eq(&self, other: &Self) -> bool {
        pry(CallOut::PartialEq);
        self.0 == other.0
    }
}

impl Eq for Prying {}

impl Hash for Prying {
    fn hash<H: Hasher>(&self, state: &mut H) {
        pry(CallOut::Hash);
        self.0.hash(state);
    }
}

impl PartialOrd for Prying {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Prying {
    fn cmp(&self, other: &Self) -> Ordering {
        pry(CallOut::Ord);
        self.0.cmp(&other.0)
    }
}

impl fmt::Debug for Prying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        pry(CallOut::Debug);
        self.0.fmt(f)
    }
}

impl Serialize for Prying {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        pry(CallOut::Serialize);
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Prying {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        pry(CallOut::Deserialize);
        u32::deserialize(deserializer).map(Self)
    }
}

/// Uses the store when what owns it is dropped.
pub(super) struct Parting(pub(super) CallOut);

impl Drop for Parting {
    fn drop(&mut self) {
        pry(self.0);
    }
}

/// A function that owns a [`Parting`].
pub(super) fn owning<A>(
    call: impl Fn(A) + Send + Sync + 'static,
) -> impl Fn(A) + Send + Sync + 'static {
    let owned = Parting(CallOut::Owned);
    move |argument| {
        let _owned = &owned;
        call(argument);
    }
}

/// What the store calls when there is something to read.
pub(super) struct PryingWaker;

impl Drop for PryingWaker {
    fn drop(&mut self) {
        pry(CallOut::WakerDrop);
    }
}

impl Wake for PryingWaker {
    fn wake(self: Arc<Self>) {
        pry(CallOut::Waker);
    }
}
