//! What a world answers, refuses and tells, without any connection.

use super::*;
use crate::{
    cli::Cli,
    wire::{Answer, Request},
};
use clap::Parser as _;
use store::chat::Credentials;

const ALICE: SessionId = SessionId(1);
const BOB: SessionId = SessionId(2);

struct Scene {
    world: World,
    population: Population,
    now: Now,
}

/// A world as this command line makes it.
fn scene(options: &str) -> Scene {
    let line = format!("online-status {options}");
    let cli = Cli::try_parse_from(line.split_whitespace()).unwrap();
    let settings = Settings::from(&cli.world);
    let now = Now {
        uptime: Duration::ZERO,
        date: Timestamp(1_000_000_000_000),
    };
    let mut population = Population::new(settings.seed);
    let people = population.people(settings.users, now.date);
    let mut world = World::new(&settings, people);
    world.connect(ALICE);
    world.connect(BOB);
    Scene {
        world,
        population,
        now,
    }
}

impl Scene {
    #[track_caller]
    fn ask(&mut self, session: SessionId, request: Request) -> Result<Answer, ChatError> {
        self.world.answer(session, request, self.now)
    }

    #[track_caller]
    fn login(&mut self, session: SessionId, user: &str, device: &str) -> Session {
        let login = Request::Login {
            credentials: Credentials::new(user),
            device: device.to_owned(),
        };
        match self.ask(session, login) {
            Ok(Answer::Session(session)) => session,
            other => panic!("{other:?}"),
        }
    }

    /// What `session` was told of `user` since the last time.
    fn told(&mut self, session: SessionId, user: &str) -> Vec<StatusType> {
        let mut told = Vec::new();
        for (to, event) in self.world.take_outbox() {
            if let (true, BackendEvent::Statuses(reports)) = (to == session, event) {
                let of_user = reports
                    .iter()
                    .filter(|report| report.user_id.as_str() == user);
                told.extend(of_user.map(|report| report.devices[0].status_type));
            }
        }
        told
    }
}

fn users(names: &[&str]) -> Vec<UserId> {
    names.iter().map(|&name| name.into()).collect()
}

#[test]
fn a_subscriber_sees_a_user_come_and_go() {
    let mut scene = scene("");
    scene.login(ALICE, "alice", "laptop");
    scene
        .ask(ALICE, Request::Subscribe(users(&["bob"])))
        .unwrap();
    scene.told(ALICE, "bob");

    scene.login(BOB, "bob", "phone");
    assert_eq!(scene.told(ALICE, "bob"), [StatusType::Online]);
    let now = scene.now;
    scene.world.disconnect(BOB, now);
    assert_eq!(scene.told(ALICE, "bob"), [StatusType::Offline]);
}

#[test]
fn the_population_does_not_live_the_life_of_one_who_logged_in() {
    for seed in 0..20 {
        let mut scene = scene(&format!("--users 4 --seed {seed}"));
        scene.login(BOB, "bob", "phone");
        scene.login(ALICE, "alice", "laptop");
        let bob = Request::Subscribe(users(&["bob"]));
        scene.ask(ALICE, bob).unwrap();
        let now = scene.now;
        scene.world.disconnect(BOB, now);
        scene.told(ALICE, "bob");
        for _ in 0..200 {
            scene.population.step(&mut scene.world, now);
        }
        assert_eq!(scene.told(ALICE, "bob"), []);
        let bob = scene.world.find(&"bob".into()).unwrap();
        assert!(!scene.world.people[bob].is_online());
    }
}

#[test]
fn nobody_else_is_told() {
    let mut scene = scene("");
    scene.login(ALICE, "alice", "laptop");
    scene.login(BOB, "bob", "phone");
    assert_eq!(scene.told(ALICE, "bob"), []);
}

#[test]
fn logging_out_is_not_the_same_as_going_away() {
    let mut scene = scene("");
    scene.login(ALICE, "alice", "laptop");
    scene.login(BOB, "bob", "phone");
    scene
        .ask(ALICE, Request::Subscribe(users(&["bob"])))
        .unwrap();
    scene.told(ALICE, "bob");
    scene.ask(BOB, Request::Logout).unwrap();
    assert_eq!(scene.told(ALICE, "bob"), [StatusType::Unlogged]);
    assert_eq!(scene.ask(BOB, Request::Logout), Err(ChatError::NotLoggedIn));
}

#[test]
fn a_second_login_on_the_same_kind_of_device_ends_the_first() {
    let mut scene = scene("");
    scene.login(ALICE, "alice", "laptop");
    scene.world.take_outbox();
    scene.login(BOB, "alice", "laptop");
    let outbox = scene.world.take_outbox();
    let kicked = BackendEvent::KickedOut(KickReason::MultipleDevice);
    assert!(outbox.contains(&(ALICE, kicked)));
}

