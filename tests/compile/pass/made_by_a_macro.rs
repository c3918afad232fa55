//! A model may come out of a macro, and have fields that are there only sometimes.

use store::{Map, Model, Store, Stores};

macro_rules! models {
    ($(($name:ident, $value:ty, $($rest:tt)*))*) => {$(
        #[derive(Model)]
        pub struct $name {
            pub value: $value,
            $($rest)*
        }
    )*};
}

models! {
    (Wind, f64, pub gusts: Map<u32, f64>,)
    (Rain, u32, #[model(derived = double(value))] pub twice: u32,)
}

fn double(value: &u32) -> u32 {
    value * 2
}

#[derive(Model)]
pub struct Sun {
    pub hours: u32,
    #[cfg(any())]
    pub never: std::rc::Rc<u32>,
    #[cfg(not(any()))]
    #[cfg_attr(any(), model(default = 7))]
    pub always: u32,
}

#[derive(Stores)]
pub struct Weather {
    wind: Wind,
    rain: Rain,
    sun: Sun,
}

fn main() {
    let store = Store::<Weather>::new();
    store.update(RAIN, |rain| rain.value.set(4));
    store.update(WIND, |wind| wind.gusts.insert(1, 0.5));
    assert_eq!(store.snapshot(RAIN).twice, 8);
    assert_eq!(store.snapshot(WIND).gusts.len(), 1);
    assert_eq!(store.snapshot(SUN).always, 0);
}
