//! The real nginx before the scripted server, as an ingress would be.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{env, fs, thread};

use milvus_fake::Fake;

/// Where `tools/fronts.sh` unpacks it, unless the system has it.
const UNPACKED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/fronts/root");

/// Runs until it is dropped.
pub(crate) struct Nginx {
    process: Child,
    folder: PathBuf,
}

impl Nginx {
    /// With these settings of its `server` block, beside those that make it a gRPC proxy.
    pub(crate) fn before(fake: &Fake, name: &str, settings: &str) -> Self {
        let folder = env::temp_dir().join(format!("milvus-nginx-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let mut written = String::from(
            "daemon off; pid nginx.pid; error_log error.log; worker_processes 1; events { worker_connections 4096; }\n\
             http { access_log off;\n",
        );
        for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
            writeln!(written, "{kind}_temp_path {kind};").unwrap();
        }
        let behind = fake.uri().replace("http://", "grpc://");
        let socket = folder.join("socket");
        let socket = socket.display();
        writeln!(
            written,
            "server {{ listen unix:{socket} http2; {settings} location / {{ grpc_pass {behind}; }} }} }}"
        )
        .unwrap();
        fs::write(folder.join("nginx.conf"), written).unwrap();
        let unpacked = PathBuf::from(UNPACKED).join("usr/sbin/nginx");
        let program = if unpacked.exists() { unpacked } else { PathBuf::from("/usr/sbin/nginx") };
        let process = Command::new(&program)
            .env(
                "LD_LIBRARY_PATH",
                format!("{UNPACKED}/usr/lib/{0}-linux-gnu:{UNPACKED}/lib/{0}-linux-gnu", env::consts::ARCH),
            )
            .args(["-c", "nginx.conf", "-e", "error.log", "-p"])
            .arg(&folder)
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("{}: {error}; tools/setup.sh tests fetches it", program.display())
            });
        let nginx = Self { process, folder };
        nginx.wait_until_it_listens();
        nginx
    }

    pub(crate) fn uri(&self) -> String {
        format!("unix:{}", self.folder.join("socket").display())
    }

    fn wait_until_it_listens(&self) {
        for _ in 0..3000 {
            if std::os::unix::net::UnixStream::connect(self.folder.join("socket")).is_ok() {
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
        let told = fs::read_to_string(self.folder.join("error.log")).unwrap_or_default();
        panic!("nginx does not listen: {told}");
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Its worker ends with it. The shell has a `kill` of its own, which not every machine has as a program.
        let _ = Command::new("sh").arg("-c").arg(format!("kill {}", self.process.id())).status();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}
