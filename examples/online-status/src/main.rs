//! A chat roster in the terminal that shows who is online.

mod app;
mod backend;
mod cli;
mod client;
mod cost;
mod measure;
mod plain;
mod server;
mod show;
#[cfg(test)]
mod soak;
mod ui;
mod wire;

use std::{
    error::Error,
    io::{self, IsTerminal as _, Write as _},
    iter,
    net::SocketAddr,
    process::ExitCode,
    time::Duration,
};

use clap::Parser as _;
use futures::future::OptionFuture;
use tokio::{runtime::Runtime, time};

use crate::{
    backend::Dial,
    cli::{Cli, ClientOptions, Command, WorldOptions},
    client::Client,
    server::{Server, Settings},
};

/// Something that ends the program.
type Failure = Box<dyn Error + Send + Sync>;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("online-status: {}", with_causes(&*failure));
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<(), Failure> {
    let runtime = Runtime::new()?;
    let ended = runtime.block_on(async {
        match cli.command {
            Some(Command::Serve {
                listen,
                lasting,
                world,
            }) => serve(listen, lasting, &world).await,
            None => show_roster(&cli.client, &cli.world).await,
        }
    });
    // Not waited for: a thread may still sit in a read of the terminal.
    runtime.shutdown_background();
    ended
}

/// Serves a world over TCP until the time is over or somebody interrupts it.
async fn serve(
    listen: SocketAddr,
    lasting: Option<Duration>,
    world: &WorldOptions,
) -> Result<(), Failure> {
    let server = Server::start(&Settings::from(world))?;
    let listener = Server::listen(listen).await?;
    say(format!(
        "serving {} users on {}",
        world.users,
        listener.local_addr()?
    ));
    let over = OptionFuture::from(lasting.map(time::sleep));
    tokio::select! {
        () = server.serve(listener, |line| say(show::clean(&line))) => {}
        Some(()) = over => {}
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    Ok(())
}

/// Prints a line, for as long as anybody reads it.
fn say(line: String) {
    // A server serves on when nobody reads what it says.
    let _ = writeln!(io::stdout(), "{line}");
}

/// Shows a user's roster.
async fn show_roster(options: &ClientOptions, world: &WorldOptions) -> Result<(), Failure> {
    let (dial, embedded) = match options.connect {
        Some(address) => (Dial::Tcp(address), None),
        None => {
            let server = Server::start(&Settings::from(world))?;
            (Dial::Embedded(server.clone()), Some(server))
        }
    };
    let client = Client::connect(dial, &options.device, options.coalesce).await?;
    client.login(&options.user, !options.off).await?;
    if let (Some(times), Some(server)) = (options.measure, embedded) {
        say(measure::run(&client, &server, times).await?.to_string());
        return Ok(());
    }
    if let (true, Some(lasting)) = (options.unseen, options.lasting) {
        say(cost::run(client, lasting).await?.to_string());
        return Ok(());
    }
    if options.plain || !io::stdout().is_terminal() || !io::stdin().is_terminal() {
        plain::run(&client, options.lasting).await;
    } else {
        ui::run(client, options.lasting).await?;
    }
    Ok(())
}

/// An error and everything that led to it.
fn with_causes(error: &dyn Error) -> String {
    iter::successors(Some(error), |&error| error.source())
        .map(|error| error.to_string())
        .collect::<Vec<_>>()
        .join(": ")
}
