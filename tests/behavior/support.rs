//! A log of what watchers were told, and threads that cannot hang a test.

use std::{
    fmt::{Debug, Display},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
    thread,
    time::Duration,
};

use parking_lot::Mutex;
use store::{Change, KeyChange, MapChange, RangeChange, SetChange, StoreChange};

/// What happened, line by line.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    pub(crate) fn note(&self, line: impl Display) {
        self.0.lock().push(line.to_string());
    }

    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock())
    }

    /// Compares with what was noted since the last look.
    #[track_caller]
    pub(crate) fn heard<const N: usize>(&self, lines: [&str; N]) {
        assert_eq!(self.take(), lines);
    }

    /// A callback for a field: `nick: "a" -> "b"`, and at once `nick: "a"`.
    pub(crate) fn of<T: Debug + 'static>(
        &self,
        name: &str,
    ) -> impl FnMut(Change<'_, T>) + Send + 'static + use<T> {
        let (log, name) = (self.clone(), name.to_owned());
        move |change| match change.old() {
            None => log.note(format_args!("{name}: {:?}", *change)),
            Some(old) => log.note(format_args!("{name}: {old:?} -> {:?}", *change)),
        }
    }

    /// A callback for one key: `ann: 1 -> -`, and at once `ann: 1`.
    pub(crate) fn key<K: Display + 'static, V: Debug + 'static>(
        &self,
    ) -> impl FnMut(KeyChange<'_, K, V>) + Send + 'static + use<K, V> {
        let log = self.clone();
        move |change| {
            let (key, new) = (change.key(), there(*change));
            match change.is_initial() {
                true => log.note(format_args!("{key}: {new}")),
                false => log.note(format_args!("{key}: {} -> {new}", there(change.old()))),
            }
        }
    }

    /// A callback for a range: what [`entries`] makes of its changes.
    pub(crate) fn range<K, V>(
        &self,
    ) -> impl FnMut(RangeChange<'_, K, V>) + Send + 'static + use<K, V>
    where
        K: store::Key + Debug,
        V: Clone + PartialEq + Debug + Send + Sync + 'static,
    {
        let log = self.clone();
        move |range| log.note(entries(range.changes()))
    }

    /// A callback for several fields of a store: which of them differ.
    pub(crate) fn fields<M: store::Model>(
        &self,
    ) -> impl FnMut(StoreChange<'_, M>) + Send + 'static + use<M> {
        let log = self.clone();
        move |change| {
            let names: Vec<_> = change.changed_fields().iter().map(|f| f.name).collect();
            log.note(
                format_args!("{} {}", M::NAME, names.join(" "))
                    .to_string()
                    .trim_end(),
            );
        }
    }
}

fn there<V: Debug>(value: Option<&V>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:?}"))
}

/// The changes of a map on one line: `+"ann"=1 ~"bob"=1>2 -"cid"=3`.
pub(crate) fn entries<'a, K: Debug + 'a, V: Debug + 'a>(
    changes: impl Iterator<Item = MapChange<&'a K, &'a V>>,
) -> String {
    let words = changes.map(|change| match change {
        MapChange::Inserted { key, value } => format!("+{key:?}={value:?}"),
        MapChange::Updated { key, old, new } => format!("~{key:?}={old:?}>{new:?}"),
        MapChange::Removed { key, old } => format!("-{key:?}={old:?}"),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The changes of a set on one line: `+"ann" -"bob"`.
pub(crate) fn members<'a, K: Debug + 'a>(
    changes: impl Iterator<Item = SetChange<&'a K>>,
) -> String {
    let words = changes.map(|change| match change {
        SetChange::Inserted(key) => format!("+{key:?}"),
        SetChange::Removed(key) => format!("-{key:?}"),
    });
    words.collect::<Vec<_>>().join(" ")
}

const SOON: Duration = Duration::from_secs(20);

/// Work on another thread.
pub(crate) struct Elsewhere<R> {
    result: Receiver<thread::Result<R>>,
    ended: Arc<AtomicBool>,
}

/// Does `work` on another thread.
pub(crate) fn elsewhere<R: Send + 'static>(
    work: impl FnOnce() -> R + Send + 'static,
) -> Elsewhere<R> {
    let (sender, result) = channel();
    let ended = Arc::new(AtomicBool::new(false));
    let end = Arc::clone(&ended);
    thread::spawn(move || {
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
        end.store(true, Ordering::Release);
        // Nobody to tell if the test has failed already.
        let _ = sender.send(result);
    });
    Elsewhere { result, ended }
}

impl<R> Elsewhere<R> {
    /// Waits for the work to end.
    #[track_caller]
    pub(crate) fn answer(self) -> R {
        match self.result.recv_timeout(SOON) {
            Ok(Ok(answer)) => answer,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(_) => panic!("the other thread hangs"),
        }
    }

    /// Whether the work has not ended yet.
    pub(crate) fn is_under_way(&self) -> bool {
        !self.ended.load(Ordering::Acquire)
    }
}

/// Does `work` on this side of a deadline: a test that would hang fails instead.
#[track_caller]
pub(crate) fn in_time<R: Send + 'static>(work: impl FnOnce() -> R + Send + 'static) -> R {
    elsewhere(work).answer()
}

/// Tells another thread that it may go on.
#[derive(Clone)]
pub(crate) struct Signal(Sender<()>);

/// The other end of a [`Signal`].
pub(crate) struct Awaited(Receiver<()>);

pub(crate) fn signal() -> (Signal, Awaited) {
    let (sender, receiver) = channel();
    (Signal(sender), Awaited(receiver))
}

impl Signal {
    pub(crate) fn give(&self) {
        // Nobody to tell if the test has failed already.
        let _ = self.0.send(());
    }
}

impl Awaited {
    #[track_caller]
    pub(crate) fn wait(&self) {
        self.0
            .recv_timeout(SOON)
            .expect("the signal should have been given");
    }
}

/// What a panic said.
#[track_caller]
pub(crate) fn panic_of(work: impl FnOnce()) -> String {
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work))
        .expect_err("it should have panicked");
    match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => (*panic.downcast::<&str>().expect("a panic with a text")).to_owned(),
    }
}

/// This very line, as messages spell it.
#[track_caller]
pub(crate) fn here() -> String {
    std::panic::Location::caller().to_string()
}
