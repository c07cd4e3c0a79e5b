//! What must be said of each recorded situation. It is in a file beside the recordings, which docs/truth.md is made from
//! too: written from what the recordings' first lines say happened and from what is stored at their ends, and from
//! nothing that this library says.

use std::sync::OnceLock;

use serde_json::Value;

/// What has to be said in the end: the name of a verdict, or of a status where there is none.
pub(crate) type Said = &'static str;

/// This server would ignore what is asked for, and compact something else.
const UNSUPPORTED: Said = "UNSUPPORTED";

/// What is true of one recording.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expected {
    /// To the client that sends the recorded trigger.
    pub(crate) said: Said,
    /// What is as right, if the message has these words: where it depends on what the client sees in time.
    pub(crate) or: Option<(Said, &'static str)>,
    /// Rows that the job purged. Its owner has to be told of them where some remain; no other number may be told.
    pub(crate) purged: i64,
    /// Seconds after which the client gives up: fewer where waiting longer shows nothing more.
    pub(crate) limit: u64,
}

/// By situation: `said`, `or`, `purged`, `limit_s`, `later` (by the number of a later trigger, what its client has to
/// be told), and `on`, which has by server what is otherwise there.
fn table() -> &'static Value {
    static TABLE: OnceLock<Value> = OnceLock::new();
    TABLE.get_or_init(|| serde_json::from_str(include_str!("../recordings/expected.json")).unwrap())
}

/// What is expected of this situation on this server; `None` if the table does not have it.
pub(crate) fn expected(version: &str, situation: &str) -> Option<Expected> {
    let row = table().get(situation)?;
    let of = |key: &str| row["on"][version].get(key).or_else(|| row.get(key));
    Some(Expected {
        said: of("said")?.as_str()?,
        or: of("or").map(|or| (or["said"].as_str().unwrap(), or["words"].as_str().unwrap())),
        purged: of("purged").map_or(0, |rows| rows.as_i64().unwrap()),
        limit: of("limit_s").map_or(45, |limit| limit.as_u64().unwrap()),
    })
}

/// What the clients of later triggers of this situation have to be told.
pub(crate) fn later(situation: &str) -> impl Iterator<Item = (usize, Said)> {
    let later = table()[situation]["later"].as_object().into_iter().flatten();
    later.map(|(number, said)| (number.parse().unwrap(), said.as_str().unwrap()))
}

/// Whether the trigger gives the client a job, and not a refusal.
pub(crate) fn has_job(expected: &Expected) -> bool {
    ![UNSUPPORTED, "INVALID_ARGUMENT", "BUSY", "COMPACTION_DISABLED"].contains(&expected.said)
}

/// What a client has to be told that knows nothing but the job's id and its collection.
pub(crate) fn of_a_job_of_others(situation: &str, expected: &Expected) -> Option<Expected> {
    let said = match expected.said {
        "NOTHING_TO_DO" => return None, // there is no job
        "NOT_STARTED" => "SUCCEEDED",   // the job that the trigger was answered with
        said => said,
    };
    // Who comes after the renaming has to use the new name. Whoever came before is not let off so (`meet`).
    let or = match situation {
        "renamed" => Some(("COLLECTION_NOT_FOUND", "no collection or alias")),
        _ => expected.or,
    };
    has_job(expected).then_some(Expected { said, or, ..*expected })
}

/// The job that a server ran although this library refuses to ask it for what it would ignore: a plain one, which
/// succeeded in all these recordings. Another client's job can only be judged by what is seen of it.
pub(crate) fn of_the_job_that_ran_instead(expected: Expected) -> Option<Expected> {
    (expected.said == UNSUPPORTED).then_some(Expected { said: "SUCCEEDED", ..expected })
}

/// The situations of which the table tells, with the servers that it names.
pub(crate) fn rows() -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    const KEYS: [&str; 6] = ["said", "or", "purged", "limit_s", "later", "note"];
    table().as_object().unwrap().iter().map(|(situation, row)| {
        let on = row["on"].as_object();
        let own = row.as_object().unwrap().keys().filter(|key| *key != "on");
        let keys = own.chain(on.into_iter().flatten().flat_map(|(_, row)| row.as_object().unwrap().keys()));
        keys.for_each(|key| assert!(KEYS.contains(&key.as_str()), "nobody reads {key} of {situation}"));
        (situation.as_str(), on.into_iter().flatten().map(|(version, _)| version.as_str()).collect())
    })
}
