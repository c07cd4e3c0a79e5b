"""The programs of the README and of the quick starts, compiled and linked as those say, do what they say."""
import re
import subprocess

import pytest
import seed
from conftest import ROOT
from test_bindings import built, run


def test_the_readme_program_compacts(plain_server, tmp_path):
    readme = (ROOT / "README.md").read_text()
    [program] = re.findall(r"```c\n(.*?)```", readme, re.S)
    [command] = re.findall(r"^    (cc .*)$", readme, re.M)
    quick_start = (ROOT / "docs/start/c.md").read_text()
    assert program in quick_start and command in quick_start
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


AROUND = {
    "cpp": ("#include <milvus_client.hpp>\n#include <cstdio>\nint main() {", "}"),
    "go": ('package main\nimport ("context"; "fmt"; "log"; milvus "github.com/milvus-client/milvus-client-go")\n'
           "func main() { ctx := context.Background()\n", "\n}"),
    "java": ("import io.github.milvusclient.*; import java.time.Duration; import java.util.Map;\n"
             "public class Readme { public static void main(String[] arguments) throws Exception {", "}}"),
}


def program(language, source, work):
    """The command that runs a program, compiled as its users would."""
    include, libraries = ROOT / "target/stage/include", ROOT / "target/stage/lib"
    if language == "cpp":
        (work / "readme.cpp").write_text(source)
        built("g++", "-std=c++17", work / "readme.cpp", f"-I{include}", f"-L{libraries}", "-lmilvus_client", "-o", work / "readme")
        return [work / "readme"]
    if language == "go":
        (work / "main.go").write_text(source)
        (work / "go.mod").write_text("module readme\n\ngo 1.25\n\nrequire github.com/milvus-client/milvus-client-go v0.0.0\n\n"
                                     f"replace github.com/milvus-client/milvus-client-go => {ROOT}/bindings/go\n")
        built("go", "build", "-o", work / "readme", ".", cwd=work)
        return [work / "readme"]
    (work / "Readme.java").write_text(source)
    package = (ROOT / "bindings/java/src/main").rglob("*.java")
    built("javac", "-d", work, "-cp", "/usr/share/java/jna.jar", work / "Readme.java", *package)
    return ["java", "-cp", f"{work}:/usr/share/java/jna.jar", "Readme"]


@pytest.mark.parametrize("language", AROUND)
def test_the_quick_starts_in_other_languages_compact_too(language, plain_server, tmp_path):
    shown = re.search(rf"```{language}\n(.*?)```", (ROOT / f"docs/start/{language}.md").read_text(), re.S)[1]
    collection = f"readme_{language}"
    assert "http://localhost:19530" in shown and '"products"' in shown
    shown = shown.replace("http://localhost:19530", plain_server.uri).replace('"products"', f'"{collection}"')
    before, after = AROUND[language]
    pymilvus = seed.connect(plain_server.uri)
    seed.create(pymilvus, collection)
    seed.fill(pymilvus, collection, 3, rows=50)
    done = run(*program(language, before + shown + after, tmp_path))
    assert done.returncode == 0 and done.stdout.strip(), done
    assert len(seed.ids_of(pymilvus, collection)) == 1
