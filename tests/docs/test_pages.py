"""The documentation says something of everything, names nothing that does not exist, and leads nowhere else."""
import re

import cpp
import figures
import pytest
from conftest import ROOT, written


def test_every_public_symbol_is_documented(book):
    assert book.complaints == [], "\n".join(book.complaints)


@pytest.mark.parametrize("before", [
    "    std::string default_value;",
    "inline const char *version() noexcept",
    "    bool cancel() const noexcept {",
    "    merge = MILVUS_PLAN_TYPE_MERGE,",
    "class queue {",
])
def test_a_symbol_of_cpp_without_a_comment_is_found(before, tmp_path):
    text = cpp.HEADER.read_text()
    bare = re.sub(rf"(?:^ *///.*\n)+(?={re.escape(before)})", "", text, count=1, flags=re.M)
    assert bare != text
    (tmp_path / "milvus_client.hpp").write_text(bare)
    assert len(cpp.doxygen(tmp_path / "milvus_client.hpp", tmp_path)) == 1


def test_the_reference_has_every_public_name(book, header):
    reference = "\n".join(text for name, text in book.pages.items() if name.startswith("api/"))
    functions = set((ROOT / "packaging/symbols.txt").read_text().split())
    constants = set(re.findall(r"^#define (MILVUS_(?!CLIENT_H)\w+)", header, re.M))
    types = set(re.findall(r"^(?:\} |typedef .*[ *(])(milvus_\w+)[;)]", header, re.M))
    assert len(functions) > 80 and len(constants) > 100 and len(types) > 20
    anchors = set(re.findall(r'\{#(\w+)\}|<a id="(\w+)">', reference))
    assert functions | constants | types <= {"".join(anchor) for anchor in anchors}


def test_every_status_has_its_row_in_the_guide(header):
    guide = (ROOT / "docs/guide/errors.md").read_text()
    table = guide.split("## By status")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(MILVUS_\w+)` \| (.+?) \| (.+?) \|$", table, re.M)
    statuses = re.findall(r"^#define (MILVUS_\w+) \d+$", header.split("@defgroup errors")[1].split("How a call ended")[0], re.M)
    assert len(statuses) >= 26
    assert [name for name, _, _ in rows] == statuses


def test_every_verdict_has_its_row_in_the_guide(header):
    rows = re.findall(r"^\| `(MILVUS_VERDICT_\w+)` \|", (ROOT / "docs/guide/following.md").read_text(), re.M)
    assert sorted(rows) == sorted(re.findall(r"^#define (MILVUS_VERDICT_\w+) ", header, re.M))


def test_every_function_has_its_task(header):
    page = (ROOT / "docs/reference/functions.md").read_text()
    functions = (ROOT / "packaging/symbols.txt").read_text().split()
    listed = set(re.findall(r"`(milvus_\w+)`", page))
    grouped = re.compile(r"milvus_\w+_async|milvus_future_take_\w+")
    assert [name for name in functions if name not in listed and not grouped.fullmatch(name)] == []


# Decisions and the architecture may speak of what was.
@pytest.mark.parametrize("name", [name for name in written() if not name.startswith(("decisions/", "architecture"))])
def test_a_page_names_only_what_exists(name, header):
    known = set(re.findall(r"\b(?:milvus|MILVUS)_\w+", header)) | {"MILVUS_URI", "MILVUS_TOKEN", "MILVUS_COMPACT_CONFIG", "milvus_client.h"}
    if name.endswith("CONTRIBUTING.md"):
        known |= {"milvus_rest", "milvus_rest_async"}  # the operation that it supposes
    spoken = re.findall(r"`((?:milvus|MILVUS)_\w+)[`(]", written()[name])
    assert [word for word in spoken if word not in known] == []


def slug(heading):
    """The anchor that mdBook gives a heading."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)|[`*]", lambda found: found[1] or "", heading)
    return "".join(letter.lower() if letter.isalnum() else "-" if letter.isspace() else letter if letter in "_-" else "" for letter in text.strip())


def anchors(text):
    code = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    own = re.findall(r"\{#([\w.]+)\}|<a id=\"([\w.]+)\">", code)
    return {"".join(one) for one in own} | {slug(re.sub(r"\{#.*\}", "", heading)) for heading in re.findall(r"^#+ (.*)", code, re.M)}


def links(text):
    """The targets of a page's links within the project, without what stands in code."""
    code = re.sub(r"^```.*?^```|^    [^\n]*$", "", text, flags=re.M | re.S)
    code = re.sub(r"`[^`\n]*`", "", code)
    return [target for target in re.findall(r"\]\(([^)\s]+)\)", code) if not target.startswith(("https://", "http://"))]


def leads_somewhere(page, target):
    path, _, anchor = target.partition("#")
    other = page.parent / path if path else page
    return other.exists() and (not anchor or anchor in anchors(other.read_text()))


def test_every_link_leads_to_a_page_and_an_anchor(book):
    found = [(name, target) for name, text in book.pages.items() if name != "SUMMARY.md" for target in links(text)]
    assert len(found) > 800 and len([name for name, _ in found if not name.startswith("api/")]) > 300
    assert [(name, target) for name, target in found if not leads_somewhere(book.source / name, target)] == []


def test_an_indented_line_hides_only_itself():
    assert links("[`a`](a.md)\n\n    [b](b.md)\n\n[`c`](c.md#d) `[e](e.md)`\n") == ["a.md", "c.md#d"]


