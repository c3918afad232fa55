//! The planner, call by call.

use std::{collections::HashSet, fmt::Write as _};

use proptest::prelude::*;

use super::*;

fn limits(per_subscribe: usize, per_query: usize, subscriptions: usize) -> Limits {
    Limits {
        per_subscribe,
        per_query,
        subscriptions,
        ..Limits::default()
    }
}

/// A planner with the clock of wants that the interests would keep.
struct Bench {
    planner: Planner,
    clock: u64,
}

impl Bench {
    fn on(limits: Limits) -> Self {
        let mut planner = Planner::new(limits);
        planner.switch(true);
        Self { planner, clock: 0 }
    }

    fn want(&mut self, users: &[&str]) {
        for &user in users {
            self.clock += 1;
            let demand = Demand {
                user: user.into(),
                wanted_at: Some(self.clock),
            };
            self.planner.demand(demand);
        }
    }

    fn release(&mut self, users: &[&str]) {
        for &user in users {
            self.planner.demand(Demand {
                user: user.into(),
                wanted_at: None,
            });
        }
    }

    fn given_up(&self) -> Vec<&str> {
        self.planner.spare.values().map(UserId::as_str).collect()
    }

    /// The next call, written as `+ask user user`.
    #[track_caller]
    fn expect(&mut self, expected: &str) -> Option<Call> {
        let call = self.planner.next_call();
        let mut text = String::new();
        if let Some(call) = &call {
            let sign = match call.ask {
                Ask::Subscribe => "subscribe",
                Ask::Unsubscribe => "unsubscribe",
                Ask::Query => "query",
            };
            text.push_str(sign);
            for user in &call.users {
                write!(text, " {user}").unwrap();
            }
        }
        assert_eq!(text, expected);
        call
    }

    /// The next call, answered well at once.
    #[track_caller]
    fn expect_done(&mut self, expected: &str) {
        if let Some(call) = self.expect(expected) {
            self.planner.answered(&call, |_| Outcome::Done);
        }
    }
}

#[test]
fn everyone_wanted_is_subscribed_then_queried() {
    let mut bench = Bench::on(limits(100, 500, 200));
    bench.want(&["alice", "bob"]);
    bench.expect_done("subscribe bob alice");
    bench.expect_done("query bob alice");
    bench.expect("");
    assert!(bench.planner.is_idle());
}

#[test]
fn nothing_is_asked_while_off_and_all_is_taken_back_when_switched_off() {
    let mut bench = Bench::on(limits(100, 500, 200));
    bench.want(&["alice"]);
    bench.expect_done("subscribe alice");
    bench.planner.switch(false);
    bench.expect_done("unsubscribe alice");
    bench.want(&["bob"]);
    bench.expect("");
    bench.planner.switch(true);
    bench.expect_done("subscribe bob alice");
}

#[test]
fn calls_are_cut_to_the_limits() {
    let mut bench = Bench::on(limits(2, 3, 200));
    bench.want(&["a", "b", "c", "d", "e"]);
    bench.expect_done("subscribe e d");
    bench.expect_done("subscribe c b");
    bench.expect_done("query e d c");
    bench.expect_done("subscribe a");
    bench.expect_done("query b a");
    bench.expect("");
}

#[test]
fn subscriptions_do_not_wait_for_the_many_who_get_none() {
    let mut bench = Bench::on(limits(2, 2, 2));
    bench.want(&["a", "b", "c", "d", "e", "f"]);
    bench.expect_done("subscribe f e");
    bench.expect_done("query f e");
    bench.expect_done("query d c");
    bench.expect_done("query b a");
    bench.expect("");
}

#[test]
fn nobody_is_asked_about_twice_while_a_call_is_under_way() {
    let mut bench = Bench::on(limits(100, 500, 200));
    bench.want(&["alice"]);
    let call = bench.expect("subscribe alice").unwrap();
    bench.want(&["alice"]);
    bench.release(&["alice"]);
    bench.want(&["alice"]);
    bench.expect("");
    bench.planner.answered(&call, |_| Outcome::Done);
    let call = bench.expect("query alice").unwrap();
    bench.release(&["alice"]);
    bench.expect("");
    bench.planner.answered(&call, |_| Outcome::Done);
    bench.expect_done("unsubscribe alice");
    assert!(bench.planner.users.is_empty(), "nothing is left behind");
}

#[test]
fn who_was_out_for_a_moment_is_asked_about_anew() {
    let mut bench = Bench::on(limits(100, 500, 200));
    bench.want(&["alice"]);
    bench.expect_done("subscribe alice");
    bench.expect_done("query alice");
    bench.release(&["alice"]);
    bench.want(&["alice"]);
    bench.expect_done("query alice");
    bench.expect("");
}

