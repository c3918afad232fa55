//! A table with a line per row and a column per subject.
//!
//! Of subjects that are timed the best round counts; `pace.rs` says why.

use std::fmt;

use crate::Pace;

/// One subject of a row: does the work once per call, with a number that differs every time.
pub type Subject<'a> = Box<dyn FnMut(u64) + 'a>;

/// A subject that measures itself: one figure for each of several rows, per call.
pub type Sampler<'a> = Box<dyn FnMut() -> Vec<f64> + 'a>;

/// Figures of one kind of work, beside each other.
pub struct Table {
    title: String,
    columns: Vec<String>,
    rows: Vec<Row>,
    pace: Pace,
}

struct Row {
    label: String,
    figures: Vec<Option<f64>>,
}

impl Table {
    /// An empty table; ratios are to the first column.
    #[must_use]
    pub fn new<C: Into<String>>(
        pace: Pace,
        title: impl Into<String>,
        columns: impl IntoIterator<Item = C>,
    ) -> Self {
        Self {
            title: title.into(),
            columns: columns.into_iter().map(Into::into).collect(),
            rows: Vec::new(),
            pace,
        }
    }

    /// Times one row; `units` is how many units of work one call does. `None` says that a subject
    /// does not offer the row.
    pub fn row(
        &mut self,
        label: impl Into<String>,
        units: u64,
        mut subjects: Vec<Option<Subject<'_>>>,
    ) {
        let mut best = vec![f64::INFINITY; subjects.len()];
        let mut number = 0;
        self.pace.rounds(|counts| {
            for (subject, best) in subjects.iter_mut().zip(&mut best) {
                let Some(subject) = subject else { continue };
                let spent = self.pace.time(subject, &mut number) / units as f64;
                if counts {
                    *best = best.min(spent);
                }
            }
        });
        self.add(label, best);
    }

    /// Takes several rows from subjects that measure themselves. The middle of all rounds counts, as
    /// what two threads do to each other is not always more for want of time.
    pub fn rows(&mut self, labels: &[String], mut samplers: Vec<Option<Sampler<'_>>>) {
        let mut samples = vec![vec![Vec::new(); samplers.len()]; labels.len()];
        self.pace.rounds(|counts| {
            for (column, sampler) in samplers.iter_mut().enumerate() {
                let Some(sampler) = sampler else { continue };
                for (samples, figure) in samples.iter_mut().zip(sampler()) {
                    if counts {
                        samples[column].push(figure);
                    }
                }
            }
        });
        for (label, samples) in labels.iter().zip(samples) {
            self.add(label, samples.into_iter().map(middle).collect());
        }
    }

    fn add(&mut self, label: impl Into<String>, best: Vec<f64>) {
        let figures = best
            .into_iter()
            .map(|best| best.is_finite().then_some(best));
        self.rows.push(Row {
            label: label.into(),
            figures: figures.collect(),
        });
        eprint!(".");
    }

    /// Adds figures that were measured before.
    pub fn figures(&mut self, label: impl Into<String>, figures: Vec<Option<f64>>) {
        self.rows.push(Row {
            label: label.into(),
            figures,
        });
    }

    /// What the first column showed in a row.
    #[must_use]
    pub fn first(&self, label: &str) -> Option<f64> {
        let row = self.rows.iter().find(|row| row.label == label)?;
        row.figures.first().copied().flatten()
    }

    /// The columns that offer a row at all.
    fn offered(&self) -> Vec<usize> {
        let offers = |column: &usize| self.rows.iter().any(|row| row.figures[*column].is_some());
        (0..self.columns.len()).filter(offers).collect()
    }
}

/// As markdown: each figure, and its ratio to the first column. `–` stands where a subject does not
/// offer the row.
impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let offered = self.offered();
        let columns: Vec<_> = offered.iter().map(|at| &*self.columns[*at]).collect();
        writeln!(f, "\n### {}\n", self.title)?;
        writeln!(f, "| | {} |", columns.join(" | "))?;
        writeln!(f, "|---|{}", "---:|".repeat(columns.len()))?;
        for row in &self.rows {
            let first = row.figures.first().copied().flatten();
            let cells = offered.iter().map(|at| cell(row.figures[*at], first));
            writeln!(
                f,
                "| {} | {} |",
                row.label,
                cells.collect::<Vec<_>>().join(" | ")
            )?;
        }
        Ok(())
    }
}

/// The median, and the infinite where there is nothing.
fn middle(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples
        .get(samples.len() / 2)
        .copied()
        .unwrap_or(f64::INFINITY)
}

fn cell(figure: Option<f64>, first: Option<f64>) -> String {
    match (figure, first) {
        (Some(figure), Some(first)) if first > 0.0 => {
            format!("{} ({})", short(figure), ratio(figure / first))
        }
        (Some(figure), _) => short(figure),
        (None, _) => "–".to_owned(),
    }
}

/// Whole numbers from ten on, with thin groups of three.
fn short(figure: f64) -> String {
    if figure < 9.95 {
        return format!("{figure:.1}");
    }
    let digits = format!("{figure:.0}");
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped
}

fn ratio(ratio: f64) -> String {
    match ratio {
        ratio if ratio >= 99.5 => format!("{ratio:.0}"),
        ratio if ratio >= 9.95 => format!("{ratio:.1}"),
        ratio => format!("{ratio:.2}"),
    }
}
