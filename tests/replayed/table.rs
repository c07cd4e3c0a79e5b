//! What must be said of each recorded situation: written from what the recordings' first lines say happened and from
//! what is stored at their ends, and from nothing that this library says.

/// What has to be said in the end: the name of a verdict, or of a status where there is none.
pub(crate) type Said = &'static str;

const SUCCEEDED: Said = "SUCCEEDED";
const NOTHING_TO_DO: Said = "NOTHING_TO_DO";
const PARTLY_FAILED: Said = "PARTLY_FAILED";
const FAILED: Said = "FAILED";
/// The answer to a clustering trigger names a job that is not clustering.
const NOT_STARTED: Said = "NOT_STARTED";
/// Nothing is free to be compacted, because another job holds it.
const BUSY: Said = "BUSY";
const TIMEOUT: Said = "TIMEOUT";
const COLLECTION_NOT_FOUND: Said = "COLLECTION_NOT_FOUND";
const COMPACTION_DISABLED: Said = "COMPACTION_DISABLED";
const INVALID_ARGUMENT: Said = "INVALID_ARGUMENT";
/// This server would ignore what is asked for, and compact something else.
const UNSUPPORTED: Said = "UNSUPPORTED";

const V24: &str = "2.4.24";
const V25: &str = "2.5.27";
const V26: &str = "2.6.19";
const V30: &str = "3.0.0-beta";

/// What is true of one recording.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expected {
    /// To the client that sends the recorded trigger.
    pub(crate) said: Said,
    /// What is as right, if the message has these words.
    pub(crate) or: Option<(Said, &'static str)>,
    /// Rows that the job purged. They need not be told, but no other number may.
    pub(crate) purged: i64,
    /// Seconds after which the client gives up.
    pub(crate) limit: u64,
}

/// One situation: what is expected, and of which servers something else is.
type Row = (&'static str, Said, &'static [(&'static [&'static str], Said)]);

#[rustfmt::skip]
const TABLE: &[Row] = &[
    // Plain ones, whatever goes on besides.
    ("one",                    SUCCEEDED, &[]),
    ("six",                    SUCCEEDED, &[]),
    ("thirty",                 SUCCEEDED, &[]),
    ("key_partitions",         SUCCEEDED, &[]),
    ("shards",                 SUCCEEDED, &[]),
    ("nothing",                SUCCEEDED, &[]), // rewritten, one segment to one
    ("slow",                   SUCCEEDED, &[]),
    ("slots",                  SUCCEEDED, &[]),
    ("no_slots",               TIMEOUT, &[]),
    ("empty",                  NOTHING_TO_DO, &[]),
    ("growing",                NOTHING_TO_DO, &[]),
    ("auto_off",               SUCCEEDED, &[]),
    ("auto",                   SUCCEEDED, &[]),
    ("busy",                   SUCCEEDED, &[]),
    // Flushing and sorting.
    ("fresh_flush",            SUCCEEDED, &[]),
    ("unsorted",               SUCCEEDED, &[]),
    ("unflushed",              SUCCEEDED, &[]),
    ("no_wait_flush",          SUCCEEDED, &[]),
    // Deletes.
    ("purge",                  SUCCEEDED, &[]),
    ("purge2",                 SUCCEEDED, &[]),
    ("allgone",                SUCCEEDED, &[]),
    ("allgone2",               SUCCEEDED, &[]),
    ("l0",                     SUCCEEDED, &[(&[V24, V25], UNSUPPORTED)]),
    ("l0_none",                NOTHING_TO_DO, &[(&[V24, V25], UNSUPPORTED)]),
    ("ttl",                    SUCCEEDED, &[(&[V25], NOTHING_TO_DO)]), // gone before the trigger there
    ("upsert",                 SUCCEEDED, &[]),
    // Options.
    ("partition",              SUCCEEDED, &[(&[V24], UNSUPPORTED)]),
    ("channel",                SUCCEEDED, &[(&[V24], UNSUPPORTED)]),
    ("segment_ids",            SUCCEEDED, &[(&[V24], UNSUPPORTED)]),
    ("segment_ids_wrong",      INVALID_ARGUMENT, &[(&[V24], UNSUPPORTED)]),
    ("size",                   INVALID_ARGUMENT, &[(&[V24, V25], UNSUPPORTED)]),
    ("force_merge",            SUCCEEDED, &[(&[V25], UNSUPPORTED)]),
    ("force_merge_largest",    SUCCEEDED, &[(&[V24, V25], UNSUPPORTED)]),
    // Clustering.
    ("clustering",             SUCCEEDED, &[]),
    ("clustering_again",       SUCCEEDED, &[]),
    ("clustering_nokey",       INVALID_ARGUMENT, &[]),
    ("clustering_twice",       SUCCEEDED, &[]),
    ("clustering_unsorted",    SUCCEEDED, &[]),
    ("clustering_sorting",     SUCCEEDED, &[(&[V30], NOT_STARTED)]), // a sort task's id there
    ("plain_then_clustering",  SUCCEEDED, &[]),
    ("clustering_foreign",     NOT_STARTED, &[]),
    // Others' jobs.
    ("second",                 SUCCEEDED, &[]),
    ("foreign",                BUSY, &[]),
    ("force_foreign",          BUSY, &[]),
    ("plain_while_clustering", BUSY, &[]),
    ("l0_foreign",             SUCCEEDED, &[]),
    // Failures.
    ("corrupted",              FAILED, &[]),
    ("half_bad",               PARTLY_FAILED, &[]),
    ("fails_first",            PARTLY_FAILED, &[]),
    ("fails_last",             PARTLY_FAILED, &[]),
    // What happened meanwhile.
    ("dropped",                COLLECTION_NOT_FOUND, &[]),
    ("drop_partition",         PARTLY_FAILED, &[]), // the plan of the dropped partition failed
    ("renamed",                SUCCEEDED, &[]),
    ("killed",                 SUCCEEDED, &[(&[V24], TIMEOUT)]), // still running at the end there
    ("forgotten",              SUCCEEDED, &[]),
    ("disabled",               COMPACTION_DISABLED, &[]),
];

