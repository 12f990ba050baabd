"""Build what learners get, and keep the checks that go with it.

    python -m tools.hand_out [--repo OWNER/NAME] [--branch main]

The hand-out lies in output/generative-models/, ready to be a public repository, and beside it as a zip: the learners'
notebooks with the outputs of the guided part, and what they need. The answers and the checks go to output/grades/, an
nbgrader course directory; `make grade` marks with those, whatever has changed in solutions/ since.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
import time
import zipfile
from pathlib import Path

import nbformat
from nbgrader.apps.api import NbGraderAPI
from traitlets.config import Config

from tools.lessons import learners_view, write
from tools.publish import is_address, stamp_notebook

COURSE = Path(__file__).resolve().parent.parent
GRADES = COURSE / "output" / "grades"
ASSIGNMENT = "generative-models"
NEEDED = ["utils.py", "course", "requirements.txt", "LICENSE", "figures/*.png", "figures/alt.json", "weights"]
NEEDED += ["benchmarks/results", "benchmarks/*.md", "benchmarks/*.png", "benchmarks/*.jpg", "docs/play"]
NEEDED += ["data/sample", "data/more_months.csv", "data/fetch.py"]
DATA = """# The data

`sample/` comes with the course: headlines of an invented newspaper, rendered pictures of fruit, all in the public
domain (CC0 1.0); `more_months.csv` has two more months of the newspaper. `python data/fetch.py` fetches the chapter's
own data into `book/`; it needs git and a network. The notebooks take `book/` if it is there and `sample/` if not.

"""
IGNORED = ".venv/\noutput/\ndata/cache/\n__pycache__/\n.ipynb_checkpoints/\n"


def nbgrader(folder: Path) -> NbGraderAPI:
    """nbgrader for a course directory."""
    # It complains if its folder for exchanging files cannot be written, though nothing is exchanged.
    (folder / "exchange").mkdir(exist_ok=True)
    # It calls alembic by name.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    config = Config(CourseDirectory={"root": str(folder)}, Exchange={"root": str(folder / "exchange")})
    return NbGraderAPI(config=config)


def copy_course(folder: Path) -> None:
    """Copy what notebooks need of the course, where they lie as in it."""
    for pattern in NEEDED:
        for source in COURSE.glob(pattern):
            target = folder / source.relative_to(COURSE)
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns(".*", "__pycache__"))
            else:
                shutil.copy(source, target)


def trouble() -> str:
    """The table of docs/trouble.md, but for what concerns `make` and the course's own repository."""
    rows = (COURSE / "docs" / "trouble.md").read_text(encoding="utf-8").splitlines()
    return "\n".join(row for row in rows if row.startswith("|") and not re.search("`make|COURSE_REPO", row))


def build(folder: Path, source: Path, repo: str = "", branch: str = "main") -> Path:
    """Build the hand-out.

    Args:
        folder: where; what is there goes, but for its history (.git).
        source: folder of the solved notebooks.
        repo: owner/name of the public repository that it will be, for badges; without, notebooks have none.
        branch: of that repository.

    Returns:
        The path of a zip of it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        if old.is_dir() and old.name != ".git":
            shutil.rmtree(old)
        elif old.is_file():
            old.unlink()
    copy_course(folder)
    (folder / "notebooks").mkdir()
    for path in sorted(source.glob("*.ipynb")):
        notebook = learners_view(nbformat.read(path, as_version=4))
        stamp_notebook(notebook, path.stem, repo, branch)
        write(notebook, folder / "notebooks" / path.name)
    readme = Path(__file__).with_name("hand_out.md").read_text(encoding="utf-8").replace("TROUBLE", trouble())
    (folder / "README.md").write_text(readme, encoding="utf-8")
    data = (COURSE / "data" / "README.md").read_text(encoding="utf-8")
    own = data[data.index("## Your own headlines and pictures") :]
    (folder / "data" / "README.md").write_text(DATA + own, encoding="utf-8")
    (folder / ".gitignore").write_text(IGNORED, encoding="utf-8")
    packed = folder.with_name(f"{folder.name}.zip")
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if ".git" not in path.relative_to(folder).parts:
                archive.write(path, path.relative_to(folder.parent))
    return packed


def release(folder: Path, source: Path) -> None:
    """Have nbgrader note tasks and checks in folder/gradebook.db, and keep the course that they run in.

    Args:
        folder: becomes nbgrader's course directory; what an earlier release left there goes.
        source: folder of the solved notebooks.

    Raises:
        RuntimeError: with nbgrader's own words, if it finds fault with a notebook.
    """
    for old in ("source", "release", "course"):
        shutil.rmtree(folder / old, ignore_errors=True)
    (folder / "gradebook.db").unlink(missing_ok=True)
    (folder / "source" / ASSIGNMENT).mkdir(parents=True)
    for path in source.glob("*.ipynb"):
        shutil.copy(path, folder / "source" / ASSIGNMENT)
    copy_course(folder / "course")
    for empty in ("notebooks", "output", "data/cache"):
        (folder / "course" / empty).mkdir(parents=True, exist_ok=True)
    result = nbgrader(folder).generate_assignment(ASSIGNMENT)
    if not result["success"]:
        raise RuntimeError(result.get("error") or result.get("log"))


def released_on(folder: Path) -> str:
    """The day of the release that is kept in a folder; empty if there is none."""
    marker = folder / "release" / ASSIGNMENT
    return time.strftime("%Y-%m-%d", time.localtime(marker.stat().st_mtime)) if marker.is_dir() else ""


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repo", default="", help="owner/name of the public repository that it will be")
    parser.add_argument("--branch", default="main")
    parser.add_argument("--source", type=Path, default=COURSE / "solutions", help="folder of the solved notebooks")
    parser.add_argument("--output", type=Path, default=COURSE / "output" / ASSIGNMENT)
    parser.add_argument("--grades", type=Path, default=GRADES, help="where the checks are kept")
    options = parser.parse_args()
    if options.repo and not is_address(options.repo, options.branch):
        parser.error("an address looks like owner/name, and a branch like main")
    print("Hand out", build(options.output, options.source, options.repo, options.branch))
    if (options.grades / "autograded").exists():
        print(
            f"{options.grades} has marks by the checks of {released_on(options.grades)}, so these are kept. For a new "
            "class, move that folder away and run this again."
        )
    else:
        options.grades.mkdir(parents=True, exist_ok=True)
        release(options.grades, options.source)
        print("Its checks and answers are kept in", options.grades)
    return 0


if __name__ == "__main__":
    sys.exit(main())
