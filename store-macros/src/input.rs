//! What was written, as types of our own.

use std::collections::HashSet;

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{
    Attribute, Data, DeriveInput, Fields, Generics, Ident, LifetimeParam, LitStr, Path, Token,
    Type, Visibility, ext::IdentExt, parse_quote, punctuated::Punctuated, spanned::Spanned,
};

use crate::{
    attr::{Call, Given, OfField, OfModel, OfStores},
    case::{self, Case},
    errors::Errors,
};

/// What is known of a model whatever its fields are.
pub(crate) struct Head {
    pub(crate) krate: Path,
    pub(crate) vis: Visibility,
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    /// The generics, and of each field's type that it is fit for a field. An implementation that
    /// asks for this is refused once, at the field, instead of in each of its items.
    pub(crate) bounded: Generics,
    pub(crate) constant: Ident,
    pub(crate) name: LitStr,
}

/// A struct that derives `Model`.
pub(crate) struct Model {
    pub(crate) head: Head,
    pub(crate) fields: Vec<Field>,
    /// Which fields are derived, each after those it is derived from.
    pub(crate) derived: Vec<Derived>,
}

/// How one field of a model is derived from others.
pub(crate) struct Derived {
    /// The place of the field among all.
    pub(crate) field: usize,
    pub(crate) rule: Rule,
    pub(crate) call: Call,
    /// The places of the fields that it is derived from.
    pub(crate) inputs: Vec<usize>,
}

/// What the function of a derived field gets.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// The inputs.
    Derived,
    /// The last value, and what changed in the inputs.
    Folded,
}

/// One field of a model.
pub(crate) struct Field {
    pub(crate) docs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) ident: Ident,
    pub(crate) ty: TokenStream,
    pub(crate) constant: Ident,
    pub(crate) name: LitStr,
    pub(crate) settings: OfField,
}

