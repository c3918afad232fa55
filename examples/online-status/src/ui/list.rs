//! One list on the screen: the rows that its live view told last, and the cursor in them.
//!
//! Knows no store: what is told is handed in.

use std::ops::Range;

use super::{
    rows::{Entry, Rows},
    scroll::Scroll,
};

/// The rows in sight, and where the list stands.
pub(super) struct List<K, V> {
    /// How the cursor is moved.
    pub(super) scroll: Scroll,
    rows: Rows<K, V>,
    /// Which of all rows the first of them is.
    first: usize,
    /// Which the first of those is that are told next.
    next_first: usize,
}

impl<K: Clone + Eq + 'static, V: Entry> List<K, V> {
    pub(super) fn new() -> Self {
        Self {
            scroll: Scroll::default(),
            rows: Rows::new(),
            first: 0,
            next_first: 0,
        }
    }

    /// Takes the window that the next rows are of.
    pub(super) fn told_window(&mut self, window: &Range<usize>) {
        self.next_first = window.start;
        self.scroll.look_at(window.clone());
    }

    /// Takes rows. The cursor stays on its row as long as that is in sight and nobody scrolls, or else where it is.
    pub(super) fn told_rows(&mut self, rows: &Rows<K, V>) {
        let selected = self.selected().cloned();
        let is_scrolled = self.first != self.next_first;
        self.rows = rows.clone();
        self.first = self.next_first;
        let same = |key| rows.iter().position(|row| *row.key() == key);
        if let Some(line) = selected.filter(|_| !is_scrolled).and_then(same) {
            self.scroll.select(self.first + line);
        }
    }

    /// The key of the row at the cursor.
    pub(super) fn selected(&self) -> Option<&K> {
        let line = self.scroll.cursor().checked_sub(self.first)?;
        self.rows.get(line).map(|row| row.key())
    }

    /// The rows in sight, each with whether the cursor is on it.
    pub(super) fn rows(&self) -> impl Iterator<Item = (&V, bool)> {
        let places = self.first..;
        let rows = self.rows.iter().zip(places);
        rows.map(|(row, place)| (row.value(), place == self.scroll.cursor()))
    }

    /// The keys of the rows in sight.
    pub(super) fn keys(&self) -> impl Iterator<Item = &K> {
        self.rows.iter().map(|row| row.key())
    }

    /// Puts the cursor on the row in this line, if there is one.
    pub(super) fn point(&mut self, line: usize) -> bool {
        let hit = line < self.rows.len();
        if hit {
            self.scroll.select(self.first + line);
        }
        hit
    }
}
