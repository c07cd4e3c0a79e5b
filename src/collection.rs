//! Looks up a collection by its name or an alias.

use std::collections::HashSet;

use crate::error::{Error, Status};
use crate::lists::{self, exact};
use crate::proto::service::{
    DescribeCollectionRequest, DescribeCollectionResponse, ListSnapshotsRequest, ShowCollectionsRequest,
    ShowCollectionsResponse, ShowPartitionsRequest, ShowPartitionsResponse,
};
use crate::rpc::{Deadline, RetryClass, Rpc};
use crate::server::HAS_DATABASES;
use crate::sorting::sort_texts;
use crate::text::quotable;
use crate::traits::Traits;

/// The longest name in bytes that is sent. Servers accept far less (255 by default), and say so.
const NAME_LIMIT: usize = 64 * 1024 - 1;

/// The database that every server has.
const DEFAULT_DATABASE: &str = "default";

/// A collection as the server knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Collection {
    /// Milvus' id of it; 0 from servers that do not number collections (milvus-lite).
    pub(crate) id: i64,
    /// Its real name, even if the caller gave an alias.
    pub(crate) name: String,
    /// The database that contains it; empty on servers without databases (before 2.2.9).
    pub(crate) database: String,
    /// Whether it has a clustering key.
    pub(crate) has_clustering_key: bool,
    /// The channels through which its rows arrive.
    pub(crate) channels: Vec<String>,
    /// What else decides how it is compacted.
    pub(crate) traits: Traits,
}

impl Collection {
    /// Whether both are the same collection, perhaps renamed, and not a later one of the same name.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let is_alike =
            if self.id > 0 { self.id == other.id } else { other.id <= 0 && self.name == other.name };
        is_alike && self.own_database() == other.own_database()
    }

    /// The database as all who name it alike do: servers without databases tell none, and have one.
    pub(crate) fn own_database(&self) -> &str {
        if self.database.is_empty() { DEFAULT_DATABASE } else { &self.database }
    }
}

/// Rejects names that no server can have, before anything is sent.
pub(crate) fn check_name(name: &str) -> Result<(), Error> {
    let wrong = |why: &str| Err(Error::invalid_argument(format!("collection_name: {why}")));
    if name.is_empty() {
        return wrong("is empty");
    }
    if name.len() > NAME_LIMIT {
        return wrong(&format!("has {} bytes; at most {NAME_LIMIT} are sent", name.len()));
    }
    if name.trim().is_empty() {
        return wrong("has only blanks");
    }
    if name.chars().any(char::is_control) {
        return wrong(&format!("\"{}\" has a control character", quotable(name)));
    }
    Ok(())
}

/// Looks up a name or an alias in the database of these calls.
pub(crate) async fn find(rpc: &Rpc, deadline: Deadline<'_>, name: &str) -> Result<Collection, Error> {
    check_name(name)?;
    let database = rpc.database();
    let reply = match describe(rpc, deadline, database, name).await {
        Ok(reply) => reply,
        Err(error) => return Err(not_described(rpc, deadline, error, name).await),
    };
    check_database(rpc, deadline, &reply.db_name).await?;
    let traits = Traits::of(&reply);
    let schema = reply.schema.unwrap_or_default();
    // Asked by alias, servers before 2.4 echo the alias everywhere but in the schema.
    let names = [schema.name, reply.collection_name, name.to_owned()];
    Ok(Collection {
        id: reply.collection_id,
        name: names.into_iter().find(|name| !name.is_empty()).unwrap_or_default(),
        database: if reply.db_name.is_empty() { database.to_owned() } else { reply.db_name },
        has_clustering_key: schema.fields.iter().any(|field| field.is_clustering_key),
        channels: reply.virtual_channel_names,
        traits,
    })
}

