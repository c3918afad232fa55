//! A roster in egui: names, who of them is online, a search box and a switch.
//!
//! What it shows lives on the thread of the window and is kept up to date through an
//! [`Inbox`](store::Inbox); whoever else has the [`Store`](store::Store) writes from wherever it is.
//! Knows no window and no server: `main.rs` has those.

mod rows;
mod roster;

use store::{
    Stores,
    chat::{Contact, User},
};

pub use crate::roster::Roster;

/// The named stores of the program.
#[derive(Stores)]
pub struct Social {
    /// Whether statuses are shown, and how others are doing.
    pub user: User,
    /// Who is a friend.
    pub contact: Contact,
}
