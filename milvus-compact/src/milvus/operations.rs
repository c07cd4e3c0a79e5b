//! What the command asks of a server. Each operation runs as a future, so that it can be stopped.

use std::ffi::CString;
use std::ptr::null;

use super::future::{Future, Go};
use super::lists::{self, got};
use super::values::{
    Check, Optimized, Plan, Progress, Report, Segment, ServerInfo, Surveyed, Target, Triggered,
};
use super::{Client, Failure, c_text, checked, text, texts};
use crate::ffi;

/// Is asked again and again whether to go on.
pub type Tick<'a> = &'a mut dyn FnMut(Progress) -> Go;

/// What to compact of a collection, and how.
#[derive(Clone, Debug, Default)]
pub struct Kind {
    pub is_clustering: bool,
    pub is_l0: bool,
    pub target_size_mb: i64,
    pub partition: Option<String>,
    pub channel: Option<String>,
}

impl Kind {
    /// Whether it is about a part of the collection.
    fn is_partial(&self) -> bool {
        self.partition.is_some() || self.channel.is_some()
    }

    /// Calls with the struct of C, whose texts live for that call.
    fn with<T>(
        &self,
        database: &str,
        call: impl FnOnce(*const ffi::milvus_compact_params) -> T,
    ) -> Result<T, Failure> {
        let database = c_text("the name of the database", database)?;
        let partition =
            self.partition.as_deref().map(|name| c_text("the name of the partition", name)).transpose()?;
        let channel =
            self.channel.as_deref().map(|name| c_text("the name of the channel", name)).transpose()?;
        let pointer = |text: &Option<CString>| text.as_ref().map_or(null(), |text| text.as_ptr());
        let params = ffi::milvus_compact_params {
            is_clustering: self.is_clustering.into(),
            is_l0: self.is_l0.into(),
            target_size_mb: self.target_size_mb,
            partition_name: pointer(&partition),
            channel: pointer(&channel),
            database: database.as_ptr(),
            ..ffi::milvus_compact_params::INIT
        };
        Ok(call(&raw const params))
    }
}

/// Which collections are worth a compaction; the library looks at each right before its trigger.
#[derive(Clone, Copy, Debug, Default)]
pub struct Worth {
    pub include_final: bool,
    pub min_segments: i64,
    pub min_deleted_percent: f64,
}

/// How to optimize.
#[derive(Clone, Debug, Default)]
pub struct OptimizeParams {
    pub kind: Kind,
    pub skip_stages: i32,
    pub force: bool,
    pub only_estimate: bool,
    pub max_rounds: i32,
    pub min_segments: i64,
    pub max_rewrite_rows: i64,
}

impl Client {
    pub fn server_info(&self, tick: Tick) -> Result<ServerInfo, Failure> {
        // SAFETY: the handle and the pointer are valid, here and below.
        let future =
            Future::start(|future| unsafe { ffi::milvus_client_server_info_async(self.0, 0, future) })?;
        future.follow(tick)?;
        let info = got!(milvus_server_info, milvus_future_take_server_info(future.handle()));
        Ok(ServerInfo {
            version: text(info.version.as_ptr()),
            deploy_mode: text(info.deploy_mode.as_ptr()),
            is_lite: info.is_lite == ffi::MILVUS_YES,
        })
    }

    pub fn check(&self, target: &Target, kind: &Kind, tick: Tick) -> Result<Check, Failure> {
        let (name, _) = target.texts()?;
        let future = kind.with(&target.database, |params| {
            // SAFETY: texts and structs live until the call returns.
            Future::start(|future| unsafe {
                ffi::milvus_compaction_check_async(self.0, name.as_ptr(), params, 0, future)
            })
        })??;
        future.follow(tick)?;
        Ok(Check::read(&got!(milvus_check_result, milvus_future_take_check_result(future.handle()))))
    }

    /// Starts a compaction, of a whole collection again and again while another compaction holds it. `Err` of the result
    /// is why it is not worth one.
    pub fn trigger(
        &self,
        target: &Target,
        (kind, worth): (&Kind, &Worth),
        timeout_ms: i64,
        tick: Tick,
    ) -> Result<Result<Triggered, String>, Failure> {
        if kind.is_partial() {
            return self.trigger_part(target, kind, tick).map(Ok);
        }
        let (name, _) = target.texts()?;
        let future = kind.with(&target.database, |params| {
            let params = ffi::milvus_many_params {
                compaction: params,
                only_trigger: 1,
                include_final: worth.include_final.into(),
                min_segments: worth.min_segments,
                min_deleted_percent: worth.min_deleted_percent,
                ..ffi::milvus_many_params::INIT
            };
            let names = [name.as_ptr()];
            // SAFETY: texts and structs live until the call returns.
            Future::start(|future| unsafe {
                ffi::milvus_compact_many_async(
                    self.0,
                    names.as_ptr(),
                    1,
                    &raw const params,
                    timeout_ms,
                    future,
                )
            })
        })??;
        let ended = future.follow(tick);
        match (lists::triggered(&future).pop(), ended) {
            (Some(Err(failure)), _) | (None, Err(failure)) => Err(failure),
            (Some(Ok(triggered)), _) => Ok(triggered),
            (None, Ok(())) => Err(Failure::of(ffi::MILVUS_INTERNAL, "there is no result of the trigger")),
        }
    }

