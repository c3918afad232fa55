//! Live views: what is made of collections, and keeps up with them.
//!
//! A view begins with a field that holds a map or a set, goes through stages, and ends in a value that can be
//! watched: a sorted list, a part of one, a map or a number.
//!
//! ```
//! use std::ops::Range;
//! use store::{Map, Model, Store, Stores};
//!
//! #[derive(Model)]
//! pub struct User { pub user_status_list: Map<u32, &'static str> }
//! #[derive(Model)]
//! pub struct Contact { pub friends: Map<u32, String> }
//! #[derive(Model)]
//! pub struct Ui {
//!     pub search: String,
//!     #[model(default = 0..50)]
//!     pub visible: Range<usize>,
//! }
//! #[derive(Stores)]
//! pub struct App { pub user: User, pub contact: Contact, pub ui: Ui }
//!
//! let roster = Contact::FRIENDS
//!     .view()
//!     .left_join(User::USER_STATUS_LIST)
//!     .filter_by(Ui::SEARCH, |search, _, (name, _)| name.contains(search.as_str()))
//!     .sort_by(|_, (name, status)| (status.is_none(), name.to_lowercase()))
//!     .window(Ui::VISIBLE);
//!
//! let store = Store::<App>::new();
//! let (sender, edits) = std::sync::mpsc::channel();
//! let _watching = store.watch_across(roster.watch(move |rows| {
//!     rows.changes().for_each(|edit| sender.send(format!("{edit:?}")).unwrap());
//! }));
//! store.update(CONTACT, |contact| contact.friends.extend([(1, "Ann".into()), (2, "Bob".into())]));
//! edits.try_iter().for_each(drop);
//!
//! // Bob goes before Ann as soon as he is known to be online: inserted in front, removed behind.
//! store.update(USER, |user| user.user_status_list.insert(2, "online"));
//! assert_eq!(edits.try_iter().count(), 2);
//! ```
//!
//! # What a view promises
//!
//! After every commit it shows what a computation from scratch would, and tells its watcher if, and only if, that
//! differs from what it told last. It is told once per commit, however many of the fields it reads the commit
//! changed, and sees all of them at one moment.
//!
//! One that ignores an origin follows its writes too, untold. Where commits are merged, it compares with what it told
//! last alone: a way back from a write that it did not hear is silent then.
//!
//! # What a view costs
//!
//! A row that differs is pulled through the stages by its key, as it was and as it is, so that every function of the
//! view is called about twice for it, and found in the end by O(log n) comparisons. Rows that stay as they are cost
//! nothing. Only when a field changes that is given to [`filter_by`](Rows::filter_by) or
//! [`map_by`](Rows::map_by), all rows are looked at.
//!
//! Values go through joins, maps and groups as clones, so they should be cheap to clone, such as an
//! [`Arc`](std::sync::Arc).

mod stage;
mod versions;
mod unsteady;
mod end;
mod watch;
mod field;
mod input;
mod function;
mod filter;
mod map;
mod join;
mod join_on;
mod group;
mod boxed;
mod count;
mod collect;
mod row;
mod order;
mod sort;
mod window;
mod rows;

pub use self::{
    boxed::Boxed,
    collect::Collected,
    count::Count,
    end::{End, View},
    field::FieldRows,
    filter::Filtered,
    function::{Function, Given, Plain},
    group::{Grouped, Members},
    input::{FieldInput, Input, IntoInput},
    join::{Joined, LeftJoined},
    join_on::JoinedOn,
    map::Mapped,
    row::Row,
    rows::{IntoRows, Rows},
    sort::Sorted,
    stage::Stage,
    watch::{Reads, ViewWatch},
    window::Windowed,
};
