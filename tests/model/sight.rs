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
    /// Derived at run time: how many names and notes there are.
    Total,
    /// Derived at run time from that and a derived field.
    Loud,
    /// A view: the stock that is not below the level.
    View,
}

impl Source {
    pub(crate) const ALL: [Self; 12] = [
        Self::Field(Field::Level),
        Self::Field(Field::Names),
        Self::Field(Field::Notes),
        Self::Field(Field::Tags),
        Self::Field(Field::Lines),
        Self::Field(Field::Stock),
        Self::Field(Field::Gaps),
        Self::Field(Field::Alarm),
        Self::KeyOfStock,
        Self::Total,
        Self::Loud,
        Self::View,
    ];

    /// What it shows of a state.
    pub(crate) fn of(self, state: &State) -> Value {
        let stock = state.get(Field::Stock).entries();
        match self {
            Self::Field(field) => state.get(field).clone(),
            Self::KeyOfStock => {
                let under_a = stock.get("a").map(|value| ("a".to_owned(), *value));
                Value::Keyed(under_a.into_iter().collect())
            }
            Self::Total => Value::Level(Num(total(state) as f64)),
            Self::Loud => {
                let is_alarmed = *state.get(Field::Alarm) == Value::Flag(true);
                Value::Flag(is_alarmed || total(state) > 2)
            }
            Self::View => Value::Keyed(not_below(state.get(Field::Level), stock)),
        }
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

fn total(state: &State) -> usize {
    state.get(Field::Names).entries().len() + state.get(Field::Notes).entries().len()
}

fn not_below(level: &Value, stock: &Entries) -> Entries {
    let is_below = |value: &Num| matches!(level, Value::Level(level) if value.0 < level.0);
    let kept = stock.iter().filter(|(_, value)| !is_below(value));
    kept.map(|(key, value)| (key.clone(), *value)).collect()
}
