//! Reads from a certificate what rustls does not expose, in words for messages.

use std::fmt::Write as _;
use std::net::IpAddr;
use std::time::SystemTime;

use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::certificate::{Certificate, Version};
use x509_cert::der::asn1::UintRef;
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::der::{Decode, Encode, Reader, SliceReader, Tag, Tagged};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{ExtendedKeyUsage, SubjectAltName};
use x509_cert::name::Name;

use crate::text::{one_line, shortened};

pub(super) const SERVER_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1");
const CLIENT_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2");

/// What this library accepts, for messages.
pub(super) const ACCEPTED: &str =
    "RSA of 2048 to 8192 bits, ECDSA on P-256 or P-384 with SHA-256 or SHA-384, or Ed25519";

/// Signature algorithms by their object identifiers, and whether this library can check them.
const SIGNATURES: [(&str, &str, bool); 17] = [
    ("1.2.840.113549.1.1.4", "RSA and MD5", false),
    ("1.2.840.113549.1.1.5", "RSA and SHA-1", false),
    ("1.2.840.113549.1.1.14", "RSA and SHA-224", false),
    ("1.2.840.113549.1.1.10", "RSA-PSS", true),
    ("1.2.840.113549.1.1.11", "RSA and SHA-256", true),
    ("1.2.840.113549.1.1.12", "RSA and SHA-384", true),
    ("1.2.840.113549.1.1.13", "RSA and SHA-512", true),
    ("1.2.840.10045.4.1", "ECDSA and SHA-1", false),
    ("1.2.840.10045.4.3.1", "ECDSA and SHA-224", false),
    ("1.2.840.10045.4.3.2", "ECDSA and SHA-256", true),
    ("1.2.840.10045.4.3.3", "ECDSA and SHA-384", true),
    ("1.2.840.10045.4.3.4", "ECDSA and SHA-512", false),
    ("1.2.840.10040.4.3", "DSA and SHA-1", false),
    ("2.16.840.1.101.3.4.3.2", "DSA and SHA-256", false),
    ("1.3.101.112", "Ed25519", true),
    ("1.3.101.113", "Ed448", false),
    ("1.2.156.10197.1.501", "SM2 and SM3", false),
];

/// Kinds of keys and curves, as above.
const KEYS: [(&str, &str, bool); 12] = [
    ("1.2.840.10045.3.1.7", "on the curve P-256", true),
    ("1.3.132.0.34", "on the curve P-384", true),
    ("1.3.132.0.35", "on the curve P-521", false),
    ("1.3.132.0.33", "on the curve P-224", false),
    ("1.3.132.0.10", "on the curve secp256k1", false),
    ("1.3.36.3.3.2.8.1.1.7", "on the curve brainpoolP256r1", false),
    ("1.3.36.3.3.2.8.1.1.11", "on the curve brainpoolP384r1", false),
    ("1.3.36.3.3.2.8.1.1.13", "on the curve brainpoolP512r1", false),
    ("1.2.156.10197.1.301", "on the curve SM2", false),
    ("1.2.840.10040.4.1", "of the kind DSA", false),
    ("1.3.101.112", "of the kind Ed25519", true),
    ("1.3.101.113", "of the kind Ed448", false),
];
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");

