"""data/sample: what it holds, and that its scripts make exactly that."""

from __future__ import annotations

import csv
import hashlib
import re
import subprocess
import sys
from collections import Counter
from datetime import datetime
from functools import cache

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from scipy.stats import kruskal

import utils
from data import render_fruit
from tests.common import COURSE, REAL_DATA, needs_real_data
from tools.lessons import library

SAMPLE = COURSE / "data" / "sample"
SPLITS = {"training_set": "train", "test_set": "test"}
PICTURES = {
    ("tomato", "training_set"): 600,
    ("tomato", "test_set"): 150,
    ("apple", "training_set"): 600,
    ("apple", "test_set"): 150,
    ("banana", "training_set"): 480,
    ("banana", "test_set"): 150,
    ("orange", "training_set"): 150,
    ("orange", "test_set"): 150,
}


def words(headline):
    return re.sub(r"[^a-z0-9 ]", "", headline.lower().replace("\u00a0", " ").replace("&apos;", "")).split()


def test_size():
    assert sum(path.stat().st_size for path in SAMPLE.rglob("*") if path.is_file()) < 9_000_000


# ---------------------------------------------------------------- headlines


@pytest.fixture(scope="module")
def headlines():
    return utils.load_headlines(SAMPLE)


def test_headlines_train_like_the_real_ones(headlines):
    notebook = library("01_lstm_headlines")
    corpus = [notebook.clean_text(headline) for headline in headlines]
    lengths = [len(headline.split()) for headline in corpus]
    times = Counter(word for headline in corpus for word in headline.split())
    assert len(headlines) >= 831
    assert min(lengths) >= 1 and 6 <= np.mean(lengths) <= 8 and 16 <= max(lengths) <= 20
    assert 2200 <= len(times) <= 2800
    for seed in ("10 ways", "europe looks to", "best way", "homeless in", "unexpected results", "critics warn"):
        assert any(f" {seed} " in f" {headline} " for headline in corpus), seed
        assert min(times[word] for word in seed.split()) >= 5, f"{seed}: the lesson begins headlines with these words"


def test_headlines_have_the_signs_of_a_real_feed(headlines, more):
    everything = "\n".join(headlines)
    assert 8 <= everything.count("\u00a0") <= 15 and 8 <= everything.count("&apos;") <= 15
    assert 1 <= everything.count("&amp;") <= 2
    assert not {"'", '"'} & set("".join([*headlines, *more])), "quotes are curly"


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
    assert 30 <= len(headlines) - len(single) <= 50, "recurring titles"


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


# ---------------------------------------------------------------- two more months


@pytest.fixture(scope="module")
def more():
    return utils.load_headlines(COURSE / "data" / "more_months.csv")


def test_more_months_are_as_good_as_april(headlines, more):
    """As many words, and none of them a template, a repetition or a headline of April."""
    assert len(more) >= 1300
    assert f"{len(more):,} headlines" in (COURSE / "data" / "README.md").read_text(encoding="utf-8")
    lengths = [len(words(headline)) for headline in more]
    assert 5.5 <= np.mean(lengths) <= 8 and max(lengths) <= 20
    assert len({word for headline in more for word in words(headline)}) >= 2200
    assert len({tuple(words(headline)) for headline in more}) == len(more), "no headline twice"
    assert not {tuple(words(headline)) for headline in more} & {tuple(words(headline)) for headline in headlines}
    every = [*more, *set(headlines)]
    runs = Counter(run for h in every for run in {tuple(words(h)[i : i + 5]) for i in range(len(words(h)) - 4)})
    shared = [h for h in every if any(runs[tuple(words(h)[i : i + 5])] > 1 for i in range(len(words(h)) - 4))]
    assert len(shared) / len(every) <= 0.02


def test_more_months_share_aprils_words(headlines, more):
    """One newspaper: most of April's words that occur often occur in the other months, too."""
    april = Counter(word for headline in headlines for word in words(headline))
    other = {word for headline in more for word in words(headline)}
    often = [word for word, count in april.items() if count >= 5]
    assert np.mean([word in other for word in often]) > 0.95


def test_more_months_are_of_march_and_may_2031():
    table = pd.read_csv(COURSE / "data" / "more_months.csv", encoding="utf-8", dtype=str, keep_default_na=False)
    assert list(table.columns) == ["pubDate", "newDesk", "headline"] and (table != "").all(axis=None)
    dates = [datetime.fromisoformat(date) for date in table["pubDate"]]
    assert {(date.year, date.month) for date in dates} == {(2031, 3), (2031, 5)}


@needs_real_data
def test_no_headline_of_the_other_months_is_borrowed(more):
    files = [REAL_DATA, *sorted((REAL_DATA.parent / "more_months").glob("*.csv"))]
    real = {tuple(words(headline)) for file in files for headline in utils.load_headlines(file)}
    assert not {tuple(words(headline)) for headline in more if len(words(headline)) > 2} & real


