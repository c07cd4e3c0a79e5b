"""The samples in C and C++ compile, and what runs every night has what it needs.

Included files are programs of examples-c and bindings, which are built and run with these. tests/e2e/test_readme.py runs
what the quick starts show in C, C++, Go and Java. Nothing runs the samples in the READMEs of the bindings. The files of packaging/jobs are held
against Kubernetes' schema, and of the Dockerfile it is checked that it names what is made: neither runs here.
"""
import re
import subprocess

import pytest
from conftest import ROOT, blocks, written

# From target/lint, where tools/setup.sh puts both.
import kubernetes_validate
import yaml

# As tools/setup.sh says.
KUBERNETES = re.search(r"^kubernetes=(.*)", (ROOT / "tools/setup.sh").read_text(), re.M)[1]

PRELUDE = """
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <stdio.h>
#include <milvus_client.h>
"""
# What a fragment may use: the rest of its function is left out on the page. One that declares its job has no other.
AROUND = "int fail(void);\nint sample(milvus_client *client{job})\n{{\n(void)client;\n{unused}\n{code}\nreturn 0;\n}}\n"


def whole(code):
    """A translation unit of a program, of functions, or of statements."""
    if "int main(" in code:
        return code
    if re.search(r"^\w[\w *]*\([^;]*\)\s*\{", code, re.M):
        return PRELUDE + code
    job, unused = ("", "") if "int64_t job;" in code else (", int64_t job", "(void)job;")
    return PRELUDE + AROUND.format(job=job, unused=unused, code=code)


def compiled(*command, source):
    done = subprocess.run([*command, f"-I{ROOT}/include", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-"], input=source, text=True,
                          capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("code", list(blocks("c")))
def test_c(code):
    compiled("gcc", "-std=c11", "-xc", "-Wno-unused-function", source=whole(code))


@pytest.mark.parametrize("code", list(blocks("cpp")))
def test_cpp(code):
    compiled("g++", "-std=c++17", "-xc++", source=f"#include <cstdio>\n#include <milvus_client.hpp>\nint main() {{\n{code}\n}}\n")


def test_included_files_exist():
    found = [(name, path) for name, text in written().items() for path in re.findall(r"\{\{#include ([^}:]+)", text)]
    assert len(found) > 8
    for name, path in found:
        assert (ROOT / "docs" / name).parent.joinpath(path).resolve().is_file(), f"{name} includes {path}"


JOBS = ROOT / "packaging/jobs"
MANIFEST = (JOBS / "kubernetes-cronjob.yaml").read_text()


def test_the_manifest_is_what_kubernetes_takes():
    manifest = yaml.safe_load(MANIFEST)
    kubernetes_validate.validate(manifest, KUBERNETES, strict=True)
    job = manifest["spec"]["jobTemplate"]["spec"]
    assert (manifest["kind"], manifest["spec"]["concurrencyPolicy"], job["backoffLimit"]) == ("CronJob", "Forbid", 0)
    assert job["template"]["spec"]["restartPolicy"] == "Never"


@pytest.mark.parametrize("before,after", [
    ("concurrencyPolicy", "concurencyPolicy"),
    ("backoffLimit: 0", "backoffLimit: none"),
    ("containers:", "container:"),
    ("secretName", "secretname"),
])
def test_a_mistake_in_the_manifest_is_found(before, after):
    assert before in MANIFEST
    with pytest.raises(kubernetes_validate.utils.ValidationError):
        kubernetes_validate.validate(yaml.safe_load(MANIFEST.replace(before, after)), KUBERNETES, strict=True)


def test_what_the_manifest_mounts_is_what_its_arguments_name():
    pod = yaml.safe_load(MANIFEST)["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    assert set(mounts) == {volume["name"] for volume in pod["volumes"]}
    paths = [argument.split("=")[1] for argument in container["args"] if "-file=" in argument]
    assert len(paths) == 2 and all(path.rsplit("/", 1)[0] in mounts.values() for path in paths)


@pytest.fixture
def units(tmp_path):
    """The units, with a command that is there."""
    for name in ("milvus-compact.service", "milvus-compact.timer"):
        (tmp_path / name).write_text((JOBS / name).read_text().replace("/usr/bin/milvus-compact", "/bin/true"))
    return tmp_path


def verified(units):
    """What systemd says of the units: nothing if they are right. It looks at those of this machine too."""
    command = ["systemd-analyze", "verify", "--man=no", units / "milvus-compact.service", units / "milvus-compact.timer"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "".join(line for line in (done.stdout + done.stderr).splitlines(True) if "milvus-compact" in line), done.returncode


def test_systemd_takes_the_units(units):
    assert verified(units) == ("", 0)


@pytest.mark.parametrize("name,before,after", [
    ("milvus-compact.service", "StateDirectory=", "StateDirectry="),
    ("milvus-compact.service", "Type=oneshot", "Type=once"),
    ("milvus-compact.timer", "02:30:00", "25:30:00"),
])
def test_a_mistake_in_a_unit_is_found(units, name, before, after):
    text = (units / name).read_text()
    assert before in text
    (units / name).write_text(text.replace(before, after, 1))
    assert verified(units)[0]


CRON = re.search(r"^30 2 \* \* \* milvus (.*)", (JOBS / "cron").read_text(), re.M)[1]


def runs():
    """The arguments of the command, as each file has them."""
    service = re.search(r"^ExecStart=(.*(?:\\\n.*)*)", (JOBS / "milvus-compact.service").read_text(), re.M)[1].replace("\\\n", " ")
    manifest = yaml.safe_load(MANIFEST)["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]["args"]
    command = CRON[CRON.index("/usr/bin/"):CRON.index(" 2>&1")]
    return [service.split()[1:], command.split()[1:], " ".join(manifest).replace("=", " ").split()]


def test_all_run_the_same():
    page = re.search(r"^    milvus-compact (run .*)$", (ROOT / "docs/guide/nightly.md").read_text(), re.M)[1]
    for arguments in runs():
        assert " ".join(arguments).startswith(page), arguments


@pytest.mark.parametrize("status,mail", [
    (0, ""),
    (5, "milvus-compact ended with 5; journalctl -t milvus-compact says why\n"),
])
def test_the_line_for_cron_mails_how_a_failed_run_ended(status, mail, tmp_path):
    shell = re.search(r"^SHELL=(.*)", (JOBS / "cron").read_text(), re.M)[1]
    assert "%" not in CRON, "cron ends the command there"
    for name, script in [("milvus-compact", f"echo $1 $2 done; exit {status}"), ("logger", 'cat >"${0%/*}/log"')]:
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(0o755)
    line = CRON.replace("/usr/bin", str(tmp_path)).replace("/run/lock", str(tmp_path))
    done = subprocess.run([shell, "-c", line], env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == (mail, "")
    assert (tmp_path / "log").read_text() == "run --all done\n"
