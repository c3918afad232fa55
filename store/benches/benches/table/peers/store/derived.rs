//! Derived values: as fields, and as values derived at run time.

use store::{Derived, Map, Model, Store, WatchIn, WatchOf, Watcher, WatcherGroup};

use super::field::{COUNTER, Counter};
use crate::work::{Label, SOURCES, Shape, Subject, WIDTH, costly};

/// Fifty pairs of fields, and a watch of the second ones.
macro_rules! broad {
    ($($first:ident $second:ident $key:ident;)+) => {
        /// [`Shape::Broad`] as fields.
        #[derive(Model)]
        pub struct Broad {
            /// What all are derived from.
            pub source: u64,
            $(/// One of fifty.
            #[model(derived = next(source))]
            pub $first: u64,
            /// The one behind it.
            #[model(derived = next($first))]
            pub $second: u64,)+
        }

        fn watch_broad(store: &Store<Broad>) -> WatcherGroup {
            let mut group = WatcherGroup::default();
            $(let label = Label::default();
            let watch = Broad::$key.watch(move |value| label.show(*value));
            group.add(store.watch(BROAD, watch));)+
            group
        }
    };
}

broad! {
    a0 b0 B0; a1 b1 B1; a2 b2 B2; a3 b3 B3; a4 b4 B4; a5 b5 B5; a6 b6 B6; a7 b7 B7; a8 b8 B8; a9
    b9 B9; a10 b10 B10; a11 b11 B11; a12 b12 B12; a13 b13 B13; a14 b14 B14; a15 b15 B15; a16 b16
    B16; a17 b17 B17; a18 b18 B18; a19 b19 B19; a20 b20 B20; a21 b21 B21; a22 b22 B22; a23 b23
    B23; a24 b24 B24; a25 b25 B25; a26 b26 B26; a27 b27 B27; a28 b28 B28; a29 b29 B29; a30 b30
    B30; a31 b31 B31; a32 b32 B32; a33 b33 B33; a34 b34 B34; a35 b35 B35; a36 b36 B36; a37 b37
    B37; a38 b38 B38; a39 b39 B39; a40 b40 B40; a41 b41 B41; a42 b42 B42; a43 b43 B43; a44 b44
    B44; a45 b45 B45; a46 b46 B46; a47 b47 B47; a48 b48 B48; a49 b49 B49;
}

/// Fifty fields behind each other.
macro_rules! deep {
    ($($field:ident from $before:ident;)+) => {
        /// [`Shape::Deep`] as fields.
        #[derive(Model)]
        pub struct Deep {
            /// What all are derived from.
            pub source: u64,
            $(/// One of fifty.
            #[model(derived = next($before))]
            pub $field: u64,)+
        }
    };
}

deep! {
    d0 from source; d1 from d0; d2 from d1; d3 from d2; d4 from d3; d5 from d4; d6 from d5; d7
    from d6; d8 from d7; d9 from d8; d10 from d9; d11 from d10; d12 from d11; d13 from d12; d14
    from d13; d15 from d14; d16 from d15; d17 from d16; d18 from d17; d19 from d18; d20 from
    d19; d21 from d20; d22 from d21; d23 from d22; d24 from d23; d25 from d24; d26 from d25; d27
    from d26; d28 from d27; d29 from d28; d30 from d29; d31 from d30; d32 from d31; d33 from
    d32; d34 from d33; d35 from d34; d36 from d35; d37 from d36; d38 from d37; d39 from d38; d40
    from d39; d41 from d40; d42 from d41; d43 from d42; d44 from d43; d45 from d44; d46 from
    d45; d47 from d46; d48 from d47; d49 from d48;
}

/// [`Shape::Diamond`] as fields.
#[derive(Model)]
pub struct Diamond {
    /// What all are derived from.
    pub source: u64,
    #[model(derived = next(source))]
    a: u64,
    #[model(derived = next(source))]
    b: u64,
    #[model(derived = next(source))]
    c: u64,
    #[model(derived = next(source))]
    d: u64,
    #[model(derived = next(source))]
    e: u64,
    /// The end.
    #[model(derived = sum(a, b, c, d, e))]
    pub sum: u64,
}

/// [`Shape::Avoidable`] as fields.
#[derive(Model)]
pub struct Avoidable {
    /// What all are derived from.
    pub source: u64,
    #[model(derived = nothing(source))]
    nothing: u64,
    #[model(derived = slow(nothing))]
    a: u64,
    #[model(derived = slow(a))]
    b: u64,
    #[model(derived = slow(b))]
    c: u64,
    #[model(derived = slow(c))]
    d: u64,
    /// The end.
    #[model(derived = slow(d))]
    pub e: u64,
}

