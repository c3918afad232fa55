//! What the contract says that a callback is told, found by comparing states.

use crate::{
    log::Told,
    plain::{Field, Name, State, json_under},
    program::Part,
};

/// What a callback is told of the step from one state to the next, or of the state at registration;
/// `None` if nothing that it watches differs.
pub(crate) fn told(part: &Part, old: Option<&State>, new: &State) -> Option<Told> {
    let changed = old.map(|old| new.changed(old));
    let differs = |field: &Field| {
        changed
            .as_ref()
            .is_none_or(|changed| changed.contains(field))
    };
    match part {
        Part::Field(field) => differs(field).then(|| {
            let old = old.map(|old| old.get(*field).clone());
            let new = new.get(*field).clone();
            let diff = new.key_deltas(old.as_ref());
            Told::Field { old, new, diff }
        }),
        Part::Key(field, key) => {
            let old = old.map(|old| old.get(*field).entries().get(key).copied());
            let new = new.get(*field).entries().get(key).copied();
            let key = key.clone();
            (old != Some(new)).then_some(Told::Key { key, old, new })
        }
        Part::Range(start, end) => told_range(|key| start <= key && key < end, old, new),
        Part::Prefix(prefix) => told_range(|key| key.starts_with(prefix), old, new),
        Part::Together(fields) => fields
            .iter()
            .any(differs)
            .then(|| told_store(fields[0].of(), fields, old, new)),
        Part::Any(name) => name
            .fields()
            .iter()
            .any(differs)
            .then(|| told_store(*name, name.fields(), old, new)),
        Part::Commits => {
            let changed = changed?;
            let after = Name::ALL.map(|name| {
                let is_changed = changed.iter().any(|field| field.of() == name);
                is_changed.then(|| new.of(name))
            });
            Some(Told::Commit { changed, after })
        }
        Part::Text(field) => differs(field).then(|| Told::Text {
            old: old.map(|old| field.json(old.get(*field))),
            new: field.json(new.get(*field)),
        }),
        Part::RuntimeKey(key) => {
            let under = |state: &State| state.get(Field::Extras).entries().get(key).copied();
            let (old, new) = (old.map(under), under(new));
            (old != Some(new)).then(|| Told::Text {
                old: old.map(json_under),
                new: json_under(new),
            })
        }
        Part::Projection => {
            let (old, new) = (old.map(project), project(new));
            (old != Some(new)).then_some(Told::Projection { old, new })
        }
    }
}

fn told_range(
    is_inside: impl Fn(&String) -> bool,
    old: Option<&State>,
    new: &State,
) -> Option<Told> {
    let new = new.get(Field::Notes);
    let diff = new.key_deltas(old.map(|old| old.get(Field::Notes)))?;
    let diff: Vec<_> = diff
        .into_iter()
        .filter(|(key, ..)| is_inside(key))
        .collect();
    let is_initial = old.is_none();
    let inside = new.entries().iter().filter(|(key, _)| is_inside(key));
    let entries = inside.map(|(key, value)| (key.clone(), *value)).collect();
    (is_initial || !diff.is_empty()).then_some(Told::Range {
        is_initial,
        diff,
        entries,
    })
}

fn told_store(name: Name, shown: &[Field], old: Option<&State>, new: &State) -> Told {
    let changed = old.map(|old| {
        let fields = new
            .changed(old)
            .into_iter()
            .filter(|field| shown.contains(field));
        fields
            .map(|field| (field, old.get(field).clone()))
            .collect()
    });
    Told::Store {
        is_initial: old.is_none(),
        changed: changed.unwrap_or_default(),
        new: new.of(name),
    }
}

/// What the program's projection makes of the desk.
fn project(state: &State) -> (usize, usize) {
    let names = state.get(Field::Names).entries();
    let not_numbers = names.values().filter(|value| value.0.is_nan()).count();
    (names.len(), not_numbers)
}
