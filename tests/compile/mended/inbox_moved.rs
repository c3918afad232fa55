//! An inbox that is made and drained by the same thread.

use store::Inbox;

pub fn main() {
    let drained = std::thread::spawn(|| {
        let inbox = Inbox::new(|| {});
        inbox.drain()
    });
    assert_eq!(drained.join().unwrap(), 0);
}
