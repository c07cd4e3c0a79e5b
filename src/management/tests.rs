//! A management port that a small HTTP server on loopback plays.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

use super::*;
use crate::cancellation::CancellationToken;
use crate::config::Options;

/// Entries of a real 2.5.27 from four situations, as one list.
const PAGE: &str = include_str!("../../tests/management/page.json");
/// The collection whose partition was dropped during its compaction.
const DROPPED_PARTITION: i64 = 470_781_244_800_559_554;
/// Far above what any request here needs.
const LIMIT: Duration = Duration::from_secs(20);

trait Talk: Read + Write {}
impl<S: Read + Write> Talk for S {}

/// Answers each connection in this way, and passes the request on.
struct Port {
    address: String,
    asked: mpsc::Receiver<String>,
}

impl Port {
    fn serving(answer: impl Fn(&mut dyn Talk) + Send + 'static) -> Self {
        Self::over(|stream| Box::new(stream), answer)
    }

    fn over(
        transport: impl Fn(TcpStream) -> Box<dyn Talk> + Send + 'static,
        answer: impl Fn(&mut dyn Talk) + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (tell, asked) = mpsc::channel();
        thread::spawn(move || {
            // An immediate close would reset the connection, and the client might miss the response.
            let mut refused = Vec::new();
            for stream in listener.incoming() {
                let mut stream = transport(stream.unwrap());
                let lines = BufReader::new(&mut stream).lines();
                let head: Vec<_> = lines.map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
                if head.is_empty() {
                    refused.push(stream);
                    continue;
                }
                if tell.send(head.join("\n")).is_err() {
                    return;
                }
                answer(&mut *stream);
            }
        });
        Self { address, asked }
    }

    fn answering(head: &str, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        let head = format!("HTTP/1.1 {head}\r\ncontent-length: {}\r\n\r\n", body.len());
        Self::serving(move |stream| {
            // The client stops reading when it has seen enough.
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
        })
    }

    fn management(&self) -> Management {
        management(&[("management_uri", &format!("http://{}", self.address))]).unwrap()
    }

    fn tasks(&self) -> Result<Vec<ManagedTask>, Error> {
        tasks(&self.management(), Deadline::after(Some(LIMIT)))
    }

    fn refusal(&self) -> Error {
        self.tasks().unwrap_err()
    }
}

fn management(pairs: &[(&str, &str)]) -> Result<Management, Error> {
    let mut options = Options::default();
    for (key, value) in [("token", "root:hunter2")].iter().chain(pairs) {
        options.set(key, value).unwrap();
    }
    // Nothing listens there, and nothing has to.
    let config = Config::new("http://127.0.0.1:1/sales", &options)?;
    Management::new(&config).map(|management| management.expect("a port is named"))
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

fn tasks(management: &Management, deadline: Deadline<'_>) -> Result<Vec<ManagedTask>, Error> {
    let result = runtime().block_on(management.compaction_tasks(deadline, DROPPED_PARTITION));
    if let Err(error) = &result {
        assert!(error.message().starts_with("asking the management port: "), "{error}");
        assert!(!error.in_doubt, "it only reads");
    }
    result
}

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/management").join(name)
}

#[test]
fn a_real_servers_page_gives_the_tasks_of_the_collection_alone() {
    let port = Port::answering("200 OK", PAGE);
    let mut tasks = port.tasks().unwrap();
    tasks.sort_by_key(|task| task.plan_id);
    let failed = ManagedTask {
        plan_id: 470_781_244_800_562_653,
        kind: "MixCompaction".to_owned(),
        state: ManagedState::Cleaned,
        reason: "segment not found[segment=470781244800560616]".to_owned(),
        sources: vec![470_781_244_800_560_616, 470_781_244_800_561_641, 470_781_244_800_559_587],
        targets: vec![],
    };
    assert_eq!(tasks[0], failed);
    assert_eq!((tasks.len(), tasks[1].targets.as_slice()), (2, &[470_781_244_800_563_754][..]));
    assert!(tasks[1].reason.is_empty());
}

#[test]
fn no_secret_and_no_database_goes_there() {
    let port = Port::answering("200 OK", "[]");
    assert_eq!(port.tasks().unwrap(), []);
    let asked = port.asked.recv().unwrap();
    assert!(asked.starts_with("GET /api/v1/_dc/tasks/compaction HTTP/1.1\n"), "{asked}");
    assert!(asked.contains(&format!("host: {}", port.address)), "{asked}");
    for secret in ["authorization", "hunter2", "cm9vd", "sales"] {
        assert!(!asked.to_ascii_lowercase().contains(secret), "{asked}");
    }
}

