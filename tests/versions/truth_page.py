#!/usr/bin/env python3
"""Writes docs/truth.md, and the README's table about it: every situation played, and every recording.

usage: truth_page.py SWEEP, a file with what `cargo test --test replay` printed when it was asked for more.
"""
import pathlib
import re
import sys
import time

import worlds  # its paths come before what follows

import pymilvus
import truth
import truth_recorded
from truth_clients import Ours, PyMilvus

BEFORE = pathlib.Path(__file__).with_name("truth_before.txt")
PAGE, README = worlds.ROOT / "docs/truth.md", worlds.ROOT / "README.md"
KINDS = ("right", "unknown", "wrong", truth_recorded.NOT_ASKED)

# As the test calls its clients, and as its counts do.
ROLES = {"Owner": "own triggers", "Later": "later triggers of other clients", "Observer": "jobs of others",
         "Heir": "imported jobs"}

SWEEP = """\
This library also meets all recordings with other latencies, and asks its first question 0 to 2 s after the trigger:
as the client that triggers; as one that triggers while that job runs; as one that imports the job's text; and, where it
refuses to ask a server for what that would ignore, as one that waits for the job that ran instead, of which it knows the id
and the collection.
`REPLAY_LATENCIES=5,20,200,800,1000 REPLAY_ROUNDS=2 cargo test --test replay nothing -- --nocapture` does this, in real time.

**{runs} runs: {total}; {questions} questions.** {allowed} of the right ones say that the end cannot be known, where
`expected.json` allows it because that depends on the moment of a question. Before it judged plans by what became of their
segments (af104da), the library had {total_before}. How many questions there are depends on how busy the machine is: run
at the same time on the same machine, the library of then asked {questions_before}, that of now {beside}.
"""

HEAD = """\
# What is said about a compaction, and what was true

Made by `make truth`, once with pymilvus {version} (`compact`, then `get_compaction_state` until it says Completed) and
once with this library (`milvus_compact`, then `milvus_compaction_wait`), on servers as they were before.

| | server | pymilvus | this library |
|---|---|---|---|
{totals}

Right: what is said is what was true. Unknown: nothing false is said, and not how it ended. Wrong: something false is said.

## Recorded servers

{count} recordings of real servers, 2.4 to 3.0 (`tests/recordings`), are played in real time by a server that answers as the
recorded one did, {latency} ms after each question. What was true is in `tests/recordings/expected.json`; it comes from what
was done while recording, and from what was stored in the end. "cannot ask": pymilvus has no such option.
"something else was done": a plain compaction, or another job, in place of what was asked for. pymilvus asked {asked[pymilvus]}
questions, this library {asked[this library]}.

| situation | what happened | {lines} | pymilvus |
|---|---|{rule}---|
{recorded}

{unknown}

{sweep}

## Real and played servers

{situations} situations. Real servers are those of PyPI; a played one is the scripted server of the tests as that version, 3.1.0
standing for what is newer than any release.

What was true is read from the segments on the server, or is in the script that it plays; it can differ between
the two, because the clients do different things. "others compacted": collections that nobody named. "something
else was done": a plain compaction in place of what was asked for, or a statement on a job that does not exist.

| situation | server | pymilvus says | true then | | this library says | true then | |
|---|---|---|---|---|---|---|---|
{played}
"""


def cell(text, limit=170):
    text = " ".join(str(text).split()).replace("|", "\\|")
    return text if len(text) <= limit else text[:limit] + " ..."


def counted(judgements, all_kinds=False):
    """The counts of each kind, in words."""
    judgements = list(judgements)
    counts = {kind: judgements.count(kind) for kind in KINDS}
    kinds = [kind for kind in KINDS if counts[kind] or all_kinds and kind != truth_recorded.NOT_ASKED]
    return ", ".join(f"{counts[kind]} {kind}" for kind in kinds)


def recorded_cell(said):
    """What this library says of one recording: one word for it, and its judgement."""
    return "–" if said is None else f"{said.judgement} ({said.words})"


