"""What all notebooks have in common: set-up cell, tasks, sizes, diagrams.

That each cell runs is checked by nbval over solutions/, and in a browser over notebooks/ (tests/site/test_browser.py).
"""

from __future__ import annotations

import ast
import json
import re

import pytest

from tests.common import COURSE, NOTEBOOKS, is_task, read


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_the_set_up_cell_is_the_same_everywhere_and_short():
    setups = {code_cells(read(name, folder))[0].source for name in NOTEBOOKS for folder in ("solutions", "notebooks")}
    assert len(setups) == 1
    lines = [line for line in setups.pop().splitlines() if line.strip() and not line.startswith("#")]
    assert len(lines) <= 27


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_learners_find_no_solution_and_no_output_of_one(name):
    for cell in read(name, "notebooks").cells:
        assert "SOLUTION" not in cell.source
        if cell.metadata.get("nbgrader", {}).get("solution"):
            assert "task" in cell.metadata.tags
            assert "NotImplementedError" in cell.source or "YOUR ANSWER HERE" in cell.source
        if is_task(cell) and cell.cell_type == "code":
            assert cell.outputs == []


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_tasks_come_last_and_are_marked_for_nbgrader(name):
    cells = read(name).cells
    task = [index for index, cell in enumerate(cells) if is_task(cell)]
    further = [index for index, cell in enumerate(cells) if cell.source.startswith("# Going further")] or [len(cells)]
    guided_code = [i for i in range(further[0]) if cells[i].cell_type == "code" and i not in task]
    assert max(guided_code) < min(task), '"Run all" should finish the guided part before it meets a task'
    marked = [cells[i].metadata.nbgrader for i in task if "nbgrader" in cells[i].metadata]
    identities = [mark.grade_id for mark in marked]
    assert len(identities) == len(set(identities)) > 0
    assert any(mark.grade for mark in marked) and any(mark.solution for mark in marked)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebooks_import_only_utils_and_course(name):
    imported = set()
    for cell in code_cells(read(name)):
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(node.module.split(".")[0])
    ours = {path.name.removesuffix(".py") for path in COURSE.iterdir()} | {path.stem for path in COURSE.glob("*/*.py")}
    assert imported & ours == {"utils", "course"}


@pytest.mark.parametrize("folder", ["solutions", "notebooks"])
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebook_is_small_enough_for_githubs_viewer(name, folder):
    assert (COURSE / folder / f"{name}.ipynb").stat().st_size < 2_000_000


def test_every_diagram_has_a_text_and_a_place():
    texts = json.loads((COURSE / "figures" / "alt.json").read_text(encoding="utf-8"))
    drawn = {path.name for path in (COURSE / "figures").glob("*.png")}
    sources = "".join(cell.source for name in NOTEBOOKS for cell in code_cells(read(name)))
    shown = {f"{name}.png" for name in re.findall(r'show_figure\("(\w+)"\)', sources)}
    assert set(texts) == drawn == shown
    assert all(len(text) > 40 for text in texts.values()), "a sentence, not a name"


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_solved_notebook_says_what_it_ran_on(name):
    made_on = read(name).metadata.made_on
    assert {"date", "processor", "python", "tensorflow", "keras", "data"} <= set(made_on)
    assert made_on.data == "data/sample", "outputs show the course's own data and no other"


def test_teaching_notes_name_the_points_of_each_notebook():
    points = [
        sum(
            cell.metadata.nbgrader.points for cell in read(name).cells if cell.metadata.get("nbgrader", {}).get("grade")
        )
        for name in NOTEBOOKS
    ]
    text = " ".join((COURSE / "docs" / "teaching.md").read_text(encoding="utf-8").split())
    assert "{} in notebook 1, {} in notebook 2 and {} in notebook 3".format(*points) in text
    assert f"Notebook 4 is optional: its {points[3]} points" in text
