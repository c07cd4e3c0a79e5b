//! What query nodes serve of the result.

use std::time::Duration;

use milvus_client::Status;
use milvus_client::compaction::{Settings, Stage, StepState, Verdict};
use milvus_fake::{Event, Method};

use super::on_each::on_each;
use super::{LINES, optimize, optimized, quick, segments, state};

#[test]
fn it_ends_when_every_replica_serves_the_result() {
    on_each(&LINES, |line, fake, client| {
        fake.add_mergeable("c", &[3]);
        fake.load("c", 0);
        fake.replicate("c", &[&[1, 2], &[3]]);
        fake.serves_later("c", 2, 5);
        let out = optimized(client, "c", quick());
        assert_eq!(out.served, Some(1), "{line}");
        assert_eq!(fake.count(Method::Load), 1, "{line}");
        // A second call finds everything served, and refreshes nothing.
        let again = optimized(client, "c", quick());
        assert_eq!((again.verdict, again.served), (Verdict::NothingToDo, Some(1)), "{line}");
        assert_eq!((fake.count(Method::Load), state(&again, Stage::Load)), (1, StepState::Skipped), "{line}");
    });
}

#[test]
fn what_is_not_served_in_time_is_named() {
    on_each(&LINES, |line, fake, client| {
        let late = Settings { serve: Duration::from_millis(300), ..quick() };
        fake.add_mergeable("c", &[3]);
        fake.load("c", 0);
        fake.replicate("c", &[&[1, 2], &[3]]);
        fake.never_serves("c", 1);
        let out = optimize(client, "c", late.clone());
        let error = out.error.unwrap();
        assert_eq!(
            (error.status, error.retriable, out.stage),
            (Status::NotServed, true, Stage::Serve),
            "{line}"
        );
        let id = fake.segments("c")[0].0;
        let named = format!("(query node 3) does not serve segment {id}");
        assert!(error.message().contains(&named), "{line}: {error}");
        assert_eq!(out.verdict, Verdict::Succeeded, "{line}: the compaction itself is done");

        fake.add_mergeable("old", &[3]);
        fake.load("old", 0);
        let source = fake.segments("old")[0].0;
        fake.keeps_serving_sources("old");
        let error = optimize(client, "old", late.clone()).error.unwrap();
        let named = format!("still serves segment {source}, which was replaced");
        assert!(error.status == Status::NotServed && error.message().contains(&named), "{line}: {error}");

        fake.add_mergeable("down", &[3]);
        fake.load("down", 0);
        fake.replicate("down", &[&[1], &[2]]);
        fake.take_down("down", 1);
        let error = optimize(client, "down", late.clone()).error.unwrap();
        assert_eq!(error.status, Status::NotServed, "{line}: {error}");
        assert!(error.message().contains("has no query node"), "{line}: {error}");

        fake.add_mergeable("never", &[3]);
        fake.load("never", 0);
        fake.serves_late("never", u32::MAX); // the progress of its refresh stays 0
        let error = optimize(client, "never", late).error.unwrap();
        assert_eq!(error.status, Status::NotServed, "{line}: {error}");
    });
}

#[test]
fn partitions_that_are_not_loaded_are_not_waited_for() {
    on_each(&LINES, |line, fake, client| {
        fake.add_mergeable("c", &[3, 3]);
        fake.load("c", 0);
        fake.load_without("c", "second");
        let out = optimized(client, "c", quick());
        assert_eq!((segments(fake, "c"), out.served), (2, Some(1)), "{line}: {out:#?}");
    });
}

#[test]
fn a_collection_that_is_released_or_reloaded_meanwhile() {
    on_each(&LINES, |line, fake, client| {
        fake.add_mergeable("released", &[3]);
        fake.load("released", 0);
        fake.after_job("released", Event::Release);
        let out = optimized(client, "released", quick());
        assert_eq!((out.is_loaded, state(&out, Stage::Serve)), (Some(false), StepState::Skipped), "{line}");

        for method in [Method::Load, Method::Loaded, Method::Replicas] {
            fake.add_mergeable("later", &[3]);
            fake.load("later", 0);
            fake.before_call(method, 0, "later", Event::Release);
            let out = optimized(client, "later", quick());
            let ended = (out.is_loaded, state(&out, Stage::Serve));
            assert_eq!(ended, (Some(false), StepState::Skipped), "{line} {method:?}: {out:#?}");
        }
        for method in [Method::LoadState, Method::Load, Method::Loaded, Method::Replicas] {
            fake.add_mergeable("again", &[3]);
            fake.load("again", 0);
            fake.before_call(method, 0, "again", Event::Reload(4));
            let out = optimized(client, "again", quick());
            assert_eq!((out.is_loaded, out.served), (Some(true), Some(1)), "{line} {method:?}: {out:#?}");
        }
    });
}
