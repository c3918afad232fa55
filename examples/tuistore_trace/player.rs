//! Plays a script on a store of ours, and says what TUIStore would.

use std::{
    collections::HashMap,
    error::Error,
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use serde::Serialize;
use serde_json::Value;
use store::{Store, Watcher};

use crate::{
    models::{App, StatusOfUser, USER, User, UserStatusList},
    script::Op,
};

/// What a call brings about.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Answer {
    /// The watchers that were called, in order.
    Told(Vec<Told>),
    /// The value that was read.
    Get(Reading),
}

/// One call of a watcher: who, for which field, with what value.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Told(String, String, Reading);

/// The value of a field.
#[derive(Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(crate) enum Reading {
    Json(Value),
    Statuses(UserStatusList),
}

/// A store, and the watchers that a script has put on it.
pub(crate) struct Player {
    store: Store<App>,
    watchers: HashMap<Watched, Watcher>,
    ears: Ears,
}

/// Watcher, store, field.
type Watched = (String, String, String);

impl Player {
    pub(crate) fn new() -> Self {
        Self {
            store: Store::new(),
            watchers: HashMap::new(),
            ears: Ears::default(),
        }
    }

    /// Makes one call.
    ///
    /// # Errors
    ///
    /// If there is no such store, or the value is none that the field takes.
    pub(crate) fn play(&mut self, op: Op) -> Result<Answer, Box<dyn Error>> {
        match op {
            Op::Watch {
                store,
                watcher,
                fields,
            } => {
                for field in fields {
                    let handle = self.watch(&watcher, &store, &field)?;
                    // Who watches already is told again, and keeps the place it has.
                    self.watchers
                        .entry((watcher.clone(), store.clone(), field))
                        .or_insert(handle);
                }
            }
            Op::Unwatch {
                store,
                watcher,
                fields,
            } => {
                for field in fields {
                    self.watchers
                        .remove(&(watcher.clone(), store.clone(), field));
                }
            }
            Op::Update {
                store,
                field,
                value,
            } => self.update(&store, &field, value)?,
            Op::Get { store, field } => return Ok(Answer::Get(self.read(&store, &field)?)),
            Op::Reset { store, field } => self.store.text().reset(&store, &field)?,
        }
        Ok(Answer::Told(self.ears.take()))
    }

    fn watch(&self, watcher: &str, store: &str, field: &str) -> Result<Watcher, Box<dyn Error>> {
        let hear = self.ears.of(watcher, field);
        if is_user_status_list(store, field) {
            let watch = User::watch()
                .user_status_list(move |list| hear(Reading::Statuses(list.value().clone())));
            return Ok(self.store.watch(USER, watch));
        }
        let watcher = self.store.text().watch(store, field, move |change| {
            // A key that is absent and one that is null read alike.
            if change.old.as_ref() != Some(&change.new) {
                hear(Reading::Json(change.new));
            }
        })?;
        Ok(watcher)
    }

    fn update(&self, store: &str, field: &str, value: Value) -> Result<(), Box<dyn Error>> {
        if is_user_status_list(store, field) {
            let entries = serde_json::from_value(value)
                .map_err(|error| format!("`{store}.{field}` takes a list of statuses: {error}"))?;
            self.merge(entries);
        } else {
            self.store.text().write(store, field, value)?;
        }
        Ok(())
    }

    /// `userStatusList` is not replaced by what is written to it: each entry sets or forgets one
    /// user, and an empty list forgets everybody.
    fn merge(&self, entries: Vec<StatusOfUser>) {
        self.store.update(USER, |user| {
            if entries.is_empty() {
                user.user_status_list.clear();
            }
            for entry in entries {
                if entry.is_unsubscribed() {
                    user.user_status_list.remove(&entry.user_id);
                } else {
                    user.user_status_list.insert(entry.user_id, entry.status);
                }
            }
        });
    }

    fn read(&self, store: &str, field: &str) -> Result<Reading, Box<dyn Error>> {
        if is_user_status_list(store, field) {
            let user = self.store.snapshot(USER);
            return Ok(Reading::Statuses(user.user_status_list.clone()));
        }
        Ok(Reading::Json(self.store.text().read(store, field)?))
    }
}

fn is_user_status_list(store: &str, field: &str) -> bool {
    (store, field) == (USER.text(), User::USER_STATUS_LIST.info().name)
}

/// What all watchers have heard since somebody asked.
#[derive(Clone, Default)]
struct Ears(Arc<Mutex<Vec<Told>>>);

impl Ears {
    /// The callback of a watcher.
    fn of(&self, watcher: &str, field: &str) -> impl Fn(Reading) + Send + use<> {
        let (told, watcher, field) = (Arc::clone(&self.0), watcher.to_owned(), field.to_owned());
        move |value| {
            let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
            told.push(Told(watcher.clone(), field.clone(), value));
        }
    }

    fn take(&self) -> Vec<Told> {
        mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
