//! Which of many collections are compacted, on every version of Milvus as the scripted server plays it.

mod common;
#[path = "common/on_each.rs"]
mod on_each;

use std::time::Duration;

use common::{LIMIT, client};
use milvus_client::compaction::{Item, Many, Params, Policy, Skip, Start};
use milvus_client::{Client, Error, Status};
use milvus_fake::{DELETED, Fake, Method, NEWEST, PROFILES, ROWS, Scenario, is_from};
use on_each::on_each;

/// A job of one plan that takes so many segments.
fn of(segments: usize, keeps_rows: bool) -> Scenario {
    Scenario { plans: vec![segments], keeps_rows, ..Scenario::job(1, &[[1, 0, 0, 0], [0, 1, 0, 0]]) }
}

fn many(names: &[&str], policy: Policy) -> Many {
    let names = (!names.is_empty()).then(|| names.iter().map(|name| (*name).to_owned()).collect());
    Many { names, params: Params::default(), concurrency: 1, only_trigger: false, policy }
}

fn compact(client: &Client, many: Many) -> (Vec<Item>, Option<Error>) {
    client.compact_many(many, LIMIT).wait().unwrap()
}

fn why(items: &[Item]) -> Vec<(&str, Option<Skip>)> {
    items.iter().map(|item| (item.name.as_str(), item.skipped.as_ref().map(|skipped| skipped.why))).collect()
}

/// From 2.4.0 to 2.4.6 nobody can tell what is final.
fn tells_final(profile: &str) -> bool {
    !is_from(profile, "2.4.0") || is_from(profile, "2.4.7")
}

#[test]
fn a_collection_in_its_final_form_is_skipped_unless_asked_for() {
    on_each(&PROFILES, |profile, fake, client| {
        fake.add("done", of(1, true));
        fake.add("two", of(2, true));
        let (items, error) = compact(client, many(&["done", "two", "nothing"], Policy::default()));
        assert!(error.is_none(), "{profile}: {error:?}");
        let skip = tells_final(profile).then_some(Skip::Final);
        assert_eq!(why(&items), [("done", skip), ("two", None), ("nothing", None)], "{profile}");
        if let Some(skipped) = &items[0].skipped {
            assert!(items[0].triggered.is_none() && items[0].outcome.is_none(), "{profile}");
            assert!(skipped.text.contains("final form"), "{profile}: {skipped:?}");
            assert_eq!(fake.compacted()[0], "two", "{profile}");
        }
        assert_eq!(items[2].triggered.unwrap().start, Start::Nothing, "{profile}: the server says so itself");
        let asked = Policy { include_final: true, ..Policy::default() };
        let (items, _) = compact(client, many(&["done"], asked));
        assert_eq!((why(&items), items[0].error.clone()), (vec![("done", None)], None), "{profile}");
        assert!(fake.compacted().contains(&"done".to_owned()), "{profile}");
    });
}

#[test]
fn a_final_collection_with_deleted_rows_is_compacted() {
    on_each(&PROFILES, |profile, fake, client| {
        // A row in five is deleted, which query nodes count from 2.3.5 on.
        fake.add("deleted", of(1, false));
        fake.load("deleted", 0);
        let (items, error) = compact(client, many(&["deleted"], Policy::default()));
        let skip = (!is_from(profile, "2.3.5")).then_some(Skip::Final);
        assert_eq!((why(&items), error), (vec![("deleted", skip)], None), "{profile}: {items:?}");
    });
}

