//! Settings of a model and of its fields.

use store::{Model, Store};

#[derive(Model)]
#[model(name = "me", constant = "ME", rename_all = "camelCase")]
pub struct User {
    #[model(default = true, same = store::same::never)]
    pub online: bool,
    #[model(name = "nick")]
    pub nick_name: String,
    pub user_status_list: store::Map<String, u8>,
}

pub fn main() {
    let store = Store::<User>::new();
    assert!(store.snapshot(ME).online);
    assert_eq!(<User as Model>::NAME, "me");
    assert_eq!(
        User::fields().map_names(),
        ["online", "nick", "userStatusList"]
    );
}

trait Names {
    fn map_names(&self) -> Vec<&'static str>;
}

impl Names for Vec<store::FieldInfo> {
    fn map_names(&self) -> Vec<&'static str> {
        self.iter().map(|field| field.name).collect()
    }
}
