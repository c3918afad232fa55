//! Everything at once: a random program of writes and watches, and beside it readers that are told
//! in every way, begun, read and ended by the program and by callbacks, on a clock moved by hand.

use std::sync::Arc;

use proptest::{collection, prelude::*, sample::select};

use crate::{
    config,
    driver::Driver,
    model::Model,
    program::{Act, Write},
    settings::{Pace, Place, ReaderAct, Settings, Use},
    sight::Source,
    strategy,
};

/// What a program does.
#[derive(Clone, Debug)]
enum Step {
    Act(Act),
    Writes(Vec<Write>),
    AdvanceClock(u64),
}

/// Readers of some sources; `ignoring` is whom they do not hear.
fn settings(
    source: impl Strategy<Value = Source>,
    ignoring: impl Strategy<Value = &'static [&'static str]>,
) -> impl Strategy<Value = Settings> {
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
    let (once, often) = (proptest::bool::weighted(0.2), proptest::bool::weighted(0.3));
    let how = (0..3usize, pace, once, often, often, ignoring);
    (source, place, how).prop_map(|(source, place, how)| {
        let (bound, pace, once, elsewhere, blocking, ignoring) = how;
        // By text there is a plain watch only.
        let (place, once, ignoring) = match source.is_by_text() {
            true => (Place::Inline, false, &[][..]),
            false => (place, once, ignoring),
        };
        // Inline is at once, and a wait for a change wants only the latest.
        let is_plain = place == Place::Inline || (place == Place::Stream && once);
        Settings {
            source,
            place,
            elsewhere,
            bound: if is_plain { 0 } else { bound },
            // Who is paced makes no room before its time.
            blocking: blocking && !is_plain && bound > 0 && pace == Pace::AtOnce,
            pace: if is_plain { Pace::AtOnce } else { pace },
            once,
            ignoring,
        }
    })
}

fn any_settings() -> impl Strategy<Value = Settings> {
    let source = prop_oneof![select(&Source::ALL[..]), select(&Source::NEAR[..])];
    let ignoring = prop_oneof![Just(&[][..]), ignoring()];
    settings(source, ignoring)
}

fn ignoring() -> impl Strategy<Value = &'static [&'static str]> {
    select(&strategy::IGNORED[..])
}

fn reader_act() -> BoxedStrategy<Act> {
    let which = || 0..8usize;
    let act = prop_oneof![
        4 => any_settings().prop_map(ReaderAct::Begin),
        8 => some_use(),
        1 => which().prop_map(ReaderAct::Drop),
    ];
    act.prop_map(Act::Reader).boxed()
}

fn some_use() -> impl Strategy<Value = ReaderAct> {
    let which = || 0..8usize;
    let act = prop_oneof![
        3 => Just(Use::Read),
        1 => Just(Use::ReadOne),
        2 => Just(Use::Pause),
        1 => Just(Use::Resume),
    ];
    prop_oneof![
        3 => (which(), act).prop_map(|(which, act)| ReaderAct::Use(which, act)),
        1 => which().prop_map(ReaderAct::PauseAgain),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => strategy::act(2, Some(reader_act)).prop_map(Step::Act),
        4 => strategy::near_writes().prop_map(Step::Writes),
        6 => reader_act().prop_map(Step::Act),
        1 => (1..3u64).prop_map(Step::AdvanceClock),
    ]
}

/// The store and the model.
struct Run {
    model: Model,
    driver: Driver,
}

impl Run {
    fn new() -> Self {
        Self {
            model: Model::new(),
            driver: Driver::new(),
        }
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::AdvanceClock(seconds) => {
                self.model.readers.now += seconds;
                let clock = self.driver.readers().clock();
                clock.advance(std::time::Duration::from_secs(*seconds));
            }
            Step::Act(act) => self.act(act),
            Step::Writes(writes) => {
                for write in writes {
                    self.act(&Act::Write(write.clone()));
                }
            }
        }
        // Whoever is paced looks at once whether it may be told.
        self.driver.readers().read_paced();
        self.model.readers.read_paced();
        assert_eq!(self.driver.readers().told(), self.model.readers.told());
    }

    fn act(&mut self, act: &Act) {
        if let Act::Write(_) | Act::WriteText(..) | Act::WriteRuntimeKey(..) = act {
            // Else it would wait for them.
            let full = self.model.readers.waited_for();
            self.driver.readers().read(&full);
            self.model.readers.read(&full);
        }
        self.model.act(act);
        self.driver.act(act);
        assert_eq!(self.driver.take_log(), self.model.take_log());
        assert_eq!(self.driver.state(), self.model.state());
    }

    /// Drops the store: everybody is told the final state, and those that are gone nothing.
    fn end(mut self) {
        let readers = Arc::clone(self.driver.readers());
        drop(self.driver);
        readers.end();
        self.model.readers.end();
        assert_eq!(readers.told(), self.model.readers.told());
    }
}

proptest! {
    #![proptest_config(config(1000))]

    /// S1 to W12, D1, D2: whoever watches or reads, however and whenever, hears what the model says.
    #[test]
    fn everything_at_once_is_what_the_model_says(steps in collection::vec(step(), 1..40)) {
        let mut run = Run::new();
        steps.iter().for_each(|step| run.step(step));
        run.end();
    }
    /// T4, W10: the same where everybody ignores somebody, and little is written, which leads back.
    #[test]
    fn who_ignores_an_origin_hears_what_the_model_says(
        readers in collection::vec(settings(select(&Source::NEAR[..]), ignoring()), 1..5),
        steps in collection::vec(
            prop_oneof![
                4 => strategy::near_writes().prop_map(Step::Writes),
                3 => some_use().prop_map(|act| Step::Act(Act::Reader(act))),
            ],
            1..16,
        ),
    ) {
        let mut run = Run::new();
        let begin = |settings| Step::Act(Act::Reader(ReaderAct::Begin(settings)));
        readers.into_iter().map(begin).chain(steps).for_each(|step| run.step(&step));
        run.end();
    }
}
