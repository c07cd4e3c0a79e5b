//! Triggers of one client for one collection: a clustering one is alone, all others may be under way together.
//!
//! Servers answer a clustering trigger with the id of any job that runs (see `answered`). A client can tell that the job is
//! another trigger's only if it knows the job by then. So no other trigger of its own is on its way.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};

use super::params::Mode;
use crate::collection::Collection;
use crate::error::Error;
use crate::rpc::Deadline;
use crate::text::quotable;

/// A collection's number and database; its name, too, if it has no number.
type Key = (i64, String, String);

/// So many collections can have a lock before the ones without a trigger are looked for.
const FEW: usize = 64;

/// Who triggers what.
#[derive(Debug, Default)]
pub(crate) struct Turns(Mutex<Locks>);

#[derive(Debug, Default)]
struct Locks {
    of: HashMap<Key, Arc<RwLock<()>>>,
    /// How many were left when the unused ones were dropped.
    left: usize,
}

/// A trigger has its turn until this is dropped.
#[allow(dead_code)] // what is held says so by being held
pub(super) enum Turn {
    Together(OwnedRwLockReadGuard<()>),
    Alone(OwnedRwLockWriteGuard<()>),
}

impl Turns {
    /// The turn of a trigger, if it need not wait.
    pub(super) fn at_once(&self, collection: &Collection, mode: Mode) -> Option<Turn> {
        let lock = self.lock(collection);
        match mode {
            Mode::Clustering => lock.try_write_owned().ok().map(Turn::Alone),
            _ => lock.try_read_owned().ok().map(Turn::Together),
        }
    }

    /// Waits for the turn of a trigger.
    pub(super) async fn turn(
        &self,
        collection: &Collection,
        mode: Mode,
        deadline: Deadline<'_>,
    ) -> Result<Turn, Error> {
        let lock = self.lock(collection);
        let turn = async {
            match mode {
                Mode::Clustering => Turn::Alone(lock.write_owned().await),
                _ => Turn::Together(lock.read_owned().await),
            }
        };
        deadline.bound(turn).await.ok_or_else(|| {
            deadline.ended(|how| {
                let name = quotable(&collection.name);
                format!("{how} while another trigger for \"{name}\" was on its way")
            })
        })
    }

    fn lock(&self, collection: &Collection) -> Arc<RwLock<()>> {
        let name = if collection.id > 0 { "" } else { &collection.name };
        let key = (collection.id, collection.own_database().to_owned(), name.to_owned());
        let mut locks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if locks.of.len() >= FEW.max(2 * locks.left) {
            // Whoever holds or awaits a turn has another reference.
            locks.of.retain(|_, lock| Arc::strong_count(lock) > 1);
            locks.left = locks.of.len();
            let left = locks.left;
            locks.of.shrink_to(2 * left);
        }
        Arc::clone(locks.of.entry(key).or_default())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::error::Status;

    fn collection(id: i64, name: &str) -> Collection {
        Collection { id, name: name.to_owned(), ..Collection::default() }
    }

    #[tokio::test(start_paused = true)]
    async fn a_clustering_trigger_is_alone_in_its_collection() {
        let (turns, books, films) = (Turns::default(), collection(1, "books"), collection(2, "films"));
        let soon = || Deadline::after(Some(Duration::from_secs(1)));
        let plain = turns.turn(&books, Mode::Plain, soon()).await.unwrap();
        let l0 = turns.turn(&books, Mode::L0, soon()).await.unwrap();
        let late = turns.turn(&books, Mode::Clustering, soon()).await.err().unwrap();
        let said = "1000 ms passed while another trigger for \"books\" was on its way";
        assert!(late.status == Status::Timeout && late.message() == said && !late.in_doubt, "{late:?}");
        assert!(
            turns.at_once(&books, Mode::Clustering).is_none() && turns.at_once(&books, Mode::L0).is_some()
        );
        let others = turns.turn(&films, Mode::Clustering, soon()).await.unwrap();
        drop((plain, l0, others));
        let alone = turns.turn(&books, Mode::Clustering, soon()).await.unwrap();
        for mode in [Mode::Plain, Mode::Clustering, Mode::TargetSize] {
            assert!(turns.at_once(&books, mode).is_none(), "{mode:?}");
            assert!(turns.turn(&books, mode, soon()).await.is_err(), "{mode:?}");
        }
        drop(alone);
        assert!(turns.turn(&books, Mode::Plain, soon()).await.is_ok());
    }

    #[tokio::test]
    async fn nothing_is_kept_of_turns_that_are_over() {
        let turns = Turns::default();
        for id in 1..1_000 {
            turns.turn(&collection(id, "c"), Mode::Plain, Deadline::after(None)).await.unwrap();
        }
        let kept = turns.0.lock().unwrap().of.len();
        assert!(kept <= FEW, "{kept}");
        // Servers without numbers: collections are apart by their names.
        let held = turns.turn(&collection(0, "a"), Mode::Clustering, Deadline::after(None)).await.unwrap();
        assert!(turns.turn(&collection(0, "b"), Mode::Plain, Deadline::after(None)).await.is_ok());
        drop(held);
    }
}
