//! Checks that the parts of a configuration share.

use crate::error::Error;

/// The longest URI, token or option value in bytes; far above what any server issues.
pub(super) const TEXT_LIMIT: usize = 8 * 1024;

pub(super) fn contradiction<T>(text: &str) -> Result<T, Error> {
    Err(Error::invalid_argument(format!("options: {text}")))
}

pub(super) fn check_length(text: &str) -> Result<(), Error> {
    if text.len() <= TEXT_LIMIT {
        return Ok(());
    }
    Err(Error::invalid_argument(format!("has {} bytes; at most {TEXT_LIMIT} are taken", text.len())))
}

/// A database name travels in a header, so it must be printable ASCII, which Milvus requires anyway.
pub(crate) fn check_database(name: &str) -> Result<(), Error> {
    if name.len() <= 1024 && name.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(());
    }
    Err(Error::invalid_argument("the database's name has a character that Milvus does not allow"))
}
