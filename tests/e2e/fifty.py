#!/usr/bin/env python3
"""Writes docs/fifty.md: fifty collections of a real server, compacted by a loop of pymilvus, by the same loop with ids, and by
milvus-compact, with what each said and what was true.

usage: fifty.py PROGRAM [PAGE]: PROGRAM is the milvus-compact to measure
"""
import asyncio
import collections
import contextlib
import dataclasses
import functools
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests/e2e")]

os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "false"  # as in conftest.py

import milvus_server  # noqa: E402
import peers  # noqa: E402
import pymilvus  # noqa: E402
import seed  # noqa: E402
from pymilvus.grpc_gen import milvus_pb2  # noqa: E402

PAGE = ROOT / "docs/fifty.md"
# How often the loop of pymilvus asks for the jobs that are not over.
PAUSE = 1.0
# A job that is not over by then is counted as it is.
LIMIT = 300
RUNS = int(os.environ.get("FIFTY_RUNS", "3"))
# The pace of a server as it is installed.
PACE = {"DATACOORD_COMPACTION_CHECK_INTERVAL": "3"}
# Seconds of rest before each measurement, which show what processor time the server uses by itself.
QUIET = 5


@dataclasses.dataclass(frozen=True)
class Shape:
    title: str
    name: str
    count: int
    segments: int
    rows: int = 100
    deleted: int = 0
    is_indexed: bool = True


SHAPES = (
    Shape("6 segments", "many", 20, 6),
    Shape("3 segments, a third of the rows deleted", "deleted", 10, 3, deleted=100),
    Shape("1 segment: nothing to gain", "one", 10, 1),
    Shape("no rows", "empty", 5, 0),
    Shape("4 segments, no index: 2.3 never compacts it", "bare", 5, 4, is_indexed=False),
)


def names():
    return {f"{shape.name}_{number:02}": shape for shape in SHAPES for number in range(shape.count)}


def fill(client):
    for name, shape in names().items():
        seed.create(client, name, shape.is_indexed)
        if shape.segments:
            seed.fill(client, name, shape.segments, shape.rows)
        if shape.deleted:
            client.load_collection(name)
            client.delete(name, filter=f"id < {shape.deleted}")
            client.flush(name)


def stored(client):
    """From each collection to its segments: their ids and rows."""
    return {name: {segment.segmentID: segment.num_rows for segment in seed.segments_of(client, name)} for name in names()}


class RequestCounter(peers.Peer):
    """Stands before a server, and counts requests: each begins with one HEADERS frame of HTTP/2."""

    PREFACE, FRAME_HEADER, HEADERS = 24, 9, 1

    def __init__(self, port):
        self.count = 0
        super().__init__(functools.partial(self._serve, port), host="127.0.0.1")

    async def _serve(self, port, reader, writer):
        upstream_reader, upstream_writer = await asyncio.open_connection("127.0.0.1", port)
        answers = asyncio.ensure_future(self._answer(upstream_reader, writer))
        try:
            upstream_writer.write(await reader.readexactly(self.PREFACE))
            while True:
                head = await reader.readexactly(self.FRAME_HEADER)
                self.count += head[3] == self.HEADERS
                upstream_writer.write(head + await reader.readexactly(int.from_bytes(head[:3], "big")))
        finally:
            upstream_writer.close()
            answers.cancel()

    @staticmethod
    async def _answer(reader, writer):
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)


class Costs:
    """What a server has done so far: requests, and processor time."""

    def __init__(self, server, counter):
        port = server.base + milvus_server.PORTS.index("metrics_port")
        self.counter, self.url, self.pid = counter, f"http://127.0.0.1:{port}/metrics", server.process.pid

    def requests(self):
        """By their kind, as far as the server's metrics tell them apart; the sum is that of the connections."""
        counts = collections.Counter()
        with urllib.request.urlopen(self.url, timeout=10) as reply:
            for line in reply.read().decode().splitlines():
                if line.startswith("milvus_proxy_req_count{") and 'status="total"' in line:
                    kind = re.search(r'function_name="([^"]*)"', line)
                    counts[kind.group(1)] += int(float(line.rsplit(" ", 1)[1]))
        return counts

    def seconds(self):
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclasses.dataclass
class Cost:
    wall: float
    cpu: float
    asked: int
    kinds: collections.Counter


def measured(server, counter, work):
    """What `work` returns, and what it cost beyond what the server does by itself."""
    costs = Costs(server, counter)
    idle = costs.seconds()
    time.sleep(QUIET)
    idle = (costs.seconds() - idle) / QUIET
    kinds, asked, cpu, start = costs.requests(), counter.count, costs.seconds(), time.monotonic()
    result = work()
    wall = time.monotonic() - start
    asked = counter.count - asked
    return result, Cost(wall, costs.seconds() - cpu - idle * wall, asked, costs.requests() - kinds)


