//! The state of the test program as plain data, and what differs between two states.
//!
//! Std collections only; knows nothing of the store.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

/// A float that equals itself, also when it is not a number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Num(pub(crate) f64);

impl PartialEq for Num {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 || (self.0.is_nan() && other.0.is_nan())
    }
}

/// What stands under the keys of a set.
pub(crate) const PRESENT: Num = Num(0.0);

/// Entries by key; a set's keys all hold [`PRESENT`].
pub(crate) type Entries = BTreeMap<String, Num>;

/// What differs under one key: the key, its value before and its value after.
pub(crate) type KeyDelta = (String, Option<Num>, Option<Num>);

/// The value of any field.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Flag(bool),
    Nick(Option<String>),
    Level(Num),
    Keyed(Entries),
    Lines(Vec<u8>),
    /// The values of several fields.
    Fields(BTreeMap<Field, Value>),
}

impl Value {
    pub(crate) fn entries(&self) -> &Entries {
        match self {
            Self::Keyed(entries) => entries,
            other => panic!("{other:?} has no entries"),
        }
    }

    pub(crate) fn entries_mut(&mut self) -> &mut Entries {
        match self {
            Self::Keyed(entries) => entries,
            other => panic!("{other:?} has no entries"),
        }
    }

    fn field(&self, field: Field) -> Option<&Self> {
        match self {
            Self::Fields(fields) => fields.get(&field),
            other => panic!("{other:?} has no fields"),
        }
    }

    /// The first of these that differs; of several fields, the first of each that does.
    pub(crate) fn other_than(&self, seen: &[&Self]) -> Option<Self> {
        let Self::Fields(fields) = self else {
            let other = seen.iter().find(|seen| **seen != self);
            return other.map(|other| (*other).clone());
        };
        let others = fields.iter().filter_map(|(field, value)| {
            let seen: Vec<_> = seen.iter().filter_map(|seen| seen.field(*field)).collect();
            Some((*field, value.other_than(&seen)?))
        });
        let others: BTreeMap<_, _> = others.collect();
        (!others.is_empty()).then_some(Self::Fields(others))
    }

    /// This with each key as the first of these has it that differs there, if any does.
    pub(crate) fn other_by_key(&self, seen: &[&Self]) -> Option<Self> {
        let mut other = self.entries().clone();
        for seen in seen.iter().rev() {
            for (key, old, _) in self.key_deltas(Some(seen)).unwrap_or_default() {
                match old {
                    Some(old) => drop(other.insert(key, old)),
                    None => drop(other.remove(&key)),
                }
            }
        }
        let other = Self::Keyed(other);
        (other != *self).then_some(other)
    }

    /// This; of several fields, those that the other has too.
    pub(crate) fn among(self, other: &Self) -> Self {
        match (self, other) {
            (Self::Fields(mut fields), Self::Fields(others)) => {
                fields.retain(|field, _| others.contains_key(field));
                Self::Fields(fields)
            }
            (this, _) => this,
        }
    }

    /// This; of several fields, those too that only the other has.
    pub(crate) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Fields(mut fields), Self::Fields(others)) => {
                for (field, value) in others {
                    fields.entry(field).or_insert(value);
                }
                Self::Fields(fields)
            }
            (this, _) => this,
        }
    }

    /// What differs from `old`, key by key, if the value has keys.
    pub(crate) fn key_deltas(&self, old: Option<&Self>) -> Option<Vec<KeyDelta>> {
        let Self::Keyed(new) = self else { return None };
        let none = Entries::new();
        let old = old.map_or(&none, Self::entries);
        let mut keys: Vec<_> = old.keys().chain(new.keys()).collect();
        keys.sort();
        keys.dedup();
        let deltas = keys
            .into_iter()
            .map(|key| (key.clone(), old.get(key).copied(), new.get(key).copied()));
        Some(deltas.filter(|(_, old, new)| old != new).collect())
    }
}

/// Whether a value has a number that JSON cannot say.
pub(crate) fn is_unspeakable(value: &Value) -> bool {
    match value {
        Value::Level(level) => level.0.is_nan(),
        Value::Keyed(entries) => entries.values().any(|value| value.0.is_nan()),
        _ => false,
    }
}

/// The named stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    Desk,
    Room,
    Shelf,
}

impl Name {
    pub(crate) const ALL: [Self; 3] = [Self::Desk, Self::Room, Self::Shelf];

    /// The fields, in the order they are declared.
    pub(crate) fn fields(self) -> &'static [Field] {
        match self {
            Self::Desk => &Field::ALL[..4],
            Self::Room => &Field::ALL[4..9],
            Self::Shelf => &Field::ALL[9..],
        }
    }
}

/// The fields of all named stores, in the order they are declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Field {
    Online,
    Nick,
    Level,
    Names,
    Notes,
    Tags,
    Lines,
    Locked,
    /// Keys that are only known at run time.
    Extras,
    Price,
    Stock,
    /// Derived: whether the price is above zero.
    Dear,
    /// Folded: how much of the stock is not a number.
    Gaps,
    /// Derived from derived fields: whether it is dear and has gaps.
    Alarm,
}

