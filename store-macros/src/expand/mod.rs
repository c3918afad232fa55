//! What is generated: paths into `store`, with no logic of its own.
//!
//! Every path is absolute and every name that a program does not use starts with `__`, so that
//! nothing in the scope of the struct is mistaken for it.

mod derived;
mod model;
mod stores;
mod watch;

use syn::{GenericParam, Generics, Ident};

pub(crate) use self::{
    model::{model, name},
    stores::{alone, stores},
};

/// The generics of a struct and one parameter more: a lifetime first, anything else last.
fn with(generics: &Generics, parameter: GenericParam) -> Generics {
    let mut generics = generics.clone();
    match parameter {
        GenericParam::Lifetime(_) => generics.params.insert(0, parameter),
        _ => generics.params.push(parameter),
    }
    generics
}

/// The arguments that name the parameters of a struct.
fn arguments(generics: &Generics) -> impl Iterator<Item = &Ident> {
    generics
        .params
        .iter()
        .filter_map(|parameter| match parameter {
            GenericParam::Type(ty) => Some(&ty.ident),
            GenericParam::Const(constant) => Some(&constant.ident),
            GenericParam::Lifetime(_) => None,
        })
}
