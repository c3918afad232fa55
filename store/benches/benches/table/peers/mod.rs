//! The columns: the store first, the floor second, then its peers.

mod store;
mod floor;
mod eyeball;
mod tokio_watch;
mod futures_signals;
mod amethystate;
mod reactive_graph;
mod reactive_stores;
mod dioxus;
mod dioxus_stores;
mod arc_swap;
mod maps;

use std::{
    pin::Pin,
    task::{Context, Poll, Waker},
};

use futures::Stream;

pub use self::store::{from_scratch, inboxes, write_alone};
use crate::work::Peer;

/// All columns, in order.
pub fn peers() -> Vec<Box<dyn Peer>> {
    vec![
        Box::new(store::Store),
        Box::new(store::AtRunTime),
        Box::new(floor::Floor),
        Box::new(maps::Imbl),
        Box::new(maps::Im),
        Box::new(maps::Rpds),
        Box::new(arc_swap::ArcSwap),
        Box::new(eyeball::Eyeball),
        Box::new(tokio_watch::TokioWatch),
        Box::new(futures_signals::FuturesSignals),
        Box::new(amethystate::Amethystate),
        Box::new(reactive_graph::ReactiveGraph),
        Box::new(reactive_stores::ReactiveStores),
        Box::new(dioxus::DioxusSignals),
        Box::new(dioxus_stores::DioxusStores),
    ]
}

/// Polls a stream until it waits, and says how often it had something.
fn poll<S: Stream + Unpin>(stream: &mut S, mut hear: impl FnMut(S::Item)) -> usize {
    let mut context = Context::from_waker(Waker::noop());
    let mut items = 0;
    while let Poll::Ready(Some(item)) = Pin::new(&mut *stream).poll_next(&mut context) {
        hear(item);
        items += 1;
    }
    items
}
