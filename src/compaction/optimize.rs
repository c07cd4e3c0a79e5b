//! Brings a collection into the state that people compact for: stored, sorted, merged, indexed and served. Each stage is
//! a function here; what it needs is beside it.

use std::collections::HashSet;

use tokio::time::Instant;

pub mod many;
mod results;
mod rounds;
mod run;
mod serve;
mod served;
pub mod settings;
pub mod stage;
mod work;

use results::Results;
use rounds::{Compacted, Rounds};
use run::Run;
use serve::{Serve, Serving, all_served, not_served};
use settings::Settings;
use stage::{Optimized, Stage, StepState};

use super::call_context::CallContext;
use super::concurrently::Group;
use super::follow::Show;
use super::found::Found;
use super::teller::Teller;
use super::trigger::{self, Prepared};
use super::verdict::Verdict;
use crate::error::{Error, Status};
use crate::flush::{self, SortWait};
use crate::index::{self, Built};
use crate::load;
use crate::operation::Part;
use crate::outage::may_pass;
use crate::poll_limiter::pause_after_failure;
use crate::polling::through_outages;
use crate::proto::common::LoadState;
use crate::rpc::Deadline;
use crate::segments::{Segment, waiting_to_be_sorted};
use crate::server::HAS_SORTED;
use crate::text::counted;

/// The longest wait for sorting before the rounds, which wait for the rest.
const LONGEST_SORT: std::time::Duration = std::time::Duration::from_mins(1);

