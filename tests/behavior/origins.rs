//! T4: who made a change, and why.

use store::{Origin, Watch};

use crate::{
    app::{App, Diary, PURSE, Purse, USER, User, app},
    support::Log,
};

fn from(origin: Option<&Origin>) -> String {
    origin.map_or_else(|| "nobody".to_owned(), Origin::to_string)
}

/// T4: every kind of watcher gets it.
#[test]
fn every_change_carries_its_origin_on() {
    let (store, log) = (app(), Log::default());
    let [field, key, whole, projection, commits] = [(); 5].map(|()| log.clone());
    let ann = || "ann".to_owned();
    let watches = (
        User::STATUSES.watch(move |change| field.note(from(change.origin()))),
        User::STATUSES
            .key(ann())
            .watch(move |change| key.note(from(change.origin()))),
        USER.any()
            .watch(move |change| whole.note(from(change.origin()))),
        USER.project(|user| user.statuses.len())
            .watch(move |change| projection.note(from(change.origin()))),
    );
    let _watching = store.watch(USER, watches.changes_only());
    let _commits = store.watch_commits(move |commit| commits.note(from(commit.origin())));
    let server = Origin::new("server").because("sync");
    assert_eq!((server.who(), server.why()), ("server", Some("sync")));
    store
        .by(server)
        .update(USER, |user| user.statuses.insert(ann(), 1));
    log.heard(["server: sync"; 5]);
    store.update(USER, |user| user.statuses.clear());
    log.heard(["nobody"; 5]);
}

/// T4
#[test]
fn a_watcher_can_ask_not_to_hear_one_origin() {
    let (store, log) = (app(), Log::default());
    let _watching = store.watch(PURSE, Purse::watch().coins(log.of("coins")).ignoring("me"));
    let set = |who: &str, coins| store.by(who).update(PURSE, |purse| purse.coins.set(coins));
    set("me", 1);
    log.heard(["coins: 0"]);
    set("you", 2);
    log.heard(["coins: 1 -> 2"]);
    store.update(PURSE, |purse| purse.coins.set(3));
    log.heard(["coins: 2 -> 3"]);
    store.by(Origin::new("me").because("I can")).reset(PURSE);
    log.heard([]);
}

/// T4: the choice is that of one watch among several of one watcher.
#[test]
fn ignoring_holds_for_the_watch_it_stands_on() {
    let (store, log) = (app(), Log::default());
    let both = (
        User::NICK
            .watch(log.of("deaf"))
            .ignoring("me")
            .changes_only(),
        User::NICK.watch(log.of("open")),
    );
    let _watching = store.watch(USER, both);
    store
        .by("me")
        .update(USER, |user| user.nick.set("ann".to_owned()));
    log.heard([r#"open: "nobody""#, r#"open: "nobody" -> "ann""#]);
}

/// T4: for keys, ranges and projections as for fields.
#[test]
fn narrow_watches_can_ignore_an_origin_too() {
    let (store, log) = (app(), Log::default());
    let watches = (
        Diary::DAYS.key(1).watch(log.key()).ignoring("me"),
        Diary::DAYS.range(0..9).watch(log.range()).ignoring("me"),
        crate::app::DIARY
            .project(|diary| diary.days.len())
            .watch(log.of("days"))
            .ignoring("me"),
    );
    let _watching = store.watch(crate::app::DIARY, watches);
    log.take();
    let put = |who: &str, day: u32| {
        store.by(who).update(crate::app::DIARY, |diary| {
            diary.days.insert(day, "x".to_owned())
        });
    };
    put("me", 1);
    log.heard([]);
    put("you", 2);
    log.heard([r#"+2="x""#, "days: 1 -> 2"]);
}

/// T4: text access can name an origin, and hears it.
#[test]
fn text_access_carries_origins() {
    let (store, log): (store::Store<App>, _) = (app(), Log::default());
    let notes = log.clone();
    let watching = store.text().watch("purse", "coins", move |change| {
        notes.note(from(change.origin.as_ref()));
    });
    let _watching = watching.unwrap();
    store
        .text()
        .by("tool")
        .write("purse", "coins", 4.into())
        .unwrap();
    store.text().by("tool").reset("purse", "coins").unwrap();
    log.heard(["nobody", "tool", "tool"]);
}
