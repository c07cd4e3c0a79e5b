//! Says in words why TLS failed. No text of rustls' own errors is passed on: they name types of Rust.

use rustls::pki_types::pem::Error as PemError;
use rustls::{CertificateError, Error, PeerIncompatible};

use super::alert;
use super::rejection::Rejection;

/// Explains a failure. `None` if the server has rejected something of this client's, see [`super::Tls::explain`].
pub(in super::super) fn of(error: &Error) -> String {
    match error {
        Error::InvalidCertificate(problem) => of_certificate(problem),
        Error::InvalidMessage(_) => NOT_TLS.to_owned(),
        Error::PeerIncompatible(why) => of_incompatible(why).to_owned(),
        Error::AlertReceived(alert) => format!("the server ended the connection ({})", alert::name(*alert)),
        Error::NoCertificatesPresented => "the server sent no certificate".to_owned(),
        Error::UnsupportedNameType => "the server's name is of a kind that no certificate has".to_owned(),
        Error::DecryptError => {
            "a message of the server cannot be decrypted; something on the way may change the data".to_owned()
        }
        Error::PeerSentOversizedRecord => "the server sent a longer TLS record than TLS allows".to_owned(),
        Error::NoApplicationProtocol => "the server does not offer the protocol (ALPN)".to_owned(),
        Error::FailedToGetCurrentTime => "this machine has no clock".to_owned(),
        Error::FailedToGetRandomBytes => "this machine gives no random numbers".to_owned(),
        Error::InappropriateMessage { .. }
        | Error::InappropriateHandshakeMessage { .. }
        | Error::PeerMisbehaved(_)
        | Error::InvalidEncryptedClientHello(_) => {
            "the server breaks the rules of TLS; is something between that changes the data?".to_owned()
        }
        // These are of this side, and none is known to come.
        _ => "TLS failed inside this library".to_owned(),
    }
}

/// What a port that does not speak TLS is said to do.
pub(super) const NOT_TLS: &str = "the port does not answer as a TLS server does";

fn of_incompatible(why: &PeerIncompatible) -> &'static str {
    use PeerIncompatible as P;
    match why {
        P::ServerDoesNotSupportTls12Or13
        | P::ServerTlsVersionIsDisabledByOurConfig
        | P::Tls12NotOffered
        | P::Tls12NotOfferedOrEnabled
        | P::SupportedVersionsExtensionRequired => "the server speaks neither TLS 1.2 nor TLS 1.3",
        P::NoCipherSuitesInCommon => "the server and this library have no cipher suite in common",
        P::NoKxGroupsInCommon
        | P::NamedGroupsExtensionRequired
        | P::KeyShareExtensionRequired
        | P::NoEcPointFormatsInCommon
        | P::EcPointsExtensionRequired
        | P::UncompressedEcPointsRequired => {
            "the server and this library have no key exchange in common (X25519, P-256 and P-384 are offered)"
        }
        P::NoSignatureSchemesInCommon | P::SignatureAlgorithmsExtensionRequired => {
            "the server and this library have no signature algorithm in common"
        }
        P::NoCertificateRequestSignatureSchemesInCommon => {
            "the server accepts no signature that the key of the client certificate can make"
        }
        P::ExtendedMasterSecretExtensionRequired => {
            "the server's TLS 1.2 lacks the extended master secret (RFC 7627)"
        }
        _ => "the server's TLS lacks something that this library needs",
    }
}

/// The problem of a certificate, if it is not one of a server's chain, which [`super::rejection`] explains.
pub(super) fn of_certificate(problem: &CertificateError) -> String {
    if let CertificateError::Other(other) = problem
        && let Some(Rejection(why)) = other.0.downcast_ref()
    {
        return why.clone();
    }
    let why = match problem {
        CertificateError::BadEncoding => "is malformed",
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "has expired",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "is not valid yet; is this machine's clock right?"
        }
        CertificateError::Revoked => "was revoked",
        CertificateError::UnknownIssuer => "has an unknown issuer",
        CertificateError::BadSignature => "has a wrong signature",
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "is for another name (name mismatch)"
        }
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "is not meant for servers (its extended key usage lacks serverAuth)"
        }
        _ => "is not acceptable",
    };
    format!("the server's certificate {why}")
}

