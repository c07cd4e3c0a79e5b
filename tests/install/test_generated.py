"""What the bindings have of the header is generated: it follows the header, and a number by hand is found."""
import shutil
import subprocess
import sys

import pytest
from conftest import ROOT


@pytest.fixture
def tree(tmp_path):
    for part in ("bindings", "include", "tools/bindings", "tests/abi", "docs/schema"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
    shutil.copy(ROOT / "tools/header.py", tmp_path / "tools")
    return tmp_path


def run(tree, *arguments):
    return subprocess.run([sys.executable, tree / "tools/bindings", *arguments], capture_output=True, text=True, check=False)


def changed(tree, path, before, after):
    text = (tree / path).read_text()
    assert before in text
    (tree / path).write_text(text.replace(before, after, 1))


def generated(tree):
    done = run(tree)
    assert done.returncode == 0, done.stderr
    assert run(tree, "check").returncode == 0
    java = tree / "bindings/java/src/main/java/io/github/milvusclient"
    return (tree / "bindings/go/enums.go").read_text(), (tree / "bindings/go/values.go").read_text(), java, (
        tree / "include/milvus_client.hpp").read_text()


def test_what_is_committed_is_current():
    done = subprocess.run([sys.executable, ROOT / "tools/bindings", "check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_new_status_is_in_every_language(tree):
    changed(tree, "include/milvus_client.h", "#define MILVUS_BUSY 43\n",
            "#define MILVUS_BUSY 43\n/** It sleeps. */\n#define MILVUS_ASLEEP 49\n")
    assert "run `make bindings`" in run(tree, "check").stderr
    enums, _, java, cpp = generated(tree)
    assert "\t// It sleeps.\n\tErrAsleep Status = C.MILVUS_ASLEEP\n" in enums
    assert "    /// It sleeps.\n    asleep = MILVUS_ASLEEP,\n" in cpp
    assert "    /** It sleeps. */\n    ASLEEP(49)" in (java / "Status.java").read_text()
    assert (java / "AsleepException.java").exists()


def test_a_struct_in_a_struct_is_read(tree):
    changed(tree, "include/milvus_client.h", "typedef struct milvus_resolution {",
            "/** Where it is. */\ntypedef struct milvus_place {\n    /** Row. */\n    int64_t row;\n} milvus_place;\n\n"
            "/** What became of it. */\ntypedef struct milvus_resolution {")
    changed(tree, "include/milvus_client.h", "} milvus_resolution;",
            "    /** Where it is. */\n    milvus_place place;\n} milvus_resolution;")
    _, values, java, cpp = generated(tree)
    assert "    /// Row.\n    std::int64_t row = 0;\n" in cpp and "    /// Where it is.\n    milvus::place place;\n" in cpp
    assert "\tPlace Place\n" in values and "placeOf(&c.place)" in values and "Row: int64(c.row)" in values
    assert "made.place = value_of(c.place);" in cpp
    assert "Place.of(c.place)" in (java / "Resolution.java").read_text()
    assert "public static class Place extends CStruct {" in (java / "Structs.java").read_text()


def test_a_pointer_to_a_struct_and_an_error_are_read(tree):
    changed(tree, "include/milvus_client.h", "} milvus_resolution;",
            "    /** What went wrong. */\n    const milvus_error *error;\n    /** What was seen, or NULL. */\n"
            "    const milvus_compaction_report *seen;\n} milvus_resolution;")
    _, values, java, cpp = generated(tree)
    assert "made.failure = failure_of(*c.error);" in cpp and "    if (c.seen != nullptr)\n        made.seen = value_of(*c.seen);" in cpp
    assert "\tErr error\n" in values and "Err:   failureOf(c.error)," in values and "seen := reportOf(c.seen)" in values
    record = (java / "Resolution.java").read_text()
    assert "Optional<MilvusException> failure" in record and "Failure.optional(c.error)" in record
    assert "CompactionReport.of(new Structs.CompactionReport(place))" in record


def test_documentation_that_names_no_constants_is_refused(tree):
    changed(tree, "include/milvus_client.h", "MILVUS_TRIGGER_... constants", "MILVUS_FORMER_... constants")
    done = run(tree)
    assert done.returncode != 0 and "speaks of MILVUS_FORMER_..., but no constants are called so" in done.stderr


@pytest.mark.parametrize(("path", "line"), [
    ("bindings/python/compact.py", "BUSY = 43"),
    ("bindings/node/compact.js", "if (status !== 43) stop();"),
    ("bindings/python/optimize.py", "NOT_SERVED = 47"),
    ("bindings/go/job.go", "const ErrBusy Status = 43"),
    ("bindings/java/src/main/java/io/github/milvusclient/Text.java", "BUSY(43),"),
    ("include/milvus_client.hpp", "enum class kind { busy = 43 };"),
])
def test_a_number_by_hand_is_found(tree, path, line):
    with (tree / path).open("a") as file:
        file.write(line + "\n")
    assert f"a number of the header is written by hand: {line}" in run(tree, "check").stderr


@pytest.fixture
def abi_tree(tree):
    shutil.copytree(ROOT / "packaging", tree / "packaging")
    for name in ("CHANGELOG.md", "Cargo.toml"):
        shutil.copy(ROOT / name, tree)
    changed(tree, "include/milvus_client.h", "    int64_t unindexed_rows;", "    int64_t more;\n    int64_t unindexed_rows;")
    return tree


def described(tree):
    done = subprocess.run([sys.executable, tree / "tests/abi/describe.py", "write"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return (tree / "tests/abi/layout.txt").read_text(), (tree / "tests/abi/first/milvus_client.h").read_text(), (
        tree / "tests/abi/milvus_client-0.1.0.abi").read_text()


def test_before_a_release_what_later_headers_are_compared_with_follows(abi_tree):
    layout, header, abi = described(abi_tree)
    assert "milvus_check_result more " in layout and "int64_t more;" in header and "name='more'" in abi


def test_a_release_freezes_what_later_headers_are_compared_with(abi_tree):
    changed(abi_tree, "CHANGELOG.md", "## [Unreleased]", "## [Unreleased]\n\n## [0.1.0] - 2026-01-01\n\n- First release.")
    layout, header, abi = described(abi_tree)
    assert "milvus_check_result more " in layout
    assert "int64_t more;" not in header and "name='more'" not in abi
