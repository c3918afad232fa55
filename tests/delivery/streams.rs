//! W11: a stream of every source, read whenever it pleases the reader.

use std::task::Poll;

use futures::{StreamExt as _, executor::block_on, stream::FusedStream as _};
use store::{Source as _, commits};

use crate::{
    app::{App, DIARY, Diary, PURSE, Purse, USER, User, app, plan, put, rename, set_coins, spend},
    polling::{Bell, line},
    support::{entries, in_time, members, panic_of},
};

/// W1, W11: the first item is the current value, unless it is skipped.
#[test]
fn w11_the_first_item_is_the_current_value() {
    let store = app();
    set_coins(&store, [3]);
    let mut coins = store.stream(PURSE, Purse::COINS);
    let mut changes = store.stream(PURSE, Purse::COINS.changes_only());
    let first = coins.try_next().unwrap();
    assert_eq!((*first, first.change().is_initial()), (3, true));
    assert_eq!(first.change().revision(), 1);
    assert!(coins.try_next().is_none() && changes.try_next().is_none());
    set_coins(&store, [4]);
    for stream in [&mut coins, &mut changes] {
        let next = stream.try_next().unwrap();
        assert_eq!((next.change().old(), *next), (Some(&3), 4));
        assert!(stream.try_next().is_none());
    }
}