#[test]
fn what_was_asked_before_a_doubt_does_not_answer_it() {
    let mut bench = Bench::on(limits(100, 500, 200));
    bench.want(&["alice"]);
    bench.expect_done("subscribe alice");
    let call = bench.expect("query alice").unwrap();
    bench.planner.doubt(&"alice".into());
    bench.planner.answered(&call, |_| Outcome::Done);
    bench.expect_done("query alice");
    bench.expect("");
}

#[test]
fn who_was_given_up_for_a_moment_is_asked_about_anew() {
    let mut bench = Bench::on(limits(100, 500, 1));
    bench.want(&["alice"]);
    bench.expect_done("subscribe alice");
    bench.expect_done("query alice");
    bench.want(&["bob"]);
    bench.release(&["bob"]);
    bench.expect_done("query alice");
    bench.expect("");
}

#[test]
fn a_subscription_the_server_will_not_end_still_counts() {
    let mut bench = Bench::on(limits(100, 500, 1));
    bench.want(&["alice"]);
    bench.expect_done("subscribe alice");
    bench.expect_done("query alice");
    bench.want(&["bob"]);
    let call = bench.expect("unsubscribe alice").unwrap();
    bench.planner.answered(&call, |_| Outcome::Refused);
    bench.expect("");
    bench.planner.switch(false);
    bench.expect_done("unsubscribe alice");
}

#[test]
fn over_the_cap_the_least_recently_wanted_are_given_up() {
    let mut bench = Bench::on(limits(100, 500, 2));
    bench.want(&["a", "b", "c"]);
    assert_eq!(bench.given_up(), ["a"]);
    assert_eq!(bench.planner.place(&"a".into()), Place::GivenUp);
    bench.expect_done("subscribe c b");
    bench.expect_done("query c b a");
    bench.want(&["a"]);
    assert_eq!(bench.given_up(), ["b"]);
    bench.expect_done("unsubscribe b");
    bench.expect_done("subscribe a");
    bench.expect_done("query a");
    bench.release(&["c"]);
    assert_eq!(bench.given_up(), <[&str; 0]>::default());
    bench.expect_done("unsubscribe c");
    bench.expect_done("subscribe b");
    bench.expect_done("query b");
    bench.expect("");
}

#[test]
fn a_cap_of_none_still_queries() {
    let mut bench = Bench::on(limits(100, 500, 0));
    bench.want(&["alice"]);
    bench.expect_done("query alice");
    bench.expect("");
}

#[test]
fn refused_users_are_left_alone_and_others_asked_again() {
    let mut bench = Bench::on(limits(100, 500, 200));
    bench.want(&["alice", "ghost"]);
    let call = bench.expect("subscribe ghost alice").unwrap();
    bench.planner.answered(&call, |user| match user.as_str() {
        "ghost" => Outcome::Refused,
        _ => Outcome::Later,
    });
    bench.expect_done("subscribe alice");
    let call = bench.expect("query ghost alice").unwrap();
    bench.planner.answered(&call, |user| match user.as_str() {
        "ghost" => Outcome::Refused,
        _ => Outcome::Later,
    });
    bench.expect_done("query alice");
    bench.expect("");
    assert!(!bench.planner.is_subscribed(&"ghost".into()));
}

#[test]
fn what_the_server_may_have_done_is_undone_and_done_again() {
    let mut bench = Bench::on(limits(100, 500, 1));
    bench.want(&["alice"]);
    let call = bench.expect("subscribe alice").unwrap();
    bench.planner.answered(&call, |_| Outcome::Unknown);
    assert!(!bench.planner.is_subscribed(&"alice".into()));
    bench.expect_done("unsubscribe alice");
    bench.expect_done("subscribe alice");
    bench.release(&["alice"]);
    let call = bench.expect("unsubscribe alice").unwrap();
    bench.planner.answered(&call, |_| Outcome::Unknown);
    bench.expect_done("unsubscribe alice");
    bench.expect("");
    assert!(bench.planner.is_idle());
}

#[test]
fn a_doubtful_subscription_that_the_server_would_not_end_stays_doubtful() {
    let mut bench = Bench::on(limits(100, 500, 1));
    bench.want(&["alice"]);
    let call = bench.expect("subscribe alice").unwrap();
    bench.planner.answered(&call, |_| Outcome::Unknown);
    let call = bench.expect("unsubscribe alice").unwrap();
    bench.planner.answered(&call, |_| Outcome::Refused);
    assert!(!bench.planner.is_subscribed(&"alice".into()));
    bench.expect_done("query alice");
    bench.expect("");
    bench.planner.switch(true);
    bench.expect_done("unsubscribe alice");
    bench.expect_done("subscribe alice");
    assert!(bench.planner.is_subscribed(&"alice".into()));
}

