"""The reference of milvus_client.hpp: what Doxygen has read of it, as one page of the book.

A comment there stands before the first of the functions that it is about; here too.
"""
import pathlib
import re
import subprocess
import xml.etree.ElementTree as ElementTree

from api import ROOT, escaped, paragraphs, plain

HEADER = ROOT / "include/milvus_client.hpp"
XML = ROOT / "target/docs/doxygen/cpp"
# Comments there are for people, not for Doxygen: the filter says which are documentation.
SETTINGS = r"""
@INCLUDE             = tools/docs/Doxyfile
INPUT                = include/milvus_client.hpp
OPTIMIZE_OUTPUT_FOR_C = NO
GENERATE_HTML        = NO
XML_OUTPUT           = cpp
EXTRACT_ALL          = YES
WARNINGS             = NO
EXCLUDE_SYMBOLS      = milvus::detail std std::*
INPUT_FILTER         = "sed -E 's,^( *)// ([^=]),\1/// \2,; s,; // ,; ///< ,'"
"""


def read():
    """The compounds that Doxygen makes of the header."""
    subprocess.run(["doxygen", "-"], input=SETTINGS, cwd=ROOT, text=True, capture_output=True, check=True)
    for entry in ElementTree.parse(XML / "index.xml").getroot().findall("compound"):
        if entry.get("kind") in ("class", "struct", "namespace"):
            yield ElementTree.parse(XML / f"{entry.get('refid')}.xml").getroot().find("compounddef")


def signature(member):
    """A member as it is declared, without its body."""
    template = ", ".join(plain(one.find("type")) + (f" {plain(one.find('declname'))}" if one.find("declname") is not None else "")
                         for one in member.findall("templateparamlist/param"))
    words = re.sub(r"^(inline|constexpr|static|explicit)\s+", "", plain(member.find("type")))
    words = re.sub(r"\binline\s+|\bconstexpr\s+", "", words)
    head = "static " * (member.get("static") == "yes" and member.get("kind") == "function" and "public-static" in member.get("section", ""))
    text = f"{head}{words} {member.find('name').text}{member.findtext('argsstring', '')}".strip()
    if member.get("kind") == "enum":
        values = ", ".join(f"{one.find('name').text} {plain(one.find('initializer'))}" for one in member.findall("enumvalue"))
        text = f"enum class {member.find('name').text} {{ {values} }}"
    elif member.get("kind") == "variable" and member.find("initializer") is not None and "struct" in member.get("section", ""):
        text += " " + plain(member.find("initializer"))
    text = re.sub(r"<\s+", "<", re.sub(r"\s+>", ">", re.sub(r"\s+", " ", text)))
    text = re.sub(r"(?<=[\w)\]])=(?=[\w{\[:])", " = ", text)
    text = re.sub(r"([*&]+) (?=\w)", r" \1", text).replace("  ", " ")
    return (f"template <{template}> " if template else "") + text.replace("( ", "(") + ";"


def members(compound):
    """Public members in the order of the source, each with its comment."""
    kind = compound.get("kind")
    for section in compound.findall("sectiondef"):
        for member in section.findall("memberdef"):
            if member.get("prot") == "public" and member.get("kind") in ("function", "variable", "enum", "typedef"):
                member.set("section", f"{section.get('kind')} {kind}")
                yield int(member.find("location").get("line")), paragraphs(member), signature(member)


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


def listing(compound):
    """Comments as paragraphs, and between them what they are about."""
    out, code = [], []

    def flush():
        if code:
            out.append("```cpp\n" + "\n".join(map(wrapped, code)) + "\n```\n")
            code.clear()

    for _, comment, declaration in sorted(members(compound), key=lambda one: one[0]):
        if comment:
            flush()
            out.append(comment + "\n")
        code.append(declaration)
    flush()
    return out


def write(directory):
    """Writes the page."""
    compounds = list(read())
    head = re.match(r"(?://.*\n)+", HEADER.read_text())[0]
    words = re.sub(r"^// ?", "", head, flags=re.M)
    out = ["# The C++ API\n", "`milvus_client.hpp`, for C++17 and later: the functions of the [C API](index.md) with types of C++. What an operation does, "
           "and when it fails, is told there. This page tells what is different.\n"]
    for entry in re.findall(r"^([A-Z]\w+)  +(.*\n(?:  +.*\n)*)", words.split("different here.")[1], re.M):
        out.append(f"- **{entry[0]}**: {escaped(' '.join(entry[1].split()))}")
    out.append("")
    order = sorted((one for one in compounds if one.get("kind") != "namespace"), key=lambda one: int(one.find("location").get("line")))
    for compound in order:
        name = compound.find("compoundname").text.replace("milvus::", "").split("<")[0].strip()
        if compound.get("prot", "public") == "public" and "detail" not in name:
            out += [f"## {name} {{#cpp-{name.replace('::', '-')}}}\n", *filter(None, [paragraphs(compound)]), "", *listing(compound)]
    for compound in compounds:
        if compound.get("kind") == "namespace" and compound.find("compoundname").text == "milvus":
            out += ["## Functions and constants {#cpp-functions}\n", *listing(compound)]
    (directory / "cpp.md").write_text("\n".join(out))
