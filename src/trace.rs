//! What identifies an operation: to the server a request id and the metadata of its caller, to a reader of the log
//! also its collection and job. Whatever polls the work of an operation does so within its trace, so that requests and
//! log lines find it without being handed it.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::{SystemTime, UNIX_EPOCH};

use http::HeaderMap;
use http::header::{HeaderName, HeaderValue};

use crate::config::Metadata;
use crate::error::Error;

/// The longest request id that a caller may set.
pub const REQUEST_ID_LIMIT: usize = 128;
/// Digits of an id that the library makes; h2 takes some thirty instructions for each.
const GENERATED: usize = 16;

/// The metadata that pymilvus and the Java SDK send too.
static REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");
static REQUEST_TIME: HeaderName = HeaderName::from_static("client-request-unixmsec");

/// The identity of one operation, or of the part of it that is about one collection.
#[derive(Debug)]
pub(crate) struct Trace {
    id: RequestId,
    metadata: Option<Arc<Metadata>>,
    #[allow(clippy::box_collection, reason = "many operations are about none, and wait for long")]
    collection: OnceLock<Box<String>>,
    /// 0 while there is none.
    job_id: AtomicI64,
}

/// Something that has a trace.
pub(crate) trait Traced: Send + Sync {
    fn trace(&self) -> &Trace;
}

impl Traced for Trace {
    fn trace(&self) -> &Self {
        self
    }
}

#[derive(Clone, Debug)]
enum RequestId {
    Generated(u64),
    Given(Box<HeaderValue>),
}

/// What a thread has set for the operations that it starts.
#[derive(Clone, Default)]
struct OfThread {
    id: Option<HeaderValue>,
    metadata: Option<Arc<Metadata>>,
}

thread_local! {
    static OF_THREAD: RefCell<OfThread> = const { RefCell::new(OfThread { id: None, metadata: None }) };
    /// The trace of the operation that this thread polls.
    static CURRENT: RefCell<Option<Arc<dyn Traced>>> = const { RefCell::new(None) };
}

/// Sets the request id of the operations that the calling thread starts from now on; `None`: each gets its own.
///
/// # Errors
/// `InvalidArgument` for an id that is empty, too long, or has a character that cannot be sent.
pub fn set_request_id(id: Option<&str>) -> Result<(), Error> {
    let id = id.map(checked_id).transpose()?;
    change_thread(|of_thread| {
        of_thread.id = id;
        Ok(())
    })
}

/// Sets an entry of the metadata that the operations of the calling thread carry from now on; `None` removes it.
///
/// # Errors
/// As [`Metadata::set`].
pub fn set_metadata(name: &str, value: Option<&str>) -> Result<(), Error> {
    change_thread(|of_thread| {
        let mut metadata = of_thread.metadata.as_deref().cloned().unwrap_or_default();
        metadata.set(name, value.unwrap_or_default())?;
        of_thread.metadata = Some(metadata).filter(|metadata| !metadata.is_empty()).map(Arc::new);
        Ok(())
    })
}

/// Runs a callback of the application on a thread of the library, which other callbacks share: what it sets for the
/// operations of its thread ends with it.
pub(crate) fn on_shared_thread(callback: impl FnOnce()) {
    struct Restored(OfThread);
    impl Drop for Restored {
        fn drop(&mut self) {
            let _ = OF_THREAD.try_with(|of_thread| of_thread.replace(std::mem::take(&mut self.0)));
        }
    }
    let _restored = Restored(OF_THREAD.try_with(RefCell::take).unwrap_or_default());
    callback();
}

/// A thread that is about to end has no variables any more, and starts hardly any operation.
fn change_thread(change: impl FnOnce(&mut OfThread) -> Result<(), Error>) -> Result<(), Error> {
    OF_THREAD.try_with(|of_thread| change(&mut of_thread.borrow_mut())).unwrap_or(Ok(()))
}

