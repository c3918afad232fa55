//! A store of friends to write, and a record of what a view of them tells.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use parking_lot::Mutex;
use store::{
    Change, List, Map, Model, OrdMap, Store, Stores, Watcher,
    view::{End, FieldRows, Reads, Row, Rows, View, Windowed},
};

type Friends = FieldRows<Contact, Map<u32, String>>;
type Name = fn(&u32, &String) -> String;

const fn send_sync<T: Send + Sync>() {}
const _: () = send_sync::<Row<u32, String, String>>();
const _: () = send_sync::<Rows<Friends>>();
const _: () = send_sync::<Windowed<Friends, Name, String, std::ops::Range<usize>>>();

#[derive(Clone, Debug, Model)]
pub(crate) struct Contact {
    pub(crate) friends: Map<u32, String>,
    pub(crate) weights: OrdMap<u32, f64>,
    #[model(same = as_many)]
    pub(crate) favourites: Map<u32, u32>,
}

#[derive(Clone, Debug, Model)]
pub(crate) struct Ui {
    pub(crate) search: String,
    pub(crate) fragile: Fragile,
    pub(crate) bursts: u32,
    #[model(same = in_tens)]
    pub(crate) limit: u32,
}

#[derive(Debug, Stores)]
pub(crate) struct App {
    pub(crate) contact: Contact,
    pub(crate) ui: Ui,
}

fn as_many(one: &Map<u32, u32>, other: &Map<u32, u32>) -> bool {
    one.len() == other.len()
}

fn in_tens(one: &u32, other: &u32) -> bool {
    one / 10 == other / 10
}

/// Cannot be cloned while it is broken.
#[derive(Debug, Default)]
pub(crate) struct Fragile(pub(crate) Arc<AtomicBool>);

impl Clone for Fragile {
    fn clone(&self) -> Self {
        assert!(!self.0.load(Ordering::SeqCst), "broken");
        Self(Arc::clone(&self.0))
    }
}

impl PartialEq for Fragile {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// A store, and what its watchers' panics said.
pub(crate) fn app() -> (Store<App>, Arc<Mutex<Vec<String>>>) {
    let panics = Arc::new(Mutex::new(Vec::new()));
    let reports = Arc::clone(&panics);
    let store =
        Store::builder().on_panic(move |report| reports.lock().push(report.message.clone()));
    (store.build(), panics)
}

/// What a view has told, each time as `note` puts it.
pub(crate) struct Told<T> {
    told: Arc<Mutex<Vec<T>>>,
    _watcher: Watcher,
}

impl<T: Send + 'static> Told<T> {
    pub(crate) fn of<E: End + Reads<App> + Send + 'static>(
        store: &Store<App>,
        view: View<E>,
        note: impl Fn(Change<'_, E::Value>) -> T + Send + 'static,
    ) -> Self {
        let told = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&told);
        let watcher = store.watch_across(view.watch(move |change| notes.lock().push(note(change))));
        Self {
            told,
            _watcher: watcher,
        }
    }

    /// What was told since this was last asked.
    pub(crate) fn news(&self) -> Vec<T> {
        std::mem::take(&mut self.told.lock())
    }
}

pub(crate) fn befriend(store: &Store<App>, friends: impl IntoIterator<Item = (u32, &'static str)>) {
    store.update(CONTACT, |contact| {
        contact.friends.extend(
            friends
                .into_iter()
                .map(|(key, name)| (key, name.to_owned())),
        );
    });
}

pub(crate) fn names<O>(rows: Change<'_, List<Row<u32, String, O>>>) -> Vec<String> {
    rows.value().iter().map(|row| row.value().clone()).collect()
}
