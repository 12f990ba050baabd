"""What all notebooks have in common: setup cell, tasks, and notebooks/ being what solutions/ derives.

That each cell runs is checked by nbval over solutions/, and in a browser over notebooks/ (test_browser.py).
"""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys

import nbformat
import pytest
from course import COURSE, NOTEBOOKS, read
from readme_pictures import FOLDER, PICTURES, picture


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_the_setup_cell_is_the_same_everywhere():
    setups = {code_cells(read(name, folder))[0].source for name in NOTEBOOKS for folder in ("solutions", "notebooks")}
    assert len(setups) == 1
    assert "find_course" in setups.pop()


def test_notebooks_are_what_solutions_derive(tmp_path):
    """As `make notebooks` does it."""
    command = [sys.executable, "-m", "nbconvert", "--config", "tools/derive_config.py", "--to", "notebook"]
    sources = [f"solutions/{name}.ipynb" for name in NOTEBOOKS]
    subprocess.run([*command, "--output-dir", tmp_path, *sources], cwd=COURSE, check=True, capture_output=True)
    for name in NOTEBOOKS:
        derived = nbformat.read(tmp_path / f"{name}.ipynb", as_version=4)
        assert derived == read(name, "notebooks"), f"notebooks/{name}.ipynb is not up to date: run  make notebooks"


@pytest.mark.parametrize("file", PICTURES)
def test_the_readmes_pictures_are_those_of_the_notebooks(file):
    assert (FOLDER / file).read_bytes() == picture(*PICTURES[file]), "run  make notebooks"
    assert f"(docs/pictures/{file})" in (COURSE / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_learners_find_no_solution_and_no_output_of_one(name):
    for cell in read(name, "notebooks").cells:
        assert "SOLUTION" not in cell.source
        if cell.metadata.get("nbgrader", {}).get("solution"):
            assert "task" in cell.metadata.tags
            assert "NotImplementedError" in cell.source or "YOUR ANSWER HERE" in cell.source
        if "task" in cell.metadata.get("tags", []) and cell.cell_type == "code":
            assert cell.outputs == []


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_tasks_come_last_and_are_marked_for_nbgrader(name):
    cells = read(name).cells
    task = [index for index, cell in enumerate(cells) if "task" in cell.metadata.get("tags", [])]
    guided_code = [i for i, cell in enumerate(cells) if cell.cell_type == "code" and i not in task]
    assert max(guided_code) < min(task), '"Run all" should finish the guided part before it meets a task'
    marked = [cells[i].metadata.nbgrader for i in task if "nbgrader" in cells[i].metadata]
    identities = [mark.grade_id for mark in marked]
    assert len(identities) == len(set(identities)) > 0
    assert any(mark.grade for mark in marked) and any(mark.solution for mark in marked)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebooks_import_only_utils_from_the_course(name):
    imported = set()
    for cell in code_cells(read(name)):
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(node.module.split(".")[0])
    ours = {path.stem for path in COURSE.glob("*/*.py")} | {path.stem for path in COURSE.glob("*.py")}
    assert imported & ours <= {"utils"}


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebook_is_small(name):
    assert (COURSE / "solutions" / f"{name}.ipynb").stat().st_size < 5_000_000


def test_every_diagram_has_a_text_and_a_place():
    texts = json.loads((COURSE / "figures" / "alt.json").read_text(encoding="utf-8"))
    drawn = {path.name for path in (COURSE / "figures").glob("*.png")}
    sources = "".join(cell.source for name in NOTEBOOKS for cell in code_cells(read(name)))
    shown = {f"{name}.png" for name in re.findall(r'show_figure\("(\w+)"\)', sources)}
    assert set(texts) == drawn == shown
    assert all(len(text) > 40 for text in texts.values()), "a sentence, not a name"


# ---------------------------------------------------------------- the setup cell


def run_setup(folder, **environment):
    """Run the setup cell as a script in a folder; its standard output and error."""
    setup = code_cells(read(NOTEBOOKS[0]))[0].source
    # Its first half finds the course; the rest imports TensorFlow, which nbval tries in every notebook.
    finding = setup[: setup.index('needed = ["tensorflow"')] + "\nimport utils\nprint(utils.__file__)\n"
    return subprocess.run(
        [sys.executable, "-c", finding],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize("start", [".", "notebooks", "data/sample"])
def test_setup_finds_the_course_from_inside(start):
    assert run_setup(COURSE / start).stdout.splitlines()[-1] == str(COURSE / "utils.py")


def test_setup_finds_a_course_folder_inside_with_spaces_in_its_name(tmp_path):
    course = tmp_path / "my course"
    (course / "solutions").mkdir(parents=True)
    shutil.copy(COURSE / "utils.py", course)
    assert run_setup(tmp_path).stdout.splitlines()[-1] == str(course / "utils.py")


def test_setup_alone_says_how_to_go_on(tmp_path):
    result = run_setup(tmp_path, COURSE_REPO="")
    assert result.returncode != 0
    assert "COURSE_REPO" in result.stderr.splitlines()[-1]


def test_setup_alone_clones_the_repository_once(tmp_path):
    source, empty = tmp_path / "source", tmp_path / "empty"
    (source / "solutions").mkdir(parents=True)
    empty.mkdir()
    shutil.copy(COURSE / "utils.py", source)
    (source / "solutions" / "keep").touch()
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org"]
    for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "one"]):
        subprocess.run([*git, *command], cwd=source, check=True)
    for _ in "first run", "second run":
        result = run_setup(empty, COURSE_REPO=f"file://{source}", COURSE_BRANCH="")
        assert result.stdout.splitlines()[-1] == str(empty / "generative-models" / "utils.py"), result.stderr
