//! A roster on a web page: a snapshot first, and then each difference as a server-sent event.
//!
//! Each client has a [`ChangeStream`](store::ChangeStream) of its own. One that is slow, or asleep,
//! costs the same as any other: what it missed is merged into its next event.

use std::io;

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    response::{
        Html,
        sse::{Event, KeepAlive, Sse},
    },
    routing::{get, post},
};
use futures::{Stream, StreamExt as _};
use store::{
    Change, Map, Store, WeakStore,
    chat::{USER, User, UserId, UserStatus},
};
use tokio::net::TcpListener;

type Refusal = (StatusCode, &'static str);

/// Serves the page, and what it needs, until the store is dropped.
///
/// Every client is sent the final state before its stream ends.
///
/// # Errors
///
/// What the listener says.
pub fn serve(
    listener: TcpListener,
    store: &Store<User>,
) -> impl Future<Output = io::Result<()>> + use<> {
    let app = app(store.downgrade());
    let dropped = store.until(USER, User::USER_STATUS_LIST, |_| false);
    let stop = async move { drop(dropped.await) };
    axum::serve(listener, app)
        .with_graceful_shutdown(stop)
        .into_future()
}

/// The routes. They do not keep the store alive, so that the streams can end.
fn app(store: WeakStore<User>) -> Router {
    Router::new()
        .route("/", get(|| async { Html(include_str!("page.html")) }))
        .route("/events", get(events))
        .route("/status/{user}", post(put).delete(remove))
        .with_state(store)
}

async fn events(
    State(store): State<WeakStore<User>>,
) -> Result<Sse<impl Stream<Item = Result<Event, axum::Error>>>, Refusal> {
    let statuses = upgrade(&store)?.stream(USER, User::USER_STATUS_LIST);
    let events = statuses.map(|statuses| event(statuses.change()));
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}

/// The changes as JSON, which reads as a [`MapDiff`](store::MapDiff).
fn event(statuses: Change<'_, Map<UserId, UserStatus>>) -> Result<Event, axum::Error> {
    let name = match statuses.is_initial() {
        true => "snapshot",
        false => "changes",
    };
    let changes: Vec<_> = statuses.changes().collect();
    let id = statuses.revision().to_string();
    Event::default().event(name).id(id).json_data(changes)
}

async fn put(
    State(store): State<WeakStore<User>>,
    Path(user): Path<UserId>,
    Json(status): Json<UserStatus>,
) -> Result<StatusCode, Refusal> {
    upgrade(&store)?.update(USER, |draft| draft.user_status_list.insert(user, status));
    Ok(StatusCode::NO_CONTENT)
}

async fn remove(
    State(store): State<WeakStore<User>>,
    Path(user): Path<UserId>,
) -> Result<StatusCode, Refusal> {
    match upgrade(&store)?.update(USER, |draft| draft.user_status_list.remove(&user)) {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err((StatusCode::NOT_FOUND, "there is no such user")),
    }
}

fn upgrade(store: &WeakStore<User>) -> Result<Store<User>, Refusal> {
    let gone = (StatusCode::SERVICE_UNAVAILABLE, "the store is gone");
    store.upgrade().ok_or(gone)
}
