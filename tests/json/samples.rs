//! Samples of each kind of report, which the documentation shows and the tests of the bindings read. `UPDATE_SAMPLES=1`
//! writes them anew, each on one line; `python3 -m json.tool --indent 2` makes them readable.

use std::path::Path;

use milvus_client::ffi::json as j;
use milvus_client::ffi::segments::MILVUS_SEGMENTS_STORED;
use milvus_fake::Fake;
use serde_json::{Value, json};

use crate::call::{Client, text};
use crate::optimized;

/// They differ from run to run.
const VOLATILE: [&str; 5] = ["elapsed_ms", "polls", "failed_polls", "request_id", "message"];

/// What is the same in every run.
fn masked(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(masked).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(key, value)| {
                let is_masked = VOLATILE.contains(&&*key) && !value.is_null();
                let value = if is_masked { json!(value.is_number()) } else { masked(value) };
                (key, value)
            })
            .collect(),
        other => other,
    }
}

#[test]
fn the_samples_are_what_the_library_writes() {
    let fake = Fake::start("v3.1.0");
    fake.add_mergeable("to_optimize", &[3]);
    fake.load("to_optimize", 0);
    let client = Client::new(&fake.uri());
    let many = client.many_in_turn(&["succeeds", "fails_partly", "missing"]);
    let report = many.items()[1].report;
    let plans = client.plans(many.items()[1].job_id);
    let check = client.check("to_optimize");
    let segments = client.segments("to_optimize", MILVUS_SEGMENTS_STORED);
    let optimized = optimized(&client, &["to_optimize"]);
    let samples = [
        ("many", text(|b, capacity, length| j::milvus_many_list_json(many.0, b, capacity, length))),
        ("report", text(|b, capacity, length| j::milvus_compaction_report_json(report, b, capacity, length))),
        ("plans", text(|b, capacity, length| j::milvus_plan_list_json(plans.0, b, capacity, length))),
        (
            "check",
            text(|b, capacity, length| j::milvus_check_result_json(&raw const check, b, capacity, length)),
        ),
        (
            "segments",
            text(|b, capacity, length| j::milvus_segment_list_json(segments.0, b, capacity, length)),
        ),
        (
            "optimize",
            text(|b, capacity, length| j::milvus_optimize_list_json(optimized.0, b, capacity, length)),
        ),
    ];
    for (name, text) in samples {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/json/samples/{name}.json"));
        if std::env::var_os("UPDATE_SAMPLES").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        let parsed = |text: &str| masked(serde_json::from_str(text).unwrap());
        let sample = std::fs::read_to_string(&path).unwrap();
        assert_eq!(parsed(&sample), parsed(&text), "{name}: {text}");
    }
}
