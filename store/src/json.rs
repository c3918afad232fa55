//! How a field's type becomes JSON and comes back, for those types that can.

use std::{borrow::Borrow, fmt, sync::Arc};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{collections::Map, sync::assert_unlocked};

/// A key of a named store that is only known at run time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RuntimeKey(Arc<str>);

impl RuntimeKey {
    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<T: Into<Arc<str>>> From<T> for RuntimeKey {
    fn from(key: T) -> Self {
        Self(key.into())
    }
}

impl Borrow<str> for RuntimeKey {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RuntimeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The type of the field that holds a model's run-time keys, marked `#[model(runtime_keys)]`.
///
/// Text access finds a name there that is no field of the model.
///
/// # Examples
///
/// ```
/// use serde_json::json;
/// use store::{Model, RuntimeKeys, Store};
///
/// #[derive(Model)]
/// pub struct Custom {
///     #[model(runtime_keys)]
///     pub keys: RuntimeKeys,
/// }
///
/// let store = Store::<Custom>::new();
/// store.text().write("custom", "theme", json!("dark"))?;
/// assert_eq!(store.snapshot(CUSTOM).keys["theme"], "dark");
/// # Ok::<(), store::TextError>(())
/// ```
pub type RuntimeKeys = Map<RuntimeKey, Value>;

/// Reads a value as JSON and makes one from JSON.
#[doc(hidden)]
pub struct TextForm<T> {
    pub(crate) read: fn(&T) -> Result<Value, serde_json::Error>,
    pub(crate) parse: fn(Value) -> Result<T, serde_json::Error>,
}

impl<T> Clone for TextForm<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for TextForm<T> {}

impl<T: Serialize + DeserializeOwned> TextForm<T> {
    pub(crate) const fn new() -> Self {
        Self {
            read: |value| {
                assert_unlocked();
                serde_json::to_value(value)
            },
            parse: |value| {
                assert_unlocked();
                serde_json::from_value(value)
            },
        }
    }
}
