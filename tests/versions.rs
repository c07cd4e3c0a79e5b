//! The same promises on every version of Milvus, as the scripted server plays them.

mod common;
#[path = "common/on_each.rs"]
mod on_each;

use std::time::Duration;

use common::{LIMIT, client, client_with};
use milvus_client::client::Timeout;
use milvus_client::compaction::{
    Known, NO_JOB, Params, ResolutionState, Start, Triggered, UNKNOWN_JOB, Verdict, WaitResult,
};
use milvus_client::{Client, Error, Status};
use milvus_fake::{DELETED, Fake, Fault, LITE, Method, NEWEST, PROFILES, Poll, ROWS, Scenario, is_from};
use on_each::on_each;

/// Whether results of plain jobs come unsorted.
fn sorts_results_later(profile: &str) -> bool {
    is_from(profile, "2.5.0") && !is_from(profile, "2.6.0")
}

/// Whether plans that ended are cleaned before any counter shows them.
fn hides_ends(profile: &str) -> bool {
    is_from(profile, "2.4.21") && !is_from(profile, "2.6.0")
}

fn trigger(client: &Client, name: &str) -> Result<Triggered, Error> {
    client.compact_with(name, Params::default(), LIMIT).wait()
}

fn wait(client: &Client, job_id: i64) -> WaitResult {
    client.compaction_wait(job_id, LIMIT).wait().unwrap()
}

fn compacted(client: &Client, name: &str) -> WaitResult {
    wait(client, trigger(client, name).unwrap().job_id)
}

/// Every way to ask for something else than a plain compaction, the version that can, and how the scripted
/// server records it.
fn options(fake: &Fake) -> Vec<(Params, &'static str, String)> {
    let id = fake.segments("succeeds")[0].0;
    let collection = id / 1_000;
    let channel = format!("by-dev-rootcoord-dml_0_{collection}v0");
    let plain = Params::default;
    vec![
        (Params::new(true), "2.4.6", "succeeds clustering".to_owned()),
        (Params { is_l0: true, ..plain() }, "2.6.3", "succeeds L0".to_owned()),
        (Params { target_size_mb: 2048, ..plain() }, "2.6.12", "succeeds to 2048 MB".to_owned()),
        (
            Params { partition: Some("_default".to_owned()), ..plain() },
            "2.5.8",
            format!("succeeds partition {collection}1"),
        ),
        (
            Params { channel: Some(channel.clone()), ..plain() },
            "2.5.8",
            format!("succeeds channel {channel}"),
        ),
        (
            Params { segment_ids: Some(vec![id, id + 1]), ..plain() },
            "2.5.8",
            format!("succeeds segments [{id}, {}]", id + 1),
        ),
    ]
}

/// What a trigger of a free collection gets. Without a list of jobs nobody knows whose job clustering got.
fn scheduled(params: &Params, version: &str) -> Start {
    if params.is_clustering && !is_from(version, NEWEST) { Start::Accepted } else { Start::Scheduled }
}

#[test]
fn exactly_the_named_collection_is_compacted() {
    on_each(&PROFILES, |profile, fake, client| {
        fake.alias("other", "succeeds");
        assert_eq!(compacted(client, "other").report.verdict, Verdict::Succeeded, "{profile}");
        assert_eq!(fake.compacted(), ["succeeds"], "{profile}");
        for unknown in ["no_such", "SUCCEEDS"] {
            let error = trigger(client, unknown).unwrap_err();
            assert_eq!((error.status, error.in_doubt), (Status::CollectionNotFound, false), "{profile}");
        }
        let lost = client_with(&format!("{}/no_such_database", fake.uri()), &[]);
        assert_eq!(trigger(&lost, "succeeds").unwrap_err().status, Status::DatabaseNotFound, "{profile}");
        assert_eq!(fake.count(Method::Trigger), 1, "{profile}");
    });
}

#[test]
fn each_end_of_a_job_gets_its_verdict() {
    let ends = [
        ("succeeds", Verdict::Succeeded),
        ("fails", Verdict::Failed),
        ("vanishes", Verdict::Failed),
        ("fails_partly", Verdict::PartlyFailed),
        ("times_out", Verdict::TimedOut),
        ("is_forgotten", Verdict::Unknown),
        ("forgets_some", Verdict::PartlyFailed),
    ];
    on_each(&PROFILES, |profile, _, client| {
        for (name, verdict) in ends {
            // What is left shows that a plan failed, and no counter why.
            let is_hidden = verdict == Verdict::TimedOut && hides_ends(profile);
            let verdict = if is_hidden { Verdict::Failed } else { verdict };
            let outcome = compacted(client, name);
            assert_eq!(outcome.report.verdict, verdict, "{profile} {name}: {outcome:?}");
            let is_good = verdict == Verdict::Succeeded;
            assert_eq!(outcome.error.is_none(), is_good, "{profile} {name}");
        }
    });
}

