"""The samples in C and C++ compile, and what runs every night has what it needs.

Included files are programs of examples-c and bindings, which are built and run with these. tests/e2e/test_readme.py runs
what the quick starts show in C, C++, Go and Java. Nothing runs the samples in the READMEs of the bindings. The CronJob is held
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


@pytest.mark.parametrize("code", list(blocks("yaml")))
def test_the_manifest_is_what_kubernetes_takes(code):
    manifest = yaml.safe_load(code)
    kubernetes_validate.validate(manifest, KUBERNETES, strict=True)
    job = manifest["spec"]["jobTemplate"]["spec"]
    assert (manifest["kind"], manifest["spec"]["concurrencyPolicy"], job["backoffLimit"]) == ("CronJob", "Forbid", 0)
    assert job["template"]["spec"]["restartPolicy"] == "Never"


@pytest.mark.parametrize("before,after", [
    ("concurrencyPolicy", "concurencyPolicy"),
    ("backoffLimit: 0", "backoffLimit: none"),
    ("containers:", "container:"),
    ("secretKeyRef", "secretRef"),
])
def test_a_mistake_in_the_manifest_is_found(before, after):
    (code,) = [one.values[0] for one in blocks("yaml")]
    assert before in code
    with pytest.raises(kubernetes_validate.utils.ValidationError):
        kubernetes_validate.validate(yaml.safe_load(code.replace(before, after)), KUBERNETES, strict=True)


def test_the_dockerfile_names_what_is_made():
    text = re.search(r"^```dockerfile\n(.*?)^```", (ROOT / "docs/guide/nightly.md").read_text(), re.M | re.S)[1].replace("\\\n", " ")
    steps = [line.split(None, 1) for line in text.splitlines() if line]
    assert {name for name, _ in steps} == {"FROM", "RUN", "COPY", "WORKDIR", "ENTRYPOINT"}
    rust = re.search(r'^rust-version = "(.*?)"', (ROOT / "Cargo.toml").read_text(), re.M)[1]
    assert [words.split()[0] for name, words in steps if name == "FROM"] == [f"rust:{rust}-bookworm", "debian:bookworm-slim"]
    program = re.search(r"-o (\S+)", text)[1]
    assert re.search(r'^ENTRYPOINT \["(.*)"\]', text, re.M)[1] == program
    soname = re.search(r"^soname=(.*)", (ROOT / "packaging/linking.sh").read_text(), re.M)[1]
    assert re.findall(r"^COPY --from=build (\S+)", text, re.M) == [f"/usr/local/lib/{soname}", program]
    assert (ROOT / re.search(r"c\+\+ .*?(\S+\.cpp)", text)[1]).is_file() and "make install PREFIX=/usr/local" in text


def test_the_systemd_units_have_what_they_need():
    text = (ROOT / "docs/guide/nightly.md").read_text()
    service, timer = re.findall(r"^```ini\n(.*?)^```", text, re.M | re.S)
    assert "Type=oneshot" in service and "OnCalendar=" in timer
    assert re.search(r"^ExecStart=/\S+", service, re.M)


@pytest.mark.parametrize("status,mail", [
    (0, ""),
    (3, "compact-database ended with 3; journalctl -t compact-database says why\n"),
])
def test_the_line_for_cron_mails_how_a_failed_run_ended(status, mail, tmp_path):
    crontab = re.search(r"^```crontab\n(.*?)^```", (ROOT / "docs/guide/nightly.md").read_text(), re.M | re.S)[1]
    shell, line = re.search(r"^SHELL=(.*)", crontab, re.M)[1], re.search(r"^30 2 \* \* \* nobody (.*)", crontab, re.M)[1]
    assert "%" not in line, "cron ends the command there"
    for name, script in [("compact-database", f"echo $1 done; exit {status}"), ("logger", 'cat >"${0%/*}/log"')]:
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(0o755)
    line = line.replace("/usr/local/bin", str(tmp_path)).replace("/run/lock", str(tmp_path))
    done = subprocess.run([shell, "-c", line], env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == (mail, "")
    assert (tmp_path / "log").read_text() == "http://localhost:19530/sales done\n"
