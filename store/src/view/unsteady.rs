//! Functions that do not keep to what they answered: found out where a row is not where it was put.

/// Says that a function did not answer as it did before, for the same row.
#[derive(Debug)]
pub(super) struct Unsteady;

impl Unsteady {
    pub(super) fn unless(is_steady: bool) -> Result<(), Self> {
        is_steady.then_some(()).ok_or(Self)
    }

    /// Panics in a debug build; otherwise the caller starts afresh, at the cost of all rows.
    #[cold]
    pub(super) fn report(self, method: &'static str) {
        if cfg!(debug_assertions) {
            panic!(
                "the function given to `{method}` answered otherwise than before for the same row: \
                 what it makes of a row must depend on that row alone"
            );
        }
        tracing::warn!(target: "store", method, "a function answered otherwise than before for the same row");
    }
}
