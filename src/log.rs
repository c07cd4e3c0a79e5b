//! What the library tells about its connections, to one receiver per process. Off until one is set,
//! and then the cost of what is not wanted is one load from memory.

use std::cell::Cell;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{PoisonError, RwLock};

use crate::error::Error;

/// How much something matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(i32)]
pub enum Level {
    /// Nothing but errors, of which this version logs none: it returns them.
    Error = 1,
    /// Something is wrong, and the library copes: a lost connection, a slow call.
    Warning = 2,
    /// Connections made, calls tried again.
    Info = 3,
    /// Every call.
    Debug = 4,
}

/// Takes level, message and fields (`key=value`, separated by blanks).
pub type Receiver = Box<dyn Fn(Level, &str, &str) + Send + Sync>;

static WANTED: AtomicI32 = AtomicI32::new(0);
static RECEIVER: RwLock<Option<Receiver>> = RwLock::new(None);

thread_local! {
    static RECEIVING: Cell<bool> = const { Cell::new(false) };
}

/// Whether the calling thread is inside the receiver.
pub(crate) fn is_receiving() -> bool {
    RECEIVING.try_with(Cell::get).unwrap_or(false)
}

/// Sets the receiver of all that matters at least as much as `level`; `None` ends it. When this returns,
/// the receiver before is not running and will not be called again.
///
/// # Errors
/// `InvalidArgument` if called by a receiver.
pub fn set(level: Level, receiver: Option<Receiver>) -> Result<(), Error> {
    if is_receiving() {
        return Err(Error::invalid_argument("a log callback cannot change the log callback"));
    }
    let mut current = RECEIVER.write().unwrap_or_else(PoisonError::into_inner);
    WANTED.store(if receiver.is_some() { level as i32 } else { 0 }, Ordering::Relaxed);
    *current = receiver;
    Ok(())
}

/// Tells the receiver, if it wants to know. `fields` is only asked for then.
pub(crate) fn tell(level: Level, message: &str, fields: impl FnOnce() -> String) {
    if level as i32 > WANTED.load(Ordering::Relaxed) || is_receiving() {
        return;
    }
    let fields = fields();
    let receiver = RECEIVER.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(receiver) = receiver.as_ref() {
        RECEIVING.set(true);
        receiver(level, message, &fields);
        RECEIVING.set(false);
    }
}
