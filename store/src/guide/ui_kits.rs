//! Which delivery fits which kit, and what the glue is.
//!
//! | kit | glue |
//! |---|---|
//! | ratatui, crossterm | an [`Inbox`] whose hook wakes the event loop; the program `online-status` |
//! | egui | `Inbox::new(move \|\| context.request_repaint())`, drained at the start of each frame; `examples/egui-roster` |
//! | Slint, GTK, the browser | a stream in a task of that thread: `slint::spawn_local`, `glib::spawn_future_local`, `wasm_bindgen_futures::spawn_local`; or an [`Inbox`] in a `thread_local!`, drained by the closure that the hook posts |
//! | winit | an [`Inbox`] whose hook calls `EventLoopProxy::send_event`, drained in `user_event` |
//! | tokio, axum | [`Store::stream`] as the body of a response; `examples/axum-roster` |
//! | a plain thread | a [`WorkQueue`], or [`ChangeStream::blocking`]; `examples/plain_thread.rs` |
//! | a loop that draws anyway | [`ChangeStream::has_changed`], or [`Store::cached`]: a look costs next to nothing |
//!
//! # A thread that owns widgets
//!
//! The callbacks stay on the thread and may own what is not `Send`. The loop sleeps until the hook wakes it:
//!
//! ```
//! use std::{cell::Cell, rc::Rc, sync::mpsc, thread};
//! use store::{Inbox, Model, Store};
//!
//! #[derive(Model)]
//! pub struct Download { pub percent: u8 }
//!
//! enum Event { Inbox }
//!
//! let store = Store::<Download>::new();
//! let (event_loop, events) = mpsc::channel();
//! let inbox = Inbox::new(move || drop(event_loop.send(Event::Inbox)));
//!
//! let bar = Rc::new(Cell::new(0)); // a widget
//! let widget = Rc::clone(&bar);
//! let _watching = store.on(&inbox).watch(DOWNLOAD, Download::watch().percent(move |percent| widget.set(*percent)));
//!
//! let worker = store.clone();
//! let worker = thread::spawn(move || {
//!     for percent in 1..=100 {
//!         worker.update(DOWNLOAD, |download| download.percent.set(percent));
//!     }
//! });
//! while bar.get() < 100 {
//!     match events.recv().unwrap() {
//!         Event::Inbox => inbox.drain(),
//!     };
//! }
//! worker.join().unwrap();
//! ```
//!
//! # Lists
//!
//! A list widget wants edits: insert this row here, remove that one there. A [live view](super::views) gives them for
//! a sorted, filtered and windowed list; `for edit in list.changes()` walks them. A row that moves is removed and
//! inserted, as its sort key differs: who animates moves pairs them by `row.key()`. Kits that draw everything each
//! frame take the list itself, which is cheap to clone.
//!
//! # Writing back
//!
//! A callback of the kit writes with `store.update`. A widget that shows what it writes need not hear of it: it writes
//! in its own name, [`store.by("search box")`](crate::Store::by), and its watch is
//! [`ignoring("search box")`](crate::Watch::ignoring).
//!
//! [`Inbox`]: crate::Inbox
//! [`Store::cached`]: crate::Store::cached
//! [`Store::stream`]: crate::Store::stream
//! [`WorkQueue`]: crate::WorkQueue
//! [`ChangeStream::blocking`]: crate::ChangeStream::blocking
//! [`ChangeStream::has_changed`]: crate::ChangeStream::has_changed
