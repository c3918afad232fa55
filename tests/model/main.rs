//! The store against a plain sequential model of its contract: random programs of writes, watches
//! and callbacks that write, watch, unwatch and panic.
//!
//! Both sides keep a log of everything that can be noticed, and the logs must be equal after every
//! step. `PROPTEST_CASES=100000 cargo test --release --test model` runs it longer.

mod plain;
mod sight;
mod settings;
mod program;
mod strategy;
mod log;
mod steps;
mod telling;
mod expected;
mod expecting;
mod model;
mod app;
mod named;
mod rebuild;
mod watching;
mod crowd;
mod reader;
mod readers;
mod driver;
mod states;
mod threads;
mod blocking;
mod mixed;

use proptest::{prelude::*, test_runner::FileFailurePersistence};

use crate::{driver::Driver, model::Model};

/// Where the seeds of failed cases are kept; they run first from then on.
const REGRESSIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/model/regressions.txt");

fn config(cases: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok();
    ProptestConfig {
        cases: asked.and_then(|cases| cases.parse().ok()).unwrap_or(cases),
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(REGRESSIONS))),
        max_shrink_iters: 4096,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config(1500))]

    /// S4, S6, T1, T2, T3, T4, T7, W1, W2, W3, W4, W5, W6, W8, W9, R4: everything that can be noticed of
    /// the store, in the order in which it happens, is what the model says.
    #[test]
    fn the_store_does_what_the_model_does(
        acts in strategy::program(),
        is_crowded in proptest::bool::weighted(0.2),
    ) {
        let mut model = Model::new();
        let driver = Driver::new();
        if is_crowded {
            driver.add_crowd();
        }
        for (step, act) in acts.iter().enumerate() {
            model.act(act);
            driver.act(act);
            prop_assert_eq!(driver.take_log(), model.take_log(), "the logs of step {}", step);
            prop_assert_eq!(driver.state(), model.state(), "the states after step {}", step);
            driver.check_mirrors(&model.state().1);
        }
    }
}
