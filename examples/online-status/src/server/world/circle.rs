//! Who knows whom, by rule: nothing is stored, so a hundred thousand users cost no more than ten.
//!
//! The first names of the population are friends who talk with each other. Of all others, about one
//! in eight is not a friend but somebody to talk with, and one in five is both.

use store::chat::{Conversation, Friend, Timestamp, UserId};

use super::person::Person;

/// These many users are friends, and talk with each other.
const WELL_KNOWN: usize = 4;

/// The most conversations a user begins with.
const CONVERSATIONS: usize = 300;

/// In milliseconds.
const DAY: u64 = 24 * 60 * 60 * 1_000;

/// Whom everybody has blocked.
const BLOCKED: &str = "mallory";

/// Whether two users are friends, or talk with each other, or both; one of them is always so.
pub(super) fn ties(a: usize, b: usize) -> (bool, bool) {
    (are_friends(a, b), talk(a, b))
}

/// The friends of the user at `me`.
pub(super) fn friends(people: &[Person], me: usize) -> Vec<Friend> {
    others(people, me)
        .filter(|&(other, _)| are_friends(me, other))
        .map(|(_, person)| friend(person))
        .collect()
}

/// How somebody stands in a contact list.
pub(super) fn friend(person: &Person) -> Friend {
    Friend {
        nick: person.nick.clone(),
        ..Friend::new(person.id.clone())
    }
}

/// The conversations the user at `me` begins with: some peers, and one group.
pub(super) fn conversations(people: &[Person], me: usize, now: Timestamp) -> Vec<Conversation> {
    let mut group = Conversation::group("everyone");
    group.last_message = "Welcome!".to_owned();
    group.last_message_at = now;
    let peers = others(people, me)
        .filter(|&(other, _)| talk(me, other))
        .take(CONVERSATIONS)
        .map(|(other, person)| {
            let ago = pair(me, other) % DAY;
            conversation(person, Timestamp(now.0.saturating_sub(ago)))
        });
    std::iter::once(group).chain(peers).collect()
}

/// How a conversation with somebody begins.
pub(super) fn conversation(person: &Person, at: Timestamp) -> Conversation {
    Conversation {
        name: person.nick.clone(),
        last_message: "See you!".to_owned(),
        last_message_at: at,
        ..Conversation::with(person.id.clone())
    }
}

/// Whom the user at `me` has blocked.
pub(super) fn blacklist(people: &[Person], me: usize) -> Vec<UserId> {
    others(people, me)
        .map(|(_, person)| &person.id)
        .filter(|id| id.as_str() == BLOCKED)
        .cloned()
        .collect()
}

fn others(people: &[Person], me: usize) -> impl Iterator<Item = (usize, &Person)> {
    people
        .iter()
        .enumerate()
        .filter(move |&(other, _)| other != me)
}

fn are_friends(a: usize, b: usize) -> bool {
    a.max(b) < WELL_KNOWN || !pair(a, b).is_multiple_of(8)
}

fn talk(a: usize, b: usize) -> bool {
    !are_friends(a, b) || a.max(b) < WELL_KNOWN || pair(a, b).is_multiple_of(5)
}

/// A number that is the same for (a, b) and (b, a), and looks like chance.
fn pair(a: usize, b: usize) -> u64 {
    let (low, high) = (a.min(b) as u64, a.max(b) as u64);
    let mixed = (low << 32 | high).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed ^ mixed >> 29).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 17
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people(count: usize) -> Vec<Person> {
        (0..count)
            .map(|n| Person::new(n.to_string().into(), String::new()))
            .collect()
    }

    #[test]
    fn friendship_is_mutual() {
        for a in 0..50 {
            for b in 0..50 {
                assert_eq!(are_friends(a, b), are_friends(b, a));
            }
        }
    }

    #[test]
    fn some_friends_have_no_conversation_and_some_peers_are_no_friends() {
        let pairs = || (10..40).map(|other| (are_friends(5, other), talk(5, other)));
        assert!(pairs().any(|known| known == (true, false)));
        assert!(pairs().any(|known| known == (false, true)));
    }

    #[test]
    fn a_large_world_makes_long_contact_lists_and_bounded_conversation_lists() {
        let people = people(5_000);
        assert!(friends(&people, 0).len() > 4_000);
        let conversations = conversations(&people, 0, Timestamp(0));
        assert_eq!(conversations.len(), CONVERSATIONS + 1);
    }
}
