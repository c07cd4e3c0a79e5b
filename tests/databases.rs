//! One client and many databases: what is asked of one never concerns another.

mod common;
#[path = "common/on_each.rs"]
mod on_each;

use common::{LIMIT, client, client_with};
use milvus_client::compaction::{Many, Params, Policy, ResolutionState, Settings, Start, Triggered, Verdict};
use milvus_client::{Client, Error, Status};
use milvus_fake::{Fake, Fault, Method, PROFILES, Scenario, is_from};
use on_each::on_each;

/// Two databases with collections of the same names.
fn fill(fake: &Fake) {
    for name in ["orders", "sales/orders", "sales/lost", "lost"] {
        fake.add(name, Scenario::job(1, &[[1, 0, 0, 0], [0, 1, 0, 0]]));
    }
    for name in ["busy", "sales/busy"] {
        fake.add(name, Scenario::job(1, &[[1, 0, 0, 0]]));
    }
}

fn in_sales(client: &Client) -> Client {
    client.on_database(Some("sales")).unwrap()
}

fn trigger(client: &Client, name: &str) -> Result<Triggered, Error> {
    client.compact_with(name, Params::default(), LIMIT).wait()
}

fn all(names: Option<&[&str]>) -> Many {
    let names = names.map(|names| names.iter().map(|name| (*name).to_owned()).collect());
    Many { names, params: Params::default(), concurrency: 4, only_trigger: false, policy: Policy::default() }
}

#[test]
fn every_request_names_the_database_of_its_operation() {
    on_each(&PROFILES, |profile, fake, client| {
        fill(fake);
        client.server(LIMIT).wait().unwrap();
        let begun = fake.calls().len();
        let sales = in_sales(client);
        sales.flush("orders", LIMIT).wait().unwrap();
        sales.segments("orders", false, LIMIT).wait().unwrap();
        sales.segments("orders", true, LIMIT).wait().unwrap();
        sales.compaction_check("orders", Params::default(), LIMIT).wait().unwrap();
        let job = trigger(&sales, "orders").unwrap().job_id;
        let waited = sales.compaction_wait(job, LIMIT).wait().unwrap();
        assert_eq!(waited.report.verdict, Verdict::Succeeded, "{profile}: {waited:?}");
        sales.compaction_wait_in("orders", job, LIMIT).wait().unwrap();
        sales.optimize("lost", Settings::default(), LIMIT).wait().unwrap();
        drop(sales.compaction_tasks("orders", LIMIT).wait());
        assert_eq!(fake.compacted(), ["sales/orders", "sales/lost"], "{profile}");
        for call in &fake.calls()[begun..] {
            assert_eq!(call.headers.get("dbname").map(String::as_str), Some("sales"), "{profile}: {call:?}");
            // A question about jobs has no collection, and only the header.
            let is_about_job = call.method == Method::Plans && call.request.contains("collection_name: \"\"");
            let names = call.request.contains("db_name: \"sales\"");
            assert!(names || is_about_job || !call.request.contains("db_name"), "{profile}: {call:?}");
        }
        assert_eq!(fake.count(Method::Connect), 1, "{profile}: one connection serves both");
    });
}

#[test]
fn collections_of_the_same_name_in_two_databases_are_two() {
    on_each(&PROFILES, |profile, fake, client| {
        fill(fake);
        let sales = in_sales(client);
        let ids = |client: &Client| {
            let segments = client.segments("busy", false, LIMIT).wait().unwrap();
            segments.iter().map(|segment| segment.id).collect::<Vec<_>>()
        };
        assert_ne!(ids(client), ids(&sales), "{profile}");
        let one = trigger(client, "busy").unwrap();
        let other = trigger(&sales, "busy").unwrap();
        assert_eq!((one.start, other.start), (Start::Scheduled, Start::Scheduled), "{profile}");
        assert_ne!(one.job_id, other.job_id, "{profile}");
        // From 2.4 on a second trigger shows what runs: each its own.
        if is_from(profile, "2.4.0") {
            for (client, job) in [(client, one.job_id), (&sales, other.job_id)] {
                let again = trigger(client, "busy").unwrap();
                assert_eq!((again.start, again.job_id), (Start::Running, job), "{profile}");
            }
        }
    });
}

