"""The reading edition: complete, without network, every link and picture in place, and accessible.

What is looked at on each page in each width and colour is weekly; `make test` takes the front page and the widest code.
"""

from __future__ import annotations

import html
import io
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import nbformat
import numpy as np
import pytest
from PIL import Image

from tests.common import COURSE, NOTEBOOKS
from tools import make_site

pytest.importorskip("sphinx")
pytestmark = pytest.mark.slow


class Page(HTMLParser):
    """What the tests look at: links, what a page loads, ids, pictures and headings."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links, self.loads, self.ids, self.pictures, self.headings, self.said = [], [], set(), [], [], {}
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
        if tag == "meta" and values.get("content"):
            self.said[values.get("name") or values.get("property")] = values["content"]
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
        *(f"docs/{name}.html" for name in ("install", "teaching", "glossary", "references")),
        *(f"docs/{name}.html" for name in ("rights", "settings", "trouble")),
        "data/README.html",
        "benchmarks/RESULTS.html",
    }
    assert expected <= names
    for name in NOTEBOOKS:
        assert sum(page.startswith(f"notebooks/{name}/") for page in names) >= 5, "by part"
    assert [path.name for path in folder.parent.iterdir()] == ["site"], "nothing is left beside it"


def test_the_front_page_leads_to_the_commands_for_each_system(site):
    folder, pages = site
    assert "docs/install.html" in pages[folder / "index.html"].links
    text = re.sub(r"<[^>]*>", "", (folder / "docs" / "install.html").read_text(encoding="utf-8"))
    for command in ("make run\n", r".venv\Scripts\python -m jupyterlab", ".venv/bin/python -m jupyterlab"):
        assert command in text
    assert {"../docs/trouble.html", "trouble.html"} & set(pages[folder / "docs" / "install.html"].links)


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


def test_every_page_says_what_it_is_about(site):
    folder, pages = site
    about = {path.relative_to(folder).as_posix(): page.said for path, page in pages.items()}
    for name in ("genindex.html", "search.html", "docs/play/index.html"):
        about.pop(name, None)
    assert [name for name, said in about.items() if not 30 < len(said.get("description", "")) <= 203] == []
    assert [name for name, said in about.items() if not said.get("og:title")] == []


def test_the_set_up_code_is_folded_and_no_box_is_empty(site):
    folder, pages = site
    for name in NOTEBOOKS:
        text = (folder / "notebooks" / f"{name}.html").read_text(encoding="utf-8")
        before, _, after = text.partition("COURSE_REPO")
        assert before.rfind("<details") > before.rfind("</details"), name
    for path in pages:
        assert "<pre><span></span>\n</pre>" not in path.read_text(encoding="utf-8"), path.name


def test_learners_pages_do_not_lead_to_the_instructors(site):
    folder, pages = site
    leading = {
        path.relative_to(folder).as_posix() for path, page in pages.items() if "teaching.html" in str(page.links)
    }
    assert leading - {"docs/teaching.html"} <= {"index.html", "docs/settings.html", "docs/trouble.html"}
    index = (folder / "searchindex.js").read_text(encoding="utf-8")
    assert "docs/rights" in index and "homework" not in index.lower(), "search does not read them"


@pytest.fixture
def opened(site, browser):
    """Open a page of the site; its requests are noted."""
    folder, _ = site
    pages, asked = [], []

    def open_page(name, width=1280, scheme="light", **options):
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme, **options)
        page.on("request", lambda request: asked.append(request.url))
        page.goto((folder / name).as_uri())
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        page.close()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == [], "no request leaves the site"


def test_the_front_pages_sliders_choose_one_of_81_tomatoes(opened):
    """Each place shows another one, whole: the sheet is cut where one ends and the next begins."""
    page = opened("index.html")
    painting, sliders = page.locator(".walks .painting"), page.locator(".walks input")
    shown = set()
    for across, down in [(4, 4), (0, 0), (8, 0), (0, 8)]:
        for slider, place in ((sliders.nth(0), across), (sliders.nth(1), down)):
            slider.fill(str(place))
        name = f"A painted tomato, {round(12.5 * across + 0.01)}% of the way across and {round(12.5 * down + 0.01)}%"
        assert painting.get_attribute("aria-label").startswith(name)
        with Image.open(io.BytesIO(painting.screenshot())) as picture:
            pixels = np.asarray(picture.convert("RGB"), "float32")
        shown.add(pixels.tobytes())
        border = np.concatenate([pixels[2], pixels[-3], pixels[:, 2], pixels[:, -3]])
        assert border.min() > 200 and pixels[60:110, 60:110].min() < 120, "a tomato on white, not parts of two"
    assert len(shown) == 4


TERMS = {
    **{"perplexity": NOTEBOOKS[0], "greedy": NOTEBOOKS[0], "trigram": NOTEBOOKS[0], "tokenise": NOTEBOOKS[0]},
    **{"counterfeiter": NOTEBOOKS[1], "energy distance": NOTEBOOKS[1], "collapse": NOTEBOOKS[1]},
    **{"batch normalisation": NOTEBOOKS[2], "strided": NOTEBOOKS[2], "bananas": NOTEBOOKS[2]},
}
QUICK = ["perplexity", "bananas"]


@pytest.mark.parametrize("term", [pytest.param(t, marks=[] if t in QUICK else pytest.mark.weekly) for t in TERMS])
def test_search_works_from_disk_and_leads_to_a_part(opened, term):
    page = opened("search.html")
    page.goto(page.url + "?q=" + term.replace(" ", "+"))
    page.wait_for_selector("#search-results li a", timeout=20_000)
    page.wait_for_function("!document.querySelector('#search-progress')?.textContent.includes('Searching')")
    found = page.eval_on_selector_all("#search-results li a", "all => all.map(a => a.getAttribute('href'))")
    assert any(f"notebooks/{TERMS[term]}/" in link for link in found[:6]), found[:6]
    assert not [link for link in found if "teaching" in link]


def widest(site, count):
    """The pages with the longest lines of code."""
    folder, pages = site
    lengths = {}
    for path in pages:
        if path.parent.parent.name == "notebooks":
            text = html.unescape(re.sub(r"<[^>]*>", "", " ".join(CODE.findall(path.read_text(encoding="utf-8")))))
            lengths[path.relative_to(folder).as_posix()] = max(map(len, text.splitlines()), default=0)
    return sorted(lengths, key=lengths.get)[-count:]


CODE = re.compile(r'<div class="cell_input.*?<pre>(.*?)</pre>', re.DOTALL)
CUT = "all => all.filter(e => e.offsetParent && e.scrollWidth > e.clientWidth + 1)"


@pytest.mark.parametrize("count", [1, pytest.param(1000, marks=pytest.mark.weekly)])
def test_code_is_whole_on_a_laptop_and_can_be_scrolled_on_a_telephone(site, opened, count):
    folder, _ = site
    wide, narrow = opened("index.html", 1280), opened("index.html", 390)
    for name in widest(site, count):
        wide.goto((folder / name).as_uri())
        assert wide.eval_on_selector_all(".cell_input pre", f"{CUT.replace('all =>', 'all => (')}).length") == 0, name
        narrow.goto((folder / name).as_uri())
        assert narrow.evaluate("document.documentElement.scrollWidth") <= 390, name
        fixed = f"{CUT.replace('all =>', 'all => (')}).filter(e => getComputedStyle(e).overflowX != 'auto').length"
        assert narrow.eval_on_selector_all(".cell_input pre", fixed) == 0, name


def faults(page):
    """What axe-core finds on a page."""
    from axe_playwright_python.sync_playwright import Axe

    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
    result = Axe().run(page, options={"runOnly": rules}).response
    return [f"{fault['id']}: {fault['nodes'][0]['target']}" for fault in result["violations"]]


LOOKS = [(390, "light"), (820, "dark"), (1280, "light"), (390, "dark"), (820, "light"), (1280, "dark")]


@pytest.mark.parametrize(
    ("width", "scheme"),
    [pytest.param(*look, marks=pytest.mark.weekly if n > 1 else []) for n, look in enumerate(LOOKS)],
)
def test_the_front_page_and_a_part_are_accessible(site, opened, width, scheme):
    folder, _ = site
    first = min((folder / "notebooks" / NOTEBOOKS[1]).glob("*.html")).relative_to(folder).as_posix()
    for name in ("index.html", first):
        page = opened(name, width, scheme)
        assert page.evaluate("document.documentElement.dataset.theme") == scheme
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert faults(page) == [], name


@pytest.mark.weekly
@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_every_page_is_accessible_and_fits(site, opened, width, scheme):
    folder, pages = site
    page, wrong = opened("index.html", width, scheme), []
    for path in sorted(pages):
        if path.name not in ("genindex.html",) and path.parent.name != "play":
            page.goto(path.as_uri())
            wrong += [f"{path.name}: {fault}" for fault in faults(page)]
            if (is_wide := page.evaluate("document.documentElement.scrollWidth")) > width:
                wrong.append(f"{path.name}: {is_wide} pixels wide")
    assert wrong == []


def test_the_keyboard_leads_from_the_front_page_into_a_notebook(opened):
    page = opened("index.html")
    page.keyboard.press("Tab")
    assert "Skip" in page.evaluate("document.activeElement.textContent")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Start reading":
            break
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", "one sees where one is"
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{NOTEBOOKS[0]}.html")
    page.keyboard.press("Control+k")
    page.wait_for_function("document.activeElement.type == 'search'")


def test_the_front_page_moves_and_stands_still_for_who_wants_that(opened):
    for motion in ("no-preference", "reduce"):
        page = opened("index.html", reduced_motion=motion)
        films = page.eval_on_selector_all(".result img", "all => all.map(image => image.currentSrc.slice(-4))")
        assert films == 2 * [".gif" if motion == "no-preference" else ".png"]
        moving = page.eval_on_selector(".typed i", "word => getComputedStyle(word).animationName")
        assert moving == ("write" if motion == "no-preference" else "none")
        assert page.eval_on_selector_all(".result", "all => all.length") == 3
        assert page.eval_on_selector_all(".typed > span", "all => all.length") >= 3, "headlines that a network wrote"


def test_formulas_are_set(opened):
    page = opened(f"notebooks/{NOTEBOOKS[1]}.html")
    with_formula = page.eval_on_selector_all("a", "all => all.map(a => a.href).filter(a => a.includes('the-game'))")
    page.goto(with_formula[0])
    page.wait_for_selector("mjx-container", timeout=20_000)


@pytest.mark.parametrize("number", range(1, 5))
def test_a_page_to_hand_out_is_one_sheet(opened, number):
    page = opened(f"docs/page_{number}.html")
    page.wait_for_load_state("networkidle")
    sheets = re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))
    assert len(sheets) == 1, "A4, as docs/style/site.css says"


# ---------------------------------------------------------------- how pages are made


def test_after_publishing_badges_are_links_and_files_lead_to_github(monkeypatch):
    monkeypatch.setattr(make_site, "address", lambda: ("https://github.com/a/b/blob/main", "https://colab/a/b"))
    badges = make_site.BADGE.search("x " + make_site_badges() + " y")[0]
    text = make_site.settle(f"{badges} [licence](../LICENSE) [data](../data/README.md#x)", "docs", "docs")
    assert "![" not in text and text.count("](https://") == 3
    assert "[licence](https://github.com/a/b/blob/main/LICENSE) [data](../data/README.md#x)" in text
    monkeypatch.setattr(make_site, "address", lambda: ("", ""))
    assert make_site.settle("[licence](../LICENSE)", "docs", "docs") == "licence"


def make_site_badges():
    from tools.publish import badge

    return badge("02_quadratic_gan", "a/b", "main")


def notebook(*sources):
    cells = [
        nbformat.v4.new_markdown_cell(source) if source.startswith("#") else nbformat.v4.new_code_cell(source)
        for source in sources
    ]
    return nbformat.v4.new_notebook(cells=cells)


def test_a_notebook_is_cut_at_headings_and_each_part_has_code():
    made = notebook(
        "# Title\n\nWords\n\n## Setup", "s", "# A\n\n## B\n\n```\n# no heading\n```", "b", "## C\n### D", "c"
    )
    pages = [(title, make_site.as_page(cells, "notebooks/x")) for title, cells in make_site.parts(made)]
    assert [title for title, _ in pages] == ["Title", "A", "C"]
    texts = ["\n".join(cell.source for cell in cells) for _, cells in pages]
    assert texts[1].startswith("# A\n## B\n") and "\n# no heading\n" in texts[1]
    assert texts[2].startswith("# C\n## D"), "a page begins at the top level"


@pytest.mark.parametrize(("text", "blank"), [("\r\x1b[2K\n ", True), ("\rdone", False)])
def test_what_a_cleared_progress_bar_leaves_is_nothing(text, blank):
    assert make_site.is_blank(nbformat.v4.new_output("stream", text=text)) == blank
