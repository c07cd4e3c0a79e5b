//! Says in words why a server's certificate is not accepted: the cause, what the certificate has, and what to do.

use std::fmt::{self, Write as _};
use std::net::IpAddr;
use std::sync::Arc;

use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{CertificateError, OtherError, RootCertStore};

use super::certificate::{ACCEPTED, Readable, SERVER_AUTH, Time};
use super::words;

/// The most names of a certificate that a message lists.
const NAMES: usize = 5;

/// Why a certificate was rejected, as an error of rustls carries it.
#[derive(Debug)]
pub(super) struct Rejection(pub(super) String);

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Rejection {}

impl From<Rejection> for rustls::Error {
    fn from(rejection: Rejection) -> Self {
        CertificateError::Other(OtherError(Arc::new(rejection))).into()
    }
}

/// What a server presented, and whom this client trusts.
pub(super) struct Presented<'a> {
    pub(super) certificate: &'a CertificateDer<'a>,
    pub(super) intermediates: &'a [CertificateDer<'a>],
    /// The certificates of the option for authorities.
    pub(super) named: &'a [CertificateDer<'static>],
    pub(super) roots: &'a RootCertStore,
    /// The key of the option that names authorities.
    pub(super) ca: &'a str,
    /// The beginning of the option keys.
    pub(super) options: &'a str,
}

/// rustls has no variants of its own for some errors of webpki's, and shows their names only.
fn has_name(problem: &CertificateError, name: &str) -> bool {
    matches!(problem, CertificateError::Other(other) if format!("{other:?}").contains(name))
}

pub(super) fn is_authority_as_server(problem: &CertificateError) -> bool {
    has_name(problem, "CaUsedAsEndEntity")
}

