//! From a [`Config`](crate::config::Config) to an HTTP/2 connection that gRPC calls travel over.

mod channel;
mod connect;
mod peer;
mod tls;

pub(crate) use channel::{Broken, Channel, Connection};
