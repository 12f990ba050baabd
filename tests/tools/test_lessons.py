"""What is derived from the lessons' sources: nothing is lost, nothing is stale unseen, mistakes get one sentence."""

from __future__ import annotations

import shutil

import nbformat
import pytest

from tests.common import COURSE, NOTEBOOKS
from tools import lessons

HEAD = """# %% [markdown]
# # A lesson

# %% tags=["setup"]
import os

"""
SOURCE = (
    HEAD
    + '''
# %%
import utils
from course import helper

# %% tags=["library"]
def double(x):
    """Twice a number."""
    return 2 * x


# %%
print(double(1))

# %%
print(helper.three())

# %%
utils.show_figure("drawing")

# %% [markdown]
# Your turn.

# %% nbgrader={"grade_id": "task-1", "solution": true} tags=["task", "library"]
def add(x, y):
    ### BEGIN SOLUTION
    return x + y
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "check-1", "points": 2} tags=["check"]
assert add(1, 2) == 3
### BEGIN HIDDEN TESTS
assert add(5, 2) == 7
### END HIDDEN TESTS
'''
)
HELPER = '''
"""A module."""

ONE = 1


def three():
    """Three."""
    return ONE + two()


def two():
    return 2


def unrelated():
    return 7
'''
UTILS = "def show_figure(name):\n    pass\n\n\ndef load_headlines():\n    return []\n"


@pytest.fixture
def small(tmp_path):
    """A small course with one lesson whose outputs belong to its code."""
    for folder in ("solutions", "course", "figures", "data/sample", "notebooks"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "solutions" / "01_small.py").write_text(SOURCE)
    (tmp_path / "course" / "helper.py").write_text(HELPER)
    (tmp_path / "utils.py").write_text(UTILS)
    (tmp_path / "figures" / "drawing.png").write_bytes(b"a drawing")
    (tmp_path / "data" / "sample" / "articles.csv").write_text("headline\nOne\n")
    keep_run(tmp_path)
    return tmp_path


def keep_run(course):
    """Write a solved notebook as if its cells had just been run; each prints its own number."""
    solved = lessons.read_source("01_small", course)
    for number, (cell, now) in enumerate(zip(lessons.code_cells(solved), lessons.hashes(solved, course), strict=True)):
        cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=str(number))]
        cell.metadata.made_by = now
    lessons.write(solved, course / "solutions" / "01_small.ipynb")


def derived(course):
    """For each code cell of the solved notebook what it prints, None for nothing."""
    solved, _ = lessons.derive("01_small", course)
    return [cell.outputs[0].text if cell.outputs else None for cell in lessons.code_cells(solved)]


def edit(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


ALL = [str(number) for number in range(8)]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("solutions/01_small.py", "# Your turn.", "# It is your turn now."),
        ("solutions/01_small.py", "print(double(1))", "# A comment.\nprint( double(1) )"),
        ("solutions/01_small.py", '"""Twice a number."""', '"""Twice as much."""'),
        ("solutions/01_small.py", "import os", "import os\nimport sys"),
        ("course/helper.py", "return 7", "return 8"),
        ("course/helper.py", '"""Three."""', '"""One and two."""'),
        ("data/sample/articles.csv", "One", "Two"),
    ],
    ids=["prose", "layout", "docstring", "set-up", "a function that is not used", "its docstring", "data not loaded"],
)
def test_what_changes_no_result_runs_nothing(small, file, old, new):
    edit(small / file, old, new)
    assert derived(small) == ALL


@pytest.mark.parametrize(
    ("file", "old", "new", "first"),
    [
        ("solutions/01_small.py", "return 2 * x", "return 3 * x", 2),
        ("solutions/01_small.py", "print(double(1))", "print(double(2))", 3),
        ("course/helper.py", "return 2\n", "return 4\n", 4),
        ("course/helper.py", "ONE = 1", "ONE = 5", 4),
    ],
    ids=["a definition", "a call", "what a helper calls", "a helper's constant"],
)
def test_a_change_takes_this_and_all_later_outputs(small, file, old, new, first):
    edit(small / file, old, new)
    assert derived(small) == ALL[:first] + [None] * (8 - first)


def test_a_figure_changes_only_the_cell_that_shows_it(small):
    (small / "figures" / "drawing.png").write_bytes(b"another drawing")
    assert derived(small) == [*ALL[:5], None, *ALL[6:]]


