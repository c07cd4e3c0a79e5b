//! Verifies servers.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, RootCertStore, SignatureScheme};

use super::certificate::{Readable, SERVER_AUTH, Time};
use super::rejection::{Presented, is_authority_as_server};
use super::{cannot_set_up, material};
use crate::config::TlsConfig;
use crate::error::Error;

/// Verifies servers as rustls does, and also accepts a certificate that is itself in `tls.ca_file`, even if it is a CA
/// certificate. `openssl req -x509` makes such certificates for test servers, and other clients of Milvus accept them.
/// Name, validity and possession of the key are checked all the same.
#[derive(Debug)]
pub(super) struct Verifier {
    usual: Arc<WebPkiServerVerifier>,
    roots: Arc<RootCertStore>,
    named: Vec<CertificateDer<'static>>,
    options: &'static str,
    /// The key of the option that names authorities.
    ca: String,
}

impl Verifier {
    /// Trusts the authorities of the option. `None` if it is not set.
    pub(super) fn of_option(
        config: &TlsConfig,
        provider: Arc<CryptoProvider>,
    ) -> Result<Option<Self>, Error> {
        let Some(pem) = &config.ca else { return Ok(None) };
        let named = material::certificates(pem)?;
        let mut roots = RootCertStore::empty();
        for (index, certificate) in named.iter().enumerate() {
            roots
                .add(certificate.clone())
                .map_err(|_| material::no_certificate(pem, index + 1, named.len()))?;
        }
        Self::new(roots, named, config, provider).map(Some)
    }

    /// Trusts the authorities of the operating system.
    pub(super) fn of_system(config: &TlsConfig, provider: Arc<CryptoProvider>) -> Result<Self, Error> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(material::system_roots(config.group)?);
        Self::new(roots, Vec::new(), config, provider)
    }

    fn new(
        roots: RootCertStore,
        named: Vec<CertificateDer<'static>>,
        config: &TlsConfig,
        provider: Arc<CryptoProvider>,
    ) -> Result<Self, Error> {
        let (roots, options) = (Arc::new(roots), config.group);
        let usual = WebPkiServerVerifier::builder_with_provider(Arc::clone(&roots), provider).build();
        let usual = usual.map_err(|_| cannot_set_up("no authority can be read"))?;
        let ca = config.ca.as_ref().map_or_else(|| format!("{options}.ca_file"), |pem| pem.option.clone());
        Ok(Self { usual, roots, named, options, ca })
    }

    fn presented<'a>(
        &'a self,
        certificate: &'a CertificateDer<'_>,
        intermediates: &'a [CertificateDer<'_>],
    ) -> Presented<'a> {
        let (named, roots) = (&self.named, &self.roots);
        Presented { certificate, intermediates, named, roots, ca: &self.ca, options: self.options }
    }

    fn verify_named(
        &self,
        certificate: &CertificateDer<'_>,
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Option<Result<ServerCertVerified, rustls::Error>> {
        self.named.iter().find(|named| *named == certificate)?;
        let moment = UNIX_EPOCH + Duration::from_secs(now.as_secs());
        let readable = Readable::new(certificate);
        let in_time = match readable.as_ref().map(|readable| readable.time(moment)) {
            Some(Time::Valid) => match readable.and_then(|readable| readable.is_for(SERVER_AUTH)) {
                Some(true) => Ok(()),
                _ => Err(CertificateError::InvalidPurpose.into()),
            },
            Some(Time::NotYet) => Err(CertificateError::NotValidYet.into()),
            Some(Time::Over) => Err(CertificateError::Expired.into()),
            None => Err(CertificateError::BadEncoding.into()),
        };
        let of_name = || rustls::client::verify_server_name(&ParsedCertificate::try_from(certificate)?, name);
        Some(in_time.and_then(|()| of_name()).map(|()| ServerCertVerified::assertion()))
    }

    /// The error of a server's proof that it has the key, in words.
    fn proof(
        &self,
        certificate: &CertificateDer<'_>,
        result: Result<HandshakeSignatureValid, rustls::Error>,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        result.map_err(|error| match error {
            rustls::Error::InvalidCertificate(problem) => {
                self.presented(certificate, &[]).rejected_proof(&problem).into()
            }
            other => other,
        })
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verified = self.usual.verify_server_cert(certificate, intermediates, name, ocsp_response, now);
        let verified = match verified {
            Err(rustls::Error::InvalidCertificate(problem)) if is_authority_as_server(&problem) => {
                self.verify_named(certificate, name, now).unwrap_or(Err(problem.into()))
            }
            verified => verified,
        };
        verified.map_err(|error| match error {
            rustls::Error::InvalidCertificate(problem) => {
                self.presented(certificate, intermediates).rejected(&problem, name).into()
            }
            other => other,
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.proof(certificate, self.usual.verify_tls12_signature(message, certificate, signature))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.proof(certificate, self.usual.verify_tls13_signature(message, certificate, signature))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.usual.supported_verify_schemes()
    }
}
