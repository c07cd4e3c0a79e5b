"""The reference of milvus_client.hpp: what Doxygen has read of it, as one page of the book."""
import re
import subprocess
import xml.etree.ElementTree as ElementTree

from api import ROOT, escaped, one_line, paragraphs, plain

HEADER = ROOT / "include/milvus_client.hpp"
XML = ROOT / "target/docs/doxygen/cpp"
# Doxygen's own warning leaves out values of enums and some functions: undocumented() looks at all that it extracts.
SETTINGS = """
@INCLUDE              = tools/docs/Doxyfile
INPUT                 = {header}
OUTPUT_DIRECTORY      = {output}
OPTIMIZE_OUTPUT_FOR_C = NO
GENERATE_HTML         = NO
XML_OUTPUT            = cpp
EXCLUDE_SYMBOLS       = milvus::detail std std::*
EXTRACT_ALL           = YES
WARN_NO_PARAMDOC      = NO
"""


def doxygen(header=HEADER, output=XML.parent):
    """Reads the header; returns what is wrong with its comments, among it each public symbol that has none."""
    done = subprocess.run(["doxygen", "-"], input=SETTINGS.format(header=header, output=output), cwd=ROOT, text=True, capture_output=True, check=False)
    complaints = [line for line in done.stderr.splitlines() if line.strip()]
    if done.returncode:
        return complaints or [f"doxygen ended with {done.returncode}"]
    return complaints + [f"{header.name}: {name} is not documented" for name in undocumented(output / "cpp")]


def compounds(xml=XML):
    """The namespace, and each public class and struct, in the order of the header."""
    found = []
    for entry in ElementTree.parse(xml / "index.xml").getroot().findall("compound"):
        if entry.get("kind") in ("class", "struct", "namespace") and "detail" not in entry.findtext("name"):
            found.append(ElementTree.parse(xml / f"{entry.get('refid')}.xml").getroot().find("compounddef"))
    return sorted((one for one in found if one.get("prot", "public") == "public"), key=lambda one: int(one.find("location").get("line")))


def undocumented(xml):
    """The names of public symbols that have no comment."""
    for compound in compounds(xml):
        name = compound.findtext("compoundname")
        if compound.get("kind") != "namespace" and not paragraphs(compound):
            yield name
        for member in members(compound):
            own = f"{name}::{member.findtext('name')}"
            if not paragraphs(member):
                yield own
            yield from (f"{own}::{value.findtext('name')}" for value in member.findall("enumvalue") if not paragraphs(value))


def signature(member):
    """A member as it is declared, without its body."""
    name, kind = member.find("name").text, re.sub(r"\b(inline|constexpr|static|explicit)\b\s*", "", plain(member.find("type")))
    template = ", ".join(plain(one.find("type")) + (f" {plain(one.find('declname'))}" if one.find("declname") is not None else "")
                         for one in member.findall("templateparamlist/param"))
    if member.get("kind") == "typedef":
        text = f"using {name} = {kind}"
    else:
        is_static = member.get("static") == "yes" and "static-func" in member.get("section", "")
        text = f"{'static ' * is_static}{kind} {name}{member.findtext('argsstring', '')}".strip()
    text = re.sub(r"<\s+", "<", re.sub(r"\s+>", ">", re.sub(r"\s+", " ", text)))
    text = re.sub(r"(?<=[\w)\]])=(?=[\w{\[:])", " = ", text)
    text = re.sub(r"([*&]+) (?=\w)", r" \1", text).replace("  ", " ")
    return (f"template <{template}> " if template else "") + text.replace("( ", "(") + ";"


def members(compound):
    """Public members in the order of the source."""
    kind, found = compound.get("kind"), []
    for section in compound.findall("sectiondef"):
        for member in section.findall("memberdef"):
            if member.get("prot") == "public" and member.get("kind") in ("function", "variable", "enum", "typedef"):
                member.set("section", f"{section.get('kind')} {kind}")
                found.append(member)
    return sorted(found, key=lambda member: int(member.find("location").get("line")))


def wrapped(declaration):
    """A declaration on lines that fit the page."""
    if len(declaration) <= 96:
        return declaration
    lines, line = [], ""
    for word in declaration.split(" "):
        if len(line) + len(word) > 92:
            lines.append(line)
            line = "    "
        line += ("" if line.strip() == "" else " ") + word
    return "\n".join([*lines, line])


def fields(all_fields):
    """A table of a struct's fields."""
    rows = [f"| `{one.find('name').text}` | `{plain(one.find('type'))}` | {one_line(one)} |" for one in all_fields]
    return "| field | type | |\n|---|---|---|\n" + "\n".join(rows) + "\n"


def enumeration(member):
    """An enum as a section with a table of its values."""
    name = member.find("name").text
    rows = [f"| `{one.find('name').text}` | `{plain(one.find('initializer')).removeprefix('= ')}` | {one_line(one)} |"
            for one in member.findall("enumvalue")]
    return f"### {name} {{#cpp-{name}}}\n\n{paragraphs(member)}\n\n| value | in C | |\n|---|---|---|\n" + "\n".join(rows) + "\n"


def listing(all_members):
    """Declarations, each with its comment below."""
    return [f"```cpp\n{wrapped(signature(one))}\n```\n\n{paragraphs(one)}\n" for one in all_members]


def described(compound):
    """A class or a struct: a table if it has nothing but fields."""
    name = compound.find("compoundname").text.replace("milvus::", "").split("<")[0].strip()
    inside = members(compound)
    only_fields = all(member.get("kind") == "variable" for member in inside)
    return [f"### {name} {{#cpp-{name.replace('::', '-')}}}\n", paragraphs(compound) + "\n", *([fields(inside)] if only_fields else listing(inside))]


def conventions():
    """What the header says before its first declaration, as a list."""
    words = re.sub(r"^// ?", "", re.match(r"(?://.*\n)+", HEADER.read_text())[0], flags=re.M)
    code = re.compile(r"((?:\w+::)*\w+\(\)|\w+(?:::\w+)+|\"?\w*_\w*\"?|-fno-exceptions)")
    for title, text in re.findall(r"^([A-Z]\w+)  +(.*\n(?:  +.*\n)*)", words.split("is different in C++.")[1], re.M):
        parts = code.split(" ".join(text.split()))
        parts[::2], parts[1::2] = map(escaped, parts[::2]), (f"`{one.strip(chr(34))}`" for one in parts[1::2])
        yield f"- **{title}**: {''.join(parts)}"


def write(directory):
    """Writes the page; returns Doxygen's complaints."""
    complaints = doxygen()
    found = compounds()
    (space,) = [one for one in found if one.findtext("compoundname") == "milvus"]
    classes, values = ([one for one in found if one.get("kind") == kind] for kind in ("class", "struct"))
    enums = [one for one in members(space) if one.get("kind") == "enum"]
    out = ["# The C++ API\n", "`milvus_client.hpp`, for C++17 and later: the functions of the [C API](index.md) with types of C++. What an operation does, "
           "and when it fails, stands there. This page says what is different.\n", *conventions(), ""]
    out += ["## Classes\n", *(line for one in classes for line in described(one))]
    out += ["## Values\n", *(line for one in values for line in described(one))]
    out += ["## Enums\n", *map(enumeration, enums)]
    out += ["## Functions and constants {#cpp-functions}\n", *listing(one for one in members(space) if one.get("kind") != "enum")]
    (directory / "cpp.md").write_text("\n".join(out))
    return complaints
