//! Reports as JSON, through the functions that a program in C calls: what a text says is what the struct says.

#![allow(unsafe_code)] // it reads structs as C does

mod call;
#[path = "../common/mod.rs"]
#[allow(dead_code)]
mod common;
mod expected;
mod samples;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{CStr, CString, c_char};
use std::path::Path;
use std::ptr;
use std::sync::Arc;

use call::{Client, LIMIT_MS, List, check_json, init, json, report_json, text};
use milvus_client::ffi::check::{milvus_check_result, milvus_resolution_name};
use milvus_client::ffi::compaction::{milvus_compact, milvus_trigger_name};
use milvus_client::ffi::errors::{
    milvus_last_error, milvus_last_error_message, milvus_status, milvus_status_name,
};
use milvus_client::ffi::jobs::{milvus_compaction_report, milvus_verdict_name};
use milvus_client::ffi::json as j;
use milvus_client::ffi::judgements::{milvus_judgement_name, milvus_reason_name};
use milvus_client::ffi::many::milvus_skip_name;
use milvus_client::ffi::optimize::{milvus_optimize_many, milvus_stage_name};
use milvus_client::ffi::optimized::{milvus_optimize_list_free, milvus_step_state_name};
use milvus_client::ffi::plans::{milvus_plan_state_name, milvus_plan_type_name};
use milvus_client::ffi::segments::{
    MILVUS_SEGMENTS_LOADED, MILVUS_SEGMENTS_STORED, milvus_segment_level_name, milvus_segment_state_name,
};
use milvus_fake::Fake;
use milvus_replay::{Recording, Replay, Settings};
use serde_json::Value;

const INVALID_ARGUMENT: milvus_status = 1;
const VERSIONS: [&str; 4] = ["v2.3.5", "v2.4.24", "v2.6.19", "v3.1.0"];
/// Every way in which a job of the scripted server ends, and a name that no collection has.
const NAMES: [&str; 8] =
    ["succeeds", "nothing", "uncounted", "fails", "fails_partly", "times_out", "is_forgotten", "missing"];

fn optimized(client: &Client, names: &[&str]) -> List<milvus_client::ffi::optimized::milvus_optimize_list> {
    let texts: Vec<CString> = names.iter().map(|name| CString::new(*name).unwrap()).collect();
    let pointers: Vec<*const c_char> = texts.iter().map(|text| text.as_ptr()).collect();
    let mut list = ptr::null_mut();
    let (count, params) = (names.len(), ptr::null());
    milvus_optimize_many(client.handle(), pointers.as_ptr(), count, params, LIMIT_MS, &raw mut list);
    assert!(!list.is_null());
    List(list, milvus_optimize_list_free)
}

/// Compares one list with its JSON.
fn assert_same<T>(items: &[T], expected: fn(&T) -> Value, json: &Value) {
    assert!(!items.is_empty());
    let expected: Vec<Value> = items.iter().map(expected).collect();
    assert_eq!(json, &Value::Array(expected));
}

#[test]
fn the_json_of_many_collections_says_what_their_structs_say() {
    for version in VERSIONS {
        let fake = Fake::start(version);
        let client = Client::new(&fake.uri());
        let list = client.many(&NAMES);
        assert_same(&list.items(), expected::many_result, &list.json());
        let statuses: BTreeSet<String> =
            list.json().as_array().unwrap().iter().map(|item| item["status"].to_string()).collect();
        assert!(statuses.len() > 2, "{version}: {statuses:?}");
    }
}