/// Runs the stages one after another within one deadline. Whatever ends them early is in the result.
pub(crate) async fn optimize(
    context: CallContext<'_>,
    told: (Show<'_>, &Teller),
    name: &str,
    settings: &Settings,
) -> Optimized {
    let one: Part<'_, _> = Box::pin(optimize_one(context, told, name, settings, None));
    one.await
}

async fn optimize_one(
    context: CallContext<'_>,
    told: (Show<'_>, &Teller),
    name: &str,
    settings: &Settings,
    group: Option<&Group>,
) -> Optimized {
    let begun = Instant::now();
    let prepared = match Box::pin(prepare(context, name, settings, group)).await {
        Ok(prepared) => prepared,
        Err(error) => {
            return Optimized { took: begun.elapsed(), ..Optimized::failed(name.to_owned(), error) };
        }
    };
    let found = Found::new(context.rpc(), &prepared.collection, begun).binding();
    let Prepared { collection, server, partition_id, .. } = prepared;
    let mut run = Run::new((context, told), (settings, group), (collection, server), name);
    let ended = Box::pin(stages(&mut run, partition_id, found)).await;
    if ended.is_ok() {
        run.enter(Stage::Done);
    }
    let mut out = run.out;
    match ended {
        Ok(None) => out.stage = Stage::Done,
        Ok(error) => (out.stage, out.error) = (Stage::Done, error),
        Err(error) => out.error = Some(said(error, &out)),
    }
    let job_id = out.job_id;
    out.error = out
        .error
        .map(|error| if error.job_id == 0 && !error.in_doubt { error.about_job(job_id) } else { error });
    out.took = begun.elapsed();
    out
}

/// Checks everything before the first stage.
async fn prepare(
    context: CallContext<'_>,
    name: &str,
    settings: &Settings,
    group: Option<&Group>,
) -> Result<Prepared, Error> {
    settings.check()?;
    let _turn = match group {
        Some(group) => Some(group.turn(context.deadline).await?),
        None => None,
    };
    let prepared = trigger::prepare(context, name, None, &settings.params).await?;
    settings.check_server(&prepared.server)?;
    group.map_or(Ok(()), |group| group.claim(&prepared.collection, name))?;
    Ok(prepared)
}

/// Says in the error of a stage what had been done before it.
fn said(error: Error, out: &Optimized) -> Error {
    match (out.stage, out.verdict) {
        (Stage::Compact, _) => error,
        (_, Verdict::NothingToDo) => {
            error.context("the collection needed no compaction, but a later step failed")
        }
        (_, Verdict::Succeeded) => error.context("the collection was compacted, but a later step failed"),
        _ => error.context("nothing was compacted"),
    }
}

/// Runs the stages. Returns the error of rounds that ended too early, if the stages after them succeeded.
async fn stages(run: &mut Run<'_>, partition_id: i64, found: Found) -> Result<Option<Error>, Error> {
    flush(run).await?;
    sort(run).await?;
    build_indexes(run, Stage::Index).await?;
    let compacted = if run.begins(Stage::Compact) {
        let since = Instant::now();
        let rounds: Part<'_, _> = Box::pin(Rounds::new(run, partition_id, found).compact());
        let ended = rounds.await;
        if let Err(error) = &ended {
            run.step(Stage::Compact, since, StepState::Failed, error.message());
        }
        ended?
    } else {
        untouched(run).await?
    };
    if run.settings.only_estimate {
        return Ok(compacted.and_then(|compacted| compacted.error));
    }
    // A bound that kept the first round from its trigger ends it all.
    let Some(mut compacted) = compacted else {
        build_indexes(run, Stage::Reindex).await?;
        let is_loaded = is_loaded(run).await?;
        let until = Instant::now() + run.settings.serve;
        if load(run, is_loaded, until, true).await? {
            run.step(Stage::Serve, Instant::now(), StepState::Skipped, "the server does not list segments");
        }
        return Ok(None);
    };
    if let Some(error) =
        compacted.error.take_if(|error| compacted.results.is_empty() && error.status != Status::Incomplete)
    {
        return Err(error);
    }
    build_indexes(run, Stage::Reindex).await?;
    load_and_serve(run, &mut compacted).await?;
    Ok(compacted.error)
}

/// What is stored, if the caller wants no compaction.
async fn untouched(run: &mut Run<'_>) -> Result<Option<Compacted>, Error> {
    let Some(stored) = run.list_if_allowed().await? else { return Ok(None) };
    let mut results = Results::default();
    results.begin(&stored);
    Ok(Some(Compacted { results, stored, error: None }))
}

async fn flush(run: &mut Run<'_>) -> Result<(), Error> {
    if !run.begins(Stage::Flush) {
        return Ok(());
    }
    let since = Instant::now();
    let (client_state, deadline) = (run.context.client_state, run.context.deadline);
    let (rpc, limiter) = (&client_state.rpc, &client_state.collection_limiter);
    let flushed =
        through_outages(rpc, deadline, || flush::flush(rpc, limiter, deadline, &run.collection)).await;
    let text = |flushed: &HashSet<i64>| match i64::try_from(flushed.len()).unwrap_or(i64::MAX) {
        0 => "all rows were stored already".to_owned(),
        count => format!("stored the rows of {}", counted(count, "segment")),
    };
    run.flushed = run.ends(Stage::Flush, since, flushed, text)?;
    Ok(())
}

/// Waits some time until the segments are sorted. The rounds wait for the rest.
async fn sort(run: &mut Run<'_>) -> Result<(), Error> {
    if !run.begins(Stage::Sort) {
        return Ok(());
    }
    let since = Instant::now();
    let (client_state, deadline) = (run.context.client_state, run.context.deadline);
    let (rpc, limiter) = (&client_state.rpc, &client_state.collection_limiter);
    let tell = |done, total| run.tell(done, total);
    let told = (&run.flushed, &tell as flush::Tell<'_>);
    let waited = flush::wait_until_sorted(rpc, limiter, deadline, &run.collection, LONGEST_SORT, told).await;
    let sorts = run.server.is_at_least(HAS_SORTED);
    match waited {
        // A server that cannot list segments can still compact them.
        Err(error) if matches!(error.status, Status::PermissionDenied | Status::Unsupported) => {
            run.step(Stage::Sort, since, StepState::Skipped, "the server does not list segments");
        }
        waited => {
            let text = |waited: &SortWait| match waited.unsorted.map(waiting_to_be_sorted) {
                None => "the server did not say in time what is sorted".to_owned(),
                Some(Some(text)) => text,
                Some(None) if sorts => "all segments are sorted".to_owned(),
                Some(None) => "this server does not sort".to_owned(),
            };
            run.ends(Stage::Sort, since, waited, text)?;
        }
    }
    Ok(())
}

/// Old servers never compact rows without an index; newer ones leave out rows while they are being indexed.
async fn build_indexes(run: &mut Run<'_>, stage: Stage) -> Result<(), Error> {
    if !run.begins(stage) {
        return Ok(());
    }
    let since = Instant::now();
    let (client_state, deadline) = (run.context.client_state, run.context.deadline);
    let (rpc, limiter) = (&client_state.rpc, &client_state.collection_limiter);
    let tell = |done, total| run.tell_numbers(done, total);
    let built = index::wait_until_built(rpc, limiter, deadline, &run.collection, &tell).await;
    let text = |built: &Built| {
        let text = match built {
            Built::Complete => "all rows are indexed",
            Built::Without => "the collection has no index",
            Built::Dropped => "the index was dropped meanwhile",
        };
        text.to_owned()
    };
    run.ends(stage, since, built, text)?;
    Ok(())
}

async fn is_loaded(run: &mut Run<'_>) -> Result<bool, Error> {
    let (rpc, deadline) = (run.context.rpc(), run.context.deadline);
    let state = through_outages(rpc, deadline, || load::state(rpc, deadline, &run.collection, None)).await?;
    if state == LoadState::NotExist {
        run.find().await?; // it says so of a collection that was dropped
    }
    let is_loaded = matches!(state, LoadState::Loaded | LoadState::Loading);
    run.out.is_loaded = Some(is_loaded);
    Ok(is_loaded)
}

/// Refreshes the load. Returns whether the collection is loaded. `until`: when the time for it ends. `is_last`: no other
/// stage finds out then what is missing.
async fn load(run: &mut Run<'_>, is_loaded: bool, until: Instant, is_last: bool) -> Result<bool, Error> {
    if !run.begins(Stage::Load) {
        return Ok(is_loaded);
    }
    let since = Instant::now();
    if !is_loaded {
        run.step(Stage::Load, since, StepState::Skipped, NOT_LOADED);
        if run.begins(Stage::Serve) {
            run.step(Stage::Serve, since, StepState::Skipped, NOT_LOADED);
        }
        return Ok(false);
    }
    let whole = run.context.deadline;
    let deadline = whole.within(until.saturating_duration_since(since));
    match Box::pin(refresh(run, deadline)).await {
        Ok(true) => run.step(Stage::Load, since, StepState::Done, "the query nodes have loaded the result"),
        Ok(false) => run.step(Stage::Load, since, StepState::Skipped, NOT_LOADED),
        Err(error) => {
            run.step(Stage::Load, since, StepState::Failed, error.message());
            // If only the time for the serving is over, the next stage finds out what is missing.
            if whole.has_passed() || !may_pass(&error) || is_last {
                return Err(error);
            }
        }
    }
    Ok(true)
}

/// Refreshes the load as soon as the collection is loaded. Returns whether it is: somebody may release it.
async fn refresh(run: &mut Run<'_>, deadline: Deadline<'_>) -> Result<bool, Error> {
    let (rpc, limiter) = (run.context.rpc(), &run.context.client_state.collection_limiter);
    let tell = |done, total| run.tell_numbers(done, total);
    let begun = Instant::now();
    loop {
        let state =
            through_outages(rpc, deadline, || load::state(rpc, deadline, &run.collection, None)).await?;
        let refreshed = match state {
            LoadState::Loaded => {
                let refresh = || load::refresh(rpc, limiter, deadline, &run.collection, &tell);
                through_outages(rpc, deadline, refresh).await
            }
            LoadState::NotLoad => return Ok(false),
            LoadState::Loading | LoadState::NotExist => {
                run.find().await?; // fails if the collection was dropped
                Err(Error::new(Status::Timeout, "the query nodes still load the collection").retriable())
            }
        };
        match refreshed {
            Ok(()) => return Ok(true),
            // Released or loaded again meanwhile.
            Err(error) if may_pass(&error) || serve::NOT_LOADED.contains(&error.server_code) => {
                if !deadline.sleep(pause_after_failure(begun.elapsed())).await {
                    return Err(error.retriable());
                }
            }
            Err(error) => return Err(error),
        }
    }
}

const NOT_LOADED: &str = "the collection is not loaded";

/// Has the query nodes load the result, and waits until they serve it and nothing that it replaced.
async fn load_and_serve(run: &mut Run<'_>, compacted: &mut Compacted) -> Result<(), Error> {
    let (wants_load, wants_serve) = (!run.settings.skips(Stage::Load), !run.settings.skips(Stage::Serve));
    let is_loaded = (wants_load || wants_serve) && is_loaded(run).await?;
    let until = Instant::now() + run.settings.serve;
    let has_results = !compacted.results.is_empty();
    let stored: &[Segment] = &compacted.stored;
    let mut serve = Serve::new(&mut compacted.results, stored);
    let begun = Instant::now();
    let complete = if is_loaded && wants_load && wants_serve && !has_results {
        serve.complete(run).await?
    } else {
        None
    };
    if complete.is_some() {
        run.begins(Stage::Load);
        run.step(Stage::Load, begun, StepState::Skipped, "the query nodes serve everything already");
    } else if !load(run, is_loaded, until, !wants_serve).await? {
        return Ok(());
    }
    if !run.begins(Stage::Serve) {
        return Ok(());
    }
    let since = Instant::now();
    let ended = match complete {
        Some(count) => Ok(Serving::All(count)),
        None => serve.wait(run, until).await,
    };
    match ended {
        Ok(Serving::All(count)) => {
            run.out.served = Some(i64::try_from(count).unwrap_or(i64::MAX));
            run.step(Stage::Serve, since, StepState::Done, all_served(count));
            Ok(())
        }
        Ok(Serving::NotLoaded) => {
            run.out.is_loaded = Some(false);
            run.step(Stage::Serve, since, StepState::Skipped, NOT_LOADED);
            Ok(())
        }
        Ok(Serving::Lacking(lacks)) => {
            let error = not_served(run, &lacks);
            run.step(Stage::Serve, since, StepState::Failed, error.message());
            Err(error)
        }
        Err(error) => {
            run.step(Stage::Serve, since, StepState::Failed, error.message());
            Err(error)
        }
    }
}
