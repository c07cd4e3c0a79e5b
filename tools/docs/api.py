"""The API reference: what Doxygen has read of the header, as pages of the book.

Each section of the header becomes a page; every function, type, field and constant gets an anchor of its own name.
"""
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))
import header  # noqa: E402
from header import ROOT  # noqa: E402

DOXYFILE = ROOT / "tools/docs/Doxyfile"
XML = ROOT / "target/docs/doxygen/xml"


def doxygen():
    """Reads the header; returns Doxygen's complaints, among them each symbol without documentation."""
    XML.parent.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["doxygen", str(DOXYFILE)], cwd=ROOT, capture_output=True, text=True, check=False)
    complaints = [line for line in done.stderr.splitlines() if line.strip()]
    return complaints or ([f"doxygen ended with {done.returncode}"] if done.returncode else [])


def inline(node):
    """The text of a node, in Markdown."""
    out = [escaped(node.text or "")]
    for child in node:
        if child.tag == "computeroutput":
            out.append(f"`{plain(child)}`")
        elif child.tag in ("emphasis", "bold"):
            out.append(f"*{inline(child)}*")
        elif child.tag in ("itemizedlist", "orderedlist"):
            out.append("\n\n" + "\n".join(f"- {joined(item)}" for item in child.iter("listitem")) + "\n\n")
        elif child.tag in ("verbatim", "preformatted", "programlisting"):
            out.append("\n\n```c\n" + plain(child).strip("\n") + "\n```\n\n")
        elif child.tag not in ("parameterlist", "simplesect"):
            out.append(inline(child))
        out.append(escaped(child.tail or ""))
    return "".join(out)


def plain(node):
    """A node's text as it is: spaces of a listing are elements."""
    spaces = {"sp": " ", "linebreak": "\n"}
    out = [node.text or ""]
    for child in node:
        out += [spaces.get(child.tag, ""), plain(child), "\n" if child.tag == "codeline" else "", child.tail or ""]
    return "".join(out)


def escaped(text):
    return re.sub(r"([\\`*_<>\[\]|#])", r"\\\1", text)


def joined(node):
    return " ".join(" ".join(inline(paragraph).split()) for paragraph in node.findall("para")).strip()


def paragraphs(member):
    """A description without its parameters and returns, which stand in tables."""
    nodes = [node for part in ("briefdescription", "detaileddescription") for node in member.find(part).findall("para")]
    return "\n\n".join(text for node in nodes if (text := inline(node).strip()))


def one_line(member):
    return " ".join(paragraphs(member).split())


def anchor(name):
    return f'<a id="{name}"></a>'


def items(member, kind):
    for group in member.find("detaileddescription").iter("parameterlist"):
        if group.get("kind") == kind:
            for item in group.findall("parameteritem"):
                yield item.find("parameternamelist/parametername").text, joined(item.find("parameterdescription"))


def sections_of(member, kind):
    for section in member.find("detaileddescription").iter("simplesect"):
        if section.get("kind") == kind:
            yield joined(section)


def prototype(member):
    """The declaration as C has it, with a line for each parameter if it is long."""
    kind, name = plain(member.find("type")), member.find("name").text
    declared = [plain(parameter.find("type")) + " " + parameter.findtext("declname", "") + parameter.findtext("array", "")
                for parameter in member.findall("param")]
    declared = [re.sub(r"\* (?=\w)", "*", one.strip()) for one in declared]
    head = f"{kind} {name}(".replace("* ", "*")
    whole = head + ", ".join(declared) + ");"
    return whole if len(whole) <= 90 else head + (",\n" + " " * len(head)).join(declared) + ");"


def function(member):
    name = member.find("name").text
    out = [f"### {name} {{#{name}}}\n", f"```c\n{prototype(member)}\n```\n",
           paragraphs(member) + "\n"]
    if parameters := list(items(member, "param")):
        out += ["| parameter | |\n|---|---|", *(f"| `{key}` | {said} |" for key, said in parameters), ""]
    returns = [*items(member, "retval"), *(("", said) for said in sections_of(member, "return"))]
    if returns:
        out += ["| returns | |\n|---|---|", *(f"| {escaped(key)} | {said} |" for key, said in returns), ""]
    out += [f"Since {said}\n" for said in sections_of(member, "since")]
    return "\n".join(out)