@pytest.mark.parametrize(("named", "file"), [("drawing", "weights/drawing.npz"), ("data/more.csv", "data/more.csv")])
def test_weights_and_tables_change_only_the_cell_that_names_them(small, named, file):
    edit(small / "solutions" / "01_small.py", 'show_figure("drawing")', f'show_figure("{named}")')
    keep_run(small)
    (small / file).parent.mkdir(exist_ok=True)
    (small / file).write_bytes(b"other weights")
    assert derived(small) == [*ALL[:5], None, *ALL[6:]]


def test_a_cell_rests_on_the_files_of_which_another_made_what_it_uses(small):
    """Until the name is made anew of something else."""
    lesson = small / "solutions" / "01_small.py"
    edit(lesson, 'utils.show_figure("drawing")', 'words = open("data/more.csv")')
    cells = [("count = words", False), ("print(count)", False), ("count = 0", True), ("print(count, 2)", True)]
    lesson.write_text(lesson.read_text() + "".join(f"\n# %%\n{code}\n" for code, _ in cells))
    (small / "data" / "more.csv").write_bytes(b"words")
    keep_run(small)
    (small / "data" / "more.csv").write_bytes(b"other words")
    assert [kept is not None for kept in derived(small)][-4:] == [kept for _, kept in cells]


def test_data_changes_what_loads_it(small):
    lesson = small / "solutions" / "01_small.py"
    edit(lesson, "print(helper.three())", "print(utils.load_headlines())")
    keep_run(small)
    assert derived(small) == ALL
    edit(small / "data/sample/articles.csv", "One", "Two")
    lessons.data_digest.cache_clear()
    assert derived(small) == ALL[:4] + [None] * 4


def test_stale_names_cells_whose_code_has_changed_since_they_ran(small):
    edit(small / "solutions" / "01_small.py", "return 2 * x", "return 3 * x")
    assert lessons.stale("01_small", small) == ([], []), "the notebook is as it was"
    lessons.write(lessons.derive("01_small", small)[0], small / "solutions" / "01_small.ipynb")
    other, never = lessons.stale("01_small", small)
    assert other == [] and "print(double(1))" in never and len(never) == 6
    (small / "solutions" / "01_small.ipynb").unlink()
    other, never = lessons.stale("01_small", small)
    assert other == [] and len(never) == 8, "a lesson that was never derived was never run"


def test_learners_get_no_solution_no_hidden_test_and_guided_outputs_only(small):
    _, learners = lessons.derive("01_small", small)
    cells = {lessons.label(cell): cell for cell in learners.cells}
    assert "x + y" not in cells["task-1"].source and "NotImplementedError" in cells["task-1"].source
    assert "7" not in cells["check-1"].source and "HIDDEN" not in cells["check-1"].source
    assert cells["print(double(1))"].outputs and not cells["task-1"].outputs and not cells["check-1"].outputs
    assert cells["check-1"].metadata.nbgrader.checksum and not cells["check-1"].metadata.get("editable", True)
    assert "x + y" in "".join(cell.source for cell in lessons.derive("01_small", small)[0].cells), "a copy was emptied"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("    ### END SOLUTION\n", "", "'task-1' has 1 '### BEGIN SOLUTION' and 0 '### END SOLUTION'"),
        (', "points": 2', "", "'check-1' is graded, but says no points"),
        ('"check-1"', '"task-1"', "another cell has this name, too"),
        ('nbgrader={"grade_id": "task-1", "solution": true} ', "", "holds a solution, but is not marked"),
        ("    ### BEGIN SOLUTION\n    return x + y\n    ### END SOLUTION\n", "    return x + y\n", "task without"),
        ('"grade_id": "task-1", ', "", "has no grade_id"),
    ],
)
def test_an_authors_mistake_gets_one_sentence(small, old, new, sentence):
    edit(small / "solutions" / "01_small.py", old, new)
    with pytest.raises(ValueError, match="solutions/01_small.py") as error:
        lessons.derive("01_small", small)
    assert sentence in str(error.value) and "\n" not in str(error.value)


def test_code_that_is_no_python_is_named(small):
    edit(small / "solutions" / "01_small.py", "print(double(1))", "print(double(1)")
    with pytest.raises(ValueError, match=r"01_small, the cell 'print\(double\(1\)': .* was never closed"):
        lessons.derive("01_small", small)


