//! How the client judges plans by their segments.

use super::super::plan::Details;
use super::*;
use crate::segments::Segment;

const FLUSHED: i32 = 4;
const L0: i32 = 1;
const L1: i32 = 2;
const L2: i32 = 3;

fn segment(id: i64, rows: i64) -> Segment {
    Segment {
        id,
        rows,
        partition_id: 1,
        state: FLUSHED,
        level: Some(L1),
        is_sorted: Some(true),
        ..Segment::default()
    }
}

fn at(level: i32, segment: Segment) -> Segment {
    Segment { level: Some(level), ..segment }
}

fn plan(sources: &[i64], target: i64) -> Plan {
    let (is_listed, was_gone, was_empty) = (true, true, true);
    Plan { sources: sources.to_vec(), target, is_listed, was_gone, was_empty, ..Plan::default() }
}

/// The judgements after a last look at these segments, in the order of the plans' sources.
#[allow(clippy::struct_excessive_bools, reason = "as in a view")]
struct Look {
    before: Vec<Segment>,
    after: Vec<Segment>,
    partitions: Option<Vec<i64>>,
    is_late: bool,
    is_clustering: bool,
    is_over: bool,
    keeps_jobs: bool,
}

impl Look {
    fn at(after: &[Segment]) -> Self {
        let before = vec![segment(1, 100), segment(2, 100), segment(3, 50)];
        Self {
            before,
            after: after.to_vec(),
            partitions: Some(vec![1]),
            is_late: false,
            is_clustering: false,
            is_over: true,
            keeps_jobs: true,
        }
    }

    fn judges(self, plans: &[Plan]) -> Vec<(Judgement, Reason)> {
        let mut plans: Plans = plans.iter().cloned().collect();
        let (before, now) = (Snapshot::of(&self.before), Snapshot::of(&self.after));
        let partitions = self.partitions.map(|ids| ids.into_iter().collect());
        let view = View {
            before: Some(&before),
            now: &now,
            partitions: partitions.as_ref(),
            is_late: self.is_late,
            is_clustering: self.is_clustering,
            is_over: self.is_over,
            is_at_rest: true,
            keeps_jobs: self.keeps_jobs,
        };
        judge(&mut plans, &view);
        plans.iter().map(|plan| (plan.judged.judgement, plan.judged.reason)).collect()
    }
}

use Judgement::{Completed, Failed, NotKnown, Open};

#[test]
fn a_merge_is_judged_by_its_target_and_its_sources() {
    let (merged, all) =
        ([segment(9, 200), segment(3, 50)], [segment(1, 100), segment(2, 100), segment(3, 50)]);
    assert_eq!(Look::at(&merged).judges(&[plan(&[1, 2], 9)]), [(Completed, Reason::TargetStored)]);
    assert_eq!(Look::at(&all).judges(&[plan(&[1, 2], -1)]), [(Failed, Reason::SourcesStored)]);
    assert_eq!(Look::at(&all).judges(&[plan(&[1, 2], 9)]), [(NotKnown, Reason::TargetBesideSources)]);
    let half = [segment(1, 100), segment(3, 50)];
    assert_eq!(Look::at(&half).judges(&[plan(&[1, 2], -1)]), [(NotKnown, Reason::SomeSourcesStored)]);
    let replaced = [segment(10, 200), segment(3, 50)];
    assert_eq!(Look::at(&replaced).judges(&[plan(&[1, 2], 9)]), [(Completed, Reason::TargetReplaced)]);
}

#[test]
fn while_the_job_runs_only_what_cannot_change_is_judged() {
    let all = [segment(1, 100), segment(2, 100), segment(3, 50)];
    let running = |after: &[Segment]| Look { is_over: false, ..Look::at(after) };
    assert_eq!(running(&all).judges(&[plan(&[1, 2], -1)]), [(Open, Reason::None)]);
    assert_eq!(running(&all).judges(&[plan(&[1, 2], 9)]), [(Open, Reason::None)], "a result is named early");
    let merged = [segment(9, 200), segment(3, 50)];
    assert_eq!(running(&merged).judges(&[plan(&[1, 2], 9)]), [(Completed, Reason::TargetStored)]);
    let first = Plan { was_gone: false, ..plan(&[1, 2], -1) };
    assert_eq!(running(&[segment(3, 50)]).judges(&[first]), [(Open, Reason::None)], "the target comes later");
}

