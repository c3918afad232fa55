use std::rc::Rc;

use store::Model;

#[derive(Model)]
pub struct Profile {
    pub nick: Rc<str>,
}

fn main() {}
