//! How reports become statuses: devices are merged, versions compared, bursts gathered.
//!
//! Pure: no store, no clock. Whether anybody wants to know is decided elsewhere.

use std::{collections::HashMap, time::Duration};

use super::{
    backend::{DeviceStatus, StatusReport},
    error::ChatError,
    types::{StatusType, UserId, UserStatus},
};

/// No version that anybody has counted up to is higher; what a sign or an error was mistaken for is.
const HIGHEST_VERSION: u64 = i64::MAX as u64;

impl StatusReport {
    /// One status out of all devices: online on one is online.
    ///
    /// The text is the newest one written on a device that decides; the time is the latest of all.
    ///
    /// # Examples
    ///
    /// ```
    /// use store::chat::{DeviceStatus, StatusReport, StatusType};
    ///
    /// let device = |device: &str, status_type| DeviceStatus {
    ///     device: device.into(),
    ///     status_type,
    ///     ..DeviceStatus::default()
    /// };
    /// let report = StatusReport {
    ///     user_id: "alice".into(),
    ///     version: 1,
    ///     devices: vec![device("phone", StatusType::Offline), device("web", StatusType::Online)],
    /// };
    /// let status = report.merged();
    /// assert_eq!(status.status_type, StatusType::Online);
    /// assert_eq!(status.devices, ["web"]);
    /// ```
    #[must_use]
    pub fn merged(&self) -> UserStatus {
        let rank = |device: &DeviceStatus| match device.status_type {
            StatusType::Unknown => 0,
            StatusType::Unlogged => 1,
            StatusType::Offline => 2,
            StatusType::Online => 3,
        };
        let best = self.devices.iter().map(rank).max();
        let deciding = || {
            self.devices
                .iter()
                .filter(|device| Some(rank(device)) == best)
        };
        let status_type = deciding()
            .next()
            .map_or(StatusType::Unknown, |first| first.status_type);
        UserStatus {
            status_type,
            custom_status: deciding()
                .map(|device| &device.custom_status)
                .find(|text| !text.is_empty())
                .cloned()
                .unwrap_or_default(),
            devices: deciding()
                .filter(|device| device.status_type == StatusType::Online)
                .map(|device| &device.device)
                .filter(|name| !name.is_empty())
                .cloned()
                .collect(),
            last_seen: self
                .devices
                .iter()
                .filter_map(|device| device.last_seen)
                .max(),
            fresh: true,
        }
    }

    /// Refuses a report whose version would shut out all that follow.
    pub(super) fn check(&self) -> Result<(), ChatError> {
        if self.version <= HIGHEST_VERSION {
            return Ok(());
        }
        let Self {
            user_id, version, ..
        } = self;
        Err(ChatError::Protocol {
            reason: format!("a report on `{user_id}` of version {version}: no count comes so far"),
        })
    }
}

/// What has been reported and not yet been written to the store, newest version of each user only.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    versions: HashMap<UserId, u64>,
    waiting: HashMap<UserId, UserStatus>,
    due: Option<Duration>,
}

impl Inbox {
    /// Takes a report, unless a newer one was taken before. Says whether it was taken.
    pub(super) fn take(&mut self, report: &StatusReport) -> bool {
        let known = self
            .versions
            .entry(report.user_id.clone())
            .or_insert(report.version);
        if *known > report.version {
            return false;
        }
        *known = report.version;
        self.waiting.insert(report.user_id.clone(), report.merged());
        true
    }

    /// Asks to have everything written by `deadline` at the latest.
    pub(super) fn write_by(&mut self, deadline: Duration) {
        if !self.waiting.is_empty() {
            self.due = Some(self.due.map_or(deadline, |due| due.min(deadline)));
        }
    }

    /// When something is to be written, if there is anything.
    pub(super) fn due(&self) -> Option<Duration> {
        self.due
    }

