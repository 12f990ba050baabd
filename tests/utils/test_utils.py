"""utils.py: every contract of its docstrings, bad input included."""

from __future__ import annotations

import os
import re

import numpy as np
import pytest
from course import COURSE, REAL_DATA, needs_real_data
from PIL import Image

import utils


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    """No test reads or leaves a cache in the course."""
    monkeypatch.setattr(utils, "CACHE", tmp_path / "cache")


@pytest.fixture
def fruit_root(tmp_path):
    """A data folder with four tiny tomatoes of different brightness."""
    folder = tmp_path / "root" / "apple-or-tomato" / "training_set" / "tomato"
    folder.mkdir(parents=True)
    for number, grey in enumerate([0, 50, 100, 255]):
        Image.new("RGB", (10, 10), (grey, 0, 255)).save(folder / f"{number}.png")
    return tmp_path / "root"


def tomatoes(root):
    return root / "apple-or-tomato" / "training_set" / "tomato"


# ---------------------------------------------------------------- time_string


@pytest.mark.parametrize(
    ("seconds", "wanted"),
    [
        (0, "0:00:00.00"),
        (65.5, "0:01:05.50"),
        (59.994, "0:00:59.99"),
        (59.999, "0:01:00.00"),
        (3599.999, "1:00:00.00"),
        (3661.25, "1:01:01.25"),
        (360000, "100:00:00.00"),
    ],
)
def test_time_string(seconds, wanted):
    assert utils.time_string(seconds) == wanted


@pytest.mark.parametrize("seconds", [-0.01, float("nan"), float("inf")])
def test_time_string_refuses(seconds):
    with pytest.raises(ValueError, match=re.escape(str(seconds))):
        utils.time_string(seconds)


# ---------------------------------------------------------------- epochs


@pytest.mark.parametrize(("cap", "wanted"), [("", 200), ("3", 3), ("200", 200), ("500", 200), (" 7 ", 7)])
def test_epochs(monkeypatch, cap, wanted):
    monkeypatch.setenv("COURSE_EPOCHS", cap)
    assert utils.epochs(200) == wanted


def test_epochs_says_when_it_shortens(monkeypatch, capsys):
    monkeypatch.setenv("COURSE_EPOCHS", "3")
    utils.epochs(200)
    assert "3 of 200" in capsys.readouterr().out


@pytest.mark.parametrize("cap", ["0", "-1", "2.5", "few"])
def test_epochs_refuses(monkeypatch, cap):
    monkeypatch.setenv("COURSE_EPOCHS", cap)
    with pytest.raises(ValueError, match="COURSE_EPOCHS"):
        utils.epochs(200)


# ---------------------------------------------------------------- data_dir


def test_data_dir_prefers_the_variable_then_the_book_then_the_sample(tmp_path, monkeypatch):
    monkeypatch.setattr(utils, "COURSE", tmp_path)
    monkeypatch.delenv("COURSE_DATA", raising=False)
    assert utils.data_dir() == tmp_path / "data" / "sample"
    (tmp_path / "data" / "book").mkdir(parents=True)
    assert utils.data_dir() == tmp_path / "data" / "sample", "an empty data/book has not been fetched"
    (tmp_path / "data" / "book" / "articles.csv").touch()
    assert utils.data_dir() == tmp_path / "data" / "book"
    (tmp_path / "mine").mkdir()
    monkeypatch.setenv("COURSE_DATA", "mine")
    assert utils.data_dir() == tmp_path / "mine", "a relative path counts from the course folder"
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    assert utils.data_dir() == tmp_path


def test_data_dir_says_once_which(monkeypatch, capsys):
    monkeypatch.setattr(utils, "_said", set())
    monkeypatch.setenv("COURSE_DATA", "data/sample")
    utils.data_dir()
    utils.data_dir()
    assert capsys.readouterr().out.count("data/sample") == 1


def test_data_dir_refuses_a_missing_folder(monkeypatch):
    monkeypatch.setenv("COURSE_DATA", "no/such/folder")
    with pytest.raises(FileNotFoundError, match="no/such/folder"):
        utils.data_dir()


