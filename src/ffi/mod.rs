//! The C ABI: one file per section of the header, in its order, on eight helpers. All conversions
//! between C and Rust happen here; an export converts in, calls the core, and converts out.

#![allow(non_camel_case_types)] // the names are C's
#![allow(clippy::not_unsafe_ptr_arg_deref)] // every export takes pointers from C and checks them
#![allow(clippy::doc_markdown)] // the words are for the C header

mod completion_queue;
mod convert;
mod core_list;
mod entry;
mod event_fd;
mod handle;
mod json_structs;
mod json_surveys;
mod json_text;
#[cfg(test)]
mod layout;
mod reports;

pub mod async_forms;
pub mod catalog;
pub mod check;
pub mod client;
pub mod compaction;
pub mod errors;
pub mod events;
pub mod flush;
mod future_state;
pub mod futures;
pub mod jobs;
pub mod json;
pub mod judgements;
pub mod log;
pub mod many;
mod many_params;
pub mod optimize;
pub mod optimized;
pub mod options;
pub mod plans;
pub mod portable;
pub mod queues;
pub mod results;
pub mod segments;
pub mod stats;
pub mod survey;
pub mod tracing;
mod userdata;
pub mod values;
pub mod version;
