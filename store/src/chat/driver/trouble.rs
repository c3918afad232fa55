//! What is wrong, and with what: the online status as a whole, or the own text.
//!
//! Pure. Of the two the text is shown, which went wrong later; once it is set, the other is shown again.

use crate::chat::error::ChatError;

/// What is wrong.
#[derive(Debug, Default)]
pub(super) struct Trouble {
    status: Option<ChatError>,
    text: Option<ChatError>,
}

impl Trouble {
    /// What is to be shown of it.
    pub(super) fn shown(&self) -> Option<&ChatError> {
        self.text.as_ref().or(self.status.as_ref())
    }

    /// This is wrong from now on, or nothing; whatever was wrong before is no longer of interest.
    pub(super) fn set(&mut self, error: Option<ChatError>) {
        self.status = error;
        self.text = None;
    }

    /// The own text could not be set, or was.
    pub(super) fn set_of_text(&mut self, error: Option<ChatError>) {
        self.text = error;
    }

    /// What failed and might do better later, did. The own text is not set again by itself.
    pub(super) fn forget_transient(&mut self) {
        self.status.take_if(|error| error.is_transient());
    }

    /// Whatever failed of the online status is done anew. The own text is not.
    pub(super) fn forget(&mut self) {
        self.status = None;
    }
}
