"""Marking: mistakes cost what they should, attacks get nothing, and what is marked stays marked.

tests/tools/classroom.py has the hand-ins. Those that attack leave all tasks open, so that any point is a hole.
"""

from __future__ import annotations

import ast
import builtins
import csv
import json
import os
import socket
import stat
import subprocess
import sys
import time
import zipfile
from importlib import metadata

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell

from tests.common import COURSE, NOTEBOOKS, read
from tests.tools import classroom
from tests.tools.classroom import (
    LIMITS,
    LISTS,
    NAMES,
    NUMBERS,
    answering,
    begin,
    cell_of,
    good,
    marks_of,
    open_tasks,
    put,
    save_course,
    solved,
)
from tools import apart, grade, hand_out
from tools.apart import Limits
from tools.grade import fill_in, last_line, repair, to_run
from tools.lessons import code_cells, learners_view, read_source

pytestmark = pytest.mark.filterwarnings("ignore:Object of type:sqlalchemy.exc.SAWarning")  # nbgrader's own use of it


def marked(notebook):
    """What `make grade` would run of a notebook, as text."""
    return [notebook.cells[place].source for place in to_run(notebook, open_tasks(NUMBERS))]


# ---------------------------------------------------------------- before anything runs


def test_of_copied_cells_the_later_counts_and_its_check_comes_after_it():
    """nbgrader ends with SchemaTooOldError; and a check that runs before the last copy would mark the first."""
    notebook = classroom.copied()
    assert repair(notebook, open_tasks()) == ["copied cells, of which the last counts: task-double"]
    names = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells]
    assert names.count("task-double") == 1 and names.index("task-double") < names.index("check-double")
    assert cell_of(notebook, "task-double").source.endswith("2 * x")


def test_what_was_deleted_comes_back_in_its_place():
    notebook = classroom.deleted()
    assert repair(notebook, open_tasks()) == [
        "cells were missing and are put back as released: task-negative check-negative"
    ]
    names = [cell.metadata.nbgrader.grade_id for cell in notebook.cells if "nbgrader" in cell.metadata]
    assert names == [f"{kind}-{name}" for name in ("double", "increment", "negative") for kind in ("task", "check")]
    notebook = solved()
    notebook.cells = [cell for cell in notebook.cells if "double" not in cell.source]
    repair(notebook, open_tasks())
    assert list(classroom.marks(notebook)) == list(classroom.marks(open_tasks()))


def test_a_learners_marks_do_not_count():
    notebook = classroom.unmarked_checks()
    notebook.cells[0].metadata.nbgrader = {"grade_id": "extra", "grade": True, "points": 50}
    repair(notebook, open_tasks())
    assert [cell.metadata.get("nbgrader") for cell in notebook.cells] == [
        cell.metadata.get("nbgrader") for cell in open_tasks().cells
    ]


def test_guided_cells_that_nothing_rests_on_are_not_run():
    assert not [source for source in marked(solved()) if source.startswith("costly")]
    assert "one = 1" in marked(solved()), "a check reads it"


@pytest.mark.parametrize(
    ("cell", "brings"),
    [
        ("print(costly)", True),
        ("%%time\nprint(costly)", True),
        ("def f():\n    return costly", True),
        ("%%bash\necho costly", True),
        ("broken = (costly", True),
        ("print('something else')", False),
    ],
)
def test_whatever_a_learners_cell_reads_is_made(cell, brings):
    notebook = solved()
    notebook.cells.append(new_code_cell(cell))
    run = marked(notebook)
    assert cell in run
    assert ("costly = 'nobody needs it'" in run) == brings


