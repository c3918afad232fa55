//! D1, S6: values derived at run time, and values as text, by code that uses the store.

use serde_json::json;

use super::{
    CallOut::*,
    Prying, VAULT, Vault,
    call_out::{Fate, pried},
    fill, pry, prying,
};

#[test]
fn d1_the_function_of_a_derived_value_uses_the_store_and_is_refused_a_write() {
    prying(|store| {
        let mut derived = None;
        let seen = pried(|| {
            derived = Some(store.derive(Vault::VISITS, |visits| {
                pry(Computed);
                visits * 2
            }));
        });
        assert_eq!(seen.fates(Computed), [Fate::Refused], "computed at once");
        let derived = derived.unwrap();
        let seen = pried(|| store.update(VAULT, |vault| vault.visits.set(4)));
        assert_eq!(seen.fates(Computed), [Fate::Refused]);
        assert_eq!(*store.derived(&derived), 8);
    });
}

#[test]
fn d1_a_derived_value_uses_the_store_wherever_it_is_kept_compared_and_dropped() {
    prying(|store| {
        let derived = store.derive((Vault::GOLD, Vault::COUNT), |(gold, _)| Prying(gold.0));
        let watching = store.watch_across(derived.watch(|_| pry(Callback)));
        let seen = pried(|| store.update(VAULT, |vault| vault.gold.set(Prying(1))));
        seen.refused(&[PartialEq]).made(&[Callback, Drop]);
        drop(watching);
        let mut late = store.stream_across(derived.clone());
        assert!(late.try_next().is_some());
        for gold in 2..=3 {
            store.update(VAULT, |vault| vault.gold.set(Prying(gold)));
        }
        let seen = pried(|| drop(late.try_next().unwrap()));
        seen.made(&[Clone, PartialEq, Drop]);
        drop((late, derived));
        pried(|| store.update(VAULT, |vault| vault.gold.set(Prying(4)))).made(&[Drop]);
    });
}

#[test]
fn s6_what_is_read_and_written_as_text_uses_the_store() {
    prying(|store| {
        let text = store.text();
        let seen = pried(|| assert_eq!(text.read("vault", "gold").unwrap(), json!(0)));
        seen.made(&[Serialize]);
        let seen = pried(|| text.write("vault", "gold", json!(5)).unwrap());
        seen.made(&[Deserialize, Drop]).refused(&[PartialEq]);
        let seen = pried(|| drop(text.write("vault", "gold", json!("five")).unwrap_err()));
        seen.made(&[Deserialize]);
        let seen = pried(|| store.update(VAULT, |_| drop(text.read("vault", "gold").unwrap())));
        seen.refused(&[Serialize]);
        let watching = text.watch("vault", "gold", |_| pry(Callback)).unwrap();
        pried(|| fill(store, 6)).made(&[Callback]);
        drop(watching);
    });
}
