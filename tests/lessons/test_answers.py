"""Checks mark right: wrong answers are refused with a sentence that helps, right ones are accepted however written.

`tests/answers/NN_name.py` holds the answers, one a cell:

    # %% task-1 | wrong | counts the empty headline as -1 | no words
    # %% task-1 | right | a loop in place of a sum
    # %% task-1 | fitted | the visible numbers, typed in | one more word
    # %% task-4 | right weekly | trains for longer
    # %% task-2 | right base | written shorter

    # %% task-2 | wrong | forgets what is rare | adds up to 1
    # -     return shares
    # +     return shares[:100]

A wrong answer has to fail the check that learners see, by an assertion whose text matches the last field (a regular
expression). A fitted one passes what learners see and fails when it is graded, with nbgrader's hidden tests. A right
one passes when graded. `weekly` leaves an answer out of `make test`. An answer may be given by what it changes, lines
out and lines in: of the task's answer that is marked `base`, or else of the model solution.

Each answer is tried where every other task is still open, so that no check can stand on another task. Only tasks that
share a check are solved together. Of the guided part the cells run that the checks and the activity's given cells use;
of those given cells, the ones before the task run, but for those that train long (tag "long").
"""

from __future__ import annotations

import ast
import builtins
import re
from dataclasses import dataclass
from functools import cache

import pytest

from tests.common import COURSE, NOTEBOOKS
from tools import lessons

VERDICTS = ("right", "wrong", "fitted")


@dataclass(frozen=True)
class Answer:
    """One answer to one task: its verdict, what it does, its code, and what a refusal has to say."""

    lesson: str
    task: str
    verdict: str
    about: str
    says: str
    code: str
    weekly: bool = False


def answers(lesson: str) -> list[Answer]:
    """All answers to a lesson's tasks, the model solutions first.

    Raises:
        ValueError: for a head that says too little, a task that is not there, two answers with one description.
    """
    tasks, _ = activity(lesson)
    found = [Answer(lesson, task, "right", "the model solution", "", cell.source) for task, cell in tasks.items()]
    bases = {task: cell.source for task, cell in tasks.items()}
    path = COURSE / "tests" / "answers" / f"{lesson}.py"
    parts = re.split(r"^# %% (.*)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for head, code in zip(parts[1::2], parts[2::2], strict=True):
        task, verdict, about, *says = (field.strip() for field in head.split(" | "))
        verdict, *flags = verdict.split()
        known = verdict in VERDICTS and task in tasks and set(flags) <= {"weekly", "base"}
        if not known or len(says) != (verdict != "right"):
            raise ValueError(f"{path.name}: task | right, wrong or fitted | about | what the refusal says, not: {head}")
        if "base" in flags:
            bases[task] = code
        code = changed(bases[task], code, f"{path.name}, {task}: {about}")
        found.append(Answer(lesson, task, verdict, about, *(says or [""]), code, weekly="weekly" in flags))
    names = [(answer.task, answer.about) for answer in found]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"{path.name}: described twice: {twice}")
    return found


def changed(base: str, code: str, title: str) -> str:
    """An answer's code: the base with lines "# - ..." replaced by lines "# + ..."; what has no such line is the code.

    Raises:
        ValueError: if the lines to replace do not stand in the base, or stand there twice.
    """
    result = f"\n{base.strip()}\n"
    changes = re.findall(r"((?:^# - .*\n)+)((?:^# \+ .*\n)*)", code, re.MULTILINE)
    for before, after in changes:
        old, new = (re.sub(r"^# [-+] ", "", lines, flags=re.MULTILINE) for lines in (before, after))
        if len(re.findall(f"^{re.escape(old)}", result, re.MULTILINE)) != 1:
            raise ValueError(f"{title}: these lines do not stand once in what they change:\n{old}")
        result = result.replace(f"\n{old}", f"\n{new}")
    return result if changes else code


@cache
def activity(lesson: str) -> tuple[dict, dict]:
    """A lesson's task cells by name, and for each name the check that marks it (None: people mark it)."""
    tasks, checks, waiting = {}, {}, []
    for cell in lessons.code_cells(lessons.read_source(lesson), setup=False):
        mark = cell.metadata.get("nbgrader", {})
        if mark.get("solution"):
            tasks[mark.grade_id] = cell
            waiting.append(mark.grade_id)
        elif mark.get("grade"):
            checks |= dict.fromkeys(waiting, cell)
            waiting = []
    return tasks, checks


@cache
def for_learners(lesson: str) -> dict:
    """The cells of a lesson's activity as learners get them, by their place: tasks emptied, hidden tests gone."""
    notebook = lessons.learners_view(lessons.read_source(lesson))
    return {cell.id: cell for cell in notebook.cells if {"task", "check"} & {*cell.metadata.get("tags", [])}}


