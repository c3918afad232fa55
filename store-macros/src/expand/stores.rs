//! Sets of named stores: those that are declared, and the one that each model is by itself.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{parse_quote, spanned::Spanned};

use super::with;
use crate::input::{Head, Registered, SetHead, Stores};

/// Everything that `#[derive(Stores)]` makes.
pub(crate) fn stores(stores: &Stores) -> TokenStream {
    let SetHead {
        krate,
        ident,
        bounded,
        ..
    } = &stores.head;
    let (impl_generics, ty_generics, where_clause) = bounded.split_for_impl();
    let family = with(bounded, parse_quote!(__F: #krate::__private::Family));
    let (_, each_ty, _) = family.split_for_impl();

    let fields: Vec<_> = stores.models.iter().map(|model| &model.ident).collect();
    let models: Vec<_> = stores.models.iter().map(|model| &model.ty).collect();
    let places: Vec<_> = (0..fields.len())
        .map(|index| format_ident!("f{index}"))
        .collect();
    let indices = 0..fields.len();
    let distinct = distinct_names(stores);
    quote! {
        const _: () = {
            #[allow(trivial_bounds)]
            pub struct __Each #family #where_clause {
                #(#places: <__F as #krate::__private::Family>::Of<#models>,)*
            }

            #[automatically_derived]
            #[allow(trivial_bounds)]
            impl #impl_generics #krate::Stores for #ident #ty_generics #where_clause {
                type Each<__F: #krate::__private::Family> = __Each #each_ty;

                #[inline]
                fn each<__F: #krate::__private::Family>(
                    __maker: &mut impl #krate::__private::MakeEach<Self, __F>,
                ) -> Self::Each<__F> {
                    __Each {
                        #(#places: #krate::__private::MakeEach::<Self, __F>::make::<#models>(
                            __maker,
                        ),)*
                    }
                }

                fn into_heads(self) -> Self::Each<#krate::__private::Heads> {
                    __Each { #(#places: #krate::__private::Arc::new(self.#fields),)* }
                }

                #[inline]
                fn visit(__visitor: &mut impl #krate::__private::VisitEach<Self>) {
                    #(#krate::__private::VisitEach::<Self>::visit::<#models>(__visitor);)*
                }
            }

            #(
                #[automatically_derived]
                #[allow(trivial_bounds)]
                impl #impl_generics #krate::Holds<#models> for #ident #ty_generics #where_clause {
                    const INDEX: ::core::primitive::usize = #indices;

                    #[inline]
                    fn of<__F: #krate::__private::Family>(
                        __each: &Self::Each<__F>,
                    ) -> &<__F as #krate::__private::Family>::Of<#models> {
                        &__each.#places
                    }

                    #[inline]
                    fn of_mut<__F: #krate::__private::Family>(
                        __each: &mut Self::Each<__F>,
                    ) -> &mut <__F as #krate::__private::Family>::Of<#models> {
                        &mut __each.#places
                    }
                }
            )*

            #distinct
        };
    }
}

/// Has the compiler refuse two models with one text name. Names of generic models are only known
/// where they are used.
fn distinct_names(stores: &Stores) -> TokenStream {
    let krate = &stores.head.krate;
    if !stores.head.generics.params.is_empty() {
        return TokenStream::new();
    }
    let mut checks = TokenStream::new();
    for (index, Registered { ident, ty }) in stores.models.iter().enumerate().skip(1) {
        let before = stores.models[..index].iter().map(|model| &model.ty);
        let message = format!(
            "the text name of the store `{ident}` is already that of one above it: \
             give its model another with `#[model(name = \"…\")]`"
        );
        checks.extend(quote_spanned! {ty.span()=>
            const _: () = ::core::assert!(
                #krate::__private::is_new(
                    &[#(<#before as #krate::Model>::NAME),*],
                    <#ty as #krate::Model>::NAME,
                ),
                #message,
            );
        });
    }
    checks
}

/// Makes a model a set of which it is the only named store.
pub(crate) fn alone(head: &Head) -> TokenStream {
    let Head {
        krate,
        ident,
        bounded,
        ..
    } = head;
    let (impl_generics, ty_generics, where_clause) = bounded.split_for_impl();
    quote! {
        #[automatically_derived]
        #[allow(trivial_bounds)]
        impl #impl_generics #krate::Stores for #ident #ty_generics #where_clause {
            type Each<__F: #krate::__private::Family> =
                (<__F as #krate::__private::Family>::Of<Self>,);

            #[inline]
            fn each<__F: #krate::__private::Family>(
                __maker: &mut impl #krate::__private::MakeEach<Self, __F>,
            ) -> Self::Each<__F> {
                (#krate::__private::MakeEach::<Self, __F>::make::<Self>(__maker),)
            }

            fn into_heads(self) -> Self::Each<#krate::__private::Heads> {
                (#krate::__private::Arc::new(self),)
            }

            #[inline]
            fn visit(__visitor: &mut impl #krate::__private::VisitEach<Self>) {
                #krate::__private::VisitEach::<Self>::visit::<Self>(__visitor);
            }
        }

        #[automatically_derived]
        #[allow(trivial_bounds)]
        impl #impl_generics #krate::Holds<Self> for #ident #ty_generics #where_clause {
            const INDEX: ::core::primitive::usize = 0;

            #[inline]
            fn of<__F: #krate::__private::Family>(
                __each: &Self::Each<__F>,
            ) -> &<__F as #krate::__private::Family>::Of<Self> {
                &__each.0
            }

            #[inline]
            fn of_mut<__F: #krate::__private::Family>(
                __each: &mut Self::Each<__F>,
            ) -> &mut <__F as #krate::__private::Family>::Of<Self> {
                &mut __each.0
            }
        }
    }
}
