"""course/data.py: the cache of prepared pictures, files that are never half written, and where warnings point."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from course import data
from tests.common import COURSE


@pytest.fixture
def root(tmp_path):
    """A data folder with four tiny tomatoes of different brightness."""
    folder = tmp_path / "root" / "apple-or-tomato" / "training_set" / "tomato"
    folder.mkdir(parents=True)
    for number, grey in enumerate([0, 50, 100, 255]):
        Image.new("RGB", (10, 10), (grey, 0, 255)).save(folder / f"{number}.png")
    return tmp_path / "root"


@pytest.fixture
def cache(tmp_path):
    """A folder for the cache, which is not there yet."""
    return tmp_path / "cache"


@pytest.fixture
def count_reads(monkeypatch):
    """Counts the pictures that are decoded."""
    reads = []
    real = data._read_picture
    monkeypatch.setattr(data, "_read_picture", lambda path, size: reads.append(path.name) or real(path, size))
    return reads


def tomatoes(root: Path) -> Path:
    return root / "apple-or-tomato" / "training_set" / "tomato"


def read(root: Path, cache: Path | None, size: int = 8) -> np.ndarray:
    return data.read_images("tomato", size, root, "training_set", cache)


# ---------------------------------------------------------------- the two readers


def test_paths_may_be_text(root, cache):
    (root / "articles.csv").write_text("headline\nOne\n")
    assert data.read_headlines(str(root)) == data.read_headlines(str(root / "articles.csv")) == ["One"]
    images = data.read_images("tomato", 8, str(root), "training_set", str(cache))
    assert images.shape == (4, 8, 8, 3) and images.dtype == np.float32
    assert cache.is_dir()


def test_splits_are_kept_apart(root, cache):
    folder = root / "apple-or-tomato" / "test_set" / "tomato"
    folder.mkdir(parents=True)
    Image.new("RGB", (10, 10), "white").save(folder / "9.png")
    assert len(read(root, cache)) == 4
    assert (data.read_images("tomato", 8, root, "test_set", cache) == np.ones((1, 8, 8, 3))).all()
    assert len(list(cache.iterdir())) == 2


def test_warnings_point_to_the_caller(root):
    (tomatoes(root) / "1.png").write_bytes(b"no picture")
    with pytest.warns(UserWarning, match="1.png") as caught:
        data.read_images("tomato", 8, root, "training_set")
    (warning,) = caught
    assert warning.filename == __file__
    line = Path(__file__).read_text(encoding="utf-8").splitlines()[warning.lineno - 1]
    assert 'data.read_images("tomato", 8, root, "training_set")' in line


def test_the_reader_of_pictures_needs_neither_tensorflow_nor_pandas():
    script = "import sys, course.data; print(sorted({'tensorflow', 'keras', 'pandas'} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", script], cwd=COURSE, capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"


def test_say_once(monkeypatch, capsys):
    monkeypatch.setattr(data, "_said", set())
    for sentence in ("One.", "Two.", "One."):
        data.say_once(sentence)
    assert capsys.readouterr().out == "One.\nTwo.\n"


# ---------------------------------------------------------------- the cache of prepared pictures


def test_cache_gives_the_same_without_reading_again(root, cache, count_reads):
    first = read(root, cache)
    assert len(count_reads) == 4
    assert np.array_equal(read(root, cache), first)
    assert len(count_reads) == 4


def test_no_cache_if_no_folder_is_given(root, count_reads):
    before = sorted(root.parent.rglob("*"))
    read(root, None)
    read(root, None)
    assert len(count_reads) == 8
    assert sorted(root.parent.rglob("*")) == before


def test_cache_is_rebuilt_when_a_picture_changes(root, cache, count_reads):
    read(root, cache)
    Image.new("RGB", (10, 10), (255, 255, 255)).save(tomatoes(root) / "0.png")
    os.utime(tomatoes(root) / "0.png", (1, 1))
    assert (read(root, cache)[0] == 1).all()
    assert len(count_reads) == 8


def test_cache_is_rebuilt_for_other_pictures_or_another_size(root, cache, count_reads):
    read(root, cache)
    assert read(root, cache, 9).shape == (4, 9, 9, 3)
    (tomatoes(root) / "3.png").unlink()
    assert len(read(root, cache)) == 3
    assert len(count_reads) == 4 + 4 + 3


def test_cache_is_rebuilt_when_the_way_to_prepare_changes(root, cache, count_reads, monkeypatch):
    read(root, cache)
    monkeypatch.setattr(data, "CACHE_FORMAT", data.CACHE_FORMAT + 1)
    read(root, cache)
    assert len(count_reads) == 8


def test_cache_of_another_folder_is_not_used(root, cache, tmp_path, count_reads):
    read(root, cache)
    root.rename(tmp_path / "moved")
    read(tmp_path / "moved", cache)
    assert len(count_reads) == 8


def test_a_set_with_gaps_is_not_kept(root, cache, count_reads):
    (tomatoes(root) / "1.png").write_bytes(b"no picture")
    with pytest.warns(UserWarning, match="1.png"):
        assert len(read(root, cache)) == 3
    assert not cache.exists()


@pytest.mark.parametrize("damage", ["cut", "garbled", "empty", "another file"])
def test_damaged_cache_is_rebuilt(root, cache, count_reads, damage):
    first = read(root, cache)
    (cached,) = cache.iterdir()
    content = bytearray(cached.read_bytes())
    if damage == "cut":
        content = content[: len(content) // 2]
    elif damage == "garbled":
        at = bytes(content).index(b"pixels.npy") + 200
        content[at : at + 50] = bytes(50)
    elif damage == "empty":
        content = bytearray()
    if damage == "another file":
        np.savez(cached, other=np.zeros(3))
    else:
        cached.write_bytes(content)
    assert np.array_equal(read(root, cache), first)
    assert len(count_reads) == 8
    assert np.array_equal(read(root, cache), first)
    assert len(count_reads) == 8, "the rebuilt one is whole again"


def test_interrupted_cache_leaves_nothing(root, cache, monkeypatch):
    def interrupted(file, **arrays):
        file.write(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez", interrupted)
    with pytest.raises(KeyboardInterrupt):
        read(root, cache)
    assert list(cache.iterdir()) == []


def test_full_disk_costs_only_the_cache(root, cache, monkeypatch, capsys):
    def full(file, **arrays):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    monkeypatch.setattr(data, "_said", set())
    assert len(read(root, cache)) == len(read(root, cache)) == 4
    assert capsys.readouterr().out.count("No space left on device") == 1
    assert list(cache.iterdir()) == []


def test_a_cache_folder_that_is_a_file_costs_only_the_cache(root, cache, monkeypatch, capsys):
    cache.write_text("no folder")
    monkeypatch.setattr(data, "_said", set())
    assert len(read(root, cache)) == 4
    assert "are not kept" in capsys.readouterr().out
    assert cache.read_text() == "no folder"


# ---------------------------------------------------------------- whole files or none


def test_replacing_makes_the_folder_and_the_whole_file(tmp_path):
    path = tmp_path / "new" / "deep" / "file"
    with data.replacing(path) as file:
        file.write(b"all")
        assert not path.exists(), "not before it is complete"
    assert path.read_bytes() == b"all"
    assert [left.name for left in path.parent.iterdir()] == ["file"]
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o644, "others may read it"


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt(), ValueError("no")])
def test_replacing_keeps_the_old_file_if_the_new_one_fails(tmp_path, error):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with pytest.raises(type(error)), data.replacing(path) as file:
        file.write(b"ha")
        raise error
    assert path.read_bytes() == b"old"
    assert [left.name for left in tmp_path.iterdir()] == ["file"]


def test_replacing_leaves_nothing_if_it_cannot_take_the_place(tmp_path):
    (tmp_path / "file").mkdir()
    with pytest.raises(OSError), data.replacing(tmp_path / "file") as file:
        file.write(b"all")
    assert [left.name for left in tmp_path.iterdir()] == ["file"]
