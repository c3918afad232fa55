//! One field is set, or several.

use store::{Model, Store, WatchIn, WatchOf, WatcherGroup};

use crate::work::{Label, Subject};

/// A named store with a value.
#[derive(Model)]
pub struct Counter {
    /// The field that is set.
    pub value: u64,
    /// A field of the same type that others watch.
    pub other: u64,
    /// A field that nobody touches.
    pub label: String,
}

pub fn told(watchers: usize, elsewhere: usize) -> Subject<'static> {
    let store = Store::<Counter>::new();
    let mut group = WatcherGroup::default();
    for _ in 0..watchers {
        let label = Label::default();
        let watch = Counter::VALUE.watch(move |value| label.show(*value));
        group.add(store.watch(COUNTER, watch));
    }
    for _ in 0..elsewhere {
        let label = Label::default();
        let watch = Counter::OTHER.watch(move |other| label.show(*other));
        group.add(store.watch(COUNTER, watch));
    }
    Box::new(move |number| {
        let _ = &group;
        store.update(COUNTER, |counter| counter.value.set(number));
    })
}

pub fn equal() -> Subject<'static> {
    let store = Store::<Counter>::new();
    let label = Label::default();
    let watch = Counter::VALUE.watch(move |value| label.show(*value));
    let watching = store.watch(COUNTER, watch);
    Box::new(move |_| {
        let _ = &watching;
        store.update(COUNTER, |counter| counter.value.set(0));
    })
}

pub fn fields(count: usize) -> Option<Subject<'static>> {
    match count {
        2 => Some(two()),
        100 => Some(hundred()),
        _ => None,
    }
}

fn two() -> Subject<'static> {
    let store = Store::<Counter>::new();
    let label = Label::default();
    let fields = COUNTER.fields((Counter::VALUE, Counter::OTHER));
    let watch = fields.watch(move |counter| label.show(counter.value + counter.other));
    let watching = store.watch(COUNTER, watch);
    Box::new(move |number| {
        let _ = &watching;
        store.update(COUNTER, |counter| {
            counter.value.set(number);
            counter.other.set(number);
        });
    })
}

/// A named store of many fields, and a write of all of them.
macro_rules! wide {
    ($($field:ident)+) => {
        /// A named store with a hundred fields.
        #[derive(Model)]
        pub struct Wide {
            $(/// One of a hundred.
            pub $field: u64,)+
        }

        fn set_all(wide: &mut WideDraft<'_>, number: u64) {
            $(wide.$field.set(number);)+
        }
    };
}

wide! {
    f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12 f13 f14 f15 f16 f17 f18 f19
    f20 f21 f22 f23 f24 f25 f26 f27 f28 f29 f30 f31 f32 f33 f34 f35 f36 f37 f38 f39
    f40 f41 f42 f43 f44 f45 f46 f47 f48 f49 f50 f51 f52 f53 f54 f55 f56 f57 f58 f59
    f60 f61 f62 f63 f64 f65 f66 f67 f68 f69 f70 f71 f72 f73 f74 f75 f76 f77 f78 f79
    f80 f81 f82 f83 f84 f85 f86 f87 f88 f89 f90 f91 f92 f93 f94 f95 f96 f97 f98 f99
}

fn first_and_last() -> impl WatchIn<Wide> + WatchOf<Wide> {
    let label = Label::default();
    let fields = WIDE.fields((Wide::F0, Wide::F99));
    fields.watch(move |wide| label.show(wide.f0 + wide.f99))
}

fn hundred() -> Subject<'static> {
    let store = Store::<Wide>::new();
    let watching = store.watch(WIDE, first_and_last());
    Box::new(move |number| {
        let _ = &watching;
        store.update(WIDE, |wide| set_all(wide, number));
    })
}
