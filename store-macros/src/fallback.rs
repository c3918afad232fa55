//! What stands in for a derive that was refused, so that its mistake is the only one reported.
//!
//! It compiles and is never run.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Generics;

use crate::{
    expand,
    input::{Head, SetHead},
};

/// A model without fields.
pub(crate) fn model(head: &Head) -> TokenStream {
    let Head {
        krate,
        ident,
        generics,
        name: text,
        ..
    } = head;
    if borrows(generics) {
        return TokenStream::new();
    }
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let name = expand::name(head);
    let alone = expand::alone(head);
    quote! {
        #name

        impl #impl_generics #krate::Model for #ident #ty_generics #where_clause {
            const NAME: &'static ::core::primitive::str = #text;
            type Draft<'__draft> = ();
            type Delta = ();
            fn draft(&self) {}
            fn make(_: &mut impl #krate::__private::MakeField<Self>) -> Self {
                ::core::unreachable!()
            }
            fn visit(_: &mut impl #krate::__private::VisitField<Self>) {}
        }

        #alone
    }
}

/// A set of no stores.
pub(crate) fn stores(head: &SetHead) -> TokenStream {
    let SetHead {
        krate,
        ident,
        generics,
        ..
    } = head;
    if borrows(generics) {
        return TokenStream::new();
    }
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    quote! {
        impl #impl_generics #krate::Stores for #ident #ty_generics #where_clause {
            type Each<__F: #krate::__private::Family> = ();
            fn each<__F: #krate::__private::Family>(
                _: &mut impl #krate::__private::MakeEach<Self, __F>,
            ) {
            }
            fn into_heads(self) {}
            fn visit(_: &mut impl #krate::__private::VisitEach<Self>) {}
        }
    }
}

/// Whether the struct could not implement anything that outlives its lifetimes.
fn borrows(generics: &Generics) -> bool {
    generics.lifetimes().next().is_some()
}