def test_every_link_leads_somewhere_in_the_repository_too():
    measured = {name: (ROOT / "docs" / name).read_text() for name in ("errors.md", "optimize.md", "truth.md", "performance.md")}
    found = [(name, target) for name, text in (written() | measured).items() for target in links(text)]
    assert len(found) > 150 and {name for name, _ in found} > {"../README.md", "SUMMARY.md", "start/c.md", "../.github/CONTRIBUTING.md"}
    assert [(name, target) for name, target in found if not leads_somewhere(ROOT / "docs" / name, target)] == []


def test_a_link_to_a_header_leads_to_its_reference_on_the_site(book):
    assert "(../api/index.md)" in book.pages["start/c.md"] and "(../api/cpp.md)" in book.pages["start/cpp.md"]


def test_code_has_no_link_in_it(book):
    found = [(name, code) for name, text in book.pages.items() for code in re.findall(r"(?<!`)`[^`\n]+`(?!`)", text) if "](" in code and "/" in code]
    assert len(book.pages) > 50 and found == []


def test_the_readme_is_one_screen():
    assert len(written()["../README.md"].splitlines()) <= 80


def test_every_page_is_in_the_contents(book):
    contents = set(re.findall(r"\(([^)]+\.md)\)", book.pages["SUMMARY.md"]))
    assert set(book.pages) - contents == {"SUMMARY.md"}


def test_plots_and_numbers_are_those_of_the_benchmarks_page():
    assert [str(path) for path, text in figures.wanted().items() if path.read_text() != text] == [], "run `python3 tools/docs/figures.py`"
    guide = (ROOT / "docs/guide/performance.md").read_text()
    assert guide.count("<!-- measured: ") >= 1 and guide.count("](../figures/") == len(figures.plots())
    assert figures.with_numbers("<!-- measured: bytes of memory per further plan of a job -->9 bytes") != "<!-- measured: bytes of memory per further plan of a job -->9 bytes"


def test_fields_and_options_that_pages_name_exist(header):
    options = (ROOT / "docs/reference/options.md").read_text().split("<!-- options -->")[1].split("<!-- end of options -->")[0]
    known = set(re.findall(r"\b[a-z]+(?:_[a-z0-9]+)+\b", header + options)) | set(re.findall(r"^\| `([\w.]+)`", options, re.M))
    for name, text in written().items():
        if name.startswith(("guide/", "reference/", "start/")):
            prose = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
            words = re.findall(r"`([a-z][a-z0-9]*(?:[._][a-z][a-z0-9]*)+)`", prose)
            words = [word for word in words if not re.search(r"\.(c|h|hpp|cpp|so|toml|txt|py|sh)\b", word)]
            assert [word for word in words if word not in known] == [], name


def test_the_files_that_pages_name_exist():
    found = [(name, path) for name, text in written().items()
             for path in re.findall(r"`((?:src|tests|tools|docs|benches|bindings|examples-c|packaging|include|proto|\.github|\.ci)/[^`\s:]*)[`\s:]", text)]
    assert len(found) > 60
    assert [(name, path) for name, path in found if not any(ROOT.glob(path.replace("VERSION", "*").rstrip("/")))] == []


def test_every_event_of_the_log_has_its_row():
    source = "\n".join(path.read_text() for path in sorted((ROOT / "src").rglob("*.rs")))
    events = re.findall(r"\blog::tell\(\s*([\w:]+),\s*\"([^\"]+)\"", source)
    assert len(events) == len(re.findall(r"\blog::tell\(", source)) > 9, "a message that is no constant text"
    events += re.findall(r"Call::Line\(receiver, ([\w:]+), \"([^\"]+)\"", source)
    rows = re.findall(r"^\| `(MILVUS_LOG_\w+)` \| `([^`]+)` \|", (ROOT / "docs/guide/monitoring.md").read_text(), re.M)
    assert {message for _, message in rows} == {message for _, message in events}
    for level, message in events:
        if level.startswith("Level::"):  # else the level depends on what happened
            assert (f"MILVUS_LOG_{level.removeprefix('Level::').upper()}", message) in rows


def test_no_page_shows_a_mark_that_nothing_replaces(book):
    shown = {name: re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.S) for name, text in book.pages.items()}
    assert [name for name, text in shown.items() if re.search(r"\{\{(?!#)", text)] == []


def test_every_thread_of_the_library_is_told():
    sources = "".join(path.read_text() for path in (ROOT / "src").rglob("*.rs"))
    threads = set(re.findall(r'^(?:pub\(crate\) )?const \w+: &str = "(milvus-[a-z]+)";', sources, re.M))
    page = (ROOT / "docs/guide/monitoring.md").read_text()
    assert len(threads) > 3
    assert threads == set(re.findall(r"^\| `(milvus-\w+)` \|", page, re.M))


def test_unsafe_code_is_counted():
    """clippy demands a reason above each (undocumented_unsafe_blocks)."""
    row = re.compile(r"^\| `([\w/-]+)/` \| (\d+) \| (\d+) \| (.+) \|$", re.M)
    told = {folder: (int(blocks), int(impls)) for folder, blocks, impls, _ in row.findall((ROOT / "docs/guide/security.md").read_text())}
    found = {}
    for folder in ("src", "milvus-compact/src"):
        text = "".join(path.read_text() for path in (ROOT / folder).rglob("*.rs"))
        found[folder] = (len(re.findall(r"\bunsafe \{", text)), len(re.findall(r"\bunsafe impl\b", text)))
    assert found["src"][0] > 20 and told == found
