//! W8: watches of a key, a range, a prefix, a projection, several fields, and wider ones.

use store::{Map, Model, Store};

use crate::{
    app::{App, DIARY, Diary, PURSE, TILL, USER, User, app, put, rename},
    support::{Log, members},
};

fn statuses<const N: usize>(entries: [(&str, u8); N]) -> Map<String, u8> {
    entries.map(|(key, value)| (key.to_owned(), value)).into()
}

/// Watches `key` among `crowd` other watched keys, so that both ways to find it are tried.
fn watch_key(store: &Store<App>, log: &Log, key: &str, crowd: usize) -> Vec<store::Watcher> {
    let quiet = |n| store.watch(USER, User::STATUSES.key(format!("other {n}")).watch(|_| {}));
    let mut watchers: Vec<_> = (0..crowd).map(quiet).collect();
    watchers.push(store.watch(USER, User::STATUSES.key(key.to_owned()).watch(log.key())));
    watchers
}

/// W8: from absent to there, to another value, to gone; with few and with many watched keys.
#[test]
fn one_key_is_told_from_before_it_is_there_until_after_it_is_gone() {
    for crowd in [0, 100] {
        let (store, log) = (app(), Log::default());
        let _watching = watch_key(&store, &log, "ann", crowd);
        log.heard(["ann: -"]);
        put(&store, "bob", 1);
        log.heard([]);
        put(&store, "ann", 1);
        put(&store, "ann", 1);
        put(&store, "ann", 2);
        log.heard(["ann: - -> 1", "ann: 1 -> 2"]);
        store.update(USER, |user| user.statuses.remove("ann"));
        put(&store, "ann", 3);
        log.heard(["ann: 2 -> -", "ann: - -> 3"]);
    }
}

/// W8: however the map is written: cleared, replaced, past the verbs, reset.
#[test]
fn one_key_is_told_when_the_whole_map_is_replaced() {
    for crowd in [0, 100] {
        let (store, log) = (app(), Log::default());
        let _watching = watch_key(&store, &log, "ann", crowd);
        let set = |map| store.update(USER, |user| user.statuses.set(map));
        log.take();
        set(statuses([("ann", 1), ("bob", 1)]));
        log.heard(["ann: - -> 1"]);
        set(statuses([("ann", 1), ("cid", 2)]));
        log.heard([]);
        set(statuses([("ann", 2)]));
        log.heard(["ann: 1 -> 2"]);
        store.update(USER, |user| user.statuses.clear());
        log.heard(["ann: 2 -> -"]);
        store.update(USER, |user| (*user.statuses).insert("ann".to_owned(), 4));
        log.heard(["ann: - -> 4"]);
        store.update(USER, |user| *user.statuses.get_mut("ann").unwrap() += 1);
        log.heard(["ann: 4 -> 5"]);
        store.reset(USER);
        log.heard(["ann: 5 -> -"]);
    }
}

/// W8: the watchers of one key come and go on their own.
#[test]
fn a_key_may_have_many_watchers() {
    let (store, log) = (app(), Log::default());
    let watch = || store.watch(USER, User::STATUSES.key("ann".to_owned()).watch(log.key()));
    let (a, b, c) = (watch(), watch(), watch());
    log.take();
    put(&store, "ann", 1);
    log.heard(["ann: - -> 1"; 3]);
    drop(b);
    put(&store, "ann", 2);
    log.heard(["ann: 1 -> 2"; 2]);
    drop((a, c));
    put(&store, "ann", 3);
    log.heard([]);
    let _again = watch();
    put(&store, "ann", 4);
    log.heard(["ann: 3", "ann: 3 -> 4"]);
}

/// W8: two keys of one watcher, one commit.
#[test]
fn several_keys_of_one_commit_are_each_told_once() {
    let (store, log) = (app(), Log::default());
    let key = |key: &str| User::STATUSES.key(key.to_owned()).watch(log.key());
    let _watching = store.watch(USER, (key("bob"), key("ann"), key("cid")));
    log.take();
    store.update(USER, |user| {
        user.statuses
            .extend([("ann".to_owned(), 1), ("bob".to_owned(), 2)]);
    });
    log.heard(["bob: - -> 2", "ann: - -> 1"]);
}

