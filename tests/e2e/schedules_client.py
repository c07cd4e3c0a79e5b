"""The client's end of a life: a process in a network of its own, whose threads call the library as a seed says.

usage: schedules_client.py DESCRIPTOR: a socket on which it sends its network device, then a line of JSON for each begin
and end of a call; and reads its orders, a line of JSON each.
"""
import contextlib
import ctypes
import faulthandler
import json
import os
import pathlib
import random
import socket
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))

import schedules_network  # noqa: E402
from milvus_ffi import (  # noqa: E402
    CONSTANTS, NO_TIMEOUT, Client, Future, ManyParams, ManyResult, MilvusError, check, lib, name_of, status_name)

DEVICE = "client0"
LIMITS_MS = (1, 30, 200, 600, 1500, 4000, 10000)
# A future that is over or cancelled, or whose client is closed, is over long before.
PATIENCE_MS = 90000


class Channel:
    """Tells the world what happens, from any thread."""

    def __init__(self, descriptor):
        self.socket = socket.socket(fileno=descriptor)
        self.lock = threading.Lock()

    def tell(self, **event):
        with self.lock:
            self.socket.sendall(json.dumps(event).encode() + b"\n")

    def orders(self):
        return (json.loads(line) for line in self.socket.makefile())


def failure(error):
    """A MilvusError, or a milvus_error struct, as the world gets it."""
    if isinstance(error, MilvusError):
        return {"status": error.status, "in_doubt": error.in_doubt, "message": error.message, "resolution": error.resolution,
                "found": error.job_id}
    return {"status": status_name(error.status), "in_doubt": bool(error.in_doubt), "message": error.message.decode(),
            "resolution": name_of("RESOLUTION", error.resolution), "found": error.job_id}


def said(report):
    """What a report claims."""
    counts = report.counts
    return {"verdict": name_of("VERDICT", report.verdict), "planned": report.planned, "completed": counts.completed,
            "failed": counts.failed, "timed_out": counts.timed_out, "unknown": report.unknown_plans}


