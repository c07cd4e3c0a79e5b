//! HTTP/2 as the simulated server speaks it, frame by frame as a server by h2 writes them. It needs little of what h2
//! can do: its requests and answers are small. What it asserts of a client, fails the test (see `World::is_broken`).

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};

use super::hpack::{Decoder, Encoder, Known, literal};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const HEAD: usize = 9;
/// The longest frame unless somebody allows more, which nobody does.
const LONGEST: usize = 16_384;
/// How much may be sent unless somebody allows more.
const WINDOW: usize = 65_535;
/// So much is read at a time.
const PIECE: usize = 4_096;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;

const ACK: u8 = 1;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// The setting that says how much of each answer may be sent at first.
const INITIAL_WINDOW: u16 = 4;
/// The last stream of a server that does not say yet which one is its last.
const ANY: u32 = (1 << 31) - 1;
/// The ping whose answer tells that the client knows of the goodbye.
const GOODBYE: [u8; 8] = *b"goodbye!";

#[derive(Clone, Copy, Debug)]
pub(super) enum Reason {
    Internal = 2,
    RefusedStream = 7,
}

/// A request that has come.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) stream: u32,
    pub(super) method: String,
    pub(super) request_id: String,
    pub(super) message: Vec<u8>,
}

/// What has come from the client.
#[derive(Default)]
pub(super) struct Came {
    pub(super) asked: Vec<Asked>,
    /// The streams that it has reset.
    pub(super) reset: Vec<u32>,
    /// It has gone.
    pub(super) is_over: bool,
}

/// How far the server is with its goodbye.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Goodbye {
    No,
    /// It has said that it will go.
    Announced,
    /// It has said which request is its last.
    Said,
    /// It goes when that is written.
    AtOnce,
}

/// The server's end of a connection.
pub(super) struct Wire {
    stream: DuplexStream,
    decoder: Decoder,
    encoder: Encoder,
    has_greeted: bool,
    /// The stream of the latest request.
    last: u32,
    goodbye: Goodbye,
    /// Requests whose messages have not come to their ends.
    begun: Vec<Asked>,
    /// The beginning of a frame that has not come to its end.
    input: Vec<u8>,
    output: Vec<u8>,
    /// How much of the output is written.
    written: usize,
    /// How much has come since the client was allowed more.
    received: usize,
    /// How much may be sent to it: in all, and of each answer.
    window: usize,
    initial_window: usize,
}

impl Wire {
    pub(super) fn new(stream: DuplexStream) -> Self {
        let mut wire = Self {
            stream,
            decoder: Decoder::default(),
            encoder: Encoder::default(),
            has_greeted: false,
            last: 0,
            goodbye: Goodbye::No,
            begun: Vec::new(),
            input: Vec::new(),
            output: Vec::with_capacity(512),
            written: 0,
            received: 0,
            window: WINDOW,
            initial_window: WINDOW,
        };
        wire.frame(SETTINGS, 0, 0, &[]);
        wire
    }

    /// Whether it ends now. If it has said goodbye, its last answer is its end.
    pub(super) fn ends(&self, is_idle: bool) -> bool {
        match self.goodbye {
            Goodbye::No | Goodbye::Announced => false,
            Goodbye::Said => is_idle && self.begun.is_empty(),
            Goodbye::AtOnce => true,
        }
    }

    /// Reads what has come.
    pub(super) fn read(&mut self, cx: &mut Context<'_>) -> Came {
        let mut came = Came::default();
        if self.goodbye == Goodbye::AtOnce {
            return came;
        }
        let mut piece = [const { std::mem::MaybeUninit::uninit() }; PIECE];
        loop {
            let mut piece = ReadBuf::uninit(&mut piece);
            if Pin::new(&mut self.stream).poll_read(cx, &mut piece).is_pending() {
                return came;
            }
            let bytes = piece.filled();
            if bytes.is_empty() {
                came.is_over = true;
                return came;
            }
            if self.input.is_empty() {
                let taken = self.take(bytes, &mut came);
                self.input.extend_from_slice(&bytes[taken..]);
            } else {
                let mut input = std::mem::take(&mut self.input);
                input.extend_from_slice(bytes);
                input.drain(..self.take(&input, &mut came));
                self.input = input;
            }
        }
    }

    /// Takes whole frames, and returns how much that was.
    fn take(&mut self, bytes: &[u8], came: &mut Came) -> usize {
        let mut left = bytes;
        if !self.has_greeted {
            if left.len() < PREFACE.len() {
                return 0;
            }
            left = left.strip_prefix(PREFACE).expect("a client greets");
            self.has_greeted = true;
        }
        while let Some((head, rest)) = left.split_first_chunk::<HEAD>()
            && let [high, middle, low, kind, flags, stream @ ..] = *head
            && let length = u32::from_be_bytes([0, high, middle, low]) as usize
            && let Some((payload, rest)) = rest.split_at_checked(length)
        {
            self.came((kind, flags, u32::from_be_bytes(stream)), payload, came);
            left = rest;
        }
        bytes.len() - left.len()
    }

