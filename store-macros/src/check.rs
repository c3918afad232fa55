//! What does not fit together, once everything is read; and what is derived from what.
//!
//! A part that is refused for clashing with another is renamed or left out, so that the compiler
//! does not refuse it again.

use std::collections::HashMap;

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident};
use syn::Ident;

use crate::{
    attr::Given,
    derived,
    errors::Errors,
    input::{Field, Model, Registered, Stores},
};

/// Finds the mistakes in a model that no single setting shows.
pub(crate) fn model(model: &mut Model, errors: &mut Errors) {
    let Model { head, fields, .. } = model;
    if head.name.value().is_empty() {
        errors.at(&head.name, "the text name of a store cannot be empty");
    }
    text_names(fields, errors);
    let mut runtime_keys = fields
        .iter()
        .filter_map(|field| field.settings.runtime_keys.key());
    runtime_keys.next();
    for second in runtime_keys {
        errors.at(
            second,
            "`runtime_keys` is given for two fields: one field holds them all",
        );
    }
    constants(model, errors);
    model.derived = derived::read(&mut model.fields, &model.head.ident, errors);
}

fn constants(model: &mut Model, errors: &mut Errors) {
    let mut taken = HashMap::new();
    if !model.head.generics.params.is_empty() {
        taken.insert(
            model.head.constant.to_string(),
            "the store's name".to_owned(),
        );
    }
    for field in &mut model.fields {
        let Field {
            constant,
            ident,
            settings,
            ..
        } = field;
        let owner = format!("the key of `{ident}`");
        if let Some(first) = taken.insert(constant.to_string(), owner) {
            let message = format!(
                "the constant `{constant}` is already {first}: \
                 give this field another with `#[model(constant = \"…\")]`"
            );
            errors.at(place(&settings.constant, &*constant, ident), message);
            *constant = format_ident!("__{constant}");
        }
    }
}

fn text_names(fields: &[Field], errors: &mut Errors) {
    let mut taken = HashMap::new();
    for Field {
        name,
        ident,
        settings,
        ..
    } in fields
    {
        let place = place(&settings.name, name, ident);
        if name.value().is_empty() {
            errors.at(&place, "the text name of a field cannot be empty");
        } else if let Some(first) = taken.insert(name.value(), ident) {
            let name = name.value();
            let message = format!(
                "the text name `{name}` is already that of `{first}`: \
                 give this field another with `#[model(name = \"…\")]`"
            );
            errors.at(place, message);
        }
    }
}

/// Where the reader finds what was derived from the field's name or given instead.
fn place<T>(given: &Given<T>, value: impl ToTokens, ident: &Ident) -> TokenStream {
    match given.key() {
        Some(_) => value.into_token_stream(),
        None => ident.into_token_stream(),
    }
}

/// Finds models that are registered twice.
pub(crate) fn stores(stores: &mut Stores, errors: &mut Errors) {
    let mut registered = HashMap::new();
    stores.models.retain(|Registered { ident, ty }| {
        let spelled = ty.to_token_stream().to_string();
        let message = format!("`{spelled}` is registered twice");
        let first = registered.entry(spelled).or_insert_with(|| ident.clone());
        let is_first = first == ident;
        if !is_first {
            errors.at(ty, format_args!("{message}: `{first}` holds it already"));
        }
        is_first
    });
}
