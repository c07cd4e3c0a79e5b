//! A histogram of latencies in microseconds that any number of threads record into: eight steps for each doubling, so
//! that a percentile is at most an eighth too large and never too small.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Each doubling has two to the power of this many steps.
const STEP_BITS: u32 = 3;
/// Numbers below this have a step each.
const EXACT: usize = 2 << STEP_BITS;
/// What takes 2^32 microseconds, over an hour, or longer is in the last step.
const LONGEST_BITS: u32 = 32;
const STEPS: usize = EXACT + (LONGEST_BITS - STEP_BITS - 1) as usize * (1 << STEP_BITS);

/// How long requests took, in microseconds; all 0 if there were none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Latency {
    /// Half of them took no longer.
    pub p50: u64,
    /// Nine tenths of them took no longer.
    pub p90: u64,
    /// 99 of 100 took no longer.
    pub p99: u64,
    /// The longest, exactly.
    pub max: u64,
}

#[derive(Debug)]
pub(super) struct Histogram {
    steps: [AtomicU64; STEPS],
    max: AtomicU64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { steps: [const { AtomicU64::new(0) }; STEPS], max: AtomicU64::new(0) }
    }
}

impl Histogram {
    pub(super) fn record(&self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.steps[step(micros)].fetch_add(1, Ordering::Relaxed);
        // Most are shorter than the longest, and a load is cheaper.
        if self.max.load(Ordering::Relaxed) < micros {
            self.max.fetch_max(micros, Ordering::Relaxed);
        }
    }

    pub(super) fn latency(&self) -> Latency {
        let counts = self.steps.each_ref().map(|step| step.load(Ordering::Relaxed));
        let total: u64 = counts.iter().sum();
        let max = self.max.load(Ordering::Relaxed);
        let percentile = |percent: u64| {
            let rank = (total * percent).div_ceil(100).max(1);
            let mut below = 0;
            let found = counts.iter().position(|count| {
                below += count;
                below >= rank
            });
            found.map_or(0, |step| largest_in(step).min(max))
        };
        Latency { p50: percentile(50), p90: percentile(90), p99: percentile(99), max }
    }
}

/// The step that a number falls into.
fn step(micros: u64) -> usize {
    let bits = u64::BITS - micros.leading_zeros();
    if bits <= STEP_BITS + 1 {
        return usize::try_from(micros).unwrap_or(0);
    }
    let doublings = bits - STEP_BITS - 1; // the number is cut to its leading bits, from EXACT / 2 to EXACT - 1
    let leading = usize::try_from(micros >> doublings).unwrap_or(0);
    (doublings as usize * (EXACT / 2) + leading).min(STEPS - 1)
}

/// The largest number that falls into a step.
fn largest_in(step: usize) -> u64 {
    if step < EXACT {
        return step as u64;
    }
    if step == STEPS - 1 {
        return u64::MAX;
    }
    let doublings = step / (EXACT / 2) - 1;
    let leading = step - doublings * (EXACT / 2);
    ((leading as u64 + 1) << doublings) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_in_a_step_of_at_most_an_eighth() {
        let samples = (0..100_000).chain((0..64).map(|bits| 1_u64 << bits)).chain([u64::MAX]);
        for number in samples {
            let (step, largest) = (step(number), largest_in(step(number)));
            assert!(step < STEPS && number <= largest, "{number}");
            assert!(number >= 1 << LONGEST_BITS || largest - number <= number / 8, "{number} {largest}");
            assert!(step == 0 || largest_in(step - 1) < number.min(1 << LONGEST_BITS), "{number}");
        }
        for step in 1..STEPS {
            assert_eq!(super::step(largest_in(step - 1) + 1), step, "no step is missing");
        }
    }

    #[test]
    fn percentiles_are_those_of_what_was_recorded() {
        let histogram = Histogram::default();
        assert_eq!(histogram.latency(), Latency::default());
        for micros in 1..=1_000 {
            histogram.record(Duration::from_micros(micros));
        }
        let Latency { p50, p90, p99, max } = histogram.latency();
        for (told, exact) in [(p50, 500), (p90, 900), (p99, 990)] {
            assert!(told >= exact && told <= exact + exact / 8, "{told} for {exact}");
        }
        assert_eq!(max, 1_000);
        let one = Histogram::default();
        one.record(Duration::from_micros(12_345));
        assert_eq!(one.latency(), Latency { p50: 12_345, p90: 12_345, p99: 12_345, max: 12_345 });
        one.record(Duration::MAX);
        assert_eq!(one.latency().max, u64::MAX);
    }
}
