//! The generated Milvus messages, from `proto/`.

#![allow(missing_docs, unreachable_pub, clippy::pedantic)]

include!(concat!(env!("OUT_DIR"), "/milvus_proto.rs"));

pub use milvus::proto::common;
pub use milvus::proto::milvus as service;
pub use milvus::proto::schema;
