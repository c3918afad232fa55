//! States and diffs from outside: what serde takes for one is one, a diff fits a state or says why not and changes nothing,
//! and what it makes has the difference it says.

use std::fmt::Debug;

use arbitrary::{Arbitrary, Result, Unstructured};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use store::{DiffMismatch, List, ListDiff, Map, MapDiff, Model, OrdMap, Set, SetDiff, Store};

use crate::json::{drawn, json, key};

/// A named store that goes through serde as a whole.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Model)]
#[serde(default)]
struct Shelf {
    map: Map<u8, u8>,
    sorted: OrdMap<u8, u8>,
    set: Set<u8>,
    list: List<u8>,
}

/// What the fields of a shelf have in common.
trait Diffed: Clone + Debug + PartialEq + Serialize + DeserializeOwned {
    type Diff: Clone + Debug + PartialEq + Serialize + DeserializeOwned;

    fn diff(&self, old: &Self) -> Self::Diff;
    fn apply(&mut self, diff: &Self::Diff) -> std::result::Result<(), DiffMismatch>;
    fn invert(diff: Self::Diff) -> Self::Diff;
    fn compose(first: Self::Diff, then: Self::Diff) -> Self::Diff;
}

macro_rules! diffed {
    ($($Collection:ty => $Diff:ty),*) => {$(
        impl Diffed for $Collection {
            type Diff = $Diff;

            fn diff(&self, old: &Self) -> $Diff {
                self.diff(old)
            }

            fn apply(&mut self, diff: &$Diff) -> std::result::Result<(), DiffMismatch> {
                self.apply(diff)
            }

            fn invert(diff: $Diff) -> $Diff {
                diff.invert()
            }

            fn compose(first: $Diff, then: $Diff) -> $Diff {
                first.compose(then)
            }
        }
    )*};
}
diffed!(
    Map<u8, u8> => MapDiff<u8, u8>,
    OrdMap<u8, u8> => MapDiff<u8, u8>,
    Set<u8> => SetDiff<u8>,
    List<u8> => ListDiff<u8>
);

/// Decodes a state and two diffs of each kind, and makes the diffs of the state.
pub fn diffs(bytes: &[u8]) {
    // As a whole it is text that somebody made up; its parts are nearly right.
    if let Ok(text) = std::str::from_utf8(bytes) {
        round_trip::<Shelf>(serde_json::from_str(text).ok());
        round_trip::<MapDiff<u8, u8>>(serde_json::from_str(text).ok());
        round_trip::<SetDiff<u8>>(serde_json::from_str(text).ok());
        round_trip::<ListDiff<u8>>(serde_json::from_str(text).ok());
    }
    // Where the bytes end there is nothing more to try.
    let _ = drawn_diffs(&mut Unstructured::new(bytes));
}

fn drawn_diffs(bytes: &mut Unstructured<'_>) -> Result<()> {
    let entries = |bytes: &mut Unstructured<'_>| -> Result<Value> {
        Ok(Value::Object(
            drawn(bytes, |bytes| Ok((key(bytes)?, number(bytes)?)))?
                .into_iter()
                .collect(),
        ))
    };
    let items =
        |bytes: &mut Unstructured<'_>| -> Result<Value> { Ok(drawn(bytes, number)?.into()) };
    let shelf = json!({
        "map": entries(bytes)?,
        "sorted": entries(bytes)?,
        "set": items(bytes)?,
        "list": items(bytes)?,
    });
    let shelf = round_trip::<Shelf>(serde_json::from_value(shelf).ok()).unwrap_or_default();
    for _ in 0..4 {
        let map = [map_diff(bytes)?, map_diff(bytes)?];
        laws(&shelf.map, &map);
        laws(&shelf.sorted, &map);
        laws(&shelf.set, &[set_diff(bytes)?, set_diff(bytes)?]);
        laws(&shelf.list, &[list_diff(bytes)?, list_diff(bytes)?]);
    }
    // A state that was decoded is one like any other.
    let store = Store::<Shelf>::new();
    store.update(SHELF, |draft| {
        draft.map.set(shelf.map.clone());
        draft.sorted.set(shelf.sorted.clone());
        draft.set.set(shelf.set.clone());
        draft.list.set(shelf.list.clone());
    });
    let snapshot = store.snapshot(SHELF);
    assert_eq!(*snapshot, shelf);
    assert_eq!(snapshot.revision(), u64::from(shelf != Shelf::default()));
    let written = serde_json::to_value(&snapshot).ok();
    assert_eq!(written, serde_json::to_value(&shelf).ok());
    Ok(())
}

