//! What a dry run predicts, and what a flush waits for, on every version of Milvus as the scripted server plays it.

mod common;
#[path = "common/on_each.rs"]
mod on_each;

use std::time::Duration;

use common::{LIMIT, client, client_with};
use milvus_client::client::Timeout;
use milvus_client::compaction::{CheckResult, Known, Params};
use milvus_client::{Client, Status};
use milvus_fake::{DELETED, Fake, Fault, Method, NEWEST, PROFILES, ROWS, is_from};
use on_each::on_each;

fn check(client: &Client, name: &str) -> CheckResult {
    client.compaction_check(name, Params::default(), LIMIT).wait().unwrap()
}

/// Whether other clients' compactions can be seen.
fn knows_jobs(profile: &str) -> bool {
    profile == NEWEST || !is_from(profile, "2.4.0")
}

#[test]
fn a_dry_run_reads_only_and_predicts_the_trigger() {
    on_each(&PROFILES, |profile, fake, client| {
        let full = check(client, "succeeds");
        assert_eq!((full.segments, full.rows), (Some(4), Some(4 * ROWS)), "{profile}");
        let yes = if knows_jobs(profile) { Known::Yes } else { Known::NotKnown };
        assert_eq!(full.would_compact_if_free, Known::Yes, "{profile}: {full:?}");
        assert_eq!((full.would_compact, full.is_indexed), (yes, Known::Yes), "{profile}: {full:?}");
        assert_eq!((full.expected_segments, full.is_final), (Some(1), false), "{profile}: {full:?}");
        assert_eq!((full.is_enabled, full.unindexed_rows), (Known::Yes, Some(0)), "{profile}");
        assert_eq!(full.l0_segments, is_from(profile, "2.4.7").then_some(1), "{profile}");
        assert_eq!(full.unsorted_segments, is_from(profile, "2.5.0").then_some(0), "{profile}");
        let running = if knows_jobs(profile) { Known::No } else { Known::NotKnown };
        assert_eq!((full.is_running, full.may_be_busy), (running, running), "{profile}");
        let says_that_it_cannot_see = full.reason.contains("does not show whether another compaction");
        assert_eq!(says_that_it_cannot_see, !knows_jobs(profile), "{profile}: {}", full.reason);

        let empty = check(client, "nothing");
        assert_eq!((empty.would_compact, empty.segments), (Known::No, Some(0)), "{profile}");
        assert_eq!(empty.would_compact_if_free, Known::No, "{profile}");
        let unindexed = check(client, "unindexed");
        let expected = match profile {
            _ if is_from(profile, "2.4.13") => (Known::No, Known::Yes),
            _ if is_from(profile, "2.4.0") => (Known::NotKnown, Known::NotKnown),
            _ => (Known::Yes, Known::No),
        };
        assert_eq!(unindexed.is_indexed, Known::No, "{profile}");
        let told = (unindexed.needs_index, unindexed.would_compact_if_free);
        assert_eq!(told, expected, "{profile}: {unindexed:?}");
        assert_eq!((fake.count(Method::Trigger), fake.compacted()), (0, vec![]), "{profile}: it only reads");
    });
}

#[test]
fn a_compaction_that_runs_or_is_switched_off_decides() {
    on_each(&PROFILES, |profile, fake, client| {
        client.compact("never_ends", false, LIMIT).wait().unwrap();
        let running = check(client, "never_ends");
        assert_eq!((running.is_running, running.may_be_busy), (Known::Yes, Known::Yes), "{profile}");
        let told = (running.would_compact_if_free, running.would_compact);
        assert_eq!(told, (Known::Yes, Known::NotKnown), "{profile}: {}", running.reason);
        let disabled = "service unavailable: compaction disabled".to_owned();
        fake.fail_next(Method::State, Fault::Refuse(2, 1, disabled));
        let off = check(client, "succeeds");
        assert_eq!((off.is_enabled, off.would_compact), (Known::No, Known::No), "{profile}");
        assert_eq!(off.would_compact_if_free, Known::No, "{profile}");
        if is_from(profile, "2.6.3") {
            let params = Params { is_l0: true, ..Params::default() };
            let l0 = |name| client.compaction_check(name, params.clone(), LIMIT).wait().unwrap();
            // Only the newest servers list what grows, and deletions must be older than that.
            let yes = if profile == NEWEST { Known::Yes } else { Known::NotKnown };
            let some = l0("succeeds");
            assert_eq!(some.would_compact_if_free, yes, "{profile}: {}", some.reason);
            assert_eq!(l0("fails").would_compact, Known::No, "{profile}");
        }
    });
}

