//! Everything the program knows: the chat domain's named stores, and one of its own.

use std::ops::Range;

use store::{
    Model, Stores,
    chat::{Contact, Conversations, User},
};

/// The named stores of the program.
#[derive(Stores)]
pub(crate) struct App {
    /// Who is logged in, and how others are doing.
    pub(crate) user: User,
    /// Who is a friend.
    pub(crate) contact: Contact,
    /// Who is talked with.
    pub(crate) conversation: Conversations,
    /// What the program adds to it.
    pub(crate) screen: Screen,
}

/// What is on the screen besides the domain.
#[derive(Debug, Model)]
pub(crate) struct Screen {
    /// What names are searched for; empty shows all.
    pub(crate) search: String,
    /// The same as names are compared with it.
    #[model(derived = lower_case(search))]
    pub(crate) needle: String,
    /// The rows of the contact list that are in sight.
    pub(crate) contact_rows: Range<usize>,
    /// The rows of the conversation list that are in sight.
    pub(crate) conversation_rows: Range<usize>,
    /// Why there is no connection, while there is none.
    pub(crate) trouble: Option<String>,
    /// What came of the last thing that was asked for.
    pub(crate) notice: String,
}

fn lower_case(text: &str) -> String {
    text.to_lowercase()
}
