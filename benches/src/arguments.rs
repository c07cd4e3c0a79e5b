//! `--key value` and `--flag` arguments.

use std::collections::HashMap;

use crate::{Result, os};

const FLAGS: [&str; 2] = ["quick", "gates"];
const KEYS: [&str; 16] = [
    "library",
    "python",
    "write",
    "cpu",
    "uri",
    "runtime",
    "threads",
    "calls",
    "warmup",
    "idle",
    "job",
    "jobs",
    "plans",
    "collections",
    "pause",
    "rest",
];

pub(crate) struct Arguments(HashMap<String, String>);

impl Arguments {
    /// The command, which is `run` if there is none, and its arguments.
    pub(crate) fn of_process() -> Result<(String, Self)> {
        let mut words = std::env::args().skip(1).peekable();
        let command = words.next_if(|word| !word.starts_with("--")).unwrap_or_else(|| "run".to_owned());
        let mut arguments = HashMap::new();
        while let Some(word) = words.next() {
            let name = word.strip_prefix("--").ok_or_else(|| format!("unexpected argument \"{word}\""))?;
            let value = if FLAGS.contains(&name) {
                String::new()
            } else if KEYS.contains(&name) {
                words.next().ok_or_else(|| format!("{word} wants a value"))?
            } else {
                return Err(format!("there is no argument {word}").into());
            };
            arguments.insert(name.to_owned(), value);
        }
        Ok((command, Self(arguments)))
    }

    /// Keeps the process on the CPU that is named, if one is.
    pub(crate) fn pin(&self) -> Result {
        self.number("cpu")?.map_or(Ok(()), |cpu| Ok(os::pin_to(cpu)?))
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub(crate) fn required(&self, name: &str) -> Result<&str> {
        Ok(self.text(name).ok_or_else(|| format!("--{name} is missing"))?)
    }

    pub(crate) fn number(&self, name: &str) -> Result<Option<u64>> {
        let parsed = self.text(name).map(str::parse).transpose();
        Ok(parsed.map_err(|_| format!("--{name} wants a number"))?)
    }
}
