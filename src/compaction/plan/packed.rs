//! Plans in few bytes, as a wait keeps them between two polls.

use super::{Details, ManagementEvidence, Plan, Plans};
use crate::packed::packs;

packs!(Plan {
    sources,
    target,
    details,
    judged,
    evidence,
    is_listed,
    was_gone,
    was_empty,
    was_left,
    is_settled,
    is_twice
});
packs!(Details {
    plan_id,
    job_id,
    collection_id,
    partition_id,
    channel,
    kind,
    state,
    failure_reason,
    targets
});
packs!(ManagementEvidence { reason, is_clustering });
packs!(Plans { by_key, words, is_full });
