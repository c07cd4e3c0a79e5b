//! Tokens that change while a client lives: set by the application, and read again from a file.

mod common;

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use common::{LIMIT, client, client_with};
use milvus_client::config::{Config, Options};
use milvus_client::{Client, Error, Status};
use milvus_fake::{Fake, Fault, Method};
use tonic::Code;

const NEW: &str = "v2.6.19";
/// base64 of what the tests use.
const OLD_TOKEN: (&str, &str) = ("root:old-secret", "cm9vdDpvbGQtc2VjcmV0");
const NEW_TOKEN: (&str, &str) = ("root:new-secret", "cm9vdDpuZXctc2VjcmV0");

/// Makes a token file one that cannot be used.
type Spoil = fn(&Folder);

/// A folder that is removed in the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("milvus-token-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn file(&self) -> PathBuf {
        self.0.join("token")
    }

    /// Writes the file as Kubernetes does: another file takes its place.
    fn write(&self, text: &str) -> String {
        let (next, file) = (self.0.join("next"), self.file());
        std::fs::write(&next, text).unwrap();
        std::fs::rename(next, &file).unwrap();
        file.to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn tokens(fake: &Fake, method: Method) -> Vec<String> {
    let calls = fake.calls().into_iter().filter(|call| call.method == method);
    calls.map(|call| call.headers.get("authorization").cloned().unwrap_or_default()).collect()
}

fn compact(client: &Client) -> Result<i64, Error> {
    client.compact("succeeds", false, LIMIT).wait()
}

fn state(client: &Client) -> Result<(), Error> {
    client.compaction_state(1, LIMIT).wait().map(drop)
}

fn refusal() -> Fault {
    Fault::Grpc(Code::Unauthenticated, "auth check failure".to_owned())
}

fn wait_for(what: impl Fn() -> bool) {
    let limit = Instant::now() + Duration::from_secs(20);
    while !what() {
        assert!(Instant::now() < limit, "it does not come");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn the_next_request_has_the_new_token_on_a_connection_of_its_own_and_jobs_stay() {
    let fake = Fake::start(NEW);
    let client = client_with(&fake.uri(), &[("token", OLD_TOKEN.0)]);
    let job = compact(&client).unwrap();
    client.set_token(Some(NEW_TOKEN.0)).unwrap();
    let outcome = client.compaction_wait(job, LIMIT).wait().unwrap();
    assert!(outcome.error.is_none(), "{outcome:?}");
    assert!(client.job_export(job).is_ok(), "its history is known");
    for method in [Method::State, Method::Plans] {
        let tokens = tokens(&fake, method);
        assert!(!tokens.is_empty() && tokens.iter().all(|token| token == NEW_TOKEN.1), "{tokens:?}");
    }
    assert_eq!(tokens(&fake, Method::Connect), [OLD_TOKEN.1, NEW_TOKEN.1], "h2 keeps what it has written");
    client.set_token(Some(NEW_TOKEN.0)).unwrap();
    state(&client).unwrap();
    assert_eq!(fake.count(Method::Connect), 2, "the same token is no other");
    assert_eq!(client.stats().connections_lost, 0, "nobody lost what was left");
    client.set_token(None).unwrap();
    state(&client).unwrap();
    assert_eq!(tokens(&fake, Method::State).last().unwrap(), "", "no token is none");
    let error = client.set_token(Some(&"x".repeat(9_000))).unwrap_err();
    assert!(error.status == Status::InvalidArgument && !error.message().contains("xxx"), "{error}");
}

#[test]
fn a_client_without_a_token_can_be_given_one() {
    let fake = Fake::start(NEW);
    let client = client(&fake);
    state(&client).unwrap();
    client.set_token(Some(NEW_TOKEN.0)).unwrap();
    state(&client).unwrap();
    assert_eq!(tokens(&fake, Method::State), ["", NEW_TOKEN.1]);
}

#[test]
fn a_trigger_that_was_refused_for_its_old_token_is_sent_once_more_with_the_new_one() {
    let fake = Fake::start(NEW);
    let client = client_with(&fake.uri(), &[("token", OLD_TOKEN.0)]);
    fake.fail_next(Method::Trigger, refusal());
    fake.slow_down(Method::Trigger, Duration::from_secs(2));
    let (calling, same) = (client.clone(), &fake);
    let caller = thread::spawn(move || compact(&calling));
    wait_for(|| same.count(Method::Trigger) == 1);
    client.set_token(Some(NEW_TOKEN.0)).unwrap();
    caller.join().unwrap().unwrap();
    assert_eq!(tokens(&fake, Method::Trigger), [OLD_TOKEN.1, NEW_TOKEN.1]);
    assert_eq!(fake.compacted(), ["succeeds"], "the server refused the first, and compacted once");
}

#[test]
fn a_refused_token_that_nobody_replaced_is_not_sent_again() {
    let fake = Fake::start(NEW);
    let client = client_with(&fake.uri(), &[("token", OLD_TOKEN.0)]);
    fake.fail_next(Method::Trigger, refusal());
    assert_eq!(compact(&client).unwrap_err().status, Status::Unauthenticated);
    fake.fail_next(Method::State, refusal());
    assert_eq!(state(&client).unwrap_err().status, Status::Unauthenticated);
    assert_eq!((fake.count(Method::Trigger), fake.count(Method::State)), (1, 1));
}

#[test]
fn no_error_has_the_old_or_the_new_token_in_it() {
    let fake = Fake::start(NEW);
    let client = client_with(&fake.uri(), &[("token", OLD_TOKEN.0)]);
    state(&client).unwrap();
    let text = format!("{OLD_TOKEN:?} was {NEW_TOKEN:?}: old-secret, new-secret");
    fake.fail_next(Method::State, Fault::Grpc(Code::InvalidArgument, text));
    fake.slow_down(Method::State, Duration::from_secs(2));
    let before = fake.count(Method::State);
    let calling = client.clone();
    let caller = thread::spawn(move || state(&calling));
    wait_for(|| fake.count(Method::State) > before);
    client.set_token(Some(NEW_TOKEN.0)).unwrap();
    let error = caller.join().unwrap().unwrap_err();
    assert!(error.message().contains("[hidden]\") was (\"[hidden]"), "{error}");
    assert!(!error.message().contains("secret") && !error.message().contains("cm9vdD"), "{error}");
}

#[test]
fn a_token_file_is_read_again_when_it_changes_and_keeps_the_last_good_token() {
    let (fake, folder) = (Fake::start(NEW), Folder::new());
    let path = folder.write(&format!("{}\n", OLD_TOKEN.0));
    let client = client_with(&fake.uri(), &[("token_file", &path)]);
    state(&client).unwrap();
    assert_eq!(tokens(&fake, Method::State), [OLD_TOKEN.1], "without the line's end");
    folder.write(&format!("{}\r\n", NEW_TOKEN.0));
    wait_for(|| {
        state(&client).unwrap();
        tokens(&fake, Method::State).last().unwrap() == NEW_TOKEN.1
    });
    assert_eq!(fake.count(Method::Connect), 2, "h2 keeps what it has written");

    // Nothing that the file can become ends the use of the last good token.
    let spoilt: [(Spoil, &str); 4] = [
        (|folder| drop(folder.write("")), "is empty"),
        (|folder| drop(folder.write("a\nb\n")), "has more than one line"),
        (|folder| std::fs::remove_file(folder.file()).unwrap(), "no such file or directory"),
        (|folder| std::fs::create_dir(folder.file()).unwrap(), "is no regular file"),
    ];
    for (spoil, why) in spoilt {
        spoil(&folder);
        fake.fail_next(Method::State, refusal());
        let error = state(&client).unwrap_err();
        assert_eq!(error.status, Status::Unauthenticated);
        let expected = format!("token_file {path} could not be read again ({why}), so this is the token");
        assert!(error.message().contains(&expected), "{error}");
        assert!(!error.message().contains("secret"), "{error}");
        state(&client).unwrap();
        assert_eq!(tokens(&fake, Method::State).last().unwrap(), NEW_TOKEN.1, "{why}");
    }
    std::fs::remove_dir(folder.file()).unwrap();
    folder.write(OLD_TOKEN.0);
    fake.fail_next(Method::State, refusal());
    state(&client).expect("a refused token is sought in the file at once, and sent once more");
    assert_eq!(tokens(&fake, Method::State).last().unwrap(), OLD_TOKEN.1);
    let error = client.set_token(Some("x")).unwrap_err();
    assert!(error.status == Status::InvalidArgument && error.message().contains(&path), "{error}");
}

#[cfg(unix)]
#[test]
fn a_pipe_in_the_place_of_the_token_file_hangs_neither_a_new_client_nor_a_call() {
    let (fake, folder) = (Fake::start(NEW), Folder::new());
    let pipe = || {
        let made = std::process::Command::new("mkfifo").arg(folder.file()).status().unwrap();
        assert!(made.success());
    };
    let path = folder.write(OLD_TOKEN.0);
    let client = client_with(&fake.uri(), &[("token_file", &path)]);
    std::fs::remove_file(folder.file()).unwrap();
    pipe();
    let started = Instant::now();
    fake.fail_next(Method::State, refusal());
    let error = state(&client).unwrap_err();
    assert!(error.message().contains("is no regular file"), "{error}");

    let mut options = Options::default();
    options.set("token_file", &path).unwrap();
    options.set("connect_timeout_ms", "300").unwrap();
    let error = Client::new(Config::new(&fake.uri(), &options).unwrap()).err().unwrap();
    assert_eq!(error.status, Status::InvalidArgument);
    assert_eq!(error.message(), format!("option token_file: {path}: it was not read within 300 ms"));
    assert!(started.elapsed() < Duration::from_secs(15), "it hangs");
}

/// `--option token_file=<(vault read ...)` of a shell.
#[cfg(target_os = "linux")]
#[test]
fn the_pipe_of_a_shell_is_read_once() {
    use std::io::Write as _;
    use std::os::fd::AsRawFd as _;
    let fake = Fake::start(NEW);
    let (end, mut other) = std::io::pipe().unwrap();
    writeln!(other, "{}", NEW_TOKEN.0).unwrap();
    drop(other);
    let path = format!("/proc/self/fd/{}", end.as_raw_fd());
    let client = client_with(&fake.uri(), &[("token_file", &path)]);
    for _ in 0..2 {
        fake.fail_next(Method::State, refusal());
        let error = state(&client).unwrap_err();
        assert_eq!(error.status, Status::Unauthenticated);
        assert!(!error.message().contains("could not be read again"), "{error}");
    }
    state(&client).unwrap();
    let sent = fake.calls().pop().unwrap();
    assert_eq!(sent.headers["authorization"], NEW_TOKEN.1);
}

#[test]
fn threads_that_call_while_others_replace_the_token_send_one_of_them_whole() {
    let fake = Fake::start(NEW);
    let client = client_with(&fake.uri(), &[("token", OLD_TOKEN.0)]);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..50).for_each(|_| state(&client).unwrap()));
        }
        for token in [OLD_TOKEN.0, NEW_TOKEN.0] {
            let client = &client;
            scope.spawn(move || (0..200).for_each(|_| client.set_token(Some(token)).unwrap()));
        }
    });
    let sent = tokens(&fake, Method::State);
    assert_eq!(sent.len(), 200);
    assert!(sent.iter().all(|token| token == OLD_TOKEN.1 || token == NEW_TOKEN.1));
}