impl Model {
    /// Reads a model; only its head if it does not have the shape of one.
    pub(crate) fn read(item: &DeriveInput, errors: &mut Errors) -> Result<Self, Box<Head>> {
        let settings = OfModel::read(&item.attrs, errors);
        let mut head = Head::read(item, &settings);
        let Some(fields) = named_fields(item, "a model", errors) else {
            return Err(head.into());
        };
        let case = settings.rename_all.value().copied();
        let fields: Vec<_> = fields
            .iter()
            .map(|field| Field::read(field, item, case, errors))
            .collect();
        let krate = &head.krate;
        let types = fields.iter().map(|field| &field.ty);
        require(
            &mut head.bounded,
            types,
            &quote!(#krate::__private::FieldValue),
        );
        Ok(Self {
            head,
            fields,
            derived: Vec::new(),
        })
    }

    /// How a field is derived, if it is.
    pub(crate) fn derivation(&self, field: usize) -> Option<&Derived> {
        self.derived.iter().find(|derived| derived.field == field)
    }
}

impl Head {
    fn read(item: &DeriveInput, settings: &OfModel) -> Self {
        let spelled = item.ident.unraw().to_string();
        let constant = match item.generics.params.is_empty() {
            true => case::constant(&spelled),
            false => "STORE".to_owned(),
        };
        Self {
            krate: crate_at(&settings.krate),
            vis: item.vis.clone(),
            ident: item.ident.clone(),
            generics: item.generics.clone(),
            bounded: item.generics.clone(),
            constant: constant_at(&settings.constant, &constant, &item.ident),
            name: text_or(&settings.name, &Case::Snake.spell(&spelled)),
        }
    }
}

impl Field {
    fn read(
        field: &syn::Field,
        item: &DeriveInput,
        case: Option<Case>,
        errors: &mut Errors,
    ) -> Self {
        let settings = OfField::read(&field.attrs, errors);
        let is_doc = |attribute: &&Attribute| attribute.path().is_ident("doc");
        let ident = field.ident.clone().expect("the field is named");
        let spelled = ident.unraw().to_string();
        let text = case.map_or_else(|| spelled.clone(), |case| case.spell(&spelled));
        Self {
            docs: field.attrs.iter().filter(is_doc).cloned().collect(),
            vis: field.vis.clone(),
            ty: without_self(field.ty.to_token_stream(), item),
            constant: constant_at(&settings.constant, &case::constant(&spelled), &ident),
            name: text_or(&settings.name, &text),
            ident,
            settings,
        }
    }
}

/// A struct that derives `Stores`.
pub(crate) struct Stores {
    pub(crate) head: SetHead,
    pub(crate) models: Vec<Registered>,
}

/// What is known of a set of stores whatever its fields are.
pub(crate) struct SetHead {
    pub(crate) krate: Path,
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    /// The generics, and of each registered type that it is a model, for the same reason.
    pub(crate) bounded: Generics,
}

/// One named store of a set.
pub(crate) struct Registered {
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
}

impl Stores {
    /// Reads a set of stores; only its head if it does not have the shape of one.
    pub(crate) fn read(item: &DeriveInput, errors: &mut Errors) -> Result<Self, Box<SetHead>> {
        let settings = OfStores::read(&item.attrs, errors);
        let mut head = SetHead {
            krate: crate_at(&settings.krate),
            ident: item.ident.clone(),
            generics: item.generics.clone(),
            bounded: item.generics.clone(),
        };
        let Some(fields) = named_fields(item, "a set of stores", errors) else {
            return Err(head.into());
        };
        let krate = &head.krate;
        let types = fields.iter().map(|field| &field.ty);
        require(&mut head.bounded, types, &quote!(#krate::Model));
        let registered = |field: &syn::Field| {
            let ident = field.ident.clone().expect("the field is named");
            Registered {
                ident,
                ty: field.ty.clone(),
            }
        };
        Ok(Self {
            head,
            models: fields.iter().map(registered).collect(),
        })
    }
}

/// Adds that each type meets the bound. Where one does not, the compiler says so at the type.
fn require<T: ToTokens>(
    generics: &mut Generics,
    types: impl Iterator<Item = T>,
    bound: &TokenStream,
) {
    let mut required = HashSet::new();
    for ty in types.filter(|ty| required.insert(ty.to_token_stream().to_string())) {
        let place = ty.span();
        let bound = bound.clone().into_iter().map(|mut token| {
            token.set_span(place);
            token
        });
        let bound: TokenStream = bound.collect();
        generics
            .make_where_clause()
            .predicates
            .push(parse_quote!(#ty: #bound));
    }
}

fn crate_at(given: &Given<Path>) -> Path {
    given
        .value()
        .cloned()
        .unwrap_or_else(|| parse_quote!(::store))
}

fn constant_at(given: &Given<Ident>, otherwise: &str, at: &Ident) -> Ident {
    given
        .value()
        .cloned()
        .unwrap_or_else(|| Ident::new(otherwise, at.span()))
}

fn text_or(given: &Given<LitStr>, otherwise: &str) -> LitStr {
    let text = || LitStr::new(otherwise, Span::call_site());
    given.value().cloned().unwrap_or_else(text)
}

/// The fields of a struct that owns all it has and names each field; else says what to do.
fn named_fields<'a>(
    item: &'a DeriveInput,
    what: &str,
    errors: &mut Errors,
) -> Option<&'a Punctuated<syn::Field, Token![,]>> {
    let ident = &item.ident;
    for LifetimeParam { lifetime, .. } in item.generics.lifetimes() {
        let message = format_args!(
            "{what} cannot borrow: take `{lifetime}` away and let `{ident}` own its fields, \
             for example as `String` or `Arc<str>`"
        );
        errors.at(lifetime, message);
    }
    match &item.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) if !fields.named.is_empty() => {
                return item
                    .generics
                    .lifetimes()
                    .next()
                    .is_none()
                    .then_some(&fields.named);
            }
            Fields::Named(_) | Fields::Unit => {
                errors.at(ident, format_args!("{what} needs at least one field"));
            }
            Fields::Unnamed(fields) => {
                errors.at(
                    fields,
                    format_args!(
                        "{what} names its fields: write `struct {ident} {{ name: type }}`"
                    ),
                );
            }
        },
        Data::Enum(data) => {
            errors.at(
                data.enum_token,
                format_args!(
                    "{what} is a struct, not an enum: make `{ident}` the type of a field of one"
                ),
            );
        }
        Data::Union(data) => {
            errors.at(
                data.union_token,
                format_args!("{what} is a struct, not a union"),
            );
        }
    }
    None
}

/// A type as it must be written outside the struct, where `Self` is something else.
fn without_self(ty: TokenStream, item: &DeriveInput) -> TokenStream {
    let ident = &item.ident;
    let (_, ty_generics, _) = item.generics.split_for_impl();
    let mut replaced = TokenStream::new();
    let mut tokens = ty.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let before_colon =
            matches!(tokens.peek(), Some(TokenTree::Punct(next)) if next.as_char() == ':');
        replaced.extend(match token {
            TokenTree::Ident(word) if word == "Self" && before_colon => {
                quote!(<#ident #ty_generics>)
            }
            TokenTree::Ident(word) if word == "Self" => quote!(#ident #ty_generics),
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), without_self(group.stream(), item));
                inner.set_span(group.span());
                inner.into_token_stream()
            }
            other => other.into(),
        });
    }
    replaced
}