#[test]
fn limits_are_refused_with_their_number() {
    let mut scene = scene("--subscribe-limit 2 --query-limit 3 --subscriptions 3");
    scene.login(ALICE, "alice", "laptop");
    let refused = |asked, limit| Err(ChatError::TooManyUsers { asked, limit });
    let subscribe = |names: &[&str]| Request::Subscribe(users(names));

    assert_eq!(
        scene.ask(ALICE, subscribe(&["bob", "carol", "dave"])),
        refused(3, 2)
    );
    assert!(scene.ask(ALICE, subscribe(&["bob", "carol"])).is_ok());
    assert_eq!(
        scene.ask(ALICE, subscribe(&["dave", "erin"])),
        refused(4, 3)
    );
    let four = Request::Query(users(&["bob", "carol", "dave", "erin"]));
    assert_eq!(scene.ask(ALICE, four), refused(4, 3));

    let text = Request::SetCustomStatus("x".repeat(101));
    let (bytes, limit) = (101, 100);
    let too_long = ChatError::CustomStatusTooLong { bytes, limit };
    assert_eq!(scene.ask(ALICE, text), Err(too_long));
}

#[test]
fn too_many_calls_are_refused_until_the_second_is_over() {
    let mut scene = scene("--calls 1");
    scene.login(ALICE, "alice", "laptop");
    let query = || Request::Query(users(&["bob"]));
    assert!(scene.ask(ALICE, query()).is_ok());
    let retry_after = Duration::from_secs(1);
    let refused = scene.ask(ALICE, query());
    assert_eq!(refused, Err(ChatError::TooFrequent { retry_after }));
    scene.now.uptime += retry_after;
    assert!(scene.ask(ALICE, query()).is_ok());
}

#[test]
fn an_unknown_user_fails_alone() {
    let mut scene = scene("");
    scene.login(ALICE, "alice", "laptop");
    let Ok(Answer::Queried(queried)) = scene.ask(ALICE, Request::Query(users(&["bob", "nobody"])))
    else {
        panic!("a query of known and unknown users is answered");
    };
    assert_eq!(queried.statuses.len(), 1);
    let user_id = UserId::from("nobody");
    assert_eq!(
        queried.failed,
        [(user_id.clone(), ChatError::UnknownUser { user_id })]
    );
}

#[test]
fn the_capability_and_the_edition_decide() {
    for (options, refusal) in [
        ("--capability off", ChatError::CapabilityNotEnabled),
        ("--edition basic", ChatError::UnsupportedEdition),
    ] {
        let mut scene = scene(options);
        scene.login(ALICE, "alice", "laptop");
        let subscribe = || Request::Subscribe(users(&["bob"]));
        assert_eq!(scene.ask(ALICE, subscribe()), Err(refusal));
        scene.world.set_capability(Capability::Granted);
        assert!(scene.ask(ALICE, subscribe()).is_ok());
    }
}

#[test]
fn a_newcomer_is_introduced_and_a_full_world_takes_none() {
    let mut scene = scene("--users 5 --max-users 6");
    scene.login(ALICE, "alice", "laptop");
    scene.world.take_outbox();
    scene.login(BOB, "newcomer", "phone");
    let introduced = scene.world.take_outbox();
    assert!(
        introduced.iter().any(
            |(session, event)| *session == ALICE && !matches!(event, BackendEvent::Statuses(_))
        )
    );

    let another = Request::Login {
        credentials: Credentials::new("another"),
        device: "phone".to_owned(),
    };
    let (asked, limit) = (7, 6);
    assert_eq!(
        scene.ask(BOB, another),
        Err(ChatError::TooManyUsers { asked, limit })
    );
}

#[test]
fn messages_wait_until_they_are_read() {
    let mut scene = scene("");
    scene.login(ALICE, "alice", "laptop");
    let [alice, bob] = ["alice", "bob"].map(|name| scene.world.find(&name.into()).unwrap());
    let now = scene.now;
    scene.world.receive(alice, bob, "Lunch?", now);
    let unread = |scene: &mut Scene| match scene.world.take_outbox().pop() {
        Some((ALICE, BackendEvent::Conversations { put, .. })) => put[0].unread_count,
        other => panic!("{other:?}"),
    };
    assert_eq!(unread(&mut scene), 1);
    let id = Conversation::with("bob").conversation_id;
    scene.ask(ALICE, Request::MarkRead(id)).unwrap();
    assert_eq!(unread(&mut scene), 0);
}

#[test]
fn one_seed_lives_one_life() {
    let life = |seed: u32| {
        let mut scene = scene(&format!("--seed {seed}"));
        for _ in 0..500 {
            scene.population.step(&mut scene.world, scene.now);
        }
        let reports = scene.world.people.iter().map(Person::report);
        reports.collect::<Vec<_>>()
    };
    assert_eq!(life(7), life(7));
    assert_ne!(life(7), life(8));
}

#[test]
fn nobody_can_do_harm_with_a_name() {
    let mut scene = scene("");
    let long = "x".repeat(100_000);
    for (user, device) in [
        (long.as_str(), "phone"),
        ("bob", long.as_str()),
        ("", "phone"),
        ("a\x1b[2J", "phone"),
    ] {
        let login = Request::Login {
            credentials: Credentials::new(user),
            device: device.to_owned(),
        };
        let refused = scene.ask(ALICE, login);
        assert!(
            matches!(refused, Err(ChatError::Refused { code: 70_402, .. })),
            "{refused:?}"
        );
    }
}