#[test]
fn a_secret_in_the_page_does_not_come_out() {
    let page = PAGE.replace("segment not found", "no user root:hunter2");
    let tasks = Port::answering("200 OK", page).tasks().unwrap();
    assert!(tasks.iter().any(|task| task.reason.starts_with("no user [")), "{tasks:?}");
    assert!(!format!("{tasks:?}").contains("hunter2"), "{tasks:?}");
}

#[test]
fn the_page_of_another_cluster_says_nothing() {
    let other = PAGE.replace(&DROPPED_PARTITION.to_string(), "1");
    assert_eq!(Port::answering("200 OK", other).tasks().unwrap(), []);
}

#[test]
fn what_is_no_page_of_tasks_is_an_error_in_one_sentence() {
    for (head, body, part) in [
        ("200 OK", "<html><body>Milvus WebUI</body></html>", "is a web page, not JSON"),
        ("200 OK", "OK", "is not JSON"),
        ("200 OK", "", "is empty"),
        ("200 OK", r#"{"plan_id":"1"}"#, "no list of tasks"),
        ("200 OK\r\ncontent-encoding: gzip", "[]", "in a compressed form, unasked"),
        ("204 No Content", "", "HTTP status 204"),
        ("404 Not Found", "<html>404 page not found", "HTTP status 404 Not Found; is it the management port"),
        ("401 Unauthorized", "", "no credentials are sent there"),
        ("500 Internal Server Error", r#"{"message":"x"}"#, "HTTP status 500"),
    ] {
        let error = Port::answering(head, body).refusal();
        assert_eq!(error.status, Status::ServerError, "{error}");
        assert!(error.message().contains(part), "{error}");
    }
}

#[test]
fn redirects_are_not_followed() {
    let elsewhere = Port::answering("200 OK", PAGE);
    let location = format!("302 Found\r\nlocation: http://{}/api/v1/_dc/tasks/compaction", elsewhere.address);
    let error = Port::answering(&location, "").refusal();
    assert!(error.message().contains("HTTP status 302 Found; redirects are not followed"), "{error}");
    assert!(elsewhere.asked.try_recv().is_err());
}

#[test]
fn ten_megabytes_are_refused_whether_announced_or_not() {
    let large = vec![b' '; 10 * 1024 * 1024];
    let error = Port::answering("200 OK", large.clone()).refusal();
    assert_eq!(error.status, Status::ServerError);
    assert!(error.message().contains("answers more than 8 MiB"), "{error}");
    let unannounced = Port::serving(move |stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").and_then(|()| stream.write_all(&large));
    });
    let error = unannounced.refusal();
    assert!(error.message().contains("answers more than 8 MiB"), "{error}");
    let fits = [PAGE.as_bytes(), &vec![b' '; LARGEST_PAGE - PAGE.len()]].concat();
    assert_eq!(Port::answering("200 OK", fits).tasks().unwrap().len(), 2);
}

#[test]
fn an_answer_that_breaks_off_gives_no_task() {
    let port = Port::serving(|stream| {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", PAGE.len() + 1);
        let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(PAGE.as_bytes()));
    });
    let error = port.refusal();
    assert_eq!(error.status, Status::Unavailable);
    assert!(error.message().contains("no answer from 127.0.0.1:"), "{error}");
}

/// Sends this much, then nothing until the client hangs up, which it reports.
fn hanging_after(words: &'static str) -> (Port, mpsc::Receiver<()>) {
    let (tell, left) = mpsc::channel();
    let port = Port::serving(move |stream| {
        stream.write_all(words.as_bytes()).unwrap();
        let _ = stream.read(&mut [0]);
        let _ = tell.send(());
    });
    (port, left)
}

