"""Notebooks on a stand-in for Colab: a notebook alone in a folder, a `google.colab` module, a local repository.

The stand-in has no network: it refuses each address that Python asks for, and keeps a log of them and of the programs
that Python starts. Most tests run the set-up cell with empty modules in place of TensorFlow and Keras.
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

pytestmark = pytest.mark.slow  # each starts Python anew

WATCHER = """
import os, sys
import google.colab

log = os.open(os.environ["COLAB_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)

def watch(event, arguments):
    if event == "socket.getaddrinfo" and arguments[0] not in (None, "localhost", "127.0.0.1", "::1", b"127.0.0.1"):
        os.write(log, f"network {arguments[0]}\\n".encode())
        raise PermissionError("there is no network")
    elif event == "socket.connect" and isinstance(arguments[1], tuple) and arguments[1][0] not in ("127.0.0.1", "::1"):
        os.write(log, f"network {arguments[1]}\\n".encode())
        raise PermissionError("there is no network")
    elif event == "subprocess.Popen":
        os.write(log, f"program {' '.join(map(os.fsdecode, arguments[1]))}\\n".encode())

sys.addaudithook(watch)
"""
DRIVE = """
import os

def mount(mountpoint):
    if os.environ.get("REFUSED"):
        raise ValueError("mount failed")
    with open(os.environ["COLAB_LOG"], "a") as log:
        print("mounted", mountpoint, file=log)
"""


TENSORFLOW = """
class config:
    class optimizer:
        set_experimental_options = staticmethod(lambda options: None)

    list_physical_devices = staticmethod(lambda kind: [])

    class experimental:
        get_device_details = staticmethod(lambda device: {})

__version__ = "2.0"
"""
KERAS = """
class backend:
    backend = staticmethod(lambda: "tensorflow")

__version__ = "3.0"
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
        self.light = folder / "light"
        self.light.mkdir()
        (self.light / "tensorflow.py").write_text(TENSORFLOW)
        (self.light / "keras.py").write_text(KERAS)
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

    def setup(self, then="import utils; print(utils.__file__)", typed="", above="", **environment):
        """Run the set-up cell as IPython would, with a cell above and one below it; the Drive is the stand-in's.

        What is typed answers a question; nothing means that nobody is there.
        """
        notebook = nbformat.read(COURSE / "notebooks" / f"{NOTEBOOKS[0]}.ipynb", as_version=4)
        cell = next(cell.source for cell in notebook.cells if cell.cell_type == "code")
        cell = cell.replace("/content/drive", str(self.drive))
        cell = cell.replace("from course import setup", f"from course import setup; setup.DRIVE = {str(self.drive)!r}")
        script = self.folder / "cells.ipy" if above else self.folder / "cells.py"
        script.write_text(f"{above}\n{cell}\n{then}\n")
        path = os.pathsep.join([str(self.light), self.environment["PYTHONPATH"]])
        return subprocess.run(
            [sys.executable, *(["-m", "IPython", "--colors=NoColor"] if above else []), str(script)],
            cwd=self.folder,
            env=self.environment | {"PYTHONPATH": path} | environment,
            input=typed,
            capture_output=True,
            text=True,
            timeout=120,
        )


@pytest.fixture
def colab(tmp_path, repository):
    return Colab(tmp_path, repository)


@pytest.mark.weekly
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
    assert "You are on a CPU runtime" in str([cell.get("outputs") for cell in notebook.cells])
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


@pytest.mark.parametrize("place", ["MyDrive", "MyDrive/Colab Notebooks"])
def test_a_course_folder_uploaded_to_drive_is_found_and_nothing_cloned(colab, place):
    course = colab.drive / place / "the course"
    shutil.copytree(COURSE / "course", course / "course", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(COURSE / "utils.py", course)
    shutil.copy(COURSE / "requirements.txt", course)
    result = colab.setup("import utils; print(utils.__file__, utils.output_dir().resolve())")
    assert result.stdout.splitlines()[-1:] == [f"{course / 'utils.py'} {course / 'output'}"], result.stderr
    assert colab.events("program") == []
    assert "Keep trainings" not in result.stdout, "they are on the Drive already"


WHERE = "import utils; print(utils.output_dir().resolve())"


def test_trainings_are_kept_on_drive_after_one_question(colab):
    kept = colab.drive / "MyDrive" / "generative-models-output"
    first = colab.setup(WHERE, typed="y\n")
    assert first.stdout.splitlines()[-1:] == [str(kept)], first.stderr
    assert "Colab deletes this machine" in first.stdout and f"Trainings are kept in {kept}" in first.stdout
    again = colab.setup(WHERE)
    assert again.stdout.splitlines()[-1:] == [str(kept)], again.stderr
    assert "Keep trainings" not in again.stdout, "asked once on a machine"
    assert colab.events("mounted") == 2 * [str(colab.drive)]


@pytest.mark.parametrize("typed", ["\n", "no\n", ""], ids=["enter", "no", "nobody is there"])
def test_without_a_yes_trainings_stay_on_the_machine(colab, typed):
    for answer in typed, "y\n":
        result = colab.setup(WHERE, typed=answer)
        assert result.stdout.splitlines()[-1:] == [str(colab.folder / "generative-models" / "output")], result.stderr
    assert colab.events("mounted") == []


def test_a_drive_that_is_refused_gets_one_sentence(colab):
    result = colab.setup(WHERE, typed="y\n", REFUSED="1")
    assert result.returncode != 0
    said = result.stderr.splitlines()[-1]
    assert said.startswith("RuntimeError: COURSE_OUTPUT is on your Drive, which was not mounted (mount failed): run")
    assert said.endswith("%env COURSE_OUTPUT=output")


def test_settings_can_be_given_in_a_cell(colab):
    above = '%env COURSE_OUTPUT="my trainings"\n%env COURSE_EPOCHS=2\n%env COURSE_EPOCH=3'
    result = colab.setup("import utils; print(utils.output_dir().name, utils.epochs(5))", above=above)
    assert result.stdout.splitlines()[-1:] == ["my trainings 2"], result.stderr
    assert "Not a setting, and ignored: COURSE_EPOCH." in result.stdout
    assert "Keep trainings" not in result.stdout, "said already"


def test_a_cpu_runtime_is_told_with_the_mend(colab):
    assert "For notebook 3 choose a GPU: Runtime, Change runtime type" in colab.setup().stdout
    kaggle = colab.setup("", KAGGLE_KERNEL_RUN_TYPE="Interactive", PYTHONPATH=str(colab.light))  # no google.colab
    assert "For notebook 3 choose a GPU: Settings, Accelerator" in kaggle.stdout, kaggle.stderr
    elsewhere = colab.setup("", PYTHONPATH=str(colab.light))
    assert "Device: CPU" in elsewhere.stdout and "runtime" not in elsewhere.stdout


def test_only_a_package_that_is_missing_is_installed(colab):
    above = "# cells.ipy"
    changed = "import pathlib\nfrom course import setup\nsetup.REQUIREMENTS = pathlib.Path('wanted.txt').resolve()\n"
    again = changed + "setup.start(pathlib.Path.cwd())"
    colab.setup("")  # brings the course
    (colab.folder / "generative-models" / "wanted.txt").write_text("numpy>=1.26\nno-such-package>=1,<2\n")
    result = colab.setup(again, above=above, PIP_NO_INDEX="1")
    assert "pip could not install no-such-package>=1,<2" in result.stdout + result.stderr
    asked = [program for program in colab.events("program") if " pip install " in program]
    assert len(asked) == 1 and asked[0].endswith("--disable-pip-version-check no-such-package>=1,<2")
