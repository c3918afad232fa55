//! A backend against real servers, and against servers that misbehave.

mod strain;

use clap::Parser as _;
use store::chat::{
    BackendEvent, CONTACT, CONVERSATION, Contact, Conversations, NetState, StatusType, USER, User,
    UserStatus,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use super::*;
use crate::{
    cli::Cli,
    client,
    server::{Server, Settings},
    wire::FRAME_LIMIT,
};

fn server(options: &str) -> Server {
    let line = format!("online-status --changes 0 {options}");
    let cli = Cli::try_parse_from(line.split_whitespace()).unwrap();
    Server::start(&Settings::from(&cli.world)).unwrap()
}

/// A server on a port of its own.
async fn listening(options: &str) -> Dial {
    let listener = Server::listen("127.0.0.1:0".parse().unwrap())
        .await
        .unwrap();
    let address = listener.local_addr().unwrap();
    let server = server(options);
    tokio::spawn(async move { server.serve(listener, |_| ()).await });
    Dial::Tcp(address)
}

/// A server that sends these bytes to whoever connects, and then nothing more.
async fn babbling(bytes: &'static [u8]) -> Dial {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            stream.write_all(bytes).await.unwrap();
            held.push(stream);
        }
    });
    Dial::Tcp(address)
}

struct Client {
    backend: Backend,
    events: BoxStream<'static, BackendEvent>,
}

impl Client {
    async fn connect(dial: Dial, device: &str) -> Self {
        let backend = Backend::connect(dial, device.to_owned()).await.unwrap();
        let events = backend.events();
        Self { backend, events }
    }

    async fn login(dial: Dial, user: &str) -> Self {
        let client = Self::connect(dial, "test").await;
        client.backend.login(Credentials::new(user)).await.unwrap();
        client
    }

    async fn next_link(&mut self) -> NetState {
        loop {
            if let BackendEvent::Link(state) = self.events.next().await.unwrap() {
                return state;
            }
        }
    }

    async fn next_status(&mut self, user: &str) -> StatusType {
        loop {
            if let BackendEvent::Statuses(reports) = self.events.next().await.unwrap()
                && let Some(report) = reports.iter().find(|r| r.user_id.as_str() == user)
            {
                return report.devices[0].status_type;
            }
        }
    }
}

async fn in_time<T>(what: impl Future<Output = T>) -> T {
    time::timeout(Duration::from_secs(60), what)
        .await
        .expect("nothing happened for a minute")
}

fn address(dial: &Dial) -> std::net::SocketAddr {
    match dial {
        Dial::Tcp(address) => *address,
        Dial::Embedded(_) => panic!("an embedded server has no address"),
    }
}

/// What a raw connection is told until it is closed, one line each.
async fn say_raw(dial: &Dial, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address(dial)).await.unwrap();
    // The server may close before it has read everything.
    let _ = stream.write_all(bytes).await;
    let mut said = String::new();
    // As it may reset the connection after what it said.
    let _ = stream.read_to_string(&mut said).await;
    said
}

#[tokio::test]
async fn two_clients_see_each_other_embedded_and_over_tcp() {
    for dial in [Dial::Embedded(server("")), listening("").await] {
        let mut alice = Client::login(dial.clone(), "alice").await;
        let subscribed = alice.backend.subscribe(vec!["bob".into()]).await.unwrap();
        assert!(subscribed.failed.is_empty());
        let bob = Client::login(dial.clone(), "bob").await;
        assert_eq!(alice.next_status("bob").await, StatusType::Online);
        drop(bob);
        assert_eq!(alice.next_status("bob").await, StatusType::Offline);
    }
}

#[tokio::test]
async fn a_contact_list_longer_than_a_frame_arrives_whole() {
    let backend = Client::connect(Dial::Embedded(server("--users 60000")), "test")
        .await
        .backend;
    let session = backend.login(Credentials::new("alice")).await.unwrap();
    assert!(session.friends.len() > 45_000);
    assert!(serde_json::to_vec(&session.friends).unwrap().len() > FRAME_LIMIT);
}

