//! R4, W4: what runs for a write may read, watch and unwatch, and is refused a write of its own; what the write leaves
//! over is dropped after it, and may write.

use store::WriteError;

use super::{
    CallOut::{self, *},
    Prying, VAULT, Vault,
    call_out::{Fate, pried},
    fill, pry, prying,
};

/// What a value does when it is compared or looked for.
const OF_KEYS: &[CallOut] = &[PartialEq, Hash, Ord];

#[test]
fn r4_keys_and_values_are_refused_a_write_inside_a_write() {
    prying(|store| {
        fill(store, 1);
        let seen = pried(|| fill(store, 2));
        seen.refused(OF_KEYS);
        let kept = store.snapshot(VAULT);
        let seen = pried(|| fill(store, 3));
        seen.refused(OF_KEYS).refused(&[Clone]);
        assert_eq!(
            (kept.shelf.len(), store.snapshot(VAULT).shelf.len()),
            (2, 3)
        );
    });
}

#[test]
fn w4_old_values_use_the_store_once_the_write_has_ended() {
    prying(|store| {
        fill(store, 1);
        pried(|| fill(store, 2)).made(&[Drop]);
        let kept = store.snapshot(VAULT);
        fill(store, 3);
        pried(|| drop(kept)).made(&[Drop]);
        pried(|| store.update(VAULT, |vault| vault.shelf.clear())).made(&[Drop]);
        assert_eq!(store.snapshot(VAULT).shelf.len(), 0);
    });
}

#[test]
fn r4_a_write_closure_is_refused_a_write_and_may_do_all_else() {
    prying(|store| {
        let seen = pried(|| store.update(VAULT, |_| pry(Closure)));
        assert_eq!(seen.fates(Closure), [Fate::Refused]);
        let seen = pried(|| {
            let given_up = store.try_update(VAULT, |vault| {
                vault.gold.set(Prying(1));
                pry(Closure);
                Err::<(), _>("given up")
            });
            given_up.unwrap_err();
        });
        seen.refused(&[Closure]).made(&[Drop]);
        assert_eq!(store.revision(), store.snapshot_all().revision());
    });
}

#[test]
fn r4_values_whose_drafts_are_swapped_use_the_store() {
    prying(|store| {
        fill(store, 1);
        for is_guarded in [false, true] {
            let _guard = is_guarded.then(|| store.guard(VAULT, |_| Ok(())));
            let seen = pried(|| {
                store.update(VAULT, |vault| {
                    vault.gold.set(Prying(7));
                    std::mem::swap(&mut vault.gold, &mut vault.silver);
                });
            });
            seen.refused(&[Clone]);
            assert_eq!(store.snapshot(VAULT).silver.0, 7);
        }
    });
}

#[test]
fn w4_what_a_write_takes_back_uses_the_store_once_that_has_ended() {
    prying(|store| {
        fill(store, 1);
        let (key, mut replaced) = (Prying(1), Vec::new());
        let seen = pried(|| {
            store.update(VAULT, |vault| {
                for number in [2, 1] {
                    let value = vault.shelf.get_mut(&key).expect("it is filled");
                    replaced.push(std::mem::replace(value, Prying(number)));
                }
            });
        });
        seen.made(&[Drop]);
        pried(|| drop((key, replaced))).made(&[Drop]);
    });
}

#[test]
fn w4_the_items_of_a_list_use_the_store_however_it_is_edited() {
    prying(|store| {
        let _watching = store.watch(
            VAULT,
            Vault::QUEUE.watch(|queue| assert!(queue.changes().count() < 9)),
        );
        for number in 1..=4 {
            fill(store, number);
        }
        let kept = store.snapshot(VAULT);
        let seen = pried(|| {
            store.update(VAULT, |vault| {
                vault.queue.insert(1, Prying(5));
                vault.queue.move_item(0, 2);
                drop(vault.queue.replace(0, Prying(6)));
                drop(vault.queue.remove(3));
                vault.queue.append([7, 8].map(Prying).into_iter().collect());
                vault.queue.truncate(5);
            });
        });
        seen.refused(&[Clone]).both(&[Drop]);
        let now = store.snapshot(VAULT);
        let numbers: Vec<_> = now.queue.iter().map(|one| one.0).collect();
        assert_eq!(numbers, [6, 2, 1, 4, 7]);
        let mut rebuilt = kept.queue.clone();
        let seen = pried(|| rebuilt.apply(&now.queue.diff(&kept.queue)).unwrap());
        seen.made(&[Clone, PartialEq]);
        assert!(rebuilt == now.queue);
        let seen = pried(|| {
            drop((kept, now, rebuilt));
            store.update(VAULT, |vault| vault.queue.clear());
        });
        seen.made(&[Drop]);
    });
}

#[test]
fn t3_a_guard_uses_the_store_and_is_refused_a_write() {
    prying(|store| {
        let _guard = store.guard(VAULT, |_| {
            pry(Guard);
            Ok(())
        });
        let seen = pried(|| store.update(VAULT, |vault| vault.visits.set(7)));
        assert_eq!(seen.fates(Guard), [Fate::Refused]);
        let _refusing = store.guard(VAULT, |vault| match vault.gold.0 {
            2 => Err("two is refused".into()),
            _ => Ok(()),
        });
        let seen = pried(|| {
            let refused = store.try_update(VAULT, |vault| {
                vault.gold.set(Prying(2));
                Ok::<_, ()>(())
            });
            assert!(matches!(refused, Err(WriteError::Refused(_))));
        });
        seen.refused(&[Guard]).made(&[Drop]);
        assert_eq!(store.snapshot(VAULT).gold.0, 0);
    });
}

#[test]
fn r4_the_functions_of_derived_fields_use_the_store_and_are_refused_a_write() {
    prying(|store| {
        fill(store, 1);
        let seen = pried(|| {
            store.update(VAULT, |vault| vault.shelf.remove(&Prying(1)));
        });
        assert_eq!(seen.fates(Derived), [Fate::Refused]);
        assert_eq!(seen.fates(Folded), []);
        let seen = pried(|| {
            store.update(VAULT, |vault| vault.ledger.remove(&Prying(1)));
        });
        assert_eq!(seen.fates(Derived), []);
        assert_eq!(seen.fates(Folded), [Fate::Refused]);
        assert_eq!(store.snapshot(VAULT).count, 0);
    });
}

#[test]
fn r4_a_rule_of_sameness_uses_the_store_and_is_refused_a_write() {
    prying(|store| {
        let seen = pried(|| store.update(VAULT, |vault| vault.silver.set(Prying(0))));
        seen.refused(&[Sameness]).made(&[Drop]);
        assert!(seen.fates(PartialEq).is_empty(), "it has a rule of its own");
        let seen = pried(|| store.update(VAULT, |vault| vault.silver.set(Prying(1))));
        seen.refused(&[Sameness]);
        assert_eq!(store.snapshot(VAULT).silver.0, 1);
    });
}

#[test]
fn t7_defaults_use_the_store_in_a_reset_and_are_refused_a_write() {
    prying(|store| {
        fill(store, 1);
        pried(|| store.reset(VAULT))
            .refused(&[Default])
            .made(&[Drop]);
        assert_eq!(store.snapshot(VAULT).gold.0, 0);
        fill(store, 2);
        let seen = pried(|| store.text().reset("vault", "gold").unwrap());
        seen.refused(&[Default]).made(&[Drop]);
        assert_eq!(store.snapshot(VAULT).gold.0, 0);
        pried(|| drop(Vault::GOLD.default_value())).made(&[Default]);
    });
}
