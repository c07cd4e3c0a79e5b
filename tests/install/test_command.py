"""The command as it is installed: its page, its completions, and the files to copy say what it takes."""
import json
import os
import re
import shutil
import subprocess

import pytest
from conftest import ROOT, run

COMMAND = ROOT / "target/debug/milvus-compact"
EXAMPLES = "share/doc/milvus-client-tools/examples"


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    folder = tmp_path_factory.mktemp("command")
    run(ROOT / "tools/install_command.sh", env=os.environ | {"COMMAND": str(COMMAND), "PREFIX": str(folder)})
    return folder


def arguments_of(prefix):
    """What each file to copy has the command do."""
    text = {path.name: path.read_text().replace("\\\n", " ") for path in (prefix / EXAMPLES).iterdir()}
    yield re.search(r"^ExecStart=/usr/bin/milvus-compact (.*)$", text["milvus-compact.service"], re.M)[1].split()
    yield re.search(r"/usr/bin/milvus-compact (.*?) 2>&1", text["cron"])[1].split()
    yield re.search(r"args:\n((?: +- \S+\n)+)", text["kubernetes-cronjob.yaml"])[1].replace("- ", "").split()


def test_the_files_to_copy_run_the_command_as_it_is(prefix, fake, tmp_path):
    environment = os.environ | {"MILVUS_URI": fake.uri, "STATE_DIRECTORY": str(tmp_path)}
    for arguments in arguments_of(prefix):
        assert arguments[0] == "run"
        # Files of the machine become files of this test.
        (tmp_path / "token").write_text("user:password\n")
        arguments = [re.sub(r"(?<![\w.])(/|\$\{\w+\}/)[\w/.-]*?([\w.]+)$", rf"{tmp_path}/\2", word) for word in arguments]
        assert "succeeds" in run(prefix / "bin/milvus-compact", *arguments, "--dry-run", env=environment)


def test_the_config_file_to_copy_is_read(prefix, fake):
    config = prefix / EXAMPLES / "milvus-compact.toml"
    assert "2.6.8" in run(prefix / "bin/milvus-compact", "info", "--config", config, "--uri", fake.uri)
    commented = re.sub(r"^# (?=\w+ = |\[)", "", config.read_text(), flags=re.M)
    (prefix / "all.toml").write_text(commented.replace("/etc/milvus/", "/nonexistent/").replace("http:", "https:"))
    done = subprocess.run([prefix / "bin/milvus-compact", "info", "--config", prefix / "all.toml"], capture_output=True, text=True,
                          check=False)
    assert done.returncode == 2 and "/nonexistent/" in done.stderr, done.stderr


def test_the_notices_are_of_the_command_too(prefix):
    documents = prefix / "share/doc/milvus-client-tools"
    listed = {part["name"] for part in json.loads((documents / "sbom.cdx.json").read_text())["components"]}
    noticed = set(re.findall(r"^  - (\S+) \d", (documents / "third-party-notices.txt").read_text(), re.M))
    # Those of the library, too.
    assert {"clap", "indicatif", "toml", "ring", "tokio"} <= noticed <= listed
    assert not re.search(r"file:///(?!milvus-client)", (documents / "sbom.cdx.json").read_text())


def test_bash_completes_commands_and_options(prefix):
    script = """source "$1"; COMP_WORDS=(milvus-compact $2); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        $(complete -p milvus-compact | grep -o '[-]F [^ ]*' | cut -c 4-) milvus-compact "${COMP_WORDS[-1]}" "${COMP_WORDS[-2]}"; echo "${COMPREPLY[@]}" """
    file = prefix / "share/bash-completion/completions/milvus-compact"
    assert run("bash", "-c", script, "bash", file, "wa").split() == ["wait", "watch"]
    assert "--min-segments" in run("bash", "-c", script, "bash", file, "run --min-")


def test_the_man_page_has_every_command_and_no_mistake(prefix):
    page = prefix / "share/man/man1/milvus-compact.1"
    commands = re.findall(r"^  (\w+) ", run(COMMAND, "--help").split("Commands:")[1].split("\n\n")[0], re.M)
    assert {"survey", "run", "wait", "optimize"} <= set(commands)
    text = page.read_text().replace("\\-", "-")
    assert [name for name in commands if name != "help" and f'.SH "milvus-compact {name}"' not in text] == []
    assert shutil.which("groff") is None or run("groff", "-man", "-Tutf8", "-ww", page)
