//! The derive macros of `store`, which re-exports them; depend on that crate, not on this one.
//!
//! What was written is read (`input`, with `attr` for the settings), checked as a whole so that
//! all mistakes are reported at once (`check`), and expanded into calls of `store` (`expand`).
//! Knows nothing of how a store works: that is ordinary code in `store`.

mod errors;
mod case;
mod attr;
mod input;
mod derived;
mod check;
mod expand;
mod fallback;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use syn::{DeriveInput, parse_macro_input};

use crate::errors::Errors;

/// Makes a plain struct a named store.
///
/// For `pub struct User { pub online: bool }` it makes, all as visible as the struct or the field:
///
/// - `USER`, the typed name;
/// - `User::ONLINE`, a typed key for each field;
/// - `UserDraft`, what a write closure is handed: the same fields, each a `Draft`;
/// - `User::watch()`, which makes a `UserWatch` with a method for each field;
/// - the implementations of `Model`, and of `Stores` and `Holds` for a set of only this store.
///
/// A generic struct has its name as an associated constant: `Page::<u32>::STORE`.
///
/// # Settings of the struct
///
/// | `#[model(…)]` | does |
/// |---|---|
/// | `name = "me"` | the name as text; otherwise the struct's, in snake case |
/// | `constant = "ME"` | the typed name's constant; otherwise the struct's name in capitals |
/// | `rename_all = "camelCase"` | how fields are spelled as text; otherwise as in the struct |
/// | `crate = "path"` | where `store` is found under another name |
///
/// # Settings of a field
///
/// | `#[model(…)]` | does |
/// |---|---|
/// | `name = "userID"` | the field's name as text |
/// | `constant = "ID"` | the constant of the field's key; otherwise the field's name in capitals |
/// | `default = expression` | the value in a new store and after a reset, or what a fold starts from; otherwise `Default` |
/// | `same = function` | when two values count as the same; otherwise `PartialEq` |
/// | `derived = function(field, …)` | the field is what `function(&field, …)` returns, and is not written |
/// | `folded = function(field, …)` | the same of `function(last, change, …)`: the last value, and a `Change` of each field |
/// | `runtime_keys` | the field holds the keys that are only known at run time |
///
/// # Errors
///
/// Does not compile for an enum, a union, a struct without named fields or with lifetimes; for a
/// setting that is unknown, given twice or without sense; for two fields with the same constant or
/// text name; and for a field that is derived from itself, by whatever way. All mistakes are reported
/// at once, each where it was written.
#[proc_macro_derive(Model, attributes(model))]
pub fn derive_model(tokens: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let item = parse_macro_input!(tokens as DeriveInput);
    let mut errors = Errors::default();
    let expansion = model(&item, &mut errors);
    errors.beside(expansion).into()
}

fn model(item: &DeriveInput, errors: &mut Errors) -> TokenStream {
    match input::Model::read(item, errors) {
        Ok(mut model) => {
            check::model(&mut model, errors);
            expand::model(&model)
        }
        Err(head) => fallback::model(&head),
    }
}

/// Makes a struct a set of named stores: `Store<App>` holds them all.
///
/// Each field's type is a model, and each model stands there once. The set holds each of them, so
/// that `USER` is accepted wherever a name of a `Store<App>` is asked for; a name that is not
/// registered does not compile. `#[stores(crate = "path")]` says where `store` is found under
/// another name.
///
/// # Errors
///
/// Does not compile for an enum, a union, a struct without named fields or with lifetimes; for a
/// model that stands there twice; and for two models with the same text name.
#[proc_macro_derive(Stores, attributes(stores))]
pub fn derive_stores(tokens: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let item = parse_macro_input!(tokens as DeriveInput);
    let mut errors = Errors::default();
    let expansion = stores(&item, &mut errors);
    errors.beside(expansion).into()
}

fn stores(item: &DeriveInput, errors: &mut Errors) -> TokenStream {
    match input::Stores::read(item, errors) {
        Ok(mut stores) => {
            check::stores(&mut stores, errors);
            expand::stores(&stores)
        }
        Err(head) => fallback::stores(&head),
    }
}
