//! Readers that have writers wait for room, on threads of their own: each hears every commit by
//! itself, whenever it reads.

use std::{
    sync::{
        Arc, Barrier,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    thread,
};

use parking_lot::Mutex;
use proptest::{collection, prelude::*, sample::select};
use store::{ManualClock, Watcher};

use crate::{
    config,
    driver::Driver,
    expected::{Expected, Told},
    model::Commit,
    named,
    plain::{Name, State, Value},
    program::Act,
    reader::{Ear, Reader},
    settings::{Pace, Place, Settings, Use},
    sight::Source,
    strategy, threads,
};

/// A commit as a watcher of all of them is told of it.
struct Record {
    revision: u64,
    origin: Option<String>,
    /// By named store, if it differs.
    after: [Option<Vec<Value>>; 3],
}

/// Writes down all commits from now on.
fn record(driver: &Driver) -> (Watcher, Arc<Mutex<Vec<Record>>>) {
    let records = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&records);
    let watching = driver.store().watch_commits(move |commit| {
        log.lock().push(Record {
            revision: commit.revision(),
            origin: commit.origin().map(|origin| origin.who().to_owned()),
            after: named::after(commit),
        });
    });
    (watching, records)
}

/// What the records say happened, from the beginning on.
fn commits(records: &[Record]) -> Vec<Commit> {
    let mut state = State::new();
    let commits = records.iter().map(|record| {
        let before = state.clone();
        for (name, after) in Name::ALL.iter().zip(&record.after) {
            for (field, value) in name.fields().iter().zip(after.iter().flatten()) {
                *state.get_mut(*field) = value.clone();
            }
        }
        let origin = record.origin.as_deref();
        Commit {
            before,
            after: state.clone(),
            revision: record.revision,
            origin: strategy::ORIGINS
                .into_iter()
                .find(|who| Some(*who) == origin),
            depth: 0,
        }
    });
    commits.collect()
}

/// What a reader is told that hears every commit by itself.
fn expected(settings: Settings, commits: &[Commit]) -> Vec<Told> {
    let everything = Settings {
        bound: commits.len(),
        ..settings
    };
    let mut expected = Expected::new(everything, 0, &State::new());
    commits.iter().for_each(|commit| expected.commit(commit, 0));
    expected.end(0);
    expected.told().to_vec()
}

fn settings() -> impl Strategy<Value = Settings> {
    let place = select(vec![Place::Executor, Place::Inbox, Place::Stream]);
    let ignoring = prop_oneof![Just(&[][..]), select(&strategy::IGNORED[..])];
    let source =
        select(&Source::ALL[..]).prop_filter("it is read anywhere", |source| !source.is_by_text());
    (source, place, 1..4usize, ignoring).prop_map(|(source, place, bound, ignoring)| Settings {
        source,
        place,
        elsewhere: true,
        bound,
        blocking: true,
        pace: Pace::AtOnce,
        once: false,
        ignoring,
    })
}

fn program() -> impl Strategy<Value = Vec<Act>> {
    let writes = prop_oneof![
        collection::vec(strategy::write(0, None), 1..3),
        strategy::near_writes(),
    ];
    collection::vec(writes, 1..6)
        .prop_map(|writes| writes.into_iter().flatten().map(Act::Write).collect())
}

proptest! {
    #![proptest_config(config(100))]

    /// W10, W11: nothing is merged, on any number of threads, however few commits may wait to be told.
    #[test]
    fn who_has_writers_wait_hears_every_commit(
        all in collection::vec(settings(), 1..4),
        programs in collection::vec(program(), 1..4),
        queue_bound in 0..3usize,
    ) {
        let driver = Driver::with_queue_bound(queue_bound);
        let (watching, records) = record(&driver);
        let is_over = Arc::new(AtomicBool::new(false));
        let start = Arc::new(Barrier::new(all.len() + 1));
        let readers: Vec<_> = all
            .iter()
            .map(|settings| {
                let (store, settings) = (driver.store().clone(), *settings);
                let (is_over, start) = (Arc::clone(&is_over), Arc::clone(&start));
                thread::spawn(move || {
                    let ear = Ear::default();
                    let reader = Reader::new(&store, settings, &ManualClock::new(), &ear);
                    drop(store);
                    start.wait();
                    while !is_over.load(SeqCst) {
                        reader.act(Use::Read);
                        thread::yield_now();
                    }
                    reader.act(Use::Read);
                    ear.told()
                })
            })
            .collect();
        start.wait();
        threads::run(&driver, &programs);
        drop((watching, driver));
        is_over.store(true, SeqCst);
        let commits = commits(&records.lock());
        for (settings, reader) in all.iter().zip(readers) {
            let told = reader.join().expect("it reads to the end");
            prop_assert_eq!(told, expected(*settings, &commits), "what {:?} was told", settings);
        }
    }
}
