//! The databases of a server, and the collections of a database with what decides whether to compact them. Only reads.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::check_result::Known;
use super::client_state::ClientState;
use super::concurrently::{self, DEFAULT_CONCURRENCY, Group, Item, Selection, Work};
use super::progress::Progressing;
use super::teller::Teller;
use crate::collection;
use crate::error::{Error, Status};
use crate::lists::{self, exact};
use crate::operation::Part;
use crate::proto::common::LoadState;
use crate::proto::service::{
    GetCollectionStatisticsRequest, GetLoadStateRequest, ListDatabasesRequest, ListDatabasesResponse,
};
use crate::rpc::{Deadline, RetryClass, Rpc};
use crate::server::HAS_DATABASES;
use crate::sorting::{sort_by, sort_texts};
use crate::text::quotable;

/// A collection as the server describes it. What could not be read is unknown.
#[derive(Clone, Debug, Default)]
pub struct CollectionInfo {
    /// Its name.
    pub name: String,
    /// Its database; empty on servers without databases (before 2.2.9).
    pub database: String,
    /// Milvus' id of it; `None` from servers that do not number collections (milvus-lite).
    pub id: Option<i64>,
    /// Its other names.
    pub aliases: Vec<String>,
    /// Its stored rows, including deleted ones that are not purged.
    pub rows: Option<i64>,
    /// Whether query nodes serve it; no while it is being loaded.
    pub is_loaded: Known,
    /// Whether it has a clustering key.
    pub has_clustering_key: Known,
    /// The first failure, if not all of it could be read.
    pub error: Option<Error>,
}

/// A database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DatabaseInfo {
    /// Its name.
    pub name: String,
    /// Its id (since 2.5.0).
    pub id: Option<i64>,
}

impl Item for CollectionInfo {
    fn failed(name: String, error: Error) -> Self {
        Self { name, error: Some(error), ..Self::default() }
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }
}

/// The databases of the server that the user may see, sorted by name.
pub(crate) async fn databases(rpc: &Rpc, deadline: Deadline<'_>) -> Result<Vec<DatabaseInfo>, Error> {
    let server = rpc.server(deadline).await?;
    if server.is_before(HAS_DATABASES) {
        server.require(HAS_DATABASES, "a list of databases")?;
    }
    let reply = rpc
        .unary(RetryClass::Read, deadline, "", ListDatabasesRequest {})
        .await
        .map_err(|error| error.context("listing the databases"))?;
    let ListDatabasesResponse { db_names: names, db_ids: ids, .. } = reply;
    let count = names.len();
    let sorted = move || {
        let ids = ids.into_iter().map(Some).chain(std::iter::repeat(None));
        let of = |(name, id)| DatabaseInfo { name, id };
        let mut databases: Vec<_> = names.into_iter().zip(ids).map(of).collect();
        sort_by(&mut databases, |one, other| one.name.cmp(&other.name));
        databases.dedup_by(|one, other| one.name == other.name);
        Ok(exact(databases))
    };
    lists::work(deadline, count, sorted).await
}

/// The collections of the database of these calls that the user may see, sorted by name, and an error for the whole if
/// one of them could not be read.
pub(crate) async fn collections(
    client_state: &Arc<ClientState>,
    progressing: &Arc<dyn Progressing>,
    deadline: Deadline<'_>,
) -> Result<(Vec<CollectionInfo>, Option<Error>), Error> {
    let rpc = &client_state.rpc;
    let database = rpc.database().to_owned();
    let names = collection::list(rpc, deadline).await?;
    let selection = Selection { names: Some(names), concurrency: DEFAULT_CONCURRENCY };
    let group = Group::new(client_state, progressing);
    let listing = Listing { room: AtomicUsize::new(MOST_TEXT) };
    let (mut items, error) = concurrently::all(group, selection, deadline, listing).await?;
    for item in items.iter_mut().filter(|item| item.database.is_empty()) {
        item.database.clone_from(&database);
    }
    Ok((items, error))
}

