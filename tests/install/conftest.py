"""What the tests of the installed library share: the staged tree, the scripted server, and running commands."""
import pathlib
import subprocess

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
STAGE = ROOT / "target/stage"
CMAKE = ROOT / "target/venv/bin/cmake"
FAKE = ROOT / "target/debug/milvus-fake"


def run(*command, **options):
    """What a command prints. One that fails fails the test, with all that it said."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, timeout=600, **options)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


class Fake:
    """The scripted server, in a process of its own."""
    arguments = [FAKE, "serve", "2.6.8"]

    def __enter__(self):
        self.process = subprocess.Popen(self.arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.uri = self.process.stdout.readline().strip()
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=20)


@pytest.fixture(scope="session")
def fake():
    with Fake() as server:
        yield server
