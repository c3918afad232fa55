//! W4, W5: what the store was given is dropped under no lock, wherever the program lets go of it.

use std::{any::Any, cell::RefCell};

use futures::FutureExt as _;
use store::{Inbox, Source as _, Store, WatcherGroup, WorkQueue};

use super::{
    Bank,
    CallOut::*,
    DESK, Desk, VAULT, Vault,
    call_out::pried,
    fill, prying,
    values::owning,
    verbs::{pry_into, stop_prying},
};

thread_local! {
    /// What a callback drops when it is called next, also if it is to stay on its thread.
    static TO_DROP: RefCell<Option<Owner>> = const { RefCell::new(None) };
}

/// Something that owns code of the program's, and is to be dropped.
type Owner = Box<dyn Any>;
type Make = fn(&Store<Bank>) -> Owner;

/// Everything that owns what it was given until it is dropped.
const OWNERS: &[(&str, Make)] = &[
    ("watcher", |store| {
        let owned = owning(|_| {});
        Box::new(store.watch(VAULT, Vault::GOLD.watch(move |_| owned(()))))
    }),
    ("group", |store| {
        let watch = || {
            let owned = owning(|_| {});
            store.watch(VAULT, Vault::SHELF.watch(move |_| owned(())))
        };
        Box::new([watch(), watch()].into_iter().collect::<WatcherGroup>())
    }),
    ("view", |store| {
        let owned = owning(|_| {});
        let rows = Vault::SHELF.view().filter(move |_, _| {
            owned(());
            true
        });
        Box::new(store.watch_across(rows.count().watch(|_| {})))
    }),
    ("guard", |store| {
        let owned = owning(|_| {});
        Box::new(store.guard(VAULT, move |_| {
            owned(());
            Ok(())
        }))
    }),
    ("derived value", |store| {
        let owned = owning(|_| {});
        Box::new(store.derive(Vault::VISITS, move |_| owned(())))
    }),
    ("until", |store| {
        let owned = owning(|_| {});
        let mut never = Box::pin(store.until(VAULT, Vault::VISITS, move |_| {
            owned(());
            false
        }));
        assert!((&mut never).now_or_never().is_none());
        Box::new(never)
    }),
    ("projected stream", |store| {
        let owned = owning(|_| {});
        let project = VAULT.project(move |vault: &Vault| {
            owned(());
            vault.visits
        });
        Box::new(store.stream(VAULT, project))
    }),
    ("inbox", |_| {
        let owned = owning(|_| {});
        Box::new(Inbox::new(move || owned(())))
    }),
    ("watched inbox", |store| {
        let (hook, owned) = (owning(|_| {}), owning(|_| {}));
        let inbox = Inbox::new(move || hook(()));
        let watch = Vault::GOLD.watch(move |_| owned(()));
        let local = store.on(&inbox).watch(VAULT, watch);
        Box::new((inbox, local))
    }),
    ("executor", |store| {
        let ((queue, worker), owned) = (WorkQueue::new(), owning(|_| {}));
        let watch = Vault::GOLD.watch(move |_| owned(()));
        Box::new((store.on(queue).watch(VAULT, watch), worker))
    }),
];

#[test]
fn w4_what_an_owner_lets_go_of_may_write() {
    prying(|store| {
        for (name, owner) in OWNERS {
            let owner = owner(store);
            let seen = pried(|| drop(owner));
            assert!(!seen.fates(Owned).is_empty(), "{name}");
            seen.made(&[Owned]);
        }
    });
}

#[test]
fn w5_what_an_owner_lets_go_of_in_a_callback_may_write() {
    prying(|store| {
        for (name, owner) in OWNERS {
            TO_DROP.set(Some(owner(store)));
            let watch = Desk::PAPERS.watch(|_| drop(TO_DROP.take()));
            let seen = pried(|| drop(store.watch(DESK, watch)));
            assert!(!seen.fates(Owned).is_empty(), "{name}");
            seen.made(&[Owned]);
        }
    });
}

/// It is refused a write where it is dropped at once, and makes it where that waits for the end of the write.
#[test]
fn w5_what_an_owner_lets_go_of_in_a_write_never_hangs() {
    prying(|store| {
        for (name, owner) in OWNERS {
            let owner = owner(store);
            let seen = pried(|| store.update(DESK, |_| drop(owner)));
            assert!(!seen.fates(Owned).is_empty(), "{name}");
        }
    });
}

#[test]
fn w11_what_nobody_has_read_may_write_when_its_stream_is_dropped() {
    prying(|store| {
        let mut alone = store.stream(VAULT, Vault::GOLD.ignoring("nobody"));
        let mut shared = [
            store.stream(VAULT, Vault::GOLD),
            store.stream(VAULT, Vault::GOLD),
        ];
        drop(alone.try_next());
        drop(shared[0].try_next());
        for number in 1..=3 {
            fill(store, number);
        }
        pried(|| drop(alone)).made(&[Drop]);
        pried(|| drop(shared)).made(&[Drop]);
    });
}

#[test]
fn w7_the_last_handle_drops_all_it_holds_under_no_lock() {
    prying(|other| {
        let hook = owning(|_| {});
        let store = Store::<Bank>::builder().on_panic(move |_| hook(())).build();
        fill(&store, 1);
        let owned = owning(|_| {});
        store
            .watch(VAULT, Vault::GOLD.watch(move |_| owned(())))
            .detach();
        let mut stream = store.stream(VAULT, Vault::GOLD);
        drop(stream.try_next());
        fill(&store, 2);
        // What is dropped with one store uses another, as its own has gone.
        pry_into(other);
        pried(|| drop(store)).made(&[Owned]);
        pried(|| while stream.try_next().is_some() {}).made(&[Drop]);
        pried(|| drop(stream));
    });
}

#[test]
fn w7_the_last_handle_may_be_dropped_in_a_callback_and_in_a_write() {
    prying(|other| {
        let one = || {
            let store = Store::<Bank>::new();
            fill(&store, 1);
            store
        };
        let mut last = Some(one());
        let watch = Desk::PAPERS.watch(move |_| drop(last.take()));
        pried(|| drop(other.watch(DESK, watch))).made(&[Drop]);
        let last = one();
        let seen = pried(|| other.update(DESK, |_| drop(last)));
        seen.refused(&[Drop]);
    });
}

#[test]
fn w7_the_store_may_go_while_its_own_values_use_it() {
    prying(|store| {
        let store_of_its_own = Store::<Bank>::new();
        pry_into(&store_of_its_own);
        fill(&store_of_its_own, 1);
        let own = store_of_its_own.clone();
        let mut last = Some(own);
        let watch = Vault::GOLD.watch(move |gold| {
            if gold.0 == 2 {
                drop(last.take());
            }
        });
        store_of_its_own.watch(VAULT, watch).detach();
        let weak = store_of_its_own.downgrade();
        pried(|| fill(&store_of_its_own, 2)).made(&[Drop]);
        // Its snapshots hold it too.
        stop_prying();
        drop(store_of_its_own);
        assert!(weak.upgrade().is_none());
        pry_into(store);
    });
}
