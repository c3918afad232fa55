//! What the roster shows, as its callbacks keep it.
//!
//! It belongs to the thread of the window. Knows no egui.

use std::collections::BTreeMap;

use store::{
    Change, Map,
    chat::{Dot, Friend, UserId, UserStatus, online_status},
};

/// See the module.
#[derive(Default)]
pub(crate) struct Rows {
    /// Whether statuses are shown.
    pub(crate) switch: bool,
    /// What happened last, in words.
    pub(crate) news: String,
    names: BTreeMap<UserId, String>,
    statuses: Map<UserId, UserStatus>,
}

impl Rows {
    /// Takes over what differs in the contact list.
    pub(crate) fn put_friends(&mut self, friends: Change<'_, Map<UserId, Friend>>) {
        for change in friends.changes() {
            let user = *change.key();
            match change.new() {
                Some(friend) => self
                    .names
                    .insert(user.clone(), friend.display_name().to_owned()),
                None => self.names.remove(user),
            };
        }
    }

    /// Takes over the statuses: the map is a snapshot, so keeping it costs nothing.
    pub(crate) fn put_statuses(&mut self, statuses: Change<'_, Map<UserId, UserStatus>>) {
        self.statuses = statuses.value().clone();
        if statuses.is_initial() {
            return;
        }
        for change in statuses.changes() {
            let dot = online_status(true, change.new().copied());
            if let Some(name) = self.names.get(*change.key()) {
                self.news = format!("{name} is {}", word(dot));
            }
        }
    }

    /// The rows whose name contains `search`, in whatever case.
    pub(crate) fn matching(&self, search: &str) -> Vec<(&str, Dot)> {
        let search = search.to_lowercase();
        let names = self.names.iter();
        let found = names.filter(|(_, name)| name.to_lowercase().contains(&search));
        found
            .map(|(user, name)| {
                let dot = online_status(self.switch, self.statuses.get(user));
                (name.as_str(), dot)
            })
            .collect()
    }
}

/// A status in words, for those who do not see colours.
pub(crate) fn word(dot: Dot) -> &'static str {
    match dot {
        Dot::None => "not shown",
        Dot::Online => "online",
        Dot::Offline => "offline",
        Dot::Unknown => "not known yet",
        Dot::Stale => "out of reach",
    }
}