@pytest.fixture
def copy_of_data(tmp_path):
    """The script and its headlines in another folder, so that the committed file cannot be touched."""
    for name in ("headlines.txt", "headlines_march.txt", "headlines_may.txt", "make_articles.py"):
        (tmp_path / name).write_bytes((COURSE / "data" / name).read_bytes())
    return tmp_path


def make_articles(folder, *options):
    command = [sys.executable, "-X", "utf8", folder / "make_articles.py", *options]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8")


def test_the_script_makes_the_file(copy_of_data):
    for _ in range(2):
        result = make_articles(copy_of_data)
        assert result.returncode == 0, result.stderr
        assert (copy_of_data / "sample" / "articles.csv").read_bytes() == (SAMPLE / "articles.csv").read_bytes()


def test_the_script_makes_the_other_months(copy_of_data):
    result = make_articles(copy_of_data, "--more")
    assert result.returncode == 0, result.stderr
    assert (copy_of_data / "more_months.csv").read_bytes() == (COURSE / "data" / "more_months.csv").read_bytes()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda text: text + "\nThe Last Night ferry\n", "has these headlines twice: the last night ferry."),
        (lambda text: text + "\n[Yesterday] News\n", "'Yesterday' is not one of Mon, Tue,"),
        (lambda text: "Too Early\n" + text, "line 1: a headline before the first desk."),
    ],
)
def test_the_script_refuses_what_it_cannot_place(copy_of_data, change, sentence):
    headlines = copy_of_data / "headlines.txt"
    headlines.write_text(change(headlines.read_text(encoding="utf-8")), encoding="utf-8")
    result = make_articles(copy_of_data)
    assert result.returncode == 1 and sentence in result.stderr
    assert not (copy_of_data / "sample").exists()


# ---------------------------------------------------------------- fruit


def files_of(fruit, split):
    return sorted(SAMPLE.glob(f"*/{split}/{fruit}/*.jpg"))


def pixels_of(files):
    """The pictures as they are, integers (n, 100, 100, 3); other sizes and modes fail."""
    return np.stack([np.asarray(Image.open(path)) for path in files]).astype(int)


def test_pictures_are_complete_and_no_two_alike():
    counts = {key: len(files_of(*key)) for key in PICTURES}
    assert counts == PICTURES
    files = list(SAMPLE.rglob("*.jpg"))
    assert len({hashlib.sha256(path.read_bytes()).digest() for path in files}) == len(files) == sum(PICTURES.values())


def test_the_readme_counts_the_pictures():
    text = " ".join((COURSE / "data" / "README.md").read_text(encoding="utf-8").split())
    assert f"{sum(PICTURES.values()):,} pictures of fruit" in text
    for fruit in render_fruit.FRUITS:
        row = f"| {fruit} | {PICTURES[fruit, 'training_set']} | {PICTURES[fruit, 'test_set']} |"
        assert row in text, row


@pytest.mark.parametrize(("fruit", "split"), PICTURES)
def test_one_whole_fruit_fills_the_frame_and_white_paper_runs_to_its_edge(fruit, split):
    files = files_of(fruit, split)
    pixels = pixels_of(files)
    assert pixels.shape == (PICTURES[fruit, split], 100, 100, 3)
    edge = np.ones((100, 100), bool)
    edge[3:-3, 3:-3] = False  # no fruit is cut off, and a shift that repeats the edge paints no bars
    for path, picture in zip(files, pixels, strict=True):
        there = picture.min(axis=2) < 200
        sides = np.ptp(np.flatnonzero(there.any(axis=1))) + 1, np.ptp(np.flatnonzero(there.any(axis=0))) + 1
        assert 83 <= max(sides) <= 93, f"{path.name} is {max(sides)} pixels long"
        assert picture[edge].min() >= 225 and picture[edge].mean() >= 254, f"{path.name} is not white around the fruit"


@pytest.mark.slow
@pytest.mark.parametrize(("fruit", "split"), PICTURES)
def test_the_script_renders_the_pictures_bit_for_bit(fruit, split):
    files = files_of(fruit, split)
    for index in (0, len(files) - 1):
        picture = render_fruit.render(fruit, SPLITS[split], index)
        assert picture.shape == (100, 100, 3) and picture.dtype == np.uint8
        assert render_fruit.jpeg_bytes(picture) == files[index].read_bytes(), files[index].name


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
def test_any_number_of_processes_writes_the_same_files(tmp_path, jobs):
    render_fruit.write_all(tmp_path, ["banana"], 11, jobs, 0)
    written = [path for path in sorted(tmp_path.rglob("*")) if path.is_file()]
    assert len(written) == 22
    for path in written:
        assert path.read_bytes() == (SAMPLE / path.relative_to(tmp_path)).read_bytes()


@pytest.mark.slow
def test_another_seed_gives_another_picture():
    assert not np.array_equal(render_fruit.render("apple", "test", 0), render_fruit.render("apple", "test", 0, seed=1))


# Which fruit a picture shows, and in which order they stand


