"""The tables of docs/truth.md, played anew: this library is right or says that it cannot tell, and never wrong."""
import pytest
import truth
import truth_page
import truth_recorded
from truth_clients import Ours


@pytest.fixture(scope="module")
def rows():
    return list(truth.run())


@pytest.fixture(scope="module")
def recorded():
    said, _ = truth_recorded.play()
    return said[Ours.name]


@pytest.fixture(scope="module")
def page():
    return truth_page.PAGE.read_text().splitlines()


def test_this_library_is_never_wrong(rows):
    assert len(rows) >= 25
    wrong = [(row.title, row.server, row.said["this library"]) for row in rows if row.said["this library"][3] == "wrong"]
    assert not wrong, "\n".join(map(str, wrong))


def test_it_does_not_hide_behind_not_knowing(rows):
    right = [row for row in rows if row.said["this library"][3] == "right"]
    assert len(right) >= len(rows) * 0.8, [row.title for row in rows if row not in right]


def test_the_committed_table_has_these_rows(rows, page):
    for row in rows:
        _, _, truth_then, judgement = row.said["this library"]
        [line] = [line for line in page if line.startswith(f"| {row.title} | {row.server} |")]
        assert line.endswith(f"| {truth_then} | {judgement} |"), f"docs/truth.md is out of date: run `make truth`\n{line}"


def test_this_library_is_never_wrong_on_a_recorded_server(recorded):
    assert len(recorded) == len(truth_recorded.recordings()) >= 170
    wrong = [(key, said) for key, said in recorded.items() if said.judgement == "wrong"]
    assert not wrong, "\n".join(map(str, wrong))
    right = sum(said.judgement == "right" for said in recorded.values())
    assert right >= len(recorded) * 0.95, truth_page.why_unknown({Ours.name: recorded})


def test_the_committed_table_has_these_recordings(recorded, page):
    committed = {row.split("`")[1]: row.split(" | ")[2:] for row in page if row.startswith("| `")}
    assert set(committed) == set(truth_recorded.EXPECTED), "docs/truth.md is out of date: run `make truth`"

    def otherwise(said):
        return {(line, situation) for (line, situation), one in said.items()
                if one.judgement != committed[situation][truth_recorded.LINES.index(line)].split(" ")[0]}

    # What is said depends on what a question comes upon: only what stays otherwise is out of date.
    found = otherwise(recorded)
    again = [one for one in truth_recorded.recordings() if one.key in found and one.expected("or") is None]
    if again:
        found = otherwise(truth_recorded.play(again)[0][Ours.name])
        assert not found, f"docs/truth.md is out of date: run `make truth`\n{found}"
