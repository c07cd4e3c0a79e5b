"""The packages and examples of every language compact a real collection, and say when there is none."""
import os
import subprocess

import pytest
import seed
from conftest import ROOT

STAGE = ROOT / "target/stage"
ENVIRONMENT = os.environ | {
    "LD_LIBRARY_PATH": str(STAGE / "lib"), "PKG_CONFIG_PATH": str(STAGE / "lib/pkgconfig"),
    "PATH": f"{ROOT}/target/venv/bin:{os.environ['PATH']}", "NODE_PATH": str(ROOT / "target/node/node_modules"),
    "GOFLAGS": "-mod=mod", "GOPROXY": "off", "GOCACHE": str(ROOT / "target/go")}


def run(*command, **options):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=300, check=False,
                          env=ENVIRONMENT, **options)


def built(*command, **options):
    done = run(*command, **options)
    assert done.returncode == 0, done.stdout + done.stderr


def go(work):
    built("go", "build", "-o", work / "compact", "./examples/compact", cwd=ROOT / "bindings/go")
    return [work / "compact"]


def java(work, program="Compact"):
    sources = [*(ROOT / "bindings/java/src/main").rglob("*.java"), *(ROOT / "bindings/java/examples").glob("*.java")]
    built("javac", "-d", work, "-cp", "/usr/share/java/jna.jar", *sources)
    return ["java", "-cp", f"{work}:/usr/share/java/jna.jar", program]


LANGUAGES = {
    "go": go,
    "java": java,
    "python": lambda _: ["python3", ROOT / "bindings/python/compact.py"],
    "node": lambda _: ["node", ROOT / "bindings/node/compact.js"],
    "options": lambda _: [ROOT / "target/examples-c/options"],
    "cpp": lambda _: [ROOT / "target/examples-c/compact_cpp"],
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_program_compacts_and_tells_what_is_missing(language, plain_server, tmp_path):
    command = LANGUAGES[language](tmp_path)
    pymilvus = seed.connect(plain_server.uri)
    seed.create(pymilvus, f"by_{language}")
    seed.fill(pymilvus, f"by_{language}", 3, rows=50)
    done = run(*command, plain_server.uri, f"by_{language}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(seed.ids_of(pymilvus, f"by_{language}")) == 1, done.stdout
    done = run(*command, plain_server.uri, "nope")
    assert done.returncode != 0 and '"nope"' in done.stdout + done.stderr, done


OPTIMIZERS = {
    "c": lambda _, *to: [ROOT / "target/examples-c/optimize", to[0], "", to[1]],
    "cpp": lambda _, *to: [ROOT / "target/examples-c/optimize_cpp", *to],
    "java": lambda work, *to: [*java(work, "Optimize"), *to],
    "python": lambda _, *to: ["python3", ROOT / "bindings/python/optimize.py", *to],
    "node": lambda _, *to: ["node", ROOT / "bindings/node/optimize.js", *to],
}


@pytest.mark.parametrize("language", OPTIMIZERS)
def test_a_program_optimizes_and_says_what_each_step_did(language, plain_server, tmp_path):
    pymilvus, name = seed.connect(plain_server.uri), f"optimized_by_{language}"
    seed.create(pymilvus, name)
    seed.fill(pymilvus, name, 3, rows=50)
    command = OPTIMIZERS[language](tmp_path, plain_server.uri, name)
    done = run(*command)
    assert done.returncode == 0, done.stdout + done.stderr
    (segment,) = seed.ids_of(pymilvus, name)
    assert all(stage in done.stdout.lower() for stage in ("flush", "sort", "index", "compact", "reindex", "load", "serve"))
    assert run(*command).returncode == 0 and list(seed.ids_of(pymilvus, name)) == [segment], "one segment is not rewritten"
    done = run(*OPTIMIZERS[language](tmp_path, plain_server.uri, "nope"))
    assert done.returncode == 1 and '"nope"' in done.stderr and "none" in (done.stdout + done.stderr).lower()


def test_the_program_that_handles_every_error_does(plain_server):
    done = run(ROOT / "target/examples-c/errors", plain_server.uri, "", "nope")
    assert done.returncode == 1 and "MILVUS_COLLECTION_NOT_FOUND" in done.stdout and "look at the names" in done.stdout
    # Nobody listens there: it tries again, as it may, and gives up.
    done = run(ROOT / "target/examples-c/errors", "http://127.0.0.1:1", "", "products")
    assert done.returncode == 1 and done.stdout.count("trying again") == 2 and "MILVUS_UNAVAILABLE" in done.stdout


def test_the_cpp_header_looks_compacts_and_compares_on_the_real_server(plain_server, tmp_path):
    program = tmp_path / "real"
    built("g++", "-std=c++17", "-D_GNU_SOURCE", f"-I{STAGE}/include", f"-I{ROOT}/tests/c", ROOT / "tests/cpp/real.cpp",
          f"-L{STAGE}/lib", "-lmilvus_client", "-o", program)
    pymilvus = seed.connect(plain_server.uri)
    seed.create(pymilvus, "by_cpp_header")
    seed.fill(pymilvus, "by_cpp_header", 3, rows=50)
    done = run("env", f"MILVUS_URI={plain_server.uri}", "MILVUS_COLLECTION=by_cpp_header", program)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(seed.ids_of(pymilvus, "by_cpp_header")) == 1, done.stdout
