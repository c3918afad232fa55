//! Runs a program in every order in which its threads may come. Knows nothing of stores.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use loom::model::Builder;

/// Runs `program` in every interleaving in which a thread is interrupted so many times at most; `LOOM_MAX_PREEMPTIONS`
/// has its own say.
#[track_caller]
pub fn explore(preemptions: usize, program: impl Fn() + Send + Sync + 'static) {
    let mut model = Builder::new();
    model.preemption_bound = model.preemption_bound.or(Some(preemptions));
    model.max_branches = 20_000;
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    model.check(move || {
        counted.fetch_add(1, Ordering::Relaxed);
        program();
    });
    let runs = runs.load(Ordering::Relaxed);
    assert!(runs > 1, "one thread after the other is no interleaving");
    println!("{}: {runs} interleavings", std::panic::Location::caller());
}
