//! What keys and mouse do to the roster, and what they ask of the server.

use crossterm::event::{
    Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use ratatui::layout::{Position, Rect};
use store::chat::{ConversationId, USER};

use super::{
    draw::Areas,
    roster::{Mode, Pane, Roster},
    scroll::Scroll,
};
/// Something that only the program around the roster can do.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// End.
    Quit,
    /// Switch the online status on or off.
    Switch(bool),
    /// Write this beside the own name.
    Write(String),
    /// Mark this conversation as read.
    Read(ConversationId),
}

/// How many rows one turn of the wheel moves.
const WHEEL: isize = 3;

impl Roster {
    /// Takes an event of the terminal; `areas` is where things were painted last.
    pub(super) fn handle(&mut self, event: &Event, areas: &Areas) -> Option<Wish> {
        self.touch();
        match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => self.key(*key),
            Event::Mouse(mouse) => self.mouse(*mouse, areas),
            Event::Paste(text) => {
                text.chars()
                    .filter(|c| !c.is_control())
                    .for_each(|c| self.put(c));
                None
            }
            _ => None,
        }
    }

    fn key(&mut self, key: KeyEvent) -> Option<Wish> {
        if key.modifiers.contains(KeyModifiers::CONTROL) {
            return (key.code == KeyCode::Char('c')).then_some(Wish::Quit);
        }
        match key.code {
            KeyCode::Up => self.step(-1),
            KeyCode::Down => self.step(1),
            KeyCode::PageUp => self.page(-1),
            KeyCode::PageDown => self.page(1),
            KeyCode::Tab | KeyCode::BackTab => self.turn(),
            KeyCode::Esc => self.escape(),
            KeyCode::Backspace => self.rub_out(),
            KeyCode::Enter => return self.enter(),
            code if self.mode == Mode::Browse => return self.command(code),
            KeyCode::Char(c) => self.put(c),
            _ => {}
        }
        None
    }

    fn command(&mut self, code: KeyCode) -> Option<Wish> {
        match code {
            KeyCode::Char('q') => return Some(Wish::Quit),
            KeyCode::Char('o' | ' ') => return Some(self.switch()),
            KeyCode::Char('/') => self.mode = Mode::Search,
            KeyCode::Char('t') => self.mode = Mode::Write(self.own_text()),
            KeyCode::Char('?') | KeyCode::F(1) => self.mode = Mode::Help,
            KeyCode::Char('k') => self.step(-1),
            KeyCode::Char('j') => self.step(1),
            KeyCode::Left => self.focus = Pane::Contacts,
            KeyCode::Right => self.focus = Pane::Conversations,
            KeyCode::Home => self.scroll(Scroll::first),
            KeyCode::End => self.scroll(Scroll::last),
            _ => {}
        }
        None
    }

    fn mouse(&mut self, mouse: MouseEvent, areas: &Areas) -> Option<Wish> {
        let at = Position::new(mouse.column, mouse.row);
        let panes = [
            (Pane::Contacts, areas.contacts),
            (Pane::Conversations, areas.conversations),
        ];
        let pane = panes.into_iter().find(|(_, area)| area.contains(at));
        match (mouse.kind, pane) {
            (MouseEventKind::Down(MouseButton::Left), _) if areas.switch.contains(at) => {
                return Some(self.switch());
            }
            (MouseEventKind::Down(MouseButton::Left), Some((pane, area))) => {
                self.focus = pane;
                return self.click(line_in(area, at));
            }
            (MouseEventKind::ScrollUp, Some((pane, _))) => {
                self.focus = pane;
                self.step(-WHEEL);
            }
            (MouseEventKind::ScrollDown, Some((pane, _))) => {
                self.focus = pane;
                self.step(WHEEL);
            }
            _ => {}
        }
        None
    }

    fn click(&mut self, line: usize) -> Option<Wish> {
        match self.focus {
            Pane::Contacts => {
                self.contacts_mut().point(line);
                None
            }
            Pane::Conversations => {
                let hit = self.talks_mut().point(line);
                hit.then(|| self.read()).flatten()
            }
        }
    }

    fn enter(&mut self) -> Option<Wish> {
        match std::mem::take(&mut self.mode) {
            Mode::Write(text) => Some(Wish::Write(text)),
            Mode::Browse if self.focus == Pane::Conversations => self.read(),
            Mode::Browse | Mode::Search | Mode::Help => None,
        }
    }

    fn read(&self) -> Option<Wish> {
        self.talks().selected().cloned().map(Wish::Read)
    }

    /// Asks for the opposite of what is true.
    fn switch(&self) -> Wish {
        Wish::Switch(!self.store.snapshot(USER).display_online_status)
    }

    fn own_text(&self) -> String {
        self.store.snapshot(USER).own_status.custom_status.clone()
    }

    fn escape(&mut self) {
        if matches!(self.mode, Mode::Browse | Mode::Search) {
            self.search(String::clear);
        }
        self.mode = Mode::Browse;
    }

    fn put(&mut self, c: char) {
        match &mut self.mode {
            Mode::Search => self.search(|text| text.push(c)),
            Mode::Write(text) => text.push(c),
            Mode::Help => self.mode = Mode::Browse,
            Mode::Browse => {}
        }
    }

    fn rub_out(&mut self) {
        match &mut self.mode {
            Mode::Search => self.search(|text| {
                text.pop();
            }),
            Mode::Write(text) => {
                text.pop();
            }
            Mode::Browse | Mode::Help => {}
        }
    }

    fn turn(&mut self) {
        self.focus = match self.focus {
            Pane::Contacts => Pane::Conversations,
            Pane::Conversations => Pane::Contacts,
        };
    }

    fn step(&self, by: isize) {
        self.scroll(|scroll| scroll.step(by));
    }

    fn page(&self, by: isize) {
        self.scroll(|scroll| scroll.page(by));
    }
}

fn line_in(area: Rect, at: Position) -> usize {
    usize::from(at.y.saturating_sub(area.y))
}