#[test]
fn the_json_of_reports_plans_and_segments_says_what_their_structs_say() {
    for version in VERSIONS {
        let fake = Fake::start(version);
        fake.add_mergeable("loaded", &[3]);
        fake.load("loaded", 5);
        let client = Client::new(&fake.uri());
        for name in ["succeeds", "fails_partly", "nothing", "is_forgotten", "loaded"] {
            let (text, mut job) = (CString::new(name).unwrap(), 0);
            assert_eq!(milvus_compact(client.handle(), text.as_ptr(), 0, LIMIT_MS, &raw mut job), 0);
            let report = client.report(job);
            assert_eq!(report_json(&report), expected::report(&report), "{version} {name}");
            let plans = client.plans(job);
            assert_eq!(plans.json(), plans.items().iter().map(expected::plan).collect::<Value>());
            let is_planned = ["succeeds", "fails_partly"].contains(&name);
            assert!(!is_planned || !plans.items().is_empty(), "{version} {name}");
            let stored = client.segments(name, MILVUS_SEGMENTS_STORED);
            assert_eq!(stored.json(), stored.items().iter().map(expected::segment).collect::<Value>());
            assert!(!is_planned || !stored.items().is_empty(), "{version} {name}");
            let check = client.check(name);
            assert_eq!(check_json(&check), expected::check_result(&check), "{version} {name}");
        }
        let served = client.segments("loaded", MILVUS_SEGMENTS_LOADED);
        assert_same(&served.items(), expected::segment, &served.json());
    }
}

#[test]
fn the_json_of_optimizing_says_what_its_structs_say() {
    for version in VERSIONS {
        let fake = Fake::start(version);
        fake.add_mergeable("c", &[3, 4]);
        fake.add_mergeable("loaded", &[3]);
        fake.load("loaded", 5);
        let client = Client::new(&fake.uri());
        let list = optimized(&client, &["c", "loaded", "missing"]);
        assert_same(&list.items(), expected::optimize_result, &list.json());
        let json = list.json();
        assert!(json[0]["steps"].as_array().unwrap().len() > 5, "{version}: {json}");
        assert_eq!(json[2]["error"]["status"], "MILVUS_COLLECTION_NOT_FOUND", "{version}");
    }
}

#[test]
fn the_json_of_recorded_jobs_says_what_their_structs_say() {
    let recordings =
        ["2.4.24/purge", "2.5.27/six", "2.6.19/fails_last", "2.6.19/dropped", "3.0.0-beta/purge"];
    for name in recordings {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/recordings/{name}.jsonl"));
        let recording = Arc::new(Recording::read(&path).unwrap());
        let replay = Replay::start(Arc::clone(&recording), Settings::default());
        let client = Client::new(&replay.uri());
        let list = client.many(&[recording.triggers[0].collection()]);
        assert_same(&list.items(), expected::many_result, &list.json());
        let json = list.json();
        let Some(job) = json[0]["job_id"].as_str().and_then(|id| id.parse::<i64>().ok()) else {
            continue;
        };
        assert!(job > 1 << 53, "{name}: ids of real servers are above what a double holds: {job}");
        let plans = client.plans(job);
        assert_same(&plans.items(), expected::plan, &plans.json());
    }
}

#[test]
fn the_json_of_surveys_collections_and_databases_says_what_their_structs_say() {
    for version in VERSIONS {
        let fake = Fake::start(version);
        fake.add_mergeable("c", &[3, 4]);
        fake.alias("first", "c");
        fake.alias("second", "c");
        let client = Client::new(&fake.uri());
        let survey = client.survey(&["c", "succeeds", "missing"]);
        assert_same(&survey.items(), expected::survey_result, &survey.json());
        assert!(survey.json()[0]["fragmentation"].as_f64().unwrap() > 0.5, "{version}");
        assert_eq!(survey.json()[2]["check"], Value::Null, "{version}");
        let collections = client.collections();
        assert_same(&collections.items(), expected::collection_info, &collections.json());
        if let Some(databases) = client.databases() {
            assert_same(&databases.items(), expected::database_info, &databases.json());
        }
    }
}

/// The fields that tests/abi/layout.txt promises of each struct, without those that JSON has in another form.
fn promised() -> BTreeMap<String, BTreeSet<String>> {
    let layout = include_str!("../abi/layout.txt");
    let mut structs: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in layout.lines() {
        let [of, field, ..] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        structs.entry(of.to_owned()).or_default().insert(field.to_owned());
    }
    for fields in structs.values_mut() {
        fields.retain(|field| {
            !["-", "size", "reserved", "has_segment_diff", "has_details"].contains(&&**field)
        });
        let lists = ["source_count", "target_count", "compaction_from_count", "node_count"];
        fields.retain(|field| !lists.contains(&&**field));
        if fields.remove("step_count") {
            fields.insert("steps".to_owned());
        }
    }
    structs
}

