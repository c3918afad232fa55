//! Access by text names does what typed access does, and refuses what serde refuses, without a trace.

use std::sync::Arc;

use arbitrary::{Arbitrary, Result, Unstructured};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{List, Map, Model, RuntimeKeys, Set, Store, Stores, TextError, Watcher};

use crate::json::{drawn, json, key};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Point {
    x: i32,
    y: Option<f64>,
}

/// Knows nothing of serde.
#[derive(Clone, Debug, Default, PartialEq)]
struct Opaque;

#[derive(Clone, Debug, Model)]
struct Plain {
    flag: bool,
    small: u8,
    #[model(default = 7)]
    wide: i64,
    real: f64,
    word: String,
    maybe: Option<u16>,
    point: Point,
    map: Map<u8, Point>,
    named: Map<String, Value>,
    set: Set<u8>,
    list: List<Option<u8>>,
    #[model(derived = len(list))]
    len: usize,
    opaque: Opaque,
}

fn len(list: &List<Option<u8>>) -> usize {
    list.len()
}

#[derive(Clone, Debug, Model)]
struct Custom {
    theme: String,
    #[model(runtime_keys)]
    more: RuntimeKeys,
}

#[derive(Clone, Debug, Stores)]
struct App {
    plain: Plain,
    custom: Custom,
}

/// What somebody hears of a field, checked as it comes.
type Heard = Arc<Mutex<Option<Value>>>;

struct Watched {
    store: String,
    field: String,
    heard: Heard,
    _watcher: Watcher,
}

/// Writes, reads, resets and watches by names that may be there.
pub fn text(bytes: &[u8]) {
    // Where the bytes end there is nothing more to try.
    let _ = program(&mut Unstructured::new(bytes));
}

fn program(bytes: &mut Unstructured<'_>) -> Result<()> {
    let store = Store::<App>::new();
    let mut watched = Vec::new();
    for _ in 0..48 {
        let (name, field) = names(bytes)?;
        let before = store.snapshot_all();
        match bytes.int_in_range(0..=7)? {
            0 => reset(&store, &name, &field),
            1 => watched.extend(watch(&store, &name, &field)),
            2 => drop(watched.pop()),
            3 => drop(store.text().read(&name, &field).map_err(said)),
            _ => {
                let value = match bytes.ratio(1, 2)? {
                    true => fitting(bytes, &field)?,
                    false => json(bytes)?,
                };
                write(&store, &name, &field, value);
            }
        }
        let after = store.snapshot_all();
        let differs = format!("{:?}", after[PLAIN]) != format!("{:?}", before[PLAIN])
            || after[CUSTOM].more != before[CUSTOM].more
            || after[CUSTOM].theme != before[CUSTOM].theme;
        // Zero has two signs, which differ in print and are equal.
        assert!(
            differs || after.revision() == before.revision(),
            "a commit without a difference"
        );
        assert!(
            after.revision() - before.revision() <= 1,
            "one write is one commit"
        );
        check(&store, &watched);
        if bytes.is_empty() {
            break;
        }
    }
    Ok(())
}

/// The name of a store and of a field, or something like them.
fn names(bytes: &mut Unstructured<'_>) -> Result<(String, String)> {
    let fields = [
        "flag", "small", "wide", "real", "word", "maybe", "point", "map", "named", "set", "list",
        "len", "opaque", "theme", "more",
    ];
    let store = match bytes.int_in_range(0..=15)? {
        0 => String::arbitrary(bytes)?,
        1..=4 => "custom".to_owned(),
        _ => "plain".to_owned(),
    };
    let field = match bytes.int_in_range(0..=7)? {
        0 => String::arbitrary(bytes)?,
        1 => key(bytes)?,
        _ => (*bytes.choose(&fields)?).to_owned(),
    };
    Ok((store, field))
}

/// A value that is probably one of the field's type.
fn fitting(bytes: &mut Unstructured<'_>, field: &str) -> Result<Value> {
    let point = |bytes: &mut Unstructured<'_>| {
        Ok(serde_json::json!({ "x": i32::arbitrary(bytes)?, "y": f64::arbitrary(bytes)? }))
    };
    Ok(match field {
        "flag" => bool::arbitrary(bytes)?.into(),
        "small" => u8::arbitrary(bytes)?.into(),
        "wide" => i64::arbitrary(bytes)?.into(),
        "real" => f64::arbitrary(bytes)?.into(),
        "word" | "theme" => String::arbitrary(bytes)?.into(),
        "maybe" => Option::<u16>::arbitrary(bytes)?.into(),
        "point" => point(bytes)?,
        "map" => Value::Object(
            drawn(bytes, |bytes| Ok((key(bytes)?, point(bytes)?)))?
                .into_iter()
                .collect(),
        ),
        "set" | "list" => drawn(bytes, u8::arbitrary)?.into(),
        _ => json(bytes)?,
    })
}

