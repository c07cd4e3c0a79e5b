"""include/milvus_client.h as data: its constants, structs and functions, each with its documentation.

The header is generated from src/ffi, and a test keeps it current, so it has a simple, regular form.
"""
import dataclasses
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEADER = ROOT / "include/milvus_client.h"

sys.path.insert(0, str(ROOT / "tests/abi"))
import describe  # noqa: E402


@dataclasses.dataclass
class Constant:
    name: str
    value: str
    doc: str


@dataclasses.dataclass
class Member:
    """A field of a struct. An array has its length."""
    type: str
    name: str
    length: int
    doc: str


@dataclasses.dataclass
class Struct:
    name: str
    doc: str
    members: list


@dataclasses.dataclass
class Header:
    text: str
    constants: list
    structs: dict
    functions: list  # type, name and parameters


def plain(comment):
    """A line of a comment without its marks, be it C's, C++'s or Doxygen's."""
    return re.sub(r"^\s*(//[/!]?|/\*[*!]?|\*/|\*)\s?|\*/\s*$", "", comment).replace("@brief ", "").rstrip()


def read(path=HEADER):
    text = path.read_text()
    header = Header(text, [], {}, describe.functions(path))
    doc, struct, in_block = [], None, False
    for line in text.splitlines():
        bare = line.strip()
        if in_block or bare.startswith(("//", "/*")):
            doc.append(plain(line))
            in_block = (in_block or bare.startswith("/*")) and "*/" not in bare
            continue
        if constant := re.match(r"#define (MILVUS_\w+) (\(?-?\w+\)?)$", line):
            header.constants.append(Constant(constant[1], constant[2].strip("()"), joined(doc)))
        elif opening := re.match(r"typedef struct (\w+) \{", line):
            struct = Struct(opening[1], joined(doc), [])
        elif line.startswith("}") and struct:
            header.structs[struct.name] = struct
            struct = None
        elif struct and (member := re.match(r"\s+(.*?)\s*(\w+)(?:\[(\d+)\])?;", line)):
            kind = member[1].replace("struct ", "")
            struct.members.append(Member(kind, member[2], int(member[3] or 0), joined(doc)))
        doc = []
    check(header)
    return header


def joined(doc):
    return " ".join(line for line in doc if line).strip()


def check(header):
    """The same structs and fields as a plain reading of the C code has, and all of it documented."""
    found = {name: [member.name for member in struct.members] for name, struct in header.structs.items()}
    assert found == describe.structs(HEADER), "the header's structs are not read as they are written"
    assert len(header.constants) > 90, "too few constants were found in the header"
    for struct in header.structs.values():
        for documented in (struct, *struct.members):
            if not documented.doc:
                raise SystemExit(f"{struct.name} has no documentation of {documented.name}")
    for constant in header.constants:
        if not constant.doc:
            raise SystemExit(f"{constant.name} has no documentation")
