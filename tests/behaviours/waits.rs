//! What a wait makes of a server that contradicts itself about a job: no success that its answers do not amount to.

use std::time::Duration;

use milvus_client::Status::{self, *};
use milvus_fake::proto::common::Status as Said;
use milvus_fake::proto::service::{
    CompactionMergeInfo, DescribeCollectionResponse, GetCompactionPlansResponse, GetCompactionStateResponse,
    GetPersistentSegmentInfoResponse, PersistentSegmentInfo,
};
use milvus_fake::{Answer, Fake};

use crate::judge::TOKEN;
use crate::milvus::success;
use crate::row::{ALWAYS, Ask, DESCRIBE, PLANS, Play, Row, SEGMENTS, STATE, encoded};

/// For waits that only their limit ends.
const LIMIT: Duration = Duration::from_millis(1_500);
const EXECUTING: i32 = 1;
const COMPLETED: i32 = 2;

pub(crate) fn state(state: i32, [executing, completed, failed, timed_out]: [i64; 4]) -> Answer {
    encoded(&GetCompactionStateResponse {
        status: success(),
        state,
        executing_plan_no: executing,
        completed_plan_no: completed,
        failed_plan_no: failed,
        timeout_plan_no: timed_out,
    })
}

fn plan(sources: &[i64], target: i64) -> CompactionMergeInfo {
    CompactionMergeInfo { sources: sources.to_vec(), target, ..Default::default() }
}

fn plans(state: i32, merge_infos: Vec<CompactionMergeInfo>) -> Answer {
    encoded(&GetCompactionPlansResponse { status: success(), state, merge_infos })
}

fn segments(ids: &[i64]) -> Answer {
    let info = |id: &i64| PersistentSegmentInfo {
        segment_id: *id,
        num_rows: 50,
        state: 4,
        level: 2,
        is_sorted: true,
        ..Default::default()
    };
    let infos = ids.iter().map(info).collect();
    encoded(&GetPersistentSegmentInfoResponse { status: success(), infos })
}

