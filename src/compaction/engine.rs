//! What all compactions of one client share.

use super::ledger::Ledger;
use super::pace::Pace;
use crate::rpc::Rpc;

pub(crate) struct Engine {
    pub(crate) rpc: Rpc,
    pub(crate) ledger: Ledger,
    pub(crate) pace: Pace,
}

impl Engine {
    pub(crate) fn new(rpc: Rpc) -> Self {
        Self { rpc, ledger: Ledger::default(), pace: Pace::new() }
    }
}
