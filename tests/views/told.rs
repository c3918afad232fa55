//! What a view tells, and when.

use store::{Change, Store, Watch, view::Row};

use crate::friends::{App, CONTACT, Contact, Told, UI, Ui, app, befriend, names};

#[test]
fn a_view_is_shown_as_what_it_is_made_of() {
    let view = Contact::FRIENDS
        .view()
        .filter_by(Ui::SEARCH, |search, _, name| name.contains(search.as_str()))
        .join(Contact::WEIGHTS.view().filter(|_, weight| *weight > 1.0))
        .group_by(|_, (name, _)| name.clone())
        .sort_by(|name, _| name.clone())
        .window(0..5);
    assert_eq!(
        format!("{view:?}"),
        "View(Windowed(Sorted(Grouped(Joined(LeftJoined(Filtered(contact.friends, Given(ui.search)), \
         Filtered(contact.weights, Plain))))), 0..5))"
    );
}

#[test]
fn d2_a_view_is_told_once_per_commit_and_sees_all_fields_at_one_moment() {
    let (store, _) = app();
    befriend(&store, [(1, "ann"), (2, "bob")]);
    let found = Contact::FRIENDS
        .view()
        .filter_by(Ui::SEARCH, |search, _, name| name.contains(search.as_str()))
        .sort_by(|_, name| name.clone());
    let told = Told::of(&store, found, |rows| {
        (names(rows), rows.is_initial(), rows.revision())
    });
    assert_eq!(
        told.news(),
        [(vec!["ann".to_owned(), "bob".to_owned()], true, 1)]
    );
    let written = store.transaction(|transaction| {
        transaction.on(UI).search.set("c".to_owned());
        transaction.on(CONTACT).friends.insert(3, "cy".to_owned());
        Ok::<_, ()>(())
    });
    assert!(written.is_ok());
    assert_eq!(told.news(), [(vec!["cy".to_owned()], false, 2)]);
}

#[test]
fn d2_what_leaves_the_view_as_it_was_is_not_told() {
    let (store, _) = app();
    befriend(&store, [(1, "ann"), (2, "bob")]);
    let long = || Contact::FRIENDS.view().filter(|_, name| name.len() > 3);
    let first = Contact::FRIENDS
        .view()
        .sort_by(|_, name| name.clone())
        .window(0..1);
    let told = [
        Told::of(&store, long().collect(), |_| "map"),
        Told::of(&store, long().count(), |_| "number"),
        Told::of(&store, first, |_| "window"),
    ];
    told.iter()
        .for_each(|told| assert_eq!(told.news().len(), 1));
    befriend(&store, [(2, "bert"), (3, "cy")]);
    assert_eq!(told.each_ref().map(|told| told.news().len()), [1, 1, 0]);
    befriend(&store, [(3, "dan")]);
    store.update(UI, |ui| ui.search.set("x".to_owned()));
    befriend(&store, [(2, "bernard")]);
    assert_eq!(told.each_ref().map(|told| told.news().len()), [1, 0, 0]);
}

#[test]
fn d2_a_row_that_moves_is_told_as_list_edits() {
    let (store, _) = app();
    befriend(&store, [(1, "ann"), (2, "bob"), (3, "cy")]);
    let sorted = Contact::FRIENDS.view().sort_by(|_, name| name.clone());
    let told = Told::of(&store, sorted, |rows| {
        let edits = rows.changes().map(|edit| format!("{edit:?}"));
        edits.collect::<Vec<_>>()
    });
    assert_eq!(told.news()[0].len(), 1);
    befriend(&store, [(1, "zoe")]);
    assert_eq!(
        told.news(),
        [[
            r#"Remove { index: 0, old: Row { key: 1, value: "ann", sort_key: "ann" } }"#,
            r#"Append { len: 2, values: [Row { key: 1, value: "zoe", sort_key: "zoe" }] }"#,
        ]]
    );
}

#[test]
fn t6_nan_is_no_news_in_a_view() {
    let (store, _) = app();
    store.update(CONTACT, |contact| {
        contact.weights.extend([(1, 1.0), (2, 2.0)]);
    });
    let roots = Contact::WEIGHTS
        .view()
        .map(|_, weight| (1.5 - weight).sqrt());
    let told = Told::of(&store, roots.sort_by(|_, root| root.is_nan()), |rows| {
        rows.value().len()
    });
    assert_eq!(told.news(), [2]);
    store.update(CONTACT, |contact| contact.weights.insert(2, 3.0));
    assert_eq!(told.news(), Vec::<usize>::new());
}

#[test]
fn d2_what_others_count_as_the_same_is_seen_when_the_view_next_looks() {
    let store = Store::<App>::builder().queue_bound(1).build();
    let favourites = Contact::FAVOURITES.view().collect();
    let told = Told::of(&store, favourites, |rows| {
        rows.value().keys().copied().collect::<Vec<_>>()
    });
    // So that the commit that only changes friends is told to somebody.
    let _friends = store.watch(CONTACT, Contact::FRIENDS.watch(|_| {}));
    let weak = store.downgrade();
    let exchange = move |_: Change<'_, u32>| {
        let Some(store) = weak.upgrade() else { return };
        // Waits alone; what comes after it is merged.
        befriend(&store, [(1, "ann")]);
        store.update(CONTACT, |contact| contact.favourites.remove(&1));
        store.update(CONTACT, |contact| contact.favourites.insert(2, 2));
    };
    store.update(CONTACT, |contact| contact.favourites.insert(1, 1));
    let _watcher = store.watch(UI, Ui::BURSTS.watch(exchange).changes_only());
    assert_eq!(told.news(), [vec![], vec![1]]);
    // Both are told as one commit, which changed nothing by the field's own rule.
    store.update(UI, |ui| ui.bursts.set(1));
    assert_eq!(told.news(), Vec::<Vec<u32>>::new());
    store.update(CONTACT, |contact| contact.favourites.insert(3, 3));
    assert_eq!(told.news(), [vec![2, 3]]);
}

#[test]
fn d2_an_input_is_seen_as_it_is_though_it_counts_as_its_default() {
    let (store, _) = app();
    befriend(&store, [(1, "ann"), (2, "bob"), (3, "cy")]);
    for limit in [13, 3] {
        store.update(UI, |ui| ui.limit.set(limit));
    }
    let below = || {
        let friends = Contact::FRIENDS.view();
        friends
            .filter_by(Ui::LIMIT, |limit, key, _| key < limit)
            .count()
    };
    assert_eq!(below().at(&store.snapshot_all()), 2);
    assert_eq!(Told::of(&store, below(), |count| *count).news(), [2]);
}

#[test]
fn t5_diffs_of_sorted_views_go_through_serde() {
    let (store, _) = app();
    befriend(&store, [(1, "bob")]);
    let sorted = || Contact::FRIENDS.view().sort_by(|_, name| name.clone());
    let before = sorted().at(&store.snapshot_all());
    befriend(&store, [(2, "ann")]);
    let diff = sorted().at(&store.snapshot_all()).diff(&before);
    let json = serde_json::to_string(&diff).unwrap();
    assert_eq!(
        json,
        r#"[{"insert":{"index":0,"value":{"sort_key":"ann","key":2,"value":"ann"}}}]"#
    );
    assert_eq!(
        serde_json::from_str::<store::ListDiff<Row<u32, String, String>>>(&json).unwrap(),
        diff
    );
}
