"""course/words.py: words in every alphabet, too few headlines said early, plots that cannot show a script."""

from __future__ import annotations

import string
import types

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest

from course import words
from tests.languages import PARTS, headlines


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Don’t Look Now—Again “x” U.S. 5%", "dont look now again x us 5"),
        ("Über Straßen: ‚Müller‘", "über straßen müller"),
        ("Кто? «Мир» — ёлка", "кто мир ёлка"),
        ("مَدْرَسَة جديدة، في القاهرة", "مَدْرَسَة جديدة في القاهرة"),
        ("新华社：NATO峰会在7月", "新 华 社 nato 峰 会 在 7 月"),
        ("テスト・ケース", "テ ス ト ケ ー ス"),
        ("ที่นี่", "ที่ นี่"),
        ("हिन्दी समाचार", "हिन्दी समाचार"),
        ("cafe\u0301 Ten\u00a0Ways soft\u00adware", "café ten ways software"),
        ("— … !", ""),
    ],
)
def test_letters_of_every_alphabet_survive(text, wanted):
    assert words.split_words(text) == wanted.split()


@pytest.mark.parametrize("language", PARTS)
def test_no_letter_of_a_newspaper_is_lost(language):
    for headline in headlines(language):
        kept = "".join(words.split_words(headline))
        assert [sign for sign in headline.lower() if sign.isalnum() and sign not in kept] == []


def test_ascii_is_cleaned_as_in_the_chapter():
    text = 'The "Mayor\'s" Self-Made Cat, (Again): $5!'
    chapter = "".join(sign for sign in text if sign not in string.punctuation).lower()
    assert words.split_words(text) == chapter.split()


def test_chinese_is_split_by_jieba_if_it_is_installed(monkeypatch):
    monkeypatch.setattr(words, "jieba", types.SimpleNamespace(lcut=lambda run: [run[:2], run[2:]]))
    assert words.split_words("NATO市长宣布") == ["nato", "市长", "宣布"]
    assert words.split_words("カード") == ["カ", "ー", "ド"], "Japanese is not its business"


def test_too_few_headlines_are_refused_at_once():
    many = [f"word{number} and word{number + 1}" for number in range(60)]
    words.check_corpus(many)
    alike = ["one two " + "x" * n for n in range(1, 3)]
    for corpus in ([], [""] * 500, many[:59], many[:1] * 500, ["one"] * 500, alike * 99):
        with pytest.raises(ValueError, match=rf"These {len(corpus)} headlines are too few: 60 .* are needed"):
            words.check_corpus(corpus)
    few_words = [" ".join(f"w{number >> bit & 1}{bit}" for bit in range(7)) for number in range(128)]
    with pytest.raises(ValueError, match="30 different words"):
        words.check_corpus(few_words)


def test_empty_and_few_headlines_are_said(capsys):
    corpus = [f"word{number} and word{number + 1}" for number in range(299)]
    words.check_corpus([*corpus, "", " "])
    said = capsys.readouterr().out
    assert "2 headlines have no word left" in said and "299 different headlines are few" in said
    words.check_corpus([*corpus, "one more"])
    assert capsys.readouterr().out == ""


def test_a_split_by_which_nothing_could_be_chosen_is_refused():
    for valid in (["a x y"], [], ["a", "x"]):
        with pytest.raises(ValueError, match=f"No next word of the {len(valid)} validation headlines"):
            words.known_prefixes(valid, {"a": 1})


def test_prefixes_are_asked_for_known_words_only():
    assert words.known_prefixes(["a x b", "x a", "b"], {"a": 1, "b": 2}) == [[1, 0, 2], [0, 1]]


@pytest.fixture
def only_matplotlibs_fonts(monkeypatch):
    """As on a machine without any font of its own."""
    manager = mpl.font_manager.fontManager
    monkeypatch.setattr(manager, "ttflist", [font for font in manager.ttflist if "mpl-data" in font.fname])
    with mpl.rc_context():
        yield


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("language", PARTS)
def test_a_plot_shows_its_words_or_numbers_that_are_explained(language, capsys, only_matplotlibs_fonts):
    shown = [words.split_words(headline)[0] for headline in headlines(language, 5)]
    labels = words.plot_labels(shown)
    said = capsys.readouterr().out
    if language in {"german", "russian"}:
        assert labels == shown and said == ""
    else:
        assert labels == list("12345") and f"1 is {shown[0]}, 2 is {shown[1]}" in said
    figure, axis = plt.subplots()
    axis.set_xticks(range(5), labels)
    figure.canvas.draw()  # a sign that the font lacks would warn
    plt.close(figure)


def test_a_font_that_can_is_taken(only_matplotlibs_fonts, monkeypatch):
    monkeypatch.setitem(mpl.rcParams, "font.family", ["cmr10"])  # it has no Cyrillic letters
    assert words.plot_labels(["мэр"]) == ["мэр"]
    assert mpl.rcParams["font.family"][0] == "cmr10" and len(mpl.rcParams["font.family"]) == 2
