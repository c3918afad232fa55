//! Several threads that write, and readers on threads of their own.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::SeqCst},
};

use proptest::{collection, prelude::*};
use store::Store;

use super::{
    config,
    program::{Write, write},
    reader::{Reader, Settings},
    sequential::{check_story, settings},
    sight::Source,
};
use crate::{
    app::App,
    support::{Elsewhere, elsewhere},
};

/// Writes each program on a thread of its own, all at once.
fn run(store: &Store<App>, programs: Vec<Vec<Write>>) -> Vec<Elsewhere<()>> {
    let start = Arc::new(std::sync::Barrier::new(programs.len()));
    let write = |program: Vec<Write>| {
        let (store, start) = (store.clone(), Arc::clone(&start));
        elsewhere(move || {
            start.wait();
            program.iter().for_each(|write| write.apply(&store));
        })
    };
    programs.into_iter().map(write).collect()
}

/// What one reader was told.
type Heard = (Settings, Vec<super::reader::Told>);

/// Readers on a thread of theirs, which reads until it is told that nothing comes any more, and in
/// between pauses and resumes.
fn reading(
    store: &Store<App>,
    all: Vec<Settings>,
    pauses: bool,
) -> (Elsewhere<Vec<Heard>>, Arc<AtomicBool>) {
    let (store, over) = (store.clone(), Arc::new(AtomicBool::new(false)));
    let is_over = Arc::clone(&over);
    let (ready, is_ready) = crate::support::signal();
    let reading = elsewhere(move || {
        let make = |settings| (settings, Reader::new(&store, settings));
        let mut readers: Vec<_> = all.into_iter().map(make).collect();
        ready.give();
        let mut round = 0;
        while !is_over.load(SeqCst) {
            round += 1;
            for (nth, (_, reader)) in readers.iter_mut().enumerate() {
                match (round + nth) % 5 {
                    1 if pauses => reader.pause(),
                    3 if pauses => reader.resume(),
                    _ => reader.read(),
                }
            }
            std::thread::yield_now();
        }
        drop(store);
        let heard = readers.into_iter().map(|(settings, mut reader)| {
            reader.resume();
            reader.read();
            (settings, reader.ear.told())
        });
        heard.collect()
    });
    is_ready.wait();
    (reading, over)
}

proptest! {
    #![proptest_config(config(120))]

    /// W3, W10, W11, W12: on any number of threads, whoever reads hears a story without gap, repeat
    /// or return, which ends with the truth.
    #[test]
    fn w10_every_reader_hears_one_story(
        all in collection::vec(settings(0..4), 1..6),
        programs in collection::vec(collection::vec(write(), 1..20), 2..4),
        queue_bound in prop_oneof![Just(1024usize), 0..3usize],
        pauses in any::<bool>(),
    ) {
        let store = Store::<App>::builder().queue_bound(queue_bound).build();
        let (reading, over) = reading(&store, all, pauses);
        run(&store, programs).into_iter().for_each(Elsewhere::answer);
        let end = store.snapshot_all();
        drop(store);
        over.store(true, SeqCst);
        for (settings, told) in reading.answer() {
            check_story(&told, settings);
            let last = told.last().map(|told| told.new.clone());
            let now = settings.source.of(&end);
            match settings.source {
                // Commits that came to nothing may have been merged, and then nothing was told.
                Source::Commits if last.is_none() => {}
                _ => prop_assert_eq!(last, Some(now), "what {:?} heard last", settings),
            }
        }
    }

    /// W10: a queue with room for all hears every commit by itself.
    #[test]
    fn w10_a_large_queue_hears_every_commit(
        all in collection::vec(settings(1000..1001), 1..6),
        programs in collection::vec(collection::vec(write(), 1..20), 2..4),
    ) {
        let store = Store::<App>::new();
        let log = Arc::new(parking_lot::Mutex::new(vec![store.snapshot_all()]));
        let notes = Arc::clone(&log);
        let (reading, over) = reading(&store, all, false);
        // What each commit made is read back from the journal of an inline watcher.
        let own = store.clone();
        let watching = store.watch_commits(move |commit| {
            let all = own.snapshot_all();
            if all.revision() == commit.revision() {
                notes.lock().push(all);
            }
        });
        run(&store, programs).into_iter().for_each(Elsewhere::answer);
        let last = store.revision();
        drop((watching, store));
        over.store(true, SeqCst);
        let states = log.lock();
        for (settings, told) in reading.answer() {
            check_story(&told, settings);
            prop_assert!(told.iter().all(|told| told.merged == 1));
            let heard: Vec<_> = told.iter().map(|told| told.revision).filter(|at| *at > 0).collect();
            if settings.source == Source::Commits {
                prop_assert!(heard.iter().copied().eq(1..=last), "{:?}", heard);
            }
            // Where both states around a commit are known, so is whether it was to be told.
            for pair in states.windows(2) {
                let (before, after) = (&pair[0], &pair[1]);
                if before.revision() + 1 == after.revision() && settings.source != Source::Commits {
                    let differs = settings.source.of(before) != settings.source.of(after);
                    prop_assert_eq!(heard.contains(&after.revision()), differs);
                }
            }
        }
    }
}
