//! How the server answers, once it knows how well to.

use futures::{
    channel::{mpsc, oneshot},
    future::TryFutureExt as _,
    stream::{BoxStream, StreamExt},
};
use store::chat::{
    BackendEvent, Capability, ChatBackend, ChatError, Credentials, DeviceStatus, Limits, Queried,
    Reply, Session, StatusReport, StatusType, Subscribed, UserId,
};

use super::{
    super::fault::{Fault, shared},
    Server, State, is_about_users,
};

impl Server {
    fn reply<T: Send + 'static>(
        &self,
        call: String,
        answer: impl FnOnce(&mut State, Option<&Fault>) -> T + Send + 'static,
    ) -> Reply<T> {
        let mut state = self.state.lock();
        state.held.retain(|(_, gate)| !gate.is_canceled());
        let under_way = state.held.iter().filter(|(other, _)| is_about_users(other));
        for (other, _) in under_way.filter(|_| is_about_users(&call)) {
            let twice = call
                .split(' ')
                .skip(1)
                .find(|user| other.split(' ').any(|it| it == *user));
            assert_eq!(twice, None, "`{call}` while `{other}` is under way");
        }
        state.calls.push(call.clone());
        let fault = state
            .faults
            .iter()
            .position(|(begin, _)| call.starts_with(begin));
        let fault = fault.map(|fault| state.faults.remove(fault).1);
        if let Some(Fault::Slow) = fault {
            state.behind.get_or_insert_default();
        }
        if let Some(behind) = &mut state.behind {
            let (sender, answered) = oneshot::channel();
            behind.push(Box::new(move |state| {
                // That nobody waits any more is how a call ends that is done too late.
                drop(sender.send(answer(state, None)));
            }));
            return Box::pin(answered.map_err(|_| gone()));
        }
        let result = match fault {
            Some(Fault::Refuse(error)) => Err(error),
            Some(Fault::Garble(error)) => {
                answer(&mut state, None);
                Err(error)
            }
            Some(Fault::Lose) => return Box::pin(std::future::pending()),
            Some(Fault::Swallow) => {
                answer(&mut state, None);
                return Box::pin(std::future::pending());
            }
            fault => Ok(answer(&mut state, fault.as_ref())),
        };
        if !state.holding.is_some_and(|begin| call.starts_with(begin)) {
            return Box::pin(std::future::ready(result));
        }
        let (release, gate) = oneshot::channel();
        state.held.push((call, release));
        Box::pin(async move {
            gate.await.map_err(|_| gone())?;
            result
        })
    }
}

impl ChatBackend for Server {
    fn limits(&self) -> Limits {
        self.state.lock().limits
    }

    fn login(&self, credentials: Credentials) -> Reply<Session> {
        self.reply(format!("login {}", credentials.user_id), move |state, _| {
            state.lose_calls();
            let user = state.named_otherwise.clone().unwrap_or(credentials.user_id);
            state.user = Some(user.clone());
            state.session(user)
        })
    }

    fn logout(&self) -> Reply<()> {
        self.reply("logout".into(), |state, _| {
            state.lose_calls();
            state.user = None;
        })
    }

    fn capability(&self) -> Reply<Capability> {
        self.reply("capability".into(), |state, _| state.capability)
    }

    fn subscribe(&self, users: Vec<UserId>) -> Reply<Subscribed> {
        self.reply(named("subscribe", &users), move |state, fault| {
            let (users, mut failed) = shared(users, fault);
            failed.extend(failures(state, &users));
            let known = users.iter().filter(|&user| !state.strangers.contains(user));
            state.subscribed.extend(known.cloned());
            assert!(
                state.subscribed.len() <= state.limits.subscriptions,
                "over the cap"
            );
            Subscribed { failed }
        })
    }

    fn unsubscribe(&self, users: Vec<UserId>) -> Reply<Subscribed> {
        self.reply(named("unsubscribe", &users), move |state, fault| {
            let (users, failed) = shared(users, fault);
            for user in &users {
                state.subscribed.remove(user);
            }
            Subscribed { failed }
        })
    }

    fn query(&self, users: Vec<UserId>) -> Reply<Queried> {
        self.reply(named("query", &users), move |state, fault| {
            let (users, mut failed) = shared(users, fault);
            failed.extend(failures(state, &users));
            let known = users.iter().filter(|&user| !state.strangers.contains(user));
            let report = |user: &UserId| {
                let report = state.reports.get(user).cloned();
                report.unwrap_or_else(|| StatusReport::new(user.clone(), 1, StatusType::Offline))
            };
            let mut statuses: Vec<_> = known.map(report).collect();
            if let Some(Fault::Stray) = fault {
                statuses.extend(statuses.clone());
                statuses.push(StatusReport::new("nobody", u64::MAX, StatusType::Online));
                statuses.push(StatusReport::new("nobody", 9, StatusType::Online));
                statuses.push(StatusReport::new("", 0, StatusType::Unknown));
            }
            Queried { statuses, failed }
        })
    }

    fn set_custom_status(&self, text: String) -> Reply<StatusReport> {
        self.reply(format!("set_custom_status {text}"), move |state, _| {
            let user = state.user.clone().expect("somebody is logged in");
            let version = state.own.get(&user).map_or(4, |report| report.version) + 1;
            let device = |device: &str, status_type, custom_status| DeviceStatus {
                device: device.into(),
                status_type,
                custom_status,
                last_seen: None,
            };
            let report = StatusReport {
                user_id: user.clone(),
                version,
                devices: vec![
                    device("phone", StatusType::Online, text),
                    device("desk", StatusType::Offline, "gone home".into()),
                ],
            };
            state.own.insert(user, report.clone());
            report
        })
    }

    fn events(&self) -> BoxStream<'static, BackendEvent> {
        let (sender, events) = mpsc::unbounded();
        self.state.lock().events = Some(sender);
        events.boxed()
    }
}

fn gone() -> ChatError {
    ChatError::LinkLost {
        reason: "the server is gone".into(),
    }
}

fn named(call: &str, users: &[UserId]) -> String {
    users
        .iter()
        .fold(call.to_owned(), |text, user| text + " " + user.as_str())
}

fn failures(state: &State, users: &[UserId]) -> Vec<(UserId, ChatError)> {
    let strangers = users.iter().filter(|&user| state.strangers.contains(user));
    let unknown = |user: &UserId| ChatError::UnknownUser {
        user_id: user.clone(),
    };
    strangers
        .map(|user| (user.clone(), unknown(user)))
        .collect()
}
