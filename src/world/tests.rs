use std::collections::BTreeMap;
use std::env;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt;
use tokio::runtime::Builder;

use super::claims::{Asked, Claims};
use super::life::{Lived, live};
use super::line::Line;
use super::network::{Fate, Weather, World, connect};
use super::truth::{Told, Truth};
use crate::compaction::{Report, Start, Triggered, Verdict, WaitResult};
use crate::error::{Error, Status};

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
    let ended = next.into_inner().min(first + lives);
    println!("{} lives from seed {first}, {} requests, {:?}", ended - first, all.requests, began.elapsed());
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

/// A server on which an operation has triggered a job, which runs.
fn triggered() -> (Truth, Asked, i64) {
    for seed in 0.. {
        let mut truth = Truth::new(Line::V2_6, fastrand::Rng::with_seed(seed));
        let name = truth.collections[0].name.clone();
        let asked = Asked::new(&mut truth, (0, "asked"), &name, Some(Duration::from_secs(1)));
        if let Told::Job { id: job @ 1.., .. } = truth.asked("asked", (&name, 0), false) {
            return (truth, asked, job);
        }
    }
    unreachable!()
}

#[test]
fn a_client_that_breaks_the_protocol_is_found_out() {
    for (sent, is_broken) in
        [(&b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..], false), (b"GET / HTTP/1.1\r\nHost: milvus\r\n\r\n", true)]
    {
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let rng = || fastrand::Rng::with_seed(1);
            let (world, _leaves) = World::enter(Truth::new(Line::V2_6, rng()), Weather::new(rng()));
            let mut near = connect().await.unwrap().unwrap();
            near.write_all(sent).await.unwrap();
            tokio::time::sleep(Duration::from_secs(1)).await;
            assert_eq!(world.is_broken.load(Ordering::Relaxed), is_broken, "{sent:?}");
        });
    }
}

fn started(job_id: i64) -> Triggered {
    Triggered { start: Start::Scheduled, job_id, planned: None, unsorted: None }
}

/// Whether something was found to be wrong.
fn is_found_out(lie: impl AsyncFnOnce(&mut Claims, &mut Truth, &Asked, i64)) -> bool {
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let ((mut truth, asked, job), mut claims) = (triggered(), Claims::default());
        lie(&mut claims, &mut truth, &asked, job).await;
        claims.at_the_end(&mut truth);
        claims.wrong.is_some()
    })
}

#[test]
fn lies_are_found_out() {
    assert!(!is_found_out(async |claims, truth, asked, job| {
        claims.of_trigger(truth, asked, false, &Ok(started(job)));
    }));
    assert!(
        is_found_out(async |claims, truth, asked, job| {
            claims.of_trigger(truth, asked, false, &Ok(started(job + 1)));
        }),
        "another job"
    );
    assert!(
        is_found_out(async |claims, truth, asked, _| {
            claims.of_trigger(truth, asked, false, &Err(Error::new(Status::Unavailable, "lost")));
        }),
        "nothing was started"
    );
    assert!(
        is_found_out(async |claims, truth, asked, _| {
            claims.of_trigger(
                truth,
                asked,
                false,
                &Err(Error::new(Status::CollectionNotFound, "gone").in_doubt()),
            );
        }),
        "the collection does not exist"
    );
    assert!(
        is_found_out(async |claims, truth, asked, job| {
            tokio::time::sleep(Duration::from_secs(2)).await;
            claims.of_trigger(truth, asked, false, &Ok(started(job)));
        }),
        "it is late"
    );
    assert!(
        is_found_out(async |_, truth, _, job| {
            let mut again = truth.triggers.last().unwrap().clone();
            again.made = Some(job + 1);
            truth.triggers.push(again);
        }),
        "a second job"
    );
    for verdict in [Verdict::Succeeded, Verdict::Failed, Verdict::NothingToDo, Verdict::NotStarted] {
        assert!(
            is_found_out(async |claims, truth, _, job| {
                let is_good = matches!(verdict, Verdict::Succeeded | Verdict::NothingToDo);
                let error = (!is_good).then(|| Error::new(Status::CompactionFailed, "failed"));
                let report = Report { verdict, ..Report::default() };
                claims.of_wait(truth, 0, job, &Ok(WaitResult { report, error }));
            }),
            "{verdict:?}, while it runs"
        );
    }
    assert!(
        is_found_out(async |claims, truth, _, job| {
            let report = Report { planned: 1_000, ..Report::default() };
            let error = Some(Error::new(Status::Timeout, "late"));
            claims.of_wait(truth, 0, job, &Ok(WaitResult { report, error }));
        }),
        "more plans than there are"
    );
}