def structure(reference):
    """A struct with a row for each field."""
    compound = ElementTree.parse(XML / f"{reference}.xml").getroot().find("compounddef")
    name = compound.find("compoundname").text
    out = [f"### {name} {{#{name}}}\n", paragraphs(compound) + "\n",
           "| field | type | |\n|---|---|---|"]
    for field in compound.iter("memberdef"):
        own = field.find("name").text
        kind = plain(field.find("type")) + field.findtext("argsstring", "")
        out.append(f"| {anchor(f'{name}.{own}')}`{own}` | `{kind}` | {one_line(field)} |")
    return "\n".join(out) + "\n"


def alias(member):
    name = member.find("name").text
    declaration = re.sub(r"\*\s+", "*", plain(member.find("definition")))
    return f"### {name} {{#{name}}}\n\n```c\n{declaration};\n```\n\n{paragraphs(member)}\n"


def constants(members):
    rows = [f"| {anchor(one.find('name').text)}`{one.find('name').text}` | `{' '.join(plain(one.find('initializer')).split())}` | {one_line(one)} |"
            for one in members if not one.find("name").text.endswith("_INIT")]
    return ["| constant | value | |\n|---|---|---|", *rows, ""]


def page(compound):
    """A section of the header: its text, then functions, types and constants."""
    members = {kind: [one for one in compound.iter("memberdef") if one.get("kind") == kind] for kind in ("function", "typedef", "define")}
    structs = [structure(inner.get("refid")) for inner in compound.findall("innerclass")]
    initialisers = [one.find("name").text for one in members["define"] if one.find("name").text.endswith("_INIT")]
    out = [f"# {compound.find('title').text}\n", paragraphs(compound) + "\n"]
    if members["function"]:
        out += ["## Functions\n", *map(function, members["function"])]
    if structs or members["typedef"]:
        out += ["## Types\n", *structs, *map(alias, members["typedef"])]
    if initialisers:
        out += ["Begin with: " + ", ".join(f"{anchor(name)}`{name}`" for name in initialisers) + ".\n"]
    if len(members["define"]) > len(initialisers):
        out += ["## Constants\n", *constants(members["define"])]
    return "\n".join(out)


def conventions():
    """What the header says before its first section, as a list."""
    out = ["## Conventions\n"]
    for title, text in re.findall(r"^  (\w.*?)  +(.*(?:\n   .*)*)", header.read().conventions, re.M):
        parts = re.split(r"(`[^`]*`)", " ".join(text.split()))
        out.append(f"- **{title}**: " + "".join(part if part.startswith("`") else escaped(part) for part in parts))
    return "\n".join(out) + "\n"


def write(directory):
    """Writes a page for each section into a directory; returns titles and file names, in the header's order, and where
    each symbol is."""
    directory.mkdir(parents=True, exist_ok=True)
    index = ElementTree.parse(XML / "index.xml").getroot()
    compounds = {}
    for compound in index.findall("compound"):
        if compound.get("kind") == "group":
            compounds[compound.find("name").text] = ElementTree.parse(XML / f"{compound.get('refid')}.xml").getroot().find("compounddef")
    pages, symbols = [], {}
    for key in (section.key for section in header.read().sections):
        text = page(compounds[key])
        (directory / f"{key}.md").write_text(text)
        pages.append((compounds[key].find("title").text, f"{key}.md"))
        for name in re.findall(r'\{#(\w+)\}|<a id="([\w.]+)">', text):
            symbols["".join(name)] = f"api/{key}.md#{''.join(name)}"
    listed = ["# The C API\n", "Every function, type and constant of `milvus_client.h`, read from the header by Doxygen.\n", conventions(),
              "## All functions\n"]
    for title, name in pages:
        functions = [symbol for symbol, where in symbols.items() if where.startswith(f"api/{name}#milvus_") and is_function(compounds[name[:-3]], symbol)]
        listed.append(f"- [{title}]({name}): " + (", ".join(f"[`{one}`]({name}#{one})" for one in functions) or "constants and types"))
    (directory / "index.md").write_text("\n".join(listed) + "\n")
    return pages, symbols


def is_function(compound, symbol):
    return any(one.get("kind") == "function" and one.find("name").text == symbol for one in compound.iter("memberdef"))
