//! Keeps `include/milvus_client.h` current. `UPDATE_HEADER=1 cargo test --test header` renews it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use milvus_client::Status;
use milvus_client::config::OPTIONS;

/// The header's sections: the files of `src/ffi` whose documentation opens them.
const SECTIONS: [&str; 19] = [
    "version",
    "values",
    "errors",
    "options",
    "client",
    "compaction",
    "jobs",
    "plans",
    "judgements",
    "segments",
    "check",
    "optimize",
    "many",
    "portable",
    "futures",
    "async_forms",
    "results",
    "queues",
    "log",
];

const OPENING: &str = "\
// milvus_client.h - has a Milvus server compact a collection, and tells what really happened.
// Generated from src/ffi by `make header`; do not edit. Licence: Apache-2.0.
//
//     milvus_client *client = NULL;
//     int64_t job;
//     if (milvus_client_new(\"http://localhost:19530\", NULL, &client) == MILVUS_OK &&
//         milvus_compact(client, \"products\", 0, 0, &job) == MILVUS_OK &&
//         milvus_compaction_wait(client, job, 60000, NULL) == MILVUS_OK)
//         puts(\"compacted, or nothing to do\");
//     else
//         puts(milvus_last_error_message());
//     milvus_client_free(client);
//
// Conventions
//   Strings     NUL-terminated UTF-8; the library copies what it is given.
//   Booleans    int32_t. As a parameter, anything but 0 is true. As a result, some are MILVUS_NOT_KNOWN:
//               compare with MILVUS_YES.
//   Structs     whose first field is `size` must be initialised with their ..._INIT (all but milvus_error,
//               which the library makes). They may grow at the end in later versions; no more than `size`
//               bytes are read or written.
//   Handles     milvus_client, futures, queues and lists are opaque: numbers, not addresses. Freeing NULL does
//               nothing. A handle that was freed, or is of another type, gives MILVUS_INVALID_HANDLE: always,
//               until its place in the library's table has been used 268 million times again.
//   Times       milliseconds. As a timeout 0 is the client's default, and -1 no limit: one that was computed
//               from what is left has to be 1 at least.
//   Host        the library prints nothing, changes no signal handler, locale or environment, and
//               ends no process, except that exhausted memory does, as in any Rust program. Its threads
//               block the host's signals. Once the library has been used, a child made by fork() gets
//               MILVUS_FORKED from every call that returns a status, and the others do nothing; exec()
//               is fine. A child that a callback makes must end or call exec() in there. A plugin that has the
//               library stays loaded after dlclose(), also with the static one if it was linked as pkg-config
//               or CMake say, with -z nodelete. pthread_cancel() takes effect when a call has returned; a thread
//               that set PTHREAD_CANCEL_ASYNCHRONOUS must not call. A signal handler may call none of the
//               functions: they take locks. A call needs 64 KiB of its thread's stack. Linux, 64-bit.
//   Language    C99 and later, C++11 and later.

#ifndef MILVUS_CLIENT_H
#define MILVUS_CLIENT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern \"C\" {
#endif
";

const CLOSING: &str = "
#ifdef __cplusplus
} // extern \"C\"
#endif

#endif // MILVUS_CLIENT_H
";

/// Makes Doxygen read the rest.
const FILE: &str = "
/** @file milvus_client.h Has a Milvus server compact a collection, and tells what really happened. */
";

#[test]
fn the_committed_header_is_what_the_sources_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("include/milvus_client.h");
    let header = header();
    if std::env::var_os("UPDATE_HEADER").is_some() {
        std::fs::write(&path, &header).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(header.is_ascii(), "old compilers read a header in the locale's encoding");
    assert!(committed == header, "include/milvus_client.h is out of date: run `make header`");
}

#[test]
fn the_documentation_lists_every_option() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference/options.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once("<!-- options -->\n").expect("the mark that opens the table");
    let (listed, after) = rest.split_once("<!-- end of options -->").expect("the mark that closes it");
    let row = |option: &milvus_client::config::Description| {
        let text = |text: &std::ffi::CStr| text.to_str().unwrap().replace('|', "\\|");
        let default =
            if option.default.is_empty() { String::new() } else { format!("`{}`", text(option.default)) };
        let kind = format!("{:?}", option.kind).to_lowercase();
        format!("| `{}` | {kind} | {default} | {} |\n", text(option.key), text(option.help))
    };
    let table: String = OPTIONS.iter().map(row).collect();
    let table = format!("| key | kind | default | |\n|---|---|---|---|\n{table}");
    if std::env::var_os("UPDATE_HEADER").is_some() {
        let renewed = format!("{before}<!-- options -->\n{table}<!-- end of options -->{after}");
        std::fs::write(&path, renewed).unwrap();
        return;
    }
    assert!(listed == table, "docs/reference/options.md is out of date: run `make header`");
}

fn header() -> String {
    let sections: String = SECTIONS.iter().map(|name| section(name)).collect();
    [OPENING, FILE, &sections, CLOSING].concat()
}