/// Where rows were purged, and how many.
const PURGED: &[(&str, &[&str], i64)] =
    &[("purge2", &[V26], 100), ("allgone2", &[V26, V30], 200), ("ttl", &[V26, V30], 150)];

/// What is as right, depending on what the client sees in time: it has to say this with these words.
const OR: &[(&str, Said, &str)] = &[
    // Only a counter that is seen for some ms tells that the plan of the dropped partition failed, and purged nothing.
    ("drop_partition", "UNKNOWN", "partition was dropped"),
    // The server was killed before the trigger was answered.
    ("killed", "UNAVAILABLE", "may or may not have been started"),
];

/// Where waiting longer shows nothing more.
const LIMITS: &[(&str, &[&str], u64)] = &[("no_slots", &[V24, V25], 10), ("killed", &[V24], 25)];

/// What the client of a later trigger has to be told, by the number of that trigger.
const LATER: &[(&str, usize, Said)] = &[
    ("second", 1, BUSY),
    ("plain_then_clustering", 1, NOT_STARTED),
    ("clustering_twice", 1, SUCCEEDED), // it is the running job
    ("clustering_twice", 3, BUSY),
];

/// What is expected of this situation on this server; `None` if the table does not have it.
pub(crate) fn expected(version: &str, situation: &str) -> Option<Expected> {
    let (_, said, exceptions) = TABLE.iter().find(|row| row.0 == situation)?;
    let exception = exceptions.iter().find(|(versions, _)| versions.contains(&version));
    let purged = PURGED.iter().find(|row| row.0 == situation && row.1.contains(&version));
    let limit = LIMITS.iter().find(|row| row.0 == situation && row.1.contains(&version));
    Some(Expected {
        said: exception.map_or(*said, |(_, said)| *said),
        or: OR.iter().find(|row| row.0 == situation).map(|row| (row.1, row.2)),
        purged: purged.map_or(0, |row| row.2),
        limit: limit.map_or(45, |row| row.2),
    })
}

/// What the clients of later triggers of this situation have to be told.
pub(crate) fn later(situation: &str) -> impl Iterator<Item = (usize, Said)> {
    LATER.iter().filter(move |row| row.0 == situation).map(|row| (row.1, row.2))
}

/// The job that a server ran although this library refuses to ask it for what it would ignore: a plain one, which
/// succeeded in all these recordings. Another client's job can only be judged by what is seen of it.
pub(crate) fn of_the_job_that_ran_instead(expected: Expected) -> Option<Expected> {
    (expected.said == UNSUPPORTED).then_some(Expected { said: SUCCEEDED, ..expected })
}

/// The situations of which the table tells.
pub(crate) fn situations() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|row| row.0)
}