@cache
def guided(lesson: str) -> dict[str, object]:
    """What the guided part has made for the activity: cells run on which its checks, given cells and answers rest."""
    cells = lessons.code_cells(lessons.read_source(lesson), setup=False)
    tags = [{*cell.metadata.get("tags", [])} for cell in cells]
    ours = [cell for cell, tag in zip(cells, tags, strict=True) if {"task", "check"} & tag]
    before = {name for cell in cells if cell not in ours for name in lessons.stored(ast.parse(cell.source))}
    made, needed, (_, checks) = set(dir(builtins)), set(), activity(lesson)
    marking = {cell.id for cell in checks.values()}
    last = max(place for place, cell in enumerate(ours) if cell.id in marking)
    for cell in ours[: last + 1]:
        tree = ast.parse(cell.source)
        given = "check" not in cell.metadata.tags and "nbgrader" not in cell.metadata
        if cell.id in marking or given and "long" not in cell.metadata.tags:
            needed |= lessons.loaded(tree) - made
        made |= lessons.stored(tree)
    for answer in answers(lesson):
        if answer.task in checks:
            needed |= lessons.loaded(ast.parse(answer.code)) - made
    return lessons.results(lesson, *sorted(before & needed))


@pytest.fixture
def space(answer, monkeypatch, tmp_path):
    """The state of a learner who comes to a task and has left all others open; undone afterwards."""
    import keras
    import matplotlib.pyplot as plt

    monkeypatch.chdir(tmp_path)  # no answer goes on with the training of another
    monkeypatch.setenv("COURSE_EPOCHS", "3")
    space = guided(answer.lesson)
    before = dict(space)
    keras.utils.set_random_seed(1)
    tasks, checks = activity(answer.lesson)
    together = [task for task in tasks if checks.get(task) is checks.get(answer.task)]
    for cell in for_learners(answer.lesson).values():
        if cell.cell_type != "code" or {"check", "long"} & {*cell.metadata.tags}:
            continue
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name == answer.task:
            break
        try:
            lessons.execute(tasks[name].source if name in together else cell.source, str(name), space)
        except (NotImplementedError, NameError):
            pass
    yield space
    space.clear()
    space.update(before)
    plt.close("all")


def try_out(answer: Answer, space: dict) -> None:
    """Run an answer and what shares its check."""
    tasks, checks = activity(answer.lesson)
    lessons.execute(answer.code, f"{answer.task}: {answer.about}", space)
    after = list(tasks)[list(tasks).index(answer.task) + 1 :]
    for task in after:
        if checks.get(task) is checks.get(answer.task):
            lessons.execute(tasks[task].source, task, space)


def cases():
    for lesson in NOTEBOOKS:
        _, checks = activity(lesson)
        for answer in answers(lesson):
            if answer.task in checks:
                marks = [pytest.mark.slow] + [pytest.mark.weekly] * answer.weekly
                about = re.sub(r"\W+", "-", answer.about).strip("-")  # as tests/mutants.py names it, without spaces
                yield pytest.param(answer, id=f"{lesson[:2]}-{answer.task}-{answer.verdict}-{about}", marks=marks)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("answer", list(cases()))
def test_a_check_marks_right(answer, space):
    check = activity(answer.lesson)[1][answer.task]
    seen = for_learners(answer.lesson)[check.id].source
    try_out(answer, space)
    if answer.verdict == "fitted":
        lessons.execute(seen, "as learners see it", space)
    if answer.verdict == "right":
        lessons.execute(check.source, "as graded", space)
        return
    with pytest.raises(AssertionError, match=f"(?s){answer.says}"):
        lessons.execute(check.source if answer.verdict == "fitted" else seen, "its check", space)


@pytest.mark.parametrize("lesson", NOTEBOOKS)
def test_every_task_with_a_check_has_wrong_and_right_answers(lesson):
    _, checks = activity(lesson)
    tried = {(answer.task, answer.verdict) for answer in answers(lesson) if answer.about != "the model solution"}
    assert {task for task in checks if not {(task, "right"), (task, "wrong")} <= tried} == set()


@pytest.mark.parametrize("line", ["    return 3", "    pass"])
def test_a_change_that_fits_nowhere_or_twice_is_an_error(line):
    base = "def f():\n    pass\n    pass\n    return 2\n"
    assert changed(base, "# -     return 2\n# +     return 4\n", "") == "\ndef f():\n    pass\n    pass\n    return 4\n"
    with pytest.raises(ValueError, match="do not stand once"):
        changed(base, f"# - {line}\n", "task 1")
