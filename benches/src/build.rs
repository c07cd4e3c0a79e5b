//! Compiles the library's `proto/` to a server and to a client of tonic's own.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=../proto");
    let descriptors = protox::compile(["milvus.proto"], ["../proto"])?;
    tonic_prost_build::configure()
        .build_transport(false) // its `connect` would clash with the call of that name
        .generate_default_stubs(true)
        .include_file("milvus_proto.rs")
        .compile_fds(descriptors)?;
    Ok(())
}