/// W8: a member of a set.
#[test]
fn one_member_of_a_set_can_be_watched() {
    let (store, log) = (app(), Log::default());
    let _watching = store.watch(USER, User::TAGS.key("new".to_owned()).watch(log.key()));
    store.update(USER, |user| user.tags.insert("old".to_owned()));
    store.update(USER, |user| user.tags.insert("new".to_owned()));
    store.update(USER, |user| user.tags.clear());
    log.heard(["new: -", "new: - -> ()", "new: () -> -"]);
}

/// W8: what a range, a prefix or a key hears of one write to the days 1, 5 and 9.
#[track_caller]
fn check_days(range: impl std::ops::RangeBounds<u32>, told: &[&str]) {
    let (store, log) = (app(), Log::default());
    let fill = |days: &[u32], text: &str| {
        store.update(DIARY, |diary| {
            diary
                .days
                .extend(days.iter().map(|day| (*day, text.to_owned())));
        });
    };
    fill(&[1, 5], "a");
    let _watching = store.watch(DIARY, Diary::DAYS.range(range).watch(log.range()));
    fill(&[5, 9], "b");
    store.update(DIARY, |diary| diary.days.remove(&1));
    store.update(DIARY, |diary| {
        diary
            .days
            .set([(9, "b".to_owned()), (2, "c".to_owned())].into());
    });
    assert_eq!(log.take(), told);
}

