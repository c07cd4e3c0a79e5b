//! Texts from outside, with line breaks and escapes in them: none reaches an error, the log, or the reason of a state.

#[allow(dead_code)]
mod common;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use milvus_client::client::Timeout;
use milvus_client::config::{Config, OPTIONS, Options};
use milvus_client::log::{self, Level};
use milvus_client::{Client, Error};
use milvus_fake::{Answer, End, Fake, Fault, Front, Method};
use tonic::Code;

const HOSTILE: &str = "a\n\u{1b}[31mb\r\u{7f}\u{85}\u{2028}\u{202e}c";
const LITTLE: Timeout = Timeout::After(Duration::from_secs(5));

fn is_fit(text: &str) -> bool {
    !text.contains(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}'))
}

fn try_client(uri: &str, options: &[(&str, &str)]) -> Result<(), Error> {
    let mut given = Options::default();
    for (key, value) in options {
        given.set(key, value)?;
    }
    let client = Client::new(Config::new(uri, &given)?)?;
    client.server(LITTLE).wait()?;
    client.compact(HOSTILE, false, LITTLE).wait()?;
    Ok(())
}

// One test: the receivers are the process's.
#[test]
fn no_text_from_outside_breaks_a_line() {
    assert!(!is_fit(HOSTILE));
    let told = Arc::<Mutex<Vec<String>>>::default();
    let (lines, states) = (Arc::clone(&told), Arc::clone(&told));
    log::set(
        Level::Debug,
        Some(Arc::new(move |_, message: &str, fields: &str| {
            lines.lock().unwrap().push(format!("{message} {fields}"));
        })),
    )
    .unwrap();
    log::set_connection(Some(Arc::new(move |_, address: &str, reason: &str| {
        states.lock().unwrap().push(format!("{address} {reason}"));
    })))
    .unwrap();
    let mut unfit = Vec::new();
    let mut said = 0;
    let mut look = |what: &str, result: Result<(), Error>| {
        let Err(error) = result else { return };
        said += 1;
        if !is_fit(error.message()) {
            unfit.push(format!("{what}: {:?}", error.message()));
        }
    };

    let fake = Fake::start("v2.6.19");
    for option in &OPTIONS {
        let key = option.key.to_str().unwrap();
        look(key, try_client(&fake.uri(), &[("retry.max_attempts", "1"), (key, HOSTILE)]));
    }
    look("an option's name", try_client(&fake.uri(), &[(HOSTILE, "1")]));
    for uri in [
        HOSTILE.to_owned(),
        format!("http://{HOSTILE}"),
        format!("unix:///tmp/{HOSTILE}"),
        format!("http://user:{HOSTILE}@127.0.0.1:1"),
        format!("http://127.0.0.1:1/{HOSTILE}"),
        "unix:///tmp/a%0a%1b%5b31mb".to_owned(),
        "http://127.0.0.1:1/a%0a%1b".to_owned(),
        "http://a%0ab:1".to_owned(),
    ] {
        look(&uri, try_client(&uri, &[("retry.max_attempts", "1"), ("connect_timeout_ms", "300")]));
    }
    // What servers say.
    for fault in [
        Fault::Grpc(Code::Internal, HOSTILE.to_owned()),
        Fault::Refuse(65535, 1, HOSTILE.to_owned()),
        Fault::Refuse(4, 4, HOSTILE.to_owned()),
    ] {
        for method in [Method::Describe, Method::Trigger] {
            let fake = Fake::start("v2.6.19");
            fake.fail_next(method, fault.clone());
            let what = format!("{method:?}: {fault:?}");
            let client = common::client(&fake);
            look(&what, client.compact("succeeds", false, LITTLE).wait().map(drop));
        }
    }
    look("a version", try_client(&Fake::start(HOSTILE).uri(), &[]));
    let front = Front::before(fake.address());
    let padded = HOSTILE.replace(|c: char| c.is_ascii_control(), "");
    let page = Answer { headers: vec![("content-type".to_owned(), padded.clone())], ..Answer::page(200) };
    let moved = Answer { headers: vec![("location".to_owned(), padded.clone())], ..Answer::page(302) };
    let trailers =
        vec![("grpc-status".to_owned(), "7".to_owned()), ("grpc-message".to_owned(), "a%0Ab%1Bc".to_owned())];
    let refused = Answer { end: End::Trailers(trailers), ..Answer::of_type(200, "application/grpc") };
    for answer in [page, moved, refused] {
        front.answer("*", usize::MAX, answer.clone());
        look(&format!("{answer:?}"), try_client(&front.uri(), &[("retry.max_attempts", "1")]));
        front.pass_all_on();
    }

    // The receivers' thread is on its way; the last client's error is what it tells last.
    for _ in 0..1_000 {
        if told.lock().unwrap().len() > 50 {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    log::set(Level::Debug, None).unwrap();
    log::set_connection(None).unwrap();
    let told = told.lock().unwrap();
    assert!(said > 30 && told.len() > 50, "{said} errors, {} lines", told.len());
    unfit.extend(told.iter().filter(|line| !is_fit(line)).map(|line| format!("log: {line:?}")));
    assert!(unfit.is_empty(), "{}", unfit.join("\n"));
}
