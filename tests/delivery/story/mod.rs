//! Random programs of writes and readers: whoever reads, wherever and whenever, hears a story
//! without gap or repeat that ends with the truth.

mod sight;
mod program;
mod reader;
mod expected;
mod sequential;
mod ignoring;
mod threads;

use proptest::{prelude::*, test_runner::FileFailurePersistence};

/// Where the seeds of failed cases are kept; they run first from then on.
const REGRESSIONS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/delivery/story/regressions.txt"
);

pub(crate) fn config(cases: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok();
    ProptestConfig {
        cases: asked.and_then(|cases| cases.parse().ok()).unwrap_or(cases),
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(REGRESSIONS))),
        max_shrink_iters: 4096,
        ..ProptestConfig::default()
    }
}
