"""A real server in a network of its own, and the lives that are played there: a client in another network, a router
between them, and what a schedule does to each. Everything is undone at the end of a life but what the server learnt.
"""
import collections
import concurrent.futures
import contextlib
import json
import os
import pathlib
import random
import signal
import socket
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests/e2e")]

# Else gRPC acts in each process that is forked off to start a server, which can crash it before it is one.
os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "false"
# A proxy that this machine needs for other things knows no network of ours.
for variable in ("grpc_proxy", "https_proxy", "http_proxy"):
    os.environ.pop(variable, None)

import grpc  # noqa: E402
import milvus_server  # noqa: E402
import schedules_judge  # noqa: E402
import schedules_plan  # noqa: E402
import schedules_truth  # noqa: E402
import seed as seeding  # noqa: E402
from pymilvus import MilvusException  # noqa: E402
from pymilvus.grpc_gen import milvus_pb2  # noqa: E402
from schedules_network import SERVER_ADDRESS, Router, open_device  # noqa: E402

# The names that a life's client uses: collections come under the first ones, and move.
NAMES = ("c0", "c1", "c2", "c3", "other")
ALIAS, NOBODY, AFTER = "alias", "nobody", "after"
ROWS = 20
THREADS = 6
# From the last fault to the end of the client: far more than any call may take.
PATIENCE_S = 180
LOADS_AFTER_S = 20
# Of pymilvus.
FAILURES = (MilvusException, grpc.RpcError, TimeoutError)


class World:
    """The server, and this end of the network."""

    def __init__(self, pace):
        self.device = open_device("server0", SERVER_ADDRESS)
        self.server = milvus_server.temporary_server(ROOT / "target/e2e", settings=milvus_server.KILLED_AND_STARTED)
        self.set_pace(pace)
        self.server.start()
        # Nothing can be loaded before the session of a server that crashed has ended.
        self.loads_from = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.remove()
        os.close(self.device)

    def set_pace(self, seconds):
        """How often the server looks after its plans, from its next start."""
        self.server.environment["DATACOORD_COMPACTION_CHECK_INTERVAL"] = str(seconds)

    @property
    def log(self):
        return self.server.folder / "logs/stdout.log"


