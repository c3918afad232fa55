//! The built program, run as a user or a script would.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::{Child, ChildStdout, Command, Output, Stdio},
};

/// A running program that is killed with its test.
struct Running {
    child: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
}

impl Running {
    fn start(arguments: &str) -> Self {
        let mut child = command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// Reads up to the first line that contains all of this.
    #[track_caller]
    fn line_with(&mut self, parts: &[&str]) -> String {
        let mut read = Vec::new();
        for line in self.lines.by_ref() {
            let line = line.unwrap();
            if parts.iter().all(|part| line.contains(part)) {
                return line;
            }
            read.push(line);
        }
        panic!("no line with {parts:?} in\n{}", read.join("\n"));
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        self.child.wait().unwrap();
    }
}

fn command(arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_online-status"));
    command
        .args(arguments.split_whitespace())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn run(arguments: &str) -> Output {
    command(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A server on a port of its own, and the address to connect to.
fn serve(options: &str) -> (Running, String) {
    serve_at("127.0.0.1:0", options)
}

fn serve_at(address: &str, options: &str) -> (Running, String) {
    let mut server = Running::start(&format!("serve --listen {address} {options}"));
    let line = server.line_with(&["serving", " on 127.0.0.1:"]);
    let address = line.rsplit(' ').next().unwrap().to_owned();
    (server, address)
}

fn client(address: &str, user: &str) -> Running {
    Running::start(&format!(
        "--connect {address} --user {user} --plain --for 60s"
    ))
}

#[test]
fn without_input_or_terminal_it_prints_changes_for_the_given_time() {
    let ended = run("--plain --for 1s --changes 50");
    let out = text(&ended.stdout);
    assert!(ended.status.success(), "{out}");
    assert!(out.contains("online status: on"), "{out}");
    let changes = out
        .lines()
        .filter(|line| line.contains("offline for a moment"));
    assert!(changes.count() > 0, "{out}");
}

#[test]
fn without_a_time_it_ends_with_its_input() {
    assert!(run("--plain").status.success());
    let mut open = Running::start("--plain --changes 20");
    open.line_with(&["online"]);
    drop(open.child.stdin.take());
    assert!(open.child.wait().unwrap().success());
}

#[test]
fn two_clients_see_each_other_and_a_killed_one_is_offline() {
    let (_server, address) = serve("--changes 0 --timeout 2s");
    let mut alice = client(&address, "alice");
    alice.line_with(&["○ bob"]);
    let mut bob = client(&address, "bob");
    alice.line_with(&["● bob", "online on terminal"]);
    bob.line_with(&["● alice", "online on terminal"]);
    bob.child.kill().unwrap();
    alice.line_with(&["○ bob", "offline for a moment"]);
}

#[test]
fn garbage_on_the_socket_closes_that_connection_with_a_reason_and_no_other() {
    let (mut server, address) = serve("--changes 0");
    let mut alice = client(&address, "alice");
    alice.line_with(&["○ bob"]);
    let mut garbage = TcpStream::connect(&address).unwrap();
    garbage.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    let mut told = String::new();
    garbage.read_to_string(&mut told).unwrap();
    assert!(told.contains(r#"{"closing":{"reason":"#), "{told}");
    server.line_with(&["gone: a line is not a message of this protocol"]);
    let _bob = client(&address, "bob");
    alice.line_with(&["● bob"]);
}

#[test]
fn a_client_outlives_its_server_and_sees_what_is_true_at_the_next_one() {
    let (server, address) = serve("--changes 0");
    let mut alice = client(&address, "alice");
    alice.line_with(&["○ bob"]);
    let bob = client(&address, "bob");
    let mut carol = client(&address, "carol");
    alice.line_with(&["● bob", "online on terminal"]);
    carol.line_with(&["● bob", "online on terminal"]);
    drop(server);
    alice.line_with(&["◌ bob", "perhaps online on terminal"]);
    carol.line_with(&["◌ alice", "perhaps online on terminal"]);
    drop(bob);
    let (_server, _) = serve_at(&address, "--changes 0");
    // Whom the server's end took away is offline, who came back is online, and news arrive again.
    alice.line_with(&["○ bob", "offline"]);
    carol.line_with(&["● alice", "online on terminal"]);
    let _bob = client(&address, "bob");
    alice.line_with(&["● bob", "online on terminal"]);
    carol.line_with(&["● bob", "online on terminal"]);
}

#[test]
fn however_much_changes_it_paints_sixty_times_a_second_at_most() {
    let ended = run("--unseen --for 2s --changes 5000");
    let out = text(&ended.stdout);
    let figure = |name: &str| {
        let line = out.lines().find(|line| line.starts_with(name));
        let word = line.and_then(|line| line.split_whitespace().last());
        word.and_then(|word| word.parse::<f64>().ok())
    };
    let paintings = figure("paintings per second").unwrap();
    assert!(paintings > 0.0 && paintings <= 60.0, "{out}");
    assert!(figure("commits per second").unwrap() > 0.0, "{out}");
}

#[test]
fn every_refusal_can_be_seen() {
    for (options, expected) in [
        (
            "--capability off",
            "activate User Online Status in the console (code 72001)",
        ),
        (
            "--edition basic",
            "upgrade to Pro, Pro Plus or Enterprise (code 3122)",
        ),
        ("--calls 0", "asked too often"),
    ] {
        let ended = run(&format!("--plain --for 1s {options}"));
        let out = text(&ended.stdout);
        assert!(
            ended.status.success() && out.contains(expected),
            "{options}: {out}"
        );
    }
}

#[test]
fn a_capability_that_is_granted_later_is_picked_up() {
    let mut alice = Running::start("--plain --for 60s --capability off --grant-after 300ms");
    alice.line_with(&["refused", "72001"]);
    alice.line_with(&["online status: on"]);
}

#[test]
fn what_cannot_be_started_says_what_was_tried_and_why() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    for (arguments, expected) in [
        (
            format!("serve --listen {address}"),
            format!("cannot listen on {address}: Address already in use"),
        ),
        (
            "serve --users 100001".to_owned(),
            "cannot fill the server with 100001 users: the backend takes at most 100000".to_owned(),
        ),
        (
            format!("--connect {free}"),
            format!("cannot connect to {free}: Connection refused"),
        ),
    ] {
        let ended = run(&arguments);
        let error = text(&ended.stderr);
        assert!(!ended.status.success(), "{arguments}");
        assert!(error.contains(&expected), "{arguments}: {error}");
    }
}

#[test]
fn a_server_that_answers_nonsense_is_named_so() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let alice = Running::start(&format!("--connect {address} --plain"));
    let (mut stream, _) = listener.accept().unwrap();
    stream.write_all(b"SSH-2.0-OpenSSH_9.6\r\n").unwrap();
    let mut error = String::new();
    let mut running = alice;
    running
        .child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut error)
        .unwrap();
    assert!(error.contains("the server answered nonsense"), "{error}");
    assert!(!running.child.wait().unwrap().success());
}

#[test]
fn help_names_every_option() {
    let help = text(&run("--help").stdout);
    for option in [
        "--connect",
        "--user",
        "--users",
        "--plain",
        "--for",
        "--unseen",
        "--capability",
        "serve",
    ] {
        assert!(help.contains(option), "{option} in {help}");
    }
}
