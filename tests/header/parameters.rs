//! The parameters of asynchronous forms, which are written once: in the comments of the blocking forms.

use std::fmt::Write as _;

/// What all asynchronous forms have: the words about their last parameter, and what they return.
const FUTURE: &str = "\
Receives the future; free it with milvus_future_free().
 * @return MILVUS_OK if the operation was started; else a failure, and nothing was started.";

/// Adds to the comment of each asynchronous form what its parameters are. `all` has the blocking forms.
pub(crate) fn with_parameters(generated: &str, all: &str) -> String {
    let mut out = String::new();
    for line in generated.lines() {
        let declared = line.strip_prefix("milvus_status ").and_then(|rest| rest.split_once("_async("));
        if let Some((blocking, _)) = declared {
            out.truncate(out.strip_suffix(" */\n").expect("the end of a comment").len());
            writeln!(out, " *\n{} */", commands(comment_of(blocking, all))).unwrap();
        }
        writeln!(out, "{line}").unwrap();
    }
    out
}

/// The parameters of a blocking form's comment, except those that receive its result, and what all forms have.
fn commands(comment: &str) -> String {
    let parameters = comment.split("\n * @").filter_map(|command| command.strip_prefix("param "));
    let (results, kept): (Vec<&str>, Vec<&str>) = parameters.partition(|text| text.starts_with("out_"));
    assert!(results.len() <= 1, "a form has one result: {results:?}");
    // All texts begin in one column.
    let (name, text) = kept[0].split_once(' ').unwrap();
    let width = name.len() + 1 + text.len() - text.trim_start().len();
    let mut out = String::new();
    for text in kept {
        writeln!(out, " * @param {text}").unwrap();
    }
    writeln!(out, " * @param {:width$}{FUTURE}", "out_future").unwrap();
    out
}

/// The comment of a function that returns a status.
fn comment_of<'a>(function: &str, all: &'a str) -> &'a str {
    let (before, _) = all.split_once(&format!("\n */\nmilvus_status {function}(")).expect(function);
    &before[before.rfind("/**").unwrap()..]
}