def test_an_output_whose_code_is_gone_is_named(small, capsys):
    edit(small / "solutions" / "01_small.py", "# %%\nprint(double(1))\n", "")
    lessons.derive("01_small", small)
    assert "01_small: an output is dropped, its code is gone: print(double(1))" in capsys.readouterr().out


# ---------------------------------------------------------------- the library


@pytest.fixture
def library_of(tmp_path, monkeypatch):
    def library(text, **options):
        (tmp_path / "solutions").mkdir()
        (tmp_path / "solutions" / "01_small.py").write_text(text)
        monkeypatch.setattr(lessons, "COURSE", tmp_path)
        return lessons.library("01_small", **options)

    return library


def test_a_library_is_what_is_tagged_and_keeps_its_lines(library_of):
    import inspect

    module = library_of(SOURCE)
    assert module.double(2) == 4 and not hasattr(module, "add") and not hasattr(module, "helper")
    assert "Twice a number" in inspect.getsource(module.double)
    assert SOURCE.splitlines()[module.double.__code__.co_firstlineno - 1] == "def double(x):"


def test_tasks_come_on_demand(library_of):
    assert library_of(SOURCE, tasks=True).add(1, 2) == 3


def test_a_library_defines_a_name_once_and_runs_nothing(library_of):
    twice = SOURCE + '\n# %% tags=["library"]\ndef double(x):\n    return x\n'
    with pytest.raises(ValueError, match="defines double twice"):
        library_of(twice)


def test_a_library_cell_runs_nothing(library_of):
    with pytest.raises(ValueError, match="defines and imports, nothing else"):
        library_of(SOURCE + '\n# %% tags=["library"]\nprint(1)\n')


# ---------------------------------------------------------------- the course as it is


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_both_notebooks_are_what_the_source_derives(name, tmp_path):
    for notebook, folder in zip(lessons.derive(name), ("solutions", "notebooks"), strict=True):
        lessons.write(notebook, tmp_path / "derived.ipynb")
        committed = (COURSE / folder / f"{name}.ipynb").read_bytes()
        assert (tmp_path / "derived.ipynb").read_bytes() == committed, f"{folder}/{name}.ipynb: run  make notebooks"


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_output_belongs_to_its_code(name):
    assert lessons.stale(name) == ([], []), f"run  make outputs LESSON={name}"


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_all_cells_survive_the_round_trip(name, tmp_path):
    import jupytext

    source = lessons.read_source(name)
    jupytext.write(source, tmp_path / "again.py", fmt="py:percent")
    again = jupytext.read(tmp_path / "again.py", fmt="py:percent")
    for cell in again.cells:
        cell.metadata.pop("lines_to_next_cell", None)
    assert [(cell.source, cell.metadata) for cell in again.cells] == [(c.source, c.metadata) for c in source.cells]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_prose_is_wrapped_at_100_columns(name):
    lines = (COURSE / "solutions" / f"{name}.py").read_text(encoding="utf-8").splitlines()
    unbreakable = ("# |", "# $$", "# %%", "# [![", "# ![")
    assert [line for line in lines if len(line) > 100 and not line.startswith(unbreakable)] == []


def test_a_run_goes_on_from_no_earlier_training(tmp_path):
    """Else the outputs, and the minutes that the lesson tells, would be of half a run."""
    for content in ("the first", "the second"):
        (tmp_path / "tomato" / "run-1").mkdir(parents=True)
        (tmp_path / "tomato" / "run-1" / "log.jsonl").write_text(content)
        lessons.put_trainings_aside(tmp_path)
    assert [path.name for path in (tmp_path / "tomato").iterdir()] == ["earlier-run-1"], "nor is one lost"
    assert (tmp_path / "tomato" / "earlier-run-1" / "log.jsonl").read_text() == "the second"


@pytest.mark.slow
def test_a_copy_of_the_course_derives_the_same(tmp_path):
    """Nothing of this machine or folder comes into a hash."""
    for part in ("solutions", "course", "figures", "benchmarks", "data", "weights"):
        shutil.copytree(COURSE / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    shutil.copy(COURSE / "utils.py", tmp_path)
    for name in NOTEBOOKS:
        assert lessons.hashes(lessons.read_source(name, tmp_path), tmp_path) == lessons.hashes(
            lessons.read_source(name)
        )