/// W8, W11: the difference between what the reader last saw and now, of every source.
#[test]
fn w11_every_source_has_a_stream() {
    let store = app();
    let mut field = store.stream(DIARY, Diary::NAMES);
    let mut set = store.stream(USER, User::TAGS);
    let mut some = store.stream(PURSE, PURSE.fields((Purse::COINS, Purse::SPENT)));
    let mut any = store.stream(USER, USER.any());
    let mut key = store.stream(USER, User::STATUSES.key("ann".to_owned()));
    let mut range = store.stream(DIARY, Diary::DAYS.range(2..4));
    let mut prefix = store.stream(DIARY, Diary::NAMES.prefix("a"));
    let mut length = store.stream(USER, USER.project(|user| user.nick.len()));
    let mut log = store.stream_across(commits::<App>());

    assert!(field.try_next().unwrap().is_empty());
    assert!(set.try_next().unwrap().is_empty());
    assert!(some.try_next().unwrap().change().is_initial());
    assert_eq!(any.try_next().unwrap().nick, "");
    assert_eq!(*key.try_next().unwrap(), None);
    assert_eq!(range.try_next().unwrap().change().iter().count(), 0);
    assert_eq!(prefix.try_next().unwrap().change().iter().count(), 0);
    assert_eq!(*length.try_next().unwrap(), 0);
    assert!(log.try_next().is_none(), "commits have no current value");

    for n in 1..=3 {
        let name = ["ann", "abe", "bob"][n - 1];
        store.update(DIARY, |diary| diary.names.insert(name.to_owned(), 1));
        store.update(USER, |user| user.tags.insert(name.to_owned()));
        put(&store, "ann", u8::try_from(n).unwrap());
        plan(&store, u32::try_from(n).unwrap(), 1);
        rename(&store, &name[..n]);
        store.update(PURSE, |purse| {
            *purse.coins += 1;
            *purse.spent -= 1;
        });
    }

    let names = field.try_next().unwrap();
    assert_eq!(entries(names.changes()), r#"+"abe"=1 +"ann"=1 +"bob"=1"#);
    let tags = set.try_next().unwrap();
    assert_eq!(members(tags.changes()), r#"+"abe" +"ann" +"bob""#);
    let purse = some.try_next().unwrap();
    assert_eq!((purse.coins, purse.spent), (3, -3));
    assert_eq!(purse.change().changed_fields().len(), 2);
    let user = any.try_next().unwrap();
    assert_eq!((&*user.nick, user.merged()), ("bob", 9));
    let ann = key.try_next().unwrap();
    assert_eq!((ann.old(), *ann, ann.merged()), (None, Some(3), 3));
    assert!(!ann.change().is_initial());
    let days = range.try_next().unwrap();
    assert_eq!(entries(days.changes()), "+2=1 +3=1");
    let a = prefix.try_next().unwrap();
    assert_eq!(entries(a.changes()), r#"+"abe"=1 +"ann"=1"#);
    let length_now = length.try_next().unwrap();
    assert_eq!((length_now.old(), *length_now), (Some(&0), 3));
    let commit = log.try_next().unwrap();
    assert_eq!((commit.revision(), commit.merged()), (18, 18));
    assert_eq!(commit.changed_fields().len(), 7);
}

/// T2, W11: what comes back while nobody reads is silent, in every source.
#[test]
fn w11_there_and_back_is_silent() {
    let store = app();
    macro_rules! streams {
        ($($name:ident $source:expr;)+) => {
            ($(store.stream($name, $source.changes_only()),)+)
        };
    }
    let (mut a, mut b, mut c, mut d, mut e, mut f) = streams! {
        PURSE Purse::COINS;
        PURSE PURSE.fields((Purse::COINS, Purse::SPENT));
        PURSE PURSE.any();
        USER User::STATUSES.key("ann".to_owned());
        DIARY Diary::DAYS.range(..);
        PURSE PURSE.project(|purse| purse.coins);
    };
    let mut g = store.stream_across(commits::<App>());
    for n in [1, 0] {
        set_coins(&store, [n.into()]);
        store.update(USER, |user| match n {
            0 => drop(user.statuses.remove("ann")),
            _ => drop(user.statuses.insert("ann".to_owned(), 1)),
        });
        store.update(DIARY, |diary| match n {
            0 => diary.days.clear(),
            _ => drop(diary.days.insert(1, 1)),
        });
    }
    assert!(!a.has_changed() && !b.has_changed() && !c.has_changed() && !d.has_changed());
    assert!(!e.has_changed() && !f.has_changed() && !g.has_changed());
    assert!(a.try_next().is_none() && b.try_next().is_none() && c.try_next().is_none());
    assert!(d.try_next().is_none() && e.try_next().is_none() && f.try_next().is_none());
    assert!(g.try_next().is_none());
    assert_eq!(a.merges(), 1);
}

/// W11: asking changes nothing.
#[test]
fn w11_asking_takes_nothing_away() {
    let store = app();
    let mut coins = store.stream(PURSE, Purse::COINS);
    assert!(coins.has_changed() && coins.has_changed());
    assert_eq!(coins.try_next().as_deref(), Some(&0));
    assert!(!coins.has_changed());
    set_coins(&store, [1]);
    spend(&store, 1);
    assert!(coins.has_changed());
    // What comes after the question is told by itself, as the answer was taken out already.
    set_coins(&store, [2]);
    assert!(coins.has_changed());
    assert_eq!(coins.try_next().as_deref(), Some(&1));
    assert_eq!(coins.try_next().as_deref(), Some(&2));
    assert!(!coins.has_changed());
}

/// W11: an iterator that waits, a future, and the streams of `futures` are the same reader.
#[test]
fn w11_a_reader_may_read_in_every_way() {
    in_time(|| {
        let (store, bell) = (app(), Bell::default());
        let mut coins = store.stream(PURSE, Purse::COINS);
        assert_eq!(coins.blocking().next().as_deref(), Some(&0));
        set_coins(&store, [1]);
        assert_eq!(block_on(coins.changed()).as_deref(), Some(&1));
        set_coins(&store, [2]);
        assert_eq!(block_on(coins.next()).as_deref(), Some(&2));
        set_coins(&store, [3]);
        assert_eq!(block_on(coins.select_next_some()).change().old(), Some(&2));
        assert!(bell.poll(&mut coins.changed()).is_pending());
        assert!(!coins.is_terminated());
        drop(store);
        assert_eq!(bell.rings(), 1);
        assert!(matches!(bell.poll(&mut coins.changed()), Poll::Ready(None)));
        assert!(coins.is_terminated());
        assert!(coins.blocking().next().is_none());
        assert!(block_on(coins.next()).is_none() && coins.try_next().is_none());
    });
}

/// R2, W11: waiting where it could never end says so; what is there is told all the same.
#[test]
fn w11_waiting_inside_a_callback_panics() {
    in_time(|| {
        let store = app();
        let mut coins = store.stream(PURSE, Purse::COINS);
        let (sender, said) = std::sync::mpsc::channel();
        let watch = Purse::SPENT.watch(move |_| {
            let first = coins.blocking().next().map(|coins| *coins);
            let message = panic_of(|| drop(coins.blocking().next()));
            sender.send((first, message)).unwrap();
        });
        let (_watching, line) = (store.watch(PURSE, watch), line());
        let (first, message) = said.recv().unwrap();
        assert_eq!(first, Some(0));
        let place = format!("waiting for a change inside the callback of {line}:");
        assert!(message.starts_with(&place), "{message}");
        assert!(message.ends_with(" might never end"), "{message}");
    });
}

/// W11: a stream may be made and read in a callback, and in a write closure.
#[test]
fn w11_a_stream_may_be_read_anywhere() {
    in_time(|| {
        let store = app();
        let own = store.clone();
        let (sender, seen) = std::sync::mpsc::channel();
        let mut outside = store.stream(PURSE, Purse::COINS.changes_only());
        let watch = Purse::COINS.watch(move |_| {
            let mut inside = own.stream(PURSE, Purse::COINS);
            let told = (
                outside.try_next().map(|coins| *coins),
                inside.try_next().map(|coins| *coins),
            );
            sender.send(told).unwrap();
        });
        let _watching = store.watch(PURSE, watch);
        assert_eq!(seen.recv(), Ok((None, Some(0))));
        set_coins(&store, [1]);
        assert_eq!(seen.recv().unwrap().1, Some(1));

        let mut coins = store.stream(PURSE, Purse::COINS);
        store.update(PURSE, |purse| {
            purse.coins.set(5);
            assert_eq!(coins.try_next().as_deref(), Some(&1));
            assert!(coins.try_next().is_none());
        });
        assert_eq!(coins.try_next().as_deref(), Some(&5));
    });
}

/// W11: streams of one source are readers of their own.
#[test]
fn w11_each_stream_has_its_own_place() {
    let store = app();
    let (mut fast, mut slow) = (
        store.stream(PURSE, Purse::COINS.changes_only()),
        store.stream(PURSE, Purse::COINS.changes_only()),
    );
    for n in 1..=3 {
        set_coins(&store, [n]);
        let told = fast.try_next().unwrap();
        assert_eq!((told.change().old(), *told), (Some(&(n - 1)), n));
    }
    let told = slow.try_next().unwrap();
    assert_eq!((told.change().old(), *told), (Some(&0), 3));
    assert_eq!((fast.merges(), slow.merges()), (0, 2));
}