impl Field {
    pub(crate) const ALL: [Self; 14] = [
        Self::Online,
        Self::Nick,
        Self::Level,
        Self::Names,
        Self::Notes,
        Self::Tags,
        Self::Lines,
        Self::Locked,
        Self::Extras,
        Self::Price,
        Self::Stock,
        Self::Dear,
        Self::Gaps,
        Self::Alarm,
    ];

    /// Those that can be written: all but the derived ones.
    pub(crate) const WRITTEN: [Self; 11] = [
        Self::Online,
        Self::Nick,
        Self::Level,
        Self::Names,
        Self::Notes,
        Self::Tags,
        Self::Lines,
        Self::Locked,
        Self::Extras,
        Self::Price,
        Self::Stock,
    ];

    pub(crate) fn of(self) -> Name {
        match self {
            field if field <= Self::Names => Name::Desk,
            field if field <= Self::Extras => Name::Room,
            _ => Name::Shelf,
        }
    }

    /// The names of its store and its own, as text.
    pub(crate) fn text(self) -> (&'static str, &'static str) {
        match self {
            Self::Online => ("desk", "online"),
            Self::Nick => ("desk", "nick"),
            Self::Level => ("desk", "level"),
            Self::Names => ("desk", "names"),
            Self::Notes => ("room", "notes"),
            Self::Tags => ("room", "tags"),
            Self::Lines => ("room", "lines"),
            Self::Locked => ("room", "locked"),
            Self::Extras => ("room", "extras"),
            Self::Price => ("shelf", "price"),
            Self::Stock => ("shelf", "stock"),
            Self::Dear => ("shelf", "dear"),
            Self::Gaps => ("shelf", "gaps"),
            Self::Alarm => ("shelf", "alarm"),
        }
    }

    pub(crate) fn default_value(self) -> Value {
        match self {
            Self::Online | Self::Dear | Self::Alarm => Value::Flag(false),
            Self::Nick => Value::Nick(None),
            Self::Level | Self::Price | Self::Gaps => Value::Level(Num(0.0)),
            Self::Names | Self::Notes | Self::Tags | Self::Extras | Self::Stock => {
                Value::Keyed(Entries::new())
            }
            Self::Lines => Value::Lines(Vec::new()),
            Self::Locked => Value::Flag(true),
        }
    }

    /// The text form of a value of this field.
    pub(crate) fn json(self, value: &Value) -> Json {
        match value {
            Value::Flag(flag) => json!(flag),
            Value::Nick(nick) => json!(nick),
            Value::Level(level) => json!(level.0),
            Value::Keyed(entries) if self == Self::Tags => {
                json!(entries.keys().collect::<Vec<_>>())
            }
            Value::Keyed(entries) => entries
                .iter()
                .map(|(key, value)| (key.clone(), json!(value.0)))
                .collect(),
            Value::Lines(lines) => json!(lines),
            Value::Fields(_) => panic!("{value:?} is no field's"),
        }
    }
}

/// The text form of what stands under a key that is only known at run time: null if nothing does, or
/// no number.
pub(crate) fn json_under(num: Option<Num>) -> Json {
    num.map_or(Json::Null, |num| json!(num.0))
}

/// The values of all fields.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct State(pub(crate) [Value; 14]);

impl State {
    pub(crate) fn new() -> Self {
        Self(Field::ALL.map(Field::default_value))
    }

    pub(crate) fn get(&self, field: Field) -> &Value {
        &self.0[field as usize]
    }

    pub(crate) fn get_mut(&mut self, field: Field) -> &mut Value {
        &mut self.0[field as usize]
    }

    /// Computes the derived fields from what they are derived from.
    pub(crate) fn derive(&mut self) {
        let is_dear = matches!(self.get(Field::Price), Value::Level(price) if price.0 > 0.0);
        let stock = self.get(Field::Stock).entries();
        let gaps = stock.values().filter(|value| value.0.is_nan()).count();
        *self.get_mut(Field::Dear) = Value::Flag(is_dear);
        *self.get_mut(Field::Gaps) = Value::Level(Num(gaps as f64));
        *self.get_mut(Field::Alarm) = Value::Flag(is_dear && gaps > 0);
    }

    /// The values of some fields.
    pub(crate) fn only(&self, fields: &[Field]) -> Value {
        let only = fields
            .iter()
            .map(|field| (*field, self.get(*field).clone()));
        Value::Fields(only.collect())
    }

    /// The values of one named store.
    pub(crate) fn of(&self, name: Name) -> Vec<Value> {
        name.fields()
            .iter()
            .map(|field| self.get(*field).clone())
            .collect()
    }

    /// The fields that differ from `old`, in the order they are declared.
    pub(crate) fn changed(&self, old: &Self) -> Vec<Field> {
        let differs = |field: &Field| self.get(*field) != old.get(*field);
        Field::ALL.into_iter().filter(differs).collect()
    }
}
