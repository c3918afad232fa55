//! Which rows of a list are in sight, and where the cursor is.
//!
//! Knows numbers only. Rows are counted from the first of all that are found.

use std::ops::Range;

/// A cursor, and a window that follows it.
#[derive(Debug, Default)]
pub(super) struct Scroll {
    window: Range<usize>,
    total: usize,
    cursor: usize,
}

impl Scroll {
    /// The rows that are to be in sight; beyond the last row there are none.
    pub(super) fn window(&self) -> Range<usize> {
        self.window.clone()
    }

    /// How many rows there are.
    pub(super) fn total(&self) -> usize {
        self.total
    }

    /// The row at the cursor.
    pub(super) fn cursor(&self) -> usize {
        self.cursor
    }

    /// Sets how many rows there are.
    pub(super) fn set_total(&mut self, total: usize) {
        self.total = total;
        self.select(self.cursor);
    }

    /// Sets how many rows fit into the window.
    pub(super) fn resize(&mut self, height: usize) {
        self.window.end = self.window.start + height;
        self.follow();
    }

    /// Takes another window; the cursor is moved into it.
    pub(super) fn look_at(&mut self, window: Range<usize>) {
        self.cursor = self
            .cursor
            .clamp(window.start, window.end.saturating_sub(1).max(window.start));
        self.window = window;
    }

    /// Puts the cursor on a row, or on the last one if there are not so many.
    pub(super) fn select(&mut self, row: usize) {
        self.cursor = row.min(self.total.saturating_sub(1));
        self.follow();
    }

    /// Moves the cursor down, or up.
    pub(super) fn step(&mut self, by: isize) {
        self.select(self.cursor.saturating_add_signed(by));
    }

    /// Moves the cursor by whole windows.
    pub(super) fn page(&mut self, by: isize) {
        let height = isize::try_from(self.window.len()).unwrap_or(isize::MAX);
        self.step(by.saturating_mul(height));
    }

    /// Puts the cursor on the first row.
    pub(super) fn first(&mut self) {
        self.select(0);
    }

    /// Puts the cursor on the last row.
    pub(super) fn last(&mut self) {
        self.select(usize::MAX);
    }

    /// Moves the window to where the cursor is, and not beyond the end.
    fn follow(&mut self) {
        let height = self.window.len();
        let start = self
            .window
            .start
            .max((self.cursor + 1).saturating_sub(height))
            .min(self.cursor)
            .min(self.total.saturating_sub(height));
        self.window = start..start + height;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scroll(total: usize, height: usize) -> Scroll {
        let mut scroll = Scroll::default();
        scroll.resize(height);
        scroll.set_total(total);
        scroll
    }

    fn at(scroll: &Scroll) -> (usize, Range<usize>) {
        (scroll.cursor(), scroll.window())
    }

    #[test]
    fn the_window_follows_the_cursor() {
        let mut scroll = scroll(5, 3);
        assert_eq!(at(&scroll), (0, 0..3));
        scroll.step(3);
        assert_eq!(at(&scroll), (3, 1..4));
        scroll.last();
        assert_eq!(at(&scroll), (4, 2..5));
        scroll.page(-1);
        assert_eq!(at(&scroll), (1, 1..4));
        scroll.first();
        assert_eq!(at(&scroll), (0, 0..3));
    }

    #[test]
    fn fewer_rows_and_more_room_bring_the_window_back_to_the_end() {
        let mut scroll = scroll(10, 3);
        scroll.last();
        scroll.set_total(6);
        assert_eq!(at(&scroll), (5, 3..6));
        scroll.resize(5);
        assert_eq!(at(&scroll), (5, 1..6));
        scroll.set_total(0);
        assert_eq!(at(&scroll), (0, 0..5));
    }

    #[test]
    fn less_room_keeps_the_cursor_in_sight() {
        let mut scroll = scroll(10, 6);
        scroll.step(5);
        scroll.resize(2);
        assert_eq!(at(&scroll), (5, 4..6));
        scroll.resize(0);
        assert!(scroll.window().is_empty());
    }

    #[test]
    fn a_window_from_elsewhere_takes_the_cursor_along() {
        let mut scroll = scroll(10, 3);
        scroll.look_at(4..7);
        assert_eq!(at(&scroll), (4, 4..7));
        scroll.look_at(0..3);
        assert_eq!(at(&scroll), (2, 0..3));
        scroll.look_at(5..5);
        assert_eq!(at(&scroll), (5, 5..5));
    }
}
