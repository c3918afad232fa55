//! Every call, done as badly as every fault, while the link stays or drops before, during or after.
//!
//! However badly: what happened is said, and when it is over the store shows what is true.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use parking_lot::Mutex;
use store::{
    Watcher,
    chat::{
        BackendEvent, CONTACT, Capability, ChatError, NetState, StatusReport, StatusType, USER,
        User,
    },
};

use crate::support::{Fault, Server, Stage, Started};

const CALLS: [&str; 7] = [
    "login",
    "logout",
    "capability",
    "subscribe",
    "unsubscribe",
    "query",
    "set_custom_status",
];

/// When the link drops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Drop {
    Never,
    Before,
    During,
    After,
}

fn faults() -> Vec<Fault> {
    let errors = [
        ChatError::TooFrequent {
            retry_after: Duration::from_secs(5),
        },
        ChatError::LinkLost {
            reason: "reset by peer".into(),
        },
        ChatError::CapabilityNotEnabled,
        ChatError::UnsupportedEdition,
        ChatError::Refused {
            code: 60_002,
            reason: "closed on sundays".into(),
        },
    ];
    let mut faults: Vec<Fault> = errors.into_iter().map(Fault::Refuse).collect();
    faults.extend([
        Fault::Refuse(nonsense()),
        Fault::Garble(nonsense()),
        Fault::InPart(nonsense()),
        Fault::Lose,
        Fault::Swallow,
        Fault::LeaveOut,
        Fault::Stray,
    ]);
    faults
}

fn nonsense() -> ChatError {
    ChatError::Protocol {
        reason: "half a frame".into(),
    }
}

/// Whether the fault means anything for such a call.
fn applies(fault: &Fault, call: &str) -> bool {
    match fault {
        Fault::InPart(_) => ["subscribe", "unsubscribe", "query"].contains(&call),
        Fault::LeaveOut => call == "query",
        Fault::Stray => ["subscribe", "unsubscribe", "query"].contains(&call),
        _ => true,
    }
}

/// What the program must be told of a fault; `None` if there is nothing to tell.
fn is_told(fault: &Fault, error: &ChatError) -> bool {
    match fault {
        Fault::Refuse(said) | Fault::Garble(said) | Fault::InPart(said) => error == said,
        Fault::Lose | Fault::Swallow => matches!(error, ChatError::TimedOut { .. }),
        Fault::LeaveOut => matches!(error, ChatError::Protocol { .. }),
        Fault::Stray => false,
    }
}

/// A stage on which everything that is said of errors is kept.
struct Case {
    stage: Stage,
    call: &'static str,
    told: Arc<Mutex<Vec<ChatError>>>,
    started: Vec<Started<Result<(), ChatError>>>,
    _watching: Watcher,
}

impl Case {
    fn new(call: &'static str) -> Self {
        let server = Server::default();
        server.set_friends(&["bob", "carol", "dave"]);
        server.set_status("bob", 3, StatusType::Online);
        let mut stage = Stage::on(server);
        if call != "login" {
            assert_eq!(stage.login("alice"), Ok(()));
        }
        if ["unsubscribe", "set_custom_status", "logout"].contains(&call) {
            assert_eq!(stage.switch(true), Ok(()));
        }
        let told = Arc::new(Mutex::new(Vec::new()));
        let telling = Arc::clone(&told);
        let watching = stage.store.watch(
            USER,
            User::watch().online_status_error(move |error| {
                telling.lock().extend((*error).clone());
            }),
        );
        Self {
            stage,
            call,
            told,
            started: Vec::new(),
            _watching: watching,
        }
    }

    /// Has the service make the call.
    fn provoke(&mut self) {
        let stage = &mut self.stage;
        let started = match self.call {
            "login" => stage.start_login("alice"),
            "logout" => stage.start_logout(),
            "unsubscribe" => {
                stage.store.update(CONTACT, |contact| {
                    contact.friend_list.remove("carol");
                    contact.friend_list.remove("dave");
                });
                return stage.settle();
            }
            "set_custom_status" => {
                let service = stage.service.clone();
                stage.start(async move { service.set_custom_status("out").await.map(|_| ()) })
            }
            _ => stage.start_switch(true),
        };
        self.started.push(started);
    }

    fn pass(&mut self, seconds: u32) {
        for _ in 0..seconds {
            self.stage.advance(Duration::from_secs(1));
        }
    }

    fn everything_told(&self) -> Vec<ChatError> {
        let outcomes = self.started.iter().filter_map(Started::outcome);
        let mut told = self.told.lock().clone();
        told.extend(outcomes.filter_map(Result::err));
        told
    }

    /// The faults are over: the link is up, and the server does everything it is asked.
    fn recover(&mut self) {
        self.stage.server.be_good();
        for _ in 0..100 {
            self.stage.server.release_any(0);
            self.stage.settle();
        }
        self.stage.set_link(NetState::Connected);
        self.pass(150);
    }

