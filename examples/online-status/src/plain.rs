//! One line per change, for scripts and for terminals that are none.

use std::{
    io::{self, Write as _},
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread,
    time::{Duration, Instant},
};

use futures::future::OptionFuture;
use store::{
    WatcherGroup,
    chat::{CONVERSATION, Conversations, USER, User, online_status},
};
use tokio::{sync::oneshot, time};

use crate::{
    app::{SCREEN, Screen},
    client::Client,
    show,
};

/// How many lines may wait for a slow reader; then the writers wait, too.
const WAITING: usize = 1_024;

/// Prints changes until the time is over, or, without a time, until the input ends.
///
/// Ends early if nobody reads any longer.
pub(crate) async fn run(client: &Client, lasting: Option<Duration>) {
    let (lines, printed) = sync_channel(WAITING);
    let unread = on_thread(move || print(&printed));
    let _watching = watch(client, &lines);
    let input_ended = OptionFuture::from(lasting.is_none().then(|| on_thread(drain_input)));
    let over = OptionFuture::from(lasting.map(time::sleep));
    tokio::select! {
        _ = unread => {}
        Some(_) = input_ended => {}
        Some(()) = over => {}
        // Without a handler the signal ends the program anyway.
        _ = tokio::signal::ctrl_c() => {}
    }
}

/// Runs something that blocks where it keeps nobody from ending, and says when it is done.
fn on_thread(work: impl FnOnce() + Send + 'static) -> oneshot::Receiver<()> {
    let (done, wait) = oneshot::channel();
    thread::spawn(move || {
        work();
        drop(done);
    });
    wait
}

/// Prints lines until there are no more, or nobody reads them.
fn print(lines: &Receiver<String>) {
    let began = Instant::now();
    let mut out = io::stdout();
    for line in lines {
        let at = began.elapsed().as_secs_f64();
        if writeln!(out, "{at:8.3}  {}", show::clean(&line)).is_err() {
            return;
        }
    }
}

fn drain_input() {
    // An input that fails has ended, too.
    let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
}

/// Watches everything worth a line.
fn watch(client: &Client, lines: &SyncSender<String>) -> WatcherGroup {
    let say = || {
        let lines = lines.clone();
        move |line: String| {
            // Nobody reads any longer: the program is about to end.
            let _ = lines.send(line);
        }
    };
    let (switch, link, refusal, session, presence) = (say(), say(), say(), say(), say());
    let user = User::watch()
        .display_online_status(move |on| {
            switch(format!("online status: {}", if *on { "on" } else { "off" }));
        })
        .user_status_list(move |list| {
            for change in list.changes() {
                presence(match change.new() {
                    Some(status) => {
                        let dot = online_status(true, Some(status));
                        let words = show::status(dot, Some(status), show::now());
                        format!("{} {:<16} {words}", show::glyph(dot), change.key())
                    }
                    None => format!("  {:<16} no longer shown", change.key()),
                });
            }
        })
        .online_status_error(move |error| {
            if let Some(error) = &*error {
                refusal(format!("refused: {}", show::error(error)));
            }
        })
        .kicked_out(move |reason| {
            if let Some(reason) = &*reason {
                session(format!("the server ended the session: {reason:?}"));
            }
        })
        .net_state(move |state| link(format!("link: {}", show::link(*state))));
    let (unread, trouble) = (say(), say());
    let talks = Conversations::watch().conversation_list(move |list| {
        for change in list.changes() {
            let unread_before = change.old().map_or(0, |before| before.unread_count);
            if let Some(now) = change.new()
                && now.unread_count > unread_before
            {
                unread(format!(
                    "✉ {:<16} {} ({} unread)",
                    now.name, now.last_message, now.unread_count
                ));
            }
        }
    });
    let screen = Screen::watch().trouble(move |reason| {
        if let Some(reason) = &*reason {
            trouble(format!("no connection: {reason}"));
        }
    });
    let store = client.store();
    [
        store.watch(USER, user),
        store.watch(CONVERSATION, talks),
        store.watch(SCREEN, screen),
    ]
    .into_iter()
    .collect()
}
