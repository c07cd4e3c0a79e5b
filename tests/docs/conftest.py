"""The tests of the documentation share the tools that build it, and the pages as mdBook will read them."""
import pathlib
import re
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Where tools/setup.sh puts actionlint and kubernetes-validate.
LINT = ROOT / "target/lint"
sys.path[:0] = [str(ROOT / "tools/docs"), str(LINT / "python")]

import build  # noqa: E402


class Book:
    """The pages, and what Doxygen had to complain about when it read the headers."""

    def __init__(self):
        self.complaints = build.stage()
        self.source = build.BOOK / "src"
        self.pages = {str(page.relative_to(self.source)): page.read_text() for page in sorted(self.source.rglob("*.md"))}


@pytest.fixture(scope="session")
def book():
    return Book()


@pytest.fixture(scope="session")
def header():
    return (ROOT / "include/milvus_client.h").read_text()


def written():
    """The pages that people write, by their name seen from docs/; those that a command writes are left out."""
    made = {"errors.md", "optimize.md", "truth.md", "performance.md"}
    docs = {str(page.relative_to(ROOT / "docs")): page for page in sorted((ROOT / "docs").rglob("*.md"))}
    beside = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / ".github").glob("*.md")), *sorted((ROOT / "bindings").glob("*/README.md"))]
    pages = {f"../{page.relative_to(ROOT)}": page for page in beside} | {name: page for name, page in docs.items() if name not in made}
    return {name: page.read_text() for name, page in pages.items()}


def blocks(language):
    """Each code block of a language, with where it stands; one that includes a file is that file's, which has its tests."""
    for name, text in written().items():
        for code in re.findall(rf"^```{language}\n(.*?)^```", text, re.M | re.S):
            if "{{#include" not in code:
                yield pytest.param(code, id=f"{name}:{text[:text.index(code)].count(chr(10)) + 1}")
