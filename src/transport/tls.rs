//! TLS through rustls with ring. It always verifies the server's certificate; no option turns that off.

use std::path::Path;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    AlertDescription, CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
};
use tokio_rustls::TlsConnector;

use super::causes;
use super::certificate::{self, Time};
use super::stream::Stream;
use crate::config::{Address, TlsConfig};
use crate::error::{Error, Status};
use crate::process;

/// HTTP/1 in the list of protocols (ALPN) that a TLS connection offers.
const HTTP1: &[u8] = b"http/1.1";

/// A connector, and the name that the server has to prove.
#[derive(Clone)]
pub(super) struct Tls {
    pub(super) connector: TlsConnector,
    pub(super) name: ServerName<'static>,
    /// The client certificate.
    own: Option<CertificateDer<'static>>,
    /// The beginning of the option keys that configure this.
    options: &'static str,
}

impl Tls {
    /// Reads the certificate files now. An error names the option of the file that is wrong.
    pub(super) fn new(config: &TlsConfig, address: &Address) -> Result<Self, Error> {
        let options = config.group;
        let trusted = match &config.ca_file {
            Some(file) => certificates_in(&format!("{options}.ca_file"), file)?,
            None => system_roots(options)?,
        };
        // The provider is passed explicitly: installing one would change the whole process.
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = Verifier::new(trusted, config, Arc::clone(&provider))?;
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| cannot_set_up(&error))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier));
        let mut own = None;
        let mut client = match &config.identity {
            None => builder.with_no_client_auth(),
            Some((certificate, key)) => {
                let chain = certificates_in(&format!("{options}.cert_file"), certificate)?;
                own = chain.first().cloned();
                builder
                    .with_client_auth_cert(chain, key_in(&format!("{options}.key_file"), key)?)
                    .map_err(|error| unfit(options, certificate, key, &error))?
            }
        };
        client.alpn_protocols = vec![b"h2".to_vec()];
        let name = name(config, address)?;
        Ok(Self { connector: TlsConnector::from(Arc::new(client)), name, own, options })
    }

    /// The same for another server, with the same certificates and trust.
    pub(super) fn at(&self, config: &TlsConfig, address: &Address) -> Result<Self, Error> {
        Ok(Self { name: name(config, address)?, ..self.clone() })
    }

    /// The same, but for HTTP/1.
    pub(super) fn for_http1(&self) -> Self {
        let mut client = (**self.connector.config()).clone();
        client.alpn_protocols = vec![HTTP1.to_vec()];
        Self { connector: TlsConnector::from(Arc::new(client)), ..self.clone() }
    }

    fn speaks_http1(&self) -> bool {
        self.connector.config().alpn_protocols.iter().any(|protocol| protocol == HTTP1)
    }

    /// Explains why TLS failed, in words that tell a person what to do.
    pub(super) fn explain(&self, error: &rustls::Error) -> String {
        use AlertDescription as A;
        let options = self.options;
        let rustls::Error::AlertReceived(alert) = error else { return causes::of_tls(error, options) };
        let why = match (alert, &self.own) {
            // Servers send different alerts for it, and most send one alert for everything that can be wrong.
            (
                A::CertificateRequired
                | A::BadCertificate
                | A::UnknownCA
                | A::CertificateExpired
                | A::CertificateUnknown
                | A::UnsupportedCertificate
                | A::CertificateRevoked
                | A::AccessDenied,
                own,
            ) => match own {
                None => format!(
                    "it wants a client certificate (mutual TLS); set {options}.cert_file and {options}.key_file"
                ),
                Some(own) => {
                    let why = certificate::why_rejected(own);
                    format!("the client certificate in {options}.cert_file {why}")
                }
            },
            (A::ProtocolVersion, _) => "it speaks neither TLS 1.2 nor TLS 1.3".to_owned(),
            (A::NoApplicationProtocol, _) if self.speaks_http1() => "it does not offer HTTP/1".to_owned(),
            (A::NoApplicationProtocol, _) => "it does not offer HTTP/2; is it Milvus' gRPC port?".to_owned(),
            (A::UnrecognisedName, _) => "it has no certificate for this name".to_owned(),
            _ => return format!("the server ended the handshake ({alert:?})"),
        };
        format!("the server ended the handshake: {why} ({alert:?})")
    }
}

/// Verifies servers as rustls does, and also accepts a certificate that is itself in `tls.ca_file`, even if it is a CA
/// certificate. `openssl req -x509` makes such certificates for test servers, and other clients of Milvus accept them.
/// Name, validity and possession of the key are checked all the same.
#[derive(Debug)]
struct Verifier {
    usual: Arc<WebPkiServerVerifier>,
    named: Vec<CertificateDer<'static>>,
}

