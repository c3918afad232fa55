//! The roster in a terminal.

mod draw;
mod keys;
mod list;
mod log;
mod pace;
mod roster;
#[cfg(test)]
mod tests;

use std::{io, ops::ControlFlow, panic, time::Duration};

use crossterm::{
    event::{DisableMouseCapture, EnableMouseCapture, EventStream},
    execute,
};
use futures::{StreamExt as _, future::OptionFuture};
use ratatui::{DefaultTerminal, layout::Rect};
use store::chat::{Interest, UserId};
use tokio::time::{self, Instant};

use self::{
    draw::{Areas, draw},
    keys::Wish,
    pace::{Bell, Pace},
    roster::Roster,
};
use crate::{client::Client, show};

/// Shows a client until the user quits, or for this long.
///
/// # Errors
///
/// An [`io::Error`] if the terminal fails.
pub(crate) async fn run(client: Client, lasting: Option<Duration>) -> io::Result<()> {
    let mut terminal = ratatui::try_init()?;
    release_mouse_on_panic();
    let shown = match execute!(io::stdout(), EnableMouseCapture) {
        Ok(()) => Window::new(client).run(&mut terminal, lasting).await,
        Err(error) => Err(error),
    };
    let released = execute!(io::stdout(), DisableMouseCapture);
    ratatui::try_restore()?;
    shown.and(released)
}

/// Adds to what is done about the terminal when the program panics.
fn release_mouse_on_panic() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        // There is nothing left to do about a terminal that fails here, too.
        let _ = execute!(io::stdout(), DisableMouseCapture);
        before(info);
    }));
}

/// The roster between the terminal and the server.
struct Window {
    client: Client,
    roster: Roster,
    bell: Bell,
    areas: Areas,
    on_screen: Vec<UserId>,
    /// Keeps those on the screen the most recently wanted.
    _interest: Option<Interest>,
}

impl Window {
    fn new(client: Client) -> Self {
        let bell = Bell::default();
        Self {
            roster: Roster::new(client.store(), &bell),
            client,
            bell,
            areas: Areas::default(),
            on_screen: Vec::new(),
            _interest: None,
        }
    }

    async fn run(
        mut self,
        terminal: &mut DefaultTerminal,
        lasting: Option<Duration>,
    ) -> io::Result<()> {
        let mut events = EventStream::new();
        let mut pace = Pace::new();
        let mut second = time::interval(Duration::from_secs(1));
        let mut minute = time::interval(Duration::from_secs(60));
        let end = OptionFuture::from(lasting.map(time::sleep));
        tokio::pin!(end);
        loop {
            let due = OptionFuture::from(pace.due().map(time::sleep_until));
            tokio::select! {
                Some(()) = due => {
                    self.paint(terminal)?;
                    pace.painted(Instant::now());
                }
                event = events.next() => match event.transpose()? {
                    Some(event) => {
                        pace.want();
                        let wish = self.roster.handle(&event, &self.areas);
                        if wish.is_some_and(|wish| self.fulfil(wish).is_break()) {
                            return Ok(());
                        }
                    }
                    None => return Ok(()),
                },
                () = self.bell.rung() => pace.want(),
                _ = second.tick() => if self.roster.meter.tick() {
                    pace.want();
                },
                _ = minute.tick() => pace.want(), // Rows say how many minutes ago.
                Some(()) = &mut end => return Ok(()),
            }
        }
    }

    fn paint(&mut self, terminal: &mut DefaultTerminal) -> io::Result<()> {
        terminal.autoresize()?;
        let size = terminal.size()?;
        self.areas = Areas::of(Rect::from(((0, 0).into(), size)));
        self.roster.refresh(
            self.areas.contacts.height.into(),
            self.areas.conversations.height.into(),
        );
        let on_screen = self.roster.users_on_screen();
        if on_screen != self.on_screen {
            self._interest = Some(self.client.want(on_screen.clone()));
            self.on_screen = on_screen;
        }
        terminal.draw(|frame| draw(&self.roster, &self.areas, frame, show::now()))?;
        Ok(())
    }

    /// Starts what is wished for; how it ends is shown when it has. Breaks if the end is wished for.
    fn fulfil(&self, wish: Wish) -> ControlFlow<()> {
        let client = self.client.clone();
        match wish {
            Wish::Quit => return ControlFlow::Break(()),
            Wish::Switch(on) => tokio::spawn(async move { client.switch(on).await }),
            Wish::Write(text) => tokio::spawn(async move { client.write(text).await }),
            Wish::Read(conversation) => {
                tokio::spawn(async move { client.read(conversation).await })
            }
        };
        ControlFlow::Continue(())
    }
}
