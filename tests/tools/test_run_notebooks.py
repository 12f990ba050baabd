"""The command behind `make run`: what it leaves, and what it says when a notebook fails."""

from __future__ import annotations

import base64
import io
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

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
def test_a_kernel_that_dies_before_it_is_ready_is_named(run, tmp_path):
    folder = tmp_path / "kernels" / "python3"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps({"argv": [sys.executable, "-c", "1 / 0"], "display_name": "Python"}))
    result = run({"first": ["1"]}, JUPYTER_PATH=str(tmp_path))
    assert result.returncode == 1
    assert "FAILED: first: the kernel does not start (Kernel died before replying" in result.stderr


def test_a_kernel_has_five_minutes_to_start(monkeypatch, tmp_path):
    async def too_slow(client, **_):
        raise RuntimeError(f"Kernel didn't respond in {client.startup_timeout} seconds")

    monkeypatch.setattr(run_notebooks.NotebookClient, "async_execute", too_slow)
    with ThreadPoolExecutor() as apart:  # from the loop that another test may have left in this thread
        said = apart.submit(run_notebooks.execute, nbformat.v4.new_notebook(), "first", tmp_path, {}).result()
    assert said.startswith("first: the kernel does not start (Kernel didn't respond in 300 seconds): set the course up")


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


def test_pictures_are_stored_small_and_look_the_same_and_films_stay():
    """Notices a picture that loses its look or its alternative text, one that grows, a film that becomes one frame."""
    grain = np.random.default_rng(0).normal(0, 2, (200, 300, 1))
    photograph = (np.linspace(10, 245, 200)[:, None, None] + grain + [0, 3, 5]).clip(0, 255).astype("uint8")
    plot = np.full((200, 300, 3), 255, "uint8")
    plot[50:100, ::3] = (213, 94, 0)
    files = {"photograph": io.BytesIO(), "plot": io.BytesIO(), "film": io.BytesIO()}
    Image.fromarray(photograph).save(files["photograph"], "PNG")
    Image.fromarray(plot).save(files["plot"], "PNG")
    Image.fromarray(plot).save(files["film"], "GIF", save_all=True, append_images=[Image.fromarray(photograph)])
    before = [file.getvalue() for file in files.values()]
    outputs = [
        nbformat.v4.new_output(
            "display_data", {"image/png": base64.b64encode(data).decode()}, metadata={"image/png": {"alt": "any"}}
        )
        for data in before
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("", outputs=outputs)])
    run_notebooks.ShrinkPictures().preprocess(notebook, {})
    outputs = notebook.cells[0].outputs
    assert [[*output.data] for output in outputs] == [["image/jpeg"], ["image/png"], ["image/png"]]
    assert all([*output.metadata] == [*output.data] for output in outputs)
    after = [base64.b64decode(data) for output in outputs for data in output.data.values()]
    assert after[2] == before[2] and len(after[1]) <= len(before[1]) and len(after[0]) < len(before[0]) / 2
    for small, wanted in ((after[0], photograph), (after[1], plot)):
        seen = np.asarray(Image.open(io.BytesIO(small)).convert("RGB")).astype(int)
        assert np.abs(seen - wanted).mean() < 4


def test_progress_bars_go_and_all_else_stays():
    shown = ["  0%|          | 0/45 [00:00<?, ?epoch/s]", "interactive(children=(IntSlider(value=0)))", "50% of all"]
    outputs = [nbformat.v4.new_output("display_data", {"text/plain": text}) for text in shown]
    outputs.append(nbformat.v4.new_output("stream", name="stdout", text="45 epochs"))
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("", outputs=outputs)])
    run_notebooks.DropBars().preprocess(notebook, {})
    assert notebook.cells[0].outputs == outputs[1:]
