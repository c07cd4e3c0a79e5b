//! Explores the interleavings of the synchronisation that the library is built from, with at most two preemptions or what
//! `LOOM_MAX_PREEMPTIONS` says: these are its own files, compiled with loom's primitives in place of the standard
//! library's.

#![cfg(all(loom, test))]

#[path = "../../../src/transport/writer/driver.rs"]
mod driver;
#[path = "../../../src/transport/reader/role.rs"]
mod role;
#[path = "../../../src/transport/writer/write_state.rs"]
mod write_state;

mod reading;
mod writing;

fn explore(model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    let bound = std::env::var("LOOM_MAX_PREEMPTIONS").ok().and_then(|bound| bound.parse().ok());
    builder.preemption_bound = Some(bound.unwrap_or(2));
    builder.check(model);
}
