//! A chat roster in the terminal that shows who is online.

mod backend;
mod cli;
mod server;
mod wire;

fn main() {}