# ---------------------------------------------------------------- load_headlines


def write(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


def test_headlines_without_unknown_and_empty_ones(tmp_path):
    write(tmp_path / "articles.csv", 'a,headline\n1,"Rain, Again"\n2,Unknown\n3,\n4,NA\n5,Caf\u00e9\u00a0Days\n')
    assert utils.load_headlines(tmp_path) == ["Rain, Again", "NA", "Caf\u00e9\u00a0Days"]


def test_headlines_from_another_month_with_byte_order_mark(tmp_path):
    write(tmp_path / "ArticlesMay2017.csv", "headline,a\nOne,1\n", "utf-8-sig")
    assert utils.load_headlines(tmp_path) == ["One"]
    assert utils.load_headlines(tmp_path / "ArticlesMay2017.csv") == ["One"]


def test_no_headlines_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"articles\.csv"):
        utils.load_headlines(tmp_path)


def test_several_headline_files_are_named(tmp_path):
    for name in ("articles.csv", "ArticlesMay2017.csv"):
        write(tmp_path / name, "headline\nOne\n")
    with pytest.raises(ValueError, match=r"ArticlesMay2017\.csv, articles\.csv"):
        utils.load_headlines(tmp_path)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "cannot be read"),
        (b"title\nOne\n", "no column 'headline'"),
        (b"headline\nUnknown\n\n", "no headline but"),
        (b'headline\n"never closed\n', "cannot be read"),
        (b"headline\nna\xefve\n", "cannot be read"),
        (b"headline\na,b,c\nd,e,f,g,h\n", "cannot be read"),
    ],
)
def test_bad_headline_files_are_named(tmp_path, content, sentence):
    (tmp_path / "articles.csv").write_bytes(content)
    with pytest.raises(ValueError, match=rf"articles\.csv .*{sentence}"):
        utils.load_headlines(tmp_path)


@needs_real_data
def test_real_headlines():
    assert len(utils.load_headlines(REAL_DATA)) == 831


# ---------------------------------------------------------------- load_images


def test_images_shape_range_and_order(fruit_root):
    images = utils.load_images("tomato", 8, fruit_root)
    assert images.shape == (4, 8, 8, 3) and images.dtype == np.float32
    assert np.allclose(images[:, 0, 0, 0], np.array([0, 50, 100, 255]) / 127.5 - 1)
    assert (images[..., 1] == -1).all() and (images[..., 2] == 1).all()


def test_images_of_every_mode_come_out_right(tmp_path):
    folder = tmp_path / "a" / "training_set" / "fruit"
    folder.mkdir(parents=True)
    red = Image.new("RGB", (20, 20), (255, 0, 0))
    red.convert("P").save(folder / "palette.png")
    red.convert("CMYK").save(folder / "cmyk.jpg", quality=100)
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(folder / "transparent.png")
    Image.new("L", (20, 20), 128).save(folder / "grey.png")
    Image.fromarray(np.full((20, 20), 32768, np.uint16)).save(folder / "grey16.png")
    turned = Image.new("RGB", (20, 20), "white")
    turned.paste("black", (0, 0, 20, 10))  # black on top as stored; the tag says that the left side is up
    exif = turned.getexif()
    exif[0x0112] = 6
    turned.save(folder / "turned.png", exif=exif)

    files = sorted(path.stem for path in folder.iterdir())
    images = dict(zip(files, utils.load_images("fruit", 8, tmp_path), strict=True))
    for name in ("palette", "cmyk"):
        assert np.allclose(images[name], [1, -1, -1], atol=0.05), name
    assert (images["transparent"] == 1).all(), "transparent pictures stand on white"
    assert np.allclose(images["grey"], 0, atol=0.01)
    assert np.allclose(images["grey16"], 0, atol=0.01)
    assert images["turned"][4, 0].mean() > 0.9 and images["turned"][4, -1].mean() < -0.9


