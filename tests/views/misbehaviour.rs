//! What a view does when the program's own code is not steady, or panics.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU32, Ordering},
};

use parking_lot::Mutex;
use store::{
    Map, OrdMap,
    view::{End, Reads, View},
};

use crate::friends::{App, CONTACT, Contact, Fragile, Told, UI, Ui, app, befriend, names};

/// A debug build says so; a release build starts afresh.
#[track_caller]
fn unsteady(panics: &Mutex<Vec<String>>, method: &str) {
    let panics = std::mem::take(&mut *panics.lock());
    if cfg!(debug_assertions) {
        let expected = format!(
            "the function given to `{method}` answered otherwise than before for the same row: what it makes of a row \
             must depend on that row alone"
        );
        assert_eq!(panics, [expected]);
    } else {
        assert_eq!(panics, Vec::<String>::new());
    }
}

/// A function that answers otherwise when `turn` is told to.
fn turning() -> (Arc<AtomicU32>, impl Fn(&u32) -> u32 + Clone) {
    let turns = Arc::new(AtomicU32::new(0));
    let turning = Arc::clone(&turns);
    (turns, move |key| key ^ turning.load(Ordering::SeqCst))
}

/// Makes a view with a function that turns, writes when it has turned, and once more, and returns what is shown.
fn shown_after_a_turn<E>(
    method: &str,
    view: impl FnOnce(Box<dyn Fn(&u32) -> u32 + Send>) -> View<E>,
) -> E::Value
where
    E: End + Reads<App> + Send + 'static,
{
    let (store, panics) = app();
    befriend(&store, (0..100).map(|key| (key, "somebody")));
    let (turns, function) = turning();
    let told = Told::of(&store, view(Box::new(function)), |change| {
        change.value().clone()
    });
    turns.store(7, Ordering::SeqCst);
    befriend(&store, [(1, "ann")]);
    unsteady(&panics, method);
    befriend(&store, [(2, "bob")]);
    assert_eq!(*panics.lock(), Vec::<String>::new());
    told.news().pop().expect("it is told at once")
}

#[test]
fn d2_a_sort_key_that_changes_behind_the_view_is_found_out() {
    let rows = shown_after_a_turn("sort_by", |function| {
        Contact::FRIENDS.view().sort_by(move |key, _| function(key))
    });
    let expected: Vec<_> = (0..100)
        .map(|place| place ^ 7)
        .filter(|key| *key < 100)
        .collect();
    let sorted: Vec<_> = rows.iter().map(|row| *row.key()).collect();
    assert_eq!(sorted.len(), 100);
    assert_eq!(sorted[..96], expected[..96]);
    assert!(rows.iter().is_sorted_by_key(|row| *row.sort_key()));
}

#[test]
fn d2_groups_that_change_behind_the_view_are_found_out() {
    let groups = shown_after_a_turn("group_by", |function| {
        Contact::FRIENDS
            .view()
            .group_by(move |key, _| function(key) % 8)
            .collect()
    });
    assert!(
        groups
            .iter()
            .all(|(group, rows)| rows.keys().all(|key| (key ^ 7) % 8 == *group))
    );
    assert_eq!(groups.values().map(OrdMap::len).sum::<usize>(), 100);
}

#[test]
fn d2_names_that_change_behind_the_view_are_found_out() {
    let rows = shown_after_a_turn("join_on", |function| {
        let joined = Contact::FRIENDS
            .view()
            .join_on(Contact::FRIENDS, move |key, _| Some(function(key)));
        joined.map(|_, (_, named)| named.clone()).collect()
    });
    assert_eq!(rows[&(1 ^ 7)].as_deref(), Some("ann"));
    assert_eq!(rows[&(2 ^ 7)].as_deref(), Some("bob"));
}

#[test]
fn w6_a_view_whose_function_panics_is_right_again_after_the_next_commit() {
    let (store, panics) = app();
    befriend(&store, [(1, "ann"), (2, "bob")]);
    let found = Contact::FRIENDS
        .view()
        .filter_by(Ui::SEARCH, |search, _, name| {
            assert!(name != "nobody", "who?");
            name.contains(search.as_str())
        })
        .sort_by(|_, name| name.clone())
        .window(0..10);
    let told = Told::of(&store, found, names);
    assert_eq!(told.news(), [["ann", "bob"]]);
    let written = store.transaction(|transaction| {
        transaction
            .on(CONTACT)
            .friends
            .insert(1, "nobody".to_owned());
        transaction.on(CONTACT).friends.insert(3, "barb".to_owned());
        transaction.on(UI).search.set("b".to_owned());
        Ok::<_, ()>(())
    });
    assert!(written.is_ok());
    assert_eq!(
        (told.news().len(), std::mem::take(&mut *panics.lock())),
        (0, vec!["who?".to_owned()])
    );
    store.update(CONTACT, |contact| contact.friends.remove(&1));
    assert_eq!(told.news(), [["barb", "bob"]]);
    assert!(panics.lock().is_empty());
}

