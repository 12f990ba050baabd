"""The command behind `make run`: what it leaves, and what it says when a notebook fails."""

from __future__ import annotations

import base64
import io
import os
import re
import subprocess
import sys

import nbformat
import numpy as np
import pytest
from PIL import Image

from tests.common import COURSE
from tools import run_notebooks


@pytest.fixture
def run(tmp_path):
    """Write notebooks (name to list of code cells) and run them; the finished process."""

    def run(notebooks, *options, **environment):
        source = tmp_path / "source"
        source.mkdir()
        for name, cells in notebooks.items():
            notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
            nbformat.write(notebook, source / f"{name}.ipynb")
        command = [sys.executable, "-m", "tools.run_notebooks", "--source", source, "--output", tmp_path / "output"]
        clean = {key: value for key, value in os.environ.items() if key != "COURSE_EPOCHS"}
        return subprocess.run(
            [*command, *options, *notebooks], cwd=COURSE, env={**clean, **environment}, capture_output=True, text=True
        )

    return run


@pytest.mark.slow
def test_a_failure_is_named_and_the_others_still_run(run, tmp_path):
    result = run({"first": ["1", "x = 2", "1 / 0", "3"], "second": ["print('still' + ' runs')"]})
    assert result.returncode == 1
    assert "first, code cell 3: ZeroDivisionError: division by zero" in result.stderr
    assert "second," not in result.stderr
    for name in ("first", "second"):
        assert (tmp_path / "output" / f"{name}.ipynb").exists()
    assert "still runs" in (tmp_path / "output" / "second.html").read_text()
    assert "ZeroDivisionError" in (tmp_path / "output" / "first.html").read_text()


@pytest.mark.slow
def test_a_dying_kernel_is_named(run):
    result = run({"first": ["import os", "os._exit(1)"]})
    assert result.returncode == 1
    assert "first, code cell 2: the kernel died" in result.stderr


@pytest.mark.slow
def test_progress_names_notebook_cell_and_time(run):
    result = run({"first": ["1", "2"]})
    assert result.returncode == 0, result.stderr
    for line, number in zip(result.stdout.splitlines(), (1, 2), strict=False):
        assert re.fullmatch(rf"first +cell +{number} of 2 +0:00:\d\d\.\d\d", line), line


@pytest.mark.slow
@pytest.mark.parametrize("name", ["frist", "first.py"])
def test_a_name_that_is_no_notebook_gets_one_sentence(run, name):
    result = run({"first": ["1"]}, name)
    assert result.returncode == 2 and "there is no notebook" in result.stderr and "there are first" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.slow
def test_a_name_may_end_in_ipynb_and_be_a_path(run):
    assert run({"first": ["1"]}, "notebooks/first.ipynb").returncode == 0


EPOCHS = ["import os; print('epochs', os.environ.get('COURSE_EPOCHS'))"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "environment", "wanted"),
    [
        ([], {}, "epochs 2"),
        ([], {"COURSE_EPOCHS": "7"}, "epochs 7"),
        (["--full"], {"COURSE_EPOCHS": "7"}, "epochs None"),
    ],
)
def test_quick_by_default_full_on_demand(run, tmp_path, options, environment, wanted):
    assert run({"03_fruit_gan": EPOCHS}, *options, **environment).returncode == 0
    (cell,) = nbformat.read(tmp_path / "output" / "03_fruit_gan.ipynb", as_version=4).cells
    assert cell.outputs[0].text.strip() == wanted


def test_plots_get_their_alternative_texts():
    def plots(number):
        return [nbformat.v4.new_output("display_data", {"image/png": "", "text/plain": ""}) for _ in range(number)]

    described = nbformat.v4.new_output("display_data", {"image/png": ""}, metadata={"image/png": {"alt": "its own"}})
    cells = [
        nbformat.v4.new_code_cell("", metadata={"alt": "a curve"}, outputs=plots(1)),
        nbformat.v4.new_code_cell("", metadata={"alt": ["first", "second"]}, outputs=plots(3)),
        nbformat.v4.new_code_cell("", metadata={"alt": "not this one"}, outputs=[described]),
        nbformat.v4.new_code_cell("", outputs=plots(1)),
    ]
    run_notebooks.DescribePlots().preprocess(nbformat.v4.new_notebook(cells=cells), {})
    texts = [[output.metadata.get("image/png", {}).get("alt") for output in cell.outputs] for cell in cells]
    assert texts == [["a curve"], ["first", "second", "second"], ["its own"], [None]]


def test_large_pictures_get_a_palette_and_films_stay_films():
    pixels = np.random.default_rng(0).integers(0, 256, (200, 200, 3), dtype="uint8")
    picture = Image.fromarray(pixels)
    picture.save(large := io.BytesIO(), format="PNG")
    picture.crop((0, 0, 20, 20)).save(small := io.BytesIO(), format="PNG")
    picture.save(film := io.BytesIO(), format="GIF", save_all=True, append_images=[picture.rotate(90)] * 5)
    before = [file.getvalue() for file in (large, small, film)]
    assert len(before[2]) > 100_000
    outputs = [
        nbformat.v4.new_output("display_data", {"image/png": base64.b64encode(data).decode()}) for data in before
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("", outputs=outputs)])
    run_notebooks.ShrinkPictures().preprocess(notebook, {})
    after = [base64.b64decode(output.data["image/png"]) for output in notebook.cells[0].outputs]
    assert after[1:] == before[1:]
    assert len(after[0]) < len(before[0]) / 2
    with Image.open(io.BytesIO(after[0])) as smaller:
        assert (smaller.format, smaller.size) == ("PNG", (200, 200))
        assert np.abs(np.asarray(smaller.convert("RGB"), int) - pixels).mean() < 30