/// The most memory that the texts of all collections may take: their names, databases and aliases.
const MOST_TEXT: usize = 32 << 20;

/// What is done with each collection.
struct Listing {
    /// How many bytes there is room for.
    room: AtomicUsize,
}

impl Listing {
    /// Makes room for the texts of a collection, which else are dropped.
    fn keep(&self, info: &mut CollectionInfo) {
        let texts = info.aliases.iter().chain([&info.name, &info.database]);
        let size = texts.map(|text| size_of::<String>() + text.len()).sum();
        let taken =
            self.room.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |room| room.checked_sub(size));
        if taken.is_err() {
            let text = format!("the texts of the collections have more than {MOST_TEXT} bytes");
            let name = std::mem::take(&mut info.name);
            *info = CollectionInfo::failed(name, Error::new(Status::ServerError, text));
        }
    }
}

impl Work for Listing {
    type Item = CollectionInfo;

    fn run<'w>(
        &'w self,
        (group, _): (&'w Group, &'w Teller),
        deadline: Deadline<'w>,
        name: String,
    ) -> Part<'w, Box<CollectionInfo>> {
        Box::pin(async move {
            let mut info = look(&group.client_state.rpc, deadline, name).await;
            info.error = info.error.map(|error| deadline.settle(error));
            self.keep(&mut info);
            Box::new(info)
        })
    }
}

async fn look(rpc: &Rpc, deadline: Deadline<'_>, name: String) -> CollectionInfo {
    let described = match collection::describe(rpc, deadline, rpc.database(), &name).await {
        Ok(described) => described,
        Err(error) => {
            let error = error.context(format!("describing collection \"{}\"", quotable(&name)));
            return CollectionInfo::failed(name, error);
        }
    };
    let schema = described.schema.unwrap_or_default();
    let has_clustering_key = schema.fields.iter().any(|field| field.is_clustering_key);
    let mut aliases = described.aliases;
    sort_texts(&mut aliases);
    let mut info = CollectionInfo {
        database: described.db_name,
        id: Some(described.collection_id).filter(|id| *id > 0),
        aliases,
        has_clustering_key: has_clustering_key.into(),
        name,
        ..CollectionInfo::default()
    };
    let counted = rows(rpc, deadline, &info.name).await;
    info.rows = info.read(counted, "counting the rows of").flatten();
    let state = is_loaded(rpc, deadline, &info.name).await;
    info.is_loaded = info.read(state, "looking at the load of").into();
    info
}

async fn rows(rpc: &Rpc, deadline: Deadline<'_>, name: &str) -> Result<Option<i64>, Error> {
    let asked = GetCollectionStatisticsRequest {
        db_name: rpc.database().to_owned(),
        collection_name: name.to_owned(),
    };
    let reply = rpc.unary(RetryClass::Read, deadline, rpc.database(), asked).await?;
    let count = reply.stats.iter().find(|pair| pair.key == "row_count");
    Ok(count.and_then(|pair| pair.value.parse().ok()).filter(|rows| *rows >= 0))
}

async fn is_loaded(rpc: &Rpc, deadline: Deadline<'_>, name: &str) -> Result<bool, Error> {
    let asked = GetLoadStateRequest {
        db_name: rpc.database().to_owned(),
        collection_name: name.to_owned(),
        partition_names: Vec::new(),
    };
    let reply = rpc.unary(RetryClass::Read, deadline, rpc.database(), asked).await?;
    Ok(reply.state == LoadState::Loaded as i32)
}

impl CollectionInfo {
    /// What was read; else unknown, and the failure is noted unless an earlier one is or this server has no such method.
    fn read<T>(&mut self, result: Result<T, Error>, doing: &str) -> Option<T> {
        result
            .map_err(|error| {
                if error.status != Status::Unsupported && self.error.is_none() {
                    self.error = Some(error.context(format!("{doing} \"{}\"", quotable(&self.name))));
                }
            })
            .ok()
    }
}
