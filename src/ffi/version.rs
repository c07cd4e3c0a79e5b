//! Version
//!
//! A program runs with any library whose milvus_abi_version() is at least the MILVUS_ABI_VERSION that the
//! program was compiled with. An incompatible library would have another file name (soname).

use std::ffi::c_char;

/// Major version of this header.
pub const MILVUS_VERSION_MAJOR: u32 = 0;
/// Minor version of this header.
pub const MILVUS_VERSION_MINOR: u32 = 1;
/// Patch version of this header.
pub const MILVUS_VERSION_PATCH: u32 = 0;

/// Number of the ABI. Every release that adds functions, constants or fields adds one to it.
pub const MILVUS_ABI_VERSION: u32 = 1;

/// Gives the version of the loaded library, e.g. "0.1.0".
///
/// @return A static text.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// Gives the MILVUS_ABI_VERSION of the loaded library.
///
/// @return The number.
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