def beside(said):
    """What pymilvus says of the recordings of one situation, by line."""
    groups = {}
    for line, one in said.items():
        if one.judgement == truth_recorded.NOT_ASKED:
            text = one.judgement
        elif one.judgement == "right":
            text = f"**{one.words}**: right"
        else:
            text = f"**{one.words}**: {one.judgement}, in truth {one.truth}"
        groups.setdefault(text, []).append(line)
    if len(groups) == 1:
        return f"{text} ({len(said)} of {len(said)})"
    return "; ".join(f"{text} ({', '.join(lines)})" for text, lines in groups.items())


def of_situation(said, situation):
    return {line: said[line, situation] for line in truth_recorded.LINES if (line, situation) in said}


def recorded_rows(said):
    """The rows by situation."""
    what = {recorded.situation: recorded.what for recorded in truth_recorded.recordings()}
    rows = {}
    for situation in truth_recorded.EXPECTED:
        mine = of_situation(said[Ours.name], situation)
        cells = [recorded_cell(mine.get(line)) for line in truth_recorded.LINES]
        cells.append(beside(of_situation(said[PyMilvus.name], situation)))
        rows[situation] = f"| `{situation}` | {cell(what[situation])} | {' | '.join(cells)} |"
    return rows


def note(situation):
    """Why nobody could know how it ended, in brackets."""
    row = truth_recorded.EXPECTED[situation]
    found = row.get("or", row).get("note")
    return f" ({found})" if found else ""


def why_unknown(said):
    """Each unknown of the recordings, with why nobody could know."""
    lines = []
    for (line, situation), one in said[Ours.name].items():
        if one.judgement == "unknown":
            lines.append(f"- `{situation}` on {line}, in truth {one.truth}: {cell(one.message, 400)}{note(situation)}")
    if not lines:
        return "This library knew how each of them ended."
    return "\n".join(["What this library did not know, and what it says instead:", ""] + sorted(lines))


def swept_counts(text):
    """The counts of a larger run over the recordings: by line or latency, then by what its clients did."""
    counts = {}
    for whose, at, what, found in re.findall(r"^([a-z ]+) (on|at) (\S+): (\d+ right.*)$", text, re.M):
        some = [count for count in found.split(", ") if not count.startswith("0 ")]
        counts.setdefault((at, what), {})[whose] = ", ".join(some)
    return counts


def swept_rows(before, now):
    """Both as one table."""
    heads = list(dict.fromkeys(whose for row in now.values() for whose in row))
    milliseconds = lambda text: float(text.rstrip("ms")) * (1 if text.endswith("ms") else 1000)
    order = sorted(now, key=lambda key: (0, key[1]) if key[0] == "on" else (1, milliseconds(key[1])))
    yield "| | " + " | ".join(f"{head}, before | now" for head in heads) + " |"
    yield "|---|" + "---|---|" * len(heads)
    for key in order:
        cells = [counts[key].get(head, "–") for head in heads for counts in (before, now)]
        yield f"| {' '.join(key)} | {' | '.join(cells)} |"


def swept_total(text):
    [(runs, total)] = re.findall(r"^all (\d+): (.*?);", text, re.M)
    [questions] = re.findall(r"^questions: (\d+)", text, re.M)
    return runs, total, questions


def swept_unknown(text):
    """What was unknown in that run, with its messages, of which those that differ in their numbers only are one."""
    found = {}
    for version, situation, role, expected, message in re.findall(
            r"^Unknown: ([^/]+)/(\w+) (\w+).*?: expected (\w+), told \w+: (.*)$", text, re.M):
        runs = found.setdefault((ROLES[role], expected, re.sub(r"\d+", "N", message)), {})
        runs.setdefault(situation, []).append(version)
    for (whose, expected, message), runs in sorted(found.items()):
        notes = "".join(sorted({note(situation) for situation in runs if whose == ROLES["Owner"]}))
        servers = sorted({version for versions in runs.values() for version in versions})
        situations = ", ".join(f"`{situation}`" for situation in sorted(runs))
        yield (f"- {whose}, {sum(map(len, runs.values()))} times, in truth {expected} ({situations} "
               f"on {', '.join(servers)}): {cell(message, 400)}{notes}")


