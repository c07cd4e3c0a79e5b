//! The page: one file without network or scripts, in which names are no markup.

use crate::support::{Folder, fake, order, run};

fn page_of(names: &[&str]) -> String {
    let (fake, state) = (fake(), Folder::new());
    order(&fake, "mergeable wide 4");
    let path = state.file("page.html").display().to_string();
    let said = run(&fake, &[&["run", "--report", &path], names].concat());
    assert!(said.out.contains(&format!("report: {path}")), "{}", said.out);
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn it_has_the_figures_the_lineage_and_the_time() {
    let page = page_of(&["succeeds", "fails"]);
    for text in [
        "<strong>1</strong> compacted · <strong>1</strong> failed",
        "4 → 2",
        "200 → 160",
        "40 (20\u{a0}%)",
        "<strong>Plan 1</strong>: 2 segments, 100 rows → 1 segment, 80 rows; completed (target stored); purged: 20 (20\u{a0}%)",
        "class=\"rows l0\"",
        "nothing</p>",
        "class=\"cross\"",
        "prefers-color-scheme: dark",
        "@media print",
    ] {
        assert!(page.contains(text), "{text} is not in\n{page}");
    }
}

#[test]
fn it_needs_no_network_and_runs_nothing() {
    let page = page_of(&["wide"]);
    assert!(page.contains("default-src 'none'"));
    for word in ["src=", "http://www", "https:", "@import", "url(", "<script", "onload"] {
        assert!(!page.contains(word), "{word}");
    }
    let opened = page.matches("<div").count() + page.matches("<section").count();
    let closed = page.matches("</div>").count() + page.matches("</section>").count();
    assert_eq!(opened, closed);
}

#[test]
fn names_are_no_markup() {
    let page = page_of(&["<img src=x>", "a&b"]);
    assert!(page.contains("&lt;img src=x&gt;") && page.contains("a&amp;b"), "{page}");
    assert!(!page.contains("<img"));
}
