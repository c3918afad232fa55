//! R2, W10, W11: commits are merged by code that uses the store, wherever they wait.

use std::cell::Cell;

use store::{Inbox, Queue, Watch as _, WorkQueue};

use super::{
    CallOut::*, DESK, Desk, VAULT, Vault, call_out::pried, fill, pry, prying, prying_with,
};

#[test]
fn w11_what_a_late_reader_is_told_is_merged_by_code_that_may_write() {
    prying(|store| {
        let (queue, worker) = WorkQueue::new();
        let inbox = Inbox::new(|| {});
        let watch = || {
            let watch = Vault::watch().gold(|_| pry(Callback)).silver(|_| {});
            watch.shelf(|shelf| assert!(shelf.changes().count() < 9))
        };
        let watching = store.on(queue).watch(VAULT, watch().changes_only());
        let local = store.on(&inbox).watch(VAULT, watch().changes_only());
        let seen = pried(|| (1..=3).for_each(|number| fill(store, number)));
        seen.both(&[Clone]).made(&[Drop]);
        assert!(watching.merges() > 0 && local.merges() > 0);
        let seen = pried(|| assert!(worker.run_ready() > 0 && inbox.drain() > 0));
        seen.made(&[Callback, PartialEq, Sameness, Drop]);
    });
}

#[test]
fn w10_a_queue_that_is_full_is_merged_by_code_that_may_write() {
    prying(|store| {
        let (queue, worker) = WorkQueue::new();
        let watch = Vault::watch().gold(|_| pry(Callback)).changes_only();
        let watching = store.on(queue).every(Queue::of::<2>()).watch(VAULT, watch);
        let seen = pried(|| (1..=4).for_each(|number| fill(store, number)));
        seen.both(&[Clone]);
        assert!(watching.merges() > 0);
        pried(|| assert!(worker.run_ready() > 0)).made(&[Callback, PartialEq]);
    });
}

#[test]
fn w11_what_streams_share_is_merged_by_code_that_may_write() {
    prying(|store| {
        let all = || store.stream(VAULT, VAULT.any());
        let gold = || store.stream(VAULT, Vault::GOLD);
        let mut streams = [gold(), gold()];
        let mut wide = [all(), all()];
        streams.iter_mut().for_each(|gold| drop(gold.try_next()));
        wide.iter_mut().for_each(|all| drop(all.try_next()));
        fill(store, 1);
        let seen = pried(|| (2..=4).for_each(|number| fill(store, number)));
        seen.both(&[Clone]).made(&[Drop]);
        let [early, late] = &mut streams;
        let seen = pried(|| assert_eq!(early.try_next().unwrap().0, 4));
        seen.made(&[Clone, PartialEq, Drop]);
        fill(store, 5);
        let seen = pried(|| assert_eq!(late.try_next().unwrap().0, 5));
        seen.made(&[Clone, PartialEq, Drop]);
        pried(|| drop((streams, wide))).made(&[Drop]);
    });
}

/// What is merged past the bound is merged in the writers' turn, where its copies are refused a write.
#[test]
fn r2_commits_past_the_bound_are_merged_by_code_that_is_refused_a_write() {
    thread_local! {
        static ROUNDS: Cell<u32> = const { Cell::new(0) };
    }
    let bound = |builder: store::StoreBuilder<_>| builder.queue_bound(0);
    prying_with(bound, |store| {
        let own = store.downgrade();
        // Writes three times while the first is told, once.
        let writing = store.watch(
            DESK,
            Desk::PAPERS.watch(move |papers| {
                if *papers == 100 && ROUNDS.replace(1) == 0 {
                    let store = own.upgrade().unwrap();
                    (1..=3).for_each(|number| fill(&store, number));
                }
            }),
        );
        let telling = store.watch(VAULT, Vault::GOLD.watch(|_| pry(Callback)).changes_only());
        let seen = pried(|| store.update(DESK, |desk| desk.papers.set(100)));
        seen.refused(&[Clone]).made(&[Callback]);
        assert_eq!(ROUNDS.get(), 1);
        assert_eq!(store.snapshot(VAULT).shelf.len(), 3);
        drop((writing, telling));
    });
}
