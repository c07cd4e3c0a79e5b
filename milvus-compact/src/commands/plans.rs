//! `plans`: the plans of a job, or of a collection.

use super::tables::table;
use crate::arguments::Plans;
use crate::context::Context;
use crate::milvus::{Plan, Target, names};
use crate::{exit, ffi};

pub(super) fn plans(context: &Context, arguments: &Plans) -> u8 {
    let stop = &mut |_| context.stop.go();
    // No collection's name begins with a digit.
    let found = if let Ok(job) = arguments.of.parse() {
        context.client.plans(job, stop)
    } else {
        let target = Target { collection: arguments.of.clone(), ..Target::default() };
        context.client.tasks(&target, stop)
    };
    let plans = match found {
        Ok(plans) => plans,
        Err(failure) => {
            context.output.complaint(&failure.message);
            return exit::of(&failure, false);
        }
    };
    if context.output.json {
        for plan in &plans {
            context.output.listing(&plan.json.to_string());
        }
        return exit::DONE;
    }
    if plans.is_empty() {
        context.output.listing("no plans: the server has none of it, or has forgotten them");
        return exit::DONE;
    }
    let mut table = table(&["sources", "targets", "how it ended", "type", "state"]);
    for plan in &plans {
        let details = plan.details.as_ref();
        table.add_row([
            listed(&plan.sources),
            listed(&plan.targets),
            how(plan),
            details.map_or("-", |details| names::plan_type(details.kind)).to_owned(),
            details.map_or("-", |details| names::plan_state(details.state)).to_owned(),
        ]);
    }
    context.output.listing(&table.to_string());
    exit::DONE
}

fn listed(ids: &[i64]) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

fn how(plan: &Plan) -> String {
    let mut text = match plan.judgement {
        ffi::MILVUS_JUDGEMENT_OPEN => "not judged by a wait".to_owned(),
        judgement => format!("{} ({})", names::judgement(judgement), names::reason(plan.reason)),
    };
    if !plan.failure_reason.is_empty() {
        text = format!("{text}: {}", plan.failure_reason);
    }
    text
}
