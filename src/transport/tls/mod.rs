//! TLS through rustls with ring. It always verifies the server's certificate; no option turns that off. Files that
//! changed are read again before each connection.

mod alert;
mod certificate;
mod material;
mod probe;
mod rejection;
mod signing;
mod verifier;
mod words;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{AlertDescription, ClientConfig};
use tokio_rustls::TlsConnector;

use crate::config::{Address, Source, TlsConfig};
use crate::error::{Error, Status};
use crate::files::{self, Repeated, Stamp};
use crate::log::{self, Level};
use crate::text;
use certificate::Readable;
pub(super) use probe::{is_spoken, plaintext_protocol};
use signing::Wiping;
use verifier::Verifier;
pub(super) use words::of as words;

const HTTP2: &[u8] = b"h2";
const HTTP1: &[u8] = b"http/1.1";
/// How long a connection waits for files that are read again. A hung file system must not use up its time.
const PATIENCE: Duration = Duration::from_secs(1);

/// A connector, and the name that the server has to prove.
#[derive(Clone)]
pub(super) struct Tls {
    pub(super) connector: TlsConnector,
    pub(super) name: ServerName<'static>,
    protocol: &'static [u8],
    /// The client certificate.
    own: Option<CertificateDer<'static>>,
    /// Why the newest files are not in use.
    obstacle: Option<String>,
    source: Arc<TlsSource>,
}

/// Makes connectors of what the options name. All connections of a client share it.
struct TlsSource {
    config: TlsConfig,
    /// Trust in the operating system's authorities, if the options name no other. It is read once: that reads the
    /// environment, which the application may change later.
    system: Option<Arc<Verifier>>,
    latest: Mutex<Latest>,
    reading: Repeated<Look>,
}

struct Latest {
    loaded: Loaded,
    stamps: Vec<Stamp>,
    obstacle: Option<String>,
}

/// What files and texts have given.
#[derive(Clone)]
struct Loaded {
    client: Arc<ClientConfig>,
    own: Option<CertificateDer<'static>>,
}

/// What a look at the files finds.
enum Look {
    Unchanged,
    Loaded(Vec<Stamp>, Box<Loaded>),
    /// Why they cannot be used. The next look reads them again.
    Nothing(String),
}

impl Tls {
    /// Reads the certificates now. An error names the option that is wrong.
    pub(super) fn new(config: &TlsConfig, address: &Address, limit: Duration) -> Result<Self, Error> {
        let system = match config.ca {
            Some(_) => None,
            None => Some(Arc::new(Verifier::of_system(config, provider())?)),
        };
        let (own, trusted) = (config.clone(), system.clone());
        let load = move || (stamps(&own).unwrap_or_default(), load(&own, trusted.as_ref()));
        let (stamps, loaded) = if has_files(config) {
            let loaded = files::within(limit, load)?;
            loaded.ok_or_else(|| {
                let (group, limit) = (config.group, limit.as_millis());
                Error::invalid_argument(format!("the files in {group}.* were not read within {limit} ms"))
            })?
        } else {
            load()
        };
        let latest = Mutex::new(Latest { loaded: loaded?, stamps, obstacle: None });
        let source = TlsSource { config: config.clone(), system, latest, reading: Repeated::default() };
        let name = name(config, address)?;
        Ok(Self::of_source(Arc::new(source), name, HTTP2))
    }

    fn of_source(source: Arc<TlsSource>, name: ServerName<'static>, protocol: &'static [u8]) -> Self {
        let (Loaded { client, own }, obstacle) = {
            let latest = source.latest();
            (latest.loaded.clone(), latest.obstacle.clone())
        };
        let mut client = client;
        if client.alpn_protocols != [protocol] {
            Arc::make_mut(&mut client).alpn_protocols = vec![protocol.to_vec()];
        }
        Self { connector: TlsConnector::from(client), name, protocol, own, obstacle, source }
    }

    /// The same for another server, with the same certificates and trust.
    pub(super) fn at(&self, config: &TlsConfig, address: &Address) -> Result<Self, Error> {
        Ok(Self { name: name(config, address)?, ..self.clone() })
    }

    /// The same, but for HTTP/1.
    pub(super) fn for_http1(&self) -> Self {
        Self::of_source(Arc::clone(&self.source), self.name.clone(), HTTP1)
    }

