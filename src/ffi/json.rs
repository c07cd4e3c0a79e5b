//! Reports as JSON
//!
//! These functions write a result as JSON, for a log, a file or another program. A JSON object has the
//! fields of its C struct by the same names; docs/schema/report.schema.json is their JSON Schema, and later
//! versions only add fields. What is not reported or not known is null, and never -1. An id is a string of
//! digits at any size: most are above 2^53, where readers that have only doubles change numbers. No job is
//! null, and a job whose id the server does not tell is "unknown". A yes or no is true or false. A verdict,
//! state or the like has its short text in one word, e.g. "partly_failed"; a number that the library does not
//! know is "unrecognized_42". A status is the name of its constant. The text is one line of UTF-8 without an
//! end of line. Each function asks no server, and writes the same text each time: call it with the capacity
//! 0 for the length, and again with a buffer of one byte more.

use std::ffi::{CStr, c_char};

use super::catalog::{milvus_collection_list, milvus_database_list};
use super::check::milvus_check_result;
use super::convert::{self, InStruct};
use super::entry::entry;
use super::errors::{milvus_error, milvus_status};
use super::handle;
use super::jobs::milvus_compaction_report;
use super::json_structs as structs;
use super::json_surveys as surveys;
use super::json_text::list;
use super::many::milvus_many_list;
use super::optimized::milvus_optimize_list;
use super::plans::milvus_plan_list;
use super::segments::milvus_segment_list;
use super::survey::milvus_survey_list;
use crate::error::Error;

/// Writes a report as a JSON object.
///
/// @param report      From milvus_compaction_wait() or a milvus_many_result, for example.
/// @param buffer      Receives the text and its NUL, cut to the capacity. NULL is allowed if capacity is 0.
/// @param capacity    Size of the buffer in bytes.
/// @param out_length  Receives the length of the whole text in bytes, without the NUL. The text was cut, and
///                    is no JSON, if this is not below capacity. May be NULL.
/// @return MILVUS_OK, or what every function can return.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_compaction_report_json(
    report: *const milvus_compaction_report,
    buffer: *mut c_char,
    capacity: usize,
    out_length: *mut usize,
) -> milvus_status {
    entry(c"milvus_compaction_report_json", || {
        let report = InStruct::read("report", report)?;
        write(buffer, capacity, out_length, |out| structs::report(out, &report))
    })
}

/// Writes the result of a dry run as a JSON object.
///
/// @param result      From milvus_compaction_check().
/// @param buffer      As in milvus_compaction_report_json().
/// @param capacity    Size of the buffer in bytes.
/// @param out_length  As in milvus_compaction_report_json().
/// @return MILVUS_OK, or what every function can return.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_check_result_json(
    result: *const milvus_check_result,
    buffer: *mut c_char,
    capacity: usize,
    out_length: *mut usize,
) -> milvus_status {
    entry(c"milvus_check_result_json", || {
        let result: milvus_check_result = InStruct::read("result", result)?;
        let reason: Vec<u8> = result.reason.iter().flat_map(|unit| unit.to_ne_bytes()).collect(); // signed or not
        let reason = CStr::from_bytes_until_nul(&reason).ok().and_then(|reason| reason.to_str().ok());
        let reason = reason.ok_or_else(|| Error::invalid_argument("result.reason: is no UTF-8 text"))?;
        write(buffer, capacity, out_length, |out| structs::check_result(out, &result, reason))
    })
}

/// Writes the details of a failure as a JSON object, or null if nothing failed.
///
/// @param error       From milvus_last_error() or milvus_future_error(), for example.
/// @param buffer      As in milvus_compaction_report_json().
/// @param capacity    Size of the buffer in bytes.
/// @param out_length  As in milvus_compaction_report_json().
/// @return MILVUS_OK, or what every function can return. A failure of this function overwrites what
///     milvus_last_error() points to.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_error_json(
    error: *const milvus_error,
    buffer: *mut c_char,
    capacity: usize,
    out_length: *mut usize,
) -> milvus_status {
    entry(c"milvus_error_json", || {
        // SAFETY: only the library makes these; the caller vouches that it still lives.
        let error = unsafe { error.as_ref() }.ok_or_else(|| Error::invalid_argument("error: is NULL"))?;
        write(buffer, capacity, out_length, |out| structs::error(out, error))
    })
}

/// Writes the plans of a list as a JSON array of objects.
///
/// @param plans       The list.
/// @param buffer      As in milvus_compaction_report_json().
/// @param capacity    Size of the buffer in bytes.
/// @param out_length  As in milvus_compaction_report_json().
/// @return MILVUS_OK, or what every function can return.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_plan_list_json(
    plans: *const milvus_plan_list,
    buffer: *mut c_char,
    capacity: usize,
    out_length: *mut usize,
) -> milvus_status {
    entry(c"milvus_plan_list_json", || {
        let plans = handle::get(plans)?;
        write(buffer, capacity, out_length, |out| list(out, plans.shown(), structs::plan))
    })
}

