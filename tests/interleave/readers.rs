//! Readers that come when they can: streams, executors, pauses, queues that make writers wait.

use crate::simulator::{
    sync::{Mutex, mpsc},
    thread,
};
use futures::Stream as _;
use std::{
    future::poll_fn,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};
use store::{ChangeStream, ExecutorGone, Inbox, OwnedChange, Queue, Source as _, Work};

use crate::{
    app::{COUNTER, Counter, Counters, Heard, set},
    explore::explore,
};

#[test]
fn w11_a_stream_that_waits_is_woken_for_the_last_state_and_the_end() {
    explore(3, || {
        let store = Counters::new();
        let mut clicks = store.stream(COUNTER, Counter::CLICKS);
        let writer = thread::spawn(move || {
            set(&store, 1);
            drop(store);
        });
        assert_eq!(clicks.blocking().map(|clicks| *clicks).last(), Some(1));
        writer.join().unwrap();
    });
}

#[test]
fn w10_what_is_put_in_while_a_task_reads_is_told_by_it_or_by_the_next() {
    explore(3, || {
        let (store, heard) = (Counters::new(), Heard::default());
        let jobs = Arc::new(Mutex::new(Vec::new()));
        let queue = Arc::clone(&jobs);
        let post = move |work: Work| -> Result<(), ExecutorGone> {
            queue.lock().unwrap().push(work);
            Ok(())
        };
        let _watching = store.on(post).watch(COUNTER, heard.watch());
        let run = move || {
            let waiting = std::mem::take(&mut *jobs.lock().unwrap());
            waiting.into_iter().for_each(Work::run);
        };
        set(&store, 1);
        let worker = thread::spawn({
            let run = run.clone();
            move || run()
        });
        set(&store, 2);
        worker.join().unwrap();
        run();
        assert_eq!(heard.last_without_gap(), Some(2));
    });
}

#[test]
fn w12_a_pause_and_a_resume_lose_nothing() {
    explore(3, || {
        let (store, heard) = (Counters::new(), Heard::default());
        let watching = store.watch(COUNTER, heard.watch());
        let writer = thread::spawn({
            let store = store.clone();
            move || set(&store, 1)
        });
        watching.pause();
        let before = heard.all();
        thread::yield_now();
        assert_eq!(heard.all(), before, "told while paused");
        watching.resume();
        writer.join().unwrap();
        assert_eq!(heard.last_without_gap(), Some(1));
    });
}

/// Waits for what wakes a future. It does not park: loom forgets that a thread was unparked while it waited for a lock.
fn wait<T>(future: impl Future<Output = T>) -> T {
    struct Bell(Mutex<mpsc::Sender<()>>);
    impl Wake for Bell {
        fn wake(self: Arc<Self>) {
            let _ = self.0.lock().unwrap().send(());
        }
    }
    let (bell, rings) = mpsc::channel();
    let waker = Waker::from(Arc::new(Bell(Mutex::new(bell))));
    let mut future = pin!(future);
    loop {
        let cx = &mut Context::from_waker(&waker);
        if let Poll::Ready(output) = future.as_mut().poll(cx) {
            return output;
        }
        rings.recv().unwrap();
    }
}

/// What a stream yields to a task that took it over from another, which waited for it.
fn read_after_another(mut clicks: ChangeStream<OwnedChange<u32>>) -> Option<u32> {
    let mut next = poll_fn(move |cx| Pin::new(&mut clicks).poll_next(cx));
    let polled = Pin::new(&mut next).poll(&mut Context::from_waker(Waker::noop()));
    let next = match polled {
        Poll::Ready(next) => next,
        Poll::Pending => wait(next),
    };
    next.map(|clicks| *clicks)
}