#[test]
fn every_field_of_a_struct_is_in_its_json_and_nothing_else() {
    let fake = Fake::start("v3.1.0");
    let client = Client::new(&fake.uri());
    let many = client.many(&["succeeds", "missing"]).json();
    fake.add_mergeable("c", &[3, 4]);
    let optimized = optimized(&client, &["c"]).json();
    let job: i64 = many[0]["job_id"].as_str().unwrap().parse().unwrap();
    let (segments, plans) = (client.segments("c", MILVUS_SEGMENTS_STORED).json(), client.plans(job).json());
    let check = check_json(&client.check("c"));
    let survey = client.survey(&["c"]).json();
    let (collections, databases) = (client.collections().json(), client.databases().unwrap().json());
    let of_each = [
        ("milvus_survey_result", &survey[0]),
        ("milvus_collection_info", &collections[0]),
        ("milvus_database_info", &databases[0]),
        ("milvus_many_result", &many[0]),
        ("milvus_compaction_report", &many[0]["report"]),
        ("milvus_plan_counts", &many[0]["report"]["counts"]),
        ("milvus_segment_diff", &many[0]["report"]["segment_diff"]),
        ("milvus_left_out", &many[0]["report"]["left_out"]),
        ("milvus_error", &many[1]["error"]),
        ("milvus_optimize_result", &optimized[0]),
        ("milvus_optimize_step", &optimized[0]["steps"][0]),
        ("milvus_segment", &segments[0]),
        ("milvus_plan", &plans[0]),
        ("milvus_check_result", &check),
    ];
    let promised = promised();
    for (name, value) in of_each {
        let value = value.as_object().unwrap_or_else(|| panic!("{name} is no object: {value}"));
        let written: BTreeSet<String> = value.keys().cloned().collect();
        assert_eq!(written, promised[name], "{name}");
    }
}

#[test]
fn a_name_in_json_is_its_constants_name() {
    let names: [(&str, extern "C" fn(i32) -> *const c_char); 12] = [
        ("SKIP", milvus_skip_name),
        ("VERDICT", milvus_verdict_name),
        ("TRIGGER", milvus_trigger_name),
        ("STAGE", milvus_stage_name),
        ("STEP", milvus_step_state_name),
        ("RESOLUTION", milvus_resolution_name),
        ("JUDGEMENT", milvus_judgement_name),
        ("REASON", milvus_reason_name),
        ("PLAN_TYPE", milvus_plan_type_name),
        ("PLAN_STATE", milvus_plan_state_name),
        ("SEGMENT_STATE", milvus_segment_state_name),
        ("SEGMENT_LEVEL", milvus_segment_level_name),
    ];
    let header = include_str!("../../include/milvus_client.h");
    for (prefix, name) in names {
        let before = format!("#define MILVUS_{prefix}_");
        let constants: Vec<(&str, i32)> = header
            .lines()
            .filter_map(|line| line.strip_prefix(&before)?.split_once(' '))
            .filter_map(|(constant, number)| Some((constant, number.parse().ok()?)))
            .collect();
        assert!(constants.len() > 2, "{prefix}");
        for (constant, number) in constants {
            // SAFETY: a static text.
            let short = unsafe { CStr::from_ptr(name(number)) }.to_str().unwrap().replace(' ', "_");
            assert_eq!(short.to_lowercase(), constant.to_lowercase(), "{prefix}");
        }
    }
    // SAFETY: a static text.
    let status = unsafe { CStr::from_ptr(milvus_status_name(INVALID_ARGUMENT)) };
    assert_eq!(status.to_str().unwrap(), "MILVUS_INVALID_ARGUMENT");
}

#[test]
fn a_number_that_the_library_does_not_know_keeps_its_value() {
    let mut report: milvus_compaction_report = init();
    report.verdict = 4711;
    assert_eq!(report_json(&report)["verdict"], "unrecognized_4711");
}

