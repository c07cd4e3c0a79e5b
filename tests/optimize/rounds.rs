//! Rounds: what they leave out, their limits, and what they rewrite.

use std::time::Duration;

use milvus_client::Status;
use milvus_client::compaction::{ApplyDeletions, Params, Settings, Stage, Verdict};
use milvus_fake::{Event, Fake, Fault, Method, PROFILES, ROWS, is_from};

use super::common::{client, client_with};
use super::on_each::on_each;
use super::{LINES, NEW, optimize, optimized, quick, segments, status};

#[test]
fn segments_that_others_hold_are_compacted_in_a_later_round() {
    on_each(&LINES, |line, fake, client| {
        fake.add_mergeable("c", &[5]);
        fake.holds_segments("c", 2, 1);
        let out = optimized(client, "c", quick());
        assert_eq!((segments(fake, "c"), out.rounds()), (1, 2), "{line}");
        assert_eq!(out.after.unwrap().rows, 5 * ROWS, "{line}");

        fake.add_mergeable("all", &[3]);
        fake.held_for("all", 2);
        let before = fake.count(Method::Trigger);
        let out = optimized(client, "all", quick());
        assert_eq!((segments(fake, "all"), fake.count(Method::Trigger) - before), (1, 3), "{line}");
        assert_eq!(out.verdict, Verdict::Succeeded, "{line}");
    });
}

#[test]
fn what_stays_held_is_reported_and_is_no_success() {
    on_each(&LINES, |line, fake, client| {
        fake.add_mergeable("c", &[5]);
        fake.holds_segments("c", 2, u32::MAX);
        let settings = Settings { pauses: Duration::from_millis(40), ..quick() };
        let out = optimize(client, "c", settings.clone());
        let error = out.error.clone().unwrap();
        // The server rewrites what is free alone; the results of several rounds could still be merged.
        assert_eq!((error.status, out.stage), (Status::Incomplete, Stage::Done), "{line}: {out:#?}");
        assert!(out.left_out.unwrap().held >= 2 && out.verdict == Verdict::Succeeded, "{line}: {out:#?}");
        assert!(error.message().contains("segments of \"c\" could still be compacted"), "{line}: {error}");

        fake.add_mergeable("all", &[3]);
        fake.held_for("all", u32::MAX);
        let out = optimize(client, "all", settings);
        let error = out.error.unwrap();
        assert_eq!((error.status, error.retriable, error.in_doubt), (Status::Busy, true, false), "{line}");
        assert!(error.message().contains("nothing was compacted"), "{line}: {error}");
        assert_eq!(segments(fake, "all"), 3, "{line}");
    });
}

#[test]
fn rounds_have_a_limit() {
    let fake = Fake::start(NEW);
    let client = client(&fake);
    fake.add_mergeable("c", &[6]);
    fake.holds_segments("c", 3, 1);
    let out = optimize(&client, "c", Settings { rounds: 1, ..quick() });
    assert_eq!(status(&out), Status::Incomplete, "{out:#?}");
    assert_eq!((out.left_out.unwrap().held, segments(&fake, "c")), (3, 4));
}

#[test]
fn a_writer_does_not_keep_it_from_its_end() {
    on_each(&LINES, |line, fake, client| {
        fake.add_mergeable("c", &[4]);
        fake.load("c", 0);
        fake.writes_on("c", 7, 2);
        let settings = Settings { rounds: 3, pauses: Duration::from_millis(100), ..quick() };
        let out = optimized(client, "c", settings);
        assert_eq!(out.verdict, Verdict::Succeeded, "{line}");
        let largest = fake.segments("c").iter().map(|(_, rows)| *rows).max().unwrap();
        assert!(largest >= 4 * ROWS, "{line}: what was stored at the beginning is in one segment");
        assert!(out.new_segments.unwrap() > 0, "{line}: {out:#?}");
        assert_eq!(fake.count(Method::Trigger), 1, "{line}: for the new segments nothing is rewritten again");
    });
}

