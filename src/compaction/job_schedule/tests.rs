use milvus_fake::Fake;

use super::super::plan::Plans;
use super::super::scheduled::Scheduled;
use super::*;
use crate::client::{Client, Timeout};
use crate::config::{Config, Options};

const ROUND: Duration = Duration::from_millis(500);
const SPACING: Duration = Duration::from_millis(2);

fn job() -> Job {
    Job::new(Scheduled::Plans(1), Plans::default())
}

/// A runtime whose clock moves only when every task waits.
fn paused() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
}

async fn has_turn(job: &InLine<'_>) -> bool {
    tokio::time::timeout(Duration::ZERO, job.turn()).await.is_ok()
}

#[test]
fn the_first_of_all_has_its_turn_at_once_and_others_at_the_rate() {
    paused().block_on(async {
        let schedule = JobSchedule::new(500);
        let started = Instant::now();
        let first = schedule.follow(1, &job());
        assert!(!schedule.turns().has_task, "nobody needs the task yet");
        first.turn().await;
        assert_eq!(started.elapsed(), Duration::ZERO);
        let others: Vec<_> = (2..=5).map(|id| schedule.follow(id, &job())).collect();
        for (waited, other) in (1..).zip(&others) {
            other.turn().await;
            assert_eq!(started.elapsed(), SPACING * waited);
        }
    });
}

#[test]
fn a_job_is_polled_again_after_its_pause() {
    paused().block_on(async {
        let schedule = JobSchedule::new(500);
        let one = schedule.follow(1, &job());
        one.turn().await;
        let asked = Instant::now();
        one.poll_again(ROUND);
        one.turn().await;
        let pause = asked.elapsed();
        assert!((100..=127).contains(&pause.as_millis()), "{pause:?}");
        let asked = Instant::now();
        one.poll_after(Duration::from_millis(700));
        one.turn().await;
        assert_eq!(asked.elapsed().as_millis(), 700);
    });
}

#[test]
fn one_that_is_due_earlier_wakes_the_task() {
    paused().block_on(async {
        let schedule = JobSchedule::new(500);
        let late = schedule.follow(1, &job());
        late.turn().await;
        late.poll_after(Duration::from_secs(100));
        assert!(!has_turn(&late).await);
        let (started, early) = (Instant::now(), schedule.follow(2, &job()));
        early.turn().await;
        early.poll_after(Duration::from_secs(1));
        early.turn().await;
        assert_eq!(started.elapsed().as_secs(), 1);
    });
}

#[test]
fn who_leaves_keeps_nobody_waiting_and_the_last_ends_the_task() {
    paused().block_on(async {
        let schedule = JobSchedule::new(500);
        let stays = schedule.follow(0, &job());
        stays.turn().await;
        for id in 1..1_000 {
            let leaves = schedule.follow(id, &job());
            assert!(id % 2 == 0 || !has_turn(&leaves).await);
        }
        let started = Instant::now();
        stays.poll_after(SPACING);
        stays.turn().await;
        assert!(started.elapsed() <= SPACING * 2, "{:?}", started.elapsed());
        drop(stays);
        while schedule.turns().has_task {
            tokio::time::sleep(SPACING).await;
        }
        assert_eq!(Arc::strong_count(&schedule), 1, "the task has ended");
        schedule.follow(7, &job()).turn().await;
    });
}

#[test]
fn a_turn_that_has_come_can_be_waited_for_late_and_by_another_task() {
    paused().block_on(async {
        let schedule = JobSchedule::new(500);
        let (one, other) = (schedule.follow(1, &job()), schedule.follow(2, &job()));
        assert!(!has_turn(&other).await, "its waker stays behind");
        tokio::time::sleep(SPACING * 2).await;
        assert!(has_turn(&one).await && has_turn(&other).await);
        assert!(!has_turn(&one).await, "a turn comes once");
    });
}

#[test]
fn a_wait_tells_where_its_job_ended_unless_it_was_over_before() {
    let fake = Fake::start("v2.6.8");
    let client = Client::new(Config::new(&fake.uri(), &Options::default()).unwrap()).unwrap();
    let schedule = Arc::clone(&client.context(Timeout::Default).client_state().job_schedule);
    let limit = Timeout::After(Duration::from_secs(20));
    let job = client.compact("succeeds", false, limit).wait().unwrap();
    for _ in 0..2 {
        client.compaction_wait(job, limit).wait().unwrap();
        assert_eq!(schedule.turns().line.ends_seen(), 1, "the second wait sees a job that is over");
        assert!(schedule.turns().line.is_empty());
    }
}
