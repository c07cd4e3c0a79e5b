//! TLS through rustls with ring: the settings, and what a failed handshake means.

use std::error::Error as StdError;
use std::sync::Arc;

use rustls::{AlertDescription, CertificateError, ClientConfig, RootCertStore};
use tokio_rustls::TlsConnector;

use crate::error::{Error, Status};

/// Verifies servers against the operating system's roots. Reads them now, so this does file I/O.
pub(super) fn connector() -> Result<TlsConnector, Error> {
    let failed =
        |why: &dyn std::fmt::Display| Error::new(Status::TlsFailed, format!("cannot set up TLS: {why}"));
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    let (usable, _) = roots.add_parsable_certificates(found.certs);
    if usable == 0 {
        return Err(failed(&"this system has no root certificates (on Debian: the package ca-certificates)"));
    }
    // The provider is passed explicitly: installing one would change the host process.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| failed(&error))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec()];
    Ok(TlsConnector::from(Arc::new(config)))
}

/// The cause in words, if `error` or anything behind it is a TLS failure.
pub(super) fn cause(error: &(dyn StdError + 'static)) -> Option<String> {
    find::<rustls::Error>(error).map(explain)
}

fn explain(error: &rustls::Error) -> String {
    use rustls::Error as E;
    match error {
        E::InvalidCertificate(CertificateError::UnknownIssuer) => {
            "its certificate was issued by an authority that is not trusted here".to_owned()
        }
        E::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. }) => {
            "its certificate has expired".to_owned()
        }
        E::InvalidMessage(_) => "this port does not speak TLS; use http:// for a plaintext port".to_owned(),
        E::AlertReceived(AlertDescription::CertificateRequired) => {
            "the server wants a client certificate (mutual TLS)".to_owned()
        }
        other => other.to_string(),
    }
}

/// The first error of type `T` in the chain. An `io::Error` hides what it wraps from `source()`.
fn find<'a, T: StdError + 'static>(mut error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    loop {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        error = match wrapped {
            Some(inner) => inner,
            None => error.source()?,
        };
    }
}
