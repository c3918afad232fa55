//! JSON of any shape, drawn from bytes.

use arbitrary::{Arbitrary, Result, Unstructured};
use serde_json::{Number, Value};

/// How deep arrays and objects go.
const DEPTH: usize = 3;

/// Draws a value; keys are short, so that they meet.
pub(crate) fn json(bytes: &mut Unstructured<'_>) -> Result<Value> {
    nested(bytes, DEPTH)
}

fn nested(bytes: &mut Unstructured<'_>, depth: usize) -> Result<Value> {
    let kinds = if depth == 0 { 6 } else { 8 };
    Ok(match bytes.int_in_range(0..=kinds - 1)? {
        0 => Value::Null,
        1 => bool::arbitrary(bytes)?.into(),
        2 => u8::arbitrary(bytes)?.into(),
        3 => i64::arbitrary(bytes)?.into(),
        4 => Number::from_f64(f64::arbitrary(bytes)?).map_or(Value::Null, Value::Number),
        5 => String::arbitrary(bytes)?.into(),
        6 => drawn(bytes, |bytes| nested(bytes, depth - 1))?.into(),
        _ => {
            let entries = drawn(bytes, |bytes| Ok((key(bytes)?, nested(bytes, depth - 1)?)))?;
            Value::Object(entries.into_iter().collect())
        }
    })
}

/// A key that a map of small numbers may have, or any other.
pub(crate) fn key(bytes: &mut Unstructured<'_>) -> Result<String> {
    match bytes.ratio(3, 4)? {
        true => Ok(u8::arbitrary(bytes)?.to_string()),
        false => String::arbitrary(bytes),
    }
}

/// As many of something as the bytes say, up to a handful.
pub(crate) fn drawn<'a, T>(
    bytes: &mut Unstructured<'a>,
    mut draw: impl FnMut(&mut Unstructured<'a>) -> Result<T>,
) -> Result<Vec<T>> {
    let len = bytes.int_in_range(0..=8)?;
    (0..len).map(|_| draw(bytes)).collect()
}