def test_what_a_learner_changed_runs_and_what_changes_a_needed_object_and_what_sets_an_option():
    notebook = solved()
    notebook.cells[2].source += "  # mine"
    assert "costly = 'nobody needs it'  # mine" in marked(notebook)
    lists = solved(LISTS)
    run = [lists.cells[place].source for place in to_run(lists, open_tasks(LISTS))]
    assert "values = []\nvalues.append(3)" in run and "print('made', len(values))" not in run
    for setting in ("import keras\nkeras.utils.set_random_seed(1)", "table = {}\ntable[1] = 2", "one.real = 3"):
        released = open_tasks()
        released.cells.insert(2, new_code_cell(setting))
        mine = solved()
        mine.cells.insert(2, new_code_cell(setting))
        kept = [mine.cells[place].source for place in to_run(mine, released)]
        assert (setting in kept) == (not setting.startswith("table")), setting


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_in_the_lessons_trainings_are_left_out_and_nothing_that_is_read_is(name):
    """Every name that a cell reads is made before it by a cell that runs, or is Python's."""
    mine = read_source(name)
    released = learners_view(mine)
    repair(mine, released)
    cells = [mine.cells[place] for place in to_run(mine, released)]
    assert len(cells) < 0.8 * len(code_cells(mine))
    assert {cell.metadata.nbgrader.grade_id for cell in cells if "nbgrader" in cell.metadata} == {
        key for key, cell in classroom.marks(released).items() if cell.cell_type == "code"
    }
    there, lost = {*dir(builtins), "display", "get_ipython", "__name__"}, {}
    for cell in cells:
        parsed = grade.tree(cell.source)
        caught = {node.name for node in ast.walk(parsed) if isinstance(node, ast.ExceptHandler)}
        if missing := grade.loaded(parsed) - there - grade.stored(parsed) - caught:
            lost[cell.source[:60]] = missing
        there |= grade.stored(parsed)
    assert lost == {}


def test_a_check_that_did_not_run_has_failed():
    """nbgrader gives full points for a check without outputs."""
    notebook = solved()
    repair(notebook, open_tasks())
    places = to_run(notebook, open_tasks())
    fill_in(notebook, places, [{"outputs": []}], "Python ended")
    assert all(grade.utils.determine_grade(cell)[0] == 0 for cell in notebook.cells if grade.utils.is_grade(cell))
    with pytest.raises(ValueError, match="damaged or forged"):
        fill_in(notebook, places, [{"outputs": [{"output_type": "stream", "name": 7}]}], "")


@pytest.mark.parametrize(
    ("check", "line"),
    [
        ("print('Task 1 is right.')", "Task 1 is right."),
        ("x = 1\nprint(f'Task {x} is right.')", "Task "),
        ("assert x", ""),
        ("for x in y:\n    print('no')", ""),
    ],
)
def test_the_line_that_a_check_ends_with(check, line):
    assert last_line(check) == line


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_check_of_the_lessons_ends_with_a_line(name):
    """Without it, a check that was silenced could not be told from one that passed."""
    checks = [cell for cell in read(name).cells if cell.cell_type == "code" and grade.utils.is_grade(cell)]
    assert checks and [cell.source for cell in checks if not last_line(cell.source)] == []


# ---------------------------------------------------------------- marking, for real


def works():
    """Whether bubblewrap does its work here."""
    return not apart.why_not(COURSE)


needs_bubblewrap = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="bubblewrap is for Linux: not on Windows, not on a Mac"
)

MISTAKES = {  # points of 4, and a word of the remark
    classroom.endless: (2, "too long"),
    classroom.stubborn: (2, "stopped: more than 90 seconds in all in the cell 'task-increment'|too long"),
    classroom.syntax_error: (2, "syntax error"),
    classroom.deleted: (3, "missing"),
    classroom.copied: (4, "copied cells"),
    classroom.copied_check: (4, "copied cells"),
    classroom.gigabyte: (2, "printed too much"),
    classroom.gallery: (2, "printed too much"),
    classroom.glutton: (0, "memory"),
    classroom.quitter: (2, "Python ended in the cell 'task-increment'"),
    solved: (4, ""),
    open_tasks: (0, ""),
}
ATTACKS = {  # a word of the remark; where a check was silenced, points stay and the remark tells
    classroom.replaced_check: (0, ""),
    classroom.skipped_checks: (0, ""),
    classroom.unmarked_checks: (0, ""),
    classroom.transformer: (4, "check-double passed without having printed its line"),
    classroom.transformer_to_points: (0, "more points than it has"),
    classroom.equal_to_all: (2, "uses __eq__"),
    classroom.reads_the_answers: (0, ""),
    classroom.reads_the_neighbours: (0, ""),
    classroom.writes_into_the_gradebook: (0, ""),
    classroom.reads_the_environment: (0, ""),
    classroom.imports_the_tools: (0, ""),
    classroom.fills_the_disk: (0, ""),
    classroom.fork_bomb: (0, "processes|memory"),  # of which each counts
}


def wheel(folder):
    """A package to install, as a file."""
    path = folder / "staged_attack-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("staged_attack.py", "")
        archive.writestr(
            "staged_attack-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: staged-attack\nVersion: 1.0\n"
        )
        archive.writestr(
            "staged_attack-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr("staged_attack-1.0.dist-info/RECORD", "")
    return path


def left_over():
    """Processes of submissions that still run."""
    found = []
    for process in psutil.process_iter():
        try:
            if "COURSE_GRADING" in process.environ() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.pid)
        except psutil.Error:
            continue
    return found


