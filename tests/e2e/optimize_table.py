#!/usr/bin/env python3
"""Writes docs/optimize.md: what is left and what is served when pymilvus' optimize, VectorDBBench's steps and
milvus_optimize say that they are done.

usage: optimize_table.py [RUNS [WORD...]]: prints the rows of situations whose titles have one of the words, and writes nothing
"""
import collections
import contextlib
import dataclasses
import os
import pathlib
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests/e2e")]

os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "false"  # as in conftest.py

import milvus_server  # noqa: E402
import optimize_peers  # noqa: E402
import pymilvus  # noqa: E402
from optimize_world import Lists, Look, Writer, loaded  # noqa: E402

PAGE = ROOT / "docs/optimize.md"
RUNS = 10
HELD_SECONDS = 10

HEAD = """\
# When optimizing is done

Made by `make optimize-table` against a real Milvus 2.3.5, in about an hour: what pymilvus {pymilvus} does in `optimize`, what
VectorDBBench does before its searches (its steps of August 2026, written anew in `tests/e2e/optimize_peers.py`), and what
`milvus_optimize` does, all with their defaults.

## What each waits for

| | pymilvus' `optimize` | VectorDBBench | `milvus_optimize` |
|---|---|---|---|
| rows in memory | not stored | flushed | flushed |
| segments that are not sorted (2.5 and newer) | no wait | wait | wait |
| indexes before | wait | wait | wait |
| jobs of others that hold segments | no wait | tries again, up to 10 times, 30 s apart | tries again after 1 s, then up to 30 s, for up to 10 min |
| its own unfinished jobs | triggers again | triggers again | followed |
| the job | until it says Completed | until it says Completed | until its plans are judged by their segments |
| a plan that fails | not noticed | not noticed | told |
| segments in no plan | not noticed | compared with the plans, up to 10 triggers | counted by reason; up to 10 rounds |
| a segment that would be rewritten alone | rewritten | rewritten | left alone |
| indexes after | wait | wait | wait |
| the load | refresh | refresh | refresh |
| the query nodes | no look at what they serve | no look | until they serve the results, and nothing that these replaced, on every replica |
| the cost | not told | not told | told before the trigger, and bounded on demand |
| ends early | "cancelled" | – | the stage, the job and what goes on; the next call goes on there |

Before 2.5 no server sorts: there VectorDBBench's wait for it has no end, so its steps run here without it.

## What was left

Each ran {runs} times in each situation, each time on a new loaded collection, of which the query nodes served all segments
before. The writer inserts 100 rows every 0.2 s and has them flushed every second. *Left* is the number of stored segments, at
the moment of the return, that hold rows of the segments from before; one is the best there is. What the writer stored meanwhile
does not count. *Served* is what `GetQuerySegmentInfo` shows at that moment: **right** if all that is left is there, and no
segment that was replaced. *Plans* are all that ran meanwhile. Everything is read from the server's own lists. Seconds are of
one machine.

| situation | who | says | left | served | plans | s |
|---|---|---|---|---|---|---|
"""


@dataclasses.dataclass(frozen=True)
class Situation:
    """`is_held`: another client's job holds the segments. `is_damaged`: the stored file of one is cut, so that its plan fails."""
    title: str
    segments: int
    rows: int = 100
    has_writer: bool = True
    is_held: bool = False
    is_damaged: bool = False

    def server(self):
        environment = {"DATACOORD_COMPACTION_CHECK_INTERVAL": str(HELD_SECONDS)} if self.is_held else None
        return milvus_server.temporary_server(ROOT / "target/e2e", environment=environment)


SITUATIONS = [
    Situation("8 segments, a writer", 8),
    Situation("100 segments, of which a plan takes 30; a writer", 100, 20),
    Situation(f"8 segments that another client's job holds for up to {HELD_SECONDS} s; a writer", 8, is_held=True),
    Situation(f"8 segments that another client's job holds for up to {HELD_SECONDS} s; no writer", 8, has_writer=False, is_held=True),
    Situation("8 segments, of which one cannot be read any more; a writer", 8, is_damaged=True),
]


@dataclasses.dataclass(frozen=True)
class Run:
    said: str
    left: int
    stale: int
    missing: int
    plans: int
    seconds: float

    def served(self):
        if not self.stale and not self.missing:
            return "**right**"
        return ", ".join(f"{count} {what}" for count, what in ((self.stale, "replaced"), (self.missing, "missing")) if count)


def ours(uri, name):
    import milvus_ffi
    import optimize_ffi
    with milvus_ffi.Client(uri) as client:
        return optimize_ffi.optimize(client, name, timeout_ms=600000).status


def others(call):
    def run(uri, name):
        try:
            call(uri, name)
            return "done"
        except Exception as error:
            return f"{type(error).__name__}: {error}"
    return run


PEERS = {
    "pymilvus": others(optimize_peers.pymilvus_optimize),
    "VectorDBBench": others(optimize_peers.vectordbbench_steps),
    "this library": ours,
}


def damage(server, segment):
    """Cuts the stored columns of a segment. The query nodes have them in memory."""
    for file in server.folder.rglob(f"insert_log/*/*/{segment}/*/*"):
        os.truncate(file, file.stat().st_size // 2)


def one(server, situation, number, optimize):
    name = f"run{number}"
    before = loaded(server.uri, name, situation.segments, situation.rows)
    if situation.is_damaged:
        damage(server, min(before))
    with Lists(server.uri) as lists:
        with Writer(server.uri, name, limit=300) if situation.has_writer else contextlib.nullcontext() as writer:
            then = lists.plans()
            if situation.is_held:
                lists.compact(name)
            since = time.monotonic()
            said = optimize(server.uri, name)
            seconds = time.monotonic() - since
            now = Look.at(lists, name)
        assert writer is None or writer.error is None, writer.error
        lists.ask("DropCollection", collection_name=name)
    plans = len({sources for sources, _ in now.plans} - {sources for sources, _ in then})
    return Run(said, len(now.holding(before)), len(now.stale()), len(now.missing(before)), plans, seconds)


def counted(values):
    """Each value with its number of runs, unless all are the same."""
    counts = collections.Counter(values)
    if len(counts) == 1:
        return str(next(iter(counts)))
    return "; ".join(f"{value} ({count} of {len(values)})" for value, count in sorted(counts.items(), key=lambda pair: -pair[1]))


def between(values):
    least, most = min(values), max(values)
    return f"{least:.0f}" if round(least) == round(most) else f"{least:.0f} to {most:.0f}"


def row(situation, who, runs):
    said = counted([run.said if run.said == "done" else f"`{run.said[:160]}`" for run in runs])
    cells = [situation.title, who, said, counted([run.left for run in runs]), counted([run.served() for run in runs]),
             between([run.plans for run in runs]), between([run.seconds for run in runs])]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def rows(situation, count):
    server = situation.server()
    try:
        server.start()
        for who, optimize in PEERS.items():
            yield row(situation, who, [one(server, situation, number, optimize) for number in range(count)])
    finally:
        server.remove()


def main():
    count, words = int(sys.argv[1]) if sys.argv[1:] else RUNS, sys.argv[2:]
    lines = []
    for situation in SITUATIONS:
        if not words or any(word in situation.title for word in words):
            for line in rows(situation, count):
                print(line, end="", flush=True)
                lines.append(line)
    if not sys.argv[1:]:
        PAGE.write_text(HEAD.format(pymilvus=pymilvus.__version__, runs=RUNS) + "".join(lines))
        print("docs/optimize.md is written")


if __name__ == "__main__":
    main()
