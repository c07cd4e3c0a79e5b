//! TLS through rustls with ring. The server's certificate is always verified; nothing turns that off.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio_rustls::TlsConnector;

use crate::config::{Address, TlsConfig};
use crate::error::{Error, Status};

/// A connector, and the name that the server has to prove.
pub(super) struct Tls {
    pub(super) connector: TlsConnector,
    pub(super) name: ServerName<'static>,
}

impl Tls {
    /// Reads the certificates now, so this does file I/O. What is wrong with a file is said with its option.
    pub(super) fn new(config: &TlsConfig, address: &Address) -> Result<Self, Error> {
        let roots = match &config.ca_file {
            Some(file) => roots_in(file)?,
            None => system_roots()?,
        };
        // The provider is passed explicitly: installing one would change the host process.
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::new(Status::TlsFailed, format!("cannot set up TLS: {error}")))?
            .with_root_certificates(roots);
        let mut client = match &config.identity {
            None => builder.with_no_client_auth(),
            Some((certificate, key)) => {
                let chain = certificates_in("tls.cert_file", certificate)?;
                builder
                    .with_client_auth_cert(chain, key_in(key)?)
                    .map_err(|error| unfit(certificate, key, &error))?
            }
        };
        client.alpn_protocols = vec![b"h2".to_vec()];
        Ok(Self { connector: TlsConnector::from(Arc::new(client)), name: name(config, address)? })
    }
}

fn name(config: &TlsConfig, address: &Address) -> Result<ServerName<'static>, Error> {
    let name = match (&config.server_name, address) {
        (Some(name), _) => name.clone(),
        (None, Address::Tcp { host, .. }) => host.clone(),
        (None, Address::Unix(_)) => String::new(),
    };
    ServerName::try_from(name.clone())
        .map_err(|_| Error::invalid_argument(format!("\"{name}\" is not a name that a certificate can have")))
}

fn system_roots() -> Result<RootCertStore, Error> {
    let mut roots = RootCertStore::empty();
    let (usable, _) = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if usable > 0 {
        return Ok(roots);
    }
    let text = "this system has no root certificates (on Debian: the package ca-certificates); install them, or name \
                the server's authority in tls.ca_file";
    Err(Error::new(Status::TlsFailed, text))
}

fn roots_in(file: &Path) -> Result<RootCertStore, Error> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates_in("tls.ca_file", file)? {
        roots.add(certificate).map_err(|error| malformed("tls.ca_file", file, &error))?;
    }
    Ok(roots)
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

fn key_in(file: &Path) -> Result<PrivateKeyDer<'static>, Error> {
    use rustls::pki_types::pem::Error as PemError;
    let pem = zeroize::Zeroizing::new(read("tls.key_file", file)?);
    PrivateKeyDer::from_pem_slice(&pem).map_err(|error| match error {
        PemError::NoItemsFound if pem.windows(9).any(|window| window == b"ENCRYPTED") => {
            malformed("tls.key_file", file, &"its private key is encrypted; store it without a passphrase")
        }
        PemError::NoItemsFound => malformed("tls.key_file", file, &"there is no PEM private key in it"),
        other => malformed("tls.key_file", file, &other),
    })
}

fn read(option: &str, file: &Path) -> Result<Vec<u8>, Error> {
    /// Far above any bundle of certificates, and an end to devices that never end.
    const LIMIT: u64 = 16 * 1024 * 1024;
    use std::io::Read as _;
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(file).and_then(|opened| opened.take(LIMIT).read_to_end(&mut bytes));
    match opened {
        Ok(_) => Ok(bytes),
        Err(error) => {
            let text = format!("{option}: cannot read {}: {}", file.display(), super::causes::reason(&error));
            Err(Error::invalid_argument(text))
        }
    }
}

fn malformed(option: &str, file: &Path, why: &dyn std::fmt::Display) -> Error {
    Error::invalid_argument(format!("{option}: {}: {why}", file.display()))
}

fn unfit(certificate: &Path, key: &Path, error: &rustls::Error) -> Error {
    let (certificate, key) = (certificate.display(), key.display());
    let why = match error {
        rustls::Error::InconsistentKeys(_) => "the key does not belong to the certificate".to_owned(),
        other => other.to_string(),
    };
    Error::invalid_argument(format!("tls.cert_file {certificate} and tls.key_file {key}: {why}"))
}
