use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use tokio::time::Instant;

use super::super::chosen::Chosen;
use super::super::counts::Counts;
use super::super::job_history::Origin;
use super::super::job_tracker::JobTracker;
use super::super::judgement::{Judged, Judgement, Reason};
use super::super::params::Mode;
use super::super::plan::{Details, ManagementEvidence, Plan};
use super::super::snapshot::Snapshot;
use super::super::state::{State, StateInfo};
use super::super::verdict::Verdict;
use super::*;
use crate::collection::Collection;
use crate::config::Options;
use crate::error::Status;
use crate::segments::Segment;

const JOB: i64 = 455_123_456_789_012_345;

fn config(token: &str) -> Config {
    let mut options = Options::default();
    options.set("token", token).unwrap();
    Config::new("http://localhost", &options).unwrap()
}

fn segment(id: i64, partition_id: i64, level: i32) -> Segment {
    let is_sorted = Some(id % 2 == 0);
    let channel = (level == 2).then(|| "by-dev-rootcoord-dml_0_1v0".to_owned());
    Segment {
        id,
        partition_id,
        rows: 100,
        state: 4,
        level: Some(level),
        is_sorted,
        channel,
        ..Segment::default()
    }
}

fn origin(name: &str, id: i64) -> Origin {
    let segments = [segment(i64::MAX - 5, 7, 2), segment(8, -1, 1), segment(9, 7, 3), segment(3, 6, 2)];
    let ids = HashSet::from([9, 3]);
    Origin {
        collection: Collection {
            id,
            name: name.to_owned(),
            database: "sales".to_owned(),
            ..Collection::default()
        },
        chosen: Chosen { partition_id: 7, segment_ids: Some(ids), is_one_channel: true },
        before: Some(Snapshot::of(&segments)),
        ..Origin::of_now(Mode::Clustering)
    }
}

/// A job without a sign of success.
fn open_job() -> Job {
    let plan = |sources: &[i64]| Plan { sources: sources.to_vec(), target: -1, ..Plan::default() };
    let origin = Some(Arc::new(origin("größe", 5)));
    Job { origin, ..Job::new(Scheduled::Plans(2), [plan(&[3, 9]), plan(&[8])].into_iter().collect()) }
}

/// A job with every kind of observation.
fn full_job() -> Job {
    let details = Details {
        plan_id: 1,
        job_id: JOB,
        channel: "by-dev_0v0".to_owned(),
        kind: 5,
        state: 4,
        failure_reason: "no \"memory\" for key".to_owned(),
        targets: vec![70, 60],
        ..Details::default()
    };
    let reported = Judged { judgement: Judgement::Failed, reason: Reason::Reported };
    let stored = Judged { judgement: Judgement::Completed, reason: Reason::TargetStored };
    let plans = [
        Plan {
            sources: vec![3, i64::MAX, i64::MIN],
            details: Some(Box::new(details)),
            judged: reported,
            ..Plan::default()
        },
        Plan {
            sources: vec![9, 8],
            target: 10,
            judged: stored,
            is_listed: true,
            is_settled: true,
            ..Plan::default()
        },
        Plan {
            sources: vec![7],
            target: -1,
            judged: reported,
            evidence: Some(Box::new(ManagementEvidence {
                reason: "segment not found".to_owned(),
                is_clustering: true,
            })),
            ..Plan::default()
        },
        Plan {
            sources: vec![6],
            target: -1,
            was_gone: true,
            is_twice: true,
            was_left: true,
            ..Plan::default()
        },
    ];
    let most = Counts { executing: 2, completed: 1, failed: 0, timed_out: 3 };
    let since = Instant::now().checked_sub(Duration::from_mins(5)).unwrap();
    let plans = plans.into_iter().collect();
    Job { since, plans, most, counted: 9, forgets: true, is_whole: true, is_over: true, ..open_job() }
}

fn exported(job: Job, config: &Config) -> Result<String, Error> {
    let history = JobHistory::default();
    history.remember(JOB, job);
    export(&history, config, JOB)
}

fn text(job: Job) -> String {
    exported(job, &config("an api key")).unwrap()
}

#[test]
fn an_imported_job_is_the_exported_one() {
    for job in [full_job(), open_job(), Job::of_others(), Job::new(Scheduled::Uncounted, Plans::default())] {
        let text = text(job.clone());
        assert!(text.bytes().all(|byte| byte.is_ascii_graphic()), "{text}");
        let history = JobHistory::default();
        assert_eq!(import(&history, &format!(" {text}\n")), Ok(JOB));
        let read = history.recall(JOB).unwrap();
        assert_eq!(read.plans, job.plans);
        assert_eq!((read.scheduled, read.most, read.counted), (job.scheduled, job.most, job.counted));
        assert_eq!((read.forgets, read.is_whole, read.is_over), (job.forgets, job.is_whole, job.is_over));
        assert!(read.since.elapsed().abs_diff(job.since.elapsed()) < Duration::from_mins(1));
        let (Some(read), Some(wrote)) = (read.origin, job.origin) else { continue };
        assert_eq!((&read.before, &read.chosen), (&wrote.before, &wrote.chosen));
        assert_eq!((&read.collection, read.mode, read.is_late), (&wrote.collection, wrote.mode, false));
    }
}

