//! W11, W12: readers that come when they like, and whom they have woken, by code that uses the store.

use std::{
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Waker},
};

use futures::{FutureExt as _, Stream as _};

use super::{
    CallOut::{self, *},
    Prying, VAULT, Vault,
    call_out::pried,
    fill, pry, prying,
    values::PryingWaker,
};

#[test]
fn w11_a_waker_uses_the_store_when_it_is_woken_and_when_it_is_dropped() {
    prying(|store| {
        let mut counts = store.stream(VAULT, Vault::COUNT);
        while counts.try_next().is_some() {}
        for number in 1..=2 {
            let waker = Waker::from(Arc::new(PryingWaker));
            let polled = Pin::new(&mut counts).poll_next(&mut Context::from_waker(&waker));
            assert!(polled.is_pending());
            drop(waker);
            pried(|| fill(store, number)).made(&[CallOut::Waker, WakerDrop]);
            assert_eq!(counts.try_next().as_deref(), Some(&(number as usize)));
        }
        let waker = Waker::from(Arc::new(PryingWaker));
        let polled = Pin::new(&mut counts).poll_next(&mut Context::from_waker(&waker));
        assert!(polled.is_pending());
        drop(waker);
        pried(|| drop(counts)).made(&[WakerDrop]);
    });
}

#[test]
fn w12_a_waker_of_told_uses_the_store() {
    prying(|store| {
        let waker = Waker::from(Arc::new(PryingWaker));
        let mut told = pin!(store.told(store.revision() + 1));
        let polled = told.as_mut().poll(&mut Context::from_waker(&waker));
        assert!(polled.is_pending(), "nothing was written yet");
        drop(waker);
        let seen = pried(|| store.update(VAULT, |vault| vault.visits.set(5)));
        seen.made(&[CallOut::Waker, WakerDrop]);
        assert!(told.now_or_never().is_some());
        let waker = Waker::from(Arc::new(PryingWaker));
        let mut told = Box::pin(store.told(store.revision() + 100));
        assert!(
            told.poll_unpin(&mut Context::from_waker(&waker))
                .is_pending()
        );
        drop(waker);
        pried(|| drop(told)).made(&[WakerDrop]);
    });
}

#[test]
fn w12_what_an_until_waits_for_may_write() {
    prying(|store| {
        let mut two = Box::pin(store.until(VAULT, Vault::GOLD, |gold| {
            pry(Until);
            gold.0 == 2
        }));
        pried(|| assert!((&mut two).now_or_never().is_none())).made(&[Until]);
        fill(store, 1);
        fill(store, 2);
        let seen = pried(|| assert!((&mut two).now_or_never().unwrap().is_ok()));
        seen.made(&[Until, Clone, PartialEq, Drop]);
    });
}

#[test]
fn w11_what_a_stream_hands_out_uses_the_store_when_it_is_copied_and_dropped() {
    prying(|store| {
        let mut gold = store.stream(VAULT, Vault::GOLD);
        let mut shelf = store.stream(VAULT, Vault::SHELF);
        let mut key = store.stream(VAULT, Vault::SHELF.key(Prying(1)));
        fill(store, 1);
        let seen = pried(|| {
            while gold.try_next().is_some() {}
            while let Some(shelf) = shelf.try_next() {
                assert!(shelf.changes().count() < 2);
            }
            while key.try_next().is_some() {}
        });
        seen.made(&[Clone, Drop]);
        fill(store, 2);
        let seen = pried(|| {
            assert!(gold.has_changed());
            assert!(gold.changed().now_or_never().flatten().is_some());
            assert!(shelf.blocking().next().is_some());
        });
        seen.made(&[Clone, Drop]);
    });
}

#[test]
fn w12_a_watch_that_was_paused_is_told_by_code_that_uses_the_store() {
    prying(|store| {
        let watching = store.watch(VAULT, Vault::GOLD.watch(|_| pry(Callback)));
        watching.pause();
        for number in 1..=3 {
            pried(|| fill(store, number)).refused(&[Hash]);
        }
        let seen = pried(|| watching.resume());
        seen.made(&[Callback, PartialEq, Drop]);
    });
}
