//! Runs the command against a scripted server in this process.

use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use milvus_fake::Fake;

/// A folder of one test, removed with it.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path =
            PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The names of the files in it.
    pub(crate) fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).unwrap();
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
    }
}

/// Waits until a run has written a job into its file of jobs.
pub(crate) fn until_triggered(state: &Folder) {
    let has_job =
        |name: &String| std::fs::read_to_string(state.file(name)).is_ok_and(|text| text.contains("\"job\":"));
    while !state.files().iter().any(has_job) {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The command, with nothing of this machine's configuration.
pub(crate) fn command(uri: &str, state: &Folder) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_milvus-compact"));
    command
        .env_clear()
        .env("MILVUS_URI", uri)
        .env("STATE_DIRECTORY", &state.0)
        .env("XDG_CONFIG_HOME", &state.0);
    command.stdin(Stdio::null());
    command
}

/// What one run said.
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    pub(crate) fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
        Self {
            code: output.status.code().unwrap_or(-1),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }

    #[track_caller]
    pub(crate) fn ended_with(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.err);
        assert!(!self.err.contains("panicked"), "{}", self.err);
        self
    }
}

/// Runs the command to its end against a server of Milvus 2.6.8.
pub(crate) fn run(fake: &Fake, arguments: &[&str]) -> Said {
    let state = Folder::new();
    Said::of(&command(&fake.uri(), &state).args(arguments).output().unwrap())
}

/// Has the server do something, as `control.rs` of the fake lists it.
pub(crate) fn order(fake: &Fake, line: &str) {
    assert_eq!(milvus_fake::obey(fake, line), "done", "{line}");
}

pub(crate) fn fake() -> Fake {
    Fake::start("2.6.8")
}

pub(crate) fn started(command: &mut Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}
