//! Rule 9: what a row shows.

use store::chat::{Dot, StatusType, UserStatus, online_status};

#[test]
fn unknown_offline_hidden_and_stale_are_four_different_things() {
    use StatusType::{Offline, Online, Unknown, Unlogged};
    let fresh = |status_type| Some(UserStatus::new(status_type));
    let stale = |status_type| {
        Some(UserStatus {
            fresh: false,
            ..UserStatus::new(status_type)
        })
    };
    let table = [
        (true, fresh(Online), Dot::Online),
        (true, fresh(Offline), Dot::Offline),
        (true, fresh(Unlogged), Dot::Offline),
        (true, fresh(Unknown), Dot::Unknown),
        (true, None, Dot::Unknown),
        (true, stale(Online), Dot::Stale),
        (true, stale(Offline), Dot::Stale),
        (true, stale(Unknown), Dot::Unknown),
        (false, fresh(Online), Dot::None),
        (false, stale(Offline), Dot::None),
        (false, None, Dot::None),
    ];
    for (display, status, dot) in table {
        assert_eq!(
            online_status(display, status.as_ref()),
            dot,
            "{display} {status:?}"
        );
    }
}
