#!/usr/bin/env python3
"""The demo: a real Milvus server, many small segments, milvus-compact, and a server that is killed under a job.

usage: demo.py FOLDER [PROGRAM]

It builds milvus-compact, unless PROGRAM is one, while the server starts. Data and the report are below FOLDER.
"""
import contextlib
import itertools
import json
import os
import pathlib
import shlex
import signal
import subprocess
import sys
import threading
import time

import milvus_server
import seed

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ["cargo", "build", "--locked", "--package", "milvus-compact", "--message-format=json"]
# Name, segments, rows of each, and rows that are deleted.
COLLECTIONS = (("documents", 12, 500, 700), ("events", 8, 300, 0), ("users", 5, 200, 0), ("settings", 1, 50, 0))
VICTIM = "documents"
# The longest wait for the end of a job in seconds, far above what it takes.
LIMIT = 60
# The server's default pace, and one at which a job surely runs when the server is killed.
DEFAULT_PACE, SLOW_PACE = ({"DATACOORD_COMPACTION_CHECK_INTERVAL": seconds} for seconds in ("3", "30"))


class DemoError(Exception):
    """A sentence that says what is missing, or what is not as it should be."""


def say(text):
    bold, plain = ("\x1b[1m", "\x1b[0m") if has_colors() else ("", "")
    print(f"{bold}==> {text}{plain}", flush=True)


def has_colors():
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb" and not os.environ.get("NO_COLOR")


