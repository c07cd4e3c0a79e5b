//! The credentials of a client. They may change while it lives; requests that are on their way keep what they sent.

use crate::sorting::sort_by;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, Weak};

use super::Credentials;

/// The current credentials, and the former ones that a request still uses.
#[derive(Default)]
pub struct CredentialStore {
    state: RwLock<State>,
    /// How often they were replaced.
    generation: AtomicU64,
}

#[derive(Default)]
struct State {
    current: Option<Arc<Credentials>>,
    /// They end with the last request that uses them, which wipes them from memory.
    former: Vec<Weak<Credentials>>,
    /// Why the newest token was not taken, if it was not.
    obstacle: Option<String>,
}

impl CredentialStore {
    pub(super) fn new(credentials: Option<Credentials>) -> Self {
        let current = credentials.map(Arc::new);
        Self { state: RwLock::new(State { current, ..State::default() }), ..Self::default() }
    }

    /// What the next request sends. Its caller keeps it until the response is read: a server can quote it, and it is
    /// hidden for as long as somebody keeps it.
    #[must_use]
    pub fn current(&self) -> Option<Arc<Credentials>> {
        self.read().current.clone()
    }

    /// Differs after each replacement.
    pub(crate) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// Replaces the credentials of every later request, unless they are the same.
    pub(crate) fn replace(&self, credentials: Option<Credentials>) {
        let credentials = credentials.map(Arc::new);
        let mut state = self.write();
        state.obstacle = None;
        if state.current.as_ref().map(|current| current.token())
            == credentials.as_ref().map(|new| new.token())
        {
            return;
        }
        state.former.retain(|former| former.strong_count() > 0);
        let former = std::mem::replace(&mut state.current, credentials);
        state.former.extend(former.as_ref().map(Arc::downgrade));
        // After the credentials: a connection that has this number never carries former ones.
        self.generation.fetch_add(1, Ordering::AcqRel);
        drop(state);
        // Without the lock: unless a request uses it, this wipes it.
        drop(former);
    }

    /// Why the newest token was not taken.
    pub(crate) fn obstacle(&self) -> Option<String> {
        self.read().obstacle.clone()
    }

    pub(crate) fn set_obstacle(&self, obstacle: Option<String>) {
        self.write().obstacle = obstacle;
    }

    /// The text with every secret hidden that is in use.
    #[must_use]
    pub fn hidden_in(&self, text: &str) -> String {
        let state = self.read();
        let former = state.former.iter().filter_map(Weak::upgrade);
        let all: Vec<_> = state.current.iter().cloned().chain(former).collect();
        drop(state);
        let mut secrets: Vec<_> = all.iter().flat_map(|credentials| credentials.secrets()).collect();
        // One secret can be a part of another.
        sort_by(&mut secrets, |one, other| other.len().cmp(&one.len()));
        secrets.iter().fold(text.to_owned(), |text, secret| text.replace(*secret, "[hidden]"))
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for CredentialStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CredentialStore([hidden])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credentials(token: &str) -> Credentials {
        Credentials::from_token(token).unwrap()
    }

    #[test]
    fn a_former_token_is_hidden_while_a_request_uses_it_and_then_forgotten() {
        let store = CredentialStore::new(Some(credentials("root:hunter2")));
        let request = store.current();
        store.replace(Some(credentials("root:hunter2-and-more")));
        let text = "hunter2 became hunter2-and-more";
        assert_eq!(store.hidden_in(text), "[hidden] became [hidden]");
        drop(request);
        assert_eq!(store.hidden_in("hunter2"), "hunter2", "nothing knows it any more");
        assert_eq!(store.hidden_in("hunter2-and-more"), "[hidden]");
        store.replace(None);
        assert!(store.current().is_none());
        assert_eq!(store.state.read().unwrap().former.len(), 1, "those that ended are not kept");
    }

    #[test]
    fn each_request_has_one_token_whole_while_threads_replace_it() {
        let store = CredentialStore::new(Some(credentials("key-0")));
        std::thread::scope(|scope| {
            for thread in 1..4 {
                let store = &store;
                scope.spawn(move || {
                    for number in 0..if cfg!(miri) { 5 } else { 200 } {
                        store.replace(Some(credentials(&format!("key-{thread}-{number}"))));
                        let current = store.current().unwrap();
                        let whole = Credentials::from_token(current.token()).unwrap();
                        assert_eq!(current.authorization(), whole.authorization());
                    }
                });
            }
        });
        assert_eq!(store.generation(), if cfg!(miri) { 15 } else { 600 });
    }
}
