//! The generated Milvus messages and client stub, from `proto/`.

#![allow(missing_docs, unreachable_pub, clippy::pedantic)]

include!(concat!(env!("OUT_DIR"), "/milvus_proto.rs"));

pub use milvus::proto::common;
pub use milvus::proto::milvus as service;
pub use milvus::proto::milvus::milvus_service_client::MilvusServiceClient;
