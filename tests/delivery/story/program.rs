//! Random writes: few keys and values, so that they meet and lead back.

use proptest::{collection, prelude::*, sample::select};
use store::{Store, Transaction};

use super::sight::Source;
use crate::app::{App, DIARY, PURSE, USER};

/// One change inside a transaction.
#[derive(Clone, Copy, Debug)]
pub(super) enum Op {
    Coins(i64),
    Spent(i64),
    Put(&'static str, u8),
    Take(&'static str),
    /// Replaces the whole map, so that nothing is recorded.
    Replace(&'static str, u8),
    Tag(&'static str),
    Untag(&'static str),
    Plan(u32, u8),
    Cancel(u32),
    Push(u8),
    Pop,
    Reset,
}

impl Op {
    fn apply(self, tx: &mut Transaction<'_, App>) {
        let own = str::to_owned;
        match self {
            Self::Coins(coins) => tx.on(PURSE).coins.set(coins),
            Self::Spent(spent) => tx.on(PURSE).spent.set(spent),
            Self::Put(who, status) => drop(tx.on(USER).statuses.insert(own(who), status)),
            Self::Take(who) => drop(tx.on(USER).statuses.remove(who)),
            Self::Replace(who, status) => {
                tx.on(USER)
                    .statuses
                    .set([(own(who), status)].into_iter().collect());
            }
            Self::Tag(tag) => drop(tx.on(USER).tags.insert(own(tag))),
            Self::Untag(tag) => drop(tx.on(USER).tags.remove(tag)),
            Self::Plan(day, plan) => drop(tx.on(DIARY).days.insert(day, plan)),
            Self::Cancel(day) => drop(tx.on(DIARY).days.remove(&day)),
            Self::Push(line) => tx.on(DIARY).lines.push_back(line),
            Self::Pop => drop(tx.on(DIARY).lines.pop_back()),
            Self::Reset => tx.reset(USER),
        }
    }
}

/// One commit, if it changes anything.
#[derive(Clone, Debug)]
pub(super) struct Write {
    pub(super) who: &'static str,
    pub(super) ops: Vec<Op>,
}

impl Write {
    pub(super) fn apply(&self, store: &Store<App>) {
        let written = store.by(self.who).transaction(|tx| {
            self.ops.iter().for_each(|op| op.apply(tx));
            Ok::<_, std::convert::Infallible>(())
        });
        written.expect("nothing refuses it");
    }
}

pub(super) fn write() -> impl Strategy<Value = Write> {
    let names = || select(vec!["ann", "bob"]);
    let op = prop_oneof![
        4 => (0..3i64).prop_map(Op::Coins),
        2 => (0..3i64).prop_map(Op::Spent),
        4 => (names(), 0..2u8).prop_map(|(who, status)| Op::Put(who, status)),
        3 => names().prop_map(Op::Take),
        1 => (names(), 0..2u8).prop_map(|(who, status)| Op::Replace(who, status)),
        2 => names().prop_map(Op::Tag),
        2 => names().prop_map(Op::Untag),
        3 => (0..5u32, 0..2u8).prop_map(|(day, plan)| Op::Plan(day, plan)),
        2 => (0..5u32).prop_map(Op::Cancel),
        2 => (0..2u8).prop_map(Op::Push),
        2 => Just(Op::Pop),
        1 => Just(Op::Reset),
    ];
    let who = select(vec!["server", "me"]);
    (who, collection::vec(op, 1..4)).prop_map(|(who, ops)| Write { who, ops })
}

pub(super) fn source() -> impl Strategy<Value = Source> {
    select(&Source::ALL[..])
}
