//! Bad input: each a sentence and its exit code, and nothing is triggered.

use std::process::Stdio;

use milvus_fake::Method;

use crate::support::{Folder, Said, command, fake, run};

#[test]
fn nothing_chosen_is_a_usage_error() {
    let fake = fake();
    let said = run(&fake, &["run"]).ended_with(2);
    assert!(said.err.contains("--match") && said.err.contains("--all"), "{}", said.err);
    run(&fake, &["run", "succeeds", "--all"]).ended_with(2);
    run(&fake, &["run", "succeeds", "--concurrency", "0"]).ended_with(2);
    run(&fake, &["run", "succeeds", "--target-size", "5"]).ended_with(2);
    run(&fake, &["run", "succeeds", "--timeout", "5"]).ended_with(2);
    run(&fake, &["wait", "succeeds"]).ended_with(2);
    run(&fake, &["wait", "succeeds", "x"]).ended_with(2);
    assert_eq!(fake.count(Method::Trigger), 0);
}

#[test]
fn a_pattern_that_matches_nothing_is_no_success() {
    let fake = fake();
    let said = run(&fake, &["run", "--match", "zzz*"]).ended_with(9);
    assert!(said.err.contains("no collection matches \"zzz*\"; the user may see 12"), "{}", said.err);
    assert_eq!(fake.count(Method::Trigger), 0);
}

#[test]
fn a_file_that_cannot_be_written_is_known_before_anything_is_triggered() {
    let fake = fake();
    for option in ["--report", "--jobs-file"] {
        let said = run(&fake, &["run", "succeeds", option, "/nonexistent/file"]).ended_with(12);
        assert!(
            said.err.contains("/nonexistent/file") && said.err.contains("nothing was started"),
            "{}",
            said.err
        );
    }
    assert_eq!(fake.count(Method::Trigger), 0);
}

#[test]
fn a_page_that_was_there_stays_when_nothing_could_be_done() {
    let (fake, state) = (fake(), Folder::new());
    let page = state.file("page.html");
    let report = page.display().to_string();
    run(&fake, &["run", "--match", "zzz", "--report", &report]).ended_with(9);
    assert!(!page.exists());
    std::fs::write(&page, "the one before").unwrap();
    run(&fake, &["run", "--match", "zzz", "--report", &report]).ended_with(9);
    assert_eq!(std::fs::read_to_string(&page).unwrap(), "the one before");
}

#[test]
fn a_full_device_is_told() {
    let said = run(&fake(), &["run", "succeeds", "--report", "/dev/full"]).ended_with(12);
    assert!(
        said.err.contains("/dev/full") && said.out.contains("succeeds: done"),
        "{}{}",
        said.out,
        said.err
    );
}

#[test]
fn a_closed_pipe_is_a_sentence_and_what_was_triggered_is_listed_all_the_same() {
    let (fake, state) = (fake(), Folder::new());
    let said = into_closed_pipe(command(&fake.uri(), &state).args(["run", "succeeds"])).ended_with(12);
    assert!(said.err.contains("cannot write the output: Broken pipe"), "{}", said.err);
    assert!(said.err.contains("succeeds: job ") && said.err.contains("succeeds: done"), "{}", said.err);
}

#[test]
fn a_listing_that_nobody_reads_ends_with_one_sentence() {
    let (fake, state) = (fake(), Folder::new());
    for arguments in
        [&["segments", "succeeds"][..], &["check", "--all"], &["info"], &["man"], &["completions", "bash"]]
    {
        let said = into_closed_pipe(command(&fake.uri(), &state).args(arguments)).ended_with(12);
        assert_eq!(said.err.lines().count(), 1, "{}", said.err);
    }
}

/// Runs a command whose standard output nobody reads from the beginning on.
fn into_closed_pipe(command: &mut std::process::Command) -> Said {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let child = command.stdout(writer).stderr(Stdio::piped()).spawn().unwrap();
    Said::of(&child.wait_with_output().unwrap())
}

#[test]
fn without_a_server_there_is_a_sentence() {
    let state = Folder::new();
    let output = command("", &state).args(["info"]).output().unwrap();
    let said = Said::of(&output).ended_with(2);
    assert!(said.err.contains("give --uri, set MILVUS_URI"), "{}", said.err);
}

#[test]
fn a_config_file_names_the_server_the_token_and_options() {
    let (fake, state) = (fake(), Folder::new());
    std::fs::write(state.file("token"), "me:secret\n").unwrap();
    let token = state.file("token").display().to_string();
    let config = format!(
        "uri = \"{}\"\ntoken_file = \"{token}\"\ntimeout_ms = 5000\n[retry]\nmax_attempts = 1\n",
        fake.uri()
    );
    std::fs::write(state.file("milvus-compact.toml"), config).unwrap();
    Said::of(&command("", &state).args(["info"]).output().unwrap()).ended_with(0);
    assert_eq!(milvus_fake::obey(&fake, "header connect authorization"), "bWU6c2VjcmV0");
    for (text, word) in
        [("uri = ", "config file"), ("nosuch = 1\nuri = \"http://a\"", "nosuch"), ("a = [1]", "a has to be")]
    {
        let path = state.file("bad.toml");
        std::fs::write(&path, text).unwrap();
        let output = command("", &state).args(["info", "--config"]).arg(&path).output().unwrap();
        let said = Said::of(&output).ended_with(2);
        assert!(said.err.contains(word), "{}", said.err);
    }
}

#[test]
fn a_token_among_the_arguments_is_used_with_a_note_and_never_shown() {
    let fake = fake();
    let said = run(&fake, &["info", "--token", "me:secret"]).ended_with(0);
    assert!(said.err.contains("everyone on this machine can read"), "{}", said.err);
    assert!(!said.err.contains("secret") && !said.out.contains("secret"));
    assert_eq!(milvus_fake::obey(&fake, "header connect authorization"), "bWU6c2VjcmV0");
    let state = Folder::new();
    let output =
        command(&fake.uri(), &state).env("MILVUS_TOKEN", "you:other").args(["info"]).output().unwrap();
    assert_eq!(Said::of(&output).ended_with(0).err, "");
    assert_eq!(milvus_fake::obey(&fake, "header connect authorization"), "eW91Om90aGVy");
}

#[test]
fn completions_and_the_man_page_know_every_command() {
    let fake = fake();
    for shell in ["bash", "zsh", "fish"] {
        let said = run(&fake, &["completions", shell]).ended_with(0);
        assert!(said.out.contains("optimize") && said.out.contains("min-segments"), "{shell}");
    }
    let said = run(&fake, &["man"]).ended_with(0);
    for word in ["milvus\\-compact run", "Exit status", "in doubt", "min\\-segments"] {
        assert!(said.out.contains(word), "{word}: {}", said.out);
    }
}
