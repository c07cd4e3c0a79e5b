//! How long a wait gives each kind of question: as long as the server was seen to need. No I/O.

use std::time::Duration;

use crate::error::{Error, Status};
use crate::packed::{Pack, Packer, Unpacker};

/// What a question is given before anything is known of the server.
const FIRST: Duration = Duration::from_secs(5);
/// The most that one question is given, unless it has more from the first.
const LONGEST: Duration = Duration::from_mins(2);
/// A question is given so many times what the slowest answer took.
const MARGIN: u32 = 4;

/// The limit of one kind of question.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit(Duration);

impl Pack for Limit {
    fn pack(&self, to: &mut Packer) {
        self.0.pack(to);
    }

    fn unpack(from: &mut Unpacker<'_>) -> Self {
        Self(Duration::unpack(from))
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(FIRST)
    }
}

impl Limit {
    /// One that begins with so much.
    pub(crate) fn of(first: Duration) -> Self {
        Self(first)
    }

    pub(crate) fn get(self) -> Duration {
        self.0
    }

    /// It was answered after so long.
    pub(crate) fn answered(&mut self, took: Duration) {
        self.grow(took.saturating_mul(MARGIN));
    }

    /// It was not answered within the limit.
    pub(crate) fn ran_out(&mut self) {
        self.grow(self.0.saturating_mul(2));
    }

    /// It failed: with its time, if that ran out.
    pub(crate) fn failed(&mut self, error: &Error) {
        if error.status == Status::Timeout {
            self.ran_out();
        }
    }

    fn grow(&mut self, wanted: Duration) {
        self.0 = self.0.max(wanted.min(LONGEST));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_grows_with_what_the_server_needs_and_never_shrinks() {
        let mut limit = Limit::default();
        limit.answered(Duration::from_millis(3));
        assert_eq!(limit.get(), FIRST);
        limit.answered(Duration::from_secs(3));
        assert_eq!(limit.get(), Duration::from_secs(12));
        limit.ran_out();
        limit.answered(Duration::from_millis(3));
        assert_eq!(limit.get(), Duration::from_secs(24));
        (0..20).for_each(|_| limit.ran_out());
        assert_eq!(limit.get(), LONGEST);
    }

    #[test]
    fn a_limit_that_begins_above_the_longest_stays() {
        let mut limit = Limit::of(Duration::from_mins(3));
        limit.ran_out();
        limit.answered(Duration::from_mins(1));
        assert_eq!(limit.get(), Duration::from_mins(3));
    }
}
