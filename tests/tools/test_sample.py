"""data/sample: what it holds, and that its scripts make exactly that."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
from course import COURSE, REAL_DATA, definitions, needs_real_data
from PIL import Image

import utils

sys.path.insert(0, str(COURSE / "data"))
import render_fruit  # noqa: E402

SAMPLE = COURSE / "data" / "sample"
SPLITS = {"training_set": "train", "test_set": "test"}
PICTURES = {
    ("tomato", "training_set"): 600,
    ("tomato", "test_set"): 150,
    ("banana", "training_set"): 480,
    ("banana", "test_set"): 150,
    ("apple", "training_set"): 150,
    ("apple", "test_set"): 50,
    ("orange", "training_set"): 150,
    ("orange", "test_set"): 50,
}


def words(headline):
    return re.sub(r"[^a-z0-9 ]", "", headline.lower().replace("\u00a0", " ").replace("&apos;", "")).split()


def test_size():
    assert sum(path.stat().st_size for path in SAMPLE.rglob("*") if path.is_file()) < 8_000_000


# ---------------------------------------------------------------- headlines


@pytest.fixture(scope="module")
def headlines():
    return utils.load_headlines(SAMPLE)


def test_headlines_train_like_the_real_ones(headlines):
    notebook = definitions("01_lstm_headlines")
    corpus = [notebook.clean_text(headline) for headline in headlines]
    lengths = [len(headline.split()) for headline in corpus]
    distinct = {word for headline in corpus for word in headline.split()}
    assert len(headlines) >= 831
    assert 6 <= np.mean(lengths) <= 8 and 16 <= max(lengths) <= 20
    assert 2200 <= len(distinct) <= 2800
    for seed in ("10 ways", "europe looks to", "best way", "homeless in", "unexpected results", "critics warn"):
        assert set(seed.split()) <= distinct, seed
    assert sum("\u00a0" in headline for headline in headlines) >= 5
    assert sum("&apos;" in headline for headline in headlines) >= 5


def test_headlines_are_no_templates(headlines):
    times = Counter(headlines)
    single = [headline for headline in headlines if times[headline] == 1]
    runs = Counter(run for h in single for run in {tuple(words(h)[i : i + 5]) for i in range(len(words(h)) - 4)})
    shared = [h for h in single if any(runs[tuple(words(h)[i : i + 5])] > 1 for i in range(len(words(h)) - 4))]
    assert len(shared) / len(single) <= 0.02
    assert len(headlines) - len(single) >= 30, "recurring titles"


@needs_real_data
def test_no_headline_is_borrowed(headlines):
    real = {tuple(words(headline)) for headline in utils.load_headlines(REAL_DATA)}
    assert not {tuple(words(headline)) for headline in headlines if len(words(headline)) > 2} & real


@needs_real_data
def test_columns_are_those_of_the_real_file():
    header = [(root / "articles.csv").read_text(encoding="utf-8").splitlines()[0] for root in (SAMPLE, REAL_DATA)]
    assert header[0] == header[1]


def test_the_script_makes_the_file(tmp_path):
    """In a copy of data/, so that the committed file cannot be touched."""
    for name in ("headlines.txt", "make_articles.py"):
        (tmp_path / name).write_bytes((COURSE / "data" / name).read_bytes())
    (tmp_path / "sample").mkdir()
    subprocess.run([sys.executable, tmp_path / "make_articles.py"], check=True, capture_output=True)
    assert (tmp_path / "sample" / "articles.csv").read_bytes() == (SAMPLE / "articles.csv").read_bytes()


# ---------------------------------------------------------------- fruit


def folder_of(fruit, split):
    (folder,) = SAMPLE.glob(f"*/{split}/{fruit}")
    return folder


def test_pictures_are_complete_and_no_two_alike():
    counts = {key: len(list(folder_of(*key).glob("*.jpg"))) for key in PICTURES}
    assert counts == PICTURES
    files = list(SAMPLE.rglob("*.jpg"))
    assert len({hashlib.sha256(path.read_bytes()).digest() for path in files}) == len(files) == sum(PICTURES.values())


@pytest.mark.parametrize("fruit", ["tomato", "banana", "apple", "orange"])
def test_one_fruit_fills_the_frame_on_white(fruit):
    for path in sorted(folder_of(fruit, "training_set").glob("*.jpg"))[::50]:
        picture = np.asarray(Image.open(path)).astype(int)
        assert picture.shape == (100, 100, 3)
        fruit_there = picture.min(axis=2) < 200
        rows, columns = np.flatnonzero(fruit_there.any(axis=1)), np.flatnonzero(fruit_there.any(axis=0))
        assert max(np.ptp(rows), np.ptp(columns)) >= 85, f"{path.name} does not fill the frame"
        assert picture[[0, 0, -1, -1], [0, -1, 0, -1]].min() >= 240, f"{path.name} does not stand on white"


@pytest.mark.parametrize("fruit", ["tomato", "banana", "apple", "orange"])
@pytest.mark.parametrize("split", ["training_set", "test_set"])
def test_the_script_renders_the_pictures_bit_for_bit(fruit, split):
    files = sorted(folder_of(fruit, split).glob("*.jpg"))
    for index in (0, len(files) - 1):
        picture = render_fruit.render(fruit, SPLITS[split], index)
        assert picture.shape == (100, 100, 3) and picture.dtype == np.uint8
        assert render_fruit.jpeg_bytes(picture) == files[index].read_bytes(), files[index].name


def test_another_seed_gives_another_picture():
    assert not np.array_equal(render_fruit.render("apple", "test", 0), render_fruit.render("apple", "test", 0, seed=1))
