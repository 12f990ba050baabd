"""utils.py: every contract of its docstrings, bad input included."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import utils
from course import data
from tests.common import COURSE, NOTEBOOKS, REAL_DATA, needs_real_data, tomatoes


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    """No test reads or leaves a cache in the course."""
    monkeypatch.setattr(utils, "CACHE", tmp_path / "cache")


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


def test_data_dir_says_once_which(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(data, "_said", set())
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    utils.data_dir()
    utils.data_dir()
    assert capsys.readouterr().out == f"Data: {tmp_path} (from COURSE_DATA)\n"


def test_data_dir_says_the_same_of_the_sample_whether_named_or_not(tmp_path, monkeypatch, capsys):
    sample = tmp_path / "data" / "sample"
    sample.mkdir(parents=True)
    monkeypatch.setattr(utils, "COURSE", tmp_path)
    said = []
    for chosen in (None, "data/sample", "data/../data/sample/", str(sample)):
        monkeypatch.setattr(data, "_said", set())
        if chosen:
            monkeypatch.setenv("COURSE_DATA", chosen)
        else:
            monkeypatch.delenv("COURSE_DATA", raising=False)
        assert utils.data_dir() == sample
        said.append(capsys.readouterr().out)
    assert said[0].startswith("Data: data/sample, which comes with the course.")
    assert said == said[:1] * 4


def test_the_sample_can_be_chosen_where_the_real_data_has_been_fetched(tmp_path, monkeypatch):
    (tmp_path / "data" / "sample").mkdir(parents=True)
    (tmp_path / "data" / "book").mkdir()
    (tmp_path / "data" / "book" / "articles.csv").touch()
    monkeypatch.setattr(utils, "COURSE", tmp_path)
    monkeypatch.setenv("COURSE_DATA", "data/sample")
    assert utils.data_dir() == tmp_path / "data" / "sample"


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


def test_no_headlines_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"articles\.csv"):
        utils.load_headlines(tmp_path)


def test_several_headline_files_are_read_one_after_the_other_and_a_copy_only_once(tmp_path, capsys):
    write(tmp_path / "articles.csv", "headline\nOne\n")
    write(tmp_path / "ArticlesMay2017.csv", "a;headline\n1;Two\n2;Three\n")
    write(tmp_path / "articles (1).csv", "headline\nOne\n")
    assert utils.load_headlines(tmp_path) == ["Two", "Three", "One"]
    said = capsys.readouterr().out
    assert "articles.csv is a copy of articles (1).csv" in said
    assert "ArticlesMay2017.csv (2), articles (1).csv (1)" in said
    paths = [tmp_path / "articles.csv", tmp_path / "ArticlesMay2017.csv"]
    assert utils.load_headlines(paths) == ["One", "Two", "Three"]


@needs_real_data
def test_real_headlines():
    assert len(utils.load_headlines(REAL_DATA)) == 831


# ---------------------------------------------------------------- load_images


def test_images_shape_range_and_order(root):
    images = utils.load_images("tomato", 8, root)
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

    files = sorted(path.stem for path in folder.iterdir())
    images = dict(zip(files, utils.load_images("fruit", 8, tmp_path), strict=True))
    for name in ("palette", "cmyk"):
        assert np.allclose(images[name], [1, -1, -1], atol=0.05), name
    assert (images["transparent"] == 1).all(), "transparent pictures stand on white"
    assert np.allclose(images["grey"], 0, atol=0.01)


def test_images_of_an_unknown_fruit(root):
    with pytest.raises(FileNotFoundError, match="'plum'.*Fruit found: tomato"):
        utils.load_images("plum", 8, root)


def test_images_from_a_missing_root(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        utils.load_images("tomato", 8, tmp_path / "nowhere")


def test_images_from_an_empty_folder(root):
    for path in tomatoes(root).iterdir():
        path.unlink()
    with pytest.raises(FileNotFoundError, match="no picture in .*tomato"):
        utils.load_images("tomato", 8, root)


def test_images_in_two_folders(root):
    (root / "other" / "training_set" / "tomato").mkdir(parents=True)
    with pytest.raises(ValueError, match="Several folders"):
        utils.load_images("tomato", 8, root)


def test_no_readable_picture_is_an_error(root):
    for path in tomatoes(root).iterdir():
        path.write_bytes(b"")
    with pytest.warns(UserWarning), pytest.raises(ValueError, match="None of the 4 files"):
        utils.load_images("tomato", 8, root)


def test_images_of_no_size(root):
    with pytest.raises(ValueError, match="1 pixel"):
        utils.load_images("tomato", 0, root)


def test_warnings_point_to_the_line_that_asked_for_the_pictures(root):
    (tomatoes(root) / "1.png").write_bytes(b"no picture")
    with pytest.warns(UserWarning, match="1.png") as caught:
        utils.load_images("tomato", 8, root)
    (warning,) = caught
    assert warning.filename == __file__
    line = Path(__file__).read_text(encoding="utf-8").splitlines()[warning.lineno - 1]
    assert 'utils.load_images("tomato", 8, root)' in line


def test_cache_is_kept_where_the_module_says(root, tmp_path, monkeypatch):
    first = utils.load_images("tomato", 8, root)
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["training_set_tomato_8_8.npz"]
    monkeypatch.setattr(utils, "CACHE", tmp_path / "elsewhere")
    assert np.array_equal(utils.load_images("tomato", 8, root), first)
    assert [path.name for path in (tmp_path / "elsewhere").iterdir()] == ["training_set_tomato_8_8.npz"]


def test_without_cache_nothing_is_written_or_read(root, monkeypatch):
    utils.load_images("tomato", 8, root, cache=False)
    assert not utils.CACHE.exists()
    utils.load_images("tomato", 8, root)
    monkeypatch.setattr(data, "_read_cache", lambda *arguments: pytest.fail("the cache was read"))
    utils.load_images("tomato", 8, root, cache=False)


def test_loaders_take_the_course_s_data_if_no_root_is_given(root, monkeypatch):
    write(root / "articles.csv", "headline\nOne\n")
    monkeypatch.setenv("COURSE_DATA", str(root))
    assert utils.load_headlines() == ["One"]
    assert utils.load_images("tomato", 8).shape == (4, 8, 8, 3)


@needs_real_data
def test_real_images():
    count = len(list(tomatoes(REAL_DATA).iterdir()))
    images = utils.load_images("tomato", 32, REAL_DATA)
    assert count > 200 and images.shape == (count, 32, 32, 3)
    assert np.abs(images).max() <= 1 and images.std() > 0.1


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


def test_diagram_is_shown_with_its_alternative_text(monkeypatch):
    texts = json.loads((COURSE / "figures" / "alt.json").read_text(encoding="utf-8"))
    name = sorted(texts)[0]
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    utils.show_figure(name.removesuffix(".png"))
    assert [(image.alt, image.width) for image in shown] == [(texts[name], 800)]


def test_diagram_that_does_not_exist():
    with pytest.raises(FileNotFoundError, match=r"nothing\.png.*python -m figures\.draw nothing"):
        utils.show_figure("nothing")


# ---------------------------------------------------------------- the house: what may import what


def test_public_face_is_small_light_and_documented():
    """Notebooks set TensorFlow up before they load it, and the lessons' machinery has its rooms in course/."""
    assert len((COURSE / "utils.py").read_text(encoding="utf-8").splitlines()) < 400
    script = "import sys, utils; print(sorted({'tensorflow', 'keras', 'matplotlib'} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", script], cwd=COURSE, capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"
    assert all(getattr(utils, name).__doc__ for name in utils.__all__)


