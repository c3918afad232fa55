//! Live views under random commits show what a computation from scratch does: the law of `tests/views`, on what the bytes
//! draw.

use std::sync::Arc;

use parking_lot::Mutex;
use proptest::{
    collection::vec,
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
pub fn views(bytes: &[u8]) {
    let Some((start, views, commits)) = drawn(
        (start(), vec((plan(), end()), 1..4), vec(commit(), 0..8)),
        bytes,
    ) else {
        return;
    };
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

/// More than any program takes.
const TAIL: usize = 1 << 18;

/// What a strategy makes of bytes instead of randomness. Where they end there follow others, always the same: of zeros
/// alone a number in a range may never come.
fn drawn<S: Strategy>(strategy: S, bytes: &[u8]) -> Option<S::Value> {
    let mut random = fastrand::Rng::with_seed(0);
    let tail = std::iter::repeat_with(|| random.u8(..)).take(TAIL);
    let bytes: Vec<u8> = bytes.iter().copied().chain(tail).collect();
    let random = TestRng::from_seed(RngAlgorithm::PassThrough, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), random);
    Some(strategy.new_tree(&mut runner).ok()?.current())
}
