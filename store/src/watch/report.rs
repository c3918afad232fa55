//! What is said of a callback or a derived field that panicked.

use std::{any::Any, fmt, sync::Arc};

use crate::{
    cause::Revision,
    change::{DerivationPanic, PanicSource},
    sync::{Activity, Caller, assert_unlocked},
};

/// A watcher's callback panicked, or the function of a derived field or value; also an executor, an
/// inbox's hook or a clock that a watcher uses, in that watcher's name. The commit was made, and all
/// others were told, all the same.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PanicReport {
    /// What panicked.
    pub by: PanicSource,
    /// The commit it was told of or ran for; in an immediate call, the newest one.
    pub revision: Revision,
    /// What it said when it panicked.
    pub message: String,
}

impl fmt::Display for PanicReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            by,
            revision,
            message,
        } = self;
        let when = match by {
            PanicSource::Callback(_) => "when told of",
            PanicSource::DerivedField { .. } | PanicSource::DerivedValue(_) => "in",
        };
        write!(f, "{by} panicked {when} commit {revision}: {message}")
    }
}

/// Called with each report.
pub(crate) type PanicHook = Arc<dyn Fn(&PanicReport) + Send + Sync>;

/// Reports a panic to `tracing` and to the program's hook. Who listens there is code of the program's.
pub(super) fn report(
    hook: Option<&PanicHook>,
    by: PanicSource,
    revision: Revision,
    payload: Box<dyn Any + Send>,
) {
    let report = PanicReport {
        by,
        revision,
        message: message(&*payload),
    };
    assert_unlocked();
    tracing::error!(target: "store", revision, reason = %report.message, "{by} panicked");
    if let Some(hook) = hook {
        // A hook that panics has nobody left to tell.
        let _ = quietly(|| hook(&report));
    }
    let _ = quietly(|| drop(payload));
}

/// Reports that functions of derived fields and values panicked in a write. The hook may write in
/// turn, as watchers of the write may.
pub(crate) fn report_derivations(
    hook: Option<&PanicHook>,
    panics: Vec<DerivationPanic>,
    write: Caller,
    depth: u32,
) {
    for panic in panics {
        let DerivationPanic {
            by,
            revision,
            payload,
        } = panic;
        after_write(write, depth, || report(hook, by, revision, payload));
    }
}

/// Runs code of the program's that must not unwind into ours.
pub(super) fn quietly<R>(run: impl FnOnce() -> R) -> Result<R, Box<dyn Any + Send>> {
    assert_unlocked();
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(run))
}

/// Runs code of the program's that no single watcher answers for, such as a comparison of keys, a
/// waker, or the drop of an old value. A panic there is reported to `tracing`, and others go on.
pub(super) fn contained<R>(run: impl FnOnce() -> R) -> Option<R> {
    let answer = quietly(run);
    answer.map_err(report_anonymous).ok()
}

#[cold]
fn report_anonymous(payload: Box<dyn Any + Send>) {
    let message = message(&*payload);
    tracing::error!(target: "store", %message, "a clone, a comparison, a waker or the drop of a value panicked");
    let _ = quietly(|| drop(payload));
}

/// Lets a write drop what it left over. The values may write in turn, as watchers of it may.
#[inline]
pub(crate) fn drop_values(write: Caller, depth: u32, drop: impl FnOnce()) {
    after_write(write, depth, || {
        contained(drop);
    });
}

/// Runs code of the program's that a write leads to, which counts among its watchers.
#[inline]
fn after_write(write: Caller, depth: u32, run: impl FnOnce()) {
    let _activity = Activity {
        telling: Some(write),
        depth: depth + 1,
        ..Activity::current()
    }
    .enter();
    run();
}

fn message(payload: &(dyn Any + Send)) -> String {
    payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without a message".to_owned())
}
