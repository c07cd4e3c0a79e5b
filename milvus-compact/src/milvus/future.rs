//! An operation under way: followed in short steps, so that a signal or a deadline of the command can end it.

use std::ptr::null_mut;

use super::{Failure, Progress};
use crate::ffi;

/// How often the caller is asked whether to go on.
const TICK_MS: i64 = 50;

/// What the caller answers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Go {
    On,
    Stop,
}

/// An operation that has started.
pub struct Future(*mut ffi::milvus_future);

impl Future {
    /// Starts one.
    pub(super) fn start(begin: impl FnOnce(*mut *mut ffi::milvus_future) -> i32) -> Result<Self, Failure> {
        let mut future = null_mut();
        match begin(&raw mut future) {
            ffi::MILVUS_OK => Ok(Self(future)),
            _ => Err(Failure::latest()),
        }
    }

    pub(super) fn handle(&self) -> *mut ffi::milvus_future {
        self.0
    }

    /// Waits until it is over, and shows its progress again and again. Told to stop, it cancels the operation and waits
    /// for its end all the same, which comes at once.
    pub fn follow(&self, tick: &mut dyn FnMut(Progress) -> Go) -> Result<(), Failure> {
        let mut is_cancelled = false;
        loop {
            // SAFETY: the handle is valid until it is dropped.
            let status = unsafe { ffi::milvus_future_wait(self.0, TICK_MS) };
            if status == ffi::MILVUS_OK {
                tick(self.progress());
                return Ok(());
            }
            if status != ffi::MILVUS_PENDING {
                tick(self.progress());
                // SAFETY: as above; the details live as long as the future.
                return Err(Failure::read(unsafe { &*ffi::milvus_future_error(self.0) }));
            }
            if !is_cancelled && tick(self.progress()) == Go::Stop {
                is_cancelled = true;
                // SAFETY: as above.
                unsafe { ffi::milvus_future_cancel(self.0) };
            }
        }
    }

    /// The jobs that were triggered since this was last asked.
    pub(super) fn triggered(&self) -> Vec<i64> {
        let mut jobs = Vec::new();
        let mut event = ffi::milvus_collection_event::INIT;
        // SAFETY: handle and struct are valid.
        while unsafe { ffi::milvus_future_next_event(self.0, &raw mut event) } == ffi::MILVUS_OK {
            if event.event == ffi::MILVUS_EVENT_TRIGGERED {
                jobs.push(event.job_id);
            }
        }
        jobs
    }

    fn progress(&self) -> Progress {
        let mut progress = ffi::milvus_progress::INIT;
        // SAFETY: handle and struct are valid.
        unsafe { ffi::milvus_future_progress(self.0, &raw mut progress) };
        Progress::read(&progress)
    }
}

impl Drop for Future {
    fn drop(&mut self) {
        // SAFETY: the handle is ours, and nobody uses it afterwards.
        unsafe { ffi::milvus_future_free(self.0) }
    }
}
