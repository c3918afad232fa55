//! Reading, writing and watching by text names.

use std::{any::type_name, convert::Infallible, fmt, panic::Location};

use serde_json::Value;

use super::{
    TextError,
    select::{Operation, select},
};
use crate::{
    cause::{Origin, Revision},
    change::Transaction,
    json::{RuntimeKey, RuntimeKeys, TextForm},
    model::{Field, FieldInfo, Holds, Model, StoreName, Stores, VisitEach},
    state::SnapshotAll,
    store::{Store, Writer},
    watch::Watcher,
};

/// Access to a store by text names: [`Store::text`].
///
/// A name that is no field is a run-time key where the named store allows them; one that is not
/// there reads as `null`.
///
/// # Examples
///
/// ```
/// use serde_json::json;
/// # #[derive(store::Model)] pub struct Counter { pub clicks: u32 }
/// let store = store::Store::<Counter>::new();
/// let text = store.text();
/// text.write("counter", "clicks", json!(3))?;
/// assert_eq!(text.read("counter", "clicks")?, json!(3));
/// let error = text.write("counter", "clicks", json!("three")).unwrap_err();
/// assert_eq!(error.to_string(), "cannot write `counter.clicks`: the value is not a `u32`");
/// # Ok::<(), store::TextError>(())
/// ```
pub struct Text<'a, S: Stores> {
    store: &'a Store<S>,
    origin: Option<Origin>,
}

/// One named store, described.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreInfo {
    /// The name as text.
    pub name: &'static str,
    /// The fields, in the order they are declared.
    pub fields: Vec<FieldInfo>,
    /// The keys there are that are only known at run time; `None` if it takes none.
    pub runtime_keys: Option<Vec<RuntimeKey>>,
}

/// One field's or run-time key's difference, as JSON.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TextChange {
    /// The new value; `null` for a run-time key that is not there.
    pub new: Value,
    /// The old value; `None` in the immediate call at registration.
    pub old: Option<Value>,
    /// The commit that made the change; in the immediate call, the newest one.
    pub revision: Revision,
    /// Who made the change, and why, if the writer said so.
    pub origin: Option<Origin>,
}

impl<S: Stores> Store<S> {
    /// Access by text names.
    #[must_use]
    pub fn text(&self) -> Text<'_, S> {
        Text {
            store: self,
            origin: None,
        }
    }
}

impl<S: Stores> Text<'_, S> {
    /// Writes in somebody's name.
    #[must_use]
    pub fn by(self, origin: impl Into<Origin>) -> Self {
        Self {
            origin: Some(origin.into()),
            ..self
        }
    }

    /// The named stores, their fields and their run-time keys.
    #[must_use]
    pub fn stores(&self) -> Vec<StoreInfo> {
        struct Infos<'a, S: Stores>(SnapshotAll<S>, &'a mut Vec<StoreInfo>);
        impl<S: Stores> VisitEach<S> for Infos<'_, S> {
            fn visit<M: Model>(&mut self)
            where
                S: Holds<M>,
            {
                let (holder, state) = (M::runtime_keys(), &self.0[StoreName::<M>::new()]);
                let mut fields = M::fields();
                fields.retain(|field| holder.is_none_or(|holder| holder.info() != *field));
                self.1.push(StoreInfo {
                    name: M::NAME,
                    fields,
                    runtime_keys: holder.map(|keys| keys.get(state).keys().cloned().collect()),
                });
            }
        }
        let mut infos = Vec::new();
        S::visit(&mut Infos(self.store.snapshot_all(), &mut infos));
        infos
    }

    /// The value of a field or run-time key.
    ///
    /// # Errors
    ///
    /// If there is no such store or field, or its type has no text form.
    pub fn read(&self, store: &str, field: &str) -> Result<Value, TextError> {
        select::<S, _>(store, field, Read(self.store))
    }

    /// Replaces the value of a field or run-time key.
    ///
    /// # Errors
    ///
    /// If there is no such store or field, the field is derived from others, the value is not one of
    /// the field's type, or the write was refused.
    #[track_caller]
    pub fn write(&self, store: &str, field: &str, value: Value) -> Result<(), TextError> {
        select::<S, _>(
            store,
            field,
            Write {
                writer: self.writer(Location::caller()),
                value,
            },
        )
    }

    /// Puts a field back to its default; removes a run-time key.
    ///
    /// # Errors
    ///
    /// If there is no such store or field, the field is derived from others, or the write was
    /// refused.
    #[track_caller]
    pub fn reset(&self, store: &str, field: &str) -> Result<(), TextError> {
        select::<S, _>(store, field, Reset(self.writer(Location::caller())))
    }

    /// Watches a field or run-time key, and calls `callback` with the current value before
    /// returning.
    ///
    /// # Errors
    ///
    /// If there is no such store or field, or its type has no text form.
    #[track_caller]
    pub fn watch(
        &self,
        store: &str,
        field: &str,
        callback: impl FnMut(TextChange) + Send + 'static,
    ) -> Result<Watcher, TextError> {
        let caller = Location::caller();
        select::<S, _>(
            store,
            field,
            WatchText {
                store: self.store,
                callback,
                caller,
            },
        )
    }

    fn writer(&self, caller: &'static Location<'static>) -> TextWriter<'_, S> {
        let writer = Writer::new(self.store, self.origin.clone());
        TextWriter { writer, caller }
    }
}

