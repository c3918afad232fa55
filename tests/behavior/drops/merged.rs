//! W4: what merging leaves over is dropped with no lock held, and after the writers' turn.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Waker},
};

use futures::Stream as _;
use parking_lot::Mutex;
use store::{ChangeStream, Model, OwnedChange, Source as _, Store, WeakStore};

use super::{Alarm, HOTEL, Hotel, Parting, parting};
use crate::support::{Log, elsewhere, in_time, signal};

/// Something by a master, of whom the first copy that is made once he is awake does something, and does another thing
/// when it is dropped.
struct Work {
    number: u32,
    master: Option<Arc<Master>>,
    is_first_copy: bool,
}

struct Master {
    is_awake: AtomicBool,
    when_copied: Box<dyn Fn() + Send + Sync>,
    when_dropped: Box<dyn Fn() + Send + Sync>,
}

impl Clone for Work {
    fn clone(&self) -> Self {
        let master = self.master.clone();
        let awake = master.as_ref();
        let awake = awake.filter(|master| master.is_awake.swap(false, Ordering::SeqCst));
        if let Some(master) = awake {
            (master.when_copied)();
        }
        Self {
            is_first_copy: awake.is_some(),
            number: self.number,
            master,
        }
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        if let (true, Some(master)) = (self.is_first_copy, &self.master) {
            (master.when_dropped)();
        }
    }
}

