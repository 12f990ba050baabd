"""Mark what learners handed in: nbgrader gives the points, each notebook runs apart (tools/apart.py).

    python -m tools.grade FOLDER [--learner NAME] [--again] [--jobs 2] [--lms grades.csv] [--everything]

output/grades/ is an nbgrader course directory with the released checks, all executed notebooks and the gradebook; it is
kept between runs, and what is marked and unchanged is not run again. grades.csv and a page for each learner lie in it.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import os
import re
import signal
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbgrader import preprocessors, utils
from nbgrader.api import Gradebook

from tools import apart, give_back, hand_out
from tools.apart import Limits
from tools.collect import collect, marks
from tools.hand_out import ASSIGNMENT
from tools.lessons import loaded, stored

COURSE = Path(__file__).resolve().parent.parent
REDEFINES = re.compile(r"get_ipython|builtins|sys\.modules|__(?:eq|ne|bool|array_ufunc)__|settrace")
ASSIGNING = (ast.Assign, ast.AnnAssign, ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)


# ---------------------------------------------------------------- what is run


def repair(notebook: NotebookNode, released: NotebookNode) -> list[str]:
    """Make a learner's notebook one that nbgrader can mark, in place; what an instructor should know of it.

    Tasks and checks that were deleted come back as released, of copies the later one counts, and each check stands
    behind its tasks. (nbgrader stops at a copied cell, and where a check and its task are both gone.)
    """
    remarks, known = [], marks(released)
    mine = {name: cell for name, cell in marks(notebook).items() if name in known}
    named = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells]
    for cell in notebook.cells:  # whatever a learner's marks say, the released ones hold
        cell.metadata.pop("nbgrader", None)
    for name, cell in mine.items():
        cell.metadata.nbgrader = known[name].metadata.nbgrader
    if copied := sorted({name for name in mine if named.count(name) > 1}):
        remarks.append(f"copied cells, of which the last counts: {' '.join(copied)}")
    if gone := [name for name in known if name not in mine]:
        remarks.append(f"cells were missing and are put back as released: {' '.join(gone)}")
    last = -1  # the place of the cell before, and of the tasks since the last check
    for name, original in known.items():
        if name not in mine:
            notebook.cells.insert(last + 1, nbformat.from_dict(original))
            last += 1
            continue
        here = next(place for place, cell in enumerate(notebook.cells) if cell is mine[name])
        if utils.is_grade(original) and here < last:
            notebook.cells.insert(last, notebook.cells.pop(here))
            here = last
        last = max(last, here)
    return remarks


def to_run(notebook: NotebookNode, released: NotebookNode) -> list[int]:
    """The places of a notebook's code cells that have to run for its marks.

    Left out are guided cells, unchanged since they were handed out, that make nothing on which a cell that runs rests.
    Whatever a learner wrote or changed runs, and so does each check, and each cell that makes a name they read, or
    changes what such a name stands for, or sets an option of a package.
    """
    guided = {cell.source for cell in released.cells if not ({"setup"} & {*cell.metadata.get("tags", [])})}
    code = [place for place, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    trees = {place: tree(notebook.cells[place].source) for place in code}
    packages = {
        (alias.asname or alias.name).split(".")[0]
        for parsed in trees.values()
        for node in ast.walk(parsed)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    needed: set[str] = set()
    kept = []
    for place in reversed(code):
        cell, parsed = notebook.cells[place], trees[place]
        made = stored(parsed)
        own = cell.source not in guided or "nbgrader" in cell.metadata
        changed = set(changes(parsed)) - packages
        if own or made & needed or changed & needed or any(name in packages for name in options(parsed)):
            kept.append(place)
            surely = [statement for statement in parsed.body if isinstance(statement, ASSIGNING)]
            needed = needed - (stored(ast.Module(surely, [])) - changed) | loaded(parsed)
    return kept[::-1]


def tree(source: str) -> ast.Module:
    """A cell's syntax tree; of what is no Python, one that reads every word of it."""
    python = re.sub(r"^[ \t]*[%!].*$", lambda magic: re.match(r"[ \t]*", magic[0])[0] + "pass", source, flags=re.M)
    try:
        return ast.parse(python)
    except (SyntaxError, ValueError, RecursionError):
        names = sorted(set(re.findall(r"[^\W\d]\w*", source)))
        return ast.Module([ast.Expr(ast.Name(name, ast.Load())) for name in names], [])


