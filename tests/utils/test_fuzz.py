"""Hostile files: whatever the bytes, the loaders give a result or one sentence that names the file."""

from __future__ import annotations

import io
import re
import warnings

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image

import utils

SETTINGS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

# Text that looks like a table, with all that trips a parser, and plain noise.
TABLES = st.lists(
    st.sampled_from(
        [
            "headline",
            "Unknown",
            ",",
            '"',
            '""',
            "\n",
            "\r",
            "\r\n",
            "\0",
            "\ufeff",
            "\u00a0",
            "\u2019",
            "a b",
            ";",
            "\t",
            "\x1a",
        ]
    ),
    max_size=60,
).map(lambda parts: "".join(parts).encode())


@SETTINGS
@given(st.one_of(st.binary(max_size=300), TABLES, TABLES.map(lambda table: b"headline,other\n" + table)))
@example(b"headline\n" + b"x" * 200_000)
@example(b"headline\n" + b"\xff\xfe\x00")
@example(b"headline,headline\nOne,Two\n")
@example("headline\nOne\n".encode("utf-16"))
def test_any_bytes_as_articles(tmp_path, content):
    (tmp_path / "articles.csv").write_bytes(content)
    try:
        headlines = utils.load_headlines(tmp_path)
    except ValueError as error:
        assert str(tmp_path / "articles.csv") in str(error)
    else:
        assert headlines and all(isinstance(headline, str) and headline.strip() for headline in headlines)
        assert "Unknown" not in headlines


def picture_bytes(form, **options):
    buffer = io.BytesIO()
    pixels = np.random.default_rng(0).integers(0, 256, (12, 15, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(buffer, format=form, **options)
    return buffer.getvalue()


PICTURES = [
    picture_bytes("JPEG"),
    picture_bytes("PNG"),
    picture_bytes("GIF"),
    picture_bytes("TIFF"),
    picture_bytes("WEBP"),
]


@pytest.mark.slow
@SETTINGS
@given(st.binary(max_size=400), st.integers(0, 2000))
def test_any_bytes_as_a_cache(tmp_path, noise, cut):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(utils, "CACHE", tmp_path / "cache")
        folder = tmp_path / "a" / "training_set" / "fruit"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "1.png").write_bytes(PICTURES[1])
        wanted = utils.load_images("fruit", 8, tmp_path)
        (cached,) = utils.CACHE.iterdir()
        for damaged in (noise, cached.read_bytes()[:cut], cached.read_bytes()[:cut] + noise):
            cached.write_bytes(damaged)
            assert np.array_equal(utils.load_images("fruit", 8, tmp_path), wanted)


# ---------------------------------------------------------------- valid files with one thing broken

WORDS = [
    "Rain",
    "“Wind”",
    "Café",
    "Über",
    "Мэр",
    "市长",
    "NA",
    "10,000",
    "semi; colon",
    'a "quoted" word',
    "nul",
    "l'eau",
]
HEADLINES = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join), min_size=1, max_size=30)


@st.composite
def tables(draw):
    """Headlines, and a valid table of them as text, with its separator, in any of the ways that programs write one."""
    headlines, separator = draw(HEADLINES), draw(st.sampled_from(",;\t"))
    before, after = draw(st.integers(0, 2)), draw(st.integers(0, 2))
    quote_all = draw(st.booleans())

    def field(text):
        bare = not quote_all and separator not in text and '"' not in text
        return text if bare else '"' + text.replace('"', '""') + '"'

    rows = [["x"] * before + ["headline"] + ["y"] * after]
    rows += [[str(number)] * before + [text] + ["b c"] * after for number, text in enumerate(headlines)]
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    text = end.join(separator.join(map(field, row)) for row in rows) + draw(st.sampled_from(["", end, end * 3]))
    return headlines, separator, end, text


