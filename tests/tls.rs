//! Certificates: every bad kind is named with its cause, and good ones may change while a client lives. OpenSSL makes
//! them, and is the server.

#[allow(dead_code)]
mod common;
#[allow(dead_code)]
#[path = "common/openssl.rs"]
mod openssl;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

use common::{LIMIT, client_with};
use milvus_client::Status;
use milvus_fake::Fake;
use openssl::{Certificate, Folder, Request};

/// An OpenSSL server with this certificate, and with these others that it sends.
struct Server {
    child: Child,
    port: u16,
}

impl Server {
    fn start(folder: &Folder, certificate: &Certificate, sent: &[&Certificate], more: &[&str]) -> Self {
        let chain = folder.bundle("sent", sent);
        let mut command = Command::new("openssl");
        command.args(["s_server", "-accept", "127.0.0.1:0", "-alpn", "h2", "-cipher", "DEFAULT:@SECLEVEL=0"]);
        command.arg("-cert").arg(&certificate.pem).arg("-key").arg(&certificate.key).args(more);
        if !sent.is_empty() {
            command.arg("-cert_chain").arg(chain);
        }
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut child = child.expect("openssl is installed");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = lines.find(|line| line.as_ref().is_ok_and(|line| line.starts_with("ACCEPT")));
        let line = line.expect("it listens").unwrap();
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, port: line.rsplit(':').next().unwrap().parse().unwrap() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Connects, and returns the error's message.
fn refusal(uri: &str, options: &[(&str, &str)]) -> String {
    let error = client_with(uri, options).server(LIMIT).wait().unwrap_err();
    assert_eq!(error.status, Status::TlsFailed, "{error}");
    let (address, why) = error.message().split_once(": ").unwrap();
    assert!(address.starts_with("cannot connect securely to "), "{error}");
    let plain = ["{", "::", "Error(", "Other(", "error:", "http://", "rustls", "webpki"];
    assert!(!plain.iter().any(|part| why.contains(part)), "{why}");
    why.to_owned()
}

/// A server that presents this certificate and these others, and what has to be said of it.
struct Case {
    certificate: Certificate,
    sent: Vec<Certificate>,
    host: &'static str,
    said: &'static [&'static str],
}

fn cases(folder: &Folder, ca: &Certificate) -> Vec<Case> {
    let request = |name: &str| Request::new(name).issuer(ca).names("DNS:localhost,IP:127.0.0.1");
    let case = |request: Request<'_>, said| Case {
        certificate: folder.make(request),
        sent: Vec::new(),
        host: "localhost",
        said,
    };
    let foreign = folder.make(Request::new("foreign-ca").authority());
    let middle = folder.make(Request::new("middle-ca").issuer(ca).authority());
    let old_middle = folder.make(Request::new("old-middle-ca").issuer(ca).authority().days(-9, -2));
    let weak = folder.make(Request::new("weak-ca").issuer(ca).authority().key("RSA:1024"));
    let p521 = folder.make(Request::new("p521-ca").issuer(ca).authority().key("EC:P-521"));
    let same_name = folder.make(Request::new("ca").file("impostor").authority());
    let sending = |issuer: Certificate, name: &str, said| Case {
        certificate: folder.make(request(name).issuer(&issuer)),
        sent: vec![issuer],
        host: "localhost",
        said,
    };
    vec![
        case(
            Request::new("localhost").issuer(ca).file("only-cn").usage("serverAuth"),
            &["name mismatch", "only a common name (\"localhost\")", "subjectAltName=DNS:localhost"],
        ),
        case(Request::new("old-form").issuer(ca).version_1(), &["X.509 version 1", "issue one of version 3"]),
        Case {
            host: "127.0.0.1",
            ..case(
                request("ip-as-name").names("DNS:127.0.0.1"),
                &["has the address 127.0.0.1 as a DNS name", "subjectAltName=IP:127.0.0.1"],
            )
        },
        case(request("rsa-1024").key("RSA:1024"), &["has an RSA key of 1024 bits", "RSA of 2048"]),
        case(request("p-521").key("EC:P-521"), &["a key on the curve P-521", "does not support", "P-256"]),
        case(request("secp256k1").key("EC:secp256k1"), &["its certificate's key, do not fit", "P-256"]),
        case(request("ed448").key("ED448"), &["a key of the kind Ed448", "Ed25519"]),
        case(request("sha-512").digest("sha512"), &["signed with ECDSA and SHA-512", "have it signed with"]),
        case(request("sha-1").digest("sha1"), &["signed with ECDSA and SHA-1", "SHA-256"]),
        sending(p521, "by-p-521", &["the authority \"CN=p521-ca\" has a key on the curve P-521"]),
        sending(weak, "by-weak", &["the authority \"CN=weak-ca\" has an RSA key of 1024 bits"]),
        case(request("expired").days(-9, -2), &["has expired on 20", " UTC", "renew it"]),
        case(request("early").days(2, 9), &["not valid yet, only from 20", " UTC", "clock"]),
        sending(old_middle, "by-old", &["intermediate certificate \"CN=old-middle-ca\" has expired on 20"]),
        case(
            request("wildcard").names("DNS:*.localhost"),
            &["for *.localhost", "exactly one label", "subjectAltName=DNS:localhost"],
        ),
        case(
            request("many").names("DNS:a.b,DNS:c.d,IP:10.0.0.1,DNS:e,DNS:f,DNS:g,DNS:h"),
            &["not for \"localhost\" but for a.b, c.d, e, f, g and 2 more", "tls.server_name"],
        ),
        case(request("usage").usage("clientAuth"), &["not meant for servers", "issue it with serverAuth"]),
        Case {
            sent: Vec::new(),
            ..sending(
                middle,
                "alone",
                &["signed by \"CN=middle-ca\"", "intermediate certificates too (it sent none)"],
            )
        },
        case(
            request("stranger").issuer(&foreign),
            &["unknown issuer", "signed by \"CN=foreign-ca\"", "name its authority in tls.ca_file"],
        ),
        sending(
            folder.make(Request::new("lost-middle").issuer(&foreign).authority()),
            "long",
            &["chain ends at \"CN=foreign-ca\"", "name its authority in tls.ca_file"],
        ),
        Case {
            sent: vec![foreign],
            ..case(
                request("muddled").issuer(&same_name),
                &["names the issuer \"CN=ca\"", "was the authority renewed?"],
            )
        },
        case(
            Request::new("alone").file("self-signed").names("DNS:localhost"),
            &["\"CN=alone\" is self-signed", "name its authority in tls.ca_file"],
        ),
    ]
}

