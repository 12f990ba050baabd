"""The checks at both ends of what the requirements admit, and beyond, each in a fresh environment: make test-matrix.

python -m nox -- tests/lessons/test_quadratic.py    other checks than the usual ones; everything goes to pytest

"uncapped" takes the upper limits away, so that the next release that breaks the course is told before anybody meets it.
"""

import re
import tempfile
from pathlib import Path

import nox

nox.options.default_venv_backend = "uv"
nox.options.error_on_missing_interpreters = True  # a version that is not here is no success
USUAL = ["tests/utils", "tests/course", "tests/lessons", "solutions"]
ENDS = {"oldest": ("3.12", "lowest-direct"), "newest": ("3.13", "highest"), "uncapped": ("3.13", "highest")}


def uncapped(folder: Path) -> Path:
    """The requirements without upper limits, in a folder; returns the path of the developer's."""
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = Path(name).read_text(encoding="utf-8")
        (folder / name).write_text(re.sub(r",<[\w.]+", "", text), encoding="utf-8")
    return folder / "requirements-dev.txt"


@nox.session
@nox.parametrize("python, resolution, end", [(*how, end) for end, how in ENDS.items()], ids=ENDS)
def checks(session: nox.Session, resolution: str, end: str) -> None:
    """Install with one resolution of the requirements, say what that gave, and run pytest."""
    # Outside the course, and not by nox, which would put all tests' folders there, too: tests need folders far from it.
    wanted = uncapped(Path(tempfile.mkdtemp())) if end == "uncapped" else Path("requirements-dev.txt")
    session.install("pip")  # the set-up cell's tests install with it, and uv makes environments without
    session.install("--resolution", resolution, "-r", str(wanted))
    session.run("python", "-c", "from course.setup import machine; print(machine())")
    quick = ("--numprocesses", "2", "--dist", "loadfile", "-m", "not weekly")
    session.run("python", "-m", "pytest", *quick, *(session.posargs or USUAL))