#[tokio::test]
async fn garbage_closes_that_connection_with_a_reason_and_no_other() {
    let dial = listening("").await;
    let mut alice = Client::login(dial.clone(), "alice").await;
    alice.backend.subscribe(vec!["bob".into()]).await.unwrap();

    let told = say_raw(&dial, b"GET / HTTP/1.1\r\n\r\n").await;
    assert!(
        told.contains("closing") && told.contains("GET / HTTP"),
        "{told}"
    );
    let told = say_raw(&dial, &vec![b'x'; FRAME_LIMIT + 2]).await;
    assert!(told.contains("longer than"), "{told}");
    let mut truncated = TcpStream::connect(address(&dial)).await.unwrap();
    truncated.write_all(b"{\"call\":").await.unwrap();
    truncated.shutdown().await.unwrap();
    let mut told = String::new();
    truncated.read_to_string(&mut told).await.unwrap();
    assert!(told.contains("in the middle of a line"), "{told}");

    let _bob = Client::login(dial, "bob").await;
    assert_eq!(alice.next_status("bob").await, StatusType::Online);
}

#[tokio::test]
async fn a_silent_client_is_shown_offline_within_the_timeout() {
    let dial = listening("--timeout 1s").await;
    let mut alice = Client::login(dial.clone(), "alice").await;
    alice.backend.subscribe(vec!["bob".into()]).await.unwrap();
    let mut bob = TcpStream::connect(address(&dial)).await.unwrap();
    let login = r#"{"call":{"number":1,"request":{"login":{"credentials":{"user_id":"bob","user_sig":""},"device":"x"}}}}"#;
    bob.write_all(format!("{login}\n").as_bytes())
        .await
        .unwrap();
    assert_eq!(alice.next_status("bob").await, StatusType::Online);
    assert_eq!(alice.next_status("bob").await, StatusType::Offline);
    let mut told = String::new();
    bob.read_to_string(&mut told).await.unwrap();
    assert!(told.contains("silent for 1s"), "{told}");
}

#[tokio::test]
async fn a_link_that_breaks_is_made_anew_and_keeps_the_session() {
    let listener = Server::listen("127.0.0.1:0".parse().unwrap())
        .await
        .unwrap();
    let address = listener.local_addr().unwrap();
    let accept = async {
        let (stream, _) = listener.accept().await.unwrap();
        server("").accept(stream).abort_handle()
    };
    let (served, mut alice) = tokio::join!(accept, Client::connect(Dial::Tcp(address), "test"));
    alice
        .backend
        .login(Credentials::new("alice"))
        .await
        .unwrap();
    assert_eq!(alice.next_link().await, NetState::Connected);

    served.abort();
    assert_eq!(alice.next_link().await, NetState::Disconnected);
    assert!(alice.backend.trouble().borrow().is_some());
    let refused = alice.backend.query(vec!["bob".into()]).await;
    assert!(
        matches!(refused, Err(ChatError::LinkLost { .. })),
        "{refused:?}"
    );

    tokio::spawn(async move { server("").serve(listener, |_| ()).await });
    assert_eq!(alice.next_link().await, NetState::Connecting);
    assert_eq!(alice.next_link().await, NetState::Connected);
    assert!(alice.backend.query(vec!["bob".into()]).await.is_ok());
    assert!(alice.backend.trouble().borrow().is_none());
}

