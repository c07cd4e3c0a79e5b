"""What the demo shows: milvus-compact beside many small segments, and under a server that is killed."""
import contextlib
import json
import os
import shlex
import subprocess
import time

import milvus_server
import seed
from saying import DemoError, say

# Name, segments, rows of each, and rows that are deleted.
COLLECTIONS = (("documents", 12, 500, 700), ("events", 8, 300, 0), ("users", 5, 200, 0), ("settings", 1, 50, 0))
VICTIM = "documents"
DOOMED = ((VICTIM, 7, 100, 0),)
# The longest wait for the end of a job in seconds, far above what it takes.
LIMIT = 60
# The server's default pace, and one at which a job surely runs when the server is killed.
DEFAULT_PACE, SLOW_PACE = ({"DATACOORD_COMPACTION_CHECK_INTERVAL": seconds} for seconds in ("3", "30"))


def fill(uri, shapes):
    client = seed.connect(uri)
    for name, segments, rows, deleted in shapes:
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


def kill_under_a_job(program, server, client):
    """Has a server die while it compacts. Returns what each side says, and what is true."""
    before = segments_in(client, VICTIM)
    command = Command(program, server.uri)
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


@contextlib.contextmanager
def serving(folder, pace):
    """A server with its pace, as long as the block runs."""
    server = milvus_server.temporary_server(folder, environment=dict(pace), settings=milvus_server.KILLED_AND_STARTED)
    try:
        server.start()
        yield server
    except (milvus_server.ServerError, TimeoutError) as error:
        raise DemoError(str(error)) from error
    finally:
        server.remove()


def show(folder, program):
    """Shows everything on two servers of its own. `program()` is the command, once it is built."""
    report = folder / "report.html"
    say("Starting a real Milvus 2.3.5 server on loopback (the first start unpacks it)")
    with serving(folder, DEFAULT_PACE) as server:
        say(f"It serves at {server.uri}; filling {len(COLLECTIONS)} collections, flushed batch by batch")
        client = fill(server.uri, COLLECTIONS)
        say("Starting a second one, which will be killed")
        with serving(folder, SLOW_PACE) as doomed:
            its_client = fill(doomed.uri, DOOMED)
            built = program()
            compact_all(Command(built, server.uri), client, report)
            say("And if the server dies while it compacts?")
            side_by_side(*kill_under_a_job(built, doomed, its_client))
    say("The servers are stopped and their data removed")
    say(f"The report of the run, for a browser: {report.resolve()}")
