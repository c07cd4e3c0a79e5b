//! Explains errors of the network stack in words that tell a person what to do.

use std::error::Error as StdError;
use std::io;

use super::tls;
use crate::text;

/// The text of what reads frames for h2, at a stream that ends within one.
const PART_OF_A_FRAME: &str = "bytes remaining on stream";

/// The first error of type `T` in a chain. I/O and HTTP/2 errors do not return what they wrap from `source()`.
pub(super) fn find<'a, T: StdError + 'static>(mut error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    loop {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        if let Some(inner) = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            error = inner;
        } else if let Some(inner) = error.downcast_ref::<h2::Error>().and_then(h2::Error::get_io) {
            error = inner;
        } else {
            error = error.source()?;
        }
    }
}

/// The innermost error, which names the cause.
pub(super) fn innermost(error: &(dyn StdError + 'static)) -> String {
    if let Some(error) = find::<io::Error>(error) {
        return reason(error);
    }
    // Not the debug data that a server may send when it ends a connection: it can be anything.
    if let Some((error, reason)) = find::<h2::Error>(error).and_then(|error| Some((error, error.reason()?))) {
        let reason = reason.description();
        return match error.is_library() {
            // So h2 calls headers above the limit, too.
            true if error.is_reset() => {
                format!("its answer is no HTTP/2, or has too large headers ({reason})")
            }
            true => format!("it does not keep to HTTP/2 ({reason})"),
            false if error.is_reset() => format!("it reset the request ({reason})"),
            false => format!("the server ended it ({reason})"),
        };
    }
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

/// The operating system's text, or words for what TLS says.
pub(super) fn reason(error: &io::Error) -> String {
    if let Some(error) = find::<rustls::Error>(error) {
        return tls::words(error);
    }
    if error.raw_os_error().is_some() {
        return text::of_system(error);
    }
    match error.kind() {
        io::ErrorKind::UnexpectedEof => "the server closed the connection in the middle".to_owned(),
        // So h2 says that the stream has ended: between two frames, and within one.
        io::ErrorKind::BrokenPipe => "the server closed the connection".to_owned(),
        io::ErrorKind::Other if error.to_string() == PART_OF_A_FRAME => {
            "the server closed the connection within a frame".to_owned()
        }
        _ => text::of_system(error),
    }
}

/// Whether the server ended the connection (GOAWAY) and certainly did not process the request, whatever the code says
/// (RFC 9113, section 6.8). h2 gives the server's GOAWAY as the error of a request only if the request's stream is
/// above the last stream id, or was never begun; other streams go on, and fail with an I/O error if the connection
/// closes first.
pub(super) fn is_beyond_go_away(error: &h2::Error) -> bool {
    error.is_go_away() && error.is_remote()
}

#[cfg(test)]
mod tests {
    use rustls::CertificateError;

    use super::*;

    #[test]
    fn a_tls_cause_is_found_behind_io_errors() {
        let inner = rustls::Error::InvalidCertificate(CertificateError::Expired);
        let outer = io::Error::other(io::Error::new(io::ErrorKind::InvalidData, inner.clone()));
        assert_eq!(find::<rustls::Error>(&outer), Some(&inner));
        assert_eq!(find::<rustls::Error>(&io::Error::other("no TLS here")), None);
    }

    #[test]
    fn the_end_of_a_stream_is_told_in_words() {
        for (kind, text, words) in [
            (
                io::ErrorKind::BrokenPipe,
                "stream closed because of a broken pipe",
                "the server closed the connection",
            ),
            (io::ErrorKind::Other, PART_OF_A_FRAME, "the server closed the connection within a frame"),
            (io::ErrorKind::Other, "Something Else", "something else"),
        ] {
            assert_eq!(reason(&io::Error::new(kind, text)), words);
        }
    }

    #[test]
    fn only_a_go_away_of_the_server_proves_that_a_request_was_not_processed() {
        // h2 has no way to construct one that the server sent.
        assert!(!is_beyond_go_away(&h2::Error::from(h2::Reason::REFUSED_STREAM)));
        assert!(!is_beyond_go_away(&h2::Error::from(h2::Reason::NO_ERROR)));
    }
}
