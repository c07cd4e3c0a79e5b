"""Some random schedules of faults against a real server; tools/deep.sh plays many (schedules.py)."""
import os
import pathlib
import re
import subprocess
import sys

SCHEDULES = pathlib.Path(__file__).with_name("schedules.py")
# Ends what hangs, with what was said until then: lives take half a minute each.
LIMIT_S = 900


def test_whatever_the_library_says_through_random_faults_is_true():
    environment = {**os.environ, "SCHEDULES": "3", "SCHEDULE_SEED": "872"}
    done = subprocess.run([sys.executable, str(SCHEDULES)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=LIMIT_S, check=False)
    assert done.returncode == 0, done.stdout
    counts = {what: int(count) for what, count in re.findall(r"^(.*): (\d+)$", done.stdout, re.M)}
    for what in ("operation: compact", "server: triggers", "server: plans merged", "router: delayed", "router: dropped", "verdict: SUCCEEDED"):
        assert counts.get(what, 0) > 0, f"nothing was tried: {what}\n{done.stdout}"


def test_a_system_without_networks_of_its_own_is_told_what_is_missing(tmp_path):
    refuses = tmp_path / "unshare"
    refuses.write_text("#!/bin/sh\nexit 1\n")
    refuses.chmod(0o755)
    done = subprocess.run([sys.executable, str(SCHEDULES)], env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}, text=True,
                          capture_output=True, check=False)
    assert done.returncode == 1
    assert "networks of their own and TUN devices" in done.stderr and done.stderr.count("\n") == 1
