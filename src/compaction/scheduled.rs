//! How many plans a trigger scheduled.

use crate::packed::{Pack, Packer, Unpacker};

/// What the response to a trigger says about the number of its plans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheduled {
    /// This client did not trigger the job: it knows only the plans that the server lists.
    Elsewhere,
    /// This client triggered the job, and the server did not give a number; it may add plans later.
    Uncounted,
    /// The server scheduled no plan for this trigger.
    Nothing,
    /// The server scheduled this many plans, at least one.
    Plans(i64),
}

impl Pack for Scheduled {
    fn pack(&self, to: &mut Packer) {
        match self {
            Self::Elsewhere => 0.pack(to),
            Self::Uncounted => 1.pack(to),
            Self::Nothing => 2.pack(to),
            Self::Plans(number) => (3, *number).pack(to),
        }
    }

    fn unpack(from: &mut Unpacker<'_>) -> Self {
        match i32::unpack(from) {
            0 => Self::Elsewhere,
            1 => Self::Uncounted,
            2 => Self::Nothing,
            _ => Self::Plans(Pack::unpack(from)),
        }
    }
}
