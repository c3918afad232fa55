//! D2: the functions of views, and the rows they are made of, use the store.

use store::{Store, Watcher};

use super::{
    Bank,
    CallOut::{self, *},
    Prying, VAULT, Vault,
    call_out::pried,
    fill, pry, prying,
    values::Parting,
};

/// Uses the store, and hands the value on.
fn through<T>(from: CallOut, value: T) -> T {
    pry(from);
    value
}

/// Begins to watch a view; a box, since the types of views tell how they are made.
type Begin = Box<dyn FnOnce(&Store<Bank>) -> Watcher>;

/// Watches a view while rows come, differ and go: each time the store calls out of all these, and may be written.
fn keeps_up(call_outs: &'static [CallOut], view: fn() -> Begin) {
    prying(move |store| {
        fill(store, 1);
        let watch = view();
        let mut watching = None;
        let seen = pried(|| watching = Some(watch(store)));
        seen.made(call_outs).made(&[Callback]);
        for number in 2..=4 {
            let seen = pried(|| fill(store, number));
            // Keys are copied for the write, and for the view.
            seen.made(call_outs).made(&[Callback]).both(&[Clone]);
        }
        let seen = pried(|| {
            store.update(VAULT, |vault| {
                vault.shelf.insert(Prying(1), Prying(9));
                vault.shelf.remove(&Prying(2));
            });
        });
        seen.made(call_outs).both(&[Drop]);
        pried(|| drop(watching)).made(&[Owned, Drop]);
    });
}

/// How a view is watched, by a callback that owns something.
macro_rules! watch {
    ($view:expr) => {
        || {
            let (view, owned) = ($view, Parting(Owned));
            Box::new(move |store| {
                store.watch_across(view.watch(move |_| {
                    let _owned = &owned;
                    pry(Callback);
                }))
            })
        }
    };
}

#[test]
fn d2_what_a_view_filters_by_may_write() {
    keeps_up(
        &[Filter],
        watch!(
            Vault::SHELF
                .view()
                .filter(|_, _| through(Filter, true))
                .collect()
        ),
    );
    keeps_up(
        &[Filter],
        watch!(
            Vault::SHELF
                .view()
                .filter_by(Vault::GOLD, |gold, _, value| through(Filter, gold != value))
                .collect()
        ),
    );
}

#[test]
fn d2_what_a_view_makes_of_its_rows_may_write() {
    keeps_up(
        &[Mapping],
        watch!(
            Vault::SHELF
                .view()
                .map(|_, value| through(Mapping, Prying(value.0)))
                .collect()
        ),
    );
    keeps_up(
        &[Mapping, SortKey],
        watch!(
            Vault::SHELF
                .view()
                .map_by(Vault::GOLD, |gold, _, value| through(
                    Mapping,
                    Prying(gold.0 + value.0)
                ))
                .sort_by(|key, _| through(SortKey, Prying(key.0)))
        ),
    );
}

#[test]
fn d2_what_a_view_sorts_by_may_write() {
    keeps_up(
        &[SortKey],
        watch!(
            Vault::SHELF
                .view()
                .sort_by(|_, value| through(SortKey, Prying(value.0)))
        ),
    );
    keeps_up(
        &[SortKey],
        watch!(
            Vault::SHELF
                .view()
                .sort_by(|_, value| through(SortKey, Prying(100 - value.0)))
                .window(0..2)
        ),
    );
}

#[test]
fn d2_what_a_view_groups_and_joins_by_may_write() {
    keeps_up(
        &[Grouping],
        watch!(
            Vault::SHELF
                .view()
                .group_by(|key, _| through(Grouping, Prying(key.0 % 2)))
                .collect()
        ),
    );
    keeps_up(
        &[Grouping],
        watch!(
            Vault::SHELF
                .view()
                .count_by(|key, _| through(Grouping, Prying(key.0 % 2)))
                .collect()
        ),
    );
    keeps_up(
        &[JoinKey],
        watch!(
            Vault::SHELF
                .view()
                .join_on(Vault::LEDGER, |_, value| through(
                    JoinKey,
                    Some(Prying(value.0))
                ))
                .collect()
        ),
    );
}

#[test]
fn d2_the_keys_of_a_view_may_write_whatever_it_makes_of_them() {
    keeps_up(
        &[],
        watch!(Vault::SHELF.view().left_join(Vault::LEDGER).collect()),
    );
    keeps_up(
        &[],
        watch!(Vault::SHELF.view().join(Vault::LEDGER).collect()),
    );
}