#[test]
fn a_trigger_says_what_came_of_it() {
    on_each(&PROFILES, |profile, _, client| {
        let done = trigger(client, "succeeds").unwrap();
        assert_eq!((done.start, done.planned), (Start::Scheduled, Some(2)), "{profile}");
        let nothing = trigger(client, "nothing").unwrap();
        assert_eq!((nothing.start, nothing.planned), (Start::Nothing, Some(0)), "{profile}");
        assert_eq!(nothing.job_id == NO_JOB, is_from(profile, "2.4.0"), "{profile}");
        assert_eq!(wait(client, nothing.job_id).report.verdict, Verdict::NothingToDo, "{profile}");
        let unindexed = trigger(client, "unindexed").unwrap();
        let expected = if is_from(profile, "2.4.13") { Start::Scheduled } else { Start::Nothing };
        assert_eq!(unindexed.start, expected, "{profile}");
    });
}

#[test]
fn a_second_trigger_gets_the_job_that_runs() {
    on_each(&PROFILES, |profile, fake, client| {
        let first = trigger(client, "succeeds").unwrap();
        let second = trigger(client, "succeeds").unwrap();
        assert_eq!((second.start, second.job_id), (Start::Running, first.job_id), "{profile}");
        // Another client has nothing to go by, except where servers list jobs.
        let other = trigger(&common::client(fake), "succeeds");
        if profile == NEWEST {
            let other = other.unwrap();
            assert_eq!((other.start, other.job_id), (Start::Running, first.job_id));
        } else if is_from(profile, "2.4.0") {
            let busy = other.unwrap_err();
            assert_eq!(
                (busy.status, busy.retriable, busy.in_doubt),
                (Status::Busy, true, false),
                "{profile}"
            );
        } else {
            assert_eq!(other.unwrap().start, Start::Nothing, "{profile}: it gives every trigger an id");
        }
        assert_eq!(wait(client, second.job_id).report.verdict, Verdict::Succeeded, "{profile}");
        // Over, it is in nobody's way. The two results are merged in their turn, once they are sorted.
        if sorts_results_later(profile) {
            assert_eq!(trigger(client, "succeeds").unwrap().start, Start::Nothing, "{profile}");
            fake.sort("succeeds");
        }
        assert_eq!(trigger(client, "succeeds").unwrap().start, Start::Scheduled, "{profile}");
        if is_from(profile, "2.4.6") {
            let first = client.compact_with("never_ends", Params::new(true), LIMIT).wait().unwrap();
            let second = client.compact_with("never_ends", Params::new(true), LIMIT).wait().unwrap();
            // Where no list tells, a running job that is answered with may be of any kind, the first time and the second.
            let expected = if profile == NEWEST { Start::Running } else { Start::Accepted };
            assert_eq!(second.start, expected, "{profile}");
            assert_eq!(first.job_id, second.job_id, "{profile}");
            // A job of another kind, or of a part, does not stand for what is asked for.
            if is_from(profile, "2.6.3") {
                let l0 = Params { is_l0: true, ..Params::default() };
                let part = Params { partition: Some("_default".to_owned()), ..Params::default() };
                let other = client.compact_with("never_ends", l0, LIMIT).wait().unwrap();
                assert_eq!((other.start, other.job_id), (Start::Nothing, NO_JOB), "{profile}");
                let busy = client.compact_with("never_ends", part, LIMIT).wait().unwrap_err();
                assert_eq!(busy.status, Status::Busy, "{profile}: {busy}");
            }
            let theirs =
                common::client(fake).compact_with("never_ends", Params::new(true), LIMIT).wait().unwrap();
            assert_eq!((theirs.start, theirs.job_id), (expected, first.job_id), "{profile}");
        }
    });
}