/// What names consist of: the attributes that RFC 4514 lists, and one that authorities use.
const ATTRIBUTES: [(&str, &str); 10] = [
    ("2.5.4.3", "CN"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.6", "C"),
    ("2.5.4.9", "STREET"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("1.2.840.113549.1.9.1", "emailAddress"),
];

/// Whether a moment is within the certificate's validity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Time {
    Valid,
    NotYet,
    Over,
}

/// A certificate that could be decoded.
pub(super) struct Readable(Certificate);

impl Readable {
    pub(super) fn new(der: &[u8]) -> Option<Self> {
        Certificate::from_der(der).ok().map(Self)
    }

    /// Only version 3 has extensions, and so a name that TLS can check.
    pub(super) fn is_version_1(&self) -> bool {
        self.0.tbs_certificate().version() == Version::V1
    }

    pub(super) fn subject(&self) -> String {
        shown(self.0.tbs_certificate().subject())
    }

    pub(super) fn issuer(&self) -> String {
        shown(self.0.tbs_certificate().issuer())
    }

    /// Whether this certificate names that one as its issuer.
    pub(super) fn is_by(&self, other: &Self) -> bool {
        self.0.tbs_certificate().issuer() == other.0.tbs_certificate().subject()
    }

    /// Whether it names this subject as its issuer: the DER of a name without its outermost tag, as rustls has it.
    pub(super) fn is_by_subject(&self, subject: &[u8]) -> bool {
        self.0.tbs_certificate().issuer().to_der().is_ok_and(|name| name.ends_with(subject))
    }

    pub(super) fn common_name(&self) -> Option<String> {
        let name = self.0.tbs_certificate().subject().common_name().ok()??;
        Some(shortened(&one_line(&String::from(name)), 100))
    }

    /// The names for which it can serve: DNS names, and addresses.
    pub(super) fn names(&self) -> (Vec<String>, Vec<IpAddr>) {
        let extension = self.0.tbs_certificate().get_extension::<SubjectAltName>();
        let Ok(Some((_, SubjectAltName(names)))) = extension else { return Default::default() };
        let (mut dns, mut addresses) = (Vec::new(), Vec::new());
        for name in names {
            match name {
                GeneralName::DnsName(name) => dns.push(shortened(&one_line(name.as_str()), 100)),
                GeneralName::IpAddress(bytes) => addresses.extend(address(bytes.as_bytes())),
                _ => {}
            }
        }
        (dns, addresses)
    }

    pub(super) fn time(&self, now: SystemTime) -> Time {
        let validity = self.0.tbs_certificate().validity();
        if now < validity.not_before.to_system_time() {
            Time::NotYet
        } else if now > validity.not_after.to_system_time() {
            Time::Over
        } else {
            Time::Valid
        }
    }

    pub(super) fn not_before(&self) -> String {
        moment(self.0.tbs_certificate().validity().not_before)
    }

    pub(super) fn not_after(&self) -> String {
        moment(self.0.tbs_certificate().validity().not_after)
    }

    /// Whether it may be used for this purpose; one that lists no purpose may be used for all.
    pub(super) fn is_for(&self, purpose: ObjectIdentifier) -> Option<bool> {
        let usage = self.0.tbs_certificate().get_extension::<ExtendedKeyUsage>().ok()?;
        Some(usage.is_none_or(|(_, usage)| usage.0.contains(&purpose)))
    }

    /// Its key in words, if this library does not accept it.
    pub(super) fn unfit_key(&self) -> Option<String> {
        let info = self.0.tbs_certificate().subject_public_key_info();
        if info.algorithm.oid == RSA {
            let bits = rsa_bits(info.subject_public_key.raw_bytes())?;
            return (!(2048..=8192).contains(&bits)).then(|| format!("an RSA key of {bits} bits"));
        }
        let kind = if info.algorithm.oid == EC {
            info.algorithm.parameters.as_ref()?.decode_as::<ObjectIdentifier>().ok()?
        } else {
            info.algorithm.oid
        };
        unfit(&KEYS, kind).map(|kind| format!("a key {kind}"))
    }

    /// Its signature's algorithm in words, if this library cannot check it.
    pub(super) fn unfit_signature(&self) -> Option<String> {
        unfit(&SIGNATURES, self.0.signature_algorithm().oid)
    }

    /// Explains why a server has rejected this certificate of a client.
    pub(super) fn why_rejected(&self) -> String {
        match (self.time(SystemTime::now()), self.is_for(CLIENT_AUTH)) {
            (Time::Over, _) => format!("has expired on {}", self.not_after()),
            (Time::NotYet, _) => {
                format!("is not valid before {}; is this machine's clock right?", self.not_before())
            }
            (_, Some(false)) => {
                "is not meant for clients (its extended key usage lacks clientAuth)".to_owned()
            }
            _ => {
                format!("was not signed by an authority that the server trusts, but by \"{}\"", self.issuer())
            }
        }
    }
}

fn unfit(known: &[(&str, &str, bool)], identifier: ObjectIdentifier) -> Option<String> {
    let identifier = identifier.to_string();
    match known.iter().find(|(known, ..)| *known == identifier) {
        Some((_, _, true)) => None,
        Some((_, name, false)) => Some((*name).to_owned()),
        None => Some(format!("of the kind {identifier}")),
    }
}

fn rsa_bits(key: &[u8]) -> Option<usize> {
    let mut reader = SliceReader::new(key).ok()?;
    let bits: Result<usize, x509_cert::der::Error> = reader.sequence(|reader| {
        let modulus = UintRef::decode(reader)?;
        UintRef::decode(reader)?;
        let bytes = modulus.as_bytes();
        let unused = bytes.first().map_or(0, |first| first.leading_zeros() as usize);
        Ok((bytes.len() * 8).saturating_sub(unused))
    });
    bits.ok()
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    match bytes.len() {
        4 => <[u8; 4]>::try_from(bytes).ok().map(IpAddr::from),
        16 => <[u8; 16]>::try_from(bytes).ok().map(IpAddr::from),
        _ => None,
    }
}

/// The name in the order of RFC 4514, much as `openssl x509 -nameopt RFC2253,utf8` shows it. What x509-cert has for that
/// brings the names of 2,000 identifiers into the library.
fn shown(name: &Name) -> String {
    let mut text = String::new();
    for together in name.iter_rdn().collect::<Vec<_>>().into_iter().rev() {
        for (index, attribute) in together.iter().enumerate() {
            text.push_str(match (text.as_str(), index) {
                ("", _) => "",
                (_, 0) => ",",
                _ => "+",
            });
            show(attribute, &mut text);
        }
    }
    let text = shortened(&one_line(&text), 100);
    if text.is_empty() { "no name".to_owned() } else { text }
}

fn show(AttributeTypeAndValue { oid, value }: &AttributeTypeAndValue, out: &mut String) {
    let oid = oid.to_string();
    let name = ATTRIBUTES.iter().find(|(known, _)| *known == oid).map_or(oid.as_str(), |(_, name)| name);
    out.push_str(name);
    out.push('=');
    let is_text =
        matches!(value.tag(), Tag::PrintableString | Tag::Utf8String | Tag::Ia5String | Tag::TeletexString);
    if let Some(text) = std::str::from_utf8(value.value()).ok().filter(|_| is_text) {
        for (index, character) in text.char_indices() {
            let is_special = matches!(character, '"' | '+' | ',' | ';' | '<' | '>' | '\\');
            if is_special || (index, character) == (0, '#') {
                out.push('\\');
            }
            out.push(character);
        }
    } else {
        out.push('#');
        for byte in value.to_der().unwrap_or_default() {
            let _ = write!(out, "{byte:02x}");
        }
    }
}

/// As "2026-11-28 09:30:00 UTC".
fn moment(time: x509_cert::time::Time) -> String {
    time.to_string().replace('T', " ").replace('Z', " UTC")
}

#[cfg(test)]
mod tests {
    use super::*;

    const UTF8: u8 = 12;
    const PRINTABLE: u8 = 19;
    const TELETEX: u8 = 20;
    const IA5: u8 = 22;
    const BMP: u8 = 30;

    /// A name of these attributes: whether each begins a new set, its identifier, and the tag and the bytes of its value.
    fn name(attributes: &[(bool, &str, u8, &[u8])]) -> Name {
        let tlv = |tag: u8, value: &[u8]| [&[tag, u8::try_from(value.len()).unwrap()], value].concat();
        let mut sets: Vec<Vec<u8>> = Vec::new();
        for (begins, oid, tag, value) in attributes {
            let oid = ObjectIdentifier::new_unwrap(oid).to_der().unwrap();
            let attribute = tlv(0x30, &[oid, tlv(*tag, value)].concat());
            match sets.last_mut().filter(|_| !begins) {
                Some(set) => set.extend(attribute),
                None => sets.push(attribute),
            }
        }
        let sets = sets.iter().flat_map(|set| tlv(0x31, set)).collect::<Vec<_>>();
        Name::from_der(&tlv(0x30, &sets)).unwrap()
    }

    #[test]
    fn names_are_shown_in_the_order_of_rfc_4514() {
        let country = (true, "2.5.4.6", PRINTABLE, &b"DE"[..]);
        let organization = (true, "2.5.4.10", UTF8, &b"A, B + C"[..]);
        for (attributes, expected) in [
            (&[][..], "no name"),
            (&[country, organization, (true, "2.5.4.3", UTF8, b"#x\"y")], r#"CN=\#x\"y,O=A\, B \+ C,C=DE"#),
            (
                &[(true, "2.5.4.3", UTF8, "é".as_bytes()), (false, "1.2.840.113549.1.9.1", IA5, b"a@b")],
                "CN=é+emailAddress=a@b",
            ),
            (&[(true, "2.5.4.99", TELETEX, b"x")], "2.5.4.99=x"),
            (&[(true, "2.5.4.3", BMP, &[0, b'x'])], "CN=#1e020078"),
            (&[(true, "2.5.4.3", UTF8, b"a\nb\x1b[31m")], "CN=a b [31m"),
        ] {
            assert_eq!(shown(&name(attributes)), expected);
        }
    }
}
