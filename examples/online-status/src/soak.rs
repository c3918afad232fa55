//! Clients that come and go over loopback TCP, for as long as one likes: each sees what the server says, and nothing is left
//! of those that are gone, nor of those that were cut off without a word.
//!
//! `SOAK_FOR=1h cargo test --release -p online-status soak -- --nocapture` runs for an hour and prints what was counted.

use std::{
    alloc::System,
    env, fs,
    net::SocketAddr,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};

use clap::Parser as _;
use futures::future::join_all;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use store::chat::{CONTACT, USER, User, UserId};
use tokio::{
    io::{self, AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    runtime::Handle,
    sync::Notify,
    task, time,
};

use crate::{
    backend::Dial,
    cli::Cli,
    client::Client,
    server::{Server, Settings},
};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Who is there at once; each on one device, as a second would end the first.
const CLIENTS: [&str; 8] = [
    "alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi",
];

/// How many of their friends they look at.
const ROWS: usize = 10;

/// Every how many clients one is cut off, and one falls silent.
const CUT: usize = 4;
const SILENT: usize = 61;

/// How much more may be allocated after a round than was after one of the first: what happens to be there of the population.
const SLACK: i64 = 64 * 1024;

/// How long to wait for a flip before the next.
const AGAIN: Duration = Duration::from_millis(200);

/// How long anything here may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long to run: seconds, minutes or hours, such as `90s`, `30m` or `1h`.
fn asked() -> Duration {
    let Ok(asked) = env::var("SOAK_FOR") else {
        return Duration::from_secs(5);
    };
    let seconds = [("s", 1), ("m", 60), ("h", 3_600)]
        .into_iter()
        .find_map(|(unit, seconds)| Some(asked.strip_suffix(unit)?.parse::<u64>().ok()? * seconds));
    Duration::from_secs(
        seconds.unwrap_or_else(|| panic!("SOAK_FOR={asked} is no such thing as 30m")),
    )
}

/// How many bytes are allocated now.
fn allocated() -> i64 {
    let stats = ALLOCATOR.stats();
    let signed = |bytes: usize| i64::try_from(bytes).expect("it fits");
    signed(stats.bytes_allocated) - signed(stats.bytes_deallocated)
}

/// How many kilobytes of this process are resident, where the system says so.
fn resident() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// An address that leads to another one, until every connection over it is cut, and then again.
async fn relay(address: SocketAddr, cut: Arc<Notify>) -> (SocketAddr, task::AbortHandle) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let relayed = listener.local_addr().expect("it is bound");
    let relaying = task::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            let far = TcpStream::connect(address).await;
            let mut far = far.expect("there is a server");
            tokio::select! {
                // How it ends is for both ends to say.
                _ = io::copy_bidirectional(&mut near, &mut far) => {}
                () = cut.notified() => {
                    for end in [&near, &far] {
                        end.set_zero_linger().expect("a socket of ours");
                    }
                }
            }
        }
    });
    (relayed, relaying.abort_handle())
}

/// Logs in and says nothing more, until the server has had enough.
async fn fall_silent(address: SocketAddr) {
    let mut stream = TcpStream::connect(address)
        .await
        .expect("there is a server");
    let login = r#"{"call":{"number":1,"request":{"login":{"credentials":{"user_id":"ivan","user_sig":""},"device":"soak"}}}}"#;
    let subscribe = r#"{"call":{"number":2,"request":{"subscribe":["alice","bob"]}}}"#;
    let said = format!("{login}\n{subscribe}\n");
    stream.write_all(said.as_bytes()).await.expect("it listens");
    let mut told = String::new();
    let read = stream.read_to_string(&mut told).await;
    read.expect("the server says why");
    assert!(told.contains("silent for"), "{told}");
}

