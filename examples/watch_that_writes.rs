//! A callback may write. Everybody hears the first commit before anybody hears the second.

use std::sync::mpsc;

use store::{Model, Store};

#[derive(Model)]
struct Thermostat {
    degrees: i32,
    heating: bool,
}

fn main() {
    let store = Store::<Thermostat>::new();
    let (told, heard) = mpsc::channel();

    // A weak handle: a callback that is to stay should not keep the store alive.
    let weak = store.downgrade();
    store
        .watch(
            THERMOSTAT,
            Thermostat::watch().degrees(move |degrees| {
                if let Some(store) = weak.upgrade() {
                    // Committed at once; told when the commit we are in has been told to all.
                    store.update(THERMOSTAT, |thermostat| {
                        thermostat.heating.set(*degrees < 20);
                    });
                }
            }),
        )
        .detach();

    let told_too = told.clone();
    let _watching = store.watch(
        THERMOSTAT,
        Thermostat::watch()
            .degrees(move |degrees| told.send(format!("{} degrees", *degrees)).unwrap())
            .heating(move |heating| told_too.send(format!("heating: {}", *heating)).unwrap()),
    );
    store.update(THERMOSTAT, |thermostat| thermostat.degrees.set(25));

    let lines: Vec<_> = heard.try_iter().collect();
    println!("{}", lines.join("\n"));
    assert_eq!(
        lines,
        ["0 degrees", "heating: true", "25 degrees", "heating: false"]
    );
    assert_eq!(store.revision(), 3);
}
