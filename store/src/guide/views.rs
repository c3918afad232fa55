//! Sorted, filtered, joined and windowed collections for list widgets.
//!
//! A live view begins with a collection in the store, goes through stages, and ends in a value that is watched like a
//! field. After every commit it shows what a computation from scratch would, and it costs what changed:
//!
//! ```
//! use std::ops::Range;
//! use store::{Inbox, Map, Model, Store, Stores};
//!
//! #[derive(Model)]
//! pub struct User { pub statuses: Map<u32, bool> }
//! #[derive(Model)]
//! pub struct Contact { pub friends: Map<u32, String> }
//! #[derive(Model)]
//! pub struct Screen {
//!     pub search: String,
//!     #[model(default = 0..20)]
//!     pub rows: Range<usize>,
//! }
//! #[derive(Stores)]
//! pub struct App { pub user: User, pub contact: Contact, pub screen: Screen }
//!
//! let store = Store::<App>::new();
//! let roster = Contact::FRIENDS
//!     .view()
//!     .left_join(User::STATUSES) // friends without a status stay
//!     .map(|_, (name, online)| (name.clone(), online.unwrap_or_default()))
//!     .filter_by(Screen::SEARCH, |search, _, (name, _)| name.contains(search.as_str()))
//!     .sort_by(|_, (name, online)| (!online, name.clone())) // online first, then by name, then by key
//!     .window(Screen::ROWS);
//!
//! // A widget on the thread of the user interface makes the edits; here they only count.
//! let inbox = Inbox::new(|| {});
//! let (sender, shown) = std::sync::mpsc::channel();
//! let _watching = store.on(&inbox).watch_across(roster.watch(move |rows| {
//!     let names: Vec<String> = rows.iter().map(|row| row.value().0.clone()).collect();
//!     sender.send((names.join(" "), rows.changes().count())).unwrap();
//! }));
//! assert_eq!(shown.recv().unwrap(), (String::new(), 0));
//!
//! store.update(CONTACT, |contact| contact.friends.extend([(1, "ann".into()), (2, "bob".into())]));
//! inbox.drain();
//! assert_eq!(shown.recv().unwrap(), ("ann bob".to_owned(), 1)); // both rows are appended at once
//!
//! // Bob comes online and goes to the front; Ann's row is left alone.
//! store.update(USER, |user| user.statuses.insert(2, true));
//! inbox.drain();
//! assert_eq!(shown.recv().unwrap(), ("bob ann".to_owned(), 2)); // inserted in front, removed behind
//! ```
//!
//! # Stages and ends
//!
//! | stage | what it makes |
//! |---|---|
//! | [`filter`](Rows::filter), [`filter_by`](Rows::filter_by) | fewer rows; `_by` with a field's value, such as a search text |
//! | [`map`](Rows::map), [`map_by`](Rows::map_by) | another value of each row |
//! | [`join`](Rows::join), [`left_join`](Rows::left_join) | rows of the same key side by side |
//! | [`join_on`](Rows::join_on) | beside each row, one that it names by a key of its own |
//! | [`group_by`](Rows::group_by), [`count_by`](Rows::count_by) | a row for each group: its members, or how many |
//!
//! | end | its value |
//! |---|---|
//! | [`sort_by`](Rows::sort_by), and then [`window`](crate::view::View::window) | a [`List`](crate::List) of rows |
//! | [`collect`](Rows::collect) | an [`OrdMap`](crate::OrdMap) |
//! | [`count`](Rows::count) | a number |
//!
//! # Search text and window are state
//!
//! What a view depends on besides its rows is a field, of any named store: the program writes `search` or `rows`, and
//! the view follows in the same commit. So a screen is of one moment, and can be saved, replayed and tested like the
//! rest. A window that moves costs what comes into sight; a search text that changes looks at every row once.
//!
//! # Whose thread
//!
//! A view belongs to its watcher: on the committing thread it is kept up to date there, in an inbox on the thread that
//! drains it, in a stream when that is read. A view that is read seldom costs its share seldom.
//! [`View::at`](crate::view::View::at) shows one without watching, and costs what a computation from scratch costs.
//!
//! # Functions must be steady
//!
//! The functions of a view answer by their arguments alone. One that looks at a clock or a cell changes its mind behind
//! the view's back: a debug build panics where the view finds out, a release build starts afresh from all rows.

#[allow(unused_imports)] // For the links.
use crate::view::Rows;
