//! The roster over HTTP, as clients get it and as a browser shows it.
//!
//! Nothing here sleeps: whatever is waited for has a deadline.

mod client;
mod events;
mod program;
mod browser;
mod page;

use std::{io, net::SocketAddr, time::Duration};

use store::{
    Store,
    chat::{StatusType, USER, User, UserStatus},
};
use tokio::{net::TcpListener, task::JoinHandle, time::timeout};

/// A server of the test's own.
struct Server {
    store: Store<User>,
    address: SocketAddr,
    running: JoinHandle<io::Result<()>>,
}

impl Server {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let store = Store::new();
        let running = tokio::spawn(axum_roster::serve(listener, &store));
        Self {
            store,
            address,
            running,
        }
    }

    fn put(&self, user: &str, status: UserStatus) {
        self.store.update(USER, |draft| {
            draft.user_status_list.insert(user.into(), status)
        });
    }
}

fn online(doing: &str) -> UserStatus {
    UserStatus {
        custom_status: doing.to_owned(),
        ..UserStatus::new(StatusType::Online)
    }
}

/// Waits, but not for ever.
#[track_caller]
fn soon<T>(what: impl Future<Output = T>) -> impl Future<Output = T> {
    let at = std::panic::Location::caller();
    async move {
        let answer = timeout(Duration::from_secs(60), what).await;
        answer.unwrap_or_else(|_| panic!("what {at} waits for does not come"))
    }
}
