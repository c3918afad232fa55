//! Live views under random commits show what a computation from scratch does: the law of `tests/views`, on what the bytes
//! draw.

use std::sync::Arc;

use parking_lot::Mutex;
use proptest::{
    strategy::{Strategy, ValueTree as _},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use store::Store;

#[path = "../../../tests/views/app.rs"]
mod app;
#[path = "../../../tests/views/plan.rs"]
mod plan;
#[path = "../../../tests/views/shown.rs"]
mod shown;

use self::{
    app::{App, commit, start, write},
    plan::plan,
    shown::end,
};

/// Watches views, makes commits, and looks at the views after each.
///
/// Every second view is paused, and looks only at the end, at all that came meanwhile.
pub fn views(mut bytes: &[u8]) {
    let bytes = &mut bytes;
    let Some(start) = drawn(start(), bytes) else {
        return;
    };
    let views: Vec<_> = (0..3)
        .map_while(|_| drawn((plan(), end()), bytes))
        .collect();
    let commits: Vec<_> = (0..8).map_while(|_| drawn(commit(), bytes)).collect();
    let panics = Arc::new(Mutex::new(Vec::new()));
    let reports = Arc::clone(&panics);
    let store = Store::<App>::builder()
        .on_panic(move |report| reports.lock().push(report.to_string()))
        .build();
    write(&store, &start);
    let screens: Vec<_> = views
        .iter()
        .map(|(plan, end)| (plan, end, end.watch(plan, &store)))
        .collect();
    let look = |steps: usize| {
        let all = store.snapshot_all();
        for (_, (plan, end, (_, screen))) in
            screens.iter().enumerate().filter(|(at, _)| at % steps == 0)
        {
            let screen = screen.lock();
            assert_eq!(screen.faults, [] as [String; 0]);
            let expected = end.expected(plan.expected(&all), &all);
            assert_eq!(screen.shown.as_ref(), Some(&expected), "{plan:?} {end:?}");
        }
        assert_eq!(*panics.lock(), [] as [String; 0]);
    };
    look(1);
    let pausing = || {
        screens
            .iter()
            .skip(1)
            .step_by(2)
            .map(|(_, _, (watcher, _))| watcher)
    };
    pausing().for_each(|watcher| watcher.pause());
    for commit in &commits {
        write(&store, commit);
        look(2);
    }
    pausing().for_each(|watcher| watcher.resume());
    look(1);
}

/// What a strategy makes of the next eight bytes. They are a seed, not the randomness itself: of that, a strategy that has
/// taken all waits forever for another number. libFuzzer can change one of the things drawn and keep the others.
fn drawn<S: Strategy>(strategy: S, bytes: &mut &[u8]) -> Option<S::Value> {
    let (next, rest) = bytes.split_first_chunk::<8>()?;
    *bytes = rest;
    let seed: Vec<u8> = next.iter().copied().cycle().take(32).collect();
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut runner = TestRunner::new_with_rng(Config::default(), random);
    Some(strategy.new_tree(&mut runner).ok()?.current())
}