/// Connects, is cut off now and then, sees how friends are doing, sees one of them come or go, and leaves.
async fn visit(server: Server, address: SocketAddr, number: usize, calls: Arc<AtomicU64>) {
    if number % SILENT == SILENT - 1 {
        return fall_silent(address).await;
    }
    let cut = Arc::new(Notify::new());
    let is_cut = number % CUT == CUT - 1;
    let (address, relaying) = match is_cut {
        true => {
            let (relayed, relaying) = relay(address, Arc::clone(&cut)).await;
            (relayed, Some(relaying))
        }
        false => (address, None),
    };
    let client = Client::connect(Dial::Tcp(address), "soak", Duration::from_millis(5));
    let client = client.await.expect("there is a server");
    let user = CLIENTS[number % CLIENTS.len()];
    client
        .login(user, true)
        .await
        .expect("nothing speaks against it");
    let contact = client.store().snapshot(CONTACT);
    let rows: Vec<UserId> = contact.friend_list.keys().take(ROWS).cloned().collect();
    let _interest = client.want(rows.clone());
    let _watching = client.store().watch(
        USER,
        User::USER_STATUS_LIST.watch(move |_| {
            calls.fetch_add(1, SeqCst);
        }),
    );
    let see = |fresh: bool| {
        let seen = rows.clone();
        let until = client
            .store()
            .until(USER, User::USER_STATUS_LIST, move |list| {
                let is_known = |user| list.get(user).is_some_and(|status| status.fresh == fresh);
                seen.iter().all(is_known)
            });
        async { drop(until.await.expect("the store is there")) }
    };
    see(true).await;
    if is_cut {
        let stale = see(false);
        cut.notify_one();
        stale.await;
        see(true).await;
    }
    let row = rows[number % rows.len()].clone();
    let before = client.store().snapshot(USER).user_status_list[&row].clone();
    let flipped = client.store().until(USER, User::USER_STATUS_LIST, {
        let row = row.clone();
        move |list| list.get(&row) != Some(&before)
    });
    tokio::pin!(flipped);
    // Another client's flip may have undone it before it was told.
    loop {
        server.flip(&row);
        if let Ok(flipped) = time::timeout(AGAIN, &mut flipped).await {
            drop(flipped.expect("the store is there"));
            break;
        }
    }
    if let Some(relaying) = relaying {
        relaying.abort();
    }
}

/// What is there between two rounds.
#[derive(Debug, Clone, Copy)]
struct Level {
    allocated: i64,
    resident: Option<u64>,
}

/// The highest of some levels.
fn highest(levels: &[Level]) -> Level {
    let allocated = levels.iter().map(|level| level.allocated).max();
    Level {
        allocated: allocated.expect("there was a round"),
        resident: levels.iter().filter_map(|level| level.resident).max(),
    }
}

/// In a process of its own, so that what other tests allocate is not counted.
#[test]
fn clients_that_have_gone_leave_nothing() {
    let alone = [
        "--exact",
        "soak::alone_clients_that_have_gone_leave_nothing",
        "--ignored",
        "--nocapture",
    ];
    let tests = env::current_exe().expect("this runs");
    let ended = Command::new(tests).args(alone).output().expect("it runs");
    let said = String::from_utf8_lossy(&ended.stdout);
    println!("{said}");
    let failed = String::from_utf8_lossy(&ended.stderr);
    let passed = ended.status.success() && said.contains("1 passed");
    assert!(passed, "{said}{failed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by the test of this name, alone in its process"]
async fn alone_clients_that_have_gone_leave_nothing() {
    let lasting = asked();
    let line = "online-status --users 200 --changes 100 --timeout 2s".split(' ');
    let settings = Settings::from(&Cli::try_parse_from(line).unwrap().world);
    let server = Server::start(&settings).unwrap();
    let listener = Server::listen("127.0.0.1:0".parse().unwrap())
        .await
        .unwrap();
    let address = listener.local_addr().unwrap();
    let serving = server.clone();
    task::spawn(async move { serving.serve(listener, |_| ()).await });
    let metrics = Handle::current().metrics();
    let tasks = metrics.num_alive_tasks();
    let calls = Arc::<AtomicU64>::default();
    // With room for all, so that they are not taken for the clients'.
    let (mut visits, mut levels) = (0, Vec::with_capacity(1 << 16));
    // Who logs in for the first time is remembered by the server ever after.
    fall_silent(address).await;
    let end = Instant::now() + lasting;
    while Instant::now() < end {
        let visit = |number| {
            let visit = visit(server.clone(), address, number, Arc::clone(&calls));
            time::timeout(PATIENCE, task::spawn(visit))
        };
        for visited in join_all((visits..visits + CLIENTS.len()).map(visit)).await {
            visited
                .expect("it does not take for ever")
                .expect("all was seen");
        }
        visits += CLIENTS.len();
        let gone = async {
            while metrics.num_alive_tasks() > tasks {
                task::yield_now().await;
            }
        };
        let gone = time::timeout(PATIENCE, gone).await;
        gone.unwrap_or_else(|_| panic!("{} tasks are left", metrics.num_alive_tasks() - tasks));
        levels.push(Level {
            allocated: allocated(),
            resident: resident(),
        });
    }
    println!(
        "{lasting:?}: {visits} clients, {} calls",
        calls.load(SeqCst)
    );
    let tenth = levels.len().div_ceil(10);
    let (first, last) = (
        highest(&levels[..tenth]),
        highest(&levels[levels.len() - tenth..]),
    );
    println!("the first tenth: {first:?}");
    println!("the last tenth:  {last:?}");
    assert!(
        last.allocated <= first.allocated + SLACK,
        "{first:?}, {last:?}"
    );
    if let (Some(first), Some(last)) = (first.resident, last.resident) {
        assert!(last <= first * 3 / 2, "{first} kB, then {last} kB");
    }
}
