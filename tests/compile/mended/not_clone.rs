//! A field whose values can be cloned.

use store::Model;

#[derive(Clone, Default, PartialEq)]
pub struct Photo {
    pub bytes: Vec<u8>,
}

#[derive(Model)]
pub struct Profile {
    pub photo: Photo,
}

pub fn main() {}
