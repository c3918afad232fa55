//! The laws of lists and their diffs, checked against plain vectors.

use std::ops::{Bound, Range};

use proptest::{collection::vec, prelude::*};

use super::{List, ListDiff, ListEdit};

const fn send_sync<T: Send + Sync>() {}
const _: () = send_sync::<List<String>>();
const _: () = send_sync::<ListDiff<String>>();

/// One write; places are taken modulo the length.
#[derive(Debug, Clone)]
enum Write {
    Insert(usize, f64),
    Remove(usize),
    Set(usize, f64),
    Move(usize, usize),
    Truncate(usize),
    /// Keeps what lies between two places.
    Slice(usize, usize),
    Extend(Vec<f64>),
    PushFront(f64),
    PopFront,
    /// Appends the list, or its first part, to itself.
    Repeat(usize),
    /// Puts the last part before the first.
    Rotate(usize),
    Clear,
}

fn item() -> impl Strategy<Value = f64> {
    prop_oneof![4 => (0..1000_u32).prop_map(f64::from), 1 => (0..3_u32).prop_map(f64::from), 1 => Just(f64::NAN)]
}

fn write() -> impl Strategy<Value = Write> {
    let at = || any::<prop::sample::Index>().prop_map(|at| at.index(100_000));
    prop_oneof![
        6 => (at(), item()).prop_map(|(at, item)| Write::Insert(at, item)),
        6 => at().prop_map(Write::Remove),
        6 => (at(), item()).prop_map(|(at, item)| Write::Set(at, item)),
        4 => (at(), at()).prop_map(|(from, to)| Write::Move(from, to)),
        1 => at().prop_map(Write::Truncate),
        1 => (at(), at()).prop_map(|(one, other)| Write::Slice(one, other)),
        2 => vec(item(), 0..50).prop_map(Write::Extend),
        2 => item().prop_map(Write::PushFront),
        2 => Just(Write::PopFront),
        1 => at().prop_map(Write::Repeat),
        1 => at().prop_map(Write::Rotate),
        1 => Just(Write::Clear),
    ]
}

fn items() -> impl Strategy<Value = Vec<f64>> {
    prop_oneof![vec(item(), 0..5), vec(item(), 0..100), vec(item(), 0..400)]
}

/// Two places in a list, the first one first.
fn span(len: usize, one: usize, other: usize) -> Range<usize> {
    let (one, other) = (one % len, other % len);
    one.min(other)..one.max(other)
}

fn write_list(list: &mut List<f64>, write: &Write) {
    let len = list.len();
    match write {
        Write::Insert(at, item) => list.insert(at % (len + 1), *item),
        Write::PushFront(item) => list.push_front(*item),
        Write::Extend(items) => list.extend(items.iter().copied()),
        Write::PopFront => drop(list.pop_front()),
        Write::Clear => list.clear(),
        _ if len == 0 => {}
        Write::Remove(at) => drop(list.remove(at % len)),
        Write::Set(at, item) => drop(list.replace(at % len, *item)),
        Write::Move(from, to) => list.move_item(from % len, to % len),
        Write::Truncate(to) => list.truncate(to % len),
        Write::Slice(one, other) => *list = list.slice(span(len, *one, *other)),
        Write::Repeat(to) => {
            let first = list.slice(..(to % len).min(100));
            list.append(first);
        }
        Write::Rotate(at) => {
            let mut rotated = list.slice(at % len..);
            rotated.append(list.slice(..at % len));
            *list = rotated;
        }
    }
}

fn write_model(model: &mut Vec<f64>, write: &Write) {
    let len = model.len();
    match write {
        Write::Insert(at, item) => model.insert(at % (len + 1), *item),
        Write::PushFront(item) => model.insert(0, *item),
        Write::Extend(items) => model.extend(items),
        Write::Clear => model.clear(),
        _ if len == 0 => {}
        Write::PopFront => drop(model.remove(0)),
        Write::Remove(at) => drop(model.remove(at % len)),
        Write::Set(at, item) => model[at % len] = *item,
        Write::Move(from, to) => {
            let item = model.remove(from % len);
            model.insert(to % len, item);
        }
        Write::Truncate(to) => model.truncate(to % len),
        Write::Slice(one, other) => {
            let span = span(len, *one, *other);
            *model = model[span].to_vec();
        }
        Write::Repeat(to) => model.extend_from_within(..(to % len).min(100)),
        Write::Rotate(at) => model.rotate_left(at % len),
    }
}

fn written(list: &List<f64>, writes: &[Write]) -> List<f64> {
    let mut list = list.clone();
    writes.iter().for_each(|write| write_list(&mut list, write));
    list
}

/// Bits tell NaN from NaN, which makes a model comparable.
fn bits<'a>(items: impl IntoIterator<Item = &'a f64>) -> Vec<u64> {
    items.into_iter().map(|item| item.to_bits()).collect()
}