#[test]
fn a_job_that_was_never_started_goes_the_same_way() {
    let history = JobHistory::default();
    let text = export(&history, &config("key"), NO_JOB).unwrap();
    assert_eq!(import(&history, &text), Ok(NO_JOB));
    assert!(history.recall(NO_JOB).is_none());
}

#[test]
fn what_the_client_does_not_know_it_does_not_export() {
    let error = export(&JobHistory::default(), &config("key"), 7).unwrap_err();
    assert_eq!(error.status, Status::InvalidArgument);
    assert!(error.message().contains("neither triggered, imported nor waited for the job"), "{error}");
    assert_eq!(
        export(&JobHistory::default(), &config("key"), -1).unwrap_err().status,
        Status::InvalidArgument
    );
}

#[test]
fn no_text_shows_a_secret() {
    for token in ["größe", "root:sales", "öß"] {
        let error = exported(full_job(), &config(token)).unwrap_err();
        assert_eq!(error.status, Status::InvalidArgument);
        assert!(error.message().contains("token or password"), "{error}");
    }
    let history = JobHistory::default();
    import(&history, &exported(full_job(), &config("root:memory")).unwrap()).unwrap();
    let plans = history.recall(JOB).unwrap().plans;
    assert!(plans.iter().any(|plan| plan.failure_reason() == "no \"[hidden]\" for key"));
}

#[test]
fn what_is_no_whole_text_of_this_version_is_refused_with_the_reason() {
    let refused = |text: &str| {
        let error = import(&JobHistory::default(), text).unwrap_err();
        assert_eq!(error.status, Status::InvalidArgument);
        error.message().to_owned()
    };
    let whole = text(full_job());
    for end in 0..whole.len() {
        refused(&whole[..end]);
    }
    assert!(refused("").contains("does not begin with milvus-job-1."));
    assert!(refused("milvus-job-x.").contains("does not begin with"));
    assert!(refused(&whole.replace("job-1.", "job-2.")).contains("later version"));
    assert!(refused(&whole.replace("job-1.", "job-10.")).contains("later version"));
    for never in ["job-0.", "job-01.", "job-00."] {
        let why = refused(&whole.replace("job-1.", never));
        assert!(why.contains("a version that no library writes"), "{why}");
    }
    assert!(refused(&whole[..100]).contains("cut off"));
    assert!(refused(&format!("{whole}0")).contains("cut off"));
    assert!(refused(&"x".repeat(MOST_BYTES + 1)).contains("16 MiB"));
    assert!(refused(&seal("[]")).contains("\"job\""));
    assert!(refused(&seal(&"[".repeat(100_000))).contains("was not made by this library"));
}

#[test]
fn a_text_stays_the_same_however_often_it_is_read_and_written() {
    for minutes in [0, 1, 59, 6_000] {
        let since = Instant::now().checked_sub(Duration::from_mins(minutes) + Duration::from_micros(499_990));
        let first = text(Job { since: since.unwrap(), ..full_job() });
        let mut now = first.clone();
        for _ in 0..200 {
            let history = JobHistory::default();
            import(&history, &now).unwrap();
            now = export(&history, &config("an api key"), JOB).unwrap();
            assert_eq!(open(&now), open(&first));
        }
    }
}

#[test]
fn texts_of_before_are_read() {
    let mut value = job_json::write(JOB, &full_job(), Moment::now(), &str::to_owned);
    value.as_object_mut().unwrap().remove("whole");
    for plan in value["plans"].as_array_mut().unwrap() {
        plan["seen"].as_array_mut().unwrap().pop();
    }
    let history = JobHistory::default();
    import(&history, &seal(&value.to_string())).unwrap();
    let read = history.recall(JOB).unwrap();
    assert_eq!((read.is_whole, read.counted), (false, 9));
    assert!(read.plans.iter().all(|plan| !plan.was_left));
}