/// [`Shape::Mux`] as fields.
#[derive(Model)]
pub struct Mux {
    /// What all are derived from.
    #[model(default = (0..SOURCES).map(|source| (source, 0)).collect())]
    pub sources: Map<u64, u64>,
    /// All of them as one value.
    #[model(derived = whole(sources))]
    pub whole: Map<u64, u64>,
}

fn next(value: &u64) -> u64 {
    value.wrapping_add(1)
}

fn nothing(_: &u64) -> u64 {
    0
}

fn slow(value: &u64) -> u64 {
    costly(*value)
}

fn sum(a: &u64, b: &u64, c: &u64, d: &u64, e: &u64) -> u64 {
    [a, b, c, d, e]
        .into_iter()
        .fold(0, |sum, value| sum.wrapping_add(*value))
}

fn whole(sources: &Map<u64, u64>) -> Map<u64, u64> {
    sources.clone()
}

fn watched<M, W>(
    store: Store<M>,
    watch: W,
    write: impl Fn(&Store<M>, u64) + 'static,
) -> Subject<'static>
where
    M: Model + store::Stores + store::Holds<M>,
    W: WatchIn<M> + WatchOf<M>,
{
    let watching = store.watch_across(watch);
    Box::new(move |number| {
        let _ = &watching;
        write(&store, number);
    })
}

pub fn fields(shape: Shape) -> Subject<'static> {
    let label = Label::default();
    match shape {
        Shape::Broad => {
            let store = Store::<Broad>::new();
            let group = watch_broad(&store);
            Box::new(move |number| {
                let _ = &group;
                store.update(BROAD, |broad| broad.source.set(number));
            })
        }
        Shape::Deep => watched(
            Store::new(),
            Deep::D49.watch(move |value| label.show(*value)),
            |store, number| store.update(DEEP, |deep| deep.source.set(number)),
        ),
        Shape::Diamond => watched(
            Store::new(),
            Diamond::SUM.watch(move |value| label.show(*value)),
            |store, number| store.update(DIAMOND, |diamond| diamond.source.set(number)),
        ),
        Shape::Avoidable => watched(
            Store::new(),
            Avoidable::E.watch(move |value| label.show(*value)),
            |store, number| store.update(AVOIDABLE, |avoidable| avoidable.source.set(number)),
        ),
        Shape::Mux => {
            let store = Store::<Mux>::new();
            let mut group = WatcherGroup::default();
            for source in 0..SOURCES {
                let label = Label::default();
                let key = Mux::WHOLE.key(source);
                let watch = key.watch(move |value| label.show(value.value().map_or(0, next)));
                group.add(store.watch(MUX, watch));
            }
            Box::new(move |number| {
                let _ = &group;
                store.update(MUX, |mux| mux.sources.insert(number % SOURCES, number));
            })
        }
    }
}

type Value = Derived<Counter, u64>;

fn watch(store: &Store<Counter>, value: &Value) -> Watcher {
    let label = Label::default();
    store.watch_across(value.watch(move |value| label.show(*value)))
}

pub fn at_run_time(shape: Shape) -> Subject<'static> {
    if shape == Shape::Mux {
        return mux_at_run_time();
    }
    let store = Store::<Counter>::new();
    let mut group = WatcherGroup::default();
    let first = || store.derive(Counter::VALUE, next);
    let chain = |first: Value, length: usize, step: fn(&u64) -> u64| {
        (1..length).fold(first, |last, _| store.derive(last, step))
    };
    match shape {
        Shape::Broad => {
            for _ in 0..WIDTH {
                group.add(watch(&store, &store.derive(first(), next)));
            }
        }
        Shape::Deep => group.add(watch(&store, &chain(first(), WIDTH, next))),
        Shape::Diamond => {
            let five = (first(), first(), first(), first(), first());
            let sum = store.derive(five, |(a, b, c, d, e)| sum(a, b, c, d, e));
            group.add(watch(&store, &sum));
        }
        _ => {
            let nothing = store.derive(Counter::VALUE, nothing);
            group.add(watch(&store, &chain(store.derive(nothing, slow), 5, slow)));
        }
    }
    Box::new(move |number| {
        let _ = &group;
        store.update(COUNTER, |counter| counter.value.set(number));
    })
}

fn mux_at_run_time() -> Subject<'static> {
    let store = Store::<Mux>::new();
    let mut group = WatcherGroup::default();
    let mux = store.derive(Mux::SOURCES, whole);
    for source in 0..SOURCES {
        let part = store.derive(mux.clone(), move |whole| whole.get(&source).map_or(0, next));
        let label = Label::default();
        group.add(store.watch_across(part.watch(move |value| label.show(*value))));
    }
    Box::new(move |number| {
        let _ = &group;
        store.update(MUX, |mux| mux.sources.insert(number % SOURCES, number));
    })
}