def pymilvus_loop(client, compact=None):
    """Compacts every collection as pymilvus' manual shows. From each collection to what its user reads."""
    compact = compact or client.compact
    said, jobs = {}, {}
    for name in client.list_collections():
        try:
            jobs[name] = compact(name)
        except pymilvus.MilvusException as error:
            said[name] = f"error {error.code}"
    end = time.monotonic() + LIMIT
    while jobs and time.monotonic() < end:
        for name, job in list(jobs.items()):
            state = client.get_compaction_state(job)
            if state == "Completed":
                said[name] = state
                del jobs[name]
        if jobs:
            time.sleep(PAUSE)
    return {**said, **dict.fromkeys(jobs, "Executing")}


def loop_with_ids(client):
    """The same, but it sends the ids of the collections, as SDKs of the server's time do."""
    def compact(name):
        collection = client.describe_collection(name)["collection_id"]
        request = milvus_pb2.ManualCompactionRequest(collectionID=collection)
        answer = client._get_connection()._stub.ManualCompaction(request, timeout=10)
        if answer.status.code or answer.status.error_code:
            raise pymilvus.MilvusException(answer.status.code, answer.status.reason)
        return answer.compactionID
    return pymilvus_loop(client, compact)


class Command:
    def __init__(self, program, uri, folder):
        self.program, self.folder = program, folder
        self.environment = {**os.environ, "MILVUS_URI": uri, "XDG_STATE_HOME": str(folder)}

    def lines(self, *arguments):
        ended = subprocess.run([self.program, *arguments, "--json"], env=self.environment, capture_output=True, text=True,
                               timeout=LIMIT, check=False)
        return [json.loads(line) for line in ended.stdout.splitlines()]

    def survey(self):
        """What it says of each collection."""
        return {line["collection_name"]: line for line in self.lines("survey", "--all")}

    def run(self):
        """From each collection to how it ended."""
        events = self.lines("run", "--all")
        return {event["collection_name"]: event for event in events if event["event"] == "ended"}


SAME = "the same segments"


def truth(before, after):
    """What became of a collection, by the server's own list of segments."""
    return SAME if before.keys() == after.keys() else f"{len(before)} → {len(after)}"


def reported(event):
    """What milvus-compact said of a collection, in the form of `truth`."""
    diff = (event["report"] or {}).get("segment_diff")
    if event["outcome"] != "done" or not diff:
        return event["outcome"].replace("_", " ")
    return f"done: {diff['segments_before']} → {diff['segments_after']}"


def by_shape(values):
    """From each shape to how often each value occurs."""
    counts = {shape: collections.Counter() for shape in SHAPES}
    for name, shape in names().items():
        counts[shape][values.get(name, "not mentioned")] += 1
    return counts


def cell(counts):
    return "; ".join(value if len(counts) == 1 else f"{value} ({count})" for value, count in counts.most_common())


@dataclasses.dataclass
class Run:
    """What somebody said of each collection, what was true, and whether a collection was compacted that nobody named."""
    said: dict
    true: dict
    has_touched_others: bool
    costs: dict

    def unfounded(self):
        """Collections of which "Completed" was said though nothing happened."""
        return sum(said == "Completed" and self.true[name] == SAME for name, said in self.said.items())

    def rewritten(self):
        return sum(true == "1 → 1" for true in self.true.values())

    def belied(self):
        """Collections of which the lists belie what milvus-compact said: whether segments were replaced, and how many there
        were and are."""
        return sum(self.true[name] != SAME if said in ("skipped", "nothing to do") else said != f"done: {self.true[name]}"
                   for name, said in self.said.items())


def watched(work):
    """Runs `work` on a server with the collections, and one in another database that nobody is asked to compact."""
    server = milvus_server.temporary_server(ROOT / "target/e2e", environment=PACE)
    try:
        server.start()
        client = seed.connect(server.uri)
        client.create_database("other")
        other = seed.connect(server.uri, "other")
        seed.create(other, "bystander")
        seed.fill(other, "bystander", 4)
        fill(client)
        before, then = stored(client), seed.ids_of(other, "bystander")
        counter = RequestCounter(server.port)
        said, costs = work(server, counter)
        after = stored(client)
        true = {name: truth(before[name], after[name]) for name in names()}
        return Run(said, true, then != seed.ids_of(other, "bystander"), costs)
    finally:
        server.remove()


def by_pymilvus(loop):
    def work(server, counter):
        said, cost = measured(server, counter, lambda: loop(seed.connect(counter.uri)))
        return said, {"run": cost}
    return watched(work)


def by_command(program):
    def work(server, counter):
        command = Command(program, counter.uri, server.folder)
        survey, survey_cost = measured(server, counter, command.survey)
        said, cost = measured(server, counter, command.run)
        again, again_cost = measured(server, counter, command.run)
        if not survey.keys() == said.keys() == again.keys() == names().keys():
            raise RuntimeError("the survey or a run does not mention every collection")
        said = {name: reported(event) for name, event in said.items()}
        return said, {"survey": survey_cost, "run": cost, "again": again_cost}
    return watched(work)


