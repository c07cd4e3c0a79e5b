//! Has a Milvus server compact a collection, follows the job, and tells what really happened.
//!
//! The product is the C library: `include/milvus_client.h`, exported by [`ffi`]. As a crate it is for its own tests: a
//! Rust program that links it shares its panic hook, and would have all of `tracing` compiled away. The modules below
//! it are safe Rust, one concept each, and use only what is listed above them.

pub mod error;
pub mod version;

pub mod config;
pub mod proto;
pub mod server;

mod panics;

mod cancellation;
mod completion;
mod process;
mod runtime;

mod inline_executor;

mod in_flight;

mod callbacks;

mod closing;

pub mod log;

mod transport;

mod rpc;

mod management;

mod collection;
mod poll_limiter;
pub mod segments;
mod traits;
mod unflushed;
mod upkeep;

pub mod compaction;

mod operation;

pub mod client;

#[allow(unsafe_code)]
pub mod ffi;

pub use client::Client;
pub use error::{Error, Status};
pub use operation::Operation;
