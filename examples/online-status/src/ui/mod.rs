//! The roster in a terminal.

mod draw;
mod keys;
mod list;
mod log;
mod pace;
mod roster;
mod rows;
mod scroll;
#[cfg(test)]
mod tests;
mod told;

use std::{
    io::{self, Write},
    ops::ControlFlow,
    panic,
    sync::Arc,
    time::Duration,
};

use crossterm::{
    event::{DisableMouseCapture, EnableMouseCapture, Event, EventStream},
    execute,
};
use futures::{Stream, StreamExt as _, future::OptionFuture, stream};
use ratatui::{Terminal, TerminalOptions, Viewport, backend::CrosstermBackend, layout::Rect};
use store::chat::{Interest, UserId};
use tokio::{
    sync::Notify,
    time::{self, Instant},
};

use self::{
    draw::{Areas, draw},
    keys::Wish,
    pace::Pace,
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
        Ok(()) => {
            let events = EventStream::new();
            Window::new(client)
                .run(&mut terminal, events, lasting)
                .await
        }
        Err(error) => Err(error),
    };
    let released = execute!(io::stdout(), DisableMouseCapture);
    ratatui::try_restore()?;
    shown.and(released)
}

/// Shows a client to nobody, for this long, on a screen of a common size; answers with how often it was painted.
///
/// # Errors
///
/// An [`io::Error`] if painting fails, as of a terminal.
pub(crate) async fn run_unseen(client: Client, lasting: Duration) -> io::Result<u64> {
    let viewport = Viewport::Fixed(Rect::new(0, 0, 120, 40));
    let backend = CrosstermBackend::new(io::sink());
    let mut terminal = Terminal::with_options(backend, TerminalOptions { viewport })?;
    let mut window = Window::new(client);
    let nobody = stream::pending();
    window.run(&mut terminal, nobody, Some(lasting)).await?;
    Ok(window.paintings)
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
    /// Rung when the roster has something to take in.
    bell: Arc<Notify>,
    areas: Areas,
    on_screen: Vec<UserId>,
    /// Keeps those on the screen the most recently wanted.
    _interest: Option<Interest>,
    paintings: u64,
}

impl Window {
    fn new(client: Client) -> Self {
        let bell = Arc::new(Notify::new());
        let ring = Arc::clone(&bell);
        Self {
            roster: Roster::new(client.store(), move || ring.notify_one()),
            client,
            bell,
            areas: Areas::default(),
            on_screen: Vec::new(),
            _interest: None,
            paintings: 0,
        }
    }

    async fn run(
        &mut self,
        terminal: &mut Terminal<CrosstermBackend<impl Write>>,
        mut events: impl Stream<Item = io::Result<Event>> + Unpin,
        lasting: Option<Duration>,
    ) -> io::Result<()> {
        let mut pace = Pace::new();
        let mut second = time::interval(Duration::from_secs(1));
        let mut minute = time::interval(Duration::from_secs(60));
        let end = OptionFuture::from(lasting.map(time::sleep));
        tokio::pin!(end);
        loop {
            let due = OptionFuture::from(pace.due().map(time::sleep_until));
            tokio::select! {
                Some(()) = due => {
                    self.look(terminal)?;
                    pace.looked(Instant::now());
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
                () = self.bell.notified() => pace.want(),
                _ = second.tick() => if self.roster.count_commits() {
                    pace.want();
                },
                _ = minute.tick() => { // Rows say how many minutes ago.
                    self.roster.touch();
                    pace.want();
                }
                Some(()) = &mut end => return Ok(()),
            }
        }
    }

    /// Takes in what has been told, and paints if that makes the screen another one.
    fn look(&mut self, terminal: &mut Terminal<CrosstermBackend<impl Write>>) -> io::Result<()> {
        terminal.autoresize()?;
        self.areas = Areas::of(terminal.get_frame().area());
        let (contacts, conversations) = (self.areas.contacts, self.areas.conversations);
        if !self
            .roster
            .take_in(contacts.height.into(), conversations.height.into())
        {
            return Ok(());
        }
        let on_screen = self.roster.users_on_screen();
        if on_screen != self.on_screen {
            self._interest = Some(self.client.want(on_screen.clone()));
            self.on_screen = on_screen;
        }
        terminal.draw(|frame| draw(&self.roster, &self.areas, frame, show::now()))?;
        self.paintings += 1;
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
