"""Hostile files: whatever the bytes, the loaders give a result or one sentence that names the file."""

from __future__ import annotations

import io
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


@st.composite
def damaged_pictures(draw):
    """A whole picture of some format, cut off somewhere or with some bytes changed."""
    content = bytearray(draw(st.sampled_from(PICTURES)))
    for _ in range(draw(st.integers(0, 5))):
        content[draw(st.integers(0, len(content) - 1))] = draw(st.integers(0, 255))
    return bytes(content[: draw(st.integers(0, len(content)))])


@SETTINGS
@given(st.one_of(damaged_pictures(), st.binary(max_size=200)))
@example(b"")
@example(PICTURES[0])
def test_any_bytes_as_a_picture(tmp_path, content):
    folder = tmp_path / "a" / "training_set" / "fruit"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "1.png").write_bytes(PICTURES[1])
    (folder / "2.jpg").write_bytes(content)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        images = utils.load_images("fruit", 8, tmp_path, cache=False)
    left_out = [str(warning.message) for warning in caught if "is left out" in str(warning.message)]
    assert len(images) + len(left_out) == 2
    assert all(str(folder / "2.jpg") in sentence for sentence in left_out)
    assert images.dtype == np.float32 and np.abs(images).max() <= 1


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
