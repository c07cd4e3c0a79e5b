//! Answers of Milvus that contradict themselves, or what can be.

use milvus_client::Status::{self, *};
use milvus_fake::Answer;
use milvus_fake::proto::common::{CompactionState, KeyValuePair, Status as Said};
use milvus_fake::proto::schema::{CollectionSchema, LongArray};
use milvus_fake::proto::service::{
    ConnectResponse, DescribeCollectionResponse, FlushResponse, GetCompactionStateResponse,
    GetFlushStateResponse, GetPersistentSegmentInfoResponse, ListDatabasesResponse, ManualCompactionResponse,
    PersistentSegmentInfo, ShowCollectionsResponse,
};

use crate::judge::TOKEN;
use crate::row::{
    ALWAYS, Ask, CONNECT, DESCRIBE, Doubt, Play, Row, SEGMENTS, SHORT, STATE, TRIGGER, always, encoded,
};
use crate::waits;

#[allow(clippy::unnecessary_wraps, reason = "as messages have it")]
pub(crate) fn success() -> Option<Said> {
    Some(Said::default())
}

fn said(code: i32, error_code: i32, reason: &str) -> Said {
    Said { code, error_code, reason: reason.to_owned(), ..Said::default() }
}

pub(crate) fn of_answers() -> Vec<Row> {
    [statuses(), triggers(), states(), descriptions(), segments(), catalogs(), flushes(), handshakes()]
        .concat()
}

/// The status inside a reply: what a read makes of it, and what a trigger. `again`: the trigger is sent again until its
/// time is over, because the reply is one of those that prove that nothing was done.
fn statuses() -> Vec<Row> {
    let lies = |status: Said| Said { retriable: true, ..status };
    let long = "\u{1f980}\n".repeat(200_000);
    let known = |status| (status, Doubt::Never, false);
    let unknown = |status| (status, Doubt::Must, false);
    let later = |status| (status, Doubt::Never, true);
    let cases: Vec<(&str, Said, (Status, Doubt, bool))> = vec![
        ("says no by the old code alone", said(0, 1, "no"), unknown(ServerError)),
        ("says no by the new code alone", said(100, 0, "no"), known(CollectionNotFound)),
        ("says no by two codes that differ", said(100, 3, "no"), known(CollectionNotFound)),
        ("says no by a code below nothing", said(-1, 0, "no"), unknown(ServerError)),
        ("says no by the lowest code", said(i32::MIN, i32::MIN, "no"), unknown(ServerError)),
        ("says no by the highest code", said(i32::MAX, i32::MAX, "no"), unknown(ServerError)),
        ("says no by an old code that nobody knows", said(0, 4711, "no"), unknown(ServerError)),
        ("says no by an old code below nothing", said(0, -1, "no"), unknown(ServerError)),
        ("says no by the bit of what passes alone", said(1 << 16, 0, "no"), unknown(ServerError)),
        ("says that a missing collection passes", lies(said(100, 0, "no")), known(CollectionNotFound)),
        ("says that a wrong argument passes", lies(said(1100, 0, "no")), known(InvalidArgument)),
        ("says that a failure passes", lies(said(65535, 1, "no")), unknown(ServerError)),
        ("says that a quota of nothing passes", lies(said(9, 0, "no")), known(RateLimited)),
        ("says that a rate limit does not pass", said(8, 0, "no"), later(RateLimited)),
        ("says that its start does not pass", said(1, 0, "no"), later(NotReady)),
        ("does not say why", said(65535, 1, ""), unknown(ServerError)),
        ("says why in blanks", said(65535, 1, " \n\t "), unknown(ServerError)),
        ("says why in a megabyte", said(65535, 1, &long), unknown(ServerError)),
        ("says why in escapes", said(65535, 1, "\x1b[2J\r\n\u{202e}\u{85}"), unknown(ServerError)),
        (
            "says why with the client's secret",
            said(65535, 1, &format!("user {TOKEN} is wrong")),
            unknown(ServerError),
        ),
        (
            "says why in the details alone",
            Said { detail: format!("no\n{TOKEN}"), ..said(65535, 1, "") },
            unknown(ServerError),
        ),
        (
            "says why in a trace without an end",
            said(65535, 1, &"stack trace: /a.go:1 b\n".repeat(9_999)),
            unknown(ServerError),
        ),
    ];
    let mut rows = Vec::new();
    for (does, status, (expected, doubt, is_again)) in cases {
        let state =
            GetCompactionStateResponse { status: Some(status.clone()), state: 2, ..Default::default() };
        let read = Row::new(does, always(STATE, encoded(&state)), Ask::State, &[expected]);
        // The job of a failure counts for nothing.
        let job =
            ManualCompactionResponse { status: Some(status), compaction_id: 7, compaction_plan_count: 1 };
        let trigger = Row::new(does, always(TRIGGER, encoded(&job)), Ask::Compact, &[expected]).doubt(doubt);
        if is_again {
            // The last one may be on its way when the time is over.
            let trigger = Row { may: vec![expected, Timeout], ..trigger.doubt(Doubt::May) };
            rows.extend([read.within(SHORT), trigger.within(SHORT).triggers(ALWAYS)]);
        } else {
            rows.extend([read, trigger]);
        }
    }
    let odd = [
        ("says yes, and why not", said(0, 0, "it failed")),
        ("says yes, and that it passes", lies(said(0, 0, ""))),
        ("says yes with details", Said { detail: "failed".to_owned(), ..Said::default() }),
    ];
    for (does, status) in odd {
        let state = GetCompactionStateResponse { status: Some(status), state: 2, ..Default::default() };
        rows.push(
            Row::new(does, always(STATE, encoded(&state)), Ask::State, &[Ok]).says(&["state: Completed"]),
        );
    }
    rows
}

