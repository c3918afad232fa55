//! The roster, painted. Its ten lines of glue to the store are in [`Roster::new`].

use std::{cell::RefCell, rc::Rc};

use egui::{
    Align2, Color32, Context, Role, ScrollArea, Sense, TextEdit, TextStyle, Ui, WidgetInfo, vec2,
};
use store::{
    Inbox, LocalWatcher, Store,
    chat::{Contact, Dot, USER, User},
};

use crate::{
    Social,
    rows::{Rows, word},
};

/// A roster on the screen. It stays on the thread that paints it.
pub struct Roster {
    store: Store<Social>,
    inbox: Inbox,
    rows: Rc<RefCell<Rows>>,
    search: String,
    _watching: LocalWatcher,
}

impl Roster {
    /// A roster of what is in the store, to be painted by `ctx`.
    pub fn new(ctx: &Context, store: &Store<Social>) -> Self {
        let ctx = ctx.clone();
        let inbox = Inbox::new(move || ctx.request_repaint());

        // Nothing here is `Send`, and no lock is needed: only this thread calls these.
        let rows = Rc::new(RefCell::new(Rows::default()));
        let [friends, statuses, switch] = [&rows; 3].map(Rc::clone);
        let contact =
            Contact::watch().friend_list(move |list| friends.borrow_mut().put_friends(list));
        let user = User::watch()
            .display_online_status(move |on| switch.borrow_mut().switch = *on)
            .user_status_list(move |list| statuses.borrow_mut().put_statuses(list));

        Self {
            _watching: store.on(&inbox).watch_across((contact, user)),
            store: store.clone(),
            inbox,
            rows,
            search: String::new(),
        }
    }

    /// Paints one frame, of what has come up to now.
    pub fn ui(&mut self, ui: &mut Ui) {
        self.inbox.drain();
        let rows = self.rows.borrow();

        let mut switch = rows.switch;
        if ui.checkbox(&mut switch, "show who is online").changed() {
            // Told through the inbox like everybody else's writes: in the next frame.
            self.store
                .update(USER, |user| user.display_online_status.set(switch));
        }
        ui.add(TextEdit::singleline(&mut self.search).hint_text("search"));
        ui.weak(if rows.switch { &rows.news } else { "" });
        ui.separator();

        let found = rows.matching(&self.search);
        let height = ui.text_style_height(&TextStyle::Body) + 4.0;
        ScrollArea::vertical().auto_shrink(false).show_rows(
            ui,
            height,
            found.len(),
            |ui, on_screen| {
                for (name, dot) in &found[on_screen] {
                    row(ui, height, name, *dot);
                }
            },
        );
    }
}

fn row(ui: &mut Ui, height: f32, name: &str, dot: Dot) {
    let size = vec2(ui.available_width(), height);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let centre = rect.left_center() + vec2(height / 2.0, 0.0);
    if let Some(colour) = colour(dot) {
        ui.painter().circle_filled(centre, height / 4.0, colour);
    }
    let beside = centre + vec2(height, 0.0);
    let font = TextStyle::Body.resolve(ui.style());
    let ink = ui.visuals().text_color();
    ui.painter()
        .text(beside, Align2::LEFT_CENTER, name, font, ink);
    response.widget_info(|| {
        let read_out = format!("{name}, {}", word(dot));
        WidgetInfo::labeled(Role::Label, true, read_out)
    });
}

fn colour(dot: Dot) -> Option<Color32> {
    match dot {
        Dot::None => None,
        Dot::Online => Some(Color32::from_rgb(60, 180, 75)),
        Dot::Offline => Some(Color32::GRAY),
        Dot::Unknown => Some(Color32::from_gray(90)),
        Dot::Stale => Some(Color32::from_rgb(200, 150, 40)),
    }
}
