"""data/sample: what it holds, and that its scripts make exactly that."""

from __future__ import annotations

import csv
import hashlib
import re
import subprocess
import sys
from collections import Counter
from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import utils
from data import render_fruit
from tests.common import COURSE, REAL_DATA, needs_real_data
from tools.lessons import library

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
    notebook = library("01_lstm_headlines")
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


def figures_of(root):
    """The figures of data/README.md's table for one file of headlines, as they stand there."""
    with (root / "articles.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = sum(1 for _ in csv.reader(file)) - 1
    lesson = library("01_lstm_headlines")
    corpus = [lesson.clean_text(text).split() for text in utils.load_headlines(root)]
    times = Counter(word for words in corpus for word in words)
    lengths = [len(words) for words in corpus]
    once = sum(1 for count in times.values() if count == 1)
    return [
        f"{rows}",
        f"{len(corpus)}",
        f"{np.mean(lengths):.1f} and {max(lengths)}",
        f"{len(times):,}",
        f"{once:,}",
    ]


@pytest.mark.parametrize(
    ("column", "root"),
    [(1, SAMPLE), pytest.param(2, REAL_DATA, marks=needs_real_data)],
    ids=["bundled", "the chapter's"],
)
def test_the_table_in_the_readme_is_counted(column, root):
    text = (COURSE / "data" / "README.md").read_text(encoding="utf-8")
    table = [line.split("|") for line in text.splitlines() if line.startswith("|")]
    begin = next(number for number, row in enumerate(table) if "bundled" in row[2]) + 2
    assert [row[column + 1].strip() for row in table[begin : begin + 5]] == figures_of(root)


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


def test_the_table_is_a_feed_of_april_2031():
    table = pd.read_csv(SAMPLE / "articles.csv", encoding="utf-8", dtype=str, keep_default_na=False)
    assert list(table.columns) == ["pubDate", "newDesk", "headline"]
    assert len(table) == 915 and sum(table["headline"] == "Unknown") == 55
    assert (table != "").all(axis=None)
    dates = [datetime.fromisoformat(date) for date in table["pubDate"]]
    assert dates == sorted(dates)
    assert {(date.year, date.month) for date in dates} == {(2031, 4)}


@needs_real_data
def test_columns_are_some_of_the_real_file():
    header = [
        (root / "articles.csv").read_text(encoding="utf-8-sig").splitlines()[0].split(",")
        for root in (SAMPLE, REAL_DATA)
    ]
    assert set(header[0]) <= set(header[1])


@pytest.fixture
def copy_of_data(tmp_path):
    """The script and its headlines in another folder, so that the committed file cannot be touched."""
    for name in ("headlines.txt", "make_articles.py"):
        (tmp_path / name).write_bytes((COURSE / "data" / name).read_bytes())
    return tmp_path


def make_articles(folder):
    command = [sys.executable, "-X", "utf8", folder / "make_articles.py"]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8")


def test_the_script_makes_the_file(copy_of_data):
    for _ in range(2):
        result = make_articles(copy_of_data)
        assert result.returncode == 0, result.stderr
        assert (copy_of_data / "sample" / "articles.csv").read_bytes() == (SAMPLE / "articles.csv").read_bytes()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda text: text.replace("Critics Warn", "Critics Say"), "No headline has the words 'critics warn'."),
        (lambda text: text.replace("’", "'"), "A headline has a straight quotation mark."),
        (lambda text: text + "\nThe Last Night ferry\n", "has these headlines twice: the last night ferry."),
        (lambda text: text + "\n[Yesterday] News\n", "'Yesterday' is not one of Mon, Tue,"),
        (lambda text: "Too Early\n" + text, "line 1: a headline before the first desk."),
    ],
)
def test_the_script_refuses_a_corpus_that_would_not_serve(copy_of_data, change, sentence):
    headlines = copy_of_data / "headlines.txt"
    headlines.write_text(change(headlines.read_text(encoding="utf-8")), encoding="utf-8")
    result = make_articles(copy_of_data)
    assert result.returncode == 1 and sentence in result.stderr
    assert not (copy_of_data / "sample").exists()


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
