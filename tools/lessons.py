"""The lessons: what is derived from their sources, and whether an output belongs to its code.

    python -m tools.lessons derive          solutions/*.ipynb and notebooks/*.ipynb from solutions/*.py
    python -m tools.lessons run NAME ...    execute a lesson in full, on the bundled data, and keep its outputs
    python -m tools.lessons stale           the cells whose output was made by other code

`solutions/NN_name.py` is the source (jupytext, percent format, with nbgrader's metadata and markers). The solved
notebook beside it holds the same cells with outputs. Each output carries the hash of what made it; deriving keeps an
output as long as that hash holds. jupyter-cache and MyST-NB key their caches by the text of a whole notebook, so that a
comment throws away everything, and know neither the modules that a lesson imports nor its data: hence `hashes`.

A cell's hash covers the syntax tree of this and all earlier code of the lesson, without docstrings (a training depends
on all random numbers drawn before it); the functions of utils.py and course/ that this code uses, with all that they
use; the data it loads; and the files that the cell names, or that a cell before it named for what this one uses. The
set-up cell stands apart.
"""

from __future__ import annotations

import argparse
import ast
import datetime
import json
import linecache
import os
import re
import shutil
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import nbformat
from nbformat import NotebookNode

from course.fingerprint import DOCUMENTED, digest, normal_form

COURSE = Path(__file__).resolve().parent.parent
NAMES = sorted(path.stem for path in (COURSE / "solutions").glob("0*.py"))
OPTIONAL = ("04_what_came_after",)  # beyond the chapter: handed out, and marked beside the total
SHOWN = (("figures", "png"), ("weights", "npz"))  # what a cell may name without its folder
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


# ---------------------------------------------------------------- reading


def read_source(name: str, course: Path = COURSE) -> NotebookNode:
    """A lesson's source as a notebook without outputs, nbgrader's metadata filled in.

    Raises:
        ValueError: in one sentence, what nbgrader could not read.
    """
    import jupytext  # here, since whoever only imports a lesson's library does without it

    path = course / "solutions" / f"{name}.py"
    notebook = jupytext.read(path, fmt="py:percent")
    notebook.metadata = NotebookNode(kernelspec=KERNEL, language_info={"name": "python"}, name=name)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    seen: set[str] = set()
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number:03}"
        cell.metadata.pop("lines_to_next_cell", None)
        mark = cell.metadata.get("nbgrader")
        begins, ends = (len(re.findall(rf"^\s*### {word} SOLUTION", cell.source, re.M)) for word in ("BEGIN", "END"))
        if mark and "grade_id" not in mark:
            raise ValueError(f"solutions/{name}.py: a cell with nbgrader's metadata has no grade_id: {mark}.")
        where = f"solutions/{name}.py, the cell {label(cell)!r}"
        if begins != ends:
            raise ValueError(f"{where} has {begins} '### BEGIN SOLUTION' and {ends} '### END SOLUTION': pair them.")
        if begins and not (mark and mark.get("solution")):
            raise ValueError(f"{where} holds a solution, but is not marked as one: nbgrader={{'solution': true, ...}}.")
        if not mark:
            continue
        if mark["grade_id"] in seen:
            raise ValueError(f"{where}: another cell has this name, too; each needs its own.")
        seen.add(mark["grade_id"])
        if mark.get("grade") and "points" not in mark:
            raise ValueError(f"{where} is graded, but says no points.")
        if mark.get("solution") and not begins:
            raise ValueError(f"{where} is a task without '### BEGIN SOLUTION': learners would get the answer.")
        graded = mark.get("grade", False)
        usual = {"grade": False, "solution": False, "task": False, "schema_version": 3}
        usual["locked"] = bool(graded and not mark.get("solution"))
        cell.metadata.nbgrader = NotebookNode(sorted({**usual, **mark}.items()))
    return notebook


def read_solved(name: str, course: Path = COURSE) -> NotebookNode | None:
    """The solved notebook with its outputs, None if there is none yet."""
    path = course / "solutions" / f"{name}.ipynb"
    return nbformat.read(path, as_version=4) if path.exists() else None


