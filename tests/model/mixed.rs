//! Everything at once: a random program of writes and watches, and beside it readers that are told
//! in every way, on a clock moved by hand.

use proptest::{collection, prelude::*, sample::select};
use store::ManualClock;

use crate::{
    config,
    driver::Driver,
    expected::Expected,
    model::Model,
    program::Act,
    reader::{Ear, Reader},
    settings::{Pace, Place, Settings},
    sight::Source,
    strategy,
};

/// What a program does; readers are counted modulo their number.
#[derive(Clone, Debug)]
enum Step {
    Act(Act),
    BeginReader(Settings),
    Read(usize),
    /// Has a stream read one thing.
    ReadOne(usize),
    Pause(usize),
    Resume(usize),
    DropReader(usize),
    AdvanceClock(u64),
}

fn settings() -> impl Strategy<Value = Settings> {
    let place = select(vec![
        Place::Inline,
        Place::Executor,
        Place::Inbox,
        Place::Stream,
    ]);
    let pace = prop_oneof![
        2 => Just(Pace::AtOnce),
        1 => (1..3u64).prop_map(Pace::Debounce),
        1 => (1..3u64).prop_map(Pace::Throttle),
    ];
    let once = proptest::bool::weighted(0.2);
    let ignoring = prop_oneof![2 => Just(&[][..]), 1 => select(&strategy::IGNORED[..])];
    (select(&Source::ALL[..]), place, 0..3usize, pace, once, ignoring).prop_map(
        |(source, place, bound, pace, once, ignoring)| {
            // Inline is at once, and a wait for a change wants only the latest.
            let is_plain = place == Place::Inline || (place == Place::Stream && once);
            Settings {
                source,
                place,
                bound: if is_plain { 0 } else { bound },
                pace: if is_plain { Pace::AtOnce } else { pace },
                once,
                ignoring,
            }
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    let which = || 0..8usize;
    prop_oneof![
        8 => strategy::act(2).prop_map(Step::Act),
        4 => settings().prop_map(Step::BeginReader),
        4 => which().prop_map(Step::Read),
        1 => which().prop_map(Step::ReadOne),
        1 => which().prop_map(Step::Pause),
        1 => which().prop_map(Step::Resume),
        1 => which().prop_map(Step::DropReader),
        2 => (1..3u64).prop_map(Step::AdvanceClock),
    ]
}

/// A reader, and what it should hear.
struct Pair {
    settings: Settings,
    reader: Reader,
    expected: Expected,
}

impl Pair {
    fn read(&mut self, now: u64) {
        self.reader.read();
        self.expected.read(now);
    }

    fn check(&self) {
        let told = self.reader.ear.told();
        assert_eq!(
            told,
            self.expected.told(),
            "what {:?} was told",
            self.settings
        );
    }
}

/// The store, the model, and the readers of both.
struct Run {
    model: Model,
    driver: Driver,
    clock: ManualClock,
    /// What the clock shows, in seconds.
    now: u64,
    pairs: Vec<Pair>,
    /// What the readers that are gone had been told.
    gone: Vec<(Ear, usize)>,
}

impl Run {
    fn new() -> Self {
        Self {
            model: Model::new(),
            driver: Driver::new(),
            clock: ManualClock::new(),
            now: 0,
            pairs: Vec::new(),
            gone: Vec::new(),
        }
    }

    fn step(&mut self, step: &Step) {
        let now = self.now;
        match step {
            Step::Act(act) => self.act(act),
            Step::BeginReader(settings) => self.begin(*settings),
            Step::AdvanceClock(seconds) => {
                self.now += seconds;
                self.clock.advance(std::time::Duration::from_secs(*seconds));
            }
            Step::Read(which) => self.with(*which, |pair| pair.read(now)),
            Step::ReadOne(which) => self.with(*which, |pair| {
                if pair.settings.place == Place::Stream && !pair.settings.is_paced() {
                    pair.reader.read_one();
                    pair.expected.read_one();
                }
            }),
            Step::Pause(which) => self.with(*which, |pair| {
                if pair.settings.place != Place::Stream && !pair.settings.is_paced() {
                    pair.reader.pause();
                    pair.expected.pause();
                }
            }),
            Step::Resume(which) => self.with(*which, |pair| {
                pair.reader.resume();
                pair.expected.resume(now);
            }),
            Step::DropReader(which) if !self.pairs.is_empty() => {
                let pair = self.pairs.remove(which % self.pairs.len());
                self.gone
                    .push((pair.reader.ear.clone(), pair.reader.ear.told().len()));
            }
            Step::DropReader(_) => {}
        }
        // Whoever is paced looks at once whether it may be told.
        let now = self.now;
        let paced = self
            .pairs
            .iter_mut()
            .filter(|pair| pair.settings.is_paced());
        paced.for_each(|pair| pair.read(now));
        self.pairs.iter().for_each(Pair::check);
    }

    fn act(&mut self, act: &Act) {
        self.model.act(act);
        self.driver.act(act);
        assert_eq!(self.driver.take_log(), self.model.take_log());
        assert_eq!(self.driver.state(), self.model.state());
        for commit in self.model.take_commits() {
            for pair in &mut self.pairs {
                pair.expected.commit(&commit, self.now);
            }
        }
    }

    fn begin(&mut self, settings: Settings) {
        let (revision, state) = self.model.state();
        self.pairs.push(Pair {
            settings,
            reader: Reader::new(self.driver.store(), settings, &self.clock),
            expected: Expected::new(settings, revision, &state),
        });
    }

    fn with(&mut self, which: usize, act: impl FnOnce(&mut Pair)) {
        let count = self.pairs.len().max(1);
        if let Some(pair) = self.pairs.get_mut(which % count) {
            act(pair);
        }
    }

    /// Drops the store: everybody is told the final state, and those that are gone nothing.
    fn end(mut self) {
        drop(self.driver);
        for pair in &mut self.pairs {
            pair.reader.resume();
            pair.reader.read();
            pair.expected.end(self.now);
            pair.check();
        }
        for (ear, told) in &self.gone {
            assert_eq!(ear.told().len(), *told, "told after its end");
        }
    }
}

proptest! {
    #![proptest_config(config(500))]

    /// S1 to W12, D1, D2: whoever watches or reads, however and whenever, hears what the model says.
    #[test]
    fn everything_at_once_is_what_the_model_says(steps in collection::vec(step(), 1..30)) {
        let mut run = Run::new();
        steps.iter().for_each(|step| run.step(step));
        run.end();
    }
}
