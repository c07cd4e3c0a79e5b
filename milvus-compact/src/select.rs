//! Which collections a command is about.

use wildmatch::WildMatch;

use crate::arguments::Selection;
use crate::milvus::{Client, Failure, OptimizeParams};
use crate::stop::Stop;
use crate::{exit, ffi};

/// Why there are none.
pub struct NoNames {
    pub code: u8,
    pub text: String,
}

impl From<Failure> for NoNames {
    fn from(failure: Failure) -> Self {
        Self { code: exit::of(&failure, false), text: failure.message }
    }
}

/// The names, each once, in the order in which they were given or else sorted.
pub fn names(client: &Client, selection: &Selection, stop: &Stop) -> Result<Vec<String>, NoNames> {
    if !selection.names.is_empty() {
        let mut names: Vec<String> = Vec::new();
        for name in &selection.names {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        return Ok(names);
    }
    let mut names = every(client, stop)?;
    names.sort();
    if let Some(pattern) = &selection.pattern {
        let count = names.len();
        let wanted = WildMatch::new(pattern);
        names.retain(|name| wanted.matches(name));
        if names.is_empty() {
            let text = format!("no collection matches \"{pattern}\"; the database has {count}");
            return Err(NoNames { code: exit::NOT_FOUND, text });
        }
    }
    Ok(names)
}

/// Every collection that the user may see. The library lists them where it estimates for all of them.
fn every(client: &Client, stop: &Stop) -> Result<Vec<String>, Failure> {
    let params = OptimizeParams { only_estimate: true, ..OptimizeParams::default() };
    let (estimated, ended) = client.optimize(None, &params, ffi::MILVUS_NO_TIMEOUT, &mut |_| stop.go());
    match ended {
        Err(failure) if failure.status != ffi::MILVUS_SOME_FAILED => Err(failure),
        _ => Ok(estimated.into_iter().map(|each| each.collection).collect()),
    }
}
