//! Random programs: few names, keys and values, so that they meet.

use std::collections::VecDeque;

use proptest::{collection, option, prelude::*, sample::select};

use crate::{
    plain::{Entries, Field, Name, Num, PRESENT, Value},
    program::{Act, End, Guarded, LineStep, Part, REFUSED, Shape, Step, Watch, Write},
};

/// Acts beside those that every program has; callbacks do them too.
pub(crate) type More = fn() -> BoxedStrategy<Act>;

pub(crate) const KEYS: [&str; 6] = ["a", "ab", "abc", "ac", "b", "c"];
const FLAGS: [Field; 2] = [Field::Online, Field::Locked];
const KEYED: [Field; 5] = [
    Field::Names,
    Field::Notes,
    Field::Tags,
    Field::Extras,
    Field::Stock,
];
const MAPS: [Field; 4] = [Field::Names, Field::Notes, Field::Extras, Field::Stock];
/// In whose name there are writes.
pub(crate) const ORIGINS: [&str; 3] = ["server", "user", "tool"];
pub(crate) const IGNORED: [&[&str]; 3] = [&["server"], &["user"], &["user", "server"]];
const TOGETHER: [&[Field]; 5] = [
    &[Field::Online, Field::Level],
    &[Field::Nick, Field::Names],
    &[Field::Notes, Field::Lines],
    &[Field::Tags, Field::Locked],
    &[Field::Price, Field::Gaps],
];

/// What a program does, one act after the other.
pub(crate) fn program() -> impl Strategy<Value = Vec<Act>> {
    collection::vec(act(2, None), 1..14)
}

/// An act whose watches may act in turn, so deep.
pub(crate) fn act(depth: u32, more: Option<More>) -> BoxedStrategy<Act> {
    let flat = prop_oneof![
        8 => write(depth, more).prop_map(Act::Write),
        1 => write_text(),
        1 => write_runtime_key(),
        2 => (0..8usize).prop_map(Act::Unwatch),
        1 => select(vec![Guarded::Nick, Guarded::Price]).prop_map(Act::Guard),
        1 => Just(Act::Read),
    ];
    let flat = match more {
        Some(more) => prop_oneof![flat, more()].boxed(),
        None => flat.boxed(),
    };
    match depth {
        0 => flat,
        _ => prop_oneof![3 => flat, 2 => watch(depth - 1, more).prop_map(Act::Watch)].boxed(),
    }
}

fn write_text() -> impl Strategy<Value = Act> {
    let field = written().prop_filter("it has a name", has_name);
    (value_of(field), option::weighted(0.4, who()))
        .prop_map(|((field, value), origin)| Act::WriteText(field, value, origin))
}

/// What holds the keys that are only known at run time is known by these alone.
fn has_name(field: &Field) -> bool {
    *field != Field::Extras
}

fn write_runtime_key() -> impl Strategy<Value = Act> {
    (key(), option::of(num()), option::weighted(0.4, who()))
        .prop_map(|(key, value, origin)| Act::WriteRuntimeKey(key, value, origin))
}

pub(crate) fn watch(depth: u32, more: Option<More>) -> BoxedStrategy<Watch> {
    let in_callback = prop_oneof![
        3 => Just(Act::Nothing),
        6 => act(depth, more),
        1 => Just(Act::Panic),
    ];
    let acts = collection::vec(in_callback, 0..4).prop_map(VecDeque::from);
    let ignoring = prop_oneof![3 => Just(&[][..]), 1 => select(&IGNORED[..])];
    (shape(), proptest::bool::weighted(0.2), ignoring, acts)
        .prop_map(|(shape, changes_only, ignoring, acts)| {
            // These cannot be asked for that.
            let is_plain = matches!(
                shape,
                Shape::One(Part::Commits | Part::Text(_) | Part::RuntimeKey(_))
            );
            Watch {
                shape,
                changes_only: changes_only && !is_plain,
                ignoring: if is_plain { &[] } else { ignoring },
                acts,
            }
        })
        .boxed()
}

fn shape() -> impl Strategy<Value = Shape> {
    let part = prop_oneof![
        4 => field().prop_map(Part::Field),
        3 => (keyed(), key()).prop_map(|(field, key)| Part::Key(field, key)),
        2 => (key(), key()).prop_map(|(start, end)| Part::Range(start, end)),
        1 => select(vec!["", "a", "ab", "x"]).prop_map(|prefix| Part::Prefix(prefix.to_owned())),
        2 => Just(Part::Projection),
        2 => select(&TOGETHER[..]).prop_map(Part::Together),
        1 => name().prop_map(Part::Any),
        1 => Just(Part::Commits),
        2 => field().prop_filter("it has a name", has_name).prop_map(Part::Text),
        1 => key().prop_map(Part::RuntimeKey),
    ];
    prop_oneof![
        5 => part.prop_map(Shape::One),
        2 => name().prop_map(Shape::AllFields),
        1 => key().prop_map(Shape::Mixed),
    ]
}

pub(crate) fn write(depth: u32, more: Option<More>) -> BoxedStrategy<Write> {
    let origin = option::weighted(0.4, who());
    let end = prop_oneof![8 => Just(End::Commit), 1 => Just(End::Fail), 1 => Just(End::Panic)];
    (origin, collection::vec(step(depth, more), 0..5), end)
        .prop_map(|(origin, steps, end)| Write { origin, steps, end })
        .boxed()
}