/// What it answers to a trigger, although it says that it succeeded.
fn triggers() -> Vec<Row> {
    let answer = |job, plans| {
        encoded(&ManualCompactionResponse {
            status: success(),
            compaction_id: job,
            compaction_plan_count: plans,
        })
    };
    let row = |does: &str, job, plans, status| {
        Row::new(does, always(TRIGGER, answer(job, plans)), Ask::Compact, &[status])
    };
    let first = first_job();
    vec![
        row("gives job 0 and no plans", 0, 0, Ok).says(&["start: Nothing, job_id: 0, planned: Some(0)"]),
        // The collection has segments that a trigger would have taken.
        row("gives job -1 and no plans", -1, 0, Busy),
        row("gives the lowest job and no plans", i64::MIN, 0, Busy),
        row("gives job -1 and plans below nothing", -1, i32::MIN, Busy),
        row("gives job 0 and three plans", 0, 3, ServerError).doubt(Doubt::Must).words("gave no job id"),
        row("gives job -1 and three plans", -1, 3, ServerError).doubt(Doubt::Must).words("gave no job id"),
        row("gives the lowest job and the most plans", i64::MIN, i32::MAX, ServerError).doubt(Doubt::Must),
        row("gives a job and no plans", 7, 0, Ok).says(&["start: Accepted, job_id: 7, planned: None"]),
        row("gives a job and plans below nothing", 7, -5, Ok)
            .says(&["start: Accepted, job_id: 7, planned: None"]),
        row("gives a job and the lowest number of plans", 7, i32::MIN, Ok).says(&["start: Accepted"]),
        row("gives the highest job", i64::MAX, 1, Ok)
            .says(&["start: Scheduled, job_id: 9223372036854775807"]),
        row("gives a job and the most plans", 7, i32::MAX, Ok)
            .says(&["job_id: 7, planned: Some(2147483647)"]),
        row("gives the job that runs already", first, 2, Ok).says(&["start: Running"]).after_a_trigger(),
        row("gives no job although one runs", -1, 0, Ok).says(&["start: Running"]).after_a_trigger(),
    ]
}

/// The id of the first job of a fresh scripted server.
fn first_job() -> i64 {
    let fake = milvus_fake::Fake::start("v2.6.19");
    crate::common::client(&fake).compact("succeeds", false, crate::common::LIMIT).wait().unwrap()
}

fn states() -> Vec<Row> {
    let row = |does: &str, state, counts: [i64; 4], says: &'static str| {
        let row = Row::new(does, always(STATE, waits::state(state, counts)), Ask::State, &[Ok]);
        row.says(&[says])
    };
    let none = "executing: 0, completed: 0, failed: 0, timed_out: 0";
    vec![
        row("is in state 3", 3, [0; 4], "state: Undefined"),
        row("is in state -7", -7, [0; 4], "state: Undefined"),
        row("is in the highest state", i32::MAX, [0; 4], "state: Undefined"),
        row("counts plans below nothing", 1, [-1; 4], none),
        row("counts the fewest plans", 2, [i64::MIN; 4], none),
        row("counts the most plans", 2, [i64::MAX; 4], "executing: 9223372036854775807"),
        row("is Completed, and executes", 2, [5, 0, 0, 0], "state: Completed, counts: Counts { executing: 5"),
        row("is Executing, and executes nothing", 1, [0; 4], "state: Executing"),
    ]
}

