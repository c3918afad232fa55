//! Writes that fail leave no trace: by an error, by a panic, or because a guard refuses.

use std::panic::{AssertUnwindSafe, catch_unwind};

use store::{Model, Store, Stores, WriteError};

#[derive(Model)]
struct Purse {
    coins: u32,
}

#[derive(Model)]
struct Shop {
    sold: u32,
}

/// The named stores of this program. A transaction may write several of them at once.
#[derive(Stores)]
struct App {
    purse: Purse,
    shop: Shop,
}

fn buy(store: &Store<App>, price: u32) -> Result<(), WriteError<&'static str>> {
    store.transaction(|tx| {
        *tx.on(SHOP).sold += 1; // Undone if there are too few coins.
        let purse = tx.on(PURSE);
        *purse.coins = purse.coins.checked_sub(price).ok_or("too few coins")?;
        Ok(())
    })
}

fn main() {
    let store = Store::<App>::new();
    store.update(PURSE, |purse| purse.coins.set(10));

    let error = buy(&store, 11).unwrap_err();
    let reason = "the write closure gave up: too few coins";
    assert_eq!(error.to_string(), reason);

    let panic = catch_unwind(AssertUnwindSafe(|| {
        store.update(SHOP, |shop| {
            shop.sold.set(99);
            panic!("the till is jammed, as it should be in this example");
        });
    }));
    assert!(panic.is_err());

    let closed = store.guard(SHOP, |_| Err("the shop is closed".into()));
    assert!(matches!(buy(&store, 3), Err(WriteError::Refused(_))));
    drop(closed); // The guard is gone.

    assert_eq!((store.snapshot(SHOP).sold, store.revision()), (0, 1));
    assert!(buy(&store, 3).is_ok());
    let (shop, purse) = (store.snapshot(SHOP), store.snapshot(PURSE));
    assert_eq!((shop.sold, purse.coins), (1, 7));
    println!("Three failures left no trace; then three coins bought something.");
}
