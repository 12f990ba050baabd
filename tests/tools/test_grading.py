"""Grading: one good submission among bad ones, on a small assignment with three tasks; and the release version."""

from __future__ import annotations

import csv
import sys
import time
import zipfile

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tests.common import COURSE, NOTEBOOKS

pytest.importorskip("nbgrader")
from tools.grade import Limits, build_assignment, grade, run_limited, submissions  # noqa: E402

pytestmark = pytest.mark.slow

SMALL = "small"
LIMITS = Limits(cell_seconds=12, seconds=70, memory=1 << 30, output=100_000)


def cell(source, name=None, points=None):
    made = new_code_cell(source)
    if name:
        made.metadata.nbgrader = {
            "grade_id": name,
            "grade": points is not None,
            "solution": points is None,
            "locked": points is not None,
            "task": False,
            "schema_version": 3,
        } | ({"points": points} if points is not None else {})
    return made


def small_assignment():
    """Three tasks: double, add and negate a number, for 2, 1 and 1 points."""
    cells = [new_markdown_cell("# Small"), cell("one = 1")]
    for name, points, result in [("double", 2, "2 * x"), ("increment", 1, "x + one"), ("negative", 1, "-x")]:
        body = f"    ### BEGIN SOLUTION\n    return {result}\n    ### END SOLUTION"
        cells.append(cell(f"def {name}(x):\n{body}", f"task-{name}"))
        cells.append(cell(f"x = 5\nassert {name}(x) == {result}, 'wrong'", f"check-{name}", points))
    return new_notebook(
        cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    )


def task(notebook, name):
    return next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == name)


def endless(notebook):
    task(notebook, "task-double").source = "def double(x):\n    while True:\n        pass"


def stubborn(notebook):
    """An endless loop that will not be interrupted."""
    task(notebook, "task-double").source = (
        "def double(x):\n    while True:\n        try:\n            while True:\n                pass\n"
        "        except BaseException:\n            pass"
    )


def syntax_error(notebook):
    task(notebook, "task-double").source = "def double(x):\n    return 2 *"


def deleted(notebook):
    notebook.cells = [cell for cell in notebook.cells if "negative" not in cell.source]


def gigabyte(notebook):
    task(notebook, "task-double").source = "def double(x):\n    for _ in range(10**6):\n        print('y' * 1000)"


def gallery(notebook):
    task(notebook, "task-double").source = (
        "def double(x):\n    from IPython.display import display\n    for _ in range(10**4):\n"
        "        display({'image/png': 'iVBORw0KGgo' * 5000, 'text/plain': ''}, raw=True)"
    )


def glutton(notebook):
    task(notebook, "task-double").source = "def double(x):\n    return len('y' * (3 << 30))"


def cheat(notebook):
    task(notebook, "task-double").source = "def double(x):\n    return 0"
    task(notebook, "check-double").source = "print('right')"


def quitter(notebook):
    task(notebook, "task-double").source = "def double(x):\n    import os\n    os._exit(1)"


