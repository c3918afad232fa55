//! What is refused, with which words, and that what is generated in its place is Rust.
//!
//! That it compiles against `store` is for `tests/compile`.

use crate::{Errors, model, stores};
use proc_macro2::TokenStream;
use syn::DeriveInput;

#[track_caller]
fn refused_by(derive: fn(&DeriveInput, &mut Errors) -> TokenStream, item: &str, messages: &[&str]) {
    let item = syn::parse_str(item).expect("the item is Rust");
    let mut errors = Errors::default();
    let expansion = derive(&item, &mut errors);
    syn::parse2::<syn::File>(expansion).expect("the expansion is Rust");
    assert_eq!(errors.messages(), messages);
}

#[track_caller]
fn model_says(item: &str, messages: &[&str]) {
    refused_by(model, item, messages);
}

#[track_caller]
fn stores_say(item: &str, messages: &[&str]) {
    refused_by(stores, item, messages);
}

#[test]
fn a_model_has_named_fields() {
    model_says(
        "struct User(bool);",
        &["a model names its fields: write `struct User { name: type }`"],
    );
    model_says("struct User;", &["a model needs at least one field"]);
    model_says("struct User {}", &["a model needs at least one field"]);
    model_says(
        "enum User { Alice { online: bool } }",
        &["a model is a struct, not an enum: make `User` the type of a field of one"],
    );
    model_says(
        "union User { online: bool }",
        &["a model is a struct, not a union"],
    );
}

#[test]
fn a_model_owns_its_fields() {
    model_says(
        "struct User<'a, T> { nick: &'a str, more: T }",
        &[
            "a model cannot borrow: take `'a` away and let `User` own its fields, \
           for example as `String` or `Arc<str>`",
        ],
    );
}

#[test]
fn all_mistakes_are_reported_at_once() {
    model_says(
        r#"#[model(nam = "me", rename_all = "shouting")]
           struct User {
               #[model(default, same = a, same = b)] online: bool,
               #[model(runtime_keys = true)] more: RuntimeKeys,
           }"#,
        &[
            "unknown setting `nam`; allowed here: `name`, `constant`, `rename_all`, `crate`",
            "unknown case `shouting`: use one of `lowercase`, `UPPERCASE`, `PascalCase`, \
             `camelCase`, `snake_case`, `SCREAMING_SNAKE_CASE`, `kebab-case`, \
             `SCREAMING-KEBAB-CASE`",
            "`default` takes a value: `default = …`",
            "`same` is given twice",
            "`runtime_keys` takes no value",
        ],
    );
}

#[test]
fn a_setting_in_the_wrong_place_is_sent_to_the_right_one() {
    model_says(
        "#[model(default = 1)] struct User { online: bool }",
        &["`default` is a setting of a model's field; \
           allowed here: `name`, `constant`, `rename_all`, `crate`"],
    );
    model_says(
        r#"struct User { #[model(rename_all = "camelCase")] online: bool }"#,
        &["`rename_all` is a setting of a model; \
           allowed here: `name`, `constant`, `default`, `same`, `derived`, `folded`, `runtime_keys`"],
    );
    stores_say(
        r#"#[stores(name = "app")] struct App { user: User }"#,
        &["`name` is a setting of a model's field; allowed here: `crate`"],
    );
}

#[test]
fn a_setting_is_given_once_in_all_attributes_together() {
    model_says(
        r#"#[model(name = "a")] #[model(name = "b",)] struct User { online: bool }"#,
        &["`name` is given twice"],
    );
}

