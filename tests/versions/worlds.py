"""Servers to be tested alike: real ones, and the scripted one as the versions that cannot be had.

A world makes collections of a kind, and tells what is true of them by other means than this library.
"""
import contextlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests/e2e")]

import milvus_server  # noqa: E402
import seed  # noqa: E402

FAKE = ROOT / "target/debug/milvus-fake"
VERSIONS = ["2.2.16", "2.3.5", "2.4.6", "2.4.17", "2.4.18", "2.5.8", "2.6.3", "2.6.8", "3.0.0", "3.1.0"]
NEWEST = VERSIONS[-1]  # stands for what is newer than any release


def numbers(version):
    return tuple(int(part) for part in version.split("."))


class World:
    """One server. `version` is its number, or "lite"."""
    is_real = True

    @property
    def is_lite(self):
        return self.version == "lite"

    def is_from(self, version):
        return not self.is_lite and numbers(self.version) >= numbers(version)

    def fresh_name(self):
        return f"c{uuid.uuid4().hex[:12]}"

    def row_count(self, name):
        return sum(self.segments(name).values())

    def mergeable(self):
        """A collection of some segments that end as one."""
        return self.collection("small")


class FakeWorld(World):
    """The scripted server, in a process of its own."""
    is_real = False
    # What each kind of collection is called there.
    SCENARIOS = {"small": "succeeds", "empty": "nothing", "unindexed": "unindexed", "slow": "never_ends"}

    def __init__(self, version):
        self.version = version
        text = "milvus_lite-3.2.2" if version == "lite" else f"v{version}"
        self.version_text = text
        self.process = subprocess.Popen([FAKE, "serve", text], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.uri = self.process.stdout.readline().strip()

    def __str__(self):
        return f"played {self.version}"

    def tell(self, command):
        """Has it do something; returns what it answers."""
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        assert not answer.startswith("unknown command"), answer
        return answer

    def collection(self, kind):
        name = self.fresh_name()
        self.tell(f"add {name} {self.SCENARIOS.get(kind, kind)}")
        return name

    def mergeable(self):
        name = self.fresh_name()
        self.tell(f"mergeable {name} 4")
        return name

    def alias(self, name):
        alias = self.fresh_name()
        self.tell(f"alias {alias} {name}")
        return alias

    def segments(self, name):
        """Rows by segment id."""
        pairs = self.tell(f"segments {name}").split(",")
        return {int(key): int(rows) for key, rows in (pair.split(":") for pair in pairs if pair)}

    def settle(self, name):
        """Lets every job go on to its end, whoever asks about it."""
        for _ in range(4):
            self.tell("poll_all")

    def compacted(self):
        return [entry for entry in self.tell("compacted").split(";") if entry]

    def close(self):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


class RealWorld(World):
    """A real server from PyPI."""

    def __init__(self, version, **options):
        self.version = version
        self.version_text = f"v{version}-lite"
        self.server = milvus_server.temporary_server(ROOT / "target/e2e", version=version, **options)
        try:
            self.server.start()
            self.uri = self.server.uri
            self.pymilvus = seed.connect(self.uri)
        except Exception:
            self.server.remove()
            raise

    def __str__(self):
        return f"real {self.version}"

    def collection(self, kind, database=""):
        pymilvus = seed.connect(self.uri, database) if database else self.pymilvus
        name = self.fresh_name()
        seed.create(pymilvus, name, indexed=kind != "unindexed")
        if kind in ("small", "unindexed"):
            seed.fill(pymilvus, name, 4, rows=50)
        return name

    def alias(self, name):
        alias = self.fresh_name()
        self.pymilvus.create_alias(name, alias)
        return alias

    def segments(self, name):
        return {segment.segmentID: segment.num_rows for segment in seed.segments_of(self.pymilvus, name)}

    def settle(self, name):
        """Waits until its segments have not changed for a while, however that came about."""
        seen, since = None, time.monotonic()
        deadline = time.monotonic() + 30
        while time.monotonic() - since < 1 and time.monotonic() < deadline:
            now = self.segments(name)
            if now != seen:
                seen, since = now, time.monotonic()
            time.sleep(0.1)

    def crash(self):
        self.server.kill()
        self.server.start()
        self.pymilvus = seed.connect(self.uri)

    def close(self):
        with contextlib.suppress(Exception):
            self.pymilvus.close()
        self.server.remove()


class LiteWorld(World):
    """A real milvus-lite, as the server that its package brings along."""
    version = "lite"
    version_text = "milvus_lite-3.2.2"

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="lite-", dir=_folder())
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.uri = f"http://127.0.0.1:{port}"
        program = pathlib.Path(sys.executable).parent / "milvus-lite"
        command = [program, "server", "--data-dir", self.folder, "--host", "127.0.0.1", "--port", str(port)]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, start_new_session=True)
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise milvus_server.ServerError("milvus-lite does not start") from None
                time.sleep(0.1)
        self.pymilvus = seed.connect(self.uri)

    def __str__(self):
        return "real milvus-lite 3.2.2"

    def collection(self, kind):
        name = self.fresh_name()
        seed.create(self.pymilvus, name, indexed=kind != "unindexed")
        if kind in ("small", "unindexed"):
            self.pymilvus.insert(name, [{"id": row, "vector": [0.5] * seed.DIMENSION} for row in range(200)])
            self.pymilvus.flush(name)
        return name

    def alias(self, name):
        alias = self.fresh_name()
        self.pymilvus.create_alias(name, alias)
        return alias

    def segments(self, name):
        return {0: int(self.pymilvus.get_collection_stats(name)["row_count"])}

    def settle(self, name):
        pass

    def close(self):
        with contextlib.suppress(Exception):
            self.pymilvus.close()
        self.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def _folder():
    folder = ROOT / "target/e2e"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


# Every server there is, by the name that a test shows.
ALL = {f"played-{version}": lambda version=version: FakeWorld(version) for version in VERSIONS + ["lite"]}
ALL.update({f"real-{version}": lambda version=version: RealWorld(version) for version in ("2.2.16", "2.3.5")})
ALL["real-lite"] = LiteWorld
