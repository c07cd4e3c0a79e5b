//! Turns a panic, which is a defect of this library, into an error. The library prints no panic and unwinds into no
//! caller.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::pin::{Pin, pin};
use std::sync::Once;
use std::task::{Context, Poll};

use crate::error::{Error, Status};

/// How tokio's panics begin when its descriptors are gone: on a thread that wakes it, and on the one that it runs on.
const CANNOT_WAKE: &str = "failed to wake I/O driver";
const CANNOT_POLL: &str = "unexpected error when polling the I/O driver";

thread_local! {
    /// Never returns when this thread's runtime can run no more. Gets the text of the panic.
    static LOST_DRIVER: Cell<Option<fn(&str)>> = const { Cell::new(None) };
    /// Whether this thread is running the library's code.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
    static LAST: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs `work`; a panic in it becomes `MILVUS_INTERNAL`.
pub(crate) fn catch<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    let guarded_before = guard_this_thread(true);
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    guard_this_thread(guarded_before);
    result.unwrap_or_else(|payload| Err(error(&*payload)))
}

/// As [`catch`], for work that a thread polls which is known to run the library's code.
pub(crate) async fn caught<T>(work: impl Future<Output = T>) -> Result<T, Error> {
    let mut work = pin!(work);
    poll_fn(|cx| caught_poll(work.as_mut(), cx)).await
}

/// Polls `work` as [`caught`] does.
pub(crate) fn caught_poll<T>(
    work: Pin<&mut impl Future<Output = T>>,
    cx: &mut Context<'_>,
) -> Poll<Result<T, Error>> {
    match panic::catch_unwind(AssertUnwindSafe(|| work.poll(cx))) {
        Ok(poll) => poll.map(Ok),
        Err(payload) => Poll::Ready(Err(error(&*payload))),
    }
}

/// As [`caught`], for work that sends a trigger: after a panic the server may have received it.
pub(crate) async fn caught_in_doubt<T>(work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    caught(work).await.unwrap_or_else(|defect| Err(defect.in_doubt()))
}

/// Marks the calling thread as running the library's code, or not. Returns the previous mark.
pub(crate) fn guard_this_thread(guarded: bool) -> bool {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let others = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !GUARDED.try_with(Cell::get).unwrap_or(false) {
                return others(info);
            }
            let text = described(info);
            if text.starts_with(CANNOT_POLL) {
                LOST_DRIVER.try_with(Cell::get).ok().flatten().inspect(|stay| stay(&text));
            }
            let _ = LAST.try_with(|last| last.borrow_mut().replace(text));
        }));
    });
    GUARDED.try_with(|flag| flag.replace(guarded)).unwrap_or(guarded)
}

/// The latest panic of this thread as an error.
pub(crate) fn latest() -> Error {
    error(&())
}

/// Has this thread call `stay`, which never returns, where tokio would unwind because its descriptors are gone: it would
/// close them, and they may be other files' by now. `stay` gets the text of the panic.
pub(crate) fn on_lost_driver(stay: fn(&str)) {
    LOST_DRIVER.set(Some(stay));
}

/// The error of every call after the process has closed the library's descriptors, and of those under way then.
pub(crate) fn no_descriptors() -> Error {
    let text = "this process has closed the library's file descriptors; the library works again when the process is \
                restarted";
    Error::new(Status::Unavailable, text)
}

/// The error of a call that a panic on another thread has ended. That thread reports the details.
pub(crate) fn elsewhere() -> Error {
    told("a panic in a call that shared the connection")
}

fn error(payload: &(dyn Any + Send)) -> Error {
    let text = LAST.try_with(RefCell::take).ok().flatten();
    let text = text.unwrap_or_else(|| message(payload).unwrap_or("abandoned task").to_owned());
    if text.starts_with(CANNOT_WAKE) { no_descriptors() } else { told(&text) }
}

fn told(text: &str) -> Error {
    Error::new(Status::Internal, format!("defect in milvus_client {}: {text}", env!("CARGO_PKG_VERSION")))
}

fn described(info: &PanicHookInfo<'_>) -> String {
    let text = message(info.payload()).unwrap_or("panic");
    match info.location() {
        // The file's name is enough to find it, and reveals nothing about the build machine.
        Some(place) => {
            let file = place.file().rsplit(['/', '\\']).next().unwrap_or_default();
            format!("{text} ({file}:{})", place.line())
        }
        None => text.to_owned(),
    }
}

fn message(payload: &(dyn Any + Send)) -> Option<&str> {
    payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_internal_error_with_its_place() {
        let error = catch::<()>(|| panic!("boom {}", 7)).unwrap_err();
        assert_eq!(error.status, Status::Internal);
        assert!(error.message().contains("boom 7 (panics.rs:"), "{error}");
    }

    #[test]
    fn guards_nest() {
        let outer = catch(|| {
            let inner = catch::<()>(|| panic!("inner"));
            assert_eq!(inner.unwrap_err().status, Status::Internal);
            panic!("outer")
        });
        let error: Error = Result::<(), Error>::unwrap_err(outer);
        assert!(error.message().contains("outer"), "{error}");
    }

    #[test]
    fn a_panic_is_in_doubt_and_an_error_stays_as_it_is() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let panicking = async {
            tokio::task::yield_now().await;
            panic!("after it was sent")
        };
        let error = runtime.block_on(caught_in_doubt::<()>(panicking)).unwrap_err();
        assert_eq!((error.status, error.in_doubt), (Status::Internal, true));
        assert!(error.message().contains("after it was sent"), "{error}");
        let failing = async { Err::<(), _>(Error::new(Status::Unavailable, "not sent")) };
        assert!(!runtime.block_on(caught_in_doubt(failing)).unwrap_err().in_doubt);
        assert_eq!(runtime.block_on(caught_in_doubt(async { Ok(1) })), Ok(1));
    }
}
