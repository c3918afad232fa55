//! Programs of several threads that do tens of things each, which and in what order chosen by the schedule. Too long for
//! loom.

mod comings;
mod deliveries;
mod ledger;
mod listener;

use shuttle::rand::{Rng, thread_rng};

/// A number below `end`. A schedule that is replayed chooses the same.
fn pick(end: u32) -> u32 {
    thread_rng().gen_range(0..end)
}