impl Presented<'_> {
    /// Why this server is not trusted under this name.
    pub(super) fn rejected(&self, problem: &CertificateError, name: &ServerName<'_>) -> Rejection {
        Rejection(self.why(problem, name))
    }

    fn why(&self, problem: &CertificateError, name: &ServerName<'_>) -> String {
        use CertificateError as P;
        let Some(leaf) = Readable::new(self.certificate) else {
            return "the server's certificate is malformed; issue it anew".to_owned();
        };
        if leaf.is_version_1() {
            return "the server's certificate is of X.509 version 1, which has no place for the names that TLS \
                    checks; issue one of version 3 with a subjectAltName"
                .to_owned();
        }
        match problem {
            P::NotValidForName | P::NotValidForNameContext { .. } => of_name(&leaf, name, self.options),
            P::Expired | P::ExpiredContext { .. } => self.of_time(&leaf, Time::Over),
            P::NotValidYet | P::NotValidYetContext { .. } => self.of_time(&leaf, Time::NotYet),
            P::InvalidPurpose | P::InvalidPurposeContext { .. } => self.of_purpose(&leaf),
            P::UnknownIssuer => self.of_issuer(&leaf),
            P::BadSignature => self.unfit(&leaf).unwrap_or_else(|| self.of_signature(&leaf)),
            other if is_authority_as_server(other) => format!(
                "the server's own certificate is an authority's (CA:TRUE); give it another, or name this one in {}",
                self.ca
            ),
            other => of_webpki(other)
                .map(str::to_owned)
                .or_else(|| self.unfit(&leaf))
                .unwrap_or_else(|| words::of_certificate(other)),
        }
    }

    /// Why the server's proof failed that it has the certificate's key.
    pub(super) fn rejected_proof(&self, problem: &CertificateError) -> Rejection {
        let unfit = Readable::new(self.certificate).and_then(|leaf| unfit_key(&leaf));
        Rejection(unfit.unwrap_or_else(|| match problem {
            CertificateError::BadSignature => {
                "the server has not proven that it has the key of its certificate".to_owned()
            }
            _ => format!("the server signs in a way that this library does not support; use {ACCEPTED}"),
        }))
    }

    /// Every certificate that can be in the chain above the server's own.
    fn above(&self) -> impl Iterator<Item = Readable> {
        self.intermediates.iter().chain(self.named).filter_map(|der| Readable::new(der))
    }

    fn of_time(&self, leaf: &Readable, time: Time) -> String {
        let now = std::time::SystemTime::now();
        let clock = "is this machine's clock right?";
        let sent: Vec<_> = self.intermediates.iter().filter_map(|der| Readable::new(der)).collect();
        let above = sent.iter().find(|above| leaf.time(now) == Time::Valid && above.time(now) == time);
        let (whose, guilty) = match above {
            Some(above) => (format!("the intermediate certificate \"{}\"", above.subject()), above),
            None => ("the server's certificate".to_owned(), leaf),
        };
        match time {
            Time::NotYet => format!("{whose} is not valid yet, only from {}; {clock}", guilty.not_before()),
            _ => format!("{whose} has expired on {}; renew it on the server", guilty.not_after()),
        }
    }

    fn of_purpose(&self, leaf: &Readable) -> String {
        if leaf.is_for(SERVER_AUTH) == Some(true) {
            let mut above = self.intermediates.iter().filter_map(|der| Readable::new(der));
            let above = above.find(|above| above.is_for(SERVER_AUTH) != Some(true));
            let name =
                above.map_or_else(|| "its issuer".to_owned(), |above| format!("\"{}\"", above.subject()));
            return format!("{name} may not issue certificates for servers (its extended key usage)");
        }
        "the server's certificate is not meant for servers (its extended key usage lacks serverAuth); issue it with \
         serverAuth"
            .to_owned()
    }

    /// The topmost certificate that the server sent names an issuer that is not trusted.
    fn of_issuer(&self, leaf: &Readable) -> String {
        let ca = self.ca;
        if leaf.is_by(leaf) {
            return format!(
                "unknown issuer: the server's certificate \"{}\" is self-signed; name its authority in {ca}: the \
                 certificate itself",
                leaf.subject()
            );
        }
        let sent: Vec<_> = self.intermediates.iter().filter_map(|der| Readable::new(der)).collect();
        let mut top = leaf;
        // A chain can be a circle.
        for _ in 0..sent.len() {
            match sent.iter().find(|above| top.is_by(above) && !top.is_by(top)) {
                Some(above) => top = above,
                None => break,
            }
        }
        let issuer = top.issuer();
        let signed = format!(
            "unknown issuer: the server's certificate was signed by \"{issuer}\", which is not trusted here"
        );
        if sent.is_empty() {
            format!(
                "{signed}; name its authority in {ca}, or if that is there already, have the server send its \
                 intermediate certificates too (it sent none)"
            )
        } else if top.is_by(leaf) || std::ptr::eq(top, leaf) {
            format!(
                "{signed}, and the intermediate certificates that the server sent are of other issuers; correct the \
                 server's chain, or name its authority in {ca}"
            )
        } else {
            format!(
                "unknown issuer: the server's chain ends at \"{issuer}\", which is not trusted here; name its \
                 authority in {ca}"
            )
        }
    }

    /// A signature is wrong, and all keys are fit.
    fn of_signature(&self, leaf: &Readable) -> String {
        let is_known = self.roots.roots.iter().any(|root| leaf.is_by_subject(&root.subject));
        if is_known {
            return format!(
                "the server's certificate names the issuer \"{}\", and was not signed with the key that this \
                 authority has in {}; was the authority renewed?",
                leaf.issuer(),
                self.ca
            );
        }
        "the server's certificate has a wrong signature: it was changed, or signed with another key than its issuer's"
            .to_owned()
    }

    /// A key or a signature in the chain that this library does not accept.
    fn unfit(&self, leaf: &Readable) -> Option<String> {
        if let Some(why) = unfit_key(leaf) {
            return Some(why);
        }
        let issuers: Vec<_> = self.above().collect();
        let issuer = issuers.iter().find(|above| leaf.is_by(above)).and_then(Readable::unfit_key);
        if let Some(signature) = leaf.unfit_signature() {
            let by = issuer.map(|key| format!(" by {key}")).unwrap_or_default();
            return Some(format!(
                "the server's certificate was signed with {signature}{by}, which this library does not support; have \
                 it signed with {ACCEPTED}"
            ));
        }
        issuers.iter().find_map(|above| {
            let name = above.subject();
            if let Some(key) = above.unfit_key() {
                return Some(format!(
                    "the authority \"{name}\" has {key}, which this library does not support; use {ACCEPTED}"
                ));
            }
            let signature = above.unfit_signature().filter(|_| !above.is_by(above))?;
            Some(format!(
                "the intermediate certificate \"{name}\" was signed with {signature}, which this library does not \
                 support; use {ACCEPTED}"
            ))
        })
    }
}

