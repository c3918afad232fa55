//! Models with parameters, bounds, defaults and a mention of themselves.
#![deny(warnings)]

use std::fmt::Debug;

use store::{Change, Map, Model, Store, Stores};

pub trait Item: Clone + Debug + Default + PartialEq + Send + Sync + 'static {
    type Id: Clone + Debug + Default + PartialEq + Send + Sync + 'static;
}

impl Item for u32 {
    type Id = String;
}

#[derive(Clone, PartialEq, Model)]
#[model(name = "page")]
pub struct Page<T: Item = u32, const N: usize = 2>
where
    T::Id: Debug,
{
    pub selected: Option<T::Id>,
    pub window: Vec<[T; N]>,
    pub parents: Vec<Self>,
    #[model(default = N)]
    pub size: usize,
    #[model(derived = Self::is_selected(selected))]
    pub is_selected: bool,
    #[model(derived = first::<T, N>(window))]
    pub first: Option<T>,
    #[model(folded = count(window))]
    pub edits: usize,
}

impl<T: Item, const N: usize> Page<T, N> {
    fn is_selected(selected: &Option<T::Id>) -> bool {
        selected.is_some()
    }
}

fn first<T: Item, const N: usize>(window: &[[T; N]]) -> Option<T> {
    window.first()?.first().cloned()
}

fn count<T>(last: usize, _window: Change<'_, Vec<T>>) -> usize {
    last + 1
}

#[derive(Stores)]
pub struct Pages<T: Item> {
    pub one: Page<T, 1>,
    pub two: Page<T, 2>,
}

#[derive(Model)]
pub struct Loose<T: PartialEq + 'static> {
    pub items: Map<String, T>,
    #[model(same = |old, new| old.len() == new.len())]
    pub more: Vec<T>,
}

fn grow<T: Item>(store: &Store<Pages<T>>) {
    store.update(Page::<T, 1>::STORE, |page| page.window.push([T::default()]));
}

fn main() {
    let store = Store::<Page>::new();
    store.update(Page::STORE, |page| page.selected.set(Some("a".to_owned())));
    assert_eq!(store.snapshot(Page::STORE).size, 2);
    assert!(store.snapshot(Page::STORE).is_selected);
    let _watching = store.watch(
        Page::STORE,
        Page::watch().selected(|selected| {
            assert_eq!(selected.as_deref(), Some("a"));
        }),
    );

    let store = Store::<Pages<u32>>::new();
    grow(&store);
    let page = store.snapshot(Page::STORE);
    assert_eq!((&page.window[..], page.first, page.edits), (&[[0; 1]][..], Some(0), 2));

    let store = Store::<Loose<u8>>::new();
    store.update(Loose::STORE, |loose| loose.more.push(1));
    assert_eq!(store.snapshot(Loose::STORE).more, [1]);
}
