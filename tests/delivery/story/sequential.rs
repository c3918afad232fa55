//! One thread: what each reader is told is known in advance, word by word.

use proptest::{collection, prelude::*, sample::select};
use store::Store;

use super::{
    config,
    expected::Expected,
    program::{Write, source, write},
    reader::{Place, Reader, Settings, Told},
    sight::Source,
};
use crate::app::App;

/// What a program does.
#[derive(Clone, Debug)]
enum Step {
    Write(Write),
    Read(usize),
    Pause(usize),
    Resume(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => write().prop_map(Step::Write),
        4 => (0..8usize).prop_map(Step::Read),
        1 => (0..8usize).prop_map(Step::Pause),
        1 => (0..8usize).prop_map(Step::Resume),
    ]
}

pub(super) fn settings(bounds: std::ops::Range<usize>) -> impl Strategy<Value = Settings> {
    let place = select(vec![
        Place::Inline,
        Place::Executor,
        Place::Inbox,
        Place::Stream,
    ]);
    (source(), place, bounds).prop_map(|(source, place, bound)| Settings {
        source,
        place,
        bound,
        ignores: false,
    })
}

/// A reader, and what it should hear.
struct Pair {
    settings: Settings,
    reader: Reader,
    expected: Expected,
}

impl Pair {
    fn new(store: &Store<App>, settings: Settings) -> Self {
        let now = settings.source.of(&store.snapshot_all());
        let is_shown = settings.source != Source::Commits;
        Self {
            settings,
            reader: Reader::new(store, settings),
            expected: Expected::new(settings, now, is_shown),
        }
    }

    fn write(&mut self, before: &store::SnapshotAll<App>, after: &store::SnapshotAll<App>) {
        let source = self.settings.source;
        if source.reach().of(before) != source.reach().of(after) {
            self.expected.commit(source.of(after));
        }
    }

    fn read(&mut self) {
        self.reader.read();
        self.expected.read();
    }

    fn check(&self) {
        let told = self.reader.ear.told();
        let news: Vec<_> = told.iter().map(|told| &told.new).collect();
        let expected: Vec<_> = self.expected.told.iter().collect();
        assert_eq!(news, expected, "what {:?} was told", self.settings);
        check_story(&told, self.settings);
    }
}

/// W3, W11: revisions increase, each change begins where the one before ended, and the differences
/// make the new of the old.
pub(super) fn check_story(told: &[Told], settings: Settings) {
    for told in told {
        assert_eq!(told.rebuilt, told.new, "rebuilt by {settings:?}");
    }
    for (one, next) in told.iter().zip(told.iter().skip(1)) {
        assert!(
            one.revision < next.revision,
            "{settings:?}: {one:?}, {next:?}"
        );
        assert_ne!(one.new, next.new, "told twice: {settings:?}");
        if let Some(old) = &next.old {
            assert_eq!(one.new, *old, "a gap: {settings:?}");
        }
    }
}

proptest! {
    #![proptest_config(config(600))]

    /// W10, W11, W12: every source, told in every way, read, paused and resumed at any time.
    #[test]
    fn w10_every_reader_hears_exactly_what_the_rule_says(
        all in collection::vec(settings(0..4), 1..6),
        steps in collection::vec(step(), 1..40),
    ) {
        let store = Store::<App>::new();
        let mut pairs: Vec<_> = all.iter().map(|settings| Pair::new(&store, *settings)).collect();
        for step in steps {
            let count = pairs.len();
            match step {
                Step::Write(write) => {
                    let before = store.snapshot_all();
                    write.apply(&store);
                    let after = store.snapshot_all();
                    pairs.iter_mut().for_each(|pair| pair.write(&before, &after));
                }
                Step::Read(which) => pairs[which % count].read(),
                Step::Pause(which) if all[which % count].place != Place::Stream => {
                    pairs[which % count].reader.pause();
                    pairs[which % count].expected.pause();
                }
                Step::Resume(which) => {
                    pairs[which % count].reader.resume();
                    pairs[which % count].expected.resume();
                }
                Step::Pause(_) => {}
            }
            pairs.iter().for_each(Pair::check);
        }
        let end = store.snapshot_all();
        drop(store);
        for pair in &mut pairs {
            pair.reader.resume();
            pair.expected.resume();
            pair.read();
            pair.check();
            let told = pair.reader.ear.told();
            if let Some(last) = told.last() {
                prop_assert_eq!(&last.new, &pair.settings.source.of(&end), "the final state");
            }
        }
    }
}