/// Looks up a collection by its id, and returns its current name.
pub(crate) async fn find_by_id(
    rpc: &Rpc,
    class: RetryClass,
    deadline: Deadline<'_>,
    collection: &Collection,
) -> Result<String, Error> {
    let asked = DescribeCollectionRequest {
        db_name: collection.database.clone(),
        collection_id: collection.id,
        ..Default::default()
    };
    let reply = rpc.unary(class, deadline, &collection.database, asked).await?;
    if reply.collection_id != collection.id {
        return Err(Error::new(
            Status::ServerError,
            "the server describes another collection than the client asked for",
        ));
    }
    // Asked by id, servers before 2.5 put the name into the schema only.
    let names = [reply.schema.unwrap_or_default().name, reply.collection_name];
    Ok(names.into_iter().find(|name| !name.is_empty()).unwrap_or_else(|| collection.name.clone()))
}

/// The server's whole description of a collection.
pub(crate) async fn describe(
    rpc: &Rpc,
    deadline: Deadline<'_>,
    database: &str,
    name: &str,
) -> Result<DescribeCollectionResponse, Error> {
    let asked = DescribeCollectionRequest {
        db_name: database.to_owned(),
        collection_name: name.to_owned(),
        ..Default::default()
    };
    rpc.unary(RetryClass::Read, deadline, database, asked).await
}

/// Checks that the collection is in the requested database. Servers without databases ignore the database, and would
/// return a collection of the same name.
async fn check_database(rpc: &Rpc, deadline: Deadline<'_>, answered: &str) -> Result<(), Error> {
    let wanted = rpc.database();
    if wanted.is_empty() || answered == wanted || (answered.is_empty() && wanted == DEFAULT_DATABASE) {
        return Ok(());
    }
    if answered.is_empty() {
        return rpc.server(deadline).await?.require(HAS_DATABASES, &format!("the database \"{wanted}\""));
    }
    let text = format!(
        "the client asked for database \"{wanted}\", but the server answered for \"{}\"",
        quotable(answered)
    );
    Err(Error::new(Status::ServerError, text))
}

/// Fails for another database than the default one of a server that certainly has no databases: it would look for the
/// collection in its only one.
async fn check_databases_exist(rpc: &Rpc, deadline: Deadline<'_>) -> Result<(), Error> {
    let wanted = rpc.database();
    if wanted.is_empty() || wanted == DEFAULT_DATABASE {
        return Ok(());
    }
    match rpc.server(deadline).await {
        Ok(server) if server.is_before(HAS_DATABASES) => {
            server.require(HAS_DATABASES, &format!("the database \"{wanted}\""))
        }
        _ => Ok(()),
    }
}

/// The ids of all partitions.
pub(crate) async fn partition_ids(
    rpc: &Rpc,
    class: RetryClass,
    deadline: Deadline<'_>,
    collection: &Collection,
) -> Result<HashSet<i64>, Error> {
    let asked = ShowPartitionsRequest {
        db_name: collection.database.clone(),
        collection_name: collection.name.clone(),
    };
    let ids = rpc.unary(class, deadline, &collection.database, asked).await?.partition_i_ds;
    lists::work(deadline, ids.len(), move || Ok(ids.into_iter().collect())).await
}

/// The id of a partition.
pub(crate) async fn partition_id(
    rpc: &Rpc,
    deadline: Deadline<'_>,
    collection: &Collection,
    partition: &str,
) -> Result<i64, Error> {
    let reply = partitions(rpc, deadline, collection).await?;
    let found = reply.partition_names.iter().position(|name| name == partition);
    found.and_then(|index| reply.partition_i_ds.get(index).copied()).filter(|id| *id > 0).ok_or_else(|| {
        let text = format!(
            "collection \"{}\" has no partition \"{}\"",
            quotable(&collection.name),
            quotable(partition)
        );
        Error::new(Status::PartitionNotFound, text)
    })
}

