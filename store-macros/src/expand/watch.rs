//! The watch builder: one method per field.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{ext::IdentExt, parse_quote};

use super::{arguments, with};
use crate::input::{Field, Head, Model};

/// The builder, and the function that starts it.
pub(super) fn watch(model: &Model) -> TokenStream {
    let Head {
        krate,
        vis,
        ident,
        generics,
        ..
    } = &model.head;
    let (for_all, parameters, bounds) = generics.split_for_impl();
    let spelled = ident.unraw();
    let watch = format_ident!("{spelled}Watch", span = ident.span());
    let arguments: Vec<_> = arguments(generics).collect();
    let more = with(&model.head.bounded, parse_quote!(__W));
    let (for_each, these, all_bounds) = more.split_for_impl();
    let defaulted = with(generics, parse_quote!(__W = ()));
    let mut watched = more.clone();
    watched
        .make_where_clause()
        .predicates
        .push(parse_quote!(__W: #krate::Watch<#ident #parameters>));
    let watched = &watched.where_clause;

    let methods = model.fields.iter().map(|Field { docs, vis, ident: field, ty, constant, .. }| {
        let head = format!("Calls the callback with `{}`, now and whenever it differs.", field.unraw());
        quote! {
            #[doc = #head]
            #[doc = ""]
            #(#docs)*
            #vis fn #field<__F>(
                self,
                __callback: __F,
            ) -> #watch<
                #(#arguments,)*
                (__W, #krate::__private::FieldWatch<#ident #parameters, #ty, __F>),
            >
            where
                __F: ::core::ops::FnMut(#krate::Change<'_, #ty>) + ::core::marker::Send + 'static,
            {
                let __key = <#ident #parameters>::#constant;
                #watch {
                    __watches: (self.__watches, #krate::__private::FieldWatch::new(__key, __callback)),
                    __model: ::core::marker::PhantomData,
                }
            }
        }
    });
    let struct_docs = format!("A watch of fields of [`{spelled}`], as it is put together.");
    let start_docs =
        format!("Starts a watch of fields of `{spelled}`: go on with the fields' names.");
    quote! {
        #[doc = #struct_docs]
        #[must_use = "a watch does nothing until a store is given it"]
        #vis struct #watch #defaulted #bounds {
            __watches: __W,
            __model: ::core::marker::PhantomData<fn() -> #ident #parameters>,
        }

        #[allow(dead_code)]
        impl #for_all #ident #parameters #bounds {
            #[doc = #start_docs]
            #vis fn watch() -> #watch #parameters {
                #watch { __watches: (), __model: ::core::marker::PhantomData }
            }
        }

        #[allow(dead_code, trivial_bounds)]
        impl #for_each #watch #these #all_bounds {
            #(#methods)*
        }

        #[automatically_derived]
        #[allow(trivial_bounds)]
        impl #for_each #krate::Watch<#ident #parameters> for #watch #these #watched {
            fn register<__S: #krate::Holds<#ident #parameters>>(
                self,
                __to: &mut #krate::__private::Registration<__S, #ident #parameters>,
            ) {
                #krate::Watch::register(self.__watches, __to)
            }
        }
    }
}
