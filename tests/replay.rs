//! The library against recordings of real servers, 2.4 to 3.0, through its public API: what it says of each must be
//! true. `REPLAY_LATENCIES=5,20,200 REPLAY_ROUNDS=3` measures more, with random moments of the first question.

mod replayed;

use std::time::Duration;

use replayed::run::Judgement;
use replayed::{Plan, table};

/// Of a hundred runs so many are right at least, unless more is measured.
const LEAST_RIGHT: usize = 40;
/// Situations of which something false is still said.
const KNOWN_TO_BE_WRONG: &[&str] = &[
    "clustering_foreign",
    "clustering_sorting",
    "clustering_twice",
    "drop_partition",
    "fails_first",
    "fails_last",
    "force_foreign",
    "foreign",
    "half_bad",
    "killed",
    "plain_then_clustering",
    "plain_while_clustering",
    "second",
];

/// In milliseconds, with commas between them.
const LATENCIES: &str = "REPLAY_LATENCIES";

fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// What the environment asks for, or else little.
fn plan() -> Plan {
    let milliseconds = |text: &str| Duration::from_millis(text.parse().expect("a number of milliseconds"));
    let Some(latencies) = setting(LATENCIES) else {
        let latencies = [5, 150].map(Duration::from_millis).to_vec();
        return Plan { latencies, rounds: 1, longest_pause: Duration::ZERO };
    };
    Plan {
        latencies: latencies.split(',').map(milliseconds).collect(),
        rounds: setting("REPLAY_ROUNDS").map_or(1, |text| text.parse().expect("a number of rounds")),
        longest_pause: Duration::from_secs(2),
    }
}

#[test]
fn nothing_false_is_said_of_any_recorded_server() {
    let summary = replayed::meet_all(&plan());
    println!("{summary}");
    let wrong = replayed::wrong(&summary, KNOWN_TO_BE_WRONG);
    let wrong: Vec<_> = wrong.into_iter().map(ToString::to_string).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let right = summary.count(Judgement::Right) * 100 / summary.ran.len();
    assert!(right >= LEAST_RIGHT || setting(LATENCIES).is_some(), "only {right} of 100 are right");
}

#[test]
fn every_situation_of_the_table_was_recorded() {
    let recorded = replayed::recorded();
    for situation in table::situations() {
        assert!(recorded.iter().any(|recorded| recorded.situation == situation), "{situation}");
    }
}
