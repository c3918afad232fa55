//! The store itself, as a program would use it.

mod derived;
mod field;
mod map;
mod reader;
mod view;
mod watchers;

pub use self::{
    reader::inboxes,
    view::{from_scratch, write_alone},
};
use crate::work::{
    Backlog, Difference, ListWrite, Peer, Sampler, Shape, Shared, Spot, Subject, Users, Wire,
};

pub struct Store;

impl Peer for Store {
    fn name(&self) -> &'static str {
        "store"
    }

    fn how(&self) -> &'static str {
        "callbacks, called with the new value and, for a map, with the changes; every write is a transaction. Derived \
         values are derived fields, but for the mux, whose values are watches of single keys"
    }

    fn told(&self, watchers: usize, elsewhere: usize) -> Option<Subject<'static>> {
        Some(field::told(watchers, elsewhere))
    }

    fn equal(&self) -> Option<Subject<'static>> {
        Some(field::equal())
    }

    fn fields(&self, count: usize) -> Option<Subject<'static>> {
        field::fields(count)
    }

    fn shared(&self) -> Option<Box<dyn Shared>> {
        Some(reader::shared())
    }

    fn users(&self, users: u64) -> Option<Box<dyn Users>> {
        Some(map::users(users))
    }

    fn diff(&self, of: Difference) -> Option<Subject<'static>> {
        Some(map::diff(of))
    }

    fn wire(&self) -> Option<Wire> {
        Some(reader::wire())
    }

    fn streams(&self, count: usize, every: u64) -> Option<Subject<'static>> {
        Some(reader::streams(count, every))
    }

    fn backlog(&self) -> Option<Box<dyn Backlog>> {
        Some(reader::backlog())
    }

    fn view(&self, contacts: u64, write: ListWrite) -> Option<Subject<'static>> {
        Some(view::live(contacts, write))
    }

    fn watchers(&self, count: u64, spot: Spot) -> Option<Sampler<'static>> {
        Some(watchers::made_and_dropped(count, spot))
    }

    fn derived(&self, shape: Shape) -> Option<Subject<'static>> {
        Some(derived::fields(shape))
    }
}

/// Values derived by `store.derive`, beside those that are fields.
pub struct AtRunTime;

impl Peer for AtRunTime {
    fn name(&self) -> &'static str {
        "store.derive"
    }

    fn how(&self) -> &'static str {
        "values that the store derives at run time, and callbacks"
    }

    fn derived(&self, shape: Shape) -> Option<Subject<'static>> {
        Some(derived::at_run_time(shape))
    }
}