    /// Hands out everything that waits.
    pub(super) fn drain(&mut self) -> HashMap<UserId, UserStatus> {
        self.due = None;
        std::mem::take(&mut self.waiting)
    }

    /// Nobody wants to know of this user any more.
    pub(super) fn forget(&mut self, user: &UserId) {
        self.versions.remove(user);
        self.waiting.remove(user);
    }

    /// Starts anew: what waits is dropped, and versions may start again.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::Timestamp;

    fn device(name: &str, status_type: StatusType, text: &str, seen: Option<u64>) -> DeviceStatus {
        DeviceStatus {
            device: name.into(),
            status_type,
            custom_status: text.into(),
            last_seen: seen.map(Timestamp),
        }
    }

    fn merged(devices: Vec<DeviceStatus>) -> UserStatus {
        StatusReport {
            user_id: "alice".into(),
            version: 1,
            devices,
        }
        .merged()
    }

    #[test]
    fn online_on_one_device_is_online() {
        let status = merged(vec![
            device("phone", StatusType::Offline, "asleep", Some(9)),
            device("web", StatusType::Online, "", None),
            device("desk", StatusType::Online, "at work", Some(5)),
        ]);
        assert_eq!(status.status_type, StatusType::Online);
        assert_eq!(status.devices, ["web", "desk"]);
        assert_eq!(
            status.custom_status, "at work",
            "an offline device's text does not count"
        );
        assert_eq!(status.last_seen, Some(Timestamp(9)));
    }

    #[test]
    fn no_device_is_unknown_and_offline_outweighs_unlogged() {
        assert_eq!(merged(vec![]), UserStatus::default());
        let status = merged(vec![
            device("a", StatusType::Unlogged, "", None),
            device("b", StatusType::Offline, "back soon", Some(3)),
        ]);
        assert_eq!(status.status_type, StatusType::Offline);
        assert_eq!(status.devices, <[String; 0]>::default());
        assert_eq!(status.custom_status, "back soon");
    }

    #[test]
    fn an_older_report_does_not_undo_a_newer_one() {
        let mut inbox = Inbox::default();
        assert!(inbox.take(&StatusReport::new("alice", 5, StatusType::Online)));
        assert!(!inbox.take(&StatusReport::new("alice", 4, StatusType::Offline)));
        assert!(inbox.take(&StatusReport::new("bob", 1, StatusType::Offline)));
        let written = inbox.drain();
        assert_eq!(written["alice"].status_type, StatusType::Online);
        assert_eq!(written.len(), 2);
        assert!(
            !inbox.take(&StatusReport::new("alice", 4, StatusType::Offline)),
            "also later"
        );
    }

    #[test]
    fn the_first_report_of_a_burst_sets_the_deadline() {
        let mut inbox = Inbox::default();
        inbox.write_by(Duration::from_millis(300));
        assert_eq!(inbox.due(), None, "nothing to write");
        inbox.take(&StatusReport::new("alice", 1, StatusType::Online));
        inbox.write_by(Duration::from_millis(300));
        inbox.take(&StatusReport::new("alice", 2, StatusType::Offline));
        inbox.write_by(Duration::from_millis(500));
        assert_eq!(inbox.due(), Some(Duration::from_millis(300)));
        assert_eq!(inbox.drain()["alice"], UserStatus::offline());
        assert_eq!(inbox.due(), None);
    }

    #[test]
    fn nothing_is_left_of_who_is_forgotten() {
        let mut inbox = Inbox::default();
        inbox.take(&StatusReport::new("alice", 5, StatusType::Online));
        inbox.forget(&"alice".into());
        assert!(inbox.versions.is_empty() && inbox.drain().is_empty());
    }

    #[test]
    fn versions_may_start_again_after_clearing() {
        let mut inbox = Inbox::default();
        inbox.take(&StatusReport::new("alice", 5, StatusType::Online));
        inbox.clear();
        assert!(inbox.take(&StatusReport::new("alice", 1, StatusType::Offline)));
    }
}
