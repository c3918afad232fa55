//! Single cases of list diffs: what they look like, and what they refuse.

use super::{List, ListDiff, ListEdit};

#[cfg(feature = "serde")]
#[test]
fn the_serialized_forms_are_these() {
    let new = List::from([2, 9, 4, 5]);
    assert_eq!(serde_json::to_string(&new).unwrap(), "[2,9,4,5]");
    assert_eq!(
        serde_json::to_string(&new.diff(&List::from([1, 2, 3, 4]))).unwrap(),
        concat!(
            r#"[{"remove":{"index":0,"old":1}},{"set":{"index":1,"old":3,"new":9}},"#,
            r#"{"append":{"len":3,"values":[5]}}]"#
        )
    );
}

/// The edits that a write makes to the numbers up to 1000.
fn edits_of(write: impl FnOnce(&mut List<u32>)) -> Vec<ListEdit<u32>> {
    let old: List<u32> = (0..1000).collect();
    let mut new = old.clone();
    write(&mut new);
    new.diff(&old).into_iter().collect()
}

#[test]
fn t5_each_write_is_told_as_what_it_was() {
    assert_eq!(
        edits_of(|list| list.insert(500, 7)),
        [ListEdit::Insert {
            index: 500,
            value: 7
        }]
    );
    assert_eq!(
        edits_of(|list| _ = list.remove(500)),
        [ListEdit::Remove {
            index: 500,
            old: 500
        }]
    );
    assert_eq!(
        edits_of(|list| _ = list.replace(5, 7)),
        [ListEdit::Set {
            index: 5,
            old: 5,
            new: 7
        }]
    );
    assert_eq!(
        edits_of(|list| list.push_front(7)),
        [ListEdit::Insert { index: 0, value: 7 }]
    );
    assert_eq!(
        edits_of(|list| list.extend([7, 8])),
        [ListEdit::Append {
            len: 1000,
            values: vec![7, 8]
        }]
    );
    assert_eq!(
        edits_of(|list| list.truncate(998)),
        [ListEdit::Truncate {
            len: 998,
            removed: vec![998, 999]
        }]
    );
    assert_eq!(
        edits_of(|list| list.move_item(900, 3)),
        [ListEdit::Move { from: 900, to: 3 }]
    );
    assert_eq!(
        edits_of(|list| list.move_item(3, 999)),
        [ListEdit::Move { from: 3, to: 999 }]
    );
    assert_eq!(
        edits_of(List::clear),
        [ListEdit::Truncate {
            len: 0,
            removed: (0..1000).collect()
        }]
    );
}

#[test]
fn t2_writes_that_cancel_out_are_no_edits() {
    assert_eq!(
        edits_of(|list| {
            list.insert(300, 7);
            list.remove(300);
            list.replace(5, 0);
            list.replace(5, 5);
            list.move_item(4, 700);
            list.move_item(700, 4);
        }),
        []
    );
}

#[test]
fn t5_a_moved_half_is_not_compared_with_itself() {
    let (half, mut new): (List<u32>, List<u32>) = ((0..5000).collect(), (5000..5100).collect());
    let mut old = half.clone();
    old.append(new.clone());
    new.append(half);
    let diff = new.diff(&old);
    assert!(diff.len() <= 200, "{}", diff.len());
    old.apply(&diff).unwrap();
    assert_eq!(old, new);
}

#[test]
fn t5_scattered_edits_of_lists_built_apart_are_found() {
    let old: List<u32> = (0..10_000).collect();
    let new: List<u32> = (0..10_000).filter(|n| n % 50 != 1).collect();
    assert_eq!(new.diff(&old).len(), 200);
}

