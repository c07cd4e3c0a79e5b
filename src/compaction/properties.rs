//! Whatever a server answers, a verdict never claims more than was seen. Random servers, honest and hostile.

use std::collections::HashSet;

use proptest::prelude::*;

use super::evidence::Evidence;
use super::follow::failure;
use super::ledger::{Job, Ledger};
use super::plan::{Details, Plan, Plans};
use super::state::{State, StateInfo};
use super::verdict::{Counts, Scheduled, Verdict};

const JOB: i64 = 7;
const EXECUTING: i32 = 1;
const COMPLETED: i32 = 3;
const FAILED: i32 = 4;
const TIMED_OUT: i32 = 5;
const CLEANED: i32 = 8;

/// Something that happens while a job is followed.
#[derive(Clone, Debug)]
enum Event {
    Poll(StateInfo),
    List(Vec<Plan>),
    CannotList,
    PollFails,
    /// The wait ends, and another one begins with what is remembered.
    NextWait,
}

fn counts() -> impl Strategy<Value = Counts> {
    let count = || prop_oneof![4 => 0..4_i64, 1 => Just(i64::MAX), 1 => Just(0)];
    (count(), count(), count(), count()).prop_map(|(executing, completed, failed, timed_out)| Counts {
        executing,
        completed,
        failed,
        timed_out,
    })
}

fn state() -> impl Strategy<Value = State> {
    prop_oneof![1 => Just(State::Undefined), 1 => Just(State::Executing), 3 => Just(State::Completed)]
}

fn plan() -> impl Strategy<Value = Plan> {
    let job_id = prop_oneof![3 => Just(JOB), 1 => Just(JOB + 1)];
    let details =
        (1..4_i64, 0..12_i32, any::<bool>(), job_id).prop_map(|(plan_id, state, has_reason, job_id)| {
            let failure_reason = if has_reason { "disk full".to_owned() } else { String::new() };
            Box::new(Details { plan_id, job_id, state, failure_reason, kind: 3, ..Details::default() })
        });
    (prop::collection::vec(1..5_i64, 0..3), -1..9_i64, prop::option::of(details))
        .prop_map(|(sources, target, details)| Plan { sources, target, details })
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => (state(), counts()).prop_map(|(state, counts)| Event::Poll(StateInfo { state, counts })),
        2 => prop::collection::vec(plan(), 0..5).prop_map(Event::List),
        1 => Just(Event::CannotList),
        1 => Just(Event::PollFails),
        1 => Just(Event::NextWait),
    ]
}

fn scheduled() -> impl Strategy<Value = Scheduled> {
    prop_oneof![
        Just(Scheduled::Elsewhere),
        Just(Scheduled::Uncounted),
        Just(Scheduled::Nothing),
        (1..5_i64).prop_map(Scheduled::Plans),
    ]
}

/// What was seen, told independently of the code under test.
#[derive(Debug, Default)]
struct Seen {
    last: Option<StateInfo>,
    completed: i64,
    has_failure: bool,
    most_at_once: i64,
}

impl Seen {
    fn poll(&mut self, info: StateInfo) {
        let Counts { executing, completed, failed, timed_out } = info.counts;
        self.last = Some(info);
        self.completed = self.completed.max(completed);
        self.has_failure |= failed > 0 || timed_out > 0;
        let at_once =
            i128::from(executing) + i128::from(completed) + i128::from(failed) + i128::from(timed_out);
        self.most_at_once = self.most_at_once.max(i64::try_from(at_once).unwrap_or(i64::MAX));
    }

    fn list(&mut self, plans: &[Plan]) {
        let (mut completed, mut others, mut ids) = (HashSet::new(), 0, HashSet::new());
        for plan in plans {
            let Some(details) = &plan.details else {
                others += 1;
                continue;
            };
            if details.job_id != JOB || !ids.insert(details.plan_id) {
                continue; // of another job, or told twice
            }
            let has_reason = !details.failure_reason.is_empty();
            match details.state {
                COMPLETED => drop(completed.insert(details.plan_id)),
                FAILED | TIMED_OUT => self.has_failure = true,
                CLEANED if has_reason => self.has_failure = true,
                _ => {}
            }
        }
        let number = |count: usize| i64::try_from(count).unwrap();
        self.completed = self.completed.max(number(completed.len()));
        self.most_at_once = self.most_at_once.max(number(ids.len()) + others);
    }
}

/// Follows a job through these events, over as many waits as they make.
fn follow(scheduled: Scheduled, events: &[Event]) -> (Evidence, Seen) {
    let (ledger, mut seen) = (Ledger::default(), Seen::default());
    let mut evidence = Evidence::new(JOB, Job::new(scheduled, Plans::default()));
    for event in events {
        match event {
            Event::Poll(info) => {
                seen.poll(*info);
                evidence.poll(*info);
            }
            Event::List(plans) => {
                seen.list(plans);
                evidence.list(plans.clone());
            }
            Event::CannotList => evidence.cannot_list(),
            Event::PollFails => evidence.failed_poll(),
            Event::NextWait => {
                let (plans, most, planned) = (evidence.plans().clone(), evidence.most(), evidence.planned());
                ledger.remember(JOB, Job { most, planned, ..Job::new(scheduled, plans) });
                evidence = Evidence::new(JOB, ledger.recall(JOB).unwrap());
                seen.last = None;
            }
        }
    }
    (evidence, seen)
}

