//! What the steps of a write closure do to plain data.

use crate::{
    plain::{Field, PRESENT, State, Value},
    program::{LineStep, Step},
};

/// Does a step of a write closure to a draft of the state.
pub(crate) fn apply(step: &Step, draft: &mut State) {
    let under = |field: &Field, value| {
        if *field == Field::Tags {
            PRESENT
        } else {
            value
        }
    };
    match step {
        Step::Set(field, value) | Step::Assign(field, value) => {
            *draft.get_mut(*field) = value.clone();
        }
        Step::Flip(field) => {
            let flipped = Value::Flag(*draft.get(*field) == Value::Flag(false));
            *draft.get_mut(*field) = flipped;
        }
        Step::Insert(field, key, value) | Step::InsertPast(field, key, value) => {
            let entries = draft.get_mut(*field).entries_mut();
            entries.insert(key.clone(), under(field, *value));
        }
        Step::Remove(field, key) => {
            draft.get_mut(*field).entries_mut().remove(key);
        }
        Step::GetMut(field, key, value) => {
            if let Some(old) = draft.get_mut(*field).entries_mut().get_mut(key) {
                *old = *value;
            }
        }
        Step::Extend(field, more) => {
            let more = more
                .iter()
                .map(|(key, value)| (key.clone(), under(field, *value)));
            draft.get_mut(*field).entries_mut().extend(more);
        }
        Step::RetainBefore(field, end) => {
            draft
                .get_mut(*field)
                .entries_mut()
                .retain(|key, _| key < end);
        }
        Step::Clear(field) => draft.get_mut(*field).entries_mut().clear(),
        Step::Line(step) => {
            if let Value::Lines(lines) = draft.get_mut(Field::Lines) {
                apply_line(*step, lines);
            }
        }
        Step::Reset(name) => {
            let written = Field::WRITTEN.iter().filter(|field| field.of() == *name);
            for field in written {
                *draft.get_mut(*field) = field.default_value();
            }
        }
        Step::ResetField(field) => *draft.get_mut(*field) = field.default_value(),
        Step::Nest | Step::Watch(_) => {}
    }
}

fn apply_line(step: LineStep, lines: &mut Vec<u8>) {
    let len = lines.len();
    match step {
        LineStep::PushBack(line) => lines.push(line),
        LineStep::PushFront(line) => lines.insert(0, line),
        LineStep::Insert(at, line) if at <= len => lines.insert(at, line),
        LineStep::Replace(at, line) if at < len => lines[at] = line,
        LineStep::Remove(at) if at < len => drop(lines.remove(at)),
        LineStep::Move(from, to) if from < len && to < len => {
            let line = lines.remove(from);
            lines.insert(to, line);
        }
        LineStep::Truncate(to) => lines.truncate(to),
        _ => {}
    }
}
