//! Stands between a client and the scripted server, and reads the frames of HTTP/2 that pass: it can end a connection
//! (GOAWAY) at an exact request.

use std::io::{Error, Read, Result, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use milvus_fake::Fake;

const PREFACE: usize = 24;
const HEADER: usize = 9;
const HEADERS: u8 = 1;
const GOAWAY: u8 = 7;

/// How to end the connection of one request, counted over all connections.
#[derive(Clone, Copy, Debug)]
pub(crate) struct End {
    pub(crate) at_request: usize,
    /// The last stream id that the client gets, relative to the stream of the request.
    pub(crate) last_stream: i64,
    pub(crate) code: u32,
    pub(crate) debug_data: &'static [u8],
    /// Whether the server gets the request, and the client the answer; otherwise the connection is closed.
    pub(crate) is_served: bool,
}

/// A front of a server. The thread that accepts ends with the process.
pub(crate) struct Front {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    behind: SocketAddr,
    end: Mutex<Option<End>>,
    requests: AtomicUsize,
    connections: AtomicUsize,
}

impl Front {
    pub(crate) fn of(fake: &Fake, end: Option<End>) -> Self {
        let behind = fake.uri().trim_start_matches("http://").parse().unwrap();
        let (requests, connections) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let shared = Arc::new(Shared { behind, end: Mutex::new(end), requests, connections });
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let accepting = Arc::clone(&shared);
        thread::spawn(move || {
            while let Ok((near, _)) = listener.accept() {
                accepting.connections.fetch_add(1, Ordering::SeqCst);
                let shared = Arc::clone(&accepting);
                // Either side may close at any moment, which ends both threads of the connection.
                thread::spawn(move || shared.serve(near).unwrap_or_default());
            }
        });
        Self { address, shared }
    }

    pub(crate) fn uri(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn requests(&self) -> usize {
        self.shared.requests.load(Ordering::SeqCst)
    }

    pub(crate) fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }
}

impl Shared {
    fn serve(&self, mut near: TcpStream) -> Result<()> {
        let mut far = TcpStream::connect(self.behind)?;
        let answers = far.try_clone()?;
        let to_client = Arc::new(Mutex::new(near.try_clone()?));
        let back = Arc::clone(&to_client);
        thread::spawn(move || {
            let _ = pass_on(answers, &back);
            back.lock().unwrap().shutdown(Shutdown::Both)
        });
        let result = self.read_requests(&mut near, &mut far, &to_client);
        let _ = far.shutdown(Shutdown::Both);
        result
    }

    fn read_requests(
        &self,
        near: &mut TcpStream,
        far: &mut TcpStream,
        back: &Mutex<TcpStream>,
    ) -> Result<()> {
        let mut preface = [0; PREFACE];
        near.read_exact(&mut preface)?;
        far.write_all(&preface)?;
        loop {
            let frame = read_frame(near)?;
            if frame[3] == HEADERS {
                let number = self.requests.fetch_add(1, Ordering::SeqCst) + 1;
                let end = self.end.lock().unwrap().filter(|end| end.at_request == number);
                if let Some(end) = end {
                    let stream = u32::from_be_bytes(frame[5..HEADER].try_into().unwrap());
                    let last = u32::try_from(i64::from(stream) + end.last_stream).unwrap_or(0);
                    back.lock().unwrap().write_all(&go_away(last, end.code, end.debug_data))?;
                    if !end.is_served {
                        return Ok(());
                    }
                }
            }
            far.write_all(&frame)?;
        }
    }
}

/// Passes whole frames on, so that another one fits between any two.
fn pass_on(mut from: TcpStream, to: &Mutex<TcpStream>) -> Result<()> {
    loop {
        let frame = read_frame(&mut from)?;
        to.lock().unwrap().write_all(&frame)?;
    }
}

fn read_frame(from: &mut TcpStream) -> Result<Vec<u8>> {
    let mut frame = vec![0; HEADER];
    from.read_exact(&mut frame)?;
    let length = u32::from_be_bytes([0, frame[0], frame[1], frame[2]]);
    frame.resize(HEADER + usize::try_from(length).map_err(Error::other)?, 0);
    from.read_exact(&mut frame[HEADER..])?;
    Ok(frame)
}

fn go_away(last: u32, code: u32, debug_data: &[u8]) -> Vec<u8> {
    let length = u8::try_from(8 + debug_data.len()).unwrap();
    let mut frame = vec![0, 0, length, GOAWAY, 0, 0, 0, 0, 0];
    frame.extend(last.to_be_bytes());
    frame.extend(code.to_be_bytes());
    frame.extend(debug_data);
    frame
}
