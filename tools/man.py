"""Writes man pages from the header into a directory: one a function, and one a section of the header.

    man.py DIRECTORY

The header's comments are Doxygen's. This reads only what those pages need, so that an installation needs no Doxygen.
"""
import pathlib
import re
import sys

import header

HEADER = header.read()
VERSION = ".".join(constant.value for constant in HEADER.constants if constant.name.startswith("MILVUS_VERSION_"))


def roff(text):
    """Text that means the same to man as it does here."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.M)


def parts(comment):
    """The text of a comment, then its parameters and returns as pairs."""
    text, found = [], {"param": [], "retval": [], "return": [], "since": []}
    # A command's text ends at a blank line or at the next command.
    for paragraph in re.split(r"\n\s*\n|\n(?=@)", comment):
        command = re.match(r"@(param|retval|return|since)\b(?:\[\w+\])?\s*([\s\S]*)", paragraph)
        if not command:
            text.append(paragraph)
        elif command[1] in ("param", "retval"):
            name, _, said = command[2].partition(" ")
            found[command[1]].append((name.strip(), " ".join(said.split())))
        else:
            found[command[1]].append(("", " ".join(command[2].split())))
    return "\n\n".join(text), found


def sentence(text):
    """The first sentence, or its beginning, as a title: "e.g." ends none."""
    first = re.match(r"(.*?[^.]\.)(?<!e\.g\.)(?<!i\.e\.)(\s+[A-Z(]|$)", " ".join(text.split()))
    said = (first[1] if first else " ".join(text.split())).rstrip(".")
    if len(said) > 72:
        said = re.split(r"[:;] |, (?=as |if |in the order )", said)[0]
    return said[:1].lower() + said[1:] if not re.match(r"[A-Z_]{2}|MILVUS", said) else said


def filled(text):
    """Paragraphs; indented ones, which are code or tables, as they are."""
    out = []
    for paragraph in re.split(r"\n\s*\n", text.strip("\n")):
        kept = paragraph.startswith("    ") or re.match(r"  \w+ {2,}", paragraph)
        out += [".PP", *([".nf", roff(paragraph), ".fi"] if kept else [roff(paragraph)])]
    return out


def pairs(title, found):
    out = [f".SH {title}"] if found else []
    for name, said in found:
        out += [".TP", f".B {roff(name)}" if name else ".B \\&", roff(said) or "\\&"]
    return out


def head(name, title):
    return [f'.TH {name} 3 "" "milvus\\-client {VERSION}" "Milvus compaction client"', ".nh", ".ad l", ".SH NAME", f"{name} \\- {roff(title)}",
            ".SH SYNOPSIS", ".B #include <milvus_client.h>"]


def code(declaration):
    return [".PP", ".nf", *(f".BR \"\" \"{roff(line)}\"" for line in declaration.replace('"', '""').splitlines()), ".fi"]


def function_page(function, section):
    text, found = parts(function.comment)
    lines = [*head(function.name, sentence(text)), *code(function.code.strip()), ".SH DESCRIPTION", *filled(text),
             *pairs("PARAMETERS", found["param"]), *pairs("RETURN VALUE", found["return"] + found["retval"])]
    if found["since"]:
        lines += [".SH HISTORY", f"Since {roff(found['since'][0][1])}"]
    also = [f"milvus_{section.key} (3)", "milvus_conventions (3)", "milvus_errors (3)"]
    return "\n".join([*lines, ".SH SEE ALSO", *(f".BR {page}," for page in dict.fromkeys(also)), "the header", ".I milvus_client.h"]) + "\n"


def section_page(section):
    """What a section says, its types and constants in full, and the names of its functions."""
    lines = [*head(f"milvus_{section.key}", f"{section.title[:1].lower() + section.title[1:]} (Milvus compaction client)"),
             ".SH DESCRIPTION", *filled(section.text)]
    functions = []
    for declared in section.declarations:
        if isinstance(declared, header.Function):
            functions.append((f"{declared.name}(3)", sentence(parts(declared.comment)[0])))
        else:
            lines += [*code(re.sub(r"/\*\*([\s\S]*?)\*/", lambda found: f"/* {header.bare(found[1])} */", declared.code).rstrip()), ".RS 4",
                      roff(declared.comment), ".RE"]
    return "\n".join([*lines, *pairs("FUNCTIONS", functions), ".SH SEE ALSO", "the header", ".I milvus_client.h"]) + "\n"


def main():
    directory = pathlib.Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    conventions = header.Section("conventions", "Conventions", HEADER.conventions, [])
    for section in [conventions, *HEADER.sections]:
        (directory / f"milvus_{section.key}.3").write_text(section_page(section))
    # Functions after the sections: milvus_segments is both, and its own page is the more useful one.
    for section in HEADER.sections:
        for function in section.of(header.Function):
            (directory / f"{function.name}.3").write_text(function_page(function, section))


if __name__ == "__main__":
    main()
