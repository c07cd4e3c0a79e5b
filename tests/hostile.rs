//! Servers whose answers are made to take memory: what is refused, what passes, and the most memory that each takes.

mod common;

use std::process::{Command, Stdio};
use std::time::Duration;

use common::{LIMIT, client, client_with};
use milvus_client::client::Timeout;
use milvus_client::compaction::{SurveyMany, SurveySettings};
use milvus_client::{Client, Error, Status};
use milvus_fake::proto::common::{KeyValuePair, Status as Success};
use milvus_fake::proto::service::{
    CompactionMergeInfo, DescribeCollectionResponse, GetCompactionPlansResponse,
    GetPersistentSegmentInfoResponse, GetQuerySegmentInfoResponse, ListDatabasesResponse,
    PersistentSegmentInfo, QuerySegmentInfo, ShowCollectionsResponse,
};
use milvus_fake::{Answer, End, Fake, Front};
use prost::Message;

/// The most that an answer may have.
const MOST_BYTES: usize = 8 << 20;
const MOST_SEGMENTS: usize = 200_000;
const MOST_PLANS: usize = 100_000;
const MOST_NAMES: usize = 100_000;
const MOST_IDS: usize = 1_000_000;
const MOST_DATABASES: usize = 10_000;
const NEWEST: &str = "v3.1.0";
/// The id of the collection that is asked for.
const COLLECTION: i64 = 1_000;

/// A successful answer with this message.
fn answer(message: &[u8]) -> Answer {
    let length = u32::try_from(message.len()).unwrap();
    Answer {
        body: [&[0], &length.to_be_bytes()[..], message].concat(),
        end: End::Trailers(vec![("grpc-status".to_owned(), "0".to_owned())]),
        ..Answer::of_type(200, "application/grpc")
    }
}

/// Two bytes for each, as many as fit.
fn empty_elements(key: u8) -> Vec<u8> {
    [[10, 0], [key, 0]].concat().into_iter().chain([key, 0].repeat(MOST_BYTES / 2 - 2)).collect()
}