#[test]
fn minimums_select_what_is_worth_it() {
    on_each(&PROFILES, |profile, fake, client| {
        fake.add("five", of(5, true));
        fake.add("three", of(3, true));
        fake.add("deleted", of(2, false));
        fake.load("deleted", 0);
        let share =
            100.0 * f64::from(i32::try_from(DELETED).unwrap()) / f64::from(i32::try_from(ROWS).unwrap());
        let names = ["five", "three", "deleted"];
        let few = Some(Skip::TooLittle);
        let segments = Policy { least_segments: 4, ..Policy::default() };
        let (items, error) = compact(client, many(&names, segments));
        assert!(error.is_none(), "{profile}: {error:?}");
        assert_eq!(why(&items), [("five", None), ("three", few), ("deleted", few)], "{profile}");
        let text = &items[1].skipped.as_ref().unwrap().text;
        assert_eq!(text, "3 segments would be merged, and min_segments is 4", "{profile}");
        fake.add("five", of(5, true));
        let either = Policy { least_segments: 4, least_deleted_percent: share, ..Policy::default() };
        let (items, _) = compact(client, many(&names, either));
        // Deletions are not told from other segments from 2.4.0 to 2.4.6, and not counted before 2.3.5.
        let counts = is_from(profile, "2.3.5") && tells_final(profile);
        let third = if counts { None } else { few };
        assert_eq!(why(&items), [("five", None), ("three", few), ("deleted", third)], "{profile}: {items:?}");
        if counts {
            let more = Policy { least_deleted_percent: share + 0.1, ..Policy::default() };
            fake.add("deleted", of(2, false));
            fake.load("deleted", 0);
            assert_eq!(why(&compact(client, many(&["deleted"], more)).0), [("deleted", few)], "{profile}");
        }
    });
}

#[test]
fn a_pattern_selects_names_and_one_that_matches_nothing_fails() {
    on_each(&PROFILES, |profile, fake, client| {
        for name in ["log_1", "log_2", "log_10", "sales/log_3", "sales/other"] {
            fake.add(name, of(2, true));
        }
        let matching = |pattern: &str| Policy { pattern: Some(pattern.to_owned()), ..Policy::default() };
        let (items, error) = compact(client, many(&[], matching("log_?")));
        assert_eq!((why(&items), error), (vec![("log_1", None), ("log_2", None)], None), "{profile}");
        let sales = client.on_database(Some("sales")).unwrap();
        let (items, _) = compact(&sales, many(&[], matching("log*")));
        assert_eq!((why(&items), items[0].database.as_str()), (vec![("log_3", None)], "sales"), "{profile}");
        let triggers = fake.count(Method::Trigger);
        for (client, place) in [(client, "the default database"), (&sales, "\"sales\"")] {
            let error = client.compact_many(many(&[], matching("lgo*")), LIMIT).wait().unwrap_err();
            assert_eq!(error.status, Status::CollectionNotFound, "{profile}");
            assert!(
                error.message().contains("lgo*") && error.message().contains(place),
                "{profile}: {error}"
            );
        }
        let all = Policy { all_databases: true, ..matching("lgo*") };
        let error = client.compact_many(many(&[], all), LIMIT).wait().unwrap_err();
        assert!(error.message().contains("any database"), "{profile}: {error}");
        assert_eq!(fake.count(Method::Trigger), triggers, "{profile}");
    });
}

#[test]
fn all_databases_are_compacted_in_one_call() {
    on_each(&PROFILES, |profile, fake, client| {
        for name in ["a/one", "a/two", "b/one", "b/done"] {
            fake.add(name, of(2, true));
        }
        fake.add("b/done", of(1, true));
        let policy = Policy {
            all_databases: true,
            pattern: Some("?*ne".to_owned()),
            most_collections: Some(2),
            ..Policy::default()
        };
        let (items, error) = compact(client, many(&[], policy));
        assert!(error.is_none(), "{profile}: {error:?}");
        let places: Vec<_> = items.iter().map(|item| (item.database.as_str(), item.name.as_str())).collect();
        assert_eq!(places, [("a", "one"), ("b", "done"), ("b", "one")], "{profile}");
        // Where nobody can tell what is final, it takes the place of another.
        let (done, one) = if tells_final(profile) {
            (Some(Skip::Final), None)
        } else {
            (None, Some(Skip::MostCollections))
        };
        assert_eq!(why(&items), [("one", None), ("done", done), ("one", one)], "{profile}");
        let second = if tells_final(profile) { "b/one" } else { "b/done" };
        assert_eq!(fake.compacted(), ["a/one", second], "{profile}");
    });
}