#[test]
fn no_segment_is_rewritten_alone_unless_that_is_asked() {
    on_each(&LINES, |line, fake, client| {
        fake.add_mergeable("c", &[1, 1]);
        let before = fake.segments("c");
        let out = optimized(client, "c", quick());
        assert_eq!((out.verdict, fake.segments("c")), (Verdict::NothingToDo, before.clone()), "{line}");
        assert_eq!(fake.count(Method::Trigger), 0, "{line}");
        let out = optimized(client, "c", Settings { force: true, ..quick() });
        assert_eq!((out.verdict, fake.count(Method::Trigger)), (Verdict::Succeeded, 1), "{line}");
        assert_ne!(fake.segments("c"), before, "{line}");
        // Beside a partition with something to merge, a lone segment stays where the server can choose segments.
        fake.add_mergeable("mixed", &[1, 3]);
        let lone = fake.segments("mixed")[0];
        optimized(client, "mixed", quick());
        assert_eq!(fake.segments("mixed").contains(&lone), is_from(line, "2.5.8"), "{line}");
        assert_eq!(segments(fake, "mixed"), 2, "{line}");
    });
}

#[test]
fn the_cost_can_be_bounded_and_only_estimated() {
    on_each(&LINES, |line, fake, client| {
        fake.add_mergeable("c", &[4]);
        let rows = 4 * ROWS.unsigned_abs();
        for (settings, named) in [
            (Settings { most_rows: Some(rows - 1), ..quick() }, "max_rewrite_rows"),
            (
                Settings { most_bytes: Some(rows * 10 - 1), row_bytes: Some(10), ..quick() },
                "max_rewrite_bytes",
            ),
            (Settings { least_segments: 5, ..quick() }, "min_segments"),
        ] {
            let out = optimize(client, "c", settings);
            assert_eq!((out.stage, out.cost.segments_in, out.cost.rows), (Stage::Compact, 4, rows), "{line}");
            let error = out.error.unwrap();
            assert_eq!((error.status, error.in_doubt), (Status::OutOfBounds, false), "{line}: {error}");
            let figures = format!("would rewrite 4 segments to about 1, with {rows} rows");
            assert!(error.message().contains(&figures) && error.message().contains(named), "{line}: {error}");
        }
        let flushed = fake.count(Method::Flush);
        let out = optimized(client, "c", Settings { only_estimate: true, row_bytes: Some(10), ..quick() });
        assert_eq!((out.cost.segments_in, out.cost.segments_out, out.cost.bytes()), (4, Some(1), rows * 10));
        assert_eq!((fake.count(Method::Flush), fake.count(Method::Trigger)), (flushed, 0), "{line}");
        let fits = Settings { most_rows: Some(rows), least_segments: 4, ..quick() };
        assert_eq!(optimized(client, "c", fits).verdict, Verdict::Succeeded, "{line}");
    });
}

#[test]
fn a_bound_keeps_deletions_from_being_applied_too() {
    let fake = Fake::start(NEW);
    fake.add_mergeable("c", &[1]);
    fake.delete_rows("c", 20);
    let out = optimize(&client(&fake), "c", Settings { most_rows: Some(1), ..quick() });
    assert_eq!((status(&out), fake.count(Method::Trigger)), (Status::OutOfBounds, 0), "{out:#?}");
    let estimate = optimized(&client(&fake), "c", Settings { only_estimate: true, ..quick() });
    assert_eq!((estimate.cost.segments_in, estimate.cost.rows), (1, ROWS.unsigned_abs()), "{estimate:#?}");
}

#[test]
fn segments_that_are_as_large_as_the_server_makes_them_are_left_alone() {
    let fake = Fake::start(NEW);
    let client = client(&fake);
    fake.add_mergeable("c", &[3]);
    let segment_bytes = 10 * ROWS.unsigned_abs();
    let full = Settings { row_bytes: Some(10), segment_bytes: Some(segment_bytes * 3 / 2), ..quick() };
    assert_eq!(optimized(&client, "c", full.clone()).verdict, Verdict::NothingToDo);
    assert_eq!(fake.count(Method::Trigger), 0);
    let roomy = Settings { segment_bytes: Some(segment_bytes * 2), ..full };
    assert_eq!(optimized(&client, "c", roomy).verdict, Verdict::Succeeded);
}

