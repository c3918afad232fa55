//! Paints the roster. Builds only the rows that are on the screen.

use ratatui::{
    Frame,
    buffer::Buffer,
    layout::{Constraint, Layout, Rect},
    style::{Color, Modifier, Style},
    text::Line,
    widgets::{Block, Borders, Clear, Paragraph, Widget as _, Wrap},
};
use store::{
    Snapshot,
    chat::{CONVERSATION, Dot, Timestamp, USER, User},
};

use super::{
    roster::{Mode, Pane, Roster},
    rows::Entry,
};
use crate::{
    app::{SCREEN, Screen},
    show,
};

/// The smallest terminal that shows everything.
const SMALLEST: (u16, u16) = (60, 15);

const NAME_WIDTH: u16 = 16;

const KEYS: &str = "o switch · / search · t text · Tab other list · ? help · q quit";

const HELP: &str = "\
↑ ↓ j k      move          PgUp PgDn  by pages
Home End     first, last   Tab ← →    the other list
o, space     switch the online status on or off
/            search names; Esc shows all again
t            write something beside your name
Enter        on a conversation: mark it as read
q, Ctrl-C    quit

● online   ○ offline   ? unknown   ◌ no longer sure

The mouse selects, scrolls, and works the switch.
A contact beyond what the server tells of is ◌ until
it is on the screen.";

/// Where things were painted, for the mouse; without room everything is empty.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Areas {
    title: Rect,
    /// The switch of the online status.
    pub(super) switch: Rect,
    /// The rows of the contact list.
    pub(super) contacts: Rect,
    /// The rows of the conversation list.
    pub(super) conversations: Rect,
    log: Rect,
    footer: Rect,
}

impl Areas {
    /// Divides a terminal of this size.
    pub(super) fn of(whole: Rect) -> Self {
        if whole.width < SMALLEST.0 || whole.height < SMALLEST.1 {
            return Self::default();
        }
        let log_height = (whole.height / 4).clamp(3, 12);
        let [title, lists, log, footer] = Layout::vertical([
            Constraint::Length(1),
            Constraint::Min(4),
            Constraint::Length(log_height),
            Constraint::Length(2),
        ])
        .areas(whole);
        let [contacts, conversations] =
            Layout::horizontal([Constraint::Percentage(55), Constraint::Percentage(45)])
                .areas(lists);
        let switch_width = SWITCH_ON.chars().count() as u16;
        Self {
            title,
            switch: Rect {
                x: title.right() - switch_width,
                width: switch_width,
                ..title
            },
            contacts: inside(contacts),
            conversations: inside(conversations),
            log,
            footer,
        }
    }
}

const SWITCH_ON: &str = "[o] status ●─ on ";
const SWITCH_OFF: &str = "[o] status ─○ off";

fn inside(area: Rect) -> Rect {
    Block::bordered().inner(area)
}

/// What of the store a painting needs besides the rows.
struct View<'a> {
    roster: &'a Roster,
    user: Snapshot<User>,
    screen: Snapshot<Screen>,
    now: Timestamp,
}

/// Paints everything at the moment `now`.
pub(super) fn draw(roster: &Roster, areas: &Areas, frame: &mut Frame<'_>, now: Timestamp) {
    let whole = frame.area();
    if *areas == Areas::default() {
        return too_small(whole, frame.buffer_mut());
    }
    let view = View {
        roster,
        user: roster.store.snapshot(USER),
        screen: roster.store.snapshot(SCREEN),
        now,
    };
    let buffer = frame.buffer_mut();
    view.title(areas, buffer);
    view.contacts(areas.contacts, buffer);
    view.conversations(areas.conversations, buffer);
    view.log(areas.log, buffer);
    view.footer(areas.footer, buffer);
    if roster.mode == Mode::Help {
        help(whole, buffer);
    }
}

fn too_small(whole: Rect, buffer: &mut Buffer) {
    let (width, height) = SMALLEST;
    let text = format!(
        "terminal too small: {}×{}, needs {width}×{height}",
        whole.width, whole.height
    );
    Paragraph::new(text)
        .wrap(Wrap { trim: true })
        .render(whole, buffer);
}

fn help(whole: Rect, buffer: &mut Buffer) {
    let width = HELP
        .lines()
        .map(|line| line.chars().count())
        .max()
        .unwrap_or(0) as u16
        + 4;
    let area = whole.centered(
        Constraint::Length(width),
        Constraint::Length(HELP.lines().count() as u16 + 2),
    );
    Clear.render(area, buffer);
    let block = Block::bordered().title(" keys ");
    Paragraph::new(HELP).block(block).render(area, buffer);
}

