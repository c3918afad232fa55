//! What live views cost, counted in calls of the program's functions and in comparisons, and never in time.

use std::{
    cell::Cell,
    cmp::Ordering,
    hash::{Hash, Hasher},
    ops::Range,
};

use store::{Map, Model, Store, Watcher};

thread_local! {
    static COMPARISONS: Cell<usize> = const { Cell::new(0) };
    static CALLS: Cell<usize> = const { Cell::new(0) };
    static EDITS: Cell<usize> = const { Cell::new(0) };
}

/// Counts how often keys and sort keys are compared.
#[derive(Debug, Clone, Eq)]
pub(crate) struct Counted(u32);

impl PartialEq for Counted {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Ord for Counted {
    fn cmp(&self, other: &Self) -> Ordering {
        COMPARISONS.set(COMPARISONS.get() + 1);
        self.0.cmp(&other.0)
    }
}

impl PartialOrd for Counted {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for Counted {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

#[derive(Clone, Debug, Model)]
pub(crate) struct Roster {
    pub(crate) friends: Map<Counted, u32>,
    pub(crate) statuses: Map<Counted, u32>,
    #[model(default = 100..150)]
    pub(crate) visible: Range<usize>,
    pub(crate) other: u32,
}

fn called<T>(answer: T) -> T {
    CALLS.set(CALLS.get() + 1);
    answer
}

/// What a write costs, all told: calls, and comparisons.
fn cost(write: impl FnOnce()) -> (usize, usize) {
    CALLS.set(0);
    COMPARISONS.set(0);
    write();
    (CALLS.get(), COMPARISONS.get())
}

/// A store of so many friends, of which a view shows the even ones in the order of what they hold.
fn watched(len: u32) -> (Store<Roster>, Watcher) {
    let store = Store::<Roster>::new();
    store.update(ROSTER, |roster| {
        let friends = (0..len).map(|number| (Counted(number), number));
        roster.friends.set(friends.collect());
    });
    let view = Roster::FRIENDS
        .view()
        .left_join(Roster::STATUSES)
        .filter(|_, (friend, _)| called(friend % 2 == 0))
        .sort_by(|_, (friend, _)| called(Counted(*friend)))
        .window(Roster::VISIBLE);
    let watcher = store.watch_across(view.watch(|rows| EDITS.set(rows.changes().count())));
    (store, watcher)
}

/// D2
#[test]
fn d2_one_row_of_many_costs_the_logarithm_of_all() {
    let (store, _watcher) = watched(100_000);
    let set = |key, value| {
        store.update(ROSTER, |roster| roster.friends.insert(Counted(key), value));
    };
    let writes: [(&str, &dyn Fn()); 6] = [
        ("a row on the screen moves to the end", &|| {
            set(220, 1_000_000);
        }),
        ("a row moves from the end to the screen", &|| {
            set(90_000, 220);
        }),
        ("a row comes", &|| set(1_000_000, 50_000)),
        ("a row no longer passes the filter", &|| set(240, 241)),
        ("a row that is joined changes", &|| {
            store.update(ROSTER, |roster| roster.statuses.insert(Counted(260), 1));
        }),
        ("a row goes", &|| {
            store.update(ROSTER, |roster| roster.friends.remove(&Counted(280)));
        }),
    ];
    for (name, write) in writes {
        let (calls, comparisons) = cost(write);
        assert!(EDITS.get() <= 2, "{name}: {} list edits", EDITS.get());
        // The filter is asked before and now, and the sort key made if it says yes.
        assert!(calls <= 4, "{name}: {calls} calls");
        // A handful of searches, the write's own among them, of up to 21 comparisons each.
        assert!(comparisons <= 10 * 21, "{name}: {comparisons} comparisons");
    }
}

#[test]
fn d2_moving_the_window_looks_at_no_row() {
    let (store, _watcher) = watched(100_000);
    let (calls, comparisons) = cost(|| {
        store.update(ROSTER, |roster| roster.visible.set(101..151));
    });
    assert_eq!(calls, 0);
    // Fifty rows are compared with fifty.
    assert!(comparisons <= 200, "{comparisons}");
}

#[test]
fn d2_commits_elsewhere_look_at_no_row() {
    let (store, _watcher) = watched(1000);
    let other = || store.update(ROSTER, |roster| roster.other.set(1));
    assert_eq!(cost(other), (0, 0));
}

#[test]
fn d2_a_map_replaced_as_a_whole_costs_what_differs() {
    let (store, _watcher) = watched(100_000);
    let mut friends = store.snapshot(ROSTER).friends.clone();
    friends.insert(Counted(90_000), 220);
    let (calls, _) = cost(|| store.update(ROSTER, |roster| roster.friends.set(friends)));
    assert!(calls <= 4, "{calls}");
}