def changes(parsed: ast.Module) -> Iterator[str]:
    """Names whose objects a cell changes: it assigns into them, or calls a method and does nothing with the result."""
    for node in ast.walk(parsed):
        if isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(node.ctx, ast.Store):
            yield root(node)
        elif (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Call)
            and isinstance(node.value.func, ast.Attribute)
        ):
            yield root(node.value.func)


def options(parsed: ast.Module) -> Iterator[str]:
    """Names of what a cell calls `set_...` of, as in keras.utils.set_random_seed(1)."""
    for node in parsed.body:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            function = node.value.func
            if isinstance(function, ast.Attribute) and function.attr.startswith("set_"):
                yield root(function)


def root(node: ast.AST) -> str:
    """The name in front of dots and brackets."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


# ---------------------------------------------------------------- what it is worth


def error(name: str, text: str) -> NotebookNode:
    """The output of a cell that failed."""
    return new_output("error", ename=name, evalue=text, traceback=[f"{name}: {text}"])


def fill_in(notebook: NotebookNode, places: list[int], ran: list[dict], stopped: str) -> None:
    """Put what ran into a notebook's cells. A check that did not run has failed: nbgrader takes silence for success."""
    try:
        made = new_notebook(cells=[new_code_cell(outputs=nbformat.from_dict(cell["outputs"])) for cell in ran])
        nbformat.validate(made)
    except (nbformat.ValidationError, AttributeError, TypeError) as failure:
        raise ValueError("its outputs are damaged or forged: read this notebook") from failure
    for place, cell in zip(places, nbformat.reads(nbformat.writes(made), as_version=4).cells, strict=False):
        notebook.cells[place].outputs = cell.outputs
    for place in places[len(ran) :]:
        notebook.cells[place].outputs = [error("NotRun", stopped)]
    for cell in notebook.cells:
        if utils.is_grade(cell) and cell.cell_type == "code":
            try:
                score, of = utils.determine_grade(cell)
                if score is not None and not 0 <= score <= of:
                    raise ValueError
            except ValueError:
                cell.outputs = [error("TooManyPoints", "the check gave more points than it has")]


def remarks_on(notebook: NotebookNode, released: NotebookNode, places: list[int], ran: int, stopped: str) -> list[str]:
    """What an instructor should know of an executed notebook, and do about it."""
    remarks = []
    if stopped:
        cell = notebook.cells[places[ran]]
        name = cell.metadata.get("nbgrader", {}).get("grade_id") or cell.source.strip().split("\n")[0][:60]
        remarks.append(f"{stopped} in the cell {name!r}; what ran before it counts: look at that cell")
    signs = {
        "CellTimeoutError": "a cell ran too long and was interrupted (--cell-seconds): look for a loop without end",
        "OutputLimitError": "a cell printed too much and was interrupted (--characters): look for a print in a loop",
        "SyntaxError": "a syntax error: the cell with it did not run",
        "TooManyPoints": "a check gave more points than it has: read this notebook",
    }
    text = nbformat.writes(notebook)
    remarks += [sentence for sign, sentence in signs.items() if sign in text]
    for name, check in marks(notebook).items():
        if not (utils.is_grade(check) and check.cell_type == "code" and utils.determine_grade(check)[0]):
            continue
        printed = "".join(output.text for output in check.outputs if output.output_type == "stream")
        if said := last_line(check.source):
            if said not in printed:
                remarks.append(f"{name} passed without having printed its line: read this notebook")
    original = {cell.source for cell in released.cells}
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.source not in original and not utils.is_locked(cell):
            if found := sorted(set(REDEFINES.findall(cell.source))):
                remarks.append(f"a cell uses {', '.join(found)}, which can change what a check sees: read it")
    return remarks


def last_line(check: str) -> str:
    """What a check prints at its end, as far as it is text; empty if it ends otherwise."""
    end = ast.parse(check).body[-1]
    if isinstance(end, ast.Expr) and isinstance(end.value, ast.Call) and getattr(end.value.func, "id", "") == "print":
        text = end.value.args[0] if end.value.args else None
        text = text.values[0] if isinstance(text, ast.JoinedStr) and text.values else text
        if isinstance(text, ast.Constant):
            return str(text.value)
    return ""


# ---------------------------------------------------------------- the class


