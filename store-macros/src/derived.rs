//! Which fields are derived from which, and in what order they can be computed.
//!
//! A field whose derivation is refused goes on as one that is written, so that the compiler does not
//! refuse it again.

use syn::{Ident, ext::IdentExt, parse_quote};

use crate::{
    attr::{Call, OfField},
    errors::Errors,
    input::{Derived, Field, Rule},
};

/// The derived fields of a model, each after those it is derived from.
pub(crate) fn read(fields: &mut [Field], model: &Ident, errors: &mut Errors) -> Vec<Derived> {
    let mut derived = Vec::new();
    for field in 0..fields.len() {
        let Some((rule, call)) = given(&fields[field].settings, errors) else {
            continue;
        };
        match places(fields, &call, model, errors) {
            Some(inputs) => derived.push(Derived {
                field,
                rule,
                call,
                inputs,
            }),
            None => go_on_as_written(&mut fields[field]),
        }
    }
    loop {
        match order(&derived) {
            Ok(order) => {
                derived.sort_by_key(|derived| order.iter().position(|at| *at == derived.field));
                return derived;
            }
            Err(circle) => {
                refuse(&circle, &derived, fields, errors);
                derived.retain(|derived| derived.field != circle[0]);
                go_on_as_written(&mut fields[circle[0]]);
            }
        }
    }
}

/// How a field is derived, if it is, and what does not go along with that.
fn given(settings: &OfField, errors: &mut Errors) -> Option<(Rule, Call)> {
    let (rule, call) = match (settings.derived.value(), settings.folded.value()) {
        (Some(call), _) => (Rule::Derived, call),
        (None, Some(call)) => (Rule::Folded, call),
        (None, None) => return None,
    };
    if let (Some(_), Some(folded)) = (settings.derived.key(), settings.folded.key()) {
        let message = "`folded` is given for a field that is `derived` already: keep one of them";
        errors.at(folded, message);
    } else if let (Rule::Derived, Some(default)) = (rule, settings.default.key()) {
        let message = "a derived field has no default of its own: \
                       it is what its function makes of the defaults of its inputs";
        errors.at(default, message);
    }
    if let Some(runtime_keys) = settings.runtime_keys.key() {
        let message = "`runtime_keys` are written, so the field that holds them cannot be derived";
        errors.at(runtime_keys, message);
    }
    Some((rule, call.clone()))
}

/// The places of the inputs, unless one is no field.
fn places(fields: &[Field], call: &Call, model: &Ident, errors: &mut Errors) -> Option<Vec<usize>> {
    let mut place = |input: &Ident| {
        let place = fields.iter().position(|field| field.ident == *input);
        if place.is_none() {
            let (model, spelled) = (model.unraw(), input.unraw());
            errors.at(input, format_args!("`{model}` has no field `{spelled}`"));
        }
        place
    };
    let places: Vec<_> = call.inputs.iter().map(&mut place).collect();
    places.into_iter().collect()
}

/// Makes of a refused field one that is written, and needs no default.
fn go_on_as_written(field: &mut Field) {
    let default = parse_quote!(::core::unreachable!());
    field.settings.default.or("default", default);
}

/// The derived fields, each after those it is derived from; or else some each of which is derived
/// from the next, and the last from the first.
fn order(derived: &[Derived]) -> Result<Vec<usize>, Vec<usize>> {
    let mut order = Vec::new();
    for Derived { field, .. } in derived {
        put(*field, derived, &mut Vec::new(), &mut order)?;
    }
    Ok(order)
}

/// Puts a field into the order, after what it is derived from. `way` led here.
fn put(
    field: usize,
    derived: &[Derived],
    way: &mut Vec<usize>,
    order: &mut Vec<usize>,
) -> Result<(), Vec<usize>> {
    let Some(Derived { inputs, .. }) = derived.iter().find(|derived| derived.field == field) else {
        return Ok(());
    };
    if order.contains(&field) {
        return Ok(());
    }
    if let Some(start) = way.iter().position(|other| *other == field) {
        return Err(way.split_off(start));
    }
    way.push(field);
    for input in inputs {
        put(*input, derived, way, order)?;
    }
    way.pop();
    order.push(field);
    Ok(())
}

/// Says of a circle who is derived from whom, where its first field names the next.
fn refuse(circle: &[usize], derived: &[Derived], fields: &[Field], errors: &mut Errors) {
    let name = |field: usize| fields[field].ident.unraw();
    let (first, others) = (circle[0], &circle[1..]);
    let mut message = format!("`{}` is derived from ", name(first));
    for other in others {
        message += &format!("`{}`, which is derived from ", name(*other));
    }
    message += &match others {
        [] => "itself".to_owned(),
        _ => format!("`{}`", name(first)),
    };
    let next = others.first().unwrap_or(&first);
    let call = derived.iter().find(|derived| derived.field == first);
    let place = call.and_then(|derived| {
        let at = derived.inputs.iter().position(|input| input == next)?;
        derived.call.inputs.get(at)
    });
    errors.at(place, message);
}