/// One file of `src/ffi`: its opening words, then what cbindgen makes of it.
fn section(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let source = root.join(format!("src/ffi/{name}.rs"));
    let config = cbindgen::Config::from_file(root.join("cbindgen.toml")).unwrap();
    let mut generated = Vec::new();
    cbindgen::Builder::new().with_config(config).with_src(&source).generate().unwrap().write(&mut generated);
    let generated = String::from_utf8(generated).unwrap();

    let text = std::fs::read_to_string(&source).unwrap();
    let words = text.lines().map_while(|line| line.strip_prefix("//!"));
    let words = words.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n");
    let (title, text) = words.split_once('\n').unwrap_or((&words, ""));
    let mut section = format!("\n// {}\n", "=".repeat(100));
    section.push_str(&comment(&format!("@defgroup {name} {}\n{}\n@{{", title.trim(), text.trim_end())));
    section.push('\n');
    if name == "errors" {
        section.push_str(&statuses());
    }
    section.push_str(with_initialisers(&plain(&folded(generated.trim()))).trim_end());
    section.push_str("\n\n/** @} */\n");
    section
}

/// A text as a comment for Doxygen.
fn comment(text: &str) -> String {
    assert!(!text.contains("*/"), "it would end the comment: {text}");
    if !text.contains('\n') {
        return format!("/** {text} */\n");
    }
    let lines: String = text.lines().map(|line| format!(" * {line}").trim_end().to_owned() + "\n").collect();
    format!("/**\n{lines} */\n")
}

/// Comments of one line on one line: cbindgen takes three for each.
fn folded(generated: &str) -> String {
    let mut lines = generated.lines().peekable();
    let mut out = String::new();
    while let Some(line) = lines.next() {
        let Some(indent) = line.strip_suffix("/**") else {
            writeln!(out, "{line}").unwrap();
            continue;
        };
        let within = lines.by_ref().map(str::trim).take_while(|line| *line != "*/");
        let text: Vec<&str> = within.map(|line| line[1..].strip_prefix(' ').unwrap_or("")).collect();
        comment(&text.join("\n")).lines().for_each(|line| writeln!(out, "{indent}{line}").unwrap());
    }
    out
}

/// Types under their plain names, and negative numbers safe in any expression.
fn plain(generated: &str) -> String {
    let line = |line: &str| match line.rsplit_once(" -") {
        Some((name, number)) if line.starts_with("#define") => format!("{name} (-{number})\n"),
        _ if line.starts_with("typedef struct") => format!("{line}\n"),
        _ => line.replace("struct milvus_", "milvus_") + "\n",
    };
    generated.lines().map(line).collect()
}

/// The statuses come from the one list that also has their names and sentences.
fn statuses() -> String {
    let constant = |status: &Status| {
        let (name, message) = (status.name().to_str().unwrap(), status.message().to_str().unwrap());
        format!("{}#define {name} {}\n", comment(message), *status as i32)
    };
    Status::ALL.iter().map(constant).collect::<String>() + "\n"
}

/// Whether a line of a struct is a field: a line of a comment may end like one.
fn is_field(line: &str) -> bool {
    line.ends_with(';') && !line.trim_start().starts_with(['*', '/'])
}

/// Adds its ..._INIT to every struct that the caller has to set one for. All fields are listed: neither
/// C99 nor C++11 compilers warn then.
fn with_initialisers(generated: &str) -> String {
    let mut out = String::new();
    let mut fields: Option<Vec<String>> = None;
    // Structs without a size are only parts of others: their zeros by their names.
    let mut parts = BTreeMap::new();
    for line in generated.lines() {
        writeln!(out, "{line}").unwrap();
        if line.starts_with("typedef struct milvus_") && line.ends_with('{') {
            fields = Some(Vec::new());
        } else if let Some(name) = line.strip_prefix("} ").and_then(|rest| rest.strip_suffix(';')) {
            let zeros = fields.take().unwrap();
            if zeros[0] != "size" {
                parts.insert(name.to_owned(), format!("{{ {} }}", zeros.join(", ")));
            } else if name != "milvus_error" {
                let macro_name = name.to_uppercase();
                out.push_str(&comment(&format!("What a {name} begins with: its size, and zeros.")));
                writeln!(out, "#define {macro_name}_INIT {{ sizeof({name}), {} }}", zeros[1..].join(", "))
                    .unwrap();
            }
        } else if let Some(fields) = fields.as_mut().filter(|_| is_field(line)) {
            let words: Vec<&str> = line.split_whitespace().collect();
            // The first field is the size; C++ programs may be compiled to refuse 0 for a pointer.
            fields.push(match line {
                _ if words == ["size_t", "size;"] => "size".to_owned(),
                text if text.contains('[') => "\"\"".to_owned(),
                pointer if pointer.contains('*') => "NULL".to_owned(),
                _ => parts.get(words[0]).map_or("0", String::as_str).to_owned(),
            });
        }
    }
    out
}
