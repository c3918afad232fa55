//! What a browser makes of it.

use std::io::{Write as _, stderr};

use serde_json::json;
use store::chat::{USER, User, UserStatus};

use crate::{Server, browser::Browser, online, soon};

/// Says so where nobody catches it, as a test that is skipped looks like one that passes.
fn skip() {
    let reason = "skipped: there is no chromium here to show the page\n";
    stderr().write_all(reason.as_bytes()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_shows_who_is_online_and_writes_what_is_entered() {
    let Some(mut browser) = Browser::start("page").await else {
        return skip();
    };
    let server = Server::start().await;
    server.put("bob", UserStatus::offline());
    server.put("carol", online("reading"));

    browser.open(&format!("http://{}/", server.address)).await;
    let rows = "[...document.querySelectorAll('#roster li')]
        .map(row => `${row.dataset.user} ${row.dataset.status} ${row.lastChild.textContent}`)";
    browser.until(&format!("{rows}.length == 2")).await;
    let shown = browser.value_of(rows).await;
    assert_eq!(shown, json!(["bob offline ", "carol online reading"]));

    // Somebody else writes: a new row in its place, one that differs, one less.
    server.put("alice", online("<b>here</b>"));
    server.put("bob", online("back"));
    server
        .store
        .update(USER, |user| user.user_status_list.remove("carol"));
    browser
        .until(&format!(
            "{rows}[1]?.startsWith('bob online') && {rows}.length == 2"
        ))
        .await;
    let shown = browser.value_of(rows).await;
    assert_eq!(
        shown,
        json!(["alice online <b>here</b>", "bob online back"])
    );

    // The user does.
    let entered = browser.value_of(
        "const form = document.getElementById('form');
        form.elements.user.value = 'dave';
        form.elements.text.value = 'new here';
        form.querySelector('button').click();
        form.elements.user.value",
    );
    assert_eq!(entered.await, "dave");
    let written = server
        .store
        .until(USER, User::USER_STATUS_LIST.key("dave".into()), |status| {
            status.is_some()
        });
    let written = soon(written).await.unwrap();
    assert_eq!(*written, Some(online("new here")));
    browser
        .until(&format!("{rows}[2] == 'dave online new here'"))
        .await;

    // The server stops, and the page says so.
    browser
        .until("document.getElementById('link').textContent == 'connected'")
        .await;
    drop(server.store);
    browser
        .until("document.getElementById('link').textContent == 'not connected'")
        .await;
    browser.close().await;
}