/// What is wrong with a PEM text.
pub(super) fn of_pem(error: &PemError) -> &'static str {
    match error {
        PemError::MissingSectionEnd { .. } => "its -----END line is missing; was it cut?",
        PemError::IllegalSectionStart { .. } => "its -----BEGIN line is malformed",
        PemError::Base64Decode(_) => "it is not base64 between its BEGIN and END lines",
        PemError::NoItemsFound => "there is none",
        PemError::SectionTooLarge => "it is too long",
        _ => "it cannot be read",
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rustls::{
        AlertDescription, CertRevocationListError, ContentType, EncryptedClientHelloError, HandshakeType,
        InconsistentKeys, InvalidMessage, OtherError, PeerMisbehaved,
    };

    use super::*;

    /// rustls' errors of every kind, with numbers and texts of all sorts in them.
    fn errors() -> Vec<Error> {
        let other = || OtherError(Arc::new(std::io::Error::other("Custom { kind: Other } at crate::module")));
        let mut all = vec![
            Error::InappropriateMessage {
                expect_types: vec![ContentType::Alert],
                got_type: ContentType::Heartbeat,
            },
            Error::InappropriateHandshakeMessage {
                expect_types: vec![HandshakeType::Finished],
                got_type: HandshakeType::ClientHello,
            },
            Error::InvalidEncryptedClientHello(EncryptedClientHelloError::NoCompatibleConfig),
            Error::InvalidMessage(InvalidMessage::InvalidContentType),
            Error::InvalidMessage(InvalidMessage::MissingData("HandshakeType { x }")),
            Error::NoCertificatesPresented,
            Error::UnsupportedNameType,
            Error::DecryptError,
            Error::EncryptError,
            Error::PeerMisbehaved(PeerMisbehaved::BadCertChainExtensions),
            Error::InvalidCertRevocationList(CertRevocationListError::ParseError),
            Error::General("Custom { kind: Other } at crate::module".to_owned()),
            Error::FailedToGetCurrentTime,
            Error::FailedToGetRandomBytes,
            Error::HandshakeNotComplete,
            Error::PeerSentOversizedRecord,
            Error::NoApplicationProtocol,
            Error::BadMaxFragmentSize,
            Error::InconsistentKeys(InconsistentKeys::KeyMismatch),
            Error::Other(other()),
        ];
        all.extend((0..=255).map(|number| Error::AlertReceived(AlertDescription::from(number))));
        let problems = [
            CertificateError::BadEncoding,
            CertificateError::Expired,
            CertificateError::NotValidYet,
            CertificateError::Revoked,
            CertificateError::UnhandledCriticalExtension,
            CertificateError::UnknownIssuer,
            CertificateError::UnknownRevocationStatus,
            CertificateError::ExpiredRevocationList,
            CertificateError::BadSignature,
            CertificateError::NotValidForName,
            CertificateError::InvalidPurpose,
            CertificateError::InvalidOcspResponse,
            CertificateError::ApplicationVerificationFailure,
            CertificateError::Other(other()),
            CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext {
                signature_algorithm_id: vec![1],
                public_key_algorithm_id: vec![2],
            },
        ];
        all.extend(problems.map(Error::InvalidCertificate));
        let whys = [
            PeerIncompatible::EcPointsExtensionRequired,
            PeerIncompatible::ExtendedMasterSecretExtensionRequired,
            PeerIncompatible::NoCertificateRequestSignatureSchemesInCommon,
            PeerIncompatible::NoCipherSuitesInCommon,
            PeerIncompatible::NoKxGroupsInCommon,
            PeerIncompatible::NoSignatureSchemesInCommon,
            PeerIncompatible::NullCompressionRequired,
            PeerIncompatible::ServerDoesNotSupportTls12Or13,
            PeerIncompatible::UnsolicitedCertificateTypeExtension,
        ];
        all.extend(whys.map(Error::PeerIncompatible));
        all
    }

    #[test]
    fn no_error_of_rustls_shows_its_own_text_or_a_name_of_rust() {
        for error in errors() {
            let said = of(&error);
            assert!(!said.is_empty() && !said.contains(&format!("{error}")), "{said}");
            for part in ["{", "}", "::", "Error(", "Custom", "error:"] {
                assert!(!said.contains(part), "{error:?}: {said}");
            }
            // A name of Rust's is a capital after a small letter within a word.
            let words = said.split(|c: char| !c.is_alphanumeric());
            let camel = |word: &str| {
                let pairs = word.as_bytes().windows(2);
                pairs.into_iter().any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase())
            };
            assert!(words.filter(|word| *word != "serverAuth").all(|word| !camel(word)), "{said}");
        }
    }
}
