//! Nothing in scope is mistaken for what the derives mean.
#![no_implicit_prelude]
#![allow(dead_code, non_camel_case_types, non_upper_case_globals)]

mod core {}
mod std {}
mod alloc {}
mod store {}

struct Option;
struct Result;
struct Vec;
struct String;
struct Box;
struct PhantomData;
struct Field;
struct Draft;
struct Delta;
struct Watch;
struct Change;
struct StoreName;
struct Model;
struct Stores;
struct str;
struct usize;
enum Hostile {
    Some,
    None,
    Ok,
    Err,
}
use self::Hostile::*;

const model: u8 = 0;
const draft: u8 = 0;
const callback: u8 = 0;

trait Clash: ::core::marker::Sized {
    const FORM: u8 = 0;
    const NAME: u8 = 0;
    fn new() {}
    fn default() {}
    fn register(&self) {}
    fn take_apart(self) {}
    fn seal(&self) {}
    fn watch(&self) {}
    fn get(&self) {}
    fn into(self) {}
}
impl<T> Clash for T {}

macro_rules! field_parts {
    ($($anything:tt)*) => {
        ::core::compile_error!("not this one")
    };
}

/// `W`, `F`, `S`, `T` and `M` are types, as any name may be.
#[derive(::core::clone::Clone, ::core::cmp::PartialEq, ::core::default::Default)]
pub struct W;
#[derive(::core::clone::Clone, ::core::cmp::PartialEq, ::core::default::Default)]
pub struct F;

#[derive(::store::Model)]
pub struct T {
    pub w: W,
    pub f: F,
    pub text: ::std::string::String,
    pub maybe: ::core::option::Option<W>,
}

#[derive(::store::Model)]
pub struct M<S, W>
where
    S: ::core::clone::Clone
        + ::core::cmp::PartialEq
        + ::core::default::Default
        + ::core::marker::Send
        + ::core::marker::Sync
        + 'static,
    W: ::core::clone::Clone
        + ::core::cmp::PartialEq
        + ::core::default::Default
        + ::core::marker::Send
        + ::core::marker::Sync
        + 'static,
{
    pub s: S,
    pub f: W,
}

#[derive(::store::Model)]
pub struct Inputs {
    pub inputs: u8,
    #[model(derived = derive(inputs))]
    pub delta: u8,
    #[model(folded = fold(inputs, delta), default = 40)]
    pub last: u8,
    #[model(derived = <u8 as Shown>::shown(last))]
    pub shown: ::std::string::String,
}

fn derive(inputs: &u8) -> u8 {
    *inputs
}

fn fold(last: u8, inputs: ::store::Change<'_, u8>, delta: ::store::Change<'_, u8>) -> u8 {
    last + *inputs.value() + *delta.value()
}

trait Shown {
    fn shown(&self) -> ::std::string::String;
}

impl Shown for u8 {
    fn shown(&self) -> ::std::string::String {
        ::std::string::ToString::to_string(self)
    }
}

#[derive(::store::Stores)]
pub struct Each {
    pub t: T,
    pub m: M<u8, F>,
    pub inputs: Inputs,
}

fn main() {
    let shop = ::store::Store::<Each>::new();
    let _watching = shop.watch(T, T::watch().w(|_| {}).f(|_| {}));
    shop.update(T, |t| t.text.push_str("hostile"));
    shop.update(M::<u8, F>::STORE, |m| m.s.set(7));
    ::core::assert_eq!(shop.snapshot(T).text, "hostile");
    ::core::assert_eq!(shop.snapshot(M::<u8, F>::STORE).s, 7);
    shop.update(INPUTS, |inputs| inputs.inputs.set(1));
    ::core::assert_eq!(shop.snapshot(INPUTS).shown, "42");
}