#[test]
fn an_option_is_carried_out_or_refused_but_never_ignored() {
    let mut refused = 0;
    for profile in PROFILES {
        let count = options(&Fake::start(profile)).len();
        for index in 0..count {
            let fake = Fake::start(profile);
            let (params, needed, record) = options(&fake).swap_remove(index);
            let result = client(&fake).compact_with("succeeds", params.clone(), LIMIT).wait();
            if is_from(profile, needed) {
                assert_eq!(result.unwrap().start, scheduled(&params, profile), "{profile} {params:?}");
                assert_eq!(fake.compacted(), [record], "{profile}");
            } else {
                let error = result.unwrap_err();
                assert_eq!(
                    (error.status, error.in_doubt),
                    (Status::Unsupported, false),
                    "{profile} {params:?}"
                );
                let text = error.message();
                assert!(text.contains(needed) && text.contains(profile.trim_start_matches('v')), "{error}");
                let check = client(&fake).compaction_check("succeeds", params, LIMIT).wait().unwrap_err();
                assert_eq!(check.message(), text, "the dry run is refused alike");
                assert_eq!((fake.count(Method::Trigger), fake.compacted()), (0, vec![]), "{profile}");
                refused += 1;
            }
        }
    }
    assert!(refused > 20, "old versions were among them");
}

#[test]
fn a_server_of_unknown_version_can_do_nothing_unless_told_so() {
    for (index, (params, needed, record)) in options(&Fake::start(NEWEST)).into_iter().enumerate() {
        let fake = Fake::start("custom-build");
        let error = client(&fake).compact_with("succeeds", params.clone(), LIMIT).wait().unwrap_err();
        assert_eq!(error.status, Status::Unsupported);
        assert!(error.message().contains("assumed_version"), "{error}");
        assert_eq!(fake.count(Method::Trigger), 0);
        // What it is assumed to be, it has to be in truth: here it is.
        let fake = Fake::start(NEWEST);
        fake.hide_version();
        let old = client_with(&fake.uri(), &[("assumed_version", "2.4.5")]);
        assert_eq!(
            old.compact_with("succeeds", params.clone(), LIMIT).wait().unwrap_err().status,
            Status::Unsupported
        );
        let told = client_with(&fake.uri(), &[("assumed_version", needed)]);
        let expected = scheduled(&params, needed);
        assert_eq!(told.compact_with("succeeds", params, LIMIT).wait().unwrap().start, expected, "{index}");
        assert_eq!(fake.compacted(), [record]);
    }
}

#[test]
fn what_does_not_exist_or_does_not_fit_is_refused_unsent() {
    let fake = Fake::start(NEWEST);
    let client = client(&fake);
    let plain = Params::default;
    let other = fake.segments("fails")[0].0;
    for (params, status, text) in [
        (Params { partition: Some("p9".to_owned()), ..plain() }, Status::PartitionNotFound, "\"p9\""),
        (Params { channel: Some("c9".to_owned()), ..plain() }, Status::InvalidArgument, "it has by-dev"),
        (Params { segment_ids: Some(vec![other]), ..plain() }, Status::InvalidArgument, "no flushed segment"),
        (Params { target_size_mb: 1, ..Params::new(true) }, Status::InvalidArgument, "exclude each other"),
    ] {
        for result in [
            client.compact_with("succeeds", params.clone(), LIMIT).wait().map(|_| ()),
            client.compaction_check("succeeds", params, LIMIT).wait().map(|_| ()),
        ] {
            let error = result.unwrap_err();
            assert_eq!(error.status, status);
            assert!(error.message().contains(text), "{error}");
        }
    }
    fake.remove_clustering_keys();
    let error = client.compact_with("succeeds", Params::new(true), LIMIT).wait().unwrap_err();
    assert!(error.message().contains("no clustering key"), "{error}");
    assert_eq!(fake.count(Method::Trigger), 0);
    // What the server refuses, it has not done.
    for (code, text, status) in [
        (
            1100,
            "targetSize 1 MB should be greater than or equal to configMaxSize 1024 MB",
            Status::InvalidArgument,
        ),
        (200, "partition not found", Status::PartitionNotFound),
    ] {
        fake.fail_next(Method::Trigger, Fault::Refuse(code, 1, text.to_owned()));
        let error = trigger(&client, "succeeds").unwrap_err();
        assert_eq!((error.status, error.in_doubt), (status, false));
        assert!(error.message().contains(text), "{error}");
    }
}

