//! Any two states of one store, however far apart: their difference is the model's, leads from
//! either to the other, and joins with the next.

use proptest::{collection, prelude::*, sample::Index};
use store::{List, ListDiff, Map, MapDiff, OrdMap, Set, SetDiff, SnapshotAll};

use crate::{
    app::{App, DESK, Desk, Plain, ROOM, Room, SHELF, Shelf},
    config,
    driver::Driver,
    model::Model,
    plain::{Field, KeyDelta, State, Value},
    program::Act,
    rebuild::{edit_lines, map_delta, set_delta},
    strategy,
};

/// A collection, its diff, and what they promise.
trait Diffed: Plain + Clone + PartialEq + std::fmt::Debug {
    type Diff: Clone + PartialEq + std::fmt::Debug;

    fn diff_from(&self, old: &Self) -> Self::Diff;
    fn applied(&self, diff: &Self::Diff) -> Self;
    fn invert(diff: Self::Diff) -> Self::Diff;
    fn compose(diff: Self::Diff, then: Self::Diff) -> Self::Diff;
}

macro_rules! diffed {
    ($($Real:ty: $Diff:ty;)+) => {$(
        impl Diffed for $Real {
            type Diff = $Diff;

            fn diff_from(&self, old: &Self) -> Self::Diff {
                self.diff(old)
            }

            fn applied(&self, diff: &Self::Diff) -> Self {
                let mut copy = self.clone();
                copy.apply(diff).expect("the diff fits");
                copy
            }

            fn invert(diff: Self::Diff) -> Self::Diff {
                diff.invert()
            }

            fn compose(diff: Self::Diff, then: Self::Diff) -> Self::Diff {
                diff.compose(then)
            }
        }
    )+};
}

diffed! {
    Map<String, f64>: MapDiff<String, f64>;
    OrdMap<String, f64>: MapDiff<String, f64>;
    Set<String>: SetDiff<String>;
    List<u8>: ListDiff<u8>;
}

/// Three states of one collection.
fn check_laws<C: Diffed>(first: &C, second: &C, third: &C) {
    let diff = second.diff_from(first);
    assert_eq!(first.applied(&diff).plain(), second.plain());
    assert_eq!(
        second.applied(&C::invert(diff.clone())).plain(),
        first.plain()
    );
    let joined = C::compose(diff, third.diff_from(second));
    assert_eq!(first.applied(&joined).plain(), third.plain());
}

/// Compares what two snapshots say of their difference with what the model says.
fn check_difference(old: &SnapshotAll<App>, new: &SnapshotAll<App>, from: &State, to: &State) {
    let (desks, rooms) = ((&old[DESK], &new[DESK]), (&old[ROOM], &new[ROOM]));
    let shelves = (&old[SHELF], &new[SHELF]);
    let by_key: [(Field, Vec<KeyDelta>); 5] = [
        (
            Field::Extras,
            rooms
                .1
                .extras
                .diff(&rooms.0.extras)
                .iter()
                .map(map_delta)
                .collect(),
        ),
        (
            Field::Stock,
            shelves
                .1
                .stock
                .diff(&shelves.0.stock)
                .iter()
                .map(map_delta)
                .collect(),
        ),
        (
            Field::Names,
            desks
                .1
                .names
                .diff(&desks.0.names)
                .iter()
                .map(map_delta)
                .collect(),
        ),
        (
            Field::Notes,
            rooms
                .1
                .notes
                .diff(&rooms.0.notes)
                .iter()
                .map(map_delta)
                .collect(),
        ),
        (
            Field::Tags,
            rooms
                .1
                .tags
                .diff(&rooms.0.tags)
                .iter()
                .map(set_delta)
                .collect(),
        ),
    ];
    for (field, deltas) in by_key {
        assert_eq!(
            Some(deltas),
            to.get(field).key_deltas(Some(from.get(field)))
        );
    }
    let mut lines = rooms.0.lines.iter().copied().collect();
    for edit in rooms.1.lines.changes_since(&rooms.0.lines) {
        edit_lines(&mut lines, edit);
    }
    assert_eq!(Value::Lines(lines), *to.get(Field::Lines));

    let differs = [
        Desk::ONLINE.differs(desks.0, desks.1),
        Desk::NICK.differs(desks.0, desks.1),
        Desk::LEVEL.differs(desks.0, desks.1),
        Desk::NAMES.differs(desks.0, desks.1),
        Room::NOTES.differs(rooms.0, rooms.1),
        Room::TAGS.differs(rooms.0, rooms.1),
        Room::LINES.differs(rooms.0, rooms.1),
        Room::LOCKED.differs(rooms.0, rooms.1),
        Room::EXTRAS.differs(rooms.0, rooms.1),
        Shelf::PRICE.differs(shelves.0, shelves.1),
        Shelf::STOCK.differs(shelves.0, shelves.1),
        Shelf::DEAR.differs(shelves.0, shelves.1),
        Shelf::GAPS.differs(shelves.0, shelves.1),
        Shelf::ALARM.differs(shelves.0, shelves.1),
    ];
    let found = Field::ALL
        .into_iter()
        .zip(differs)
        .filter(|(_, differs)| *differs);
    assert!(
        found.map(|(field, _)| field).eq(to.changed(from)),
        "the fields that differ"
    );
}

proptest! {
    #![proptest_config(config(300))]

    /// S3, T5, T6: snapshots keep showing their moment, and any two of them can be compared.
    #[test]
    fn any_two_states_differ_as_the_model_says(
        writes in collection::vec(strategy::write(0, None), 1..24),
        picks in any::<[Index; 3]>(),
    ) {
        let (mut model, driver) = (Model::new(), Driver::new());
        let mut moments = vec![(driver.snapshot(), model.state().1)];
        for write in writes {
            let act = Act::Write(write);
            model.act(&act);
            driver.act(&act);
            moments.push((driver.snapshot(), model.state().1));
        }
        let [(first, from), (second, to), (third, _)] = picks.map(|pick| pick.get(&moments));
        check_difference(first, second, from, to);
        check_laws(&first[DESK].names, &second[DESK].names, &third[DESK].names);
        check_laws(&first[ROOM].notes, &second[ROOM].notes, &third[ROOM].notes);
        check_laws(&first[ROOM].tags, &second[ROOM].tags, &third[ROOM].tags);
        check_laws(&first[ROOM].lines, &second[ROOM].lines, &third[ROOM].lines);
    }
}
