//! Random views, each with a computation from scratch in plain std collections.

use std::collections::BTreeMap;

use proptest::{collection::vec, prelude::*};
use store::{
    SnapshotAll,
    view::{Boxed, Rows},
};

use super::app::{App, CONTACT, Contact, Place, UI, USER, Ui, User, place, value};

/// Rows of whatever stages.
type Any = Boxed<App, u8, u8>;

/// The rows of a view.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    from: Place,
    makes: Vec<Make>,
}

/// What a stage makes of rows.
#[derive(Debug, Clone)]
enum Make {
    Filter(u8),
    FilterBySearch,
    Map(u8),
    MapBySearch,
    Join(Plan),
    LeftJoin(Plan),
    JoinOn(u8, Plan),
    Group(u8),
    Count(u8),
}

pub(crate) fn plan() -> impl Strategy<Value = Plan> {
    let leaf = place().prop_map(|from| Plan {
        from,
        makes: Vec::new(),
    });
    leaf.prop_recursive(3, 12, 4, |plans| {
        let make = prop_oneof![
            2 => value().prop_map(Make::Filter),
            2 => Just(Make::FilterBySearch),
            2 => value().prop_map(Make::Map),
            1 => Just(Make::MapBySearch),
            1 => plans.clone().prop_map(Make::Join),
            2 => plans.clone().prop_map(Make::LeftJoin),
            2 => (value(), plans).prop_map(|(by, plan)| Make::JoinOn(by, plan)),
            1 => value().prop_map(Make::Group),
            1 => value().prop_map(Make::Count),
        ];
        (place(), vec(make, 0..4)).prop_map(|(from, makes)| Plan { from, makes })
    })
}

/// What a row of a join is made into: with no right row, as if that held nine.
fn both(left: u8, right: Option<u8>) -> u8 {
    left.wrapping_mul(7).wrapping_add(right.unwrap_or(9))
}

/// Which row one names, if it names one.
fn named(by: u8, key: u8, value: u8) -> Option<u8> {
    (value != by).then(|| (key / 2).wrapping_add(value))
}

fn group(by: u8, key: u8, value: u8) -> u8 {
    (key % 8) ^ (value / (by + 1))
}

/// What a group of rows is made into.
fn sum<'a>(rows: impl Iterator<Item = (&'a u8, &'a u8)>) -> u8 {
    rows.fold(1, |sum, (key, value)| {
        sum.wrapping_mul(31) ^ key.wrapping_add(*value)
    })
}

fn is_kept(by: u8, key: u8, value: u8) -> bool {
    (key ^ value) % 7 > by
}

impl Plan {
    pub(crate) fn rows(&self) -> Rows<Any> {
        let rows = match self.from {
            Place::Friends => Contact::FRIENDS.view().boxed(),
            Place::Groups => Contact::GROUPS.view().boxed(),
            Place::Statuses => User::STATUSES.view().boxed(),
            Place::Blocked => User::BLOCKED.view().map(|key, ()| *key).boxed(),
        };
        self.makes
            .iter()
            .cloned()
            .fold(rows, |rows, make| match make {
                Make::Filter(by) => rows
                    .filter(move |key, value| is_kept(by, *key, *value))
                    .boxed(),
                Make::FilterBySearch => rows
                    .filter_by(Ui::SEARCH, |by, key, value| is_kept(*by, *key, *value))
                    .boxed(),
                Make::Map(by) => rows
                    .map(move |key, value| key % (by + 1) + value / 2)
                    .boxed(),
                Make::MapBySearch => rows
                    .map_by(Ui::SEARCH, |by, _, value| value / (by + 1))
                    .boxed(),
                Make::Join(plan) => {
                    let joined = rows.join(plan.rows());
                    joined
                        .map(|_, (left, right)| both(*left, Some(*right)))
                        .boxed()
                }
                Make::LeftJoin(plan) => {
                    let joined = rows.left_join(plan.rows());
                    joined.map(|_, (left, right)| both(*left, *right)).boxed()
                }
                Make::JoinOn(by, plan) => {
                    let joined =
                        rows.join_on(plan.rows(), move |key, value| named(by, *key, *value));
                    joined.map(|_, (left, right)| both(*left, *right)).boxed()
                }
                Make::Group(by) => {
                    let groups = rows.group_by(move |key, value| group(by, *key, *value));
                    groups.map(|_, rows| sum(rows.iter())).boxed()
                }
                Make::Count(by) => {
                    let counts = rows.count_by(move |key, value| group(by, *key, *value));
                    counts.map(|_, count| *count as u8).boxed()
                }
            })
    }

    /// The rows as they are at one moment.
    pub(crate) fn expected(&self, all: &SnapshotAll<App>) -> BTreeMap<u8, u8> {
        let (contact, user) = (&all[CONTACT], &all[USER]);
        let search = all[UI].search;
        let copied = |(key, value): (&u8, &u8)| (*key, *value);
        let start: BTreeMap<u8, u8> = match self.from {
            Place::Friends => contact.friends.iter().map(copied).collect(),
            Place::Groups => contact.groups.iter().map(copied).collect(),
            Place::Statuses => user.statuses.iter().map(copied).collect(),
            Place::Blocked => user.blocked.iter().map(|key| (*key, *key)).collect(),
        };
        let filter = |rows: BTreeMap<u8, u8>, by| {
            rows.into_iter()
                .filter(|(key, value)| is_kept(by, *key, *value))
                .collect()
        };
        let groups = |rows: BTreeMap<u8, u8>, by| {
            let mut groups = BTreeMap::<u8, BTreeMap<u8, u8>>::new();
            for (key, value) in rows {
                groups
                    .entry(group(by, key, value))
                    .or_default()
                    .insert(key, value);
            }
            groups.into_iter()
        };
        let made = |rows: BTreeMap<u8, u8>, make: &Make| -> BTreeMap<u8, u8> {
            match make {
                Make::Filter(by) => filter(rows, *by),
                Make::FilterBySearch => filter(rows, search),
                Make::Map(by) => rows
                    .iter()
                    .map(|(key, value)| (*key, key % (by + 1) + value / 2))
                    .collect(),
                Make::MapBySearch => rows
                    .iter()
                    .map(|(key, value)| (*key, value / (search + 1)))
                    .collect(),
                Make::Join(plan) => {
                    let right = plan.expected(all);
                    let pairs = rows
                        .iter()
                        .filter_map(|(key, left)| Some((*key, *left, *right.get(key)?)));
                    pairs
                        .map(|(key, left, right)| (key, both(left, Some(right))))
                        .collect()
                }
                Make::LeftJoin(plan) => {
                    let right = plan.expected(all);
                    rows.iter()
                        .map(|(key, left)| (*key, both(*left, right.get(key).copied())))
                        .collect()
                }
                Make::JoinOn(by, plan) => {
                    let right = plan.expected(all);
                    let of = |key, left| {
                        named(*by, key, left).and_then(|named| right.get(&named).copied())
                    };
                    rows.iter()
                        .map(|(key, left)| (*key, both(*left, of(*key, *left))))
                        .collect()
                }
                Make::Group(by) => groups(rows, *by)
                    .map(|(group, rows)| (group, sum(rows.iter())))
                    .collect(),
                Make::Count(by) => groups(rows, *by)
                    .map(|(group, rows)| (group, rows.len() as u8))
                    .collect(),
            }
        };
        self.makes.iter().fold(start, made)
    }
}
