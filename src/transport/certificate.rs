//! Reads from a certificate what rustls does not expose: its validity and its purpose.

use std::time::SystemTime;

use x509_cert::Certificate;
use x509_cert::der::Decode;
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::ext::pkix::ExtendedKeyUsage;

pub(super) const SERVER_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1");
const CLIENT_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2");

/// Whether a moment is within the certificate's validity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Time {
    Valid,
    NotYet,
    Over,
}

/// Where `now` is relative to the certificate's validity; `None` if the certificate cannot be read.
pub(super) fn time(der: &[u8], now: SystemTime) -> Option<Time> {
    let certificate = Certificate::from_der(der).ok()?;
    let validity = certificate.tbs_certificate().validity();
    Some(if now < validity.not_before.to_system_time() {
        Time::NotYet
    } else if now > validity.not_after.to_system_time() {
        Time::Over
    } else {
        Time::Valid
    })
}

/// Whether the certificate may be used for this purpose. A certificate that lists no purpose may be used for all.
pub(super) fn is_for(purpose: ObjectIdentifier, der: &[u8]) -> Option<bool> {
    let certificate = Certificate::from_der(der).ok()?;
    let usage = certificate.tbs_certificate().get_extension::<ExtendedKeyUsage>().ok()?;
    Some(usage.is_none_or(|(_, usage)| usage.0.contains(&purpose)))
}

/// Explains why a server has rejected this client certificate.
pub(super) fn why_rejected(der: &[u8]) -> &'static str {
    match (time(der, SystemTime::now()), is_for(CLIENT_AUTH, der)) {
        (Some(Time::Over), _) => "has expired",
        (Some(Time::NotYet), _) => "is not valid yet",
        (_, Some(false)) => "is not meant for clients (its extended key usage lacks clientAuth)",
        _ => "was not signed by an authority that the server trusts",
    }
}
