//! Runs a program in random orders in which its threads may come. Knows nothing of stores.

use std::{env, panic::Location, sync::Arc};

use shuttle::{
    Config, Runner,
    scheduler::{PctScheduler, RandomScheduler, ReplayScheduler, Scheduler},
};

/// Where the random numbers begin, unless `SHUTTLE_RANDOM_SEED` says it.
const SEED: u64 = 1;

/// How many orders of each kind are tried, unless `STORE_SCHEDULES` says it.
const SCHEDULES: usize = 2_000;

/// Runs `program` in `STORE_SCHEDULES` orders of each of two kinds: any thread comes next, at each step; and one thread
/// goes on until it waits, or is interrupted, which happens so many times. With `STORE_REPLAY`, only in the order that
/// stands there, as a failure printed it.
#[track_caller]
pub fn explore(interruptions: usize, program: impl Fn() + Send + Sync + 'static) {
    let program = Arc::new(program);
    if let Ok(schedule) = env::var("STORE_REPLAY") {
        run(ReplayScheduler::new_from_encoded(&schedule), &program);
        return;
    }
    let schedules =
        env::var("STORE_SCHEDULES").map_or(SCHEDULES, |it| it.parse().expect("a number"));
    run(RandomScheduler::new_from_seed(SEED, schedules), &program);
    run(
        PctScheduler::new_from_seed(SEED, interruptions + 1, schedules),
        &program,
    );
    println!("{}: twice {schedules} schedules", Location::caller());
}

fn run(scheduler: impl Scheduler + 'static, program: &Arc<impl Fn() + Send + Sync + 'static>) {
    let mut config = Config::new();
    config.stack_size = 1 << 18;
    // What it warns of, orders that are weaker than it takes them for, loom tries.
    config.silence_warnings = true;
    config
        .ungraceful_shutdown_config
        .immediately_return_on_panic = true;
    let program = Arc::clone(program);
    Runner::new(scheduler, config).run(move || program());
}