    #[track_caller]
    fn check_truth(&mut self, context: &str) {
        let stage = &mut self.stage;
        if stage.user().is_empty() {
            assert!(!stage.is_on(), "{context}");
            assert_eq!(stage.login("alice"), Ok(()), "{context}");
        }
        // What was refused for good, and still stands there as an error, is asked for again.
        if stage.error().is_some() {
            assert_eq!(stage.switch(false), Ok(()), "{context}");
        }
        if !stage.is_on() {
            assert_eq!(stage.switch(true), Ok(()), "{context}");
        }
        assert_eq!(stage.error(), None, "{context}");
        let user = stage.store.snapshot(USER);
        let friends = stage.store.snapshot(CONTACT).friend_list.clone();
        let wanted: BTreeSet<_> = friends.keys().cloned().collect();
        assert_eq!(stage.server.subscribed(), wanted, "{context}");
        let shown: BTreeSet<_> = user.user_status_list.keys().cloned().collect();
        assert_eq!(shown, wanted, "{context}");
        for (id, status) in &user.user_status_list {
            assert!(status.fresh, "{context}: {id}");
            assert_eq!(
                status.status_type,
                stage.server.truth(id),
                "{context}: {id}"
            );
        }
    }
}

#[test]
fn however_badly_a_call_is_done_it_is_said_and_the_store_ends_in_the_true_state() {
    let mut cells = 0;
    for call in CALLS {
        for fault in faults().into_iter().filter(|fault| applies(fault, call)) {
            for drop in [Drop::Never, Drop::Before, Drop::During, Drop::After] {
                let context = format!("{call}, {fault:?}, link drops: {drop:?}");
                let mut case = Case::new(call);
                case.stage.server.fail(call, fault.clone());
                if drop == Drop::Before {
                    case.stage.set_link(NetState::Disconnected);
                }
                case.stage.server.hold(drop == Drop::During);
                case.provoke();
                if drop == Drop::During {
                    case.stage.set_link(NetState::Disconnected);
                    case.stage.server.hold(false);
                }
                case.pass(12);
                if drop == Drop::After {
                    case.stage.set_link(NetState::Disconnected);
                    let link = case.stage.store.snapshot(USER).net_state;
                    assert_eq!(link, NetState::Disconnected, "{context}");
                }
                if drop == Drop::Never && !matches!(fault, Fault::Stray) {
                    let told = case.everything_told();
                    let is_told = told.iter().any(|error| is_told(&fault, error));
                    assert!(is_told, "{context}: told {told:?}");
                }
                case.recover();
                case.check_truth(&context);
                cells += 1;
            }
        }
    }
    assert_eq!(cells, CELLS, "the matrix is whole");
}

/// Nine faults for each of seven calls; two more where users are named, one more where they are told
/// of; four times each.
const CELLS: usize = (7 * 9 + 3 * 2 + 1) * 4;

#[test]
fn a_query_that_leaves_somebody_out_is_said_and_asked_again() {
    let mut stage = Stage::with_friends(&["bob", "carol"]);
    stage.server.fail("query", Fault::LeaveOut);
    assert_eq!(stage.switch(true), Ok(()));
    let error = stage.error().expect("nothing was said");
    assert!(
        error
            .to_string()
            .contains("it was asked about `bob` and said nothing"),
        "{error}"
    );
    assert_eq!(stage.status("bob"), None);
    stage.advance(Duration::from_secs(1));
    stage.expect_calls([
        "capability",
        "subscribe carol bob",
        "query carol bob",
        "query bob",
    ]);
    assert_eq!(stage.error(), None);
    assert!(stage.status("bob").is_some_and(|status| status.fresh));
}

#[test]
fn a_subscription_of_which_nonsense_is_said_may_have_been_made_and_is_made_sure() {
    let mut stage = Stage::switched_on(&[]);
    stage.server.fail("subscribe", Fault::Garble(nonsense()));
    let bob = stage.service.want(["bob"]);
    stage.settle();
    assert_eq!(stage.error(), Some(nonsense()));
    drop(bob);
    stage.advance(Duration::from_secs(1));
    stage.expect_calls(["subscribe bob", "unsubscribe bob"]);
    assert!(stage.server.subscribed().is_empty(), "nobody wants bob");
}

#[test]
fn events_told_twice_late_or_about_strangers_change_nothing() {
    let mut stage = Stage::switched_on(&["bob"]);
    stage.tell_status("bob", 7, StatusType::Online);
    let revision = stage.store.revision();
    for (user, version, status) in [
        ("bob", 7, StatusType::Online),
        ("bob", 6, StatusType::Offline),
        ("nobody", u64::MAX, StatusType::Online),
        ("", 0, StatusType::Unknown),
    ] {
        let report = StatusReport::new(user, version, status);
        stage.tell(BackendEvent::Statuses(vec![report.clone(), report]));
        stage.advance(Duration::from_secs(1));
    }
    stage.tell(BackendEvent::Capability(Capability::Granted));
    assert_eq!(stage.store.revision(), revision);
}
