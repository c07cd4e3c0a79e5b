#!/usr/bin/env python3
"""Writes docs/recording.md: what a terminal shows while milvus-compact works on a real server, as text, and the page that
it writes, in a browser that is wide, narrow and dark.

usage: recording.py PROGRAM: PROGRAM is the milvus-compact to show
"""
import base64
import fcntl
import os
import pathlib
import pty
import select
import shlex
import struct
import sys
import termios
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tools/docs")]

os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "false"  # as in conftest.py

import milvus_server  # noqa: E402
import pyte  # noqa: E402
from chromium import Chromium  # noqa: E402
from demo_scenes import fill  # noqa: E402

PAGE, FIGURES = ROOT / "docs/recording.md", ROOT / "docs/figures"
COLUMNS, ROWS = 110, 30
# A screen is kept that differs from the one before, and no more often than this.
PAUSE = 1.0
# Every command ends long before.
LIMIT = 120
# Name, segments, rows of each, rows that are deleted.
COLLECTIONS = (("documents", 12, 400, 700), ("events", 8, 300, 0), ("images", 20, 50, 0), ("log_2025", 6, 100, 0),
               ("log_2026", 9, 100, 250), ("settings", 1, 50, 0), ("users", 5, 200, 0))
# Name, width and height in pixels, and whether the browser is dark.
PICTURES = (("wide", 1100, 1700, False), ("narrow", 400, 1700, False), ("dark", 1100, 1700, True))

HEAD = """\
# milvus-compact in a terminal and in a browser

Made by `make recording` on a real Milvus 2.3.5 with the pace of a server as it is installed. The terminal has {columns} columns;
each block is what it shows at that time, in seconds.

"""
PICTURED = """\
## The page of `--report`

From the run above.

{pictures}
"""


class Terminal:
    """A terminal in which one command runs."""

    def __init__(self, environment):
        self.environment = environment

    def run(self, words):
        """Screens with their times: the first with something on it, then each change, and the last."""
        screen = pyte.HistoryScreen(COLUMNS, ROWS, history=1000)
        screen.set_mode(pyte.modes.LNM)
        stream, start = pyte.ByteStream(screen), time.monotonic()
        child, terminal = pty.fork()
        if child == 0:
            os.execvpe(words[0], words, self.environment)
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        frames, latest = [], start
        while True:
            now = time.monotonic()
            if now - start > LIMIT:
                raise TimeoutError(f"{shlex.join(words)} does not end")
            if now - latest >= PAUSE and (text := shown(screen)) and (not frames or same_but_time(text) != same_but_time(frames[-1][1])):
                frames.append((now - start, text))
                latest = now
            if not select.select([terminal], [], [], 0.05)[0]:
                continue
            try:
                data = os.read(terminal, 65536)
            except OSError:  # how Linux tells that nobody writes any more
                break
            if not data:
                break
            stream.feed(data)
        os.close(terminal)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if status:
            raise RuntimeError(f"{shlex.join(words)} ended with the exit status {status}: {shown(screen)}")
        return [*frames, (time.monotonic() - start, shown(screen))]


def shown(screen):
    return "\n".join(line.rstrip() for line in screen.display).strip("\n")


def same_but_time(text):
    """A screen without the seconds that run."""
    return [line for line in text.translate(str.maketrans("", "", "0123456789")).splitlines()]


def pictures(report):
    for name, width, height, is_dark in PICTURES:
        with Chromium(width, height, is_dark) as browser:
            wrong = browser.open(report.as_uri())
            if wrong:
                raise RuntimeError(f"the page complains, or asks the network: {wrong}")
            picture = browser.ask("Page.captureScreenshot", {"format": "png"}, session=True)
            (FIGURES / f"report-{name}.png").write_bytes(base64.b64decode(picture["data"]))
        yield f"![The page, {name}](figures/report-{name}.png)\n"


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    server = milvus_server.temporary_server(ROOT / "target/e2e", environment={"DATACOORD_COMPACTION_CHECK_INTERVAL": "3"})
    lines = [HEAD.format(columns=COLUMNS)]
    try:
        server.start()
        fill(server.uri, COLLECTIONS)
        report = server.folder / "report.html"
        terminal = Terminal({**os.environ, "TERM": "xterm-256color", "MILVUS_URI": server.uri, "XDG_STATE_HOME": str(server.folder),
                             "PATH": f"{pathlib.Path(sys.argv[1]).resolve().parent}:{os.environ['PATH']}"})
        for arguments in (["survey", "--all"], ["run", "--all", "--report", str(report)], ["run", "--all"],
                          ["segments", "documents"]):
            words = ["milvus-compact", *arguments]
            lines.append(f"## `{shlex.join(words).replace(str(report), 'report.html')}`\n\n")
            for at, text in terminal.run(words):
                lines.append(f"{at:.1f} s:\n\n```text\n{text.replace(str(report), 'report.html')}\n```\n\n")
        lines.append(PICTURED.format(pictures="\n".join(pictures(report))))
    finally:
        server.remove()
    PAGE.write_text("".join(lines))
    print("docs/recording.md is written")


if __name__ == "__main__":
    main()
