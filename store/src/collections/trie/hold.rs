//! What an edit comes through: its own, to be written in place, or shared, to be copied.

use std::{ops::Deref, sync::Arc};

/// Something on the way to an edit.
pub(super) enum Hold<'a, T: ?Sized> {
    /// Nobody else has it, nor what is above it.
    Own(&'a mut T),
    /// To be left as it is.
    Shared(&'a T),
}

impl<'a, T> Hold<'a, [T]> {
    /// What `pointer` points to, which is held as `pointer` itself is.
    pub(super) fn through(pointer: Hold<'a, Arc<[T]>>) -> Self {
        match pointer {
            // Asking first is much cheaper than trying.
            Hold::Own(pointer) if Arc::strong_count(pointer) > 1 => Self::Shared(pointer),
            Hold::Own(pointer) => match Arc::get_mut(pointer) {
                Some(own) => Self::Own(own),
                None => unreachable!("nobody else can come to have what only we have"),
            },
            Hold::Shared(pointer) => Self::Shared(pointer),
        }
    }

    pub(super) fn at(&mut self, nth: usize) -> Hold<'_, T> {
        match self {
            Self::Own(items) => Hold::Own(&mut items[nth]),
            Self::Shared(items) => Hold::Shared(&items[nth]),
        }
    }
}

impl<T: ?Sized> Deref for Hold<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        match self {
            Self::Own(own) => own,
            Self::Shared(shared) => shared,
        }
    }
}
