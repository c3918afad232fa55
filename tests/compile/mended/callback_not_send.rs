//! A callback that owns what stays on its thread, told by the inbox of that thread.

use std::{cell::RefCell, rc::Rc};

use store::{Inbox, Model, Store};

#[derive(Model)]
pub struct User {
    pub online: bool,
}

pub fn main() {
    let store = Store::<User>::new();
    let inbox = Inbox::new(|| {});
    let label = Rc::new(RefCell::new(false));
    let widget = Rc::clone(&label);
    let watch = User::watch().online(move |online| *widget.borrow_mut() = *online);
    let _watching = store.on(&inbox).watch(USER, watch);
    store.update(USER, |user| user.online.set(true));
    inbox.drain();
    assert!(*label.borrow());
}