def label(cell: NotebookNode) -> str:
    """How people are told which cell is meant: its name for nbgrader, else its first line that is not empty."""
    if mark := cell.metadata.get("nbgrader"):
        return mark["grade_id"]
    return next((line for line in cell.source.splitlines() if line.strip()), "")[:100]


def code_cells(notebook: NotebookNode, *, setup: bool = True) -> list[NotebookNode]:
    """The code cells of a notebook, with or without the set-up cell."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [cell for cell in cells if setup or "setup" not in cell.metadata.get("tags", [])]


# ---------------------------------------------------------------- what an output depends on


def is_string(node: ast.AST) -> bool:
    """Whether a node is a string constant."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


class Modules:
    """The definitions of utils.py and course/, and which of them a piece of code rests on."""

    def __init__(self, course: Path) -> None:
        files = [course / "utils.py", *sorted((course / "course").glob("*.py"))]
        self.trees = {".".join(file.relative_to(course).with_suffix("").parts): parse(file) for file in files}
        self.defined = {name: dict(definitions(tree)) for name, tree in self.trees.items()}

    def imported(self, tree: ast.AST) -> dict[str, tuple[str, str | None]]:
        """What names of a piece of code mean: (module, None) or (module, what is defined there)."""
        names = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    if alias.name in self.trees:
                        names[alias.asname or alias.name] = (alias.name, None)
            elif isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    inner = f"{node.module}.{alias.name}"
                    if inner in self.trees:
                        names[alias.asname or alias.name] = (inner, None)
                    elif node.module in self.trees:
                        names[alias.asname or alias.name] = (node.module, alias.name)
        return names

    def used(self, tree: ast.AST, names: dict[str, tuple[str, str | None]]) -> set[tuple[str, str]]:
        """The definitions that a piece of code rests on, directly or through others."""
        found: set[tuple[str, str]] = set()
        waiting = list(mentioned(tree, names))
        while waiting:
            module, name = waiting.pop()
            statement = self.defined.get(module, {}).get(name)
            if statement is None or (module, name) in found:
                continue
            found.add((module, name))
            inside = self.imported(self.trees[module]) | {other: (module, other) for other in self.defined[module]}
            waiting += mentioned(statement, inside)
        return found

    def digest(self, found: set[tuple[str, str]]) -> str:
        """The hash of definitions."""
        return digest(*(f"{module}.{name}{normal_form(self.defined[module][name])}" for module, name in sorted(found)))


def parse(file: Path) -> ast.Module:
    """A file's syntax tree."""
    return ast.parse(file.read_text(encoding="utf-8"))


def definitions(tree: ast.Module) -> Iterator[tuple[str, ast.stmt]]:
    """The names that a module defines at its top level."""
    for statement in tree.body:
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            yield statement.name, statement
        elif isinstance(statement, (ast.Assign, ast.AnnAssign)):
            for node in ast.walk(statement):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    yield node.id, statement


def mentioned(tree: ast.AST, names: dict[str, tuple[str, str | None]]) -> Iterator[tuple[str, str]]:
    """The definitions that a piece of code names: plainly, or as an attribute of a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and (aim := names.get(node.id)) and aim[1]:
            yield aim
        elif isinstance(node, ast.Attribute):
            aim = names.get(ast.unparse(node.value))
            if aim and aim[1] is None:
                yield aim[0], node.attr


@cache
def data_digest(course: Path, pattern: str) -> str:
    """The hash of the bundled data's files of one kind, by their names and bytes."""
    sample = course / "data" / "sample"
    files = sorted(path for path in sample.glob(pattern) if path.is_file())
    return digest(*(part for path in files for part in (path.relative_to(sample).as_posix(), path.read_bytes())))


