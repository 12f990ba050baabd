"""weights/: what comes with the course is what its model cards say."""

from __future__ import annotations

import re
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

import utils
from benchmarks.common import SAMPLE
from course import judges, pretrained
from tools import weights, weights_labelled

FILES = sorted(pretrained.WEIGHTS.glob("*.npz"))
GENERATORS = [path.stem for path in FILES if path.stem in ("tomato", "banana", "banana_vanilla")]


def test_the_lessons_generators_are_there():
    assert set(GENERATORS) == {"tomato", "banana", "banana_vanilla"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_file_is_small_and_has_a_card(path: Path):
    assert path.stat().st_size < 5_000_000, "GitHub and a slow network have to carry it"
    card = path.with_suffix(".md").read_text(encoding="utf-8")
    for part in ("What it is", "What it learnt from", "How.", "How good", "Limits", "What it must not be taken for"):
        assert f"**{part}" in card, f"the card says nothing under {part!r}"
    assert re.search(r"commit [0-9a-f]{7}", card) and "TensorFlow" in card, "the card does not say which run"


@pytest.mark.slow
@pytest.mark.parametrize("name", GENERATORS)
def test_the_judges_find_what_the_card_says(name):
    """A file that was exchanged, or a judge that was changed, gives other figures."""
    keras.config.set_dtype_policy("float32")
    card = pretrained.WEIGHTS.joinpath(f"{name}.md").read_text(encoding="utf-8")
    row = re.search(r"^\| this network \|(.*)\|$", card, re.M)[1]
    said = [float(cell.split("±")[0]) for cell in row.split("|")]
    held_out = utils.load_images(name.split("_")[0], root=SAMPLE, split="test_set")
    found = judges.scorecard(weights.paintings(pretrained.load(name), len(held_out)), held_out)
    figures = [found[figure] for figure in ("kid", "precision", "recall", "coverage")]
    np.testing.assert_allclose(figures, said, rtol=0.03, atol=0.02)
    assert name == "banana_vanilla" or found["precision"] > 0.2, "what comes with the course is worth looking at"


@pytest.mark.slow
def test_the_classifier_and_the_judge_find_what_the_conditional_card_says():
    keras.config.set_dtype_policy("float32")
    card = pretrained.WEIGHTS.joinpath("apple_or_tomato.md").read_text(encoding="utf-8")
    piles = {fruit: utils.load_images(fruit, root=SAMPLE) for fruit in weights_labelled.FRUITS}
    held_out = {fruit: utils.load_images(fruit, root=SAMPLE, split="test_set") for fruit in weights_labelled.LABELS}
    found = weights_labelled.judged(pretrained.load("apple_or_tomato"), piles, held_out)
    said = re.findall(r"^\| \w+ \| [\w -]+ \| +(\d+)% \| +(-?\d+)", card, re.M)
    assert len(said) == len(found) == 4
    np.testing.assert_allclose(100 * found["right_fruit"], [float(share) for share, _ in said], atol=1)
    np.testing.assert_allclose(found["kid"], [float(kid) for _, kid in said], rtol=0.03, atol=2)
    right = found.pivot(index="fruit", columns="pile", values="right_fruit")
    assert (right["painted"] > right["held-out pictures"] - 0.15).all(), "it does not paint what it is told to"


@pytest.mark.slow
def test_the_front_pages_tomatoes_are_painted_by_the_tomatos_weights(tmp_path, monkeypatch):
    with Image.open(weights.SHEET) as sheet:
        shown = np.asarray(sheet, "float32")
    assert shown.shape == (9 * 96, 9 * 96, 3) and weights.SHEET.stat().st_size < 300_000
    monkeypatch.setattr(weights, "SHEET", tmp_path / "walks.jpg")
    weights.write_sheet(pretrained.load("tomato"))
    with Image.open(tmp_path / "walks.jpg") as sheet:
        assert np.abs(shown - np.asarray(sheet, "float32")).mean() < 1
