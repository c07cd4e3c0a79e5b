//! The token in a file, which is read again when the file changes. A file that cannot be read, or has no token in it,
//! leaves the last good token in use.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::deadline::Deadline;
use crate::config::{Config, CredentialStore, Credentials};
use crate::error::Error;
use crate::files::{self, Repeated, Stamp};
use crate::log::{self, Level};
use crate::{inline_executor, process, text};

/// A request looks at the file only if none has done so for this time.
const INTERVAL: Duration = Duration::from_secs(1);
/// How long a request waits for the file.
const PATIENCE: Duration = Duration::from_secs(1);
/// Above what a token and a line's end have. It bounds the reading.
const LIMIT: u64 = 64 * 1024;

pub(super) struct TokenFile {
    path: PathBuf,
    store: Arc<CredentialStore>,
    latest: Mutex<Latest>,
    reading: Repeated<Look>,
}

struct Latest {
    looked: Instant,
    stamp: Option<Stamp>,
}

/// What a look at the file finds.
enum Look {
    Unchanged,
    Token(Stamp, Box<Credentials>),
    /// Why there is no token, and the stamp of the file if that is what has none.
    Nothing(Option<Stamp>, String),
}

impl TokenFile {
    /// Reads the file for the first time, if the configuration names one.
    pub(super) fn open(config: &Config) -> Result<Option<Self>, Error> {
        let Some(path) = config.token_file.clone() else { return Ok(None) };
        let (limit, file) = (config.connect_timeout, path.clone());
        let look = files::within(limit, move || first_look(&file))?;
        let look = look.unwrap_or_else(|| Look::Nothing(None, not_within(limit)));
        let stamp = match look {
            Look::Token(stamp, credentials) => {
                config.credentials.replace(Some(*credentials));
                Some(stamp)
            }
            Look::Nothing(_, why) => {
                let text = format!("option token_file: {}: {why}", path.display());
                let failed = Error::invalid_argument(text.clone());
                return Err(match process::exhaustion() {
                    Some(_) => Error::new(crate::error::Status::OutOfMemory, text).retriable(),
                    None => failed,
                });
            }
            Look::Unchanged => None,
        };
        let latest = Mutex::new(Latest { looked: Instant::now(), stamp });
        let store = Arc::clone(&config.credentials);
        Ok(Some(Self { path, store, latest, reading: Repeated::default() }))
    }

    /// Looks at the file again if that is due. Of many requests at once, one looks.
    pub(super) async fn keep_current(&self, deadline: Deadline<'_>) {
        let is_due = {
            let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
            let is_due = latest.looked.elapsed() >= INTERVAL;
            if is_due {
                latest.looked = Instant::now();
            }
            is_due
        };
        if is_due {
            // Boxed: it is seldom needed.
            Box::pin(self.reread(deadline)).await;
        }
    }

    /// Looks at the file again, and uses the token that is there. Waits for it neither beyond the deadline nor long.
    pub(super) async fn reread(&self, deadline: Deadline<'_>) {
        inline_executor::leave_callers_thread().await;
        let known = self.latest.lock().unwrap_or_else(PoisonError::into_inner).stamp.clone();
        let path = self.path.clone();
        let looking = self.reading.run(PATIENCE, move || look(&path, known.as_ref()));
        let Some(look) = deadline.bound(looking).await else { return };
        match look {
            Ok(Some(look)) => self.take(look),
            Ok(None) => self.take(Look::Nothing(None, not_within(PATIENCE))),
            Err(error) => self.take(Look::Nothing(None, error.message().to_owned())),
        }
    }

    fn take(&self, look: Look) {
        let stamp = match look {
            Look::Unchanged => return,
            Look::Token(stamp, credentials) => {
                let is_new =
                    self.store.current().is_none_or(|current| current.token() != credentials.token());
                if is_new {
                    log::tell(Level::Info, "token read again", || {
                        format!("file={:?}", self.path.to_string_lossy())
                    });
                    self.store.replace(Some(*credentials));
                }
                self.store.set_obstacle(None);
                Some(stamp)
            }
            Look::Nothing(stamp, why) => {
                let text = format!(
                    "token_file {} could not be read again ({why}), so this is the token that it had before",
                    self.path.display()
                );
                if self.store.obstacle().as_ref() != Some(&text) {
                    log::tell(Level::Warning, "token not read again", || format!("reason={text:?}"));
                }
                self.store.set_obstacle(Some(text));
                stamp
            }
        };
        self.latest.lock().unwrap_or_else(PoisonError::into_inner).stamp = stamp;
    }
}

fn not_within(limit: Duration) -> String {
    format!("it was not read within {} ms", limit.as_millis())
}

/// The first look also reads a pipe, as a shell makes one of a command.
fn first_look(path: &Path) -> Look {
    match Stamp::of(path) {
        Ok(stamp) => read(path, stamp),
        Err(error) => unread(&error),
    }
}

fn look(path: &Path, known: Option<&Stamp>) -> Look {
    let stamp = match Stamp::of(path) {
        Ok(stamp) => stamp,
        Err(error) => return unread(&error),
    };
    match known {
        // Somebody else may read it by now.
        Some(known) if stamp.is_special && known.is_special => Look::Unchanged,
        _ if stamp.is_special => Look::Nothing(None, "is no regular file".to_owned()),
        Some(known) if known.is_unchanged_in(&stamp) => Look::Unchanged,
        _ => read(path, stamp),
    }
}

fn read(path: &Path, stamp: Stamp) -> Look {
    match files::read(path, LIMIT) {
        Ok(bytes) => match token_in(&bytes) {
            Ok(credentials) => Look::Token(stamp, Box::new(credentials)),
            Err(why) => Look::Nothing(Some(stamp), why),
        },
        Err(error) => unread(&error),
    }
}

fn unread(error: &std::io::Error) -> Look {
    Look::Nothing(None, text::of_system(error))
}

/// The token: the whole content, without the line's end that editors and secrets managers add.
fn token_in(bytes: &[u8]) -> Result<Credentials, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "is not UTF-8".to_owned())?;
    let token = text.strip_suffix('\n').unwrap_or(text);
    let token = token.strip_suffix('\r').unwrap_or(token);
    if token.is_empty() {
        return Err("is empty".to_owned());
    }
    if token.contains('\n') {
        return Err("has more than one line".to_owned());
    }
    if token.contains(char::is_control) {
        return Err("has a control character".to_owned());
    }
    Credentials::from_token(token).map_err(|error| error.message().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_is_a_token_and_its_end_is_none_of_it() {
        for text in ["root:Milvus", "root:Milvus\n", "root:Milvus\r\n"] {
            assert_eq!(token_in(text.as_bytes()).unwrap().token(), "root:Milvus", "{text:?}");
        }
        assert_eq!(token_in(b"root: end \n").unwrap().token(), "root: end ", "blanks can be of a password");
        let long = "x".repeat(9_000);
        for (bytes, why) in [
            (&b""[..], "is empty"),
            (b"\n", "is empty"),
            (b"a\nb\n", "more than one line"),
            (b"a\n\n", "more than one line"),
            (b"a\tb", "control character"),
            (b"a\xff", "not UTF-8"),
            (long.as_bytes(), "has 9000 bytes; at most 8192"),
        ] {
            let said = token_in(bytes).unwrap_err();
            assert!(said.contains(why) && !said.contains("xx"), "{said}");
        }
    }
}
