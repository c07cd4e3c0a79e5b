#!/usr/bin/env python3
"""A private, real Milvus standalone server on loopback, from the PyPI package `milvus`: 2.3.5, or 2.2.16.

Used by the demo and the end-to-end tests. The server's data lies in a folder of its own; its 246 MiB of
programs are unpacked once per parent folder. It stops with the `with` block it was started in.
"""
import contextlib
import ctypes
import fcntl
import importlib.util
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

PORTS = ["proxy_port", "proxy_internal_port", "query_coord_port", "query_node_port", "index_coord_port",
         "index_node_port", "root_coord_port", "data_coord_port", "data_node_port", "etcd_port", "etcd_peer_port",
         "metrics_port"]
COMPONENTS = ["rootCoord", "proxy", "queryCoord", "queryNode", "indexNode", "dataCoord", "dataNode"]
# Compacts within a fifth of a second, and only when asked. A server that stands still for longer than its
# session's time to live (frozen by a test, or with the whole machine) ends itself: nothing here stands so long.
SESSION_TTL_SECONDS = 120
QUICK_ENVIRONMENT = {"DATACOORD_COMPACTION_CHECK_INTERVAL": "0.2"}
QUICK_SETTINGS = {
    "dataCoord.compaction.enableAutoCompaction": False,
    "dataCoord.segment.assignmentExpiration": 50,
    "proxy.timeTickInterval": 50,
    "common.session.ttl": SESSION_TTL_SECONDS,
}
# For a server that is killed and started again: what the dead one held is soon free.
KILLED_AND_STARTED = {"common.session.ttl": 5}
# 2.2 reads whole seconds, and knows some settings from the environment only.
QUICK_ENVIRONMENT_2_2 = {
    "DATACOORD_COMPACTION_CHECK_INTERVAL": "1",
    "DATACOORD_COMPACTION_ENABLEAUTOCOMPACTION": "false",
    "DATACOORD_SEGMENT_ASSIGNMENTEXPIRATION": "50",
    "PROXY_TIMETICKINTERVAL": "50",
    "COMMON_SESSION_TTL": str(SESSION_TTL_SECONDS),
}
ROOT = pathlib.Path(__file__).resolve().parents[1]


class ServerError(Exception):
    """The server cannot be started; the text says why."""


_blocks_given = set()
_giving = threading.Lock()


def _free_port_block(count):
    """The first of `count` neighbouring ports of loopback that are all free, and not given to another server of
    this process, which may not have opened them yet. Processes begin far from each other."""
    blocks = range(20000, 32000 - count, count)
    start = os.getpid() * 37 % len(blocks)
    with _giving:
        for base in [*blocks[start:], *blocks[:start]]:
            if base in _blocks_given:
                continue
            with contextlib.ExitStack() as held:
                try:
                    for port in range(base, base + count):
                        probe = held.enter_context(socket.socket())
                        probe.bind(("127.0.0.1", port))
                    _blocks_given.add(base)
                    return base
                except OSError:
                    continue
    raise ServerError("no twelve neighbouring free ports between 20000 and 32000 on loopback")


def _trust_port(self, port):
    """In place of the package's own probe, which trips over ports that were in use a moment ago."""
    probe = socket.socket()
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    for _ in range(100):
        try:
            probe.bind(("127.0.0.1", port))
            return probe
        except OSError:
            time.sleep(0.05)
    return None


