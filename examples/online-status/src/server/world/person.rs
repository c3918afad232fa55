//! One user: where logged in, what written beside the name, who wants to be told.

use std::collections::BTreeSet;

use store::chat::{DeviceStatus, StatusReport, StatusType, Timestamp, UserId};

use super::SessionId;

/// The most devices that are remembered for a user.
const REMEMBERED: usize = 4;

/// A user of the world.
pub(in crate::server) struct Person {
    pub(super) id: UserId,
    pub(super) nick: String,
    custom_status: String,
    version: u64,
    /// Newest first.
    devices: Vec<Device>,
    /// The sessions that are told when this user changes.
    pub(super) told: BTreeSet<SessionId>,
    /// The sessions in which this user is logged in; empty for one of the population.
    pub(super) sessions: BTreeSet<SessionId>,
}

struct Device {
    name: String,
    status: StatusType,
    last_seen: Option<Timestamp>,
}

impl Person {
    /// Somebody who has never logged in.
    pub(super) fn new(id: UserId, nick: String) -> Self {
        Self {
            id,
            nick,
            custom_status: String::new(),
            version: 1,
            devices: Vec::new(),
            told: BTreeSet::new(),
            sessions: BTreeSet::new(),
        }
    }

    /// How this user is doing, as others are told.
    pub(super) fn report(&self) -> StatusReport {
        let mut report = StatusReport::new(self.id.clone(), self.version, StatusType::Unlogged);
        if !self.devices.is_empty() {
            report.devices = self.devices.iter().map(Device::status).collect();
        }
        for device in &mut report.devices {
            device.custom_status.clone_from(&self.custom_status);
        }
        report
    }

    /// Whether this user is online on any device.
    pub(super) fn is_online(&self) -> bool {
        let online = |device: &Device| device.status == StatusType::Online;
        self.devices.iter().any(online)
    }

    /// Comes online on a device.
    pub(super) fn arrive(&mut self, device: &str) {
        self.devices.retain(|known| known.name != device);
        self.devices.insert(
            0,
            Device {
                name: device.to_owned(),
                status: StatusType::Online,
                last_seen: None,
            },
        );
        self.devices.truncate(REMEMBERED);
        self.version += 1;
    }

    /// Leaves a device: `Offline` if it went away, `Unlogged` if the user logged out.
    pub(super) fn leave(&mut self, device: &str, how: StatusType, now: Timestamp) {
        for known in &mut self.devices {
            if known.name == device {
                known.status = how;
                known.last_seen = Some(now);
                self.version += 1;
            }
        }
    }

    /// Goes away from every device.
    pub(super) fn leave_all(&mut self, now: Timestamp) {
        for known in &mut self.devices {
            if known.status == StatusType::Online {
                known.status = StatusType::Offline;
                known.last_seen = Some(now);
            }
        }
        self.version += 1;
    }

    /// Writes something beside the name.
    pub(super) fn write(&mut self, text: impl Into<String>) {
        self.custom_status = text.into();
        self.version += 1;
    }
}

impl Device {
    fn status(&self) -> DeviceStatus {
        DeviceStatus {
            device: self.name.clone(),
            status_type: self.status,
            custom_status: String::new(),
            last_seen: self.last_seen,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_online_until_the_last_device_is_gone() {
        let mut person = Person::new("bob".into(), "Bob".into());
        person.arrive("phone");
        person.arrive("web");
        person.leave("phone", StatusType::Offline, Timestamp(1));
        assert!(person.is_online());
        person.leave("web", StatusType::Unlogged, Timestamp(2));
        assert!(!person.is_online());
    }

    #[test]
    fn every_change_takes_a_new_version() {
        let mut person = Person::new("bob".into(), "Bob".into());
        let before = person.report().version;
        person.arrive("phone");
        person.write("lunch");
        assert_eq!(person.report().version, before + 2);
        assert_eq!(person.report().devices[0].custom_status, "lunch");
    }
}