#[tokio::test]
async fn who_is_gone_with_a_server_that_started_anew_is_gone_from_the_store() {
    let listener = Server::listen("127.0.0.1:0".parse().unwrap())
        .await
        .unwrap();
    let dial = Dial::Tcp(listener.local_addr().unwrap());
    let accept = async {
        let (stream, _) = listener.accept().await.unwrap();
        server("--users 26").accept(stream).abort_handle()
    };
    let connect = client::Client::connect(dial, "test", Duration::ZERO);
    let (served, alice) = tokio::join!(accept, connect);
    let alice = alice.unwrap();
    alice.login("alice", true).await.unwrap();
    let store = alice.store();
    in_time(store.until(USER, User::USER_STATUS_LIST, |list| list.len() > 10))
        .await
        .unwrap();
    assert!(store.snapshot(CONTACT).friend_list.len() > 10);
    assert!(store.snapshot(CONVERSATION).conversation_list.len() > 4);

    served.abort();
    tokio::spawn(async move { server("--users 4").serve(listener, |_| ()).await });
    in_time(async {
        let fresh = |status: &UserStatus| status.fresh;
        let friends = store.until(CONTACT, Contact::FRIEND_LIST, |list| list.len() == 3);
        friends.await.unwrap();
        // The group, and the three others.
        let list = Conversations::CONVERSATION_LIST;
        let conversations = store.until(CONVERSATION, list, |list| list.len() == 4);
        conversations.await.unwrap();
        let statuses = store.until(USER, User::USER_STATUS_LIST, move |list| {
            list.len() == 3 && list.values().all(fresh)
        });
        statuses.await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_request_or_an_answer_that_is_too_large_fails_alone_and_is_not_made_again() {
    let server = server("");
    let mut alice = Client::login(Dial::Embedded(server.clone()), "alice").await;
    let too_large = |error: &ChatError| matches!(error, ChatError::TooLarge { bytes, limit: FRAME_LIMIT } if *bytes > FRAME_LIMIT);
    assert_eq!(alice.next_link().await, NetState::Connected);
    let mut trouble = alice.backend.trouble();
    trouble.mark_unchanged();

    let endless: UserId = "x".repeat(FRAME_LIMIT).into();
    let refused = alice.backend.subscribe(vec![endless.clone()]).await;
    assert!(refused.is_err_and(|error| too_large(&error)));
    let refused = alice.backend.login(Credentials::new(endless)).await;
    assert!(refused.is_err_and(|error| too_large(&error)));
    // The answer says of each name, twice, that nobody has it.
    let strangers = (0..500).map(|n| format!("{n:3000}").into());
    let refused = alice.backend.query(strangers.collect()).await;
    assert!(refused.is_err_and(|error| too_large(&error)));

    // The link has done none the worse, and the session is still alice's.
    alice.backend.subscribe(vec!["bob".into()]).await.unwrap();
    let _bob = Client::login(Dial::Embedded(server), "bob").await;
    assert_eq!(in_time(alice.next_status("bob")).await, StatusType::Online);
    assert!(!trouble.has_changed().unwrap());
}

#[tokio::test]
async fn a_server_that_does_not_introduce_itself_is_refused() {
    for (bytes, expected) in [
        (
            &b"SSH-2.0-OpenSSH_9.6\r\n"[..],
            "not a message of this protocol",
        ),
        (b"\"beat\"\n", "did not begin with hello"),
        (
            b"{\"closing\":{\"reason\":\"full\"}}\n",
            "closed the connection: full",
        ),
        (
            br#"{"hello":{"limits":{"per_subscribe":1,"per_query":1,"subscriptions":1,"custom_status_bytes":1,"call_interval":{"secs":0,"nanos":0}},"timeout":{"secs":18446744073709551615,"nanos":0}}}
"#,
            "a timeout of 18446744073709551615",
        ),
    ] {
        let dial = babbling(bytes).await;
        let Err(error) = Backend::connect(dial, "test".to_owned()).await else {
            panic!("{expected}");
        };
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[tokio::test]
async fn nonsense_in_the_middle_is_a_protocol_error_and_no_hang() {
    const HELLO: &str = r#"{"hello":{"limits":{"per_subscribe":1,"per_query":1,"subscriptions":1,"custom_status_bytes":1,"call_interval":{"secs":0,"nanos":0}},"timeout":{"secs":5,"nanos":0}}}"#;
    for nonsense in [
        r#"{"answer":{"number":1,"result":{"Ok":"done"}}}"#,
        r#"{"answer":{"number":9,"result":{"Ok":"done"}}}"#,
        r#"{"answer":{"number":1,"result":7}}"#,
        "?",
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let dial = Dial::Tcp(listener.local_addr().unwrap());
        let answers = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream
                .write_all(format!("{HELLO}\n").as_bytes())
                .await
                .unwrap();
            let mut call = [0; 16];
            while stream.read(&mut call).await.unwrap() > 0 && !call.starts_with(b"{\"call\"") {}
            stream
                .write_all(format!("{nonsense}\n").as_bytes())
                .await
                .unwrap();
            stream
        };
        let asks = async {
            let client = Client::connect(dial, "test").await;
            client.backend.capability().await
        };
        let (_stream, asked) = tokio::join!(answers, asks);
        assert!(
            matches!(asked, Err(ChatError::Protocol { .. })),
            "{asked:?}"
        );
    }
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap();
    let error = Server::listen(address).await.unwrap_err();
    assert_eq!(error.to_string(), format!("cannot listen on {address}"));
    assert!(std::error::Error::source(&error).is_some());
}
