//! Triggers a compaction of exactly one collection, at most once.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::time::Instant;

use super::answered::Triggered;
use super::call_context::{CallContext, POLL_LIMIT};
use super::chosen::Chosen;
use super::found::Found;
use super::job_history::Origin;
use super::left_out;
use super::params::Params;
use super::resolve::{self, ResolutionState};
use super::snapshot::Snapshot;
use super::state::{self, State};
use super::turns::Turn;
use super::{answered, running, selection, tasks};
use crate::collection::{self, Collection};
use crate::error::{Error, Status};
use crate::panics;
use crate::proto::service::{ManualCompactionRequest, ManualCompactionResponse};
use crate::rpc::RetryClass;
use crate::segments::{self, Segment};
use crate::server::{COUNTS_PLANS, LISTS_NO_TASKS, SELECTS_BY_NAME, Server};
use crate::text::quotable;
use crate::trace;
use crate::traits::Traits;

/// A checked trigger: this server will do exactly what it asks for.
pub(super) struct Prepared {
    pub(super) collection: Collection,
    pub(super) server: Server,
    pub(super) partition_id: i64,
    /// The segments, if the checks needed them.
    pub(super) segments: Option<Vec<Segment>>,
}

/// Triggers a compaction. `found`: the collection, if the caller has just looked it up.
///
/// A collection can be renamed between its look-up and its trigger, and an alias still leads to it, or it is the one that
/// is meant. So if the server does not find it, the client looks it up once more.
pub(crate) async fn compact(
    context: CallContext<'_>,
    name: &str,
    found: Option<Box<Found>>,
    params: &Params,
) -> Result<Triggered, Error> {
    let follows = found.as_ref().is_some_and(|found| found.follows_renames());
    let Failed { error, collection } = match compact_once(context, name, found, params).await {
        Ok(triggered) => return Ok(triggered),
        Err(failed) => failed,
    };
    let asked = collection.filter(|_| error.status == Status::CollectionNotFound && !error.in_doubt);
    let Some(asked) = asked else { return Err(error) };
    let (rpc, since) = (context.rpc(), Instant::now());
    let found = Found::new(rpc, &asked, since);
    // Also if it has to wait for its turn: never another collection that gets the name.
    let found = if follows { found.following_renames() } else { found.binding() };
    match Box::pin(found.look_up(rpc, context.deadline, name)).await {
        Ok(now) if now.name != asked.name => {
            let again = compact_once(context, name, Some(Box::new(found.found_as(now))), params);
            Box::pin(again).await.map_err(|failed| failed.error)
        }
        Err(again) if again.status != Status::CollectionNotFound => Err(nothing_started(again)),
        _ => Err(error),
    }
}

/// A trigger that failed, and the collection that it was sent for, if it was sent.
struct Failed {
    error: Error,
    collection: Option<Collection>,
}

async fn compact_once(
    context: CallContext<'_>,
    name: &str,
    found: Option<Box<Found>>,
    params: &Params,
) -> Result<Triggered, Failed> {
    let unprepared = |error| Failed { error: nothing_started(error), collection: None };
    let (prepared, turn) = in_turn(context, name, found, params).await.map_err(unprepared)?;
    if params.only_if_idle {
        let idle = running::check_idle(context, &prepared.server, &prepared.collection);
        Box::pin(idle).await.map_err(unprepared)?;
    }
    let request = request(&prepared, params);
    let origin = Arc::new(origin(context, prepared, params).await);
    // Boxed here: every function that passes the future on would reserve its full size on the caller's stack.
    let triggered = Box::pin(async {
        let (reply, connection) = trigger(context, &origin.collection, params, request).await?;
        if reply.compaction_id <= 0 && reply.compaction_plan_count > 0 {
            let plans = reply.compaction_plan_count;
            let text = format!("the server scheduled {plans} plans but gave no job id");
            return Err(Error::new(Status::ServerError, text).in_doubt());
        }
        context.history().clear_doubts_before(&origin);
        answered::started(context, Arc::clone(&origin), &reply, connection).await
    });
    let triggered = panics::caught_in_doubt(triggered).await;
    drop(turn);
    let result = match triggered {
        Err(error) if error.status == Status::Busy && params.segment_ids.is_some() => {
            Err(Box::pin(selection::held_or_gone(context, &origin.collection, params, error)).await)
        }
        Err(error) if error.in_doubt => {
            let looked = Box::pin(doubt(context, &origin, error.clone()));
            Err(panics::caught(looked).await.unwrap_or(error)) // a defect there makes nothing certain
        }
        result => result,
    };
    result.map_err(|error| Failed { error, collection: Some(origin.collection.clone()) })
}