impl Verifier {
    fn new(
        trusted: Vec<CertificateDer<'static>>,
        config: &TlsConfig,
        provider: Arc<CryptoProvider>,
    ) -> Result<Self, Error> {
        let mut roots = RootCertStore::empty();
        let named = match &config.ca_file {
            None => {
                roots.add_parsable_certificates(trusted);
                Vec::new()
            }
            Some(file) => {
                for certificate in &trusted {
                    roots.add(certificate.clone()).map_err(|_| {
                        let option = format!("{}.ca_file", config.group);
                        malformed(&option, file, &"a certificate in it is no valid X.509 certificate")
                    })?;
                }
                trusted
            }
        };
        let usual = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build();
        Ok(Self { usual: usual.map_err(|error| cannot_set_up(&error))?, named })
    }

    fn verify_named(
        &self,
        certificate: &CertificateDer<'_>,
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Option<Result<ServerCertVerified, rustls::Error>> {
        self.named.iter().find(|named| *named == certificate)?;
        let moment = std::time::UNIX_EPOCH + std::time::Duration::from_secs(now.as_secs());
        let in_time = match certificate::time(certificate, moment) {
            Some(Time::Valid) => match certificate::is_for(certificate::SERVER_AUTH, certificate) {
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
        match verified {
            Err(rustls::Error::InvalidCertificate(problem)) if causes::is_authority_as_server(&problem) => {
                self.verify_named(certificate, name, now).unwrap_or(Err(problem.into()))
            }
            verified => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.usual.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.usual.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.usual.supported_verify_schemes()
    }
}

fn cannot_set_up(why: &dyn std::fmt::Display) -> Error {
    Error::new(Status::TlsFailed, format!("cannot set up TLS: {why}"))
}

/// Whether the peer speaks TLS: it sends a certificate, trusted or not, or a TLS alert.
pub(super) async fn is_spoken(stream: impl Stream) -> bool {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let Ok(builder) = builder else { return false };
    // This connector trusts no certificate, so the handshake never completes.
    let mut client = builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth();
    client.alpn_protocols = vec![b"h2".to_vec()];
    let Ok(name) = ServerName::try_from("localhost") else { return false };
    match TlsConnector::from(Arc::new(client)).connect(name, stream).await {
        Ok(_) => true,
        Err(error) => matches!(
            causes::find(&error),
            Some(rustls::Error::InvalidCertificate(_) | rustls::Error::AlertReceived(_))
        ),
    }
}

fn name(config: &TlsConfig, address: &Address) -> Result<ServerName<'static>, Error> {
    let name = match (&config.server_name, &*address.without_zone()) {
        (Some(name), _) => name.clone(),
        (None, Address::Tcp { host, .. }) => host.clone(),
        (None, Address::Unix(_)) => String::new(),
    };
    ServerName::try_from(name.clone())
        .map_err(|_| Error::invalid_argument(format!("\"{name}\" is not a name that a certificate can have")))
}

fn system_roots(options: &str) -> Result<Vec<CertificateDer<'static>>, Error> {
    let found = rustls_native_certs::load_native_certs().certs;
    if !found.is_empty() {
        return Ok(found);
    }
    if let Some(error) = process::exhaustion() {
        let why = causes::reason(&error);
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

fn certificates_in(option: &str, file: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let pem = read(option, file)?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let certificates = certificates.map_err(|error| malformed(option, file, &error))?;
    if certificates.is_empty() {
        return Err(malformed(option, file, &"there is no PEM certificate in it"));
    }
    Ok(certificates)
}

fn key_in(option: &str, file: &Path) -> Result<PrivateKeyDer<'static>, Error> {
    use rustls::pki_types::pem::Error as PemError;
    let pem = zeroize::Zeroizing::new(read(option, file)?);
    PrivateKeyDer::from_pem_slice(&pem).map_err(|error| match error {
        PemError::NoItemsFound if pem.windows(9).any(|window| window == b"ENCRYPTED") => {
            malformed(option, file, &"its private key is encrypted; store it without a passphrase")
        }
        PemError::NoItemsFound => malformed(option, file, &"there is no PEM private key in it"),
        other => malformed(option, file, &other),
    })
}

fn read(option: &str, file: &Path) -> Result<Vec<u8>, Error> {
    /// Far above the size of any bundle of certificates. It bounds the reading of devices that never end.
    const LIMIT: u64 = 16 * 1024 * 1024;
    use std::io::Read as _;
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(file).and_then(|opened| opened.take(LIMIT).read_to_end(&mut bytes));
    match opened {
        Ok(_) => Ok(bytes),
        Err(error) => {
            let text = format!("{option}: cannot read {}: {}", file.display(), causes::reason(&error));
            if process::is_exhaustion(&error) {
                return Err(Error::new(Status::OutOfMemory, text).retriable());
            }
            Err(Error::invalid_argument(text))
        }
    }
}

fn malformed(option: &str, file: &Path, why: &dyn std::fmt::Display) -> Error {
    Error::invalid_argument(format!("{option}: {}: {why}", file.display()))
}

fn unfit(options: &str, certificate: &Path, key: &Path, error: &rustls::Error) -> Error {
    let (certificate, key) = (certificate.display(), key.display());
    let why = match error {
        rustls::Error::InconsistentKeys(_) => "the key does not belong to the certificate".to_owned(),
        other => other.to_string(),
    };
    Error::invalid_argument(format!("{options}.cert_file {certificate} and {options}.key_file {key}: {why}"))
}
