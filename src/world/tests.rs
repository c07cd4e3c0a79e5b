use std::collections::BTreeMap;
use std::env;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use super::life::{Lived, live};
use super::network::Fate;

/// So many of the latest lines of a story are told.
const LONGEST: usize = 400;
/// Enough for every fate, and for nearly every claim.
const FEW: u64 = 300;

fn number(name: &str, otherwise: u64) -> u64 {
    env::var(name).ok().map_or(otherwise, |text| text.parse().unwrap())
}

/// What came of many lives.
#[derive(Default)]
struct Sum {
    counted: BTreeMap<String, usize>,
    fates: [usize; Fate::ALL.len()],
    requests: usize,
    wrong: Vec<(u64, String)>,
}

impl Sum {
    fn add(&mut self, seed: u64, lived: Lived) {
        for (what, times) in lived.claims.counted {
            *self.counted.entry(what).or_default() += times;
        }
        for (sum, times) in self.fates.iter_mut().zip(lived.fates) {
            *sum += times;
        }
        self.requests += lived.requests;
        self.wrong.extend(lived.claims.wrong.map(|wrong| (seed, wrong)));
    }
}

#[test]
fn nothing_is_claimed_that_is_not_true() {
    let (lives, first) = (number("LIVES", FEW), number("WORLD_SEED", 1));
    let next = AtomicU64::new(first);
    let began = Instant::now();
    let sums = thread::scope(|scope| {
        let threads: Vec<_> = (0..thread::available_parallelism().map_or(1, usize::from))
            .map(|_| {
                scope.spawn(|| {
                    let mut sum = Sum::default();
                    loop {
                        let seed = next.fetch_add(1, Ordering::Relaxed);
                        if seed >= first + lives || !sum.wrong.is_empty() {
                            return sum;
                        }
                        sum.add(seed, live(seed, false));
                    }
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    let mut all = Sum::default();
    for sum in sums {
        for (what, times) in sum.counted {
            *all.counted.entry(what).or_default() += times;
        }
        all.fates.iter_mut().zip(sum.fates).for_each(|(all, times)| *all += times);
        all.requests += sum.requests;
        all.wrong.extend(sum.wrong);
    }
    println!("{lives} lives from seed {first}, {} requests, {:?}", all.requests, began.elapsed());
    for (what, times) in &all.counted {
        println!("{times:>9} {what}");
    }
    for (fate, times) in Fate::ALL.iter().zip(all.fates) {
        println!("{times:>9} {fate:?}");
    }
    if let Some((seed, wrong)) = all.wrong.first() {
        let again = live(*seed, true);
        let story = again.story[again.story.len().saturating_sub(LONGEST)..].join("\n");
        panic!("life {seed} went wrong:\n{story}\n{wrong}\nand again: {:?}", again.claims.wrong);
    }
    if lives >= FEW {
        let unseen: Vec<_> = Fate::ALL.iter().zip(all.fates).filter(|(_, times)| *times == 0).collect();
        assert!(unseen.is_empty(), "{unseen:?}");
        for claim in [
            "verdict Succeeded",
            "verdict PartlyFailed",
            "verdict Failed",
            "verdict Unknown",
            "trigger Scheduled",
        ] {
            assert!(all.counted.contains_key(claim), "{claim} was never claimed");
        }
    }
}