    /// The same with what the files have now. Files that cannot be used leave what they had before in use.
    pub(super) async fn renewed(&self) -> Self {
        self.source.look_again().await;
        Self::of_source(Arc::clone(&self.source), self.name.clone(), self.protocol)
    }

    /// Explains why TLS failed, in words that tell a person what to do.
    pub(super) fn explain(&self, error: &rustls::Error) -> String {
        self.with_obstacle(match error {
            rustls::Error::AlertReceived(alert) => self.explain_alert(*alert),
            other => words::of(other),
        })
    }

    /// The same for a failed handshake. To find the cause, it can look at the port again.
    pub(super) async fn explain_handshake(
        &self,
        error: &rustls::Error,
        peer: Option<SocketAddr>,
        limit: Duration,
    ) -> String {
        let is_unfit = matches!(
            error,
            rustls::Error::AlertReceived(AlertDescription::HandshakeFailure)
                | rustls::Error::PeerIncompatible(_)
        );
        match peer.filter(|_| is_unfit) {
            Some(peer) => self.unfit_certificate(peer, limit).await.unwrap_or_else(|| self.explain(error)),
            None => self.explain(error),
        }
    }

    /// What is wrong with the key of a server that this library cannot have a handshake with. Looks at the port again.
    pub(super) async fn unfit_certificate(&self, peer: SocketAddr, limit: Duration) -> Option<String> {
        let seen = tokio::time::timeout(limit, probe::certificate(peer, &self.name)).await;
        let seen = Readable::new(&seen.ok().flatten()?)?;
        rejection::unfit_key(&seen).map(|why| self.with_obstacle(why))
    }

    fn with_obstacle(&self, why: String) -> String {
        match &self.obstacle {
            Some(obstacle) => format!("{why}; {obstacle}"),
            None => why,
        }
    }

    fn explain_alert(&self, alert: AlertDescription) -> String {
        use AlertDescription as A;
        let options = self.source.config.group;
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
            ) => match (own, &self.source.config.identity) {
                (Some(own), Some((certificate, _))) => {
                    let why = Readable::new(own).map(|own| own.why_rejected());
                    let why = why.unwrap_or_else(|| "cannot be read".to_owned());
                    format!("the client certificate in {} {why}", certificate.option)
                }
                _ => format!(
                    "it wants a client certificate (mutual TLS); set {options}.cert_file and {options}.key_file"
                ),
            },
            (A::ProtocolVersion, _) => "it speaks neither TLS 1.2 nor TLS 1.3".to_owned(),
            (A::HandshakeFailure | A::InsufficientSecurity, _) => {
                format!(
                    "its cipher suites, or its certificate's key, do not fit; use {}",
                    certificate::ACCEPTED
                )
            }
            (A::NoApplicationProtocol, _) if self.protocol == HTTP1 => "it does not offer HTTP/1".to_owned(),
            (A::NoApplicationProtocol, _) => "it does not offer HTTP/2; is it Milvus' gRPC port?".to_owned(),
            (A::UnrecognisedName, _) => "it has no certificate for this name".to_owned(),
            _ => return format!("the server ended the handshake ({})", alert::name(alert)),
        };
        format!("the server ended the handshake: {why} ({})", alert::name(alert))
    }
}

impl TlsSource {
    fn latest(&self) -> MutexGuard<'_, Latest> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the files again if they changed. Not if one of them is a pipe, which can be read once only.
    async fn look_again(&self) {
        if !has_files(&self.config) || self.latest().stamps.iter().any(|stamp| stamp.is_special) {
            return;
        }
        let (config, system) = (self.config.clone(), self.system.clone());
        let known = self.latest().stamps.clone();
        let look = self.reading.run(PATIENCE, move || look(&config, system.as_ref(), &known)).await;
        let look = match look {
            Ok(Some(look)) => look,
            Ok(None) => {
                let why = format!("they were not read within {} ms", PATIENCE.as_millis());
                Look::Nothing(why)
            }
            Err(error) => Look::Nothing(error.message().to_owned()),
        };
        self.take(look);
    }

    fn take(&self, look: Look) {
        let mut latest = self.latest();
        match look {
            Look::Unchanged => {}
            Look::Loaded(stamps, loaded) => {
                if latest.stamps.iter().map(Stamp::identity).ne(stamps.iter().map(Stamp::identity)) {
                    let group = self.config.group;
                    log::tell(Level::Info, "certificates read again", || format!("options={group}.*"));
                }
                *latest = Latest { loaded: *loaded, stamps, obstacle: None };
            }
            Look::Nothing(why) => {
                let group = self.config.group;
                let text = format!(
                    "the files in {group}.* could not be read again ({why}), so what they had before is in use"
                );
                if latest.obstacle.as_ref() != Some(&text) {
                    log::tell(Level::Warning, "certificates not read again", || format!("reason={text:?}"));
                }
                latest.stamps.clear();
                latest.obstacle = Some(text);
            }
        }
    }
}