#[test]
fn an_answer_that_does_not_come_ends_with_the_deadline_and_leaves_nothing_behind() {
    for words in ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n[{"] {
        let (port, left) = hanging_after(words);
        let management = port.management();
        let error = runtime().block_on(async {
            let deadline = Deadline::after(Some(Duration::from_millis(100)));
            let result = management.compaction_tasks(deadline, DROPPED_PARTITION).await;
            let closed = async {
                while left.try_recv().is_err() {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            };
            tokio::time::timeout(LIMIT, closed).await.expect("the connection is closed");
            result.unwrap_err()
        });
        assert_eq!(error.status, Status::Timeout);
        assert!(error.message().contains("100 ms passed before 127.0.0.1:"), "{error}");
    }
}

#[test]
fn without_a_deadline_it_has_the_time_of_a_call() {
    let (port, _left) = hanging_after("");
    let uri = format!("http://{}", port.address);
    let management = management(&[("management_uri", &uri), ("timeout_ms", "100")]).unwrap();
    let error = tasks(&management, Deadline::after(None)).unwrap_err();
    assert_eq!(error.status, Status::Timeout);
    assert!(error.message().contains("did not answer within 100 ms"), "{error}");
}

#[test]
fn a_call_that_was_stopped_says_so() {
    let token = CancellationToken::default();
    token.cancel(Status::Closed);
    let (port, _left) = hanging_after("");
    let error = tasks(&port.management(), Deadline::after(None).cancelled_by(&token)).unwrap_err();
    assert_eq!(error.status, Status::Closed);
}

#[test]
fn a_port_that_is_not_there_or_speaks_something_else_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let uri = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = tasks(&management(&[("management_uri", &uri)]).unwrap(), Deadline::after(None)).unwrap_err();
    assert_eq!(error.status, Status::Unavailable);
    assert!(error.message().contains("connection refused"), "{error}");

    let alert = Port::serving(|stream| stream.write_all(&[21, 3, 1, 0, 2, 2, 70]).unwrap());
    assert!(alert.refusal().message().contains("if it speaks TLS, use https://"), "{}", alert.refusal());
    let silent = Port::serving(|_| {});
    assert_eq!(silent.refusal().status, Status::Unavailable);
}

/// A port with TLS and a certificate for `management.example`. It may require a client certificate.
fn secure(body: &'static str, wants_certificate: bool) -> Port {
    let chain = vec![CertificateDer::from_pem_file(fixture("server.pem")).unwrap()];
    let key = PrivateKeyDer::from_pem_file(fixture("server.key")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        ServerConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions();
    let builder = builder.unwrap().with_client_cert_verifier(if wants_certificate {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(fixture("authority.pem")).unwrap()).unwrap();
        WebPkiClientVerifier::builder_with_provider(roots.into(), provider).build().unwrap()
    } else {
        WebPkiClientVerifier::no_client_auth()
    });
    let mut config = builder.with_single_cert(chain, key).unwrap();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let config = Arc::new(config);
    let transport = move |stream| -> Box<dyn Talk> {
        Box::new(StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), stream))
    };
    Port::over(transport, move |stream| {
        write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len()).unwrap();
    })
}

#[test]
fn tls_has_settings_of_its_own() {
    let port = secure(PAGE, false);
    let uri = format!("https://{}", port.address);
    let ask = |authority: &str, name: &str| {
        let authority = fixture(authority);
        let settings = [
            ("management_uri", uri.as_str()),
            ("management.ca_file", authority.to_str().unwrap()),
            ("management.server_name", name),
        ];
        tasks(&management(&settings).unwrap(), Deadline::after(Some(LIMIT)))
    };
    assert_eq!(ask("authority.pem", "management.example").unwrap().len(), 2);
    assert!(port.asked.recv().unwrap().contains("host: management.example:"));
    for (authority, name, part) in [
        ("other_authority.pem", "management.example", "name its authority in management.ca_file"),
        ("authority.pem", "", "name mismatch"),
    ] {
        let error = ask(authority, name).unwrap_err();
        assert_eq!(error.status, Status::TlsFailed);
        assert!(error.message().contains(part), "{error}");
    }
    assert!(port.asked.try_recv().is_err(), "whom it does not trust it asks nothing");
}

#[test]
fn a_client_certificate_that_is_missing_or_no_good_is_named_with_the_ports_own_options() {
    let port = secure(PAGE, true);
    let uri = format!("https://{}", port.address);
    let files = ["authority.pem", "server.pem", "server.key"].map(fixture);
    let [authority, certificate, key] = files.each_ref().map(|file| file.to_str().unwrap());
    let settings = [
        ("management_uri", uri.as_str()),
        ("management.ca_file", authority),
        ("management.server_name", "management.example"),
        ("management.cert_file", certificate),
        ("management.key_file", key),
    ];
    for (number, part) in [
        (3, "set management.cert_file and management.key_file"),
        (5, "management.cert_file is not meant for clients"),
    ] {
        let management = management(&settings[..number]).unwrap();
        let error = tasks(&management, Deadline::after(Some(LIMIT))).unwrap_err();
        assert_eq!(error.status, Status::TlsFailed, "{error}");
        assert!(error.message().contains(part), "{error}");
    }
}

#[test]
fn a_file_that_is_no_good_is_named_with_its_option() {
    let missing = fixture("missing.pem");
    let settings = [("management_uri", "https://m"), ("management.ca_file", missing.to_str().unwrap())];
    let error = management(&settings).err().expect("there is no such file");
    assert_eq!(error.status, Status::InvalidArgument);
    assert!(error.message().starts_with("management port: management.ca_file: cannot read "), "{error}");
}