#[test]
fn sources_that_leave_nothing_behind_were_purged_unless_somebody_else_may_have_taken_them() {
    let gone = plan(&[1, 2], -1);
    let left = segment(3, 50);
    let look = |after: &[Segment]| Look::at(after).judges(std::slice::from_ref(&gone))[0];
    assert_eq!(look(std::slice::from_ref(&left)), (Completed, Reason::Purged));
    assert_eq!(look(&[left.clone(), segment(9, 150)]), (NotKnown, Reason::TakenByOthers));
    assert_eq!(
        look(&[left.clone(), segment(9, 201)]),
        (NotKnown, Reason::TakenByOthers),
        "a flush, or a job that took what was flushed since too"
    );
    let elsewhere = Segment { partition_id: 2, ..segment(9, 150) };
    assert_eq!(look(&[left.clone(), elsewhere]), (Completed, Reason::Purged), "another partition");
    // Another job took them together with what was free: 3 is gone too.
    assert_eq!(look(&[segment(9, 250)]), (NotKnown, Reason::TakenByOthers));
    let dropped = Look { partitions: Some(vec![2]), ..Look::at(&[]) };
    assert_eq!(dropped.judges(std::slice::from_ref(&gone)), [(NotKnown, Reason::PartitionDropped)]);
    let unseen = Look { partitions: None, ..Look::at(&[]) };
    assert_eq!(unseen.judges(&[gone]), [(NotKnown, Reason::PartitionsUnknown)]);
}

#[test]
fn a_later_job_that_takes_a_result_and_failed_sources_together_is_not_taken_for_a_purge() {
    // 1 became 9; 2 failed; another job made 10 of 9 and 2.
    let plans = [plan(&[1], 9), plan(&[2], -1)];
    let judged = Look::at(&[segment(10, 200), segment(3, 50)]).judges(&plans);
    assert_eq!(judged, [(Completed, Reason::TargetReplaced), (NotKnown, Reason::TakenByOthers)]);
    // It purged both.
    let judged = Look::at(&[segment(3, 50)]).judges(&plans);
    assert_eq!(judged, [(Completed, Reason::TargetReplaced), (NotKnown, Reason::TakenByOthers)]);
}

#[test]
fn sorting_is_no_sign_of_another_job() {
    let unsorted = |id, rows| Segment { is_sorted: Some(false), ..segment(id, rows) };
    let look = Look {
        before: vec![segment(1, 100), segment(2, 100), unsorted(3, 50)],
        ..Look::at(&[segment(30, 50)])
    };
    assert_eq!(look.judges(&[plan(&[1, 2], -1)]), [(Completed, Reason::Purged)]);
    // A result is replaced by its sorted form, and another plan purges.
    let look = Look::at(&[segment(10, 100), segment(3, 50)]);
    let judged = look.judges(&[plan(&[1], 9), plan(&[2], -1)]);
    assert_eq!(judged, [(Completed, Reason::TargetReplaced), (Completed, Reason::Purged)]);
}

#[test]
fn deletions_are_applied_when_their_segments_are_gone() {
    let deletions = |id| Segment { partition_id: ALL_PARTITIONS, ..at(L0, segment(id, 0)) };
    let before = vec![segment(1, 100), deletions(5), deletions(6)];
    let look = |after: &[Segment]| Look { before: before.clone(), ..Look::at(after) };
    assert_eq!(look(&[segment(1, 100)]).judges(&[plan(&[5, 6], -1)]), [(Completed, Reason::DeletesApplied)]);
    assert_eq!(look(&before.clone()).judges(&[plan(&[5, 6], -1)]), [(Failed, Reason::SourcesStored)]);
}