def class_of(folder, makers):
    """A class with one learner for each maker of a first notebook; folder/in, folder/source, folder/out."""
    for maker in makers:
        put(folder / "in" / maker.__name__, {f"{NUMBERS}.ipynb": classroom.text(maker())})
    save_course(folder / "source")
    return folder


def read_grades(folder):
    with (folder / "out" / "grades.csv").open(newline="", encoding="utf-8-sig") as file:
        return {(row["learner"], row["notebook"]): row for row in csv.DictReader(file)}


def outputs(folder, learner):
    path = folder / "out" / "autograded" / learner / hand_out.ASSIGNMENT / f"{NUMBERS}.ipynb"
    cells = nbformat.read(path, as_version=4).cells
    return "".join(output.get("text", "") for cell in cells for output in cell.get("outputs", []))


@pytest.fixture(scope="module")
def protected(tmp_path_factory):
    """A class of all mistakes and attacks, marked in bubblewrap."""
    assert works(), apart.why_not(COURSE)
    folder = tmp_path_factory.mktemp("protected")
    server = socket.create_server(("127.0.0.1", 0))

    def calls_home():
        return classroom.calls_home(server.getsockname()[1])

    def installs():
        return classroom.installs(wheel(folder))

    def daemon():
        return classroom.daemon(folder / "alive")

    class_of(folder, [*MISTAKES, *ATTACKS, calls_home, installs, daemon])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(apart, "MAX_DISK", 50 << 20)
        patch.setenv("INSTRUCTORS_TOKEN", "secret")
        grade.grade(folder / "in", folder / "out", folder / "source", LIMITS, jobs=3)
    server.close()
    return folder


@pytest.mark.slow
@needs_bubblewrap
@pytest.mark.parametrize("maker", [*MISTAKES, *ATTACKS], ids=lambda maker: maker.__name__)
def test_points_and_remarks(protected, maker):
    points, remark = (MISTAKES | ATTACKS)[maker]
    row = read_grades(protected)[maker.__name__, NUMBERS]
    assert float(row["points"]) == points, row
    assert any(words in row["remark"] for words in remark.split("|")), row
    if not remark:
        assert row["remark"] == ""


@pytest.mark.slow
@needs_bubblewrap
@pytest.mark.parametrize(
    "attack",
    [
        "reads_the_answers",
        "reads_the_neighbours",
        "writes_into_the_gradebook",
        "reads_the_environment",
        "imports_the_tools",
        "fills_the_disk",
        "calls_home",
    ],
)
def test_an_attack_finds_nothing(protected, attack):
    assert "FOUND []" in outputs(protected, attack), outputs(protected, attack)


@pytest.mark.slow
@needs_bubblewrap
def test_pip_changes_nothing_and_nothing_lives_on(protected):
    assert "staged-attack" not in {package.metadata["Name"] for package in metadata.distributions()}
    assert not (protected / "alive").exists() and left_over() == []


@pytest.mark.slow
@needs_bubblewrap
def test_a_row_for_each_learner_and_notebook_and_a_total(protected):
    rows = read_grades(protected)
    learners = {learner for learner, _ in rows}
    assert set(rows) == {(learner, name) for learner in learners for name in (*NAMES, "total")}
    assert rows["solved", LISTS]["remark"] == "missing" and rows["solved", LISTS]["of"] == "2"
    assert rows["solved", "total"]["points"] == "4" and rows["solved", "total"]["of"] == "13"
    assert rows["endless", NUMBERS]["by task"] == "check-double=0/2 check-increment=1/1 check-negative=1/1"


@pytest.mark.slow
@needs_bubblewrap
def test_executed_notebooks_are_kept_small_and_hold_no_more_than_learners_saw(protected):
    folder = protected / "out" / "autograded"
    assert max(path.stat().st_size for path in folder.rglob("*.ipynb")) < 1_000_000
    assert all(path.stat().st_mode & stat.S_IWUSR for path in (protected / "out").rglob("*")), (
        "the next run writes here"
    )