#[test]
fn w6_a_window_does_not_keep_what_was_there_before_a_panic() {
    let (store, panics) = app();
    befriend(&store, [(1, "ann"), (2, "bob")]);
    let sorted = Contact::FRIENDS.view().sort_by(|_, name| {
        assert!(name != "nobody", "who?");
        name.clone()
    });
    let told = Told::of(&store, sorted.window(0..10), names);
    store.update(CONTACT, |contact| {
        contact.friends.set(Map::from([(3, "nobody".to_owned())]));
    });
    assert_eq!(*panics.lock(), ["who?"]);
    store.update(CONTACT, |contact| contact.friends.clear());
    assert_eq!(
        told.news(),
        [vec!["ann".to_owned(), "bob".to_owned()], vec![]]
    );
}

#[test]
fn w6_after_a_panic_no_view_has_anything_left_of_before() {
    let (store, panics) = app();
    befriend(&store, [(1, "ann"), (2, "bob")]);
    let friends = || {
        Contact::FRIENDS.view().filter(|_, name| {
            assert!(name != "nobody", "who?");
            true
        })
    };
    let named = friends().join_on(Contact::FRIENDS, |key, _| Some(*key));
    let count = Told::of(&store, friends().count(), |count| *count);
    let keys = [
        Told::of(&store, friends().collect(), |rows| keys(rows.value())),
        Told::of(&store, named.collect(), |rows| keys(rows.value())),
    ];
    assert_eq!(count.news(), [2]);
    keys.iter()
        .for_each(|told| assert_eq!(told.news(), [[1, 2]]));
    store.update(CONTACT, |contact| {
        contact.friends.set(Map::from([(3, "nobody".to_owned())]));
    });
    assert_eq!(std::mem::take(&mut *panics.lock()), ["who?"; 3]);
    store.update(CONTACT, |contact| {
        let friends = [(1, "ann"), (4, "dan"), (5, "eve")];
        let friends = friends.map(|(key, name)| (key, name.to_owned()));
        contact.friends.set(Map::from(friends));
    });
    assert_eq!(*panics.lock(), Vec::<String>::new());
    assert_eq!(count.news(), [3]);
    keys.iter()
        .for_each(|told| assert_eq!(told.news(), [[1, 4, 5]]));
}

fn keys<V: Clone>(rows: &OrdMap<u32, V>) -> Vec<u32> {
    rows.keys().copied().collect()
}

#[test]
fn w6_a_field_that_cannot_be_cloned_keeps_none_of_the_others_from_being_noted() {
    let (store, panics) = app();
    befriend(&store, [(1, "ann")]);
    let count = Contact::WEIGHTS
        .view()
        .filter_by(Ui::FRAGILE, |_, _, _| true)
        .left_join(Contact::FRIENDS.view().map(|_, name| name.clone()))
        .filter(|_, (_, name)| name.is_some())
        .count();
    let told = Told::of(&store, count, |count| *count);
    assert_eq!(told.news(), [0]);
    let broken = Fragile(Arc::new(AtomicBool::new(true)));
    let is_broken = Arc::clone(&broken.0);
    let written = store.transaction(|transaction| {
        transaction.on(UI).fragile.set(broken);
        transaction.on(CONTACT).weights.extend([(1, 1.0), (2, 2.0)]);
        transaction.on(CONTACT).friends.insert(2, "bob".to_owned());
        Ok::<_, ()>(())
    });
    assert!(written.is_ok());
    assert_eq!(
        (told.news().len(), std::mem::take(&mut *panics.lock())),
        (0, vec!["broken".to_owned()])
    );
    is_broken.store(false, Ordering::SeqCst);
    store.update(CONTACT, |contact| contact.weights.insert(3, 3.0));
    assert_eq!(told.news(), [2]);
}
