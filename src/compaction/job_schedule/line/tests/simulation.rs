//! The line against servers that are simulated: how late ends are noticed, and by how many polls. Pauses have jitter, so runs
//! differ; the bounds are clearly above what any run showed.
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "small numbers, none negative"
)]

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::*;

/// Between two polls, and until the answer to one.
const SPACING: Duration = Duration::from_millis(2);
const LATENCY: Duration = Duration::from_millis(3);

/// Numbers that look random and are the same in each run.
struct Random(u64);

impl Random {
    /// Between 0 and 1.
    fn next(&mut self) -> f64 {
        // xorshift64*
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let bits = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 40;
        bits as f64 / (1_u64 << 24) as f64
    }

    /// About `middle`; nine of ten are between half of that and twice that.
    fn about(&mut self, middle: f64) -> f64 {
        middle * 2_f64.powf((0..3).map(|_| self.next() * 2.0 - 1.0).sum::<f64>() * 0.7)
    }
}

/// The order in which a server works on jobs.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Order {
    Trigger,
    /// Up to so many places away from it.
    Near(usize),
    Random,
    Reverse,
}

/// When each job ends, in seconds after the triggers, on a server that works on so many at a time, each about so long.
fn ends(jobs: usize, order: Order, at_a_time: usize, seconds: f64) -> Vec<f64> {
    let mut random = Random(7);
    let mut line: Vec<usize> = (0..jobs).collect();
    let mut keys: Vec<f64> = (0..jobs)
        .map(|job| match order {
            Order::Trigger => job as f64,
            Order::Near(places) => job as f64 + random.next() * places as f64,
            Order::Random => random.next(),
            Order::Reverse => -(job as f64),
        })
        .collect();
    line.sort_by(|one, other| keys[*one].total_cmp(&keys[*other]));
    let mut free = BinaryHeap::from(vec![Reverse(0_u64); at_a_time]);
    for job in line {
        let Reverse(from) = free.pop().unwrap();
        let to = from + (random.about(seconds) * 1e6) as u64;
        free.push(Reverse(to));
        keys[job] = to as f64 / 1e6;
    }
    keys
}

struct Told {
    /// Seconds, sorted.
    late: Vec<f64>,
    polls: usize,
}

impl Told {
    fn late(&self, part: f64) -> f64 {
        self.late[((self.late.len() - 1) as f64 * part) as usize]
    }
}

/// Follows jobs to their ends.
fn follow(ends: &[f64]) -> Told {
    let (mut line, start) = line(ends.len());
    let (mut now, mut told) = (start, Told { late: Vec::new(), polls: 0 });
    while told.late.len() < ends.len() {
        match line.next(now) {
            Next::Nothing => panic!("all are polled at once"),
            Next::At(at) => now = at,
            Next::Poll(job) => {
                told.polls += 1;
                let answered = now + LATENCY;
                let late = (answered - start).as_secs_f64() - ends[job];
                if late >= 0.0 {
                    line.ended(job, answered);
                    line.remove(job, answered);
                    told.late.push(late);
                } else {
                    line.again(job, Pause::Usual { round: NEW, latency: LATENCY }, answered);
                }
                now += SPACING;
            }
        }
    }
    told.late.sort_by(f64::total_cmp);
    told
}

/// How many jobs, in which order, how many at a time and for how many seconds each a server works on them, and how late their
/// ends may be noticed: half, nine of ten, all.
type Case = (usize, Order, usize, f64, [f64; 3]);

const CASES: [Case; 13] = [
    (50, Order::Trigger, 4, 2.0, [0.6, 1.4, 4.0]),
    (50, Order::Trigger, 16, 5.0, [0.6, 1.4, 4.0]),
    (50, Order::Random, 16, 5.0, [0.8, 2.0, 4.0]),
    (1_000, Order::Trigger, 4, 2.0, [0.2, 0.5, 2.0]),
    (1_000, Order::Trigger, 16, 5.0, [0.2, 0.5, 2.0]),
    (1_000, Order::Trigger, 64, 5.0, [0.3, 0.8, 2.0]),
    (1_000, Order::Near(64), 16, 5.0, [0.3, 1.0, 4.0]),
    (1_000, Order::Random, 16, 5.0, [1.5, 2.5, 10.0]),
    (1_000, Order::Reverse, 16, 5.0, [1.5, 2.5, 10.0]),
    (10_000, Order::Trigger, 64, 5.0, [0.3, 0.6, 3.0]),
    (10_000, Order::Near(64), 64, 5.0, [0.4, 0.9, 5.0]),
    (10_000, Order::Random, 64, 5.0, [6.0, 20.0, 80.0]),
    (10_000, Order::Reverse, 64, 5.0, [6.0, 20.0, 100.0]),
];

/// The table of the decision is what this prints, with `--nocapture`.
#[test]
fn ends_are_noticed_early_enough() {
    for (jobs, order, at_a_time, seconds, longest) in CASES {
        let told = follow(&ends(jobs, order, at_a_time, seconds));
        let late = [0.5, 0.9, 1.0].map(|part| told.late(part));
        let polls = told.polls as f64 / jobs as f64;
        println!(
            "| {jobs} | {order:?} | {at_a_time}, {seconds} s | {:.2}, {:.2}, {:.2} | {polls:.1} |",
            late[0], late[1], late[2]
        );
        let is_early = late.iter().zip(longest).all(|(late, longest)| *late <= longest);
        assert!(is_early, "{jobs} jobs, {order:?}, {at_a_time} at a time: {late:?}");
    }
}

/// Of jobs that are alone, as those that a client sees first.
#[test]
fn a_long_job_without_siblings_is_asked_about_rarely_and_noticed_in_proportion() {
    let mut random = Random(7);
    for (shortest, longest, most_polls, latest) in
        [(10.0, 120.0, 80.0, 2.1), (120.0, 600.0, 190.0, 10.1), (600.0, 7_200.0, 700.0, 10.1)]
    {
        let mut all = Told { late: Vec::new(), polls: 0 };
        for _ in 0..500 {
            let seconds = shortest * f64::powf(longest / shortest, random.next());
            let told = follow(&[seconds]);
            assert!(
                told.late[0] < 0.2 + seconds / 12.0 && told.late[0] < 2.1 + seconds / 60.0,
                "{seconds} s"
            );
            all.late.extend(told.late);
            all.polls += told.polls;
        }
        all.late.sort_by(f64::total_cmp);
        let [half, most, last] = [0.5, 0.9, 1.0].map(|part| all.late(part));
        let polls = all.polls as f64 / all.late.len() as f64;
        println!("| 1 | {shortest} to {longest} s | {half:.2}, {most:.2}, {last:.2} | {polls:.0} |");
        assert!(polls <= most_polls && last <= latest, "{shortest} to {longest} s: {polls} polls, {last} s");
    }
}