/// The judgement of a plan after observations of these segments, one after the other.
fn looks(before: &[Segment], plan: Plan, looks: &[(bool, &[Segment])]) -> (Judgement, Reason) {
    let mut plans: Plans = [Plan { was_gone: false, was_empty: false, ..plan }].into_iter().collect();
    let (before, partitions) = (Snapshot::of(before), HashSet::from([1]));
    for (is_at_rest, segments) in looks {
        let now = Snapshot::of(segments);
        let view = View {
            before: Some(&before),
            now: &now,
            partitions: Some(&partitions),
            is_late: false,
            is_clustering: false,
            is_over: true,
            is_at_rest: *is_at_rest,
            keeps_jobs: true,
        };
        judge(&mut plans, &view);
        note(&mut plans, &view);
    }
    let judged = plans.iter().next().unwrap().judged;
    (judged.judgement, judged.reason)
}

#[test]
fn what_another_job_made_of_failed_sources_and_a_third_holds_unseen_was_not_purged() {
    // 1 and 2 failed; another job made 9 of them before the first look, and a third one makes 10 of 9.
    let before = [segment(1, 100), segment(2, 100), segment(3, 50)];
    let (made, held, replaced) =
        ([segment(9, 200), segment(3, 50)], [segment(3, 50)], [segment(10, 200), segment(3, 50)]);
    let looks = |seen: &[&[Segment]]| {
        let seen: Vec<_> = seen.iter().map(|segments| (true, *segments)).collect();
        looks(&before, plan(&[1, 2], -1), &seen)
    };
    assert_eq!(looks(&[&made, &held]), (Open, Reason::None), "the next look decides");
    assert_eq!(looks(&[&made, &held, &replaced]), (NotKnown, Reason::TakenByOthers));
    assert_eq!(looks(&[&made, &made]), (NotKnown, Reason::TakenByOthers));
    assert_eq!(
        looks(&[&held, &held]),
        (Completed, Reason::Purged),
        "two looks are enough if nothing was there"
    );
    // What was there belongs to another plan, whose target the server names a moment later.
    assert_eq!(looks(&[&made, &held, &held]), (Completed, Reason::Purged));
}

#[test]
fn what_a_job_has_left_and_another_takes_is_neither_purged_nor_applied() {
    let deletions = Segment { partition_id: ALL_PARTITIONS, ..at(L0, segment(5, 0)) };
    let l0 = [segment(1, 100), deletions];
    let data = [segment(1, 100), segment(2, 100)];
    let taken = (NotKnown, Reason::TakenByOthers);
    for (before, source, good) in [(&l0, 5, Reason::DeletesApplied), (&data, 2, Reason::Purged)] {
        let (left, gone) = (&before[..], &before[..1]);
        let looks = |seen: &[(bool, &[Segment])]| looks(before, plan(&[source], -1), seen);
        assert_eq!(looks(&[(true, left), (true, left)]), (Failed, Reason::SourcesStored));
        assert_eq!(looks(&[(true, left), (true, gone)]), taken, "within the second between two looks");
        assert_eq!(looks(&[(true, left), (true, gone), (true, gone)]), taken);
        // A list that is read right after the end may be of a moment before.
        assert_eq!(looks(&[(false, left), (true, gone), (true, gone)]), (Completed, good));
        assert_eq!(looks(&[(true, gone), (true, gone)]), (Completed, good));
    }
    // A target outranks all: the plan ended after all.
    let merged = [segment(1, 100), segment(9, 100)];
    assert_eq!(
        looks(&data, plan(&[2], 9), &[(true, &data), (true, &merged)]),
        (Completed, Reason::TargetStored)
    );
}

#[test]
fn clustering_is_proven_by_the_level_of_its_results() {
    let look = |after: &[Segment]| Look { is_clustering: true, ..Look::at(after) };
    let clustered = [at(L2, segment(9, 200)), segment(3, 50)];
    assert_eq!(look(&clustered).judges(&[plan(&[1, 2], 9)]), [(Completed, Reason::TargetStored)]);
    let plain = [segment(9, 200), segment(3, 50)];
    assert_eq!(look(&plain).judges(&[plan(&[1, 2], 9)]), [(Completed, Reason::OtherKind)]);
    // Its target is gone, and what is clustered may be another job's.
    let replaced = [at(L2, segment(10, 200)), segment(3, 50)];
    assert_eq!(look(&replaced).judges(&[plan(&[1, 2], 9)]), [(NotKnown, Reason::LevelUnknown)]);
    let all = [segment(1, 100), segment(2, 100), segment(3, 50)];
    assert_eq!(look(&all).judges(&[plan(&[1, 2], -1)]), [(NotKnown, Reason::LevelUnknown)]);
    let untold = [Segment { level: None, ..segment(9, 200) }, segment(3, 50)];
    assert_eq!(look(&untold).judges(&[plan(&[1, 2], 9)]), [(NotKnown, Reason::LevelUnknown)]);
}

