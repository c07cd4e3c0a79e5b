//! What a trace tells to the server and in the log.

use std::collections::HashSet;
use std::pin::pin;
use std::task::Waker;

use super::*;

fn poll_once<T>(work: impl Future<Output = T>) -> Poll<T> {
    pin!(work).poll(&mut Context::from_waker(Waker::noop()))
}

fn fields() -> String {
    let mut fields = String::new();
    add_fields(&mut fields);
    fields
}

#[test]
fn generated_ids_differ() {
    let ids: Vec<_> = (0..1_000).map(|_| Trace::of_this_thread().request_id()).collect();
    for id in &ids {
        assert!(id.len() == 16 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')), "{id}");
    }
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
}

#[test]
fn a_thread_sets_the_id_and_metadata_of_its_operations_until_it_clears_them() {
    set_request_id(Some("order-4711")).unwrap();
    set_metadata("traceparent", Some("00-1-2-01")).unwrap();
    set_metadata("x", Some("y")).unwrap();
    let first = Trace::of_this_thread();
    assert_eq!(first.request_id(), "order-4711");
    let elsewhere = std::thread::spawn(|| Trace::of_this_thread().request_id());
    assert_ne!(elsewhere.join().unwrap(), "order-4711", "it is this thread's alone");
    set_metadata("x", None).unwrap();
    let mut headers = HeaderMap::new();
    let filled = poll_once(span(
        Some(Arc::new(Trace::of_this_thread())),
        Box::pin(async { identify(&mut headers, true) }),
    ));
    assert!(filled.is_ready());
    assert_eq!(
        (&headers["client-request-id"], &headers["traceparent"]),
        (&"order-4711".parse().unwrap(), &"00-1-2-01".parse().unwrap())
    );
    assert!(!headers.contains_key("x") && headers["client-request-unixmsec"].len() == 13);
    set_request_id(None).unwrap();
    set_metadata("traceparent", None).unwrap();
    let later = Trace::of_this_thread();
    assert!(later.request_id() != "order-4711" && later.metadata.is_none());
}

#[test]
fn what_a_callback_sets_on_a_thread_that_others_share_ends_with_it() {
    set_request_id(Some("outer")).unwrap();
    on_shared_thread(|| {
        assert_ne!(Trace::of_this_thread().request_id(), "outer");
        set_request_id(Some("inner")).unwrap();
        set_metadata("x", Some("y")).unwrap();
        assert_eq!(Trace::of_this_thread().request_id(), "inner");
    });
    let after = Trace::of_this_thread();
    assert!(after.request_id() == "outer" && after.metadata.is_none());
    set_request_id(None).unwrap();
}

#[test]
fn an_id_that_cannot_be_sent_or_would_break_a_log_line_is_refused() {
    for id in ["", "a b", "a\nb", "a\0b", "é", &"x".repeat(129)] {
        assert!(set_request_id(Some(id)).unwrap_err().message().starts_with("request_id: "), "{id:?}");
    }
    assert!(set_metadata("authorization", Some("x")).is_err());
    assert_eq!(Trace::of_this_thread().request_id().len(), 16, "nothing was set");
}

#[test]
fn log_lines_tell_what_the_running_operation_is_about() {
    assert_eq!(fields(), "", "outside of an operation");
    let trace = Arc::new(Trace::of_this_thread());
    let id = trace.request_id();
    trace.about_collection("my \"own\"");
    let part = trace.part("other");
    let told = poll_once(span(
        Some(trace),
        Box::pin(async {
            about_job(7, Some("not this one: it is known already"));
            let inner = poll_once(span(Some(part), Box::pin(async { fields() })));
            (inner, fields())
        }),
    ));
    let Poll::Ready((Poll::Ready(inner), outer)) = told else { panic!("it waits for nothing") };
    assert_eq!(inner, format!("request_id={id} collection=\"other\""));
    assert_eq!(outer, format!("request_id={id} collection=\"my \\\"own\\\"\" job=7"));
    assert_eq!(fields(), "");
}

#[test]
fn work_that_panics_leaves_no_trace() {
    let work = || span(Some(Arc::new(Trace::of_this_thread())), Box::pin(async { panic!("here") }));
    let panicking = std::panic::AssertUnwindSafe(|| poll_once::<()>(work()));
    assert!(std::panic::catch_unwind(panicking).is_err());
    assert!(with_current(|_| ()).is_none());
}
