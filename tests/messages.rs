//! Keeps the messages in `src/proto` what `proto/` compiles to. `UPDATE_MESSAGES=1 cargo test --test messages` renews them.
//!
//! They are committed, so that nobody who builds the library has to build a compiler for them first.

use std::path::Path;

use prost_build::{Config, Module};

/// The packages of `proto/`, and what the library calls their modules.
const MODULES: [(&str, &str); 3] = [("common", "common"), ("milvus", "service"), ("schema", "schema")];

#[test]
fn the_messages_are_current() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let descriptors = protox::compile(["milvus.proto"], [root.join("proto")]).unwrap();
    let package = |name: &str| Module::from_protobuf_package_name(&format!("milvus.proto.{name}"));
    let requests: Vec<_> = descriptors
        .file
        .into_iter()
        .map(|file| (Module::from_protobuf_package_name(file.package()), file))
        .collect();
    assert_eq!(requests.len(), MODULES.len(), "every file of proto/ is a module");
    let generated = Config::new().generate(requests).unwrap();
    for (name, module) in MODULES {
        let text =
            format!("// From proto/{name}.proto. {}", generated[&package(name)].trim_start_matches("// "));
        let path = root.join(format!("src/proto/{module}.rs"));
        if std::env::var_os("UPDATE_MESSAGES").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap();
        assert!(
            committed == text,
            "{module}.rs is not what proto/{name}.proto compiles to: UPDATE_MESSAGES=1"
        );
    }
}
