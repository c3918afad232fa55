//! Fields whose values are compared by a rule that they are given.

use std::sync::Arc;

use store::{Model, Store, same};

#[derive(Clone, Default)]
pub struct Photo {
    pub bytes: Vec<u8>,
}

#[derive(Model)]
pub struct Profile {
    #[model(same = same::by_pointer)]
    pub photo: Arc<Photo>,
    #[model(same = |old, new| old.bytes == new.bytes)]
    pub cover: Photo,
}

pub fn main() {
    let store = Store::<Profile>::new();
    store.update(PROFILE, |profile| profile.photo.set(Arc::default()));
    store.update(PROFILE, |profile| profile.cover.set(Photo::default()));
    assert_eq!(store.snapshot(PROFILE).revision(), 1);
}