/// The message, and bytes that nobody knows up to the most.
fn padded(message: &impl Message) -> Vec<u8> {
    let mut bytes = message.encode_to_vec();
    let rest = MOST_BYTES - bytes.len() - 6;
    bytes.extend([0xfa, 1]); // field 31
    prost::encode_length_delimiter(rest, &mut bytes).unwrap();
    bytes.resize(MOST_BYTES.min(bytes.len() + rest), b'x');
    bytes
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hostile {
    EmptySegments,
    EmptyLoaded,
    EmptyPlans,
    EmptyNames,
    EmptyDatabases,
    /// As small as ids can be.
    Ids,
    /// What nobody knows, in two bytes each.
    Unknown,
    /// More than a client keeps of one job.
    PlansOfAJob,
    /// The most that passes, with what takes most memory in each.
    MostSegments,
    MostLoaded,
    MostPlans,
    MostDatabases,
    OneOfMany,
}

impl Hostile {
    const ALL: [Self; 13] = [
        Self::EmptySegments,
        Self::EmptyLoaded,
        Self::EmptyPlans,
        Self::EmptyNames,
        Self::EmptyDatabases,
        Self::Ids,
        Self::Unknown,
        Self::PlansOfAJob,
        Self::MostSegments,
        Self::MostLoaded,
        Self::MostPlans,
        Self::MostDatabases,
        Self::OneOfMany,
    ];

    fn method(self) -> &'static str {
        match self {
            Self::EmptySegments | Self::MostSegments | Self::OneOfMany => "GetPersistentSegmentInfo",
            Self::EmptyLoaded | Self::MostLoaded => "GetQuerySegmentInfo",
            Self::EmptyPlans | Self::PlansOfAJob | Self::MostPlans | Self::Ids => {
                "GetCompactionStateWithPlans"
            }
            Self::EmptyNames => "ShowCollections",
            Self::EmptyDatabases | Self::MostDatabases => "ListDatabases",
            Self::Unknown => "GetCompactionState",
        }
    }

    fn message(self) -> Vec<u8> {
        let status = Some(Success::default());
        let id = |number: usize| i64::try_from(number).unwrap();
        match self {
            Self::EmptySegments | Self::EmptyLoaded | Self::EmptyNames | Self::EmptyDatabases => {
                empty_elements(0x12)
            }
            Self::EmptyPlans => empty_elements(0x1a),
            Self::Ids => {
                let sources = vec![1; MOST_BYTES - 100];
                let merge_infos = vec![CompactionMergeInfo { sources, ..Default::default() }];
                GetCompactionPlansResponse { status, merge_infos, ..Default::default() }.encode_to_vec()
            }
            Self::Unknown => [10, 0].into_iter().chain([0x78, 1].repeat(MOST_BYTES / 2 - 1)).collect(),
            Self::MostSegments => {
                let info = |number| PersistentSegmentInfo {
                    segment_id: id(MOST_SEGMENTS - number),
                    insert_channel: "a".to_owned(),
                    compaction_from: vec![1; MOST_IDS / MOST_SEGMENTS],
                    ..Default::default()
                };
                let infos = (0..MOST_SEGMENTS).map(info).collect();
                padded(&GetPersistentSegmentInfoResponse { status, infos })
            }
            Self::MostLoaded => {
                let info = |number| QuerySegmentInfo {
                    segment_id: id(MOST_SEGMENTS - number),
                    node_ids: vec![5, 4, 3, 2, 1],
                    ..Default::default()
                };
                let infos = (0..MOST_SEGMENTS).map(info).collect();
                padded(&GetQuerySegmentInfoResponse { status, infos })
            }
            Self::PlansOfAJob | Self::MostPlans => {
                let ids = vec![1; MOST_IDS / MOST_PLANS / 2];
                let info = |number| CompactionMergeInfo {
                    sources: ids.clone(),
                    plan_id: id(number),
                    collection_id: COLLECTION,
                    channel: "a".to_owned(),
                    failure_reason: "b".to_owned(),
                    targets: ids.clone(),
                    ..Default::default()
                };
                let merge_infos = (1..=MOST_PLANS).map(info).collect();
                padded(&GetCompactionPlansResponse { status, merge_infos, ..Default::default() })
            }
            Self::MostDatabases => {
                let db_names = (0..MOST_DATABASES).map(|number| format!("{number}")).collect();
                padded(&ListDatabasesResponse { status, db_names, db_ids: vec![1; MOST_IDS] })
            }
            Self::OneOfMany => {
                let info = |number| PersistentSegmentInfo {
                    // Only one is of the collection.
                    collection_id: i64::from(number != 7),
                    segment_id: id(number),
                    ..Default::default()
                };
                let infos = (0..MOST_SEGMENTS).map(info).collect();
                GetPersistentSegmentInfoResponse { status, infos }.encode_to_vec()
            }
        }
    }

    /// What is refused, and why.
    fn refusal(self) -> Option<&'static str> {
        match self {
            Self::EmptySegments | Self::EmptyLoaded => Some("it has more than 200000 segments"),
            Self::EmptyPlans => Some("it has more than 100000 plans"),
            Self::EmptyNames => Some("it has more than 100000 names"),
            Self::EmptyDatabases => Some("it has more than 10000 databases"),
            Self::Ids => Some("it has more than 1000000 ids"),
            Self::PlansOfAJob => Some("has more plans than this library keeps (8 MiB)"),
            _ => None,
        }
    }

    /// Asks for it, and returns how many elements there are.
    fn ask(self, client: &Client) -> Result<usize, Error> {
        match self {
            Self::EmptySegments | Self::MostSegments | Self::OneOfMany => {
                client.segments("succeeds", false, LIMIT).wait().map(|list| list.len())
            }
            Self::EmptyLoaded | Self::MostLoaded => {
                client.segments("succeeds", true, LIMIT).wait().map(|list| list.len())
            }
            Self::MostPlans => client.compaction_tasks("succeeds", LIMIT).wait().map(|list| list.len()),
            Self::EmptyPlans | Self::PlansOfAJob | Self::Ids => {
                client.compaction_plans(1, LIMIT).wait().map(|list| list.len())
            }
            Self::EmptyNames => client.collections(LIMIT).wait().map(|(list, _)| list.len()),
            Self::EmptyDatabases | Self::MostDatabases => {
                client.databases(LIMIT).wait().map(|list| list.len())
            }
            Self::Unknown => client.compaction_state(1, LIMIT).wait().map(|_| 0),
        }
    }
}

/// The gRPC code of an answer of too many bytes, too.
const OUT_OF_RANGE: i32 = 11;

/// A front that gives this answer, and what it stands before.
fn front(hostile: Hostile) -> (Fake, Front) {
    let fake = Fake::start(NEWEST);
    let front = Front::before(fake.address());
    front.answer(hostile.method(), 100, answer(&hostile.message()));
    (fake, front)
}