#[test]
fn a_trigger_in_doubt_in_one_database_says_nothing_about_another() {
    on_each(&PROFILES, |profile, fake, client| {
        fill(fake);
        let sales = in_sales(client);
        fake.fail_next(Method::Trigger, Fault::Cut);
        let error = trigger(&sales, "busy").unwrap_err();
        assert!(error.in_doubt, "{profile}: {error}");
        let state = |client: &Client| client.compaction_resolve("busy", LIMIT).wait().unwrap().state;
        assert_eq!(state(client), ResolutionState::NotInDoubt, "{profile}");
        let started = trigger(client, "busy").unwrap();
        assert_eq!(started.start, Start::Scheduled, "{profile}");
        assert_ne!(
            state(&sales),
            ResolutionState::NotInDoubt,
            "{profile}: an answer elsewhere resolves nothing"
        );
        // The same client under another name of the same database knows it too.
        let again = client.on_database(Some("sales")).unwrap();
        assert_ne!(state(&again), ResolutionState::NotInDoubt, "{profile}");
    });
}

#[test]
fn the_whole_database_is_that_of_the_operation() {
    on_each(&PROFILES, |profile, fake, client| {
        for name in ["sales/one", "sales/two"] {
            fake.add(name, Scenario::job(1, &[[1, 0, 0, 0], [0, 1, 0, 0]]));
        }
        let (items, error) = in_sales(client).compact_many(all(None), LIMIT).wait().unwrap();
        assert!(error.is_none(), "{profile}: {error:?}");
        let names: Vec<_> = items.iter().map(|item| item.name.as_str()).collect();
        assert_eq!(names, ["one", "two"], "{profile}");
        let mut compacted = fake.compacted();
        compacted.sort_unstable();
        assert_eq!(compacted, ["sales/one", "sales/two"], "{profile}");
    });
}

#[test]
fn a_database_that_does_not_exist_is_named() {
    on_each(&PROFILES, |profile, fake, client| {
        let lost = client.on_database(Some("no_such_database")).unwrap();
        let errors = [
            trigger(&lost, "succeeds").unwrap_err(),
            lost.flush("succeeds", LIMIT).wait().unwrap_err(),
            lost.segments("succeeds", false, LIMIT).wait().unwrap_err(),
            lost.compaction_check("succeeds", Params::default(), LIMIT).wait().unwrap_err(),
            lost.compact_many(all(None), LIMIT).wait().unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.status, Status::DatabaseNotFound, "{profile}: {error}");
            assert!(error.message().contains("no_such_database"), "{profile}: {error}");
        }
        assert_eq!(fake.count(Method::Trigger), 0, "{profile}");
        assert!(trigger(client, "succeeds").is_ok(), "{profile}: the client's own is there");
    });
}

#[test]
fn servers_without_databases_have_one_of_two_names() {
    let fake = Fake::start("v2.2.8");
    let client = client(&fake);
    let sales = in_sales(&client);
    for name in ["succeeds", "no_such"] {
        let error = trigger(&sales, name).unwrap_err();
        assert_eq!(error.status, Status::Unsupported, "{name}: {error}");
        assert!(error.message().contains("2.2.9"), "{name}: {error}");
    }
    assert_eq!(sales.compact_many(all(None), LIMIT).wait().unwrap_err().status, Status::Unsupported);
    assert_eq!(fake.count(Method::Trigger), 0);
    let default = client.on_database(Some("default")).unwrap();
    fake.fail_next(Method::Trigger, Fault::Cut);
    assert!(trigger(&default, "never_ends").unwrap_err().in_doubt);
    let resolution = client.compaction_resolve("never_ends", LIMIT).wait().unwrap();
    assert_ne!(resolution.state, ResolutionState::NotInDoubt, "\"default\" and no name are one database");
}

#[test]
fn what_no_database_can_be_called_is_refused_and_sends_nothing() {
    let fake = Fake::start("v2.6.8");
    let client = client_with(&format!("{}/own", fake.uri()), &[]);
    for name in ["a b", "größe", &"x".repeat(2000)] {
        let error = client.on_database(Some(name)).err().unwrap();
        assert_eq!(error.status, Status::InvalidArgument);
        assert!(error.message().starts_with("database: "), "{error}");
    }
    for own in [None, Some(""), Some("own")] {
        let view = client.on_database(own).unwrap();
        view.segments("succeeds", false, LIMIT).wait().unwrap();
    }
    assert!(fake.calls().iter().all(|call| call.headers["dbname"] == "own"));
}

#[test]
fn closing_the_client_closes_it_for_every_database() {
    let fake = Fake::start("v2.6.8");
    let client = client(&fake);
    let sales = in_sales(&client);
    client.close(LIMIT).unwrap();
    assert_eq!(trigger(&sales, "succeeds").unwrap_err().status, Status::Closed);
}