#[test]
fn rows_that_are_not_flushed_are_counted_where_the_collection_is_loaded() {
    on_each(&PROFILES, |profile, fake, client| {
        let has_unflushed = || check(client, "succeeds").has_unflushed;
        let counts = is_from(profile, "2.3.5");
        let if_counted = |known| if counts { known } else { Known::NotKnown };
        // The newest servers list what grows.
        let if_listed = |known| if profile == NEWEST { known } else { Known::NotKnown };
        assert_eq!(has_unflushed(), if_listed(Known::No), "{profile}: it is not loaded");
        fake.load("succeeds", 0);
        assert_eq!(has_unflushed(), if_counted(Known::No), "{profile}");
        fake.load("succeeds", 9);
        let growing = check(client, "succeeds");
        assert_eq!(growing.has_unflushed, if_counted(Known::Yes), "{profile}");
        assert_eq!(growing.reason.contains("not flushed"), counts, "{profile}: {}", growing.reason);
        // As right after a flush: what query nodes serve may all be flushed, or not.
        fake.load("succeeds", 0);
        fake.take_up_later("succeeds", 1);
        assert_eq!(has_unflushed(), if_listed(Known::No), "{profile}");
        // Deleted rows do not count.
        fake.load("succeeds", DELETED + 9);
        assert_eq!(has_unflushed(), if_counted(Known::Yes), "{profile}: more rows than are flushed");
        // One partition may have rows that nobody counts.
        fake.take_up_later("succeeds", 0);
        fake.load_in_part("succeeds");
        assert_eq!(has_unflushed(), if_listed(Known::No), "{profile}");
    });
}

#[test]
fn a_user_who_may_not_query_is_told_that_it_is_not_known() {
    let fake = Fake::start("v2.6.3");
    fake.load("succeeds", 9);
    let denied = "PrivilegeQuery: permission deny to alice".to_owned();
    fake.fail_next(Method::Query, Fault::Grpc(tonic::Code::PermissionDenied, denied));
    let told = check(&client(&fake), "succeeds");
    assert_eq!((told.has_unflushed, told.would_compact_if_free), (Known::NotKnown, Known::Yes), "{told:?}");
}

#[test]
fn what_decides_unseen_is_never_answered_with_yes() {
    on_each(&PROFILES, |profile, fake, client| {
        fake.set_property("succeeds", "collection.ttl.seconds", "2");
        fake.make_external("fails");
        fake.add_unindexed_vector("is_forgotten");
        fake.make_snapshot("fails_partly", "monday");
        for (name, words) in [
            ("succeeds", "time to live"),
            ("fails", "outside of Milvus"),
            ("is_forgotten", "a vector field has no index"),
        ] {
            let told = check(client, name);
            assert_eq!(told.would_compact_if_free, Known::NotKnown, "{profile}: {name}: {told:?}");
            assert!(told.reason.contains(words), "{profile}: {}", told.reason);
        }
        let has_snapshots = is_from(profile, "3.0.0");
        let told = check(client, "fails_partly").would_compact_if_free;
        assert_eq!(told, if has_snapshots { Known::NotKnown } else { Known::Yes }, "{profile}");
        fake.set_property("times_out", "collection.ttl.seconds", "0");
        assert_eq!(check(client, "times_out").would_compact_if_free, Known::Yes, "{profile}: no limit");
        if has_snapshots {
            let denied = "PrivilegeListSnapshots: permission deny to alice".to_owned();
            fake.fail_next(Method::Snapshots, Fault::Grpc(tonic::Code::PermissionDenied, denied));
            let told = check(client, "forgets_some");
            assert_eq!(told.would_compact_if_free, Known::NotKnown, "{profile}: {}", told.reason);
        }
    });
}

