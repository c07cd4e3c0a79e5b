//! Keeps `include/milvus_client.h` current. `UPDATE_HEADER=1 cargo test --test header` renews it.

mod initialisers;
mod parameters;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use milvus_client::Status;
use milvus_client::config::OPTIONS;

use initialisers::{Parts, with_initialisers};
use parameters::with_parameters;

/// The header's sections: the files of `src/ffi` whose documentation opens them.
const SECTIONS: [&str; 27] = [
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
    "flush",
    "catalog",
    "survey",
    "many",
    "optimize",
    "optimized",
    "json",
    "portable",
    "futures",
    "async_forms",
    "results",
    "events",
    "queues",
    "stats",
    "tracing",
    "log",
];

const OPENING: &str = "\
// milvus_client.h - compacts collections of a Milvus server, and reports what really happened.
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
//   Words       The server stores the rows of a collection in segments. A trigger is the request for a compaction. It
//               starts a job, which consists of plans: each takes some segments and makes new ones of their rows. A
//               flush stores the rows that are in memory only.
//   Status      A function that can fail returns a milvus_status; MILVUS_OK is 0. A failing call writes nothing through
//               its result parameters, unless its comment says so. milvus_last_error() has the details.
//   Returns     The comment of each function lists the statuses that are its own. In addition, every function that
//               returns a status can return MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE (if it takes a handle),
//               MILVUS_FORKED and MILVUS_INTERNAL. Every function that asks the server (its comment says that it
//               blocks) can also return MILVUS_CLOSED, MILVUS_UNAVAILABLE, MILVUS_TLS_FAILED, MILVUS_TIMEOUT,
//               MILVUS_UNAUTHENTICATED, MILVUS_PERMISSION_DENIED, MILVUS_DATABASE_NOT_FOUND, MILVUS_RATE_LIMITED,
//               MILVUS_NOT_READY, MILVUS_UNSUPPORTED, MILVUS_SERVER_ERROR and MILVUS_OUT_OF_MEMORY.
//   Timeouts    Milliseconds. MILVUS_NO_TIMEOUT (-1) is no limit. 0 depends on the kind of function:
//               an operation takes the client's option timeout_ms (10 s), connecting and repeated tries included;
//               a wait for a job, milvus_optimize(), milvus_optimize_many(), milvus_compact_many() and milvus_survey()
//               take the option wait_timeout_ms (none);
//               a local wait (milvus_future_wait(), milvus_queue_next()) does not wait.
//               No call that asks the server waits forever. MILVUS_UNAVAILABLE ends a wait when the server is silent
//               for a minute, and any call when it answers nothing but keepalive pings for five minutes. MILVUS_STALLED
//               ends a wait when nothing in the job changes for the option stall_timeout_ms (an hour).
//   Threads     Every function is thread-safe. No signal handler may call one: they take locks. A call needs 64 KiB
//               of stack. pthread_cancel() takes effect when a call has returned; a thread that has set
//               PTHREAD_CANCEL_ASYNCHRONOUS must not call.
//   Strings     NUL-terminated UTF-8. The library copies what it gets. Static texts live as long as the library.
//   Yes or no   int32_t. As a parameter 0 or 1; the library refuses any other number, because that
//               usually means swapped arguments. A result can also be MILVUS_NOT_KNOWN: compare it with MILVUS_YES.
//   Structs     Initialise each struct that begins with `size` with its ..._INIT; milvus_error has none, because
//               only the library makes it. Later versions may add fields at the end. The library reads and writes no
//               more than `size` bytes. An older library refuses a struct in which a field that it does not know is
//               not 0. A struct without `size` is part of others and never grows. Fields named reserved are 0.
//   Handles     Clients, options, futures, queues and lists are handles: numbers, not addresses. Freeing
//               NULL does nothing. A call with a handle that is freed or of another type returns
//               MILVUS_INVALID_HANDLE; freeing it again does nothing but set milvus_last_error().
//   Names       A _name function returns a short text for a number, and \"unknown ...\" if the library does not know it.
//   Since       Everything is there since 0.1.0, unless its comment says otherwise.
//   Process     The library prints nothing and changes no signal handler, locale or environment. It ends the process
//               only if memory runs out, as any Rust program does. Its threads block the process's signals. After
//               fork() every function of the child that returns a status returns MILVUS_FORKED, and the others do
//               nothing; exec() is fine, and so is a fork() before the first call other than milvus_options_...,
//               milvus_option_..., milvus_parse_target_size() and those that give a version or a text. A child that a
//               callback forks must end or call exec() in that callback. A process that closes the library's
//               descriptors, e.g. by closefrom(), ends its use: every later call fails and says so. A plugin that links the library stays loaded after dlclose() (the static library: if linked as
//               pkg-config or CMake say, with -z nodelete).
//   Platform    C99 and later, C++11 and later; 64-bit Linux (x86_64, aarch64).

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
/** @file milvus_client.h Compacts collections of a Milvus server, and reports what really happened. */
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
    let generated = handles_first(SECTIONS.iter().map(|name| generated(name)).collect());
    let all = generated.concat();
    let mut parts = Parts::new();
    let sections = SECTIONS.iter().zip(&generated);
    let sections: String =
        sections.map(|(name, code)| section(name, &with_parameters(code, &all), &mut parts)).collect();
    [OPENING, FILE, &sections, CLOSING].concat()
}

/// The file of `src/ffi` that a section is made of.
fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/ffi/{name}.rs"))
}

/// What cbindgen makes of a file of `src/ffi`.
fn generated(name: &str) -> String {
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("cbindgen.toml");
    let config = cbindgen::Config::from_file(config).unwrap();
    let mut generated = Vec::new();
    cbindgen::Builder::new()
        .with_config(config)
        .with_src(source(name))
        .generate()
        .unwrap()
        .write(&mut generated);
    String::from_utf8(generated).unwrap()
}

/// The type of a handle stands in the first section that has it: C knows nothing of what comes later.
fn handles_first(mut sections: Vec<String>) -> Vec<String> {
    for late in 1..sections.len() {
        let lines =
            sections[late].lines().filter(|line| line.starts_with("typedef struct") && line.ends_with(';'));
        let handles: Vec<String> = lines.map(str::to_owned).collect();
        for handle in handles {
            let name = handle.trim_end_matches(';').rsplit_once(' ').unwrap().1;
            let used = format!("{name} *");
            if let Some(first) = sections[..late].iter().position(|section| section.contains(&used)) {
                let declared = sections[late].find(&handle).unwrap();
                let begin = sections[late][..declared].rfind("/**").unwrap();
                let end = declared + handle.len() + "\n\n".len();
                let moved: String = sections[late].drain(begin..end).collect();
                sections[first].insert_str(0, &moved);
            }
        }
    }
    sections
}

/// One file of `src/ffi`: its opening words, then what is generated from the rest.
fn section(name: &str, generated: &str, parts: &mut Parts) -> String {
    let text = std::fs::read_to_string(source(name)).unwrap();
    let words = text.lines().map_while(|line| line.strip_prefix("//!"));
    let words = words.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n");
    let (title, text) = words.split_once('\n').unwrap_or((&words, ""));
    let mut section = format!("\n// {}\n", "=".repeat(100));
    section.push_str(&comment(&format!("@defgroup {name} {}\n{}\n@{{", title.trim(), text.trim_end())));
    section.push('\n');
    if name == "errors" {
        section.push_str(&statuses());
    }
    section.push_str(with_initialisers(&plain(&folded(generated.trim())), parts).trim_end());
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
