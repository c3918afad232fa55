//! A sorted list of which only a window is on the screen.
//!
//! Knows no terminal. A change of a few entries costs a few moves; only searching looks at them all.

use std::ops::Range;

/// From this many changes on, sorting everything anew is cheaper than moving one by one.
const MANY: usize = 64;

/// An entry: where it stands, what it is, and the text it is found by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry<S, K> {
    pub(super) sort: S,
    pub(super) key: K,
    /// In lower case.
    pub(super) text: String,
}

/// What becomes of an entry.
pub(super) struct Move<S, K> {
    pub(super) out: Option<Entry<S, K>>,
    pub(super) into: Option<Entry<S, K>>,
}

/// The list, what is found in it, and the window on that.
pub(super) struct List<S, K> {
    entries: Vec<Entry<S, K>>,
    search: String,
    /// The entries that match the search; all of them while nothing is searched for.
    found: Option<Vec<usize>>,
    selected: usize,
    top: usize,
    height: usize,
}

impl<S: Ord, K: Ord + Clone> List<S, K> {
    pub(super) fn new() -> Self {
        Self {
            entries: Vec::new(),
            search: String::new(),
            found: None,
            selected: 0,
            top: 0,
            height: 0,
        }
    }

    /// How many entries match the search.
    pub(super) fn len(&self) -> usize {
        self.found.as_ref().map_or(self.entries.len(), Vec::len)
    }

    /// The entry at the cursor.
    pub(super) fn selected(&self) -> Option<&K> {
        self.key(self.selected)
    }

    /// The entries in the window, each with whether the cursor is on it.
    pub(super) fn window(&self) -> impl Iterator<Item = (&K, bool)> {
        self.range()
            .filter_map(|place| Some((self.key(place)?, place == self.selected)))
    }

    /// Moves entries; the cursor stays on its entry as long as that is there.
    pub(super) fn apply(&mut self, moves: Vec<Move<S, K>>) {
        if moves.is_empty() {
            return;
        }
        let selected = self.selected().cloned();
        if moves.len() < MANY {
            for Move { out, into } in moves {
                if let Some(Ok(place)) = out.map(|entry| self.entries.binary_search(&entry)) {
                    self.entries.remove(place);
                }
                if let Some(entry) = into
                    && let Err(place) = self.entries.binary_search(&entry)
                {
                    self.entries.insert(place, entry);
                }
            }
        } else {
            let (out, into): (Vec<_>, Vec<_>) = moves.into_iter().map(|m| (m.out, m.into)).unzip();
            let mut out: Vec<_> = out.into_iter().flatten().collect();
            out.sort_unstable();
            self.entries
                .retain(|entry| out.binary_search(entry).is_err());
            self.entries.extend(into.into_iter().flatten());
            self.entries.sort_unstable();
        }
        self.find();
        self.select_key(selected);
    }

    /// Shows only what contains this text.
    pub(super) fn search(&mut self, text: &str) {
        let text = text.to_lowercase();
        if text != self.search {
            let selected = self.selected().cloned();
            self.search = text;
            self.find();
            self.select_key(selected);
        }
    }

    /// Sets how many entries the window shows.
    pub(super) fn resize(&mut self, height: usize) {
        self.height = height;
        self.follow();
    }

    /// Puts the cursor on the entry in this line of the window, if there is one.
    pub(super) fn point(&mut self, line: usize) -> bool {
        let place = self.top + line;
        let hit = self.range().contains(&place);
        if hit {
            self.select(place);
        }
        hit
    }

    fn range(&self) -> Range<usize> {
        self.top..self.len().min(self.top + self.height)
    }

    fn key(&self, place: usize) -> Option<&K> {
        let place = match &self.found {
            Some(found) => *found.get(place)?,
            None => place,
        };
        self.entries.get(place).map(|entry| &entry.key)
    }

    fn find(&mut self) {
        self.found = (!self.search.is_empty()).then(|| {
            let matches = |&place: &usize| self.entries[place].text.contains(&self.search);
            (0..self.entries.len()).filter(matches).collect()
        });
    }

    fn select_key(&mut self, key: Option<K>) {
        let place =
            key.and_then(|key| (0..self.len()).find(|&place| self.key(place) == Some(&key)));
        self.select(place.unwrap_or(self.selected));
    }

    fn select(&mut self, place: usize) {
        self.selected = place.min(self.len().saturating_sub(1));
        self.follow();
    }