#[test]
fn every_certificate_that_is_not_accepted_is_named_with_its_cause_and_what_to_do() {
    let folder = Folder::new();
    let ca = folder.make(Request::new("ca").authority());
    let wrong: Vec<String> = cases(&folder, &ca)
        .into_iter()
        .filter_map(|Case { certificate, sent, host, said }| {
            let server = Server::start(&folder, &certificate, &sent.iter().collect::<Vec<_>>(), &[]);
            let uri = format!("https://{host}:{}", server.port);
            let why = refusal(&uri, &[("tls.ca_file", ca.pem.to_str().unwrap())]);
            println!("| {} | {why} |", certificate.name);
            let is_right = said.iter().all(|part| why.contains(part));
            (!is_right).then(|| format!("{}: {why}", certificate.name))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_certificate_of_another_version_of_tls_or_cipher_is_refused_in_words() {
    let folder = Folder::new();
    let ca = folder.make(Request::new("ca").authority());
    let own = folder.make(Request::new("own").issuer(&ca).names("DNS:localhost"));
    let ca = ca.pem.to_str().unwrap();
    for (settings, part) in [
        (&["-tls1_1"][..], "neither TLS 1.2 nor TLS 1.3"),
        (&["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA"], "cipher suites"),
        (&["-groups", "P-521"], "(TLS alert handshake_failure)"),
    ] {
        let server = Server::start(&folder, &own, &[], settings);
        let why = refusal(&format!("https://localhost:{}", server.port), &[("tls.ca_file", ca)]);
        assert!(why.contains(part), "{settings:?}: {why}");
    }
}

#[test]
fn a_client_certificate_that_the_server_rejects_is_named_with_its_issuer() {
    let folder = Folder::new();
    let ca = folder.make(Request::new("ca").authority());
    let own = folder.make(Request::new("own").issuer(&ca).names("DNS:localhost"));
    let foreign = folder.make(Request::new("foreign-ca").authority());
    let theirs = folder.make(Request::new("theirs").issuer(&foreign).usage("clientAuth"));
    let old = folder.make(Request::new("old").issuer(&ca).usage("clientAuth").days(-9, -2));
    let file = ca.pem.to_str().unwrap();
    let server =
        Server::start(&folder, &own, &[], &["-Verify", "1", "-verify_return_error", "-CAfile", file]);
    let uri = format!("https://localhost:{}", server.port);
    let why = refusal(&uri, &[("tls.ca_file", file)]);
    assert!(why.contains("it wants a client certificate (mutual TLS); set tls.cert_file"), "{why}");
    for (certificate, part) in [
        (theirs, "signed by an authority that the server trusts, but by \"CN=foreign-ca\""),
        (old, "has expired on 20"),
    ] {
        let (pem, key) = (certificate.pem.to_str().unwrap(), certificate.key.to_str().unwrap());
        let why = refusal(&uri, &[("tls.ca_file", file), ("tls.cert_file", pem), ("tls.key_file", key)]);
        assert!(why.contains("the client certificate in tls.cert_file") && why.contains(part), "{why}");
    }
}

/// A plaintext port: it says this when it is spoken to, and hangs up.
fn port_that_says(words: &'static [u8]) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 1024]);
            let _ = stream.write_all(words);
        }
    });
    port
}

