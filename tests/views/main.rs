//! Live views: the law that they show what a computation from scratch would, what they cost, and what they do when the
//! program's own code misbehaves.

mod app;
mod plan;
mod shown;
mod law;
mod cost;
mod friends;
mod told;
mod misbehaviour;