#[test]
fn t5_a_diff_that_does_not_fit_changes_nothing() {
    let old = List::from(["ann", "bob", "cy"]);
    let diff = List::from(["bob", "cy", "dan"]).diff(&old);
    for (other, expected) in [
        (
            List::from(["al", "bob", "cy"]),
            "change 0 of the diff: index 0 holds another item than the old one",
        ),
        (
            List::from(["ann", "bob"]),
            "change 1 of the diff: the length is 1 and not 2",
        ),
        (
            List::new(),
            "change 0 of the diff: index 0 is beyond the length 0",
        ),
    ] {
        let mut list = other.clone();
        let error = list.apply(&diff).unwrap_err();
        assert_eq!(error.to_string(), format!("cannot apply {expected}"));
        assert!(list.ptr_eq(&other));
    }
    let mut list = List::from([1]);
    for edit in [
        ListEdit::Move { from: 0, to: 1 },
        ListEdit::Insert { index: 2, value: 1 },
    ] {
        assert!(list.apply(&ListDiff::from_iter([edit])).is_err());
    }
}

#[test]
fn t5_edits_that_meet_are_joined() {
    let append = |len, values| ListDiff::from_iter([ListEdit::Append { len, values }]);
    let joined = append(0, vec![1, 2]).compose(append(2, vec![3]));
    assert_eq!(joined, append(0, vec![1, 2, 3]));
    let truncate = ListDiff::from_iter([ListEdit::Truncate {
        len: 1,
        removed: vec![2, 3],
    }]);
    assert_eq!(joined.compose(truncate), append(0, vec![1]));

    let set = |old, new| ListDiff::from_iter([ListEdit::Set { index: 4, old, new }]);
    assert_eq!(set(1, 2).compose(set(2, 3)), set(1, 3));
    assert!(set(1, 2).compose(set(2, 1)).is_empty());
}

/// T2
#[test]
fn t2_lists_that_are_equal_have_no_difference_though_what_they_share_has_shifted() {
    let old: List<u8> = vec![0; 1000].into_iter().collect();
    for from in [1, 31, 32, 500] {
        let mut new = old.slice(from..);
        new.append(old.slice(..from));
        assert_eq!(new, old);
        assert!(new.diff(&old).is_empty(), "{:?}", new.diff(&old));
    }
}

#[track_caller]
fn check_diff(old: &List<u32>, new: &List<u32>) {
    let mut edited = old.clone();
    edited.apply(&new.diff(old)).unwrap();
    // Item by item: equality passes over what both share, as a diff does.
    assert!(edited.iter().eq(new), "{edited:?} and not {new:?}");
}

#[test]
fn t5_one_of_many_equal_items_that_goes_is_a_difference() {
    let old: List<u32> = vec![0; 1000].into_iter().collect();
    for from in [1, 32, 500] {
        check_diff(&old, &old.slice(from..));
        check_diff(&old.slice(from..), &old);
    }
}

#[test]
fn t5_items_that_change_places_are_told_to_where_they_are() {
    let old = List::from([1, 2, 3, 4, 5]);
    let new = List::from([5, 2, 3, 4, 1]);
    check_diff(&old, &new);
    let moves = new.diff(&old).into_iter().collect::<Vec<_>>();
    let (to_front, to_end) = (
        ListEdit::Move { from: 4, to: 0 },
        ListEdit::Move { from: 1, to: 4 },
    );
    assert_eq!(moves, [to_front, to_end]);
}

#[test]
fn t5_what_comes_between_nodes_that_both_share_is_told() {
    let old: List<u32> = (0..320).collect();
    let mut new = old.slice(..160);
    new.extend(1000..1032);
    new.append(old.slice(160..));
    check_diff(&old, &new);
    check_diff(&new, &old);
}

#[test]
fn t5_a_node_that_comes_twice_is_shared_once() {
    let old: List<u32> = (0..640).collect();
    let last = old.slice(608..);
    let mut new = last.clone();
    new.append(last);
    check_diff(&old, &new);
    check_diff(&new, &old);
}

#[test]
fn t5_an_edit_may_insert_behind_the_last_item() {
    let mut list = List::from([1]);
    let insert = ListEdit::Insert { index: 1, value: 2 };
    list.apply(&ListDiff::from_iter([insert])).unwrap();
    assert_eq!(list, List::from([1, 2]));
}

#[test]
#[should_panic(expected = "index 3 is beyond the list, whose length is 3")]
fn a_place_beyond_the_list_cannot_be_replaced() {
    List::from([1, 2, 3]).replace(3, 4);
}
