//! Which collections a command is about.

use wildmatch::WildMatch;

use crate::arguments::Selection;
use crate::exit;
use crate::milvus::{Client, Failure, Target};
use crate::stop::Stop;

/// Why there are none.
pub struct NoTargets {
    pub code: u8,
    pub text: String,
}

impl From<Failure> for NoTargets {
    fn from(failure: Failure) -> Self {
        Self { code: exit::of(&failure, false), text: failure.message }
    }
}

/// The collections, each once, in the order in which they were given or else sorted.
pub fn targets(client: &Client, selection: &Selection, stop: &Stop) -> Result<Vec<Target>, NoTargets> {
    if !selection.names.is_empty() {
        let mut targets: Vec<Target> = Vec::new();
        for name in &selection.names {
            let target = Target { collection: name.clone(), ..Target::default() };
            if !targets.contains(&target) {
                targets.push(target);
            }
        }
        return Ok(targets);
    }
    let mut targets = every(client, selection.all_databases, stop)?;
    if let Some(pattern) = &selection.pattern {
        let count = targets.len();
        let wanted = WildMatch::new(pattern);
        targets.retain(|target| wanted.matches(&target.collection));
        if targets.is_empty() {
            let text = format!("no collection matches \"{pattern}\"; the user may see {count}");
            return Err(NoTargets { code: exit::NOT_FOUND, text });
        }
    }
    Ok(targets)
}

/// Every collection that the user may see, of the client's database or of all.
fn every(client: &Client, is_everywhere: bool, stop: &Stop) -> Result<Vec<Target>, Failure> {
    if !is_everywhere {
        let mut found = client.collections("", &mut |_| stop.go())?;
        // They are called as the user calls them: the client knows its database.
        for target in &mut found {
            target.database.clear();
        }
        return Ok(found);
    }
    let mut all = Vec::new();
    for database in client.databases(&mut |_| stop.go())? {
        let found = client.collections(&database, &mut |_| stop.go())?;
        all.extend(found.into_iter().map(|target| Target { database: database.clone(), ..target }));
    }
    Ok(all)
}
