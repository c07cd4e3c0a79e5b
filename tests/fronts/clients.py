"""The two clients, each asked for the same, and what it says: compact a collection through a front, and follow the job."""
import ctypes
import dataclasses
import json
import os
import pathlib
import pickle
import re
import signal
import subprocess
import sys
import threading
import time
import traceback

from world import COLLECTION, LIMIT_MS, ROOT, WAIT

sys.path[:0] = [str(ROOT / "tests/e2e"), str(ROOT / "tools")]

import milvus_ffi  # noqa: E402
from loopback_only import bring_loopback_up  # noqa: E402

CLONE_NEWNET = 0x40000000

# How long a wait may last: longer than a server counts as out of reach only for now.
WAIT_MS = 100000


@dataclasses.dataclass
class Said:
    """What a client says of its trigger, or of its wait if that was disturbed."""
    text: str
    seconds: float
    status: str = "OK"
    in_doubt: bool = False
    # Whether it says that the compaction was done.
    is_done: bool = False
    # How much memory it took at most, beyond what there was.
    grew_mb: float = 0


class Ours:
    name = "this library"

    def __init__(self, uri, options):
        self.client = milvus_ffi.Client(uri, options=options)

    def compact(self):
        started = time.monotonic()
        try:
            job = self.client.compact(COLLECTION, timeout_ms=LIMIT_MS)
        except milvus_ffi.MilvusError as error:
            return None, Said(error.message, time.monotonic() - started, error.status, error.in_doubt)
        return job, Said("compacted", time.monotonic() - started, is_done=True)

    def wait(self, job):
        started = time.monotonic()
        try:
            report = self.client.wait(job, timeout_ms=WAIT_MS)
        except milvus_ffi.MilvusError as error:
            return Said(error.message, time.monotonic() - started, error.status)
        text = f"{report.verdict_name}; {report.failed_polls} polls failed"
        return Said(text, time.monotonic() - started, is_done=report.verdict_name == "SUCCEEDED")

    def close(self):
        milvus_ffi.lib.milvus_client_free(self.client.handle)


PROGRAM = """
import json, logging, sys, time
from pymilvus import MilvusClient
logging.getLogger("pymilvus").setLevel(logging.CRITICAL)
print("ready", flush=True)
client = None
for line in sys.stdin:
    what, argument, limit = json.loads(line)
    started = time.monotonic()
    try:
        if what == "connect":
            uri, options = argument
            client, said = MilvusClient(uri, timeout=limit, **options), ""
        elif what == "compact":
            said = client.compact(argument, timeout=limit)
        else:
            said = "never over"
            while time.monotonic() < started + limit:
                if client.get_compaction_state(argument, timeout=5) == "Completed":
                    said = "Completed"
                    break
                time.sleep(0.2)
        result = [True, said]
    except Exception as error:
        result = [False, f"{type(error).__name__}: {error}"]
    print(json.dumps(result + [time.monotonic() - started]), flush=True)
"""


class PyMilvus:
    """In a process of its own, which may hang; it gets the time to connect, and again to compact."""
    name = "pymilvus"
    PATIENCE_S = 25

    def __init__(self, uri, options):
        # gRPC sends everything through a proxy of the environment, loopback too.
        proxy = {"grpc_proxy": options["proxy"]} if "proxy" in options else {}
        tls = {"secure": True, "server_pem_path": options["tls.ca_file"], "server_name": "localhost"} if "tls.ca_file" in options else {}
        self.process = subprocess.Popen([sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True, env=os.environ | proxy)
        self.process.stdout.readline()
        self.connected = self._ask("connect", [uri, tls], LIMIT_MS / 1000)

    def _ask(self, what, argument, limit):
        timer = threading.Timer(self.PATIENCE_S + limit, self.process.kill)
        timer.start()
        started = time.monotonic()
        try:
            self.process.stdin.write(json.dumps([what, argument, limit]) + "\n")
            self.process.stdin.flush()
            return json.loads(self.process.stdout.readline())
        except (ValueError, OSError):
            return [False, "hangs", time.monotonic() - started]
        finally:
            timer.cancel()

    def compact(self):
        is_ok, said, seconds = self.connected
        if is_ok:
            is_ok, said, more = self._ask("compact", COLLECTION, LIMIT_MS / 1000)
            seconds += more
        if is_ok:
            return said, Said("compacted", seconds, is_done=True)
        return None, Said(said, seconds, "an exception")

    def wait(self, job):
        is_ok, said, seconds = self._ask("wait", job, WAIT_MS / 1000)
        return Said(str(said), seconds, "OK" if is_ok else "an exception", is_done=is_ok and said == "Completed")

    def close(self):
        self.process.stdin.close()
        self.process.kill()
        self.process.wait(10)
        self.process.stdout.close()


def most_memory_mb():
    """The most that this process ever had in memory."""
    status = pathlib.Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024


def in_a_network_of_its_own(work):
    """Runs it in a child process, in a network that has nothing but loopback where the system allows that, and returns
    what it returns."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(300)  # a row that hangs fails
        try:
            if ctypes.CDLL(None).unshare(CLONE_NEWNET) == 0:
                bring_loopback_up()
            ended = True, work()
        except BaseException:  # the parent raises it
            ended = False, traceback.format_exc()
        with os.fdopen(writing, "wb") as file:
            pickle.dump(ended, file)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as file:
        ended = file.read()
    os.waitpid(child, 0)
    assert ended, "it hangs"
    is_done, result = pickle.loads(ended)
    assert is_done, result
    return result


def run(row, make):
    """As below, in a network of its own."""
    return in_a_network_of_its_own(lambda: _run(row, make))


def _run(row, make):
    """(what the client says, how many triggers the server got). `make` takes a URI and the row's options."""
    before = most_memory_mb()
    with row.stand() as (behind, uri, disturb):
        client = make(uri, row.options | behind.options)
        try:
            job, said = client.compact()
            if disturb and job is not None:
                ended = []
                waiting = threading.Thread(target=lambda: ended.append(client.wait(job)))
                waiting.start()
                disturb()
                waiting.join()
                said = ended[0]
        finally:
            client.close()
        said.grew_mb = most_memory_mb() - before
        return said, behind.triggers()


def judged(row, said, triggers):
    """Whether what this library says of its trigger is true, given how many the server got."""
    if said.is_done:
        return "right" if triggers == 1 else "wrong"
    if said.in_doubt:
        return "right" if row.in_doubt else "wrong"
    # A wait that fails says nothing about its trigger.
    return "right" if triggers == 0 or row.moment == WAIT else "wrong"


def ours(uri, options):
    return Ours(uri, options)


def pymilvus(uri, options):
    return PyMilvus(uri, options)
