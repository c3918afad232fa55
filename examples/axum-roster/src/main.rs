//! Serves the roster until it is interrupted.

use std::{env, io, time::Duration};

use store::{
    Store,
    chat::{USER, User, UserStatus},
};
use tokio::{net::TcpListener, signal, time::timeout};

/// How long clients that do not read are waited for at the end.
const PATIENCE: Duration = Duration::from_secs(5);

#[tokio::main]
async fn main() -> io::Result<()> {
    let address = env::args().nth(1);
    let listener = TcpListener::bind(address.as_deref().unwrap_or("127.0.0.1:3000")).await?;
    println!("http://{}", listener.local_addr()?);

    let store = Store::<User>::new();
    store.update(USER, |user| {
        let residents = [
            ("alice", UserStatus::online()),
            ("bob", UserStatus::offline()),
        ];
        user.user_status_list
            .extend(residents.map(|(user, status)| (user.into(), status)));
    });

    let server = tokio::spawn(axum_roster::serve(listener, &store));
    signal::ctrl_c().await?;
    drop(store);
    match timeout(PATIENCE, server).await {
        Ok(served) => served?,
        Err(_) => Ok(()),
    }
}