#[test]
fn numbers_that_no_job_has_are_refused() {
    let value = job_json::write(JOB, &full_job(), Moment::now(), &str::to_owned);
    for (pointer, nonsense) in [
        ("/job", "-1"),
        ("/scheduled", "-3"),
        ("/most/0", "-1"),
        ("/counted", "1.5"),
        ("/plans/2/judged/0", "77"),
        ("/plans/0/judged", "[1, 2]"), // completed with a target that it does not have
        ("/plans/1/judged", "[2, 2]"), // failed because the target is stored
        ("/plans/0/sources", "[\"7\"]"),
        ("/origin/mode", "4"),
        ("/origin/name", "\"\""),
        ("/origin/collection", "0"), // whose segments would all look gone
        ("/origin/collection", "-3"),
        ("/origin/before/0", "[7, 1, 2]"),
        ("/origin/before/0", "[7, 1, -2, 0]"),
        ("/origin/before/0", "[7, 1, 2, 32768]"), // more than a channel and traits
        ("/origin/before/0", "[7, 1, 2, 0, 0, 2, 0]"), // one twice
    ] {
        let mut value = value.clone();
        *value.pointer_mut(pointer).unwrap() = serde_json::from_str(nonsense).unwrap();
        let error = import(&JobHistory::default(), &seal(&value.to_string())).unwrap_err();
        assert!(error.message().contains("impossible value"), "{pointer} {nonsense}: {error}");
    }
}

#[test]
fn what_was_known_of_the_job_is_kept() {
    let history = JobHistory::default();
    let failed = Counts { failed: 1, ..Counts::ZERO };
    let late = Origin { before: None, is_late: true, ..origin("other", 6) };
    history.remember(JOB, Job { most: failed, origin: Some(Arc::new(late)), ..Job::of_others() });
    import(&history, &text(open_job())).unwrap();
    let origin = history.recall(JOB).unwrap().origin.unwrap();
    assert!(!origin.is_late && origin.before.is_some(), "what the trigger saw is better than a later look");
    history.remember(JOB, Job { most: failed, is_over: true, ..history.recall(JOB).unwrap() });
    import(&history, &text(full_job())).unwrap();
    let job = history.recall(JOB).unwrap();
    assert_eq!((job.most.failed, job.most.timed_out, job.plans.len(), job.is_over), (1, 3, 6, true));
    let elsewhere = Job { origin: Some(Arc::new(self::origin("größe", 6))), ..open_job() };
    let error = import(&history, &text(elsewhere)).unwrap_err();
    assert!(error.message().contains("from another server"), "{error}");
}

/// The verdict after the server reports that the job is over, and nothing else.
fn verdict(job: Job) -> Verdict {
    let mut tracker = JobTracker::new(JOB, job);
    tracker.poll(StateInfo { state: State::Completed, counts: Counts::ZERO });
    tracker.settle();
    tracker.report().verdict
}

/// The JSON pointers of all values.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Array(all) => {
            all.iter().enumerate().for_each(|(key, value)| places(value, &format!("{at}/{key}"), found));
        }
        Value::Object(all) => {
            all.iter().for_each(|(key, value)| places(value, &format!("{at}/{key}"), found));
        }
        _ => {}
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    let number = prop_oneof![-3_i64..300, any::<i64>(), Just(i64::MAX), Just(i64::MIN)];
    prop_oneof![
        number.prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
        Just(Value::Null),
        any::<f64>().prop_map(Value::from),
        prop::collection::vec(any::<i64>(), 0..8).prop_map(Value::from),
    ]
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "(milvus-job-1\\.)?[ -~]{0,200}", bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = import(&JobHistory::default(), &text);
        let _ = import(&JobHistory::default(), &String::from_utf8_lossy(&bytes));
        let _ = import(&JobHistory::default(), &seal(&text));
    }

    #[test]
    fn a_text_that_was_changed_is_refused(place in any::<prop::sample::Index>(), to in b'!'..=b'~') {
        let mut bytes = text(full_job()).into_bytes();
        let place = place.index(bytes.len());
        prop_assume!(bytes[place] != to);
        bytes[place] = to;
        prop_assert!(import(&JobHistory::default(), &String::from_utf8(bytes).unwrap()).is_err());
    }

    #[test]
    fn no_change_of_a_sound_text_makes_a_success_that_its_plans_do_not_show(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any_value()), 1..4),
        is_full in any::<bool>(),
    ) {
        let job = if is_full { full_job() } else { open_job() };
        let mut value = job_json::write(JOB, &job, Moment::now(), &str::to_owned);
        for (place, to) in changes {
            let mut all = Vec::new();
            places(&value, "", &mut all);
            *value.pointer_mut(&all[place.index(all.len())]).unwrap() = to;
        }
        let history = JobHistory::default();
        let Ok(job_id) = import(&history, &seal(&value.to_string())) else { return Ok(()) };
        let Some(job) = history.recall(job_id) else { return Ok(()) };
        let completed = |plan: &&Plan| plan.judged.judgement == Judgement::Completed;
        let shown = job.plans.iter().filter(completed).count();
        let counted = usize::try_from(job.most.completed).unwrap();
        let is_shown = shown.max(counted) >= job.plans.len().max(1);
        prop_assert!(is_shown || verdict(job) != Verdict::Succeeded);
    }
}
