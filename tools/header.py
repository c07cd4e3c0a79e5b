"""include/milvus_client.h as data: its conventions, and its sections with the declarations and comments in them.

The header is generated from src/ffi, and a test keeps it current, so it has a simple, regular form. Man pages, bindings,
the site and the description of the ABI read it here.
"""
import dataclasses
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[1]
HEADER = ROOT / "include/milvus_client.h"

SECTION = re.compile(r"/\*\*(?P<comment>(?:(?!\*/)[\s\S])*@\{\n)\s*\*/\n(?P<code>[\s\S]*?)/\*\* @\} \*/")
COMMENT = r"(?:/\*\*(?P<comment>(?:(?!\*/)[\s\S])*)\*/\s*)?"
DECLARATION = re.compile(rf"""^{COMMENT}(?P<code>
    \#define\ (?P<constant>MILVUS_\w+)\ (?P<value>.+)\n
  | typedef\ struct\ (?P<struct>\w+)\ \{{\n(?P<members>[\s\S]*?)^\}}\ \w+;\n
  | typedef\ [^;{{]*?\b(?P<alias>milvus_\w+)\)?(?:\([^;{{]*\))?;\n  # of another type, of a handle, or of a function
  | (?P<type>\w[\w\ *]*?)\b(?P<function>milvus_\w+)\((?P<parameters>[^;{{]*)\);\n)""", re.M | re.X)
MEMBER = re.compile(rf"^ +{COMMENT}(?P<code>(?P<type>\w[\w *]*?) ?\b(?P<name>\w+)(?:\[(?P<length>\d+)\])?;\n)", re.M)


@dataclasses.dataclass
class Declaration:
    """What all have in common; of an alias of a type it is all."""
    name: str
    comment: str  # without its stars; "" if there is none
    code: str

    def __post_init__(self):
        self.doc = " ".join(self.comment.split())


@dataclasses.dataclass
class Constant(Declaration):
    value: str


@dataclasses.dataclass
class Member(Declaration):
    """A field of a struct. An array has its length."""
    type: str
    length: int


@dataclasses.dataclass
class Struct(Declaration):
    members: list


@dataclasses.dataclass
class Function(Declaration):
    type: str
    parameters: str


@dataclasses.dataclass
class Section:
    key: str
    title: str
    text: str
    declarations: list

    def of(self, kind):
        return [each for each in self.declarations if isinstance(each, kind)]


@dataclasses.dataclass
class Header:
    text: str
    conventions: str  # what stands before the first section
    sections: list

    def all(self, kind):
        return [each for section in self.sections for each in section.of(kind)]

    @property
    def constants(self):
        """Those that have a number: not what a struct begins with."""
        return [constant for constant in self.all(Constant) if not constant.name.endswith("_INIT")]

    @property
    def structs(self):
        return {struct.name: struct for struct in self.all(Struct)}

    @property
    def functions(self):
        return self.all(Function)


def bare(comment):
    """What a comment says, without its stars."""
    return re.sub(r"^ *\* ?", "", (comment or "").strip(), flags=re.M).strip()


def read(path=HEADER):
    text = path.read_text()
    conventions = re.search(r"^// Conventions\n(.*?)\n\n", text, re.M | re.S)[1]
    return Header(text, re.sub(r"^// ?", "", conventions, flags=re.M), list(map(section, SECTION.finditer(text))))


def section(found):
    key, title, text = re.match(r"@defgroup (\w+) (.*)\n([\s\S]*)@\{", bare(found["comment"])).groups()
    return Section(key, title, text.strip(), list(map(declaration, DECLARATION.finditer(found["code"]))))


def declaration(found):
    comment, code = bare(found["comment"]), found["code"]
    if found["constant"]:
        return Constant(found["constant"], comment, code, found["value"].strip("()"))
    if found["struct"]:
        return Struct(found["struct"], comment, code, list(map(member, MEMBER.finditer(found["members"]))))
    if found["function"]:
        return Function(found["function"], comment, code, found["type"].strip(), " ".join(found["parameters"].split()))
    return Declaration(found["alias"], comment, code)


def member(found):
    return Member(found["name"], bare(found["comment"]), found["code"], found["type"], int(found["length"] or 0))


def check(header):
    """Everything in the header has been read, and is documented."""
    rest = SECTION.sub(lambda found: DECLARATION.sub("", found["code"]), header.text)
    rest = re.sub(r'/\*[\s\S]*?\*/|//.*|^#.*|^extern "C" \{|^\}', "", rest, flags=re.M).strip()
    members = [each for struct in header.all(Struct) for each in struct.members]
    rest += "".join(MEMBER.sub("", re.search(r"\{\n([\s\S]*)^\}", struct.code, re.M)[1]) for struct in header.all(Struct))
    if rest:
        raise SystemExit(f"tools/header.py does not read this of the header:\n{rest}")
    for documented in [*header.all(Declaration), *members]:
        if not documented.comment:
            raise SystemExit(f"the header has no documentation of {documented.code.strip()}")
