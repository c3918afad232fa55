//! The test program's named stores, as a program would declare and write them.

use std::ops::DerefMut;

use serde_json::{Value as Json, json};
use store::{
    Change, Draft, List, Map, Model, OrdMap, RuntimeKey, RuntimeKeys, Set, SnapshotAll, Stores,
};

use crate::{
    named::Named as _,
    plain::{Entries, Field, Name, Num, PRESENT, State, Value},
    program::{LineStep, Step},
};

/// A named store of plain values and a map.
#[derive(Debug, Model)]
pub(crate) struct Desk {
    /// A flag.
    pub online: bool,
    /// An optional value.
    pub nick: Option<String>,
    /// A float.
    pub level: f64,
    /// A map.
    pub names: Map<String, f64>,
}

/// A named store of collections, keys that are only known at run time, and a flag that is on by
/// default.
#[derive(Debug, Model)]
pub(crate) struct Room {
    /// An ordered map.
    pub notes: OrdMap<String, f64>,
    /// A set.
    pub tags: Set<String>,
    /// A list.
    pub lines: List<u8>,
    /// A flag.
    #[model(default = true)]
    pub locked: bool,
    /// What text access finds by names that are no fields.
    #[model(runtime_keys)]
    pub extras: RuntimeKeys,
}

/// A named store of which half is derived from the other.
#[derive(Debug, Model)]
pub(crate) struct Shelf {
    /// A float.
    pub price: f64,
    /// A map.
    pub stock: Map<String, f64>,
    /// Derived.
    #[model(derived = is_dear(price))]
    pub dear: bool,
    /// Folded.
    #[model(folded = gaps(stock))]
    pub gaps: f64,
    /// Derived from both.
    #[model(derived = alarm(dear, gaps))]
    pub alarm: bool,
}

fn is_dear(price: &f64) -> bool {
    *price > 0.0
}

fn gaps(last: f64, stock: Change<'_, Map<String, f64>>) -> f64 {
    let is_gap = |value: Option<&&f64>| value.is_some_and(|value| value.is_nan());
    stock.changes().fold(last, |gaps, change| {
        gaps + f64::from(is_gap(change.new())) - f64::from(is_gap(change.old()))
    })
}

fn alarm(dear: &bool, gaps: &f64) -> bool {
    *dear && *gaps > 0.0
}

/// All of them.
#[derive(Debug, Stores)]
pub(crate) struct App {
    /// The desk.
    pub desk: Desk,
    /// The room.
    pub room: Room,
    /// The shelf.
    pub shelf: Shelf,
}

/// A field's value that can be told as plain data and made of it.
pub(crate) trait Plain: Sized {
    fn plain(&self) -> Value;
    fn real(value: &Value) -> Self;
}

/// Declares how a type becomes plain data and comes back.
macro_rules! plain {
    ($($Real:ty: $Kind:ident, $to:expr, $from:expr;)+) => {$(
        impl Plain for $Real {
            fn plain(&self) -> Value {
                let to: fn(&Self) -> _ = $to;
                Value::$Kind(to(self))
            }

            fn real(value: &Value) -> Self {
                let Value::$Kind(value) = value else {
                    panic!("{value:?} is no {}", stringify!($Real));
                };
                let from: fn(&_) -> Self = $from;
                from(value)
            }
        }
    )+};
}

plain! {
    bool: Flag, |flag| *flag, |flag| *flag;
    Option<String>: Nick, Clone::clone, Clone::clone;
    f64: Level, |level| Num(*level), |level: &Num| level.0;
    Map<String, f64>: Keyed, |map| entries(map.iter()), |entries| reals(entries).collect();
    OrdMap<String, f64>: Keyed, |map| entries(map.iter()), |entries| reals(entries).collect();
    RuntimeKeys: Keyed, |map| entries(map.iter()), |entries| reals(entries).collect();
    Set<String>: Keyed,
        |set| set.iter().map(|key| (key.clone(), PRESENT)).collect(),
        |entries: &Entries| entries.keys().cloned().collect();
    List<u8>: Lines, |list| list.iter().copied().collect(), |lines: &Vec<u8>| lines.iter().copied().collect();
}

/// What stands under the keys of a map.
pub(crate) trait Cell {
    fn num(&self) -> Num;
    fn cell(num: Num) -> Self;
}

impl Cell for f64 {
    fn num(&self) -> Num {
        Num(*self)
    }

    fn cell(num: Num) -> Self {
        num.0
    }
}

/// JSON says null of what is not a number.
impl Cell for Json {
    fn num(&self) -> Num {
        Num(self.as_f64().unwrap_or(f64::NAN))
    }

    fn cell(num: Num) -> Self {
        json!(num.0)
    }
}

pub(crate) fn entries<'a, K: ToString + 'a, V: Cell + 'a>(
    entries: impl Iterator<Item = (&'a K, &'a V)>,
) -> Entries {
    entries
        .map(|(key, value)| (key.to_string(), value.num()))
        .collect()
}

fn reals<K: From<String>, V: Cell>(entries: &Entries) -> impl Iterator<Item = (K, V)> {
    entries
        .iter()
        .map(|(key, value)| (key.clone().into(), V::cell(*value)))
}

