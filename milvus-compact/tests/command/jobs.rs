//! The files of packaging/jobs run the command as it takes it, and the page beside them has its exit codes.

use std::path::Path;

use milvus_fake::Method;

use crate::support::{Folder, Said, command, fake};

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The arguments in a file, with its places in one folder.
fn arguments(file: &str, folder: &Folder) -> Vec<String> {
    let text = read(&format!("packaging/jobs/{file}"));
    let words: Vec<&str> = match file {
        "kubernetes-cronjob.yaml" => {
            let list = text.split("args:").nth(1).unwrap().lines().skip(1);
            list.map_while(|line| line.trim().strip_prefix("- ")).collect()
        }
        "cron" => {
            let line = text.lines().find(|line| line.contains("flock")).unwrap();
            let run = line.split("/usr/bin/milvus-compact ").nth(1).unwrap();
            run.split(" 2>&1").next().unwrap().split_whitespace().collect()
        }
        _ => {
            let run = text.split("ExecStart=/usr/bin/milvus-compact ").nth(1).unwrap();
            let lines = run.split_inclusive('\n');
            let mut is_over = false;
            let whole = lines.take_while(|line| !std::mem::replace(&mut is_over, !line.ends_with("\\\n")));
            whole.flat_map(str::split_whitespace).filter(|word| *word != "\\").collect()
        }
    };
    let places = [
        "${CREDENTIALS_DIRECTORY}",
        "${STATE_DIRECTORY}",
        "/etc/milvus-compact",
        "/var/lib/milvus-compact",
        "/run/secrets/milvus",
        "/tmp",
    ];
    let here = folder.0.to_str().unwrap();
    let moved = |word: &str| {
        let place = places.iter().find(|place| word.contains(*place));
        place.map_or_else(|| word.to_owned(), |place| word.replace(place, here))
    };
    words.into_iter().map(moved).collect()
}

#[test]
fn the_files_to_copy_have_arguments_that_the_command_takes() {
    for file in ["milvus-compact.service", "cron", "kubernetes-cronjob.yaml"] {
        let (fake, folder) = (fake(), Folder::new());
        std::fs::write(folder.file("token"), "root:secret\n").unwrap();
        let arguments = arguments(file, &folder);
        assert!(arguments.len() > 6 && arguments[0] == "run", "{file}: {arguments:?}");
        let output = command(&fake.uri(), &folder).args(&arguments).arg("--dry-run").output().unwrap();
        let said = Said::of(&output).ended_with(0);
        assert!(said.out.contains("succeeds"), "{file}: {}", said.out);
        assert_eq!(fake.count(Method::Trigger), 0, "{file}");
    }
}

#[test]
fn the_page_on_nightly_jobs_has_the_exit_codes_of_the_help() {
    let (fake, folder) = (fake(), Folder::new());
    let help = Said::of(&command(&fake.uri(), &folder).arg("--help").output().unwrap()).ended_with(0).out;
    let list = help.split("Exit status:\n").nth(1).unwrap();
    let codes: Vec<u8> =
        list.lines().map_while(|line| line.split_whitespace().next()?.parse().ok()).collect();
    let page = read("docs/guide/nightly.md");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" |")?.0.parse().ok());
    let rows: Vec<u8> = rows.collect();
    assert!(rows.len() > 10);
    assert_eq!(rows, codes.iter().copied().filter(|code| *code < 128).collect::<Vec<_>>());
}
