//! What is no script, and what a script asks for that there is not: each with its reason.

use super::answers;

#[track_caller]
fn check(script: &str, reason: &str) {
    assert_eq!(answers(script).unwrap_err().to_string(), reason);
}

#[test]
fn a_text_that_is_not_json_is_no_script() {
    check(
        "",
        "the script is not JSON: EOF while parsing a value at line 1 column 0",
    );
    check(
        &"[".repeat(1000),
        "the script is not JSON: recursion limit exceeded at line 1 column 128",
    );
}

#[test]
fn json_without_a_list_of_ops_is_no_script() {
    for script in [
        "3",
        "null",
        r#""ops""#,
        "{}",
        r#"{"ops":{}}"#,
        r#"{"trace":[]}"#,
    ] {
        check(
            script,
            "the script is neither a list of ops nor an object with a list `ops`",
        );
    }
}

#[test]
fn an_op_that_does_not_exist_is_counted_and_named() {
    check(
        r#"{"ops":[{"op":"get","store":"user","field":"kickedOut"},{"op":"observe"}]}"#,
        "op 2 of the script is none: unknown variant `observe`, expected one of `watch`, \
         `unwatch`, `update`, `get`, `reset`",
    );
}

#[test]
fn an_op_that_lacks_something_says_what() {
    check(
        r#"[{"op":"watch","store":"user","fields":[]}]"#,
        "op 1 of the script is none: missing field `watcher`",
    );
    check(
        r#"[{"store":"user"}]"#,
        "op 1 of the script is none: missing field `op`",
    );
}

#[test]
fn a_store_that_does_not_exist_is_named_beside_those_that_do() {
    check(
        r#"[{"op":"get","store":"usr","field":"kickedOut"}]"#,
        "there is no store `usr`; there are: application, user, conversation, chat, group, \
         friend, search, custom",
    );
}

#[test]
fn statuses_come_in_a_list() {
    check(
        r#"[{"op":"update","store":"user","field":"userStatusList","value":{"u1":1}}]"#,
        "`user.userStatusList` takes a list of statuses: invalid type: map, expected a sequence",
    );
    check(
        r#"[{"op":"update","store":"user","field":"userStatusList","value":[{"statusType":1}]}]"#,
        "`user.userStatusList` takes a list of statuses: missing field `userID`",
    );
}
