//! Programs on several threads at once: what every watcher hears still fits together.

use std::{collections::BTreeMap, sync::mpsc};

use proptest::{collection, prelude::*};
use store::Watcher;

use crate::{
    config,
    driver::Driver,
    log::{Event, Told},
    plain::{Name, State},
    program::{Act, End, LineStep, Part, Shape, Step, Watch, Write},
    strategy,
    telling::told,
};

/// A watcher, one of its callbacks, and what that was told, with revisions.
type Heard = BTreeMap<(usize, usize), Vec<(u64, Told)>>;

/// Sorts calls by callback. Nobody may be called once the drop of its handle has returned, and no
/// callback may find something wrong.
fn heard(log: Vec<Event>) -> Heard {
    let (mut heard, mut ended) = (Heard::new(), Vec::new());
    for event in log {
        match event {
            Event::Called {
                watcher,
                part,
                revision,
                told,
                ..
            } => {
                assert!(!ended.contains(&watcher), "called after its end: {told:?}");
                heard
                    .entry((watcher, part))
                    .or_default()
                    .push((revision, told));
            }
            Event::Unwatched(watcher) => ended.push(watcher),
            Event::Wrong { revision, message } => panic!("told of {revision}: {message}"),
            Event::PanicReported { .. }
            | Event::Wrote(..)
            | Event::Watched(_)
            | Event::Read(..) => {}
        }
    }
    heard
}

/// Each callback hears increasing revisions, each starting where the one before ended.
fn check_order(heard: &Heard, watches: &BTreeMap<usize, Watch>) {
    for ((watcher, _), calls) in heard {
        for ((before, first), (after, then)) in calls.iter().zip(&calls[1..]) {
            assert!(
                before < after,
                "watcher {watcher} heard {after} after {before}"
            );
            if !watches[watcher].ignoring.is_empty() {
                continue;
            }
            match (first, then) {
                (Told::Field { new, .. }, Told::Field { old, .. }) => {
                    assert_eq!(Some(new), old.as_ref(), "a gap or a repeat");
                }
                (Told::Key { new, .. }, Told::Key { old, .. }) => {
                    assert_eq!(Some(*new), *old, "a gap or a repeat");
                }
                (Told::Text { new, .. }, Told::Text { old, .. }) => {
                    assert_eq!(Some(new), old.as_ref(), "a gap or a repeat");
                }
                (Told::Projection { new, .. }, Told::Projection { old, .. }) => {
                    assert_eq!(Some(*new), *old, "a gap or a repeat");
                }
                _ => {}
            }
        }
    }
}

/// The state that a callback knows after what it was told, as an immediate call would tell it.
fn known(told: &Told) -> Told {
    match told.clone() {
        Told::Field { new, .. } => Told::Field {
            old: None,
            new,
            diff: None,
        },
        Told::Key { key, new, .. } => Told::Key {
            key,
            old: None,
            new,
        },
        Told::Range { entries, .. } => Told::Range {
            is_initial: true,
            diff: Vec::new(),
            entries,
        },
        Told::Projection { new, .. } => Told::Projection { old: None, new },
        Told::Store { new, .. } => Told::Store {
            is_initial: true,
            changed: BTreeMap::new(),
            new,
        },
        Told::Text { new, .. } => Told::Text { old: None, new },
        told @ Told::Commit { .. } => told,
    }
}

/// Whoever still watches knows the final state.
fn check_end(heard: &Heard, driver: &Driver, end: &State) {
    let (watching, watches) = (driver.watching(), driver.watches());
    let all = watching.iter().map(|id| (*id, &watches[id]));
    for (id, watch) in all.filter(|(_, watch)| watch.hears_all()) {
        for (nth, part) in watch.shape.in_call_order() {
            let Some(expected) = told(&part, None, end) else {
                continue;
            };
            // It is called only for two of the fields, but shows them all.
            if !matches!(part, Part::Together(_)) {
                let last = heard[&(id, nth)].last().map(|(_, told)| known(told));
                assert_eq!(last, Some(known(&expected)), "the last that {part:?} heard");
            }
        }
    }
}