#[test]
fn the_report_of_an_own_job_says_what_it_did_to_the_segments() {
    on_each(&PROFILES, |profile, fake, client| {
        let report = compacted(client, "succeeds").report;
        let diff = report.segment_diff.unwrap_or_else(|| panic!("{profile}: {report:?}"));
        assert_eq!((diff.segments, diff.rows), ((4, 2), (4 * ROWS, 4 * (ROWS - DELETED))), "{profile}");
        assert_eq!((diff.removed, diff.added), (4, 2), "{profile}");
        assert_eq!((diff.sources_remaining, diff.targets_missing), (Some(0), Some(0)), "{profile}");
        assert_eq!(diff.rows_purged, Some(4 * DELETED), "{profile}");
        assert_eq!(diff.targets_confirmed, (profile == NEWEST).then_some(2), "{profile}");
        let l0 = is_from(profile, "2.4.7").then_some(1);
        assert_eq!(diff.l0_segments, (l0, l0), "{profile}: a plain one leaves them");
        if is_from(profile, "2.6.3") {
            let params = Params { is_l0: true, ..Params::default() };
            let job_id = client.compact_with("succeeds", params, LIMIT).wait().unwrap().job_id;
            let diff = wait(client, job_id).report.segment_diff.unwrap();
            assert_eq!(
                (diff.l0_segments, diff.sources_remaining),
                ((Some(1), Some(0)), Some(0)),
                "{profile}"
            );
            assert_eq!((diff.removed, diff.rows_purged), (0, None), "{profile}");
        }

        let job_id = trigger(client, "fails").unwrap().job_id;
        let outcome = wait(client, job_id);
        let diff = outcome.report.segment_diff.unwrap();
        assert_eq!((diff.removed, diff.sources_remaining), (0, Some(4)), "{profile}");
        let text = outcome.error.unwrap();
        assert!(text.message().contains("same segments as before"), "{profile}: {text}");
        let reason = text.message().contains("no space left on device");
        assert_eq!(reason, profile == NEWEST, "{profile}: {text}");
        let of_others = wait(&common::client(fake), job_id).report;
        assert_eq!(of_others.segment_diff, None, "another client has not seen the segments before");
    });
}

#[test]
fn a_server_that_does_not_list_segments_compacts_all_the_same() {
    let fake = Fake::start(NEWEST);
    for fault in [Fault::Hang, Fault::Refuse(65535, 1, "no".to_owned()), Fault::Cut] {
        fake.add("succeeds", Scenario::job(1, &[[1, 0, 0, 0], [0, 1, 0, 0]]));
        fake.fail_next(Method::Stored, fault);
        let client = client(&fake);
        let limit = Timeout::After(Duration::from_secs(4));
        let job_id = client.compact("succeeds", false, limit).wait().unwrap();
        let report = wait(&client, job_id).report;
        assert_eq!((report.verdict, report.segment_diff), (Verdict::Succeeded, None));
    }
}

#[test]
fn plans_and_segments_tell_what_the_version_reports_and_no_more() {
    on_each(&PROFILES, |profile, fake, client| {
        let job_id = trigger(client, "succeeds").unwrap().job_id;
        wait(client, job_id);
        let plans = client.compaction_plans(job_id, LIMIT).wait().unwrap();
        assert_eq!(plans.len(), 2, "{profile}");
        for plan in &plans {
            assert_eq!((plan.sources.len(), plan.targets()), (2, &[plan.target][..]), "{profile}");
            let details = plan.details.as_ref();
            assert_eq!(details.is_some(), profile == NEWEST, "{profile}");
            assert!(details.is_none_or(|d| d.job_id == job_id && d.state == 3 && d.kind == 3), "{plan:?}");
        }
        let stored = client.segments("succeeds", false, LIMIT).wait().unwrap();
        let data: Vec<_> = stored.into_iter().filter(|segment| segment.level != Some(1)).collect();
        assert_eq!(data.iter().map(|s| (s.id, s.rows)).collect::<Vec<_>>(), fake.segments("succeeds"));
        for segment in data {
            assert_eq!(segment.level, is_from(profile, "2.4.7").then_some(2), "{profile}");
            let is_sorted = !sorts_results_later(profile);
            assert_eq!(segment.is_sorted, is_from(profile, "2.5.0").then_some(is_sorted), "{profile}");
            assert_eq!(segment.storage_version, is_from(profile, "2.6.0").then_some(2), "{profile}");
            let origins = segment.compaction_from.map(|origins| origins.len());
            assert_eq!(origins, (profile == NEWEST).then_some(2), "{profile}");
        }
        assert_eq!(client.segments("succeeds", true, LIMIT).wait(), Ok(vec![]), "{profile}: not loaded");
        fake.load("succeeds", 7);
        let loaded = client.segments("succeeds", true, LIMIT).wait().unwrap();
        assert_eq!(loaded.len(), 2, "{profile}: what grows is not listed");
        assert!(
            loaded.iter().all(|s| s.memory.is_none() && s.nodes == [7]),
            "{profile}: 0 bytes are no report"
        );
        assert_eq!(
            client.segments("nope", false, LIMIT).wait().unwrap_err().status,
            Status::CollectionNotFound
        );
    });
}

