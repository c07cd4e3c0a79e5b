"""Builds the documentation site from docs/ and the headers, into target/docs/html.

    build.py [stage]    with the word, only the pages that mdBook will read, in target/docs/book
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

import api
import cpp

ROOT = pathlib.Path(__file__).resolve().parents[2]
BOOK = ROOT / "target/docs/book"
SITE = ROOT / "target/docs/html"
MDBOOK = ROOT / "target/docs/tools/bin/mdbook"
# Pages whose source is elsewhere in the tree, or has another name there.
ELSEWHERE = {"CHANGELOG.md": "changelog.md", ".github/CONTRIBUTING.md": "contributing.md", ".github/RELEASING.md": "releasing.md",
             ".github/SECURITY.md": "reporting.md", "docs/decisions/README.md": "decisions/index.md"}
# What the site has a reference of: there a link to the file leads to the reference.
REFERENCES = {"include/milvus_client.h": "api/index.md", "include/milvus_client.hpp": "api/cpp.md"}
WITHOUT_CODE = re.compile(r"(^```[\s\S]*?^```$|^ {4}.*$)", re.M)


def lines_of(path, part):
    """A file, or the part of it between the comments ANCHOR: part and ANCHOR_END: part."""
    text = path.read_text()
    if part:
        text = re.search(rf"^.*ANCHOR: {part}\b.*\n([\s\S]*?)^.*ANCHOR_END: {part}\b", text, re.M)[1]
    return re.sub(r"^.*ANCHOR(_END)?: .*\n", "", text, flags=re.M).rstrip("\n")


def included(text, page):
    """mdBook's own include, read beside the page's source: the book is built elsewhere."""
    def content(found):
        path, _, part = found[1].partition(":")
        return lines_of((page.parent / path).resolve(), part)
    return re.sub(r"\{\{#include ([^}]+)\}\}", content, text)


def drawn(text, page):
    """Pictures become part of the page, so that they take its colours."""
    def picture(found):
        svg = (page.parent / found[2]).read_text()
        svg = re.sub(r"<style>.*?</style>|<\?xml.*?\?>", "", svg, flags=re.S)
        svg = "".join(line.strip() for line in svg.splitlines()).replace("<svg ", f'<svg role="img" aria-label="{found[1]}" ', 1)
        return f"<figure>{svg}</figure>"
    return re.sub(r"!\[([^\]]*)\]\(([^)]+\.svg)\)", picture, text)


def linked(text, symbols, up):
    """Names of the API in code style become links to the reference; so do plain ones on its own pages."""
    def link(found):
        name = re.sub(r"\(.*", "", found[1].replace("\\", ""))
        return f"[`{found[1]}`]({up}{symbols[name]})" if name in symbols else found[0]
    parts = WITHOUT_CODE.split(text)
    for at in range(0, len(parts), 2):
        parts[at] = re.sub(r"(?<!\[)`((?:milvus|MILVUS)_\w+(?:\(\))?)`(?!\])", link, parts[at])
    return "".join(parts)


def cross_referenced(text, symbols):
    """The same for the reference, where names stand in running text too. Longer code stays code."""
    bare = re.compile(r"(?<![\w\"#\[])(?<!\]\()((?:milvus|MILVUS)(?:\\?_\w+?)+)(?!\\?_|\w)(\(\))?(?![\"\]])")

    def link(found):
        name = found[1].replace("\\", "")
        return f"[`{name}{found[2] or ''}`](../{symbols[name]})" if name in symbols else found[0]

    def with_links(line):
        words = re.split(r"(`[^`]*`)", line)
        words[::2] = [bare.sub(link, word) for word in words[::2]]
        for at in range(1, len(words), 2):
            if not words[at - 1].endswith(("[", "</a>")):  # neither a link already nor where the name itself is explained
                words[at] = re.sub(r"^`(milvus_\w+|MILVUS_\w+)(\(\))?`$", link, words[at])
        return "".join(words)
    parts = WITHOUT_CODE.split(text)
    for at in range(0, len(parts), 2):
        parts[at] = "\n".join(line if line.startswith("#") else with_links(line) for line in parts[at].split("\n"))
    return "".join(parts)


def relinked(text, original, page, pages):
    """Links as the book has them: pages may have moved, and what is no page is named without a link."""
    def link(found):
        path, mark, anchor = found[2].partition("#")
        target = (original.parent / path).resolve()
        if not path or "://" in found[2] or not target.exists():
            return found[0]
        if target not in pages:
            return found[1] if target.suffix != ".svg" else found[0]
        return f"[{found[1]}]({os.path.relpath(pages[target], page.parent)}{mark}{anchor})"
    parts = WITHOUT_CODE.split(text)
    return "".join(re.sub(r"(?<!!)\[([^\]]*)\]\(([^)\s]+)\)", link, part) if at % 2 == 0 else part for at, part in enumerate(parts))


def stage():
    """Puts together what mdBook reads."""
    complaints = api.doxygen()
    shutil.rmtree(BOOK, ignore_errors=True)
    source = BOOK / "src"
    shutil.copytree(ROOT / "docs", source)
    for name in ("book.toml", "site.css", "theme"):
        (source / name).rename(BOOK / name)
    pages = {ROOT / "docs" / page.relative_to(source): page for page in source.rglob("*.md") if page.name != "SUMMARY.md"}
    for original, page in ELSEWHERE.items():
        pages.get(ROOT / original, source / page).unlink(missing_ok=True)
        pages[ROOT / original] = pathlib.Path(shutil.copy(ROOT / original, source / page))
    leads = pages | {ROOT / original: source / page for original, page in REFERENCES.items()}
    sections, symbols = api.write(source / "api")
    complaints += cpp.write(source / "api")
    for original, page in pages.items():
        text = drawn(included(relinked(original.read_text(), original, page, leads), original), page)
        page.write_text(linked(text, symbols, "../" * (len(page.relative_to(source).parts) - 1)))
    for page in (source / "api").glob("*.md"):
        page.write_text(cross_referenced(page.read_text(), symbols))
    summary(source, sections, leads)
    return complaints


def summary(source, sections, leads):
    """The book's contents: the committed list, with what is made here in its places."""
    text = (source / "SUMMARY.md").read_text()
    listed = "\n".join(f"  - [{title}](api/{name})" for title, name in sections)
    text = text.replace("  - [Sections](../include/milvus_client.h)", listed)
    listed = "\n".join(f"  - [{title_of(page)}](decisions/{page.name})" for page in sorted((source / "decisions").glob("[0-9]*.md")))
    text = text.replace("  - [Decisions](decisions/)", listed)
    (source / "SUMMARY.md").write_text(relinked(text, ROOT / "docs/SUMMARY.md", source / "SUMMARY.md", leads))


def title_of(page):
    return re.search(r"^# (.*)", page.read_text(), re.M)[1]


def main():
    complaints = stage()
    print(*complaints, sep="\n", end="\n" if complaints else "")
    if sys.argv[1:] == ["stage"]:
        return
    shutil.rmtree(SITE, ignore_errors=True)
    done = subprocess.run([str(MDBOOK), "build", str(BOOK)], capture_output=True, text=True, check=False)
    if done.returncode or re.search(r"\b(WARN|ERROR)\b", done.stderr + done.stdout):
        sys.exit(done.stdout + done.stderr)
    # What no reader needs: pages' sources and mdBook's list of them for other hosts.
    for needless in ("CNAME", ".nojekyll"):
        (SITE / needless).unlink(missing_ok=True)
    pages = sum(1 for _ in SITE.rglob("*.html"))
    print(f"{pages} pages: {(SITE / 'index.html').relative_to(ROOT)}")


if __name__ == "__main__":
    main()
