//! The tests explore the model.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

const PLAIN: Kind = Kind {
    asks_for_clustering: false,
    clusters: false,
    has_foreign: false,
    has_drop: false,
    forgets: false,
    has_flush: false,
    is_l0: false,
    has_own_l0: false,
    sorts_later: false,
    is_of_others: false,
};

fn explore(kind: Kind, partitions: &[i64], purges: &[bool]) -> BTreeMap<String, usize> {
    let exploration = Exploration::run(&Server::new(kind, partitions, purges));
    println!(
        "{kind:?} {partitions:?} {purges:?}: {} states, {:?}",
        exploration.seen.len(),
        exploration.verdicts
    );
    exploration.verdicts
}

fn classes(verdicts: &BTreeMap<String, usize>) -> Vec<&str> {
    verdicts.keys().map(String::as_str).collect()
}

/// Whether to explore everything. That takes a release build some minutes.
fn is_whole() -> bool {
    std::env::var("MODEL").is_ok_and(|what| what == "whole")
}

const ENDS: [&str; 3] = ["Failed", "PartlyFailed", "Succeeded"];

/// Explores a world in which every end occurs, and no open verdict of another class than these.
fn check(kind: Kind, partitions: &[i64], purges: &[bool], open: &[&str]) {
    let verdicts = explore(kind, partitions, purges);
    let ends = if partitions.len() == 1 { vec![ENDS[0], ENDS[2]] } else { ENDS.to_vec() };
    let is_known = |class: &&str| ends.contains(class) || open.contains(class);
    assert!(classes(&verdicts).iter().all(is_known), "{verdicts:?}");
    assert!(ends.iter().all(|class| verdicts.contains_key(*class)), "{verdicts:?}");
    assert!(open.iter().all(|class| verdicts.contains_key(*class)), "{verdicts:?}");
}

#[test]
fn without_disturbance_every_end_is_known() {
    check(PLAIN, &[1, 1], &[false, true], &[]);
    if is_whole() {
        check(PLAIN, &[1, 1, 2], &[false, true, false], &[]);
        check(PLAIN, &[1, 2, 3], &[false; 3], &[]);
        check(PLAIN, &[1, 1, 1], &[false; 3], &[]);
    }
}

#[test]
fn a_foreign_job_makes_no_verdict_wrong() {
    let kind = Kind { has_foreign: true, ..PLAIN };
    for (partitions, purges) in [([1, 1], [false; 2]), ([1, 2], [false, true]), ([1, 1], [true, false])] {
        check(kind, &partitions, &purges, &["unknown: TakenByOthers"]);
    }
    if is_whole() {
        check(kind, &[1, 1, 2], &[false, true, false], &["unknown: TakenByOthers"]);
    }
}

#[test]
fn a_flush_that_a_foreign_job_takes_too_makes_no_verdict_wrong() {
    let flush = Kind { has_flush: true, ..PLAIN };
    check(flush, &[1, 2], &[false, true], &[]);
    check(flush, &[1, 1], &[true, false], &["unknown: TakenByOthers"]);
    if is_whole() {
        check(Kind { has_foreign: true, ..flush }, &[1, 1], &[false, true], &["unknown: TakenByOthers"]);
    }
}

#[test]
fn a_dropped_partition_proves_nothing() {
    let kind = Kind { has_drop: true, ..PLAIN };
    for purges in [[false, false], [true, false]] {
        check(kind, &[1, 2], &purges, &["unknown: PartitionDropped"]);
    }
    if is_whole() {
        let open = ["unknown: PartitionDropped", "unknown: TakenByOthers"];
        check(Kind { has_foreign: true, ..kind }, &[1, 2, 2], &[false, true, false], &open);
        let open = ["unknown: NeverListed", "unknown: NoLongerListed", "unknown: PartitionDropped"];
        let kind = Kind { forgets: true, ..kind };
        check(kind, &[1, 2], &[false, true], &open);
        let open = [&open[..], &["unknown: TakenByOthers"]].concat();
        check(Kind { has_foreign: true, ..kind }, &[1, 2], &[false, true], &open);
    }
}

#[test]
fn a_server_that_forgets_plans_makes_no_verdict_wrong() {
    let kind = Kind { forgets: true, ..PLAIN };
    let open = ["unknown: NeverListed", "unknown: NoLongerListed"];
    check(kind, &[1, 2], &[false, true], &open);
    if is_whole() {
        let all = ["unknown: NeverListed", "unknown: NoLongerListed", "unknown: TakenByOthers"];
        check(Kind { has_foreign: true, ..kind }, &[1, 2], &[false, true], &all);
        check(kind, &[1, 1, 2], &[false, true, false], &all);
    }
}

