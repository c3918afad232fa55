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
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let spelled = ident.unraw();
    let watch = format_ident!("{spelled}Watch", span = ident.span());
    let arguments: Vec<_> = arguments(generics).collect();
    let more = with(&model.head.bounded, parse_quote!(__W));
    let (watch_impl, watch_ty, watch_where) = more.split_for_impl();
    let defaulted = with(generics, parse_quote!(__W = ()));
    let mut watching = more.clone();
    let predicates = &mut watching.make_where_clause().predicates;
    predicates.push(parse_quote!(__W: #krate::Watch));
    let watching = &watching.where_clause;
    let within = with(&more, parse_quote!(__S: #krate::Stores));
    let (within_impl, ..) = within.split_for_impl();
    let mut registering = more.clone();
    let predicates = &mut registering.make_where_clause().predicates;
    predicates.push(parse_quote!(__W: #krate::LocalWatchIn<__S>));
    let registering = &registering.where_clause;
    let mut sending = more.clone();
    let predicates = &mut sending.make_where_clause().predicates;
    predicates.push(parse_quote!(__W: #krate::WatchIn<__S>));
    let sending = &sending.where_clause;

    let methods = model.fields.iter().map(
        |Field {
             docs,
             vis,
             ident: field,
             ty,
             constant,
             ..
         }| {
            let spelled = field.unraw();
            let head = format!("Calls the callback with `{spelled}`, now and whenever it differs.");
            quote! {
                #[doc = #head]
                #[doc = ""]
                #(#docs)*
                #vis fn #field<__F>(
                    self,
                    __callback: __F,
                ) -> #watch<
                    #(#arguments,)*
                    (__W, #krate::__private::FieldWatch<#ident #ty_generics, #ty, __F>),
                >
                where
                    __F: ::core::ops::FnMut(#krate::Change<'_, #ty>) + 'static,
                {
                    let __key = <#ident #ty_generics>::#constant;
                    let __watch = #krate::__private::FieldWatch::new(__key, __callback);
                    #watch {
                        __watches: (self.__watches, __watch),
                        __model: ::core::marker::PhantomData,
                    }
                }
            }
        },
    );
    let struct_docs = format!("A watch of fields of [`{spelled}`], as it is put together.");
    let start_docs =
        format!("Starts a watch of fields of `{spelled}`: go on with the fields' names.");
    quote! {
        #[doc = #struct_docs]
        #[must_use = "a watch does nothing until a store is given it"]
        #vis struct #watch #defaulted #where_clause {
            __watches: __W,
            __model: ::core::marker::PhantomData<fn() -> #ident #ty_generics>,
        }

        #[allow(dead_code)]
        impl #impl_generics #ident #ty_generics #where_clause {
            #[doc = #start_docs]
            #vis fn watch() -> #watch #ty_generics {
                #watch { __watches: (), __model: ::core::marker::PhantomData }
            }
        }

        #[allow(dead_code, trivial_bounds)]
        impl #watch_impl #watch #watch_ty #watch_where {
            #(#methods)*
        }

        #[automatically_derived]
        #[allow(trivial_bounds)]
        impl #watch_impl #krate::Watch for #watch #watch_ty #watching {}

        #[automatically_derived]
        #[allow(trivial_bounds)]
        impl #watch_impl #krate::WatchOf<#ident #ty_generics> for #watch #watch_ty #watch_where {}

        #[automatically_derived]
        #[allow(trivial_bounds)]
        impl #within_impl #krate::LocalWatchIn<__S> for #watch #watch_ty #registering {
            const CALLBACKS: ::core::primitive::usize =
                <__W as #krate::LocalWatchIn<__S>>::CALLBACKS;

            fn register(&self, __to: &mut #krate::__private::Registration<__S>) {
                #krate::LocalWatchIn::<__S>::register(&self.__watches, __to)
            }

            fn tell(
                &mut self,
                __nth: ::core::primitive::usize,
                __moment: &#krate::__private::Moment<'_, __S>,
            ) -> #krate::__private::Told {
                #krate::LocalWatchIn::<__S>::tell(&mut self.__watches, __nth, __moment)
            }
        }

        #[automatically_derived]
        #[allow(trivial_bounds)]
        impl #within_impl #krate::WatchIn<__S> for #watch #watch_ty #sending {
            fn take_apart(self, __into: &mut #krate::__private::Apart<__S>) {
                #krate::WatchIn::<__S>::take_apart(self.__watches, __into)
            }
        }
    }
}