/// The error of a refusal, which is said in words.
fn said(error: TextError) -> TextError {
    assert!(!error.to_string().is_empty());
    error
}

/// What typed access holds, as JSON; what is no field is a run-time key, or nothing.
fn typed(store: &Store<App>, name: &str, field: &str) -> Option<Value> {
    let (plain, custom) = (store.snapshot(PLAIN), store.snapshot(CUSTOM));
    let value = match (name, field) {
        ("plain", "flag") => serde_json::to_value(plain.flag),
        ("plain", "small") => serde_json::to_value(plain.small),
        ("plain", "wide") => serde_json::to_value(plain.wide),
        ("plain", "real") => serde_json::to_value(plain.real),
        ("plain", "word") => serde_json::to_value(&plain.word),
        ("plain", "maybe") => serde_json::to_value(plain.maybe),
        ("plain", "point") => serde_json::to_value(&plain.point),
        ("plain", "map") => serde_json::to_value(&plain.map),
        ("plain", "named") => serde_json::to_value(&plain.named),
        ("plain", "set") => serde_json::to_value(&plain.set),
        ("plain", "list") => serde_json::to_value(&plain.list),
        ("plain", "len") => serde_json::to_value(plain.len),
        ("custom", "theme") => serde_json::to_value(&custom.theme),
        ("custom", key) => serde_json::to_value(custom.more.get(key)),
        _ => return None,
    };
    value.ok()
}

/// Whether serde makes a value of the field's type of it.
fn fits(name: &str, field: &str, value: &Value) -> bool {
    fn is<T: for<'de> Deserialize<'de>>(value: &Value) -> bool {
        serde_json::from_value::<T>(value.clone()).is_ok()
    }
    match (name, field) {
        ("plain", "flag") => is::<bool>(value),
        ("plain", "small") => is::<u8>(value),
        ("plain", "wide") => is::<i64>(value),
        ("plain", "real") => is::<f64>(value),
        ("plain", "word") | ("custom", "theme") => is::<String>(value),
        ("plain", "maybe") => is::<Option<u16>>(value),
        ("plain", "point") => is::<Point>(value),
        ("plain", "map") => is::<Map<u8, Point>>(value),
        ("plain", "named") => is::<Map<String, Value>>(value),
        ("plain", "set") => is::<Set<u8>>(value),
        ("plain", "list") => is::<List<Option<u8>>>(value),
        ("custom", _) => true,
        _ => false,
    }
}

fn write(store: &Store<App>, name: &str, field: &str, value: Value) {
    let before = store.revision();
    let written = store.text().by("fuzz").write(name, field, value.clone());
    assert_eq!(
        written.is_ok(),
        fits(name, field, &value),
        "{name}.{field} = {value}: {written:?}"
    );
    match written.map_err(said) {
        Err(_) => assert_eq!(store.revision(), before, "a refusal leaves no trace"),
        Ok(()) if name == "custom" && field != "theme" => {
            assert_eq!(store.snapshot(CUSTOM).more.get(field), Some(&value));
        }
        Ok(()) => {}
    }
}

fn reset(store: &Store<App>, name: &str, field: &str) {
    let before = store.revision();
    match store.text().reset(name, field).map_err(said) {
        Err(_) => assert_eq!(store.revision(), before, "a refusal leaves no trace"),
        Ok(()) => {
            let fresh = typed(&Store::<App>::new(), name, field);
            assert_eq!(typed(store, name, field), fresh, "{name}.{field}");
        }
    }
}

fn watch(store: &Store<App>, name: &str, field: &str) -> Option<Watched> {
    let heard = Heard::default();
    let known = Arc::clone(&heard);
    let watcher = store.text().watch(name, field, move |change| {
        let mut known = known.lock();
        assert_eq!(change.old, *known, "told as old");
        *known = Some(change.new);
    });
    let watcher = watcher.map_err(said).ok()?;
    Some(Watched {
        store: name.to_owned(),
        field: field.to_owned(),
        heard,
        _watcher: watcher,
    })
}

/// Reading by names is reading by types, and who watches knows the same.
fn check(store: &Store<App>, watched: &[Watched]) {
    for info in store.text().stores() {
        let keys = info.runtime_keys.iter().flatten().map(|key| key.as_str());
        for field in info.fields.iter().map(|field| field.name).chain(keys) {
            let read = store.text().read(info.name, field).map_err(said);
            assert_eq!(
                read.ok(),
                typed(store, info.name, field),
                "{}.{field}",
                info.name
            );
        }
    }
    for Watched {
        store: name,
        field,
        heard,
        ..
    } in watched
    {
        assert_eq!(
            *heard.lock(),
            typed(store, name, field),
            "{name}.{field}, as it was told"
        );
    }
}