#[test]
fn a_final_collection_is_said_to_be_so_and_rewritten_all_the_same() {
    on_each(&PROFILES, |profile, fake, client| {
        let job = client.compact("times_out", false, LIMIT).wait().unwrap();
        assert!(job > 0, "{profile}");
        let before = check(client, "unindexed");
        assert!(!before.is_final, "{profile}: two segments");
        let job = client.compact("unindexed", false, LIMIT).wait().unwrap();
        let compacts = is_from(profile, "2.4.13");
        assert_eq!(client.compaction_wait(job, LIMIT).wait().unwrap().error, None, "{profile}");
        // Servers of 2.5 sort the result later.
        fake.sort("unindexed");
        let after = check(client, "unindexed");
        assert_eq!(after.is_final, compacts, "{profile}: {after:?}");
        if compacts {
            assert_eq!((after.segments, after.expected_segments), (Some(1), Some(1)), "{profile}");
            assert!(after.reason.contains("in final form"), "{profile}: {}", after.reason);
            assert_eq!(after.would_compact_if_free, Known::Yes, "{profile}");
        }
        assert_eq!(
            check(client, "nothing").is_final,
            knows_deletions(profile),
            "{profile}: nothing is stored"
        );
    });
}

/// In between, segments of deletions look like any other.
fn knows_deletions(profile: &str) -> bool {
    !is_from(profile, "2.4.0") || is_from(profile, "2.4.7")
}

#[test]
fn a_flush_waits_for_sorting_only_if_asked_to() {
    std::thread::scope(|scope| {
        for profile in PROFILES {
            scope.spawn(move || flushes_and_sorts(profile));
        }
    });
}

fn flushes_and_sorts(profile: &str) {
    let fake = Fake::start(profile);
    let sorts = is_from(profile, "2.5.0");
    let waiting = client_with(&fake.uri(), &[("flush.wait_for_sort", "true")]);
    let plain = client(&fake);
    fake.load("succeeds", 7);
    fake.sort_after("succeeds", 3);
    plain.flush("succeeds", LIMIT).wait().unwrap();
    let told = check(&plain, "succeeds");
    assert_eq!(told.unsorted_segments, sorts.then_some(1), "{profile}");
    assert_eq!(told.segments, Some(if sorts { 4 } else { 5 }), "{profile}: it would be left out");
    assert_eq!(told.reason.contains("1 segment waits to be sorted"), sorts, "{profile}: {}", told.reason);

    fake.load("succeeds", 7);
    let ids = fake.segments("succeeds");
    let asked = fake.count(Method::Stored);
    waiting.flush("succeeds", LIMIT).wait().unwrap();
    assert_eq!(fake.count(Method::Stored) - asked, if sorts { 4 } else { 0 }, "{profile}: till it is sorted");
    let told = check(&plain, "succeeds");
    assert_eq!((told.segments, told.unsorted_segments), (Some(6), sorts.then_some(0)), "{profile}: {ids:?}");

    fake.load("succeeds", 7);
    fake.sort_after("succeeds", u32::MAX);
    let flushed = waiting.flush("succeeds", Timeout::After(Duration::from_millis(1_500))).wait();
    if sorts {
        let error = flushed.unwrap_err();
        assert_eq!((error.status, error.in_doubt), (Status::Timeout, false), "{profile}");
        let expected = "the rows are stored, but 1 segment waits to be sorted";
        assert!(error.message().contains(expected), "{profile}: {error}");
    } else {
        assert_eq!(flushed, Ok(()), "{profile}");
    }
}

#[test]
fn nothing_but_unsorted_segments_leaves_it_open() {
    let fake = Fake::start("v2.6.3");
    let client = client(&fake);
    fake.load("nothing", 7);
    fake.sort_after("nothing", u32::MAX);
    client.flush("nothing", LIMIT).wait().unwrap();
    let told = check(&client, "nothing");
    assert_eq!((told.segments, told.unsorted_segments), (Some(0), Some(1)));
    assert_eq!((told.would_compact, told.is_final), (Known::NotKnown, false), "{}", told.reason);
    assert!(told.reason.contains("1 segment waits to be sorted"), "{}", told.reason);
}