/// The partitions of a collection: their names, and in the same order their ids.
pub(crate) async fn partitions(
    rpc: &Rpc,
    deadline: Deadline<'_>,
    collection: &Collection,
) -> Result<ShowPartitionsResponse, Error> {
    let asked = ShowPartitionsRequest {
        db_name: collection.database.clone(),
        collection_name: collection.name.clone(),
    };
    rpc.unary(RetryClass::Read, deadline, &collection.database, asked).await.map_err(|error| {
        error.context(format!("listing the partitions of \"{}\"", quotable(&collection.name)))
    })
}

/// Whether a collection has snapshots, which may keep segments from being compacted. Servers before 3.0.0 have no
/// snapshots.
pub(crate) async fn has_snapshots(
    rpc: &Rpc,
    deadline: Deadline<'_>,
    collection: &Collection,
) -> Result<bool, Error> {
    let asked = ListSnapshotsRequest {
        db_name: collection.database.clone(),
        collection_name: collection.name.clone(),
    };
    match rpc.unary(RetryClass::Read, deadline, &collection.database, asked).await {
        Ok(reply) => Ok(!reply.snapshots.is_empty()),
        // A server that does not know the method has no snapshots.
        Err(error) if error.status == Status::Unsupported => Ok(false),
        Err(error) => Err(error),
    }
}

async fn not_described(rpc: &Rpc, deadline: Deadline<'_>, error: Error, name: &str) -> Error {
    let database = rpc.database();
    let name = quotable(name);
    let place =
        if database.is_empty() { "the default database".to_owned() } else { format!("\"{database}\"") };
    if error.status != Status::CollectionNotFound {
        return error.context(format!("looking up collection \"{name}\" in {place}"));
    }
    if let Err(error) = check_databases_exist(rpc, deadline).await {
        return error;
    }
    if let Some(missing) = missing_database(rpc, deadline).await {
        return missing.context(format!("there is no database {place}"));
    }
    error.context(format!("no collection or alias \"{name}\" in {place}"))
}

/// Servers up to 2.3 report a missing database as a missing collection. Listing the collections of the database tells
/// the two apart on every version.
async fn missing_database(rpc: &Rpc, deadline: Deadline<'_>) -> Option<Error> {
    let database = rpc.database();
    if database.is_empty() {
        return None;
    }
    show(rpc, deadline).await.err().filter(|error| error.status == Status::DatabaseNotFound)
}

/// The names of all collections in the database of these calls that the user may see.
pub(crate) async fn list(rpc: &Rpc, deadline: Deadline<'_>) -> Result<Vec<String>, Error> {
    let database = rpc.database();
    if !database.is_empty() && database != DEFAULT_DATABASE {
        // Older servers ignore the database, and would list those of their only one.
        rpc.server(deadline).await?.require(HAS_DATABASES, &format!("the database \"{database}\""))?;
    }
    let reply = show(rpc, deadline).await.map_err(|error| error.context("listing the collections"))?;
    let mut names = reply.collection_names;
    let count = names.len();
    let sorted = move || {
        sort_texts(&mut names);
        names.dedup();
        Ok(exact(names))
    };
    lists::work(deadline, count, sorted).await
}

async fn show(rpc: &Rpc, deadline: Deadline<'_>) -> Result<ShowCollectionsResponse, Error> {
    let database = rpc.database();
    let asked = ShowCollectionsRequest { db_name: database.to_owned() };
    rpc.unary(RetryClass::Read, deadline, database, asked).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impossible_names_are_refused_with_the_reason() {
        for (name, reason) in [
            ("", "is empty"),
            (" \u{a0} ", "only blanks"),
            ("a\nb", "control character"),
            ("a\u{7f}", "control character"),
            (&"x".repeat(1 << 20), "has 1048576 bytes"),
        ] {
            let error = check_name(name).unwrap_err();
            assert_eq!(error.status, Status::InvalidArgument);
            assert!(error.message().contains(reason), "{error}");
        }
        for name in ["a", "größe", &"x".repeat(10_240)] {
            assert_eq!(check_name(name), Ok(()));
        }
    }
}
