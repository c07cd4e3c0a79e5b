//! Gives the shared library its soname, and keeps it in the process.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        // The soname carries the ABI's major number; rustc sets none by itself.
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libmilvus_client.so.0");
        // The library's threads outlive a dlclose, so the code must too.
        println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
}