def test_images_of_an_unknown_fruit(fruit_root):
    with pytest.raises(FileNotFoundError, match="'plum'.*Fruit found: tomato"):
        utils.load_images("plum", 8, fruit_root)


def test_images_from_a_missing_root(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        utils.load_images("tomato", 8, tmp_path / "nowhere")


def test_images_from_an_empty_folder(fruit_root):
    for path in tomatoes(fruit_root).iterdir():
        path.unlink()
    with pytest.raises(FileNotFoundError, match="no picture in .*tomato"):
        utils.load_images("tomato", 8, fruit_root)


def test_images_in_two_folders(fruit_root):
    (fruit_root / "other" / "training_set" / "tomato").mkdir(parents=True)
    with pytest.raises(ValueError, match="Several folders"):
        utils.load_images("tomato", 8, fruit_root)


def test_unreadable_pictures_are_named_and_left_out(fruit_root):
    (tomatoes(fruit_root) / "1.png").write_bytes(b"no picture")
    whole = (tomatoes(fruit_root) / "2.png").read_bytes()
    (tomatoes(fruit_root) / "2.png").write_bytes(whole[: len(whole) // 2])
    for _ in "first", "again":
        with pytest.warns(UserWarning) as caught:
            images = utils.load_images("tomato", 8, fruit_root)
        assert len(images) == 2
        ours = [str(warning.message) for warning in caught if warning.category is UserWarning]
        assert ["1.png" in message for message in ours] == [True, False]
        assert ["2.png" in message for message in ours] == [False, True]


def test_no_readable_picture_is_an_error(fruit_root):
    for path in tomatoes(fruit_root).iterdir():
        path.write_bytes(b"")
    with pytest.warns(UserWarning), pytest.raises(ValueError, match="None of the 4 pictures"):
        utils.load_images("tomato", 8, fruit_root)


def test_images_of_no_size(fruit_root):
    with pytest.raises(ValueError, match="1 pixel"):
        utils.load_images("tomato", 0, fruit_root)


# ---------------------------------------------------------------- the cache of prepared pictures


@pytest.fixture
def count_reads(monkeypatch):
    """Counts the pictures that are decoded."""
    reads = []
    real = utils._read_picture
    monkeypatch.setattr(utils, "_read_picture", lambda path, size: reads.append(path.name) or real(path, size))
    return reads


def test_cache_gives_the_same_without_reading_again(fruit_root, count_reads):
    first = utils.load_images("tomato", 8, fruit_root)
    assert len(count_reads) == 4
    assert np.array_equal(utils.load_images("tomato", 8, fruit_root), first)
    assert len(count_reads) == 4


def test_cache_is_rebuilt_when_a_picture_changes(fruit_root, count_reads):
    utils.load_images("tomato", 8, fruit_root)
    Image.new("RGB", (10, 10), (255, 255, 255)).save(tomatoes(fruit_root) / "0.png")
    os.utime(tomatoes(fruit_root) / "0.png", (1, 1))
    assert (utils.load_images("tomato", 8, fruit_root)[0] == 1).all()
    assert len(count_reads) == 8


def test_cache_is_rebuilt_for_other_pictures_or_another_size(fruit_root, count_reads):
    utils.load_images("tomato", 8, fruit_root)
    assert utils.load_images("tomato", 9, fruit_root).shape == (4, 9, 9, 3)
    (tomatoes(fruit_root) / "3.png").unlink()
    assert len(utils.load_images("tomato", 8, fruit_root)) == 3


def test_cache_of_another_folder_is_not_used(fruit_root, tmp_path, count_reads):
    utils.load_images("tomato", 8, fruit_root)
    fruit_root.rename(tmp_path / "moved")
    utils.load_images("tomato", 8, tmp_path / "moved")
    assert len(count_reads) == 8


@pytest.mark.parametrize("damage", ["cut", "garbled", "empty"])
def test_damaged_cache_is_rebuilt(fruit_root, damage):
    first = utils.load_images("tomato", 8, fruit_root)
    (cached,) = utils.CACHE.iterdir()
    content = bytearray(cached.read_bytes())
    if damage == "cut":
        content = content[: len(content) // 2]
    elif damage == "garbled":
        at = bytes(content).index(b"pixels.npy") + 200
        content[at : at + 50] = bytes(50)
    else:
        content = bytearray()
    cached.write_bytes(content)
    assert np.array_equal(utils.load_images("tomato", 8, fruit_root), first)


def test_interrupted_cache_leaves_nothing(fruit_root, monkeypatch):
    def interrupted(file, **arrays):
        file.write(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez", interrupted)
    with pytest.raises(KeyboardInterrupt):
        utils.load_images("tomato", 8, fruit_root)
    assert list(utils.CACHE.iterdir()) == []


def test_full_disk_costs_only_the_cache(fruit_root, monkeypatch, capsys):
    def full(file, **arrays):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    monkeypatch.setattr(utils, "_said", set())
    assert len(utils.load_images("tomato", 8, fruit_root)) == 4
    assert "No space left on device" in capsys.readouterr().out


def test_without_cache_nothing_is_written(fruit_root):
    utils.load_images("tomato", 8, fruit_root, cache=False)
    assert not utils.CACHE.exists()


# ---------------------------------------------------------------- save_images


def test_grid_has_the_exact_size_and_pixels(tmp_path):
    images = np.stack([np.full((4, 6, 3), value, np.float32) for value in (-1, 0, 1)])
    path = utils.save_images(images, tmp_path / "new" / "grid.png", rows=2, cols=2, margin=3)
    grid = np.asarray(Image.open(path))
    wanted = np.full((3 + 2 * 7, 3 + 2 * 9, 3), 255, np.uint8)
    wanted[3:7, 3:9] = 0
    wanted[3:7, 12:18] = 128
    wanted[10:14, 3:9] = 255
    assert path == tmp_path / "new" / "grid.png"
    assert np.array_equal(grid, wanted)


def test_grid_of_the_chapter(tmp_path):
    path = utils.save_images(np.zeros((25, 96, 96, 3)), tmp_path / "grid.png")
    assert Image.open(path).size == (576, 576)


@pytest.mark.parametrize(
    ("images", "options", "sentence"),
    [
        (np.zeros((96, 96, 3)), {}, "shape"),
        (np.zeros((2, 8, 8, 1)), {}, "shape"),
        (np.zeros((26, 8, 8, 3)), {}, "1 to 25 pictures, not 26"),
        (np.zeros((0, 8, 8, 3)), {}, "not 0"),
        (np.full((1, 8, 8, 3), np.nan), {}, "diverged"),
        (np.full((1, 8, 8, 3), 255.0), {}, "127.5"),
        (np.zeros((1, 8, 8, 3)), {"margin": -1}, "margin"),
        (np.zeros((1, 8, 8, 3)), {"rows": 0}, "rows"),
    ],
)
def test_grid_refuses(tmp_path, images, options, sentence):
    with pytest.raises(ValueError, match=sentence):
        utils.save_images(images, tmp_path / "grid.png", **options)
    assert not (tmp_path / "grid.png").exists()


def test_grid_that_cannot_be_written_keeps_the_old_one(tmp_path, monkeypatch):
    path = utils.save_images(np.zeros((1, 8, 8, 3)), tmp_path / "grid.png")
    before = path.read_bytes()

    def full(self, file, **options):
        file.write(b"half a picture")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", full)
    with pytest.raises(OSError, match=r"grid\.png cannot be written.*No space left"):
        utils.save_images(np.ones((1, 8, 8, 3)), path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == ["grid.png"]


def test_diagram_that_does_not_exist():
    with pytest.raises(FileNotFoundError, match=r"nothing\.png.*draw\.py nothing"):
        utils.show_figure("nothing")


# ---------------------------------------------------------------- the module


def test_public_face_is_small_and_documented():
    assert len((COURSE / "utils.py").read_text().splitlines()) < 400
    assert all(getattr(utils, name).__doc__ for name in utils.__all__)
