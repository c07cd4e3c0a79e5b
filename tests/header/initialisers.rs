//! The ..._INIT macros, each made from its struct.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::comment;

/// Structs without a size are only parts of others, in any later section: their zeros by their names.
pub(crate) type Parts = BTreeMap<String, String>;

/// Whether a line of a struct is a field: a line of a comment may end like one.
fn is_field(line: &str) -> bool {
    line.ends_with(';') && !line.trim_start().starts_with(['*', '/'])
}

/// Adds its ..._INIT to every struct that the caller has to set one for. All fields are listed: neither
/// C99 nor C++11 compilers warn then.
pub(crate) fn with_initialisers(generated: &str, parts: &mut Parts) -> String {
    let mut out = String::new();
    let mut fields: Option<Vec<String>> = None;
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
