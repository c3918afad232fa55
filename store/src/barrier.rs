//! A barrier between two threads that the one in a hurry does not pay for.
//!
//! Two threads each store something and then load what the other stores. If at least one of them is
//! to see the other's, both need a full fence in between. Where the system can put that fence into all
//! running threads of the process at once (`membarrier(2)` of Linux), the thread in a hurry needs
//! none; elsewhere both have one.

use crate::sync::{
    IS_SIMULATED,
    atomic::{Ordering, fence},
    compiler_fence,
};

/// See the module.
pub(crate) struct Barrier {
    /// Whether the system fences for the thread in a hurry.
    is_one_sided: bool,
}

impl Barrier {
    pub(crate) fn new() -> Self {
        Self {
            is_one_sided: !IS_SIMULATED && system::is_ready(),
        }
    }

    /// One that both pay for, as where the system has none.
    #[cfg(test)]
    pub(crate) fn two_sided() -> Self {
        Self {
            is_one_sided: false,
        }
    }

    /// The half of the thread in a hurry.
    #[inline]
    pub(crate) fn light(&self) {
        match self.is_one_sided {
            true => compiler_fence(Ordering::SeqCst),
            false => fence(Ordering::SeqCst),
        }
    }

    /// The half of the other thread.
    pub(crate) fn heavy(&self) {
        fence(Ordering::SeqCst);
        if self.is_one_sided {
            system::fence_all_threads();
        }
    }
}

#[cfg(target_os = "linux")]
mod system {
    use rustix::thread::{MembarrierCommand, membarrier};

    /// Asks for such fences, and tries one.
    pub(super) fn is_ready() -> bool {
        membarrier(MembarrierCommand::RegisterPrivateExpedited).is_ok()
            && membarrier(MembarrierCommand::PrivateExpedited).is_ok()
    }

    /// # Panics
    ///
    /// If the system no longer does what it did, as after a `seccomp` filter that forbids it: going on
    /// could call what must not be called any more.
    pub(super) fn fence_all_threads() {
        membarrier(MembarrierCommand::PrivateExpedited)
            .expect("`membarrier` worked when the store was made");
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    pub(super) fn is_ready() -> bool {
        false
    }

    pub(super) fn fence_all_threads() {}
}
