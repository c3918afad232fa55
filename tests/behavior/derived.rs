//! D1: derived fields: when they are computed, who is told, and that nobody writes them.

use std::cell::RefCell;

use serde_json::json;
use store::{Change, Map, Model, Store, Watch};

use crate::{
    app::{App, PURSE},
    support::{Log, entries},
};

thread_local! {
    static COMPUTED: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

/// Notes that the function of a derived field runs.
pub(crate) fn computing(field: &'static str) {
    COMPUTED.with_borrow_mut(|computed| computed.push(field));
}

/// What was computed on this thread since the last look.
pub(crate) fn computed() -> String {
    COMPUTED.take().join(" ")
}

/// A diamond, declared from its tip, and a chain that hangs from it.
#[derive(Model, Debug)]
struct Figure {
    #[model(derived = area(width, height))]
    area: i64,
    #[model(derived = is_big(area))]
    is_big: bool,
    #[model(derived = width(side))]
    width: i64,
    side: i64,
    #[model(derived = height(side))]
    height: i64,
    #[model(default = "figure".to_owned())]
    label: String,
    #[model(derived = title(label, is_big))]
    title: String,
}

fn width(side: &i64) -> i64 {
    computing("width");
    side.abs()
}

fn height(side: &i64) -> i64 {
    computing("height");
    2 * side.abs()
}

fn area(width: &i64, height: &i64) -> i64 {
    computing("area");
    width * height
}

fn is_big(area: &i64) -> bool {
    computing("is_big");
    *area > 100
}

fn title(label: &str, is_big: &bool) -> String {
    computing("title");
    format!("{}{label}", if *is_big { "big " } else { "" })
}

fn figure() -> Store<Figure> {
    let store = Store::new();
    computed();
    store
}

#[track_caller]
fn set_side(store: &Store<Figure>, side: i64) {
    store.update(FIGURE, |figure| figure.side.set(side));
}

#[test]
fn d1_a_derived_field_stands_beside_its_inputs_from_the_first_moment() {
    let store = Store::<Figure>::new();
    assert_eq!(computed(), "width height area is_big title");
    let figure = store.snapshot(FIGURE);
    assert_eq!((figure.area, &*figure.title), (0, "figure"));
    set_side(&store, 10);
    let figure = store.snapshot(FIGURE);
    assert_eq!((figure.width, figure.height, figure.area), (10, 20, 200));
    assert_eq!((figure.is_big, &*figure.title), (true, "big figure"));
}

/// D1: chains and diamonds, whatever order the fields are declared in.
#[test]
fn d1_each_is_computed_once_per_commit_after_what_it_is_derived_from() {
    let store = figure();
    store.update(FIGURE, |figure| {
        for side in 0..10 {
            figure.side.set(side);
            *figure.side += 1;
        }
        assert_eq!(computed(), "", "while the closure writes");
    });
    assert_eq!(computed(), "width height area is_big title");
}

#[test]
fn d1_what_no_input_of_changed_is_not_computed() {
    let store = figure();
    store.update(FIGURE, |figure| figure.label.push('!'));
    assert_eq!(computed(), "title");
    store.update(FIGURE, |figure| figure.label.set("figure!".to_owned()));
    set_side(&store, 0);
    assert_eq!(computed(), "", "writes without an effect");
    set_side(&store, 3);
    assert_eq!(computed(), "width height area is_big");
    set_side(&store, -3);
    assert_eq!(computed(), "width height", "which are as before");
}

#[test]
fn d1_equal_results_are_silent() {
    let (store, log) = (figure(), Log::default());
    let watch = Figure::watch()
        .is_big(log.of("is_big"))
        .area(log.of("area"))
        .title(log.of("title"));
    let _watching = store.watch(FIGURE, watch.changes_only());
    set_side(&store, 5);
    log.heard(["area: 0 -> 50"]);
    set_side(&store, -5);
    log.heard([]);
    set_side(&store, 50);
    log.heard([
        "area: 50 -> 5000",
        "is_big: false -> true",
        r#"title: "figure" -> "big figure""#,
    ]);
}

/// D1, W3, W8: one watcher's callbacks in the order of declaration; and every other kind of watch.
#[test]
fn d1_a_derived_field_is_watched_like_any_field() {
    let (store, log) = (figure(), Log::default());
    let fields = Figure::watch()
        .side(log.of("side"))
        .area(log.of("area"))
        .width(log.of("width"));
    let _fields = store.watch(FIGURE, fields.changes_only());
    set_side(&store, 1);
    log.heard(["area: 0 -> 2", "width: 0 -> 1", "side: 0 -> 1"]);

    let sum = FIGURE.project(|figure| figure.area + figure.side);
    let notes = log.clone();
    let two = FIGURE
        .fields((Figure::IS_BIG, Figure::AREA))
        .watch(move |figure| {
            notes.note(format_args!("two: {} {}", figure.is_big, figure.area));
        });
    let notes = log.clone();
    let any = FIGURE.any().watch(move |figure| {
        let area = figure.change_of(Figure::AREA);
        let old = area.and_then(Change::old);
        notes.note(format_args!("any: {old:?} -> {}", figure.area));
    });
    let _sum = store.watch(FIGURE, sum.watch(log.of("sum")).changes_only());
    let _two = store.watch(FIGURE, two.changes_only());
    let _any = store.watch(FIGURE, any.changes_only());
    drop(_fields);
    set_side(&store, 10);
    log.heard(["sum: 3 -> 210", "two: true 200", "any: Some(2) -> 200"]);
}

#[test]
fn d1_a_value_is_derived_at_run_time_from_derived_fields_of_the_same_write() {
    let (store, log) = (figure(), Log::default());
    let both = store.derive((Figure::AREA, Figure::SIDE), |(area, side)| (*area, *side));
    let _both = store.watch_across(both.watch(log.of("both")));
    set_side(&store, 3);
    set_side(&store, -3);
    assert_eq!(*store.derived(&both), (18, -3));
    log.heard([
        "both: (0, 0)",
        "both: (0, 0) -> (18, 3)",
        "both: (18, 3) -> (18, -3)",
    ]);
}

/// Who is there, and who of those is not busy.
#[derive(Model, Debug)]
struct Room {
    present: Map<String, bool>,
    #[model(derived = free(present))]
    free: Map<String, ()>,
}

fn free(present: &Map<String, bool>) -> Map<String, ()> {
    let free = present.iter().filter(|(_, busy)| !**busy);
    free.map(|(name, _)| (name.clone(), ())).collect()
}

/// D1, W8: a derived map, as a whole and key by key.
#[test]
fn d1_a_derived_collection_tells_what_differs_in_it() {
    let (store, log) = (Store::<Room>::new(), Log::default());
    let notes = log.clone();
    let whole = Room::FREE.watch(move |free| notes.note(entries(free.changes())));
    let _whole = store.watch(ROOM, whole.changes_only());
    let _key = store.watch(ROOM, Room::FREE.key("bob".to_owned()).watch(log.key()));
    let put = |name: &str, busy| {
        store.update(ROOM, |room| room.present.insert(name.to_owned(), busy));
    };
    put("ann", false);
    put("bob", false);
    put("cid", true);
    put("bob", true);
    log.heard([
        "bob: -",
        r#"+"ann"=()"#,
        r#"+"bob"=()"#,
        "bob: - -> ()",
        r#"-"bob"=()"#,
        "bob: () -> -",
    ]);
}

#[test]
fn d1_a_write_that_comes_to_nothing_computes_nothing() {
    let store = figure();
    store
        .try_update(FIGURE, |figure| {
            figure.side.set(7);
            Err::<(), _>("no")
        })
        .unwrap_err();
    let panicked = std::panic::catch_unwind(|| {
        store.update(FIGURE, |figure| {
            figure.side.set(7);
            panic!("no");
        })
    });
    panicked.unwrap_err();
    let guard = store.guard(FIGURE, |figure| match *figure.side {
        7 => Err("not seven".into()),
        _ => Ok(()),
    });
    store
        .try_update(FIGURE, |figure| {
            figure.side.set(7);
            Ok::<_, ()>(())
        })
        .unwrap_err();
    drop(guard);
    assert_eq!((&*computed(), store.snapshot(FIGURE).area), ("", 0));
    set_side(&store, 1);
    assert_eq!((store.snapshot(FIGURE).area, store.revision()), (2, 1));
}

/// D1, T7
#[test]
fn d1_a_reset_computes_derived_fields_from_the_defaults() {
    let (store, log) = (figure(), Log::default());
    let _area = store.watch(FIGURE, Figure::watch().area(log.of("area")));
    set_side(&store, 3);
    computed();
    store.reset(FIGURE);
    assert_eq!(computed(), "width height area is_big");
    log.heard(["area: 0", "area: 0 -> 18", "area: 18 -> 0"]);
    assert_eq!(Figure::AREA.default_value(), 0);
    assert_eq!(Figure::TITLE.default_value(), "figure");
}

/// D1, T7: to reset a derived field alone leaves it what its inputs say.
#[test]
fn d1_a_derived_field_is_not_reset_by_itself() {
    let store = figure();
    set_side(&store, 3);
    let reset = store.transaction(|tx| {
        tx.reset_field(FIGURE, Figure::AREA);
        Ok::<_, ()>(())
    });
    reset.unwrap();
    assert_eq!((store.snapshot(FIGURE).area, store.revision()), (18, 1));
}

#[test]
fn d1_what_is_given_for_a_derived_field_at_the_start_does_not_count() {
    let given = Figure {
        area: -1,
        is_big: true,
        width: -1,
        side: 3,
        height: -1,
        label: "mine".to_owned(),
        title: "yours".to_owned(),
    };
    computed();
    let store = Store::builder().initial(given).build();
    assert_eq!(computed(), "width height area is_big title");
    let figure = store.snapshot(FIGURE);
    assert_eq!((figure.width, figure.height, figure.area), (3, 6, 18));
    assert_eq!((figure.is_big, &*figure.title), (false, "mine"));
}

/// D1: a default that comes out different each time is evaluated once, for the field and for what
/// derives from it.
#[test]
fn d1_derived_fields_start_from_the_very_defaults_that_stand_beside_them() {
    thread_local! {
        static TICKET: RefCell<u32> = const { RefCell::new(0) };
    }
    fn next() -> u32 {
        TICKET.with_borrow_mut(|ticket| {
            *ticket += 1;
            *ticket
        })
    }
    fn twice(ticket: &u32) -> u32 {
        2 * ticket
    }
    #[derive(Model)]
    struct Visitor {
        #[model(default = next())]
        ticket: u32,
        #[model(derived = twice(ticket))]
        twice: u32,
    }
    let store = Store::<Visitor>::new();
    for ticket in 1..4 {
        let visitor = store.snapshot(VISITOR);
        assert_eq!((visitor.ticket, visitor.twice), (ticket, 2 * ticket));
        store.reset(VISITOR);
    }
}

/// D1: the keys of derived fields reach a draft like any other, but it is never committed.
#[test]
fn d1_what_is_written_to_a_derived_field_does_not_stick() {
    let (store, log) = (figure(), Log::default());
    let _area = store.watch(FIGURE, Figure::watch().area(log.of("area")));
    store.update(FIGURE, |figure| {
        Figure::AREA.draft(figure).set(1000);
        **Figure::WIDTH.draft(figure) += 1;
    });
    assert_eq!((&*computed(), store.revision()), ("", 0));
    store.update(FIGURE, |figure| {
        Figure::AREA.draft(figure).set(1000);
        figure.side.set(2);
        assert_eq!(*Figure::AREA.draft(figure).committed(), 0);
    });
    store.update(FIGURE, |figure| {
        Figure::AREA.draft(figure).set(1000);
        figure.label.set("square".to_owned());
    });
    assert_eq!(store.snapshot(FIGURE).area, 8);
    log.heard(["area: 0", "area: 0 -> 8"]);
}

/// D1, S6: by name, a derived field is listed with its inputs, read and watched, and not written.
#[test]
fn d1_by_name_a_derived_field_is_read_and_watched_but_not_written() {
    let (store, log) = (figure(), Log::default());
    let text = store.text();
    let fields = text.stores().remove(0).fields;
    assert_eq!(fields[Figure::AREA.info().index], Figure::AREA.info());
    assert_eq!(Figure::AREA.info().derived_from, ["width", "height"]);
    assert!(Figure::SIDE.info().derived_from.is_empty());

    let notes = log.clone();
    let _watching = text.watch("figure", "area", move |area| notes.note(area.new));
    text.write("figure", "side", json!(2)).unwrap();
    log.heard(["0", "8"]);
    assert_eq!(text.read("figure", "title").unwrap(), json!("figure"));

    let written = text.write("figure", "area", json!("a number")).unwrap_err();
    let said = "cannot write `figure.area`: it is derived from `width` and `height`, write that";
    assert_eq!(written.to_string(), said);
    let reset = text.reset("figure", "is_big").unwrap_err();
    assert_eq!(
        reset.to_string(),
        "cannot write `figure.is_big`: it is derived from `area`, write that"
    );
    assert_eq!(store.snapshot(FIGURE).area, 8);
}

thread_local! {
    static STORE: RefCell<Option<Store<App>>> = const { RefCell::new(None) };
}

#[derive(Model)]
struct Curious {
    question: i64,
    #[model(derived = ask(question))]
    coins: i64,
    #[model(derived = take(question))]
    taken: i64,
}

/// Reads another store.
fn ask(_question: &i64) -> i64 {
    STORE.with_borrow(|store| {
        store
            .as_ref()
            .map_or(0, |store| store.snapshot(PURSE).coins)
    })
}

/// Writes another store.
fn take(question: &i64) -> i64 {
    STORE.with_borrow(|store| {
        if let Some(store) = store {
            store.update(PURSE, |purse| *purse.coins -= question);
        }
    });
    *question
}

/// D1, R4: the function runs in the write: it may read, and its own write is refused.
#[test]
fn d1_the_function_of_a_derived_field_cannot_write() {
    let log = Log::default();
    let notes = log.clone();
    let store = Store::<Curious>::builder()
        .on_panic(move |report| notes.note(&report.message))
        .build();
    let purse = Store::<App>::new();
    purse.update(PURSE, |purse| purse.coins.set(7));
    STORE.set(Some(purse.clone()));
    store.update(CURIOUS, |curious| curious.question.set(1));
    let curious = store.snapshot(CURIOUS);
    assert_eq!((curious.coins, curious.taken), (7, 0));
    assert_eq!(purse.snapshot(PURSE).coins, 7);
    let said = log.take().remove(0);
    assert!(
        said.contains("was begun inside the write closure of"),
        "{said}"
    );
}
