//! Whether a value differs, as far as is known without comparing it.

/// Whether a value differs from what a watcher knows of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
// As wide as a register: what is written as a byte and moved as a word makes the processor wait.
#[repr(usize)]
pub(crate) enum Differs {
    No,
    Yes,
    /// It was written once or more, which may have led back.
    Perhaps,
}

impl From<bool> for Differs {
    #[inline]
    fn from(differs: bool) -> Self {
        if differs { Self::Yes } else { Self::No }
    }
}

impl Differs {
    /// What the watcher knows that differs from the new value: the old one, or else what was made of
    /// it in between by somebody whom the watcher does not hear.
    #[inline]
    pub(crate) fn known<'a, T>(
        self,
        old: Option<&'a T>,
        unheard: Option<&'a T>,
        is_new: impl Fn(&T) -> bool,
    ) -> Option<&'a T> {
        match self {
            Self::No => None,
            Self::Yes => old,
            Self::Perhaps => differing(old, unheard, is_new),
        }
    }

    /// What two commits in a row make of it. What is `ignored` counts as seen, unless it came after
    /// something that does not.
    pub(crate) fn then(self, later: Self, ignored: bool) -> Self {
        match (self, later) {
            (_, Self::No) => self,
            (Self::No, _) if ignored => Self::No,
            (Self::No, _) => later,
            (Self::Yes | Self::Perhaps, _) => Self::Perhaps,
        }
    }
}

/// Told late, it has to be compared.
#[cold]
fn differing<'a, T>(
    old: Option<&'a T>,
    unheard: Option<&'a T>,
    is_new: impl Fn(&T) -> bool,
) -> Option<&'a T> {
    old.into_iter().chain(unheard).find(|known| !is_new(known))
}
