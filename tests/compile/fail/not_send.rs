//! A field that must stay on its thread.

use std::rc::Rc;

use store::Model;

#[derive(Model)]
pub struct Profile {
    pub nick: Rc<str>,
}

fn main() {}