/// A plan's true fate, and when the server forgets it.
#[derive(Clone, Copy, Debug)]
struct Fate {
    end: i32,
    ends_at: usize,
    forgotten_at: usize,
}

/// What an honest but forgetful server says at a moment.
fn answer(fates: &[Fate], now: usize) -> StateInfo {
    let mut counts = Counts::ZERO;
    for fate in fates {
        match fate.end {
            _ if now < fate.ends_at => counts.executing += 1,
            _ if now >= fate.ends_at + fate.forgotten_at => {}
            COMPLETED => counts.completed += 1,
            FAILED => counts.failed += 1,
            _ => counts.timed_out += 1,
        }
    }
    let state = if counts.executing > 0 { State::Executing } else { State::Completed };
    StateInfo { state, counts }
}

/// The plans that such a server lists, with their states or without.
fn listed(fates: &[Fate], now: usize, has_details: bool) -> Vec<Plan> {
    let plan = |(index, fate): (usize, &Fate)| {
        let id = i64::try_from(index).unwrap() + 1;
        let state = match fate.end {
            _ if now < fate.ends_at => EXECUTING,
            _ if now >= fate.ends_at + fate.forgotten_at => CLEANED,
            end => end,
        };
        let details = Details { plan_id: id, job_id: JOB, state, kind: 3, ..Details::default() };
        Plan { sources: vec![id], target: -1, details: has_details.then(|| Box::new(details)) }
    };
    fates.iter().enumerate().map(plan).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn success_is_never_claimed_beyond_what_was_seen(
        scheduled in scheduled(),
        events in prop::collection::vec(event(), 0..12),
    ) {
        let (evidence, seen) = follow(scheduled, &events);
        let report = evidence.report();
        let announced = if let Scheduled::Plans(count) = scheduled { count } else { 0 };
        match report.verdict {
            Verdict::Succeeded => {
                let last = seen.last.unwrap();
                prop_assert!(last.state == State::Completed && last.counts.executing == 0);
                prop_assert!(!seen.has_failure, "{seen:?}");
                prop_assert!(seen.completed > 0 && seen.completed >= seen.most_at_once.max(announced), "{seen:?}");
                prop_assert!(!matches!(scheduled, Scheduled::Nothing | Scheduled::Uncounted));
            }
            Verdict::NothingToDo => {
                prop_assert_eq!(scheduled, Scheduled::Nothing);
                prop_assert_eq!(seen.most_at_once, 0);
            }
            Verdict::Failed | Verdict::PartlyFailed | Verdict::TimedOut => prop_assert!(seen.has_failure),
            Verdict::None => {
                let runs = |last: StateInfo| last.state == State::Executing || last.counts.executing > 0;
                prop_assert!(seen.last.is_none_or(runs));
            }
            Verdict::Unknown => {}
        }
        let is_good = matches!(report.verdict, Verdict::Succeeded | Verdict::NothingToDo);
        prop_assert_eq!(failure(&report, None).is_none(), is_good, "only good news is no error");
    }

    #[test]
    fn an_honest_forgetful_server_is_never_misjudged(
        fates in prop::collection::vec(
            (prop_oneof![4 => Just(COMPLETED), 1 => Just(FAILED), 1 => Just(TIMED_OUT)], 0..6_usize, 1..6_usize)
                .prop_map(|(end, ends_at, forgotten_at)| Fate { end, ends_at, forgotten_at }),
            1..6,
        ),
        mut moments in prop::collection::vec((0..14_usize, any::<bool>()), 1..10),
        is_own in any::<bool>(),
        has_details in any::<bool>(),
    ) {
        moments.sort_unstable();
        let planned = i64::try_from(fates.len()).unwrap();
        let scheduled = if is_own { Scheduled::Plans(planned) } else { Scheduled::Elsewhere };
        let mut evidence = Evidence::new(JOB, Job::new(scheduled, Plans::default()));
        for (now, looks) in moments {
            evidence.poll(answer(&fates, now));
            if looks {
                evidence.list(listed(&fates, now, has_details));
            }
        }
        let all_completed = fates.iter().all(|fate| fate.end == COMPLETED);
        let some = |end| fates.iter().any(|fate| fate.end == end);
        match evidence.report().verdict {
            Verdict::Succeeded => prop_assert!(all_completed),
            Verdict::Failed => prop_assert!(some(FAILED)),
            Verdict::PartlyFailed => prop_assert!(some(COMPLETED) && !all_completed),
            Verdict::TimedOut => prop_assert!(some(TIMED_OUT)),
            Verdict::NothingToDo => prop_assert!(false, "there was something to do"),
            Verdict::None | Verdict::Unknown => {}
        }
    }
}
