//! Simulated worlds: a whole client lives in memory, with a clock that stands still while anybody works, and talks to a
//! server that has a truth of its own. Everything that the client claims is compared with that truth.
//!
//! Real are the client, its HTTP/2, and what it does with time. The server behaves as recordings of real ones do
//! (`tests/recordings/reading.md`) in all that the library rests on: lists that lag, counters that are cleaned, plans
//! that are forgotten, sorting, restarts. Its network loses connections, requests and answers at any point.
//!
//! `LIVES=300000 WORLD_SEED=1 cargo test --profile worlds --lib world` lives so many lives, beginning with that seed; a
//! life that goes wrong tells its story. One alone: `LIVES=1 WORLD_SEED=<seed>`.

mod claims;
mod far;
mod hpack;
mod life;
mod line;
mod network;
mod service;
mod truth;
mod user;
mod wire;

#[cfg(test)]
mod tests;

pub(crate) use network::{connect, draw, is_here};
