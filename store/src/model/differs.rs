//! Whether a value differs, as far as is known without comparing it.

/// Whether a value differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Differs {
    No,
    Yes,
    /// Several commits in a row changed it, and may have led back.
    Perhaps,
    /// One of several commits changed it unheard, so even the way back is news.
    Always,
}

impl Differs {
    /// Whether it does, if need be by comparing.
    #[inline]
    pub(crate) fn holds(self, is_same: impl FnOnce() -> bool) -> bool {
        match self {
            Self::No => false,
            Self::Yes | Self::Always => true,
            Self::Perhaps => !is_same(),
        }
    }

    /// What two commits in a row make of it. Nobody may have heard of the second, if it was
    /// `ignored`.
    pub(crate) fn then(self, later: Self, ignored: bool) -> Self {
        match (self, later) {
            (_, Self::No) => self,
            _ if ignored => Self::Always,
            (Self::No, _) => later,
            (Self::Always, _) => Self::Always,
            (Self::Yes | Self::Perhaps, _) => Self::Perhaps,
        }
    }
}
