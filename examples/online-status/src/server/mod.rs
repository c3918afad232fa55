//! The chat server: a world of users, served to any number of clients.

mod connection;
mod hub;
mod settings;
mod world;

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use store::chat::{StatusType, UserId};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
    task::JoinHandle,
    time,
};

use self::hub::Hub;
pub(crate) use self::settings::{Settings, TooManyUsers};

/// A running server.
///
/// Clones are the same server. Its population stops when the runtime does.
#[derive(Clone)]
pub(crate) struct Server {
    hub: Arc<Hub>,
}

/// The server cannot listen where it was told to.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}")]
pub(crate) struct ListenError {
    address: SocketAddr,
    #[source]
    cause: io::Error,
}

impl Server {
    /// Fills a world and lets it live, on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// [`TooManyUsers`] if more users are asked for than the backend takes.
    pub(crate) fn start(settings: &Settings) -> Result<Self, TooManyUsers> {
        let hub = Arc::new(Hub::new(settings)?);
        tokio::spawn(live(hub.clone(), settings.changes_per_second));
        if let Some(after) = settings.grant_after {
            tokio::spawn(grant(hub.clone(), after));
        }
        Ok(Self { hub })
    }

    /// Serves one client over any stream of bytes; answers with the reason for the end.
    pub(crate) fn accept(
        &self,
        stream: impl AsyncRead + AsyncWrite + Send + 'static,
    ) -> JoinHandle<String> {
        let hub = self.hub.clone();
        tokio::spawn(async move { connection::serve(&hub, stream).await.to_string() })
    }

    /// Lets one of the population come or go; answers with how the user is doing now.
    pub(crate) fn flip(&self, user: &UserId) -> Option<StatusType> {
        self.hub.flip(user)
    }

    /// Begins to listen.
    ///
    /// # Errors
    ///
    /// [`ListenError`] if the address is taken or not ours.
    pub(crate) async fn listen(address: SocketAddr) -> Result<TcpListener, ListenError> {
        TcpListener::bind(address)
            .await
            .map_err(|cause| ListenError { address, cause })
    }

    /// Serves everyone who connects, for as long as the future is polled, and says who came and went.
    pub(crate) async fn serve(&self, listener: TcpListener, say: fn(String)) {
        /// A failed accept, such as one without a free file, may work again after a while.
        const PAUSE: Duration = Duration::from_millis(100);
        loop {
            match listener.accept().await {
                Ok((stream, client)) => {
                    say(format!("{client} connected"));
                    // Frames are small and wanted at once; without this they only come later.
                    let _ = stream.set_nodelay(true);
                    let served = self.accept(stream);
                    tokio::spawn(async move {
                        let end = served.await.unwrap_or_else(|error| error.to_string());
                        say(format!("{client} gone: {end}"));
                    });
                }
                Err(error) => {
                    say(format!("cannot accept a connection: {error}"));
                    time::sleep(PAUSE).await;
                }
            }
        }
    }
}

/// Lets the population live at its pace.
async fn live(hub: Arc<Hub>, changes_per_second: u32) {
    const SHORTEST_STEP: Duration = Duration::from_millis(10);
    if changes_per_second == 0 {
        return;
    }
    let step = (Duration::from_secs(1) / changes_per_second).max(SHORTEST_STEP);
    let per_step = (step.as_secs_f64() * f64::from(changes_per_second)).round();
    let mut interval = time::interval(step);
    loop {
        interval.tick().await;
        hub.live(per_step as u32);
    }
}

async fn grant(hub: Arc<Hub>, after: Duration) {
    time::sleep(after).await;
    hub.grant();
}