pub(crate) fn plain_state(all: &SnapshotAll<App>) -> State {
    let values = [all[DESK].plain(), all[ROOM].plain(), all[SHELF].plain()].concat();
    State(values.try_into().expect("every field is there"))
}

/// Replaces the value with the draft's verb, or past its record.
fn replace<T: Plain + Clone + 'static>(step: &Step, draft: &mut Draft<'_, T>) {
    match step {
        Step::ResetField(field) => draft.set(T::real(&field.default_value())),
        Step::Set(_, value) => draft.set(T::real(value)),
        Step::Assign(_, value) => **draft = T::real(value),
        _ => panic!("{step:?} is no step of this field"),
    }
}

fn flip_or_replace(step: &Step, draft: &mut Draft<'_, bool>) {
    match step {
        Step::Flip(_) => **draft = !**draft,
        step => replace(step, draft),
    }
}

macro_rules! write_map {
    ($name:ident, $Map:ident<$Key:ty, $Cell:ty>) => {
        fn $name(step: &Step, draft: &mut Draft<'_, $Map<$Key, $Cell>>) {
            match step {
                Step::Insert(_, key, value) => {
                    draft.insert(key.clone().into(), <$Cell>::cell(*value));
                }
                Step::InsertPast(_, key, value) => {
                    draft
                        .deref_mut()
                        .insert(key.clone().into(), <$Cell>::cell(*value));
                }
                Step::Remove(_, key) => drop(draft.remove(key.as_str())),
                Step::GetMut(_, key, value) => {
                    if let Some(old) = draft.get_mut(key.as_str()) {
                        *old = <$Cell>::cell(*value);
                    }
                }
                Step::Extend(_, more) => draft.extend(reals(more)),
                Step::RetainBefore(_, end) => draft.retain(|key, _| key.as_str() < end.as_str()),
                Step::Clear(_) => draft.clear(),
                step => replace(step, draft),
            }
        }
    };
}

write_map!(write_names, Map<String, f64>);
write_map!(write_notes, OrdMap<String, f64>);
write_map!(write_extras, Map<RuntimeKey, Json>);

fn write_tags(step: &Step, draft: &mut Draft<'_, Set<String>>) {
    match step {
        Step::Insert(_, key, _) => drop(draft.insert(key.clone())),
        Step::InsertPast(_, key, _) => drop(draft.deref_mut().insert(key.clone())),
        Step::Remove(_, key) => drop(draft.remove(key)),
        Step::Extend(_, more) => draft.extend(more.keys().cloned()),
        Step::RetainBefore(_, end) => draft.retain(|key| key < end),
        Step::Clear(_) => draft.clear(),
        step => replace(step, draft),
    }
}

fn write_lines(step: &Step, draft: &mut Draft<'_, List<u8>>) {
    let Step::Line(step) = step else {
        return replace(step, draft);
    };
    let len = draft.len();
    match *step {
        LineStep::PushBack(line) => draft.push_back(line),
        LineStep::PushFront(line) => draft.push_front(line),
        LineStep::Insert(at, line) if at <= len => draft.insert(at, line),
        LineStep::Replace(at, line) if at < len => drop(draft.replace(at, line)),
        LineStep::Remove(at) if at < len => drop(draft.remove(at)),
        LineStep::Move(from, to) if from < len && to < len => draft.move_item(from, to),
        LineStep::Truncate(to) => draft.truncate(to),
        _ => {}
    }
}

/// Does a step of one field to the desk.
pub(crate) fn write_desk(step: &Step, desk: &mut DeskDraft<'_>) {
    match step.field() {
        Some(Field::Online) => flip_or_replace(step, &mut desk.online),
        Some(Field::Nick) => replace(step, &mut desk.nick),
        Some(Field::Level) => replace(step, &mut desk.level),
        Some(Field::Names) => write_names(step, &mut desk.names),
        _ => panic!("{step:?} does not write the desk"),
    }
}

/// Does a step of one field to the room.
pub(crate) fn write_room(step: &Step, room: &mut RoomDraft<'_>) {
    match step.field() {
        Some(Field::Notes) => write_notes(step, &mut room.notes),
        Some(Field::Tags) => write_tags(step, &mut room.tags),
        Some(Field::Lines) => write_lines(step, &mut room.lines),
        Some(Field::Locked) => flip_or_replace(step, &mut room.locked),
        Some(Field::Extras) => write_extras(step, &mut room.extras),
        _ => panic!("{step:?} does not write the room"),
    }
}

/// Does a step of one field to the shelf.
pub(crate) fn write_shelf(step: &Step, shelf: &mut ShelfDraft<'_>) {
    match step.field() {
        Some(Field::Price) => replace(step, &mut shelf.price),
        Some(Field::Stock) => write_names(step, &mut shelf.stock),
        _ => panic!("{step:?} does not write the shelf"),
    }
}

/// The field of a named store that the store itself describes so.
pub(crate) fn field_named(store: &str, info: store::FieldInfo) -> Field {
    let name = match store {
        Desk::NAME => Name::Desk,
        Room::NAME => Name::Room,
        _ => Name::Shelf,
    };
    name.fields()[info.index]
}
