//! The readers of a store: those of the thread that runs the program, and those that live on threads
//! of their own, which do what they are told and answer.

use std::{
    sync::{Arc, mpsc},
    thread::{self, JoinHandle},
};

use parking_lot::Mutex;
use store::{ManualClock, Store};

use crate::{
    app::App,
    expected::Told,
    reader::{Ear, Movable, Reader},
    settings::{Place, ReaderAct, Settings, Use},
};

/// See the module.
#[derive(Default)]
pub(crate) struct Readers {
    clock: ManualClock,
    there: Mutex<Vec<Arc<Lodged>>>,
    /// What the readers that are gone have heard.
    gone: Mutex<Vec<Ear>>,
}

/// A reader, what it has heard, and where it lives.
struct Lodged {
    settings: Settings,
    ear: Ear,
    home: Home,
}

enum Home {
    Here(Movable),
    Elsewhere(Option<Elsewhere>),
}

/// A thread that owns a reader.
struct Elsewhere {
    /// What it is to do, and whom it lets know.
    uses: mpsc::Sender<(Use, mpsc::Sender<()>)>,
    thread: JoinHandle<()>,
}

impl Readers {
    pub(crate) fn clock(&self) -> &ManualClock {
        &self.clock
    }

    pub(crate) fn act(&self, store: &Store<App>, act: ReaderAct) {
        match act {
            ReaderAct::Begin(settings) => {
                let reader = Lodged::new(store, settings, &self.clock);
                self.there.lock().push(Arc::new(reader));
            }
            ReaderAct::Use(which, act) => {
                let reader = {
                    let there = self.there.lock();
                    let count = there.len().max(1);
                    there.get(which % count).map(Arc::clone)
                };
                if let Some(reader) = reader {
                    reader.act(act);
                }
            }
            ReaderAct::PauseAgain(which) => {
                self.act(store, ReaderAct::Use(which, Use::Resume));
                self.act(store, ReaderAct::Use(which, Use::Pause));
            }
            ReaderAct::Drop(which) => {
                let reader = {
                    let mut there = self.there.lock();
                    let count = there.len().max(1);
                    (!there.is_empty()).then(|| there.remove(which % count))
                };
                if let Some(reader) = reader {
                    self.gone.lock().push(reader.ear.clone());
                }
            }
        }
    }

    /// Has those read that are at these places.
    pub(crate) fn read(&self, places: &[usize]) {
        let all = self.all();
        for place in places {
            all[*place].act(Use::Read);
        }
    }

    /// Has everybody read who is paced.
    pub(crate) fn read_paced(&self) {
        let mut paced = self.all();
        paced.retain(|reader| reader.settings.is_paced());
        paced.iter().for_each(|reader| reader.act(Use::Read));
    }

    /// The store is gone: everybody reads what is left.
    pub(crate) fn end(&self) {
        for reader in self.all() {
            reader.act(Use::Resume);
            reader.act(Use::Read);
        }
    }

    /// What each was told that is there, and then what each was that is gone.
    pub(crate) fn told(&self) -> Vec<Vec<Told>> {
        let there = self.all();
        let gone = self.gone.lock();
        let ears = there.iter().map(|reader| &reader.ear).chain(&*gone);
        ears.map(Ear::told).collect()
    }

    fn all(&self) -> Vec<Arc<Lodged>> {
        self.there.lock().clone()
    }
}

impl Lodged {
    fn new(store: &Store<App>, settings: Settings, clock: &ManualClock) -> Self {
        let ear = Ear::default();
        let home = match settings.elsewhere || settings.place == Place::Inbox {
            true => Home::Elsewhere(Some(Elsewhere::new(store, settings, clock, &ear))),
            false => match Reader::new(store, settings, clock, &ear) {
                Reader::Movable(reader) => Home::Here(reader),
                Reader::Bound(..) => panic!("an inbox stays on its thread"),
            },
        };
        Self {
            settings,
            ear,
            home,
        }
    }

    fn act(&self, act: Use) {
        match &self.home {
            _ if !self.settings.allows(act) => {}
            Home::Here(reader) => reader.act(act),
            Home::Elsewhere(elsewhere) => elsewhere.iter().for_each(|there| there.act(act)),
        }
    }
}

impl Elsewhere {
    /// Returns once the reader has begun.
    fn new(store: &Store<App>, settings: Settings, clock: &ManualClock, ear: &Ear) -> Self {
        let (uses, to_do) = mpsc::channel::<(Use, mpsc::Sender<()>)>();
        let (begun, has_begun) = mpsc::channel();
        let (store, clock, ear) = (store.clone(), clock.clone(), ear.clone());
        let thread = thread::spawn(move || {
            let reader = Reader::new(&store, settings, &clock, &ear);
            drop(store);
            let _ = begun.send(());
            for (act, done) in to_do {
                reader.act(act);
                let _ = done.send(());
            }
        });
        has_begun.recv().expect("the reader begins");
        Self { uses, thread }
    }

    /// Returns once it is done.
    fn act(&self, act: Use) {
        let (done, is_done) = mpsc::channel();
        self.uses.send((act, done)).expect("the reader is there");
        is_done.recv().expect("the reader does it");
    }
}

/// Returns once the reader has ended.
impl Drop for Home {
    fn drop(&mut self) {
        if let Self::Elsewhere(elsewhere) = self
            && let Some(Elsewhere { uses, thread }) = elsewhere.take()
        {
            drop(uses);
            let ended = thread.join();
            assert!(ended.is_ok() || thread::panicking(), "the reader ends");
        }
    }
}
