//! A field whose values cannot be cloned.

use store::Model;

#[derive(Default, PartialEq)]
pub struct Photo {
    pub bytes: Vec<u8>,
}

#[derive(Model)]
pub struct Profile {
    pub photo: Photo,
}

fn main() {}
