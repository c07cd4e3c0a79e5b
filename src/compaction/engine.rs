//! What all compactions of one client share.

use super::ledger::Ledger;
use crate::pace::Pace;
use crate::rpc::Rpc;

pub(crate) struct Engine {
    pub(crate) rpc: Rpc,
    pub(crate) ledger: Ledger,
    /// Of the questions about jobs.
    pub(crate) pace: Pace,
    /// Of those about flushing, indexing and loading, which ten thousand jobs must not keep waiting.
    pub(crate) upkeep_pace: Pace,
}

impl Engine {
    pub(crate) fn new(rpc: Rpc) -> Self {
        Self { rpc, ledger: Ledger::default(), pace: Pace::new(), upkeep_pace: Pace::new() }
    }
}