#[test]
fn w8_a_range_hears_its_own_keys_only() {
    check_days(0..5, &[r#"+1="a""#, r#"-1="a""#, r#"+2="c""#]);
    check_days(5..=9, &[r#"+5="a""#, r#"~5="a">"b" +9="b""#, r#"-5="b""#]);
    check_days(6..9, &[""]);
}

#[test]
fn w8_a_range_without_bounds_hears_all() {
    check_days(
        ..,
        &[
            r#"+1="a" +5="a""#,
            r#"~5="a">"b" +9="b""#,
            r#"-1="a""#,
            r#"+2="c" -5="b""#,
        ],
    );
}

/// W8: a range that ends before it starts is empty; nothing of it can be asked that breaks.
#[test]
#[allow(clippy::reversed_empty_ranges)]
fn an_empty_range_is_called_only_at_once() {
    for range in [9..1, 5..5] {
        let (store, log) = (app(), Log::default());
        let notes = log.clone();
        let watch = Diary::DAYS
            .range(range)
            .watch(move |days| notes.note(days.iter().count()));
        let _watching = store.watch(DIARY, watch);
        store.update(DIARY, |diary| diary.days.insert(5, "x".to_owned()));
        log.heard(["0"]);
    }
}

/// W8: the range as it is now, beside what changed in it.
#[test]
fn a_range_shows_its_entries_and_the_whole_map() {
    let (store, log) = (app(), Log::default());
    let notes = log.clone();
    let watch = Diary::DAYS.range(3..7).watch(move |days| {
        let keys: Vec<_> = days.iter().map(|(day, _)| *day).collect();
        notes.note(format_args!(
            "{keys:?} of {} @{}",
            days.map().len(),
            days.revision()
        ));
    });
    let _watching = store.watch(DIARY, watch);
    store.update(DIARY, |diary| {
        diary.days.extend((0..10).map(|day| (day, "x".to_owned())));
    });
    store.update(DIARY, |diary| diary.days.remove(&8));
    store.update(DIARY, |diary| diary.days.remove(&4));
    log.heard(["[] of 0 @0", "[3, 4, 5, 6] of 10 @1", "[3, 5, 6] of 8 @3"]);
}

/// W8: overlapping ranges, watched and unwatched, each hear what is theirs.
#[test]
fn ranges_may_overlap() {
    let store = app();
    let mut ranges: Vec<_> = (0..40_u32)
        .map(|n| {
            let (range, log) = (n % 10..n % 10 + n / 5 + 1, Log::default());
            let watcher = store.watch(DIARY, Diary::DAYS.range(range.clone()).watch(log.range()));
            log.take();
            (range, log, watcher)
        })
        .collect();
    for day in 0..20 {
        store.update(DIARY, |diary| diary.days.insert(day, "x".to_owned()));
        for (range, log, _) in &ranges {
            let expected = format!("+{day}=\"x\"");
            let expected: &[String] = if range.contains(&day) {
                &[expected]
            } else {
                &[]
            };
            assert_eq!(log.take(), expected, "{range:?}");
        }
        drop(ranges.remove(usize::try_from(day * 7).unwrap() % ranges.len()));
    }
}

/// W8
#[test]
fn a_prefix_hears_the_keys_that_start_with_it() {
    let (store, log) = (app(), Log::default());
    let _watching = store.watch(DIARY, Diary::NAMES.prefix("an").watch(log.range()));
    for name in ["a", "am", "an", "ann", "an\u{10ffff}", "ao", "b", "An"] {
        store.update(DIARY, |diary| diary.names.insert(name.to_owned(), 1));
    }
    log.heard(["", r#"+"an"=1"#, r#"+"ann"=1"#, "+\"an\\u{10ffff}\"=1"]);
}

/// W8: prefixes at the end of the alphabet have no next one.
#[test]
fn the_empty_and_the_last_prefix_work() {
    let (store, log) = (app(), Log::default());
    let last = char::MAX.to_string();
    let _watching = store.watch(
        DIARY,
        (
            Diary::NAMES.prefix("").watch(log.range()),
            Diary::NAMES.prefix(&last).watch(log.range()),
        ),
    );
    log.take();
    store.update(DIARY, |diary| diary.names.insert("x".to_owned(), 1));
    assert_eq!(log.take().len(), 1);
    store.update(DIARY, |diary| diary.names.insert(format!("{last}x"), 1));
    assert_eq!(log.take().len(), 2);
}

/// W8
#[test]
fn a_projection_is_told_when_its_outcome_differs() {
    let (store, log) = (app(), Log::default());
    let many = USER
        .project(|user| user.statuses.len() / 2)
        .watch(log.of("pairs"));
    let _watching = store.watch(USER, many);
    (0..4).for_each(|n| put(&store, &n.to_string(), 0));
    rename(&store, "ann");
    store.reset(USER);
    log.heard([
        "pairs: 0",
        "pairs: 0 -> 1",
        "pairs: 1 -> 2",
        "pairs: 2 -> 0",
    ]);
}

/// W8, T6: a projection to NaN is the same NaN.
#[test]
fn a_projection_to_nan_is_silent() {
    let (store, log) = (app(), Log::default());
    let ratio = USER
        .project(|user| user.volume / user.volume)
        .watch(log.of("ratio"));
    let _watching = store.watch(USER, ratio);
    rename(&store, "ann");
    log.heard(["ratio: NaN"]);
}

/// W8
#[test]
fn several_fields_are_told_once_per_commit() {
    let (store, log) = (app(), Log::default());
    let _watching = store.watch(
        USER,
        USER.fields((User::ONLINE, User::NICK)).watch(log.fields()),
    );
    log.heard(["user"]);
    store.update(USER, |user| {
        user.nick.set("ann".to_owned());
        user.online.set(true);
    });
    store.update(USER, |user| user.volume.set(1.0));
    store.update(USER, |user| user.nick.set("bob".to_owned()));
    log.heard(["user nick online", "user nick"]);
}

/// W8: and give the difference of each.
#[test]
fn a_change_of_a_store_gives_the_changes_of_its_fields() {
    let (store, log) = (app(), Log::default());
    let notes = log.clone();
    let _watching = store.watch(
        USER,
        USER.any().watch(move |user| {
            let nick = user
                .change_of(User::NICK)
                .map(|nick| (nick.old(), nick.value()));
            let tags = user
                .change_of(User::TAGS)
                .map(|tags| members(tags.changes()));
            notes.note(format_args!("{nick:?} {tags:?} {}", user.state().online));
        }),
    );
    store.update(USER, |user| user.tags.insert("a".to_owned()));
    rename(&store, "ann");
    log.heard([
        "None None false",
        r#"None Some("+\"a\"") false"#,
        r#"Some((Some("nobody"), "ann")) None false"#,
    ]);
}

/// W8: wider: any field of a store, any store.
#[test]
fn a_whole_store_and_every_store_can_be_watched() {
    let (store, log) = (app(), Log::default());
    let _user = store.watch(USER, USER.any().watch(log.fields()));
    let _all = store.watch_commits({
        let log = log.clone();
        move |commit| log.note(commit.changed_fields().len())
    });
    log.heard(["user"]);
    rename(&store, "ann");
    log.heard(["user nick", "1"]);
    let done = store.transaction(|tx| {
        tx.on(TILL).coins.set(1);
        tx.on(PURSE).coins.set(1);
        Ok::<_, ()>(())
    });
    done.unwrap();
    log.heard(["2"]);
    assert_eq!(User::fields().len(), 5);
}
