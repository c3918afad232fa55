//! Widgets stay on the thread that owns them: callbacks wait in its inbox until it drains that.

use std::{cell::RefCell, rc::Rc, sync::mpsc, thread};

use store::{Inbox, Model, Store};

#[derive(Model)]
struct Song {
    title: String,
    seconds: u32,
}

/// What an event loop waits for.
enum Event {
    Drain,
    Quit,
}

/// A widget: no other thread may have it.
#[derive(Default)]
struct Label {
    text: String,
    painted: u32,
}

impl Label {
    fn show(&mut self, text: String) {
        self.text = text;
        self.painted += 1;
    }
}

fn main() {
    let store = Store::<Song>::new();
    let (event_loop, events) = mpsc::channel();

    // This thread is the interface's. All that the store asks of it is to be let know.
    let wake = event_loop.clone();
    let inbox = Inbox::new(move || drop(wake.send(Event::Drain)));

    let [title, clock] = [(); 2].map(|()| Rc::new(RefCell::new(Label::default())));
    let (title_too, clock_too) = (Rc::clone(&title), Rc::clone(&clock));
    let watch = Song::watch()
        .title(move |title| title_too.borrow_mut().show(title.value().clone()))
        .seconds(move |seconds| clock_too.borrow_mut().show(format!("{} s", *seconds)));
    let _watching = store.on(&inbox).watch(SONG, watch);
    assert_eq!(clock.borrow().text, "0 s"); // The immediate call.

    // Another thread plays.
    let player = thread::spawn(move || {
        store.update(SONG, |song| song.title.set("Nocturne".to_owned()));
        for second in 1..=1000 {
            store.update(SONG, |song| song.seconds.set(second));
        }
        event_loop.send(Event::Quit).unwrap();
    });

    // The event loop of any kit, in small. Nothing is painted but here.
    while let Event::Drain = events.recv().unwrap() {
        inbox.drain();
    }
    player.join().unwrap();
    inbox.drain();

    let (title, clock) = (title.borrow(), clock.borrow());
    println!(
        "{}, {}, painted {} times",
        title.text, clock.text, clock.painted
    );
    assert_eq!((&*title.text, &*clock.text), ("Nocturne", "1000 s"));
    assert_eq!(title.painted, 2);
    assert!((2..=1001).contains(&clock.painted)); // As often as there was time, and the last for sure.
}
