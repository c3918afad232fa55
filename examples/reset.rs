//! A reset puts all fields back to their defaults, and is told like any other write.

use std::sync::mpsc;

use store::{Model, Set, Store};

#[derive(Model)]
struct Session {
    #[model(default = "en".to_owned())]
    language: String,
    unread: u32,
    online: Set<&'static str>,
}

fn main() {
    let store = Store::<Session>::new();
    store.update(SESSION, |session| {
        session.unread.set(3);
        session.online.extend(["alice", "bob"]);
    });

    let (told, heard) = mpsc::channel();
    let languages = told.clone();
    let unread = told.clone();
    let _watching = store.watch(
        SESSION,
        Session::watch()
            .language(move |language| languages.send(format!("language {}", *language)).unwrap())
            .unread(move |count| unread.send(format!("{} unread", *count)).unwrap())
            .online(move |online| told.send(format!("{} online", online.len())).unwrap()),
    );
    store.reset(SESSION);

    // The language has not differed from its default, so nobody is told of it.
    let lines: Vec<_> = heard.try_iter().collect();
    println!("{}", lines.join("\n"));
    assert_eq!(lines[..3], ["language en", "3 unread", "2 online"]);
    assert_eq!(lines[3..], ["0 unread", "0 online"]);

    // Nothing differs any more: no commit.
    let before = store.revision();
    store.reset(SESSION);
    assert_eq!(store.revision(), before);
}
