//! A field that may go to any thread.

use std::sync::Arc;

use store::Model;

#[derive(Model)]
pub struct Profile {
    pub nick: Arc<str>,
}

pub fn main() {}
