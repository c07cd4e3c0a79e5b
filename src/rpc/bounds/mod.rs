//! How many elements a reply may have. They are counted on the wire while the reply arrives, before anything is built of it
//! (no I/O).

mod scanner;
mod shapes;
#[cfg(test)]
mod tests;

pub(super) use scanner::{Counts, Excess, Scanner};
pub(super) use shapes::*;

const ELEMENTS: usize = 6;
/// The most collections that a reply may name, and so that all databases may have together.
pub(crate) const MOST_NAMES: usize = Element::Names.most() as usize;

/// What the lists of a reply have in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Element {
    Segments,
    Plans,
    Databases,
    /// Of collections, partitions, snapshots and channels.
    Names,
    /// Numbers of any kind: of segments, nodes, partitions, databases; and of rows.
    Ids,
    /// Of the description of one collection: fields, properties, indexes, replicas.
    Details,
}

impl Element {
    #[cfg(test)]
    const ALL: [Self; ELEMENTS] =
        [Self::Segments, Self::Plans, Self::Databases, Self::Names, Self::Ids, Self::Details];

    /// The most that one reply may have. A reply of one frame is not counted, so no bound is below what a frame can have:
    /// 8,192. They keep what is built of a reply below 64 MiB.
    pub(super) const fn most(self) -> u32 {
        match self {
            // As many as 8 MiB hold: a stored segment takes more than 40 bytes there, and an id 9.
            Self::Segments => 200_000,
            Self::Ids => 1_000_000,
            // A database has at most 65,536 collections, unless the server's configuration says more.
            Self::Plans | Self::Names => 100_000,
            Self::Databases | Self::Details => 10_000,
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Segments => "segments",
            Self::Plans => "plans",
            Self::Databases => "databases",
            Self::Names => "names",
            Self::Ids => "ids",
            Self::Details => "details",
        }
    }
}

/// What of a message is counted: its lists, and the messages in it that have some.
#[derive(Debug)]
pub(crate) struct Shape(pub(super) &'static [(u32, Holds)]);

/// What a field of a message holds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Holds {
    /// A message that is in no list.
    Message(&'static Shape),
    Messages(Element, &'static Shape),
    Texts(Element),
    Numbers(Element),
}
