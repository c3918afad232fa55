//! W10–W12 as the compiler keeps them: what may go to another thread, and what cannot.

use store::{
    ChangeStream, Executor, ManualClock, OwnedChange, OwnedKeyChange, OwnedRangeChange,
    OwnedStoreChange, Queue, StoreDropped, Stranded, Told, Work, WorkQueue, Worker,
};

use crate::app::{App, Purse};

const fn send<T: Send>() {}
const fn send_sync<T: Send + Sync>() {}
const fn unpin<T: Unpin>() {}
const fn executor<T: Executor>() {}

const _: () = {
    send::<ChangeStream<OwnedStoreChange<Purse>>>();
    send::<Worker>();
    send::<Work>();
    send_sync::<Told<App>>();
    send_sync::<WorkQueue>();
    send_sync::<Queue>();
    send_sync::<ManualClock>();
    send_sync::<Stranded>();
    send_sync::<StoreDropped>();
    send_sync::<(
        OwnedChange<i64>,
        OwnedKeyChange<u8, u8>,
        OwnedRangeChange<u8, u8>,
    )>();
    unpin::<ChangeStream<OwnedChange<i64>>>();
    unpin::<Told<App>>();
    executor::<WorkQueue>();
    executor::<tokio::runtime::Handle>();
    executor::<store::Spawner<futures::executor::ThreadPool>>();
};
