//! What clients are sent.

use store::{
    Map, MapChange,
    chat::{USER, UserStatus},
};

use crate::{
    Server,
    client::{Events, ask},
    online, soon,
};

#[tokio::test]
async fn first_comes_a_snapshot_and_then_each_difference() {
    let server = Server::start().await;
    server.put("alice", online("reading"));
    let mut events = Events::of(server.address).await;
    let mut copy = Map::new();

    let snapshot = events.next().await.unwrap();
    assert_eq!(snapshot.name, "snapshot");
    copy.apply(&snapshot.diff).unwrap();
    assert_eq!(copy, server.store.snapshot(USER).user_status_list);

    let posted = ask(server.address, "POST /status/bob", r#"{"statusType":2}"#).await;
    assert_eq!(posted.status, 204);
    let changes = events.next().await.unwrap();
    assert_eq!(changes.name, "changes");
    let (key, value) = ("bob".into(), UserStatus::offline());
    let bob = MapChange::Inserted { key, value };
    assert_eq!(changes.diff.iter().collect::<Vec<_>>(), [bob.as_ref()]);
    copy.apply(&changes.diff).unwrap();

    let deleted = ask(server.address, "DELETE /status/alice", "").await;
    assert_eq!(deleted.status, 204);
    copy.apply(&events.next().await.unwrap().diff).unwrap();
    assert_eq!(copy, server.store.snapshot(USER).user_status_list);
    assert!(!copy.contains_key("alice"));
}

#[tokio::test]
async fn what_changes_nothing_is_sent_to_nobody() {
    let server = Server::start().await;
    server.put("alice", online("reading"));
    let mut events = Events::of(server.address).await;
    events.next().await.unwrap();

    server.put("alice", online("reading"));
    server
        .store
        .update(USER, |user| user.target_language.set("fr".to_owned()));
    server.put("bob", online("last"));
    let next = events.next().await.unwrap();
    assert_eq!(
        next.diff
            .iter()
            .map(|change| change.key().as_str())
            .collect::<Vec<_>>(),
        ["bob"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_does_not_read_is_told_one_difference_for_all_it_missed() {
    const COMMITS: usize = 1000;
    let server = Server::start().await;
    let mut events = Events::of(server.address).await;

    // More than all buffers between the two can hold.
    let text = "x".repeat(32 << 10);
    for commit in 1..=COMMITS {
        server.put("alice", online(&format!("{commit} {text}")));
    }
    server.put("bob", online(""));

    let (mut copy, mut told) = (Map::new(), 0);
    while !copy.contains_key("bob") {
        // Each begins where the one before ended, or it would not apply.
        copy.apply(&events.next().await.unwrap().diff).unwrap();
        told += 1;
    }
    assert!(copy == server.store.snapshot(USER).user_status_list);
    assert!(told < COMMITS / 2, "{told} events");

    // From then on it hears of each again.
    server.put("bob", UserStatus::offline());
    assert_eq!(events.next().await.unwrap().diff.len(), 1);
}

#[tokio::test]
async fn streams_and_server_end_with_the_store_after_the_final_state() {
    let server = Server::start().await;
    let mut clients = [
        Events::of(server.address).await,
        Events::of(server.address).await,
    ];
    server.put("alice", online("leaving"));
    drop(server.store);

    for events in &mut clients {
        let mut copy = Map::new();
        while let Some(event) = events.next().await {
            copy.apply(&event.diff).unwrap();
        }
        assert_eq!(copy["alice"], online("leaving"));
    }
    soon(server.running).await.unwrap().unwrap();
}

#[tokio::test]
async fn the_page_asks_for_the_events() {
    let server = Server::start().await;
    let page = ask(server.address, "GET /", "").await;
    assert_eq!(page.status, 200);
    assert!(page.body().await.contains("EventSource(\"/events\")"));
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_and_writes_nothing() {
    let server = Server::start().await;
    for (request, json, status) in [
        ("POST /status/alice", r#"{"statusType":9}"#, 422),
        ("POST /status/alice", "online", 400),
        ("DELETE /status/alice", "", 404),
        ("GET /status/alice", "", 405),
    ] {
        let answer = ask(server.address, request, json).await;
        assert_eq!(answer.status, status, "{request} {json}");
    }
    assert_eq!(server.store.revision(), 0);
}
