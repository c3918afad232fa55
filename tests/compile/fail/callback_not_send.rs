//! A callback that owns what stays on its thread, told on whatever thread commits.

use std::{cell::RefCell, rc::Rc};

use store::{Model, Store};

#[derive(Model)]
pub struct User {
    pub online: bool,
}

fn main() {
    let store = Store::<User>::new();
    let label = Rc::new(RefCell::new(false));
    let widget = Rc::clone(&label);
    let watch = User::watch().online(move |online| *widget.borrow_mut() = *online);
    let _watching = store.watch(USER, watch);
    store.update(USER, |user| user.online.set(true));
    assert!(*label.borrow());
}
