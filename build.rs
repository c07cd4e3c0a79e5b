//! Compiles `proto/` to Rust and gives the shared library its soname.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=proto");
    // protox is a protobuf compiler in Rust: no system protoc is needed.
    let descriptors = protox::compile(["milvus.proto"], ["proto"])?;
    tonic_prost_build::configure()
        .build_client(false)
        .build_server(false)
        .include_file("milvus_proto.rs")
        .compile_fds(descriptors)?;

    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        // The soname carries the ABI's major number; rustc sets none by itself.
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libmilvus_client.so.0");
        // The library's threads outlive a dlclose, so the code must too.
        println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
    Ok(())
}
