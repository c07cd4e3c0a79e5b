"""The library links as C and C++ libraries do: from a tree that was moved, shared and static, by every tool."""
import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest
from conftest import CMAKE, FAKE, HERE, ROOT, STAGE, run

PROGRAM = HERE / "program.c"


@pytest.fixture
def moved(tmp_path):
    """The installed tree, elsewhere than it was installed."""
    shutil.copytree(STAGE, tmp_path / "moved", symlinks=True)
    return tmp_path / "moved"


def flags(prefix, *options):
    environment = os.environ | {"PKG_CONFIG_PATH": str(prefix / "lib/pkgconfig")}
    return run("pkg-config", "--cflags", "--libs", *options, "milvus_client", env=environment).split()


def compacts(program, fake, **options):
    return run(program, fake.uri, **options) == "compacted\n"


def test_pkg_config_finds_the_shared_library_where_it_was_moved_to(moved, tmp_path, fake):
    run("gcc", PROGRAM, *flags(moved), f"-Wl,-rpath,{moved}/lib", "-o", tmp_path / "program")
    assert str(moved) in run("ldd", tmp_path / "program")
    assert compacts(tmp_path / "program", fake)


def test_the_shared_library_is_hardened(moved):
    library = moved / "lib/libmilvus_client.so"
    headers = run("readelf", "--wide", "--program-headers", "--dynamic", library)
    assert re.search(r"GNU_RELRO ", headers) and "BIND_NOW" in headers, "what the loader resolves is read-only at once"
    assert re.search(r"GNU_STACK .* RW +0", headers), "no stack is executable"
    assert not re.search(r"LOAD .* RWE ", headers) and "TEXTREL" not in headers, "nothing is both writable and executable"
    assert "__stack_chk_fail" in run("readelf", "--wide", "--dyn-syms", library), "the C code in it guards its stack"


def test_pkg_config_links_statically(moved, tmp_path, fake):
    for link in moved.glob("lib/libmilvus_client.so*"):
        link.unlink()
    run("gcc", PROGRAM, *flags(moved, "--static"), "-o", tmp_path / "program")
    assert "libmilvus_client" not in run("ldd", tmp_path / "program")
    assert compacts(tmp_path / "program", fake)


def test_pkg_config_links_a_program_that_is_all_static(moved, tmp_path, fake):
    run("gcc", "-static", PROGRAM, *flags(moved, "--static"), "-o", tmp_path / "program")
    assert "INTERP" not in run("readelf", "--program-headers", "--wide", tmp_path / "program")
    assert compacts(tmp_path / "program", fake)


def test_a_plugin_with_the_static_library_inside_can_be_unloaded_and_loaded_again(moved, tmp_path):
    libraries = [word for word in flags(moved, "--static") if not word.startswith("-lmilvus")]
    archive = ("-Wl,--whole-archive", moved / "lib/libmilvus_client.a", "-Wl,--no-whole-archive")
    run("gcc", "-shared", *archive, *libraries, "-o", tmp_path / "plugin.so")
    # glibc keeps it anyhow as long as threads have destructors to run in it, but does not promise that.
    assert "NODELETE" in run("readelf", "-d", tmp_path / "plugin.so")
    tests = ROOT / "tests/c"
    run("g++", f"-I{tests}", f"-I{moved}/include", tests / "reload.cpp", "-ldl", "-pthread", "-o", tmp_path / "reload")
    assert "checks passed" in run(tmp_path / "reload", FAKE, tmp_path / "plugin.so")


def test_the_documented_libraries_are_what_rustc_wants(tmp_path):
    (tmp_path / "empty.rs").write_text("")
    told = subprocess.run(["rustc", "--edition", "2024", "--crate-type", "staticlib", "--print", "native-static-libs", "empty.rs"],
                          cwd=tmp_path, capture_output=True, text=True, check=True).stderr
    [wanted] = re.findall(r"native-static-libs: (.*)", told)
    documented = re.search(r'static_libs="(.*)"', (ROOT / "packaging/linking.sh").read_text())[1]
    wanted = [word for word in wanted.split() if word != "-lgcc_s"]  # the compiler adds it, and not with -static
    assert documented.split() == [*wanted, "-Wl,-z,nodelete"]
    page = (ROOT / "docs/reference/installing.md").read_text()
    assert " ".join(wanted) in page and "pkg-config --static" in page


def test_two_rust_static_libraries_live_in_one_program(moved, tmp_path, fake):
    run("rustc", "--edition", "2024", "--crate-type", "staticlib", HERE / "other.rs", "-o", tmp_path / "libother.a")
    source = PROGRAM.read_text().replace("int main(", "int other_answer(void);\nint main(")
    (tmp_path / "both.c").write_text(source.replace("return !done;", "return !(done && other_answer() == 42);"))
    statics = [word for word in flags(moved, "--static") if not word.startswith(("-L", "-lmilvus"))]
    for first, second in ((moved / "lib/libmilvus_client.a", "libother.a"), ("libother.a", moved / "lib/libmilvus_client.a")):
        run("gcc", "both.c", first, second, *statics, "-o", "both", cwd=tmp_path)
        assert compacts(tmp_path / "both", fake)


def test_the_static_library_has_no_symbols_but_ours():
    defined = {line.split()[-1] for line in run("nm", "-g", "--defined-only", STAGE / "lib/libmilvus_client.a").splitlines() if " " in line}
    assert defined == set((ROOT / "packaging/symbols.txt").read_text().split())