#[test]
fn a_setting_has_the_form_it_takes() {
    model_says(
        r#"#[model(name = 5, constant = "1st", crate = "no path")]
           struct User { #[model(name)] online: bool }"#,
        &[
            "`name` takes a string: `name = \"…\"`",
            "`1st` is not a name that a constant can have",
            "`no path` is not a path",
            "`name` takes a value: `name = …`",
        ],
    );
}

#[test]
fn constants_do_not_collide() {
    model_says(
        "struct User { r#type: u8, TYPE: u8 }",
        &["the constant `TYPE` is already the key of `r#type`: \
             give this field another with `#[model(constant = \"…\")]`"],
    );
    model_says(
        "struct Page<T> { store: T }",
        &["the constant `STORE` is already the store's name: \
             give this field another with `#[model(constant = \"…\")]`"],
    );
    model_says(
        r#"#[model(constant = "PAGE")]
           struct Page<T> { store: T, r#type: T, #[model(constant = "KIND")] TYPE: u8 }"#,
        &[],
    );
}

#[test]
fn text_names_do_not_collide() {
    model_says(
        r#"#[model(rename_all = "lowercase")]
           struct User { nick_name: u8, #[model(constant = "OTHER")] nickname: u8 }"#,
        &["the text name `nickname` is already that of `nick_name`: \
           give this field another with `#[model(name = \"…\")]`"],
    );
    model_says(
        r#"#[model(name = "")] struct User { #[model(name = "")] nick: u8 }"#,
        &[
            "the text name of a store cannot be empty",
            "the text name of a field cannot be empty",
        ],
    );
}

#[test]
fn one_field_holds_the_runtime_keys() {
    model_says(
        "struct User { #[model(runtime_keys)] a: Keys, #[model(runtime_keys)] b: Keys }",
        &["`runtime_keys` is given for two fields: one field holds them all"],
    );
}

#[test]
fn a_derived_field_is_a_call_of_a_function_with_fields() {
    model_says(
        r#"struct User {
               a: u8,
               #[model(derived = "f(a)")] text: u8,
               #[model(folded = a.f())] method: u8,
               #[model(derived = f(a)(a))] nameless: u8,
               #[model(derived = f())] nothing: u8,
               #[model(folded = f(a, &a))] borrowed: u8,
               #[model(derived = f(a, self::a))] path: u8,
               #[model(derived = f(b, c, a))] others: u8,
           }"#,
        &[
            "`derived` takes a call of a function with fields: `derived = function(field)`",
            "`folded` takes a call of a function with fields: `folded = function(field)`",
            "`derived` takes a call of a function that has a name: `derived = function(field)`",
            "`derived` takes one field at least: `derived = function(field)`",
            "`folded` takes names of fields and nothing else: `folded = function(field)`",
            "`derived` takes names of fields and nothing else: `derived = function(field)`",
            "`User` has no field `b`",
            "`User` has no field `c`",
        ],
    );
    model_says(
        "struct User {
             r#type: u8,
             #[model(derived = <u8 as Into<u16>>::into(r#type,))] a: u16,
             #[model(folded = Self::f::<3>(a, a, r#type), default = 1)] b: u8,
         }",
        &[],
    );
}

#[test]
fn no_field_is_derived_from_itself() {
    model_says(
        "struct User {
             #[model(derived = f(a))] a: u8,
             #[model(folded = f(x, c))] b: u8,
             #[model(derived = f(b))] c: u8,
             #[model(derived = f(c))] outside: u8,
             #[model(derived = f(e))] d: u8,
             #[model(derived = f(x, g))] e: u8,
             #[model(derived = f(d))] g: u8,
             x: u8,
         }",
        &[
            "`a` is derived from itself",
            "`b` is derived from `c`, which is derived from `b`",
            "`d` is derived from `e`, which is derived from `g`, which is derived from `d`",
        ],
    );
}

#[test]
fn a_derived_field_has_no_setting_that_is_for_writing() {
    model_says(
        "struct User {
             x: u8,
             #[model(derived = f(x), folded = f(x), default = 3)] a: u8,
             #[model(derived = f(x), default = 3, same = s, name = \"b\")] c: u8,
             #[model(folded = f(x), default = 3)] d: u8,
             #[model(folded = f(x), runtime_keys)] keys: Keys,
         }",
        &[
            "`folded` is given for a field that is `derived` already: keep one of them",
            "a derived field has no default of its own: \
             it is what its function makes of the defaults of its inputs",
            "`runtime_keys` are written, so the field that holds them cannot be derived",
        ],
    );
}

#[test]
fn a_model_is_registered_once() {
    stores_say(
        "struct App { user: User, page: Page<u8>, other: Page<u16>, me: User }",
        &["`User` is registered twice: `user` holds it already"],
    );
    stores_say(
        "struct App(User);",
        &["a set of stores names its fields: write `struct App { name: type }`"],
    );
}