impl<S: Stores> fmt::Debug for Text<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Text")
            .field("stores", &self.stores())
            .finish_non_exhaustive()
    }
}

fn form<M: Model, T>(field: Field<M, T>) -> Result<TextForm<T>, TextError> {
    field.text().ok_or(TextError::NoTextForm {
        store: M::NAME,
        field: field.info().name,
        type_name: type_name::<T>(),
    })
}

fn read<M: Model, T>(field: Field<M, T>, form: TextForm<T>, value: &T) -> Result<Value, TextError> {
    (form.read)(value).map_err(|source| TextError::Unreadable {
        store: M::NAME,
        field: field.info().name,
        source,
    })
}

/// Makes sure that a field is not computed from others.
fn writable<M: Model, T>(field: Field<M, T>) -> Result<(), TextError> {
    let FieldInfo {
        name, derived_from, ..
    } = field.info();
    match derived_from {
        [] => Ok(()),
        inputs => Err(TextError::Derived {
            store: M::NAME,
            field: name,
            inputs,
        }),
    }
}

/// Writes in the name of a source line of the program.
struct TextWriter<'a, S: Stores> {
    writer: Writer<'a, S>,
    caller: &'static Location<'static>,
}

impl<S: Stores> TextWriter<'_, S> {
    fn write<M: Model>(
        self,
        field: &str,
        write: impl FnOnce(&mut M::Draft<'_>),
    ) -> Result<(), TextError>
    where
        S: Holds<M>,
    {
        let staged = |transaction: &mut Transaction<'_, S>| -> Result<(), Infallible> {
            write(transaction.on(StoreName::<M>::new()));
            Ok(())
        };
        self.writer
            .write(self.caller, staged)
            .map_err(|source| TextError::Write {
                store: M::NAME,
                field: field.to_owned(),
                source,
            })
    }
}

struct Read<'a, S: Stores>(&'a Store<S>);

impl<S: Stores> Operation<S> for Read<'_, S> {
    type Answer = Value;

    fn on_field<M: Model, T: Clone + Send + Sync + 'static>(
        self,
        field: Field<M, T>,
    ) -> Result<Value, TextError>
    where
        S: Holds<M>,
    {
        read(
            field,
            form(field)?,
            field.get(&self.0.snapshot(StoreName::<M>::new())),
        )
    }

    fn on_runtime_key<M: Model>(
        self,
        keys: Field<M, RuntimeKeys>,
        key: &str,
    ) -> Result<Value, TextError>
    where
        S: Holds<M>,
    {
        let snapshot = self.0.snapshot(StoreName::<M>::new());
        Ok(keys.get(&snapshot).get(key).cloned().unwrap_or_default())
    }
}

