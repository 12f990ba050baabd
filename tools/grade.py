"""Build the assignment, and grade a folder of submissions with nbgrader, one process each.

    python -m tools.grade assignment            the course as learners get it, in output/assignment/ and as a zip
    python -m tools.grade grade FOLDER          FOLDER/<learner>/**/01_lstm_headlines.ipynb and so on, to a CSV

This is no sandbox: submissions run with your rights and can read and delete what you can. Only time, memory and
output are limited. Grade on a machine, or in a container, that holds nothing else.
"""

from __future__ import annotations

import argparse
import csv
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import nbformat
import psutil
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from traitlets.config import Config

from tools.lessons import learners_view, write

COURSE = Path(__file__).resolve().parent.parent
ASSIGNMENT = "generative-models"
SHARED = ["utils.py", "course", "requirements.txt", "README.md", "LICENSE", "figures", "benchmarks/results"]
SHARED += ["data/sample", "data/README.md", "data/contact_sheet.jpg"]
MAX_SIZE = 100 << 20  # bytes of a notebook that is handed in
COLUMNS = ["learner", "notebook", "points", "of", "by task", "to read", "seconds", "remark"]


@dataclass
class Limits:
    """What a submission may use: seconds a cell and in all, bytes of memory, characters of output a cell."""

    cell_seconds: int = 600
    seconds: int = 3600
    memory: int = 6 << 30
    output: int = 10_000_000


def nbgrader(folder: Path, **sections: Config) -> NbGraderAPI:
    """nbgrader for a course directory, with more configuration if need be."""
    # nbgrader calls alembic by name, and complains if its folder for exchanging files cannot be written.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    (folder / "exchange").mkdir(exist_ok=True)
    root = {"root": str(folder)}
    config = Config(CourseDirectory=root, Exchange={"root": str(folder / "exchange")}, **sections)
    return NbGraderAPI(config=config)


def copy_course(folder: Path) -> None:
    """Copy what notebooks need of the course."""
    for name in SHARED:
        source, target = COURSE / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns(".*", "__pycache__"))
        else:
            shutil.copy(source, target)


def release(folder: Path, source: Path) -> None:
    """Have nbgrader build the release version of some notebooks and note their tasks in folder/gradebook.db.

    Args:
        folder: an empty folder that becomes nbgrader's course directory.
        source: folder of the solved notebooks.

    Raises:
        RuntimeError: with nbgrader's own words, if it finds fault with a notebook.
    """
    (folder / "source" / ASSIGNMENT).mkdir(parents=True)
    for path in source.glob("*.ipynb"):
        shutil.copy(path, folder / "source" / ASSIGNMENT)
    result = nbgrader(folder).generate_assignment(ASSIGNMENT)
    if not result["success"]:
        raise RuntimeError(result.get("error") or result.get("log"))


def build_assignment(output: Path, source: Path) -> Path:
    """Build what learners get: the learner's view of the notebooks, and the course without solutions and tests.

    Returns:
        The path of a zip of it.
    """
    shutil.rmtree(output, ignore_errors=True)
    copy_course(output)
    (output / "notebooks").mkdir()
    for path in source.glob("*.ipynb"):
        write(learners_view(nbformat.read(path, as_version=4)), output / "notebooks" / path.name)
    # Only what works without solutions and tests; the commands of the whole course are in its own Makefile.
    return Path(shutil.make_archive(str(output), "zip", output.parent, output.name))


def submissions(folder: Path, names: list[str]) -> list[tuple[str, str, Path | None]]:
    """(learner, notebook, path) of what was handed in; path None if a learner's folder holds no notebook of the course.

    Args:
        folder: one folder for each learner, notebooks at any depth inside.
        names: the course's notebooks, without .ipynb.
    """
    found: list[tuple[str, str, Path | None]] = []
    for learner in sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")):
        mine = {}
        for path in sorted(learner.rglob("*.ipynb")):
            if path.stem in names and path.is_file() and ".ipynb_checkpoints" not in path.parts:
                mine.setdefault(path.stem, path)
        found += [(learner.name, name, path) for name, path in sorted(mine.items())] or [(learner.name, "", None)]
    return found


