//! Texts that the library writes into a buffer.

use std::ffi::c_char;
use std::ptr::null_mut;

use serde_json::Value;

use super::{Failure, checked};

/// The whole text of a function that is asked for the length first: it gets a buffer, its capacity, and where the length goes.
pub(super) fn whole(write: impl Fn(*mut c_char, usize, *mut usize) -> i32) -> Result<String, Failure> {
    let mut length = 0;
    checked(write(null_mut(), 0, &raw mut length))?;
    loop {
        let mut buffer = vec![0u8; length + 1];
        checked(write(buffer.as_mut_ptr().cast::<c_char>(), buffer.len(), &raw mut length))?;
        // It may have grown between the two calls.
        if length < buffer.len() {
            buffer.truncate(length);
            return Ok(String::from_utf8_lossy(&buffer).into_owned());
        }
    }
}

/// What one of the library's functions writes as JSON.
pub(super) fn json(write: impl Fn(*mut c_char, usize, *mut usize) -> i32) -> Value {
    whole(write).ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}