/// Some writes of one thing that is read much, so that one meets the other and they lead back: mostly
/// in somebody's name.
pub(crate) fn near_writes() -> impl Strategy<Value = Vec<Write>> {
    let field = select(vec![
        Field::Level,
        Field::Stock,
        Field::Extras,
        Field::Notes,
    ]);
    field.prop_flat_map(|field| collection::vec(near_write(field), 1..8))
}

fn near_write(field: Field) -> impl Strategy<Value = Write> {
    // Three values of each: fewer could not lead past a third one, more would seldom lead back.
    let step = (0..3u8, prop_oneof![3 => Just("a"), 1 => Just("b")]);
    let step = step.prop_map(move |(value, key)| match (field, f64::from(value)) {
        (Field::Level, level) => Step::Set(field, Value::Level(Num(level))),
        (_, 0.0) => Step::Remove(field, key.to_owned()),
        (_, num) => Step::Insert(field, key.to_owned(), Num(num)),
    });
    let origin = option::weighted(0.9, select(&ORIGINS[..2]));
    (origin, collection::vec(step, 1..3)).prop_map(|(origin, steps)| Write {
        origin,
        steps,
        end: End::Commit,
    })
}

fn step(depth: u32, more: Option<More>) -> BoxedStrategy<Step> {
    let steps = prop_oneof![
        4 => value_of(written()).prop_map(|(field, value)| Step::Set(field, value)),
        3 => value_of(written()).prop_map(|(field, value)| Step::Assign(field, value)),
        3 => select(&FLAGS[..]).prop_map(Step::Flip),
        6 => (keyed(), key(), num()).prop_map(|(field, key, num)| Step::Insert(field, key, num)),
        2 => (keyed(), key(), num()).prop_map(|(field, key, num)| Step::InsertPast(field, key, num)),
        4 => (keyed(), key()).prop_map(|(field, key)| Step::Remove(field, key)),
        3 => (select(&MAPS[..]), key(), num()).prop_map(|(field, key, num)| Step::GetMut(field, key, num)),
        2 => (keyed(), entries()).prop_map(|(field, more)| Step::Extend(field, more)),
        1 => (keyed(), key()).prop_map(|(field, key)| Step::RetainBefore(field, key)),
        1 => keyed().prop_map(Step::Clear),
        6 => line().prop_map(Step::Line),
        1 => name().prop_map(Step::Reset),
        1 => written().prop_map(Step::ResetField),
        1 => Just(Step::Nest),
    ];
    match depth {
        0 => steps.boxed(),
        _ => {
            let watch = watch(depth - 1, more).prop_map(|watch| Step::Watch(Box::new(watch)));
            prop_oneof![40 => steps, 1 => watch].boxed()
        }
    }
}

fn line() -> impl Strategy<Value = LineStep> {
    let (line, at) = (0..4u8, 0..6usize);
    prop_oneof![
        3 => line.clone().prop_map(LineStep::PushBack),
        1 => line.clone().prop_map(LineStep::PushFront),
        2 => (at.clone(), line.clone()).prop_map(|(at, line)| LineStep::Insert(at, line)),
        2 => (at.clone(), line).prop_map(|(at, line)| LineStep::Replace(at, line)),
        2 => at.clone().prop_map(LineStep::Remove),
        2 => (at.clone(), at.clone()).prop_map(|(from, to)| LineStep::Move(from, to)),
        1 => at.prop_map(LineStep::Truncate),
    ]
}

fn value_of(field: impl Strategy<Value = Field>) -> impl Strategy<Value = (Field, Value)> {
    field.prop_flat_map(|field| {
        let value = match field {
            Field::Online | Field::Locked => any::<bool>().prop_map(Value::Flag).boxed(),
            Field::Nick => select(vec![None, Some("ann"), Some(REFUSED)])
                .prop_map(|nick| Value::Nick(nick.map(str::to_owned)))
                .boxed(),
            Field::Dear | Field::Gaps | Field::Alarm => unreachable!("nobody writes {field:?}"),
            Field::Level | Field::Price => num().prop_map(Value::Level).boxed(),
            Field::Names | Field::Notes | Field::Extras | Field::Stock => {
                entries().prop_map(Value::Keyed).boxed()
            }
            Field::Tags => entries()
                .prop_map(|entries| entries.into_keys().map(|key| (key, PRESENT)).collect())
                .prop_map(Value::Keyed)
                .boxed(),
            Field::Lines => collection::vec(0..4u8, 0..5).prop_map(Value::Lines).boxed(),
        };
        (Just(field), value)
    })
}

fn entries() -> impl Strategy<Value = Entries> {
    collection::btree_map(key(), num(), 0..4)
}

fn num() -> impl Strategy<Value = Num> {
    select(vec![0.0, 1.0, -2.5, f64::NAN]).prop_map(Num)
}

fn key() -> impl Strategy<Value = String> {
    select(&KEYS[..]).prop_map(str::to_owned)
}

fn who() -> impl Strategy<Value = &'static str> {
    select(&ORIGINS[..])
}

fn field() -> impl Strategy<Value = Field> {
    select(&Field::ALL[..])
}

fn written() -> impl Strategy<Value = Field> {
    select(&Field::WRITTEN[..])
}

fn keyed() -> impl Strategy<Value = Field> {
    select(&KEYED[..])
}

fn name() -> impl Strategy<Value = Name> {
    select(&Name::ALL[..])
}
