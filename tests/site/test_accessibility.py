"""Readers who cannot see the pictures, or not all colours: texts for pictures, headings in order, safe colours."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest
from skimage.color import deltaE_ciede2000, rgb2lab

from tests.common import COURSE, NOTEBOOKS, read

PAGES = ["README.md", "data/README.md", "docs/teaching.md"]
FOLDERS = ["solutions", "notebooks"]

# Machado, Oliveira and Fernandes, A Physiologically-based Model for Simulation of Color Vision Deficiency, 2009:
# what remains of linear RGB without one kind of cones.
SEEN = {
    "all cones": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def markdown_of(notebook):
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_picture_in_an_output_has_a_text(name, folder):
    for cell in read(name, folder).cells:
        for output in cell.get("outputs", []):
            for kind in output.get("data", {}):
                if kind.startswith("image/"):
                    assert len(output.metadata.get(kind, {}).get("alt", "")) > 20, cell.source[:200]


@pytest.mark.parametrize("page", [*PAGES, *NOTEBOOKS])
def test_pictures_in_markdown_have_a_text(page):
    text = markdown_of(read(page)) if page in NOTEBOOKS else (COURSE / page).read_text(encoding="utf-8")
    assert re.findall(r"!\[\s*\]\(.*?\)", text) == []
    assert [tag for tag in re.findall(r"<img[^>]*>", text) if "alt=" not in tag] == []


@pytest.mark.parametrize("page", [*PAGES, *NOTEBOOKS])
def test_headings_leave_no_level_out(page):
    text = markdown_of(read(page)) if page in NOTEBOOKS else (COURSE / page).read_text(encoding="utf-8")
    text = re.sub(r"^```.*?^```|^### (BEGIN|END) SOLUTION$", "", text, flags=re.DOTALL | re.MULTILINE)
    levels = [len(marks) for marks in re.findall(r"^(#+) ", text, re.MULTILINE)]
    assert levels[0] == 1
    assert [pair for pair in itertools.pairwise(levels) if pair[1] > pair[0] + 1] == []


def colours_of_plots():
    """Colours that notebooks, their plots and benchmarks write out, without greys."""
    sources = [cell.source for name in NOTEBOOKS for cell in read(name).cells if cell.cell_type == "code"]
    files = [path for room in ("benchmarks", "course") for path in (COURSE / room).glob("*.py")]
    sources += [path.read_text(encoding="utf-8") for path in files]
    found = {code.upper() for source in sources for code in re.findall(r'"#([0-9A-Fa-f]{6})"', source)}
    colours = {code: np.array([int(code[i : i + 2], 16) for i in (0, 2, 4)]) / 255 for code in sorted(found)}
    return {code: rgb for code, rgb in colours.items() if np.ptp(rgb) > 0.05}


@pytest.mark.parametrize("eye", SEEN)
def test_colours_of_plots_differ_to_every_eye(eye):
    colours = colours_of_plots()
    assert len(colours) >= 3

    def seen(rgb):
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        linear = np.clip(np.array(SEEN[eye]) @ linear, 0, 1)
        return rgb2lab(np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055))

    for (first, one), (second, other) in itertools.combinations(colours.items(), 2):
        difference = deltaE_ciede2000(seen(one), seen(other))
        assert difference > 10, f"{first} and {second} differ by {difference:.0f} only"
