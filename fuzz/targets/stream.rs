#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| milvus_client::fuzzing::run("stream", bytes));
