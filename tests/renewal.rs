//! Certificates and keys that change on disk while a client lives, and those that come from memory.

#[allow(dead_code)]
mod common;
#[allow(dead_code)]
#[path = "common/openssl.rs"]
mod openssl;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use common::{LIMIT, client_with};
use milvus_client::{Client, Error, Status};
use milvus_fake::Fake;
use openssl::{Certificate, Folder, Request};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// A TLS port in front of a scripted server. Its certificates can be changed.
struct Front {
    address: SocketAddr,
    settings: Arc<Mutex<Arc<ServerConfig>>>,
}

/// A server with this certificate, which accepts clients of this authority.
fn settings(own: &Certificate, clients: Option<&Certificate>) -> Arc<ServerConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider));
    let builder = builder.with_safe_default_protocol_versions().unwrap();
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(CertificateDer::from_pem_file(&authority.pem).unwrap()).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(verifier.build().unwrap())
        }
    };
    let chain = vec![CertificateDer::from_pem_file(&own.pem).unwrap()];
    let mut settings =
        builder.with_single_cert(chain, PrivateKeyDer::from_pem_file(&own.key).unwrap()).unwrap();
    settings.alpn_protocols = vec![b"h2".to_vec()];
    Arc::new(settings)
}

impl Front {
    fn before(fake: &Fake, first: Arc<ServerConfig>) -> Self {
        let behind = fake.uri().trim_start_matches("http://").to_owned();
        let settings = Arc::new(Mutex::new(first));
        let current = Arc::clone(&settings);
        let (tell, told) = std::sync::mpsc::channel();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                tell.send(listener.local_addr().unwrap()).unwrap();
                loop {
                    let (stream, _) = listener.accept().await.unwrap();
                    let acceptor = TlsAcceptor::from(Arc::clone(&current.lock().unwrap()));
                    let behind = behind.clone();
                    tokio::spawn(async move {
                        let Ok(mut outer) = acceptor.accept(stream).await else { return };
                        let mut inner = TcpStream::connect(&behind).await.unwrap();
                        let _ = tokio::io::copy_bidirectional(&mut outer, &mut inner).await;
                    });
                }
            });
        });
        Self { address: told.recv().unwrap(), settings }
    }

    fn become_other(&self, settings: Arc<ServerConfig>) {
        *self.settings.lock().unwrap() = settings;
    }

    fn uri(&self) -> String {
        format!("https://localhost:{}", self.address.port())
    }
}

fn ask(client: &Client) -> Result<(), Error> {
    client.compaction_state(1, LIMIT).wait().map(drop)
}