class Worker:
    """One thread's plan. All workers of a life share a client, names and jobs; `number` names its calls."""

    def __init__(self, life, number, client):
        self.life, self.number, self.client = life, number, client
        self.random = random.Random(f"{life.seed}/{number}")
        self.calls = 0

    def call(self, work, operation, limit_ms, **facts):
        """Runs a call and tells of it; gives what it returned, or None."""
        call = f"{self.number}.{self.calls}"
        self.calls += 1
        trace = f"{self.random.getrandbits(128) | 1:032x}"
        check(lib.milvus_thread_set_metadata(b"traceparent", f"00-{trace}-{trace[:15]}1-01".encode()))
        self.life.channel.tell(call=call, begin=time.time(), operation=operation, limit_ms=limit_ms, trace=trace, **facts)
        result = {"status": "OK"}
        try:
            result |= work() or {}
        except MilvusError as error:
            result |= failure(error)
            if error.report is not None:
                result |= said(error.report)
        self.life.channel.tell(call=call, end=time.time(), **result)
        return result

    def run_until(self, end):
        steps = (self.compact, self.compact, self.compact_and_wait, self.compact_and_wait, self.wait, self.asynchronously,
                 self.asynchronously, self.many, self.state, self.plans, self.segments, self.check, self.token,
                 self.close_in_the_middle)
        while time.time() < end:
            self.random.choice(steps)()
            time.sleep(self.random.choice([0, 0, 0.05, 0.3]))

    def limit(self):
        return self.random.choice(LIMITS_MS)

    def name(self):
        """Mostly one of a collection that was there at first, and may be still."""
        return self.random.choice(self.life.names if self.random.random() < 0.3 else self.life.names[:4])

    def job(self):
        """One of the latest, or None."""
        return self.random.choice(self.life.jobs[-8:]) if self.life.jobs else None

    def compact(self, name=None, limit=None):
        name = name or self.name()
        limit = limit or self.random.choice([*LIMITS_MS, NO_TIMEOUT])
        result = self.call(lambda: {"job": self.client.compact(name, timeout_ms=limit)}, "compact", limit, name=name)
        if result.get("job", 0) > 0:
            self.life.jobs.append(result["job"])
        elif result.get("in_doubt") and self.random.random() < 0.7:
            time.sleep(self.random.choice([0, 0.3, 2]))
            self.call(lambda: self.resolved(name), "resolve", 5000, name=name)
        return result

    def resolved(self, name):
        found = self.client.resolve(name, timeout_ms=5000)
        return {"resolution": found.state_name, "found": found.job_id, "message": found.text.decode()}

    def wait(self, job=None, limit=None):
        job, limit = job or self.job(), limit or self.limit()
        if job is not None:
            return self.call(lambda: said(self.client.wait(job, limit)), "wait", limit, job=job)
        return None

    def compact_and_wait(self):
        result = self.compact()
        if result.get("job", 0) > 0:
            self.wait(result["job"])

    def started(self, client):
        """A function that starts an operation, and what to tell of it."""
        limit, job = self.limit(), self.job()
        if job is None or self.random.random() < 0.6:
            name = self.name()
            return lambda: client.compact_async(name, limit), {"operation": "compact_async", "limit_ms": limit, "name": name}
        return lambda: client.wait_async(job, limit), {"operation": "wait_async", "limit_ms": limit, "job": job}

    def outcome(self, future, operation):
        """How an operation that was started ended."""
        status = future.wait(PATIENCE_MS)
        result = {"status": status}
        if status != "OK":
            result |= failure(future.error())
        if operation == "wait_async" and (status == "OK" or status in ("COMPACTION_FAILED", "OUTCOME_UNKNOWN")):
            result |= said(future.report())
        elif operation == "compact_async" and status == "OK":
            result["job"] = future.job_id()
            self.life.jobs.append(result["job"])
        return result

    def asynchronously(self):
        start, facts = self.started(self.client)

        def work():
            future = start()
            how = self.random.choice(["wait", "wait", "cancel", "abandon"])
            if how == "wait":
                return self.outcome(future, facts["operation"])
            time.sleep(self.random.choice([0, 0.002, 0.01, 0.1, 0.5]))
            if how == "cancel":
                future.cancel()
                return self.outcome(future, facts["operation"])
            return {"status": "ABANDONED"}
        self.call(work, **facts)

    def many(self):
        names = self.random.sample(self.life.names, self.random.randint(1, len(self.life.names)))
        limit = self.random.choice([600, 4000, 10000])
        self.call(lambda: compact_many(self.client, names, limit, self.random.randint(0, 3), self.random.random() < 0.5),
                  "compact_many", limit, names=names)

    def state(self):
        if job := self.job():
            def work():
                counts = self.client.state(job, 3000).counts
                return {"completed": counts.completed, "failed": counts.failed, "timed_out": counts.timed_out}
            self.call(work, "state", 3000, job=job)

    def plans(self):
        if job := self.job():
            def work():
                plans, judged = self.client.plans(job, 3000), self.client.judgements(job, 3000)
                # Two questions: a plan that ends between them has another judgement.
                return {"plans": plans, "judgements": [what for what, _ in judged]}
            self.call(work, "plans", 6000, job=job)

    def segments(self):
        name = self.name()
        self.call(lambda: {"segments": sorted(self.client.segments(name, timeout_ms=3000))}, "segments", 3000, name=name)

    def check(self):
        name = self.name()
        self.call(lambda: {"expected": self.client.check(name, timeout_ms=3000).expected_segments}, "check", 3000, name=name)

    def token(self):
        # The server has no users: it takes any.
        self.call(lambda: self.client.set_token(f"root:{self.random.getrandbits(32)}"), "set_token", 0)

    def close_in_the_middle(self):
        """Operations of a client of their own, which is closed while they run."""
        with Client(self.life.uri) as client:
            ends = []
            for _ in range(self.random.randint(1, 3)):
                start, facts = self.started(client)
                begun, may_end = threading.Event(), threading.Event()

                def run(worker, start=start, facts=facts, begun=begun, may_end=may_end):
                    def work():
                        try:
                            future = start()
                        finally:
                            begun.set()
                        may_end.wait()
                        return worker.outcome(future, facts["operation"])
                    worker.call(work, **facts)
                thread = threading.Thread(target=run, args=(Worker(self.life, f"{self.number}.{self.calls}c", client),))
                self.calls += 1
                thread.start()
                begun.wait()
                ends.append((thread, may_end))
            time.sleep(self.random.choice([0, 0.01, 0.1, 0.5]))
            limit = self.random.choice([1, 100, 2000])
            self.call(lambda: client.close(limit), "close", limit)
            for thread, may_end in ends:
                may_end.set()
                thread.join()