    /// Moves the window to where the cursor is, and not beyond the end.
    fn follow(&mut self) {
        self.top = self
            .top
            .max((self.selected + 1).saturating_sub(self.height))
            .min(self.selected)
            .min(self.len().saturating_sub(self.height));
    }
}

/// What moves the cursor of a list, whatever is in it.
pub(super) trait Cursor {
    /// Moves the cursor down, or up.
    fn step(&mut self, by: isize);

    /// Moves the cursor by whole windows.
    fn page(&mut self, by: isize);

    /// Puts the cursor on the first entry.
    fn first(&mut self);

    /// Puts the cursor on the last entry.
    fn last(&mut self);
}

impl<S: Ord, K: Ord + Clone> Cursor for List<S, K> {
    fn step(&mut self, by: isize) {
        self.select(self.selected.saturating_add_signed(by));
    }

    fn page(&mut self, by: isize) {
        let height = isize::try_from(self.height).unwrap_or(isize::MAX);
        self.step(by.saturating_mul(height));
    }

    fn first(&mut self) {
        self.select(0);
    }

    fn last(&mut self) {
        self.select(usize::MAX);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str) -> Entry<String, String> {
        Entry {
            sort: name.to_lowercase(),
            key: name.to_owned(),
            text: name.to_lowercase(),
        }
    }

    fn insert(name: &str) -> Move<String, String> {
        Move {
            out: None,
            into: Some(entry(name)),
        }
    }

    fn remove(name: &str) -> Move<String, String> {
        Move {
            out: Some(entry(name)),
            into: None,
        }
    }

    fn list(names: &[&str], height: usize) -> List<String, String> {
        let mut list = List::new();
        list.resize(height);
        list.apply(names.iter().map(|name| insert(name)).collect());
        list
    }

    fn window(list: &List<String, String>) -> String {
        let rows = list.window().map(|(key, selected)| {
            if selected {
                format!("[{key}]")
            } else {
                key.clone()
            }
        });
        rows.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_window_follows_the_cursor() {
        let mut list = list(&["Carol", "Alice", "Bob", "Dave", "Erin"], 3);
        assert_eq!(window(&list), "[Alice] Bob Carol");
        list.step(3);
        assert_eq!(window(&list), "Bob Carol [Dave]");
        list.last();
        assert_eq!(window(&list), "Carol Dave [Erin]");
        list.page(-1);
        assert_eq!(window(&list), "[Bob] Carol Dave");
        list.first();
        assert_eq!(window(&list), "[Alice] Bob Carol");
    }

    #[test]
    fn the_cursor_stays_on_its_entry_when_others_come_and_go() {
        let mut list = list(&["Alice", "Bob", "Carol"], 3);
        list.step(1);
        list.apply(vec![insert("Amy"), remove("Alice"), insert("Abe")]);
        assert_eq!(window(&list), "Abe Amy [Bob]");
        list.apply(vec![remove("Bob")]);
        assert_eq!(window(&list), "Abe Amy [Carol]");
    }

    #[test]
    fn many_changes_at_once_are_the_same_as_one_by_one() {
        let names: Vec<_> = (0..3 * MANY).map(|n| format!("{n:04}")).collect();
        let mut at_once = list(&[], 5);
        at_once.apply(names.iter().rev().map(|name| insert(name)).collect());
        at_once.apply(names[..2 * MANY].iter().map(|name| remove(name)).collect());
        let mut one_by_one = list(&[], 5);
        for name in &names {
            one_by_one.apply(vec![insert(name)]);
        }
        for name in &names[..2 * MANY] {
            one_by_one.apply(vec![remove(name)]);
        }
        assert_eq!(at_once.entries, one_by_one.entries);
    }

    #[test]
    fn a_search_shows_what_contains_it() {
        let mut list = list(&["Alice", "Bob", "Carol", "Malice"], 3);
        list.step(3);
        list.search("LIC");
        assert_eq!(window(&list), "Alice [Malice]");
        list.apply(vec![insert("Slice")]);
        assert_eq!(window(&list), "Alice [Malice] Slice");
        list.search("nobody");
        assert_eq!(
            (window(&list), list.len(), list.selected()),
            (String::new(), 0, None)
        );
        list.search("");
        assert_eq!(list.len(), 5);
    }

    #[test]
    fn a_click_selects_only_where_there_is_an_entry() {
        let mut list = list(&["Alice", "Bob"], 5);
        assert!(list.point(1));
        assert!(!list.point(2));
        assert_eq!(window(&list), "Alice [Bob]");
    }

    #[test]
    fn a_window_without_height_shows_nothing() {
        assert_eq!(window(&list(&["Alice"], 0)), "");
    }
}
