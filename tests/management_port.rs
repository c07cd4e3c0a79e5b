//! What the management port adds to a verdict, against recorded servers: reasons, and plans that no counter showed.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use milvus_client::client::Timeout;
use milvus_client::compaction::{Judgement, Reason, Verdict, WaitResult};
use milvus_client::config::{Config, Options};
use milvus_client::{Client, Status};
use milvus_replay::{Recording, Replay, Settings};

const LIMIT: Timeout = Timeout::After(Duration::from_secs(45));
/// Slow enough that no counter of an ended plan is seen.
const LATENCY: Duration = Duration::from_millis(300);

/// The end of the recorded job, followed by a client that is given this management port.
fn follow(recorded: &str, management: impl Fn(&Replay) -> Option<String>) -> WaitResult {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings").join(recorded);
    let recording = Arc::new(Recording::read(&path).unwrap());
    let name = recording.triggers[0].collection().to_owned();
    let settings = Settings { latency: LATENCY, has_tasks_early: true, ..Settings::default() };
    let replay = Replay::start(recording, settings);
    let mut options = Options::default();
    if let Some(uri) = management(&replay) {
        options.set("management_uri", &uri).unwrap();
    }
    let client = Client::new(Config::new(&replay.uri(), &options).unwrap()).unwrap();
    let job = client.compact(&name, false, LIMIT).wait().unwrap();
    client.compaction_wait(job, LIMIT).wait().unwrap()
}

/// The address of a page without its path.
fn port(replay: &Replay) -> String {
    let page = replay.page();
    let end = page.match_indices('/').nth(2).map_or(page.len(), |(place, _)| place);
    page[..end].to_owned()
}

#[test]
fn a_reason_on_the_management_port_tells_a_failure_that_no_counter_showed() {
    for version in ["2.5.27", "3.0.0-beta"] {
        let recorded = format!("{version}/drop_partition.jsonl");
        let without = follow(&recorded, |_| None);
        assert_eq!(without.report.verdict, Verdict::Unknown, "{version}");
        assert!(without.report.plans.iter().any(|plan| plan.judged.reason == Reason::PartitionDropped));

        let outcome = follow(&recorded, |replay| Some(port(replay)));
        assert_eq!(outcome.report.verdict, Verdict::PartlyFailed, "{version}: {outcome:?}");
        let failed = outcome.report.plans.iter().find(|plan| plan.judged.judgement == Judgement::Failed);
        assert!(failed.unwrap().failure_reason().contains("segment not found"), "{version}");
        let error = outcome.error.unwrap();
        assert_eq!(error.status, Status::CompactionFailed);
        assert!(error.message().contains("segment not found"), "{version}: {error}");
    }
}

#[test]
fn a_management_port_that_cannot_be_asked_changes_nothing() {
    let nobody = |_: &Replay| Some("http://127.0.0.1:1".to_owned());
    // A gRPC port is no HTTP page.
    let no_page = |replay: &Replay| Some(replay.uri());
    for management in [&nobody as &dyn Fn(&Replay) -> Option<String>, &no_page] {
        let outcome = follow("3.0.0-beta/drop_partition.jsonl", management);
        assert_eq!(outcome.report.verdict, Verdict::Unknown);
        let outcome = follow("3.0.0-beta/one.jsonl", management);
        assert_eq!(outcome.report.verdict, Verdict::Succeeded);
    }
}

#[test]
fn the_page_of_another_cluster_decides_nothing() {
    let other = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings/2.6.19/half_bad.jsonl");
    let other = Replay::start(Arc::new(Recording::read(&other).unwrap()), Settings::default());
    let outcome = follow("3.0.0-beta/drop_partition.jsonl", |_| Some(port(&other)));
    assert_eq!(outcome.report.verdict, Verdict::Unknown);
}
