//! Something that stands in front of a server, as an ingress does: it passes calls on, and can give answers of its own,
//! whole or broken off.

use std::future::poll_fn;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use h2::client::SendRequest;
use h2::server::SendResponse;
use h2::{Reason, RecvStream};
use http::header::{HeaderName, HeaderValue};
use http::{HeaderMap, Request, Response, StatusCode};
use prost::bytes::Bytes;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// How an answer ends.
#[derive(Clone, Debug, Default)]
pub enum End {
    /// In order, without trailers.
    #[default]
    Whole,
    /// In order, with these.
    Trailers(Vec<(String, String)>),
    /// The stream is reset with this code.
    Reset(u32),
    /// The connection is closed.
    Cut,
    /// Never.
    Hang,
}

/// An answer that does not come from the server behind.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// Whether the server behind gets the call, whose answer is thrown away.
    pub passes_on: bool,
    /// So many informational responses come first.
    pub interim: usize,
    /// The HTTP status; without one there are no headers either.
    pub status: Option<u16>,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Whether each byte of the body comes in a frame of its own.
    pub in_bytes: bool,
    pub end: End,
}

impl Answer {
    /// A web page.
    #[must_use]
    pub fn page(status: u16) -> Self {
        let body = format!("<html><h1>{status}</h1></html>").into_bytes();
        Self { body, ..Self::of_type(status, "text/html; charset=utf-8") }
    }

    /// An answer of this type, with nothing in it.
    #[must_use]
    pub fn of_type(status: u16, content_type: &str) -> Self {
        let headers = vec![("content-type".to_owned(), content_type.to_owned())];
        Self { status: Some(status), headers, ..Self::default() }
    }

    /// What a control line says: words such as `status=404`, `type=text/html`, `body=1000`, `header=NAME:VALUE`,
    /// `interim=9`, `passes_on`, and `end=whole|reset|cut|hang|ok` (`ok`: with the trailers of a success).
    #[must_use]
    pub fn parse(words: &[&str]) -> Option<Self> {
        let mut answer = Self::default();
        for word in words {
            match word.split_once('=').unwrap_or((word, "")) {
                ("passes_on", "") => answer.passes_on = true,
                ("status", code) => answer.status = Some(code.parse().ok()?),
                ("type", kind) => answer.headers.push(("content-type".to_owned(), kind.to_owned())),
                ("header", header) => {
                    let (name, value) = header.split_once(':')?;
                    answer.headers.push((name.to_owned(), value.to_owned()));
                }
                ("body", length) => answer.body = vec![b'x'; length.parse().ok()?],
                // A message of five bytes: an empty one.
                ("message", "") => answer.body = vec![0; 5],
                ("interim", count) => answer.interim = count.parse().ok()?,
                ("end", "whole") => answer.end = End::Whole,
                ("end", "ok") => answer.end = End::Trailers(vec![("grpc-status".to_owned(), "0".to_owned())]),
                ("end", "reset") => answer.end = End::Reset(Reason::INTERNAL_ERROR.into()),
                ("end", "cut") => answer.end = End::Cut,
                ("end", "hang") => answer.end = End::Hang,
                _ => return None,
            }
        }
        Some(answer)
    }
}

/// The answers to come: to which method (`*` is any), how often, and what.
type Script = Arc<Mutex<Vec<(String, usize, Answer)>>>;

/// A running front; stops when dropped.
pub struct Front {
    address: SocketAddr,
    script: Script,
    _stop: tokio::sync::oneshot::Sender<()>,
}

