//! Triggers compactions on a Milvus server, follows the jobs, and reports what really happened.
//!
//! The product is the C library: `include/milvus_client.h`, exported by [`ffi`]. As a crate it serves only its own
//! tests: a Rust program that linked it would share its panic hook, and lose all of `tracing` at compile time. The
//! modules below it are safe Rust, one concept each. A module uses only modules that are listed above it.

mod moment;
mod packed;
mod text;
mod wiping;

pub mod error;
pub mod version;

pub mod config;
mod outage;
pub mod proto;
pub mod server;
mod sorting;
mod stall;

mod panics;

mod backoff;

mod cancellation;
mod completion;
mod process;
mod runtime;

mod aside;
mod files;
mod inline_executor;

mod in_flight;

mod callbacks;

mod closing;

pub mod trace;

pub mod log;

pub mod stats;

mod outliving;
mod transport;

mod rpc;

mod management;

mod lists;
mod row_size;

mod collection;
mod poll_limiter;
mod polling;

mod index;
mod load;
pub mod segments;
mod traits;
mod unflushed;

mod flush;

pub mod compaction;

mod operation;

pub mod client;

#[allow(unsafe_code)]
pub mod ffi;

pub use client::Client;
pub use error::{Error, Status};
pub use operation::Operation;

#[cfg(any(test, fuzzing))]
#[allow(missing_docs)]
pub mod fuzzing;

#[cfg(test)]
mod world;
