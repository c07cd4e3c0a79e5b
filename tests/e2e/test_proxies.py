"""Forward proxies, real and false, in a network of its own; see proxies.py."""
import json
import subprocess
import sys

import pytest
from conftest import ROOT

NUMBER_OF_CASES = 39


@pytest.fixture(scope="module")
def rows():
    program = [sys.executable, ROOT / "tools/loopback_only.py", sys.executable, ROOT / "tests/e2e/proxies.py"]
    done = subprocess.run(program, stdout=subprocess.PIPE, text=True, timeout=580, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize("index", range(NUMBER_OF_CASES))
def test_what_a_proxy_does_is_told(rows, index):
    assert len(rows) == NUMBER_OF_CASES
    case, ours, pymilvus = rows[index]["case"], rows[index]["ours"], rows[index]["pymilvus"]
    said = f"{case['title']}: {ours} {pymilvus}"
    assert (ours["status"], ours["in_doubt"], ours["through"]) == (case["status"], False, case["through"]), said
    assert case["names"] in ours["message"] and ours["seconds"] < 10, said
    assert "s3cret" not in ours["message"] and "wr0ng" not in ours["message"], said
    # Where this library goes through the proxy, or does not, pymilvus does the same, but for loopback and zones.
    if case["environment"] and case["status"] == "OK" and case["title"] != "environment: loopback":
        assert pymilvus["message"].startswith("compacted") and bool(pymilvus["through"]) == bool(case["through"]), said
