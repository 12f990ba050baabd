"""The reading edition: complete, without network, every link and picture in place, and accessible."""

from __future__ import annotations

import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest

from tests.common import COURSE, NOTEBOOKS

pytest.importorskip("sphinx")
pytestmark = pytest.mark.slow


class Page(HTMLParser):
    """What the tests look at: links, what a page loads, ids, pictures and headings."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links, self.loads, self.ids, self.pictures, self.headings = [], [], set(), [], []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.ids.add(values.get("id"))
        if tag == "a" and values.get("href"):
            self.links.append(values["href"])
        if tag in ("img", "script") and values.get("src"):
            self.loads.append(values["src"])
        if tag == "link" and values.get("rel") != "canonical" and values.get("href"):
            self.loads.append(values["href"])
        if tag == "img":
            self.pictures.append(values)
        if tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            self.headings.append(int(tag[1]))


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site with spaces") / "site"
    command = [sys.executable, "-m", "tools.make_site", "--output", folder]
    subprocess.run(command, cwd=COURSE, check=True)
    return folder, {path: Page(path) for path in folder.rglob("*.html") if "_static" not in path.parts}


def test_all_pages_are_there(site):
    folder, pages = site
    names = {path.relative_to(folder).as_posix() for path in pages}
    expected = {f"notebooks/{name}.html" for name in NOTEBOOKS} | {
        "index.html",
        "docs/teaching.html",
        "data/README.html",
        "benchmarks/RESULTS.html",
    }
    assert expected <= names


def test_every_link_leads_somewhere(site):
    folder, pages = site
    dead = []
    for path, page in pages.items():
        for link in page.links + page.loads:
            target, anchor = urldefrag(link)
            if target.startswith(("https://", "http://", "mailto:")):
                continue
            aim = path if not target else (path.parent / unquote(target.split("?")[0])).resolve()
            if not aim.exists() or (anchor and aim in pages and anchor not in pages[aim].ids):
                dead.append(f"{path.name}: {link}")
    assert dead == []


def test_nothing_is_loaded_from_the_network(site):
    _, pages = site
    assert [load for page in pages.values() for load in page.loads if load.startswith(("http", "//"))] == []


def test_every_picture_has_an_alternative_text(site):
    _, pages = site
    silent = [
        (path.name, image["src"]) for path, page in pages.items() for image in page.pictures if not image.get("alt")
    ]
    assert silent == []
    automatic = [image["alt"] for page in pages.values() for image in page.pictures if "_images/" in image["alt"]]
    assert automatic == []


def test_headings_are_in_order(site):
    _, pages = site
    for path, page in pages.items():
        assert page.headings[0] == 1, path.name
        jumps = [pair for pair in zip(page.headings, page.headings[1:], strict=False) if pair[1] > pair[0] + 1]
        assert jumps == [], path.name


def test_search_works_from_disk(site, browser):
    folder, _ = site
    page = browser.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((folder / "search.html").as_uri() + "?q=perplexity")
    page.wait_for_selector("#search-results li", timeout=20_000)
    assert "LSTM" in page.locator("#search-results").inner_text()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    page.close()


@pytest.mark.parametrize("width", [400, 1400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_the_screen_and_formulas_are_set(site, browser, width, scheme):
    folder, _ = site
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto((folder / "notebooks" / f"{NOTEBOOKS[1]}.html").as_uri())
    page.wait_for_selector("mjx-container", timeout=20_000)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.documentElement.dataset.theme") == scheme
    page.close()
