//! W4, W10, W12: callbacks, and all that is called to have somebody told, by code that uses the store.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use store::{Change, Clock, ExecutorGone, Inbox, ManualClock, Sleep, Watch as _, Work, WorkQueue};

use super::{
    CallOut::*, Prying, VAULT, Vault, call_out::pried, fill, pry, prying, values::Parting,
};

#[test]
fn w4_callbacks_write_and_so_do_the_values_they_are_told_of() {
    prying(|store| {
        let watches = Vault::watch()
            .gold(|_| pry(Callback))
            .silver(|_| pry(Callback))
            .shelf(|shelf| assert!(shelf.changes().count() < 4))
            .ledger(|ledger| assert!(ledger.changes().count() < 4))
            .names(|names| assert!(names.changes().count() < 4))
            .queue(|queue| assert!(queue.changes().count() < 4))
            .count(|_| pry(Callback));
        let mut watching = None;
        let seen = pried(|| watching = Some(store.watch(VAULT, watches)));
        seen.made(&[Callback]);
        for number in 1..=3 {
            pried(|| fill(store, number)).made(&[Callback, Drop]);
        }
        store.update(VAULT, |vault| vault.shelf.clear());
        assert_eq!(store.snapshot(VAULT).count, 0);
    });
}

#[test]
fn w8_keys_and_ranges_use_the_store_when_they_are_looked_up() {
    prying(|store| {
        let key = Vault::SHELF.key(Prying(2)).watch(|_| pry(Callback));
        let range = Vault::LEDGER.range(Prying(2)..).watch(|_| pry(Callback));
        let seen = pried(|| {
            fill(store, 1);
            drop((store.watch(VAULT, key), store.watch(VAULT, range)));
        });
        seen.made(&[Callback]);
        let key = Vault::SHELF.key(Prying(2)).watch(|_| pry(Callback));
        let range = Vault::LEDGER.range(Prying(2)..).watch(|_| pry(Callback));
        let watching = (store.watch(VAULT, key), store.watch(VAULT, range));
        let seen = pried(|| fill(store, 2));
        seen.made(&[Callback]).both(&[Hash, Ord]);
        pried(|| drop(watching)).made(&[Drop]);
    });
}

#[test]
fn w8_what_a_projection_makes_may_write() {
    prying(|store| {
        let project = VAULT.project(|vault: &Vault| {
            pry(Project);
            vault.gold.0
        });
        let mut watching = None;
        let seen = pried(|| watching = Some(store.watch(VAULT, project.watch(|_| pry(Callback)))));
        seen.made(&[Project, Callback]);
        pried(|| fill(store, 1)).made(&[Project, Callback]);
        drop(watching);
        let values = VAULT.project(|vault: &Vault| Prying(vault.gold.0));
        let _values = store.watch(VAULT, values.watch(|_| {}));
        pried(|| fill(store, 2)).made(&[Drop]).both(&[PartialEq]);
    });
}

#[test]
fn w10_an_executor_uses_the_store_whether_or_not_it_runs_what_it_is_given() {
    prying(|store| {
        let refuse = |work: Work| -> Result<(), ExecutorGone> {
            pry(Executor);
            drop(work);
            pry(Executor);
            Err(ExecutorGone)
        };
        let at_once = |work: Work| -> Result<(), ExecutorGone> {
            pry(Executor);
            work.run();
            Ok(())
        };
        let abandoned = store
            .on(refuse)
            .watch(VAULT, Vault::watch().gold(|_| pry(Callback)));
        pried(|| fill(store, 1)).made(&[Executor]);
        let watching = store
            .on(at_once)
            .watch(VAULT, Vault::watch().gold(|_| pry(Callback)));
        pried(|| fill(store, 2)).made(&[Executor, Callback]);
        watching.pause();
        fill(store, 3);
        pried(|| watching.resume()).made(&[Executor, Callback]);
        assert!(abandoned.check().is_err());
    });
}

#[test]
fn w10_what_an_inbox_calls_uses_the_store() {
    prying(|store| {
        let inbox = Inbox::new(|| pry(InboxHook));
        let _watching = store
            .on(&inbox)
            .watch(VAULT, Vault::watch().gold(|_| pry(Callback)).changes_only());
        let seen = pried(|| fill(store, 1));
        seen.made(&[InboxHook]);
        assert_eq!(seen.fates(Callback), []);
        pried(|| assert_eq!(inbox.drain(), 1)).made(&[Callback]);
    });
}

/// A clock that is looked at, slept by and woken from by code that uses the store.
struct PryingClock(ManualClock);

struct PryingSleep(Sleep);

impl std::ops::Drop for PryingSleep {
    fn drop(&mut self) {
        pry(SleepDrop);
    }
}

impl Clock for PryingClock {
    fn now(&self) -> Duration {
        pry(Now);
        self.0.now()
    }

    fn sleep_until(&self, deadline: Duration) -> Sleep {
        pry(Sleep);
        Box::pin(PryingSleep(self.0.sleep_until(deadline)))
    }
}

impl Future for PryingSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        pry(SleepPoll);
        self.0.as_mut().poll(cx)
    }
}

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn w12_a_clock_and_its_sleep_use_the_store_for_an_executor() {
    prying(|store| {
        for is_debounced in [false, true] {
            let ((queue, worker), time) = (WorkQueue::new(), ManualClock::new());
            let (on, clock) = (store.on(queue), PryingClock(time.clone()));
            let on = match is_debounced {
                true => on.debounce(SECOND, clock),
                false => on.throttle(SECOND, clock),
            };
            let watch = Vault::watch().gold(|_| pry(Callback)).changes_only();
            let watching = on.watch(VAULT, watch);
            let seen = pried(|| {
                for number in 1..=3 {
                    fill(store, number);
                    let _ = worker.run_ready();
                }
                time.advance(SECOND);
                let _ = worker.run_ready();
            });
            seen.made(&[Now, Sleep, SleepPoll, SleepDrop, Callback]);
            fill(store, 4);
            let _ = worker.run_ready();
            pried(|| drop((watching, worker))).made(&[SleepDrop]);
        }
    });
}

#[test]
fn w12_a_clock_and_its_sleep_use_the_store_for_an_inbox() {
    prying(|store| {
        let (inbox, time) = (Inbox::new(|| pry(InboxHook)), ManualClock::new());
        let on = store.on(&inbox).debounce(SECOND, PryingClock(time.clone()));
        let watch = Vault::watch().gold(|_| pry(Callback)).changes_only();
        let watching = on.watch(VAULT, watch);
        let seen = pried(|| {
            fill(store, 1);
            assert_eq!(inbox.drain(), 0);
            time.advance(SECOND);
            assert_eq!(inbox.drain(), 1);
        });
        seen.made(&[InboxHook, Now, Sleep, SleepPoll, SleepDrop, Callback]);
        fill(store, 2);
        let _ = inbox.drain();
        pried(|| drop(watching)).made(&[SleepDrop]);
    });
}

#[test]
fn w6_what_a_panic_carries_uses_the_store_when_it_is_dropped() {
    prying(|store| {
        let panic = |gold: Change<'_, Prying>| {
            if gold.0 > 0 {
                std::panic::panic_any(Parting(Payload));
            }
        };
        let _watching = store.watch(VAULT, Vault::watch().gold(panic));
        let seen = pried(|| store.update(VAULT, |vault| vault.gold.set(Prying(1))));
        seen.refused(&[PartialEq]).made(&[Payload, Drop]);
    });
}
