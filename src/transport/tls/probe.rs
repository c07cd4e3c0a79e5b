//! Looks at a port again after a failure, to name its cause: what it speaks, and which certificate it has. Nothing of
//! a call is sent, and no connection that begins here is used.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, SignatureScheme};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::super::causes;
use super::super::protocol_detector::{Protocol, ProtocolDetector};
use super::super::stream::Stream;
use super::provider;

/// How an HTTP/2 client begins: the preface, and a SETTINGS frame that sets nothing.
const HELLO: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

/// Whether the peer speaks TLS: it sends a certificate, trusted or not, or a TLS alert.
pub(in super::super) async fn is_spoken(stream: impl Stream) -> bool {
    let Ok(name) = ServerName::try_from("localhost") else { return false };
    let Some((connector, _)) = connector() else { return false };
    match connector.connect(name, stream).await {
        Ok(_) => true,
        Err(error) => matches!(
            causes::find(&error),
            Some(rustls::Error::InvalidCertificate(_) | rustls::Error::AlertReceived(_))
        ),
    }
}

/// The certificate that a server has, also of a kind that this library does not support.
pub(super) async fn certificate(
    peer: SocketAddr,
    name: &ServerName<'static>,
) -> Option<CertificateDer<'static>> {
    let stream = TcpStream::connect(peer).await.ok()?;
    let (connector, witness) = connector()?;
    // This connector trusts no certificate, so the handshake never completes.
    let _ = connector.connect(name.clone(), stream).await;
    witness.seen.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// The protocol of a port if one speaks HTTP/2 to it, without TLS.
pub(in super::super) async fn plaintext_protocol(peer: SocketAddr) -> Protocol {
    let Ok(mut stream) = TcpStream::connect(peer).await else { return Protocol::Unknown };
    let detector = ProtocolDetector::new();
    let mut buffer = [0; 64];
    if stream.write_all(HELLO).await.is_ok() {
        while detector.protocol() == Protocol::Unknown {
            match stream.read(&mut buffer).await {
                Ok(count @ 1..) => {
                    detector.record(&buffer[..count]);
                }
                _ => break,
            }
        }
    }
    detector.protocol()
}

fn connector() -> Option<(TlsConnector, Arc<Witness>)> {
    let witness = Arc::<Witness>::default();
    let builder = ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions();
    let verifier = Arc::<Witness>::clone(&witness);
    let mut client =
        builder.ok()?.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth();
    client.alpn_protocols = vec![super::HTTP2.to_vec()];
    Some((TlsConnector::from(Arc::new(client)), witness))
}

/// Keeps the certificate that a server sends, and rejects it. It offers signatures that nothing here can check.
#[derive(Debug, Default)]
struct Witness {
    seen: Mutex<Option<CertificateDer<'static>>>,
}

impl Witness {
    fn reject<T>() -> Result<T, rustls::Error> {
        Err(CertificateError::ApplicationVerificationFailure.into())
    }
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(certificate.clone().into_owned());
        Self::reject()
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Self::reject()
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Self::reject()
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        use SignatureScheme as S;
        vec![
            S::ECDSA_NISTP256_SHA256,
            S::ECDSA_NISTP384_SHA384,
            S::ECDSA_NISTP521_SHA512,
            S::ED25519,
            S::ED448,
            S::RSA_PSS_SHA256,
            S::RSA_PSS_SHA384,
            S::RSA_PSS_SHA512,
            S::RSA_PKCS1_SHA256,
            S::RSA_PKCS1_SHA384,
            S::RSA_PKCS1_SHA512,
            S::RSA_PKCS1_SHA1,
            S::ECDSA_SHA1_Legacy,
        ]
    }
}
