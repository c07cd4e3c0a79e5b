//! Exports a job as a text that another process can import: `milvus-job-1.`, JSON in base64url, a checksum. No I/O.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde_json::Value;

use super::job_history::{Job, JobHistory};
use super::job_id::{NO_JOB, check_job_id};
use super::job_json::{self, Moment};
use super::plan::Plans;
use super::scheduled::Scheduled;
use crate::collection::check_name;
use crate::config::Config;
use crate::error::Error;

/// The beginning of every text, of any version.
const MARK: &str = "milvus-job-";
/// The version of the format. It changes when this version would misread a text.
const VERSION: &str = "1";
/// The longest text in bytes that the client writes or reads.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// Returns the text of a job that this client knows. Sends nothing.
pub(crate) fn export(history: &JobHistory, config: &Config, job_id: i64) -> Result<String, Error> {
    check_job_id(job_id)?;
    let known = match job_id {
        NO_JOB => Some(Job::new(Scheduled::Nothing, Plans::default())),
        _ => history.recall(job_id),
    };
    let Some(job) = known else {
        let text = format!(
            "job_id: this client knows nothing of job {job_id}: it neither triggered, imported nor waited for the job, \
             or has forgotten it, because it keeps the latest {} jobs",
            super::job_history::MOST_JOBS
        );
        return Err(Error::invalid_argument(text));
    };
    check_exportable(&job, config)?;
    let json = job_json::write(job_id, &job, Moment::now(), &|text| config.without_secrets(text));
    let text = seal(&json.to_string());
    if text.len() > MOST_BYTES {
        let text = format!("job_id: the text of job {job_id} would take more than 16 MiB");
        return Err(Error::invalid_argument(text));
    }
    Ok(text)
}

fn check_exportable(job: &Job, config: &Config) -> Result<(), Error> {
    if job.plans.is_full() {
        return Err(Error::invalid_argument("job_id: the job has more plans than the client keeps"));
    }
    let Some(origin) = &job.origin else { return Ok(()) };
    let collection = &origin.collection;
    check_name(&collection.name).map_err(|error| error.context("the job's collection cannot be exported"))?;
    for name in [&collection.name, &collection.database] {
        if config.without_secrets(name) != *name {
            return Err(Error::invalid_argument(
                "job_id: the name of the job's collection or database contains the client's token or password, and \
                 the text would show it",
            ));
        }
    }
    Ok(())
}

/// Adds the job of a text to the history, and returns its id. Sends nothing.
pub(crate) fn import(history: &JobHistory, text: &str) -> Result<i64, Error> {
    let refused = |why: String| Error::invalid_argument(format!("text: {why}"));
    let (job_id, job) = read(text).map_err(refused)?;
    if job_id == NO_JOB {
        return Ok(NO_JOB);
    }
    if history.import(job_id, job) {
        Ok(job_id)
    } else {
        let why = format!(
            "this client knows job {job_id} as a job of another collection: the text is from another server"
        );
        Err(refused(why))
    }
}

fn read(text: &str) -> Result<(i64, Job), String> {
    let json = open(text)?;
    let value: Value =
        serde_json::from_slice(&json).map_err(|_| "was not made by this library".to_owned())?;
    job_json::read(&value, Moment::now())
}

fn seal(json: &str) -> String {
    format!("{MARK}{VERSION}.{}.{:016x}", BASE64.encode(json), checksum(json.as_bytes()))
}

/// Returns the JSON in a text, if the text is complete.
fn open(text: &str) -> Result<Vec<u8>, String> {
    let text = text.trim_ascii();
    if text.len() > MOST_BYTES {
        return Err("has more than 16 MiB".to_owned());
    }
    let rest = text.strip_prefix(MARK).ok_or_else(|| format!("does not begin with {MARK}{VERSION}."))?;
    let (version, rest) = rest.split_once('.').ok_or("is cut off")?;
    if version != VERSION {
        let is_number = version.bytes().all(|byte| byte.is_ascii_digit()) && !version.is_empty();
        return Err(match version.as_bytes() {
            // Versions begin with 1 and have no zeros in front.
            _ if !is_number => format!("does not begin with {MARK}{VERSION}."),
            [b'0', ..] => "has a version that no library writes".to_owned(),
            _ => "was made by a later version of this library".to_owned(),
        });
    }
    let (body, sum) = rest.split_once('.').filter(|(_, sum)| sum.len() == 16).ok_or("is cut off")?;
    let json = BASE64.decode(body).map_err(|_| "is damaged: it is not base64url")?;
    let is_whole = sum == format!("{:016x}", checksum(&json));
    if is_whole { Ok(json) } else { Err("is damaged: its checksum is wrong".to_owned()) }
}

/// FNV-1a. It detects a cut or mistyped text, but is no signature.
fn checksum(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(any(test, fuzzing))]
/// Reads the text of a job, and bytes as the JSON in one, for `crate::fuzzing`. What is read can be written again.
pub(crate) fn fuzz(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for text in [text.to_string(), seal(&text)] {
        match read(&text) {
            Ok((job_id, job)) if job_id != NO_JOB => {
                let written = job_json::write(job_id, &job, Moment::now(), &str::to_owned).to_string();
                assert!(read(&seal(&written)).is_ok_and(|(again, _)| again == job_id), "{written}");
            }
            Ok(_) => {}
            Err(why) => assert!(!why.is_empty() && !why.contains(char::is_control), "{why:?}"),
        }
    }
}

#[cfg(test)]
mod tests;
