//! Readers that ignore what they write themselves, and know it: together that is the truth.

use std::collections::BTreeMap;

use proptest::{collection, prelude::*, sample::select};
use store::{SnapshotAll, Store};

use super::{
    config,
    program::{Write, write},
    reader::{Place, Reader, Settings},
    sight::Source,
};
use crate::app::{App, USER};

#[derive(Clone, Debug)]
enum Step {
    Write(Write),
    Read,
}

/// What each commit has made of what is watched, and who made it.
struct Commit {
    who: &'static str,
    before: SnapshotAll<App>,
    after: SnapshotAll<App>,
}

impl Commit {
    /// Whether the reader has to look at it.
    fn changes(&self, source: Source) -> bool {
        source.reach().of(&self.before) != source.reach().of(&self.after)
    }
}

/// What the reader's program knows of one thing after all: what it wrote or was told last.
fn known(told: &[(u64, String)], own: &[(u64, String)]) -> Option<String> {
    let all = told.iter().chain(own);
    all.max_by_key(|(revision, _)| *revision)
        .map(|(_, known)| known.clone())
}

proptest! {
    #![proptest_config(config(600))]

    /// W10, T4: nothing is told of own commits alone, and whoever knows what it wrote and was told
    /// knows the truth, however much was merged.
    #[test]
    fn w10_own_writes_and_what_is_told_are_the_truth(
        source in select(vec![Source::Coins, Source::Ann, Source::Poor, Source::Lines, Source::Statuses]),
        place in select(vec![Place::Inline, Place::Executor, Place::Inbox, Place::Stream]),
        bound in 0..3usize,
        steps in collection::vec(
            prop_oneof![4 => write().prop_map(Step::Write), 1 => Just(Step::Read)],
            1..40,
        ),
    ) {
        let store = Store::<App>::new();
        let settings = Settings { source, place, bound, ignores: true };
        let mut reader = Reader::new(&store, settings);
        let mut commits: BTreeMap<u64, Commit> = BTreeMap::new();
        for step in steps {
            match step {
                Step::Read => reader.read(),
                Step::Write(write) => {
                    let before = store.snapshot_all();
                    write.apply(&store);
                    let (who, after) = (write.who, store.snapshot_all());
                    if before.revision() < after.revision() {
                        commits.insert(after.revision(), Commit { who, before, after });
                    }
                }
            }
        }
        let end = store.snapshot_all();
        drop(store);
        reader.read();

        let told = reader.ear.told();
        for (one, next) in told.iter().zip(told.iter().skip(1)) {
            prop_assert!(one.revision < next.revision);
            let between = commits.range(one.revision + 1..=next.revision);
            let mut heard = between.filter(|(_, commit)| commit.who != "me");
            prop_assert!(heard.any(|(_, commit)| commit.changes(source)));
            prop_assert_eq!(commits[&next.revision].who, "server");
        }
        let told: Vec<_> = told.iter().map(|told| (told.revision, told.new.clone())).collect();
        let own = commits.iter().filter(|(_, commit)| commit.who == "me" && commit.changes(source));
        let own: Vec<_> = own.map(|(revision, commit)| (*revision, source.of(&commit.after))).collect();
        prop_assert_eq!(known(&told, &own), Some(source.of(&end)));
    }

    /// W10, T5: the same for each entry of a map, by the differences alone, where no more than one
    /// commit is ignored from one time it is read to the next.
    #[test]
    fn w10_own_entries_and_told_differences_are_the_truth(
        place in select(vec![Place::Inline, Place::Executor, Place::Inbox, Place::Stream]),
        bound in 0..3usize,
        steps in collection::vec(
            prop_oneof![4 => write().prop_map(Step::Write), 1 => Just(Step::Read)],
            1..40,
        ),
    ) {
        let store = Store::<App>::new();
        let source = Source::Statuses;
        let mut reader = Reader::new(&store, Settings { source, place, bound, ignores: true });
        let mut own: BTreeMap<&str, (u64, Option<u8>)> = BTreeMap::new();
        for step in steps {
            match step {
                Step::Read => reader.read(),
                Step::Write(write) => {
                    if write.who == "me" {
                        reader.read();
                    }
                    let before = store.snapshot(USER);
                    write.apply(&store);
                    let after = store.snapshot(USER);
                    for who in ["ann", "bob"] {
                        let (before, now) = (before.statuses.get(who), after.statuses.get(who));
                        if write.who == "me" && before != now {
                            own.insert(who, (after.revision(), now.copied()));
                        }
                    }
                }
            }
        }
        let end = store.snapshot(USER);
        drop(store);
        reader.read();
        for who in ["ann", "bob"] {
            let told = reader.ear.entry(who);
            let last = [told, own.get(who).copied()].into_iter().flatten().max();
            let now = last.and_then(|(_, now)| now);
            prop_assert_eq!(now, end.statuses.get(who).copied(), "what is known of {}", who);
        }
    }
}