/// What it says of the collection that is to be compacted.
fn descriptions() -> Vec<Row> {
    let row = |does: &str, version: &'static str, reply: DescribeCollectionResponse, may: &[Status]| {
        let reply = DescribeCollectionResponse { status: success(), ..reply };
        Row::new(does, always(DESCRIBE, encoded(&reply)), Ask::Compact, may).of_version(version)
    };
    let id = |collection_id| DescribeCollectionResponse {
        collection_id,
        collection_name: "succeeds".to_owned(),
        ..Default::default()
    };
    let named = |name: &str| DescribeCollectionResponse { collection_name: name.to_owned(), ..id(1) };
    let (old, new) = ("v2.3.5", "v2.6.19");
    let mut rows = vec![
        row("gives its collection no name", new, named(""), &[Ok]),
        row("gives its collection a name of two lines", new, named("a\nb\x1b[31m"), &[CollectionNotFound]),
        row(
            "gives its collection a name of 100,000 letters",
            new,
            named(&"x".repeat(100_000)),
            &[CollectionNotFound],
        ),
        row(
            "gives its collection two names",
            new,
            DescribeCollectionResponse {
                schema: Some(CollectionSchema { name: "gone".to_owned(), ..Default::default() }),
                ..id(1)
            },
            &[CollectionNotFound],
        ),
        row(
            "gives its collection properties twice",
            new,
            DescribeCollectionResponse {
                properties: vec![
                    KeyValuePair {
                        key: "collection.ttl.seconds".to_owned(),
                        value: "-1".to_owned()
                    };
                    99
                ],
                ..id(1)
            },
            &[Ok],
        ),
    ];
    // Servers before 2.4.18 compact every collection for id 0.
    for (does, collection) in [("has no id", 0), ("has id -1", -1), ("has the lowest id", i64::MIN)] {
        let does = format!("says that its collection {does}");
        rows.push(row(&does, old, id(collection), &[Unsupported]).triggers(0));
        rows.push(row(&format!("{does}, on a server that reads names"), new, id(collection), &[Ok]));
    }
    rows
}

fn segment(segment_id: i64) -> PersistentSegmentInfo {
    PersistentSegmentInfo { segment_id, num_rows: 9, state: 4, level: 2, ..Default::default() }
}

fn segments() -> Vec<Row> {
    let answer = |infos: Vec<PersistentSegmentInfo>| {
        encoded(&GetPersistentSegmentInfoResponse { status: success(), infos })
    };
    let row = |does: &str, infos, says: &'static str| {
        Row::new(does, always(SEGMENTS, answer(infos)), Ask::Segments, &[Ok]).says(&[says])
    };
    let rows_of = |num_rows| PersistentSegmentInfo { num_rows, ..segment(7) };
    let odd = vec![
        PersistentSegmentInfo { num_rows: i64::MAX, ..segment(1) },
        PersistentSegmentInfo { num_rows: i64::MAX, ..segment(2) },
        PersistentSegmentInfo { num_rows: i64::MIN, ..segment(3) },
        PersistentSegmentInfo { state: 99, level: -1, partition_id: i64::MIN, ..segment(i64::MAX) },
        PersistentSegmentInfo { state: -1, level: i32::MAX, ..segment(i64::MIN) },
        segment(1),
        segment(0),
    ];
    let mut rows = vec![
        row(
            "lists segments of another collection",
            vec![PersistentSegmentInfo { collection_id: 99, ..segment(7) }],
            "[]",
        ),
        row("lists a segment with rows below nothing", vec![rows_of(-5)], "id: 7"),
        row("lists a segment with the most rows", vec![rows_of(i64::MAX)], "rows: 9223372036854775807"),
        row(
            "lists a segment in a state that nobody knows",
            vec![PersistentSegmentInfo { state: 99, ..segment(7) }],
            "state: 99",
        ),
        row("lists one segment five times", vec![segment(7); 5], "id: 7"),
    ];
    // Whatever is listed before, a trigger goes its way, and so does a dry run.
    let row = |does: &str, ask| Row::new(does, always(SEGMENTS, answer(odd.clone())), ask, &[Ok]);
    rows.push(row("lists segments that cannot be", Ask::Check));
    rows.push(row("lists segments that cannot be", Ask::Compact));
    rows.push(row("lists segments that cannot be", Ask::Segments));
    rows
}

