//! A browser without a window, driven through the pipes of its debugging protocol.

use std::{fs, path::PathBuf, process::Stdio};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    process::{Child, ChildStdin, ChildStdout, Command},
};

use crate::soon;

/// The browser reads commands from 3 and answers on 4.
const START: &str = r#"exec chromium "$@" 3<&0 4>&1 </dev/null >&2"#;

const OPTIONS: [&str; 10] = [
    "--headless",
    "--remote-debugging-pipe",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--no-first-run",
];

pub(crate) struct Browser {
    process: Child,
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
    last_id: u64,
    session: Value,
    home: PathBuf,
}

impl Browser {
    /// Starts one with an empty home of its own, on one empty page; `None` if none is installed.
    pub(crate) async fn start(name: &str) -> Option<Self> {
        let look = Command::new("sh")
            .args(["-c", "command -v chromium"])
            .output();
        if !look.await.unwrap().status.success() {
            return None;
        }
        let home = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&home);
        let mut process = Command::new("sh")
            .args(["-c", START, "sh"])
            .args(OPTIONS)
            .arg(format!("--user-data-dir={}", home.display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut browser = Self {
            commands: process.stdin.take().unwrap(),
            answers: BufReader::new(process.stdout.take().unwrap()),
            process,
            last_id: 0,
            session: Value::Null,
            home,
        };
        let page = json!({"url": "about:blank"});
        let page = browser.call("Target.createTarget", page).await;
        let page = json!({"targetId": page["targetId"], "flatten": true});
        browser.session = browser.call("Target.attachToTarget", page).await["sessionId"].take();
        Some(browser)
    }

    async fn call(&mut self, method: &str, params: Value) -> Value {
        self.last_id += 1;
        let mut command = json!({"id": self.last_id, "method": method, "params": params});
        if !self.session.is_null() {
            command["sessionId"] = self.session.clone();
        }
        let command = format!("{command}\0");
        self.commands.write_all(command.as_bytes()).await.unwrap();
        loop {
            let mut answer = Vec::new();
            let read = soon(self.answers.read_until(0, &mut answer)).await.unwrap();
            assert!(
                read > 0,
                "the browser has ended before it answered {method}"
            );
            let mut answer: Value = serde_json::from_slice(&answer[..read - 1]).unwrap();
            // What it tells unasked has no id.
            if answer["id"] == self.last_id {
                assert!(answer["error"].is_null(), "{method}: {answer}");
                return answer["result"].take();
            }
        }
    }

    /// Opens a page.
    pub(crate) async fn open(&mut self, url: &str) {
        let opened = self.call("Page.navigate", json!({"url": url})).await;
        assert!(opened["errorText"].is_null(), "{url}: {opened}");
    }

    /// The value of an expression of the page's language; of a promise, once it is kept.
    pub(crate) async fn value_of(&mut self, expression: &str) -> Value {
        let params = json!({
            "expression": expression,
            "awaitPromise": true,
            "returnByValue": true,
            "userGesture": true,
        });
        let mut answer = self.call("Runtime.evaluate", params).await;
        assert!(
            answer["exceptionDetails"].is_null(),
            "{expression}: {answer}"
        );
        answer["result"]["value"].take()
    }

    /// Waits until an expression is true, looking again whenever the page has changed.
    pub(crate) async fn until(&mut self, expression: &str) {
        let promise = format!(
            "new Promise((kept, broken) => {{
                const look = () => {{ if ({expression}) kept(true) }};
                const all = {{attributes: true, characterData: true, childList: true, subtree: true}};
                new MutationObserver(look).observe(document, all);
                setTimeout(() => broken('the page shows ' + document.body.innerText), 30000);
                look();
            }})"
        );
        assert_eq!(self.value_of(&promise).await, true);
    }

    pub(crate) async fn close(mut self) {
        self.call("Browser.close", json!({})).await;
        soon(self.process.wait()).await.unwrap();
        let _ = fs::remove_dir_all(&self.home);
    }
}