#[test]
fn plaintext_is_advised_only_for_a_port_that_was_seen_to_speak_http2_without_tls() {
    let said = |port: &str| {
        let error = client_with(&format!("https://localhost:{port}"), &[("retry.max_attempts", "2")]);
        error.server(LIMIT).wait().unwrap_err()
    };
    let fake = Fake::start("v2.6.19");
    let error = said(fake.uri().rsplit(':').next().unwrap());
    assert_eq!(error.status, Status::TlsFailed);
    assert!(
        error.message().contains("the port speaks HTTP/2 without TLS; use http:// if that is meant"),
        "{error}"
    );
    for (words, part) in [
        (&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], "the port speaks HTTP/1 without TLS"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "the port does not answer as a TLS server does"),
        (b"220 mail ESMTP\r\n", "the port does not answer as a TLS server does"),
        (b"", "it closed the connection during the TLS handshake"),
        (b"\x15\x03\x03\0\x02\x02\x50", "TLS alert internal_error"),
    ] {
        let error = said(&port_that_says(words).to_string());
        assert!(error.message().contains(part) && !error.message().contains("http://"), "{error}");
    }
}

/// A port that hangs up wherever the server behind it would send an alert.
fn without_alerts(port: u16) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let own = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut outer = stream.unwrap();
            let mut inner = TcpStream::connect(("127.0.0.1", port)).unwrap();
            let (mut from, mut to) = (outer.try_clone().unwrap(), inner.try_clone().unwrap());
            std::thread::spawn(move || std::io::copy(&mut from, &mut to));
            let mut buffer = [0; 8192];
            while let Ok(count @ 1..) = inner.read(&mut buffer) {
                if buffer[0] == 0x15 || outer.write_all(&buffer[..count]).is_err() {
                    break;
                }
            }
            let _ = outer.shutdown(std::net::Shutdown::Both);
        }
    });
    own
}

#[test]
fn a_key_that_is_not_supported_is_named_also_if_the_server_just_hangs_up() {
    let folder = Folder::new();
    let ca = folder.make(Request::new("ca").authority());
    let own = folder.make(Request::new("own").issuer(&ca).names("DNS:localhost").key("EC:P-521"));
    let server = Server::start(&folder, &own, &[], &[]);
    let uri = format!("https://localhost:{}", without_alerts(server.port));
    let why = refusal(&uri, &[("tls.ca_file", ca.pem.to_str().unwrap())]);
    assert!(why.contains("a key on the curve P-521, which this library does not support"), "{why}");
}
