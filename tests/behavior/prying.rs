//! W4, R1: code of the program's that the store runs on the way may use the store that runs it, wherever it is called
//! from: it reads, watches and unwatches, and a write is made or refused with an error, and never hangs.
//!
//! Each place that the store calls out of is a [`CallOut`]; each uses every verb, those of `verbs`. A test says of each
//! place what came of the writes tried there; whatever else a verb does otherwise than it should fails every test.

mod call_out;
mod endings;
mod hooks;
mod merging;
mod models;
mod partings;
mod readers;
mod shown;
mod told;
mod values;
mod verbs;
mod views;
mod writes;

use store::{Change, List, Map, Model, OrdMap, Set, Store, StoreBuilder, Stores};

use self::{
    call_out::{CallOut, complaints},
    values::Prying,
    verbs::{pry, pry_into, stop_prying},
};
use crate::support::in_time;

/// A store all of whose code uses it, and one that is only used.
#[derive(Stores)]
struct Bank {
    vault: Vault,
    desk: Desk,
}

#[derive(Model, Debug)]
struct Vault {
    gold: Prying,
    #[model(same = is_as_much)]
    silver: Prying,
    shelf: Map<Prying, Prying>,
    ledger: OrdMap<Prying, Prying>,
    names: Set<Prying>,
    queue: List<Prying>,
    #[model(derived = count(shelf))]
    count: usize,
    #[model(folded = tally(ledger))]
    tally: usize,
    visits: u32,
}

#[derive(Model, Debug)]
struct Desk {
    papers: u32,
}

fn is_as_much(one: &Prying, other: &Prying) -> bool {
    pry(CallOut::Sameness);
    one.0 == other.0
}

fn count(shelf: &Map<Prying, Prying>) -> usize {
    pry(CallOut::Derived);
    shelf.len()
}

fn tally(last: usize, ledger: Change<'_, OrdMap<Prying, Prying>>) -> usize {
    pry(CallOut::Folded);
    last + ledger.changes().count()
}

/// Runs a program with a store of its own, on a thread that is not waited for for ever.
#[track_caller]
fn prying(program: impl FnOnce(&Store<Bank>) + Send + 'static) {
    prying_with(|builder| builder, program);
}

/// As [`prying`], with a store of these settings.
#[track_caller]
fn prying_with(
    settings: impl FnOnce(StoreBuilder<Bank>) -> StoreBuilder<Bank> + Send + 'static,
    program: impl FnOnce(&Store<Bank>) + Send + 'static,
) {
    let complaints = in_time(|| {
        // Where writes are told to code that writes, each may lead to several.
        let store = settings(Store::builder().chain_limit(2)).build();
        pry_into(&store);
        program(&store);
        stop_prying();
        complaints()
    });
    assert!(complaints.is_empty(), "{complaints:#?}");
}

fn fill(store: &Store<Bank>, number: u32) {
    store.update(VAULT, |vault| {
        vault.gold.set(Prying(number));
        vault.silver.set(Prying(number));
        vault.shelf.insert(Prying(number), Prying(number));
        vault.ledger.insert(Prying(number), Prying(number));
        vault.names.insert(Prying(number));
        vault.queue.push_back(Prying(number));
    });
}
