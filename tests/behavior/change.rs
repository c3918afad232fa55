//! T1, T2, T5: transactions, and the net difference that comes of them.

use store::{Model, WriteError};

use crate::{
    app::{DIARY, Diary, PURSE, Purse, TILL, USER, User, app, put},
    support::{Log, entries, members, panic_of},
};

/// T1
#[test]
fn an_error_leaves_no_trace() {
    let (store, log) = (app(), Log::default());
    let _watching = store.watch(PURSE, PURSE.any().watch(log.fields()));
    log.take();
    let result = store.transaction(|tx| {
        tx.on(PURSE).coins.set(1);
        tx.on(TILL).coins.set(1);
        Err::<(), _>("no money")
    });
    assert!(matches!(result, Err(WriteError::Aborted("no money"))));
    assert_eq!(
        result.unwrap_err().to_string(),
        "the write closure gave up: no money"
    );
    let all = store.snapshot_all();
    assert_eq!(
        (all[PURSE].coins, all[TILL].coins, all.revision()),
        (0, 0, 0)
    );
    log.heard([]);
}

/// T1: the panic goes on to the caller, and the store works as before.
#[test]
fn a_panicking_closure_leaves_no_trace() {
    let (store, log) = (app(), Log::default());
    let _watching = store.watch(PURSE, Purse::watch().coins(log.of("coins")));
    let said = panic_of(|| {
        store.update(PURSE, |purse| {
            purse.coins.set(1);
            panic!("no money");
        });
    });
    assert_eq!(said, "no money");
    assert_eq!((store.snapshot(PURSE).coins, store.revision()), (0, 0));
    store.update(PURSE, |purse| purse.coins.set(2));
    log.heard(["coins: 0", "coins: 0 -> 2"]);
}

/// T1: a write closure reads what it wrote, and can tell it from what is committed.
#[test]
fn a_draft_shows_what_was_written_so_far() {
    let store = app();
    put(&store, "ann", 1);
    store.update(USER, |user| {
        assert!(user.statuses.insert("bob".to_owned(), 2));
        assert!(!user.statuses.insert("ann".to_owned(), 3));
        assert_eq!((user.statuses.len(), user.statuses["ann"]), (2, 3));
        assert_eq!(user.statuses.committed()["ann"], 1);
        assert_eq!(
            store.snapshot(USER).statuses.len(),
            1,
            "nobody else sees it"
        );
        assert!(user.nick.staged().is_none());
    });
    assert_eq!(store.snapshot(USER).statuses.len(), 2);
}

/// T1: the value of the closure is the value of the write.
#[test]
fn a_write_returns_what_its_closure_returns() {
    let store = app();
    assert!(store.update(USER, |user| user.tags.insert("new".to_owned())));
    assert!(!store.update(USER, |user| user.tags.insert("new".to_owned())));
    let length = store.try_update(USER, |user| Ok::<_, ()>(user.tags.len()));
    assert_eq!(length.unwrap(), 1);
}

