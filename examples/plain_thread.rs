//! Threads of the program's own: one runs callbacks, another waits for each change. No runtime.

use std::{sync::mpsc, thread};

use store::{Model, Queue, Store, Watch, WorkQueue};

#[derive(Model)]
struct Download {
    bytes: u64,
}

fn main() {
    let store = Store::<Download>::new();

    // This thread runs callbacks: slow ones do not hold up whoever writes.
    let (queue, worker) = WorkQueue::new();
    let worker = thread::spawn(move || worker.run());
    let (log, lines) = mpsc::channel();
    let here = thread::current().id();
    let logging = Download::watch().bytes(move |bytes| {
        assert_ne!(thread::current().id(), here);
        log.send(*bytes).unwrap();
    });
    // It wants to hear of each commit. If it falls 64 behind, writers wait for it.
    let every = Queue::of::<64>().blocking();
    let logger = store
        .on(queue)
        .every(every)
        .watch(DOWNLOAD, logging.changes_only());

    // This thread waits for what comes. What it is too slow for is merged.
    let mut progress = store.stream(DOWNLOAD, Download::BYTES);
    let reader = thread::spawn(move || {
        let seen: Vec<_> = progress.blocking().map(|bytes| *bytes).collect();
        assert!(seen.is_sorted());
        seen.last().copied()
    });

    for kilobyte in 1..=1000 {
        store.update(DOWNLOAD, |download| download.bytes.set(kilobyte * 1024));
    }

    // Until everyone has been told of everything.
    store.told(store.revision()).wait().unwrap();
    let logged: Vec<_> = lines.try_iter().collect();
    assert_eq!(logged.len(), 1000);

    drop(logger); // The last handle to the queue: its thread ends.
    worker.join().unwrap();
    drop(store); // The iterator yields the final state and ends.
    let last = reader.join().unwrap();
    println!("logged {} steps, read {last:?} bytes", logged.len());
    assert_eq!(last, Some(1_024_000));
}