fn catalogs() -> Vec<Row> {
    let collections = |does: &str, names: &[&str], may: &[Status], says: &'static str| {
        let collection_names = names.iter().map(|name| (*name).to_owned()).collect();
        let reply = ShowCollectionsResponse { status: success(), collection_names };
        Row::new(does, always("ShowCollections", encoded(&reply)), Ask::Collections, may).says(&[says])
    };
    let databases = |does: &str, names: &[&str], ids: &[i64], says: &'static str| {
        let db_names = names.iter().map(|name| (*name).to_owned()).collect();
        let reply = ListDatabasesResponse { status: success(), db_names, db_ids: ids.to_vec() };
        Row::new(does, always("ListDatabases", encoded(&reply)), Ask::Databases, &[Ok]).says(&[says])
    };
    vec![
        collections("lists no collection", &[], &[Ok], ""),
        collections("lists one collection three times", &["succeeds"; 3], &[Ok], "succeeds"),
        collections("lists a collection without a name", &["", "succeeds"], &[SomeFailed], ""),
        collections("lists a collection that does not exist", &["gone", "succeeds"], &[SomeFailed], ""),
        collections("lists a collection of two lines", &["a\nb\x1b[31m"], &[SomeFailed], ""),
        databases("lists no database", &[], &[], ""),
        databases("lists one database three times", &["default"; 3], &[1, 1, 1], "default"),
        databases("lists databases with too few ids", &["a", "b"], &[1], "a;b;"),
        databases("lists databases with too many ids", &["a"], &[1, 2, i64::MIN], "a;"),
        databases("lists a database without a name", &["", "a"], &[0, -1], "a;"),
    ]
}

fn flushes() -> Vec<Row> {
    let flush = |ids: Vec<i64>, name: &str, time: u64| {
        encoded(&FlushResponse {
            status: success(),
            coll_seg_i_ds: [(name.to_owned(), LongArray { data: ids })].into(),
            coll_flush_ts: [(name.to_owned(), time)].into(),
        })
    };
    let is = |flushed| encoded(&GetFlushStateResponse { status: success(), flushed });
    let row = |does: &str, flush: Answer, state: Answer, status| {
        let play = Play::Answers(vec![("Flush", ALWAYS, flush), ("GetFlushState", ALWAYS, state)]);
        Row::new(does, play, Ask::Flush, &[status])
    };
    let nothing = encoded(&FlushResponse { status: success(), ..Default::default() });
    vec![
        row("never has flushed", flush(vec![1], "succeeds", 9), is(false), Timeout).within(SHORT),
        row("flushes another collection", flush(vec![1], "another", 9), is(false), Timeout).within(SHORT),
        row("flushes nothing, and has", nothing, is(true), Ok).says(&["flushed"]),
        row(
            "flushes segments below nothing",
            flush(vec![-1, i64::MIN, 0], "succeeds", u64::MAX),
            is(true),
            Ok,
        ),
        row(
            "fails to say whether it has flushed",
            flush(vec![1], "succeeds", 9),
            encoded(&GetFlushStateResponse { status: Some(said(65535, 1, "no")), flushed: true }),
            ServerError,
        ),
    ]
}

/// Ids of the client that are no time, or another one each time.
fn handshakes() -> Vec<Row> {
    let row = |does: &str, identifier| {
        let reply = ConnectResponse { status: success(), identifier, ..Default::default() };
        let row = Row::new(does, always(CONNECT, encoded(&reply)), Ask::Compact, &[Ok]);
        row.says(&["start: Scheduled"])
    };
    let state = GetCompactionStateResponse {
        status: success(),
        state: CompactionState::Completed as i32,
        ..Default::default()
    };
    let says_little =
        Play::Answers(vec![(CONNECT, ALWAYS, encoded(&state)), ("GetVersion", ALWAYS, encoded(&state))]);
    vec![
        row("gives the client id 0", 0),
        row("gives the client id -1", -1),
        row("gives the client the lowest id", i64::MIN),
        row("gives the client the highest id", i64::MAX),
        // Its fields have other kinds than those of the right answer.
        Row::new("answers with a state", says_little, Ask::Server, &[Ok]).says(&["version_text: \"\""]),
    ]
}
