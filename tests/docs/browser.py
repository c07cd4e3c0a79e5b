"""The built site in a real browser, from its files and without a network. Run by `make docs-check`."""
import html.parser
import json
import sys
import urllib.parse

import pytest
from conftest import ROOT

from chromium import Chromium

SITE = ROOT / "target/docs/html"
PAGES = sorted(str(page.relative_to(SITE)) for page in SITE.rglob("*.html") if page.name not in ("404.html", "toc.html"))


class Page(html.parser.HTMLParser):
    """Links, loaded files and anchors of a page."""

    def __init__(self, path):
        super().__init__()
        self.links, self.loaded, self.anchors = [], [], set()
        self.feed(path.read_text())

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if "id" in found:
            self.anchors.add(found["id"])
        if tag == "a" and found.get("href"):
            self.links.append(found["href"])
        elif found.get("src") or (tag == "link" and found.get("href")):
            self.loaded.append(found.get("src") or found["href"])


@pytest.fixture(scope="module")
def parsed():
    return {name: Page(SITE / name) for name in PAGES}


@pytest.fixture(scope="module")
def browser():
    with Chromium() as one:
        yield one


def test_the_site_is_there():
    assert len(PAGES) > 40, "run `make docs`"


def test_every_link_and_anchor_exists(parsed):
    for name, page in parsed.items():
        for link in page.links + page.loaded:
            if link.startswith(("https://", "http://", "mailto:")):
                assert link not in page.loaded, f"{name} loads {link}"
                continue
            path, _, anchor = urllib.parse.unquote(link).partition("#")
            target = (SITE / name).parent.joinpath(path).resolve() if path else (SITE / name).resolve()
            assert target.is_file(), f"{name} leads to {link}"
            other = str(target.relative_to(SITE.resolve()))
            if anchor and other in parsed:
                assert anchor in parsed[other].anchors, f"{name} leads to {link}"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_without_an_error_or_a_request(browser, name):
    assert browser.open((SITE / name).as_uri()) == []
    assert browser.evaluate("document.querySelector('main h1') !== null")


@pytest.mark.parametrize("words,expected", [
    ("milvus_compact", "api/compaction.html#milvus_compact"),
    ("MILVUS_BUSY", "guide/errors.html"),
    ("CronJob", "guide/nightly.html"),
    ("assumed_version", "reference/options.html"),
])
def test_the_search_finds(browser, words, expected):
    browser.open(f"{(SITE / 'introduction.html').as_uri()}?search={words}")
    found = browser.evaluate("""new Promise((done) => {
        const look = (left) => {
            const links = [...document.querySelectorAll('#mdbook-searchresults a, #searchresults a')].map((link) => link.href);
            if (links.length || !left) done(JSON.stringify(links)); else setTimeout(look, 50, left - 1);
        };
        look(200);
    })""")
    links = json.loads(found)
    page, _, anchor = expected.partition("#")
    assert any(f"/{page}?" in link and link.endswith(f"#{anchor}" if anchor else link[-1]) for link in links), links[:10]


@pytest.mark.parametrize("dark", [False, True])
def test_the_colours_follow_the_reader(dark):
    with Chromium(dark=dark) as browser:
        browser.open((SITE / "guide/performance.html").as_uri())
        luminance = """(() => { const [r, g, b] = getComputedStyle(document.querySelector('%s')).%s.match(/\\d+/g).map(Number);
            return (r * 299 + g * 587 + b * 114) / 1000; })()"""
        back, text = browser.evaluate(luminance % ("html", "backgroundColor")), browser.evaluate(luminance % ("figure text", "fill"))
        assert (back < 60 and text > 120) if dark else (back > 200 and text < 80)


def test_no_page_is_wider_than_a_telephone():
    with Chromium(width=400, height=800) as browser:
        for name in PAGES:
            browser.open((SITE / name).as_uri())
            wide = browser.evaluate("document.documentElement.scrollWidth")
            assert wide <= 400, f"{name} is {wide} wide"
            assert browser.evaluate("[...document.querySelectorAll('svg.plot')].every((plot) => plot.getBoundingClientRect().right <= 400)"), name


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, "-q"]))
