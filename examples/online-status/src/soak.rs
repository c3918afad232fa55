//! Clients that come and go over loopback TCP, for as long as one likes: each sees what the server says, and nothing is left
//! of those that are gone.
//!
//! `SOAK_FOR=1h cargo test --release -p online-status soak -- --nocapture` runs for an hour and prints what was counted.

use std::{
    env, fs,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};

use clap::Parser as _;
use futures::future::join_all;
use store::chat::{CONTACT, USER, User, UserId};
use tokio::{runtime::Handle, task, time};

use crate::{
    backend::Dial,
    cli::Cli,
    client::Client,
    server::{Server, Settings},
};

/// Who is there at once; each on one device, as a second would end the first.
const CLIENTS: [&str; 8] = [
    "alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi",
];

/// How many of their friends they look at.
const ROWS: usize = 10;

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

/// How many kilobytes of this process are resident, where the system says so.
fn resident() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Connects, sees how friends are doing, sees one of them come or go, and leaves.
async fn visit(server: Server, address: SocketAddr, number: usize, calls: Arc<AtomicU64>) {
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
    let seen = rows.clone();
    let known = client
        .store()
        .until(USER, User::USER_STATUS_LIST, move |list| {
            let fresh = |user| list.get(user).is_some_and(|status| status.fresh);
            seen.iter().all(fresh)
        });
    known.await.expect("the store is there");
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
            return drop(flipped.expect("the store is there"));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_have_gone_leave_nothing() {
    let lasting = asked();
    let line = ["online-status", "--users", "200", "--changes", "100"];
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
    let (mut visits, mut levels) = (0, Vec::new());
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
        levels.extend(resident());
    }
    println!(
        "{lasting:?}: {visits} clients, {} calls",
        calls.load(SeqCst)
    );
    let tenth = levels.len().div_ceil(10);
    let most = |levels: &[u64]| levels.iter().copied().max();
    let (first, last) = (
        most(&levels[..tenth]),
        most(&levels[levels.len() - tenth..]),
    );
    println!("{first:?} kB resident in the first tenth, {last:?} kB in the last");
    if let (Some(first), Some(last)) = (first, last) {
        assert!(last <= first * 3 / 2, "{first} kB, then {last} kB");
    }
}
