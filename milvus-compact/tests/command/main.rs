//! The command against the scripted server: each exit code, each bad input, signals, the page, a terminal, and the files of packaging/jobs.

mod bad_input;
mod codes;
mod jobs;
mod page;
mod signals;
mod support;
mod terminal;