impl Front {
    /// Starts a front before the server at this address.
    ///
    /// # Panics
    /// If the machine has no free port or thread.
    #[must_use]
    pub fn before(server: SocketAddr) -> Self {
        let script = Script::default();
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let (tell, told) = std::sync::mpsc::channel();
        let answers = Arc::clone(&script);
        let serve = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                tell.send(listener.local_addr().unwrap()).unwrap();
                let accepting = async {
                    while let Ok((stream, _)) = listener.accept().await {
                        tokio::spawn(connection(stream, server, Arc::clone(&answers)));
                    }
                };
                tokio::select! {
                    () = accepting => {}
                    _ = stopped => {}
                }
            });
        };
        thread::Builder::new().name("milvus-front".to_owned()).spawn(serve).unwrap();
        Self { address: told.recv().unwrap(), script, _stop: stop }
    }

    /// Where to connect to.
    #[must_use]
    pub fn uri(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Has so many calls of a method (`*` is any; as in gRPC, such as `ManualCompaction`) get this answer.
    pub fn answer(&self, method: &str, times: usize, answer: Answer) {
        let mut script = self.script.lock().unwrap_or_else(PoisonError::into_inner);
        script.push((method.to_owned(), times, answer));
    }

    /// How many answers of a method are still to come.
    #[must_use]
    pub fn left(&self, method: &str) -> usize {
        let script = self.script.lock().unwrap_or_else(PoisonError::into_inner);
        script.iter().filter(|(of, ..)| of == method).map(|(_, times, _)| times).sum()
    }

    /// Passes everything on again.
    pub fn pass_all_on(&self) {
        self.script.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

fn next(script: &Script, method: &str) -> Option<Answer> {
    let mut script = script.lock().unwrap_or_else(PoisonError::into_inner);
    let found = script.iter_mut().find(|(of, times, _)| *times > 0 && (of == "*" || of == method))?;
    found.1 -= 1;
    Some(found.2.clone())
}

async fn connection(stream: TcpStream, server: SocketAddr, script: Script) {
    let _ = stream.set_nodelay(true);
    let Ok(mut near) = h2::server::handshake(stream).await else { return };
    let Ok(far) = TcpStream::connect(server).await else { return };
    let _ = far.set_nodelay(true);
    let Ok((far, driver)) = h2::client::handshake(far).await else { return };
    tokio::spawn(driver);
    let cut = Arc::new(Notify::new());
    loop {
        let accepted = tokio::select! {
            biased; // a connection that is cut sends nothing more
            () = cut.notified() => return,
            accepted = near.accept() => accepted,
        };
        let Some(Ok((request, respond))) = accepted else { return };
        let (far, cut, script) = (far.clone(), Arc::clone(&cut), Arc::clone(&script));
        tokio::spawn(async move {
            let _ = call(request, respond, far, &script, &cut).await;
        });
    }
}

/// A body, and the trailers after it.
async fn read(stream: &mut RecvStream) -> Result<(Bytes, Option<HeaderMap>), h2::Error> {
    let mut whole = Vec::new();
    while let Some(part) = poll_fn(|cx| stream.poll_data(cx)).await {
        let part = part?;
        stream.flow_control().release_capacity(part.len())?;
        whole.extend_from_slice(&part);
    }
    Ok((whole.into(), poll_fn(|cx| stream.poll_trailers(cx)).await?))
}

async fn call(
    request: Request<RecvStream>,
    mut respond: SendResponse<Bytes>,
    far: SendRequest<Bytes>,
    script: &Script,
    cut: &Notify,
) -> Result<(), h2::Error> {
    let (head, mut stream) = request.into_parts();
    let (body, _) = read(&mut stream).await?;
    let method = head.uri.path().rsplit('/').next().unwrap_or_default().to_owned();
    let scripted = next(script, &method);
    let passed_on = scripted.is_none() || scripted.as_ref().is_some_and(|answer| answer.passes_on);
    if passed_on {
        let (response, mut sending) =
            far.ready().await?.send_request(Request::from_parts(head, ()), false)?;
        sending.send_data(body, true)?;
        let (head, mut stream) = response.await?.into_parts();
        let is_over = stream.is_end_stream();
        let (body, trailers) = read(&mut stream).await?;
        if scripted.is_none() {
            let mut sending = respond.send_response(Response::from_parts(head, ()), is_over)?;
            if !is_over {
                sending.send_data(body, trailers.is_none())?;
                trailers.map_or(Ok(()), |trailers| sending.send_trailers(trailers))?;
            }
        }
    }
    match scripted {
        Some(answer) => give(answer, respond, cut).await,
        None => Ok(()),
    }
}

fn map(headers: &[(String, String)]) -> HeaderMap {
    let value = |text: &str| HeaderValue::from_bytes(text.as_bytes()).unwrap();
    headers.iter().map(|(name, text)| (name.parse::<HeaderName>().unwrap(), value(text))).collect()
}

async fn give(answer: Answer, mut respond: SendResponse<Bytes>, cut: &Notify) -> Result<(), h2::Error> {
    let Answer { interim, status, headers, body, in_bytes, end, .. } = answer;
    for sent in 0..interim {
        let mut head = Response::new(());
        *head.status_mut() = StatusCode::from_u16(103).unwrap();
        respond.send_informational(head)?;
        if sent % 10 == 9 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    let mut sending = None;
    if let Some(status) = status {
        let mut head = Response::new(());
        *head.status_mut() = StatusCode::from_u16(status).unwrap();
        *head.headers_mut() = map(&headers);
        let is_over = body.is_empty() && matches!(end, End::Whole);
        sending = Some(respond.send_response(head, is_over)?);
    }
    if let Some(sending) = sending.as_mut().filter(|_| !body.is_empty()) {
        let mut pieces = body.chunks(if in_bytes { 1 } else { body.len() }).peekable();
        while let Some(piece) = pieces.next() {
            let is_last = pieces.peek().is_none() && matches!(end, End::Whole);
            sending.send_data(Bytes::copy_from_slice(piece), is_last)?;
            tokio::task::yield_now().await;
        }
    }
    match end {
        End::Whole => {}
        End::Trailers(trailers) => {
            sending.expect("there are headers").send_trailers(map(&trailers))?;
        }
        End::Reset(code) => {
            // What was sent before goes out first.
            tokio::time::sleep(Duration::from_millis(20)).await;
            respond.send_reset(code.into());
        }
        End::Cut => {
            tokio::time::sleep(Duration::from_millis(20)).await;
            cut.notify_one();
            // A stream that is dropped before its connection would be reset.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        End::Hang => std::future::pending().await,
    }
    Ok(())
}
