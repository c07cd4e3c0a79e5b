//! Writes frames of HTTP/2 by hand, right and wrong ones.

pub(crate) const DATA: u8 = 0;
pub(crate) const HEADERS: u8 = 1;
pub(crate) const PRIORITY: u8 = 2;
pub(crate) const RST_STREAM: u8 = 3;
pub(crate) const SETTINGS: u8 = 4;
pub(crate) const PUSH_PROMISE: u8 = 5;
pub(crate) const PING: u8 = 6;
pub(crate) const GOAWAY: u8 = 7;
pub(crate) const WINDOW_UPDATE: u8 = 8;
pub(crate) const CONTINUATION: u8 = 9;

pub(crate) const END_STREAM: u8 = 1;
/// Of SETTINGS and PING.
pub(crate) const ACK: u8 = 1;
pub(crate) const END_HEADERS: u8 = 4;
pub(crate) const PADDED: u8 = 8;

pub(crate) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

pub(crate) fn settings(values: &[(u16, u32)]) -> Vec<u8> {
    let payload: Vec<u8> = values
        .iter()
        .flat_map(|(id, value)| [&id.to_be_bytes()[..], &value.to_be_bytes()].concat())
        .collect();
    frame(SETTINGS, 0, 0, &payload)
}

pub(crate) fn go_away(last: u32, code: u32, debug_data: &[u8]) -> Vec<u8> {
    frame(GOAWAY, 0, 0, &[&last.to_be_bytes()[..], &code.to_be_bytes(), debug_data].concat())
}

pub(crate) fn reset(stream: u32, code: u32) -> Vec<u8> {
    frame(RST_STREAM, 0, stream, &code.to_be_bytes())
}

pub(crate) fn window(stream: u32, more: u32) -> Vec<u8> {
    frame(WINDOW_UPDATE, 0, stream, &more.to_be_bytes())
}

pub(crate) fn data(stream: u32, flags: u8, body: &[u8]) -> Vec<u8> {
    frame(DATA, flags, stream, body)
}

/// A number as HPACK writes it after a prefix of seven bits.
fn number(mut rest: usize) -> Vec<u8> {
    if rest < 127 {
        return vec![u8::try_from(rest).unwrap()];
    }
    let mut bytes = vec![127];
    rest -= 127;
    while rest > 127 {
        bytes.push(u8::try_from(rest % 128).unwrap() | 128);
        rest /= 128;
    }
    bytes.push(u8::try_from(rest).unwrap());
    bytes
}

/// Headers that enter no table.
pub(crate) fn block(headers: &[(&str, &str)]) -> Vec<u8> {
    let literal = |(name, value): &(&str, &str)| {
        [&[0][..], &number(name.len()), name.as_bytes(), &number(value.len()), value.as_bytes()].concat()
    };
    headers.iter().flat_map(literal).collect()
}

/// A frame of whole headers.
pub(crate) fn headers(stream: u32, flags: u8, of: &[(&str, &str)]) -> Vec<u8> {
    frame(HEADERS, flags | END_HEADERS, stream, &block(of))
}

/// The first headers of a gRPC response.
pub(crate) const HEAD: &[(&str, &str)] = &[(":status", "200"), ("content-type", "application/grpc")];
/// The trailers of a success.
pub(crate) const TRAILERS: &[(&str, &str)] = &[("grpc-status", "0")];

pub(crate) fn head(stream: u32) -> Vec<u8> {
    headers(stream, 0, HEAD)
}

pub(crate) fn trailers(stream: u32) -> Vec<u8> {
    headers(stream, END_STREAM, TRAILERS)
}

/// A whole successful response with this body.
pub(crate) fn answer(stream: u32, body: &[u8]) -> Vec<u8> {
    [head(stream), data(stream, 0, body), trailers(stream)].concat()
}

/// A message as gRPC frames it.
pub(crate) fn framed(message: &[u8]) -> Vec<u8> {
    [&[0][..], &u32::try_from(message.len()).unwrap().to_be_bytes(), message].concat()
}
