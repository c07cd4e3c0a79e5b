//! A collection that was looked up for a trigger: how long that counts, and what is looked up afterwards.

use std::time::Duration;

use tokio::time::Instant;

use crate::collection::{self, Collection};
use crate::error::{Error, Status};
use crate::outage::may_pass;
use crate::rpc::{Deadline, RetryClass, Rpc};
use crate::text::quotable;

/// A trigger does not look a collection up again within this time of its caller's look-up. Later, another collection may
/// have its name.
const LOOKUP_LIFETIME: Duration = Duration::from_secs(5);

/// A collection that the caller of a trigger has just looked up.
#[derive(Clone)]
pub(crate) struct Found {
    collection: Collection,
    /// When the look-up began; `None`: it is used up.
    since: Option<Instant>,
    /// The connection: another one may lead to another server, where the id is another collection's.
    generation: u64,
    meant: Meant,
}

/// What a trigger is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Meant {
    /// Whatever collection has the name.
    Name,
    /// The collection that was found, while it has its name; never another one that gets the name.
    Named,
    /// The collection that was found, also if it is renamed.
    Renamed,
}

impl Found {
    /// `since`: when the look-up began.
    pub(super) fn new(rpc: &Rpc, collection: &Collection, since: Instant) -> Self {
        let (collection, generation) = (collection.clone(), rpc.generation());
        Self { collection, since: Some(since), generation, meant: Meant::Name }
    }

    /// The same, for a trigger of this collection only.
    pub(super) fn binding(self) -> Self {
        Self { meant: Meant::Named, ..self }
    }

    /// The same, for a trigger of this collection only, whatever its name is by then.
    pub(super) fn following_renames(self) -> Self {
        Self { meant: Meant::Renamed, ..self }
    }

    /// The same for one trigger: a later one looks it up again.
    pub(super) fn for_one_trigger(&mut self) -> Self {
        let found = self.clone();
        self.use_up();
        found
    }

    /// From now on a trigger looks it up again.
    pub(super) fn use_up(&mut self) {
        self.since = None;
    }

    /// The same collection, as it was just found again.
    pub(super) fn found_as(self, collection: Collection) -> Self {
        Self { collection, ..self }
    }

    pub(super) fn into_collection(self) -> Collection {
        self.collection
    }

    pub(super) fn follows_renames(&self) -> bool {
        self.meant == Meant::Renamed
    }

    /// Fails if this is another collection.
    pub(super) fn check_same(&self, now: &Collection) -> Result<(), Error> {
        if now.is_same(&self.collection) {
            return Ok(());
        }
        let text = format!(
            "collection \"{}\" was dropped or renamed meanwhile, and another collection has its name now",
            quotable(&self.collection.name)
        );
        Err(Error::new(Status::CollectionNotFound, text))
    }

    /// Looks up again what the trigger is for.
    pub(super) async fn look_up(
        &self,
        rpc: &Rpc,
        deadline: Deadline<'_>,
        name: &str,
    ) -> Result<Collection, Error> {
        let new_name = match self.meant {
            Meant::Renamed => self.name_now(rpc, deadline).await?,
            Meant::Name | Meant::Named => None,
        };
        let now = collection::find(rpc, deadline, new_name.as_deref().unwrap_or(name)).await?;
        if self.meant != Meant::Name {
            self.check_same(&now)?;
        }
        Ok(now)
    }

    /// The collection's name by now; `None` if the server does not tell it by the id.
    async fn name_now(&self, rpc: &Rpc, deadline: Deadline<'_>) -> Result<Option<String>, Error> {
        let known = &self.collection;
        if known.id <= 0 {
            return Ok(None);
        }
        match collection::find_by_id(rpc, RetryClass::Read, deadline, known).await {
            Ok(name) => Ok(Some(name)),
            Err(error) if matches!(error.status, Status::CollectionNotFound | Status::DatabaseNotFound) => {
                let text = format!("collection \"{}\" was dropped meanwhile", quotable(&known.name));
                let mut dropped = Error::new(Status::CollectionNotFound, text);
                dropped.server_code = error.server_code;
                Err(dropped)
            }
            Err(error) if may_pass(&error) => Err(error),
            // The user or the server knows it by its name only.
            Err(_) => Ok(None),
        }
    }

    pub(super) fn is_current(&self, rpc: &Rpc) -> bool {
        let is_fresh = self.since.is_some_and(|since| since.elapsed() < LOOKUP_LIFETIME);
        is_fresh && self.generation == rpc.generation()
    }
}
