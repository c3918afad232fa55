//! Our store answers scripts of TUIStore calls as TUIStore does.
//!
//! Knows recorded answers and the rules of TUIStore that are kept; what is meant to differ is
//! tested with the contract.

#[path = "../../examples/tuistore_trace/models.rs"]
mod models;
#[path = "../../examples/tuistore_trace/player.rs"]
mod player;
#[path = "../../examples/tuistore_trace/script.rs"]
mod script;

mod kept;
mod refused;
mod traces;

use std::error::Error;

/// The answers to a script, printed, or why there are none.
fn answers(text: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let mut player = player::Player::new();
    script::parse(text)?
        .into_iter()
        .map(|op| Ok(serde_json::to_string(&player.play(op)?)?))
        .collect()
}