/// Writes a file as Kubernetes does: another file takes its place.
fn put(from: &Path, to: &Path) {
    let next = to.with_extension("next");
    std::fs::copy(from, &next).unwrap();
    std::fs::rename(next, to).unwrap();
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

/// Asks on a new connection.
fn ask_anew(fake: &Fake, client: &Client) -> Result<(), Error> {
    fake.cut_connections();
    // A client that has not noticed yet retries a read by itself.
    let limit = Instant::now() + Duration::from_secs(10);
    loop {
        match ask(client) {
            Err(error) if error.status == Status::Unavailable && Instant::now() < limit => {}
            result => return result,
        }
    }
}

#[test]
fn a_new_connection_uses_the_authorities_and_the_identity_that_the_files_have_now() {
    let (folder, fake) = (Folder::new(), Fake::start("v2.6.19"));
    let [one, two] = ["one", "two"].map(|name| folder.make(Request::new(name).authority()));
    let server = |name: &str, ca| folder.make(Request::new(name).issuer(ca).names("DNS:localhost"));
    let client_of = |name: &str, ca| folder.make(Request::new(name).issuer(ca).usage("clientAuth"));
    let (server_one, server_two) = (server("server-one", &one), server("server-two", &two));
    let (client_one, client_two) = (client_of("client-one", &one), client_of("client-two", &two));
    let [ca, certificate, key] = ["ca", "certificate", "key"].map(|name| folder.path(name));
    let install = |authority: &Certificate, own: &Certificate| {
        put(&authority.pem, &ca);
        put(&own.pem, &certificate);
        put(&own.key, &key);
    };
    install(&one, &client_one);
    let front = Front::before(&fake, settings(&server_one, Some(&one)));
    let options = [
        ("tls.ca_file", ca.to_str().unwrap()),
        ("tls.cert_file", certificate.to_str().unwrap()),
        ("tls.key_file", key.to_str().unwrap()),
    ];
    let client = client_with(&front.uri(), &options);
    let job = client.compact("succeeds", false, LIMIT).wait().unwrap();

    // Everything is renewed. The job goes on being known.
    front.become_other(settings(&server_two, Some(&two)));
    install(&two, &client_two);
    ask_anew(&fake, &client).unwrap();
    assert!(client.compaction_wait(job, LIMIT).wait().unwrap().error.is_none());
    assert!(client.job_export(job).is_ok());

    // What cannot be used leaves the last good in use.
    std::fs::write(&ca, "-----BEGIN CERTIFICATE-----\nbm9uc2Vuc2U=\n-----END CERTIFICATE-----\n").unwrap();
    ask_anew(&fake, &client).unwrap();
    put(&two.pem, &ca);
    std::fs::remove_file(&certificate).unwrap();
    ask_anew(&fake, &client).unwrap();
    put(&client_one.pem, &certificate);
    ask_anew(&fake, &client).expect("a key that is not the certificate's");

    // The next error of TLS says so.
    std::fs::write(&ca, text(&two.pem) + "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n")
        .unwrap();
    front.become_other(settings(&server_one, Some(&one)));
    let error = ask_anew(&fake, &client).unwrap_err();
    assert_eq!(error.status, Status::TlsFailed);
    for part in [
        "was signed by \"CN=one\"",
        "; the files in tls.* could not be read again (tls.ca_file: ",
        "certificate 2 in it is broken: it is not base64",
        "so what they had before is in use",
    ] {
        assert!(error.message().contains(part), "{error}");
    }
    install(&one, &client_one);
    ask_anew(&fake, &client).expect("it recovers by itself");
}

#[test]
fn certificates_and_keys_can_come_from_memory_and_be_mixed_with_files() {
    let (folder, fake) = (Folder::new(), Fake::start("v2.6.19"));
    let ca = folder.make(Request::new("ca").authority());
    let own = folder.make(Request::new("server").issuer(&ca).names("DNS:localhost"));
    let identity = folder.make(Request::new("client").issuer(&ca).usage("clientAuth"));
    let front = Front::before(&fake, settings(&own, Some(&ca)));
    let (ca_text, certificate, key) = (text(&ca.pem), text(&identity.pem), text(&identity.key));
    // A bundle of the usual size.
    let bundle = ca_text.repeat(300);
    assert!(bundle.len() > 100_000);
    ask(&client_with(
        &front.uri(),
        &[("tls.ca_pem", &bundle), ("tls.client_cert_pem", &certificate), ("tls.client_key_pem", &key)],
    ))
    .unwrap();
    let mixed = [
        ("tls.ca_file", ca.pem.to_str().unwrap()),
        ("tls.cert_file", identity.pem.to_str().unwrap()),
        ("tls.client_key_pem", &key),
    ];
    ask(&client_with(&front.uri(), &mixed)).unwrap();
    let error = ask(&client_with(&front.uri(), &[("tls.ca_pem", &ca_text)])).unwrap_err();
    assert!(error.message().contains("set tls.cert_file and tls.key_file"), "{error}");
}

#[test]
fn what_is_wrong_with_a_text_or_a_file_is_said_with_its_option_and_the_certificates_number() {
    let folder = Folder::new();
    let [good, other] = ["good", "other"].map(|name| folder.make(Request::new(name).authority()));
    let p521 = folder.make(Request::new("p521").key("EC:P-521"));
    let (good, key, other_key) = (text(&good.pem), text(&good.key), text(&other.key));
    let bad = "-----BEGIN CERTIFICATE-----\nbm9uc2Vuc2U=\n-----END CERTIFICATE-----\n";
    let refusal = |pairs: &[(&str, &str)]| {
        let mut options = milvus_client::config::Options::default();
        for (key, value) in pairs {
            options.set(key, value).unwrap();
        }
        let config = milvus_client::config::Config::new("https://localhost", &options).unwrap();
        let error = Client::new(config).err().unwrap();
        assert_eq!(error.status, Status::InvalidArgument);
        error.message().to_owned()
    };
    let file = folder.path("bundle");
    for (broken, why) in [
        (format!("{good}{good}{bad}{good}"), "certificate 3 of 4 in it is no valid X.509 certificate"),
        (
            format!("{good}{}", bad.replace("bm9uc2Vuc2U=", "?")),
            "certificate 2 in it is broken: it is not base64",
        ),
        (format!("{good}{}", &bad[..50]), "certificate 2 in it is broken: its -----END line is missing"),
        (key.clone(), "there is no PEM certificate in it"),
    ] {
        assert_eq!(refusal(&[("tls.ca_pem", &broken)]).split_once(": ").unwrap().0, "tls.ca_pem");
        std::fs::write(&file, &broken).unwrap();
        let path = file.to_str().unwrap();
        let said = refusal(&[("tls.ca_file", path)]);
        assert!(said.starts_with(&format!("tls.ca_file: {path}: {why}")), "{said}");
    }
    let identity = |certificate: &str, key: &str| {
        refusal(&[("tls.ca_pem", &good), ("tls.client_cert_pem", certificate), ("tls.client_key_pem", key)])
    };
    for (said, why) in [
        (identity(&good, &other_key), "client_key_pem: the key does not belong to the certificate"),
        (identity(&good, "nonsense"), "tls.client_key_pem: there is no PEM private key in it"),
        (identity(&good, &key.replace("PRIVATE", "ENCRYPTED PRIVATE")), "is encrypted"),
        (identity(&text(&p521.pem), &text(&p521.key)), "does not support the key; use RSA"),
        (identity(bad, &key), "no valid X.509 certificate"),
    ] {
        assert!(said.contains(why), "{said}");
        assert!(!said.contains("::") && !said.contains('{'), "{said}");
    }
}

#[test]
fn a_file_system_that_hangs_ends_no_connection() {
    let (folder, fake) = (Folder::new(), Fake::start("v2.6.19"));
    let ca = folder.make(Request::new("ca").authority());
    let own = folder.make(Request::new("server").issuer(&ca).names("DNS:localhost"));
    let front = Front::before(&fake, settings(&own, None));
    let path = folder.path("authorities");
    put(&ca.pem, &path);
    let client = client_with(&front.uri(), &[("tls.ca_file", path.to_str().unwrap())]);
    ask(&client).unwrap();
    // Reading a pipe that nobody writes to hangs as a network file system can. It is not read again.
    std::fs::remove_file(&path).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    let started = Instant::now();
    ask_anew(&fake, &client).unwrap();
    let options = [("tls.ca_file", path.to_str().unwrap()), ("connect_timeout_ms", "300")];
    let mut given = milvus_client::config::Options::default();
    for (key, value) in options {
        given.set(key, value).unwrap();
    }
    let config = milvus_client::config::Config::new(&front.uri(), &given).unwrap();
    let error = Client::new(config).err().unwrap();
    assert!(error.message().contains("the files in tls.* were not read within 300 ms"), "{error}");
    assert!(started.elapsed() < Duration::from_secs(15), "it hangs");
}