def hashes(notebook: NotebookNode, course: Path = COURSE) -> list[str]:
    """For each code cell the hash of all that its output depends on (see the head of this file)."""
    modules = Modules(course)
    chain, result = "", []
    rests: dict[str, str] = {}  # of names that were made from files, the hash of these
    names: dict[str, tuple[str, str | None]] = {}
    for cell in code_cells(notebook):
        # What is no Python (%magic) counts by its text.
        lines = ["pass" if line.startswith(("%", "!")) else line for line in cell.source.splitlines()]
        magic = [line for line in cell.source.splitlines() if line.startswith(("%", "!"))]
        try:
            tree = ast.parse("\n".join(lines))
        except SyntaxError as error:
            raise ValueError(
                f"{notebook.metadata.get('name', 'A lesson')}, the cell {label(cell)!r}: {error.msg}."
            ) from None
        names |= modules.imported(tree)
        used = modules.used(tree, names)
        if "setup" in cell.metadata.get("tags", []):
            result.append("set-up")
            continue
        own = digest(normal_form(tree), *magic, modules.digest(used))
        data = []
        if ("utils", "load_headlines") in used:
            data.append(data_digest(course, "articles.csv"))
        if ("utils", "load_images") in used:
            data.append(data_digest(course, "*/*_set/*/*"))
        chain = digest(chain, own, *data)
        texts = [node.value for node in ast.walk(tree) if is_string(node) and "\n" not in node.value]
        files = [course / text for text in texts if text.startswith(("benchmarks/", "weights/", "data/"))]
        bare = [text for text in texts if text.isidentifier()]
        files += [course / folder / f"{name}.{kind}" for folder, kind in SHOWN for name in bare]
        found = [path.read_bytes() for path in files if path.is_file()]
        found += [rests[name] for name in sorted(loaded(tree)) if name in rests]
        result.append(digest(chain, *found))
        made = dict.fromkeys(stored(tree), digest(*found)) if found else {}
        rests = {name: rest for name, rest in rests.items() if name not in stored(tree)} | made
    return result


# ---------------------------------------------------------------- deriving


def keep_outputs(notebook: NotebookNode, old: NotebookNode | None, course: Path) -> None:
    """Give the cells of a source their outputs, in place: those whose hash holds."""
    by_hash, by_label = {}, {}
    for cell in code_cells(old) if old else []:
        if made_by := cell.metadata.get("made_by"):
            by_hash[made_by] = cell
            by_label.setdefault(label(cell), cell)
    for cell, now in zip(code_cells(notebook), hashes(notebook, course), strict=True):
        if kept := by_hash.get(now):
            cell.metadata.made_by = kept.metadata.made_by
            cell.outputs, cell.execution_count = kept.outputs, kept.execution_count
            continue
        cell.outputs, cell.execution_count = [], None
    if old and "made_on" in old.metadata:
        notebook.metadata.made_on = old.metadata.made_on
    there = {label(cell) for cell in notebook.cells}
    for gone in by_label.values():
        if gone.outputs and label(gone) not in there:
            print(f"{notebook.metadata.name}: an output is dropped, its code is gone: {label(gone)}")


def stale(name: str, course: Path = COURSE) -> tuple[list[str], list[str]]:
    """Labels of a solved notebook's cells whose output is of other code, and of those that were never run."""
    notebook = read_solved(name, course) or read_source(name, course)
    other, never = [], []
    for cell, now in zip(code_cells(notebook), hashes(notebook, course), strict=True):
        made_by = cell.metadata.get("made_by")
        if made_by != now:
            (other if made_by else never).append(label(cell))
    return other, never


def learners_view(solved: NotebookNode) -> NotebookNode:
    """What a learner opens: tasks emptied and locked by nbgrader's own preprocessors, guided outputs kept."""
    from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions, ComputeChecksums, LockCells

    notebook = nbformat.reads(nbformat.writes(solved), as_version=4)  # a copy
    for cell in notebook.cells:
        cell.metadata.pop("made_by", None)
        if cell.cell_type == "code" and {"task", "check"} & set(cell.metadata.get("tags", [])):
            cell.outputs, cell.execution_count = [], None
    for step in (LockCells, ClearSolutions, ClearHiddenTests, ComputeChecksums):
        notebook, _ = step().preprocess(notebook, {})
    return notebook


