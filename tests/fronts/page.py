#!/usr/bin/env python3
"""Writes the second part of docs/errors.md: every row, through pymilvus and through this library.

usage: page.py [WORD...]: only prints the rows whose titles have one of the words
"""
import importlib.metadata
import re
import sys

import clients
import world

PAGE = world.ROOT / "docs/errors.md"
HEADING = "\n## Fronts and faults\n"
HEAD = """
Made by `make fronts`: what stands between a client and Milvus, or breaks on the way. nginx, haproxy and others come from
Debian, the rest is scripted (`tests/fake`). Each runs in a network of its own. Behind is a played Milvus {version}, which
counts the triggers that it gets. Both clients compact a collection within {limit:g} s; pymilvus {pymilvus} gets that time to connect,
and again to compact. Where the fault is in the wait, both follow the job to its end. Seconds are of one run on one machine, in
halves. *Triggers* is how many the server got; *right* is what this library says of its own: done, not started, or in doubt
where nobody but the server can tell. An exception of pymilvus says none of that.

| front or fault | gets in the way of | this library | s | triggers | of them it says | pymilvus | s | triggers |
|---|---|---|---|---|---|---|---|---|
"""


def halves(seconds):
    return "< 0.5" if seconds < 0.5 else f"{round(seconds * 2) / 2:g}"


def cell(text, limit=260):
    text = " ".join(str(text).split()).replace("|", "\\|").replace("<", "&lt;")
    text = re.sub(r"(127\.0\.0\.1|localhost):\d+", r"\1:19530", text)
    return text if len(text) <= limit else text[:limit] + " ..."


def status(said):
    return "`OK` " if said.status == "OK" else f"`{said.status}` "


def verdict(row, said, triggers):
    if said.is_done:
        what = "done"
    elif row.moment == world.WAIT:
        what = "may go on"
    else:
        what = "in doubt" if said.in_doubt else "not started"
    return f"{what}: {clients.judged(row, said, triggers)}"


def line(row):
    ours, our_triggers = clients.run(row, clients.ours)
    theirs, their_triggers = clients.run(row, clients.pymilvus)
    cells = [row.title, row.moment, status(ours) + cell(ours.text), halves(ours.seconds), our_triggers,
             verdict(row, ours, our_triggers), cell(theirs.text), halves(theirs.seconds), their_triggers]
    return "| " + " | ".join(str(one) for one in cells) + " |\n"


def main():
    words = sys.argv[1:]
    rows = [row for row in world.rows() if not words or any(word in row.title for word in words)]
    lines = []
    for row in rows:
        lines.append(line(row))
        print(lines[-1], end="", flush=True)
    if words:
        return
    head = HEAD.format(version=world.VERSION, limit=world.LIMIT_MS / 1000, pymilvus=importlib.metadata.version("pymilvus"))
    before, _, _ = PAGE.read_text().partition(HEADING)
    PAGE.write_text(before + HEADING + head + "".join(lines))
    print(f"{len(rows)} rows written to docs/errors.md")


if __name__ == "__main__":
    main()
