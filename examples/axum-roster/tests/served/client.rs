//! A client that speaks as little HTTP as will do: version 1.0, where an answer ends with its
//! connection.

use std::net::SocketAddr;

use store::{
    MapDiff,
    chat::{UserId, UserStatus},
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines},
    net::{TcpSocket, TcpStream},
};

use crate::soon;

/// Small, so that a client that does not read is noticed soon.
const RECEIVE_BUFFER: u32 = 16 << 10;

/// An answer: its status, and the lines of its body to come.
pub(crate) struct Answer {
    pub(crate) status: u16,
    lines: Lines<BufReader<TcpStream>>,
}

pub(crate) async fn ask(server: SocketAddr, request: &str, json: &str) -> Answer {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(RECEIVE_BUFFER).unwrap();
    let mut connection = socket.connect(server).await.unwrap();
    let length = json.len();
    let text = format!(
        "{request} HTTP/1.0\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{json}"
    );
    connection.write_all(text.as_bytes()).await.unwrap();

    let mut lines = BufReader::new(connection).lines();
    let first = soon(lines.next_line()).await.unwrap().unwrap();
    let status = first.split(' ').nth(1).unwrap().parse().unwrap();
    while !soon(lines.next_line()).await.unwrap().unwrap().is_empty() {}
    Answer { status, lines }
}

impl Answer {
    pub(crate) async fn body(mut self) -> String {
        let mut body = String::new();
        while let Some(line) = soon(self.lines.next_line()).await.unwrap() {
            body.push_str(&line);
            body.push('\n');
        }
        body
    }
}

/// The stream of a client.
pub(crate) struct Events(Answer);

/// One server-sent event.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) name: String,
    pub(crate) diff: MapDiff<UserId, UserStatus>,
}

impl Events {
    pub(crate) async fn of(server: SocketAddr) -> Self {
        let answer = ask(server, "GET /events", "").await;
        assert_eq!(answer.status, 200);
        Self(answer)
    }

    /// The next event; `None` once the stream has ended.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        let (mut name, mut data) = (None, None);
        loop {
            let line = soon(self.0.lines.next_line()).await.unwrap()?;
            match line.split_once(": ") {
                Some(("event", event)) => name = Some(event.to_owned()),
                Some(("data", json)) => data = Some(serde_json::from_str(json).unwrap()),
                // An event ends with an empty line; a comment, which begins with a colon, has no data.
                None if line.is_empty() => {
                    if let (Some(name), Some(diff)) = (name.take(), data.take()) {
                        return Some(Event { name, diff });
                    }
                }
                _ => {}
            }
        }
    }
}
