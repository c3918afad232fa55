//! What each source shows of a state, as text: two states differ for a reader if their sights do.

use std::collections::BTreeMap;

use store::SnapshotAll;

use crate::app::{App, DIARY, PURSE, USER};

/// What a reader watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Coins,
    Statuses,
    Tags,
    Lines,
    /// One key of a map.
    Ann,
    /// A range of days.
    Days,
    /// Two fields.
    Balance,
    /// Every field of a named store.
    Diary,
    /// What a function makes of two fields.
    Poor,
    /// All commits.
    Commits,
}

impl Source {
    pub(super) const ALL: [Self; 10] = [
        Self::Coins,
        Self::Statuses,
        Self::Tags,
        Self::Lines,
        Self::Ann,
        Self::Days,
        Self::Balance,
        Self::Diary,
        Self::Poor,
        Self::Commits,
    ];

    /// What takes its place in a queue: a function is asked whatever changed in its named store.
    pub(super) fn reach(self) -> Self {
        match self {
            Self::Poor => Self::Balance,
            source => source,
        }
    }

    /// What it shows of a state.
    pub(super) fn of(self, all: &SnapshotAll<App>) -> String {
        let (user, diary, purse) = (&all[USER], &all[DIARY], &all[PURSE]);
        match self {
            Self::Coins => text(&purse.coins),
            Self::Statuses => text(&user.statuses),
            Self::Tags => text(&user.tags),
            Self::Lines => text(&diary.lines),
            Self::Ann => text(&user.statuses.get("ann")),
            Self::Days => {
                let days = diary.days.range(DAYS);
                text(
                    &days
                        .map(|(day, plan)| (*day, *plan))
                        .collect::<BTreeMap<_, _>>(),
                )
            }
            Self::Balance => text(&(purse.coins, purse.spent)),
            Self::Diary => text(diary),
            Self::Poor => text(&(purse.coins < purse.spent)),
            Self::Commits => [text(user), text(diary), text(purse)].join(" "),
        }
    }
}

/// The days that one source shows.
pub(super) const DAYS: std::ops::Range<u32> = 1..4;

pub(super) fn text(value: &impl std::fmt::Debug) -> String {
    format!("{value:?}")
}
