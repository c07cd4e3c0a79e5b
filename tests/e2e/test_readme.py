"""The README's program, compiled and linked as the README says, does what it says."""
import re
import subprocess

import seed
from conftest import ROOT


def test_the_readme_program_compacts(plain_server, tmp_path):
    readme = (ROOT / "README.md").read_text()
    [program] = re.findall(r"```c\n(.*?)```", readme, re.S)
    [command] = re.findall(r"^    (cc .*)$", readme, re.M)
    # The README's server and collection are replaced by the test's.
    program = program.replace('"http://localhost:19530"', "argv[1]").replace('"products"', "argv[2]")
    program = program.replace("int main(void)", "int main(int argc, char **argv)")
    assert "argv[1]" in program and "argv[2]" in program
    (tmp_path / "program.c").write_text(program)
    prefix = str(ROOT / "target/stage")
    subprocess.run(command.replace("/usr/local", prefix), shell=True, cwd=tmp_path, check=True)

    pymilvus = seed.connect(plain_server.uri)
    seed.create(pymilvus, "readme")
    seed.fill(pymilvus, "readme", 3, rows=50)
    done = subprocess.run([tmp_path / "program", plain_server.uri, "readme"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "compacted, or nothing to do\n", "")
    assert len(seed.ids_of(pymilvus, "readme")) == 1
    done = subprocess.run([tmp_path / "program", plain_server.uri, "nope"], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and 'no collection or alias "nope"' in done.stdout


def test_cmake_finds_the_installed_library_wherever_it_is(tmp_path):
    prefix = tmp_path / "moved"
    subprocess.run(["cp", "-a", ROOT / "target/stage", prefix], check=True)
    cmake = str(ROOT / "target/venv/bin/cmake")
    subprocess.run([cmake, "-S", ROOT / "examples-c", "-B", tmp_path / "build", f"-DCMAKE_PREFIX_PATH={prefix}"],
                   check=True, capture_output=True)
    subprocess.run([cmake, "--build", tmp_path / "build"], check=True, capture_output=True)
    linked = subprocess.run(["ldd", tmp_path / "build/compact"], capture_output=True, text=True, check=True).stdout
    assert f"{prefix}/lib/libmilvus_client.so.0" in linked
    done = subprocess.run([tmp_path / "build/compact"], capture_output=True, check=False)
    assert done.returncode == 2