/// What one thread does: writes, watches of its own, and ends of anybody's.
fn program() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        6 => strategy::write(0, None).prop_map(Act::Write),
        2 => strategy::watch(1, None).prop_map(Act::Watch),
        1 => (0..8usize).prop_map(Act::Unwatch),
        1 => Just(Act::Read),
    ];
    collection::vec(act, 1..12)
}

/// Hears the revisions of all commits from now on.
fn hear_commits(driver: &Driver) -> (Watcher, mpsc::Receiver<u64>) {
    let (sender, revisions) = mpsc::channel();
    let watching = driver.watch_commits(move |revision| {
        let _ = sender.send(revision);
    });
    (watching, revisions)
}

/// Runs each program on a thread of its own, all at once.
pub(crate) fn run(driver: &Driver, programs: &[Vec<Act>]) {
    std::thread::scope(|scope| {
        for program in programs {
            scope.spawn(|| program.iter().for_each(|act| driver.act(act)));
        }
    });
}

/// A watch that writes in each of its four immediate calls, while nobody can be told.
fn burst() -> Act {
    let write = |line| {
        Act::Write(Write {
            origin: None,
            steps: vec![Step::Line(LineStep::PushBack(line))],
            end: End::Commit,
        })
    };
    Act::Watch(Watch {
        shape: Shape::AllFields(Name::Room),
        changes_only: false,
        ignoring: &[],
        acts: (0..4).map(write).collect(),
    })
}

/// R2: past the bound of the queue commits are merged, and told as the last of them.
#[test]
fn merged_commits_are_told_once() {
    let told = [0, 1, 2, 3, 4, 1024].map(|queue_bound| {
        let driver = Driver::with_queue_bound(queue_bound);
        let (_watching, revisions) = hear_commits(&driver);
        driver.act(&burst());
        driver.check_mirrors(&driver.state().1);
        revisions.try_iter().collect::<Vec<_>>()
    });
    assert!(told.iter().all(|told| told.last() == Some(&4)), "{told:?}");
    assert!(told.is_sorted_by_key(Vec::len), "{told:?}");
    assert_eq!((&told[0][..], &told[5][..]), (&[4][..], &[1, 2, 3, 4][..]));
}

proptest! {
    #![proptest_config(config(200))]

    /// S5, W1, W3, W5: on any number of threads, everybody hears a story without gap, repeat or
    /// return, which ends with the final state.
    #[test]
    fn every_watcher_hears_one_story(
        watches in collection::vec(strategy::watch(1, None), 1..5),
        programs in collection::vec(program(), 2..5),
    ) {
        let driver = Driver::new();
        watches.into_iter().for_each(|watch| driver.act(&Act::Watch(watch)));
        let (before, _) = driver.state();
        let (_watching, revisions) = hear_commits(&driver);
        run(&driver, &programs);
        let (last, end) = driver.state();
        prop_assert!(revisions.try_iter().eq(before + 1..=last), "S4: no gap");
        driver.check_mirrors(&end);
        let heard = heard(driver.take_log());
        check_order(&heard, &driver.watches());
        check_end(&heard, &driver, &end);
    }

    /// R2, W3: so they do where commits are merged because many wait.
    #[test]
    fn merged_commits_tell_the_same_story(
        queue_bound in 0..4usize,
        watches in collection::vec(strategy::watch(1, None), 1..5),
        programs in collection::vec(program(), 2..5),
    ) {
        let driver = Driver::with_queue_bound(queue_bound);
        watches.into_iter().for_each(|watch| driver.act(&Act::Watch(watch)));
        let (_watching, revisions) = hear_commits(&driver);
        run(&driver, &programs);
        let (last, end) = driver.state();
        let revisions: Vec<_> = revisions.try_iter().chain([last + 1]).collect();
        prop_assert!(revisions.is_sorted_by(|one, next| one < next), "W3: {:?}", revisions);
        driver.check_mirrors(&end);
        let heard = heard(driver.take_log());
        check_order(&heard, &driver.watches());
        check_end(&heard, &driver, &end);
    }
}
