//! Reads certificates and keys from files and texts. An error names the option that is wrong, and what is wrong.

use std::fmt::Write as _;

use rustls::pki_types::pem::{Error as PemError, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::certificate::ACCEPTED;
use super::words;
use crate::config::{Pem, Source};
use crate::error::{Error, Status};
use crate::{files, process, text};

/// Far above the size of any bundle of certificates. It bounds the reading of devices that never end.
const LIMIT: u64 = 16 * 1024 * 1024;

/// Every certificate in an option.
pub(super) fn certificates(pem: &Pem) -> Result<Vec<CertificateDer<'static>>, Error> {
    let bytes = read(pem)?;
    let mut certificates = Vec::new();
    for certificate in CertificateDer::pem_slice_iter(&bytes) {
        let number = certificates.len() + 1;
        certificates.push(certificate.map_err(|error| {
            malformed(pem, &format!("certificate {number} in it is broken: {}", words::of_pem(&error)))
        })?);
    }
    if certificates.is_empty() {
        return Err(malformed(pem, "there is no PEM certificate in it"));
    }
    Ok(certificates)
}

/// The error for a certificate that is PEM, but no certificate.
pub(super) fn no_certificate(pem: &Pem, number: usize, total: usize) -> Error {
    malformed(pem, &format!("certificate {number} of {total} in it is no valid X.509 certificate"))
}

/// The private key in an option.
pub(super) fn key(pem: &Pem) -> Result<PrivateKeyDer<'static>, Error> {
    let bytes = read(pem)?;
    PrivateKeyDer::from_pem_slice(&bytes).map_err(|error| match error {
        PemError::NoItemsFound if bytes.windows(9).any(|window| window == b"ENCRYPTED") => {
            malformed(pem, "its private key is encrypted; store it without a passphrase")
        }
        PemError::NoItemsFound => malformed(pem, "there is no PEM private key in it"),
        other => malformed(pem, &format!("the private key in it is broken: {}", words::of_pem(&other))),
    })
}

/// The error for a certificate and a key that rustls cannot use together.
pub(super) fn unfit(certificate: &Pem, key: &Pem, error: &rustls::Error) -> Error {
    let why = match error {
        rustls::Error::InconsistentKeys(_) => "the key does not belong to the certificate".to_owned(),
        rustls::Error::InvalidCertificate(_) => {
            "the first certificate is no valid X.509 certificate".to_owned()
        }
        _ => format!("this library does not support the key; use {ACCEPTED}"),
    };
    let mut text = String::new();
    for (index, pem) in [certificate, key].into_iter().enumerate() {
        let _ = write!(text, "{}{}", if index == 0 { "" } else { " and " }, pem.option);
        if let Source::File(path) = &pem.source {
            let _ = write!(text, " {}", path.display());
        }
    }
    Error::invalid_argument(format!("{text}: {why}"))
}

/// The root certificates of the operating system.
pub(super) fn system_roots(options: &str) -> Result<Vec<CertificateDer<'static>>, Error> {
    let found = rustls_native_certs::load_native_certs().certs;
    if !found.is_empty() {
        return Ok(found);
    }
    if let Some(error) = process::exhaustion() {
        let why = text::of_system(&error);
        return Err(
            Error::new(Status::OutOfMemory, format!("cannot read the root certificates: {why}")).retriable()
        );
    }
    let text = format!(
        "this system has no root certificates (on Debian: the package ca-certificates); install them, or name the \
         server's authority in {options}.ca_file"
    );
    Err(Error::new(Status::TlsFailed, text))
}

fn read(pem: &Pem) -> Result<Vec<u8>, Error> {
    let file = match &pem.source {
        Source::Text(text) => return Ok(text.as_bytes().to_vec()),
        Source::File(file) => file,
    };
    files::read(file, LIMIT).map_err(|error| {
        let text = format!("{}: cannot read {}: {}", pem.option, file.display(), text::of_system(&error));
        if process::is_exhaustion(&error) {
            return Error::new(Status::OutOfMemory, text).retriable();
        }
        Error::invalid_argument(text)
    })
}

fn malformed(pem: &Pem, why: &str) -> Error {
    let option = &pem.option;
    Error::invalid_argument(match &pem.source {
        Source::File(file) => format!("{option}: {}: {why}", file.display()),
        Source::Text(_) => format!("{option}: {why}"),
    })
}