fn checked_id(id: &str) -> Result<HeaderValue, Error> {
    let is_right =
        !id.is_empty() && id.len() <= REQUEST_ID_LIMIT && id.bytes().all(|byte| byte.is_ascii_graphic());
    HeaderValue::from_str(id).ok().filter(|_| is_right).ok_or_else(|| {
        let rule = format!("has to be 1 to {REQUEST_ID_LIMIT} printable ASCII characters without blanks");
        Error::invalid_argument(format!("request_id: {rule}"))
    })
}

impl RequestId {
    /// Unique in this process, and nearly certainly in the world. Costs no system call.
    fn next() -> Self {
        static FIRST: OnceLock<u64> = OnceLock::new();
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let first = *FIRST.get_or_init(|| RandomState::new().build_hasher().finish());
        // The finaliser of SplitMix64 is one-to-one, so no two of 2^64 operations have the same.
        let mut mixed =
            first.wrapping_add(COUNT.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Self::Generated(mixed ^ (mixed >> 31))
    }

    fn header(&self) -> HeaderValue {
        match self {
            Self::Generated(number) => HeaderValue::from_bytes(&hexadecimal(*number))
                .unwrap_or_else(|_| HeaderValue::from_static("")),
            Self::Given(value) => HeaderValue::clone(value),
        }
    }
}

fn hexadecimal(number: u64) -> [u8; GENERATED] {
    let mut text = [0; GENERATED];
    for (digits, byte) in text.chunks_exact_mut(2).zip(number.to_be_bytes()) {
        digits[0] = DIGITS[usize::from(byte >> 4)];
        digits[1] = DIGITS[usize::from(byte & 15)];
    }
    text
}

const DIGITS: [u8; 16] = *b"0123456789abcdef";

impl Trace {
    /// The trace of an operation that the calling thread starts.
    pub(crate) fn of_this_thread() -> Self {
        let OfThread { id, metadata } =
            OF_THREAD.try_with(|of_thread| of_thread.borrow().clone()).unwrap_or_default();
        let id = id.map_or_else(RequestId::next, |id| RequestId::Given(Box::new(id)));
        Self { id, metadata, collection: OnceLock::new(), job_id: AtomicI64::new(0) }
    }

    /// The same operation, as far as it is about this collection.
    pub(crate) fn part(&self, collection: &str) -> Arc<Self> {
        let (id, metadata) = (self.id.clone(), self.metadata.clone());
        let collection = OnceLock::from(Box::new(collection.to_owned()));
        Arc::new(Self { id, metadata, collection, job_id: AtomicI64::new(0) })
    }

    pub(crate) fn request_id(&self) -> String {
        match &self.id {
            RequestId::Generated(number) => String::from_utf8_lossy(&hexadecimal(*number)).into_owned(),
            RequestId::Given(value) => value.to_str().unwrap_or_default().to_owned(),
        }
    }

    /// Has log lines tell the collection.
    pub(crate) fn about_collection(&self, name: &str) {
        let _ = self.collection.set(Box::new(name.to_owned()));
    }

    /// Has log lines tell the job.
    pub(crate) fn about_job(&self, job_id: i64) {
        self.job_id.store(job_id, Ordering::Relaxed);
    }
}

/// Work that runs within a trace. Small: what waits for it has it more than once, as futures of async functions do.
pub(crate) struct Span<'a, T> {
    trace: Option<Arc<dyn Traced>>,
    work: Pin<Box<dyn Future<Output = T> + Send + 'a>>,
}

/// Runs `work` within a trace.
pub(crate) fn span<T>(
    trace: Option<Arc<dyn Traced>>,
    work: Pin<Box<dyn Future<Output = T> + Send + '_>>,
) -> Span<'_, T> {
    Span { trace, work }
}

impl<T> Future for Span<'_, T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        let Self { trace, work } = &mut *self;
        let _entered = Entered::new(trace);
        work.as_mut().poll(cx)
    }
}

/// Runs `work` within a trace.
pub(crate) fn within<T>(traced: Arc<dyn Traced>, work: impl FnOnce() -> T) -> T {
    let mut trace = Some(traced);
    let _entered = Entered::new(&mut trace);
    work()
}