HOSTILE = [endless, stubborn, syntax_error, deleted, gigabyte, gallery, glutton, cheat, quitter]


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The rows of the CSV, by learner, for a folder of all kinds of submissions."""
    source, folder, output = (tmp_path_factory.mktemp(name) for name in ("source", "handed in", "grades"))
    nbformat.write(small_assignment(), source / f"{SMALL}.ipynb")
    release = build_assignment(tmp_path_factory.mktemp("release") / "assignment", source).with_suffix("")

    def hand_in(learner, notebook):
        (folder / learner / "deeper").mkdir(parents=True)
        nbformat.write(notebook, folder / learner / "deeper" / f"{SMALL}.ipynb")

    hand_in("perfect", small_assignment())
    hand_in("untouched", nbformat.read(release / "notebooks" / f"{SMALL}.ipynb", as_version=4))
    for spoil in HOSTILE:
        notebook = small_assignment()
        spoil(notebook)
        hand_in(spoil.__name__, notebook)
    (folder / "nothing").mkdir()
    (folder / "garbage").mkdir()
    (folder / "garbage" / f"{SMALL}.ipynb").write_bytes(b"\x00PK not a notebook")
    grade(folder, output, source, LIMITS, jobs=3)
    with (output / "grades.csv").open(newline="") as file:
        rows = {row["learner"]: row for row in csv.DictReader(file)}
    return rows, output


def test_every_learner_gets_a_row(graded):
    rows, _ = graded
    expected = {"perfect", "untouched", "nothing", "garbage"} | {spoil.__name__ for spoil in HOSTILE}
    assert set(rows) == expected


@pytest.mark.parametrize(
    ("learner", "points", "remark"),
    [
        ("perfect", 4, ""),
        ("untouched", 0, ""),
        ("endless", 2, "too long"),
        ("syntax_error", 2, "syntax error"),
        ("deleted", 3, "missing"),
        ("gigabyte", 2, "printed too much"),
        ("gallery", 2, "printed too much"),
        ("cheat", 2, ""),
        ("stubborn", 0, "stopped: more than 70 seconds"),
        ("glutton", 0, "memory"),
        ("quitter", 0, "not graded: DeadKernelError"),
        ("garbage", 0, "not graded: cannot be read"),
        ("nothing", 0, "no notebook"),
    ],
)
def test_points_and_remarks(graded, learner, points, remark):
    row = graded[0][learner]
    assert float(row["points"]) == points, row
    assert any(word in row["remark"] for word in remark.split("|")), row
    if not remark:
        assert row["remark"] == ""


def test_points_are_given_by_task(graded):
    assert graded[0]["endless"]["by task"] == "check-double=0/2 check-increment=1/1 check-negative=1/1"
    assert graded[0]["perfect"]["of"] == "4"


def test_the_executed_notebook_is_kept_and_small(graded):
    _, output = graded
    assert nbformat.read(output / "perfect" / f"{SMALL}.ipynb", as_version=4).cells[1].execution_count == 1
    assert (output / "gigabyte" / f"{SMALL}.ipynb").stat().st_size < 1_000_000


def test_what_a_stopped_program_started_is_ended_too(tmp_path):
    """Looked for by its process number: an orphan is nobody's child any more."""
    note = tmp_path / "pid"
    child = f"import os, time; open({str(note)!r}, 'w').write(str(os.getpid())); time.sleep(300)"
    script = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    stopped = run_limited([sys.executable, "-c", script], tmp_path / "log", Limits(seconds=3), {})
    assert "3 seconds" in stopped
    left, deadline = int(note.read_text()), time.monotonic() + 10

    def alive():  # in a container nobody may collect a dead orphan's exit status; it is ended all the same
        try:
            return psutil.Process(left).status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    while alive() and time.monotonic() < deadline:  # a signal takes a moment
        time.sleep(0.05)
    assert not alive()


def test_submissions_take_each_notebook_once_and_no_stray_files(tmp_path):
    for path in ("ann/a.ipynb", "ann/.ipynb_checkpoints/b.ipynb", "ann/x/b.ipynb", "ann/x/c.ipynb", "ben/notes.txt"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    (tmp_path / "readme.txt").touch()
    found = submissions(tmp_path, ["a", "b"])
    assert found == [
        ("ann", "a", tmp_path / "ann/a.ipynb"),
        ("ann", "b", tmp_path / "ann/x/b.ipynb"),
        ("ben", "", None),
    ]


def test_the_assignment_holds_no_solution_and_all_that_notebooks_need(tmp_path):
    archive = build_assignment(tmp_path / "assignment", COURSE / "solutions")
    names = zipfile.ZipFile(archive).namelist()
    for needed in (
        "utils.py",
        "requirements.txt",
        "figures/alt.json",
        "data/sample/articles.csv",
        "course/generative_models.txt",
        "course/layers.py",
        "benchmarks/results/speed.csv",
    ):
        assert f"assignment/{needed}" in names
    for name in NOTEBOOKS:
        notebook = nbformat.read(tmp_path / "assignment" / "notebooks" / f"{name}.ipynb", as_version=4)
        text = "".join(cell.source for cell in notebook.cells)
        assert "BEGIN SOLUTION" not in text and "NotImplementedError" in text
        checks = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]
        assert checks and all(cell.metadata.nbgrader.get("checksum") for cell in checks)
        assert notebook == nbformat.read(COURSE / "notebooks" / f"{name}.ipynb", as_version=4), "one derivation"
    assert not [name for name in names if "tests/" in name or name.count("solutions/") and name.endswith(".ipynb")]