#[test]
fn a_server_that_forgot_is_asked_everything_anew() {
    let mut bench = Bench::on(limits(100, 500, 200));
    bench.want(&["alice"]);
    bench.expect_done("subscribe alice");
    bench.expect("query alice");
    bench.planner.forget_server();
    bench.expect_done("subscribe alice");
    bench.expect_done("query alice");
}

#[derive(Clone, Debug)]
enum Step {
    Want(u8),
    Release(u8),
    Switch(bool),
    Call,
    Answer(usize, u8),
    Forget,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..12u8).prop_map(Step::Want),
        3 => (0..12u8).prop_map(Step::Release),
        1 => any::<bool>().prop_map(Step::Switch),
        6 => Just(Step::Call),
        6 => (any::<usize>(), any::<u8>()).prop_map(|(which, seed)| Step::Answer(which, seed)),
        1 => Just(Step::Forget),
    ]
}

/// A server that holds what it was told, and is told no nonsense.
#[derive(Default)]
struct Server {
    subscribed: HashSet<UserId>,
    under_way: Vec<Call>,
    refuses: bool,
}

impl Server {
    fn take(&mut self, call: Call, limits: Limits) {
        assert!(!call.users.is_empty());
        for other in &self.under_way {
            assert!(
                !call.users.iter().any(|user| other.users.contains(user)),
                "asked twice"
            );
        }
        match call.ask {
            Ask::Query => assert!(call.users.len() <= limits.per_query),
            _ => assert!(call.users.len() <= limits.per_subscribe),
        }
        if call.ask == Ask::Subscribe {
            self.subscribed.extend(call.users.iter().cloned());
            assert!(
                self.subscribed.len() <= limits.subscriptions,
                "over the cap"
            );
        }
        self.under_way.push(call);
    }

    fn answer(&mut self, which: usize, seed: u8, planner: &mut Planner) {
        if self.under_way.is_empty() {
            return;
        }
        let call = self.under_way.swap_remove(which % self.under_way.len());
        let outcome = |user: &UserId| match (seed as usize + user.as_str().len()) % 5 {
            0 => Outcome::Later,
            1 => Outcome::Unknown,
            2 if self.refuses => Outcome::Refused,
            _ => Outcome::Done,
        };
        for user in &call.users {
            let is_done = match outcome(user) {
                Outcome::Unknown => seed.is_multiple_of(2),
                outcome => outcome == Outcome::Done,
            };
            let ends = match call.ask {
                Ask::Subscribe => !is_done,
                Ask::Unsubscribe => is_done,
                Ask::Query => false,
            };
            if ends {
                self.subscribed.remove(user);
            }
        }
        planner.answered(&call, outcome);
    }
}

proptest! {
    /// Whatever happens, the limits hold; once all is answered, the server holds the most recently wanted.
    /// What was refused is asked for again with the next switch.
    #[test]
    fn the_server_ends_up_with_the_most_recently_wanted(steps in prop::collection::vec(step(), 0..80)) {
        let limits = limits(3, 4, 5);
        let mut bench = Bench::on(limits);
        let mut server = Server { refuses: true, ..Server::default() };
        let mut on = true;
        let mut wanted: Vec<String> = Vec::new();
        for step in steps {
            match step {
                Step::Want(n) => {
                    let user = "u".repeat(n as usize + 1);
                    bench.want(&[&user]);
                    wanted.retain(|other| *other != user);
                    wanted.push(user);
                }
                Step::Release(n) => {
                    let user = "u".repeat(n as usize + 1);
                    bench.release(&[&user]);
                    wanted.retain(|other| *other != user);
                }
                Step::Switch(to) => {
                    bench.planner.switch(to);
                    on = to;
                }
                Step::Call => {
                    if let Some(call) = bench.planner.next_call() {
                        server.take(call, limits);
                    }
                }
                Step::Answer(which, seed) => server.answer(which, seed, &mut bench.planner),
                Step::Forget => {
                    server = Server { refuses: true, ..Server::default() };
                    bench.planner.forget_server();
                }
            }
        }
        server.refuses = false;
        bench.planner.switch(on);
        let mut rounds = 0;
        while !bench.planner.is_idle() {
            while let Some(call) = bench.planner.next_call() {
                server.take(call, limits);
            }
            while !server.under_way.is_empty() {
                server.answer(0, rounds, &mut bench.planner);
            }
            rounds += 1;
            prop_assert!(rounds < 100, "never comes to rest");
        }
        let kept = if on { wanted.len().saturating_sub(5)..wanted.len() } else { 0..0 };
        let expected: HashSet<UserId> = wanted[kept].iter().map(|u| u.as_str().into()).collect();
        prop_assert_eq!(server.subscribed, expected);
    }
}
