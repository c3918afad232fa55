//! A private field, from inside.

mod account {
    #[derive(store::Model)]
    pub struct Account {
        pub name: String,
        secret: String,
    }

    impl Account {
        pub fn rename(account: &mut AccountDraft<'_>, name: &str) {
            account.name.set(name.to_owned());
            account.secret.clear();
        }
    }
}

use account::{ACCOUNT, Account};
use store::Store;

pub fn main() {
    let store = Store::<Account>::new();
    store.update(ACCOUNT, |account| Account::rename(account, "alice"));
    assert_eq!(Account::NAME.get(&store.snapshot(ACCOUNT)), "alice");
}