impl View<'_> {
    fn title(&self, areas: &Areas, buffer: &mut Buffer) {
        let User {
            user_profile,
            own_status,
            net_state,
            ..
        } = &*self.user;
        let (followed, given_up) = show::followed(&self.user);
        let own = match own_status.custom_status.as_str() {
            "" => String::new(),
            text => format!(" “{text}”"),
        };
        let text = format!(
            "{}{own} · {} · {} followed{} · {} commits per second",
            user_profile.user_id,
            show::link(*net_state),
            followed,
            match given_up {
                0 => String::new(),
                count => format!(", {count} beyond the limit"),
            },
            self.roster.meter.rate(),
        );
        let bar = Style::new().add_modifier(Modifier::REVERSED);
        buffer.set_style(areas.title, bar);
        let width = usize::from(areas.title.width.saturating_sub(areas.switch.width + 2));
        buffer.set_stringn(areas.title.x + 1, areas.title.y, text, width, bar);
        let switch = if self.user.display_online_status {
            SWITCH_ON
        } else {
            SWITCH_OFF
        };
        buffer.set_string(areas.switch.x, areas.switch.y, switch, bar);
    }

    fn contacts(&self, area: Rect, buffer: &mut Buffer) {
        let contacts = self.roster.contacts();
        let title = format!("contacts · {}", contacts.scroll.total());
        self.block(&title, Pane::Contacts, area, buffer);
        for (line, (row, selected)) in area.rows().zip(contacts.rows()) {
            self.row(line, row, buffer);
            self.mark(line, Pane::Contacts, selected, buffer);
        }
    }

    fn conversations(&self, area: Rect, buffer: &mut Buffer) {
        let conversations = self.roster.store.snapshot(CONVERSATION);
        let talks = self.roster.talks();
        let title = format!(
            "conversations · {} · {} unread",
            talks.scroll.total(),
            conversations.total_unread_count
        );
        self.block(&title, Pane::Conversations, area, buffer);
        for (line, (row, selected)) in area.rows().zip(talks.rows()) {
            let unread = match row.conversation.unread_count {
                0 => String::new(),
                count => format!(" ({count})"),
            };
            let [text, badge] =
                Layout::horizontal([Constraint::Min(0), Constraint::Length(unread.len() as u16)])
                    .areas(line);
            self.row(text, row, buffer);
            let bold = Style::new().add_modifier(Modifier::BOLD);
            buffer.set_stringn(badge.x, badge.y, unread, badge.width.into(), bold);
            self.mark(line, Pane::Conversations, selected, buffer);
        }
    }

    fn row(&self, line: Rect, row: &impl Entry, buffer: &mut Buffer) {
        let [mark, _, name_at, _, rest] = Layout::horizontal([
            Constraint::Length(1),
            Constraint::Length(1),
            Constraint::Length(NAME_WIDTH),
            Constraint::Length(1),
            Constraint::Min(0),
        ])
        .areas(line);
        let colour = Style::new().fg(colour(row.dot()));
        let dim = Style::new().add_modifier(Modifier::DIM);
        for (at, text, style) in [
            (mark, show::glyph(row.dot()), colour),
            (name_at, row.name(), Style::new()),
            (rest, &row.about(self.now), dim),
        ] {
            buffer.set_stringn(at.x, at.y, text, at.width.into(), style);
        }
    }

    fn mark(&self, line: Rect, pane: Pane, selected: bool, buffer: &mut Buffer) {
        if selected && pane == self.roster.focus {
            buffer.set_style(line, Style::new().add_modifier(Modifier::REVERSED));
        } else if selected {
            buffer.set_style(line, Style::new().add_modifier(Modifier::UNDERLINED));
        }
    }

    fn block(&self, title: &str, pane: Pane, inside: Rect, buffer: &mut Buffer) {
        let area = Rect {
            x: inside.x - 1,
            y: inside.y - 1,
            width: inside.width + 2,
            height: inside.height + 2,
        };
        let style = match pane == self.roster.focus {
            true => Style::new().add_modifier(Modifier::BOLD),
            false => Style::new().add_modifier(Modifier::DIM),
        };
        let block = Block::bordered()
            .border_style(style)
            .title(format!(" {title} "));
        block.render(area, buffer);
    }

    fn log(&self, area: Rect, buffer: &mut Buffer) {
        let log = self.roster.log();
        let title = format!(" told to watchers · {} times ", log.times());
        let block = Block::new()
            .borders(Borders::TOP)
            .border_style(Style::new().add_modifier(Modifier::DIM))
            .title(title);
        let lines = block.inner(area);
        block.render(area, buffer);
        for (line, text) in lines.rows().zip(log.last(lines.height.into())) {
            buffer.set_stringn(line.x, line.y, text, line.width.into(), Style::new());
        }
    }

    fn footer(&self, area: Rect, buffer: &mut Buffer) {
        let bad = Style::new().fg(WARNING).add_modifier(Modifier::BOLD);
        let (text, style) = match (&self.roster.mode, self.trouble()) {
            (Mode::Write(text), _) => (format!("beside your name: {text}▏"), Style::new()),
            (Mode::Search, _) => (format!("search: {}▏", self.screen.search), Style::new()),
            (_, Some(trouble)) => (format!("! {trouble}"), bad),
            _ if !self.screen.search.is_empty() => (
                format!("shown: names with “{}” · Esc shows all", self.screen.search),
                Style::new(),
            ),
            _ => (self.screen.notice.clone(), Style::new()),
        };
        let [message, keys] = Layout::vertical([Constraint::Length(1); 2]).areas(area);
        let dim = Style::new().add_modifier(Modifier::DIM);
        buffer.set_stringn(keys.x, keys.y, KEYS, keys.width.into(), dim);
        let message = match Line::raw(text.as_str()).width() > area.width.into() {
            true => area,
            false => message,
        };
        let text = Paragraph::new(show::clean(&text)).style(style);
        let text = text.wrap(Wrap { trim: true });
        Clear.render(message, buffer);
        text.render(message, buffer);
    }

    /// What is wrong, the most important first.
    fn trouble(&self) -> Option<String> {
        let kicked = self.user.kicked_out;
        let kicked = kicked.map(|reason| format!("the server ended the session: {reason:?}"));
        let refused = || self.user.online_status_error.as_ref().map(show::error);
        kicked
            .or_else(|| self.screen.trouble.clone())
            .or_else(refused)
    }
}

const WARNING: Color = Color::Indexed(214);

/// Colours that people who see fewer of them can tell apart; the shapes differ anyway.
fn colour(dot: Dot) -> Color {
    match dot {
        Dot::None | Dot::Offline => Color::Reset,
        Dot::Online => Color::Indexed(36),
        Dot::Unknown => Color::Indexed(74),
        Dot::Stale => WARNING,
    }
}
