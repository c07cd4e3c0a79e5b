//! Tells what happens to one collection while its operation runs.

use std::ffi::{CStr, CString};
use std::sync::Arc;

use super::events::{EventEnd, Happened};
use super::job_id::NO_JOB;
use super::progress::Progressing;

/// The one that tells it.
#[derive(Clone)]
pub(crate) struct Teller {
    progressing: Arc<dyn Progressing>,
    place: usize,
    name: Arc<CStr>,
}

impl Teller {
    pub(crate) fn new(progressing: &Arc<dyn Progressing>, place: usize, name: &str) -> Self {
        let name = Arc::from(CString::new(name).unwrap_or_default());
        Self { progressing: Arc::clone(progressing), place, name }
    }

    pub(crate) fn began(&self) {
        self.tell(Happened::Began);
    }

    /// The client can export the job by now.
    pub(super) fn triggered(&self, job_id: i64) {
        if job_id > NO_JOB {
            self.tell(Happened::Triggered(job_id));
        }
    }

    pub(crate) fn ended(&self, end: EventEnd) {
        self.tell(Happened::Ended(end));
    }

    fn tell(&self, what: Happened) {
        self.progressing.tracker().note(self.place, &self.name, what);
    }
}
