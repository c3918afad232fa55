//! What a program does less often, all the while: guards, text, paces, waits that are given up, callbacks that panic.
//!
//! Whatever is begun is ended in the same turn.

use std::{panic, time::Duration};

use futures::FutureExt as _;
use serde_json::json;
use store::{ManualClock, Source as _, Watch as _};

use crate::{
    app::{LEDGER, Ledger, NOTES, Notes, UI, write},
    round::Round,
};

/// What the callback says that panics on purpose.
pub(crate) const PANIC: &str = "now and then";

/// What the guard refuses to have searched for.
const REFUSED: u64 = 1 << 40;

/// Every how many turns a callback panics.
const PANICS: u64 = 16;

const SECOND: Duration = Duration::from_secs(1);

impl Round<'_> {
    pub(crate) fn come_and_go_rarely(&self) {
        let mut turn = 0;
        while !self.is_over() {
            self.refuse();
            self.watch_by_text(turn);
            self.pace();
            self.give_up();
            if turn % PANICS == 0 {
                self.panic();
            }
            turn += 1;
        }
    }

    /// A guard that comes and goes; one that is gone refuses nothing.
    fn refuse(&self) {
        let guard = self.store.guard(UI, |ui| match *ui.search {
            REFUSED => Err("nobody searches for that".into()),
            _ => Ok(()),
        });
        let search = |search: u64| self.store.text().write("ui", "search", json!(search));
        assert!(search(REFUSED).is_err(), "the guard is there");
        drop(guard);
        search(REFUSED).expect("the guard is gone");
    }

    /// A field and a run-time key, watched by their names.
    fn watch_by_text(&self, turn: u64) {
        let text = self.store.text();
        let (field, key) = (self.tick(), self.tick());
        let watching = [
            text.watch("ledger", "commits", move |_| field()),
            text.watch("notes", "size", move |_| key()),
        ]
        .map(|watching| watching.expect("there is such a field"));
        write(self.store);
        text.write("notes", "size", json!(turn)).expect("a key");
        if turn % 2 == 1 {
            text.reset("notes", "size").expect("a key");
        }
        drop(watching);
    }

    /// Readers that wait for a rest or keep a pace, dropped with something still to be told.
    fn pace(&self) {
        let clock = ManualClock::new();
        let pull = self.store.pull().debounce(SECOND, clock.clone());
        let mut rested = pull.stream(NOTES, Notes::TURNS.changes_only());
        let pull = self.store.pull().throttle(SECOND, clock.clone());
        let mut paced = pull.stream(LEDGER, Ledger::ENTRIES.changes_only());
        let turn = || self.store.update(NOTES, |notes| *notes.turns += 1);
        turn();
        self.wait_until_told();
        // Asked for the first time, it begins to wait.
        assert!(rested.try_next().is_none(), "there was no rest");
        paced.try_next();
        clock.advance(SECOND);
        assert!(rested.try_next().is_some(), "there was a rest");
        turn();
        rested.try_next();
        paced.try_next();
    }

    /// Waits that nobody waits for any longer.
    fn give_up(&self) {
        let never = self
            .store
            .until(LEDGER, Ledger::COMMITS, |commits| **commits == u64::MAX);
        assert!(never.now_or_never().is_none(), "it is not so");
        write(self.store);
        // Others may have been told, or not.
        let _ = self.store.told(self.store.revision()).now_or_never();
    }

    /// A callback that panics, without the words that a panic prints.
    fn panic(&self) {
        let panics = Ledger::COMMITS
            .watch(|_| panic::resume_unwind(Box::new(PANIC)))
            .changes_only();
        let watching = self.store.watch(LEDGER, panics);
        write(self.store);
        self.wait_until_told();
        drop(watching);
    }
}
