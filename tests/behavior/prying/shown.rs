//! W4: what is shown runs the program's `Debug`, and goes to a writer of the program's: both use the store.

use std::{
    cell::Cell,
    fmt::{self, Debug, Write as _},
};

use futures::FutureExt as _;
use serde_json::json;
use store::{
    Inbox, LocalWatcher, ManualClock, Queue, Store, Watch as _, WatcherGroup, Work, WorkQueue,
    commits,
};

use super::{
    Bank,
    CallOut::{self, Sink},
    Prying, VAULT, Vault,
    call_out::{Seen, pried},
    fill, pry, prying,
};

/// Where something is shown.
#[derive(Default)]
struct PryingSink(String);

impl fmt::Write for PryingSink {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        pry(Sink);
        self.0.push_str(text);
        Ok(())
    }
}

/// Shows it, and says what was shown and how the writes went that were tried meanwhile.
fn show(what: &dyn Debug) -> (String, Seen) {
    let mut sink = PryingSink::default();
    let seen = pried(|| write!(sink, "{what:?}").unwrap());
    (sink.0, seen)
}

/// Shows each of them outside of any write.
#[track_caller]
fn shows(all: &[&dyn Debug]) {
    for what in all {
        let (shown, seen) = show(what);
        assert!(!shown.is_empty());
        seen.made(&[Sink]);
    }
}

#[test]
fn w4_collections_snapshots_and_drafts_are_shown_by_code_that_uses_the_store() {
    prying(|store| {
        fill(store, 1);
        let before = store.snapshot(VAULT);
        fill(store, 2);
        let (now, mut cached) = (store.snapshot(VAULT), store.cached(VAULT));
        let (shown, seen) = show(&now.shelf);
        assert_eq!(shown.len(), "{1: 1, 2: 2}".len());
        seen.made(&[Sink, CallOut::Debug]);
        assert_eq!(show(&cached.get().gold).0, "2");
        let (shelf, ledger) = (&now.shelf, &now.ledger);
        shows(&[&now, &cached, &store.snapshot_all()]);
        shows(&[shelf, ledger, &now.names, &now.queue]);
        shows(&[&shelf.iter(), &ledger.iter(), &now.queue.iter()]);
        shows(&[&shelf.diff(&before.shelf), &ledger.diff(&before.ledger)]);
        shows(&[
            &now.names.diff(&before.names),
            &now.queue.diff(&before.queue),
        ]);
        let mismatch = before.shelf.clone().apply(&before.shelf.diff(&now.shelf));
        shows(&[&mismatch.unwrap_err()]);
        let (mut shown, mut seen) = Default::default();
        store.update(VAULT, |vault| (shown, seen) = show(&vault.gold));
        assert_eq!(shown, "2", "a draft is shown in a write");
        seen.refused(&[Sink, CallOut::Debug]);
    });
}

#[test]
fn w4_changes_are_shown_by_code_that_uses_the_store() {
    prying(|store| {
        fn noted<T: Debug>(what: &T, count: &Cell<u32>) {
            shows(&[what]);
            count.set(count.get() + 1);
        }
        thread_local! {
            static CALLS: Cell<u32> = const { Cell::new(0) };
        }
        let count = |what: &dyn Debug| CALLS.with(|calls| noted(&what, calls));
        let key = Vault::SHELF.key(Prying(1)).watch(move |it| count(&it));
        let range = Vault::LEDGER.range(..).watch(move |it| count(&it));
        let every = commits().watch(move |it| count(it));
        let _watching = (
            store.watch(VAULT, Vault::GOLD.watch(move |it| count(&it))),
            store.watch(VAULT, key),
            store.watch(VAULT, range),
            // Told of all that is written while it is shown, were it to go on.
            store.watch(
                VAULT,
                VAULT
                    .any()
                    .watch(move |it| count(&it))
                    .changes_only()
                    .once(),
            ),
            store.watch_across(every.once()),
        );
        let mut streams = (
            store.stream(VAULT, Vault::GOLD),
            store.stream(VAULT, Vault::SHELF.key(Prying(1))),
            store.stream(VAULT, Vault::LEDGER.range(..)),
            store.stream(VAULT, VAULT.any()),
        );
        store.update(VAULT, |vault| {
            vault.gold.set(Prying(1));
            vault.shelf.insert(Prying(1), Prying(1));
            vault.ledger.insert(Prying(1), Prying(1));
        });
        assert_eq!(CALLS.get(), 8, "each was told, and three of them at once");
        shows(&[
            &streams.0.try_next().unwrap(),
            &streams.1.try_next().unwrap(),
        ]);
        shows(&[
            &streams.2.try_next().unwrap(),
            &streams.3.try_next().unwrap(),
        ]);
    });
}