/// A trace is the thread's current one as long as this is there, also if the work panics.
struct Entered<'a> {
    trace: &'a mut Option<Arc<dyn Traced>>,
}

impl<'a> Entered<'a> {
    fn new(trace: &'a mut Option<Arc<dyn Traced>>) -> Self {
        exchange(trace);
        Self { trace }
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        exchange(self.trace);
    }
}

fn exchange(trace: &mut Option<Arc<dyn Traced>>) {
    let _ = CURRENT.try_with(|current| std::mem::swap(&mut *current.borrow_mut(), trace));
}

fn with_current<T>(look: impl FnOnce(&Trace) -> T) -> Option<T> {
    CURRENT.try_with(|current| current.borrow().as_ref().map(|traced| look(traced.trace()))).ok().flatten()
}

/// The identity of the running operation, for work that outlives it: it keeps nothing else of the operation alive.
pub(crate) fn copy_of_current() -> Option<Arc<dyn Traced>> {
    with_current(|trace| {
        let Trace { id, metadata, collection, job_id } = trace;
        let job_id = AtomicI64::new(job_id.load(Ordering::Relaxed));
        Arc::new(Trace { id: id.clone(), metadata: metadata.clone(), collection: collection.clone(), job_id })
            as _
    })
}

/// The part of the operation whose work calls this that is about a collection.
pub(crate) fn part_of_current(collection: &str) -> Option<Arc<dyn Traced>> {
    with_current(|trace| trace.part(collection) as _)
}

/// Has the log lines of the running operation tell its job, and the job's collection if that is known.
pub(crate) fn about_job(job_id: i64, collection: Option<&str>) {
    with_current(|trace| {
        trace.about_job(job_id);
        if let Some(name) = collection {
            trace.about_collection(name);
        }
    });
}

/// Makes room for what [`identify`] adds.
pub(crate) fn prepare(headers: &mut HeaderMap) {
    for name in [&REQUEST_ID, &REQUEST_TIME] {
        headers.insert(name, HeaderValue::from_static(""));
    }
}

/// Adds the running operation's metadata to a request; they replace what is there by the same name.
///
/// Values that never come again would fill HPACK's table, and h2 looks through all values of a name there. It leaves out
/// what is sensitive, but finds the name of that in the table: so only the first request of a connection adds both.
pub(crate) fn identify(headers: &mut HeaderMap, is_first_of_connection: bool) {
    let unrepeated = |mut value: HeaderValue| {
        value.set_sensitive(!is_first_of_connection);
        value
    };
    let is_identified = with_current(|trace| {
        for (name, value) in trace.metadata.iter().flat_map(|metadata| metadata.iter()) {
            headers.insert(name, value.clone());
        }
        headers.insert(&REQUEST_ID, unrepeated(trace.id.header()));
    });
    if is_identified.is_none() {
        headers.remove(&REQUEST_ID);
    }
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let millis = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
    headers.insert(&REQUEST_TIME, unrepeated(decimal(millis)));
}

/// The header value for a number, in one allocation: `http` makes two and a copy.
fn decimal(mut number: u64) -> HeaderValue {
    let mut text = [b'0'; 20];
    let mut first = text.len();
    while number > 0 || first == text.len() {
        first -= 1;
        text[first] += u8::try_from(number % 10).unwrap_or(0);
        number /= 10;
    }
    HeaderValue::from_bytes(&text[first..]).unwrap_or_else(|_| HeaderValue::from_static("0"))
}

/// Appends what a log line tells of the running operation.
pub(crate) fn add_fields(fields: &mut String) {
    with_current(|trace| {
        let separator = if fields.is_empty() { "" } else { " " };
        let _ = write!(fields, "{separator}request_id={}", trace.request_id());
        if let Some(name) = trace.collection.get() {
            let _ = write!(fields, " collection={name:?}");
        }
        match trace.job_id.load(Ordering::Relaxed) {
            0 => {}
            job_id => {
                let _ = write!(fields, " job={job_id}");
            }
        }
    });
}

#[cfg(test)]
mod tests;
