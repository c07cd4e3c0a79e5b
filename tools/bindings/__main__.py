"""Generates what the bindings have of the C header: constants, enums, values, structs and declarations.

    python3 tools/bindings          writes it anew, from include/milvus_client.h
    python3 tools/bindings check    fails if any of it is out of date, or if a number of the header is written by hand

The header itself is generated from src/ffi, so every number has one place: there.
"""
import pathlib
import re
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))
import by_hand  # noqa: E402
import header  # noqa: E402
from cpp import Cpp  # noqa: E402
from go import Go  # noqa: E402
from header import ROOT  # noqa: E402
from java import MARK, Java  # noqa: E402
from model import Model  # noqa: E402
from rust import Rust  # noqa: E402
from samples import samples  # noqa: E402
from schema import Schema  # noqa: E402

STALE = "is out of date: run `make bindings`"


def wanted():
    """Every file that is generated, or has something generated in it, with its text."""
    found = header.read()
    header.check(found)
    model = Model(found)
    go, java = ROOT / "bindings/go", ROOT / "bindings/java"
    files = {go / name: text for name, text in Go(model, go).files().items()}
    files |= {java / name: text for name, text in Java(model).files().items()}
    files[ROOT / "milvus-compact/src/ffi/generated.rs"] = Rust(found).file()
    files[ROOT / "include/milvus_client.hpp"] = with_regions(ROOT / "include/milvus_client.hpp", Cpp(model).regions())
    files |= {ROOT / name: text for name, text in Schema(model).files().items()}
    for path, regions in samples(model).items():
        files[ROOT / path] = with_regions(ROOT / path, regions)
    return model, files


def with_regions(path, regions):
    """A file with what is between its marks renewed."""
    text = path.read_text()
    for name, inside in regions.items():
        marks = re.compile(rf"(?m)(^(?://|#) Generated from milvus_client\.h by `make bindings`: {name}\.\n).*?"
                           rf"(^(?://|#) End of what is generated\.$)", re.S)
        assert len(marks.findall(text)) == 1, f"{path} has no marks for its {name}"
        text = marks.sub(lambda found: found[1] + inside.rstrip("\n") + "\n" + found[2], text)
    return text


def leftovers(files):
    """What was generated from an earlier header, and would not be any more."""
    return [path for path in (ROOT / "bindings/java").rglob("*.java") if path not in files and MARK in path.read_text()]


def main(arguments):
    model, files = wanted()
    stale = [path for path, text in files.items() if not path.exists() or path.read_text() != text]
    if arguments == ["check"]:
        complaints = [f"{path.relative_to(ROOT)} {STALE}" for path in [*stale, *leftovers(files)]]
        complaints += by_hand.numbers(model, {path for path in files if MARK in files[path] or path.suffix == ".go"})
        if complaints:
            sys.exit("\n".join(complaints))
        return
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(files[path])
    for path in leftovers(files):
        path.unlink()


main(sys.argv[1:])