struct Write<'a, S: Stores> {
    writer: TextWriter<'a, S>,
    value: Value,
}

impl<S: Stores> Operation<S> for Write<'_, S> {
    type Answer = ();

    fn on_field<M: Model, T: Clone + Send + Sync + 'static>(
        self,
        field: Field<M, T>,
    ) -> Result<(), TextError>
    where
        S: Holds<M>,
    {
        writable(field)?;
        let value = (form(field)?.parse)(self.value).map_err(|source| TextError::WrongType {
            store: M::NAME,
            field: field.info().name,
            type_name: type_name::<T>(),
            source,
        })?;
        let write = |draft: &mut M::Draft<'_>| field.draft(draft).set(value);
        self.writer.write::<M>(field.info().name, write)
    }

    fn on_runtime_key<M: Model>(
        self,
        keys: Field<M, RuntimeKeys>,
        key: &str,
    ) -> Result<(), TextError>
    where
        S: Holds<M>,
    {
        self.writer.write::<M>(key, |draft| {
            keys.draft(draft).insert(key.into(), self.value);
        })
    }
}

struct Reset<'a, S: Stores>(TextWriter<'a, S>);

impl<S: Stores> Operation<S> for Reset<'_, S> {
    type Answer = ();

    fn on_field<M: Model, T: Clone + Send + Sync + 'static>(
        self,
        field: Field<M, T>,
    ) -> Result<(), TextError>
    where
        S: Holds<M>,
    {
        writable(field)?;
        let reset = |draft: &mut M::Draft<'_>| field.draft(draft).set(field.default_value());
        self.0.write::<M>(field.info().name, reset)
    }

    fn on_runtime_key<M: Model>(
        self,
        keys: Field<M, RuntimeKeys>,
        key: &str,
    ) -> Result<(), TextError>
    where
        S: Holds<M>,
    {
        self.0.write::<M>(key, |draft| {
            keys.draft(draft).remove(key);
        })
    }
}

struct WatchText<'a, S: Stores, F> {
    store: &'a Store<S>,
    callback: F,
    caller: &'static Location<'static>,
}

impl<S: Stores, F: FnMut(TextChange) + Send + 'static> Operation<S> for WatchText<'_, S, F> {
    type Answer = Watcher;

    fn on_field<M: Model, T: Clone + Send + Sync + 'static>(
        self,
        field: Field<M, T>,
    ) -> Result<Watcher, TextError>
    where
        S: Holds<M>,
    {
        let (form, mut callback) = (form(field)?, self.callback);
        read(
            field,
            form,
            field.get(&self.store.snapshot(StoreName::<M>::new())),
        )?;
        // A value that cannot be told as JSON later on is told as null.
        let told = move |value: &T| read(field, form, value).unwrap_or_default();
        let watch = field.watch(move |change| {
            callback(TextChange {
                new: told(change.value()),
                old: change.old().map(&told),
                revision: change.revision(),
                origin: change.origin().cloned(),
            });
        });
        Ok(self.store.watch_at(self.caller, watch))
    }

    fn on_runtime_key<M: Model>(
        self,
        keys: Field<M, RuntimeKeys>,
        key: &str,
    ) -> Result<Watcher, TextError>
    where
        S: Holds<M>,
    {
        let mut callback = self.callback;
        let watch = keys.key(key.into()).watch(move |change| {
            callback(TextChange {
                new: change.value().cloned().unwrap_or_default(),
                old: (!change.is_initial()).then(|| change.old().cloned().unwrap_or_default()),
                revision: change.revision(),
                origin: change.origin().cloned(),
            });
        });
        Ok(self.store.watch_at(self.caller, watch))
    }
}