@pytest.mark.slow
@pytest.mark.weekly  # make test marks with bubblewrap
def test_without_bubblewrap_mistakes_are_kept_away_and_the_first_line_says_so(tmp_path, capsys, monkeypatch):
    """No sandbox: but a short environment, no tools, no pip, limits, and orphans ended."""

    def installs():
        return classroom.installs(wheel(tmp_path))

    def daemon():
        return classroom.daemon(tmp_path / "alive")

    makers = [classroom.reads_the_environment, classroom.imports_the_tools, classroom.glutton, solved, installs]
    makers += [daemon] if os.name == "posix" else []
    class_of(tmp_path, makers)
    monkeypatch.setenv("INSTRUCTORS_TOKEN", "secret")
    grade.grade(tmp_path / "in", tmp_path / "out", tmp_path / "source", LIMITS, jobs=2, unprotected=True)
    assert "UNPROTECTED: it was switched off. Submissions run with your rights" in capsys.readouterr().out
    rows = read_grades(tmp_path)
    assert [rows[name, NUMBERS]["points"] for name in ("solved", "glutton")] == ["4", "0"]
    assert "memory" in rows["glutton", NUMBERS]["remark"]
    for attack in ("reads_the_environment", "imports_the_tools"):
        assert "FOUND []" in outputs(tmp_path, attack)
    assert "staged-attack" not in {package.metadata["Name"] for package in metadata.distributions()}
    assert left_over() == [] and (os.name != "posix" or (tmp_path / "alive").exists()), "it lived, and was ended"


def test_where_bubblewrap_does_not_work_the_reason_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    apart.why_not.cache_clear()
    assert apart.why_not(tmp_path) == "bubblewrap is not installed"
    (tmp_path / "bwrap").write_text("#!/bin/sh\necho no namespaces for you >&2\nexit 1\n")
    (tmp_path / "bwrap").chmod(0o755)
    apart.why_not.cache_clear()
    assert apart.why_not(tmp_path) == "bubblewrap does not work here (no namespaces for you)"
    monkeypatch.setattr(sys, "base_prefix", str(COURSE.parent))
    apart.why_not.cache_clear()
    assert "shares a folder with what submissions must not see" in apart.why_not(tmp_path)
    assert apart.first_line("it is not installed").startswith("UNPROTECTED: it is not installed")
    apart.why_not.cache_clear()


# ---------------------------------------------------------------- again, and by the checks that were handed out


@pytest.fixture
def no_kernel(monkeypatch):
    """Cells that seem to run: tasks are silent, checks print their line, and a list of what ran."""
    return classroom.no_kernel(monkeypatch)


@pytest.mark.slow
def test_what_is_marked_and_unchanged_is_not_run_again(tmp_path, no_kernel, capsys):
    begin(tmp_path)
    for learner in ("ann", "ben"):
        put(tmp_path / "in" / learner, good())
    first = marks_of(tmp_path)
    assert len(no_kernel) == 6 and first["ann", "total"]["points"] == "10"
    assert "about a minute left   ann" in capsys.readouterr().out
    assert marks_of(tmp_path) == first and len(no_kernel) == 6
    assert "0 notebooks to mark, 6 kept as they are" in capsys.readouterr().out
    put(tmp_path / "in" / "ben", {f"{NUMBERS}.ipynb": classroom.text(answering("def double(x):\n    return 2 * x"))})
    marks_of(tmp_path)
    assert len(no_kernel) == 7, "one notebook has changed"
    marks_of(tmp_path, only="ann")
    assert len(no_kernel) == 10
    marks_of(tmp_path, again=True)
    assert len(no_kernel) == 16 and not any("costly" in cell for cells in no_kernel for cell in cells)
    marks_of(tmp_path, only="ann", everything=True)
    assert any("costly" in cell for cells in no_kernel for cell in cells)
    with pytest.raises(ValueError, match="no learner anna; there are ann, ben"):
        marks_of(tmp_path, only="anna")


@pytest.mark.slow
def test_who_was_marked_stays_in_the_table_though_only_late_ones_lie_in_the_folder(tmp_path, no_kernel):
    begin(tmp_path)
    put(tmp_path / "in" / "ann", good())
    marks_of(tmp_path)
    (tmp_path / "in").rename(tmp_path / "first")
    put(tmp_path / "in" / "late", good())
    rows = marks_of(tmp_path)
    assert rows["ann", "total"]["points"] == rows["late", "total"]["points"] == "10"
    assert rows["ann", NUMBERS]["remark"] == ""


@pytest.mark.slow
def test_changes_of_the_course_after_the_hand_out_change_no_mark(tmp_path, no_kernel):
    begin(tmp_path)
    path = tmp_path / "source" / f"{NUMBERS}.ipynb"
    path.write_text(path.read_text().replace("assert double(7) == 14", "assert double(7) == 15"))
    put(tmp_path / "in" / "ann", good())
    marks_of(tmp_path)
    checks = [cell for cells in no_kernel for cell in cells if "double(7)" in cell]
    assert len(checks) == 1 and "== 14" in checks[0], "hidden tests are those of the hand-out, and do run"