fn has_files(config: &TlsConfig) -> bool {
    config.pems().any(|pem| matches!(pem.source, Source::File(_)))
}

/// The stamps of all files, or why there is none.
fn stamps(config: &TlsConfig) -> Result<Vec<Stamp>, String> {
    let stamp = |pem: &crate::config::Pem| match &pem.source {
        Source::Text(_) => None,
        Source::File(file) => Some(Stamp::of(file).map_err(|error| {
            format!("{}: cannot read {}: {}", pem.option, file.display(), text::of_system(&error))
        })),
    };
    config.pems().filter_map(stamp).collect()
}

/// Looks at the files, and loads all if one of them has changed.
fn look(config: &TlsConfig, system: Option<&Arc<Verifier>>, known: &[Stamp]) -> Look {
    let stamps = match stamps(config) {
        Ok(stamps) => stamps,
        Err(why) => return Look::Nothing(why),
    };
    let is_unchanged = |(known, stamp): (&Stamp, &Stamp)| known.is_unchanged_in(stamp);
    if known.len() == stamps.len() && known.iter().zip(&stamps).all(is_unchanged) {
        return Look::Unchanged;
    }
    match load(config, system) {
        Ok(loaded) => Look::Loaded(stamps, Box::new(loaded)),
        Err(error) => Look::Nothing(error.message().to_owned()),
    }
}

fn load(config: &TlsConfig, system: Option<&Arc<Verifier>>) -> Result<Loaded, Error> {
    // The provider is passed explicitly: installing one would change the whole process.
    let provider = provider();
    let verifier = match Verifier::of_option(config, Arc::clone(&provider))? {
        Some(verifier) => Arc::new(verifier),
        None => Arc::clone(system.ok_or_else(|| cannot_set_up("there is no authority"))?),
    };
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| cannot_set_up("no version of TLS is left"))?
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    let mut own = None;
    let mut client = match &config.identity {
        None => builder.with_no_client_auth(),
        Some((certificate, key)) => {
            let chain = material::certificates(certificate)?;
            own = chain.first().cloned();
            builder
                .with_client_auth_cert(chain, material::key(key)?)
                .map_err(|error| material::unfit(certificate, key, &error))?
        }
    };
    client.alpn_protocols = vec![HTTP2.to_vec()];
    Ok(Loaded { client: Arc::new(client), own })
}

fn provider() -> Arc<CryptoProvider> {
    static KEYS: OnceLock<Wiping> = OnceLock::new();
    let mut provider = rustls::crypto::ring::default_provider();
    provider.key_provider = KEYS.get_or_init(|| Wiping(provider.key_provider));
    Arc::new(provider)
}

fn cannot_set_up(why: &str) -> Error {
    Error::new(Status::TlsFailed, format!("cannot set up TLS: {why}"))
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

/// Whether a failure means that the port answered something else than TLS.
pub(super) fn is_not_tls(error: &rustls::Error) -> bool {
    matches!(error, rustls::Error::InvalidMessage(_))
}

#[cfg(any(test, fuzzing))]
/// Reads a certificate, and says everything about it, for `crate::fuzzing`.
pub(super) fn fuzz(der: &[u8], now: std::time::SystemTime) {
    let Some(certificate) = certificate::Readable::new(der) else { return };
    let fit = |text: &str| assert!(!text.contains(char::is_control), "{text:?}");
    for text in
        [certificate.subject(), certificate.issuer(), certificate.not_before(), certificate.not_after()]
    {
        fit(&text);
    }
    certificate.common_name().iter().for_each(|name| fit(name));
    certificate.names().0.iter().for_each(|name| fit(name));
    certificate.unfit_key().iter().for_each(|why| fit(why));
    certificate.unfit_signature().iter().for_each(|why| fit(why));
    fit(&certificate.why_rejected());
    certificate.is_by(&certificate);
    certificate.time(now);
    certificate.is_version_1();
    let _ = certificate.is_for(certificate::SERVER_AUTH);
}
