//! What a random program can do, as data that the store and the model both carry out.

use std::collections::VecDeque;

use crate::{
    plain::{Entries, Field, Name, Num, Value},
    settings::ReaderAct,
};

/// One step of a write closure.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// `draft.set(value)`.
    Set(Field, Value),
    /// `*draft = value`, past the draft's record.
    Assign(Field, Value),
    /// Negates a flag, so that the step always changes something.
    Flip(Field),
    Insert(Field, String, Num),
    /// The collection's own `insert`, past the draft's record.
    InsertPast(Field, String, Num),
    Remove(Field, String),
    GetMut(Field, String, Num),
    Extend(Field, Entries),
    /// Keeps the keys before this one.
    RetainBefore(Field, String),
    Clear(Field),
    Line(LineStep),
    Reset(Name),
    ResetField(Field),
    /// Begins a write inside the write, and reads there.
    Nest,
    /// Watches inside the write.
    Watch(Box<Watch>),
}

impl Step {
    /// The field that the step writes, if it is one.
    pub(crate) fn field(&self) -> Option<Field> {
        match self {
            Self::Set(field, _)
            | Self::Assign(field, _)
            | Self::Flip(field)
            | Self::Insert(field, ..)
            | Self::InsertPast(field, ..)
            | Self::Remove(field, _)
            | Self::GetMut(field, ..)
            | Self::Extend(field, _)
            | Self::RetainBefore(field, _)
            | Self::Clear(field)
            | Self::ResetField(field) => Some(*field),
            Self::Line(_) => Some(Field::Lines),
            Self::Reset(_) | Self::Nest | Self::Watch(_) => None,
        }
    }

    /// The named store that the step writes.
    pub(crate) fn store(&self) -> Option<Name> {
        match self {
            Self::Reset(name) => Some(*name),
            step => step.field().map(Field::of),
        }
    }
}

/// One edit of a list; an index beyond the list is no edit.
#[derive(Clone, Copy, Debug)]
pub(crate) enum LineStep {
    PushBack(u8),
    PushFront(u8),
    Insert(usize, u8),
    Replace(usize, u8),
    Remove(usize),
    Move(usize, usize),
    Truncate(usize),
}

/// How a write closure ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Commit,
    Fail,
    Panic,
}

/// One transaction.
#[derive(Clone, Debug)]
pub(crate) struct Write {
    pub(crate) origin: Option<&'static str>,
    pub(crate) steps: Vec<Step>,
    pub(crate) end: End,
}

/// What one callback watches.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Part {
    Field(Field),
    Key(Field, String),
    /// Notes from one key up to, and without, another.
    Range(String, String),
    /// Notes by the start of their key.
    Prefix(String),
    /// How many names there are, and how many of their values are not numbers.
    Projection,
    Together(&'static [Field]),
    Any(Name),
    Commits,
    Text(Field),
    /// What stands under a key that is only known at run time, by its name.
    RuntimeKey(String),
}

impl Part {
    /// Its place among the callbacks of one watcher.
    fn place(&self) -> usize {
        match self {
            Self::Field(field) | Self::Key(field, _) | Self::Text(field) => *field as usize,
            Self::Range(..) | Self::Prefix(_) => Field::Notes as usize,
            Self::RuntimeKey(_) => Field::Extras as usize,
            Self::Together(fields) => fields[0] as usize,
            Self::Projection | Self::Any(_) | Self::Commits => usize::MAX,
        }
    }
}

/// The shapes of watches, each of one or several callbacks.
#[derive(Clone, Debug)]
pub(crate) enum Shape {
    One(Part),
    /// The builder over all fields of a named store, named last to first.
    AllFields(Name),
    /// A tuple: any field of the desk, one of its names, and its flag and level by the builder.
    Mixed(String),
}

impl Shape {
    /// The callbacks in the order they are written down.
    fn parts(&self) -> Vec<Part> {
        match self {
            Self::One(part) => vec![part.clone()],
            Self::AllFields(name) => name
                .fields()
                .iter()
                .rev()
                .copied()
                .map(Part::Field)
                .collect(),
            Self::Mixed(key) => vec![
                Part::Any(Name::Desk),
                Part::Key(Field::Names, key.clone()),
                Part::Field(Field::Level),
                Part::Field(Field::Online),
            ],
        }
    }

    /// The callbacks in the order they are called, which is by field, each with its number.
    pub(crate) fn in_call_order(&self) -> Vec<(usize, Part)> {
        let mut parts: Vec<_> = self.parts().into_iter().enumerate().collect();
        parts.sort_by_key(|(_, part)| part.place());
        parts
    }
}

/// One watch, and what its callbacks do: one act per call, until there are no more.
#[derive(Clone, Debug)]
pub(crate) struct Watch {
    pub(crate) shape: Shape,
    pub(crate) changes_only: bool,
    pub(crate) ignoring: &'static [&'static str],
    pub(crate) acts: VecDeque<Act>,
}

impl Watch {
    /// Whether its callbacks are told of everything, from the current value on.
    pub(crate) fn hears_all(&self) -> bool {
        !self.changes_only && self.ignoring.is_empty()
    }
}

/// Something done by the program or by a callback.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    Nothing,
    Write(Write),
    /// Replaces a field's value by its text name, in somebody's name.
    WriteText(Field, Value, Option<&'static str>),
    /// Puts a number under a key that is only known at run time, or resets it, in somebody's name.
    WriteRuntimeKey(String, Option<Num>, Option<&'static str>),
    Watch(Watch),
    /// Ends one of the watches that are held.
    Unwatch(usize),
    /// Sets up or takes away a guard: of a desk whose nick is [`REFUSED`], or of a shelf whose price is
    /// [`REFUSED_PRICE`].
    Guard(Guarded),
    /// Reads everything.
    Read,
    /// Does something with readers, but not inside a write.
    Reader(ReaderAct),
    /// Panics, if it is a callback that does it.
    Panic,
}

/// What a guard looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guarded {
    Nick,
    Price,
}

/// The price that a guard refuses.
pub(crate) const REFUSED_PRICE: f64 = -2.5;

/// The nick that a guard refuses.
pub(crate) const REFUSED: &str = "nobody";

/// How many writes may follow from one, each made by a watcher of the one before.
pub(crate) const CHAIN_LIMIT: u32 = 2;
