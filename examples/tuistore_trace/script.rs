//! Scripts: calls of TUIStore, written as JSON.
//!
//! Knows their form only, not which stores and fields there are.

use std::{error::Error, fmt};

use serde::Deserialize;
use serde_json::Value;

/// One call of TUIStore.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(tag = "op", rename_all = "lowercase")]
pub(crate) enum Op {
    /// Calls the watcher with the value of each field, now and whenever it differs.
    Watch {
        store: String,
        watcher: String,
        fields: Vec<String>,
    },
    /// Ends what `Watch` began.
    Unwatch {
        store: String,
        watcher: String,
        fields: Vec<String>,
    },
    /// Writes a field. Without a value: `null`, as JavaScript's undefined.
    Update {
        store: String,
        field: String,
        #[serde(default)]
        value: Value,
    },
    /// Reads a field.
    Get { store: String, field: String },
    /// Puts a field back to its default.
    Reset { store: String, field: String },
}

/// Why a text is no script.
#[derive(Debug)]
pub(crate) enum ScriptError {
    /// It is not JSON.
    NotJson(serde_json::Error),
    /// It is JSON, but no list of calls.
    NoOps,
    /// One of the calls, counted from 1, is none.
    NoOp {
        number: usize,
        why: serde_json::Error,
    },
}

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson(why) => write!(f, "the script is not JSON: {why}"),
            Self::NoOps => {
                f.write_str("the script is neither a list of ops nor an object with a list `ops`")
            }
            Self::NoOp { number, why } => write!(f, "op {number} of the script is none: {why}"),
        }
    }
}

impl Error for ScriptError {}

/// Reads a script: an object with a list `ops`, or the bare list.
pub(crate) fn parse(text: &str) -> Result<Vec<Op>, ScriptError> {
    let script = serde_json::from_str(text).map_err(ScriptError::NotJson)?;
    let ops = match script {
        Value::Array(ops) => ops,
        Value::Object(mut script) => match script.remove("ops") {
            Some(Value::Array(ops)) => ops,
            _ => return Err(ScriptError::NoOps),
        },
        _ => return Err(ScriptError::NoOps),
    };
    (1..)
        .zip(ops)
        .map(|(number, op)| {
            serde_json::from_value(with_javascript_numbers(op))
                .map_err(|why| ScriptError::NoOp { number, why })
        })
        .collect()
}

/// JavaScript has one kind of number: `1.0` is `1`, equal to it and printed like it.
fn with_javascript_numbers(value: Value) -> Value {
    match value {
        Value::Number(number) => match number.as_f64() {
            // Every whole number in this range is one that `i64` can hold.
            Some(float) if float.fract() == 0.0 && float.abs() < 2_f64.powi(63) => {
                Value::from(float as i64)
            }
            _ => Value::Number(number),
        },
        Value::Array(items) => items.into_iter().map(with_javascript_numbers).collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(key, value)| (key, with_javascript_numbers(value)))
            .collect(),
        other => other,
    }
}
