//! Optimizes many collections, several at a time. If one fails, the others continue.

use std::sync::Arc;

use super::super::call_context::CallContext;
use super::super::client_state::ClientState;
use super::super::concurrently::{self, Group, Selection, Work};
use super::super::follow::Show;
use super::super::progress::Progressing;
use super::super::teller::Teller;
use super::settings::Settings;
use super::stage::Optimized;
use crate::error::Error;
use crate::operation::Part;
use crate::rpc::Deadline;

/// The parameters of an optimization of many collections.
#[derive(Clone, Debug)]
pub struct OptimizeMany {
    /// Names or aliases; `None`: every collection of the database.
    pub names: Option<Vec<String>>,
    /// What to do with each. The bounds are those of each collection.
    pub settings: Settings,
    /// How many collections are in progress at a time.
    pub concurrency: usize,
}

impl concurrently::Item for Optimized {
    fn failed(name: String, error: Error) -> Self {
        Self::failed(name, error)
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }

    fn job_id(&self) -> i64 {
        self.job_id
    }
}

/// Optimizes all collections. Returns the result of each, and an error for the whole if one of them failed.
pub(crate) async fn optimize(
    client_state: &Arc<ClientState>,
    progressing: &Arc<dyn Progressing>,
    deadline: Deadline<'_>,
    many: OptimizeMany,
) -> Result<(Vec<Optimized>, Option<Error>), Error> {
    let OptimizeMany { names, settings, concurrency } = many;
    let selection = Selection { names, concurrency };
    selection.check()?;
    settings.check()?;
    settings.params.check_for_many()?;
    let group = Group::new(client_state, progressing);
    concurrently::all(group, selection, deadline, Optimization { settings }).await
}

/// What is done with each collection.
struct Optimization {
    settings: Settings,
}

impl Work for Optimization {
    type Item = Optimized;

    fn run<'w>(
        &'w self,
        (group, teller): (&'w Group, &'w Teller),
        deadline: Deadline<'w>,
        name: String,
    ) -> Part<'w, Box<Optimized>> {
        Box::pin(async move {
            let context = CallContext { client_state: &group.client_state, deadline };
            let show = group.shower();
            let told = (&show as Show<'_>, teller);
            let optimizing: Part<'_, _> =
                Box::pin(super::optimize_one(context, told, &name, &self.settings, Some(group)));
            let mut out = optimizing.await;
            out.error = out.error.map(|error| deadline.settle(error));
            Box::new(out)
        })
    }
}
