//! Certificates that OpenSSL's command line makes, also those that no library would make.

use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

/// What is the same for all certificates.
const CONFIGURATION: &str = "[ca]\ndefault_ca = all\n[all]\ndatabase = index\nserial = serial\nnew_certs_dir = .\npolicy = any\n\
    unique_subject = no\n[any]\ncommonName = supplied\n[req]\ndistinguished_name = none\n[none]\n";

/// A folder of certificates, which is removed in the end.
pub(crate) struct Folder(PathBuf);

/// A certificate and its key.
pub(crate) struct Certificate {
    pub(crate) name: String,
    pub(crate) pem: PathBuf,
    pub(crate) key: PathBuf,
}

/// What a certificate has to be like: valid from yesterday for a month, on P-256 and with SHA-256, if nothing else is
/// said.
pub(crate) struct Request<'a> {
    name: String,
    file: String,
    issuer: Option<&'a Certificate>,
    key: &'a str,
    digest: &'a str,
    days: (i64, i64),
    extensions: Vec<String>,
    has_extensions: bool,
}

impl<'a> Request<'a> {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            file: name.to_owned(),
            issuer: None,
            key: "EC:P-256",
            digest: "sha256",
            days: (-1, 30),
            extensions: Vec::new(),
            has_extensions: true,
        }
    }

    pub(crate) fn file(self, file: &str) -> Self {
        Self { file: file.to_owned(), ..self }
    }

    pub(crate) fn issuer(self, issuer: &'a Certificate) -> Self {
        Self { issuer: Some(issuer), ..self }
    }

    /// `RSA:bits`, `EC:curve`, or another algorithm's name.
    pub(crate) fn key(self, key: &'a str) -> Self {
        Self { key, ..self }
    }

    pub(crate) fn digest(self, digest: &'a str) -> Self {
        Self { digest, ..self }
    }

    /// From and until, in days from now.
    pub(crate) fn days(self, from: i64, until: i64) -> Self {
        Self { days: (from, until), ..self }
    }

    pub(crate) fn names(mut self, names: &str) -> Self {
        self.extensions.push(format!("subjectAltName = {names}"));
        self
    }

    pub(crate) fn usage(mut self, usage: &str) -> Self {
        self.extensions.push(format!("extendedKeyUsage = {usage}"));
        self
    }

    pub(crate) fn authority(mut self) -> Self {
        self.extensions.push("basicConstraints = critical, CA:true".to_owned());
        self
    }

    pub(crate) fn version_1(self) -> Self {
        Self { has_extensions: false, ..self }
    }
}

impl Folder {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("milvus-tls-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("configuration"), CONFIGURATION).unwrap();
        std::fs::write(folder.join("index"), "").unwrap();
        std::fs::write(folder.join("serial"), "01\n").unwrap();
        Self(folder)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// A file with several certificates in it.
    pub(crate) fn bundle(&self, name: &str, certificates: &[&Certificate]) -> PathBuf {
        let path = self.path(name);
        let all = certificates.iter().map(|certificate| std::fs::read_to_string(&certificate.pem).unwrap());
        std::fs::write(&path, all.collect::<String>()).unwrap();
        path
    }

    pub(crate) fn make(&self, request: Request<'_>) -> Certificate {
        let Request { name, file, issuer, key, digest, days, mut extensions, has_extensions } = request;
        let made = Certificate {
            pem: self.path(&format!("{file}.pem")),
            key: self.path(&format!("{file}.key")),
            name: file,
        };
        let (algorithm, size) = key.split_once(':').unwrap_or((key, ""));
        let size = match algorithm {
            "RSA" => format!("rsa_keygen_bits:{size}"),
            _ => format!("ec_paramgen_curve:{size}"),
        };
        let (key, pem) = (made.key.to_str().unwrap(), made.pem.to_str().unwrap());
        let mut generate = vec!["genpkey", "-algorithm", algorithm, "-out", key];
        if made_of_sizes(algorithm) {
            generate.extend(["-pkeyopt", &size]);
        }
        self.run(&generate);
        let (asked, subject) = (format!("{pem}.csr"), format!("/CN={name}"));
        self.run(&[
            "req",
            "-new",
            "-config",
            "configuration",
            "-key",
            key,
            "-subj",
            &subject,
            "-out",
            &asked,
        ]);
        let (from, until) = (Self::moment(days.0), Self::moment(days.1));
        let mut sign = vec!["ca", "-batch", "-config", "configuration", "-notext", "-in", &asked];
        sign.extend(["-out", pem, "-startdate", &from, "-enddate", &until, "-md", digest]);
        match issuer {
            Some(issuer) => {
                let (pem, key) = (issuer.pem.to_str().unwrap(), issuer.key.to_str().unwrap());
                sign.extend(["-cert", pem, "-keyfile", key]);
            }
            None => sign.extend(["-selfsign", "-keyfile", key]),
        }
        let described = format!("{pem}.extensions");
        extensions.insert(0, "[all]\nkeyUsage = digitalSignature, keyCertSign".to_owned());
        std::fs::write(&described, extensions.join("\n")).unwrap();
        if has_extensions {
            sign.extend(["-extfile", &described, "-extensions", "all"]);
        }
        self.run(&sign);
        made
    }

    /// A moment as `openssl ca` takes it.
    fn moment(days: i64) -> String {
        let day = Duration::from_hours(24 * days.unsigned_abs());
        let at = if days < 0 { SystemTime::now() - day } else { SystemTime::now() + day };
        let seconds = at.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
        let told = Command::new("date").args(["-u", "-d", &format!("@{seconds}"), "+%Y%m%d%H%M%SZ"]).output();
        String::from_utf8(told.unwrap().stdout).unwrap().trim().to_owned()
    }

    fn run(&self, arguments: &[&str]) {
        let done = Command::new("openssl").args(arguments).current_dir(&self.0).output();
        let done = done.expect("openssl is installed");
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "openssl {arguments:?}: {said}");
    }
}

fn made_of_sizes(algorithm: &str) -> bool {
    matches!(algorithm, "RSA" | "EC")
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
