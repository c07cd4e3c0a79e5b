//! What others do to the collection and the server meanwhile, and calls that end early.

use std::time::Duration;

use milvus_client::Status;
use milvus_client::client::Timeout;
use milvus_client::compaction::{Settings, Stage, StepState, Verdict};
use milvus_fake::{Event, Fault, Method, Scenario, is_from};

use super::common;
use super::on_each::on_each;
use super::{LINES, optimize, optimized, quick, segments, state, status, text};

#[test]
fn a_collection_that_is_dropped_meanwhile_is_not_found() {
    on_each(&LINES, |line, fake, client| {
        for method in [Method::FlushState, Method::DescribeIndex, Method::Load, Method::Loaded] {
            fake.add_mergeable("c", &[3]);
            fake.load("c", 0);
            fake.before_call(method, 0, "c", Event::Drop);
            let error = optimize(client, "c", quick()).error.unwrap();
            assert_eq!(error.status, Status::CollectionNotFound, "{line} {method:?}: {error}");
        }
    });
}

#[test]
fn what_others_do_before_the_trigger_is_seen_before_the_end() {
    on_each(&LINES, |line, fake, client| {
        let skipped = [Stage::Flush, Stage::Sort, Stage::Index].iter().fold(0, |sum, s| sum | *s as i32);
        // Beside a lone segment, newer servers are asked for three by their ids, which do not exist any more.
        for (name, partitions, triggers) in
            [("c", &[3][..], 1), ("named", &[1, 3], usize::from(!is_from(line, "2.5.8")))]
        {
            fake.add_mergeable(name, partitions);
            // Once the first round has listed them, another job purges all segments: there is nothing to schedule.
            fake.purge_after_next_list(name);
            let before = fake.count(Method::Trigger);
            let out = optimized(client, name, Settings { skipped, ..quick() });
            assert_eq!(out.verdict, Verdict::NothingToDo, "{line}");
            assert_eq!(fake.count(Method::Trigger) - before, triggers, "{line} {name}");
            let totals = [out.before, out.after].map(|totals| totals.unwrap().segments);
            assert_eq!(totals, [i64::try_from(partitions.iter().sum::<usize>()).unwrap(), 0], "{line}");
            assert_eq!(out.left_out.unwrap().total, 0, "{line}");
        }
    });
}

#[test]
fn another_collection_that_gets_the_name_is_not_compacted() {
    on_each(&LINES, |line, fake, client| {
        fake.add_mergeable("c", &[3]);
        fake.add_mergeable("other", &[3]);
        fake.held_for("c", 1);
        // It is looked up again for the second trigger.
        fake.before_call(Method::Describe, 1, "c", Event::TakeOver("other"));
        let out = optimize(client, "c", quick());
        assert_eq!(status(&out), Status::CollectionNotFound, "{line}: {out:#?}");
        assert_eq!(fake.count(Method::Trigger), 1, "{line}");
        assert_eq!(segments(fake, "c"), 3, "{line}");
    });
}

#[test]
fn an_index_that_cannot_be_built_tells_its_reason_and_one_that_is_dropped_is_no_obstacle() {
    on_each(&LINES, |line, fake, client| {
        fake.add_mergeable("c", &[3]);
        fake.index_slowly("c", 20);
        let out = optimized(client, "c", quick());
        assert_eq!((state(&out, Stage::Index), out.verdict), (StepState::Done, Verdict::Succeeded), "{line}");

        fake.add_mergeable("broken", &[3]);
        fake.index_slowly("broken", 1);
        fake.fail_index("broken", 2, "not enough memory");
        let before = fake.count(Method::Trigger);
        let out = optimize(client, "broken", quick());
        let error = out.error.unwrap();
        assert_eq!((error.status, out.stage), (Status::ServerError, Stage::Index), "{line}: {error}");
        assert!(error.message().contains("not enough memory"), "{line}: {error}");
        assert_eq!(fake.count(Method::Trigger), before, "{line}");

        fake.add_mergeable("dropped", &[3]);
        fake.index_slowly("dropped", 20);
        fake.before_call(Method::DescribeIndex, 2, "dropped", Event::DropIndex);
        let out = optimize(client, "dropped", quick());
        assert!(text(&out, Stage::Index).contains("dropped meanwhile"), "{line}: {out:#?}");
        // Servers up to about 2.4 compact no rows without an index.
        let expected = if is_from(line, "2.4.13") { Status::Ok } else { Status::Incomplete };
        assert_eq!(status(&out), expected, "{line}: {out:#?}");
    });
}

#[test]
fn a_call_that_ends_early_says_where_and_a_second_goes_on_without_a_second_trigger() {
    on_each(&LINES, |line, fake, client| {
        // Far more than the steps up to the job take on a busy machine.
        let short = Timeout::After(Duration::from_millis(1500));
        fake.add("slow", Scenario::job(1, &[[1, 0, 0, 0]]));
        let out = client.optimize("slow", quick(), short).wait().unwrap();
        let error = out.error.unwrap();
        assert_eq!((error.status, out.stage), (Status::Timeout, Stage::Compact), "{line}: {error}");
        assert!(out.job_id > 0 && error.job_id == out.job_id, "{line}: {error}");
        assert!(error.message().contains("it goes on"), "{line}: {error}");
        let again = client.optimize("slow", quick(), short).wait().unwrap();
        assert_eq!((status(&again), again.job_id), (Status::Timeout, out.job_id), "{line}");
        assert_eq!(fake.count(Method::Trigger), 1, "{line}");

        // The same for a client that imports the job.
        let exported = client.job_export(out.job_id).unwrap();
        let other = common::client(fake);
        assert_eq!(other.job_import(&exported).unwrap(), out.job_id);
        let other = other.optimize("slow", quick(), short).wait().unwrap();
        assert_eq!((status(&other), other.job_id), (Status::Timeout, out.job_id), "{line}");
        assert_eq!(fake.count(Method::Trigger), 1, "{line}");
    });
}

#[test]
fn a_server_that_goes_away_in_a_stage_is_waited_for() {
    let stages = [
        Method::Flush,
        Method::FlushState,
        Method::Stored,
        Method::DescribeIndex,
        Method::State,
        Method::LoadState,
        Method::Load,
        Method::Progress,
        Method::Loaded,
    ];
    on_each(&LINES, |line, fake, client| {
        for method in stages {
            fake.add_mergeable("c", &[3]);
            fake.load("c", 4);
            fake.fail_next(method, Fault::Lost);
            fake.fail_next(method, Fault::Lost);
            let out = optimized(client, "c", quick());
            assert_eq!(out.verdict, Verdict::Succeeded, "{line} {method:?}: {out:#?}");
            assert_eq!(segments(fake, "c"), 1, "{line} {method:?}");
        }
    });
}

#[test]
fn a_trigger_in_doubt_is_not_repeated_and_a_job_that_is_found_is_followed() {
    on_each(&LINES, |line, fake, client| {
        fake.add_mergeable("c", &[3]);
        fake.fail_next(Method::Trigger, Fault::Cut);
        let out = optimize(client, "c", quick());
        assert_eq!(fake.count(Method::Trigger), 1, "{line}: {out:#?}");
        if let Some(error) = &out.error {
            assert!(error.in_doubt && out.stage == Stage::Compact, "{line}: {error}");
            assert_eq!(state(&out, Stage::Compact), StepState::Failed, "{line}");
        }
        (0..3).for_each(|_| fake.poll_all()); // nobody else asks about its job
        optimized(client, "c", quick());
        assert_eq!((segments(fake, "c"), fake.count(Method::Trigger)), (1, 1), "{line}");
    });
}
