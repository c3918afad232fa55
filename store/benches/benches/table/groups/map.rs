//! Row groups 3 and 9: one status in a map of users is written.
//!
//! The map of one size is built once for all its rows, in each column, and put under watch row by row.

use store_benches::{Pace, Subject, Table};

use crate::{
    all, columns,
    work::{Peers, Scene, Users, checked},
};

const SIZES: [u64; 4] = [1_000, 10_000, 100_000, 1_000_000];
const SCENES: [(Scene, &str); 5] = [
    (Scene::Unwatched, "unwatched"),
    (Scene::SnapshotOut, "snapshot out"),
    (Scene::FieldWatched, "field watched"),
    (Scene::KeysWatched(1_000), "1000 keys watched"),
    (Scene::KeysWatched(1_000_000), "1000000 keys watched"),
];
const BATCHES: [u64; 2] = [1, 100];

pub fn measure(pace: Pace, peers: &Peers) -> Vec<Table> {
    let sized = SIZES.map(|users| one_size(pace, peers, users));
    let growth = growth(pace, &sized);
    sized.into_iter().chain([growth]).collect()
}

fn one_size(pace: Pace, peers: &Peers, users: u64) -> Table {
    let title = format!("One status written in a map of {users} users, per status");
    let mut table = Table::new(pace, title, columns(peers));
    let mut maps = all(peers, |peer| Some((peer.name(), peer.users(users)?)));
    for (scene, label) in SCENES {
        if scene == Scene::KeysWatched(1_000_000) && users < 1_000_000 {
            continue;
        }
        let offers = |map: &mut Option<(_, Box<dyn Users>)>| {
            map.as_mut().is_some_and(|(_, map)| map.arrange(scene))
        };
        let offered: Vec<_> = maps.iter_mut().map(offers).collect();
        let told = match scene {
            Scene::Unwatched | Scene::SnapshotOut => 0,
            Scene::FieldWatched => 1,
            // Of few keys among many, a check may meet none.
            Scene::KeysWatched(keys) => usize::from(keys * 100 >= users),
        };
        for batch in BATCHES {
            let subjects = maps.iter_mut().zip(&offered).map(|(map, offered)| {
                let (name, map) = map.as_mut().filter(|_| *offered)?;
                let writes: Subject<'_> = Box::new(move |number| map.write(number, batch));
                checked(name, writes, told)
            });
            let label = format!("{label}, {batch} per commit");
            table.row(label, batch, subjects.collect());
        }
    }
    table
}

/// What the store needs, size beside size.
fn growth(pace: Pace, sized: &[Table; 4]) -> Table {
    let columns = SIZES.map(|users| format!("{users} users"));
    let mut table = Table::new(
        pace,
        "The store alone, over four sizes (ratio to the smallest)",
        columns,
    );
    for (scene, label) in SCENES {
        if scene == Scene::KeysWatched(1_000_000) {
            continue;
        }
        for batch in BATCHES {
            let label = format!("{label}, {batch} per commit");
            let figures = sized.iter().map(|table| table.first(&label)).collect();
            table.figures(label, figures);
        }
    }
    table
}
