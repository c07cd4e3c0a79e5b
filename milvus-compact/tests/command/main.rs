//! The command against the scripted server: each exit code, each bad input, signals, the page, and a terminal.

mod bad_input;
mod codes;
mod page;
mod signals;
mod support;
mod terminal;
