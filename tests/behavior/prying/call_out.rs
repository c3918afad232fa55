//! What the store calls of the program's, and what came of the writes that were tried there. Knows no store.

use std::cell::RefCell;

/// Code of the program's that runs because the store runs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CallOut {
    // What a type says of its values.
    Clone,
    PartialEq,
    Hash,
    Ord,
    Default,
    Drop,
    Debug,
    Serialize,
    Deserialize,
    // What a model is made of.
    Sameness,
    Derived,
    Folded,
    // What takes part in a write.
    Closure,
    Guard,
    Computed,
    // What is told, and what says whether it is.
    Callback,
    Project,
    Until,
    // What a view is made of.
    Filter,
    Mapping,
    SortKey,
    Grouping,
    JoinKey,
    // What is called to have somebody told.
    Waker,
    WakerDrop,
    Executor,
    InboxHook,
    Now,
    Sleep,
    SleepPoll,
    SleepDrop,
    // Who hears of panics, and what they carry.
    PanicHook,
    Subscriber,
    Payload,
    // Where something is shown.
    Sink,
    /// What a closure that the store was given owned.
    Owned,
}

/// What came of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Made,
    /// As it was tried inside another.
    Refused,
    /// As too many had led to it.
    Stopped,
}

thread_local! {
    static SEEN: RefCell<Seen> = const { RefCell::new(Seen(Vec::new())) };
    static COMPLAINTS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// From where a write was tried, and its fate, one after the other.
#[derive(Debug, Default)]
pub(super) struct Seen(Vec<(CallOut, Fate)>);

/// Takes note of a write.
pub(super) fn note(from: CallOut, fate: Fate) {
    SEEN.with_borrow_mut(|seen| seen.0.push((from, fate)));
}

/// Takes note of what should not have happened. A panic would not be heard wherever the store contains it.
pub(super) fn complain(complaint: String) {
    COMPLAINTS.with_borrow_mut(|complaints| complaints.push(complaint));
}

/// All of it, once.
pub(super) fn complaints() -> Vec<String> {
    COMPLAINTS.take()
}

/// How the writes went that were tried from inside while `act` ran.
pub(super) fn pried(act: impl FnOnce()) -> Seen {
    SEEN.take();
    act();
    SEEN.take()
}

impl Seen {
    /// The fates of the writes that were tried from there.
    pub(super) fn fates(&self, from: CallOut) -> Vec<Fate> {
        let from_there = self.0.iter().filter(|(call_out, _)| *call_out == from);
        from_there.map(|(_, fate)| *fate).collect()
    }

    /// Each of them was called, and what it wrote was written, unless a chain had become too long.
    #[track_caller]
    pub(super) fn made(&self, call_outs: &[CallOut]) -> &Self {
        self.came_to(call_outs, |fates| {
            fates.contains(&Fate::Made) && !fates.contains(&Fate::Refused)
        })
    }

    /// Each of them was called, and only inside of a write.
    #[track_caller]
    pub(super) fn refused(&self, call_outs: &[CallOut]) -> &Self {
        self.came_to(call_outs, |fates| {
            !fates.is_empty() && fates.iter().all(|fate| *fate == Fate::Refused)
        })
    }

    /// Each of them was called inside of a write, and outside.
    #[track_caller]
    pub(super) fn both(&self, call_outs: &[CallOut]) -> &Self {
        self.came_to(call_outs, |fates| {
            fates.contains(&Fate::Made) && fates.contains(&Fate::Refused)
        })
    }

    #[track_caller]
    fn came_to(&self, call_outs: &[CallOut], is_so: fn(&[Fate]) -> bool) -> &Self {
        for call_out in call_outs {
            let fates = self.fates(*call_out);
            assert!(is_so(&fates), "{call_out:?}: {fates:?}");
        }
        self
    }
}
