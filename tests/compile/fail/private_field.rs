//! A private field, from outside.

mod account {
    #[derive(store::Model)]
    pub struct Account {
        pub name: String,
        secret: String,
    }
}

use account::{ACCOUNT, Account};
use store::Store;

fn main() {
    let store = Store::<Account>::new();
    store.update(ACCOUNT, |account| account.secret.clear());
    let _ = Account::SECRET;
    let _ = Account::watch().secret(|_| {});
}
