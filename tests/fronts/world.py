"""What a row of the table has to work with: a played Milvus server, a scripted front before it, fronts from Debian, and
the two clients. A row tells what stands in front, when it gets in the way, and what is to be said of it.

A file `rows_*.py` has the rows of one kind of front, in a list ROWS.
"""
import contextlib
import dataclasses
import importlib
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
FAKE = ROOT / "target/debug/milvus-fake"
# Where tools/fronts.sh unpacks what the system does not have.
UNPACKED = ROOT / "target/fronts/root"
VERSION = "v2.6.19"
COLLECTION = "succeeds"
LIMIT_MS = 3000

# When the front gets in the way.
ALWAYS, TRIGGER, WAIT = "every call", "the trigger", "the wait"


@dataclasses.dataclass
class Row:
    """One front or fault. `stand` is a function that takes the Milvus server behind and yields the URI for clients; or,
    for a fault in the middle of a wait, the URI and a function that causes it."""
    title: str
    moment: str
    stand: object
    status: str = "UNAVAILABLE"
    names: str = ""
    # Whether a trigger is to be in doubt: whether nobody but the server can tell that it has it.
    in_doubt: bool = False
    options: dict = dataclasses.field(default_factory=dict)
    # Not in `make check`, but in `make check-deep`.
    is_slow: bool = False

    @property
    def key(self):
        return "".join(letter if letter.isalnum() else "_" for letter in self.title)


class Played:
    """A program of tests/fake that takes commands."""

    def __init__(self, *arguments):
        # What clients have to set to get here, by this library's names.
        self.options = {}
        self.process = subprocess.Popen([FAKE, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.uri = self.process.stdout.readline().strip()

    @property
    def port(self):
        return int(self.uri.rsplit(":", 1)[1])

    def tell(self, command):
        """Has it do something; returns what it answers."""
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        assert not answer.startswith("unknown"), answer
        return answer

    def triggers(self):
        """How many triggers have come."""
        return int(self.tell("count Trigger"))

    def close(self):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Scripted(Played):
    """A front that is scripted, with a server behind it."""

    def __init__(self):
        super().__init__("front", VERSION)
        self.behind = self.process.stdout.readline().strip()


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def program(name):
    """The command of a front from Debian, and its environment: the system's, or else the unpacked one."""
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if found:
        return found, dict(os.environ)
    unpacked = [UNPACKED / folder / name for folder in ("usr/sbin", "usr/bin")]
    found = next((path for path in unpacked if path.exists()), None)
    assert found, f"{name} is missing; `tools/fronts.sh` fetches it"
    libraries = ":".join(str(UNPACKED / folder) for folder in ("usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu"))
    return str(found), dict(os.environ, LD_LIBRARY_PATH=libraries)


@contextlib.contextmanager
def folder():
    """For the files of a front. Servers that give up root can read it, too."""
    with tempfile.TemporaryDirectory(prefix="front-") as path:
        os.chmod(path, 0o755)
        yield pathlib.Path(path)


def wait_for_port(port, process=None, limit_s=10):
    """Waits until somebody listens."""
    deadline = time.monotonic() + limit_s
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        assert process is None or process.poll() is None, "the front has ended"
        assert time.monotonic() < deadline, f"nobody listens on port {port}"
        time.sleep(0.02)


def stop(process):
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(5)


def rows():
    """Those of every file, in the order of the files' names."""
    here = pathlib.Path(__file__).parent
    if str(here) not in sys.path:
        sys.path.insert(0, str(here))
    found = []
    for path in sorted(here.glob("rows_*.py")):
        found += importlib.import_module(path.stem).ROWS
    return found