    fn trigger_part(&self, target: &Target, kind: &Kind, tick: Tick) -> Result<Triggered, Failure> {
        let (name, _) = target.texts()?;
        let future = kind.with(&target.database, |params| {
            // SAFETY: as above.
            Future::start(|future| unsafe {
                ffi::milvus_compact_with_async(self.0, name.as_ptr(), params, 0, future)
            })
        })??;
        future.follow(tick)?;
        let result = got!(milvus_compact_result, milvus_future_take_compact_result(future.handle()));
        Ok(Triggered {
            trigger: result.trigger,
            job: result.job_id,
            planned: result.planned,
            unsorted: result.unsorted_segments,
        })
    }

    /// Waits for a job: what was found out, also if the wait fails, and how it ended. A job that this client neither
    /// triggered nor imported needs its collection.
    pub fn wait(
        &self,
        target: Option<&Target>,
        job: i64,
        timeout_ms: i64,
        tick: Tick,
    ) -> (Option<Report>, Result<(), Failure>) {
        let started = match target.map(Target::texts).transpose() {
            // SAFETY: as above.
            Ok(Some((name, database))) => Future::start(|future| unsafe {
                ffi::milvus_compaction_wait_in_async(
                    self.0,
                    name.as_ptr(),
                    database.as_ptr(),
                    job,
                    timeout_ms,
                    future,
                )
            }),
            // SAFETY: as above.
            Ok(None) => Future::start(|future| unsafe {
                ffi::milvus_compaction_wait_async(self.0, job, timeout_ms, future)
            }),
            Err(failure) => Err(failure),
        };
        let future = match started {
            Ok(future) => future,
            Err(failure) => return (None, Err(failure)),
        };
        let ended = future.follow(tick);
        let report = got!(milvus_compaction_report, milvus_future_take_report(future.handle()));
        // One that the library did not write has the verdict of a wait that never began, and no job.
        let is_written = report.verdict != ffi::MILVUS_VERDICT_NONE || report.job_id != ffi::MILVUS_NO_JOB;
        (is_written.then(|| Report::read(&report)), ended)
    }

    /// What this client knows about a job, as a line of text.
    pub fn export(&self, job: i64) -> Result<String, Failure> {
        // SAFETY: the buffer has the capacity that is said, and NULL goes with 0.
        texts::whole(|buffer, capacity, length| unsafe {
            ffi::milvus_job_export(self.0, job, buffer, capacity, length)
        })
    }

    /// Learns what another client exported, and returns the job.
    pub fn import(&self, exported: &str) -> Result<i64, Failure> {
        let exported = c_text("the text of the job", exported)?;
        let mut job = 0;
        // SAFETY: all pointers are valid for the call.
        checked(unsafe { ffi::milvus_job_import(self.0, exported.as_ptr(), &raw mut job) }).map(|()| job)
    }

    pub fn plans(&self, job: i64, tick: Tick) -> Result<Vec<Plan>, Failure> {
        // SAFETY: as above.
        let future =
            Future::start(|future| unsafe { ffi::milvus_compaction_plans_async(self.0, job, 0, future) })?;
        future.follow(tick)?;
        Ok(lists::plans(&future))
    }

    /// Every compaction task of a collection that the server remembers.
    pub fn tasks(&self, target: &Target, tick: Tick) -> Result<Vec<Plan>, Failure> {
        let (name, database) = target.texts()?;
        // SAFETY: as above.
        let future = Future::start(|future| unsafe {
            ffi::milvus_compaction_tasks_async(self.0, name.as_ptr(), database.as_ptr(), 0, future)
        })?;
        future.follow(tick)?;
        Ok(lists::plans(&future))
    }