/// Prepares a trigger that has its turn among those of this client for the collection.
async fn in_turn(
    context: CallContext<'_>,
    name: &str,
    mut found: Option<Box<Found>>,
    params: &Params,
) -> Result<(Prepared, Turn), Error> {
    let (turns, mode) = (&context.client_state.turns, params.mode());
    loop {
        let prepared = prepare(context, name, found.clone(), params).await?;
        if let Some(turn) = turns.at_once(&prepared.collection, mode) {
            return Ok((prepared, turn));
        }
        let turn = Box::pin(turns.turn(&prepared.collection, mode, context.deadline)).await?;
        // What was seen before may be true no more: it can have taken long.
        if let Some(found) = &mut found {
            found.use_up();
        }
        let now = Box::pin(prepare(context, name, found.clone(), params)).await?;
        if now.collection.is_same(&prepared.collection) {
            return Ok((now, turn));
        }
    }
}

/// Looks the collection up unless it was `found` a moment ago on this connection, and refuses every request that this
/// server would not carry out exactly.
pub(super) async fn prepare(
    context: CallContext<'_>,
    name: &str,
    found: Option<Box<Found>>,
    params: &Params,
) -> Result<Prepared, Error> {
    let (rpc, deadline) = (context.rpc(), context.deadline);
    collection::check_name(name)?;
    params.check()?;
    let server = rpc.server(deadline).await?;
    params.check_server(&server)?;
    let collection = match found {
        Some(found) if found.is_current(rpc) => found.into_collection(),
        Some(earlier) => Box::pin(earlier.look_up(rpc, deadline, name)).await?,
        None => collection::find(rpc, deadline, name).await?,
    };
    let quoted = quotable(&collection.name);
    if params.is_clustering && !collection.has_clustering_key {
        let text = format!("collection \"{quoted}\" has no clustering key to cluster by");
        return Err(Error::invalid_argument(text));
    }
    check_selection(&server, &collection)?;
    if let Some(channel) = params.channel.as_ref().filter(|channel| !collection.channels.contains(channel)) {
        let known = collection.channels.join(", ");
        let channel = quotable(channel);
        let text = format!("channel: collection \"{quoted}\" has no channel \"{channel}\"; it has {known}");
        return Err(Error::invalid_argument(text));
    }
    let partition_id = match &params.partition {
        Some(partition) => collection::partition_id(rpc, deadline, &collection, partition).await?,
        None => 0,
    };
    let segments = match &params.segment_ids {
        Some(wanted) => {
            let known = segments::persistent(rpc, RetryClass::Read, deadline, &collection).await?;
            selection::check(wanted, &known, &collection)?;
            Some(known)
        }
        None => None,
    };
    Ok(Prepared { collection, server, partition_id, segments })
}

/// Servers before 2.4.18 look only at the id, and take 0 for every collection of every database.
fn check_selection(server: &Server, collection: &Collection) -> Result<(), Error> {
    if collection.id > 0 || server.selects_by_name() {
        return Ok(());
    }
    let name = quotable(&collection.name);
    server.require(SELECTS_BY_NAME, &format!("compacting \"{name}\", for which the server reports no id,"))
}

/// Servers before 2.4.18 select the collection by its id. Later ones select it by its name, and check the privileges for
/// that name; some of them do not read the database from the header.
fn request(prepared: &Prepared, params: &Params) -> ManualCompactionRequest {
    let collection = &prepared.collection;
    ManualCompactionRequest {
        collection_id: collection.id.max(0),
        major_compaction: params.is_clustering,
        collection_name: collection.name.clone(),
        db_name: collection.database.clone(),
        partition_id: prepared.partition_id,
        channel: params.channel.clone().unwrap_or_default(),
        segment_ids: params.segment_ids.clone().unwrap_or_default(),
        l0_compaction: params.is_l0,
        target_size: params.target_size_mb,
    }
}

