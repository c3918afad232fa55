//! What a reader can read of a state: fields of every kind, by themselves and together, parts of them,
//! what is derived from them, and a view.
//!
//! Found from plain data; knows nothing of the store.

use crate::plain::{Entries, Field, Name, Num, State, Value};

/// What a reader reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Field(Field),
    /// What the key `a` of the stock holds.
    KeyOfStock,
    /// The notes of which the key is `a`, or begins with it.
    RangeOfNotes,
    /// What stands under `a`, which is only known at run time.
    RuntimeKey,
    /// The same, by text names.
    RuntimeKeyByText,
    /// The notes, by text names.
    NotesByText,
    /// Two fields of the room.
    NotesAndExtras,
    /// All fields of a named store.
    Any(Name),
    /// All commits, with what they changed.
    Commits,
    /// A projection of the desk: its level.
    Projection,
    /// Derived at run time: how many names and notes there are, and the level on top.
    Total,
    /// Derived at run time from that and a derived field.
    Loud,
    /// A view: the stock that is not below the level.
    View,
}

impl Source {
    pub(crate) const ALL: [Self; 22] = [
        Self::Field(Field::Level),
        Self::Field(Field::Names),
        Self::Field(Field::Notes),
        Self::Field(Field::Tags),
        Self::Field(Field::Lines),
        Self::Field(Field::Stock),
        Self::Field(Field::Gaps),
        Self::Field(Field::Alarm),
        Self::KeyOfStock,
        Self::RangeOfNotes,
        Self::NotesAndExtras,
        Self::Any(Name::Room),
        Self::Any(Name::Shelf),
        Self::Commits,
        Self::Projection,
        Self::Field(Field::Extras),
        Self::RuntimeKey,
        Self::RuntimeKeyByText,
        Self::NotesByText,
        Self::Total,
        Self::Loud,
        Self::View,
    ];

    /// What [`near_writes`](crate::strategy::near_writes) write, and what is made of that.
    pub(crate) const NEAR: [Self; 14] = [
        Self::Field(Field::Level),
        Self::Field(Field::Stock),
        Self::KeyOfStock,
        Self::RangeOfNotes,
        Self::NotesAndExtras,
        Self::Any(Name::Room),
        Self::Any(Name::Shelf),
        Self::Commits,
        Self::Projection,
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
            Self::RangeOfNotes => {
                let mut notes = state.get(Field::Notes).clone();
                notes.entries_mut().retain(|key, _| key.starts_with('a'));
                notes
            }
            Self::NotesAndExtras => state.only(&[Field::Notes, Field::Extras]),
            Self::Any(name) => state.only(name.fields()),
            Self::Commits => state.only(&Field::ALL),
            Self::Projection => state.get(Field::Level).clone(),
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

    /// What it showed of what a reader has seen, where that differs, the first that does: of several
    /// fields in each, and of a range under each key.
    pub(crate) fn old(self, seen: &[&Value], new: &Value) -> Option<Value> {
        match self {
            Self::RangeOfNotes => new.other_by_key(seen),
            _ => new.other_than(seen),
        }
    }

    /// How what it shows is told: text says null of what is not there, and of what is no number, and a
    /// commit only what it changed.
    pub(crate) fn told(self, old: Option<Value>, new: Value) -> (Option<Value>, Value) {
        match (self, old, new) {
            (Self::Commits, Some(Value::Fields(old)), Value::Fields(mut new)) => {
                new.retain(|field, _| old.contains_key(field));
                (None, Value::Fields(new))
            }
            (Self::RuntimeKeyByText, old, new) => (old.map(speakable), speakable(new)),
            (_, old, new) => (old, new),
        }
    }

    pub(crate) fn is_by_text(self) -> bool {
        matches!(self, Self::RuntimeKeyByText | Self::NotesByText)
    }

    /// Whether it is all of a field, a named store or the store, or derived.
    pub(crate) fn is_whole(self) -> bool {
        match self {
            Self::Field(_) | Self::Any(_) | Self::Commits | Self::Projection => true,
            Self::NotesByText | Self::Total | Self::Loud => true,
            Self::KeyOfStock | Self::RangeOfNotes | Self::NotesAndExtras => false,
            Self::RuntimeKey | Self::RuntimeKeyByText | Self::View => false,
        }
    }

    /// Whether it begins with what there is.
    pub(crate) fn is_there_at_first(self) -> bool {
        self != Self::Commits
    }

    /// Whether a commit is one that the reader has to look at.
    pub(crate) fn is_reached(self, before: &State, after: &State) -> bool {
        let differs = |field| before.get(field) != after.get(field);
        match self {
            Self::View => differs(Field::Stock) || differs(Field::Level),
            Self::Projection => Name::Desk.fields().iter().copied().any(differs),
            source => source.of(before) != source.of(after),
        }
    }
}

fn speakable(mut under_a: Value) -> Value {
    under_a.entries_mut().retain(|_, value| !value.0.is_nan());
    under_a
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
