//! A thousand clients; servers and clients that do not read, do not stop, or are gone without a word.
//!
//! Every wait is for something that happens, and ends after a minute if it does not.

use futures::future::join_all;

use super::*;

const HELLO: &str = r#"{"hello":{"limits":{"per_subscribe":1,"per_query":1,"subscriptions":1,"custom_status_bytes":1,"call_interval":{"secs":0,"nanos":0}},"timeout":{"secs":2,"nanos":0}}}"#;

const LOGIN: &str = r#"{"call":{"number":1,"request":{"login":{"credentials":{"user_id":"bob","user_sig":""},"device":"x"}}}}"#;

/// A server, and the far end of a connection to it that nobody reads; the task ends with the reason.
async fn unread(server: &Server) -> (TcpStream, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap());
    let (near, far) = tokio::join!(near, listener.accept());
    (near.unwrap(), server.accept(far.unwrap().0))
}

/// Lets this process have that many files open, where it is allowed fewer at first.
#[cfg(unix)]
fn allow_files(most: u64) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_some_and(|allowed| allowed < most) {
        let raised = Rlimit {
            current: Some(most),
            ..limit
        };
        setrlimit(Resource::Nofile, raised)
            .unwrap_or_else(|error| panic!("{most} open files, where {limit:?}: {error}"));
    }
}

/// Nothing limits them here.
#[cfg(not(unix))]
fn allow_files(_most: u64) {}

/// Over TCP, with both ends of every connection in this process.
///
/// They are a few users on many devices each: a thousand users would have each other in their contact
/// lists, and a million friends are slow to tell.
#[tokio::test]
async fn a_thousand_clients_over_tcp_are_told_who_comes_and_goes() {
    const CLIENTS: usize = 1_000;
    allow_files(2 * CLIENTS as u64 + 1_000);
    let dial = listening("--timeout 60s").await;
    let alice = Client::connect(dial.clone(), "test").await;
    let session = alice.backend.login(Credentials::new("alice")).await;
    let friends = session.unwrap().friends.into_iter().map(|it| it.user_id);
    let users: Vec<UserId> = friends.filter(|user| user.as_str() != "bob").collect();
    let logins = (0..CLIENTS)
        .zip(users.iter().cycle())
        .map(async |(n, user)| {
            let client = Client::connect(dial.clone(), &format!("device-{n}")).await;
            client
                .backend
                .login(Credentials::new(user.clone()))
                .await
                .unwrap();
            client.backend.subscribe(vec!["bob".into()]).await.unwrap();
            client
        });
    // Were all to log in at once, the last would wait for the first longer than a client does.
    let logins = stream::iter(logins).buffer_unordered(50);
    let mut clients: Vec<Client> = in_time(logins.collect()).await;
    let bob = Client::login(dial, "bob").await;
    in_time(join_all(clients.iter_mut().map(async |client| {
        assert_eq!(client.next_status("bob").await, StatusType::Online);
    })))
    .await;
    drop(bob);
    in_time(join_all(clients.iter_mut().map(async |client| {
        assert_eq!(client.next_status("bob").await, StatusType::Offline);
    })))
    .await;
    for client in &clients {
        assert!(client.backend.trouble().borrow().is_none());
    }
}

#[tokio::test]
async fn a_reader_that_does_not_read_is_dropped_and_others_are_told_on() {
    let server = server("--timeout 1s");
    let mut alice = Client::login(Dial::Embedded(server.clone()), "alice").await;
    alice.backend.subscribe(vec!["bob".into()]).await.unwrap();
    let (mut unread, served) = unread(&server).await;
    let subscribe = r#"{"call":{"number":2,"request":{"subscribe":["carol"]}}}"#;
    unread
        .write_all(format!("{LOGIN}\n{subscribe}\n").as_bytes())
        .await
        .unwrap();
    assert_eq!(in_time(alice.next_status("bob")).await, StatusType::Online);
    let flips = async {
        while !served.is_finished() {
            for _ in 0..100 {
                server.flip(&"carol".into());
            }
            tokio::task::yield_now().await;
        }
    };
    // It says all the while that it is there.
    let beats = async {
        let mut interval = time::interval(Duration::from_millis(200));
        loop {
            interval.tick().await;
            if unread.write_all(b"\"beat\"\n").await.is_err() {
                return std::future::pending().await;
            }
        }
    };
    tokio::select! {
        () = in_time(flips) => {}
        () = beats => {}
    }
    let end = served.await.unwrap();
    assert!(
        ["too slow", "took nothing"]
            .iter()
            .any(|it| end.starts_with(it)),
        "{end}"
    );
    assert_eq!(in_time(alice.next_status("bob")).await, StatusType::Offline);
}

