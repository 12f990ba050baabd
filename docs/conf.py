"""Sphinx settings of the reading edition. tools/make_site.py puts all pages together and calls Sphinx with them."""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode
from html import escape, unescape
from pathlib import Path

import nbformat
from docutils import nodes

project = "Generative models, hands on"
author = "The course's authors"
copyright = "the course's authors, MIT License"
extensions = ["myst_nb", "sphinx-mathjax-offline"]
exclude_patterns = ["README.md"]
myst_enable_extensions = ["amsmath", "dollarmath"]
myst_heading_anchors = 3
nb_execution_mode = "off"  # the notebooks hold the outputs of a full run
nb_ipywidgets_js = {}  # sliders need a running notebook; without, there is a still picture
nb_mime_priority_overrides = [("html", "application/vnd.jupyter.widget-view+json", None)]
suppress_warnings = ["mystnb.unknown_mime_type"]

html_theme = "sphinx_book_theme"
html_title = project
html_show_sphinx = False
html_copy_source = False
html_static_path = ["style"]
templates_path = ["templates"]
html_sidebars = {  # the theme's own, and a way to the page that no toctree can name
    "**": ["home.html", "icon-links.html", "search-button-field.html", "sbt-sidebar-nav.html", "play.html"]
}
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_favicon = "style/icon.svg"
linkcheck_ignore = [r".*\.html", r"https://github\.com/school/.*"]  # pages of the site; an example
linkcheck_allowed_redirects = {r"https://doi\.org/.*": ".*", r"https://github\.com/.*": ".*"}
linkcheck_anchors = False
linkcheck_timeout = 30
linkcheck_retries = 2
linkcheck_report_timeouts_as_broken = False
html_theme_options = {
    "use_download_button": False,
    "use_fullscreen_button": False,
    "show_toc_level": 2,
    "show_navbar_depth": 1,
    # A part is short, and its code is wide: no list of headings beside it.
    "secondary_sidebar_items": {folder: ["page-toc"] for folder in ("docs/*", "data/*", "benchmarks/*")},
    "navbar_persistent": [],  # the search field stands in the side bar
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}


def alternative_texts(folder: Path) -> dict[str, str]:
    """The alternative text of each picture in the notebooks' outputs, by the SHA-256 of its bytes."""
    texts = {}
    for path in folder.rglob("*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            for output in cell.get("outputs", []):
                for kind in ("image/png", "image/jpeg"):
                    picture = output.get("data", {}).get(kind)
                    alt = output.get("metadata", {}).get(kind, {}).get("alt")
                    if picture and alt:
                        texts[hashlib.sha256(b64decode(picture)).hexdigest()] = alt
    return texts


def describe_page(app: object, page: str, _: str, context: dict, doctree: nodes.document | None) -> None:
    """Say in each page's head what it is about: for search engines, and for whoever shares it."""
    if doctree is None:
        return
    paragraphs = (node.astext() for node in doctree.findall(nodes.paragraph) if len(node.astext()) > 40)
    about = " ".join(next(paragraphs, f"{context['title']}, a part of the course {project}.").split())
    about = about if len(about) <= 200 else about[:200].rsplit(" ", 1)[0] + " …"
    said = {"og:title": context["title"] if page != "index" else project, "og:description": about}
    if site := public_site():
        said |= {"og:url": f"{site}{page}.html", "og:image": f"{site}docs/pictures/shared.png", "og:type": "website"}
    tags = [f'<meta name="description" content="{escape(about)}" />']
    tags += [f'<meta property="{name}" content="{escape(unescape(value))}" />' for name, value in said.items()]
    context["metatags"] = context.get("metatags", "") + "\n".join(tags)


def public_site() -> str:
    """The address of the published site, from the README; empty before publishing."""
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    found = re.search(r"\*\*\[Read it as web pages\]\((.*?)\)\*\*", readme)
    return found[1] if found else ""


def setup(app: object) -> None:
    """Give pictures in outputs their alternative texts, which MyST-NB leaves out, and pages a description."""
    texts = alternative_texts(Path(app.srcdir) / "notebooks")

    def describe(_: object, doctree: nodes.document) -> None:
        for image in doctree.findall(nodes.image):
            alt = texts.get(Path(image["uri"]).stem)
            if alt:
                image["alt"] = alt

    app.connect("doctree-read", describe)
    app.connect("html-page-context", describe_page)
