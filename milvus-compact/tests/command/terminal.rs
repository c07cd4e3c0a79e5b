//! A terminal, by `script` of util-linux: bars and colours where it can show them, lines where it cannot.

use std::process::Command;

use milvus_fake::{Fake, Scenario};

use crate::support::{Folder, order};

/// What a terminal of so many columns gets.
fn shown(fake: &Fake, columns: u16, environment: &[(&str, &str)], arguments: &str) -> String {
    let state = Folder::new();
    let program = env!("CARGO_BIN_EXE_milvus-compact");
    let line = format!("stty cols {columns} rows 30; exec {program} {arguments}");
    let output = Command::new("script")
        .args(["--quiet", "--return", "--command", &line, "/dev/null"])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("SHELL", "/bin/sh")
        .env("TERM", "xterm-256color")
        .env("MILVUS_URI", fake.uri())
        .env("STATE_DIRECTORY", &state.0)
        .envs(environment.iter().copied())
        .output()
        .expect("script of util-linux");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}");
    text
}

fn slow_fake() -> Fake {
    let fake = Fake::start("2.6.8");
    fake.add("documents", Scenario::job(3, &[[3, 0, 0, 0], [2, 1, 0, 0], [1, 2, 0, 0], [0, 3, 0, 0]]));
    order(&fake, "slow State 200");
    fake
}

#[test]
fn a_terminal_shows_a_bar_for_each_collection_and_a_table_at_the_end() {
    let text = shown(&slow_fake(), 120, &[], "run documents succeeds");
    assert!(text.contains("documents") && text.contains("[==="), "{text}");
    assert!(text.contains("1 of 3 plans done"), "{text}");
    assert!(text.contains("\x1b[32mdone\x1b[0m"), "in green: {text}");
    assert!(text.contains("how it ended") && text.contains("2 compacted"), "{text}");
}

/// "about 40 s left" or the like, and not "80 rows left".
fn has_time_left(text: &str) -> bool {
    ["seconds left", " s left", " min left"].iter().any(|left| text.contains(left))
}

#[test]
fn the_time_left_of_a_job_is_shown_where_it_can_be_told() {
    let fake = Fake::start("2.6.8");
    let polls: Vec<[i64; 4]> = (0..=20).map(|done| [20 - done, done, 0, 0]).collect();
    fake.add("documents", Scenario::job(20, &polls));
    order(&fake, "slow State 50");
    let text = shown(&fake, 120, &[], "run documents");
    assert!(text.contains("of 20 plans done, a") && has_time_left(&text), "{text}");
    let before_two_are_done = text.split("2 of 20 plans done").next().unwrap();
    assert!(!has_time_left(before_two_are_done), "{text}");
}

#[test]
fn the_time_left_of_all_collections_is_shown_once_three_are_done() {
    let fake = Fake::start("2.6.8");
    let names: Vec<String> = (1..=5).map(|number| format!("documents_{number}")).collect();
    for name in &names {
        fake.add(name, Scenario::job(1, &[[1, 0, 0, 0], [0, 1, 0, 0]]));
    }
    order(&fake, "slow State 300");
    let text = shown(&fake, 120, &[], &format!("run --concurrency 1 {}", names.join(" ")));
    let (before, after) = text.split_once("] 3/5 ").unwrap_or_else(|| panic!("{text}"));
    assert!(!has_time_left(before) && has_time_left(after), "{text}");
    let narrow = shown(&fake, 60, &[], &format!("run --force --concurrency 1 {}", names.join(" ")));
    assert!(!has_time_left(&narrow), "there is no room: {narrow}");
}

#[test]
fn a_narrow_terminal_has_numbers_and_no_line_is_too_long() {
    let text = shown(&slow_fake(), 40, &[], "run documents");
    let mut terminal = vt100::Parser::new(30, 40, 0);
    // Whenever the bars are drawn anew, each is one row: one that is too long would have wrapped.
    for piece in text.split_inclusive("\x1b[1A") {
        terminal.process(piece.as_bytes());
        let screen = terminal.screen().contents();
        assert!(
            screen.matches("documents").count() <= 1 && screen.matches("collections").count() <= 1,
            "{screen}"
        );
    }
    assert!(text.contains("2/3"), "{text}");
    let screen = terminal.screen().contents();
    assert!(
        screen.starts_with("documents: done: 6 segments became 3;") && screen.ends_with("1 compacted"),
        "{screen}"
    );
}

#[test]
fn colours_and_bars_are_left_out_where_nobody_wants_them() {
    let fake = slow_fake();
    let text = shown(&fake, 120, &[("TERM", "dumb")], "run documents");
    assert!(!text.contains('\x1b') && text.contains("documents: done"), "{text}");
    let text = shown(&fake, 120, &[("NO_COLOR", "1")], "run succeeds");
    assert!(!text.contains("\x1b[32m"), "{text}");
    let text = shown(&fake, 120, &[], "run unindexed --no-progress --color never");
    assert!(!text.contains('\x1b') && text.contains("unindexed: job "), "{text}");
}
