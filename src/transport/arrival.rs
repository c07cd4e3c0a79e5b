//! Whether a request that got no response may have arrived.

use std::sync::atomic::{AtomicBool, Ordering};

use super::causes::is_beyond_go_away;

/// Whether the server may have processed a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arrival {
    Possible,
    /// It certainly did not.
    Excluded,
    /// It certainly did not, because the connection was at its end; another connection may carry the request.
    TooLate,
}

impl Arrival {
    pub(super) fn of(sent: &AtomicBool) -> Self {
        if sent.load(Ordering::Relaxed) { Self::Possible } else { Self::Excluded }
    }

    pub(super) fn at_failure(error: &h2::Error, sent: &AtomicBool, fell_silent: bool) -> Self {
        match Self::of(sent) {
            // REFUSED_STREAM proves nothing: haproxy resets with it what its server may have processed.
            _ if is_beyond_go_away(error) => Self::TooLate,
            // The connection had ended before the request was due. One that fell silent has cost the call its time.
            Self::Excluded if error.is_io() && !fell_silent => Self::TooLate,
            arrival => arrival,
        }
    }
}
