//! A chat roster in the terminal that shows who is online.
fn main() {}
