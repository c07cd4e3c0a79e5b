//! `--key value` and `--flag` arguments.

use std::collections::HashMap;

use lexopt::prelude::*;

use crate::{Result, os};

const FLAGS: [&str; 2] = ["quick", "gates"];
const KEYS: [&str; 25] = [
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
    "line",
    "ends",
    "slots",
    "each",
    "grpc",
    "window",
    "answers",
    "ask",
    "beside",
];

pub(crate) struct Arguments(HashMap<String, String>);

impl Arguments {
    /// The command, which is `run` if there is none, and its arguments.
    pub(crate) fn of_process() -> Result<(String, Self)> {
        let mut parser = lexopt::Parser::from_env();
        let (mut command, mut arguments) = (None, HashMap::new());
        while let Some(argument) = parser.next()? {
            match argument {
                Value(word) if command.is_none() => command = Some(word.string()?),
                Long(name) if FLAGS.contains(&name) => {
                    arguments.insert(name.to_owned(), String::new());
                }
                Long(name) if KEYS.contains(&name) => {
                    let name = name.to_owned();
                    arguments.insert(name, parser.value()?.string()?);
                }
                other => return Err(other.unexpected().into()),
            }
        }
        Ok((command.unwrap_or_else(|| "run".to_owned()), Self(arguments)))
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
