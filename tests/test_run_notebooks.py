"""The command behind `make run`: what it leaves, and what it says when a notebook fails."""

from __future__ import annotations

import os
import subprocess
import sys

import nbformat
import pytest
import run_notebooks
from course import COURSE


@pytest.fixture
def run(tmp_path):
    """Write notebooks (name to list of code cells) and run them; the finished process."""

    def run(notebooks, *options, **environment):
        source = tmp_path / "source"
        source.mkdir()
        for name, cells in notebooks.items():
            notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
            nbformat.write(notebook, source / f"{name}.ipynb")
        command = [sys.executable, "tools/run_notebooks.py", "--source", source, "--output", tmp_path / "output"]
        clean = {key: value for key, value in os.environ.items() if key != "COURSE_EPOCHS"}
        return subprocess.run(
            [*command, *options, *notebooks], cwd=COURSE, env={**clean, **environment}, capture_output=True, text=True
        )

    return run


def test_a_failure_is_named_and_the_others_still_run(run, tmp_path):
    result = run({"first": ["1", "x = 2", "1 / 0", "3"], "second": ["print('still' + ' runs')"]})
    assert result.returncode == 1
    assert "first.ipynb, code cell 3: ZeroDivisionError: division by zero" in result.stderr
    assert "second.ipynb" not in result.stderr
    for name in ("first", "second"):
        assert (tmp_path / "output" / f"{name}.ipynb").exists()
    assert "still runs" in (tmp_path / "output" / "second.html").read_text()
    assert "ZeroDivisionError" in (tmp_path / "output" / "first.html").read_text()


def test_a_dying_kernel_is_named(run):
    result = run({"first": ["import os", "os._exit(1)"]})
    assert result.returncode == 1
    assert "first.ipynb, code cell 2: the kernel died" in result.stderr


def test_progress_names_notebook_cell_and_time(run):
    result = run({"first": ["1", "2"]})
    assert result.returncode == 0, result.stderr
    assert [line.split() for line in result.stdout.splitlines()[:2]] == [
        ["first", "cell", "1", "of", "2", "0:00:00.00"][:5] + [result.stdout.splitlines()[0].split()[-1]],
        ["first", "cell", "2", "of", "2"] + [result.stdout.splitlines()[1].split()[-1]],
    ]


EPOCHS = ["import os; print('epochs', os.environ.get('COURSE_EPOCHS'))"]


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
    run_notebooks.describe_plots(nbformat.v4.new_notebook(cells=cells))
    texts = [[output.metadata.get("image/png", {}).get("alt") for output in cell.outputs] for cell in cells]
    assert texts == [["a curve"], ["first", "second", "second"], ["its own"], [None]]