    /// A frame has come.
    fn came(&mut self, (kind, flags, stream): (u8, u8, u32), payload: &[u8], came: &mut Came) {
        assert!(payload.len() <= LONGEST, "a frame of {} bytes", payload.len());
        match kind {
            HEADERS => {
                assert_eq!(flags, END_HEADERS, "headers in one frame, and a message after them");
                assert!(stream % 2 == 1 && stream > self.last, "stream {stream} after {}", self.last);
                let asked = self.asked(stream, payload);
                // After the goodbye nothing is taken any more.
                if self.goodbye != Goodbye::Said {
                    self.last = stream;
                    self.begun.push(asked);
                }
            }
            DATA => {
                self.received += payload.len();
                if self.received > WINDOW / 2 {
                    let received = u32::try_from(self.received).unwrap();
                    self.frame(WINDOW_UPDATE, 0, 0, &received.to_be_bytes());
                    self.received = 0;
                }
                let Some(begun) = self.begun.iter().position(|asked| asked.stream == stream) else { return };
                self.begun[begun].message.extend_from_slice(payload);
                if flags & END_STREAM != 0 {
                    came.asked.push(self.begun.remove(begun));
                }
            }
            RST_STREAM => {
                self.begun.retain(|asked| asked.stream != stream);
                // What it takes back at once, the server never sees.
                came.asked.retain(|asked| asked.stream != stream);
                came.reset.push(stream);
            }
            SETTINGS if flags & ACK == 0 => {
                for [high, low, value @ ..] in payload.as_chunks::<6>().0 {
                    if u16::from_be_bytes([*high, *low]) == INITIAL_WINDOW {
                        self.initial_window = u32::from_be_bytes(*value) as usize;
                    }
                }
                self.frame(SETTINGS, ACK, 0, &[]);
            }
            PING if flags & ACK == 0 => self.frame(PING, ACK, 0, payload),
            PING if payload == GOODBYE && self.goodbye == Goodbye::Announced => {
                self.goodbye = Goodbye::Said;
                self.go_away(self.last);
            }
            WINDOW_UPDATE if stream == 0 => {
                self.window += u32::from_be_bytes(payload.try_into().unwrap()) as usize;
            }
            _ => {}
        }
    }

    fn asked(&mut self, stream: u32, block: &[u8]) -> Asked {
        let (mut method, mut request_id) = (String::new(), String::new());
        let text = |value: &[u8]| String::from_utf8(value.to_vec()).unwrap();
        self.decoder.read(block, |name, value| match name {
            b":path" => method = text(value.rsplit(|byte| *byte == b'/').next().unwrap()),
            b"client-request-id" => request_id = text(value),
            _ => {}
        });
        Asked { stream, method, request_id, message: Vec::new() }
    }

    /// Answers with a message, or with none, and then this status.
    pub(super) fn answer(&mut self, stream: u32, message: &[u8], (status, text): (u8, &str)) {
        assert!(message.len() <= self.window.min(self.initial_window), "the client gives no window back");
        self.window -= message.len();
        self.headers(stream, 0, |encoder, block| {
            encoder.known(Known::Status200, block);
            encoder.known(Known::Grpc, block);
        });
        message.chunks(LONGEST).for_each(|piece| self.frame(DATA, 0, stream, piece));
        self.headers(stream, END_STREAM, |encoder, block| {
            if status == 0 {
                encoder.known(Known::StatusOk, block);
                encoder.known(Known::NoText, block);
            } else {
                literal(b"grpc-status", status.to_string().as_bytes(), block);
                literal(b"grpc-message", text.as_bytes(), block);
            }
        });
    }

    pub(super) fn reset(&mut self, stream: u32, reason: Reason) {
        self.frame(RST_STREAM, 0, stream, &(reason as u32).to_be_bytes());
    }

    /// Announces the end. The client may not know that yet when it asks the next time; its answer to a ping tells.
    pub(super) fn says_goodbye(&mut self) {
        if self.goodbye == Goodbye::No {
            self.goodbye = Goodbye::Announced;
            self.go_away(ANY);
            self.frame(PING, 0, 0, &GOODBYE);
        }
    }

    pub(super) fn ends_now(&mut self) {
        if self.goodbye != Goodbye::Said {
            self.go_away(self.last);
        }
        self.goodbye = Goodbye::AtOnce;
    }

    fn go_away(&mut self, last: u32) {
        // The lower half is the code, NO_ERROR.
        self.frame(GOAWAY, 0, 0, &(u64::from(last) << 32).to_be_bytes());
    }

    fn frame(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) {
        begin_frame(&mut self.output, (kind, flags, stream), payload.len());
        self.output.extend_from_slice(payload);
    }

    fn headers(&mut self, stream: u32, flags: u8, of: impl FnOnce(&mut Encoder, &mut Vec<u8>)) {
        let begin = self.output.len();
        begin_frame(&mut self.output, (HEADERS, flags | END_HEADERS, stream), 0);
        of(&mut self.encoder, &mut self.output);
        let length = u32::try_from(self.output.len() - begin - HEAD).unwrap();
        self.output[begin..begin + 3].copy_from_slice(&length.to_be_bytes()[1..]);
    }

    /// Writes what it can. Returns whether that is all.
    pub(super) fn flush(&mut self, cx: &mut Context<'_>) -> bool {
        while self.written < self.output.len() {
            match Pin::new(&mut self.stream).poll_write(cx, &self.output[self.written..]) {
                Poll::Ready(Ok(written)) => self.written += written,
                Poll::Ready(Err(_)) => break, // the client has gone, which reading tells
                Poll::Pending => return false,
            }
        }
        self.output.clear();
        self.written = 0;
        true
    }
}

fn begin_frame(output: &mut Vec<u8>, (kind, flags, stream): (u8, u8, u32), length: usize) {
    let [_, length @ ..] = u32::try_from(length).unwrap().to_be_bytes();
    output.extend_from_slice(&length);
    output.extend_from_slice(&[kind, flags]);
    output.extend_from_slice(&stream.to_be_bytes());
}

#[cfg(test)]
mod tests;
