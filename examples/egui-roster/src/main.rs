//! The roster in a window of its own, and a thread beside it on which people come and go.

use std::{
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::Duration,
};

use egui::ViewportBuilder;
use egui_roster::{Roster, Social};
use store::{
    Store,
    chat::{CONTACT, Friend, USER, UserId, UserStatus},
};

const NAMES: [&str; 12] = [
    "Alice", "Bob", "Carol", "Dave", "Erin", "Frank", "Grace", "Heidi", "Ivan", "Judy", "Mallory",
    "Niko",
];

fn main() -> eframe::Result {
    let store = Store::<Social>::new();
    move_in(&store);

    let (stop, stopped) = mpsc::channel();
    let town = store.clone();
    let town = thread::spawn(move || come_and_go(&town, &stopped));

    let closed = eframe::run_native(
        "roster",
        eframe::NativeOptions {
            viewport: ViewportBuilder::default().with_inner_size([280.0, 400.0]),
            ..Default::default()
        },
        Box::new(|window| {
            let roster = Roster::new(&window.egui_ctx, &store);
            Ok(Box::new(Window(roster)))
        }),
    );
    drop(stop);
    town.join().expect("people come and go without a panic");
    closed
}

struct Window(Roster);

impl eframe::App for Window {
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        egui::CentralPanel::default().show(ui, |ui| self.0.ui(ui));
    }
}

fn move_in(store: &Store<Social>) {
    store.update(CONTACT, |contact| {
        let friends = NAMES.map(|name| Friend {
            nick: name.to_owned(),
            ..Friend::new(name.to_lowercase())
        });
        let friends = friends.map(|friend| (friend.user_id.clone(), friend));
        contact.friend_list.extend(friends);
    });
    store.update(USER, |user| {
        let some = NAMES.iter().step_by(2).map(|name| name.to_lowercase());
        let online = some.map(|name| (name.into(), UserStatus::online()));
        user.user_status_list.extend(online);
        user.display_online_status.set(true);
    });
}

/// Has one after the other come and go, until `stopped` hangs up.
fn come_and_go(store: &Store<Social>, stopped: &mpsc::Receiver<()>) {
    for turn in 0.. {
        let user = UserId::new(NAMES[turn * 5 % NAMES.len()].to_lowercase());
        store.update(USER, |draft| {
            let online = UserStatus::online();
            let leaves = draft.user_status_list.get(&user) == Some(&online);
            let status = if leaves {
                UserStatus::offline()
            } else {
                online
            };
            draft.user_status_list.insert(user, status);
        });
        let pause = Duration::from_millis(700);
        if stopped.recv_timeout(pause) != Err(RecvTimeoutError::Timeout) {
            return;
        }
    }
}