#[tokio::test]
async fn a_flood_ends_with_its_connection_and_reaches_nobody_else() {
    let server = server("--timeout 1s");
    let mut alice = Client::login(Dial::Embedded(server.clone()), "alice").await;
    alice
        .backend
        .subscribe(vec!["bob".into(), "carol".into()])
        .await
        .unwrap();
    let (mut flood, served) = unread(&server).await;
    flood
        .write_all(format!("{LOGIN}\n").as_bytes())
        .await
        .unwrap();
    let pouring = async {
        let text = r#"{"call":{"number":2,"request":{"set_custom_status":"spam"}}}"#;
        let water = format!("{text}\n").repeat(1_000);
        while flood.write_all(water.as_bytes()).await.is_ok() {}
    };
    in_time(pouring).await;
    let end = in_time(served).await.unwrap();
    assert!(end.starts_with("took nothing"), "{end}");
    let mut texts = 0;
    loop {
        if let BackendEvent::Statuses(reports) = in_time(alice.events.next()).await.unwrap() {
            texts += reports.len();
            if reports[0].devices[0].status_type == StatusType::Offline {
                break;
            }
        }
    }
    assert!(texts < 2_000, "{texts} of the flood reached a bystander");
    let _carol = Client::login(Dial::Embedded(server), "carol").await;
    assert_eq!(
        in_time(alice.next_status("carol")).await,
        StatusType::Online
    );
}

#[tokio::test]
async fn whatever_a_server_says_or_not_the_client_names_it_and_connects_again() {
    const ANSWER: &str = r#"{"answer":{"number":1,"result":{"Ok":{"capability":"Granted"}}}}"#;
    let endless = "x".repeat(FRAME_LIMIT + 2);
    for (said, ends, expected) in [
        (String::new(), false, "the server has been silent for 2s"),
        (
            format!("{ANSWER}\n{ANSWER}\n"),
            false,
            "an answer to call 1, which was not made",
        ),
        (endless, false, "a line is longer than"),
        (
            ANSWER[..20].to_owned(),
            true,
            "ended in the middle of a line, after 20 bytes",
        ),
        (format!("{HELLO}\n"), false, "it said hello twice"),
        (
            String::new(),
            true,
            "closed the connection: without a reason",
        ),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let dial = Dial::Tcp(listener.local_addr().unwrap());
        let (sender, mut held) = mpsc::channel(1);
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream
                .write_all(format!("{HELLO}\n").as_bytes())
                .await
                .unwrap();
            let mut call = [0; 1_024];
            let mut heard = Vec::new();
            while !heard.windows(6).any(|it| it == b"\"call\"") {
                let read = stream.read(&mut call).await.unwrap();
                heard.extend_from_slice(&call[..read]);
            }
            // The client may have heard enough before the end of it.
            let _ = stream.write_all(said.as_bytes()).await;
            if ends {
                drop(stream);
            } else {
                sender.send(stream).await.unwrap();
            }
            server("").serve(listener, |_| ()).await;
        });
        let mut client = Client::connect(dial, "test").await;
        assert_eq!(in_time(client.next_link()).await, NetState::Connected);
        let asking = client.backend.clone();
        let asked = tokio::spawn(async move { asking.capability().await });
        assert_eq!(in_time(client.next_link()).await, NetState::Disconnected);
        let trouble = client.backend.trouble().borrow().clone().unwrap();
        assert!(
            trouble.to_string().contains(expected),
            "{expected}: {trouble}"
        );
        drop(asked);
        while in_time(client.next_link()).await != NetState::Connected {}
        assert!(client.backend.capability().await.is_ok(), "{expected}");
        held.close();
    }
}
