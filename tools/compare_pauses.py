#!/usr/bin/env python3
"""Compares pauses between the polls of a job, by the recorded ends of jobs, and by long ones that are made up: how often a job
is asked about, and how late its end is noticed.

usage: compare_pauses.py
"""
import json
import pathlib
import random
import statistics

RECORDINGS = pathlib.Path(__file__).resolve().parents[1] / "tests/recordings"
# Seconds that an answer takes.
LATENCIES = 0.005, 0.15
RUNS = 50
# A job that never ends is asked about for so long.
LIMIT = 10
LONGEST = 2
LONGEST_OF_LONG = 10
OLD = "2.4.24", "2.5.27"


def end(recording):
    """Seconds from the trigger to the end of its job; None: it did not end; KeyError: it was never seen to run."""
    is_triggered, ended = False, {}
    for line in map(json.loads, recording.read_text().splitlines()):
        is_triggered = is_triggered or line.get("note") == "the trigger"
        answer = line.get("response", {})
        if not is_triggered or line.get("rpc") != "GetCompactionState" or answer.get("status", {}).get("code"):
            continue
        if answer.get("state") == "Executing":
            ended["at"] = None
        elif "at" in ended and ended["at"] is None:
            ended["at"] = line["t"]
    return ended["at"]


def ends():
    """Pairs of a version and an end."""
    for recording in sorted(RECORDINGS.glob("*/*.jsonl")):
        try:
            yield recording.parent.name, end(recording)
        except KeyError:
            pass


def pauses(first, part, round_part=0, per_latency=0, first_round_part=None, long_part=0):
    """The longest pause at an age: a part of the age, from a first one on; and a part of a round of the server, with another
    part until the first one has passed, or then a third of the age. Another part of the age can make it longer."""
    def pause(age, latency, version):
        server_round = 3 if version in OLD else 0.5
        young = server_round * round_part
        if first_round_part is None:
            young = min(age / 3, young)
        elif age < server_round:
            young = server_round * first_round_part
        usual = min(max(first, young, age * part, latency * per_latency), LONGEST)
        return max(usual, min(age * long_part, LONGEST_OF_LONG))
    return pause


def follow(pause, latency, version, ended, chance):
    """How many questions it takes, and how late the end is noticed."""
    now, polls = 0.0, 0
    while True:
        polls += 1
        now += latency
        if ended is not None and now - latency * chance.random() >= ended:
            return polls, now - ended
        if ended is None and now > LIMIT:
            return polls, None
        now += pause(now, latency, version) * (1 - chance.random() / 5)


CANDIDATES = {
    "10 ms, 4 % of the age (before)": pauses(0.01, 0.04),
    "50 ms, 6 %": pauses(0.05, 0.06),
    "50 ms, 8 %": pauses(0.05, 0.08),
    "100 ms, 6 %": pauses(0.1, 0.06),
    "100 ms, 8 %": pauses(0.1, 0.08),
    "100 ms, 8 %, 2 latencies": pauses(0.1, 0.08, per_latency=2),
    "100 ms, 1/12, 2 latencies": pauses(0.1, 1 / 12, per_latency=2),
    "100 ms, 10 %, 2 latencies": pauses(0.1, 0.1, per_latency=2),
    "100 ms, 1/12, 2 latencies, 1/8 of a round": pauses(0.1, 1 / 12, 1 / 8, 2),
    "100 ms, 1/12, 2 latencies, 1/6 of a round": pauses(0.1, 1 / 12, 1 / 6, 2),
    "the same, 1/6 from the first": pauses(0.1, 1 / 12, 1 / 6, 2, 1 / 6),
    "the same, 1/4 for one round (chosen)": pauses(0.1, 1 / 12, 1 / 6, 2, 1 / 4),
    "the same, 1/3 for one round": pauses(0.1, 1 / 12, 1 / 6, 2, 1 / 3),
    "100 ms, 1/12, 2 latencies, 1/4 of a round": pauses(0.1, 1 / 12, 1 / 4, 2),
    "100 ms, 10 %, 2 latencies, 1/6 of a round": pauses(0.1, 0.1, 1 / 6, 2),
    "100 ms, 1/12, 3 latencies, 1/6 of a round": pauses(0.1, 1 / 12, 1 / 6, 3),
}


LONG = {
    "2 s (before)": 0,
    "1/120 of the age, up to 10 s": 1 / 120,
    "1/60, up to 10 s (chosen)": 1 / 60,
    "1/30, up to 10 s": 1 / 30,
}
# From so many seconds to so many, every length alike.
LENGTHS = (10, 120), (120, 600), (600, 3600), (2400, 2410)


def middle(late, part):
    return f"{sorted(late)[int(len(late) * part)] * 1000:.0f}"


def long_jobs():
    lengths = " | ".join(f"{shortest} to {longest} s" for shortest, longest in LENGTHS)
    print(f"\nPolls; late, s: half, nine of ten, all\n\n| pauses | {lengths} |\n|---|---|---|---|---|")
    for name, part in LONG.items():
        pause, cells, chance = pauses(0.1, 1 / 12, 1 / 6, 2, 1 / 4, part), [], random.Random(1)
        for shortest, longest in LENGTHS:
            jobs = (shortest * (longest / shortest) ** chance.random() for _ in range(500))
            polls, late = zip(*(follow(pause, LATENCIES[0], "", ended, chance) for ended in jobs))
            late = sorted(late)
            times = ", ".join(f"{late[int(share * (len(late) - 1))]:.1f}" for share in (0.5, 0.9, 1))
            cells.append(f"{statistics.mean(polls):.0f}; {times}")
        print(f"| {name} | {' | '.join(cells)} |")


def main():
    recorded = list(ends())
    print("| pauses | polls a job | late on 2.4, 2.5, ms: half, nine of ten | on 2.6, 3.0 |\n|---|---|---|---|")
    for name, pause in CANDIDATES.items():
        chance, polls, late = random.Random(1), [], {True: [], False: []}
        for version, ended in recorded:
            for latency in LATENCIES:
                for _ in range(RUNS):
                    asked, noticed = follow(pause, latency, version, ended, chance)
                    polls.append(asked)
                    if noticed is not None and latency == LATENCIES[0]:
                        late[version in OLD].append(noticed)
        halves = (f"{middle(late[is_old], 0.5)}, {middle(late[is_old], 0.9)}" for is_old in (True, False))
        print(f"| {name} | {statistics.mean(polls):.1f} | {' | '.join(halves)} |")
    long_jobs()


if __name__ == "__main__":
    main()
