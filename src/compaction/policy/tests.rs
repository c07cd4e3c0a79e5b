use super::super::check_result::CheckResult;
use super::*;
use crate::error::Status;

/// 4 segments of 100 rows, of which 3 would be merged.
fn surveyed() -> Surveyed {
    Surveyed {
        stored_segments: Some(4),
        stored_rows: Some(400),
        deleted_rows: Some(40),
        merged_segments: Some(3),
        ..Surveyed::default()
    }
}

fn final_one(deleted_rows: Option<i64>) -> Surveyed {
    Surveyed {
        check: CheckResult { is_final: true, ..CheckResult::default() },
        stored_segments: Some(1),
        stored_rows: Some(100),
        deleted_rows,
        merged_segments: Some(0),
        ..Surveyed::default()
    }
}

fn minimums(least_segments: u64, least_deleted_percent: f64) -> Policy {
    Policy { least_segments, least_deleted_percent, ..Policy::default() }
}

fn judged(policy: &Policy, surveyed: &Surveyed) -> Option<Skipped> {
    policy.judge(surveyed, &Params::default())
}

#[test]
fn either_minimum_is_enough() {
    for (policy, said) in [
        (minimums(0, 0.0), None),
        (minimums(3, 0.0), None),
        (minimums(0, 10.0), None),
        (minimums(9, 10.0), None),
        (minimums(3, 99.0), None),
        (minimums(4, 0.0), Some("3 segments would be merged, and min_segments is 4")),
        (minimums(0, 10.5), Some("10.0 % of the rows are deleted, and min_deleted_percent is 10.5")),
        (
            minimums(4, 11.0),
            Some(
                "3 segments would be merged, and min_segments is 4; 10.0 % of the rows are deleted, and \
                 min_deleted_percent is 11",
            ),
        ),
    ] {
        let skipped = judged(&policy, &surveyed());
        let expected = said.map(|text| Skipped { why: Skip::TooLittle, text: text.to_owned() });
        assert_eq!(skipped, expected, "{policy:?}");
    }
}

#[test]
fn what_is_not_known_reaches_no_minimum() {
    let unknown = Surveyed { deleted_rows: None, merged_segments: None, ..surveyed() };
    for (policy, part) in [
        (minimums(1, 0.0), "how many segments would be merged is not known"),
        (minimums(0, 0.1), "how many rows are deleted is not known"),
        (minimums(1, 0.1), "merged is not known; how many rows are deleted is not known"),
    ] {
        let skipped = judged(&policy, &unknown).unwrap();
        assert!(skipped.why == Skip::TooLittle && skipped.text.contains(part), "{skipped:?}");
    }
    assert_eq!(judged(&Policy::default(), &unknown), None, "without a minimum nothing has to be known");
    assert_eq!(judged(&minimums(1, 50.0), &Surveyed::default()).unwrap().why, Skip::TooLittle);
}

#[test]
fn the_final_form_is_skipped_unless_rows_are_deleted_or_the_caller_asks() {
    let asked = Policy { include_final: true, ..Policy::default() };
    let clustering = Params::new(true);
    let plain = Params::default();
    for (policy, params, surveyed, expected, why) in [
        (&Policy::default(), &plain, final_one(Some(0)), Some(Skip::Final), "rewritten 1 to 1"),
        (&Policy::default(), &plain, final_one(None), Some(Skip::Final), "deleted rows are not known"),
        (&Policy::default(), &plain, final_one(Some(1)), None, "a row is purged"),
        (&asked, &plain, final_one(Some(0)), None, "asked for"),
        (&Policy::default(), &clustering, final_one(Some(0)), None, "clustering orders the rows"),
        (&minimums(1, 0.0), &plain, final_one(Some(0)), Some(Skip::Final), "the plainer reason"),
        (&minimums(0, 5.0), &plain, final_one(Some(9)), None, "9 % are deleted"),
        (&minimums(0, 5.0), &plain, final_one(Some(4)), Some(Skip::TooLittle), "4 % are"),
    ] {
        assert_eq!(policy.judge(&surveyed, params).map(|skipped| skipped.why), expected, "{why}");
    }
    let empty = Surveyed { stored_segments: Some(0), ..final_one(Some(0)) };
    assert_eq!(
        judged(&Policy::default(), &empty),
        None,
        "the server says itself that there is nothing to do"
    );
    let text = judged(&Policy::default(), &final_one(None)).unwrap().text;
    assert!(text.contains("not known"), "{text}");
}

#[test]
fn a_pattern_has_a_star_and_a_question_mark() {
    let selects = |pattern: &str, name: &str| {
        Policy { pattern: Some(pattern.to_owned()), ..Policy::default() }.selects()(name)
    };
    for (pattern, name, expected) in [
        ("*", "orders", true),
        ("orders", "orders", true),
        ("orders", "orders2", false),
        ("ord*", "orders", true),
        ("*ers", "orders", true),
        ("o*e*s", "orders", true),
        ("order?", "orders", true),
        ("order?", "order", false),
        ("ORD*", "orders", false),
        ("[o]rders", "orders", false),
        ("日志_*", "日志_2026", true),
        ("日志_????", "日志_2026", true),
    ] {
        assert_eq!(selects(pattern, name), expected, "{pattern} {name}");
    }
    assert!(Policy::default().selects()("whatever"));
    let many_stars = "*a".repeat(300);
    assert!(!selects(&many_stars, &"a".repeat(60_000).replace('a', "b")), "ends in time");
}

#[test]
fn what_cannot_be_meant_is_refused_with_the_rule() {
    let plain = Params::default();
    let of = |pattern: &str| Policy { pattern: Some(pattern.to_owned()), ..Policy::default() };
    let all = Policy { all_databases: true, ..Policy::default() };
    let l0 = Params { is_l0: true, ..Params::default() };
    for (policy, params, has_names, rule) in [
        (of(""), &plain, false, "is empty"),
        (of(&"x".repeat(2000)), &plain, false, "1024 bytes"),
        (of("a*"), &plain, true, "without names"),
        (all, &plain, true, "without names"),
        (minimums(0, -1.0), &plain, false, "0 to 100"),
        (minimums(0, 100.1), &plain, false, "0 to 100"),
        (minimums(0, f64::NAN), &plain, false, "0 to 100"),
        (minimums(0, f64::INFINITY), &plain, false, "0 to 100"),
        (minimums(2, 0.0), &Params::new(true), false, "min_segments: goes with"),
        (minimums(2, 0.0), &l0, false, "min_segments: goes with"),
    ] {
        let error = policy.check(params, has_names).unwrap_err();
        assert_eq!(error.status, Status::InvalidArgument);
        assert!(error.message().contains(rule), "{policy:?}: {error}");
    }
    assert_eq!(minimums(2, 100.0).check(&plain, true), Ok(()));
    assert_eq!(of("a*").check(&plain, false), Ok(()));
}

#[test]
fn a_budget_is_spent_by_number_or_by_time() {
    let of = |most_collections, start_within| {
        Budget::of(&Policy { most_collections, start_within, ..Policy::default() })
    };
    let two = of(Some(2), None);
    assert_eq!([two.begin(), two.begin()], [None, None]);
    let spent = two.begin().unwrap();
    assert_eq!((spent.why, two.is_spent().as_ref()), (Skip::MostCollections, Some(&spent)));
    assert!(spent.text.contains("max_collections is 2"), "{spent:?}");
    let late = of(None, Some(Duration::ZERO)).begin().unwrap();
    assert_eq!(late.why, Skip::TooLate);
    let free = of(None, Some(Duration::from_hours(1)));
    assert!((0..1000).all(|_| free.begin().is_none()));
}
