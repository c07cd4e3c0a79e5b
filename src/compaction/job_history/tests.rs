use std::time::Duration;

use super::super::plan::Plan;
use super::*;

fn plans(sources: Vec<i64>) -> Plans {
    [Plan { sources, target: 2, ..Plan::default() }].into_iter().collect()
}

fn job(segments: usize) -> Job {
    Job::new(Scheduled::Nothing, plans(vec![1; segments]))
}

fn plain(id: i64) -> Origin {
    let collection = Collection { id, name: format!("c{id}"), ..Collection::default() };
    Origin { collection, ..Origin::of_now(Mode::Plain) }
}

fn of_collection(id: i64, scheduled: Scheduled) -> Job {
    Job { origin: Some(Arc::new(plain(id))), ..Job::new(scheduled, Plans::default()) }
}

#[test]
fn the_latest_unfinished_job_of_a_collection_is_known() {
    let history = JobHistory::default();
    let collection = of_collection(5, Scheduled::Nothing).origin.unwrap();
    history.remember(1, of_collection(5, Scheduled::Plans(1)));
    history.remember(2, of_collection(5, Scheduled::Plans(1)));
    history.remember(3, of_collection(5, Scheduled::Nothing));
    history.remember(4, of_collection(6, Scheduled::Plans(1)));
    assert_eq!(history.unfinished(&collection.collection), Some(2));
    history.remember(2, Job { is_over: true, ..of_collection(5, Scheduled::Plans(1)) });
    assert_eq!(history.unfinished(&collection.collection), Some(1));
}

#[test]
fn doubts_are_bounded_and_one_per_collection() {
    let history = JobHistory::default();
    let count = i64::try_from(MOST_DOUBTS).unwrap() + 2;
    let origin = |id| of_collection(id, Scheduled::Nothing).origin.unwrap();
    (1..=count).for_each(|id| history.doubt(origin(id)));
    (1..=count).for_each(|id| history.doubt(origin(id)));
    assert!(history.in_doubt(&origin(1).collection).is_none());
    assert!(history.in_doubt(&origin(count).collection).is_some());
    let earlier =
        Origin { since: Instant::now().checked_sub(Duration::from_mins(1)).unwrap(), ..plain(count) };
    history.clear_doubts_before(&earlier);
    assert!(history.in_doubt(&origin(count).collection).is_some(), "it was sent before the one in doubt");
    history.clear_doubts_before(&plain(count));
    assert!(history.in_doubt(&origin(count).collection).is_none());
}

#[test]
fn the_oldest_jobs_are_forgotten_first() {
    let history = JobHistory::default();
    let count = i64::try_from(MOST_JOBS).unwrap() + 10;
    (1..=count).for_each(|id| history.remember(id, job(1)));
    assert!(history.recall(10).is_none());
    assert!(history.recall(11).is_some());
    assert!(history.recall(count).is_some());
}

#[test]
fn huge_jobs_lose_their_plans_but_not_what_they_are() {
    let history = JobHistory::default();
    let third = MOST_WORDS / 3;
    (1..=4).for_each(|id| history.remember(id, job(third)));
    assert!(history.jobs().words <= MOST_WORDS);
    let oldest = history.recall(1).unwrap();
    assert_eq!((oldest.scheduled, oldest.plans.len(), oldest.counted), (Scheduled::Nothing, 0, 1));
    assert_eq!(history.recall(4).unwrap().plans.len(), 1);
    let count = i64::try_from(MOST_JOBS).unwrap();
    (5..=count + 2_000).for_each(|id| history.remember(id, job(1)));
    assert!(history.jobs().heavy.len() <= MOST_JOBS, "what is forgotten leaves nothing behind");
}

#[test]
fn a_job_of_the_same_number_in_another_collection_is_another_job() {
    let history = JobHistory::default();
    let failed = Counts { failed: 1, ..Counts::ZERO };
    history.remember(7, Job { most: failed, ..of_collection(5, Scheduled::Plans(3)) });
    history.remember(7, of_collection(6, Scheduled::Plans(1)));
    let job = history.recall(7).unwrap();
    assert_eq!((job.scheduled, job.most), (Scheduled::Plans(1), Counts::ZERO));
}

#[test]
fn what_was_seen_of_a_job_survives_a_second_trigger_that_gets_its_id() {
    let history = JobHistory::default();
    let failed = Counts { failed: 1, ..Counts::ZERO };
    history.remember(7, Job { most: failed, ..Job::new(Scheduled::Plans(3), Plans::default()) });
    history.remember(7, Job::new(Scheduled::Plans(2), plans(vec![1])));
    let job = history.recall(7).unwrap();
    assert_eq!((job.scheduled, job.most, job.plans.len()), (Scheduled::Plans(3), failed, 1));
}

#[test]
fn a_job_can_be_remembered_again() {
    let history = JobHistory::default();
    for _ in 0..MOST_JOBS * 2 {
        history.remember(1, job(100));
    }
    assert_eq!(history.recall(1).unwrap().plans.len(), 1);
    let weight = history.recall(1).unwrap().weight();
    assert_eq!(history.jobs().words, weight);
}
