//! W11: streams of one field that stand at many places share what they have still to read, and each
//! reads as if it were alone.

use std::{collections::BTreeMap, sync::Arc};

use proptest::{collection::vec, prelude::*};
use store::{ChangeStream, Map, MapChange, Model, OwnedChange, Source as _, Store};

use crate::{
    app::{App, USER, User, app},
    story::config,
};

type State = BTreeMap<String, u8>;

#[derive(Clone, Debug)]
enum Step {
    Set(u8, u8),
    Remove(u8),
    Begin,
    Read(usize),
    Drop(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..3_u8, 0..2_u8).prop_map(|(key, value)| Step::Set(key, value)),
        2 => (0..3_u8).prop_map(Step::Remove),
        2 => Just(Step::Begin),
        4 => (0..100_usize).prop_map(Step::Read),
        1 => (0..100_usize).prop_map(Step::Drop),
    ]
}

/// A stream, and what it must have to read.
struct Reader {
    stream: ChangeStream<OwnedChange<Map<String, u8>>>,
    seen: State,
    unread: u64,
    merges: u64,
}

impl Reader {
    fn of(store: &Store<App>, seen: State) -> Self {
        Self {
            stream: store.stream(USER, User::STATUSES.changes_only()),
            seen,
            unread: 0,
            merges: 0,
        }
    }

    fn read(&mut self, now: &State) {
        let item = self.stream.try_next();
        assert_eq!(
            item.is_some(),
            self.seen != *now,
            "silent, or told for nothing"
        );
        if let Some(item) = item {
            assert_eq!(item.change().merged(), self.unread);
            for change in item.change().changes() {
                self.follow(change);
            }
        }
        assert_eq!(self.seen, *now);
        assert!(self.stream.try_next().is_none(), "told twice");
        self.merges += self.unread.saturating_sub(1);
        self.unread = 0;
        assert_eq!(self.stream.merges(), self.merges);
    }

    /// Does to what it has seen what the diff says.
    fn follow(&mut self, change: MapChange<&String, &u8>) {
        let (key, old, new) = match change {
            MapChange::Inserted { key, value } => (key, None, Some(*value)),
            MapChange::Updated { key, old, new } => (key, Some(*old), Some(*new)),
            MapChange::Removed { key, old } => (key, Some(*old), None),
        };
        let before = match new {
            Some(new) => self.seen.insert(key.clone(), new),
            None => self.seen.remove(key),
        };
        assert_eq!(before, old);
    }
}

fn play(steps: Vec<Step>) {
    let (store, mut now, mut readers) = (app(), State::new(), Vec::<Reader>::new());
    for step in steps {
        let before = now.clone();
        match step {
            Step::Set(key, value) => {
                now.insert(key.to_string(), value);
                store.update(USER, |user| user.statuses.insert(key.to_string(), value));
            }
            Step::Remove(key) => {
                now.remove(&key.to_string());
                store.update(USER, |user| user.statuses.remove(&key.to_string()));
            }
            Step::Begin => readers.push(Reader::of(&store, now.clone())),
            Step::Read(nth) if !readers.is_empty() => {
                let nth = nth % readers.len();
                readers[nth].read(&now);
            }
            Step::Drop(nth) if !readers.is_empty() => {
                let nth = nth % readers.len();
                readers.swap_remove(nth);
            }
            Step::Read(_) | Step::Drop(_) => {}
        }
        if before != now {
            readers.iter_mut().for_each(|reader| reader.unread += 1);
        }
    }
    drop(store);
    readers.iter_mut().for_each(|reader| reader.read(&now));
}

#[derive(Model)]
struct Shelf {
    thing: Option<Arc<()>>,
}

/// W11: a stream that has read everything and goes leaves nothing for others to wait for.
#[test]
fn w11_what_all_have_read_that_are_left_is_let_go() {
    let store = Store::<Shelf>::new();
    let stream = || store.stream(SHELF, Shelf::THING.changes_only());
    let (mut stays, goes, mut goes_later) = (stream(), stream(), stream());
    drop(goes);
    let thing = Arc::new(());
    let held = Arc::downgrade(&thing);
    store.update(SHELF, |shelf| shelf.thing.set(Some(thing)));
    assert!(stays.try_next().is_some());
    store.update(SHELF, |shelf| shelf.thing.set(None));
    assert!(stays.try_next().is_some());
    assert!(held.strong_count() > 0, "one has still to read it");
    assert!(goes_later.try_next().is_none(), "there and back");
    assert_eq!(held.strong_count(), 0);
    drop(goes_later);
}

proptest! {
    #![proptest_config(config(400))]

    /// W11: each item is the diff from what this stream last saw; `merges` counts what was merged.
    #[test]
    fn w11_streams_that_share_a_feed_read_as_if_alone(steps in vec(step(), 0..80)) {
        play(steps);
    }
}
