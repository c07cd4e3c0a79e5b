#!/usr/bin/env python3
"""The demo: a real Milvus server, a collection of small segments, the C sample program, before and after.

usage: demo.py SAMPLE_PROGRAM FOLDER
"""
import signal
import subprocess
import sys
import time

import milvus_server
import seed

COLLECTION, SEGMENTS, ROWS = "demo", 8, 1000


def say(text):
    print(f"==> {text}", flush=True)


def show(title, segments):
    say(f"{title}: {len(segments)} segment{'s' if len(segments) != 1 else ''}")
    print(f"    {'segment id':>20}  {'rows':>6}  state")
    for segment in segments:
        state = {3: "sealed", 4: "flushed", 5: "flushing"}.get(segment.state, str(segment.state))
        print(f"    {segment.segmentID:>20}  {segment.num_rows:>6}  {state}")
    print(f"    {'total':>20}  {sum(segment.num_rows for segment in segments):>6}", flush=True)


def run(program, folder):
    say("Starting a real Milvus 2.3.5 server on loopback (the first start unpacks it)")
    # The server's default pace: it looks at its compactions every few seconds.
    server = milvus_server.temporary_server(folder, environment={"DATACOORD_COMPACTION_CHECK_INTERVAL": "3"})
    try:
        started = time.monotonic()
        server.start()
        say(f"It serves at {server.uri} after {time.monotonic() - started:.1f} s")

        say(f'Filling the collection "{COLLECTION}" with {SEGMENTS} times {ROWS} rows, flushed one by one')
        client = seed.connect(server.uri)
        seed.create(client, COLLECTION)
        seed.fill(client, COLLECTION, SEGMENTS, ROWS)
        before = seed.segments_of(client, COLLECTION)
        show("Before", before)

        say(f'Compacting it from C: {program} {server.uri} "" {COLLECTION}')
        status = subprocess.run([program, server.uri, "", COLLECTION], check=False).returncode
        after = seed.segments_of(client, COLLECTION)
        show("After", after)
        rows = [sum(segment.num_rows for segment in segments) for segments in (before, after)]
        if status == 0 and len(after) < len(before) and rows[0] == rows[1]:
            say(f"{len(before)} segments became {len(after)}; no row was lost")
            return 0
        say(f"This is not what should happen: exit status {status}, {rows[0]} rows before and {rows[1]} after")
        return 1
    finally:
        server.remove()
        say("The server is stopped and its data removed")


def main():
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit("demo: interrupted"))
    try:
        return run(*sys.argv[1:])
    except milvus_server.ServerError as error:
        raise SystemExit(f"demo: {error}") from None
    except KeyboardInterrupt:
        raise SystemExit("demo: interrupted") from None


if __name__ == "__main__":
    sys.exit(main())