#[test]
fn clustering_that_was_not_started_is_never_told_as_success() {
    let asked = Kind { asks_for_clustering: true, ..PLAIN };
    let verdicts = explore(asked, &[1, 2], &[false; 2]);
    assert_eq!(classes(&verdicts), ["NotStarted", "unknown: LevelUnknown"]);
    let clusters = Kind { clusters: true, has_foreign: true, ..asked };
    for partitions in if is_whole() { vec![&[1, 2][..], &[1, 1, 2]] } else { vec![&[1, 2][..]] } {
        let verdicts = explore(clusters, partitions, &vec![false; partitions.len()]);
        assert_eq!(
            classes(&verdicts),
            ["PartlyFailed", "Succeeded", "unknown: LevelUnknown", "unknown: TakenByOthers"]
        );
    }
}

#[test]
fn deletions_that_a_failed_plan_left_and_the_server_applies_are_no_success_of_the_job() {
    let kind = Kind { is_l0: true, ..PLAIN };
    check(kind, &[1, 2], &[false; 2], &[]);
    check(Kind { has_own_l0: true, ..kind }, &[1, 2], &[false; 2], &["unknown: TakenByOthers"]);
    check(Kind { has_own_l0: true, ..PLAIN }, &[1, 2], &[false, true], &[]);
    if is_whole() {
        let kind = Kind { has_own_l0: true, has_foreign: true, forgets: true, ..kind };
        let open = ["unknown: NeverListed", "unknown: NoLongerListed", "unknown: TakenByOthers"];
        check(kind, &[1, 2], &[false; 2], &open);
        check(Kind { forgets: false, ..kind }, &[1, 1, 2], &[false; 3], &["unknown: TakenByOthers"]);
    }
}

#[test]
fn results_that_are_sorted_later_make_no_verdict_wrong() {
    let kind = Kind { sorts_later: true, ..PLAIN };
    check(kind, &[1, 1], &[false, true], &[]);
    check(Kind { has_foreign: true, ..kind }, &[1], &[false], &["unknown: TakenByOthers"]);
    if is_whole() {
        check(Kind { has_foreign: true, ..kind }, &[1, 1], &[false; 2], &["unknown: TakenByOthers"]);
        check(Kind { has_foreign: true, ..kind }, &[1, 1], &[false, true], &["unknown: TakenByOthers"]);
        check(Kind { has_flush: true, ..kind }, &[1, 1], &[true, false], &["unknown: TakenByOthers"]);
        check(kind, &[1, 1, 2], &[false, true, false], &[]);
    }
}

#[test]
fn a_job_of_others_that_was_forgotten_in_part_is_never_told_wrong() {
    let old = Kind { is_of_others: true, forgets: true, ..PLAIN };
    for (kind, partitions) in [(old, &[1, 2][..]), (Kind { has_foreign: true, ..old }, &[1])] {
        let verdicts = explore(kind, partitions, &vec![false; partitions.len()]);
        assert!(
            verdicts.contains_key("Succeeded") && verdicts.contains_key("Failed"),
            "at rest: {verdicts:?}"
        );
        assert!(verdicts.contains_key("unknown: SegmentsUnnamed"), "{verdicts:?}");
    }
    if is_whole() {
        explore(Kind { has_foreign: true, ..old }, &[1, 2], &[false; 2]);
        explore(Kind { has_flush: true, ..old }, &[1, 1], &[false; 2]);
        explore(old, &[1, 1, 2], &[false; 3]);
    }
}

fn drawn_kind() -> impl Strategy<Value = Kind> {
    let clustering =
        prop_oneof![3 => Just((false, false)), 1 => Just((true, false)), 1 => Just((true, true))];
    (clustering, any::<[bool; 8]>()).prop_map(
        |(
            (asks, clusters),
            [has_foreign, drops, forgets, has_flush, is_l0, has_own_l0, sorts_later, others],
        )| {
            let is_of_others = others && !asks;
            Kind {
                asks_for_clustering: asks,
                clusters,
                has_foreign,
                has_drop: drops && !is_of_others,
                forgets,
                has_flush,
                is_l0: is_l0 && !asks,
                has_own_l0,
                sorts_later,
                is_of_others,
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_verdict_of_a_larger_history_is_wrong(
        kind in drawn_kind(),
        plans in prop::collection::vec((1..5_i64, prop::bool::weighted(0.2)), 1..12),
        choices in prop::collection::vec(any::<u8>(), 20..400),
    ) {
        let purges = |purges: &bool| *purges && !kind.is_of_others;
        let (partitions, purges): (Vec<_>, Vec<_>) = plans.iter().map(|(id, all)| (*id, purges(all))).unzip();
        let exploration = Exploration::walk(Server::new(kind, &partitions, &purges), &choices);
        prop_assert_eq!(exploration.verdicts.values().sum::<usize>(), 1, "one client has one verdict");
    }
}