def run_limited(command: list[str], log: Path, limits: Limits, environment: dict[str, str]) -> str:
    """Run a command in its own session; "" or what it was stopped for.

    Args:
        command: program and arguments.
        log: file for what it prints.
        limits: time and memory for it and all that it starts.
        environment: its environment.
    """
    start = time.monotonic()
    with log.open("w", encoding="utf-8") as file:
        process = psutil.Popen(
            command, stdout=file, stderr=file, stdin=subprocess.DEVNULL, env=environment, start_new_session=True
        )
    family: dict[int, psutil.Process] = {process.pid: process}
    stopped = ""
    while not stopped and process.poll() is None:
        memory = 0
        try:
            family |= {child.pid: child for child in process.children(recursive=True)}
        except psutil.Error:
            pass
        for member in family.values():
            try:
                memory += member.memory_info().rss
            except psutil.Error:
                continue
        if memory > limits.memory:
            stopped = f"stopped: more than {limits.memory / (1 << 30):.1f} GB of memory"
        elif time.monotonic() - start > limits.seconds:
            stopped = f"stopped: more than {limits.seconds} seconds in all"
        time.sleep(0.1)
    for member in family.values():  # the kernel runs in a session of its own and outlives its parent
        try:
            member.kill()
        except psutil.Error:
            continue
    process.wait()
    return stopped


def marks(notebook: nbformat.NotebookNode) -> dict[str, nbformat.NotebookNode]:
    """A notebook's cells that nbgrader knows, by their id, in order."""
    cells = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell for cell in notebook.cells}
    return {name: cell for name, cell in cells.items() if name}


def put_back(notebook: nbformat.NotebookNode, released: nbformat.NotebookNode) -> list[str]:
    """Put tasks and checks that a learner deleted back in their places, as they were released; their ids.

    (nbgrader's own add_missing_cells gives up where a check and its task are both gone.)
    """
    mine, missing, before = marks(notebook), [], None
    for name, cell in marks(released).items():
        if name not in mine:
            place = len(notebook.cells) if before is None else notebook.cells.index(before) + 1
            notebook.cells.insert(place, cell)
            missing.append(name)
        before = mine.get(name, cell)
    return missing


def grade_one(learner: str, name: str, path: Path, base: Path, kept: Path, limits: Limits) -> dict[str, object]:
    """Autograde one notebook in a copy of the course of its own; a row of the CSV.

    Args:
        learner: whose it is.
        name: the notebook, without .ipynb.
        path: what was handed in.
        base: nbgrader's course directory with the released assignment.
        kept: folder for the executed notebook.
        limits: what it may use.
    """
    start = time.monotonic()
    if path.stat().st_size > MAX_SIZE:
        raise ValueError(f"larger than {MAX_SIZE >> 20} MB")
    try:
        notebook = nbformat.read(path, as_version=4)
        missing = put_back(notebook, nbformat.read(base / "release" / ASSIGNMENT / f"{name}.ipynb", as_version=4))
    except Exception as error:
        raise ValueError("cannot be read as a notebook") from error
    remarks = [f"cells were missing: {' '.join(missing)}"] if missing else []
    with tempfile.TemporaryDirectory(prefix="grading-", ignore_cleanup_errors=True) as temporary:
        folder = Path(temporary)
        copy_course(folder)
        shutil.copytree(base / "source", folder / "source")
        shutil.copy(base / "gradebook.db", folder)
        (folder / "submitted" / "learner" / ASSIGNMENT).mkdir(parents=True)
        nbformat.write(notebook, folder / "submitted" / "learner" / ASSIGNMENT / f"{name}.ipynb")
        environment = {"COURSE_EPOCHS": "1", **os.environ}
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(COURSE), os.environ.get("PYTHONPATH")]))
        command = [sys.executable, "-m", "tools.autograde", str(folder), str(limits.cell_seconds), str(limits.output)]
        stopped = run_limited(command, folder / "log.txt", limits, environment)
        log = (folder / "log.txt").read_text(encoding="utf-8", errors="replace")
        graded = folder / "autograded" / "learner" / ASSIGNMENT / f"{name}.ipynb"
        if graded.is_file():
            kept.mkdir(parents=True, exist_ok=True)
            shutil.copy(graded, kept)
        if stopped or not log.endswith("GRADED\n"):
            # The first error is the cause; what follows is nbgrader's way of passing it on.
            errors = re.findall(r"^\s*(?:\w+\.)*(\w+(?:Error|Exception)\b.*)", log, re.MULTILINE)
            remarks.append(stopped or f"not graded: {errors[0] if errors else 'nbgrader gave no reason'}")
            row = points(folder / "gradebook.db", name, graded=False)
        else:
            remarks += remarks_on(graded)
            row = points(folder / "gradebook.db", name, graded=True)
    seconds = round(time.monotonic() - start)
    return {"learner": learner, "notebook": name, **row, "seconds": seconds, "remark": "; ".join(remarks)}


