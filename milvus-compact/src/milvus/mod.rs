//! The library as safe Rust: the one place that calls C.

mod failure;
mod future;
mod lists;
pub mod names;
mod operations;
mod texts;
mod values;

use std::ffi::{CStr, CString, c_char};
use std::ptr::{null, null_mut};

pub use failure::Failure;
pub use future::Go;
pub use operations::{Kind, OptimizeParams, Worth};
pub use values::*;

use crate::ffi;

/// A client of one server and one database.
pub struct Client(*mut ffi::milvus_client);

// SAFETY: a handle is a number, and every function of the library is thread-safe.
unsafe impl Send for Client {}
// SAFETY: as above.
unsafe impl Sync for Client {}

impl Client {
    /// Makes a client. It connects with its first call.
    pub fn new(uri: Option<&str>, options: &[(String, String)]) -> Result<Self, Failure> {
        let made = Options::new(options)?;
        let uri = uri.map(|uri| c_text("the URI", uri)).transpose()?;
        let mut client = null_mut();
        // SAFETY: all pointers are valid for the call.
        let status = unsafe {
            ffi::milvus_client_new_with(
                uri.as_ref().map_or(null(), |uri| uri.as_ptr()),
                made.0,
                &raw mut client,
            )
        };
        checked(status).map(|()| Self(client))
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // SAFETY: the handle is ours, and nobody uses it afterwards.
        unsafe { ffi::milvus_client_free(self.0) }
    }
}

struct Options(*mut ffi::milvus_options);

impl Options {
    fn new(pairs: &[(String, String)]) -> Result<Self, Failure> {
        // SAFETY: it takes nothing.
        let options = Self(unsafe { ffi::milvus_options_new() });
        if options.0.is_null() {
            return Err(Failure::latest());
        }
        for (key, value) in pairs {
            let (key, value) =
                (c_text("the key of an option", key)?, c_text("the value of an option", value)?);
            // SAFETY: all pointers are valid for the call.
            checked(unsafe { ffi::milvus_options_set(options.0, key.as_ptr(), value.as_ptr()) })?;
        }
        Ok(options)
    }
}

impl Drop for Options {
    fn drop(&mut self) {
        // SAFETY: the handle is ours.
        unsafe { ffi::milvus_options_free(self.0) }
    }
}

/// Reads a target size such as "1GiB", in MB.
pub fn parse_target_size(text: &str) -> Result<i64, Failure> {
    let text = c_text("the target size", text)?;
    let mut size = 0;
    // SAFETY: both pointers are valid for the call.
    checked(unsafe { ffi::milvus_parse_target_size(text.as_ptr(), &raw mut size) }).map(|()| size)
}

fn checked(status: i32) -> Result<(), Failure> {
    if status == ffi::MILVUS_OK { Ok(()) } else { Err(Failure::latest()) }
}

/// A text for the library. None of those it takes may have a NUL.
fn c_text(what: &str, text: &str) -> Result<CString, Failure> {
    CString::new(text)
        .map_err(|_| Failure::of(ffi::MILVUS_INVALID_ARGUMENT, format!("{what} has a NUL character")))
}

/// A text of the library, copied. NULL is the empty one.
fn text(text: *const c_char) -> String {
    if text.is_null() {
        return String::new();
    }
    // SAFETY: the library's texts end with a NUL.
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}

/// A list of ids of the library, copied.
fn ids(first: *const i64, count: usize) -> Vec<i64> {
    if first.is_null() {
        return Vec::new();
    }
    // SAFETY: the library says how many there are.
    unsafe { std::slice::from_raw_parts(first, count) }.to_vec()
}