fn row(does: &str, answers: Vec<(&'static str, usize, Answer)>, may: &[Status]) -> Row {
    Row::new(does, Play::Answers(answers), Ask::Wait, may)
}

pub(crate) fn of_jobs() -> Vec<Row> {
    // The segments of the collection, as every scripted server has them.
    let fake = Fake::start("v2.6.19");
    let ids: Vec<i64> = fake.segments("succeeds").iter().map(|(id, _)| *id).collect();
    [states(), changes(), lists(&ids), collections(&ids), details(&ids)].concat()
}

fn states() -> Vec<Row> {
    let ended = || (STATE, ALWAYS, state(COMPLETED, [0; 4]));
    let none = || (PLANS, ALWAYS, plans(COMPLETED, Vec::new()));
    let lasting =
        |does: &str, state_answer| row(does, vec![(STATE, ALWAYS, state_answer)], &[Timeout]).within(LIMIT);
    let counted = |does: &str, counts, may: &[Status]| {
        row(does, vec![(STATE, ALWAYS, state(COMPLETED, counts)), none()], may)
    };
    vec![
        row(
            "says Completed, Executing, Completed, and goes on",
            vec![
                (STATE, 1, state(COMPLETED, [0, 2, 0, 0])),
                (STATE, 2, state(EXECUTING, [2, 0, 0, 0])),
                (STATE, 1, state(COMPLETED, [0; 4])),
                (STATE, 2, state(EXECUTING, [1, 0, 0, 0])),
            ],
            &[Ok, OutcomeUnknown],
        ),
        row("says Completed at once, and knows no plan", vec![ended(), none()], &[OutcomeUnknown])
            .says(&["Unknown: 2 planned, 0 completed"]),
        row(
            "says Completed, and its plans still run",
            vec![ended(), (PLANS, ALWAYS, plans(EXECUTING, Vec::new()))],
            &[Timeout],
        )
        .within(LIMIT),
        row(
            "says that it does not know its state",
            vec![(STATE, ALWAYS, state(0, [0; 4])), none()],
            &[OutcomeUnknown],
        ),
        row(
            "is in a state that nobody knows",
            vec![(STATE, ALWAYS, state(99, [0; 4])), none()],
            &[OutcomeUnknown],
        ),
        row(
            "is in a state below nothing, with all plans completed",
            vec![(STATE, ALWAYS, state(-1, [0, 2, 0, 0])), none()],
            &[OutcomeUnknown],
        ),
        lasting("executes for ever", state(EXECUTING, [2, 0, 0, 0])),
        lasting("executes nothing for ever", state(EXECUTING, [0; 4])),
        lasting("says Executing with all plans completed", state(EXECUTING, [0, 2, 0, 0])),
        lasting("says Completed with a plan that executes", state(COMPLETED, [1, 1, 0, 0])),
        counted("completes as many plans as it announced, and lists none", [0, 2, 0, 0], &[Ok]),
        counted("completes more plans than it announced", [0, 5, 0, 0], &[Ok]),
        counted("completes the most plans", [0, i64::MAX, 0, 0], &[Ok]),
        counted("completes plans below nothing", [0, -2, 0, 0], &[OutcomeUnknown]),
        counted("counts the fewest plans", [i64::MIN; 4], &[OutcomeUnknown]),
        counted(
            "counts the most plans in every way but running",
            [0, i64::MAX, i64::MAX, i64::MAX],
            &[CompactionFailed],
        ),
        counted("completes one plan of two", [0, 1, 0, 0], &[OutcomeUnknown]),
        counted("fails more plans than it announced", [0, 0, 9, 0], &[CompactionFailed]),
    ]
}

/// A job whose state changes from question to question.
fn changes() -> Vec<Row> {
    let none = || (PLANS, ALWAYS, plans(COMPLETED, Vec::new()));
    vec![
        row(
            "counts another number of plans each time",
            vec![
                (STATE, 1, state(EXECUTING, [2, 0, 0, 0])),
                (STATE, 1, state(EXECUTING, [1_000_000, 0, 0, 0])),
                (STATE, 1, state(EXECUTING, [1, -5, 0, 0])),
                (STATE, ALWAYS, state(COMPLETED, [0, 2, 0, 0])),
                none(),
            ],
            &[OutcomeUnknown],
        ),
        row(
            "completes a plan, and takes it back",
            vec![
                (STATE, 1, state(EXECUTING, [1, 1, 0, 0])),
                (STATE, 1, state(EXECUTING, [2, 0, 0, 0])),
                (STATE, ALWAYS, state(COMPLETED, [0, 0, 2, 0])),
                none(),
            ],
            &[CompactionFailed, OutcomeUnknown],
        ),
        row(
            "fails a question now and then",
            vec![(
                STATE,
                1,
                encoded(&GetCompactionStateResponse {
                    status: Some(Said {
                        code: 1,
                        retriable: true,
                        reason: TOKEN.to_owned(),
                        ..Said::default()
                    }),
                    ..Default::default()
                }),
            )],
            &[Ok],
        )
        .says(&["Succeeded: 2 planned, 2 completed"]),
        row(
            "says no at last",
            vec![
                (STATE, 1, state(EXECUTING, [2, 0, 0, 0])),
                (
                    STATE,
                    ALWAYS,
                    encoded(&GetCompactionStateResponse {
                        status: Some(Said { code: 1401, reason: format!("no\n{TOKEN}"), ..Said::default() }),
                        ..Default::default()
                    }),
                ),
            ],
            &[PermissionDenied],
        ),
    ]
}

/// Plans that cannot be, of a job that says that it is over.
fn lists(ids: &[i64]) -> Vec<Row> {
    let [a, b, c, d] = ids[..4] else { panic!("{ids:?}") };
    let ended = |does: &str, listed: Vec<CompactionMergeInfo>, may: &[Status]| {
        row(
            does,
            vec![(STATE, ALWAYS, state(COMPLETED, [0; 4])), (PLANS, ALWAYS, plans(COMPLETED, listed))],
            may,
        )
    };
    let unknown = &[OutcomeUnknown];
    let failed = &[CompactionFailed];
    vec![
        // The sources are stored, and so the plans did nothing.
        ended("lists plans without results", vec![plan(&[a, b], -1), plan(&[c, d], -1)], failed),
        ended("lists plans with result 0", vec![plan(&[a, b], 0), plan(&[c, d], 0)], failed),
        ended(
            "lists plans with the lowest result",
            vec![plan(&[a, b], i64::MIN), plan(&[c, d], i64::MIN)],
            failed,
        ),
        ended("lists results beside their sources", vec![plan(&[a, b], 900), plan(&[c, d], 901)], unknown),
        ended("lists one plan of two", vec![plan(&[a, b], 900)], unknown),
        ended("lists two plans of the same sources", vec![plan(&[a, b], 900), plan(&[a, b], 901)], unknown),
        ended("lists two plans that share a source", vec![plan(&[a, b], 900), plan(&[b, c], 901)], unknown),
        ended("lists a source as the result", vec![plan(&[a, b], a), plan(&[c, d], d)], unknown),
        ended("lists a stored segment as the result", vec![plan(&[a, b], c), plan(&[c, d], a)], unknown),
        ended("lists a source twice", vec![plan(&[a, a], 900), plan(&[c, c], 901)], unknown),
        ended("lists plans without sources", vec![plan(&[], 900), plan(&[], 901)], unknown),
        ended("lists sources that never were", vec![plan(&[801, 802], 900), plan(&[803], 901)], unknown),
        ended(
            "lists sources that never were, and no result",
            vec![plan(&[801, 802], -1), plan(&[803], -1)],
            unknown,
        ),
        ended("lists sources below nothing", vec![plan(&[-1, i64::MIN], 900), plan(&[0], 901)], unknown),
        row(
            "lists other plans each time",
            vec![
                (STATE, ALWAYS, state(COMPLETED, [0; 4])),
                (PLANS, 1, plans(COMPLETED, vec![plan(&[a, b], 900)])),
                (PLANS, 1, plans(COMPLETED, vec![plan(&[c, d], -1)])),
                (PLANS, ALWAYS, plans(COMPLETED, vec![plan(&[a], 900), plan(&[d], 901)])),
            ],
            unknown,
        ),
        row(
            "refuses to list its plans",
            vec![
                (STATE, ALWAYS, state(COMPLETED, [0; 4])),
                (
                    PLANS,
                    ALWAYS,
                    encoded(&GetCompactionPlansResponse {
                        status: Some(Said { code: 65535, reason: TOKEN.to_owned(), ..Said::default() }),
                        ..Default::default()
                    }),
                ),
            ],
            &[OutcomeUnknown, ServerError],
        ),
    ]
}

/// What it lists and says of the collection meanwhile.
fn collections(ids: &[i64]) -> Vec<Row> {
    let [a, b, c, d] = ids[..4] else { panic!("{ids:?}") };
    let named = || (PLANS, ALWAYS, plans(COMPLETED, vec![plan(&[a, b], 900), plan(&[c, d], 901)]));
    let open = || (PLANS, ALWAYS, plans(COMPLETED, vec![plan(&[a, b], -1), plan(&[c, d], -1)]));
    let ended = || (STATE, ALWAYS, state(COMPLETED, [0; 4]));
    let lists = |answer| (SEGMENTS, ALWAYS, answer);
    let described = |collection_id, name: &str| {
        let reply = DescribeCollectionResponse {
            status: success(),
            collection_id,
            collection_name: name.to_owned(),
            ..Default::default()
        };
        (DESCRIBE, ALWAYS, encoded(&reply))
    };
    vec![
        row("has merged all of it", vec![ended(), named(), lists(segments(&[900, 901]))], &[Ok])
            .says(&["Succeeded: 2 planned, 2 completed"]),
        // One source of the second plan is stored.
        row(
            "has merged some of it",
            vec![ended(), named(), lists(segments(&[900, 901, d]))],
            &[OutcomeUnknown],
        ),
        row(
            "has the results beside all sources",
            vec![ended(), named(), lists(segments(&[a, b, c, d, 900, 901]))],
            &[OutcomeUnknown],
        ),
        row(
            "has no results, and its sources",
            vec![ended(), open(), lists(segments(ids))],
            &[CompactionFailed],
        ),
        row(
            "has no results, and other segments",
            vec![ended(), open(), lists(segments(&[990, 991]))],
            &[Ok, OutcomeUnknown],
        ),
        row(
            "lists other segments each time",
            vec![
                ended(),
                named(),
                (SEGMENTS, 1, segments(&[a, b, 901])),
                (SEGMENTS, 1, segments(&[c, d, 900])),
                lists(segments(&[a, c])),
                // Each plan was seen with its result in the place of its sources, and a plan that has completed stays so.
            ],
            &[Ok, OutcomeUnknown],
        ),
        row(
            "refuses to list the segments",
            vec![
                ended(),
                open(),
                lists(encoded(&GetPersistentSegmentInfoResponse {
                    status: Some(Said { code: 65535, reason: TOKEN.to_owned(), ..Said::default() }),
                    infos: Vec::new(),
                })),
            ],
            &[OutcomeUnknown, ServerError],
        ),
        row(
            "gives the name of the collection to another one, and loses its segments",
            vec![
                ended(),
                open(),
                lists(encoded(&GetPersistentSegmentInfoResponse {
                    status: Some(Said { code: 100, reason: "gone".to_owned(), ..Said::default() }),
                    infos: Vec::new(),
                })),
                described(4711, "succeeds"),
            ],
            &[CollectionNotFound, OutcomeUnknown, ServerError],
        ),
    ]
}

/// What only servers newer than 3.0.0 say of a plan.
fn details(ids: &[i64]) -> Vec<Row> {
    let [a, b, c, d] = ids[..4] else { panic!("{ids:?}") };
    let detailed = |plan_id, state, reason: &str, sources: &[i64]| CompactionMergeInfo {
        plan_id,
        r#type: 3,
        state,
        failure_reason: reason.to_owned(),
        ..plan(sources, -1)
    };
    let of = |does: &str, one: (i64, i32, &str), other: (i64, i32, &str), may: &[Status]| {
        let listed =
            vec![detailed(one.0, one.1, one.2, &[a, b]), detailed(other.0, other.1, other.2, &[c, d])];
        let answers =
            vec![(STATE, ALWAYS, state(COMPLETED, [0; 4])), (PLANS, ALWAYS, plans(COMPLETED, listed))];
        row(does, answers, may).of_version("v3.1.0")
    };
    let (completed, failed, cleaned) = (3, 4, 8);
    let secret = format!("no\n\x1b[31m{TOKEN}\u{202e}");
    vec![
        of(
            "fails plans with the client's secret as the reason",
            (1, failed, &secret),
            (2, failed, &secret),
            &[CompactionFailed],
        ),
        of(
            "fails a plan and cleans it, and gives the reason to another",
            (1, cleaned, "no"),
            (2, cleaned, ""),
            &[CompactionFailed, OutcomeUnknown],
        ),
        of("says that plans completed, without results", (1, completed, ""), (2, completed, ""), &[Ok]),
        of(
            "says that plans completed, and why they failed",
            (1, completed, "no"),
            (2, completed, "no"),
            &[Ok],
        ),
        of(
            "gives two plans one id",
            (1, completed, ""),
            (1, failed, ""),
            &[CompactionFailed, OutcomeUnknown],
        ),
        of(
            "has plans in a state that nobody knows",
            (1, 99, ""),
            (2, -1, ""),
            &[CompactionFailed, OutcomeUnknown],
        ),
        of("has plans with ids below nothing", (-1, failed, ""), (i64::MIN, failed, ""), &[CompactionFailed]),
    ]
}
