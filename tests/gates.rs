//! Which server is asked for what, by the version that it tells.

mod common;

use common::{LIMIT, client, client_with};
use milvus_client::Status;
use milvus_client::compaction::{Params, Start};
use milvus_fake::{Fake, Fault, Method};

fn refuse(code: i32, text: &str) -> Fault {
    Fault::Refuse(code, 1, text.to_owned())
}

#[test]
fn a_target_size_is_sent_only_to_servers_that_keep_to_it() {
    let params = Params { target_size_mb: 2048, ..Params::default() };
    let ask = |fake: &Fake, options: &[(&str, &str)]| {
        client_with(&fake.uri(), options).compact_with("succeeds", params.clone(), LIMIT).wait()
    };
    let allowed = [("allow_early_target_size", "true")];
    for version in ["v2.6.8", "v2.6.9", "2.6.10", "2.6.11"] {
        let fake = Fake::start(version);
        let error = ask(&fake, &[]).unwrap_err();
        assert_eq!((error.status, error.in_doubt), (Status::Unsupported, false), "{version}");
        let is = version.trim_start_matches('v');
        assert!(error.message().contains("2.6.10 and 2.6.11 compare it with bytes"), "{error}");
        assert!(error.message().contains(&format!("this server is {is}")), "{error}");
        assert_eq!(fake.count(Method::Trigger), 0);
        assert_eq!(ask(&fake, &allowed).unwrap().start, Start::Scheduled, "{version}");
    }
    let fake = Fake::start("2.6.11");
    ask(&fake, &allowed).unwrap();
    assert_eq!(fake.compacted(), ["succeeds to 2048 MB"]);
    for version in ["2.6.7", "unknown"] {
        let fake = Fake::start(version);
        assert_eq!(ask(&fake, &allowed).unwrap_err().status, Status::Unsupported, "{version}");
        assert_eq!(fake.count(Method::Trigger), 0);
    }
    for version in ["2.6.12", "3.0.0-beta"] {
        let fake = Fake::start(version);
        fake.fail_next(
            Method::Trigger,
            refuse(
                1100,
                "targetSize 1 MB should be greater than or equal to configMaxSize 1024 MB: invalid parameter",
            ),
        );
        let error = ask(&fake, &[]).unwrap_err();
        assert_eq!((error.status, error.server_code, error.in_doubt), (Status::InvalidArgument, 1100, false));
        assert_eq!(fake.compacted(), [""; 0]);
        ask(&fake, &[]).unwrap();
        assert_eq!(fake.compacted(), ["succeeds to 2048 MB"], "{version}");
    }
}

#[test]
fn a_build_of_a_line_can_do_what_the_whole_line_can_and_more_if_it_is_told() {
    const NIGHTLY: &str = "2.6-20260625-abc1234";
    let ask = |fake: &Fake, params: Params, options: &[(&str, &str)]| {
        client_with(&fake.uri(), options).compact_with("succeeds", params, LIMIT).wait()
    };
    let l0 = || Params { is_l0: true, ..Params::default() };
    let fake = Fake::start(NIGHTLY);
    client(&fake).compact_with("succeeds", Params::new(true), LIMIT).wait().unwrap();
    let error = ask(&fake, l0(), &[]).unwrap_err();
    assert_eq!(error.status, Status::Unsupported);
    assert!(error.message().contains("a build of 2.6 that does not tell its patch number"), "{error}");
    let of_another_line = [("assumed_version", "3.0.0")];
    assert_eq!(ask(&fake, l0(), &of_another_line).unwrap_err().status, Status::Unsupported);
    ask(&Fake::start(NIGHTLY), l0(), &[("assumed_version", "2.6.19")]).unwrap();
}