@pytest.mark.slow
def test_a_fault_of_this_machine_is_no_mark(tmp_path, no_kernel, monkeypatch):
    begin(tmp_path)
    put(tmp_path / "in" / "ann", good())
    with monkeypatch.context() as patch:
        patch.setattr(apart, "run", lambda *_: ([], "the cells do not run (no space left)"))
        rows = marks_of(tmp_path)
    assert "not marked: the cells do not run (no space left): a fault of this machine" in rows["ann", NUMBERS]["remark"]
    assert marks_of(tmp_path)["ann", NUMBERS]["points"] == "4", "it is tried again"


def test_one_bad_hand_in_does_not_stop_the_rest(tmp_path, no_kernel, monkeypatch):
    begin(tmp_path)
    for learner in ("ann", "ben"):
        put(tmp_path / "in" / learner, good())
    usual = grade.repair

    def fail(notebook, released):
        if len(no_kernel) == 1:
            no_kernel.append([])
            raise KeyError("something nobody thought of")
        return usual(notebook, released)

    monkeypatch.setattr(grade, "repair", fail)
    rows = marks_of(tmp_path)
    assert sorted(row["points"] for (_, name), row in rows.items() if name == "total") == ["10", "6"]


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="another way to say it: not on Windows")
def test_any_name_in_any_alphabet_on_any_machine(tmp_path):
    """An ASCII machine wrote the heading of grades.csv and stopped."""
    begin(tmp_path)
    for learner in ("Müller 李", "=HYPERLINK(1)", "O'Neil, Eve"):
        (tmp_path / "in" / learner).mkdir(parents=True)
    environment = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    environment |= {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "tools.grade", tmp_path / "in", "--output", tmp_path / "out"]
    result = subprocess.run(
        [*command, "--source", tmp_path / "source"], cwd=COURSE, env=environment, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    rows = read_grades(tmp_path)
    assert {learner for learner, _ in rows} == {"Müller 李", "'=HYPERLINK(1)", "O'Neil, Eve"}
    assert (tmp_path / "out" / "pages" / "Müller 李.html").is_file()


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="no such signal: not on Windows")
def test_what_runs_is_ended_with_make_grade(tmp_path):
    """A `timeout`, or Ctrl-C: no notebook trains on, and none is marked as if it had failed."""
    begin(tmp_path)
    put(tmp_path / "in" / "ann", {f"{NUMBERS}.ipynb": classroom.text(classroom.endless())})
    command = [sys.executable, "-m", "tools.grade", tmp_path / "in", "--output", tmp_path / "out", "--unprotected"]
    process = subprocess.Popen(command, cwd=COURSE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while not left_over() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert left_over()
    process.terminate()
    assert process.wait(60) == 1 and left_over() == []
    assert not (tmp_path / "out" / "autograded").exists()


@pytest.mark.slow
@pytest.mark.weekly
@needs_bubblewrap
def test_a_class_of_thirty(tmp_path):
    """Mixed as classes are, with ten that are hostile: every mark is right, and a second run runs nothing."""
    save_course(tmp_path / "source")
    expected = classroom.a_class(tmp_path / "in")
    rows = marks_of(tmp_path, jobs=2)
    assert {learner for learner, _ in rows} == set(expected)
    for learner, (points, remark) in expected.items():
        mine = [row for (who, _), row in rows.items() if who == learner]
        assert float(mine[-1]["points"]) == points, mine
        assert any(remark in row["remark"] for row in mine), mine
    before = (tmp_path / "out" / "grades.csv").read_bytes()
    marks_of(tmp_path)
    assert (tmp_path / "out" / "grades.csv").read_bytes() == before


@pytest.mark.slow
@pytest.mark.weekly
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_solved_lesson_has_all_points_without_the_guided_trainings(tmp_path, name):
    (tmp_path / "source").mkdir()
    nbformat.write(read(name), tmp_path / "source" / f"{name}.ipynb")
    put(
        tmp_path / "in" / "ann", {f"{name}.ipynb": (COURSE / "solutions" / f"{name}.ipynb").read_text(encoding="utf-8")}
    )
    row = grade.grade(tmp_path / "in", tmp_path / "out", tmp_path / "source", Limits())[0]
    waiting = {"03_fruit_gan": 3}.get(name, 0)
    assert row["remark"] == "" and float(row["points"]) == float(row["of"]) - waiting, json.dumps(row)
