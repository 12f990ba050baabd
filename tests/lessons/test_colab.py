"""Notebooks on a stand-in for Colab: a notebook alone in a folder, a `google.colab` module, a local repository.

The stand-in also keeps a log of the addresses that Python asks for and of the programs that it starts.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import nbformat
import pytest
from nbclient import NotebookClient

from tests.common import COURSE, NOTEBOOKS

WATCHER = """
import os, sys
import google.colab

log = os.open(os.environ["COLAB_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)

def watch(event, arguments):
    if event == "socket.getaddrinfo" and arguments[0] not in (None, "localhost", "127.0.0.1", "::1", b"127.0.0.1"):
        os.write(log, f"network {arguments[0]}\\n".encode())
    elif event == "socket.connect" and isinstance(arguments[1], tuple) and arguments[1][0] not in ("127.0.0.1", "::1"):
        os.write(log, f"network {arguments[1]}\\n".encode())
    elif event == "subprocess.Popen":
        os.write(log, f"program {' '.join(map(os.fsdecode, arguments[1]))}\\n".encode())

sys.addaudithook(watch)
"""
DRIVE = """
import os

def mount(mountpoint):
    with open(os.environ["COLAB_LOG"], "a") as log:
        print("mounted", mountpoint, file=log)
"""


def git(folder, *command):
    who = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    subprocess.run(["git", *who, *command], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """A bare repository with the course as it is here, but few pictures."""
    source = tmp_path_factory.mktemp("source")
    for folder in ("course", "figures", "notebooks", "benchmarks"):
        shutil.copytree(COURSE / folder, source / folder, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    for file in ("utils.py", "requirements.txt", "README.md"):
        shutil.copy(COURSE / file, source)
    shutil.copytree(os.environ["COURSE_DATA"], source / "data" / "sample")
    git(source, "init", "--quiet", "--initial-branch", "main")
    git(source, "add", ".")
    git(source, "commit", "--quiet", "-m", "The course")
    bare = tmp_path_factory.mktemp("public") / "the course.git"
    git(source, "clone", "--quiet", "--bare", str(source), str(bare))
    return f"file://{bare}"


class Colab:
    """An empty folder, the environment of a process on the stand-in, and its log."""

    def __init__(self, folder, repository):
        self.folder = folder / "My Drive" / "Colab Notebooks"
        self.folder.mkdir(parents=True)
        self.drive = folder / "drive"
        modules = folder / "modules"
        (modules / "google" / "colab").mkdir(parents=True)
        (modules / "google" / "colab" / "__init__.py").touch()
        (modules / "google" / "colab" / "drive.py").write_text(DRIVE)
        (modules / "sitecustomize.py").write_text(WATCHER)
        self.log = folder / "log"
        self.log.touch()
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PYTHONPATH": str(modules),
            "COLAB_LOG": str(self.log),
            "COURSE_REPO": repository,
            "COURSE_BRANCH": "",
            "COURSE_EPOCHS": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
        }

    def events(self, kind):
        lines = self.log.read_text().splitlines()
        return [line.removeprefix(kind).strip() for line in lines if line.startswith(kind + " ")]

    def setup(self, then="import utils; print(utils.__file__)", **environment):
        """Run the set-up cell as a script, without TensorFlow, and something after it; the Drive is the stand-in's."""
        notebook = nbformat.read(COURSE / "notebooks" / f"{NOTEBOOKS[0]}.ipynb", as_version=4)
        cell = next(cell.source for cell in notebook.cells if cell.cell_type == "code")
        cell = cell.replace("/content/drive", str(self.drive)).replace("setup.start(here)", "setup.mount_drive()")
        cell = cell.replace("from course import setup", f"from course import setup; setup.DRIVE = {str(self.drive)!r}")
        return subprocess.run(
            [sys.executable, "-c", f"{cell}\n{then}"],
            cwd=self.folder,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=120,
        )


@pytest.fixture
def colab(tmp_path, repository):
    return Colab(tmp_path, repository)


@pytest.mark.weekly
@pytest.mark.slow
def test_a_notebook_alone_clones_the_course_runs_and_downloads_nothing_else(colab):
    notebook = nbformat.read(COURSE / "notebooks" / "02_quadratic_gan.ipynb", as_version=4)
    notebook.cells = [cell for cell in notebook.cells if not {"task", "check"} & {*cell.metadata.get("tags", [])}]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    client = NotebookClient(
        notebook, kernel_name="python3", timeout=600, resources={"metadata": {"path": str(colab.folder)}}
    )
    client.execute(env=colab.environment, cleanup_kc=False)
    pictures = [output for cell in notebook.cells for output in cell.get("outputs", []) if "image/png" in str(output)]
    assert len(pictures) > 10
    course = colab.folder / "generative-models"
    assert (course / "output" / "quadratic.gif").is_file()
    assert colab.events("network") == []
    clones = [program for program in colab.events("program") if "git" in program]
    assert len(clones) == 1 and "clone" in clones[0]
    assert not [program for program in colab.events("program") if "pip" in program]
    assert colab.events("mounted") == [], "nobody asked for the Drive"


def test_a_new_runtime_clones_nothing_again(colab):
    for _ in "first runtime", "new runtime":
        result = colab.setup()
        assert result.stdout.splitlines()[-1:] == [str(colab.folder / "generative-models" / "utils.py")], result.stderr
    assert len([program for program in colab.events("program") if "git" in program]) == 1


def test_data_on_drive_mounts_it_and_is_taken(colab):
    data = colab.drive / "MyDrive" / "my data"
    data.mkdir(parents=True)
    (data / "articles.csv").write_text("headline\nTwo boats came home\nUnknown\n")
    result = colab.setup("import utils; print(utils.load_headlines())", COURSE_DATA=str(data))
    assert result.stdout.splitlines()[-1:] == ["['Two boats came home']"], result.stderr
    assert colab.events("mounted") == [str(colab.drive)]


def test_data_missing_on_drive_is_named(colab):
    missing = colab.drive / "MyDrive" / "elsewhere"
    result = colab.setup("import utils; print(utils.load_headlines())", COURSE_DATA=str(missing))
    assert result.returncode != 0
    assert "elsewhere" in result.stderr.splitlines()[-1]


def test_a_course_folder_uploaded_to_drive_is_found_and_nothing_cloned(colab):
    course = colab.drive / "MyDrive" / "the course"
    shutil.copytree(COURSE / "course", course / "course", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(COURSE / "utils.py", course)
    assert colab.setup().stdout.splitlines()[-1:] == [str(course / "utils.py")]
    assert colab.events("program") == []
