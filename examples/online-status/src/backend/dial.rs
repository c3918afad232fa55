//! How a connection to a server is made, and how it can fail.

use std::{io, net::SocketAddr, time::Duration};

use store::chat::ChatError;
use tokio::{
    io::{AsyncRead, AsyncWrite, BufReader, DuplexStream, ReadHalf, WriteHalf},
    net::TcpStream,
    time::{self, Instant, Interval},
};

use crate::{
    server::Server,
    wire::{FrameError, FrameReader, Hello, ServerFrame},
};

/// How long a server may take to let us in.
const PATIENCE: Duration = Duration::from_secs(5);

/// How much may be on its way between a client and its embedded server.
const PIPE: usize = 1024 * 1024;

/// No server can ask us to say that we are here more often than four times in this.
const SHORTEST_TIMEOUT: Duration = Duration::from_millis(50);

/// A server that could be silent for longer could as well be gone.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(24 * 60 * 60);

/// Where the server is.
#[derive(Clone)]
pub(crate) enum Dial {
    /// In this process: the same protocol, over a pipe in memory.
    Embedded(Server),
    /// Somewhere else.
    Tcp(SocketAddr),
}

/// Why there is no connection, or no longer.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum LinkError {
    /// The connection could not be made.
    #[error("cannot connect to {address}: {cause}")]
    Refused {
        /// Where to.
        address: SocketAddr,
        /// What the system says.
        cause: String,
    },
    /// The server said nothing for too long.
    #[error("the server has been silent for {0:?}")]
    Silent(Duration),
    /// The server closed the connection.
    #[error("the server closed the connection: {0}")]
    Closed(String),
    /// The server said what cannot be understood.
    #[error("the server answered nonsense: {0}")]
    Nonsense(String),
    /// This program did not take what the server said.
    #[error("the server says more than this program can take")]
    Overrun,
}

impl LinkError {
    /// What a call that was waiting for this link is answered.
    pub(super) fn to_chat_error(&self) -> ChatError {
        match self {
            Self::Nonsense(reason) => ChatError::Protocol {
                reason: reason.clone(),
            },
            _ => ChatError::LinkLost {
                reason: self.to_string(),
            },
        }
    }
}

impl From<FrameError> for LinkError {
    fn from(error: FrameError) -> Self {
        match error {
            FrameError::Io(error) => error.into(),
            nonsense => Self::Nonsense(nonsense.to_string()),
        }
    }
}

impl From<io::Error> for LinkError {
    fn from(error: io::Error) -> Self {
        Self::Closed(error.to_string())
    }
}

/// Any stream of bytes.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl Stream for TcpStream {}
impl Stream for DuplexStream {}

/// A connection on which the server has introduced itself.
pub(super) struct Link {
    pub(super) hello: Hello,
    pub(super) frames: FrameReader<BufReader<ReadHalf<Box<dyn Stream>>>>,
    pub(super) writer: WriteHalf<Box<dyn Stream>>,
    /// When the server said something for the last time.
    pub(super) heard: Instant,
    /// When we are to say that we are still here.
    pub(super) beat: Interval,
}

impl Dial {
    /// Makes a connection, and waits for the server to introduce itself.
    pub(super) async fn open(&self) -> Result<Link, LinkError> {
        time::timeout(PATIENCE, self.greet())
            .await
            .unwrap_or(Err(LinkError::Silent(PATIENCE)))
    }

    async fn greet(&self) -> Result<Link, LinkError> {
        let (reader, writer) = tokio::io::split(self.stream().await?);
        let mut frames = FrameReader::new(BufReader::new(reader));
        match frames.next().await? {
            Some(ServerFrame::Hello(hello))
                if !(SHORTEST_TIMEOUT..=LONGEST_TIMEOUT).contains(&hello.timeout) =>
            {
                let reason = format!("a timeout of {:?}", hello.timeout);
                Err(LinkError::Nonsense(reason))
            }
            Some(ServerFrame::Hello(hello)) => Ok(Link {
                hello,
                frames,
                writer,
                heard: Instant::now(),
                beat: time::interval(hello.timeout / 4),
            }),
            Some(ServerFrame::Closing { reason }) => Err(LinkError::Closed(reason)),
            Some(_) => Err(LinkError::Nonsense("it did not begin with hello".into())),
            None => Err(LinkError::Closed("before it said hello".into())),
        }
    }

    async fn stream(&self) -> Result<Box<dyn Stream>, LinkError> {
        match self {
            Self::Embedded(server) => {
                let (near, far) = tokio::io::duplex(PIPE);
                server.accept(far);
                Ok(Box::new(near))
            }
            &Self::Tcp(address) => {
                let refused = |cause: io::Error| LinkError::Refused {
                    address,
                    cause: cause.to_string(),
                };
                let stream = TcpStream::connect(address).await.map_err(refused)?;
                stream.set_nodelay(true)?;
                Ok(Box::new(stream))
            }
        }
    }
}
