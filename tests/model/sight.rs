//! What a reader can read of a state: fields of every kind, what is derived from them, and a view.
//!
//! Found from plain data; knows nothing of the store.

use crate::plain::{Entries, Field, Num, State, Value};

/// What a reader reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Field(Field),
    /// What the key `a` of the stock holds.
    KeyOfStock,
    /// What stands under `a`, which is only known at run time.
    RuntimeKey,
    /// The same, by text names.
    RuntimeKeyByText,
    /// The notes, by text names.
    NotesByText,
    /// Derived at run time: how many names and notes there are, and the level on top.
    Total,
    /// Derived at run time from that and a derived field.
    Loud,
    /// A view: the stock that is not below the level.
    View,
}

impl Source {
    pub(crate) const ALL: [Self; 16] = [
        Self::Field(Field::Level),
        Self::Field(Field::Names),
        Self::Field(Field::Notes),
        Self::Field(Field::Tags),
        Self::Field(Field::Lines),
        Self::Field(Field::Stock),
        Self::Field(Field::Gaps),
        Self::Field(Field::Alarm),
        Self::KeyOfStock,
        Self::Field(Field::Extras),
        Self::RuntimeKey,
        Self::RuntimeKeyByText,
        Self::NotesByText,
        Self::Total,
        Self::Loud,
        Self::View,
    ];

    /// What [`near_writes`](crate::strategy::near_writes) write, and what is made of that.
    pub(crate) const NEAR: [Self; 8] = [
        Self::Field(Field::Level),
        Self::Field(Field::Stock),
        Self::KeyOfStock,
        Self::RuntimeKey,
        Self::RuntimeKeyByText,
        Self::Total,
        Self::Loud,
        Self::View,
    ];

    /// What it shows of a state.
    pub(crate) fn of(self, state: &State) -> Value {
        let stock = state.get(Field::Stock).entries();
        match self {
            Self::Field(field) => state.get(field).clone(),
            Self::KeyOfStock => under_a(stock),
            Self::RuntimeKey | Self::RuntimeKeyByText => {
                under_a(state.get(Field::Extras).entries())
            }
            Self::NotesByText => state.get(Field::Notes).clone(),
            Self::Total => Value::Level(Num(total(state))),
            Self::Loud => {
                let is_alarmed = *state.get(Field::Alarm) == Value::Flag(true);
                Value::Flag(is_alarmed || total(state) > 2.0)
            }
            Self::View => Value::Keyed(not_below(state.get(Field::Level), stock)),
        }
    }

    /// How what it shows is told: text says null of what is not there, and of what is no number.
    pub(crate) fn told(self, shown: Value) -> Value {
        match (self, shown) {
            (Self::RuntimeKeyByText, Value::Keyed(mut under_a)) => {
                under_a.retain(|_, value| !value.0.is_nan());
                Value::Keyed(under_a)
            }
            (_, shown) => shown,
        }
    }

    pub(crate) fn is_by_text(self) -> bool {
        matches!(self, Self::RuntimeKeyByText | Self::NotesByText)
    }

    /// Whether it is one key of something.
    pub(crate) fn is_key(self) -> bool {
        matches!(
            self,
            Self::KeyOfStock | Self::RuntimeKey | Self::RuntimeKeyByText
        )
    }

    /// Whether a commit is one that the reader has to look at.
    pub(crate) fn is_reached(self, before: &State, after: &State) -> bool {
        let differs = |field| before.get(field) != after.get(field);
        match self {
            Self::View => differs(Field::Stock) || differs(Field::Level),
            source => source.of(before) != source.of(after),
        }
    }
}

fn under_a(entries: &Entries) -> Value {
    let under_a = entries.get("a").map(|value| ("a".to_owned(), *value));
    Value::Keyed(under_a.into_iter().collect())
}

fn total(state: &State) -> f64 {
    let count = |field| state.get(field).entries().len();
    let level = match state.get(Field::Level) {
        Value::Level(level) => level.0,
        other => panic!("{other:?} is no level"),
    };
    (count(Field::Names) + count(Field::Notes)) as f64 + level
}

fn not_below(level: &Value, stock: &Entries) -> Entries {
    let is_below = |value: &Num| matches!(level, Value::Level(level) if value.0 < level.0);
    let kept = stock.iter().filter(|(_, value)| !is_below(value));
    kept.map(|(key, value)| (key.clone(), *value)).collect()
}
