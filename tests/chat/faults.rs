//! Every call, done as badly as every fault, while the link stays, or drops before, during or after, or while answers come
//! out of order.
//!
//! However badly: what happened is said, and when it is over the store shows what is true.

mod said;

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use parking_lot::Mutex;
use store::{
    Watcher,
    chat::{
        BackendEvent, CONTACT, Capability, ChatError, Friend, NetState, StatusReport, StatusType,
        USER, User,
    },
};

use self::said::Said;
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

/// What else happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Course {
    /// Nothing.
    Calm,
    /// The link is down when the program asks, and back a second later.
    DropsBefore,
    /// The link drops while the call is under way.
    DropsDuring,
    /// The link drops twelve seconds later.
    DropsAfter,
    /// The answer comes after that to a later call.
    OutOfOrder,
}

impl Course {
    fn drops(self) -> bool {
        !matches!(self, Self::Calm | Self::OutOfOrder)
    }
}

const COURSES: [Course; 5] = [
    Course::Calm,
    Course::DropsBefore,
    Course::DropsDuring,
    Course::DropsAfter,
    Course::OutOfOrder,
];

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
        Fault::Slow,
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

/// A stage on which everything that is said is kept.
struct Case {
    stage: Stage,
    call: &'static str,
    /// What `online_status_error` was, one after the other.
    errors: Arc<Mutex<Vec<Option<ChatError>>>>,
    links: Arc<Mutex<Vec<NetState>>>,
    /// What the program asked for, and then asked for beside it.
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
            assert!(stage.set_custom_status("in").is_ok());
        }
        if ["unsubscribe", "set_custom_status", "logout"].contains(&call) {
            assert_eq!(stage.switch(true), Ok(()));
        }
        let errors = Arc::<Mutex<Vec<_>>>::default();
        let links = Arc::<Mutex<Vec<_>>>::default();
        let watching = {
            let (errors, links) = (Arc::clone(&errors), Arc::clone(&links));
            let watch = User::watch()
                .online_status_error(move |error| errors.lock().push((*error).clone()))
                .net_state(move |link| links.lock().push(*link));
            stage.store.watch(USER, watch)
        };
        Self {
            stage,
            call,
            errors,
            links,
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
                stage.server.set_friends(&["bob"]);
                return stage.tell(BackendEvent::Friends {
                    put: Vec::new(),
                    removed: vec!["carol".into(), "dave".into()],
                });
            }
            "set_custom_status" => self.start_text("out"),
            _ => stage.start_switch(true),
        };
        self.started.push(started);
    }

    fn start_text(&mut self, text: &'static str) -> Started<Result<(), ChatError>> {
        let service = self.stage.service.clone();
        let setting = async move { service.set_custom_status(text).await.map(|_| ()) };
        self.stage.start(setting)
    }

    /// Has the service make a call of the same kind, if it may, before the other is answered.
    fn overtake(&mut self) {
        let stage = &mut self.stage;
        match self.call {
            "login" | "logout" => self.started.push(stage.start_login("alice")),
            "capability" => {
                for on in [false, true] {
                    self.started.push(stage.start_switch(on));
                }
            }
            "set_custom_status" => {
                let started = self.start_text("away");
                self.started.push(started);
            }
            _ => stage.tell(BackendEvent::Friends {
                put: vec![Friend::new("erin")],
                removed: Vec::new(),
            }),
        }
    }

    /// Does the call as badly as that, in this course.
    fn happen(&mut self, fault: &Fault, course: Course) {
        let server = self.stage.server.clone();
        match course {
            Course::Calm | Course::DropsAfter => {
                server.fail(self.call, fault.clone());
                self.provoke();
            }
            Course::DropsBefore => {
                self.stage.set_link(NetState::Disconnected);
                server.fail(self.call, fault.clone());
                // Over a link that is down there is nothing to unsubscribe from.
                let asks_later = self.call == "unsubscribe";
                if !asks_later {
                    self.provoke();
                }
                self.pass(1);
                server.resume();
                self.stage.settle();
                if asks_later {
                    self.provoke();
                }
            }
            Course::DropsDuring => {
                server.fail(self.call, fault.clone());
                server.hold_calls(self.call);
                self.provoke();
                self.stage.set_link(NetState::Disconnected);
                server.hold(false);
            }
            Course::OutOfOrder => {
                server.fail(self.call, fault.clone());
                server.hold_calls(self.call);
                self.provoke();
                server.hold(false);
                self.overtake();
                server.release_any(0);
                self.stage.settle();
            }
        }
        self.pass(12);
        if course == Course::DropsAfter {
            self.stage.set_link(NetState::Disconnected);
        }
        let user = self.stage.store.snapshot(USER);
        if user.net_state == NetState::Disconnected
            && !user.user_profile.user_id.as_str().is_empty()
        {
            let fresh = user.user_status_list.values().any(|status| status.fresh);
            assert!(!fresh && !user.own_status.fresh, "known over a lost link");
        }
    }

    fn pass(&mut self, seconds: u32) {
        for _ in 0..seconds {
            self.stage.advance(Duration::from_secs(1));
        }
    }

    /// The faults are over: the link is up, and the server does everything it is asked.
    fn recover(&mut self) {
        self.stage.server.be_good();
        for _ in 0..100 {
            self.stage.server.release_any(0);
            self.stage.settle();
        }
        if self.stage.store.snapshot(USER).net_state != NetState::Connected {
            self.stage.server.resume();
        }
        self.pass(150);
    }

    #[track_caller]
    fn check_said(&self, said: &Said<'_>, context: &str) {
        let outcomes: Vec<_> = self.started.iter().map(Started::outcome).collect();
        let expected: Vec<_> = said.outcomes().into_iter().map(Some).collect();
        assert_eq!(outcomes, expected, "{context}");
        assert_eq!(*self.errors.lock(), said.errors(), "{context}");
    }

    /// The link is shown as it was, and what is known is stale while it is down.
    #[track_caller]
    fn check_links(&self, course: Course, context: &str) {
        let mut links = match self.call {
            "login" => vec![NetState::Disconnected, NetState::Connected],
            _ => vec![NetState::Connected],
        };
        if course.drops() && self.call != "login" {
            links.extend([NetState::Disconnected, NetState::Connected]);
        }
        assert_eq!(*self.links.lock(), links, "{context}");
    }

    /// The service has done by itself whatever it can: only what is the program's to repeat is left.
    #[track_caller]
    fn check_rest(&mut self, said: &Said<'_>, context: &str) {
        let stage = &mut self.stage;
        let own = stage.store.snapshot(USER).own_status.clone();
        let is_in = !stage.user().is_empty();
        if is_in && own.fresh {
            let truth = stage.server.own_status("alice").unwrap_or_default();
            assert_eq!(own, truth, "{context}");
        } else if is_in {
            let nobody_knows = matches!(
                said.wrong(),
                Some(ChatError::TimedOut { .. } | ChatError::Protocol { .. })
            );
            assert!(
                self.call == "set_custom_status" && nobody_knows,
                "{context}"
            );
        }
        let last_error = said.errors().pop().expect("there is one");
        match self.call {
            "login" | "logout" => {
                let failed = said.outcomes().pop().is_some_and(|last| last.is_err());
                assert_eq!(is_in, said.course == Course::OutOfOrder && !failed);
                assert_eq!(stage.error(), last_error, "{context}");
                if !is_in {
                    assert_eq!(stage.login("alice"), Ok(()), "{context}");
                }
                if self.call == "login" {
                    assert!(!stage.is_on(), "{context}");
                    assert_eq!(stage.switch(true), Ok(()), "{context}");
                }
            }
            "set_custom_status" => {
                let is_told = [None, said.wrong()].contains(&stage.error());
                assert!(is_told, "{context}: {:?}", stage.error());
                let set = stage.set_custom_status("again");
                assert!(set.is_ok_and(|own| own.fresh), "{context}");
            }
            _ if said.stays_refused() => {
                assert_eq!(stage.error(), said.wrong(), "{context}");
                assert_eq!(stage.switch(false), Ok(()), "{context}");
                assert_eq!(stage.switch(true), Ok(()), "{context}");
            }
            _ => {}
        }
    }

    #[track_caller]
    fn check_truth(&mut self, context: &str) {
        let stage = &mut self.stage;
        assert_eq!(stage.error(), None, "{context}");
        assert!(stage.is_on(), "{context}");
        let user = stage.store.snapshot(USER);
        let own = stage.server.own_status("alice").unwrap_or_default();
        assert_eq!(user.own_status, own, "{context}");
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
            for course in COURSES {
                let context = format!("{call}, {fault:?}, {course:?}");
                let said = Said {
                    call,
                    fault: &fault,
                    course,
                };
                let mut case = Case::new(call);
                case.happen(&fault, course);
                assert!(case.stage.server.has_failed(), "{context}: not called");
                case.check_said(&said, &context);
                case.recover();
                case.check_links(course, &context);
                case.check_rest(&said, &context);
                case.check_truth(&context);
                cells += 1;
            }
        }
    }
    assert_eq!(cells, CELLS, "the matrix is whole");
}

/// Ten faults for each of seven calls; two more where users are named, one more where they are told
/// of; five courses each.
const CELLS: usize = (7 * 10 + 3 * 2 + 1) * 5;

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
