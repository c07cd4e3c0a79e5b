//! Options
//!
//! Options say how a client connects and waits. Keys and values are texts, so a program can pass them
//! through from a configuration file, an environment variable or another language. milvus_option_get()
//! lists every key.

use std::ffi::{CStr, c_char};
use std::ptr;
use std::sync::{Mutex, PoisonError};

use super::convert::{self, OutStruct, Sized_, named};
use super::entry::pure;
use super::errors::milvus_status;
use super::handle::{self, Handle, Table};
use crate::config::{Description, OPTIONS, Options};
use crate::error::Error;

/// The value is any text.
pub const MILVUS_OPTION_KIND_TEXT: i32 = 0;
/// The value is a secret: do not show it.
pub const MILVUS_OPTION_KIND_SECRET: i32 = 1;
/// The value is the path of a file. The file must exist when the client is made.
pub const MILVUS_OPTION_KIND_FILE: i32 = 2;
/// The value is "true" or "false".
pub const MILVUS_OPTION_KIND_BOOLEAN: i32 = 3;
/// The value is a whole number in decimal digits.
pub const MILVUS_OPTION_KIND_NUMBER: i32 = 4;

/// One option. All texts are static.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_option_info {
    /// Set by MILVUS_OPTION_INFO_INIT.
    pub size: usize,
    /// The key, e.g. "tls.ca_file".
    pub key: *const c_char,
    /// The value of an option that is not set; "" for none.
    pub default_value: *const c_char,
    /// One line for a person.
    pub help: *const c_char,
    /// The form of the value: one of the MILVUS_OPTION_KIND_... constants. Later versions may add more.
    pub kind: i32,
    /// 0.
    pub reserved: i32,
    /// Smallest value of a number; 0 for other kinds.
    pub minimum: i64,
    /// Largest value of a number; 0 for other kinds.
    pub maximum: i64,
}

/// Options of clients that are not made yet. The library wipes secrets from memory when you free them.
pub struct milvus_options {
    _private: (),
}

impl Handle for milvus_options {
    type Value = Mutex<Options>;
    const NAME: &'static str = "milvus_options";
    const KIND: u64 = 3;

    fn table() -> &'static Table<Self::Value> {
        static TABLE: Table<Mutex<Options>> = Table::new();
        &TABLE
    }
}

// SAFETY: repr(C), begins with its size, and any bytes are valid for its fields.
unsafe impl Sized_ for milvus_option_info {
    const NAME: &'static str = "milvus_option_info";
    const FIRST_SIZE: usize = 56;
}

/// Makes options, all at their defaults.
///
/// @return The options; free them with milvus_options_free(), also after a client used them. NULL if there
///     are too many; milvus_last_error() has the reason.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_options_new() -> *mut milvus_options {
    let mut options = ptr::null_mut();
    pure(c"milvus_options_new", || {
        options = handle::insert(Mutex::default())?;
        Ok(())
    });
    options
}

/// Sets one option.
///
/// @param options  The options.
/// @param key      One of the keys that milvus_option_get() lists.
/// @param value    The value as text, at most 8192 bytes, or 1 MiB for PEM texts. "" sets a text, or a number without a default,
///                 back to none.
/// @retval MILVUS_INVALID_ARGUMENT The key is unknown (the message lists all keys), or the value has the
///     wrong form.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_options_set(
    options: *mut milvus_options,
    key: *const c_char,
    value: *const c_char,
) -> milvus_status {
    pure(c"milvus_options_set", || {
        let options = handle::get(options.cast_const())?;
        let (key, value) = (convert::text("key", key)?, convert::text("value", value)?);
        options.lock().unwrap_or_else(PoisonError::into_inner).set(key, value)
    })
}

/// Frees options.
///
/// @param options  The options; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_options_free(options: *mut milvus_options) {
    if !options.is_null() {
        pure(c"milvus_options_free", || handle::remove(options));
    }
}

/// Counts the options that this library has.
///
/// @return The number of options.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_option_count() -> usize {
    OPTIONS.len()
}

/// Describes one option.
///
/// @param index     From 0 to milvus_option_count() - 1.
/// @param out_info  Receives the description. Begin with `milvus_option_info info =
///                  MILVUS_OPTION_INFO_INIT;`.
/// @return MILVUS_OK, or what every function can return.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_option_get(index: usize, out_info: *mut milvus_option_info) -> milvus_status {
    pure(c"milvus_option_get", || {
        let out = OutStruct::new("out_info", out_info)?;
        let option = OPTIONS.get(index).ok_or_else(|| {
            Error::invalid_argument(format!("index: is {index}; there are {} options", OPTIONS.len()))
        })?;
        out.write(&option.into());
        Ok(())
    })
}

impl From<&Description> for milvus_option_info {
    fn from(option: &Description) -> Self {
        let (least, most) = option.bounds;
        Self {
            size: size_of::<Self>(),
            key: option.key.as_ptr(),
            default_value: option.default.as_ptr(),
            help: option.help.as_ptr(),
            kind: option.kind as i32,
            reserved: 0,
            minimum: least.into(),
            maximum: most.into(),
        }
    }
}

/// Gives the short text of an option's kind, e.g. "number".
///
/// @param kind  One of the MILVUS_OPTION_KIND_... constants, or any other number.
/// @return A static text, never NULL: "unknown option kind" for any other number.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_option_kind_name(kind: i32) -> *const c_char {
    const NAMES: [(i32, &CStr); 5] = [
        (MILVUS_OPTION_KIND_TEXT, c"text"),
        (MILVUS_OPTION_KIND_SECRET, c"secret"),
        (MILVUS_OPTION_KIND_FILE, c"file"),
        (MILVUS_OPTION_KIND_BOOLEAN, c"boolean"),
        (MILVUS_OPTION_KIND_NUMBER, c"number"),
    ];
    named(kind, &NAMES, c"unknown option kind")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Kind;

    #[test]
    fn the_constants_are_the_cores() {
        assert_eq!(MILVUS_OPTION_KIND_TEXT, Kind::Text as i32);
        assert_eq!(MILVUS_OPTION_KIND_SECRET, Kind::Secret as i32);
        assert_eq!(MILVUS_OPTION_KIND_FILE, Kind::File as i32);
        assert_eq!(MILVUS_OPTION_KIND_BOOLEAN, Kind::Boolean as i32);
        assert_eq!(MILVUS_OPTION_KIND_NUMBER, Kind::Number as i32);
        assert_eq!(milvus_option_info::FIRST_SIZE, size_of::<milvus_option_info>());
    }
}
