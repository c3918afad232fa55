//! Times closures in turn and prints one table with ratios.
//!
//! Knows nothing of what it times. All subjects of a row run in turn, several rounds each, and the
//! best round counts: a shared machine only ever adds time.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

const ROUNDS: usize = 9;
const ROUND: Duration = Duration::from_millis(25);

/// One subject of a row: does the work once per call, with a number that differs every time.
pub type Subject<'a> = Box<dyn FnMut(u64) + 'a>;

/// A table with a line per row and a column per subject.
pub struct Table {
    title: &'static str,
    columns: Vec<&'static str>,
    rows: Vec<(String, Vec<Option<f64>>)>,
}

impl Table {
    /// An empty table; ratios are to the first column.
    #[must_use]
    pub fn new(title: &'static str, columns: &[&'static str]) -> Self {
        Self {
            title,
            columns: columns.to_vec(),
            rows: Vec::new(),
        }
    }

    /// Times one row; `units` is how many units of work one call does. `None` says that a subject
    /// does not offer the row.
    pub fn row(
        &mut self,
        label: impl Into<String>,
        units: u64,
        subjects: Vec<Option<Subject<'_>>>,
    ) {
        let mut subjects = subjects;
        let mut best = vec![f64::INFINITY; subjects.len()];
        let mut number = 0;
        for _ in 0..ROUNDS {
            for (subject, best) in subjects.iter_mut().zip(&mut best) {
                if let Some(subject) = subject {
                    *best = best.min(round(subject, &mut number) / units as f64);
                }
            }
        }
        let figures = best
            .into_iter()
            .map(|best| best.is_finite().then_some(best))
            .collect();
        self.rows.push((label.into(), figures));
        eprint!(".");
    }

    /// Prints the table as markdown, in nanoseconds per unit and as ratios to the first column.
    pub fn print(&self) {
        println!("\n### {}\n", self.title);
        println!(
            "| ns (ratio to {}) | {} |",
            self.columns[0],
            self.columns.join(" | ")
        );
        println!("|---|{}", "---|".repeat(self.columns.len()));
        for (label, figures) in &self.rows {
            let first = figures.first().copied().flatten();
            let cells = figures.iter().map(|figure| match (figure, first) {
                (Some(figure), Some(first)) => format!("{figure:.0} ({:.2})", figure / first),
                (Some(figure), None) => format!("{figure:.0}"),
                (None, _) => "–".to_owned(),
            });
            println!("| {label} | {} |", cells.collect::<Vec<_>>().join(" | "));
        }
    }
}

/// Nanoseconds per call, over as many calls as fill one round.
fn round(subject: &mut Subject<'_>, number: &mut u64) -> f64 {
    let mut calls = 0_u64;
    let mut batch = 1_u64;
    let start = Instant::now();
    loop {
        for _ in 0..batch {
            *number += 1;
            subject(black_box(*number));
        }
        calls += batch;
        let spent = start.elapsed();
        if spent >= ROUND {
            return spent.as_nanos() as f64 / calls as f64;
        }
        batch = (batch * 2).min(1024);
    }
}
