//! The Milvus messages, as `proto/` compiles to them: `UPDATE_MESSAGES=1 cargo test --test messages` renews them.

#![allow(missing_docs, unreachable_pub, clippy::pedantic)]

// Included, so that nothing formats what is generated.
pub mod common {
    include!("proto/common.rs");
}
pub mod schema {
    include!("proto/schema.rs");
}
pub mod service {
    include!("proto/service.rs");
}