/// Writes the segments of a list as a JSON array of objects.
///
/// @param segments    The list.
/// @param buffer      As in milvus_compaction_report_json().
/// @param capacity    Size of the buffer in bytes.
/// @param out_length  As in milvus_compaction_report_json().
/// @return MILVUS_OK, or what every function can return.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_segment_list_json(
    segments: *const milvus_segment_list,
    buffer: *mut c_char,
    capacity: usize,
    out_length: *mut usize,
) -> milvus_status {
    entry(c"milvus_segment_list_json", || {
        let segments = handle::get(segments)?;
        write(buffer, capacity, out_length, |out| list(out, segments.shown(), structs::segment))
    })
}

/// Writes the results of many collections as a JSON array of objects. `report` and `error` are objects or
/// null.
///
/// @param list        The list.
/// @param buffer      As in milvus_compaction_report_json().
/// @param capacity    Size of the buffer in bytes.
/// @param out_length  As in milvus_compaction_report_json().
/// @return MILVUS_OK, or what every function can return.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_many_list_json(
    list: *const milvus_many_list,
    buffer: *mut c_char,
    capacity: usize,
    out_length: *mut usize,
) -> milvus_status {
    entry(c"milvus_many_list_json", || {
        let results = handle::get(list)?;
        write(buffer, capacity, out_length, |out| self::list(out, results.shown(), structs::many_result))
    })
}

/// Writes the results of optimizing as a JSON array of objects. `steps` has the steps of a result, in the
/// place of `step_count`.
///
/// @param list        The list.
/// @param buffer      As in milvus_compaction_report_json().
/// @param capacity    Size of the buffer in bytes.
/// @param out_length  As in milvus_compaction_report_json().
/// @return MILVUS_OK, or what every function can return.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_optimize_list_json(
    list: *const milvus_optimize_list,
    buffer: *mut c_char,
    capacity: usize,
    out_length: *mut usize,
) -> milvus_status {
    entry(c"milvus_optimize_list_json", || {
        let results = handle::get(list)?;
        write(buffer, capacity, out_length, |out| {
            self::list(out, results.shown(), structs::optimize_result);
        })
    })
}

/// Writes the collections of a list as a JSON array of objects. `aliases` is an array of texts.
///
/// @param list        The list.
/// @param buffer      As in milvus_compaction_report_json().
/// @param capacity    Size of the buffer in bytes.
/// @param out_length  As in milvus_compaction_report_json().
/// @return MILVUS_OK, or what every function can return.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_collection_list_json(
    list: *const milvus_collection_list,
    buffer: *mut c_char,
    capacity: usize,
    out_length: *mut usize,
) -> milvus_status {
    entry(c"milvus_collection_list_json", || {
        let items = handle::get(list)?;
        write(buffer, capacity, out_length, |out| self::list(out, items.shown(), surveys::collection_info))
    })
}

/// Writes the databases of a list as a JSON array of objects.
///
/// @param list        The list.
/// @param buffer      As in milvus_compaction_report_json().
/// @param capacity    Size of the buffer in bytes.
/// @param out_length  As in milvus_compaction_report_json().
/// @return MILVUS_OK, or what every function can return.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_database_list_json(
    list: *const milvus_database_list,
    buffer: *mut c_char,
    capacity: usize,
    out_length: *mut usize,
) -> milvus_status {
    entry(c"milvus_database_list_json", || {
        let items = handle::get(list)?;
        write(buffer, capacity, out_length, |out| self::list(out, items.shown(), surveys::database_info))
    })
}

/// Writes the results of a survey as a JSON array of objects. `check` is an object or null.
///
/// @param list        The list.
/// @param buffer      As in milvus_compaction_report_json().
/// @param capacity    Size of the buffer in bytes.
/// @param out_length  As in milvus_compaction_report_json().
/// @return MILVUS_OK, or what every function can return.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_survey_list_json(
    list: *const milvus_survey_list,
    buffer: *mut c_char,
    capacity: usize,
    out_length: *mut usize,
) -> milvus_status {
    entry(c"milvus_survey_list_json", || {
        let items = handle::get(list)?;
        write(buffer, capacity, out_length, |out| self::list(out, items.shown(), surveys::survey_result))
    })
}

/// Hands over what is written.
fn write(
    buffer: *mut c_char,
    capacity: usize,
    out_length: *mut usize,
    write: impl FnOnce(&mut String),
) -> Result<(), Error> {
    convert::check_buffer(buffer, capacity)?;
    let mut text = String::new();
    write(&mut text);
    convert::write_text(&text, buffer, capacity, out_length);
    Ok(())
}
