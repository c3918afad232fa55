//! For those who know TUIStore: its call in a comment, ours below.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use store::{Map, Model, Store};

#[derive(Model)]
struct User {
    display_online_status: bool,
    #[model(default = "zh".to_owned())]
    target_language: String,
    user_status_list: Map<&'static str, u8>,
}

fn main() {
    let (dots, drawn) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (shown, rows) = (Arc::clone(&dots), Arc::clone(&drawn));

    // TUIStore is a global.
    let store = Store::<User>::new();

    // TUIStore.watch(StoreName.USER, {
    //   displayOnlineStatus: (on) => { dots.show(on) },
    //   userStatusList: (list) => { rows.forEach((row) => row.draw(list.get(row.userID))) },
    // })
    let watching = store.watch(
        USER,
        User::watch()
            .display_online_status(move |on| shown.store(usize::from(*on), Relaxed))
            .user_status_list(move |list| {
                // Only the rows that differ; TUIStore hands over the whole list.
                rows.fetch_add(list.changes().count(), Relaxed);
            }),
    );

    // TUIStore.update(StoreName.USER, 'displayOnlineStatus', true)
    store.update(USER, |user| user.display_online_status.set(true));

    // TUIStore.update(StoreName.USER, 'userStatusList', [{ userID: 'alice', statusType: 1 }])
    store.update(USER, |user| user.user_status_list.insert("alice", 1));

    // TUIStore.getData(StoreName.USER, 'userStatusList').get('alice')
    assert_eq!(store.snapshot(USER).user_status_list.get("alice"), Some(&1));

    // TUIStore.unwatch(StoreName.USER, { userStatusList: theVerySameFunction })
    drop(watching);

    // TUIStore.reset(StoreName.USER, [], true)
    store.reset(USER);

    assert_eq!(store.snapshot(USER).target_language, "zh");
    assert_eq!((dots.load(Relaxed), drawn.load(Relaxed)), (1, 1));
    println!("One row was drawn for one status that came.");
}
