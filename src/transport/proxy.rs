//! Has a forward proxy open a tunnel to the server (HTTP's CONNECT). What the proxy answers is bounded, and an error
//! names the proxy and its answer. The request is written here rather than by an HTTP library, whose buffers would keep
//! the password.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::HeaderValue;
use httparse::{EMPTY_HEADER, Header};
use hyper::body::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};

use super::causes;
use super::stream::Stream;
use crate::config::{Address, Config, Proxy};
use crate::error::{Error, Status};
use crate::text::{one_line, shortened};

/// The largest head of a proxy's answer.
const LARGEST_HEAD: usize = 16 * 1024;
/// The most headers of a proxy's answer.
const MOST_HEADERS: usize = 100;

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
pub(super) async fn tunnel<S: Stream>(
    mut stream: S,
    proxy: &Proxy,
    config: &Config,
) -> Result<Tunnel<S>, Failure> {
    let Config { address: target, user_agent, .. } = config;
    let failed = |why: &str| failed(proxy, target, why);
    let lost = |error: io::Error| {
        Failure::NoProxy(failed(&format!("did not answer: {}", causes::reason(&error))).retriable())
    };
    stream.write_all(&request(proxy, target, user_agent)).await.map_err(lost)?;
    stream.flush().await.map_err(lost)?;
    let mut received = Vec::with_capacity(1024);
    loop {
        match Answer::parse(&received) {
            Parsed::Whole(answer, length) => {
                received.drain(..length);
                match answer.status {
                    200..=299 => return Ok(Tunnel { stream, rest: received.into() }),
                    // More follows.
                    100 | 102..=199 => continue,
                    _ => return Err(Failure::Refused(answer.refusal(proxy, config))),
                }
            }
            Parsed::Part if received.len() < LARGEST_HEAD => {}
            Parsed::Part | Parsed::TooLong => {
                let limit = LARGEST_HEAD / 1024;
                let why = format!("answers with more than {limit} KiB or {MOST_HEADERS} lines of headers");
                return Err(Failure::Refused(failed(&why)));
            }
            Parsed::Nonsense => {
                return Err(Failure::NoProxy(failed("does not answer in HTTP/1; is it a proxy's port?")));
            }
        }
        let room = LARGEST_HEAD - received.len();
        if (&mut stream).take(room as u64).read_buf(&mut received).await.map_err(lost)? == 0 {
            let why = "closed the connection before its answer was complete";
            return Err(Failure::NoProxy(failed(why).retriable()));
        }
    }
}

fn request(proxy: &Proxy, target: &Address, user_agent: &HeaderValue) -> Vec<u8> {
    let target = target.to_string();
    let authorization = proxy.credentials.as_ref().map(|credentials| credentials.authorization().as_bytes());
    let parts = [
        [b"CONNECT ", target.as_bytes(), b" HTTP/1.1\r\n"],
        [b"Host: ", target.as_bytes(), b"\r\n"],
        [b"User-Agent: ", user_agent.as_bytes(), b"\r\n"],
        authorization.map_or([b"".as_slice(); 3], |value| [b"Proxy-Authorization: ", value, b"\r\n"]),
        [b"\r\n", b"", b""],
    ];
    parts.as_flattened().concat()
}

/// The beginning of every message about a proxy.
pub(super) fn failed(proxy: &Proxy, target: &Address, why: &str) -> Error {
    Error::new(Status::Unavailable, format!("cannot connect to {target}: the proxy {proxy} {why}"))
}

/// What of a proxy's answer matters.
struct Answer {
    status: u16,
    /// The proxy's own reason, which often says more than the standard one.
    reason: String,
    /// The kinds of authentication that it takes.
    schemes: Vec<String>,
}

enum Parsed {
    /// With its length in bytes.
    Whole(Answer, usize),
    Part,
    TooLong,
    Nonsense,
}

impl Answer {
    fn parse(received: &[u8]) -> Parsed {
        let mut headers = [EMPTY_HEADER; MOST_HEADERS];
        let mut response = httparse::Response::new(&mut headers);
        match response.parse(received) {
            Ok(httparse::Status::Complete(length)) => {
                let reason = one_line(response.reason.unwrap_or_default().trim());
                let schemes = response.headers.iter().filter_map(scheme).collect();
                Parsed::Whole(Self { status: response.code.unwrap_or_default(), reason, schemes }, length)
            }
            Ok(httparse::Status::Partial) => Parsed::Part,
            Err(httparse::Error::TooManyHeaders) => Parsed::TooLong,
            Err(_) => Parsed::Nonsense,
        }
    }

    /// The error. It hides what the proxy repeats of a secret before it shortens that.
    fn refusal(&self, proxy: &Proxy, config: &Config) -> Error {
        let quoted = |text: &str, limit| shortened(&config.without_secrets(text), limit);
        let (why, may_pass) = match self.status {
            // tinyproxy 1.11 answers a wrong password with 401.
            401 | 407 => (self.unauthorized(proxy.credentials.is_some(), quoted), false),
            403 => {
                ("it does not allow a tunnel to this host and port; ask whoever runs it".to_owned(), false)
            }
            400 | 404 | 405 | 501 => ("is it a forward proxy, which knows CONNECT?".to_owned(), false),
            408 | 429 | 500.. => ("it may not reach the server".to_owned(), true),
            _ => ("it opens no tunnel".to_owned(), false),
        };
        let standard =
            http::StatusCode::from_u16(self.status).ok().and_then(|status| status.canonical_reason());
        let reason = quoted(&self.reason, 120);
        let reason = if reason.is_empty() { standard.unwrap_or_default() } else { &reason };
        let says = format!("HTTP {} {reason}", self.status);
        let error = failed(proxy, &config.address, &format!("answers {}: {why}", says.trim_end()));
        if may_pass { error.retriable() } else { error }
    }

    fn unauthorized(&self, has_credentials: bool, quoted: impl Fn(&str, usize) -> String) -> String {
        let has_basic = self.schemes.iter().any(|scheme| scheme.eq_ignore_ascii_case("basic"));
        if !self.schemes.is_empty() && !has_basic {
            let schemes = quoted(&self.schemes.join(", "), 80);
            return format!("it wants the authentication {schemes}, and this library has Basic alone");
        }
        if has_credentials {
            return "it does not accept the user and password in its URI".to_owned();
        }
        "it wants a user and password; write them in its URI, as in http://user:password@host:port".to_owned()
    }
}

fn scheme(header: &Header<'_>) -> Option<String> {
    if !header.name.eq_ignore_ascii_case("proxy-authenticate") {
        return None;
    }
    std::str::from_utf8(header.value).ok()?.split_whitespace().next().map(str::to_owned)
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
        if self.rest.is_empty() {
            self.rest = Bytes::new(); // gives the memory back
        }
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

#[cfg(any(test, fuzzing))]
/// Reads a proxy's answer, for `crate::fuzzing`.
pub(super) fn fuzz(received: &[u8]) {
    let mut options = crate::config::Options::default();
    let set = options.set("proxy", "http://user:password@proxy.example:3128");
    let config = set.and_then(|()| Config::new("http://milvus.example:19530", &options));
    let (Ok(config), Parsed::Whole(answer, length)) = (config, Answer::parse(received)) else { return };
    assert!(length <= received.len());
    if let Some(proxy) = config.proxy() {
        crate::fuzzing::is_fit(&answer.refusal(proxy, &config));
    }
}
