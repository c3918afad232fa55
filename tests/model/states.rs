//! Any two states of one store, however far apart: their difference is the model's, leads from
//! either to the other, and joins with the next.

use proptest::{collection, prelude::*, sample::Index};
use store::{Key, List, Map, MapDiff, OrdMap, Set, SetChange, SetDiff, SnapshotAll};

use crate::{
    app::{App, DESK, Desk, Plain, ROOM, Room},
    config,
    driver::Driver,
    model::Model,
    plain::{Field, KeyDelta, Num, PRESENT, State, Value},
    program::Act,
    strategy,
    watching::edit_lines,
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
    List<u8>: store::ListDiff<u8>;
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

fn map_deltas(diff: &MapDiff<String, f64>) -> Vec<KeyDelta> {
    let num = |value: &&f64| Num(**value);
    let delta = |change: store::MapChange<&String, &f64>| {
        (
            change.key().to_string(),
            change.old().map(num),
            change.new().map(num),
        )
    };
    diff.iter().map(delta).collect()
}

fn set_deltas<K: Key + ToString>(diff: &SetDiff<K>) -> Vec<KeyDelta> {
    let delta = |change: SetChange<&K>| match change {
        SetChange::Inserted(key) => (key.to_string(), None, Some(PRESENT)),
        SetChange::Removed(key) => (key.to_string(), Some(PRESENT), None),
    };
    diff.iter().map(delta).collect()
}

/// Compares what two snapshots say of their difference with what the model says.
fn check_difference(old: &SnapshotAll<App>, new: &SnapshotAll<App>, from: &State, to: &State) {
    let deltas = |field: Field| to.get(field).key_deltas(Some(from.get(field)));
    let (old_room, new_room) = (&old[ROOM], &new[ROOM]);
    assert_eq!(
        Some(map_deltas(&new[DESK].names.diff(&old[DESK].names))),
        deltas(Field::Names)
    );
    assert_eq!(
        Some(map_deltas(&new_room.notes.diff(&old_room.notes))),
        deltas(Field::Notes)
    );
    assert_eq!(
        Some(set_deltas(&new_room.tags.diff(&old_room.tags))),
        deltas(Field::Tags)
    );
    let mut lines = old_room.lines.iter().copied().collect();
    for edit in new_room.lines.changes_since(&old_room.lines) {
        edit_lines(&mut lines, edit);
    }
    assert_eq!(Value::Lines(lines), *to.get(Field::Lines));

    let (desks, rooms) = ((&old[DESK], &new[DESK]), (&old[ROOM], &new[ROOM]));
    let differs = [
        Desk::ONLINE.differs(desks.0, desks.1),
        Desk::NICK.differs(desks.0, desks.1),
        Desk::LEVEL.differs(desks.0, desks.1),
        Desk::NAMES.differs(desks.0, desks.1),
        Room::NOTES.differs(rooms.0, rooms.1),
        Room::TAGS.differs(rooms.0, rooms.1),
        Room::LINES.differs(rooms.0, rooms.1),
        Room::LOCKED.differs(rooms.0, rooms.1),
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
        writes in collection::vec(strategy::write(0), 1..24),
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