#[test]
fn a_plan_that_left_the_list_is_judged_by_what_came_in_its_place() {
    let forgotten = |sources: &[i64], target| Plan { is_listed: false, ..plan(sources, target) };
    let judged = |after: &[Segment], plans: &[Plan]| Look::at(after).judges(plans);
    let after = [segment(9, 200), segment(3, 50)];
    assert_eq!(judged(&after, &[forgotten(&[1, 2], 9)]), [(Completed, Reason::TargetStored)]);
    assert_eq!(judged(&after, &[forgotten(&[1, 2], -1)]), [(Completed, Reason::ResultFits)]);
    let other = [segment(9, 150), segment(3, 50)];
    assert_eq!(judged(&other, &[forgotten(&[1, 2], -1)]), [(NotKnown, Reason::TakenByOthers)]);
    let all = [segment(1, 100), segment(2, 100), segment(3, 50)];
    assert_eq!(judged(&all, &[forgotten(&[1, 2], -1)]), [(NotKnown, Reason::NoLongerListed)]);
    // A restarted server lost the job, and another one made the same of its sources.
    for after in [&after[..], &[segment(3, 50)]] {
        let lost = Look { keeps_jobs: false, ..Look::at(after) };
        assert_eq!(lost.judges(&[forgotten(&[1, 2], -1)]), [(NotKnown, Reason::NoLongerListed)]);
    }
    // One segment stands for one plan.
    let both = judged(&[segment(9, 100), segment(3, 50)], &[forgotten(&[1], -1), forgotten(&[2], -1)]);
    assert_eq!(both.iter().filter(|judged| judged.0 == Completed).count(), 1);
}

#[test]
fn a_segment_explains_one_plan_only_whenever_that_was_judged() {
    let before: Vec<_> = (1..=4).map(|id| segment(id, 100)).collect();
    let forgotten = |sources: &[i64]| Plan { is_listed: false, ..plan(sources, -1) };
    let earlier = Plan { judged: Judged::completed(Reason::ResultFits), ..forgotten(&[1, 2]) };
    let judged = |after: &[Segment]| {
        let plans = [forgotten(&[3, 4]), earlier.clone()];
        Look { before: before.clone(), ..Look::at(after) }.judges(&plans)[1]
    };
    assert_eq!(
        judged(&[segment(9, 200)]),
        (NotKnown, Reason::TakenByOthers),
        "9 came in the place of 1 and 2"
    );
    assert_eq!(judged(&[segment(9, 200), segment(8, 200)]), (Completed, Reason::ResultFits));
}

#[test]
fn what_appeared_in_another_channel_was_not_made_of_the_sources() {
    let inside = |channel: &str, segment: Segment| Segment { channel: Some(channel.to_owned()), ..segment };
    let before: Vec<_> = [segment(1, 100), segment(2, 100)].map(|one| inside("a", one)).to_vec();
    let judged =
        |new: Segment, plan: Plan| Look { before: before.clone(), ..Look::at(&[new]) }.judges(&[plan])[0];
    let forgotten = Plan { is_listed: false, ..plan(&[1, 2], -1) };
    assert_eq!(judged(inside("a", segment(9, 70)), plan(&[1, 2], -1)), (NotKnown, Reason::TakenByOthers));
    assert_eq!(
        judged(inside("b", segment(9, 70)), plan(&[1, 2], -1)),
        (Completed, Reason::Purged),
        "a flush"
    );
    assert_eq!(judged(inside("a", segment(9, 200)), forgotten.clone()), (Completed, Reason::ResultFits));
    assert_eq!(judged(inside("b", segment(9, 200)), forgotten.clone()), (Completed, Reason::Purged));
    assert_eq!(
        judged(segment(9, 200), forgotten),
        (Completed, Reason::ResultFits),
        "not listed: any channel"
    );
}

