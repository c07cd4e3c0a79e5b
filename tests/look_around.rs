//! The lists of collections and databases, and surveys, on every version of Milvus as the scripted server plays it.

mod common;
#[path = "common/on_each.rs"]
mod on_each;

use common::{LIMIT, client, client_with};
use milvus_client::compaction::{
    CollectionInfo, Known, Params, SurveyItem, SurveyMany, SurveySettings, Surveyed,
};
use milvus_client::{Client, Error, Status};
use milvus_fake::{Call, DELETED, Event, Fake, Fault, Method, NEWEST, PROFILES, ROWS, Scenario, is_from};
use on_each::on_each;
use tonic::Code;

fn listed(client: &Client) -> (Vec<CollectionInfo>, Option<Error>) {
    client.collections(LIMIT).wait().unwrap()
}

fn entry<'l>(list: &'l [CollectionInfo], name: &str) -> &'l CollectionInfo {
    list.iter().find(|info| info.name == name).unwrap()
}

fn survey_of(names: &[&str]) -> SurveyMany {
    SurveyMany {
        names: Some(names.iter().map(|name| (*name).to_owned()).collect()),
        settings: SurveySettings::default(),
        concurrency: 4,
        all_databases: false,
    }
}

fn surveyed(client: &Client, name: &str) -> Surveyed {
    let (mut items, error) = client.survey(survey_of(&[name]), LIMIT).wait().unwrap();
    assert!(error.is_none(), "{error:?}");
    *items.remove(0).surveyed.unwrap()
}

/// Whether a call changes anything on a server.
fn changes(call: &Call) -> bool {
    matches!(call.method, Method::Trigger | Method::Flush | Method::Load)
}

#[test]
fn collections_are_listed_with_what_decides() {
    on_each(&PROFILES, |profile, fake, client| {
        fake.alias("other", "succeeds");
        fake.alias("another", "succeeds");
        fake.load("fails", 0);
        let (list, error) = listed(client);
        assert!(error.is_none(), "{profile}: {error:?}");
        let names: Vec<&str> = list.iter().map(|info| info.name.as_str()).collect();
        assert!(names.is_sorted() && names.contains(&"succeeds") && !names.contains(&"other"), "{names:?}");
        let info = entry(&list, "succeeds");
        assert_eq!(info.aliases, ["another", "other"], "{profile}");
        assert_eq!((info.id, info.rows), (Some(1_000), Some(4 * ROWS)), "{profile}");
        assert_eq!((info.is_loaded, info.has_clustering_key), (Known::No, Known::Yes), "{profile}");
        assert_eq!(info.database, "default", "{profile}");
        assert_eq!(entry(&list, "fails").is_loaded, Known::Yes, "{profile}");
        assert_eq!(entry(&list, "nothing").rows, Some(0), "{profile}");
        assert!(!fake.calls().iter().any(changes), "{profile}: it only reads");
    });
}

#[test]
fn each_request_for_another_database_goes_there() {
    let fake = Fake::start(NEWEST);
    let (list, error) = client(&fake).on_database(Some("sales")).unwrap().collections(LIMIT).wait().unwrap();
    assert!(error.is_none() && list.iter().all(|info| info.database == "sales"), "{list:?}");
    let asked = [Method::ShowCollections, Method::Describe, Method::Statistics, Method::LoadState];
    let calls = fake.calls();
    for method in asked {
        let of_method: Vec<&Call> = calls.iter().filter(|call| call.method == method).collect();
        assert!(!of_method.is_empty(), "{method:?}");
        for call in of_method {
            assert!(call.request.contains("db_name: \"sales\""), "{}", call.request);
            assert_eq!(call.headers["dbname"], "sales", "{call:?}");
        }
    }
    let missing =
        client(&fake).on_database(Some("no_such_database")).unwrap().collections(LIMIT).wait().unwrap_err();
    assert_eq!(missing.status, Status::DatabaseNotFound);
}

#[test]
fn a_collection_that_cannot_be_read_keeps_no_other_back() {
    on_each(&PROFILES, |profile, fake, client| {
        fake.before_call(Method::Describe, 0, "fails", Event::Drop);
        let (list, error) = listed(client);
        let gone = entry(&list, "fails").error.as_ref().unwrap();
        assert_eq!(gone.status, Status::CollectionNotFound, "{profile}");
        assert_eq!(error.unwrap().status, Status::SomeFailed, "{profile}");
        assert_eq!(list.iter().filter(|info| info.error.is_some()).count(), 1, "{profile}");

        let denied =
            Fault::Grpc(Code::PermissionDenied, "PrivilegeGetStatistics: permission deny".to_owned());
        fake.fail_next(Method::Statistics, denied);
        let (list, error) = listed(client);
        assert_eq!(error.unwrap().status, Status::SomeFailed, "{profile}");
        let refused: Vec<&CollectionInfo> = list.iter().filter(|info| info.error.is_some()).collect();
        let [info] = refused[..] else { panic!("{profile}: {list:?}") };
        assert_eq!(info.error.as_ref().unwrap().status, Status::PermissionDenied, "{profile}");
        assert_eq!((info.rows, info.is_loaded), (None, Known::No), "{profile}: the rest is there");
        assert!(info.id.is_some(), "{profile}");
    });
}

