"""Writes man pages from the header into a directory: one a function, and one a section of the header.

    man.py DIRECTORY

The header's comments are Doxygen's. This reads only what those pages need, so that an installation needs no Doxygen.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
HEADER = (ROOT / "include/milvus_client.h").read_text()
VERSION = ".".join(re.search(rf"#define MILVUS_VERSION_{part} (\d+)", HEADER)[1] for part in ("MAJOR", "MINOR", "PATCH"))


def roff(text):
    """Text that means the same to man as it does here."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.M)


def bare(comment):
    """What a comment says, without its stars."""
    return re.sub(r"^ *\* ?", "", comment.strip(), flags=re.M).strip()


def sections():
    """Key, title, introduction and code of each section, the conventions first."""
    conventions = re.search(r"^// Conventions\n(.*?)\n\n", HEADER, re.M | re.S)
    if conventions:
        yield "conventions", "Conventions", re.sub(r"^// ?", "", conventions[1], flags=re.M), ""
    for comment, code in re.findall(r"/\*\*((?:(?!\*/)[\s\S])*@\{\n)\s*\*/\n([\s\S]*?)/\*\* @\} \*/", HEADER):
        key, title, text = re.match(r"@defgroup (\w+) (.*)\n([\s\S]*)@\{", bare(comment)).groups()
        yield key, title, text.strip(), code


def parts(comment):
    """The text of a comment, then its parameters and returns as pairs."""
    text, found = [], {"param": [], "retval": [], "return": [], "since": []}
    # A command's text ends at a blank line or at the next command.
    for paragraph in re.split(r"\n\s*\n|\n(?=@)", bare(comment)):
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
    return [f'.TH {name} 3 "" "milvus\\-client {VERSION}" "Milvus compaction client"', ".SH NAME", f"{name} \\- {roff(title)}",
            ".SH SYNOPSIS", ".B #include <milvus_client.h>"]


def code(declaration):
    return [".PP", ".nf", *(f".BR \"\" \"{roff(line)}\"" for line in declaration.replace('"', '""').splitlines()), ".fi"]


def function_page(name, comment, declaration, section):
    text, found = parts(comment)
    lines = [*head(name, sentence(text)), *code(declaration.strip()), ".SH DESCRIPTION", *filled(text), *pairs("PARAMETERS", found["param"]),
             *pairs("RETURN VALUE", found["return"] + found["retval"])]
    if found["since"]:
        lines += [".SH HISTORY", f"Since {roff(found['since'][0][1])}"]
    also = [f"milvus_{section} (3)", "milvus_conventions (3)", "milvus_errors (3)"]
    return "\n".join([*lines, ".SH SEE ALSO", *(f".BR {page}," for page in dict.fromkeys(also)), "the header", ".I milvus_client.h"]) + "\n"


def section_page(key, title, text, documented):
    """What a section says, its types and constants in full, and the names of its functions."""
    lines = [*head(f"milvus_{key}", f"{title[:1].lower() + title[1:]} (Milvus compaction client)"), ".SH DESCRIPTION", *filled(text)]
    functions = []
    for comment, declaration in documented:
        if name := function_of(declaration):
            functions.append((f"{name}(3)", sentence(parts(comment)[0])))
        else:
            lines += [*code(re.sub(r"/\*\*[\s\S]*?\*/", lambda found: f"/* {bare(found[0][3:-2])} */", declaration).rstrip()), ".RS 4",
                      roff(bare(comment)), ".RE"]
    return "\n".join([*lines, *pairs("FUNCTIONS", functions), ".SH SEE ALSO", "the header", ".I milvus_client.h"]) + "\n"


def function_of(declaration):
    """The name of the function that is declared, or None."""
    found = re.match(r"(?!typedef|#)[\w *]*?\b(milvus_\w+)\(", declaration)
    return found and found[1]


def documented_in(text):
    """Each comment with what it is about: a declaration, a constant, or a whole struct."""
    text = re.sub(r"^// =+\n", "", text, flags=re.M)
    at, found = 0, []
    while start := re.compile(r"^/\*\*", re.M).search(text, at):
        end = text.index("*/", start.start()) + 2
        rest = text[end:].lstrip("\n")
        begin = len(text) - len(rest)
        stop = re.compile(r"^\} \w+;\n" if re.match(r"typedef struct \w+ \{", rest) else r"\n", re.M).search(rest)
        while rest[: stop.end()].count("(") > rest[: stop.end()].count(")"):
            stop = re.compile(r"\n").search(rest, stop.end())
        found.append((text[start.start() + 3:end - 2], rest[: stop.end()]))
        at = begin + stop.end()
    return found


def main():
    directory = pathlib.Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    for key, title, text, source in sections():
        documented = documented_in(source)
        (directory / f"milvus_{key}.3").write_text(section_page(key, title, text, documented))
    # Functions after the sections: milvus_segments is both, and its own page is the more useful one.
    for key, _, _, source in sections():
        for comment, declaration in documented_in(source):
            if name := function_of(declaration):
                (directory / f"{name}.3").write_text(function_page(name, comment, declaration, key))


if __name__ == "__main__":
    main()