    pub fn segments(&self, target: &Target, which: i32, tick: Tick) -> Result<Vec<Segment>, Failure> {
        let (name, database) = target.texts()?;
        // SAFETY: as above.
        let future = Future::start(|future| unsafe {
            ffi::milvus_segments_async(self.0, name.as_ptr(), database.as_ptr(), which, 0, future)
        })?;
        future.follow(tick)?;
        Ok(lists::segments(&future))
    }

    pub fn flush(&self, target: &Target, timeout_ms: i64, tick: Tick) -> Result<(), Failure> {
        let (name, database) = target.texts()?;
        // SAFETY: as above.
        let future = Future::start(|future| unsafe {
            ffi::milvus_flush_async(self.0, name.as_ptr(), database.as_ptr(), timeout_ms, future)
        })?;
        future.follow(tick)
    }

    /// Optimizes a collection: its result, also if it failed after it began, and how it ended. `begun` gets each job as soon
    /// as it is triggered.
    pub fn optimize(
        &self,
        target: &Target,
        params: &OptimizeParams,
        timeout_ms: i64,
        (begun, tick): (&mut dyn FnMut(i64), Tick),
    ) -> (Option<Optimized>, Result<(), Failure>) {
        match self.start_to_optimize(target, params, timeout_ms) {
            Ok(future) => {
                let ended = future.follow(&mut |progress| {
                    future.triggered().into_iter().for_each(&mut *begun);
                    tick(progress)
                });
                (lists::optimized(&future).pop(), ended)
            }
            Err(failure) => (None, Err(failure)),
        }
    }

    fn start_to_optimize(
        &self,
        target: &Target,
        params: &OptimizeParams,
        timeout_ms: i64,
    ) -> Result<Future, Failure> {
        let (name, _) = target.texts()?;
        params.kind.with(&target.database, |compaction| {
            let params = ffi::milvus_optimize_params {
                compaction,
                skip_stages: params.skip_stages,
                force: params.force.into(),
                only_estimate: params.only_estimate.into(),
                max_rounds: params.max_rounds,
                min_segments: params.min_segments,
                max_rewrite_rows: params.max_rewrite_rows,
                ..ffi::milvus_optimize_params::INIT
            };
            // SAFETY: texts and structs live until the call returns.
            Future::start(|future| unsafe {
                ffi::milvus_optimize_async(self.0, name.as_ptr(), &raw const params, timeout_ms, future)
            })
        })?
    }

    /// The collections of a database that the user may see; "" is the client's own.
    pub fn collections(&self, database: &str, tick: Tick) -> Result<Vec<Target>, Failure> {
        let database = c_text("the name of the database", database)?;
        // SAFETY: as above.
        let future = Future::start(|future| unsafe {
            ffi::milvus_collections_async(self.0, database.as_ptr(), ffi::MILVUS_NO_TIMEOUT, future)
        })?;
        // One that cannot be read is in the list all the same.
        match future.follow(tick) {
            Err(failure) if failure.status != ffi::MILVUS_SOME_FAILED => Err(failure),
            _ => Ok(lists::collections(&future)),
        }
    }

    /// The databases that the user may see.
    pub fn databases(&self, tick: Tick) -> Result<Vec<String>, Failure> {
        // SAFETY: as above.
        let future = Future::start(|future| unsafe { ffi::milvus_databases_async(self.0, 0, future) })?;
        future.follow(tick)?;
        Ok(lists::databases(&future))
    }

    /// What a compaction of one collection would be worth.
    pub fn survey(&self, target: &Target, kind: &Kind, tick: Tick) -> Result<Surveyed, Failure> {
        let (name, _) = target.texts()?;
        let future = kind.with(&target.database, |compaction| {
            let params = ffi::milvus_survey_params { compaction, ..ffi::milvus_survey_params::INIT };
            let names = [name.as_ptr()];
            // SAFETY: texts and structs live until the call returns.
            Future::start(|future| unsafe {
                ffi::milvus_survey_async(
                    self.0,
                    names.as_ptr(),
                    1,
                    &raw const params,
                    ffi::MILVUS_NO_TIMEOUT,
                    future,
                )
            })
        })??;
        let ended = future.follow(tick);
        match (lists::surveyed(&future).pop(), ended) {
            (Some(Surveyed { failure: Some(failure), .. }), _) | (None, Err(failure)) => Err(failure),
            (Some(surveyed), _) => Ok(surveyed),
            (None, Ok(())) => Err(Failure::of(ffi::MILVUS_INTERNAL, "there is no result of the survey")),
        }
    }
}

impl Target {
    /// The names of the collection and its database.
    fn texts(&self) -> Result<(CString, CString), Failure> {
        let collection = c_text("the name of the collection", &self.collection)?;
        Ok((collection, c_text("the name of the database", &self.database)?))
    }
}
