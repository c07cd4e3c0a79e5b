//! Sends single HTTP/1 requests, each over its own connection: to a global cluster's endpoint, and to a management
//! port.

use std::error::Error as StdError;

use http::header::{CONTENT_ENCODING, HOST, USER_AGENT};
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Empty, LengthLimitError, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::task::JoinSet;

use super::causes;
use super::connect::{Opened, insecure, open};
use super::endpoint::Endpoint;
use super::resolve::Resolver;
use super::tls::Tls;
use crate::config::{Address, Config};
use crate::error::{Error, Status};
use crate::runtime::Work;

/// A response.
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    /// Empty unless the status is a success.
    pub(crate) body: Bytes,
}

/// A server to read pages from.
pub(crate) struct Site {
    endpoint: Endpoint,
    resolver: Resolver,
}

impl Site {
    /// Reads the certificates if the configuration enables TLS, but does not connect.
    pub(crate) fn new(config: Config) -> Result<Self, Error> {
        let mut endpoint = Endpoint::new(config.into())?;
        endpoint.tls = endpoint.tls.as_ref().map(Tls::for_http1);
        Ok(Self { endpoint, resolver: Resolver::default() })
    }

    pub(crate) fn address(&self) -> &Address {
        &self.endpoint.config.address
    }

    /// Reads a page of at most `limit` bytes. Follows no redirect. Only connecting has a timeout here.
    pub(crate) async fn get(&self, path: &str, limit: usize) -> Result<Page, Error> {
        let endpoint = &self.endpoint.renewed().await;
        let opened = open(&endpoint.config, endpoint.tls.as_ref(), &self.resolver).await?;
        ask(endpoint, opened, get(endpoint, path), limit).await
    }
}

/// A request for a page, without credentials.
pub(super) fn get(endpoint: &Endpoint, path: &str) -> http::request::Builder {
    let Config { address, user_agent, .. } = &*endpoint.config;
    let authority = endpoint.origin.authority().map_or_else(|| address.to_string(), ToString::to_string);
    Request::get(path).header(HOST, authority).header(USER_AGENT, user_agent)
}

/// Sends a request, and reads a response of at most `limit` bytes. The connection closes with the request, also if the
/// caller gives up.
pub(super) async fn ask(
    endpoint: &Endpoint,
    opened: Opened,
    request: http::request::Builder,
    limit: usize,
) -> Result<Page, Error> {
    let lost = |error: hyper::Error| no_answer(endpoint, &error);
    let request = request.body(Empty::<Bytes>::new());
    let request = request.map_err(|error| Error::new(Status::Internal, error.to_string()))?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(opened.stream)).await.map_err(lost)?;
    let mut driver = JoinSet::new();
    driver.spawn(Box::pin(async move { drop(connection.await) }) as Work);
    let response = sender.send_request(request).await.map_err(lost)?;
    let status = response.status();
    if !status.is_success() {
        return Ok(Page { status, body: Bytes::new() });
    }
    let refused = |why: &str| {
        let text = format!("{} answers {why}", endpoint.config.address);
        Error::new(Status::ServerError, text)
    };
    let encoding = response.headers().get(CONTENT_ENCODING);
    if encoding.is_some_and(|encoding| encoding != "identity") {
        return Err(refused("in a compressed form, unasked"));
    }
    match Limited::new(response.into_body(), limit).collect().await {
        Ok(body) => Ok(Page { status, body: body.to_bytes() }),
        Err(error) if error.is::<LengthLimitError>() => {
            Err(refused(&format!("more than {} MiB", limit / (1024 * 1024))))
        }
        Err(error) => Err(no_answer(endpoint, &*error)),
    }
}

/// The error of a request that got no response, or only a part of one.
fn no_answer(endpoint: &Endpoint, error: &(dyn StdError + 'static)) -> Error {
    let Endpoint { config, tls, .. } = endpoint;
    if let (Some(tls), Some(error)) = (tls, causes::find(error)) {
        return insecure(config, &tls.explain(error));
    }
    let hyper = causes::find::<hyper::Error>(error);
    let is_other = hyper.is_some_and(hyper::Error::is_parse);
    let why = match (is_other, tls) {
        (true, None) => "it does not speak HTTP/1; if it speaks TLS, use https://".to_owned(),
        (true, Some(_)) => "it does not speak HTTP/1".to_owned(),
        (false, _) => causes::innermost(error),
    };
    let text = format!("no answer from {}: {why}", config.address);
    Error::new(Status::Unavailable, text).retriable()
}