#[test]
fn a_database_that_cannot_be_listed_keeps_no_other_back() {
    let fake = Fake::start("v2.6.8");
    fake.add("a/one", of(2, true));
    fake.add("b/one", of(2, true));
    let denied = milvus_fake::Fault::Grpc(tonic::Code::PermissionDenied, "ShowCollections: no".to_owned());
    fake.fail_next(Method::ShowCollections, denied);
    let policy = Policy { all_databases: true, pattern: Some("one".to_owned()), ..Policy::default() };
    let (items, error) = compact(&client(&fake), many(&[], policy));
    assert_eq!(error.unwrap().status, Status::SomeFailed);
    let failed: Vec<_> = items.iter().filter(|item| item.error.is_some()).collect();
    let [failed] = failed[..] else { panic!("{items:?}") };
    let error = failed.error.as_ref().unwrap();
    assert_eq!((failed.name.as_str(), error.status), ("", Status::PermissionDenied));
    assert!(error.message().contains(&format!("\"{}\"", failed.database)), "{error}");
    assert_eq!(
        items.iter().filter(|item| item.error.is_none()).count(),
        2 - usize::from(failed.database != "default")
    );
}

#[test]
fn a_server_without_databases_cannot_compact_all_of_them() {
    let fake = Fake::start("v2.2.8");
    let policy = Policy { all_databases: true, ..Policy::default() };
    let error = client(&fake).compact_many(many(&[], policy), LIMIT).wait().unwrap_err();
    assert_eq!((error.status, fake.count(Method::Trigger)), (Status::Unsupported, 0));
}

#[test]
fn what_the_budget_leaves_out_is_told_and_not_even_asked_about() {
    on_each(&PROFILES, |profile, fake, client| {
        for name in ["a", "b", "c", "d"] {
            fake.add(name, of(2, true));
        }
        let two = Policy { most_collections: Some(2), ..Policy::default() };
        let (items, error) = compact(client, many(&["a", "b", "c", "no_such"], two));
        assert!(error.is_none(), "{profile}: {error:?}");
        let rest = Some(Skip::MostCollections);
        assert_eq!(why(&items), [("a", None), ("b", None), ("c", rest), ("no_such", rest)], "{profile}");
        assert_eq!(fake.compacted(), ["a", "b"], "{profile}");
        let described = fake.count(Method::Describe);
        let late = Policy { start_within: Some(Duration::ZERO), ..Policy::default() };
        let (items, error) = compact(client, many(&["c", "d"], late));
        let skip = Some(Skip::TooLate);
        assert_eq!((why(&items), error), (vec![("c", skip), ("d", skip)], None), "{profile}");
        assert_eq!(fake.count(Method::Describe), described, "{profile}");
    });
}

#[test]
fn only_if_idle_names_what_runs_and_triggers_nothing() {
    on_each(&PROFILES, |profile, fake, client| {
        fake.add("busy", Scenario { plans: vec![2], ..Scenario::job(1, &[[1, 0, 0, 0]]) });
        fake.add("idle", of(2, true));
        let other = common::client(fake);
        let job = other.compact("busy", false, LIMIT).wait().unwrap();
        let params = Params { only_if_idle: true, ..Params::default() };
        let ask = |name: &str| client.compact_with(name, params.clone(), LIMIT).wait();
        let triggers = fake.count(Method::Trigger);
        let error = ask("busy").unwrap_err();
        let shows = !is_from(profile, "2.4.0") || profile == NEWEST;
        let status = if shows { Status::Busy } else { Status::Unsupported };
        assert_eq!((error.status, error.in_doubt), (status, false), "{profile}: {error}");
        if profile == NEWEST {
            assert!(error.message().contains(&format!("job {job} with 1 plan")), "{profile}: {error}");
        } else if shows {
            assert!(error.message().contains("lists segments"), "{profile}: {error}");
        }
        // Many at once do not wait for their turn then.
        let policy = Policy { include_final: true, ..Policy::default() };
        let asked = Many { params: params.clone(), ..many(&["busy"], policy) };
        let (items, _) = compact(client, asked);
        assert_eq!(items[0].error.as_ref().unwrap().status, status, "{profile}");
        assert_eq!(fake.count(Method::Trigger), triggers, "{profile}");
        let idle = ask("idle").map(|triggered| triggered.start).map_err(|error| error.status);
        assert_eq!(idle, if shows { Ok(Start::Scheduled) } else { Err(Status::Unsupported) }, "{profile}");
    });
}
