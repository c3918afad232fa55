//! Lists under edits do what a `Vec` does, and the difference between any two of them leads from one to the other.

use arbitrary::{Arbitrary, Unstructured};
use store::{List, ListDiff};

/// An edit; places are taken modulo what there is.
#[derive(Debug, Arbitrary)]
enum Edit {
    Insert(u16, u8),
    Remove(u16),
    Replace(u16, u8),
    Set(u16, u8),
    Move(u16, u16),
    PushBack(u8),
    PushFront(u8),
    PopBack,
    PopFront,
    Truncate(u16),
    Slice(u16, u16),
    Append(Vec<u8>),
    /// The list behind itself, which shares everything.
    Twice,
    Clear,
    /// The list as it is now is kept, to compare with later ones.
    Keep,
}

#[derive(Debug, Arbitrary)]
struct Program {
    /// A list of so many like items to begin with.
    long: Option<(u16, u8)>,
    start: Vec<u8>,
    edits: Vec<Edit>,
}

/// How long a list may become.
const LONGEST: usize = 2_000;

/// Runs edits on a list and on a `Vec`, and compares them, and whatever was kept on the way.
pub fn lists(bytes: &[u8]) {
    let Ok(program) = Program::arbitrary_take_rest(Unstructured::new(bytes)) else {
        return;
    };
    let mut plain = program.start;
    if let Some((many, step)) = program.long {
        plain.extend((0..many % 500).map(|n| n.wrapping_mul(step.into()).to_le_bytes()[0]));
    }
    plain.truncate(LONGEST);
    let mut list: List<u8> = plain.iter().copied().collect();
    let mut kept = vec![(list.clone(), plain.clone())];
    for edit in program.edits {
        if let Edit::Keep = edit {
            kept.push((list.clone(), plain.clone()));
            kept.drain(..kept.len().saturating_sub(4));
            continue;
        }
        make(edit, &mut list, &mut plain);
        check(&list, &plain);
    }
    for (old, old_plain) in &kept {
        check(old, old_plain);
        difference(old, &list);
        difference(&list, old);
    }
    for (first, later) in kept.iter().zip(kept.iter().skip(1)) {
        let (first, second) = (&first.0, &later.0);
        let both = second.diff(first).compose(list.diff(second));
        assert_eq!(made(&both, first), list, "composed");
        assert_eq!(made(&both.invert(), &list), *first, "composed, and back");
    }
}

fn make(edit: Edit, list: &mut List<u8>, plain: &mut Vec<u8>) {
    let len = plain.len();
    let place = |at: u16| (len > 0).then(|| usize::from(at) % len.max(1));
    match edit {
        Edit::Insert(at, value) => {
            let at = usize::from(at) % (len + 1);
            list.insert(at, value);
            plain.insert(at, value);
        }
        Edit::Remove(at) => {
            let Some(at) = place(at) else { return };
            assert_eq!(list.remove(at), plain.remove(at));
        }
        Edit::Replace(at, value) => {
            let Some(at) = place(at) else { return };
            assert_eq!(list.replace(at, value), plain[at]);
            plain[at] = value;
        }
        Edit::Set(at, value) => match (
            list.get_mut(usize::from(at)),
            plain.get_mut(usize::from(at)),
        ) {
            (Some(item), Some(plain)) => (*item, *plain) = (value, value),
            (item, plain) => assert_eq!(item, plain),
        },
        Edit::Move(from, to) => {
            let (Some(from), Some(to)) = (place(from), place(to)) else {
                return;
            };
            list.move_item(from, to);
            let item = plain.remove(from);
            plain.insert(to, item);
        }
        Edit::PushBack(value) => {
            list.push_back(value);
            plain.push(value);
        }
        Edit::PushFront(value) => {
            list.push_front(value);
            plain.insert(0, value);
        }
        Edit::PopBack => assert_eq!(list.pop_back(), plain.pop()),
        Edit::PopFront => {
            let first = (len > 0).then(|| plain.remove(0));
            assert_eq!(list.pop_front(), first);
        }
        Edit::Truncate(at) => {
            list.truncate(at.into());
            plain.truncate(at.into());
        }
        Edit::Slice(start, end) => {
            let (start, end) = (usize::from(start), usize::from(end));
            *list = list.slice(start..end);
            plain.truncate(end);
            plain.drain(..start.min(plain.len()));
        }
        Edit::Append(items) => {
            list.append(items.iter().copied().collect());
            plain.extend(items);
        }
        Edit::Twice => {
            list.append(list.clone());
            plain.extend_from_within(..);
        }
        Edit::Clear => {
            list.clear();
            plain.clear();
        }
        Edit::Keep => {}
    }
    list.truncate(LONGEST);
    plain.truncate(LONGEST);
}

fn check(list: &List<u8>, plain: &[u8]) {
    assert!(list.iter().eq(plain), "{list:?} is not {plain:?}");
    assert!(list.iter().rev().eq(plain.iter().rev()), "backwards");
    assert_eq!(list.len(), plain.len());
    assert_eq!((list.first(), list.last()), (plain.first(), plain.last()));
    assert_eq!(list.get(plain.len() / 2), plain.get(plain.len() / 2));
    assert_eq!(list.get(plain.len()), None);
}

fn made(diff: &ListDiff<u8>, from: &List<u8>) -> List<u8> {
    let mut list = from.clone();
    let applied = list.apply(diff);
    applied.unwrap_or_else(|error| panic!("{diff:?} does not fit {from:?}: {error}"));
    list
}

/// T5
fn difference(old: &List<u8>, new: &List<u8>) {
    let diff = new.diff(old);
    assert_eq!(
        diff.is_empty(),
        old == new,
        "{diff:?} from {old:?} to {new:?}"
    );
    assert_eq!(made(&diff, old), *new);
    assert_eq!(made(&diff.clone().invert(), new), *old, "back");
    // What they share is found by pointers: without that, the edits may be others, and lead to the same.
    let rebuilt: List<u8> = old.iter().copied().collect();
    assert_eq!(made(&new.diff(&rebuilt), &rebuilt), *new, "nothing shared");
    let json = serde_json::to_string(&diff).expect("a diff goes through serde");
    let decoded: ListDiff<u8> = serde_json::from_str(&json).expect("a diff comes back");
    assert_eq!(decoded, diff, "{json}");
}
