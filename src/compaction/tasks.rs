//! Lists the compaction tasks of one collection, on servers that can.

use std::collections::HashSet;

use super::plan::Plan;
use super::state;
use crate::collection::Collection;
use crate::error::{Error, Status};
use crate::proto::service::GetCompactionPlansRequest;
use crate::rpc::{Deadline, RetryClass, Rpc};
use crate::server::LISTS_NO_TASKS;
use crate::text::quotable;

/// A name that no collection has. It shows whether the server reads the name.
const NOBODY: &str = "_milvus_client_asks_whether_names_are_looked_at";

/// Lists every compaction task of the collection that the server still remembers, automatic ones included.
///
/// Servers up to 3.0.0 ignore the name and read the request as one about "job 0": 2.3 lists the plans of every
/// collection, later servers list none. Milvus does not document the first version that reads the name, so the response
/// must prove it: each task belongs to this collection, or the server refuses a collection that cannot exist.
pub(crate) async fn list(
    rpc: &Rpc,
    class: RetryClass,
    deadline: Deadline<'_>,
    collection: &Collection,
) -> Result<Vec<Plan>, Error> {
    let server = rpc.server(deadline).await?;
    let unsupported = |why: &str| {
        let name = quotable(&collection.name);
        Err(Error::new(Status::Unsupported, format!("listing the compaction tasks of \"{name}\" {why}")))
    };
    if server.is_lite() || server.version().is_some_and(|version| version <= LISTS_NO_TASKS) {
        return unsupported(&format!(
            "needs a Milvus newer than {LISTS_NO_TASKS}; this server {}",
            server.described()
        ));
    }
    let plans = ask(rpc, class, deadline, collection, &collection.name).await?;
    let is_ours = |plan: &Plan| plan.details.as_ref().is_some_and(|d| d.collection_id == collection.id);
    let is_proven = match plans.first() {
        Some(_) => plans.iter().all(is_ours),
        None => match ask(rpc, class, deadline, collection, NOBODY).await {
            Ok(_) => false,
            Err(error) if matches!(error.status, Status::CollectionNotFound | Status::InvalidArgument) => {
                true
            }
            Err(error) => return Err(error),
        },
    };
    if is_proven {
        Ok(plans)
    } else {
        unsupported("is not possible: this server ignores the collection's name")
    }
}

/// The jobs of these tasks.
pub(super) fn job_ids(tasks: &[Plan]) -> HashSet<i64> {
    tasks.iter().filter_map(|plan| plan.details.as_ref()).map(|details| details.job_id).collect()
}

async fn ask(
    rpc: &Rpc,
    class: RetryClass,
    deadline: Deadline<'_>,
    collection: &Collection,
    name: &str,
) -> Result<Vec<Plan>, Error> {
    let asked = GetCompactionPlansRequest {
        compaction_id: 0,
        db_name: collection.database.clone(),
        collection_name: name.to_owned(),
    };
    state::merge_infos(rpc, class, deadline, &collection.database, asked).await
}
