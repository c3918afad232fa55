//! Who tells: the role goes from thread to thread, and no commit is left untold.

use crate::simulator::thread;

use crate::{
    app::{COUNTER, Counter, Counters, Heard, set},
    explore::explore,
};

#[test]
fn w4_two_writers_at_once_leave_no_commit_untold() {
    explore(3, || {
        let (store, heard) = (Counters::new(), Heard::default());
        let _watching = store.watch(COUNTER, heard.watch());
        let other = thread::spawn({
            let store = store.clone();
            move || set(&store, 1)
        });
        set(&store, 2);
        other.join().unwrap();
        assert_eq!(heard.all().len(), 3);
        assert_eq!(
            heard.last_without_gap(),
            Some(store.snapshot(COUNTER).clicks)
        );
    });
}

#[test]
fn w4_what_a_callback_writes_is_told_whoever_tells() {
    explore(3, || {
        let (store, heard) = (Counters::new(), Heard::default());
        let weak = store.downgrade();
        let _watching = [
            store.watch(
                COUNTER,
                Counter::watch().clicks(move |clicks| {
                    if let (1, Some(store)) = (*clicks, weak.upgrade()) {
                        set(&store, 7);
                    }
                }),
            ),
            store.watch(COUNTER, heard.watch()),
        ];
        let other = thread::spawn({
            let store = store.clone();
            move || set(&store, 1)
        });
        set(&store, 2);
        other.join().unwrap();
        assert_eq!(heard.all().len(), 4);
        assert_eq!(
            heard.last_without_gap(),
            Some(store.snapshot(COUNTER).clicks)
        );
    });
}
