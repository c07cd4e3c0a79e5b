//! Special job ids, and the check of an id.

use crate::error::Error;

/// No job: the server scheduled nothing. No server has a job with this id.
pub const NO_JOB: i64 = 0;
/// A job whose id is unknown. The client refuses to wait for it.
pub const UNKNOWN_JOB: i64 = -1;

/// Refuses ids that no job can have.
pub(super) fn check_job_id(job_id: i64) -> Result<(), Error> {
    if job_id >= 0 {
        return Ok(());
    }
    let text = format!("job_id: {job_id} is not a job id; servers answer -1 when they schedule nothing");
    Err(Error::invalid_argument(text))
}