class Building(threading.Thread):
    """Builds the command, and says how far it is: no output of the compiler but of an error."""

    def __init__(self):
        super().__init__(daemon=True)
        self.crates, self.program, self.failure, self.started = 0, None, None, time.monotonic()

    def run(self):
        try:
            with subprocess.Popen(BUILD, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as cargo:
                said = []
                reading = threading.Thread(target=lambda: said.extend(cargo.stderr), daemon=True)
                reading.start()
                for line in cargo.stdout:
                    message = json.loads(line)
                    self.crates += message["reason"] == "compiler-artifact"
                    self.program = message.get("executable") or self.program
                reading.join()
            if cargo.returncode:
                self.failure = "".join(said)
        except OSError as error:
            self.failure = f"cargo cannot be started: {error}"

    def wait(self):
        """The program. Shows a line that counts on a terminal, else one sentence."""
        for sign in itertools.cycle("|/-\\"):
            self.join(0.2)
            if not self.is_alive():
                break
            if sys.stdout.isatty():
                took = time.monotonic() - self.started
                print(f"\r    {sign} {self.crates} crates in {took:.0f} s ", end="", flush=True)
        if sys.stdout.isatty():
            print("\r\x1b[K", end="")
        if self.failure or not self.program:
            raise DemoError(f"milvus-compact cannot be built:\n{self.failure}")
        say(f"It is built, {self.crates} crates, {time.monotonic() - self.started:.0f} s after the start")
        return self.program


def fill(uri):
    client = seed.connect(uri)
    for name, segments, rows, deleted in COLLECTIONS:
        seed.create(client, name)
        seed.fill(client, name, segments, rows)
        if deleted:
            client.load_collection(name)
            client.delete(name, filter=f"id < {deleted}")
            client.flush(name)
    return client


def segments_in(client, name):
    """Ids and rows of what is stored."""
    return [(segment.segmentID, segment.num_rows) for segment in seed.segments_of(client, name)]


class Command:
    """milvus-compact, as somebody types it."""

    def __init__(self, program, uri):
        self.program, self.environment = program, dict(os.environ, MILVUS_URI=uri)

    def run(self, *arguments):
        print(f"    $ milvus-compact {shlex.join(arguments)}", flush=True)
        status = subprocess.run([self.program, *arguments], env=self.environment, check=False).returncode
        if status:
            raise DemoError(f"milvus-compact {arguments[0]} ended with the exit status {status}")

    def start(self, *arguments):
        return subprocess.Popen([self.program, *arguments], env=self.environment, stdout=subprocess.PIPE, text=True)


def compact_all(command, client, report):
    say("Which collections are worth compacting?")
    command.run("survey", "--all")
    before = {name: segments_in(client, name) for name, *_ in COLLECTIONS}
    say("Compacting them")
    command.run("run", "--all", "--report", str(report))
    say("What is stored now, from the server's own list")
    for name, segments, rows, deleted in COLLECTIONS:
        after = segments_in(client, name)
        stored = [sum(rows for _, rows in each) for each in (before[name], after)]
        print(f"    {name:<10} {len(before[name]):>3} segments -> {len(after)}, {stored[0]:>5} rows -> {stored[1]}")
        if len(before[name]) != segments or len(after) != 1 or stored[1] != segments * rows - deleted:
            raise DemoError(f"{name} should have become one segment of {segments * rows - deleted} rows")


def said_by_pymilvus(client, job):
    """What a program that follows the manual of pymilvus finds out."""
    deadline, state = time.monotonic() + LIMIT, None
    while state != "Completed":
        if time.monotonic() > deadline:
            raise DemoError(f"pymilvus does not call job {job} completed within {LIMIT} s; the latest state: {state}")
        time.sleep(0.2)
        with contextlib.suppress(Exception):  # pymilvus raises errors of several kinds while a server starts
            state = client.get_compaction_state(job)
    return f'"{state}": done'


def kill_under_a_job(command, server):
    """Has the server die while it compacts. Returns what each side says, and what is true."""
    server.stop()
    server.environment.update(SLOW_PACE)
    server.start()
    client = seed.connect(server.uri)
    seed.fill(client, VICTIM, 6, 100)
    before = segments_in(client, VICTIM)
    following = command.start("run", VICTIM, "--json", "--timeout", f"{LIMIT}s")
    events = (json.loads(line) for line in following.stdout)
    job = next((int(event["job_id"]) for event in events if event["event"] == "triggered"), None)
    if job is None:
        raise DemoError(f"milvus-compact triggered nothing, and ended with the exit status {following.wait()}")
    say(f"Job {job} runs; now the server is killed, and started again")
    server.kill()
    server.start()
    client = seed.connect(server.uri)
    theirs = said_by_pymilvus(client, job)
    ours = next(event for event in events if event["event"] == "ended")
    following.wait()
    after = segments_in(client, VICTIM)
    true = f"nothing was merged: the same {len(after)} segments" if before == after else f"{len(after)} segments are left"
    if before != after or ours["outcome"] == "done":
        raise DemoError(f"the killed server merged {before} to {after}, and milvus-compact says {ours['text']}")
    return theirs, f"{ours['outcome']}: {ours['text']}", true


def side_by_side(theirs, ours, true):
    width = 96
    for who, what in (("pymilvus says", theirs), ("milvus-compact says", ours), ("What was true", true)):
        words, line = iter(what.split()), ""
        lines = []
        for word in words:
            if len(line) + len(word) > width:
                lines.append(line)
                line = ""
            line += f"{word} "
        for number, text in enumerate([*lines, line]):
            print(f"    {who if number == 0 else '':<20} {text.rstrip()}", flush=True)


def run(folder, program=None):
    folder = pathlib.Path(folder)
    building = None if program else Building()
    if building:
        say("Building milvus-compact, which takes two or three minutes the first time")
        building.start()
    say("Starting a real Milvus 2.3.5 server on loopback (the first start unpacks it)")
    server = milvus_server.temporary_server(folder, environment=dict(DEFAULT_PACE),
                                            settings=milvus_server.KILLED_AND_STARTED)
    try:
        server.start()
        say(f"It serves at {server.uri}; filling {len(COLLECTIONS)} collections, flushed batch by batch")
        client = fill(server.uri)
        command = Command(program or building.wait(), server.uri)
        report = folder / "report.html"
        compact_all(command, client, report)
        say("And if the server dies while it compacts?")
        side_by_side(*kill_under_a_job(command, server))
        say(f"The report of the run, for a browser: {report.resolve()}")
        return 0
    finally:
        server.remove()
        say("The server is stopped and its data removed")


def main():
    if len(sys.argv) not in (2, 3):
        raise SystemExit(__doc__)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit("demo: interrupted"))
    try:
        return run(*sys.argv[1:])
    except (milvus_server.ServerError, DemoError, TimeoutError) as error:
        raise SystemExit(f"demo: {error}") from None
    except KeyboardInterrupt:
        raise SystemExit("demo: interrupted") from None


if __name__ == "__main__":
    sys.exit(main())