def compact_many(client, names, limit_ms, concurrency, include_final):
    texts = (ctypes.c_char_p * len(names))(*[name.encode() for name in names])
    params = ManyParams(ctypes.sizeof(ManyParams), None, concurrency, 0)
    params.include_final = include_final
    many, found = ctypes.c_void_p(), []
    status = lib.milvus_compact_many(client.handle, texts, len(names), ctypes.byref(params), limit_ms, ctypes.byref(many))
    if status not in (CONSTANTS["OK"], CONSTANTS["SOME_FAILED"]):
        check(status)
    result = {} if status == 0 else failure(lib.milvus_last_error().contents)
    for index in range(lib.milvus_many_list_count(many)):
        one = ManyResult(ctypes.sizeof(ManyResult))
        check(lib.milvus_many_list_get(many, index, ctypes.byref(one)))
        facts = failure(one.error.contents) | {"name": one.collection_name.decode(), "status": status_name(one.status),
                                               "trigger": name_of("TRIGGER", one.trigger), "job": one.job_id}
        found.append(facts | (said(one.report.contents) if one.report else {}))
    lib.milvus_many_list_free(many)
    return result | {"many": found}


class Life:
    def __init__(self, channel, uri, seed, names, threads, seconds):
        self.channel, self.uri, self.seed, self.names, self.threads, self.seconds = channel, uri, seed, names, threads, seconds
        self.jobs = []

    def run(self, over):
        """`over` is set once all faults have ended. The client has to work then, at the latest after a minute."""
        with Client(self.uri) as client:
            end = time.time() + self.seconds
            threads = [threading.Thread(target=Worker(self, number, client).run_until, args=(end,)) for number in range(self.threads)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            over.wait()
            last, deadline = Worker(self, "last", client), time.time() + 60
            while time.time() < deadline:
                result = last.compact("after", 10000)
                if result["status"] == "OK":
                    last.wait(result["job"], 20000)
                    break
                time.sleep(0.5)
            self.channel.tell(after=result["status"], attempts=last.calls)


def end(failed):
    """A thread that fails must not go unseen."""
    threading.__excepthook__(failed)
    os._exit(3)


def main():
    faulthandler.enable()
    threading.excepthook = end
    channel = Channel(int(sys.argv[1]))
    device = schedules_network.open_device(DEVICE, schedules_network.CLIENT_ADDRESS)
    socket.send_fds(channel.socket, [b"\n"], [device])
    orders, over = channel.orders(), threading.Event()
    life = Life(channel, **next(orders))

    def obey():
        for order in orders:
            if "link" in order:
                schedules_network.set_up(DEVICE, order["link"])
            elif "over" in order:
                over.set()
    threading.Thread(target=obey, daemon=True).start()
    with contextlib.suppress(BrokenPipeError):
        life.run(over)
        channel.tell(bye=True)


if __name__ == "__main__":
    main()
