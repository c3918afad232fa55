//! Who lives in a world, and how they come and go.
//!
//! Chance comes from a seed only, so two worlds of one seed live the same life.

use store::chat::{StatusType, Timestamp, UserId};

use super::{Now, PersonIndex, World, person::Person};

const NAMES: [&str; 26] = [
    "alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy", "kevin",
    "lena", "mallory", "niko", "olga", "peggy", "quinn", "rupert", "sybil", "trent", "uma",
    "victor", "walter", "xenia", "yuri", "zoe",
];
const DEVICES: [&str; 4] = ["phone", "desktop", "web", "tablet"];
const TEXTS: [&str; 8] = [
    "",
    "",
    "in a meeting",
    "out for lunch",
    "on holiday",
    "do not disturb",
    "on the train",
    "♪",
];
const MESSAGES: [&str; 6] = [
    "Are you there?",
    "Lunch?",
    "Have a look at this",
    "Thank you!",
    "On my way",
    "See you tomorrow",
];

/// How long ago somebody may have been there before the world began, in milliseconds.
const LONGEST_ABSENCE: u64 = 3 * 24 * 60 * 60 * 1_000;

/// The people nobody has to type for.
pub(in crate::server) struct Population {
    chance: fastrand::Rng,
}

impl Population {
    /// A population that lives by this seed.
    pub(in crate::server) fn new(seed: u64) -> Self {
        Self {
            chance: fastrand::Rng::with_seed(seed),
        }
    }

    /// Makes the people of a world: about half of them are online, a few have never been.
    pub(in crate::server) fn people(&mut self, count: usize, now: Timestamp) -> Vec<Person> {
        (0..count).map(|index| self.person(index, now)).collect()
    }

    fn person(&mut self, index: usize, now: Timestamp) -> Person {
        let name = NAMES[index % NAMES.len()];
        let id = match index / NAMES.len() {
            0 => UserId::new(name),
            round => UserId::new(format!("{name}-{}", round + 1)),
        };
        let mut nick = id.to_string();
        nick[..1].make_ascii_uppercase();
        let mut person = Person::new(id, nick);
        let device = self.pick(&DEVICES);
        match self.chance.u8(0..10) {
            0 => {}
            1..5 => {
                let ago = self.chance.u64(60_000..LONGEST_ABSENCE);
                person.arrive(device);
                person.leave(
                    device,
                    StatusType::Offline,
                    Timestamp(now.0.saturating_sub(ago)),
                );
            }
            _ => {
                person.arrive(device);
                person.write(self.pick(&TEXTS));
            }
        }
        person
    }

    /// Lets one thing happen: somebody comes, goes, writes beside the name, or sends a message.
    ///
    /// Every second time it happens to somebody a client has asked about, so that a large world is
    /// lively where it is looked at.
    pub(in crate::server) fn step(&mut self, world: &mut World, now: Now) {
        let looked_at = self
            .chance
            .bool()
            .then(|| world.subscribed(self.chance.usize(..)));
        let anybody = |chance: &mut fastrand::Rng| match world.people.len() {
            0 => None,
            count => Some(chance.usize(..count)),
        };
        let Some(index) = looked_at.flatten().or_else(|| anybody(&mut self.chance)) else {
            return;
        };
        if world.is_account(index) {
            return; // Somebody outside lives this life.
        }
        match self.chance.u8(0..10) {
            0..7 => self.come_or_go(world, index, now),
            7 => world.change(index, |person| {
                if person.is_online() {
                    person.write(self.pick(&TEXTS));
                }
            }),
            _ => self.send(world, index, now),
        }
    }

    fn come_or_go(&mut self, world: &mut World, index: PersonIndex, now: Now) {
        let second_device = self.chance.u8(0..8) == 0;
        let device = self.pick(&DEVICES);
        world.change(index, |person| {
            if !person.is_online() || second_device {
                person.arrive(device);
            } else {
                person.leave_all(now.date);
            }
        });
    }

    fn send(&mut self, world: &mut World, from: PersonIndex, now: Now) {
        let accounts: Vec<_> = world.accounts().collect();
        if world.people[from].is_online() && !accounts.is_empty() {
            let to = accounts[self.chance.usize(..accounts.len())];
            world.receive(to, from, self.pick(&MESSAGES), now);
        }
    }

    fn pick(&mut self, from: &[&'static str]) -> &'static str {
        from[self.chance.usize(..from.len())]
    }
}
