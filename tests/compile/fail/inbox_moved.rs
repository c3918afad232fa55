//! An inbox that is drained by another thread than its own.

use store::Inbox;

fn main() {
    let inbox = Inbox::new(|| {});
    let drained = std::thread::spawn(move || inbox.drain());
    assert_eq!(drained.join().unwrap(), 0);
}