def derive(name: str, course: Path = COURSE) -> tuple[NotebookNode, NotebookNode]:
    """A lesson's two notebooks, solved and for learners, from its source and the outputs that still hold."""
    solved = read_source(name, course)
    keep_outputs(solved, read_solved(name, course), course)
    return solved, learners_view(solved)


def write(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook: the same bytes for the same content, LF on every system."""
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")


# ---------------------------------------------------------------- what tests, tools and benchmarks import


def library(name: str, *, tasks: bool = False) -> ModuleType:
    """A lesson's cells that are tagged "library", as a module; the lesson's other code does not run.

    The module is compiled from the source itself: a traceback, AutoGraph and `inspect` see the lines that people edit.

    Args:
        name: the lesson.
        tasks: with the model solutions that are tagged so, too.

    Raises:
        ValueError: if two of these cells define the same name, or one does anything but define and import.
    """
    path = COURSE / "solutions" / f"{name}.py"
    lines = path.read_text(encoding="utf-8").splitlines()
    kept, tags = [], []
    for line in lines:
        if line.startswith("# %%"):
            found = re.search(r"tags=(\[[^]]*\])", line)
            tags = json.loads(found.group(1)) if found and "[markdown]" not in line else []
        kept.append(line if "library" in tags and (tasks or "task" not in tags) else "")
    tree = ast.parse("\n".join(kept))
    defined: set[str] = set()
    for statement in tree.body:
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            if statement.name in defined:
                raise ValueError(f"{path.name} defines {statement.name} twice in its library cells.")
            defined.add(statement.name)
        elif not isinstance(statement, (ast.Import, ast.ImportFrom, ast.Assign)):
            raise ValueError(f"{path.name}, line {statement.lineno}: a library cell defines and imports, nothing else.")
    module = ModuleType(f"lesson_{name}")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module
    exec(compile(tree, str(path), "exec"), module.__dict__)
    return module


def results(name: str, *wanted: str) -> dict[str, object]:
    """What a lesson's guided cells make: runs those that the wanted names rest on, in order, and no other.

    For tests of what the lesson itself does with its functions: how it splits, what it trains on.

    Args:
        name: the lesson.
        wanted: names of variables, functions or classes.

    Returns:
        The names of the cells that ran, and their values.
    """
    cells = [cell for cell in code_cells(read_source(name), setup=False) if "task" not in cell.metadata.get("tags", [])]
    sources = [cell.source for cell in cells if "check" not in cell.metadata.get("tags", [])]
    needed, kept = set(wanted), []
    for source in reversed(sources):
        tree = ast.parse(source)
        made = stored(tree)
        if made & needed:
            kept.append(source)
            needed = needed - made | loaded(tree)
    space: dict[str, object] = {"__name__": f"lesson_{name}"}
    for source in reversed(kept):
        execute(source, name, space)
    if lost := set(wanted) - set(space):
        raise ValueError(f"no guided cell of {name} makes {', '.join(sorted(lost))}")
    return space


def execute(source: str, title: str, space: dict[str, object]) -> None:
    """Run a cell as a notebook does: tracebacks, `inspect` and AutoGraph find its lines."""
    file = f"{title}, {digest(source)[:8]}"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    exec(compile(source, file, "exec"), space)


def stored(tree: ast.Module) -> set[str]:
    """The names that a cell makes, or adds entries to, at its top level."""
    names = {name for name, _ in definitions(tree)}
    inside = {id(node) for part in tree.body if isinstance(part, DOCUMENTED) for node in ast.walk(part)}
    for node in ast.walk(tree):
        if id(node) in inside:
            continue
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store) and isinstance(node.value, ast.Name):
            names.add(node.value.id)  # a dictionary that gets another entry
    return names


def loaded(tree: ast.Module) -> set[str]:
    """The names that a cell needs from before: those it reads without having made them itself."""
    needed: set[str] = set()
    made: set[str] = set()
    for statement in tree.body:
        nodes = list(ast.walk(statement))
        read = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        changed = [node.target for node in nodes if isinstance(node, ast.AugAssign)]
        read |= {target.id for target in changed if isinstance(target, ast.Name)}
        if isinstance(statement, DOCUMENTED):
            inner = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        else:  # what a loop, a comprehension or a `with` counts through
            bound = [node.target for node in nodes if isinstance(node, (ast.For, ast.comprehension))]
            bound += [node.optional_vars for node in nodes if isinstance(node, ast.withitem) and node.optional_vars]
            inner = {node.id for part in bound for node in ast.walk(part) if isinstance(node, ast.Name)}
        inner |= {node.arg for node in nodes if isinstance(node, ast.arg)}
        inner |= {node.name for node in nodes if isinstance(node, DOCUMENTED)}
        needed |= read - inner - made
        made |= stored(ast.Module([statement], []))
    return needed


# ---------------------------------------------------------------- the command line


def section_seconds(notebook: NotebookNode) -> dict[str, float]:
    """Seconds that each section of an executed notebook took, by its heading; the cells' time stamps are taken out."""
    took: dict[str, float] = {}
    heading = ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            heading = (re.findall(r"^#+ (.*)$", cell.source, re.MULTILINE) or [heading])[-1]
        elif stamps := cell.metadata.pop("execution", None):
            begin, end = (datetime.datetime.fromisoformat(stamps[f"iopub.{key}"].rstrip("Z")) for key in KEYS)
            took[heading] = took.get(heading, 0) + (end - begin).total_seconds()
    return took


KEYS = ("execute_input", "status.idle")  # when nbclient saw a cell begin and end


def put_trainings_aside(folder: Path) -> None:
    """Rename what trainings keep (course/training.py), so that none goes on from an earlier run."""
    for kept in folder.glob("*/run-*"):
        aside = kept.with_name(f"earlier-{kept.name}")
        shutil.rmtree(aside, ignore_errors=True)
        kept.rename(aside)


def run(name: str) -> str | None:
    """Execute a lesson in full on the bundled data and write both notebooks; None, or the sentence of a failure."""
    from course.setup import machine
    from tools.run_notebooks import execute

    put_trainings_aside(COURSE / "output")
    solved = read_source(name)
    made_by = hashes(solved)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("COURSE_")}
    if failure := execute(solved, name, COURSE / "solutions", environment | {"COURSE_DATA": "data/sample"}):
        return failure
    took = section_seconds(solved)
    solved.metadata.made_on = {
        "date": datetime.date.today().isoformat(),
        **machine(),
        "seconds": round(sum(took.values())),
        "sections": {heading: round(seconds) for heading, seconds in took.items() if seconds >= 5},
        "data": "data/sample",
    }
    for cell, now in zip(code_cells(solved), made_by, strict=True):
        cell.metadata.made_by = now
    write(solved, COURSE / "solutions" / f"{name}.ipynb")
    write(learners_view(solved), COURSE / "notebooks" / f"{name}.ipynb")
    return None


def main() -> int:
    """Do what the command line says; 0 if all went well."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["derive", "run", "stale"])
    parser.add_argument("names", nargs="*", default=NAMES, metavar="NAME", help=f"lessons (all): {', '.join(NAMES)}")
    options = parser.parse_args()
    if unknown := set(options.names) - set(NAMES):
        parser.error(f"there is no lesson {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    try:
        for name in options.names:
            if options.command == "run" and (failure := run(name)):
                parser.exit(1, f"{failure}\n")
            elif options.command == "derive":
                solved, learners = derive(name)
                write(solved, COURSE / "solutions" / f"{name}.ipynb")
                write(learners, COURSE / "notebooks" / f"{name}.ipynb")
            for kind, labels in zip(("an output of other code", "not run yet"), stale(name), strict=True):
                for cell in labels:
                    print(f"{name}: {kind}: {cell}")
    except (ValueError, SyntaxError) as error:
        parser.exit(1, f"{error}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