#[test]
fn every_name_comes_out_as_it_went_in() {
    let long = "x\"".repeat(5 * 1024);
    let hostile = ["a\"quote", "back\\slash", "größe \u{2028} 😀", "</script><!--", &*long];
    let fake = Fake::start("v2.6.19");
    let client = Client::new(&fake.uri());
    let list = client.many(&hostile);
    let json = list.json();
    for (item, name) in json.as_array().unwrap().iter().zip(hostile) {
        assert_eq!(item["collection_name"], *name);
        assert!(item["error"]["message"].is_string(), "{item}");
    }
}

#[test]
fn control_characters_are_escaped() {
    let reason: String = (1..0x80_u8).map(char::from).collect();
    let mut check: milvus_check_result = init();
    for (unit, byte) in check.reason.iter_mut().zip(reason.bytes()) {
        *unit = byte.cast_signed() as c_char;
    }
    assert_eq!(check_json(&check)["reason"], *reason);
    let text = text(|buffer, capacity, length| {
        j::milvus_check_result_json(&raw const check, buffer, capacity, length)
    });
    assert!(!text.chars().any(|c| c < ' '), "one line, without control characters: {text}");
}

#[test]
fn an_error_is_an_object_and_no_error_is_null() {
    let last = || json(|b, capacity, length| j::milvus_error_json(milvus_last_error(), b, capacity, length));
    std::thread::spawn(move || assert_eq!(last(), Value::Null)).join().unwrap();
    let client = Client::new("http://127.0.0.1:1");
    let (name, mut job) = (CString::new("c").unwrap(), 0);
    assert_ne!(milvus_compact(client.handle(), name.as_ptr(), 0, 100, &raw mut job), 0);
    assert_eq!(last(), expected::error(milvus_last_error()));
    assert_eq!(last()["operation"], "milvus_compact");
}

#[test]
fn a_text_is_cut_to_its_buffer_and_its_whole_length_is_told() {
    let report: milvus_compaction_report = init();
    let whole = text(|buffer, capacity, length| {
        j::milvus_compaction_report_json(&raw const report, buffer, capacity, length)
    });
    for capacity in [1, 2, 10, whole.len()] {
        let (mut buffer, mut length) = (vec![0x7f_u8; whole.len() + 1], 0);
        let place = buffer.as_mut_ptr().cast();
        assert_eq!(j::milvus_compaction_report_json(&raw const report, place, capacity, &raw mut length), 0);
        assert_eq!(length, whole.len());
        assert_eq!(buffer[..capacity - 1], whole.as_bytes()[..capacity - 1]);
        assert_eq!((buffer[capacity - 1], buffer[capacity]), (0, 0x7f));
    }
}

#[test]
fn what_cannot_be_written_is_refused() {
    fn message() -> String {
        call::string(milvus_last_error_message()).unwrap()
    }
    let report: milvus_compaction_report = init();
    let (none, no_length) = (ptr::null_mut(), ptr::null_mut());
    assert_eq!(j::milvus_compaction_report_json(&raw const report, none, 1, no_length), INVALID_ARGUMENT);
    assert_eq!(message(), "buffer: is NULL");
    assert_eq!(j::milvus_compaction_report_json(ptr::null(), none, 0, no_length), INVALID_ARGUMENT);
    assert_eq!(message(), "report: is NULL");
    assert_eq!(j::milvus_error_json(ptr::null(), none, 0, no_length), INVALID_ARGUMENT);
    assert_eq!(j::milvus_many_list_json(ptr::null(), none, 0, no_length), INVALID_ARGUMENT);
    for wrong in [[0x41; 256], [0x80_u8.cast_signed() as c_char; 256]] {
        let mut check: milvus_check_result = init();
        check.reason = wrong;
        assert_eq!(j::milvus_check_result_json(&raw const check, none, 0, no_length), INVALID_ARGUMENT);
        assert_eq!(message(), "result.reason: is no UTF-8 text");
    }
    let list = {
        let fake = Fake::start("v2.6.19");
        let list = Client::new(&fake.uri()).many(&["nothing"]);
        list.0
    };
    assert_ne!(j::milvus_many_list_json(list, none, 0, no_length), 0, "it is freed");
    assert_eq!(message(), "this milvus_many_list has been freed");
}
