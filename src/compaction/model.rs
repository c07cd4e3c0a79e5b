//! A small model of a server, built from recordings, and a client that follows a job on it. The tests explore every
//! order of events. No verdict may be wrong, and each open verdict has a named reason.
//!
//! `MODEL=whole` (`tools/deep.sh model`) explores three plans too, undisturbed and with each of these: a foreign job, for a
//! plain job and for clustering; a foreign job and a dropped partition; a server that forgets; sorting; deletions of a
//! job and of the server's own; a job of others. Two plans meet a flush and a foreign job, a server that forgets, a
//! foreign job and a dropped partition, and sorting with a foreign job or a flush. Mixtures of all, of up to eleven plans,
//! are drawn at random.
//!
//! A restart is lost responses and a tick, because servers since 2.4.7 keep jobs. The model leaves out what no client
//! can observe:
//! - Another job takes or purges exactly the sources of a plan that failed and that the server forgot between two
//!   observations.
//! - A failed plan leaves deletions, and the server applies them before the first observation.
//! - The client first sees another client's job late, and the server has forgotten a plan that purged all its rows or
//!   whose partition was dropped.

#[cfg_attr(fuzzing, allow(dead_code))] // which explores no more than one history
mod explorer;
mod server;

#[cfg(test)]
mod tests;

use explorer::Exploration;
use server::{Kind, Server};

/// Plays one history, which the bytes choose, to its verdict, for `crate::fuzzing`. The exploration panics at a wrong one.
pub(crate) fn fuzz(bytes: &[u8]) {
    let [flags, more, count, rest @ ..] = bytes else { return };
    let is = |bit: u8| flags & (1 << bit) != 0;
    let asks = is(0);
    let kind = Kind {
        asks_for_clustering: asks,
        clusters: asks && is(1),
        has_foreign: is(2),
        has_drop: is(3) && (asks || !is(7)),
        forgets: is(4),
        has_flush: is(5),
        is_l0: is(6) && !asks,
        has_own_l0: more & 1 != 0,
        sorts_later: more & 2 != 0,
        is_of_others: is(7) && !asks,
    };
    let (plans, choices) = rest.split_at(rest.len().min(usize::from(count % 11) + 1));
    if plans.is_empty() || choices.len() < 20 {
        return;
    }
    let partitions: Vec<_> = plans.iter().map(|plan| i64::from(plan % 4) + 1).collect();
    let purges: Vec<_> = plans.iter().map(|plan| plan & 0x30 == 0x30 && !kind.is_of_others).collect();
    let exploration = Exploration::walk(Server::new(kind, &partitions, &purges), choices);
    assert_eq!(exploration.verdicts.values().sum::<usize>(), 1, "one client has one verdict");
}