#[test]
fn databases_are_listed_where_there_are_any() {
    on_each(&PROFILES, |profile, fake, client| {
        fake.add_database("sales");
        fake.add_database("archive");
        let list = client.databases(LIMIT).wait().unwrap();
        let names: Vec<&str> = list.iter().map(|info| info.name.as_str()).collect();
        assert_eq!(names, ["archive", "default", "sales"], "{profile}");
        let ids: Vec<Option<i64>> = list.iter().map(|info| info.id).collect();
        let numbered = is_from(profile, "2.5.0");
        assert_eq!(ids, if numbered { [Some(3), Some(1), Some(2)] } else { [None; 3] }, "{profile}");
    });
    let old = Fake::start("v2.2.8");
    let error = client(&old).databases(LIMIT).wait().unwrap_err();
    assert_eq!(error.status, Status::Unsupported);
    assert_eq!(error.message(), "a list of databases needs Milvus 2.2.9 or newer; this server is 2.2.8");
    assert_eq!(old.count(Method::Databases), 0);
}

#[test]
fn databases_are_asked_for_in_no_database() {
    let fake = Fake::start(NEWEST);
    let client = client_with(&format!("{}/sales", fake.uri()), &[]);
    client.databases(LIMIT).wait().unwrap();
    let calls = fake.calls();
    let asked = calls.iter().find(|call| call.method == Method::Databases).unwrap();
    assert!(!asked.headers.contains_key("dbname"), "sales need not exist: {asked:?}");
}

#[test]
fn a_survey_tells_what_a_compaction_would_be_worth_and_only_reads() {
    on_each(&PROFILES, |profile, fake, client| {
        let told = surveyed(client, "succeeds");
        assert_eq!((told.stored_segments, told.stored_rows), (Some(4), Some(4 * ROWS)), "{profile}");
        assert_eq!((told.merged_segments, told.merged_into), (Some(4), Some(1)), "{profile}");
        assert_eq!((told.rewrite_rows, told.fragmentation), (Some(4 * ROWS), Some(0.75)), "{profile}");
        assert_eq!(told.check.would_compact_if_free, Known::Yes, "{profile}");
        assert_eq!(told.l0_segments, is_from(profile, "2.4.7").then_some(1), "{profile}");
        assert_eq!(told.unsorted_segments, is_from(profile, "2.5.0").then_some(0), "{profile}");
        let megabytes = if is_from(profile, "2.4.0") { 1024 } else { 512 };
        assert_eq!(told.segment_bytes, megabytes << 20, "{profile}");
        // Its vectors have no dimension: what a row takes is its key.
        assert_eq!((told.row_bytes, told.stored_bytes), (8, Some(8 * 200)), "{profile}");
        assert_eq!(told.small_segments, Some(4), "{profile}");
        assert_eq!(told.deleted_rows, None, "{profile}: it is not loaded");

        let empty = surveyed(client, "nothing");
        assert_eq!((empty.stored_segments, empty.fragmentation), (Some(0), Some(0.0)), "{profile}");
        assert_eq!((empty.check.would_compact, empty.rewrite_rows), (Known::No, Some(0)), "{profile}");

        let all = SurveyMany { names: None, ..survey_of(&[]) };
        let states = fake.count(Method::State);
        let (items, error) = client.survey(all, LIMIT).wait().unwrap();
        assert_eq!(fake.count(Method::State), states + 1, "{profile}: whether it is enabled is asked once");
        assert!(error.is_none(), "{profile}: {error:?}");
        assert!(items.iter().map(|item| &item.name).is_sorted() && items.len() > 5, "{profile}");
        assert!(items.iter().all(|item| item.surveyed.is_some()), "{profile}");
        assert!(!fake.calls().iter().any(changes), "{profile}: it only reads");
        assert!(fake.compacted().is_empty(), "{profile}");
    });
}

#[test]
fn deleted_rows_are_what_is_stored_and_not_counted() {
    on_each(&PROFILES, |profile, fake, client| {
        fake.load("succeeds", 7);
        let counts = is_from(profile, "2.3.5") && (is_from(profile, "2.4.7") || !is_from(profile, "2.4.0"));
        let told = surveyed(client, "succeeds").deleted_rows;
        assert_eq!(told, counts.then_some(4 * DELETED), "{profile}");
        fake.delete_rows("succeeds", 5);
        let told = surveyed(client, "succeeds").deleted_rows;
        assert_eq!(told, counts.then_some(4 * (DELETED + 5)), "{profile}");
        fake.load_in_part("succeeds");
        assert_eq!(surveyed(client, "succeeds").deleted_rows, None, "{profile}: loaded in part");
    });
}