impl PartialEq for Work {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Default for Work {
    fn default() -> Self {
        work(0)
    }
}

/// One by nobody of name.
fn work(number: u32) -> Work {
    Work {
        number,
        master: None,
        is_first_copy: false,
    }
}

#[derive(Model)]
struct Museum {
    work: Work,
    is_open: bool,
    visits: u32,
}

/// Shows what a master made.
fn exhibit(store: &Store<Museum>, master: &Arc<Master>) {
    let master = Some(Arc::clone(master));
    store.update(MUSEUM, |museum| {
        museum.work.set(Work { master, ..work(1) });
    });
}

fn show(store: &Store<Museum>, number: u32) {
    store.update(MUSEUM, |museum| museum.work.set(work(number)));
}

/// Notes whether a write is made.
fn visit(store: &WeakStore<Museum>, log: &Log) {
    let store = store.upgrade().expect("the store is there");
    let made = store.try_update(MUSEUM, |museum| {
        *museum.visits += 1;
        Ok::<_, Infallible>(())
    });
    log.note(made.map_or_else(|error| error.to_string(), |()| "visited".to_owned()));
}

type Slot = Arc<Mutex<Option<ChangeStream<OwnedChange<Work>>>>>;

/// W4, W11: the copy is made while two commits are merged for a stream that has not read them, which leaves them to
/// nobody by the time they are one.
fn unread(leave: impl Fn(&Slot) + Send + Sync + 'static) {
    let (store, log) = (Store::<Museum>::new(), Log::default());
    let slot = Slot::default();
    let (weak, notes) = (store.downgrade(), log.clone());
    let (left, other) = (Arc::clone(&slot), store.downgrade());
    let master = Arc::new(Master {
        is_awake: AtomicBool::new(false),
        when_copied: Box::new(move || leave(&left)),
        when_dropped: Box::new(move || {
            if let Some(store) = other.upgrade() {
                drop(store.stream(MUSEUM, Museum::WORK));
            }
            visit(&weak, &notes);
        }),
    });
    exhibit(&store, &master);
    let mut stream = store.stream(MUSEUM, Museum::WORK);
    assert_eq!(stream.try_next().map(|work| work.number), Some(1));
    *slot.lock() = Some(stream);
    show(&store, 2);
    master.is_awake.store(true, Ordering::SeqCst);
    show(&store, 3);
    log.heard(["visited"]);
    drop(slot.lock().take());
}

#[test]
fn w4_commits_that_are_merged_while_their_stream_ends_are_dropped_with_no_lock_held() {
    in_time(|| unread(|slot| drop(slot.lock().take())));
}

#[test]
fn w4_commits_that_are_merged_while_their_stream_reads_are_dropped_with_no_lock_held() {
    in_time(|| {
        unread(|slot| {
            let stream = slot.lock().take();
            let mut stream = stream.expect("the stream is there");
            assert_eq!(stream.try_next().map(|work| work.number), Some(3));
            *slot.lock() = Some(stream);
        });
    });
}

/// R1, W11: a reader of its own mailbox comes while what waits for it is merged, so that it has to be merged anew.
#[test]
fn r1_nothing_is_lost_to_a_reader_though_the_drop_of_what_was_merged_in_vain_panics() {
    in_time(|| {
        let (store, slot) = (Store::<Museum>::new(), Slot::default());
        let (reader, dropped) = (Arc::clone(&slot), Arc::new(AtomicUsize::new(0)));
        let drops = Arc::clone(&dropped);
        let master = Arc::new(Master {
            is_awake: AtomicBool::new(false),
            when_copied: Box::new(move || {
                let mut reader = reader.lock();
                let work = reader.as_mut().and_then(ChangeStream::try_next);
                assert_eq!(work.map(|work| work.number), Some(2));
            }),
            when_dropped: Box::new(move || {
                drops.fetch_add(1, Ordering::SeqCst);
                panic!("cannot be thrown away");
            }),
        });
        exhibit(&store, &master);
        let mut stream = store.stream(MUSEUM, Museum::WORK.ignoring("nobody"));
        assert_eq!(stream.try_next().map(|work| work.number), Some(1));
        *slot.lock() = Some(stream);
        show(&store, 2);
        master.is_awake.store(true, Ordering::SeqCst);
        show(&store, 3);
        assert_eq!(dropped.load(Ordering::SeqCst), 1);
        let stream = slot.lock().take();
        let work = stream.and_then(|mut stream| stream.try_next());
        assert_eq!(work.map(|work| work.number), Some(3));
    });
}

/// R1, R2, W11: what one stream has not read is merged behind the back of another, which waits.
#[test]
fn r2_a_stream_is_woken_though_the_drop_of_what_is_merged_for_another_panics() {
    in_time(|| {
        let (store, alarm) = (Store::<Hotel>::new(), Arc::new(Alarm::default()));
        let leave = |guest| store.update(HOTEL, |hotel| hotel.guest.set(guest));
        let [mut asleep, mut awake] = [(); 2].map(|()| store.stream(HOTEL, Hotel::GUEST));
        assert!(asleep.try_next().is_some() && awake.try_next().is_some());
        for guest in [parting(|| panic!("cannot leave")), parting(|| {})] {
            leave(guest);
            assert!(awake.try_next().is_some());
        }
        let waker = Waker::from(Arc::clone(&alarm));
        let polled = Pin::new(&mut awake).poll_next(&mut Context::from_waker(&waker));
        assert!(polled.is_pending());
        leave(Parting::default());
        assert_eq!(alarm.count(), 1);
        assert!(awake.try_next().is_some());
        assert!(asleep.try_next().is_none(), "it was led back");
    });
}

/// R1, W11: two streams stand apart, so that one of them merges what it reads, which nobody else holds.
#[test]
fn r1_a_stream_is_told_all_though_the_drop_of_what_it_merges_panics() {
    in_time(|| {
        let store = Store::<Hotel>::new();
        let leave = |guest| store.update(HOTEL, |hotel| hotel.guest.set(guest));
        let [mut late, mut other] = [(); 2].map(|()| store.stream(HOTEL, Hotel::GUEST));
        assert!(late.try_next().is_some() && other.try_next().is_some());
        leave(parting(|| panic!("cannot leave")));
        assert!(other.try_next().is_some());
        let last = parting(|| {});
        leave(last.clone());
        assert!(other.try_next().is_some());
        let guest = late.try_next().expect("somebody else is there");
        assert!(*guest == last);
    });
}

/// W4, W3: the copy is made while a write merges commits past the bound, and waits until another thread has begun to tell
/// the first of them.
#[test]
fn w4_commits_that_are_merged_while_they_are_told_are_dropped_with_no_lock_held() {
    in_time(|| {
        let store = Store::<Museum>::builder().queue_bound(0).build();
        let log = Log::default();
        let (inside, is_inside) = signal();
        let (finish, may_finish) = signal();
        let (told, is_told) = signal();
        let busy = Museum::IS_OPEN.watch(move |is_open| {
            if *is_open {
                inside.give();
                may_finish.wait();
            }
        });
        let hear = Museum::WORK.watch(move |work| {
            if work.number == 2 {
                told.give();
            }
        });
        let _watching = [store.watch(MUSEUM, busy), store.watch(MUSEUM, hear)];
        let (weak, notes, is_told) = (store.downgrade(), log.clone(), Mutex::new(is_told));
        let master = Arc::new(Master {
            is_awake: AtomicBool::new(false),
            when_copied: Box::new(move || {
                finish.give();
                is_told.lock().wait();
            }),
            when_dropped: Box::new(move || {
                if let Some(store) = weak.upgrade() {
                    drop(store.watch(MUSEUM, Museum::VISITS.watch(|_| {})));
                }
                visit(&weak, &notes);
            }),
        });
        exhibit(&store, &master);
        let telling = elsewhere({
            let store = store.clone();
            move || store.update(MUSEUM, |museum| museum.is_open.set(true))
        });
        is_inside.wait();
        show(&store, 2);
        master.is_awake.store(true, Ordering::SeqCst);
        show(&store, 3);
        log.heard(["visited"]);
        telling.answer();
    });
}

#[derive(Model)]
struct Hall {
    coins: u32,
    guest: Guest,
    visits: u32,
}

/// Somebody whose host does something when the next of his copies is dropped.
#[derive(Clone, Default)]
struct Guest {
    number: u32,
    host: Option<Arc<Host>>,
}

struct Host {
    is_awake: AtomicBool,
    part: Box<dyn Fn() + Send + Sync>,
}

impl Drop for Guest {
    fn drop(&mut self) {
        let host = self.host.as_ref();
        if let Some(host) = host.filter(|host| host.is_awake.swap(false, Ordering::SeqCst)) {
            (host.part)();
        }
    }
}

impl PartialEq for Guest {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

/// Has a callback let two guests in, one after the other, past the bound of the queue; when one goes there is `part`.
fn two_guests(part: impl Fn(&Store<Hall>) + Send + Sync + 'static) -> (Store<Hall>, Log) {
    let store = Store::<Hall>::builder().queue_bound(0).build();
    let (log, weak) = (Log::default(), store.downgrade());
    let host = Arc::new(Host {
        is_awake: AtomicBool::new(false),
        part: Box::new(move || part(&weak.upgrade().expect("the store is there"))),
    });
    let (weak, notes) = (store.downgrade(), log.clone());
    let let_in = Hall::watch().coins(move |coins| {
        if coins.is_initial() {
            return;
        }
        let store = weak.upgrade().expect("the store is there");
        for number in 1..=2 {
            host.is_awake.store(number == 2, Ordering::SeqCst);
            let host = Some(Arc::clone(&host));
            store.update(HALL, |hall| hall.guest.set(Guest { number, host }));
            notes.note(format_args!("let in {number}"));
        }
    });
    let notes = log.clone();
    let hear = Hall::watch().guest(move |guest| notes.note(format_args!("heard {}", guest.number)));
    let _watching = [store.watch(HALL, let_in), store.watch(HALL, hear)];
    store.update(HALL, |hall| hall.coins.set(1));
    (store, log)
}

#[test]
fn w4_what_is_merged_past_the_bound_may_write_when_dropped() {
    in_time(|| {
        let (store, log) = two_guests(|store| {
            store.update(HALL, |hall| *hall.visits += 1);
        });
        log.heard(["heard 0", "let in 1", "let in 2", "heard 2"]);
        assert_eq!(store.snapshot(HALL).visits, 1);
    });
}

#[test]
fn r1_what_is_merged_past_the_bound_harms_nobody_if_its_drop_panics() {
    in_time(|| {
        let (_store, log) = two_guests(|_| panic!("cannot leave"));
        log.heard(["heard 0", "let in 1", "let in 2", "heard 2"]);
    });
}