#[test]
fn the_tasks_of_a_collection_are_never_those_of_others() {
    on_each(&PROFILES, |profile, _, client| {
        let other = trigger(client, "never_ends").unwrap();
        let mine = trigger(client, "fails_partly").unwrap();
        wait(client, mine.job_id);
        let tasks = client.compaction_tasks("fails_partly", LIMIT).wait();
        if profile == NEWEST {
            let tasks = tasks.unwrap();
            assert_eq!(tasks.len(), 3);
            assert!(tasks.iter().all(|task| task.details.as_ref().unwrap().job_id == mine.job_id));
            assert_ne!(other.job_id, mine.job_id);
            assert_eq!(client.compaction_tasks("succeeds", LIMIT).wait(), Ok(vec![]), "none, and it says so");
        } else {
            let error = tasks.unwrap_err();
            assert_eq!(error.status, Status::Unsupported, "{profile}");
            assert!(error.message().contains("newer than 3.0.0"), "{profile}: {error}");
        }
        assert_eq!(
            client.compaction_tasks("nope", LIMIT).wait().unwrap_err().status,
            Status::CollectionNotFound
        );
    });
}

#[test]
fn a_server_that_only_claims_to_be_new_does_not_get_away_with_it() {
    for has_details in [true, false] {
        for version in [NEWEST, "custom-build"] {
            let fake = Fake::start(version);
            fake.ignore_collections_in_lists(has_details);
            let client = client(&fake);
            let empty = client.compaction_tasks("succeeds", LIMIT).wait().unwrap_err();
            assert_eq!(empty.status, Status::Unsupported, "an empty list proves nothing");
            trigger(&client, "never_ends").unwrap();
            let foreign = client.compaction_tasks("succeeds", LIMIT).wait().unwrap_err();
            assert_eq!(foreign.status, Status::Unsupported);
            assert!(foreign.message().contains("ignores the collection's name"), "{foreign}");
        }
    }
}