/// A key of the server's own that this library does not accept.
pub(super) fn unfit_key(leaf: &Readable) -> Option<String> {
    let key = leaf.unfit_key()?;
    Some(format!(
        "the server's certificate has {key}, which this library does not support; give the server one with {ACCEPTED}"
    ))
}

fn of_name(leaf: &Readable, name: &ServerName<'_>, options: &str) -> String {
    let (dns, addresses) = leaf.names();
    let expected = name.to_str();
    let san = match name {
        ServerName::IpAddress(_) => format!("IP:{expected}"),
        _ => format!("DNS:{expected}"),
    };
    if dns.is_empty() && addresses.is_empty() {
        let common = leaf.common_name().unwrap_or_default();
        return format!(
            "name mismatch: the server's certificate has only a common name (\"{common}\"), which TLS does not check; \
             issue it with subjectAltName={san}"
        );
    }
    if matches!(name, ServerName::IpAddress(_)) && dns.iter().any(|dns| is_same_address(dns, &expected)) {
        return format!(
            "name mismatch: the server's certificate has the address {expected} as a DNS name; issue it with \
             subjectAltName=IP:{expected}"
        );
    }
    if let Some(wildcard) = dns.iter().find(|dns| is_too_narrow(dns, &expected)) {
        return format!(
            "name mismatch: the server's certificate is for {wildcard}, where the * stands for exactly one label, so \
             not for \"{expected}\"; issue it with subjectAltName={san}"
        );
    }
    let all = dns.into_iter().chain(addresses.iter().map(IpAddr::to_string));
    let total = all.clone().count();
    let mut presented = all.take(NAMES).collect::<Vec<_>>().join(", ");
    if total > NAMES {
        let _ = write!(presented, " and {} more", total - NAMES);
    }
    format!(
        "name mismatch: the server's certificate is not for \"{expected}\" but for {presented}; use one of these names, \
         or set {options}.server_name to it"
    )
}

fn is_same_address(dns: &str, expected: &str) -> bool {
    matches!((dns.parse::<IpAddr>(), expected.parse::<IpAddr>()), (Ok(one), Ok(other)) if one == other)
}

/// Whether the name has the wildcard's domain, but not exactly one label before it.
fn is_too_narrow(wildcard: &str, name: &str) -> bool {
    let (Some(domain), name) = (wildcard.strip_prefix("*."), name.to_ascii_lowercase()) else { return false };
    let domain = domain.to_ascii_lowercase();
    name == domain || name.ends_with(&format!(".{domain}"))
}

/// The words for errors that only webpki has.
fn of_webpki(problem: &CertificateError) -> Option<&'static str> {
    const KNOWN: [(&str, &str); 10] = [
        ("EndEntityUsedAsCa", "an issuer in the server's chain is no authority (it lacks CA:TRUE)"),
        ("PathLenConstraintViolated", "the server's chain is longer than its authority allows (pathlen)"),
        (
            "NameConstraint",
            "the authority of the server's certificate may not sign for this name (name constraints)",
        ),
        (
            "UnsupportedCriticalExtension",
            "the server's chain has a critical extension that this library does not know",
        ),
        (
            "UnsupportedCertVersion",
            "a certificate of the server's chain is not of X.509 version 3; issue it anew",
        ),
        ("SignatureAlgorithmMismatch", "a certificate of the server's chain names two signature algorithms"),
        (
            "MalformedExtensions",
            "a certificate of the server's chain has malformed extensions; issue it anew",
        ),
        (
            "MalformedDnsIdentifier",
            "a certificate of the server's chain has a malformed DNS name; issue it anew",
        ),
        (
            "EmptyEkuExtension",
            "a certificate of the server's chain has an empty extended key usage; issue it anew",
        ),
        ("Maximum", "the server's chain is too long to check"),
    ];
    KNOWN.iter().find(|(name, _)| has_name(problem, name)).map(|(_, words)| *words)
}
