"""What is said about the compactions that were recorded of real servers. `tests/replay` plays each recording in real time,
once to pymilvus and once to this library; each sends the recorded trigger and waits for the job. What was true is in
`tests/recordings/expected.json`, which `cargo test` goes by too.
"""
import concurrent.futures
import contextlib
import dataclasses
import json
import subprocess
import threading

import worlds

from truth_clients import (DONE, FAILED, GONE, HELD, INSTEAD, LIMIT_S, NOTHING, PARTLY, RUNNING, Ours, PyMilvus, judge)

RECORDINGS = worlds.ROOT / "tests/recordings"
EXPECTED = json.loads((RECORDINGS / "expected.json").read_text())
LINES = sorted(path.name for path in RECORDINGS.iterdir() if path.is_dir())
REPLAY = worlds.ROOT / "target/debug/milvus-replay"
LATENCY_MS = 5
AT_ONCE = 30  # of each client

# What is true where this has to be said. UNSUPPORTED: the server ignores what is asked for.
TRUTHS = {"SUCCEEDED": DONE, "NOTHING_TO_DO": NOTHING, "PARTLY_FAILED": PARTLY, "FAILED": FAILED, "TIMEOUT": RUNNING,
          "COLLECTION_NOT_FOUND": GONE, "COMPACTION_DISABLED": NOTHING, "INVALID_ARGUMENT": NOTHING, "UNSUPPORTED": INSTEAD,
          "NOT_STARTED": INSTEAD, "BUSY": HELD}
# What claims nothing of how a job ended.
UNTOLD = {"UNKNOWN", "OUTCOME_UNKNOWN", "TIMEOUT", "UNAVAILABLE", "NOT_READY"}
NOT_ASKED = "cannot ask"


@dataclasses.dataclass
class Recorded:
    """One recording with a whole story, and what has to be said of it."""
    line: str
    situation: str
    path: object
    what: str
    trigger: dict
    partitions: dict
    seconds: float

    @property
    def key(self):
        return self.line, self.situation

    def expected(self, key, default=None):
        row = EXPECTED[self.situation]
        return row.get("on", {}).get(self.line, {}).get(key, row.get(key, default))

    @property
    def limit(self):
        return self.expected("limit_s", 45)

    def params(self):
        """What the recorded trigger asked for, as this library has it."""
        asked = self.trigger
        params = {"is_clustering": asked.get("majorCompaction", False), "is_l0": asked.get("l0Compaction", False),
                  "target_size_mb": int(asked.get("target_size", 0)), "channel": asked.get("channel"),
                  "partition_name": self.partitions.get(asked.get("partition_id")),
                  "segment_ids": [int(segment) for segment in asked.get("segment_ids", [])]}
        return {name: value for name, value in params.items() if value}


def read(line, path):
    """`None` for a recording without a whole story."""
    lines = [json.loads(text) for text in path.read_text().splitlines()]
    notes = [at for at, entry in enumerate(lines) if entry.get("note") == "the trigger"]
    if not notes:
        return None
    asked = [entry for entry in lines if "rpc" in entry]
    trigger = next(entry["request"] for entry in lines[notes[0]:] if entry.get("rpc") == "ManualCompaction")
    partitions = {}
    for entry in asked:
        if entry["rpc"] == "ShowPartitions" and "response" in entry:
            found = entry["response"]
            partitions.update(zip(found.get("partitionIDs", []), found.get("partition_names", [])))
    return Recorded(line, path.stem, path, lines[0]["truth"], trigger, partitions, max(entry.get("t", 0) for entry in lines))


def recordings():
    """In the order of the table of what has to be said."""
    found = {(line, path.stem): read(line, path) for line in LINES for path in (RECORDINGS / line).glob("*.jsonl")}
    return [found[line, situation] for situation in EXPECTED for line in LINES if found.get((line, situation))]


class Server:
    """One process that plays many recordings, each from the moment of its trigger on."""

    def __init__(self):
        self.process = subprocess.Popen([REPLAY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.lock = threading.Lock()
        self.questions = 0

    def play(self, recorded):
        with self.lock:
            self.process.stdin.write(f"{recorded.path}\t{LATENCY_MS}\n")
            self.process.stdin.flush()
            return self.process.stdout.readline().split()[0]

    def close(self):
        said, _ = self.process.communicate(timeout=20)
        self.questions = sum(int(line.split()[1]) for line in said.splitlines())


@dataclasses.dataclass
class Said:
    words: str      # what is said in short
    truth: str      # what has to be said, or what was true
    judgement: str  # right, unknown, wrong, or that it cannot be asked
    message: str


def ours(uri, recorded):
    expected = recorded.expected("said")
    with contextlib.closing(Ours(uri)) as client:
        words, message, purged = client.tell(recorded.trigger["collection_name"], recorded.limit, **recorded.params())
    is_purged_wrong = purged is not None and purged != recorded.expected("purged", 0)
    if words == expected and not is_purged_wrong:
        judgement = "right"
    else:
        judgement = "unknown" if words in UNTOLD and not is_purged_wrong else "wrong"
    return Said(words, expected, judgement, message + (f" ({purged} rows purged)" if is_purged_wrong else ""))


def pymilvus(uri, recorded):
    params, truth = recorded.params(), TRUTHS[recorded.expected("said")]
    if params.keys() & {"channel", "partition_name", "segment_ids"}:
        return Said(NOT_ASKED, truth, NOT_ASKED, "MilvusClient.compact has no such option")
    with contextlib.closing(PyMilvus(uri)) as client:
        claim, message = client.compact(recorded.trigger["collection_name"], LIMIT_S, recorded.limit, **params)
    return Said(claim, truth, judge(claim, truth), message)


PLAYERS = {PyMilvus.name: pymilvus, Ours.name: ours}


def play(chosen=None, report=lambda recorded, who, said: None):
    """What each says of each recording: by client, then by line and situation; and how much each asked in all."""
    # Those that take long begin first.
    chosen = sorted(chosen or recordings(), key=lambda recorded: -recorded.seconds)
    servers = {who: Server() for who in PLAYERS}
    said = {who: {} for who in PLAYERS}

    def one(who, recorded):
        said[who][recorded.key] = PLAYERS[who](servers[who].play(recorded), recorded)
        report(recorded, who, said[who][recorded.key])

    with contextlib.ExitStack() as stack:
        for server in servers.values():
            stack.callback(server.close)
        pools = {who: stack.enter_context(concurrent.futures.ThreadPoolExecutor(AT_ONCE)) for who in PLAYERS}
        for played in [pools[who].submit(one, who, recorded) for recorded in chosen for who in PLAYERS]:
            played.result()
    return said, {who: server.questions for who, server in servers.items()}
