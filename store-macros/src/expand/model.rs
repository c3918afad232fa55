//! The name, the keys, the draft and the implementation of `Model`.

use proc_macro2::{TokenStream, TokenTree};
use quote::{format_ident, quote, quote_spanned};
use syn::{Ident, Path, ext::IdentExt, parse_quote};

use super::{alone, arguments, derived, watch::watch, with};
use crate::input::{Field, Head, Model};

/// Everything that `#[derive(Model)]` makes.
pub(crate) fn model(model: &Model) -> TokenStream {
    let name = name(&model.head);
    let keys = keys(model);
    let draft = draft(model);
    let watch = watch(model);
    let implementation = implementation(model);
    quote! {
        #name
        #keys
        #draft
        #watch
        #implementation
    }
}

/// The typed name: a constant beside the struct, or on it if the struct is generic.
pub(crate) fn name(head: &Head) -> TokenStream {
    let Head {
        krate,
        vis,
        ident,
        generics,
        constant,
        ..
    } = head;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let docs = format!("Name of the named store [`{}`].", ident.unraw());
    let name = quote! {
        #[doc = #docs]
        #[allow(dead_code)]
        #vis const #constant: #krate::StoreName<#ident #ty_generics> = #krate::StoreName::new();
    };
    match generics.params.is_empty() {
        true => name,
        false => quote!(impl #impl_generics #ident #ty_generics #where_clause { #name }),
    }
}

fn keys(model: &Model) -> TokenStream {
    let Head {
        krate,
        ident,
        bounded,
        ..
    } = &model.head;
    let (impl_generics, ty_generics, where_clause) = bounded.split_for_impl();
    let keys = model.fields.iter().enumerate().map(|(index, field)| {
        let Field {
            docs,
            vis,
            ident,
            ty,
            constant,
            name,
            settings,
        } = field;
        let head = format!("Key of the field `{}`.", ident.unraw());
        let delta = delta_field(index);
        let owned = (!borrows(ty.clone())).then_some(ty);
        let draft = derived::draft_at(model, index);
        let derivation = model.derivation(index);
        let derived_from = derivation
            .into_iter()
            .flat_map(|it| derived::inputs(model, it));
        let derived_from = derived_from.map(|input| &input.name);
        let default = match derivation {
            Some(_) => quote!(|| #krate::__private::derived_default(Self::#constant)),
            None => default(krate, field),
        };
        let same = match settings.same.value() {
            Some(same) => quote!(#krate::__private::Same::Custom(#same)),
            None => quote!(#krate::__private::Same::Value(#krate::same::by_value::<#ty>)),
        };
        quote! {
            #[doc = #head]
            #[doc = ""]
            #(#docs)*
            #vis const #constant: #krate::Field<Self, #ty> =
                #krate::Field { parts: &#krate::__private::field_parts! {
                    #owned;
                    index: #index,
                    name: #name,
                    derived_from: &[#(#derived_from),*],
                    get: |__model| &__model.#ident,
                    get_mut: |__model| &mut __model.#ident,
                    draft: |__draft| &mut __draft.0.#draft,
                    delta: |__delta| &__delta.#delta,
                    both: |__model, __delta| (&__model.#ident, &__delta.#delta),
                    delta_mut: |__delta| &mut __delta.#delta,
                    default: #default,
                    same: #same,
                } };
        }
    });
    quote! {
        #[allow(dead_code, deprecated, non_upper_case_globals, trivial_bounds)]
        impl #impl_generics #ident #ty_generics #where_clause {
            #(#keys)*
        }
    }
}

/// The function that makes the default of a field that is written, or what a fold starts from.
pub(super) fn default(krate: &Path, Field { ty, settings, .. }: &Field) -> TokenStream {
    match settings.default.value() {
        Some(default) => quote!(|| -> #ty { #default }),
        None => quote!(#krate::__private::default_value::<#ty>),
    }
}

fn draft(model: &Model) -> TokenStream {
    let Head {
        krate,
        vis,
        ident,
        generics,
        ..
    } = &model.head;
    let draft = draft_ident(ident);
    let generics = with(generics, parse_quote!('__draft));
    let where_clause = &generics.where_clause;
    let docs = format!("[`{}`] while it is written.", ident.unraw());
    let written = model.fields.iter().enumerate();
    let written = written.filter(|(index, _)| model.derivation(*index).is_none());
    let fields = written.map(|(_, field)| field).map(
        |Field {
             docs,
             vis,
             ident,
             ty,
             ..
         }| {
            let head = format!("The field `{}`.", ident.unraw());
            quote! {
                #[doc = #head]
                #[doc = ""]
                #(#docs)*
                #vis #ident: #krate::Draft<'__draft, #ty>
            }
        },
    );
    let fields = fields.chain(derived::draft_part(model));
    quote! {
        #[doc = #docs]
        #vis struct #draft #generics #where_clause {
            #(#fields,)*
        }
    }
}

/// The implementation of `Model`, which makes the struct a set of one as well.
fn implementation(model: &Model) -> TokenStream {
    let Head {
        krate,
        ident,
        generics,
        name,
        ..
    } = &model.head;
    let own_where = &generics.where_clause;
    let (impl_generics, ty_generics, where_clause) = model.head.bounded.split_for_impl();
    let arguments = arguments(generics);
    let draft = draft_ident(ident);
    let alone = alone(&model.head);

    let fields: Vec<_> = model.fields.iter().map(|field| &field.ident).collect();
    let keys: Vec<_> = model.fields.iter().map(|field| &field.constant).collect();
    let types = model.fields.iter().map(|field| &field.ty);
    let deltas: Vec<_> = (0..fields.len()).map(delta_field).collect();
    let locals: Vec<_> = (0..fields.len()).map(derived::local).collect();
    let written = (0..fields.len()).filter(|index| model.derivation(*index).is_none());
    let started = written.clone().map(|index| {
        let field = fields[index];
        quote!(#field: #krate::Draft::new(&self.#field))
    });
    let started = started.chain(derived::draft_start(model));
    let made = written.map(|index| {
        let (local, key) = (&locals[index], keys[index]);
        quote!(#local = #krate::__private::MakeField::field(__maker, Self::#key))
    });
    let made = made.chain(model.derived.iter().map(|it| derived::make(model, it)));
    let visit_derived = derived::visit(model);
    let runtime_keys = model.fields.iter().filter_map(|field| {
        let Field { ty, constant, .. } = field;
        let place = field.settings.runtime_keys.key()?.span();
        Some(quote_spanned! {place=>
            fn runtime_keys() -> ::core::option::Option<#krate::Field<Self, #ty>> {
                ::core::option::Option::Some(Self::#constant)
            }
        })
    });
    quote! {
        const _: () = {
            pub struct __Delta #generics #own_where {
                #(#deltas: #krate::__private::Delta<#types>,)*
            }

            impl #impl_generics ::core::default::Default for __Delta #ty_generics #own_where {
                #[inline]
                fn default() -> Self {
                    Self { #(#deltas: ::core::default::Default::default(),)* }
                }
            }

            #[automatically_derived]
            #[allow(deprecated, trivial_bounds)]
            impl #impl_generics #krate::Model for #ident #ty_generics #where_clause {
                const NAME: &'static ::core::primitive::str = #name;

                type Draft<'__draft> = #draft<'__draft, #(#arguments),*>;
                type Delta = __Delta #ty_generics;

                #[inline]
                fn draft(&self) -> Self::Draft<'_> {
                    #draft { #(#started,)* }
                }

                fn make(__maker: &mut impl #krate::__private::MakeField<Self>) -> Self {
                    #(let #made;)*
                    Self { #(#fields: #locals,)* }
                }

                #[inline]
                fn visit(__visitor: &mut impl #krate::__private::VisitField<Self>) {
                    #(#krate::__private::VisitField::field(__visitor, Self::#keys);)*
                }

                #visit_derived

                #(#runtime_keys)*
            }

            #alone
        };
    }
}

/// Whether a type mentions a reference. What serde makes of one it cannot keep, and the compiler
/// would only say so where the text form is looked for.
fn borrows(ty: TokenStream) -> bool {
    ty.into_iter().any(|token| match token {
        TokenTree::Punct(punct) => punct.as_char() == '&',
        TokenTree::Group(group) => borrows(group.stream()),
        _ => false,
    })
}

fn draft_ident(model: &Ident) -> Ident {
    format_ident!("{}Draft", model.unraw(), span = model.span())
}

fn delta_field(index: usize) -> Ident {
    format_ident!("f{index}")
}