/// Mostly a small number.
fn number(bytes: &mut Unstructured<'_>) -> Result<Value> {
    match bytes.ratio(15, 16)? {
        true => Ok((u8::arbitrary(bytes)? % 16).into()),
        false => json(bytes),
    }
}

fn map_diff(bytes: &mut Unstructured<'_>) -> Result<Value> {
    let changes = drawn(bytes, |bytes| {
        let (key, old, new) = (number(bytes)?, number(bytes)?, number(bytes)?);
        Ok(match bytes.int_in_range(0..=2)? {
            0 => json!({"inserted": {"key": key, "value": new}}),
            1 => json!({"updated": {"key": key, "old": old, "new": new}}),
            _ => json!({"removed": {"key": key, "old": old}}),
        })
    })?;
    Ok(changes.into())
}

fn set_diff(bytes: &mut Unstructured<'_>) -> Result<Value> {
    let changes = drawn(bytes, |bytes| {
        let kind = *bytes.choose(&["inserted", "removed"])?;
        Ok(json!({ kind: number(bytes)? }))
    })?;
    Ok(changes.into())
}

fn list_diff(bytes: &mut Unstructured<'_>) -> Result<Value> {
    let edits = drawn(bytes, |bytes| {
        let (index, to) = (number(bytes)?, number(bytes)?);
        let (old, new) = (number(bytes)?, number(bytes)?);
        Ok(match bytes.int_in_range(0..=5)? {
            0 => json!({"insert": {"index": index, "value": new}}),
            1 => json!({"remove": {"index": index, "old": old}}),
            2 => json!({"set": {"index": index, "old": old, "new": new}}),
            3 => json!({"append": {"len": index, "values": drawn(bytes, number)?}}),
            4 => json!({"truncate": {"len": index, "removed": drawn(bytes, number)?}}),
            _ => json!({"move": {"from": index, "to": to}}),
        })
    })?;
    Ok(edits.into())
}

/// What was decoded is decoded again from how it is encoded.
fn round_trip<T: Debug + PartialEq + Serialize + DeserializeOwned>(
    decoded: Option<T>,
) -> Option<T> {
    let decoded = decoded?;
    let json = serde_json::to_string(&decoded).expect("what was decoded is encoded");
    let again: T = serde_json::from_str(&json).expect("what is encoded is decoded");
    assert_eq!(again, decoded, "{json}");
    Some(decoded)
}

/// T5
fn laws<C: Diffed>(state: &C, diffs: &[Value; 2]) {
    let decoded = |diff: &Value| round_trip::<C::Diff>(serde_json::from_value(diff.clone()).ok());
    let [first, second] = diffs.each_ref().map(decoded);
    let Some((first, between)) =
        first.and_then(|diff| Some((diff.clone(), applied(state, &diff)?)))
    else {
        return;
    };
    if let Some(second) = second
        && let Some(end) = applied(&between, &second)
    {
        let both = C::compose(first, second);
        assert_eq!(
            applied(state, &both).as_ref(),
            Some(&end),
            "{both:?} of {state:?}"
        );
    }
}

/// What a diff makes of a state, if it fits.
fn applied<C: Diffed>(state: &C, diff: &C::Diff) -> Option<C> {
    let mut new = state.clone();
    if let Err(error) = new.apply(diff) {
        assert_eq!(new, *state, "what does not fit changes nothing");
        assert!(!error.to_string().is_empty());
        return None;
    }
    let mut back = new.clone();
    let inverted = C::invert(diff.clone());
    assert_eq!(C::invert(inverted.clone()), *diff, "twice inverted");
    back.apply(&inverted).expect("what was made can be unmade");
    assert_eq!(back, *state, "{diff:?} and back");
    let told = round_trip(Some(new.diff(state))).expect("it was given");
    let mut again = state.clone();
    again
        .apply(&told)
        .expect("a difference fits what it is one of");
    assert_eq!(again, new, "{told:?}");
    Some(new)
}
