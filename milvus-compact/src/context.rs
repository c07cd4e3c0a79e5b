//! What every command works with.

use std::time::{Duration, Instant};

use crate::configuration::{self, Configuration};
use crate::ffi;
use crate::milvus::{Client, Failure};
use crate::output::Output;
use crate::stop::Stop;

pub struct Context {
    pub client: Client,
    pub output: Output,
    pub stop: Stop,
    /// The server's address without a token.
    pub uri: String,
}

impl Context {
    pub fn new(
        mut configuration: Configuration,
        output: Output,
        stop: Stop,
        give_up_after: Option<Duration>,
    ) -> Result<Self, (Failure, Output)> {
        if let Some(time) = give_up_after {
            let time = milliseconds(time).to_string();
            configuration.options.retain(|(key, _)| key != "stall_timeout_ms");
            configuration.options.push(("stall_timeout_ms".to_owned(), time));
        }
        if !configuration.options.iter().any(|(key, _)| key == "user_agent") {
            let name = concat!("milvus-compact/", env!("CARGO_PKG_VERSION"));
            configuration.options.push(("user_agent".to_owned(), name.to_owned()));
        }
        let uri = configuration.uri.as_deref().map(configuration::without_token).unwrap_or_default();
        match Client::new(configuration.uri.as_deref(), &configuration.options) {
            Ok(client) => Ok(Self { client, output, stop, uri }),
            Err(failure) => Err((failure, output)),
        }
    }
}

pub fn milliseconds(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

/// What is left of a limit, as the library wants it.
pub fn left_of(limit: Option<Duration>, since: Instant) -> i64 {
    match limit {
        None => ffi::MILVUS_NO_TIMEOUT,
        Some(limit) => milliseconds(limit.saturating_sub(since.elapsed())).max(1),
    }
}
