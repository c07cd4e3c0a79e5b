//! Has a forward proxy open a tunnel to the server (HTTP's CONNECT). What the proxy answers is bounded, and an error
//! names the proxy and its answer.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::header::{HOST, HeaderMap, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, USER_AGENT};
use http::{Method, Request, Response, StatusCode};
use http_body_util::Empty;
use hyper::body::{Buf, Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::ext::ReasonPhrase;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::task::JoinSet;

use super::causes;
use super::connection::USER_AGENT_VALUE;
use super::stream::Stream;
use crate::config::{Address, Proxy};
use crate::error::{Error, Status};
use crate::text::shortened;

/// The largest head of a proxy's answer.
const LARGEST_HEAD: usize = 16 * 1024;

/// A stream to the server, directly or through a proxy.
pub(super) struct Tunnel<S> {
    stream: S,
    /// What came behind the head of the proxy's answer: the server's first bytes.
    rest: Bytes,
}

impl<S> Tunnel<S> {
    /// Without a proxy.
    pub(super) fn direct(stream: S) -> Self {
        Self { stream, rest: Bytes::new() }
    }
}

/// Why there is no tunnel.
pub(super) enum Failure {
    /// The proxy did not answer as a proxy does; its port may be another one.
    NoProxy(Error),
    Refused(Error),
}

/// Asks the proxy at the other end of a stream for a tunnel. Nothing here has a timeout.
pub(super) async fn tunnel<S: Stream + 'static>(
    stream: S,
    proxy: &Proxy,
    target: &Address,
) -> Result<Tunnel<S>, Failure> {
    let request = request(proxy, target).map_err(|error| {
        Failure::Refused(Error::invalid_argument(format!("{target} is no target for a proxy: {error}")))
    })?;
    let unanswered = |error: hyper::Error| no_answer(proxy, target, &error);
    let mut http = http1::Builder::new();
    http.max_buf_size(LARGEST_HEAD);
    let (mut sender, connection) = http.handshake(TokioIo::new(stream)).await.map_err(unanswered)?;
    // It ends with this function, or when it hands the stream over.
    let mut driver = JoinSet::new();
    driver.spawn(connection.with_upgrades());
    let response = sender.send_request(request).await.map_err(unanswered)?;
    // hyper hands the stream over after every success but this one.
    if !response.status().is_success() || response.status() == StatusCode::NO_CONTENT {
        return Err(Failure::Refused(refusal(proxy, target, &response)));
    }
    let upgraded = hyper::upgrade::on(response).await.map_err(unanswered)?;
    let parts = upgraded.downcast::<TokioIo<S>>().map_err(|_| {
        Failure::Refused(Error::new(Status::Internal, "the tunnel through the proxy is another stream"))
    })?;
    Ok(Tunnel { stream: parts.io.into_inner(), rest: parts.read_buf })
}

fn request(proxy: &Proxy, target: &Address) -> http::Result<Request<Empty<Bytes>>> {
    let target = target.to_string();
    let mut request = Request::builder()
        .method(Method::CONNECT)
        .uri(&target)
        .header(HOST, &target)
        .header(USER_AGENT, USER_AGENT_VALUE);
    if let Some(credentials) = &proxy.credentials {
        request = request.header(PROXY_AUTHORIZATION, credentials.authorization());
    }
    request.body(Empty::new())
}

/// The beginning of every message about a proxy.
pub(super) fn failed(proxy: &Proxy, target: &Address, why: &str) -> Error {
    Error::new(Status::Unavailable, format!("cannot connect to {target}: the proxy {proxy} {why}"))
}

fn refusal(proxy: &Proxy, target: &Address, response: &Response<Incoming>) -> Error {
    let status = response.status();
    let says = format!("answers HTTP {}", in_words(response));
    let has_credentials = proxy.credentials.is_some();
    let (why, may_pass) = match status.as_u16() {
        // tinyproxy 1.11 answers a wrong password with 401.
        401 | 407 => (unauthorized(response.headers(), has_credentials), false),
        403 => ("it does not allow a tunnel to this host and port; ask whoever runs it".to_owned(), false),
        400 | 404 | 405 | 501 => ("is it a forward proxy, which knows CONNECT?".to_owned(), false),
        408 | 429 | 500.. => ("it may not reach the server".to_owned(), true),
        _ => ("it opens no tunnel".to_owned(), false),
    };
    let error = failed(proxy, target, &format!("{says}: {why}"));
    if may_pass { error.retriable() } else { error }
}

/// The status with the proxy's own reason, which often says more than the standard one.
fn in_words(response: &Response<Incoming>) -> String {
    let status = response.status();
    let own = response.extensions().get::<ReasonPhrase>();
    let own = own.and_then(|reason| std::str::from_utf8(reason.as_bytes()).ok()).map(str::trim);
    let reason = own.filter(|reason| !reason.is_empty()).or(status.canonical_reason()).unwrap_or_default();
    shortened(format!("{} {reason}", status.as_u16()).trim(), 120)
}

fn unauthorized(headers: &HeaderMap, has_credentials: bool) -> String {
    let offers = headers.get_all(PROXY_AUTHENTICATE).iter().filter_map(|offer| offer.to_str().ok());
    let schemes: Vec<_> = offers.filter_map(|offer| offer.split_whitespace().next()).collect();
    if !schemes.is_empty() && !schemes.iter().any(|scheme| scheme.eq_ignore_ascii_case("basic")) {
        let schemes = shortened(&schemes.join(", "), 80);
        return format!("it wants the authentication {schemes}, and this library has Basic alone");
    }
    if has_credentials {
        return "it does not accept the user and password in its URI".to_owned();
    }
    "it wants a user and password; write them in its URI, as in http://user:password@host:port".to_owned()
}

/// The error of a request that got no answer, or something else.
fn no_answer(proxy: &Proxy, target: &Address, error: &hyper::Error) -> Failure {
    let failed = |why: &str| failed(proxy, target, why);
    if error.is_parse() {
        let limit = LARGEST_HEAD / 1024;
        let why = format!(
            "does not answer in HTTP/1, or with more than {limit} KiB of headers; is it a proxy's port?"
        );
        return Failure::NoProxy(failed(&why));
    }
    if error.is_incomplete_message() || error.is_canceled() || error.is_closed() {
        let why = "closed the connection before its answer was complete";
        return Failure::NoProxy(failed(why).retriable());
    }
    let why = format!("did not answer: {}", causes::innermost(error));
    Failure::NoProxy(failed(&why).retriable())
}

impl<S: AsyncRead + Unpin> AsyncRead for Tunnel<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.rest.is_empty() {
            return Pin::new(&mut self.stream).poll_read(cx, buffer);
        }
        let length = self.rest.len().min(buffer.remaining());
        buffer.put_slice(&self.rest[..length]);
        self.rest.advance(length);
        Poll::Ready(Ok(()))
    }
}

/// It offers no vectored writes, as the stream beneath it.
impl<S: AsyncWrite + Unpin> AsyncWrite for Tunnel<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