@SETTINGS
@given(tables(), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_every_valid_table_gives_its_headlines(tmp_path, table, encoding):
    headlines, _, _, text = table
    (tmp_path / "articles.csv").write_bytes(text.encode(encoding))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert utils.load_headlines(tmp_path) == headlines


@SETTINGS
@given(tables(), st.data())
def test_a_table_with_one_thing_broken_loses_nothing_in_silence(tmp_path, table, data):
    headlines, separator, end, text = table
    lines = text.split(end)
    number = data.draw(st.integers(1, len(headlines)))
    damage = data.draw(st.sampled_from(["surplus", "short", "quote", "cut", "blank", "garbage"]))
    if damage == "surplus":
        lines[number] += f"{separator}more"
    elif damage == "short":
        lines[number] = lines[number].rpartition(separator)[0]
    elif damage == "quote":
        place = data.draw(st.integers(0, len(lines[number])))
        lines[number] = lines[number][:place] + '"' + lines[number][place:]
    elif damage == "cut":
        place = data.draw(st.integers(0, len(lines[number])))
        lines[number:] = [lines[number][:place]]
        headlines = headlines[: number - 1]
    elif damage == "blank":
        lines.insert(number, "")
    content = bytearray(end.join(lines).encode())
    if damage == "garbage":
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(128, 255))
    (tmp_path / "articles.csv").write_bytes(content)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            found = utils.load_headlines(tmp_path)
        except ValueError as error:
            assert str(tmp_path / "articles.csv") in str(error)
            return
    left_out = sum(int(re.search(r": (\d+) of \d+ rows do not fit", str(w.message))[1]) for w in caught)
    if damage in {"surplus", "short", "blank"}:
        missing = damage == "short" and len(headlines) > len(found) + left_out  # the whole row was the headline
        assert len(found) + left_out + missing == len(headlines)
        # A headline that gained or lost something by the damage is the damaged one.
        assert sum(text not in headlines for text in found) <= 1
    if damage == "cut":
        assert found[: len(headlines)] == headlines[: len(found)] and len(found) + left_out >= len(headlines)


@st.composite
def breakings(draw):
    """A valid picture in which one part is broken: an ending, its head, its middle, its size; or no picture at all."""
    content = bytearray(draw(st.sampled_from(PICTURES)))
    kind = draw(
        st.sampled_from(["whole", "head", "middle", "cut", "longer", "other ending", "swapped", "scattered", "noise"])
    )
    half = len(content) // 2
    if kind == "head":
        content[draw(st.integers(0, 30))] ^= draw(st.integers(1, 255))
    elif kind == "middle":
        content[half : half + 4] = draw(st.binary(min_size=4, max_size=4))
    elif kind == "cut":
        del content[draw(st.integers(1, len(content) - 1)) :]
    elif kind == "longer":
        content += draw(st.binary(max_size=50))
    elif kind == "swapped":
        content = content[half:] + content[:half]
    elif kind == "scattered":
        for _ in range(5):
            content[draw(st.integers(0, len(content) - 1))] = draw(st.integers(0, 255))
    elif kind == "noise":
        content = draw(st.binary(max_size=200))
    ending = draw(st.sampled_from([".jpg", ".PNG", ".jfif", "", ".txt", ".heic"]))
    return kind, ending, bytes(content)


@SETTINGS
@given(st.lists(breakings(), min_size=1, max_size=5))
@example([("noise", ".jpg", b"")])
def test_pictures_read_and_left_out_are_all_there_are(tmp_path, broken):
    folder = tmp_path / "a" / "training_set" / "fruit"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    (folder / "0").write_bytes(PICTURES[0])
    names = [f"{number}{ending}" for number, (_, ending, _) in enumerate(broken, start=1)]
    for name, (_, _, content) in zip(names, broken, strict=True):
        (folder / name).write_bytes(content)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        images = utils.load_images("fruit", 8, tmp_path, cache=False)
    counts = [re.search(r"(\d+) of (\d+) files read as pictures, (\d+) left out", str(w.message)) for w in caught]
    read, total, left_out = map(int, counts[0].groups()) if counts else (len(images), len(images), 0)
    assert (read, total) == (len(images), len(broken) + 1) and read + left_out == total
    assert images.dtype == np.float32 and np.abs(images).max() <= 1
    assert len(caught) == (left_out > 0)
    for warning in caught:
        assert {*re.findall(r"\(([\w.]+)[,)]", str(warning.message))} & {*names}, "one of them is named"
    assert read > sum(kind in {"whole", "other ending", "longer"} for kind, _, _ in broken)
