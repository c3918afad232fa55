//! Models may be private, and declared inside a function or by a macro.
#![deny(warnings)]

use store::{Model, Store, Stores};

macro_rules! counter {
    ($(#[$meta:meta])* $Name:ident { $($field:ident: $Type:ty = $default:expr),* }) => {
        #[derive(Model)]
        $(#[$meta])*
        struct $Name {
            $(#[model(default = $default)] $field: $Type,)*
        }
    };
    ($Name:ident { $field:ident: $Type:ty, $derived:ident = $function:path } { $($rule:expr),* }) => {
        #[derive(Model)]
        struct $Name {
            $field: $Type,
            #[model(derived = $function($field))]
            $derived: $Type,
            $(#[model(derived = $rule)] more: $Type,)*
        }
    };
}

fn double(of: &u32) -> u32 {
    2 * of
}

counter!(Doubled { single: u32, twice = double } { double(twice) });

counter!(
    #[model(constant = "COUNTS")]
    Counter {
        clicks: u32 = 1 + 1,
        label: String = "x".into()
    }
);

fn main() {
    #[derive(Model)]
    struct Local {
        visits: u32,
    }

    #[derive(Stores)]
    struct Both {
        counter: Counter,
        local: Local,
    }

    let store = Store::<Both>::new();
    let _watching = store.watch(
        LOCAL,
        Local::watch().visits(|visits| assert_eq!(*visits, 0)),
    );
    assert_eq!(store.snapshot(COUNTS).clicks, 2);
    assert_eq!(store.snapshot(COUNTS).label, "x");
    assert_eq!(store.snapshot(LOCAL).visits, 0);
    let store = Store::<Doubled>::new();
    store.update(DOUBLED, |doubled| doubled.single.set(1));
    let doubled = store.snapshot(DOUBLED);
    assert_eq!((doubled.twice, doubled.more), (2, 4));
}