def _end_with_parent():
    """In the new process: be killed when the one that started it ends, however that ends."""
    if sys.platform == "linux":
        PR_SET_PDEATHSIG = 1
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _package(version):
    """The Python package of a version: 2.3.5 is installed, another lies in a folder of its own."""
    missing = ServerError(f"the Python package milvus {version} is missing; `tools/setup.sh tests` installs it where it "
                          "exists: Python 3.8 to 3.13 on x86_64 Linux")
    if version == "2.3.5":
        try:
            import milvus
        except ImportError:
            raise missing from None
        return milvus
    file = ROOT / f"target/milvus-{version}/milvus/__init__.py"
    if not file.exists():
        raise missing
    spec = importlib.util.spec_from_file_location(f"milvus_{version.replace('.', '_')}", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class MilvusServer:
    """One server. `settings` are its configuration keys, `environment` what those cannot reach."""

    def __init__(self, folder, settings=None, environment=None, version="2.3.5"):
        self.folder = pathlib.Path(folder).resolve()
        self.version = version
        is_2_2 = version.startswith("2.2.")
        self.settings = dict({} if is_2_2 else QUICK_SETTINGS, **(settings or {}))
        self.environment = dict(QUICK_ENVIRONMENT_2_2 if is_2_2 else QUICK_ENVIRONMENT, **(environment or {}))
        self.base = _free_port_block(len(PORTS))
        self.process = None
        self.has_served = False

    @property
    def uri(self):
        return f"http://127.0.0.1:{self.base}"

    @property
    def port(self):
        return self.base

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self, wait=True):
        """Starts the server and waits until it serves. The port opens long before that."""
        self._launch()
        if not wait:
            return
        try:
            self.wait_until_healthy()
        except ServerError:
            if self.has_served or self.process.poll() is None:
                raise
            # Somebody else took a port between the look at it and the start: once more, from scratch.
            shutil.rmtree(self.folder)
            self.base = _free_port_block(len(PORTS))
            self._launch()
            self.wait_until_healthy()

    def _launch(self):
        self._configure()
        environment = dict(os.environ, **self.environment, DEPLOY_MODE="STANDALONE",
                           METRICS_PORT=str(self.base + PORTS.index("metrics_port")),
                           ETCD_CONFIG_PATH=str(self.folder / "configs/etcd.yaml"),
                           MILVUS_RUN_DIR=str(self.folder / "run"), LD_LIBRARY_PATH=str(self.folder / "bin"))
        with open(self.folder / "logs/stdout.log", "ab") as out, open(self.folder / "logs/stderr.log", "ab") as err:
            # Its own session: a Ctrl-C in the terminal ends this program, and this program then the server,
            # as does the kernel if this program is killed.
            self.process = subprocess.Popen([str(self.folder / "bin/milvus"), "run", "standalone"], cwd=self.folder,
                                            env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                            start_new_session=True, preexec_fn=_end_with_parent)

    def wait_until_healthy(self, limit=90):
        url = f"http://127.0.0.1:{self.base + PORTS.index('metrics_port')}/healthz"
        deadline = time.monotonic() + limit
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise ServerError(f"milvus ended with status {self.process.returncode}: {self._last_words()}")
            with contextlib.suppress(OSError):
                # Before it has begun to start anything, it says OK too: its port has to be open first.
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                with urllib.request.urlopen(url, timeout=1) as reply:
                    if b"OK" in reply.read():
                        self.has_served = True
                        return
            time.sleep(0.05)
        raise ServerError(f"milvus did not serve within {limit} s: {self._last_words()}")

    def _last_words(self):
        """The end of its logs, which may be removed with its folder."""
        texts = [(self.folder / "logs" / name).read_text(errors="replace") for name in ("stdout.log", "stderr.log")]
        return " ... ".join(text[-1500:] for text in texts)

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        """As a crash: no chance to clean up."""
        self.process.kill()
        self.process.wait()

    def stop(self):
        """Asks it to end, asks again, and ends it."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGCONT)
        for request, patience in ((signal.SIGTERM, 2), (signal.SIGTERM, 15), (signal.SIGKILL, 15)):
            self.process.send_signal(request)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(patience)
                return

    def remove(self):
        """Ends it at once, since its data goes with it."""
        if self.process is not None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _configure(self):
        package = _package(self.version)
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "logs").mkdir(exist_ok=True)
        programs = self.folder.parent / f"milvus-bin-{self.version}"
        programs.mkdir(exist_ok=True)
        with contextlib.suppress(FileExistsError):
            (self.folder / "bin").symlink_to(programs)
        package.MilvusServerConfig.try_bind_port = _trust_port
        ports = {name: self.base + index for index, name in enumerate(PORTS[:10])}
        config = package.MilvusServerConfig(data_dir=str(self.folder), **ports)
        if not self.version.startswith("2.2."):
            for component in COMPONENTS:
                config.set(f"{component}.ip", "127.0.0.1")  # else they advertise the machine's network address
        for key, value in self.settings.items():
            config.set(key, value)
        config.resolve()
        # Two processes at once would write the same programs.
        with open(f"{programs}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            package._initialize_data_files(str(self.folder))
        client, peer = (f"http://127.0.0.1:{self.base + PORTS.index(name)}" for name in ("etcd_port", "etcd_peer_port"))
        (self.folder / "configs/etcd.yaml").write_text(
            f"listen-client-urls: {client}\nadvertise-client-urls: {client}\nlisten-peer-urls: {peer}\n"
            f"initial-advertise-peer-urls: {peer}\ninitial-cluster: default={peer}\n")


def temporary_server(parent, **options):
    """A server in a fresh folder below `parent`."""
    pathlib.Path(parent).mkdir(parents=True, exist_ok=True)
    return MilvusServer(tempfile.mkdtemp(prefix="milvus-", dir=parent), **options)