@dataclass
class Marking:
    """A class's gradebook folder, and how its notebooks are run."""

    folder: Path
    limits: Limits = Limits()
    protected: bool = False
    everything: bool = False
    one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        paths = sorted((self.folder / "release" / ASSIGNMENT).glob("*.ipynb"))
        self.released = {path.stem: nbformat.read(path, as_version=4) for path in paths}
        self.url = f"sqlite:///{self.folder / 'gradebook.db'}"

    def path(self, learner: str, name: str) -> Path:
        """Where nbgrader keeps an executed notebook."""
        return self.folder / "autograded" / give_back.file_name(learner) / ASSIGNMENT / f"{name}.ipynb"

    def marked(self, learner: str, name: str) -> NotebookNode | None:
        """The executed notebook of an earlier run; metadata.marking tells of what."""
        path = self.path(learner, name)
        notebook = nbformat.read(path, as_version=4) if path.exists() else None
        return notebook if notebook and "marking" in notebook.metadata else None

    def is_marked(self, learner: str, name: str, content: bytes) -> bool:
        """Whether just this was marked before."""
        before = self.marked(learner, name)
        return before is not None and before.metadata.marking["of"] == digest(content)

    def mark(self, learner: str, name: str, content: bytes) -> None:
        """Run and mark one notebook; ValueError, in a sentence for the instructor, if that cannot be done."""
        start = time.monotonic()
        original = self.released[name]
        info = {"student": learner, "assignment": ASSIGNMENT, "notebook": name, "db_url": self.url}
        resources = {"nbgrader": info, "unique_key": name}
        try:
            notebook = nbformat.reads(content.decode("utf-8-sig"), as_version=4)
            remarks = repair(notebook, original)
        except Exception as failure:
            raise ValueError("cannot be read as a notebook: ask for it again") from failure
        with self.one_at_a_time:
            with Gradebook(self.url) as book:
                book.update_or_create_student(learner)
                book.update_or_create_submission(ASSIGNMENT, learner)
            for step in ("ClearOutput", "OverwriteKernelspec", "OverwriteCells", "CheckCellMetadata"):
                notebook, resources = getattr(preprocessors, step)().preprocess(notebook, resources)
        if self.everything:
            places = [place for place, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
        else:
            places = to_run(notebook, original)
        cells = [notebook.cells[place].source for place in places]
        ran, stopped = apart.run(cells, self.folder / "course", self.limits, self.protected)
        if apart.ENDING.is_set():
            raise ValueError("grading was ended")
        if not ran and not stopped.startswith(("stopped", "Python ended")):
            raise ValueError(f"{stopped}: a fault of this machine, so run make grade again")
        fill_in(notebook, places, ran, stopped)
        remarks += remarks_on(notebook, original, places, len(ran), stopped)
        seconds = round(time.monotonic() - start)
        with self.one_at_a_time:
            for step in ("LimitOutput", "SaveAutoGrades"):
                notebook, resources = getattr(preprocessors, step)().preprocess(notebook, resources)
        notebook.metadata.marking = {"of": digest(content), "seconds": seconds, "remarks": remarks, "cells": len(cells)}
        path = self.path(learner, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        give_back.replace(path, nbformat.writes(notebook))


def digest(content: bytes) -> str:
    """The hash by which a notebook is known again."""
    return hashlib.sha256(content).hexdigest()


def grade(
    handed_in: Path,
    output: Path,
    source: Path,
    limits: Limits,
    *,
    jobs: int = 1,
    only: str = "",
    again: bool = False,
    everything: bool = False,
    unprotected: bool = False,
    lms: Path | None = None,
    lms_column: str = "",
) -> list[dict[str, str]]:
    """Mark what is in a folder; the rows of output/grades.csv.

    Args:
        handed_in: one folder or zip for each learner, or a platform's export (tools/collect.py).
        output: nbgrader's course directory; the release is made there from `source` if none was kept.
        source: folder of the solved notebooks.
        limits: what each notebook may use.
        jobs: notebooks at a time.
        only: a learner; all, if empty.
        again: run what is marked already, too.
        everything: run all guided cells, too.
        unprotected: do not use bubblewrap even where it works.
        lms: table of a learning platform, to be filled in.
        lms_column: the column for points in that table.

    Raises:
        ValueError: if grades.csv or the platform's table cannot be used; nothing is run then.
    """
    output.mkdir(parents=True, exist_ok=True)
    if not hand_out.released_on(output):
        print(f"No release is kept in {output}: the checks are those of {source} today.")
        hand_out.release(output, source)
    why = "it was switched off" if unprotected else apart.why_not(output / "course")
    print(apart.first_line(why), flush=True)
    marking = Marking(output, limits, not why, everything)
    found = collect(handed_in, marking.released)
    table = give_back.Grades(marking, lms, lms_column)
    table.take_in(found)
    todo = [
        (learner, name, content)
        for learner, hand_in in found.items()
        for name, content in hand_in.notebooks.items()
        if only in ("", learner) and (again or only == learner or not marking.is_marked(learner, name, content))
    ]
    if only and only not in table.learners:
        raise ValueError(f"there is no learner {only}; there are {', '.join(table.learners)}")
    kept = sum(len(hand_in.notebooks) for hand_in in found.values()) - len(todo)
    print(f"{len(todo)} notebooks to mark, {kept} kept as they are; the checks are of {hand_out.released_on(output)}.")

    def one(learner: str, name: str, content: bytes) -> str:
        try:
            marking.mark(learner, name, content)
            return ""
        except Exception as failure:  # whatever it is, the others must be marked
            return f"not marked: {failure}"

    start = time.monotonic()
    pool = ThreadPoolExecutor(jobs)
    waiting = {pool.submit(one, *submission): submission[:2] for submission in todo}
    try:
        for done, future in enumerate(as_completed(waiting), 1):
            learner, name = waiting[future]
            row = table.update(learner, name, future.result())
            table.write()
            left = give_back.about((time.monotonic() - start) / done * (len(todo) - done))
            says = f"{done} of {len(todo)}" + (f", about {left} left" if done < len(todo) else "")
            print(f"{says}   {learner}  {name}  {row['points']} of {row['of']}  {row['remark']}", flush=True)
    except BaseException:  # Ctrl-C, say: end what runs, and do not begin the rest
        apart.ENDING.set()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
    table.write()
    if table.not_in_lms:
        print(f"No row of {lms} is theirs alone, so fill in by hand: {', '.join(table.not_in_lms)}")
    table.pages()
    return table.rows()


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="what was handed in: a folder, or a zip from a learning platform")
    parser.add_argument("--output", type=Path, default=hand_out.GRADES)
    parser.add_argument("--source", type=Path, default=COURSE / "solutions", help="solved notebooks, if none are kept")
    parser.add_argument("--jobs", type=int, default=1, help="notebooks at a time")
    parser.add_argument("--learner", default="", help="mark this one only, again")
    parser.add_argument("--again", action="store_true", help="run what is marked and unchanged, too")
    parser.add_argument("--everything", action="store_true", help="run guided cells that no answer rests on, too")
    parser.add_argument("--unprotected", action="store_true", help="run without bubblewrap where that would work")
    parser.add_argument("--lms", type=Path, help="a table from Moodle or Canvas; a copy comes back with points")
    parser.add_argument("--lms-column", default="", help="its column for the points, if none is called Grade")
    parser.add_argument("--cell-seconds", type=int, default=Limits.cell_seconds, help="for each cell")
    parser.add_argument("--seconds", type=int, default=Limits.seconds, help="for each notebook")
    parser.add_argument("--gigabytes", type=float, default=Limits.memory / (1 << 30), help="of memory")
    parser.add_argument("--characters", type=int, default=Limits.output, help="of output for each cell")
    options = parser.parse_args()
    if sys.getfilesystemencoding() != "utf-8":  # a name in another alphabet would have no file
        os.execv(sys.executable, [sys.executable, "-X", "utf8", "-m", "tools.grade", *sys.argv[1:]])
    warnings.filterwarnings("ignore", module=r"nbgrader\.")  # its own use of SQLAlchemy
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # a name must not stop anything
    if not options.folder.exists():
        parser.error(f"there is no folder {options.folder}")
    memory = int(options.gigabytes * (1 << 30))
    try:
        grade(
            options.folder,
            options.output,
            options.source,
            Limits(options.cell_seconds, options.seconds, memory, options.characters),
            jobs=options.jobs,
            only=options.learner,
            again=options.again,
            everything=options.everything,
            unprotected=options.unprotected,
            lms=options.lms,
            lms_column=options.lms_column,
        )
    except ValueError as failure:
        parser.exit(1, f"{failure}\n")
    print(f"Points are in {options.output / 'grades.csv'}, pages to give back in {options.output / 'pages'}.")
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what runs is ended with us
    sys.exit(main())
