//! Readers of every kind, each on a thread of its own, while others write and wait until all is told.

use std::sync::Arc;

use shuttle::{
    future::block_on,
    sync::{Mutex, mpsc},
    thread::{self, JoinHandle},
};
use store::{ExecutorGone, Inbox, Queue, Work};

use super::{
    ledger::{self, LEDGER, Ledger, Store, look},
    listener::Listener,
    pick,
};
use crate::explore::explore;

const WRITES: u32 = 8;

#[test]
fn w11_every_reader_ends_up_with_the_last_state_and_nobody_waits_for_ever() {
    explore(8, || {
        let store = Store::new();
        let (post, worker) = worker();
        let listeners = [
            None,
            Some(Queue::of::<2>()),
            Some(Queue::of::<2>().blocking()),
        ];
        let listeners = listeners.map(|queue| {
            let post = Arc::clone(&post);
            let post = move |work| post(work);
            Listener::elsewhere(&store, Ledger::TOTAL, queue, post)
        });
        drop(post);
        let (inbox, owner) = owner(&store);
        let (reader, awaiter) = (reader(&store), awaiter(&store));
        let listeners = Arc::new(listeners);
        let writers = [(); 2].map(|()| writer(&store, &listeners));
        writers
            .into_iter()
            .for_each(|writer| writer.join().unwrap());

        store.told(store.revision()).wait().unwrap();
        let end = look(&store);
        for listener in &*listeners {
            listener.check(&end);
            listener.end();
        }
        worker.join().unwrap();
        inbox(Message::Over);
        assert_eq!(owner.join().unwrap(), end.revision(), "W10: the inbox");
        drop(store);
        assert_eq!(reader.join().unwrap(), end.revision(), "W11: the stream");
        let awaited = awaiter.join().unwrap().unwrap_or(end.revision());
        assert_eq!(awaited, end.revision(), "W12: what was waited for");
    });
}

type Sender<T> = Arc<dyn Fn(T) + Send + Sync>;

/// A channel that any thread may send to. Its end is noticed when the last sender is dropped.
fn channel<T: Send + 'static>() -> (Sender<T>, mpsc::Receiver<T>) {
    let (sender, receiver) = mpsc::channel();
    let sender = Mutex::new(sender);
    (
        Arc::new(move |it| drop(sender.lock().unwrap().send(it))),
        receiver,
    )
}

type Post = Arc<dyn Fn(Work) -> Result<(), ExecutorGone> + Send + Sync>;

/// A thread that does the work of an executor until nobody can give it any.
fn worker() -> (Post, JoinHandle<()>) {
    let (send, jobs) = channel();
    let post = move |work| {
        send(work);
        Ok(())
    };
    let work = move || jobs.iter().for_each(Work::run);
    (Arc::new(post), thread::spawn(work))
}

enum Message {
    Ready,
    Over,
}

/// A thread that drains its inbox whenever that asks for it, until it is over, and returns the last revision it was told.
fn owner(store: &Store) -> (Sender<Message>, JoinHandle<u64>) {
    let (send, messages) = channel();
    let (ask, store) = (Arc::clone(&send), store.clone());
    let (watched, is_watched) = mpsc::channel();
    let owner = thread::spawn(move || {
        let inbox = Inbox::new(move || ask(Message::Ready));
        let last = Arc::new(std::sync::Mutex::new((0, 0)));
        let note = Arc::clone(&last);
        let hear = move |total: store::Change<'_, u32>| {
            let old = total.old().copied().unwrap_or(*total);
            let (known, _) =
                std::mem::replace(&mut *note.lock().unwrap(), (*total, total.revision()));
            assert!(total.is_initial() || known == old, "a gap");
        };
        let watching = store.on(&inbox).watch(LEDGER, Ledger::watch().total(hear));
        drop(store);
        watched.send(()).unwrap();
        while let Message::Ready = messages.recv().unwrap() {
            inbox.drain();
        }
        drop(watching);
        let (_, revision) = *last.lock().unwrap();
        revision
    });
    is_watched.recv().unwrap();
    (send, owner)
}

/// A thread that reads a stream until the store is gone, and returns the last revision it saw.
fn reader(store: &Store) -> JoinHandle<u64> {
    let mut totals = store.stream(LEDGER, Ledger::TOTAL);
    thread::spawn(move || {
        let mut last = None;
        for total in totals.blocking() {
            assert_eq!(total.old().copied(), last, "W11: a gap or a repeat");
            last = Some(*total);
        }
        last.unwrap().into()
    })
}

/// A thread that waits for one value after the other, and returns the last if the store is dropped while it waits.
fn awaiter(store: &Store) -> JoinHandle<Option<u64>> {
    let store = store.downgrade();
    thread::spawn(move || {
        let mut known = 0;
        loop {
            let more = store
                .upgrade()?
                .until(LEDGER, Ledger::TOTAL, move |total| **total > known);
            match block_on(more) {
                Ok(total) => known = *total,
                Err(_) => return Some(known.into()),
            }
        }
    })
}

/// A thread that writes, and now and then waits until all is told, or reads for a while.
fn writer(store: &Store, listeners: &Arc<[Arc<Listener>; 3]>) -> JoinHandle<()> {
    let (store, listeners) = (store.clone(), Arc::clone(listeners));
    thread::spawn(move || {
        for _ in 0..WRITES {
            ledger::write(&store);
            match pick(4) {
                0 => {
                    let revision = store.revision();
                    store.told(revision).wait().unwrap();
                    let is_told = |it: &Arc<Listener>| it.last() >= revision;
                    assert!(
                        listeners.iter().all(is_told),
                        "W12: {revision} was not told to all"
                    );
                }
                1 => read_for_a_while(&store),
                _ => {}
            }
        }
    })
}

/// Looks into a stream and lets it go.
fn read_for_a_while(store: &Store) {
    let mut totals = store.stream(LEDGER, Ledger::TOTAL);
    let mut last = None;
    for _ in 0..=pick(3) {
        if let Some(total) = totals.try_next() {
            assert_eq!(total.old().copied(), last, "W11: a gap or a repeat");
            last = Some(*total);
        }
        thread::yield_now();
    }
}