#[test]
fn a_lost_answer_is_looked_into_as_far_as_the_server_shows() {
    on_each(&PROFILES, |profile, fake, client| {
        let knows = profile == NEWEST || !is_from(profile, "2.4.0");
        // The server acted, and its answer was lost.
        fake.fail_next(Method::Trigger, Fault::Cut);
        let error = trigger(client, "succeeds").unwrap_err();
        assert!(error.in_doubt && !error.retriable, "{profile}: {error}");
        let found = client.compaction_resolve("succeeds", LIMIT).wait().unwrap();
        assert_eq!(error.resolution, found.state as i32, "{profile}: {error}");
        assert!(error.message().contains(&found.text), "{profile}: {error}");
        let expected = if knows { ResolutionState::Started } else { ResolutionState::Unknown };
        assert_eq!(found.state, expected, "{profile}: {found:?}");
        assert_eq!(found.job_id > NO_JOB, profile == NEWEST, "{profile}: {found:?}");
        if found.state == ResolutionState::Started && found.job_id <= NO_JOB {
            assert_eq!(
                (found.job_id, error.job_id),
                (UNKNOWN_JOB, UNKNOWN_JOB),
                "{profile}: not to be waited for"
            );
        }
        if found.job_id <= NO_JOB {
            // Where jobs cannot be seen, their results can: somebody polls it to its end.
            for _ in 0..3 {
                fake.poll_all();
            }
            let later = client.compaction_resolve("succeeds", LIMIT).wait().unwrap();
            assert_eq!(later.state, ResolutionState::Started, "{profile}: {later:?}");
        } else {
            assert_eq!(error.job_id, found.job_id);
            let report = wait(client, found.job_id).report;
            assert_eq!(report.verdict, Verdict::Succeeded);
            assert_eq!(
                report.segment_diff.unwrap().sources_remaining,
                Some(0),
                "compared with before the trigger"
            );
        }
        // The trigger never arrived.
        fake.fail_next(Method::Trigger, Fault::Lost);
        let error = trigger(client, "fails").unwrap_err();
        assert!(error.in_doubt, "{profile}: {error}");
        let found = client.compaction_resolve("fails", LIMIT).wait().unwrap();
        let expected = if knows { ResolutionState::NoTrace } else { ResolutionState::Unknown };
        assert_eq!((found.state, found.job_id), (expected, NO_JOB), "{profile}: {found:?}");
        // Tried again after a failure, with the same segments.
        fake.fail_next(Method::Trigger, Fault::Cut);
        fake.add("retried", Scenario::job(1, &[[0, 0, 1, 0]]));
        wait(
            client,
            trigger(client, "retried").unwrap_or_else(|_| trigger(client, "retried").unwrap()).job_id,
        );
        fake.fail_next(Method::Trigger, Fault::Cut);
        trigger(client, "retried").unwrap_err();
        let again = client.compaction_resolve("retried", LIMIT).wait().unwrap().state;
        assert_eq!(
            again,
            if knows { ResolutionState::Started } else { ResolutionState::Unknown },
            "{profile}"
        );
        // A job that was known before is no answer to the question.
        fake.add("busy", Scenario::job(1, &[[1, 0, 0, 0]]));
        trigger(client, "busy").unwrap();
        fake.fail_next(Method::Trigger, Fault::Lost);
        trigger(client, "busy").unwrap_err();
        assert_eq!(client.compaction_resolve("busy", LIMIT).wait().unwrap().state, expected, "{profile}");
        // Answered, nothing is in doubt any more.
        trigger(client, "fails").unwrap();
        assert_eq!(
            client.compaction_resolve("fails", LIMIT).wait().unwrap().state,
            ResolutionState::NotInDoubt,
            "{profile}"
        );
    });
}

#[test]
fn what_others_had_begun_before_is_not_taken_for_the_lost_trigger() {
    on_each(&PROFILES, |profile, fake, client| {
        trigger(&common::client(fake), "succeeds").unwrap();
        fake.fail_next(Method::Trigger, Fault::Lost);
        assert!(trigger(client, "succeeds").unwrap_err().in_doubt, "{profile}");
        for _ in 0..3 {
            fake.poll_all();
        }
        assert_eq!(fake.segments("succeeds").len(), 2, "{profile}: the other's job is done");
        let found = client.compaction_resolve("succeeds", LIMIT).wait().unwrap();
        // In between, nobody shows whose it was: documented.
        let knows = profile == NEWEST || !is_from(profile, "2.4.0");
        assert_eq!(
            found.state,
            if knows { ResolutionState::NoTrace } else { ResolutionState::Started },
            "{profile}: {found:?}"
        );
    });
}

#[test]
fn a_trigger_that_times_out_can_be_looked_for_afterwards() {
    let fake = Fake::start(NEWEST);
    let client = client(&fake);
    fake.fail_next(Method::Trigger, Fault::Hang);
    let limit = Timeout::After(Duration::from_secs(2));
    let error = client.compact("succeeds", false, limit).wait().unwrap_err();
    assert_eq!(
        (error.status, error.in_doubt, error.resolution),
        (Status::Timeout, true, ResolutionState::None as i32)
    );
    let find = || client.compaction_resolve("succeeds", LIMIT).wait().unwrap().state;
    assert_eq!(find(), ResolutionState::Started);
    // Done and forgotten: the segments remember.
    fake.poll_all();
    fake.poll_all();
    fake.poll_all();
    fake.forget_jobs();
    assert_eq!(find(), ResolutionState::Started);
}

#[test]
fn a_server_that_is_replaced_by_an_older_one_is_not_sent_what_it_would_ignore() {
    for (index, (params, needed, _)) in options(&Fake::start(NEWEST)).into_iter().enumerate() {
        let fake = Fake::start(NEWEST);
        fake.fail_next(Method::Stored, Fault::Cut);
        fake.become_version_after_cut("v2.4.5");
        let result = client(&fake).compact_with("succeeds", params.clone(), LIMIT).wait();
        let error = result.expect_err(&format!("{index}: {params:?}"));
        assert_eq!((error.status, error.in_doubt), (Status::Unsupported, false), "{params:?}");
        assert!(error.message().contains(needed), "{error}");
        assert_eq!((fake.count(Method::Trigger), fake.compacted()), (0, vec![]));
    }
}