OUTSIDE = {"utils", "solutions", "notebooks", "tools", "benchmarks", "figures", "tests", *NOTEBOOKS}


def imported(code: str) -> set[str]:
    """What the code of a module of course/ imports, at its head or anywhere in it; a sibling counts as course.NAME."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = ".".join(filter(None, ["course" if node.level else "", node.module]))
            names |= {f"course.{alias.name}" for alias in node.names} if module == "course" else {module}
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            if ast.unparse(node.func).split(".")[-1] in {"import_module", "__import__"}:
                names.add(str(node.args[0].value))
    return names


def against_the_arrows(code: str, own: str) -> list[str]:
    """What a module of course/ must not import: the rooms above it, and more than one of its siblings."""
    names = imported(code)
    above = sorted(name for name in names if name.split(".")[0] in OUTSIDE)
    siblings = sorted({name.split(".")[1] for name in names if name.startswith("course.")} - {own})
    return above + (siblings if len(siblings) > 1 else [])


@pytest.mark.parametrize("path", sorted((COURSE / "course").glob("*.py")), ids=lambda path: path.stem)
def test_course_imports_neither_utils_nor_a_lesson_and_at_most_one_sibling(path):
    assert against_the_arrows(path.read_text(encoding="utf-8"), path.stem) == []


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("import utils", ["utils"]),
        ("def late():\n    from utils import epochs as number", ["utils"]),
        ("import importlib\nlesson = importlib.import_module('03_fruit_gan')", ["03_fruit_gan"]),
        ("from tools import lessons", ["tools"]),
        ("from tools.lessons import library", ["tools.lessons"]),
        ("from course import data, layers", ["data", "layers"]),
        ("import course.data\ndef late():\n    from .layers import speed_up", ["data", "layers"]),
        ("from . import data, mine\nfrom course.data import replacing\nimport numpy, utilities", []),
    ],
)
def test_the_arrows_are_told_apart(code, wrong):
    assert against_the_arrows(code, "mine") == wrong


# ---------------------------------------------------------------- the folder for trainings


@pytest.mark.parametrize(("chosen", "folder"), [(None, "here/output"), ("", "here/output"), ("a b/c", "course/a b/c")])
def test_output_goes_where_the_setting_says(monkeypatch, tmp_path, chosen, folder):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr(utils, "COURSE", tmp_path / "course")
    monkeypatch.delenv("COURSE_OUTPUT", raising=False)
    if chosen is not None:
        monkeypatch.setenv("COURSE_OUTPUT", chosen)
    assert utils.output_dir().resolve() == tmp_path / folder
    assert (tmp_path / folder).is_dir()


def test_an_output_folder_that_cannot_be_made_is_named(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("COURSE_OUTPUT", str(tmp_path / "file" / "output"))
    with pytest.raises(OSError, match=r"file[\\/]output cannot be made .*: set COURSE_OUTPUT to one that can"):
        utils.output_dir()