def remarks_on(graded: Path) -> list[str]:
    """What an instructor should know of an executed notebook: limits that it met, and code that is none."""
    signs = {
        "CellTimeoutError": "a cell ran too long",
        "OutputLimitError": "a cell printed too much",
        "SyntaxError": "a syntax error",
    }
    text = graded.read_text(encoding="utf-8")
    return [sentence for sign, sentence in signs.items() if sign in text]


def points(gradebook: Path, name: str, graded: bool) -> dict[str, object]:
    """Points of one notebook from a gradebook with one learner, task by task; 0 if it could not be graded."""
    with Gradebook(f"sqlite:///{gradebook}") as book:
        of = {cell.name: cell.max_score for cell in book.find_notebook(name, ASSIGNMENT).grade_cells}
        submitted = book.find_submission_notebook(name, ASSIGNMENT, "learner").grades if graded else []
        grades = {grade.name: grade for grade in submitted}
        scores = {cell: (grades[cell].score or 0.0) if cell in grades else 0.0 for cell in of}
        to_read = [cell for cell in of if cell in grades and grades[cell].needs_manual_grade]
    return {
        "points": f"{sum(scores.values()):g}",
        "of": f"{sum(of.values()):g}",
        "by task": " ".join(f"{cell}={scores[cell]:g}/{of[cell]:g}" for cell in sorted(of)),
        "to read": " ".join(to_read),
    }


def grade(folder: Path, output: Path, source: Path, limits: Limits, jobs: int = 1) -> list[dict[str, object]]:
    """Autograde all submissions in a folder; the rows of output/grades.csv, which is written as they come.

    Args:
        folder: one folder for each learner.
        output: folder for grades.csv and the executed notebooks.
        source: folder of the solved notebooks.
        limits: what each submission may use.
        jobs: submissions at a time.
    """
    output.mkdir(parents=True, exist_ok=True)
    names = [path.stem for path in source.glob("*.ipynb")]
    rows = []
    with tempfile.TemporaryDirectory() as temporary, (output / "grades.csv").open("w", newline="") as file:
        base = Path(temporary)
        release(base, source)
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()

        def one(submission: tuple[str, str, Path | None]) -> dict[str, object]:
            learner, name, path = submission
            if path is None:
                return {"learner": learner, "points": "0", "remark": "no notebook of the course in this folder"}
            try:
                return grade_one(learner, name, path, base, output / learner, limits)
            except Exception as error:  # whatever it is, the others must be graded
                return {"learner": learner, "notebook": name, "points": "0", "remark": f"not graded: {error}"}

        with ThreadPoolExecutor(jobs) as pool:
            for row in pool.map(one, submissions(folder, names)):
                print("  ".join(str(row.get(column, "")) for column in COLUMNS), flush=True)
                writer.writerow(row)
                file.flush()
                rows.append(row)
    return rows


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", type=Path, default=COURSE / "solutions", help="folder of the solved notebooks")
    commands = parser.add_subparsers(dest="command", required=True)
    building = commands.add_parser("assignment")
    building.add_argument("--output", type=Path, default=COURSE / "output" / "assignment")
    grading = commands.add_parser("grade")
    grading.add_argument("folder", type=Path)
    grading.add_argument("--output", type=Path, default=COURSE / "output" / "grades")
    grading.add_argument("--cell-seconds", type=int, default=Limits.cell_seconds, help="for each cell")
    grading.add_argument("--seconds", type=int, default=Limits.seconds, help="for each notebook")
    grading.add_argument("--gigabytes", type=float, default=Limits.memory / (1 << 30), help="of memory")
    grading.add_argument("--characters", type=int, default=Limits.output, help="of output for each cell")
    grading.add_argument("--jobs", type=int, default=1, help="submissions at a time")
    options = parser.parse_args()
    if options.command == "assignment":
        print("Hand out", build_assignment(options.output, options.source))
        return 0
    if not options.folder.is_dir():
        parser.error(f"there is no folder {options.folder}")
    memory = int(options.gigabytes * (1 << 30))
    limits = Limits(options.cell_seconds, options.seconds, memory, options.characters)
    grade(options.folder, options.output, options.source, limits, options.jobs)
    print("Points are in", options.output / "grades.csv", "and the executed notebooks beside it.")
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what runs is ended with us
    sys.exit(main())
