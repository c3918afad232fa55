//! A field whose values cannot be compared.

use store::{Model, Store};

#[derive(Clone, Default)]
pub struct Photo {
    pub bytes: Vec<u8>,
}

#[derive(Model)]
pub struct Profile {
    pub photo: Option<Photo>,
}

fn main() {
    Store::<Profile>::new().update(PROFILE, |profile| profile.photo.set(None));
}
