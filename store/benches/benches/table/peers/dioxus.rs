//! dioxus-signals, run without a screen: a virtual dom that shows nothing holds the signals.

use std::sync::{Arc, Mutex};

use dioxus_core::{ReactiveContext, RuntimeGuard, ScopeId, VNode, VirtualDom};
use dioxus_signals::{Memo, ReadableExt as _, Signal, WritableExt as _};

use crate::work::{Label, Peer, SOURCES, Sampler, Shape, Spot, Subject, WIDTH, both_ways, costly};

pub struct DioxusSignals;

/// A virtual dom, and the watchers that its signals told to run again.
pub struct Headless {
    dom: VirtualDom,
    watchers: Vec<Watcher>,
    dirty: Arc<Mutex<Vec<usize>>>,
}

/// What a component is to dioxus: it is told that it is dirty, and reads again when its turn comes.
struct Watcher {
    context: ReactiveContext,
    read: Box<dyn Fn()>,
}

impl Headless {
    pub fn new() -> Self {
        let mut dom = VirtualDom::new(VNode::empty);
        dom.rebuild_in_place();
        Self {
            dom,
            watchers: Vec::new(),
            dirty: Arc::default(),
        }
    }

    /// Where signals can be made.
    pub fn scope<T>(&self, make: impl FnOnce() -> T) -> T {
        let _guard = RuntimeGuard::new(self.dom.runtime());
        self.dom.in_scope(ScopeId::ROOT, make)
    }

    /// Shows a value, now and whenever it is dirty.
    pub fn watch(&mut self, read: impl Fn() -> u64 + 'static) {
        let (nth, dirty, label) = (
            self.watchers.len(),
            Arc::clone(&self.dirty),
            Label::default(),
        );
        let at = std::panic::Location::caller();
        let told = move || dirty.lock().unwrap().push(nth);
        let context = self.scope(|| ReactiveContext::new_with_callback(told, ScopeId::ROOT, at));
        let read: Box<dyn Fn()> = Box::new(move || label.show(read()));
        context.reset_and_run_in(&read);
        self.watchers.push(Watcher { context, read });
    }

    pub fn clear(&mut self) {
        self.watchers.clear();
    }

    /// Runs what is dirty.
    pub fn settle(&mut self, has_memos: bool) {
        if has_memos {
            self.dom.process_events();
        }
        let dirty = std::mem::take(&mut *self.dirty.lock().unwrap());
        for nth in dirty {
            let Watcher { context, read } = &self.watchers[nth];
            context.reset_and_run_in(read);
        }
    }
}

impl Peer for DioxusSignals {
    fn name(&self) -> &'static str {
        "dioxus-signals"
    }

    fn how(&self) -> &'static str {
        "marks a watcher dirty, as it does a component; who is dirty runs afterwards, reads the newest value and registers \
         again. It runs in a virtual dom that shows nothing, on one thread, so that there are no shared reads. An equal \
         value is told again. Derived values are memos, run by its scheduler. What watches is let go with the dom only, \
         so that nothing can be dropped alone"
    }

    fn told(&self, watchers: usize, elsewhere: usize) -> Option<Subject<'static>> {
        let mut dom = Headless::new();
        let (mut value, other) = dom.scope(|| (Signal::new(0), Signal::new(0)));
        for _ in 0..watchers {
            dom.watch(move || *value.read());
        }
        for _ in 0..elsewhere {
            dom.watch(move || *other.read());
        }
        Some(Box::new(move |number| {
            value.set(number);
            dom.settle(false);
        }))
    }

    fn fields(&self, count: usize) -> Option<Subject<'static>> {
        let mut dom = Headless::new();
        let mut fields: Vec<_> = dom.scope(|| (0..count).map(|_| Signal::new(0)).collect());
        let (first, last) = (fields[0], fields[count - 1]);
        dom.watch(move || *first.read() + *last.read());
        Some(Box::new(move |number| {
            for field in &mut fields {
                field.set(number);
            }
            dom.settle(false);
        }))
    }

    fn watchers(&self, count: u64, spot: Spot) -> Option<Sampler<'static>> {
        (spot == Spot::Field).then(|| {
            both_ways(count, move || {
                let mut dom = Headless::new();
                let value = dom.scope(|| Signal::new(0));
                for _ in 0..count {
                    dom.watch(move || *value.read());
                }
                dom
            })
        })
    }

    fn derived(&self, shape: Shape) -> Option<Subject<'static>> {
        Some(derived(shape))
    }
}

fn derived(shape: Shape) -> Subject<'static> {
    let mut dom = Headless::new();
    if shape == Shape::Mux {
        return mux(dom);
    }
    let mut source = dom.scope(|| Signal::new(0_u64));
    let first = move || Memo::new(move || *source.read() + 1);
    let next = |of: Memo<u64>| Memo::new(move || *of.read() + 1);
    match shape {
        Shape::Broad => {
            for _ in 0..WIDTH {
                let value = dom.scope(|| next(first()));
                dom.watch(move || *value.read());
            }
        }
        Shape::Deep => {
            let last = dom.scope(|| (1..WIDTH).fold(first(), |last, _| next(last)));
            dom.watch(move || *last.read());
        }
        Shape::Diamond => {
            let sum = dom.scope(|| {
                let five: [Memo<u64>; 5] = std::array::from_fn(|_| first());
                Memo::new(move || five.iter().map(|one| *one.read()).sum::<u64>())
            });
            dom.watch(move || *sum.read());
        }
        _ => {
            let last = dom.scope(|| {
                let nothing = Memo::new(move || source.with(|_| 0));
                (0..5).fold(nothing, |last, _| Memo::new(move || costly(*last.read())))
            });
            dom.watch(move || *last.read());
        }
    }
    Box::new(move |number| {
        source.set(number);
        dom.settle(true);
    })
}

fn mux(mut dom: Headless) -> Subject<'static> {
    let mut sources: Vec<_> = dom.scope(|| (0..SOURCES).map(|_| Signal::new(0_u64)).collect());
    let all = sources.clone();
    let whole = dom
        .scope(|| Memo::new(move || all.iter().map(|source| *source.read()).collect::<Vec<_>>()));
    for at in 0..sources.len() {
        let part = dom.scope(|| Memo::new(move || whole.read()[at] + 1));
        dom.watch(move || *part.read());
    }
    Box::new(move |number| {
        sources[(number % SOURCES) as usize].set(number);
        dom.settle(true);
    })
}
