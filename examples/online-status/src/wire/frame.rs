//! One JSON value per line, no line longer than [`FRAME_LIMIT`].
//!
//! Knows nothing of what the values mean.

use std::io;

use serde::{Serialize, de::DeserializeOwned};
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncWrite, AsyncWriteExt};

/// The longest line either side sends or accepts, in bytes.
///
/// Enough for an answer about five hundred users with four devices each, whatever they call themselves
/// and write beside their names.
pub(crate) const FRAME_LIMIT: usize = 2 * 1024 * 1024;

/// Why no further frame can be read from a connection.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FrameError {
    /// The line had no end within the limit.
    #[error("a line is longer than {FRAME_LIMIT} bytes")]
    TooLong,
    /// The connection ended in the middle of a line.
    #[error("the connection ended in the middle of a line, after {read} bytes of it")]
    Truncated {
        /// How much of the line had arrived.
        read: usize,
    },
    /// The line is not what this side understands.
    #[error("a line is not a message of this protocol: {cause} in `{excerpt}`")]
    Nonsense {
        /// What the JSON parser says.
        cause: String,
        /// How the line begins.
        excerpt: String,
    },
    /// The socket failed.
    #[error("the connection failed: {0}")]
    Io(#[from] io::Error),
}

/// Reads frames from a buffered reader.
pub(crate) struct FrameReader<R> {
    reader: R,
    line: Vec<u8>,
}

impl<R: AsyncBufRead + Unpin> FrameReader<R> {
    /// Starts to read frames from `reader`.
    pub(crate) fn new(reader: R) -> Self {
        Self {
            reader,
            line: Vec::new(),
        }
    }

    /// Reads the next frame; `None` once the other side has closed between two lines.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses nothing: what was read of the line is kept for the next call.
    pub(crate) async fn next<M: DeserializeOwned>(&mut self) -> Result<Option<M>, FrameError> {
        loop {
            let bytes = self.reader.fill_buf().await?;
            if bytes.is_empty() {
                return match self.line.len() {
                    0 => Ok(None),
                    read => Err(FrameError::Truncated { read }),
                };
            }
            let end = bytes.iter().position(|&byte| byte == b'\n');
            let taken = end.unwrap_or(bytes.len());
            if self.line.len() + taken > FRAME_LIMIT {
                return Err(FrameError::TooLong);
            }
            self.line.extend_from_slice(&bytes[..taken]);
            self.reader.consume(taken + usize::from(end.is_some()));
            if end.is_some() {
                let message = parse(&self.line);
                self.line.clear();
                return message.map(Some);
            }
        }
    }
}

fn parse<M: DeserializeOwned>(line: &[u8]) -> Result<M, FrameError> {
    serde_json::from_slice(line).map_err(|cause| FrameError::Nonsense {
        // It quotes names that it does not know.
        cause: excerpt(cause.to_string().as_bytes(), 200),
        excerpt: excerpt(line, 40),
    })
}

/// The first bytes of a text, with nothing in them that could disturb a terminal.
fn excerpt(text: &[u8], shown: usize) -> String {
    String::from_utf8_lossy(&text[..text.len().min(shown)])
        .chars()
        .map(|c| if c.is_control() { '.' } else { c })
        .collect()
}

/// Why a frame was not written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WriteError {
    /// It exceeds the limit. Nothing of it was written, and others can be.
    #[error("a message of {bytes} bytes is too large: {FRAME_LIMIT} at most")]
    TooLarge {
        /// How long it is.
        bytes: usize,
    },
    /// The socket failed.
    #[error("the connection failed: {0}")]
    Io(#[from] io::Error),
}

/// Writes one frame and hands it to the socket.
///
/// # Errors
///
/// [`WriteError::TooLarge`] if `message` would exceed [`FRAME_LIMIT`], else what the socket says.
pub(crate) async fn write_frame<M: Serialize>(
    writer: &mut (impl AsyncWrite + Unpin),
    message: &M,
) -> Result<(), WriteError> {
    let mut line = serde_json::to_vec(message).map_err(io::Error::from)?;
    if line.len() > FRAME_LIMIT {
        return Err(WriteError::TooLarge { bytes: line.len() });
    }
    line.push(b'\n');
    writer.write_all(&line).await?;
    Ok(writer.flush().await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read_all(bytes: &[u8]) -> (Vec<u32>, Option<FrameError>) {
        let mut frames = FrameReader::new(bytes);
        let mut read = Vec::new();
        loop {
            match frames.next().await {
                Ok(Some(number)) => read.push(number),
                Ok(None) => return (read, None),
                Err(error) => return (read, Some(error)),
            }
        }
    }

    #[tokio::test]
    async fn what_is_written_is_read() {
        let mut bytes = Vec::new();
        for number in [1_u32, 2, 3] {
            write_frame(&mut bytes, &number).await.unwrap();
        }
        let (read, error) = read_all(&bytes).await;
        assert_eq!(read, [1, 2, 3]);
        assert!(error.is_none());
    }

    #[tokio::test]
    async fn of_a_message_that_is_too_large_nothing_is_written() {
        let mut bytes = Vec::new();
        let refused = write_frame(&mut bytes, &"x".repeat(FRAME_LIMIT)).await;
        let quoted = FRAME_LIMIT + 2;
        assert!(matches!(refused, Err(WriteError::TooLarge { bytes }) if bytes == quoted));
        assert!(bytes.is_empty());
    }

    #[tokio::test]
    async fn a_line_in_pieces_is_one_frame() {
        let (mut far, near) = tokio::io::duplex(2);
        let mut frames = FrameReader::new(tokio::io::BufReader::with_capacity(2, near));
        let write = async { far.write_all(b"12345\n").await.unwrap() };
        let (_, read) = tokio::join!(write, frames.next::<u32>());
        assert_eq!(read.unwrap(), Some(12345));
    }

    #[tokio::test]
    async fn garbage_names_itself_without_control_characters() {
        let (read, error) = read_all(b"1\nGET / \x1b[2J\n2\n").await;
        assert_eq!(read, [1]);
        let error = error.unwrap().to_string();
        assert!(error.contains("GET / .[2J"), "{error}");
    }

    #[tokio::test]
    async fn a_name_that_is_not_known_is_quoted_without_control_characters_and_not_for_ever() {
        #[derive(Debug, serde::Deserialize)]
        enum Known {
            One,
        }
        assert!(matches!(serde_json::from_str(r#""One""#), Ok(Known::One)));
        let name = format!("\u{9b}2J{}", "x".repeat(FRAME_LIMIT / 2));
        let line = format!("\"{name}\"\n");
        let mut frames = FrameReader::new(line.as_bytes());
        let error = frames.next::<Known>().await.unwrap_err().to_string();
        assert!(error.contains("unknown variant `.2Jxxx"), "{error}");
        assert!(!error.contains(char::is_control), "{error}");
        assert!(error.len() < 400, "{error}");
    }

    #[tokio::test]
    async fn a_line_without_end_is_refused_at_the_limit() {
        let endless = vec![b'7'; FRAME_LIMIT + 1];
        assert!(matches!(
            read_all(&endless).await.1,
            Some(FrameError::TooLong)
        ));
    }

    #[tokio::test]
    async fn half_a_line_is_not_a_frame() {
        let (read, error) = read_all(b"1\n23").await;
        assert_eq!(read, [1]);
        assert!(matches!(error, Some(FrameError::Truncated { read: 2 })));
    }
}