def plans_of(fruit, split):
    draws = (render_fruit.draws(fruit, SPLITS[split], index) for index in range(PICTURES[fruit, split]))
    return [render_fruit.plan(fruit, rng) for rng in draws]


@pytest.mark.parametrize("fruit", render_fruit.FRUITS)
def test_every_picture_shows_a_fruit_of_its_own(fruit):
    """Neither twice in one part nor in both: a network that knows the training fruit by heart knows no test fruit."""
    plans = plans_of(fruit, "training_set") + plans_of(fruit, "test_set")
    assert len({(plan.ripe, plan.slim) for plan in plans}) == len(plans)
    views = np.stack([plan.matrix.ravel() for plan in plans])
    assert len(np.unique(views.round(6), axis=0)) == len(plans)


@pytest.mark.parametrize(("fruit", "split"), PICTURES)
def test_every_sort_is_there_about_as_often_as_planned(fruit, split):
    times = Counter(plan.sort for plan in plans_of(fruit, split))
    for sort, share in render_fruit.SORTS[fruit].items():
        number = PICTURES[fruit, split]
        assert abs(times[sort] - share * number) <= 4 * np.sqrt(number * share * (1 - share)), (sort, times[sort])


@cache
def facts_of(fruit, split):
    """What is to be seen in each picture and what it was planned from, a table with one row a picture."""
    pixels = pixels_of(files_of(fruit, split)) / 255
    there = (pixels.min(axis=3) < 0.8).astype(float)
    area = there.sum(axis=(1, 2))
    mean = (pixels * there[..., None]).sum(axis=(1, 2)) / area[:, None]
    light = pixels.sum(axis=3) * there / (pixels.sum(axis=3) * there).sum(axis=(1, 2), keepdims=True)
    place = np.linspace(-1, 1, 100)
    green = ((pixels[..., 1] > pixels[..., 0]) * there).sum(axis=(1, 2)) / area
    plans = plans_of(fruit, split)
    facts = {f"mean {name}": mean[:, k] for k, name in enumerate(("red", "green", "blue"))}
    facts |= {"hue": (mean[:, 0] - mean[:, 1]) / mean.sum(axis=1), "share of green": green, "size": area}
    facts |= {"width": there.any(axis=1).sum(axis=1), "height": there.any(axis=2).sum(axis=1)}
    facts |= {"light across": light.sum(axis=1) @ place, "light down": light.sum(axis=2) @ place}
    facts |= {"sort": [list(render_fruit.SORTS[fruit]).index(plan.sort) for plan in plans]}
    facts |= {name: [getattr(plan, name) for plan in plans] for name in ("ripe", "slim")}
    facts |= {f"view {k}": [plan.matrix.ravel()[k] for plan in plans] for k in range(9)}
    facts |= {f"window {k}": [plan.key[k] for plan in plans] for k in range(3)}
    return pd.DataFrame(facts)


def patterns(facts):
    """Strides and slices whose pictures differ from the others by more than random draws do.

    Kruskal and Wallis's test on ranks (1952) compares the groups of each stride 2 to 20 and the four quarters, fact by
    fact. Of all these tests together one in a thousand random orders may fail.
    """
    index = np.arange(len(facts))
    orders = {f"stride {stride}": index % stride for stride in range(2, 21)} | {"quarters": index * 4 // len(facts)}
    found = {}
    for order, group in orders.items():
        for name, values in facts.items():
            chance = kruskal(*(values[group == g] for g in range(group.max() + 1))).pvalue
            if chance * len(orders) * facts.shape[1] < 0.001:
                found[order, name] = chance
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("fruit", "split"), PICTURES)
def test_no_stride_or_slice_of_the_pictures_is_biased(fruit, split):
    assert patterns(facts_of(fruit, split)) == {}


@pytest.mark.slow
def test_a_pattern_in_the_order_would_be_noticed():
    """An order by chance passes; twenty fruits in turn, a sorted folder, and sorts that take turns do not."""
    facts = facts_of("tomato", "training_set")
    rng = np.random.default_rng(0)
    shuffled = facts.iloc[rng.permutation(len(facts))].reset_index(drop=True)
    assert patterns(shuffled) == {}

    in_turn = facts.iloc[np.arange(len(facts)) % 20].reset_index(drop=True)
    in_turn = in_turn + rng.normal(0, 1, in_turn.shape) * facts.std().to_numpy()  # views differ as much as fruits
    assert {order for order, _ in patterns(in_turn)} >= {"stride 20", "stride 10", "stride 4"}

    by_hue = shuffled.sort_values("hue", ignore_index=True)
    assert ("quarters", "hue") in patterns(by_hue)

    thirds = np.argsort(np.arange(len(facts)) % (len(facts) // 3), kind="stable")  # green, half ripe, ripe, green, ...
    taking_turns = shuffled.sort_values("ripe").iloc[thirds].reset_index(drop=True)
    assert ("stride 3", "ripe") in patterns(taking_turns)
