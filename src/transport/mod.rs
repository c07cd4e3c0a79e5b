//! From a [`Config`](crate::config::Config) to an HTTP/2 connection that gRPC calls travel over; and what is asked over HTTP/1.

mod backoff;
mod causes;
mod certificate;
mod channel;
mod connect;
mod connection;
mod endpoint;
mod http1;
mod http2;
mod protocol_detector;
mod resolve;
mod response;
mod stream;
mod tls;
mod topology;
mod writer;

pub(crate) use backoff::{Backoff, jittered};
pub(crate) use channel::Channel;
pub(crate) use connection::{Connection, TransportError};
pub(crate) use http1::{Page, Site};
pub(crate) use response::HttpResponse;
