"""The Makefile: every command is explained, and none breaks when the course's folder moves or its Python goes."""

import os
import re
import shutil
import subprocess

import pytest

from tests.common import COURSE

if os.name == "nt":
    pytest.skip("not on Windows: there are plain commands for it", allow_module_level=True)
if shutil.which("make") is None:
    pytest.skip("make is not installed", allow_module_level=True)

MAKEFILE = (COURSE / "Makefile").read_text(encoding="utf-8")


def make(folder, *arguments):
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith("MAKE")
    }  # not make inside make
    return subprocess.run(["make", *arguments], cwd=folder, env=environment, capture_output=True, text=True)


def test_help_explains_every_command():
    commands = set(re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)[1].split())
    explained = set(re.findall(r"make ([\w-]+)", make(COURSE, "help").stdout))
    assert commands - {"help"} <= explained
    assert explained <= commands


def test_no_command_uses_a_script_that_knows_the_folder():
    """The first line of .venv/bin/jupyter names the folder in which .venv was made."""
    assert set(re.findall(r"\.venv/bin/(\S+)", MAKEFILE)) <= {"python"}


@pytest.fixture
def course(tmp_path):
    """A folder with the Makefile and a .venv that counts as set up."""
    folder = tmp_path / "my course"
    (folder / ".venv" / "bin").mkdir(parents=True)
    shutil.copy(COURSE / "Makefile", folder)
    for name in ("requirements.txt", "requirements-dev.txt"):
        (folder / name).touch()
    (folder / ".venv" / "bin" / "python").write_text(
        '#!/bin/sh\ncase "$*" in *print*) echo 1;; *) echo "ran $*";; esac\n'
    )
    (folder / ".venv" / "bin" / "python").chmod(0o755)
    (folder / ".venv" / "learner").touch()
    (folder / ".venv" / "developer").write_text(f"{folder}\n")
    return folder


def test_a_course_that_is_set_up_is_not_set_up_again(course):
    assert make(course, "lab").stdout == "ran -m jupyterlab --ServerApp.ip=127.0.0.1\n"
    assert make(course, "site").stdout == "ran -m tools.make_site\n"


def test_after_a_move_learners_commands_go_on_and_nbgraders_script_is_made_anew(course):
    moved = course.rename(course.with_name("renamed"))
    assert make(moved, "lab").stdout == "ran -m jupyterlab --ServerApp.ip=127.0.0.1\n"
    again = make(moved, "site").stdout
    assert "Installing what the checks need." in again and "alembic" in again and "Setting up .venv" not in again
    assert (moved / ".venv" / "developer").read_text().strip() == str(moved)
    assert make(moved, "site").stdout == "ran -m tools.make_site\n"


def test_a_python_that_has_gone_is_replaced(course):
    python = course / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/gone/python3")
    commands = make(course, "--dry-run", "lab").stdout
    assert "Setting up .venv with" in commands and "-m venv .venv" in commands


def test_what_windows_set_up_is_neither_deleted_nor_mixed_with(course):
    """As `make` does in WSL, in a folder of Windows'."""
    shutil.rmtree(course / ".venv")
    python = course / ".venv" / "Scripts" / "python.exe"
    python.parent.mkdir(parents=True)
    python.touch()
    python3 = course / "python3"
    python3.write_text('#!/bin/sh\necho "ran $*"\n')
    python3.chmod(0o755)
    made = make(course, "lab", "PYTHON=./python3")
    assert made.returncode and made.stdout == (
        "This .venv is Windows' own: delete it, or use another copy of the course here\n"
    )
    assert make(course, "doctor", "PYTHON=./python3").stdout == "ran -m course.doctor\n"
    assert [path.name for path in (course / ".venv").rglob("*")] == ["Scripts", "python.exe"]
