"""Sphinx settings of the reading edition. tools/make_site.py puts all pages together and calls Sphinx with them."""

from __future__ import annotations

import hashlib
from base64 import b64decode
from pathlib import Path

import nbformat
from docutils import nodes

project = "Generative models, hands on"
author = "The course's authors"
copyright = "the course's authors, MIT License"
extensions = ["myst_nb", "sphinx-mathjax-offline"]
exclude_patterns = ["README.md"]  # index.md is made of it
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
    "**": ["navbar-logo.html", "icon-links.html", "search-button-field.html", "sbt-sidebar-nav.html", "play.html"]
}
html_css_files = ["wide.css"]
html_theme_options = {
    "use_download_button": False,
    "use_fullscreen_button": False,
    "show_toc_level": 2,
    "navbar_persistent": [],  # the search field stands in the side bar
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}


def alternative_texts(folder: Path) -> dict[str, str]:
    """The alternative text of each picture in the notebooks' outputs, by the SHA-256 of its bytes."""
    texts = {}
    for path in folder.glob("*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            for output in cell.get("outputs", []):
                picture = output.get("data", {}).get("image/png")
                alt = output.get("metadata", {}).get("image/png", {}).get("alt")
                if picture and alt:
                    texts[hashlib.sha256(b64decode(picture)).hexdigest()] = alt
    return texts


def setup(app: object) -> None:
    """Give pictures in outputs their alternative texts, which MyST-NB leaves out."""
    texts = alternative_texts(Path(app.srcdir) / "notebooks")

    def describe(_: object, doctree: nodes.document) -> None:
        for image in doctree.findall(nodes.image):
            alt = texts.get(Path(image["uri"]).stem)
            if alt:
                image["alt"] = alt

    app.connect("doctree-read", describe)