HEAD = """\
# Fifty collections, three ways

Made by `make fifty`, against a real Milvus 2.3.5 at its usual pace, with pymilvus {pymilvus}. Three servers have the same fifty
collections, and each has one more, in another database, that nobody asks to compact.

- A loop of pymilvus calls `compact()` for each, and asks each job every {pause:.0f} s until it is told `Completed`. It sends names; servers
  before 2.4.18 read only ids, and take a request without one for *every collection of every database*.
- The same loop sends the ids.
- `milvus-compact run --all`.

What was true is what the server's own lists of segments say before and after, read with pymilvus.

## What each said, and what was true

| collections | pymilvus says | true | loop with ids says | true | milvus-compact says | true |
|---|---|---|---|---|---|---|
"""
COSTS = """
- Runs of each: {count}.
- Collections a run of which `Completed` was said and nothing had changed: pymilvus' loop {unfounded}, the loop with ids {unfounded_ids}.
- Segments a run that were rewritten one to one: pymilvus' loop {rewritten}, the loop with ids {rewritten_ids}, milvus-compact {rewritten_ours}.
- Runs in which the collection of the other database was compacted: pymilvus' loop {touched[theirs]}, the loop with
  ids {touched[ids]}, milvus-compact {touched[ours]}.
- Collections of which the lists belie what milvus-compact said (whether segments were replaced, and how many there were before and
  after): {belied} of {claims}.

## What it cost

Each figure is the median of the runs, with the least and the most in brackets where they differ. Requests are counted on the
connections. Processor time is the server's, beyond what it uses by itself.

| | wall time, s | requests | server's processor time, s |
|---|---|---|---|
"""
ROWS = (("theirs", "run", "pymilvus' loop"), ("ids", "run", "the loop with ids"),
        ("ours", "survey", "`milvus-compact survey --all`"), ("ours", "run", "`milvus-compact run --all`"),
        ("ours", "again", "`milvus-compact run --all` once more: what is in its final form is skipped"))


def middle(values, digits=1):
    text = f"{statistics.median(values):.{digits}f}"
    return text if len(set(values)) == 1 else f"{text} ({min(values):.{digits}f}..{max(values):.{digits}f})"


def kinds(costs):
    """By their kinds, a run. The server's metrics leave out those about compactions, versions and the like."""
    total = sum((cost.kinds for cost in costs), collections.Counter())
    told = [f"{kind} {count / len(costs):.0f}" for kind, count in total.most_common() if count >= len(costs)]
    rest = sum(cost.asked for cost in costs) - total.total()
    return ", ".join([*told, f"others {rest / len(costs):.0f}"])


def write(page, runs):
    last = {who: of_one[-1] for who, of_one in runs.items()}
    cells = [by_shape(values) for run in last.values() for values in (run.said, run.true)]
    lines = [HEAD.format(pymilvus=pymilvus.__version__, pause=PAUSE)]
    for shape in SHAPES:
        lines.append(f"| {shape.count} with {' | '.join([shape.title, *(cell(values[shape]) for values in cells)])} |\n")
    count = len(runs["ours"])
    rewritten = {who: middle([run.rewritten() for run in of_one], 0) for who, of_one in runs.items()}
    lines.append(COSTS.format(
        count=count, claims=count * len(names()), belied=sum(run.belied() for run in runs["ours"]), rewritten=rewritten["theirs"],
        rewritten_ids=rewritten["ids"], rewritten_ours=rewritten["ours"],
        unfounded=middle([run.unfounded() for run in runs["theirs"]], 0),
        unfounded_ids=middle([run.unfounded() for run in runs["ids"]], 0),
        touched={who: sum(run.has_touched_others for run in of_one) for who, of_one in runs.items()}))
    costs = [(title, [run.costs[what] for run in runs[who]]) for who, what, title in ROWS]
    for title, each in costs:
        lines.append(f"| {title} | {middle([cost.wall for cost in each])} | {middle([cost.asked for cost in each], 0)} "
                     f"| {middle([cost.cpu for cost in each])} |\n")
    lines.append("\nBy their kinds, a run; the server's metrics do not count those about compactions and versions:\n\n")
    lines.extend(f"- {title}: {kinds(each)}\n" for title, each in costs)
    page.write_text("".join(lines))


def main():
    if len(sys.argv) not in (2, 3):
        raise SystemExit(__doc__)
    page = pathlib.Path(sys.argv[2]) if sys.argv[2:] else PAGE
    ways = {"theirs": lambda: by_pymilvus(pymilvus_loop), "ids": lambda: by_pymilvus(loop_with_ids),
            "ours": lambda: by_command(sys.argv[1])}
    runs = {who: [] for who in ways}
    for number in range(RUNS):
        for who, way in ways.items():
            runs[who].append(way())
            print(f"run {number + 1} of {RUNS}, {who}: {runs[who][-1].costs}", flush=True)
    write(page, runs)
    print(f"{page} is written")


if __name__ == "__main__":
    main()
