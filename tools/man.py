"""Writes man pages from the header into a directory: one a section of it, and a link to that for each function.

    man.py DIRECTORY
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
HEADER = (ROOT / "include/milvus_client.h").read_text()
VERSION = ".".join(re.search(rf"#define MILVUS_VERSION_{part} (\d+)", HEADER)[1] for part in ("MAJOR", "MINOR", "PATCH"))
RULE = "// " + "=" * 100 + "\n"


def roff(text):
    """Text that means the same to man as it does here."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.M)


def uncommented(text):
    return re.sub(r"^// ?", "", text, flags=re.M)


def sections():
    """Title, introduction and code of each section, the conventions first."""
    head, *rest = HEADER.split(RULE)
    yield "Conventions", uncommented(re.search(r"^// Conventions\n(.*?)\n\n", head, re.M | re.S)[1]), ""
    for intro, code in zip(rest[0::2], rest[1::2]):
        title, _, text = uncommented(intro).strip().partition("\n")
        yield title, text.strip(), code.split("#ifdef __cplusplus")[0]


def page(title, text, code):
    name = "milvus_" + re.sub(r"\W+", "_", title.lower())
    lines = [f'.TH {name} 3 "" "milvus\\-client {VERSION}" "Milvus compaction client"', ".SH NAME",
             f"{name} \\- {roff(title.lower())} of the Milvus compaction client", ".SH SYNOPSIS",
             ".B #include <milvus_client.h>", ".SH DESCRIPTION", ".nf", roff(text), ".fi"]
    for comment, declaration in re.findall(r"((?:^//.*\n)+)((?:^(?!//).+\n)+)", code, re.M):
        lines += [".PP", ".nf", ".B", *(f".BR \"\" \"{roff(line)}\"" if line.strip() else "" for line in
                  declaration.replace('"', '""').splitlines()), ".RS 4", roff(uncommented(comment)).rstrip(), ".RE", ".fi"]
    lines += [".SH SEE ALSO", ".BR milvus_conventions (3),", "the header", ".I milvus_client.h"]
    return name, "\n".join(lines) + "\n", sorted(set(re.findall(r"\b(milvus_\w+)\([^;]*\);", re.sub(r"//.*", "", code))))


def main():
    directory = pathlib.Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    for section in sections():
        name, text, functions = page(*section)
        (directory / f"{name}.3").write_text(text)
        for function in functions:
            if function != name:
                (directory / f"{function}.3").write_text(f".so man3/{name}.3\n")


if __name__ == "__main__":
    main()