def sweep(text):
    """What a larger run over the recordings came to: (as Markdown, (runs, counts))."""
    before = BEFORE.read_text()
    (runs, total, questions), (_, total_before, questions_before) = swept_total(text), swept_total(before)
    [beside] = re.findall(r"^questions beside: (\d+)$", before, re.M)
    [allowed] = re.findall(r"^right by what the table allows in place of the best: (\d+)$", text, re.M)
    lines = [SWEEP.format(runs=runs, total=total, questions=questions, allowed=allowed, total_before=total_before,
                          questions_before=questions_before, beside=beside)]
    lines += [*swept_rows(swept_counts(before), swept_counts(text)), "", "What was unknown, N standing for a number:", ""]
    return "\n".join([*lines, *swept_unknown(text)]), (runs, total)


def played_row(row):
    cells = []
    for claim, words, truth_then, judgement in row.said.values():
        cells += [f"**{claim}** ({cell(words)})", truth_then, judgement]
    return f"| {row.title} | {row.server} | " + " | ".join(cells) + " |"


def totals(rows, said):
    """Counts by kind of server: (kind, server, by client)."""
    clients = (PyMilvus.name, Ours.name)
    for line in truth_recorded.LINES:
        yield "recorded", line, [[one.judgement for key, one in said[who].items() if key[0] == line] for who in clients]
    for kind in ("real", "played"):
        of_kind = [row for row in rows if row.server.startswith(kind)]
        servers = dict.fromkeys(row.server.removeprefix(kind).strip() for row in of_kind)
        yield kind, ", ".join(servers), [[row.said[who][3] for row in of_kind] for who in clients]


def table(found, swept):
    """What the README says of it."""
    kinds = {}
    for kind, _, by_client in found:
        kind = "recorded" if kind == "recorded" else "other"
        for who, judgements in enumerate(by_client):
            kinds.setdefault(kind, ([], []))[who].extend(judgements)
    recorded, other = kinds["recorded"], kinds["other"]
    names = (f"pymilvus {pymilvus.__version__}", "this library")
    rows = [f"| {name} | {counted(recorded[who])} | {counted(other[who])} |\n" for who, name in enumerate(names)]
    runs, total = swept
    return (f"| | {len(recorded[1])} recordings of real servers, 2.4 to 3.0 | {len(other[1])} situations on other servers |\n|---|---|---|\n"
            f"{''.join(rows)}\nThe recordings replayed at five network latencies, and with jobs of other clients in between: {runs} runs, {total}.\n")


def main():
    swept_text, swept = sweep(pathlib.Path(sys.argv[1]).read_text())
    started = time.monotonic()
    tell = lambda *what: print(f"{time.monotonic() - started:6.1f} s ", *what, flush=True)
    said, asked = truth_recorded.play(report=lambda recorded, who, one: tell(*recorded.key, who, one.judgement, one.words))
    rows = truth.run(lambda row: tell(row.title, "|", row.server))
    found = list(totals(rows, said))
    lines = [f"| {kind} | {server} | {counted(theirs, True)} | {counted(mine, True)} |" for kind, server, (theirs, mine) in found]
    PAGE.write_text(HEAD.format(
        version=pymilvus.__version__, totals="\n".join(lines), count=len(said[Ours.name]), latency=truth_recorded.LATENCY_MS,
        asked=asked, lines=" | ".join(truth_recorded.LINES), rule="---|" * len(truth_recorded.LINES),
        recorded="\n".join(recorded_rows(said).values()), unknown=why_unknown(said), sweep=swept_text, situations=len(rows),
        played="\n".join(map(played_row, rows))))
    text, count = re.subn(r"(?<=<!-- truth -->\n).*?(?=<!-- end of truth -->)", lambda _: table(found, swept), README.read_text(), flags=re.S)
    assert count == 1
    README.write_text(text)
    print("\n".join(lines))


if __name__ == "__main__":
    main()