#[test]
fn segments_that_were_seen_after_the_trigger_prove_less_and_accuse_nobody() {
    let before = vec![segment(1, 100), segment(2, 100), segment(3, 50)];
    let late = |before: &[Segment], after: &[Segment]| Look {
        before: before.to_vec(),
        is_late: true,
        ..Look::at(after)
    };
    let merged = [segment(9, 200), segment(3, 50)];
    // It was over at the first look.
    let over = |plan: Plan| late(&merged, &merged).judges(&[plan])[0];
    assert_eq!(over(plan(&[1, 2], 9)), (Completed, Reason::TargetStored), "no malformed one");
    assert_eq!(over(plan(&[1, 2], -1)), (NotKnown, Reason::SegmentsUnknown), "purged, dropped or taken");
    assert_eq!(over(plan(&[1, 2], 8)), (NotKnown, Reason::SegmentsUnknown), "replaced, or never made");
    assert_eq!(over(plan(&[3], -1)), (Failed, Reason::SourcesStored));
    // It ran at the first look.
    let ran = |after: &[Segment], plan: Plan| late(&before, after).judges(&[plan])[0];
    assert_eq!(ran(&merged, plan(&[1, 2], 9)), (Completed, Reason::TargetStored));
    assert_eq!(ran(&[segment(10, 200)], plan(&[1, 2], 9)), (Completed, Reason::TargetReplaced));
    assert_eq!(ran(&[segment(3, 50)], plan(&[1, 2], -1)), (Completed, Reason::Purged));
    assert_eq!(ran(&[segment(10, 250)], plan(&[1, 2], -1)), (NotKnown, Reason::TakenByOthers));
    // Some of its segments were gone before the first look.
    let half = [segment(2, 100), segment(3, 50)];
    let judged = late(&half, &[segment(3, 50)]).judges(&[plan(&[1, 2], -1)]);
    assert_eq!(judged, [(NotKnown, Reason::SegmentsUnknown)]);
}

#[test]
fn what_cannot_be_true_proves_nothing() {
    let merged = [segment(9, 200), segment(3, 50)];
    let malformed = (NotKnown, Reason::Malformed);
    assert_eq!(Look::at(&merged).judges(&[plan(&[1, 2], 1)]), [malformed], "a target equal to a source");
    assert_eq!(Look::at(&merged).judges(&[plan(&[], 9)]), [malformed], "no sources");
    assert_eq!(Look::at(&merged).judges(&[plan(&[1, 2, 1], 9)]), [malformed], "a source twice");
    assert_eq!(Look::at(&merged).judges(&[plan(&[1, 2], 3)]), [malformed], "a target that was there before");
    let twice = Look::at(&merged).judges(&[plan(&[1, 2], 9), plan(&[2, 1], 9)]);
    assert_eq!(twice, [malformed, malformed], "the same plan twice");
    let never = Look::at(&[segment(3, 50)]).judges(&[plan(&[77], 99)]);
    assert_eq!(never, [(NotKnown, Reason::SourcesUnknown)], "sources that were never stored");
}

/// Looks at each of one kind for each of another would take minutes here.
#[test]
fn as_much_as_a_server_can_list_is_judged() {
    const MANY: i64 = 50_000;
    let unsorted = |id| Segment { is_sorted: Some(false), ..segment(id, id) };
    let before = (1..MANY).map(unsorted).chain((MANY..2 * MANY).map(|id| segment(id, id))).collect();
    let after: Vec<_> = (1..2 * MANY).map(|id| segment(10 * MANY + id, 10 * MANY - id)).collect();
    let replaced = (MANY..2 * MANY - 10_000).map(|id| plan(&[id], 100 * MANY + id));
    let forgotten = (2 * MANY - 10_000..2 * MANY).map(|id| Plan { is_listed: false, ..plan(&[id], -1) });
    let plans: Vec<_> = replaced.chain(forgotten).collect();
    let judged = Look { before, ..Look::at(&after) }.judges(&plans);
    assert_eq!(judged.len(), plans.len());

    let (sources, targets) = ((1..MANY).collect(), (10 * MANY..11 * MANY).collect());
    let details = Some(Box::new(Details { targets, ..Details::default() }));
    assert!(!Plan { sources, details, ..Plan::default() }.is_malformed());
}
