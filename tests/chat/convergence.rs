//! Whatever happens in whatever order: once it is over, the store shows what is true.

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use proptest::prelude::*;
use store::chat::{
    BackendEvent, CONTACT, Capability, ChatError, Contact, Friend, KickReason, NetState,
    StatusReport, StatusType, USER, User, UserId, UserStatus,
};

use crate::support::{Fault, Server, Stage};

const CAP: usize = 3;
const USERS: usize = 6;

#[derive(Clone, Debug)]
enum Step {
    Want(usize),
    Release(usize),
    Befriend(usize),
    Unfriend(usize),
    Block(usize, bool),
    Switch(bool),
    Login(bool),
    Logout,
    Text(usize),
    Kick,
    Status(usize, bool),
    Link(NetState),
    Hold(bool),
    Answer(usize),
    CatchUp,
    Fail(&'static str, Fault),
    LeaveOut,
    Repeat(usize),
    Nonsense,
    Capability(Capability),
    CapabilityInSilence(Capability),
    Advance(u64),
}

fn error() -> impl Strategy<Value = ChatError> {
    prop_oneof![
        Just(ChatError::TooFrequent {
            retry_after: Duration::from_secs(2)
        }),
        Just(ChatError::LinkLost {
            reason: "reset by peer".into()
        }),
        Just(ChatError::Protocol {
            reason: "not json".into()
        }),
        Just(ChatError::CapabilityNotEnabled),
    ]
}

fn fault() -> impl Strategy<Value = Fault> {
    let nonsense = ChatError::Protocol {
        reason: "half a frame".into(),
    };
    prop_oneof![
        4 => error().prop_map(Fault::Refuse),
        1 => Just(Fault::Garble(nonsense.clone())),
        1 => Just(Fault::InPart(nonsense)),
        1 => Just(Fault::InPart(ChatError::TooFrequent { retry_after: Duration::ZERO })),
        1 => Just(Fault::Lose),
        1 => Just(Fault::Swallow),
        1 => Just(Fault::Slow),
        1 => Just(Fault::Stray),
    ]
}

fn capability() -> impl Strategy<Value = Capability> {
    prop_oneof![Just(Capability::Granted), Just(Capability::NotEnabled)]
}

fn step() -> impl Strategy<Value = Step> {
    let call = prop_oneof![
        Just("subscribe"),
        Just("unsubscribe"),
        Just("query"),
        Just("capability"),
        Just("login"),
        Just("logout"),
        Just("set_custom_status"),
    ];
    prop_oneof![
        6 => (0..USERS).prop_map(Step::Want),
        4 => (0..USERS).prop_map(Step::Release),
        3 => (0..USERS).prop_map(Step::Befriend),
        2 => (0..USERS).prop_map(Step::Unfriend),
        2 => (0..USERS, any::<bool>()).prop_map(|(user, blocked)| Step::Block(user, blocked)),
        5 => prop::bool::weighted(0.75).prop_map(Step::Switch),
        2 => any::<bool>().prop_map(Step::Login),
        1 => Just(Step::Logout),
        2 => (0..USERS).prop_map(Step::Text),
        1 => Just(Step::Kick),
        6 => (0..USERS, any::<bool>()).prop_map(|(user, online)| Step::Status(user, online)),
        2 => prop_oneof![Just(NetState::Disconnected), Just(NetState::Connected)].prop_map(Step::Link),
        3 => any::<bool>().prop_map(Step::Hold),
        8 => any::<usize>().prop_map(Step::Answer),
        1 => Just(Step::CatchUp),
        4 => (call, fault()).prop_map(|(call, fault)| Step::Fail(call, fault)),
        1 => Just(Step::LeaveOut),
        2 => any::<usize>().prop_map(Step::Repeat),
        1 => Just(Step::Nonsense),
        1 => capability().prop_map(Step::Capability),
        1 => capability().prop_map(Step::CapabilityInSilence),
        4 => (0..3_000u64).prop_map(Step::Advance),
        1 => Just(Step::Advance(10_000)),
    ]
}

fn user(n: usize) -> UserId {
    UserId::new(format!("user{n}"))
}

/// Does what the step says, as a program, its user and the server would; switching is the test's.
fn take(step: Step, stage: &mut Stage, wanted: &mut Vec<store::chat::Interest>) {
    let server = stage.server.clone();
    match step {
        Step::Want(n) => wanted.push(stage.service.want([user(n)])),
        Step::Release(n) => {
            if let Some(at) = wanted
                .iter()
                .position(|interest| interest.users() == [user(n)])
            {
                drop(wanted.remove(at));
            }
        }
        Step::Befriend(n) => {
            server.befriend(&user(n), true);
            stage.store.update(CONTACT, |contact| {
                contact.friend_list.insert(user(n), Friend::new(user(n)));
            });
        }
        Step::Unfriend(n) => {
            server.befriend(&user(n), false);
            stage.store.update(CONTACT, |contact| {
                contact.friend_list.remove(&user(n));
            });
        }
        Step::Block(n, blocked) => {
            server.block(&user(n), blocked);
            stage.store.update(USER, |draft| {
                match blocked {
                    true => draft.user_blacklist.insert(user(n)),
                    false => draft.user_blacklist.remove(&user(n)),
                };
            });
        }
        Step::Login(alice) => drop(stage.start_login(if alice { "alice" } else { "carol" })),
        Step::Logout => drop(stage.start_logout()),
        Step::Text(n) => {
            let service = stage.service.clone();
            let setting = async move { service.set_custom_status(format!("text {n}")).await };
            drop(stage.start(setting));
        }
        Step::Kick => stage.tell(BackendEvent::KickedOut(KickReason::Administrator)),
        Step::Status(n, online) => {
            let status_type = if online {
                StatusType::Online
            } else {
                StatusType::Offline
            };
            server.change_status(&user(n), status_type);
        }
        Step::Link(NetState::Connected) => server.resume(),
        Step::Link(link) => server.set_link(link),
        Step::Hold(holding) => server.hold(holding),
        Step::Answer(which) => server.release_any(which),
        Step::CatchUp => server.catch_up(),
        Step::Fail(call, fault) => server.fail(call, fault),
        Step::LeaveOut => server.fail("query", Fault::LeaveOut),
        Step::Repeat(which) => server.repeat(which),
        Step::Nonsense => {
            server.tell(BackendEvent::Statuses(Vec::new()));
            let stranger = StatusReport::new("nobody", u64::MAX, StatusType::Online);
            server.tell(BackendEvent::Statuses(vec![stranger]));
            let last = StatusReport::new(user(0), u64::MAX, StatusType::Online);
            server.tell(BackendEvent::Statuses(vec![last]));
        }
        Step::Capability(capability) => {
            server.set_capability(capability);
            stage.tell(BackendEvent::Capability(capability));
        }
        Step::CapabilityInSilence(capability) => server.set_capability(capability),
        Step::Switch(_) => {}
        Step::Advance(milliseconds) => stage.advance(Duration::from_millis(milliseconds)),
    }
    stage.settle();
}

fn check_always(stage: &Stage) -> Result<(), TestCaseError> {
    let user = stage.store.snapshot(USER);
    if !user.display_online_status {
        prop_assert!(
            user.user_status_list.is_empty(),
            "off, and something is shown"
        );
        prop_assert!(user.given_up_users.is_empty());
    }
    if user.user_profile.user_id.as_str().is_empty() {
        prop_assert_eq!(
            &user.own_status,
            &UserStatus::default(),
            "of nobody, and it is known"
        );
    }
    for blocked in &user.user_blacklist {
        prop_assert!(
            !user.user_status_list.contains_key(blocked),
            "{blocked} is blocked"
        );
    }
    Ok(())
}

fn check_at_rest(
    stage: &Stage,
    on: bool,
    wanted: &[store::chat::Interest],
) -> Result<(), TestCaseError> {
    let user: &User = &stage.store.snapshot(USER);
    let contact: &Contact = &stage.store.snapshot(CONTACT);
    prop_assert_eq!(user.display_online_status, on);
    prop_assert!(!on || user.online_status_error.is_none());
    let of_interest: BTreeSet<UserId> = wanted
        .iter()
        .flat_map(|interest| interest.users().iter().cloned())
        .chain(contact.friend_list.keys().cloned())
        .filter(|it| on && !user.user_blacklist.contains(it))
        .collect();
    let subscribed = stage.server.subscribed();
    let given_up = of_interest
        .difference(&subscribed)
        .cloned()
        .collect::<BTreeSet<_>>();
    prop_assert_eq!(subscribed.len(), of_interest.len().min(CAP));
    prop_assert!(
        subscribed.is_subset(&of_interest),
        "somebody nobody wants is subscribed"
    );
    prop_assert_eq!(
        user.given_up_users.iter().cloned().collect::<BTreeSet<_>>(),
        given_up
    );
    let shown: BTreeSet<UserId> = user.user_status_list.keys().cloned().collect();
    prop_assert_eq!(&shown, &of_interest);
    for (id, status) in &user.user_status_list {
        prop_assert_eq!(status.fresh, subscribed.contains(id), "{}", id);
        if status.fresh {
            prop_assert_eq!(status.status_type, stage.server.truth(id), "{}", id);
        }
    }
    Ok(())
}

proptest! {
    /// Logins, texts, switches, interests, refusals, lost links, answers that are late, out of order, partial,
    /// missing or nonsense, events that are told again: when the
    /// server is well again and the time has gone by, the store shows the wish and the truth.
    #[test]
    fn the_store_ends_up_with_what_is_true(steps in prop::collection::vec(step(), 0..60)) {
        let server = Server::with_limits(|limits| {
            limits.subscriptions = CAP;
            limits.per_subscribe = 2;
            limits.per_query = 2;
            limits.call_interval = Duration::from_millis(10);
        });
        let mut stage = Stage::logged_in(server);
        let mut wanted = Vec::new();
        let mut choices = HashMap::new();
        for step in steps {
            match step {
                Step::Switch(on) => {
                    let switching = stage.start_switch(on);
                    if switching.outcome() != Some(Err(ChatError::NotLoggedIn)) {
                        choices.insert(stage.user(), on);
                    }
                }
                step => take(step, &mut stage, &mut wanted),
            }
            check_always(&stage)?;
        }
        stage.server.be_good();
        for _ in 0..1_000 {
            stage.server.release_any(0);
            stage.settle();
        }
        // Whatever nobody answers has failed by then.
        stage.advance(Duration::from_secs(10));
        if stage.user().is_empty() {
            prop_assert_eq!(stage.login("alice"), Ok(()));
        }
        stage.server.resume();
        stage.settle();
        stage.tell(BackendEvent::Capability(Capability::Granted));
        for _ in 0..300 {
            stage.advance(Duration::from_secs(1));
            check_always(&stage)?;
        }
        let own = stage.store.snapshot(USER).own_status.clone();
        if let Some(truth) = stage.server.own_status(&stage.user()) {
            prop_assert_eq!(own, truth);
        }
        // Why a text could not be set is said until one is.
        let set = stage.set_custom_status("at rest");
        prop_assert_eq!(set.map(|own| own.custom_status), Ok("at rest".to_owned()));
        let on = choices.get(&stage.user()) == Some(&true);
        check_at_rest(&stage, on, &wanted)?;
    }
}
