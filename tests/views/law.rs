//! The law of live views: after every commit each shows what a computation from scratch does, and what it told,
//! made on a screen, is what it shows.
//!
//! Views, commits and the fields they change are drawn at random.

use std::sync::Arc;

use parking_lot::Mutex;
use proptest::{collection::vec, prelude::*};
use store::{Change, Store, Watch, Watcher};

use crate::{
    app::{App, Commit, UI, Ui, commit, start, write},
    plan::plan,
    shown::end,
};

#[derive(Debug, Clone)]
enum Step {
    Commit(Commit),
    /// Commits made while a callback runs, so that the views hear of them late, and of several as one.
    Burst(Vec<Commit>),
    /// Those that are paused look what has come.
    Look,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => commit().prop_map(Step::Commit),
        1 => vec(commit(), 2..6).prop_map(Step::Burst),
        1 => Just(Step::Look),
    ]
}

/// Makes commits in the callback of a watcher.
struct Bursts {
    commits: Arc<Mutex<Vec<Commit>>>,
    _watcher: Watcher,
}

impl Bursts {
    fn new(store: &Store<App>) -> Self {
        let commits = Arc::new(Mutex::new(Vec::new()));
        let waiting = Arc::clone(&commits);
        let weak = store.downgrade();
        let write_all = move |_: Change<'_, u32>| {
            let commits = std::mem::take(&mut *waiting.lock());
            if let Some(store) = weak.upgrade() {
                commits.iter().for_each(|commit| write(&store, commit));
            }
        };
        let watcher = store.watch(UI, Ui::BURSTS.watch(write_all).changes_only());
        Self {
            commits,
            _watcher: watcher,
        }
    }

    fn make(&self, store: &Store<App>, commits: &[Commit]) {
        *self.commits.lock() = commits.to_vec();
        store.update(UI, |ui| *ui.bursts += 1);
    }
}

proptest! {
    /// D2
    #[test]
    fn d2_a_view_shows_and_tells_what_a_computation_from_scratch_makes(
        start in start(),
        views in vec((plan(), end(), any::<bool>()), 1..4),
        steps in vec(step(), 0..12),
        queue_bound in 0_usize..3,
    ) {
        let panics = Arc::new(Mutex::new(Vec::new()));
        let reports = Arc::clone(&panics);
        let store = Store::<App>::builder().queue_bound(queue_bound);
        let store = store.on_panic(move |report| reports.lock().push(report.to_string())).build();
        write(&store, &start);
        let bursts = Bursts::new(&store);
        let screens: Vec<_> = views
            .iter()
            .map(|(plan, end, _)| end.watch(plan, &store))
            .collect();
        for step in [Step::Look].iter().chain(&steps).chain(&[Step::Look]) {
            match step {
                Step::Commit(commit) => write(&store, commit),
                Step::Burst(commits) => bursts.make(&store, commits),
                Step::Look => screens.iter().for_each(|(watcher, _)| watcher.resume()),
            }
            let all = store.snapshot_all();
            for ((plan, end, pauses), (watcher, screen)) in views.iter().zip(&screens) {
                let screen = screen.lock();
                prop_assert_eq!(&screen.faults, &Vec::<String>::new());
                if !pauses || matches!(step, Step::Look) {
                    let expected = end.expected(plan.expected(&all), &all);
                    prop_assert_eq!(screen.shown.as_ref(), Some(&expected));
                }
                if *pauses {
                    watcher.pause();
                }
            }
            prop_assert_eq!(&*panics.lock(), &Vec::<String>::new());
        }
    }
}
