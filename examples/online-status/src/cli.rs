//! What can be asked for on the command line.

use std::{net::SocketAddr, num::NonZeroU32, time::Duration};

use clap::{Args, Parser, Subcommand, ValueEnum, builder::RangedU64ValueParser, value_parser};

/// A chat roster in the terminal that shows who is online.
///
/// With nothing given, the program serves itself: a small population in the same process
/// comes and goes. `serve` runs that server for real, `--connect` is a client of one.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    /// What to run instead of the roster.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// How the roster is shown.
    #[command(flatten)]
    pub(crate) client: ClientOptions,
    /// The embedded server's world.
    #[command(flatten)]
    pub(crate) world: WorldOptions,
}

/// What the program can do besides showing the roster.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serves a world over TCP, for clients started with `--connect`.
    Serve {
        /// Where to listen; port 0 takes any free port and prints it.
        #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7700")]
        listen: SocketAddr,
        /// Ends the server after this long, such as `5s`, `500ms` or `2m`.
        #[arg(long = "for", value_name = "TIME", value_parser = duration)]
        lasting: Option<Duration>,
        /// The served world.
        #[command(flatten)]
        world: WorldOptions,
    },
}

/// How the roster connects and how it is shown.
#[derive(Debug, Args)]
pub(crate) struct ClientOptions {
    /// Connects to a server started with `serve` instead of an embedded one.
    #[arg(long, value_name = "ADDR", conflicts_with = "world")]
    pub(crate) connect: Option<SocketAddr>,
    /// Who you are.
    #[arg(long, value_name = "NAME", default_value = "alice", value_parser = name)]
    pub(crate) user: String,
    /// The kind of device you are on.
    #[arg(long, value_name = "NAME", default_value = "terminal", value_parser = name)]
    pub(crate) device: String,
    /// Prints one line per change instead of drawing; so does any output that is no terminal.
    #[arg(long)]
    pub(crate) plain: bool,
    /// Ends after this long, such as `5s`, `500ms` or `2m`, even if the input ends before.
    #[arg(long = "for", value_name = "TIME", value_parser = duration)]
    pub(crate) lasting: Option<Duration>,
    /// Starts with the online status switched off, as a chat program would.
    #[arg(long)]
    pub(crate) off: bool,
    /// How long changes are gathered before the rows are told; bursts become one commit.
    #[arg(long, value_name = "TIME", default_value = "2ms", value_parser = duration)]
    pub(crate) coalesce: Duration,
    /// Measures so many status changes, from the embedded server to the row, instead of showing them.
    #[arg(long, value_name = "TIMES", conflicts_with_all = ["connect", "lasting"])]
    pub(crate) measure: Option<NonZeroU32>,
    /// Draws for the time of `--for` where nobody sees it, and prints how often and at what cost.
    #[arg(long, requires = "lasting", conflicts_with_all = ["plain", "measure"])]
    pub(crate) unseen: bool,
}

/// The world a server holds, and what it refuses.
#[derive(Debug, Clone, Args)]
#[group(id = "world", multiple = true)]
#[command(next_help_heading = "World")]
pub(crate) struct WorldOptions {
    /// How many users exist.
    #[arg(long, value_name = "COUNT", default_value_t = 24)]
    pub(crate) users: usize,
    /// Worlds of the same seed begin alike and live the same life.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub(crate) seed: u64,
    /// How many of them come or go per second; without it 3, or one in a thousand if that is more.
    #[arg(long, value_name = "COUNT", value_parser = value_parser!(u32).range(..=100_000))]
    pub(crate) changes: Option<u32>,
    /// The most users the backend takes.
    #[arg(long, value_name = "COUNT", default_value_t = 100_000)]
    pub(crate) max_users: usize,
    /// How long a client may be silent before it counts as gone.
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = timeout)]
    pub(crate) timeout: Duration,
    /// Whether User Online Status is activated in the console.
    #[arg(long, value_enum, default_value_t = Capability::On)]
    pub(crate) capability: Capability,
    /// Grants the capability this long after the start, as if someone used the console then.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) grant_after: Option<Duration>,
    /// The package that was bought; `basic` does not include the online status.
    #[arg(long, value_enum, default_value_t = Edition::Pro)]
    pub(crate) edition: Edition,
    /// The most users in one call to subscribe or unsubscribe.
    #[arg(long, value_name = "COUNT", default_value_t = 100, value_parser = per_call())]
    pub(crate) subscribe_limit: usize,
    /// The most users in one query.
    #[arg(long, value_name = "COUNT", default_value_t = 500, value_parser = per_call())]
    pub(crate) query_limit: usize,
    /// The most users one client may be subscribed to.
    #[arg(long, value_name = "COUNT", default_value_t = 200, value_parser = at_least_one())]
    pub(crate) subscriptions: usize,
    /// The most calls a client may make per second.
    #[arg(long, value_name = "COUNT", default_value_t = 100)]
    pub(crate) calls: u32,
}

/// Whether User Online Status is activated in the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Capability {
    /// Activated.
    On,
    /// Not activated: calls are refused with code 72001.
    Off,
}

/// The package that was bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Edition {
    /// Without the online status: calls are refused with code 3122.
    Basic,
    /// With it.
    Pro,
    /// With it.
    ProPlus,
    /// With it.
    Enterprise,
}

/// Parses `500ms`, `5s` or `2m`.
fn duration(text: &str) -> Result<Duration, String> {
    let explain = || format!("`{text}` is not a time such as 500ms, 5s or 2m");
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: u64 = digits.parse().map_err(|_| explain())?;
    let milliseconds = match &text[digits.len()..] {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        _ => return Err(explain()),
    };
    number
        .checked_mul(milliseconds)
        .map(Duration::from_millis)
        .ok_or_else(explain)
}

/// Parses a time in which a client can be expected to say something.
fn timeout(text: &str) -> Result<Duration, String> {
    const SHORTEST: Duration = Duration::from_millis(100);
    const LONGEST: Duration = Duration::from_secs(60 * 60);
    match duration(text)? {
        short if short < SHORTEST => Err(format!("`{text}` is too short: {SHORTEST:?} at least")),
        long if long > LONGEST => Err(format!("`{text}` is too long: {LONGEST:?} at most")),
        fitting => Ok(fitting),
    }
}

/// How many users one call may name, so that every answer fits into a frame.
fn per_call() -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(1..=500)
}

fn at_least_one() -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(1..)
}

/// Accepts names that read well in one column of a terminal.
///
/// A server holds its clients to it, too: nobody can do harm with a name.
pub(crate) fn name(text: &str) -> Result<String, String> {
    const LONGEST: usize = 32;
    if text.is_empty() || text.len() > LONGEST {
        return Err(format!("a name has 1 to {LONGEST} bytes"));
    }
    if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err("a name has no spaces and no control characters".to_owned());
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn durations_need_a_unit() {
        assert_eq!(duration("5s"), Ok(Duration::from_secs(5)));
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("2m"), Ok(Duration::from_secs(120)));
        for wrong in ["5", "s", "-1s", "1h", "99999999999999999999s", ""] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_client_cannot_set_the_servers_world() {
        let line = "online-status --connect 127.0.0.1:1 --users 7";
        assert!(Cli::try_parse_from(line.split(' ')).is_err());
        let line = "online-status --connect 127.0.0.1:1 --user bob";
        assert!(Cli::try_parse_from(line.split(' ')).is_ok());
    }
}