#[test]
fn deletions_are_applied_first_where_the_server_can() {
    on_each(&PROFILES, |profile, fake, client| {
        if !is_from(profile, "2.4.7") {
            return; // it has no segments of deletions, or does not tell them from others
        }
        fake.add_mergeable("c", &[1]);
        fake.delete_rows("c", 20);
        let out = optimized(client, "c", quick());
        let can = is_from(profile, "2.6.3");
        let rows: i64 = fake.segments("c").iter().map(|(_, rows)| *rows).sum();
        assert_eq!(rows, if can { ROWS - 20 } else { ROWS }, "{profile}: {out:#?}");
        let applied = out.steps.iter().filter(|step| step.is_l0).count();
        let expected = if can { (1, 2) } else { (0, 0) };
        assert_eq!((applied, fake.count(Method::Trigger)), expected, "{profile}");
        assert_eq!(out.after.unwrap().l0_segments, Some(i64::from(!can)), "{profile}");

        fake.add_mergeable("kept", &[1]);
        fake.delete_rows("kept", 20);
        let before = fake.count(Method::Trigger);
        let never = Settings { deletions: ApplyDeletions::Never, ..quick() };
        assert_eq!(optimized(client, "kept", never).verdict, Verdict::NothingToDo, "{profile}");
        assert_eq!(fake.count(Method::Trigger), before, "{profile}");
        let always = optimize(client, "kept", Settings { deletions: ApplyDeletions::Always, ..quick() });
        let expected = if can { Status::Ok } else { Status::Unsupported };
        assert_eq!(status(&always), expected, "{profile}");
    });
}

#[test]
fn deletions_that_somebody_else_applies_are_purged_too() {
    on_each(&["v2.6.19", "v3.0.0"], |line, fake, client| {
        fake.add_mergeable("c", &[1]);
        fake.delete_rows("c", 20);
        fake.before_call(Method::Trigger, 0, "c", Event::ApplyDeletions);
        let out = optimized(client, "c", quick());
        let rows: i64 = fake.segments("c").iter().map(|(_, rows)| *rows).sum();
        // One trigger finds no deletions any more, and one purges the rows.
        assert_eq!((rows, fake.count(Method::Trigger)), (ROWS - 20, 2), "{line}: {out:#?}");
        assert_eq!(out.verdict, Verdict::Succeeded, "{line}");
    });
}

#[test]
fn every_kind_of_compaction_runs_in_rounds() {
    let kinds = [
        ("2.4.6", Params::new(true)),
        ("2.6.12", Params { target_size_mb: i64::MAX, ..Params::default() }),
        ("2.5.8", Params { partition: Some("second".to_owned()), ..Params::default() }),
    ];
    on_each(&LINES, |line, fake, client| {
        for (version, params) in &kinds {
            fake.add_mergeable("c", &[3, 3]);
            let out = optimize(client, "c", Settings { params: params.clone(), ..quick() });
            if !is_from(line, version) {
                assert_eq!(status(&out), Status::Unsupported, "{line} {params:?}");
                continue;
            }
            assert_eq!((status(&out), out.verdict), (Status::Ok, Verdict::Succeeded), "{line}: {out:#?}");
            let left = if params.partition.is_some() { 4 } else { 2 };
            assert_eq!(segments(fake, "c"), left, "{line} {params:?}");
            let again = optimized(client, "c", Settings { params: params.clone(), ..quick() });
            assert_eq!(again.verdict, Verdict::NothingToDo, "{line} {params:?}: {again:#?}");
        }
    });
}

#[test]
fn what_is_flushed_is_sorted_before_it_is_merged() {
    on_each(&LINES, |line, fake, client| {
        fake.add_mergeable("c", &[2]);
        fake.load("c", 9);
        fake.sort_after("c", 3);
        let out = optimized(client, "c", quick());
        assert_eq!((segments(fake, "c"), out.rounds()), (1, 1), "{line}: {out:#?}");
        assert_eq!(out.after.unwrap().rows, 2 * ROWS + 9, "{line}");
    });
}

#[test]
fn what_is_sorted_late_is_merged_in_a_later_round() {
    on_each(&["v2.5.27", NEW, "v3.0.0"], |line, fake, client| {
        fake.add_mergeable("c", &[2]);
        fake.load("c", 9);
        fake.sort_after("c", 12);
        let settings = Settings { skipped: Stage::Sort as i32, ..quick() };
        let out = optimized(client, "c", settings);
        assert_eq!((segments(fake, "c"), out.rounds()), (1, 2), "{line}: {out:#?}");
        assert_eq!(out.after.unwrap().rows, 2 * ROWS + 9, "{line}");
    });
}

#[test]
fn a_trigger_that_the_server_refuses_for_now_is_sent_again() {
    on_each(&LINES, |line, fake, _| {
        let client = client_with(&fake.uri(), &[("retry.max_attempts", "1")]);
        fake.add_mergeable("c", &[3]);
        (0..2).for_each(|_| {
            fake.fail_next(Method::Trigger, Fault::Refuse(8, 1, "rate limit exceeded".to_owned()));
        });
        optimized(&client, "c", quick());
        assert_eq!((segments(fake, "c"), fake.count(Method::Trigger)), (1, 3), "{line}");
    });
}