/// T2: what one write closure does to the statuses of ann (1) and bob (2), and what is told of it.
#[track_caller]
fn check(write: impl FnOnce(&mut <User as Model>::Draft<'_>), told: &[&str]) {
    let (store, log) = (app(), Log::default());
    store.update(USER, |user| {
        user.statuses
            .extend([("ann".to_owned(), 1), ("bob".to_owned(), 2)]);
    });
    let notes = log.clone();
    let _watching = store.watch(
        USER,
        User::watch().statuses(move |statuses| notes.note(entries(statuses.changes()))),
    );
    log.heard([r#"+"ann"=1 +"bob"=2"#]);
    store.update(USER, write);
    assert_eq!(log.take(), told);
}

#[test]
fn t2_a_value_that_comes_back_is_silent() {
    check(
        |user| {
            user.statuses.insert("ann".to_owned(), 9);
            user.statuses.insert("ann".to_owned(), 1);
        },
        &[],
    );
}

#[test]
fn t2_an_insert_that_is_removed_again_is_silent() {
    check(
        |user| {
            user.statuses.insert("cid".to_owned(), 3);
            user.statuses.remove("cid");
        },
        &[],
    );
}

#[test]
fn t2_a_remove_and_an_insert_of_an_equal_value_are_silent() {
    check(
        |user| {
            user.statuses.remove("ann");
            user.statuses.insert("ann".to_owned(), 1);
        },
        &[],
    );
}

#[test]
fn t2_an_equal_map_put_in_its_place_is_silent() {
    check(
        |user| {
            let equal = user
                .statuses
                .iter()
                .map(|(key, value)| (key.clone(), *value))
                .collect();
            user.statuses.set(equal);
        },
        &[],
    );
}

#[test]
fn t2_a_write_past_the_verbs_that_changes_nothing_is_silent() {
    check(
        |user| {
            user.statuses.insert("cid".to_owned(), 3);
            (*user.statuses).remove("cid");
        },
        &[],
    );
}

#[test]
fn t2_asking_for_a_value_to_write_and_leaving_it_is_silent() {
    check(|user| assert!(user.statuses.get_mut("ann").is_some()), &[]);
}

#[test]
fn t5_a_map_tells_insert_update_and_remove_and_no_key_twice() {
    check(
        |user| {
            user.statuses.insert("cid".to_owned(), 3);
            user.statuses.insert("cid".to_owned(), 4);
            *user.statuses.get_mut("ann").unwrap() = 5;
            user.statuses.insert("ann".to_owned(), 6);
            user.statuses.remove("bob");
            user.statuses.remove("nobody");
        },
        &[r#"~"ann"=1>6 -"bob"=2 +"cid"=4"#],
    );
}

#[test]
fn t5_clearing_tells_every_removal() {
    check(|user| user.statuses.clear(), &[r#"-"ann"=1 -"bob"=2"#]);
}

#[test]
fn t5_clearing_and_filling_again_tells_the_net_difference() {
    check(
        |user| {
            user.statuses.clear();
            user.statuses.insert("ann".to_owned(), 1);
            user.statuses.insert("cid".to_owned(), 3);
        },
        &[r#"-"bob"=2 +"cid"=3"#],
    );
}

#[test]
fn t5_retain_tells_what_went() {
    check(
        |user| user.statuses.retain(|_, status| *status > 1),
        &[r#"-"ann"=1"#],
    );
}

/// T5: verbs, a replacement and a write past the verbs, in one transaction.
#[test]
fn t5_however_it_was_written_the_difference_is_one() {
    check(
        |user| {
            user.statuses.insert("cid".to_owned(), 3);
            (*user.statuses).insert("dan".to_owned(), 4);
            user.statuses.remove("ann");
            user.statuses.insert("eve".to_owned(), 5);
        },
        &[r#"-"ann"=1 +"cid"=3 +"dan"=4 +"eve"=5"#],
    );
}

/// T5: a set.
#[test]
fn t5_a_set_tells_what_came_and_what_went() {
    let (store, log) = (app(), Log::default());
    store.update(USER, |user| user.tags.extend(["a", "b"].map(str::to_owned)));
    let notes = log.clone();
    let _watching = store.watch(
        USER,
        User::watch().tags(move |tags| notes.note(members(tags.changes()))),
    );
    store.update(USER, |user| {
        user.tags.insert("c".to_owned());
        user.tags.insert("a".to_owned());
        user.tags.insert("d".to_owned());
        user.tags.remove("d");
        user.tags.remove("b");
    });
    store.update(USER, |user| {
        user.tags.remove("a");
        user.tags.insert("a".to_owned());
    });
    log.heard([r#"+"a" +"b""#, r#"-"b" +"c""#]);
}

/// T5: an ordered map, in key order.
#[test]
fn t5_an_ordered_map_tells_its_changes_in_key_order() {
    let (store, log) = (app(), Log::default());
    let notes = log.clone();
    let _watching = store.watch(
        DIARY,
        Diary::watch().days(move |days| notes.note(entries(days.changes()))),
    );
    store.update(DIARY, |diary| {
        for day in [7, 3, 5] {
            diary.days.insert(day, "x".to_owned());
        }
    });
    log.heard(["", r#"+3="x" +5="x" +7="x""#]);
}

/// T5: a list, as edits in order; what comes back is silent (T2).
#[test]
fn t5_a_list_tells_its_edits_in_order() {
    let (store, log) = (app(), Log::default());
    let notes = log.clone();
    let lines = Diary::watch().lines(move |lines| {
        for edit in lines.changes() {
            notes.note(format_args!("{edit:?}"));
        }
    });
    store.update(DIARY, |diary| diary.lines.push_back("a".to_owned()));
    let _watching = store.watch(DIARY, lines);
    log.heard([r#"Append { len: 0, values: ["a"] }"#]);
    store.update(DIARY, |diary| {
        diary.lines.push_back("b".to_owned());
        diary.lines.push_back("c".to_owned());
    });
    log.heard([r#"Append { len: 1, values: ["b", "c"] }"#]);
    store.update(DIARY, |diary| diary.lines.replace(1, "x".to_owned()));
    log.heard([r#"Set { index: 1, old: "b", new: "x" }"#]);
    store.update(DIARY, |diary| {
        diary.lines.push_front("y".to_owned());
        diary.lines.pop_front();
        diary.lines.replace(0, "a".to_owned());
    });
    log.heard([]);
    store.update(DIARY, |diary| diary.lines.remove(0));
    log.heard([r#"Remove { index: 0, old: "a" }"#]);
    store.reset(DIARY);
    log.heard([r#"Truncate { len: 0, removed: ["x", "c"] }"#]);
}

/// T5: a mirror that is fed diffs of snapshots of any age stays equal.
#[test]
fn t5_snapshots_of_any_age_can_be_diffed() {
    let store = app();
    let mut ages = vec![store.snapshot(USER)];
    for step in 0..40_u8 {
        store.update(USER, |user| {
            user.statuses.insert(format!("user {}", step % 7), step);
            user.statuses.remove(&*format!("user {}", step % 5));
        });
        ages.push(store.snapshot(USER));
    }
    for old in &ages {
        for new in &ages {
            let mut mirror = old.statuses.clone();
            mirror.apply(&new.statuses.diff(&old.statuses)).unwrap();
            assert_eq!(mirror, new.statuses);
        }
    }
}

/// T1: what the closure of `update` returns is handed on, and no reason to give up.
#[test]
fn update_hands_on_whatever_it_gets() {
    let store = app();
    let answer = store.update(USER, |user| {
        user.nick.set("ann".to_owned());
        Err::<(), _>("not an error here")
    });
    assert_eq!(answer, Err("not an error here"));
    assert_eq!(store.snapshot(USER).nick, "ann");
}