#[test]
fn a_restart_loses_jobs_or_not_and_the_verdict_knows() {
    on_each(&PROFILES, |profile, fake, client| {
        let job_id = trigger(client, "succeeds").unwrap().job_id;
        client.compaction_state(job_id, LIMIT).wait().unwrap();
        fake.restart();
        let outcome = wait(client, job_id);
        if is_from(profile, "2.4.7") {
            assert_eq!(outcome.report.verdict, Verdict::Succeeded, "{profile}");
        } else {
            assert_eq!(outcome.report.verdict, Verdict::Unknown, "{profile}");
            let text = outcome.error.unwrap();
            assert!(text.message().contains("same segments as before"), "{profile}: {text}");
        }
    });
}

#[test]
fn an_old_server_whose_plans_were_missed_at_first_is_judged_by_its_list() {
    for profile in ["v2.2.16", "v2.3.5"] {
        let fake = Fake::start(profile);
        for _ in 0..2 {
            fake.fail_next(Method::Plans, Fault::Refuse(65535, 1, "no".to_owned()));
        }
        let client = client(&fake);
        let accepted = trigger(&client, "succeeds").unwrap();
        assert_eq!((accepted.start, accepted.planned), (Start::Accepted, None));
        assert_eq!(wait(&client, accepted.job_id).report.verdict, Verdict::Succeeded);
    }
}

#[test]
fn milvus_lite_does_nothing_and_that_is_said() {
    let fake = Fake::start(LITE);
    let client = client(&fake);
    assert!(client.server(LIMIT).wait().unwrap().is_lite());
    let nothing = trigger(&client, "succeeds").unwrap();
    assert_eq!((nothing.start, nothing.job_id), (Start::Nothing, NO_JOB));
    assert_eq!(wait(&client, nothing.job_id).report.verdict, Verdict::NothingToDo);
    let check = client.compaction_check("succeeds", Params::default(), LIMIT).wait().unwrap();
    assert_eq!(check.would_compact, Known::No);
    assert!(check.reason.contains("milvus-lite"), "{}", check.reason);
    assert_eq!(trigger(&client, "nope").unwrap_err().status, Status::CollectionNotFound);
    for params in [Params::new(true), Params { is_l0: true, ..Params::default() }] {
        assert_eq!(
            client.compact_with("succeeds", params, LIMIT).wait().unwrap_err().status,
            Status::Unsupported
        );
    }
    for are_loaded in [false, true] {
        let error = client.segments("succeeds", are_loaded, LIMIT).wait().unwrap_err();
        assert_eq!(error.status, Status::Unsupported);
    }
    assert_eq!(client.compaction_tasks("succeeds", LIMIT).wait().unwrap_err().status, Status::Unsupported);
}

#[test]
fn a_whole_list_outranks_what_the_trigger_announced() {
    let fake = Fake::start(NEWEST);
    let polls = vec![Poll::of([0, 1, 0, 0])];
    fake.add("announces", Scenario { plan_count: 5, polls, plans: vec![2], ..Scenario::default() });
    let client = client(&fake);
    let outcome = compacted(&client, "announces");
    assert_eq!((outcome.report.verdict, outcome.report.planned), (Verdict::Succeeded, 1));
}

#[test]
fn a_flush_is_over_when_everything_is_stored() {
    on_each(&PROFILES, |profile, fake, client| {
        fake.load("succeeds", 7);
        let before = fake.segments("succeeds").len();
        client.flush("succeeds", LIMIT).wait().unwrap();
        assert_eq!(fake.segments("succeeds").len(), before + 1, "{profile}");
        assert_eq!(fake.count(Method::FlushState), 2, "{profile}: it waited");
        assert_eq!(
            client.flush("nope", LIMIT).wait().unwrap_err().status,
            Status::CollectionNotFound,
            "{profile}"
        );
        fake.fail_next(Method::FlushState, Fault::Hang);
        let error =
            client.flush("succeeds", Timeout::After(Duration::from_millis(1_500))).wait().unwrap_err();
        assert_eq!((error.status, error.in_doubt), (Status::Timeout, false), "{profile}");
        assert!(error.message().contains("flushing"), "{profile}: {error}");
    });
}