#[test]
fn an_answer_with_too_many_elements_is_refused_with_the_limit() {
    for hostile in Hostile::ALL {
        let Some(why) = hostile.refusal() else { continue };
        let (_fake, front) = front(hostile);
        let code = if hostile == Hostile::PlansOfAJob { 0 } else { OUT_OF_RANGE };
        let client = client_with(&front.uri(), &[]);
        let error = hostile.ask(&client).unwrap_err();
        assert_eq!((error.status, error.grpc_code, error.retriable), (Status::ServerError, code, false));
        assert!(error.message().ends_with(why), "{hostile:?}: {error}");
        assert_eq!(front.left(hostile.method()), 99, "{hostile:?}: it is asked for once");
        front.pass_all_on();
        client.compaction_state(1, LIMIT).wait().expect("the connection is as it was");
        assert_eq!(client.stats().connections_made, 1, "{hostile:?}");
    }
}

#[test]
fn who_asks_again_at_once_does_not_get_such_answers_all_the_time() {
    let (_fake, front) = front(Hostile::EmptySegments);
    let client = client_with(&front.uri(), &[]);
    let asks = |limit| client.segments("succeeds", false, limit).wait().unwrap_err();
    // The last of these leaves a pause of 0.8 s.
    for _ in 0..5 {
        assert_eq!(asks(LIMIT).status, Status::ServerError);
    }
    let error = asks(Timeout::After(Duration::from_millis(10)));
    assert_eq!((error.status, error.in_doubt, error.retriable), (Status::Timeout, false, false));
    assert!(error.message().ends_with("whose latest answer to that could not be read"), "{error}");
    assert_eq!(front.left(Hostile::EmptySegments.method()), 95, "it was not asked");
    front.pass_all_on();
    assert!(client.segments("succeeds", false, LIMIT).wait().is_ok(), "and then it is");
}

#[test]
fn an_answer_full_of_real_segments_is_read() {
    let info = |number: i64| PersistentSegmentInfo {
        segment_id: 450_000_000_000_000_000 + number,
        collection_id: 0,
        partition_id: 450_000_000_000_000_000,
        num_rows: 1_000_000,
        state: 4,
        level: 2,
        is_sorted: true,
        storage_version: 2,
        ..Default::default()
    };
    // Real ones have the collection's id, too.
    let each = info(0).encoded_len() + 2 + 10;
    let count = i64::try_from(MOST_BYTES / each).unwrap();
    assert!(count > 190_000, "{count}");
    let infos = (0..count).rev().map(info).collect();
    let fake = Fake::start(NEWEST);
    let front = Front::before(fake.address());
    let reply = GetPersistentSegmentInfoResponse { status: Some(Success::default()), infos };
    front.answer("GetPersistentSegmentInfo", 1, answer(&reply.encode_to_vec()));
    let segments = client_with(&front.uri(), &[]).segments("succeeds", false, LIMIT).wait().unwrap();
    assert_eq!(segments.len(), usize::try_from(count).unwrap());
    assert!(segments.is_sorted_by_key(|segment| segment.id));
    assert_eq!(segments.capacity(), segments.len(), "no room to spare");
}

#[test]
fn a_list_of_one_out_of_many_takes_the_memory_of_one() {
    let (_fake, front) = front(Hostile::OneOfMany);
    let segments = client_with(&front.uri(), &[]).segments("succeeds", false, LIMIT).wait().unwrap();
    assert_eq!((segments.len(), segments.capacity()), (1, 1));
}

#[test]
fn details_of_a_collection_are_bounded_too() {
    let (fake, pairs) = (Fake::start(NEWEST), vec![KeyValuePair::default(); 10_001]);
    let front = Front::before(fake.address());
    let direct = client(&fake).segments("succeeds", false, LIMIT).wait().unwrap();
    let reply = DescribeCollectionResponse {
        status: Some(Success::default()),
        properties: pairs,
        collection_id: direct[0].collection_id,
        ..Default::default()
    };
    let mut bytes = reply.encode_to_vec();
    front.answer("DescribeCollection", 1, answer(&bytes));
    let asks = || client_with(&front.uri(), &[]).segments("succeeds", false, LIMIT).wait();
    let error = asks().unwrap_err();
    assert!(error.message().ends_with("it has more than 10000 details"), "{error}");
    bytes.truncate(bytes.len() - 2);
    front.answer("DescribeCollection", 1, answer(&bytes));
    assert_eq!(asks(), Ok(direct), "so many are read");
}

#[test]
fn all_databases_together_have_no_more_collections_than_one_may_have() {
    let fake = Fake::start(NEWEST);
    let front = Front::before(fake.address());
    let names = |count| (0..count).map(|number| number.to_string()).collect();
    let status = Some(Success::default());
    let databases =
        ListDatabasesResponse { status: status.clone(), db_names: names(3), ..Default::default() };
    let collections = ShowCollectionsResponse { status, collection_names: names(MOST_NAMES / 2) };
    front.answer("ListDatabases", 1, answer(&databases.encode_to_vec()));
    front.answer("ShowCollections", 3, answer(&collections.encode_to_vec()));
    let settings = SurveySettings::default();
    let many = SurveyMany { names: None, settings, all_databases: true, concurrency: 16 };
    let error = client_with(&front.uri(), &[]).survey(many, LIMIT).wait().unwrap_err();
    assert_eq!(error.status, Status::ServerError);
    assert!(error.message().contains("more than 100000 collections together"), "{error}");
}

