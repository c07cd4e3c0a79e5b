//! Pauses before questions whose answers were refused. Such an answer costs the process and its processors far more than
//! a question, and who asks again at once gets the like of it again.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};
use tokio::time::Instant;

use crate::stats::Kind;

/// The pause after the first answer that is refused. It doubles with each further one.
const FIRST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(1);

/// The pauses of one client: one for each method whose latest answer was refused.
#[derive(Default)]
pub(super) struct Pauses {
    /// Whether there is one. Nearly all clients never have any.
    is_any: AtomicBool,
    of_methods: Mutex<HashMap<&'static str, Arc<AsyncMutex<Pause>>>>,
}

pub(super) struct Pause {
    /// The next question leaves then.
    until: Instant,
    length: Duration,
    /// An answer was read since, so nobody has to wait.
    is_over: bool,
}

/// Who has it asks, and nobody else does until it is dropped.
pub(super) type Turn = OwnedMutexGuard<Pause>;

impl Pauses {
    /// What to wait for before the method is asked. While its answers are refused, one question at a time is on its way.
    pub(super) fn before(&self, method: &'static str) -> Option<impl Future<Output = Option<Turn>> + use<>> {
        if !self.is_any.load(Ordering::Relaxed) {
            return None;
        }
        let pause = self.of_methods().get(method).cloned()?;
        Some(async {
            let mut turn = pause.lock_owned().await;
            if turn.is_over {
                return None;
            }
            tokio::time::sleep_until(turn.until).await;
            // Counts if the question is given up, too.
            turn.until = Instant::now() + turn.length;
            Some(turn)
        })
    }

    /// An answer of this method has come.
    pub(super) fn answered(&self, method: &'static str, turn: Option<Turn>, was_refused: bool) {
        match turn {
            None if !was_refused || !is_asked_again(method) => {}
            None => {
                let mut of_methods = self.of_methods();
                of_methods.entry(method).or_insert_with(|| Arc::new(AsyncMutex::new(Pause::begin())));
                self.is_any.store(true, Ordering::Relaxed);
            }
            Some(mut turn) if was_refused => {
                turn.length = (turn.length * 2).min(LONGEST);
                turn.until = Instant::now() + turn.length;
            }
            Some(mut turn) => {
                turn.is_over = true;
                let mut of_methods = self.of_methods();
                of_methods.remove(method);
                self.is_any.store(!of_methods.is_empty(), Ordering::Relaxed);
            }
        }
    }

    fn of_methods(&self) -> MutexGuard<'_, HashMap<&'static str, Arc<AsyncMutex<Pause>>>> {
        self.of_methods.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Triggers and handshakes have no pauses: what they rest on may not be older than they are.
fn is_asked_again(method: &str) -> bool {
    !matches!(Kind::of(method), Kind::Trigger | Kind::Handshake)
}

impl Pause {
    fn begin() -> Self {
        Self { until: Instant::now() + FIRST, length: FIRST, is_over: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const METHOD: &str = "/a.B/C";

    /// How long a question has to wait, and its turn.
    async fn wait(pauses: &Pauses, method: &'static str) -> (u128, Option<Turn>) {
        let begun = Instant::now();
        let turn = match pauses.before(method) {
            Some(pause) => pause.await,
            None => None,
        };
        (begun.elapsed().as_millis(), turn)
    }

    #[tokio::test(start_paused = true)]
    async fn pauses_double_up_to_a_second_and_end_with_an_answer() {
        let pauses = Pauses::default();
        for expected in [0, 50, 100, 200, 400, 800, 1_000, 1_000] {
            let (waited, turn) = wait(&pauses, METHOD).await;
            assert_eq!(waited, expected);
            pauses.answered(METHOD, turn, true);
        }
        assert!(pauses.before("/a.B/D").is_none(), "other questions are not held up");
        let (_, turn) = wait(&pauses, METHOD).await;
        pauses.answered(METHOD, turn, false);
        assert!(pauses.before(METHOD).is_none());
        for method in ["/a.B/ManualCompaction", "/a.B/Flush", "/a.B/Connect", "/a.B/GetVersion"] {
            pauses.answered(method, None, true);
            assert!(pauses.before(method).is_none(), "{method}");
        }
        pauses.answered(METHOD, None, true);
        assert_eq!(wait(&pauses, METHOD).await.0, 50, "the pauses begin anew");
    }

    #[tokio::test(start_paused = true)]
    async fn one_question_at_a_time_is_asked() {
        let pauses = Pauses::default();
        // Three were on their way together.
        (0..3).for_each(|_| pauses.answered(METHOD, None, true));
        let begun = Instant::now();
        let ask = async |was_refused: bool| {
            let (_, turn) = wait(&pauses, METHOD).await;
            let asked = begun.elapsed().as_millis();
            let has_turn = turn.is_some();
            tokio::time::sleep(Duration::from_millis(7)).await;
            pauses.answered(METHOD, turn, was_refused);
            (asked, has_turn)
        };
        let asked = tokio::join!(ask(true), ask(true), ask(false), ask(false), ask(false));
        let expected = ((50, true), (157, true), (364, true), (371, false), (371, false));
        assert_eq!(asked, expected, "an answer that is read ends all pauses");
    }

    #[tokio::test(start_paused = true)]
    async fn a_question_that_is_given_up_has_its_pause_too() {
        let pauses = Pauses::default();
        pauses.answered(METHOD, None, true);
        let (_, turn) = wait(&pauses, METHOD).await;
        drop(turn);
        assert_eq!(wait(&pauses, METHOD).await.0, 50);
        let waiting = Box::pin(wait(&pauses, METHOD));
        assert!(tokio::time::timeout(Duration::from_millis(20), waiting).await.is_err());
        assert_eq!(wait(&pauses, METHOD).await.0, 30, "who left the line took nobody's turn");
    }
}
