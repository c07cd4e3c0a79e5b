#!/usr/bin/env python3
"""Random schedules of faults between the library and a real Milvus 2.3.5, each with the library's every claim compared
with what the server did. The rules are at the head of schedules_judge.py.

usage: SCHEDULES=<number> SCHEDULE_SEED=<seed> schedules.py; a seed like 7/3 plays the one schedule of that name again.
SCHEDULE_STORY=1 tells what happened in the good ones too.

The seed decides what is done and when; what comes of it depends on the machine too. It needs networks of its own
(unshare) and /dev/net/tun, and says so where the system does not have them.
"""
import collections
import os
import pathlib
import random
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
from loopback_only import bring_loopback_up  # noqa: E402

PRIVATE = ["unshare", "--map-root-user", "--net"]
# The log of a server grows, and so do its data.
LIVES_OF_A_WORLD = 25


def missing():
    """What this system lacks, a sentence; None if nothing."""
    try:
        subprocess.run([*PRIVATE, "unshare", "--net", "test", "-c", "/dev/net/tun"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return ("schedules: they need networks of their own and TUN devices, and this system refuses "
                f"`{' '.join(PRIVATE)}` or has no /dev/net/tun")
    return None


def seeds():
    seed = os.environ.get("SCHEDULE_SEED") or str(random.randrange(10**6))
    print(f"SCHEDULE_SEED={seed}", flush=True)
    return [seed] if "/" in seed else [f"{seed}/{number}" for number in range(int(os.environ.get("SCHEDULES", "4")))]


def tell(life, wrong, world):
    """What is needed to understand a life."""
    print(f"\nThe schedule of SCHEDULE_SEED={life.seed}, {life.schedule.seconds:.1f} s:\n{life.schedule}\n\nWhat happened:")
    print("\n".join(life.story()))
    if life.client_words:
        print(f"\nThe client's last words:\n{life.client_words[-4000:]}")
    if wrong:
        kept = world.server.folder.parent / f"schedules-{life.seed.replace('/', '-')}.log"
        kept.write_text("\n".join(life.log))
        print(f"\nWhat is wrong (the server's log is kept as {kept}):")
        print("\n".join(wrong), flush=True)


def counts(life):
    """How much of what there was in a life."""
    calls, jobs = life.told.calls, life.facts.jobs.values()
    found = collections.Counter(f"fault: {fault.kind}" for fault in life.schedule.network + life.schedule.server)
    found.update(f"operation: {call['operation']}" for call in calls)
    found.update(f"status: {call.get('status')}{' (in doubt)' if call.get('in_doubt') else ''}" for call in calls)
    found.update(f"in doubt: {call['operation']}, {'started' if life.facts.jobs_of(call['trace']) else 'nothing'}" for call in calls
                 if call.get("in_doubt"))
    found.update(f"verdict: {said['verdict']}" for call in calls for said in [call, *call.get("many", ())] if "verdict" in said)
    found.update({f"router: {what}": count for what, count in life.counts.items()})
    found.update({"server: triggers": len(life.facts.triggers), "server: jobs with plans": sum(bool(job.plans) for job in jobs),
                  "server: plans": sum(len(job.plans) for job in jobs), "server: plans merged": len(life.facts.completed)})
    return found


def main():
    from schedules_plan import PACES
    from schedules_world import Life, World
    failed, total, played, beyond = [], collections.Counter(), seeds(), 0
    for first in range(0, len(played), LIVES_OF_A_WORLD):
        with World(random.Random(played[first].split("/")[0]).choice(PACES)) as world:
            for seed in played[first:first + LIVES_OF_A_WORLD]:
                life, began = Life(world, seed), time.monotonic()
                try:
                    wrong = life.play()
                except Exception:
                    print(f"{seed} cannot be played to its end:\n" + "\n".join(life.story()))
                    raise
                counted = counts(life)
                beyond = max([beyond, *(call["end"] - call["begin"] - call["limit_ms"] / 1000 for call in life.told.calls
                                        if "end" in call and call["limit_ms"] > 0)])
                total.update(counted)
                print(f"{seed}: {len(life.told.calls)} calls, {sum(counted[key] for key in counted if key.startswith('fault'))} faults, "
                      f"{len(life.facts.triggers)} triggers, {time.monotonic() - began:.0f} s: {len(wrong) or 'nothing'} wrong", flush=True)
                if wrong:
                    failed.append(seed)
                if wrong or os.environ.get("SCHEDULE_STORY"):
                    tell(life, wrong, world)
    print("\n".join(f"{what}: {count}" for what, count in sorted(total.items())))
    print(f"a call ended {beyond:.2f} s beyond its limit at most")
    print(f"{len(played)} schedules, {len(failed)} with something wrong{': ' if failed else ''}{', '.join(failed)}")
    sys.exit(bool(failed))


if __name__ == "__main__":
    if sys.argv[1:] == ["--inside"]:
        bring_loopback_up()
        main()
    elif sentence := missing():
        sys.exit(sentence)
    else:
        os.execvp(PRIVATE[0], [*PRIVATE, sys.executable, os.path.abspath(__file__), "--inside"])
