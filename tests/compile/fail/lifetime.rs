//! A model that borrows.

use store::Model;

#[derive(Model)]
pub struct User<'a> {
    pub nick: &'a str,
}

fn main() {}
