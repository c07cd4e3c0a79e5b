#!/usr/bin/env python3
"""The demo: a real Milvus server, many small segments, milvus-compact, and a server that is killed under a job.

usage: demo.py FOLDER [PROGRAM]

It builds milvus-compact, unless PROGRAM is one, and meanwhile installs what it needs, starts the server and fills it. Data
and the report are below FOLDER.
"""
import itertools
import json
import os
import pathlib
import signal
import site
import subprocess
import sys
import threading
import time

from saying import DemoError, say

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ["cargo", "build", "--locked", "--package", "milvus-compact", "--message-format=json"]
# A build that nobody goes on from: what makes the next one faster makes this one slower.
ENVIRONMENT = os.environ | {"CARGO_INCREMENTAL": "0"}


class Building(threading.Thread):
    """Builds the command, and says how far it is: no output of the compiler but of an error."""

    def __init__(self):
        super().__init__(daemon=True)
        self.crates, self.program, self.failure, self.started = 0, None, None, time.monotonic()
        self.cargo = None

    def run(self):
        try:
            with subprocess.Popen(BUILD, cwd=ROOT, env=ENVIRONMENT, text=True, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE) as cargo:
                self.cargo, said = cargo, []
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

    def stop(self):
        """Ends the build, if it still goes on."""
        if self.cargo and self.cargo.poll() is None:
            self.cargo.terminate()

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


def install():
    """Makes the Python environment, and lets this process import from it: it is of the same Python."""
    if subprocess.run([ROOT / "tools/setup.sh"], check=False).returncode:
        raise SystemExit(1)  # it has said why
    packages = ROOT / f"target/venv/lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
    if not packages.is_dir():
        raise DemoError("target/venv is of another version of Python than python3: remove it, and run this again")
    site.addsitedir(str(packages))


def run(folder, program=None):
    building = Building()
    if not program:
        say("Building milvus-compact, which takes a minute or two the first time")
        building.start()
    try:
        install()
        import demo_scenes  # it imports what was installed
        demo_scenes.show(pathlib.Path(folder), lambda: program or building.wait())
    finally:
        building.stop()


def main():
    if len(sys.argv) not in (2, 3):
        raise SystemExit(__doc__)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit("demo: interrupted"))
    try:
        run(*sys.argv[1:])
    except DemoError as error:
        raise SystemExit(f"demo: {error}") from None
    except KeyboardInterrupt:
        raise SystemExit("demo: interrupted") from None


if __name__ == "__main__":
    main()