@pytest.mark.parametrize("target", ["milvus_client", "milvus_client_static"])
@pytest.mark.parametrize("by", [
    "find_package(MilvusClient 0.1 REQUIRED)",
    f"add_subdirectory({ROOT} milvus)",
    f"include(FetchContent)\nFetchContent_Declare(MilvusClient SOURCE_DIR {ROOT})\nFetchContent_MakeAvailable(MilvusClient)",
], ids=["find_package", "add_subdirectory", "FetchContent"])
def test_cmake_links_it(by, target, moved, tmp_path, fake):
    project = tmp_path / "project"
    project.mkdir()
    shutil.copy(PROGRAM, project)
    (project / "CMakeLists.txt").write_text(f"""cmake_minimum_required(VERSION 3.16)
project(program C)
{by}
add_executable(program program.c)
target_link_libraries(program PRIVATE MilvusClient::{target})
""")
    run(CMAKE, "-S", project, "-B", project / "build", f"-DCMAKE_PREFIX_PATH={moved}")
    run(CMAKE, "--build", project / "build")
    assert ("libmilvus_client" in run("ldd", project / "build/program")) == (target == "milvus_client")
    assert compacts(project / "build/program", fake)


def test_the_libraries_name_no_folder_of_the_machine_that_built_them():
    cargo = os.environ.get("CARGO_HOME") or pathlib.Path.home() / ".cargo"
    for library in ("libmilvus_client.so", "libmilvus_client.a"):
        built = (STAGE / "lib" / library).read_bytes()
        assert b"tokio-1." in built, "panics say where they were"
        for folder in (ROOT, cargo):
            assert f"{folder}/".encode() not in built, f"{library} names {folder}"



def test_every_function_has_a_man_page():
    pages = {page.stem for page in (STAGE / "share/man/man3").glob("*.3")}
    functions = set((ROOT / "packaging/symbols.txt").read_text().split())
    assert functions <= pages
    names = [re.search(r"^\.SH NAME\n(\S+) \\- (.+)", (STAGE / f"share/man/man3/{name}.3").read_text(), re.M) for name in functions]
    assert {name[1] for name in names} == functions, "each has a page of its own"
    assert all(len(name[2]) > 10 for name in names), "and a line that says what it is for"
    page = (STAGE / "share/man/man3/milvus_compaction.3").read_text()
    assert "\n.nh\n" in page, "a constant that is broken at the end of a line cannot be found"
    assert "milvus_compact" in page and len(page) > 5000


def check_notices(documents):
    """Whose code is in the library is told by its name, and with its licence."""
    notices = (documents / "third-party-notices.txt").read_text()
    listed = {part["name"] for part in json.loads((documents / "sbom.cdx.json").read_text())["components"]}
    noticed = set(re.findall(r"^  - (\S+) \d", notices, re.M))
    # The bill of materials is for more systems.
    assert len(noticed) > 30 and noticed <= listed and {"h2", "ring", "rustls", "tokio"} <= noticed
    # The texts, too: of the licence that most crates have, of ring's cryptography, of the standard library.
    for text in ("TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION", "ISC", "The Rust Project Developers"):
        assert text in notices
    # Made on some machine, and of none.
    assert not re.search(r"file:///(?!milvus-client)", (documents / "sbom.cdx.json").read_text())


def test_licences_of_others_are_installed_with_the_library():
    documents = STAGE / "share/doc/libmilvus-client"
    assert (documents / "LICENSE").read_text() == (ROOT / "LICENSE").read_text()
    check_notices(documents)


def test_the_debian_packages_install_and_the_readme_compiles_in_one_line(tmp_path, fake):
    # Not a release build of the command, which takes minutes.
    run("strip", "-o", tmp_path / "milvus-compact", ROOT / "target/debug/milvus-compact")
    packages = run("make", "-s", "deb", f"COMMAND={tmp_path}/milvus-compact", cwd=ROOT,
                   env=os.environ | {"DPKG_DEB_COMPRESSOR_TYPE": "none"}).split()
    assert len(packages) == 3
    root = tmp_path / "root"
    for folder in ("updates", "info", "triggers"):
        (root / "var/lib/dpkg" / folder).mkdir(parents=True)
    for file in ("status", "available"):
        (root / "var/lib/dpkg" / file).touch()
    # Into a tree of its own, which has no C library: everything but that is there.
    run("dpkg", f"--root={root}", "--force-not-root", "--force-depends", "--force-script-chrootless", "--no-triggers", "-i",
        *(ROOT / package for package in packages))
    listed = run("dpkg", f"--root={root}", "-l")
    names = ("libmilvus-client0", "libmilvus-client-dev", "milvus-client-tools")
    assert [name for name in names if name not in listed] == []
    for package in names:
        documents = root / "usr/share/doc" / package
        assert (documents / "copyright").read_text() == (ROOT / "packaging/copyright").read_text()
        check_notices(documents)
        [maintainer] = re.findall("^Maintainer: (.*)$", run("dpkg", f"--root={root}", "-s", package), re.M)
        assert re.fullmatch(r"[^<>]+ <[^@ ]+@[^@ ]+\.[a-z]+>", maintainer)
    triplet = run("gcc", "-print-multiarch").strip()
    libraries = root / "usr/lib" / triplet
    assert sorted(path.name for path in libraries.glob("*.so*")) == [
        "libmilvus_client.so", "libmilvus_client.so.0", "libmilvus_client.so.0.1.0"]
    run("cc", PROGRAM, f"-I{root}/usr/include", f"-L{libraries}", "-lmilvus_client", "-o", tmp_path / "program")
    assert compacts(tmp_path / "program", fake, env=os.environ | {"LD_LIBRARY_PATH": str(libraries)})
    environment = os.environ | {"PKG_CONFIG_PATH": str(libraries / "pkgconfig")}
    assert str(root) in run("pkg-config", "--variable=libdir", "milvus_client", env=environment)