/// Makes the edits on a vector, as a list widget would.
fn edit<T: Clone>(items: &mut Vec<T>, edit: ListEdit<T>) {
    match edit {
        ListEdit::Insert { index, value } => items.insert(index, value),
        ListEdit::Remove { index, .. } => drop(items.remove(index)),
        ListEdit::Set { index, new, .. } => items[index] = new,
        ListEdit::Append { values, .. } => items.extend(values),
        ListEdit::Truncate { len, .. } => items.truncate(len),
        ListEdit::Move { from, to } => {
            let item = items.remove(from);
            items.insert(to, item);
        }
    }
}

proptest! {
    #[test]
    fn a_list_behaves_as_a_vector(start in items(), writes in vec(write(), 0..60)) {
        let mut list: List<f64> = start.iter().copied().collect();
        let mut model = start;
        for write in writes {
            write_list(&mut list, &write);
            write_model(&mut model, &write);
            list.root.check(true);
            prop_assert_eq!(list.len(), model.len());
        }
        prop_assert_eq!(bits(&list), bits(&model));
        prop_assert_eq!(bits(list.iter().rev()), bits(model.iter().rev()));
        prop_assert_eq!(bits(list.get(7)), bits(model.get(7)));
        prop_assert_eq!(bits(list.last()), bits(model.last()));
        let mut ends = list.iter();
        for _ in 0..model.len() / 2 {
            ends.next();
            ends.next_back();
        }
        prop_assert_eq!(ends.count(), model.len() % 2);
    }

    #[test]
    fn a_slice_is_what_lies_in_the_range(start in items(), from in 0..450_usize, to in 0..450_usize) {
        let list: List<f64> = start.iter().copied().collect();
        let end = to.min(start.len());
        let expected = bits(&start[from.min(end)..end]);
        let slice = list.slice(from..to);
        slice.root.check(true);
        prop_assert_eq!(bits(&slice), expected.as_slice());
        if let (Some(before), Some(last)) = (from.checked_sub(1), to.checked_sub(1)) {
            let range = (Bound::Excluded(before), Bound::Included(last));
            prop_assert_eq!(bits(&list.slice(range)), expected);
        }
        prop_assert!(list.is_empty() || list.slice(..).ptr_eq(&list));
    }

    #[test]
    fn a_partition_point_is_where_the_test_turns(start in items(), at in 0..450_usize) {
        let list: List<usize> = (0..start.len()).collect();
        prop_assert_eq!(list.partition_point(|item| *item < at), at.min(list.len()));
    }

    #[test]
    fn t5_a_list_diff_keeps_the_laws(start in items(), writes in vec(vec(write(), 0..12), 2)) {
        let first: List<f64> = start.into_iter().collect();
        let second = written(&first, &writes[0]);
        let third = written(&second, &writes[1]);
        let (one, two) = (second.diff(&first), third.diff(&second));

        let mut items: Vec<_> = first.iter().copied().collect();
        one.clone().into_iter().for_each(|change| edit(&mut items, change));
        prop_assert_eq!(bits(&items), bits(&second));

        let mut list = first.clone();
        list.apply(&one).unwrap();
        prop_assert_eq!(bits(&list), bits(&second));
        list.apply(&two).unwrap();
        prop_assert_eq!(bits(&list), bits(&third));
        list.apply(&two.clone().invert()).unwrap();
        prop_assert_eq!(bits(&list), bits(&second));

        let mut list = first.clone();
        let both = one.clone().compose(two);
        list.apply(&both).unwrap();
        prop_assert_eq!(bits(&list), bits(&third));
        list.apply(&third.diff(&first).invert()).unwrap();
        prop_assert_eq!(bits(&list), bits(&first));
        prop_assert!(one.clone().compose(one.clone().invert()).is_empty());
        prop_assert_eq!(one.len(), second.changes_since(&first).count());
    }

    #[test]
    fn t5_lists_are_equal_if_their_diff_is_empty(start in items(), writes in vec(write(), 0..8)) {
        let old: List<f64> = start.into_iter().collect();
        let new = written(&old, &writes);
        prop_assert_eq!(new == old, bits(&new) == bits(&old));
        prop_assert_eq!(new == old, new.diff(&old).is_empty());
        let apart: List<f64> = new.iter().copied().collect();
        prop_assert!(apart == new && apart.diff(&new).is_empty());
    }

    #[test]
    fn t5_lists_built_apart_can_be_diffed(old in items(), new in items()) {
        let (old, new): (List<_>, List<_>) = (old.into_iter().collect(), new.into_iter().collect());
        let mut list = old.clone();
        list.apply(&new.diff(&old)).unwrap();
        prop_assert_eq!(bits(&list), bits(&new));
    }
}

#[cfg(feature = "serde")]
proptest! {
    #[test]
    fn t5_lists_and_diffs_go_through_serde(old in vec(0..9, 0..40), new in vec(0..9, 0..40)) {
        let (old, new): (List<_>, List<_>) = (old.into_iter().collect(), new.into_iter().collect());
        let json = serde_json::to_string(&new).unwrap();
        prop_assert_eq!(&serde_json::from_str::<List<i32>>(&json).unwrap(), &new);
        let diff = new.diff(&old);
        let json = serde_json::to_string(&diff).unwrap();
        prop_assert_eq!(serde_json::from_str::<ListDiff<i32>>(&json).unwrap(), diff);
    }
}
