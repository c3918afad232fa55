//! What a review of the core found, each as the smallest program that showed it.

mod delivery;
mod text;
mod threads;
mod writes;