#[test]
fn w11_the_last_task_that_waits_for_a_stream_is_woken() {
    let streams: [fn(&Counters) -> ChangeStream<OwnedChange<u32>>; 2] = [
        |store| store.stream(COUNTER, Counter::CLICKS.changes_only()),
        // It shares with nobody what it has still to read.
        |store| store.stream(COUNTER, Counter::CLICKS.changes_only().ignoring("me")),
    ];
    for stream in streams {
        explore(2, move || {
            let store = Counters::new();
            let clicks = stream(&store);
            let writer = thread::spawn(move || set(&store, 1));
            assert_eq!(read_after_another(clicks), Some(1));
            writer.join().unwrap();
        });
    }
}

#[test]
fn w11_a_stream_that_is_dropped_keeps_nothing_from_another() {
    explore(2, || {
        let store = Counters::new();
        let [gone, mut clicks] = [(); 2].map(|()| store.stream(COUNTER, Counter::CLICKS));
        let writer = thread::spawn(move || set(&store, 1));
        drop(gone);
        assert_eq!(clicks.blocking().map(|clicks| *clicks).last(), Some(1));
        writer.join().unwrap();
    });
}

#[test]
fn w12_who_waits_until_all_is_told_is_woken_by_whoever_tells() {
    explore(3, || {
        let (store, heard) = (Counters::new(), Heard::default());
        let _watching = store.watch(COUNTER, heard.watch());
        let other = thread::spawn({
            let store = store.clone();
            move || set(&store, 1)
        });
        set(&store, 2);
        wait(store.told(2)).unwrap();
        assert_eq!(heard.all().len(), 3, "waited too shortly");
        other.join().unwrap();
    });
}

#[test]
fn w10_a_writer_that_waits_for_room_is_let_through() {
    explore(3, || {
        let (store, heard) = (Counters::new(), Heard::default());
        let (sender, jobs) = mpsc::channel();
        let sender = Mutex::new(sender);
        let post = move |work: Work| sender.lock().unwrap().send(work).map_err(|_| ExecutorGone);
        let on = store.on(post).every(Queue::of::<1>().blocking());
        let watching = on.watch(COUNTER, heard.watch_changes());
        let told = heard.clone();
        let worker = thread::spawn(move || {
            while told.all().len() < 2 {
                jobs.recv().unwrap().run();
            }
            jobs
        });
        set(&store, 1);
        set(&store, 2);
        let left = worker.join().unwrap();
        while let Ok(work) = left.try_recv() {
            work.run();
        }
        assert_eq!(heard.all(), [(Some(0), 1), (Some(1), 2)]);
        drop(watching);
    });
}

#[test]
fn w10_a_writer_that_waits_for_room_is_let_through_by_a_write_that_is_given_up() {
    explore(3, || {
        let (store, heard) = (Counters::new(), Heard::default());
        let run = |work: Work| -> Result<(), ExecutorGone> {
            work.run();
            Ok(())
        };
        let on = store.on(run).every(Queue::of::<1>().blocking());
        let _watching = on.watch(COUNTER, heard.watch_changes());
        let other = thread::spawn({
            let store = store.clone();
            move || store.try_update(COUNTER, |_| Err::<(), _>("given up"))
        });
        set(&store, 1);
        other.join().unwrap().unwrap_err();
        assert_eq!(heard.all(), [(Some(0), 1)]);
    });
}

#[test]
fn w10_what_is_put_in_while_an_inbox_is_drained_is_told_by_that_or_asks_for_the_next() {
    explore(3, || {
        let (store, heard) = (Counters::new(), Heard::default());
        let is_asked = Arc::new(AtomicBool::new(false));
        let ready = Arc::clone(&is_asked);
        let inbox = Inbox::new(move || ready.store(true, Ordering::SeqCst));
        let _watching = store.on(&inbox).watch(COUNTER, heard.watch());
        let writer = thread::spawn(move || (1..=2).for_each(|clicks| set(&store, clicks)));
        thread::yield_now();
        if is_asked.swap(false, Ordering::SeqCst) {
            inbox.drain();
        }
        writer.join().unwrap();
        while is_asked.swap(false, Ordering::SeqCst) {
            inbox.drain();
        }
        assert_eq!(heard.last_without_gap(), Some(2));
    });
}
