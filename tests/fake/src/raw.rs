//! Fronts that break HTTP/2 itself, byte by byte.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

const PREFACE: usize = 24;
const FRAME_HEAD: usize = 9;
const HEADERS: u8 = 1;
const SETTINGS: [u8; FRAME_HEAD] = [0, 0, 0, 4, 0, 0, 0, 0, 0];

/// What the front does to each connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Raw {
    /// Closes it at once.
    ClosesAtOnce,
    /// Closes it after the client's greeting.
    ClosesAfterPreface,
    /// Greets, and closes it.
    ClosesAfterSettings,
    /// Closes it when a request has come.
    ClosesAfterRequest,
    /// Answers a request with half a frame, and closes it.
    HalfAFrame,
    /// Answers a request with headers that never end, in small frames.
    EndlessContinuation,
    /// Answers a request with headers that never end, in frames of 16 KiB.
    EndlessHeaders,
    /// Answers a request with what is no HPACK.
    BrokenHeaders,
    /// Answers in HTTP/1, whatever comes.
    Http1,
}

impl Raw {
    pub const ALL: [Self; 9] = [
        Self::ClosesAtOnce,
        Self::ClosesAfterPreface,
        Self::ClosesAfterSettings,
        Self::ClosesAfterRequest,
        Self::HalfAFrame,
        Self::EndlessContinuation,
        Self::EndlessHeaders,
        Self::BrokenHeaders,
        Self::Http1,
    ];

    /// Starts such a front; it serves until the process ends.
    ///
    /// # Panics
    /// If the machine has no free port or thread.
    #[must_use]
    pub fn start(self) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let serve = move || {
            for stream in listener.incoming().flatten() {
                // Clients that break off are the point here.
                thread::spawn(move || drop(self.serve(stream)));
            }
        };
        thread::Builder::new().name("milvus-raw".to_owned()).spawn(serve).unwrap();
        address
    }

    fn serve(self, mut stream: TcpStream) -> std::io::Result<()> {
        if self == Self::ClosesAtOnce {
            return Ok(());
        }
        stream.read_exact(&mut [0; PREFACE])?;
        match self {
            Self::ClosesAtOnce | Self::ClosesAfterPreface => return Ok(()),
            Self::Http1 => return stream.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n"),
            _ => stream.write_all(&SETTINGS)?,
        }
        if self == Self::ClosesAfterSettings {
            return Ok(());
        }
        let id = request(&mut stream)?;
        match self {
            Self::HalfAFrame => stream.write_all(&frame(HEADERS, 4, id, &[0x88; 40])[..20]),
            Self::BrokenHeaders => {
                stream.write_all(&frame(HEADERS, 4, id, &[0xff; 40]))?;
                stream.read_exact(&mut [0; 100_000])
            }
            Self::EndlessContinuation => endless(&mut stream, id, &literal(10)),
            Self::EndlessHeaders => endless(&mut stream, id, &literal(16_000)),
            _ => Ok(()),
        }
    }
}

/// Reads to the headers of the first request; returns its stream.
fn request(stream: &mut TcpStream) -> std::io::Result<[u8; 4]> {
    loop {
        let mut head = [0; FRAME_HEAD];
        stream.read_exact(&mut head)?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
        stream.read_exact(&mut vec![0; length])?;
        if head[3] == HEADERS {
            return Ok([head[5], head[6], head[7], head[8]]);
        }
    }
}

fn frame(kind: u8, flags: u8, id: [u8; 4], payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &id, payload].concat()
}

/// A header that enters no table: the name `a`, and a value of so many bytes.
fn literal(length: usize) -> Vec<u8> {
    let mut encoded = vec![0, 1, b'a'];
    match length {
        0..127 => encoded.push(u8::try_from(length).unwrap()),
        _ => {
            encoded.push(127);
            let mut rest = length - 127;
            while rest > 127 {
                encoded.push(u8::try_from(rest % 128).unwrap() | 128);
                rest /= 128;
            }
            encoded.push(u8::try_from(rest).unwrap());
        }
    }
    encoded.extend(std::iter::repeat_n(b'x', length));
    encoded
}

fn endless(stream: &mut TcpStream, id: [u8; 4], header: &[u8]) -> std::io::Result<()> {
    const CONTINUATION: u8 = 9;
    // `:status: 200`, and no end.
    stream.write_all(&frame(HEADERS, 0, id, &[0x88]))?;
    loop {
        stream.write_all(&frame(CONTINUATION, 0, id, header))?;
    }
}
