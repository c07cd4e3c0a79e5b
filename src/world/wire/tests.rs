use std::task::Waker;

use tokio::io::duplex;

use super::*;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let mut frame = Vec::new();
    begin_frame(&mut frame, (kind, flags, stream), payload.len());
    [frame.as_slice(), payload].concat()
}

/// A request for this method.
fn request(stream: u32, method: &str) -> Vec<u8> {
    let mut block = Vec::new();
    literal(b":path", format!("/service/{method}").as_bytes(), &mut block);
    literal(b"client-request-id", b"abc", &mut block);
    [
        frame(HEADERS, END_HEADERS, stream, &block),
        frame(DATA, 0, stream, b"to be"),
        frame(DATA, END_STREAM, stream, b" continued"),
    ]
    .concat()
}

struct Both {
    client: DuplexStream,
    wire: Wire,
}

impl Both {
    fn new() -> Self {
        let (client, far) = duplex(64 * 1024);
        Self { client, wire: Wire::new(far) }
    }

    /// What comes of these bytes, each method with its message.
    fn sends(&mut self, bytes: &[u8]) -> Vec<String> {
        let mut cx = Context::from_waker(Waker::noop());
        assert!(Pin::new(&mut self.client).poll_write(&mut cx, bytes).is_ready());
        let asked = self.wire.read(&mut cx).asked.into_iter();
        asked.map(|a| format!("{} {}: {}", a.stream, a.method, str::from_utf8(&a.message).unwrap())).collect()
    }

    fn hears(&mut self) -> Vec<u8> {
        let (mut cx, mut bytes) = (Context::from_waker(Waker::noop()), [0; 1_000]);
        assert!(self.wire.flush(&mut cx));
        let mut heard = ReadBuf::new(&mut bytes);
        assert!(Pin::new(&mut self.client).poll_read(&mut cx, &mut heard).is_ready());
        heard.filled().to_vec()
    }
}

#[test]
fn a_request_is_read_in_whatever_pieces_it_comes() {
    let all = [PREFACE, &frame(SETTINGS, 0, 0, &[]), &request(1, "Connect"), &request(3, "Flush")].concat();
    for size in [1, 2, 7, 30, all.len()] {
        let mut both = Both::new();
        let asked: Vec<_> = all.chunks(size).flat_map(|piece| both.sends(piece)).collect();
        assert_eq!(asked, ["1 Connect: to be continued", "3 Flush: to be continued"], "{size}");
        let greetings = [frame(SETTINGS, 0, 0, &[]), frame(SETTINGS, ACK, 0, &[])].concat();
        assert_eq!(both.hears(), greetings);
    }
}

#[test]
fn what_is_taken_back_at_once_was_never_asked() {
    let mut both = Both::new();
    let taken_back = [PREFACE, &request(1, "Connect"), &frame(RST_STREAM, 0, 1, &[0; 4])].concat();
    assert!(both.sends(&taken_back).is_empty());
}

#[test]
fn after_the_goodbye_nothing_is_taken() {
    let mut both = Both::new();
    both.sends(PREFACE);
    both.hears();
    both.wire.says_goodbye();
    assert_eq!(
        both.hears(),
        [frame(GOAWAY, 0, 0, b"\x7f\xff\xff\xff\0\0\0\0"), frame(PING, 0, 0, &GOODBYE)].concat()
    );
    assert_eq!(both.sends(&request(1, "Connect")).len(), 1, "the client may not know yet");
    both.sends(&frame(PING, ACK, 0, &GOODBYE));
    assert_eq!(both.hears(), frame(GOAWAY, 0, 0, b"\0\0\0\x01\0\0\0\0"));
    assert!(both.sends(&request(3, "Connect")).is_empty());
    assert!(both.wire.ends(true) && !both.wire.ends(false));
}

#[test]
fn a_second_answer_is_shorter_than_the_first() {
    let mut both = Both::new();
    both.hears();
    both.wire.answer(1, b"one", (0, ""));
    let first = both.hears();
    both.wire.answer(3, b"two", (0, ""));
    let head = frame(HEADERS, END_HEADERS, 3, &[0x88, 0xc0]);
    let trailers = frame(HEADERS, END_HEADERS | END_STREAM, 3, &[0xbf, 0xbe]);
    let second = [head, frame(DATA, 0, 3, b"two"), trailers].concat();
    assert_eq!(both.hears(), second);
    assert!(first.len() > second.len());
}
