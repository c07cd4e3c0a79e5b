"""The ABI as the header declares it, in three forms, which are committed.

    describe.py layout  the size of every struct, and offset and size of every field, as a C compiler sees them
    describe.py symbols the names of all functions
    describe.py abi     every function and type, as abidw reads them off a library of empty functions
"""
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]


def code(header):
    """The header without comments, directives and the extern "C" around it."""
    text = re.sub(r"/\*(?s:.*?)\*/|//.*", "", header.read_text())
    text = re.sub(r"#ifdef __cplusplus.*?#endif", "", text, flags=re.S)
    return re.sub(r"^#.*(\\\n.*)*$", "", text, flags=re.M)


def structs(header):
    """Each struct with the names of its fields, in order."""
    found = {}
    for body, name in re.findall(r"typedef struct \w*\s*\{([^}]*)\}\s*(\w+);", code(header)):
        found[name] = re.findall(r"(\w+)(?:\[\w+\])?;", body)
    return found


def functions(header):
    """Each function's type, name and parameters."""
    declared = re.findall(r"([\w\s*]+?)\b(milvus_\w+)\(([^;{]*)\);", code(header))
    return [(" ".join(kind.split()), name, " ".join(parameters.split())) for kind, name, parameters in declared
            if "typedef" not in kind]


def run(*command):
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout


def symbols(header):
    return "".join(f"{name}\n" for name in sorted(name for _, name, _ in functions(header)))


def layout(header):
    lines = []
    for name, fields in structs(header).items():
        lines.append(f'printf("{name} - 0 %zu\\n", sizeof({name}));')
        lines += [f'printf("{name} {field} %zu %zu\\n", offsetof({name}, {field}), sizeof((({name} *)0)->{field}));'
                  for field in fields]
    with tempfile.TemporaryDirectory() as work:
        source = pathlib.Path(work, "layout.c")
        source.write_text(f'#include <stdio.h>\n#include <stddef.h>\n#include "{header}"\nint main(void) {{ {"".join(lines)} return 0; }}\n')
        run("gcc", source, "-o", source.with_suffix(""))
        return run(source.with_suffix(""))


def abi(header):
    declared = functions(header)
    assert len(declared) > 80, "too few functions were found in the header"
    bodies = "".join(f"{kind} {name}({parameters}) {{ __builtin_trap(); }}\n" for kind, name, parameters in declared)
    with tempfile.TemporaryDirectory() as work:
        source, library = pathlib.Path(work, "abi.c"), pathlib.Path(work, "libmilvus_client.so.0")
        source.write_text(f'#include "{header}"\n{bodies}')
        run("gcc", "-g", "-shared", "-fPIC", "-w", f"-Wl,-soname,{library.name}", source, "-o", library)
        described = run("abidw", "--no-show-locs", "--no-corpus-path", "--no-comp-dir-path", library)
        return described.replace(work, ".")


if __name__ == "__main__":
    describe = {"layout": layout, "symbols": symbols, "abi": abi}[sys.argv[1]]
    print(describe(pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else ROOT / "include/milvus_client.h"), end="")
