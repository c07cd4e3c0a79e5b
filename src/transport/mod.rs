//! Connects to a server as a [`Config`](crate::config::Config) says, and carries requests: HTTP/2 for gRPC, HTTP/1 for
//! topologies and management ports.

mod allowance;
mod arrival;
mod causes;
mod channel;
mod connect;
mod connection;
mod dial;
mod endpoint;
mod frames;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod http1;
mod http2;
mod keepalive;
mod protocol_detector;
mod proxy;
mod reader;
mod resolve;
mod response;
mod stream;
mod tls;
mod topology;
mod writer;

pub(crate) use arrival::Arrival;
pub(crate) use channel::Channel;
pub(crate) use connection::{Connection, HttpRequest, Reset, TransportError};
pub(crate) use http1::{Page, Site};
pub(crate) use reader::{give_up as give_up_reading, read_until};
pub(crate) use response::{HttpResponse, Intake};
