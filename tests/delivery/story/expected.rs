//! What a reader is to be told: the one rule, spelt out for one callback.

use super::reader::{Place, Settings};

/// What waits for a reader and what it knows.
pub(super) struct Expected {
    /// What it was told, or shown at registration.
    pub(super) told: Vec<String>,
    /// What it knows.
    known: String,
    /// What the commits past the bound have made of it.
    merged: Option<String>,
    /// What waits one by one.
    queue: Vec<String>,
    bound: usize,
    is_inline: bool,
    paused: bool,
}

impl Expected {
    /// `shown` is what the reader sees at once; commits have no current value.
    pub(super) fn new(settings: Settings, known: String, is_shown: bool) -> Self {
        let is_inline = settings.place == Place::Inline;
        Self {
            told: is_shown.then(|| known.clone()).into_iter().collect(),
            known,
            merged: None,
            queue: Vec::new(),
            // Who is told at once has no queue, when paused.
            bound: if is_inline { 0 } else { settings.bound },
            is_inline,
            paused: false,
        }
    }

    /// A commit has changed what it watches, or may have.
    pub(super) fn commit(&mut self, now: String) {
        if self.is_inline && !self.paused {
            return self.tell(now);
        }
        if self.queue.len() < self.bound {
            return self.queue.push(now);
        }
        self.queue.clear();
        self.merged = Some(now);
    }

    /// It reads.
    pub(super) fn read(&mut self) {
        if self.paused {
            return;
        }
        let queue = std::mem::take(&mut self.queue);
        let all = self.merged.take().into_iter().chain(queue);
        all.for_each(|now| self.tell(now));
    }

    pub(super) fn pause(&mut self) {
        self.paused = true;
    }

    pub(super) fn resume(&mut self) {
        self.paused = false;
        if self.is_inline {
            self.read();
        }
    }

    fn tell(&mut self, now: String) {
        if now != self.known {
            self.known.clone_from(&now);
            self.told.push(now);
        }
    }
}
