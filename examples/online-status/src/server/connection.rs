//! One client's connection: frames in, frames out, and why it ended.

use std::{fmt, mem, time::Duration};

use store::chat::ChatError;
use tokio::{
    io::{self, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader, ReadHalf, WriteHalf},
    time,
};

use super::hub::{Hub, Inlet};
use crate::wire::{
    Answer, ClientFrame, FRAME_LIMIT, FrameError, FrameReader, ServerFrame, WriteError, write_frame,
};

/// How many friends go into one frame.
const PAGE: usize = 1_000;

/// How long a client that is dropped may take to hear the reason.
const FAREWELL: Duration = Duration::from_secs(1);

/// Why a connection ended.
#[derive(Debug)]
pub(super) enum End {
    /// The client closed it.
    Left,
    /// The client said nothing for too long.
    Silent(Duration),
    /// The client did not take what was written for too long.
    Stuck(Duration),
    /// The client let too much wait.
    Dismissed(String),
    /// The client sent what cannot be read.
    Unreadable(FrameError),
    /// Something could not be written.
    Failed(WriteError),
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Left => f.write_str("left"),
            Self::Silent(timeout) => write!(f, "silent for {timeout:?}"),
            Self::Stuck(timeout) => write!(f, "took nothing for {timeout:?}"),
            Self::Dismissed(reason) => f.write_str(reason),
            Self::Unreadable(error) => error.fmt(f),
            Self::Failed(error) => error.fmt(f),
        }
    }
}

/// Serves one client until it leaves, or has to.
pub(super) async fn serve(hub: &Hub, stream: impl AsyncRead + AsyncWrite) -> End {
    let (reader, writer) = io::split(stream);
    let guest = Guest {
        inlet: hub.connect(),
        hub,
    };
    guest.serve(reader, writer).await
}

/// A connected client; it is offline as soon as this is dropped.
struct Guest<'hub> {
    inlet: Inlet,
    hub: &'hub Hub,
}

impl Drop for Guest<'_> {
    fn drop(&mut self) {
        self.hub.disconnect(self.inlet.session);
    }
}

impl Guest<'_> {
    async fn serve(
        mut self,
        reader: ReadHalf<impl AsyncRead + AsyncWrite>,
        writer: WriteHalf<impl AsyncRead + AsyncWrite>,
    ) -> End {
        let timeout = self.hub.hello().timeout;
        let mut frames = FrameReader::new(BufReader::new(reader));
        let mut outgoing = Outgoing { writer, timeout };
        let end = match outgoing.send(&ServerFrame::Hello(self.hub.hello())).await {
            Ok(()) => self.converse(&mut frames, &mut outgoing).await,
            Err(end) => end,
        };
        drop(self); // Others need not wait until the farewell was heard.
        outgoing.close(&end).await;
        end
    }

    async fn converse(
        &mut self,
        frames: &mut FrameReader<BufReader<ReadHalf<impl AsyncRead + AsyncWrite>>>,
        outgoing: &mut Outgoing<impl AsyncRead + AsyncWrite>,
    ) -> End {
        let timeout = outgoing.timeout;
        let mut beat = time::interval(timeout / 4);
        let silence = time::sleep(timeout);
        tokio::pin!(silence);
        loop {
            let sent = tokio::select! {
                biased;
                reason = &mut self.inlet.dismissed => {
                    return End::Dismissed(reason.unwrap_or_else(|_| "the server ends".to_owned()));
                }
                Some(frame) = self.inlet.frames.recv() => outgoing.send(&frame).await,
                frame = frames.next() => match frame {
                    Ok(Some(frame)) => {
                        silence.as_mut().reset(time::Instant::now() + timeout);
                        self.hear(frame, outgoing).await
                    }
                    Ok(None) => return End::Left,
                    Err(error) => return End::Unreadable(error),
                },
                () = &mut silence => return End::Silent(timeout),
                _ = beat.tick() => outgoing.send(&ServerFrame::Beat).await,
            };
            if let Err(end) = sent {
                return end;
            }
        }
    }

    async fn hear(
        &self,
        frame: ClientFrame,
        outgoing: &mut Outgoing<impl AsyncRead + AsyncWrite>,
    ) -> Result<(), End> {
        let ClientFrame::Call { number, request } = frame else {
            return Ok(());
        };
        let result = self.hub.answer(self.inlet.session, request);
        outgoing.answer(number, result).await
    }
}

/// The side of a connection that is written to.
struct Outgoing<S> {
    writer: WriteHalf<S>,
    timeout: Duration,
}

impl<S: AsyncRead + AsyncWrite> Outgoing<S> {
    async fn send(&mut self, frame: &ServerFrame) -> Result<(), End> {
        match time::timeout(self.timeout, write_frame(&mut self.writer, frame)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(End::Failed(error)),
            Err(_) => Err(End::Stuck(self.timeout)),
        }
    }

    /// Sends an answer; a contact list of any length goes ahead of it in pages. One that is too large
    /// is refused, as the client would only ask again if the connection ended.
    async fn answer(
        &mut self,
        number: u64,
        mut result: Result<Answer, ChatError>,
    ) -> Result<(), End> {
        if let Ok(Answer::Session(session)) = &mut result {
            for page in mem::take(&mut session.friends).chunks(PAGE) {
                let friends = page.to_vec();
                self.send(&ServerFrame::Friends { number, friends }).await?;
            }
        }
        match self.send(&ServerFrame::Answer { number, result }).await {
            Err(End::Failed(WriteError::TooLarge { bytes })) => {
                let limit = FRAME_LIMIT;
                let result = Err(ChatError::TooLarge { bytes, limit });
                self.send(&ServerFrame::Answer { number, result }).await
            }
            sent => sent,
        }
    }

    /// Says why the connection ends, if the client is there to hear it.
    async fn close(mut self, end: &End) {
        let reason = match end {
            End::Left | End::Stuck(_) | End::Failed(_) => None,
            End::Silent(_) | End::Dismissed(_) | End::Unreadable(_) => Some(end.to_string()),
        };
        let farewell = async {
            if let Some(reason) = reason {
                write_frame(&mut self.writer, &ServerFrame::Closing { reason }).await?;
            }
            Ok::<_, WriteError>(self.writer.shutdown().await?)
        };
        // Whether it was heard changes nothing: the connection ends here.
        let _ = time::timeout(FAREWELL, farewell).await;
    }
}
