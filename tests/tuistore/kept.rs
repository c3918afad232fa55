//! Rules of TUIStore that are kept, one by one, where the recorded traces do not go.

use super::answers;

#[track_caller]
fn check(script: &str, expected: &[&str]) {
    assert_eq!(answers(script).unwrap(), expected);
}

#[test]
fn fields_have_the_defaults_of_tuistore() {
    check(
        r#"[{"op":"get","store":"user","field":"targetLanguage"},
            {"op":"get","store":"user","field":"userStatusList"},
            {"op":"get","store":"conversation","field":"currentConversation"},
            {"op":"get","store":"friend","field":"friendApplicationList"},
            {"op":"get","store":"application","field":"SDKVersion"},
            {"op":"get","store":"chat","field":"messageList"},
            {"op":"get","store":"search","field":"error"}]"#,
        &[
            r#"{"get":"zh"}"#,
            r#"{"get":{}}"#,
            r#"{"get":null}"#,
            r#"{"get":[]}"#,
            r#"{"get":"3.0.0"}"#,
            r#"{"get":[]}"#,
            r#"{"get":null}"#,
        ],
    );
}

#[test]
fn a_watcher_that_watches_again_is_told_again_and_keeps_its_place() {
    check(
        r#"[{"op":"watch","store":"group","watcher":"first","fields":["offset"]},
            {"op":"watch","store":"group","watcher":"second","fields":["offset"]},
            {"op":"watch","store":"group","watcher":"first","fields":["offset"]},
            {"op":"update","store":"group","field":"offset","value":1}]"#,
        &[
            r#"{"told":[["first","offset",0]]}"#,
            r#"{"told":[["second","offset",0]]}"#,
            r#"{"told":[["first","offset",0]]}"#,
            r#"{"told":[["first","offset",1],["second","offset",1]]}"#,
        ],
    );
}

#[test]
fn a_watcher_that_comes_back_is_told_last() {
    check(
        r#"[{"op":"watch","store":"group","watcher":"first","fields":["offset"]},
            {"op":"watch","store":"group","watcher":"second","fields":["offset"]},
            {"op":"unwatch","store":"group","watcher":"first","fields":["offset"]},
            {"op":"watch","store":"group","watcher":"first","fields":["offset"]},
            {"op":"reset","store":"group","field":"offset"},
            {"op":"update","store":"group","field":"offset","value":1}]"#,
        &[
            r#"{"told":[["first","offset",0]]}"#,
            r#"{"told":[["second","offset",0]]}"#,
            r#"{"told":[]}"#,
            r#"{"told":[["first","offset",0]]}"#,
            r#"{"told":[]}"#,
            r#"{"told":[["second","offset",1],["first","offset",1]]}"#,
        ],
    );
}

#[test]
fn ending_a_watch_that_is_none_does_nothing() {
    check(
        r#"[{"op":"unwatch","store":"chat","watcher":"nobody","fields":["messageList"]}]"#,
        &[r#"{"told":[]}"#],
    );
}

#[test]
fn every_store_takes_keys_it_does_not_declare() {
    check(
        r#"[{"op":"watch","store":"user","watcher":"w","fields":["theme"]},
            {"op":"update","store":"user","field":"theme","value":{"p":[1],"n":null}},
            {"op":"reset","store":"user","field":"theme"},
            {"op":"get","store":"user","field":"theme"}]"#,
        &[
            r#"{"told":[["w","theme",null]]}"#,
            r#"{"told":[["w","theme",{"n":null,"p":[1]}]]}"#,
            r#"{"told":[["w","theme",null]]}"#,
            r#"{"get":null}"#,
        ],
    );
}

#[test]
fn a_key_that_is_absent_is_the_same_as_null() {
    check(
        r#"[{"op":"watch","store":"custom","watcher":"w","fields":["a"]},
            {"op":"update","store":"custom","field":"a","value":null},
            {"op":"update","store":"custom","field":"a"},
            {"op":"reset","store":"custom","field":"a"}]"#,
        &[
            r#"{"told":[["w","a",null]]}"#,
            r#"{"told":[]}"#,
            r#"{"told":[]}"#,
            r#"{"told":[]}"#,
        ],
    );
}

#[test]
fn a_field_takes_any_value() {
    check(
        r#"[{"op":"watch","store":"user","watcher":"w","fields":["displayOnlineStatus"]},
            {"op":"update","store":"user","field":"displayOnlineStatus","value":"yes"},
            {"op":"update","store":"user","field":"displayOnlineStatus","value":[false]},
            {"op":"reset","store":"user","field":"displayOnlineStatus"}]"#,
        &[
            r#"{"told":[["w","displayOnlineStatus",false]]}"#,
            r#"{"told":[["w","displayOnlineStatus","yes"]]}"#,
            r#"{"told":[["w","displayOnlineStatus",[false]]]}"#,
            r#"{"told":[["w","displayOnlineStatus",false]]}"#,
        ],
    );
}

#[test]
fn numbers_are_those_of_javascript() {
    check(
        r#"[{"op":"update","store":"custom","field":"a","value":[1,2.5]},
            {"op":"watch","store":"custom","watcher":"w","fields":["a"]},
            {"op":"update","store":"custom","field":"a","value":[1.0,25e-1]},
            {"op":"update","store":"custom","field":"a","value":[-0.0,1e3]}]"#,
        &[
            r#"{"told":[]}"#,
            r#"{"told":[["w","a",[1,2.5]]]}"#,
            r#"{"told":[]}"#,
            r#"{"told":[["w","a",[0,1000]]]}"#,
        ],
    );
}

#[test]
fn statuses_are_merged_and_an_empty_list_forgets_everybody() {
    check(
        r#"[{"op":"watch","store":"user","watcher":"w","fields":["userStatusList"]},
            {"op":"update","store":"user","field":"userStatusList","value":[{"userID":"u2","statusType":1},{"userID":"u10"}]},
            {"op":"update","store":"user","field":"userStatusList","value":[{"userID":"u10","statusType":0,"customStatus":""}]},
            {"op":"update","store":"user","field":"userStatusList","value":[{"userID":"u2","statusType":-1},{"userID":"u3","statusType":-1}]},
            {"op":"update","store":"user","field":"userStatusList","value":[]},
            {"op":"update","store":"user","field":"userStatusList","value":[]}]"#,
        &[
            r#"{"told":[["w","userStatusList",{}]]}"#,
            r#"{"told":[["w","userStatusList",{"u10":{"statusType":0,"customStatus":""},"u2":{"statusType":1,"customStatus":""}}]]}"#,
            r#"{"told":[]}"#,
            r#"{"told":[["w","userStatusList",{"u10":{"statusType":0,"customStatus":""}}]]}"#,
            r#"{"told":[["w","userStatusList",{}]]}"#,
            r#"{"told":[]}"#,
        ],
    );
}

#[test]
fn a_reset_is_told_each_time() {
    let login =
        r#"{"op":"update","store":"user","field":"userStatusList","value":[{"userID":"u"}]}"#;
    let reset = r#"{"op":"reset","store":"user","field":"userStatusList"}"#;
    let watch = r#"{"op":"watch","store":"user","watcher":"w","fields":["userStatusList"]}"#;
    let told = r#"{"told":[["w","userStatusList",{"u":{"statusType":0,"customStatus":""}}]]}"#;
    let empty = r#"{"told":[["w","userStatusList",{}]]}"#;
    check(
        &format!("[{watch},{login},{reset},{login},{reset}]"),
        &[empty, told, empty, told, empty],
    );
}
