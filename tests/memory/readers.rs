//! What a reader costs that sleeps while others write.
//!
//! `STORE_COMMITS=1000000 cargo test --release --test memory readers -- --nocapture` sleeps through a million commits and
//! prints what was counted.

use std::{
    future::Future as _,
    pin::pin,
    task::{Context, Waker},
    time::Instant,
};

use store::{Inbox, Map, Model, Queue, Source as _, Store, Watch as _, WorkQueue};

use crate::{alone, asked, bytes};

const USERS: u32 = 10_000;

#[derive(Model)]
struct Roster {
    statuses: Map<u32, u32>,
}

fn roster() -> Store<Roster> {
    let store = Store::<Roster>::new();
    let all = (0..USERS).map(|user| (user, 0)).collect();
    store.update(ROSTER, |roster| roster.statuses.set(all));
    store
}

/// One status of one user, another in each commit.
fn write(store: &Store<Roster>, commits: std::ops::Range<u32>) {
    for n in commits {
        // Coprime to the number of users, so that every user has a turn before any has another.
        let user = n.wrapping_mul(7_919) % USERS;
        store.update(ROSTER, |roster| roster.statuses.insert(user, n + 1));
    }
}

/// Makes readers that sleep, and says by how many bytes all grows through so many commits more.
///
/// Before, they have slept through two for each user: in each state that they keep every entry
/// differs from now.
fn growth<R>(commits: u32, make: impl FnOnce(&Store<Roster>) -> R) -> (Store<Roster>, R, i64) {
    let store = roster();
    let readers = make(&store);
    write(&store, 0..2 * USERS);
    let (before, started) = (bytes(), Instant::now());
    write(&store, 2 * USERS..2 * USERS + commits);
    let (growth, took) = (bytes() - before, started.elapsed());
    println!("{commits} commits: {growth:+} bytes of {before}, {took:?}");
    (store, readers, growth)
}

fn watch() -> impl store::WatchIn<Roster> + store::WatchOf<Roster> {
    Roster::STATUSES.watch(|_| {}).changes_only()
}

/// W10, W11: a stream, an executor, an inbox, a paused watcher and a full queue, each asleep, cost
/// the same however much they miss; one poll tells all of it.
#[test]
fn w11_a_reader_that_sleeps_costs_the_same_however_much_it_misses() {
    alone(
        "readers::w11_a_reader_that_sleeps_costs_the_same_however_much_it_misses",
        || sleep_through(asked("STORE_COMMITS").unwrap_or(20_000)),
    );
}

fn sleep_through(commits: u32) {
    println!("nobody watches");
    growth(commits, |_| ());

    println!("a stream sleeps");
    let (store, mut stream, more) = growth(commits, |store| {
        store.stream(ROSTER, Roster::STATUSES.changes_only())
    });
    assert!(more.abs() < 64 * 1024, "{more:+} bytes");
    let started = Instant::now();
    let list = stream.try_next().expect("all of it");
    let (entries, merged) = (list.change().changes().count(), list.change().merged());
    println!(
        "one poll: {entries} entries of {merged} commits, {:?}",
        started.elapsed()
    );
    assert_eq!(
        (entries, merged),
        (USERS as usize, u64::from(2 * USERS + commits))
    );
    assert!(stream.try_next().is_none());
    let before = bytes();
    drop((list, stream));
    println!("without what it kept: {:+} bytes", bytes() - before);
    drop(store);

    println!("an executor, an inbox and a paused watcher sleep");
    let (_store, _readers, more) = growth(commits, |store| {
        let (works, worker) = WorkQueue::new();
        let executor = store.on(works).watch(ROSTER, watch());
        let inbox = Inbox::new(|| {});
        let local = store.on(&inbox).watch(ROSTER, watch());
        let paused = store.watch(ROSTER, watch());
        paused.pause();
        (worker, executor, inbox, local, paused)
    });
    assert!(more.abs() < 64 * 1024, "{more:+} bytes");

    println!("a queue of 64 commits fills again and again");
    let (_store, mut queue, more) = growth(commits, |store| {
        let pull = store.pull().every(Queue::of::<64>());
        pull.stream(ROSTER, Roster::STATUSES.changes_only())
    });
    assert!(more.abs() < 1024 * 1024, "{more:+} bytes");
    let told = std::iter::from_fn(|| queue.try_next()).map(|list| list.change().merged());
    assert_eq!(told.sum::<u64>(), u64::from(2 * USERS + commits));
}

/// W11: what a reader misses that sleeps is one commit, though another reads each.
#[test]
fn w11_a_reader_that_sleeps_beside_one_that_does_not_costs_the_same() {
    alone(
        "readers::w11_a_reader_that_sleeps_beside_one_that_does_not_costs_the_same",
        || {
            let commits = asked("STORE_COMMITS").unwrap_or(100_000);
            let store = roster();
            let mut asleep = store.stream(ROSTER, Roster::STATUSES.changes_only());
            let mut awake = store.stream(ROSTER, Roster::STATUSES.changes_only());
            let mut go_on = |commits: std::ops::Range<u32>| {
                for n in commits {
                    write(&store, n..n + 1);
                    assert!(awake.try_next().is_some());
                }
            };
            go_on(0..2 * USERS);
            let before = bytes();
            go_on(2 * USERS..2 * USERS + commits);
            let more = bytes() - before;
            assert!(more.abs() < 64 * 1024, "{more:+} bytes");
            assert_eq!(awake.merges(), 0);
            let all = asleep.try_next().expect("all of it");
            assert_eq!(all.change().merged(), u64::from(2 * USERS + commits));
        },
    );
}

/// R2: streams that come, wait and go while nothing is written leave nothing behind.
#[test]
fn r2_streams_that_wait_and_go_leave_nothing_behind() {
    alone(
        "readers::r2_streams_that_wait_and_go_leave_nothing_behind",
        || {
            let store = roster();
            let _other = store.stream(ROSTER, Roster::STATUSES.changes_only());
            let come_and_go = |times| {
                for _ in 0..times {
                    let mut stream = store.stream(ROSTER, Roster::STATUSES.changes_only());
                    let mut cx = Context::from_waker(Waker::noop());
                    assert!(pin!(stream.changed()).poll(&mut cx).is_pending());
                }
            };
            come_and_go(100);
            let before = bytes();
            come_and_go(10_000);
            let more = bytes() - before;
            assert!(more.abs() < 4 * 1024, "{more:+} bytes");
        },
    );
}
