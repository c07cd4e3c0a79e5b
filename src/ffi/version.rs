//! Version
//!
//! A program may run with any library whose milvus_abi_version() is at least the MILVUS_ABI_VERSION
//! it was compiled with. An incompatible library would have another file name (soname).

use std::ffi::c_char;

/// Version of this header: its first part.
pub const MILVUS_VERSION_MAJOR: u32 = 0;
/// Its second part.
pub const MILVUS_VERSION_MINOR: u32 = 1;
/// Its third part.
pub const MILVUS_VERSION_PATCH: u32 = 0;

/// Grows by one with every release that adds functions, constants or fields.
pub const MILVUS_ABI_VERSION: u32 = 1;

/// The version of the loaded library, e.g. "0.1.0". A static string. Thread-safe. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// The MILVUS_ABI_VERSION of the loaded library. Thread-safe. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_abi_version() -> u32 {
    MILVUS_ABI_VERSION
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_headers_version_is_the_crates() {
        let parts = format!("{MILVUS_VERSION_MAJOR}.{MILVUS_VERSION_MINOR}.{MILVUS_VERSION_PATCH}");
        assert_eq!(parts, env!("CARGO_PKG_VERSION"));
    }
}
