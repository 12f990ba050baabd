"""The set-up cell and course/setup.py: the course is found or fetched, and what is wrong gets one sentence."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from course import setup
from tests.common import COURSE, NOTEBOOKS

SECONDS = 120


def cell():
    """The text of the set-up cell, without the import of TensorFlow that its last line asks for."""
    text = (COURSE / "solutions" / f"{NOTEBOOKS[0]}.py").read_text(encoding="utf-8")
    source = next(part for part in text.split("# %%") if 'tags=["setup"]' in part).partition("\n")[2]
    assert source.rstrip().endswith("setup.start(here)")
    return source.rstrip().removesuffix("setup.start(here)")


def run(folder, then="print(setup.COURSE)", before="", **environment):
    """The set-up cell as a script in a folder."""
    return subprocess.run(
        [sys.executable, "-c", f"{before}\n{cell()}\n{then}"],
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", os.devnull),
            **{name: os.environ[name] for name in ("SYSTEMROOT", "TEMP") if name in os.environ},  # Windows needs them
            "GIT_CONFIG_GLOBAL": os.devnull,
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )


def last(result):
    """The last line that a script printed."""
    return (result.stdout.splitlines() or [""])[-1]


def sentence(result):
    """The sentence that a script ended with."""
    assert result.returncode != 0
    return result.stderr.strip().splitlines()[-1]


def small_course(folder):
    """What the set-up cell needs of a course."""
    folder.mkdir(parents=True)
    shutil.copytree(COURSE / "course", folder / "course", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(COURSE / "utils.py", folder)
    shutil.copy(COURSE / "requirements.txt", folder)
    return folder


# ---------------------------------------------------------------- finding it


@pytest.mark.parametrize("start", [".", "notebooks", "data/sample"])
def test_the_course_is_found_from_inside(start):
    assert last(run(COURSE / start)) == str(COURSE)


def test_a_course_folder_inside_with_spaces_in_its_name_is_found(tmp_path):
    course = small_course(tmp_path / "my course")
    assert last(run(tmp_path)) == str(course)


def test_another_course_is_not_taken_for_this_one(tmp_path):
    """Folders with utils.py and solutions/ are what courses are made of."""
    other = tmp_path / "other"
    (other / "solutions").mkdir(parents=True)
    (other / "course").mkdir()
    (other / "utils.py").write_text("raise SystemExit('the wrong utils')\n")
    course = small_course(tmp_path / "zz ours")
    assert last(run(tmp_path, "import utils; print(utils.COURSE)")) == str(course)
    assert "COURSE_REPO" in sentence(run(other))


@pytest.mark.parametrize(
    ("start", "said"),
    [
        ("my course", None),
        ("my course/notebooks", None),
        (".", "The course was found in my course"),
        ("my course/notebooks/deep/er", "The course was found in ../../.."),
    ],
)
def test_it_says_so_when_the_course_is_elsewhere(tmp_path, start, said, monkeypatch, capsys):
    course = tmp_path / "my course"
    (tmp_path / start).mkdir(parents=True, exist_ok=True)
    monkeypatch.setattr(setup, "COURSE", course)
    setup.say_where(tmp_path / start)
    assert capsys.readouterr().out.strip().replace(os.sep, "/") == (said or "")


@pytest.mark.parametrize("variable", ["JPY_SESSION_NAME", "__vsc_ipynb_file__"])
def test_jupyter_and_vs_code_started_elsewhere_tell_where_the_notebook_lies(tmp_path, variable):
    path = str(COURSE / "notebooks" / f"{NOTEBOOKS[0]}.ipynb")
    if variable == "JPY_SESSION_NAME":
        result = run(tmp_path, JPY_SESSION_NAME=path)
    else:
        result = run(tmp_path, before=f"{variable} = {path!r}")
    assert last(result) == str(COURSE), result.stderr


# ---------------------------------------------------------------- fetching it


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """A repository with a small course; its branch "autumn" has one more file."""
    source = small_course(tmp_path_factory.mktemp("public") / "the course")
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org"]
    commands = [["init", "--quiet", "--initial-branch=main"], ["add", "."], ["commit", "--quiet", "-m", "one"]]
    for command in [*commands, ["switch", "--quiet", "-c", "autumn"]]:
        subprocess.run([*git, *command], cwd=source, check=True)
    (source / "autumn.txt").touch()
    for command in (["add", "."], ["commit", "--quiet", "-m", "two"], ["switch", "--quiet", "main"]):
        subprocess.run([*git, *command], cwd=source, check=True)
    return source.as_uri()


def test_a_notebook_alone_fetches_the_course_once(tmp_path, repository):
    for _ in "first run", "second run":
        result = run(tmp_path, COURSE_REPO=repository)
        assert last(result) == str(tmp_path / "generative-models"), result.stderr
    marks = list((tmp_path / "generative-models" / ".git").glob("FETCH_HEAD"))
    assert marks == [], "cloned, and not touched again"


def test_the_published_branch_is_fetched(tmp_path, repository):
    assert last(run(tmp_path, "print(os.path.exists('autumn.txt'))", COURSE_REPO=repository)) == "False"
    shutil.rmtree(tmp_path / "generative-models")
    result = run(tmp_path, "print(os.path.exists('autumn.txt'))", COURSE_REPO=repository, COURSE_BRANCH="autumn")
    assert last(result) == "True", result.stderr


@pytest.mark.skipif(os.name == "nt", reason="not on Windows: its git is stood in for by a shell script")
def test_an_address_of_owner_and_name_means_github(tmp_path):
    fake = tmp_path / "bin"
    fake.mkdir()
    (fake / "git").write_text('#!/bin/sh\necho "asked: $* $GIT_TERMINAL_PROMPT" >&2\nexit 128\n')
    (fake / "git").chmod(0o755)
    said = sentence(run(tmp_path, COURSE_REPO="someone/course", PATH=str(fake)))
    assert "https://github.com/someone/course" in said and said.endswith("generative-models 0)")


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({}, ["%env COURSE_REPO=owner/name", "It has no public address yet"]),
        ({"COURSE_REPO": "file:///nowhere/at/all"}, ["nowhere", "does not"]),
        ({"COURSE_REPO": "someone/course", "PATH": ""}, ["git is not installed"]),
    ],
    ids=["no address", "a wrong address", "no git"],
)
def test_what_cannot_be_fetched_gets_one_sentence(tmp_path, environment, words):
    said = sentence(run(tmp_path, **environment))
    assert said.startswith("RuntimeError: Open this notebook inside the course's folder")
    assert all(word in said for word in words), said
    assert list(tmp_path.iterdir()) == [], "nothing is left half-fetched"


# ---------------------------------------------------------------- what setup.start checks


@pytest.mark.parametrize("version", [(3, 9), (3, 14), (2, 7)])
def test_another_python_is_refused(version):
    with pytest.raises(RuntimeError, match=f"This is Python {version[0]}.{version[1]}, and the course needs 3.10 to"):
        setup.check_python(version)


@pytest.mark.parametrize("version", [(3, 10), (3, 13)])
def test_this_python_is_taken(version):
    setup.check_python(version)


def test_the_setup_module_can_be_read_by_an_old_python():
    """So that the sentence on the version comes, and no SyntaxError."""
    import ast

    ast.parse((COURSE / "course" / "setup.py").read_text(encoding="utf-8"), feature_version=(3, 8))


def test_another_backend_is_refused_and_not_overwritten(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    with pytest.raises(RuntimeError, match="KERAS_BACKEND is set to 'jax'.* TensorFlow"):
        setup.check_backend()
    assert os.environ["KERAS_BACKEND"] == "jax"
    monkeypatch.delenv("KERAS_BACKEND")
    setup.check_backend()
    assert os.environ["KERAS_BACKEND"] == "tensorflow"


def test_only_what_is_missing_is_installed(monkeypatch, tmp_path):
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("# a comment\nnumpy>=1.26,<3\nno-such-package>=1,<2\njupyter>=1\n")
    monkeypatch.setattr(setup, "REQUIREMENTS", requirements)
    assert setup.missing() == ["no-such-package>=1,<2"]
    asked = []
    monkeypatch.setattr(setup.subprocess, "run", lambda command, **_: asked.append(command) or done(0))
    setup.install(setup.missing())
    assert asked[0][-1] == "no-such-package>=1,<2" and "numpy" not in str(asked)
    asked.clear()
    setup.install([])
    assert asked == []


def done(code, stderr=""):
    return subprocess.CompletedProcess([], code, "", stderr)


def test_a_failing_pip_gets_one_sentence(monkeypatch):
    said = "WARNING: Retrying\nERROR: No matching distribution found for x\n"
    monkeypatch.setattr(setup.subprocess, "run", lambda command, **_: done(1, said))
    with pytest.raises(RuntimeError, match=r"could not install x .*No matching distribution.*check the network"):
        setup.install(["x"])


def test_a_python_that_belongs_to_the_system_gets_another_mend(monkeypatch):
    said = "error: externally-managed-environment\n\nThis environment is externally managed\n"
    monkeypatch.setattr(setup.subprocess, "run", lambda command, **_: done(1, said))
    with pytest.raises(RuntimeError, match="externally-managed.*virtual environment"):
        setup.install(["x"])


def test_an_environment_without_pip_gets_one_sentence(monkeypatch):
    monkeypatch.setattr(setup.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(RuntimeError, match="Missing here: x. This Python has no pip"):
        setup.install(["x"])


def test_all_that_a_notebook_needs_is_here():
    assert setup.missing() == []


@pytest.mark.slow
def test_the_whole_cell_starts_tensorflow_quietly():
    result = run(COURSE / "notebooks", "setup.start(here)")
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    lines = result.stdout.splitlines()
    assert lines[0].startswith("Python 3.") and "Keras 3" in lines[0] and lines[1].startswith("Device:")
    refused = run(COURSE / "notebooks", "setup.start(here)", KERAS_BACKEND="torch")
    assert "KERAS_BACKEND is set to 'torch'" in sentence(refused)
