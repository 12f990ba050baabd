"""The diagrams in figures/ are what their scripts draw; the pictures of results are those of the notebooks."""

import json

import pytest
from PIL import Image, ImageChops, ImageStat

from figures import draw, style, text
from tests.common import COURSE
from tools import pictures

FIGURES = COURSE / "figures"
# Another Matplotlib sets type a little differently, and then the bytes cannot be the same.
EXACTLY = draw.versions() == json.loads((FIGURES / "drawn_with.json").read_text(encoding="utf-8"))


def same(one, other, exactly):
    """Whether two files show the same picture: byte for byte, or but for the looks of letters and edges.

    Type that Matplotlib 3.8 sets moves the mean of no square of 40 pixels by more than 13 of 255; a box that is moved
    by half the side of such a square, or has another colour, moves one by 30 or more.
    """
    if exactly:
        return one.read_bytes() == other.read_bytes()
    one, other = (Image.open(path).convert("RGB") for path in (one, other))
    if one.size != other.size:
        return False
    apart = max(ImageStat.Stat(ImageChops.difference(one, other)).mean)
    worst = max(high for _, high in ImageChops.difference(one.reduce(40), other.reduce(40)).getextrema())
    return apart < 6 and worst < 20


@pytest.mark.slow
@pytest.mark.parametrize("name", style.FIGURES)
def test_a_figure_is_what_its_code_draws(name, tmp_path):
    assert same(style.save(name, tmp_path), FIGURES / f"{name}.png", EXACTLY), "run  python -m figures.draw"


def other_colour(monkeypatch):
    monkeypatch.setitem(style.STYLES, "accent", style.STYLES["fake"])


def moved_box(monkeypatch):
    box = style.box
    monkeypatch.setattr(text, "box", lambda ax, x, *rest, **options: box(ax, x + 1, *rest, **options))


@pytest.mark.slow
@pytest.mark.parametrize("exactly", [True, False])
@pytest.mark.parametrize("change", [other_colour, moved_box])
def test_the_comparison_notices_a_change(change, exactly, tmp_path, monkeypatch):
    before = FIGURES / "rnn_unrolled.png"
    assert same(style.save("rnn_unrolled", tmp_path), before, exactly and EXACTLY)
    change(monkeypatch)
    assert not same(style.save("rnn_unrolled", tmp_path), before, exactly)


def test_every_picture_has_its_script():
    files = [path for folder in ("figures", "docs/pictures") for path in (COURSE / folder).iterdir()]
    there = [path.relative_to(COURSE).as_posix() for path in files if path.suffix in (".png", ".gif")]
    drawn = [f"figures/{name}.png" for name in style.FIGURES]
    assert sorted(there) == sorted([*drawn, *pictures.PICTURES])


@pytest.mark.parametrize("file", pictures.PICTURES)
def test_a_picture_of_results_is_the_one_of_its_notebook(file):
    assert (COURSE / file).read_bytes() == pictures.picture(*pictures.PICTURES[file]), "run  python -m tools.pictures"


def test_a_picture_that_no_notebook_has_is_an_error():
    with pytest.raises(LookupError, match="01_lstm_headlines.ipynb has no picture .* 'Nothing like that'"):
        pictures.picture("01_lstm_headlines", "Nothing like that")


def test_an_unknown_figure_is_an_error(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["draw", "word_order", "no_such"])
    with pytest.raises(SystemExit, match="2"):
        draw.main()
    assert "no such figure: no_such; there are " in capsys.readouterr().err
