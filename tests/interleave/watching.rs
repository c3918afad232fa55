//! Watchers that come and go while others tell.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use crate::simulator::thread;
use store::{Change, Watch as _};

use crate::{
    app::{COUNTER, Counter, Counters, Heard, set},
    explore::explore,
};

/// A flag of the system's, which is no place for threads to change: the store alone orders what is seen of it.
fn flag() -> Arc<AtomicBool> {
    Arc::default()
}

#[test]
fn w5_once_the_handle_is_dropped_the_callback_neither_runs_nor_will() {
    explore(3, || {
        let store = Counters::new();
        let (is_gone, was_late) = (flag(), flag());
        let (asked, late) = (Arc::clone(&is_gone), Arc::clone(&was_late));
        let note = move || late.fetch_or(asked.load(Ordering::SeqCst), Ordering::SeqCst);
        let callback = move |_: Change<'_, u32>| {
            note();
            thread::yield_now();
            note();
        };
        let heard = Heard::default();
        let _other = store.watch(COUNTER, heard.watch());
        let watching = store.watch(COUNTER, Counter::watch().clicks(callback).changes_only());
        let writer = thread::spawn({
            let store = store.clone();
            move || set(&store, 1)
        });
        drop(watching);
        is_gone.store(true, Ordering::SeqCst);
        writer.join().unwrap();
        assert!(!was_late.load(Ordering::SeqCst), "called after the end");
        assert_eq!(heard.last_without_gap(), Some(1));
    });
}

#[test]
fn w1_the_immediate_call_and_the_first_change_leave_no_gap() {
    explore(3, || {
        let (store, heard) = (Counters::new(), Heard::default());
        let writer = thread::spawn({
            let store = store.clone();
            move || (1..=2).for_each(|clicks| set(&store, clicks))
        });
        let watching = store.watch(COUNTER, heard.watch());
        writer.join().unwrap();
        assert_eq!(heard.last_without_gap(), Some(2));
        drop(watching);
    });
}
