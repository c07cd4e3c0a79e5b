"""The table of docs/truth.md, played anew: this library is right or says that it cannot tell, and never wrong."""
import pytest
import truth
import worlds


@pytest.fixture(scope="module")
def rows():
    return list(truth.run())


def test_this_library_is_never_wrong(rows):
    assert len(rows) >= 25
    wrong = [(row.title, row.server, row.said["this library"]) for row in rows if row.said["this library"][3] == "wrong"]
    assert not wrong, "\n".join(map(str, wrong))


def test_it_does_not_hide_behind_not_knowing(rows):
    right = [row for row in rows if row.said["this library"][3] == "right"]
    assert len(right) >= len(rows) * 0.8, [row.title for row in rows if row not in right]


def test_the_committed_table_has_these_rows(rows):
    text = (worlds.ROOT / "docs/truth.md").read_text()
    for row in rows:
        _, _, truth_then, judgement = row.said["this library"]
        [line] = [line for line in text.splitlines() if line.startswith(f"| {row.title} | {row.server} |")]
        assert line.endswith(f"| {truth_then} | {judgement} |"), f"docs/truth.md is out of date: run `make truth`\n{line}"
