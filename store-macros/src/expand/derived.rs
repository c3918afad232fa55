//! Derived fields: how they are computed, and where their drafts are.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Ident, Index, spanned::Spanned};

use crate::{
    attr::Call,
    input::{Derived, Field, Model, Rule},
};

/// Where in a draft the draft of a field is.
pub(super) fn draft_at(model: &Model, field: usize) -> TokenStream {
    let mut derived = model.derived.iter();
    match derived.position(|derived| derived.field == field) {
        Some(place) => {
            let place = Index::from(place);
            quote!(__derived.#place)
        }
        None => model.fields[field].ident.to_token_stream(),
    }
}

/// The inputs of a derived field.
pub(super) fn inputs<'a>(
    model: &'a Model,
    derived: &'a Derived,
) -> impl Iterator<Item = &'a Field> {
    derived.inputs.iter().map(|input| &model.fields[*input])
}

/// The part of the draft that holds the drafts of derived fields, to be reached by their keys only.
pub(super) fn draft_part(model: &Model) -> Option<TokenStream> {
    let krate = &model.head.krate;
    let types = fields(model).map(|Field { ty, .. }| quote!(#krate::Draft<'__draft, #ty>));
    has_any(model).then(|| quote!(__derived: (#(#types,)*)))
}

/// What that part starts as.
pub(super) fn draft_start(model: &Model) -> Option<TokenStream> {
    let krate = &model.head.krate;
    let drafts = fields(model).map(|Field { ident, .. }| quote!(#krate::Draft::new(&self.#ident)));
    has_any(model).then(|| quote!(__derived: (#(#drafts,)*)))
}

/// The method that goes through the derived fields.
pub(super) fn visit(model: &Model) -> Option<TokenStream> {
    let krate = &model.head.krate;
    let visits = model.derived.iter().map(|derived| {
        let constant = &model.fields[derived.field].constant;
        let inputs = inputs(model, derived).map(|field| &field.constant);
        let rule = rule(model, derived);
        quote! {
            #krate::__private::VisitDerived::derived(
                __visitor,
                Self::#constant,
                #krate::__private::FieldDerivation {
                    is_due: |__delta| {
                        #(#krate::__private::is_changed(Self::#inputs, __delta))||*
                    },
                    rule: #krate::__private::Rule::#rule,
                },
            );
        }
    });
    has_any(model).then(|| {
        quote! {
            fn visit_derived(__visitor: &mut impl #krate::__private::VisitDerived<Self>) {
                #(#visits)*
            }
        }
    })
}

/// How a field is computed in a write.
fn rule(model: &Model, derived: &Derived) -> TokenStream {
    let krate = &model.head.krate;
    let keys: Vec<_> = inputs(model, derived)
        .map(|field| &field.constant)
        .collect();
    let read = |read: TokenStream| {
        let read = keys
            .iter()
            .map(move |key| quote!(#read(Self::#key, __inputs)));
        read.collect::<Vec<_>>()
    };
    match derived.rule {
        Rule::Derived => {
            let call = call(derived, None, read(quote!(#krate::__private::input)));
            quote!(Derived(|__inputs| #call))
        }
        Rule::Folded => {
            let start = start(model, derived);
            let last = Some(quote!(__last));
            let call = call(derived, last, read(quote!(#krate::__private::change)));
            quote! {
                Folded {
                    start: #start,
                    fold: |__last, __inputs| #call,
                }
            }
        }
    }
}

/// What makes the field of a new model, of the locals that hold its inputs.
pub(super) fn make(model: &Model, derived: &Derived) -> TokenStream {
    let krate = &model.head.krate;
    let (made, constant) = (local(derived.field), &model.fields[derived.field].constant);
    let inputs = derived.inputs.iter().map(|input| local(*input));
    let call = match derived.rule {
        Rule::Derived => call(derived, None, inputs.map(|input| quote!(&#input))),
        Rule::Folded => {
            let start = start(model, derived);
            let inputs = inputs.map(|input| quote!(#krate::__private::initial(&#input)));
            call(derived, Some(quote!((#start)())), inputs)
        }
    };
    quote!(#made = #krate::__private::MakeField::derived(__maker, Self::#constant, || #call))
}

/// The call as it was written, so that the compiler complains where that is, of these values.
fn call(
    derived: &Derived,
    last: Option<TokenStream>,
    inputs: impl IntoIterator<Item = TokenStream>,
) -> TokenStream {
    let Call {
        function,
        inputs: written,
    } = &derived.call;
    let place = |span: Span| span.resolved_at(Span::call_site());
    let inputs = inputs.into_iter().zip(written).enumerate();
    let inputs = inputs.map(|(nth, (value, written))| {
        (
            format_ident!("__i{nth}", span = place(written.span())),
            value,
        )
    });
    let last = last.map(|last| (Ident::new("__last", place(function.span())), last));
    let (names, values): (Vec<_>, Vec<_>) = last.into_iter().chain(inputs).unzip();
    let arguments = quote_spanned!(place(function.span())=> (#(#names),*));
    quote!({ #(let #names = #values;)* #function #arguments })
}

/// The local that holds a field while a model is made.
pub(super) fn local(field: usize) -> Ident {
    format_ident!("__f{field}")
}

/// The function that makes what a fold starts from.
fn start(model: &Model, derived: &Derived) -> TokenStream {
    super::model::default(&model.head.krate, &model.fields[derived.field])
}

fn fields(model: &Model) -> impl Iterator<Item = &Field> {
    model
        .derived
        .iter()
        .map(|derived| &model.fields[derived.field])
}

fn has_any(model: &Model) -> bool {
    !model.derived.is_empty()
}
