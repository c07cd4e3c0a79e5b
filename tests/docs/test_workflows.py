"""The workflows install what the scripts ask for, which they cannot install themselves there: they do not run as root."""
import re

import pytest
from conftest import ROOT

WORKFLOWS = ROOT / ".github/workflows"


def scripts_packages(name, function=""):
    """The Debian packages that a script asks for, in all or in one of its functions."""
    text = (ROOT / "tools" / name).read_text()
    if function:
        text = re.search(rf"^{function}\(\) \{{\n(.*?)^\}}", text, re.M | re.S)[1]
    # What comes with Ubuntu's clang, whose version the script asks for.
    text = text.replace('"libclang-rt-$(clang -dumpversion | cut -d. -f1)-dev"', "libclang-rt-18-dev")
    lists = re.findall(r"\binstall_packages ([\w .+-]+)", text)
    assert lists, name
    return {package for one in lists for package in one.split()}


def workflows_packages(text):
    """The packages of the one `apt-get install` in a workflow's job."""
    (line,) = re.findall(r"apt-get install -y -qq ((?:[^\n]*\\\n)*[^\n]*)", text)
    return set(line.replace("\\", " ").split())


def job_of(workflow, name):
    text = (WORKFLOWS / f"{workflow}.yml").read_text().split("\njobs:\n")[1]
    return re.search(rf"^  {name}:\n(.*?)(?=^  \w|\Z)", text, re.M | re.S)[1]


PYTHON = {"python3"}  # is there, as a part of the system
TESTS = scripts_packages("setup.sh") - PYTHON


@pytest.mark.parametrize("workflow,job,needed", [
    ("check", "check", TESTS),
    ("check", "site", {"gcc", "g++", "python3-venv"} | scripts_packages("docs.sh", "build")),
    ("deep", "deep", TESTS | scripts_packages("deep.sh")),
    ("portable", "portable", TESTS | scripts_packages("portable.sh")),
    ("release", "release", TESTS),
])
def test_a_workflow_installs_what_its_scripts_ask_for(workflow, job, needed):
    assert workflows_packages(job_of(workflow, job)) == needed


def proofs():
    """The slow proofs, by name, as tools/deep.sh runs them all."""
    return re.search(r"\|\| set -- (.*)", (ROOT / "tools/deep.sh").read_text())[1].split()


def test_the_slow_proofs_run_every_week():
    matrix = re.search(r"proof: \[(.*)\]", job_of("deep", "deep"))[1].split(", ")
    assert matrix == [proof for proof in proofs() if proof != "portable"]


def test_every_slow_proof_is_listed_where_people_read():
    script = (ROOT / "tools/deep.sh").read_text()
    row = re.search(r"^\| one slow proof \| `tools/deep.sh (\w+)` \(or (.*)\) \|$", (ROOT / ".github/CONTRIBUTING.md").read_text(), re.M)
    assert sorted([row[1], *re.findall(r"`(\w+)`", row[2])]) == sorted(proofs())
    assert re.search(r"tools/deep.sh \[(.*)\]\.\.\.", script)[1].split(" | ") == proofs()
    assert re.search(r"^    (model \| .*)\) \$proof ;;$", script, re.M)[1].split(" | ") == [proof for proof in proofs() if proof != "valgrind"]