/// Reads the state before the trigger, for later comparison. This takes little time and may fail without harm.
async fn origin(context: CallContext<'_>, prepared: Prepared, params: &Params) -> Origin {
    let Prepared { mut collection, server, segments, partition_id } = prepared;
    // Not needed after the checks.
    (collection.channels, collection.traits) = (Vec::new(), Traits::default());
    let (rpc, history, limit) = (context.rpc(), context.history(), context.for_optional().deadline);
    let segments = match segments {
        Some(segments) => Some(segments),
        None if server.is_lite() => None,
        None => segments::persistent(rpc, RetryClass::Poll, limit, &collection).await.ok(),
    };
    let before = segments.as_deref().map(Snapshot::of);
    // The client asks only servers that may list jobs: those of a known version after the last one without the list.
    let may_list = server.version().is_some_and(|version| version > LISTS_NO_TASKS);
    let tasks_before =
        if may_list { tasks::list(rpc, RetryClass::Poll, limit, &collection).await.ok() } else { None };
    let jobs_before = tasks_before.as_ref().map(|tasks| tasks::job_ids(tasks));
    // Compactions that ran before explain segments that are gone afterwards.
    let mut taken = history.unfinished_sources(&collection);
    let running = tasks_before.iter().flatten().filter(|task| task.is_running());
    taken.extend(running.flat_map(|task| &task.sources));
    let plans_before = match &before {
        Some(before) if server.is_before(COUNTS_PLANS) => {
            let plans = state::plans_of_all(rpc, RetryClass::Poll, limit).await.ok();
            plans.map(|plans| resolve::plans_on(&plans, &before.ids()))
        }
        _ => None,
    };
    taken.extend(plans_before.iter().flat_map(HashMap::keys).flatten());
    let mut running = None;
    if let Some(job_id) = history.unfinished(&collection).filter(|_| jobs_before.is_none())
        && let Ok(listed) = state::listed(rpc, RetryClass::Poll, limit, job_id).await
    {
        running = (listed.state == State::Executing).then_some(job_id);
        taken.extend(listed.plans.into_iter().flat_map(|plan| plan.sources));
    }
    let chosen = Chosen {
        partition_id,
        segment_ids: params.segment_ids.as_ref().map(|ids| ids.iter().copied().collect()),
        is_one_channel: params.channel.is_some(),
    };
    let (since, mode) = (Instant::now(), params.mode());
    Origin {
        since,
        collection,
        mode,
        chosen,
        before,
        is_late: false,
        taken,
        jobs_before,
        plans_before,
        running,
    }
}

impl Origin {
    /// The number of unsorted segments, if the server reports it.
    pub(super) fn unsorted(&self) -> Option<i64> {
        self.before.as_ref().map(|before| left_out::unsorted(before, &self.chosen))
    }
}

/// Sends the trigger. Also returns the generation of the connection that carried it.
async fn trigger(
    context: CallContext<'_>,
    collection: &Collection,
    params: &Params,
    request: ManualCompactionRequest,
) -> Result<(ManualCompactionResponse, u64), Error> {
    // Another connection may reach another server, which would ignore options that the first one knows.
    let check = |server: &Server| {
        params.check_server(server)?;
        check_selection(server, collection)
    };
    let call = (RetryClass::Trigger, context.deadline, collection.database.as_str(), request);
    let answered = context.rpc().unary_to(call, &check).await;
    answered.inspect(|(reply, _)| trace::about_job(reply.compaction_id, None)).map_err(|error| {
        let name = quotable(&collection.name);
        let doubt = if error.in_doubt { "may or may not have been started" } else { "was not started" };
        error.context(format!("compaction of \"{name}\" {doubt}"))
    })
}

/// Stores a trigger in doubt, and adds to the error what the client can find out in the remaining time.
async fn doubt(context: CallContext<'_>, origin: &Arc<Origin>, error: Error) -> Error {
    context.history().doubt(Arc::clone(origin));
    if context.deadline.has_passed() {
        return error;
    }
    let found = resolve::after(context.within(POLL_LIMIT), RetryClass::Poll, origin).await;
    let Ok(found) = found else { return error.resolved(ResolutionState::Unknown as i32) };
    resolve::remember(context.history(), origin, &found);
    let text = format!("{}; {}", error.message(), found.text);
    error.saying(&text).about_job(found.job_id).resolved(found.state as i32)
}

/// Adds to a timeout that nothing was compacted: the trigger was not sent.
fn nothing_started(error: Error) -> Error {
    match error.status {
        Status::Timeout => error.context("nothing was compacted"),
        _ => error,
    }
}