#[test]
fn the_texts_of_all_collections_are_bounded_together() {
    let fake = Fake::start(NEWEST);
    let front = Front::before(fake.address());
    let status = Some(Success::default());
    let collection_names: Vec<_> = (0..9).map(|number| number.to_string()).collect();
    let collections = ShowCollectionsResponse { status: status.clone(), collection_names };
    front.answer("ShowCollections", 1, answer(&collections.encode_to_vec()));
    let db_name = "x".repeat(MOST_BYTES - 100);
    let described = DescribeCollectionResponse { status, db_name, ..Default::default() };
    front.answer("DescribeCollection", 9, answer(&described.encode_to_vec()));
    let (items, error) = client_with(&front.uri(), &[]).collections(LIMIT).wait().unwrap();
    let kept = items.iter().filter(|item| item.database.len() > 1_000).count();
    assert_eq!((items.len(), kept, error.unwrap().status), (9, 4, Status::SomeFailed));
    let dropped = items.iter().find(|item| item.database.len() < 1_000).unwrap();
    let why = dropped.error.as_ref().unwrap();
    assert!(!dropped.name.is_empty() && why.message().contains("more than 33554432 bytes"), "{why}");
}

/// The most that an answer may add to the memory of a process.
const MOST_KB: u64 = 64 << 10;
/// Tells a process of this test that it is to ask, and whom.
const ASKS: &str = "HOSTILE_URI";

/// A figure of this process, in kB.
#[cfg(target_os = "linux")]
fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// What a process of its own prints that runs the test of this name, which asks this server for it.
#[cfg(target_os = "linux")]
fn asked_elsewhere(name: &str, hostile: Hostile) -> String {
    let (_fake, front) = front(hostile);
    let number = Hostile::ALL.iter().position(|one| *one == hostile).unwrap();
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(ASKS, format!("{number} {}", front.uri()))
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&child.stdout).into_owned();
    text.lines().find_map(|line| line.strip_prefix("HOSTILE ")).expect(&text).to_owned()
}

/// In such a process: what to ask for, and whom, with a connection.
#[cfg(target_os = "linux")]
fn asks() -> Option<(Hostile, Client)> {
    let told = std::env::var(ASKS).ok()?;
    let (number, uri) = told.split_once(' ').unwrap();
    let client = client_with(uri, &[]);
    client.server(LIMIT).wait().unwrap();
    Some((Hostile::ALL[number.parse::<usize>().unwrap()], client))
}

#[test]
#[cfg(target_os = "linux")]
fn no_answer_takes_more_memory_than_is_promised() {
    if let Some((hostile, client)) = asks() {
        let before = memory("VmRSS:");
        let result = hostile.ask(&client);
        let taken = memory("VmHWM:") - before;
        let elements = result.map_or_else(|error| error.message().to_owned(), |count| count.to_string());
        println!("\nHOSTILE {taken} {elements}");
        return;
    }
    for hostile in Hostile::ALL {
        let told = asked_elsewhere("no_answer_takes_more_memory_than_is_promised", hostile);
        println!("{hostile:?}: {told}");
        let (kilobytes, elements) = told.split_once(' ').unwrap();
        assert_eq!(hostile.refusal().is_some(), elements.parse::<u32>().is_err(), "{hostile:?}: {elements}");
        assert!(kilobytes.parse::<u64>().unwrap() <= MOST_KB, "{hostile:?}: {kilobytes} kB");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn without_memory_for_its_list_an_answer_is_an_error_and_the_next_one_is_read() {
    let name = "without_memory_for_its_list_an_answer_is_an_error_and_the_next_one_is_read";
    if let Some((hostile, client)) = asks() {
        // Room for the 8 MiB, and not for 200,000 segments beside them.
        let most = (memory("VmSize:") << 10) + (24 << 20);
        let limits = [format!("--pid={}", std::process::id()), format!("--as={most}")];
        assert!(Command::new("prlimit").args(limits).status().unwrap().success());
        let error = hostile.ask(&client).unwrap_err();
        let next = client.compaction_state(1, LIMIT).wait();
        println!("\nHOSTILE {:?} {} {}", error.status, next.is_ok(), error.message());
        return;
    }
    let told = asked_elsewhere(name, Hostile::MostSegments);
    assert!(told.starts_with("OutOfMemory true ") && told.contains("there is no memory for"), "{told}");
}
