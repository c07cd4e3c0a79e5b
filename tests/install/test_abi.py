"""The ABI does not break: names, layouts and types are those that were promised, and old programs run."""
import pathlib
import re
import subprocess
import sys

import pytest
from conftest import HERE, ROOT, STAGE, Fake, run

sys.path.insert(0, str(ROOT / "tests/abi"))
import describe  # noqa: E402

ABI = ROOT / "tests/abi"
HEADER = STAGE / "include/milvus_client.h"


def exported(library):
    lines = run("nm", "-D", "--defined-only", library).splitlines()
    return {line.split()[-1] for line in lines}


def test_the_symbols_are_the_headers_and_the_list_in_the_tree():
    listed = (ROOT / "packaging/symbols.txt").read_text().split()
    assert listed == sorted(set(listed)) and len(listed) > 80
    assert exported(STAGE / "lib/libmilvus_client.so.0") == set(listed)
    assert describe.symbols(HEADER).split() == listed


def test_structs_have_the_layout_in_the_tree():
    laid_out = describe.layout(HEADER)
    assert laid_out == (ABI / "layout.txt").read_text()
    assert len(laid_out.splitlines()) > 150


# What abidiff says of structs that have grown, besides the growth itself.
AROUND_GROWTH = re.compile(
    r"Functions changes summary: 0 Removed, .*|Variables changes summary: 0 Removed, 0 Changed, .*"
    r"|\d+ functions? with some indirect sub-type changes?:|\[C\] 'function .*' has some indirect sub-type changes:"
    r"|parameter \d+ of type '.*' has sub-type changes:|in (?:pointed to|unqualified underlying) type '.*':|underlying type 'struct .*' changed:"
    r"|\d+ data member insertions?:|no data member changes? \(\d+ filtered\);|.* reported earlier")


def broken_by(release, now):
    """What abidiff finds, except that structs have grown at their end: they begin with their size, by which no more
    is read or written than the caller's header has."""
    told = subprocess.run(["abidiff", "--no-added-syms", release, now], capture_output=True, text=True, check=False)
    assert told.returncode & 3 == 0, told.stdout + told.stderr
    found, end = [], None
    for line in filter(None, map(str.strip, told.stdout.splitlines())):
        if size := re.fullmatch(r"type size changed from (\d+) to (\d+) \(in bits\)", line):
            end = int(size[1]) if int(size[1]) < int(size[2]) else None
        elif member := re.fullmatch(r"'.*', at offset (\d+) \(in bits\)", line):
            if end is None or int(member[1]) < end:
                found.append(line)
        elif not AROUND_GROWTH.fullmatch(line):
            found.append(line)
    return found


@pytest.mark.parametrize("release", sorted(ABI.glob("*.abi")), ids=lambda path: path.stem)
def test_abidiff_finds_nothing_changed_or_taken_away(release, tmp_path):
    now = tmp_path / "now.abi"
    now.write_text(describe.abi(HEADER))
    assert broken_by(release, now) == []


def test_there_is_a_release_to_compare_with():
    assert list(ABI.glob("milvus_client-*.abi"))


def broken(change, tmp_path):
    header = tmp_path / "milvus_client.h"
    before = HEADER.read_text()
    after = change(before)
    assert after != before
    header.write_text(after)
    (tmp_path / "now.abi").write_text(describe.abi(header))
    [release] = ABI.glob("milvus_client-0.1.0.abi")
    return broken_by(release, tmp_path / "now.abi")


def test_the_gate_closes_on_what_breaks_programs(tmp_path):
    """A gate that never closes is none."""
    assert broken(lambda text: text.replace("int64_t job_id,", "int32_t job_id,"), tmp_path) != []
    assert broken(lambda text: text.replace("const char *milvus_version(void);", ""), tmp_path) != []
    assert broken(lambda text: re.sub(r"    int32_t grpc_code;", "    int64_t grpc_code;", text), tmp_path) != []
    # A struct may grow at its end only.
    assert broken(lambda text: text.replace("    int64_t unindexed_rows;", "    int64_t unindexed_rows, more;"), tmp_path) != []
    assert broken(lambda text: text.replace("    int64_t unindexed_rows;", ""), tmp_path) != []
    # That a list's item points to a report that has grown too is no change of the item.
    grown = re.compile(r"(?=\} milvus_(compact_result|compaction_report|many_result);)")
    assert broken(lambda text: grown.sub("    int64_t more;\n", text), tmp_path) == []


def test_a_program_of_the_first_header_runs_with_this_library(tmp_path):
    program = tmp_path / "compact"
    run("gcc", f"-I{ABI / 'first'}", ABI / "first/compact.c", f"-L{STAGE / 'lib'}", "-lmilvus_client",
        f"-Wl,-rpath,{STAGE / 'lib'}", "-o", program)
    with Fake() as fake:
        done = subprocess.run([program, fake.uri, "", "succeeds"], capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0 and "succeeded: Every plan" in done.stdout, done
        done = subprocess.run([program, fake.uri, "", "nope"], capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode != 0 and "nope" in done.stdout + done.stderr
