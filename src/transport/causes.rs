//! Explains errors of the network stack in words that tell a person what to do.

use std::error::Error as StdError;
use std::io;

use rustls::CertificateError;

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
            false => format!("the server ended it ({reason})"),
        };
    }
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

/// The operating system's text without Rust's "(os error 111)".
pub(super) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let end = text.find(" (os error").unwrap_or(text.len());
    text[..end].to_lowercase()
}

/// Whether the server certainly did not begin to process the request.
pub(super) fn was_refused_unprocessed(error: &(dyn StdError + 'static)) -> bool {
    // Only if this stream was reset: a GOAWAY with the same code ends the whole connection.
    find::<h2::Error>(error).is_some_and(|error| {
        error.is_reset() && error.is_remote() && error.reason() == Some(h2::Reason::REFUSED_STREAM)
    })
}

/// Whether the server ended the connection (GOAWAY) and certainly did not process the request, whatever the code says
/// (RFC 9113, section 6.8). h2 gives the server's GOAWAY as the error of a request only if the request's stream is
/// above the last stream id, or was never begun; other streams go on, and fail with an I/O error if the connection
/// closes first.
pub(super) fn is_beyond_go_away(error: &h2::Error) -> bool {
    error.is_go_away() && error.is_remote()
}

/// Explains a TLS failure on this side. The keys of the options that can help begin with `options`.
pub(super) fn of_tls(error: &rustls::Error, options: &str) -> String {
    match error {
        rustls::Error::InvalidCertificate(problem) => of_server_certificate(problem, options),
        rustls::Error::InvalidMessage(_) => {
            "this port does not speak TLS; use http:// for a plaintext port".to_owned()
        }
        rustls::Error::PeerIncompatible(why) => format!("the server's TLS is incompatible: {why:?}"),
        other => other.to_string(),
    }
}

/// rustls has no variant of its own for this error of webpki's.
pub(super) fn is_authority_as_server(problem: &CertificateError) -> bool {
    matches!(problem, CertificateError::Other(other) if format!("{other:?}").contains("CaUsedAsEndEntity"))
}

fn of_server_certificate(problem: &CertificateError, options: &str) -> String {
    match problem {
        CertificateError::UnknownIssuer => {
            format!(
                "unknown issuer: the server's certificate was signed by an authority that is not trusted here; \
                 name its authority in {options}.ca_file"
            )
        }
        CertificateError::NotValidForNameContext { expected, presented } => {
            let expected = expected.to_str();
            // They come as `DnsName("host")` and `IpAddress(1.2.3.4)`.
            let bare = |name: &String| {
                name.replace("DnsName(", "").replace("IpAddress(", "").replace([')', '"'], "")
            };
            let presented = presented.iter().map(bare).collect::<Vec<_>>().join(", ");
            format!("name mismatch: the server's certificate is not for \"{expected}\" but for {presented}")
        }
        CertificateError::NotValidForName => {
            "name mismatch: the server's certificate is for another name".to_owned()
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "the server's certificate has expired".to_owned()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "the server's certificate is not valid yet; is this machine's clock right?".to_owned()
        }
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "the server's certificate is not meant for servers (its extended key usage lacks serverAuth)"
                .to_owned()
        }
        CertificateError::BadSignature => "the server's certificate has a wrong signature".to_owned(),
        other if is_authority_as_server(other) => {
            format!(
                "the server's own certificate is an authority's (CA:TRUE); give it another, or name this one in \
                 {options}.ca_file"
            )
        }
        other => format!("the server's certificate is not acceptable: {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tls_cause_is_found_behind_io_errors() {
        let inner = rustls::Error::InvalidCertificate(CertificateError::Expired);
        let outer = io::Error::other(io::Error::new(io::ErrorKind::InvalidData, inner.clone()));
        assert_eq!(find::<rustls::Error>(&outer), Some(&inner));
        assert_eq!(find::<rustls::Error>(&io::Error::other("no TLS here")), None);
    }

    #[test]
    fn only_a_stream_that_the_server_refused_was_not_processed() {
        // A reset that this side sent is no refusal; h2 has no way to construct one that the server sent.
        assert!(!was_refused_unprocessed(&h2::Error::from(h2::Reason::REFUSED_STREAM)));
        assert!(!was_refused_unprocessed(&h2::Error::from(h2::Reason::CANCEL)));
        assert!(!was_refused_unprocessed(&io::Error::other("x")));
        // Nor is the end of a connection that this side decided on a GOAWAY of the server's.
        assert!(!is_beyond_go_away(&h2::Error::from(h2::Reason::NO_ERROR)));
    }

    #[test]
    fn every_certificate_problem_is_named() {
        for (problem, part) in [
            (CertificateError::UnknownIssuer, "unknown issuer"),
            (CertificateError::Expired, "has expired"),
            (CertificateError::NotValidYet, "clock"),
            (CertificateError::NotValidForName, "name mismatch"),
            (CertificateError::InvalidPurpose, "not meant for servers"),
            (CertificateError::BadSignature, "wrong signature"),
            (CertificateError::Revoked, "not acceptable"),
        ] {
            let said = of_tls(&rustls::Error::InvalidCertificate(problem.clone()), "tls");
            assert!(said.contains(part), "{problem:?}: {said}");
        }
    }
}
