"""Times in the texts are those of the notebooks' own runs."""

import pytest

from benchmarks import results
from tests.common import COURSE
from tools import measured


@pytest.mark.parametrize("name", measured.TEXTS)
def test_every_shown_time_is_the_measured_one(name):
    text = (COURSE / name).read_text(encoding="utf-8")
    assert measured.fill(text) == text, f"{name}: run  make notebooks"


def test_the_texts_do_show_times():
    shown = "".join((COURSE / name).read_text(encoding="utf-8") for name in measured.TEXTS)
    assert shown.count("<!--time ") >= 6 and shown.count("<!--sections-->") == 1


def test_a_table_is_that_of_the_results_and_keeps_its_place_in_a_lesson():
    text = "# Before\n#\n# <!--table fruit_vanilla-->\n# | 1 |\n# <!--end-->\n# After"
    filled = measured.fill(text)
    assert "| 1 |" not in filled and filled == measured.fill(filled)
    assert all(line.startswith("#") for line in filled.splitlines())
    way = results.read("fruit_vanilla").way[0]
    assert f"\n# | {way} |" in filled and filled.endswith("\n# <!--end-->\n# After")


@pytest.mark.parametrize(
    "text", ["It takes <!--time 02_quadratic_gan-->99 hours<!--end-->.", "<!--headlines-->Typed By Hand<!--end-->"]
)
def test_what_was_changed_by_hand_is_noticed(text):
    filled = measured.fill(text)
    assert filled != text and filled == measured.fill(filled)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(1, "1 second"), (44, "44 seconds"), (104, "104 seconds"), (240, "4 minutes"), (17_000, "5 hours")],
)
def test_durations_as_one_says_them(seconds, text):
    assert measured.words(seconds) == text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("<!--table none-->1<!--end-->", "names no table"),
        ("<!--time 09_none-->1<!--end-->", "names no lesson"),
        ("<!--time 02_quadratic_gan-->4 minutes", "no <!--end-->"),
    ],
)
def test_a_wrong_mark_gets_one_sentence(text, sentence):
    with pytest.raises(ValueError, match=sentence):
        measured.fill(text)