#[test]
fn w4_handles_are_shown_to_code_that_uses_the_store() {
    prying(|store| {
        let inbox = Inbox::new(|| {});
        let local = store
            .on(&inbox)
            .watch(VAULT, Vault::VISITS.watch(|_| {}).changes_only());
        store.update(VAULT, |vault| vault.visits.set(1));
        let (queue, worker) = WorkQueue::new();
        let watching = store.watch(VAULT, Vault::GOLD.watch(|_| {}));
        let doubled = store.derive(Vault::VISITS, |visits| visits * 2);
        let mut stream = store.stream(VAULT, Vault::GOLD);
        let told = store.told(1);
        shows(&[store, &store.downgrade(), &Store::<Bank>::builder()]);
        shows(&[&store.by("someone"), &store.on(&inbox), &store.pull()]);
        shows(&[&store.text(), &store.text().stores(), &VAULT, &Vault::GOLD]);
        shows(&[&inbox, &local, &watching, &WatcherGroup::default()]);
        shows(&[&store.guard(VAULT, |_| Ok(())), &doubled, &told]);
        shows(&[&queue, &worker, &Queue::of::<2>(), &ManualClock::new()]);
        shows(&[&stream]);
        shows(&[&stream.changed()]);
        shows(&[&stream.blocking(), &Vault::SHELF.key(Prying(1))]);
        shows(&[&Vault::LEDGER.range(Prying(1)..), &commits::<Bank>()]);
        shows(&[&VAULT.any(), &Vault::SHELF.info()]);
        shows(&[&Vault::SHELF.view(), &Vault::SHELF.view().count()]);
        let refused = store.text().write("vault", "gold", json!("gold"));
        shows(&[&refused.unwrap_err()]);
        let _guard = store.guard(VAULT, |vault| match *vault.visits {
            7 => Err("seven".into()),
            _ => Ok(()),
        });
        let refused = store.try_update(VAULT, |vault| {
            vault.visits.set(7);
            Ok::<_, ()>(())
        });
        shows(&[&refused.unwrap_err()]);
        let (mut shown, mut seen) = Default::default();
        let written = store.transaction(|transaction| {
            (shown, seen) = show(transaction);
            Ok::<_, ()>(())
        });
        written.unwrap();
        assert_eq!(shown, "Transaction");
        seen.refused(&[Sink]);
    });
}

#[test]
fn w4_work_is_shown_to_code_that_uses_the_store() {
    prying(|store| {
        let executor = |work: Work| {
            shows(&[&work]);
            work.run();
            Ok(())
        };
        let watching = Vault::GOLD.watch(|_| {}).changes_only();
        let _watching = store.on(executor).watch(VAULT, watching);
        fill(store, 1);
        assert!(store.told(1).now_or_never().is_some());
    });
}

#[test]
fn w4_an_inbox_is_shown_to_code_that_uses_that_inbox() {
    /// Uses the inbox it is shown.
    struct Using<'a>(&'a Inbox, Option<LocalWatcher>);

    impl fmt::Write for Using<'_> {
        fn write_str(&mut self, _: &str) -> fmt::Result {
            self.1.take();
            self.0.drain();
            Ok(())
        }
    }

    prying(|store| {
        let inbox = Inbox::new(|| {});
        let local = store.on(&inbox).watch(VAULT, Vault::VISITS.watch(|_| {}));
        store.update(VAULT, |vault| vault.visits.set(1));
        write!(Using(&inbox, Some(local)), "{inbox:?}").unwrap();
        assert_eq!(format!("{inbox:?}"), "Inbox { watchers: 0, ready: 0 }");
    });
}
