//! The built program, as a user runs it.

use std::process::Stdio;

use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::Command,
};

use crate::{client::Events, soon};

#[tokio::test]
async fn the_program_says_where_it_serves_its_residents() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_axum-roster"))
        .arg("127.0.0.1:0")
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
    let url = soon(lines.next_line()).await.unwrap().unwrap();
    let address = url.strip_prefix("http://").unwrap().parse().unwrap();

    let mut events = Events::of(address).await;
    let snapshot = events.next().await.unwrap();
    let users: Vec<_> = snapshot
        .diff
        .iter()
        .map(|change| change.key().as_str())
        .collect();
    assert_eq!(users, ["alice", "bob"]);
    program.kill().await.unwrap();
    assert!(events.next().await.is_none());
}
