"""The ABI as the header declares it, in three forms, which are committed.

    describe.py layout  the size of every struct, and offset and size of every field, as a C compiler sees them
    describe.py symbols the names of all functions
    describe.py abi     every function and type, as abidw reads them off a library of empty functions
    describe.py write   writes the first two into the tree (make abi). Before the first release it also writes what
                        later headers are compared with: the first header and its description. They are frozen once
                        CHANGELOG.md has a release.
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
from header import HEADER, ROOT, read  # noqa: E402


def run(*command):
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout


def symbols(header):
    return "".join(sorted(f"{function.name}\n" for function in read(header).functions))


def layout(header):
    lines = []
    for name, struct in read(header).structs.items():
        lines.append(f'printf("{name} - 0 %zu\\n", sizeof({name}));')
        lines += [f'printf("{name} {field.name} %zu %zu\\n", offsetof({name}, {field.name}), sizeof((({name} *)0)->{field.name}));'
                  for field in struct.members]
    with tempfile.TemporaryDirectory() as work:
        source = pathlib.Path(work, "layout.c")
        source.write_text(f'#include <stdio.h>\n#include <stddef.h>\n#include "{header}"\nint main(void) {{ {"".join(lines)} return 0; }}\n')
        run("gcc", source, "-o", source.with_suffix(""))
        return run(source.with_suffix(""))


def abi(header):
    declared = read(header).functions
    assert len(declared) > 80, "too few functions were found in the header"
    bodies = "".join(f"{function.type} {function.name}({function.parameters}) {{ __builtin_trap(); }}\n" for function in declared)
    with tempfile.TemporaryDirectory() as work:
        source, library = pathlib.Path(work, "abi.c"), pathlib.Path(work, "libmilvus_client.so.0")
        source.write_text(f'#include "{header}"\n{bodies}')
        run("gcc", "-g", "-shared", "-fPIC", "-w", f"-Wl,-soname,{library.name}", source, "-o", library)
        described = run("abidw", "--no-show-locs", "--no-corpus-path", "--no-comp-dir-path", library)
        return described.replace(work, ".")


def released():
    return re.search(r"^## \[\d+\.\d+\.\d+\] - ", (ROOT / "CHANGELOG.md").read_text(), re.M)


def write():
    own = ROOT / "tests/abi"
    (ROOT / "packaging/symbols.txt").write_text(symbols(HEADER))
    (own / "layout.txt").write_text(layout(HEADER))
    if released():
        print("describe.py: CHANGELOG.md has a release, so its header and its description stay as they are")
        return
    if not shutil.which("abidw"):
        raise SystemExit("describe.py: abidw is missing; Debian has it in abigail-tools")
    version = re.search(r'^version = "(.*)"', (ROOT / "Cargo.toml").read_text(), re.M)[1]
    (own / f"milvus_client-{version}.abi").write_text(abi(HEADER))
    shutil.copyfile(HEADER, own / "first/milvus_client.h")


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write()
    else:
        describe = {"layout": layout, "symbols": symbols, "abi": abi}[sys.argv[1]]
        print(describe(pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else HEADER), end="")