class Life:
    """One life: `events` is what happened, by the clock of the machine."""

    def __init__(self, world, seed):
        self.world, self.seed, self.server = world, seed, world.server
        self.schedule = schedules_plan.draw(seed)
        self.random = random.Random(f"{seed}/changes")
        self.events, self.calls, self.names, self.rows = [], {}, [], {}
        self.after, self.ended, self.begun = None, threading.Event(), time.time()
        self.counts = collections.Counter()

    def play(self):
        """What is wrong, a sentence each."""
        begin_of_log = self.world.log.stat().st_size
        self.prepare()
        self.note("everything is there")
        ours, theirs = socket.socketpair()
        with open(self.world.server.folder / "client.log", "w+b") as words:
            client = subprocess.Popen(["unshare", "--net", sys.executable, str(ROOT / "tests/e2e/schedules_client.py"), str(theirs.fileno())],
                                      pass_fds=[theirs.fileno()], stderr=words)
            theirs.close()
            try:
                exit_status = self.accompany(client, ours)
            finally:
                client.kill()
                client.wait()
                ours.close()
            words.seek(0)
            self.client_words = words.read().decode(errors="replace")
        self.note("the client has ended")
        truth = self.truth(begin_of_log)
        self.note("the server does nothing more")
        told = schedules_judge.Told(list(self.calls.values()), self.names, self.rows, self.faults_over, self.after, exit_status)
        wrong = schedules_judge.judge(told, truth) + self.miscounted(truth)
        self.note("all is judged")
        self.forget()
        self.note("everything is gone")
        self.told, self.facts = told, truth
        return wrong

    def note(self, text):
        self.events.append((time.time(), text))

    def prepare(self):
        """Fills the collections, all at once: it is mostly waiting."""
        partitions = {name: self.random.choice([[""], [""], ["p", "q"], ["p", "q", "r"]]) for name in NAMES[:4]}
        plans = {name: [(one, self.random.randint(1, 4)) for one in partitions.get(name, [""])] for name in (*NAMES[:4], AFTER)}
        with concurrent.futures.ThreadPoolExecutor() as pool:
            try:
                list(pool.map(self.make, plans, plans.values()))
            except FAILURES:
                # What a server that crashed left behind may stand in the way.
                time.sleep(max(0, self.world.loads_from - time.time()))
                self.forget()
                self.names, self.rows = [], {}
                list(pool.map(self.make, plans, plans.values()))

    def make(self, name, partitions):
        since = time.time()
        with contextlib.closing(seeding.connect(self.server.uri)) as admin:
            seeding.create(admin, name)
            collection = admin.describe_collection(name)["collection_id"]
            for partition, segments in partitions:
                if partition:
                    admin.create_partition(name, partition)
                seeding.fill(admin, name, segments, ROWS, partition)
        self.rows[collection] = sum(segments for _, segments in partitions) * ROWS
        self.names.append(schedules_judge.Name(name, collection, since))

    def accompany(self, client, channel):
        """Plays the schedule beside the client; gives the client's exit status."""
        _, [device], _, _ = socket.recv_fds(channel, 1, 1)
        self.send = lambda **order: channel.sendall(json.dumps(order).encode() + b"\n")
        self.router = Router(self.world.device, device, self.seed)
        threading.Thread(target=self.listen, args=(channel,), daemon=True).start()
        self.send(uri=f"http://{SERVER_ADDRESS}:{self.server.port}", seed=self.seed, names=[*NAMES, ALIAS, NOBODY],
                  threads=THREADS, seconds=self.schedule.seconds)
        self.begun = time.time()
        network = threading.Thread(target=self.disturb_the_network)
        network.start()
        try:
            for fault in self.schedule.server:
                time.sleep(max(0, self.begun + fault.at - time.time()))
                self.disturb_the_server(fault)
            network.join()
            self.serve()
            self.faults_over = time.time()
            self.note("the faults are over")
            with contextlib.suppress(OSError):
                self.send(over=True)
            if not self.ended.wait(PATIENCE_S):
                client.send_signal(signal.SIGABRT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                client.wait(10)
            return "it hangs" if client.returncode is None else client.returncode
        finally:
            network.join()
            self.router.stop()
            self.counts.update(self.router.counts)
            os.close(device)

    def listen(self, channel):
        """Takes what the client tells, until it ends."""
        with contextlib.suppress(OSError, ValueError):
            for line in channel.makefile():
                event = json.loads(line)
                if "call" in event:
                    self.calls.setdefault(event["call"], {}).update(event)
                    self.events.append((event.get("begin", event.get("end")), event))
                elif "after" in event:
                    self.after = event["after"]
        self.ended.set()

    def disturb_the_network(self):
        moments = [(fault.at, True, fault) for fault in self.schedule.network]
        moments += [(fault.at + fault.seconds, False, fault) for fault in self.schedule.network]
        down = 0
        for at, begins, fault in sorted(moments, key=lambda moment: (moment[0], not moment[1])):
            time.sleep(max(0, self.begun + at - time.time()))
            self.note(f"{'begin' if begins else 'end'} of {fault}")
            if fault.kind == "link down":
                down += 1 if begins else -1
                with contextlib.suppress(OSError):
                    self.send(link=down == 0)
            elif begins:
                self.router.begin(fault)
            else:
                self.router.end(fault)

    def disturb_the_server(self, fault):
        self.note(f"begin of {fault}")
        if fault.kind in schedules_plan.CHANGES:
            self.serve()
            self.change(fault.kind)
        elif fault.kind == schedules_plan.FREEZE:
            if self.server.process.poll() is None:
                self.server.signal(signal.SIGSTOP)
                time.sleep(fault.seconds)
                self.server.signal(signal.SIGCONT)
        else:
            if fault.kind == "kill":
                self.server.kill()
            else:
                self.server.stop()
            self.note("the server is gone")
            time.sleep(fault.seconds)
            self.world.loads_from = time.time() + self.server.settings["common.session.ttl"] + LOADS_AFTER_S
            self.server.settings["common.session.ttl"] = fault.amount
            self.world.set_pace(fault.pace)
            self.server.start()
        self.note(f"end of {fault}")

    def serve(self):
        """Starts the server if it has ended itself, as one does that was frozen for longer than its session lives."""
        if self.server.process.poll() is not None:
            self.note(f"the server ended itself with the status {self.server.process.returncode}")
            self.counts["the server ended itself"] += 1
            self.world.loads_from = time.time() + self.server.settings["common.session.ttl"] + LOADS_AFTER_S
            self.server.start()

    def change(self, kind):
        """Does to a collection what somebody else might. What fails may have been done or not."""
        try:
            self.try_to_change(kind)
        except FAILURES as error:
            self.note(f"{kind} failed: {error}")

    def try_to_change(self, kind):
        alive = [name for name in self.names if name.until == float("inf") and name.name in NAMES]
        if not alive:
            return
        with contextlib.closing(seeding.connect(self.server.uri)) as admin:
            name, since = self.random.choice(alive), time.time()
            if kind == "fill":
                rows, self.rows[name.collection] = self.rows[name.collection], None
                seeding.fill(admin, name.name, 2, ROWS)
                self.rows[name.collection] = None if rows is None else rows + 2 * ROWS
                return
            ends = [name]
            if kind == "rename":
                free = self.random.choice([new for new in NAMES if new not in [one.name for one in alive]] or [None])
                if free is None:
                    return
                self.names.append(schedules_judge.Name(free, name.collection, since))
                admin.rename_collection(name.name, free)
            elif kind == "alias":
                ends = [one for one in self.names if one.until == float("inf") and one.name == ALIAS]
                self.names.append(schedules_judge.Name(ALIAS, name.collection, since))
                (admin.alter_alias if ends else admin.create_alias)(name.name, ALIAS)
            else:
                ends = [one for one in self.names if one.until == float("inf") and one.collection == name.collection]
                if any(one.name == ALIAS for one in ends):
                    admin.drop_alias(ALIAS)
                admin.drop_collection(name.name)
            for one in ends:
                one.until = time.time()

    def truth(self, begin_of_log):
        """What the server did in this life, once it does nothing more."""
        admin = seeding.connect(self.server.uri)
        running = milvus_pb2.GetCompactionStateRequest(compactionID=0)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and seeding._call(admin, "GetCompactionState", running).executingPlanNo:
            time.sleep(0.1)
        with open(self.world.log, "rb") as log:
            log.seek(begin_of_log)
            self.log = log.read().decode(errors="replace").splitlines()
        truth = schedules_truth.read(self.log)
        for name in admin.list_collections():
            collection = admin.describe_collection(name)["collection_id"]
            truth.segments[collection] = {segment.segmentID: segment.num_rows for segment in seeding.segments_of(admin, name)}
        admin.close()
        return truth

    def miscounted(self, truth):
        """Rule 8 once more: a collection is loaded, and its rows are counted by who searches them."""
        if time.time() < self.world.loads_from:
            return []
        self.counts["collections loaded and counted"] += 1
        counted = [one for one in self.names if one.until == float("inf") and one.name != ALIAS and self.rows[one.collection]
                   and one.collection in truth.segments]
        name = self.random.choice(counted)
        with contextlib.closing(seeding.connect(self.server.uri)) as admin:
            [name.name] = [known for known in admin.list_collections() if admin.describe_collection(known)["collection_id"] == name.collection]
            admin.load_collection(name.name, timeout=60)
            [found] = admin.query(name.name, filter="", output_fields=["count(*)"], timeout=60)
        rows = self.rows[name.collection]
        return [] if found["count(*)"] == rows else [f"8: {rows} rows went into {name}, {found['count(*)']} are counted"]

    def forget(self):
        with contextlib.closing(seeding.connect(self.server.uri)) as admin:
            for name in admin.list_collections():
                for alias in admin.list_aliases(name)["aliases"]:
                    admin.drop_alias(alias)
                admin.drop_collection(name)

    def story(self):
        """Everything that happened, by its time."""
        for at, event in sorted(self.events, key=lambda event: event[0]):
            if isinstance(event, dict):
                event = f"{event['call']} " + ("begins " if "begin" in event else "ends ") + str(
                    {key: value for key, value in event.items() if key not in ("call", "begin", "end")})
            yield f"{at - self.begun:7.3f} s: {event}"