#[test]
fn a_collection_that_cannot_be_surveyed_keeps_no_other_back() {
    on_each(&PROFILES, |profile, _, client| {
        let (items, error) = client.survey(survey_of(&["missing", "succeeds"]), LIMIT).wait().unwrap();
        let error = error.unwrap();
        assert_eq!(error.status, Status::SomeFailed, "{profile}");
        assert!(error.message().starts_with("1 of 2 collections failed; the first: \"missing\""), "{error}");
        let [missing, other]: [SurveyItem; 2] = items.try_into().unwrap();
        assert_eq!(missing.error.unwrap().status, Status::CollectionNotFound, "{profile}");
        assert!(missing.surveyed.is_none(), "{profile}");
        assert!(other.error.is_none() && other.surveyed.is_some(), "{profile}");
    });
}

#[test]
fn a_survey_of_all_databases_asks_each_about_its_own() {
    on_each(&PROFILES, |profile, fake, client| {
        for name in ["sales/orders", "sales/lost", "archive/orders"] {
            fake.add(name, Scenario::job(1, &[[1, 0, 0, 0], [0, 1, 0, 0]]));
        }
        let all = SurveyMany { names: None, all_databases: true, ..survey_of(&[]) };
        let (items, error) = client.survey(all, LIMIT).wait().unwrap();
        assert!(error.is_none(), "{profile}: {error:?}");
        let places: Vec<(&str, &str)> =
            items.iter().map(|item| (item.database.as_str(), item.name.as_str())).collect();
        assert!(places.is_sorted(), "{profile}: {places:?}");
        for place in [("archive", "orders"), ("default", "succeeds"), ("sales", "lost"), ("sales", "orders")]
        {
            assert!(places.contains(&place), "{profile}: {place:?} is not in {places:?}");
        }
        assert!(
            !places.contains(&("archive", "lost")) && !places.contains(&("default", "orders")),
            "{places:?}"
        );
        for call in fake.calls().iter().filter(|call| call.method == Method::Stored) {
            let database = call.headers.get("dbname").map(String::as_str).unwrap_or_default();
            assert!(call.request.contains(&format!("db_name: \"{database}\"")), "{profile}: {call:?}");
        }
        assert!(!fake.calls().iter().any(changes), "{profile}: it only reads");

        let denied =
            Fault::Grpc(Code::PermissionDenied, "PrivilegeShowCollections: permission deny".to_owned());
        fake.fail_next(Method::ShowCollections, denied);
        let all = SurveyMany { names: None, all_databases: true, ..survey_of(&[]) };
        let (items, error) = client.survey(all, LIMIT).wait().unwrap();
        assert_eq!(error.unwrap().status, Status::SomeFailed, "{profile}");
        let failed: Vec<&SurveyItem> = items.iter().filter(|item| item.error.is_some()).collect();
        let [archive] = failed[..] else { panic!("{profile}: {failed:?}") };
        assert_eq!((archive.database.as_str(), archive.name.as_str()), ("archive", ""), "{profile}");
        assert!(items.len() > 5, "{profile}: the other databases are surveyed");
    });
    let old = Fake::start("v2.2.8");
    let all = SurveyMany { names: None, all_databases: true, ..survey_of(&[]) };
    assert_eq!(client(&old).survey(all, LIMIT).wait().unwrap_err().status, Status::Unsupported);
}

#[test]
fn what_no_survey_can_take_is_refused_before_anything_is_sent() {
    let fake = Fake::start(NEWEST);
    let client = client_with(&fake.uri(), &[]);
    let refused = |many: SurveyMany| client.survey(many, LIMIT).wait().unwrap_err();
    let part = SurveySettings {
        params: Params { partition: Some("p".to_owned()), ..Params::default() },
        ..SurveySettings::default()
    };
    for (many, words) in [
        (SurveyMany { concurrency: 10_001, ..survey_of(&["a"]) }, "concurrency: is 10001"),
        (survey_of(&["a", "a"]), "names[1]: is the same as names[0]"),
        (survey_of(&[]), "names: is empty"),
        (SurveyMany { all_databases: true, ..survey_of(&["a"]) }, "a survey of all databases has no names"),
        (SurveyMany { settings: part, ..survey_of(&["a"]) }, "belong to one collection"),
    ] {
        let error = refused(many);
        assert_eq!(error.status, Status::InvalidArgument);
        assert!(error.message().contains(words), "{error}");
    }
    assert_eq!(fake.calls().len(), 0);
}
