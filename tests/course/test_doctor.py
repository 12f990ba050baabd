"""course/doctor.py: what is fine is named, what is wrong comes with its mend, and nothing else is needed to ask."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import namedtuple

import pytest

from course import doctor, setup
from tests.common import COURSE


@pytest.fixture(autouse=True)
def plain(monkeypatch):
    """No setting of this machine."""
    for name in ("COURSE_DATA", "COURSE_EPOCHS", "KERAS_BACKEND", "CUDA_VISIBLE_DEVICES", "COLAB_RELEASE_TAG"):
        monkeypatch.delenv(name, raising=False)


def trouble(name: str) -> str:
    with pytest.raises(doctor.Trouble) as caught:
        doctor.LOOKS[name]()
    return str(caught.value)


def test_ten_lines_and_a_verdict(capsys, monkeypatch):
    monkeypatch.setattr(setup, "missing", lambda: ["tqdm>=4.66,<5"])
    monkeypatch.setitem(doctor.LOOKS, "git", lambda: 1 / 0)
    assert not doctor.examine()
    *lines, verdict = capsys.readouterr().out.splitlines()
    assert len(lines) == len(doctor.LOOKS) == 10 and verdict.startswith("Do what the lines marked TO DO say")
    assert any(line.startswith("TO DO    packages: missing are tqdm; `make lab`") for line in lines)
    assert lines[-1] == "UNCLEAR  git: division by zero"


def test_it_runs_without_any_package(tmp_path):
    """As `make doctor` does before anything is set up."""
    command = [sys.executable, "-S", "-E", "-c", "from course import doctor; doctor.examine()"]
    result = subprocess.run(command, cwd=COURSE, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr
    assert "TO DO    packages: missing are tensorflow, keras, numpy" in result.stdout
    assert "TO DO    kernel: Jupyter is not installed" in result.stdout


def test_it_does_not_load_tensorflow():
    script = "import sys; from course import doctor; doctor.examine(); print({'tensorflow'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", script], cwd=COURSE, capture_output=True, text=True, check=True)
    assert result.stdout.endswith("set()\n")


def test_another_python(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 18))
    assert "This is Python 3.9, and the course needs 3.10 to 3.13: choose another" in trouble("Python")


def test_without_a_venv_the_readme_says_how_to_make_one(tmp_path, monkeypatch):
    """A hand-out has no Makefile, and Windows no make."""
    monkeypatch.setattr(doctor, "COURSE", tmp_path)
    assert doctor.look_at_python().endswith("; no .venv yet: set it up as the README says")


def test_untried_versions(tmp_path, monkeypatch):
    monkeypatch.setattr(setup, "REQUIREMENTS", tmp_path / "requirements.txt")
    setup.REQUIREMENTS.write_text("# what a learner needs\nnumpy<1\n")
    assert "numpy" in trouble("packages") and "(wanted <1)" in trouble("packages")


def test_a_kernel_whose_python_has_gone(tmp_path, monkeypatch):
    kernel = tmp_path / "kernels" / "python3"
    kernel.mkdir(parents=True)
    (kernel / "kernel.json").write_text(json.dumps({"argv": ["/opt/gone/python3.8"], "display_name": "Python 3"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    monkeypatch.setattr("jupyter_client.kernelspec.KernelSpecManager.ensure_native_kernel", False)
    assert trouble("kernel").endswith(f"asks for /opt/gone/python3.8, which is gone: delete the folder {kernel}")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("COURSE_EPOCH", "3", "unknown setting COURSE_EPOCH"),
        ("COURSE_EPOCHS", "few", "COURSE_EPOCHS is 'few'"),
        ("KERAS_BACKEND", "torch", "KERAS_BACKEND is set to 'torch'"),
    ],
)
def test_settings_that_mean_nothing(monkeypatch, name, value, sentence):
    monkeypatch.setenv(name, value)
    assert sentence in trouble("settings")


def test_data_that_is_not_there(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "nowhere"))
    assert "there is no folder" in trouble("data")
    folder = tmp_path / "apple-or-tomato" / "training_set" / "tomato"
    folder.mkdir(parents=True)
    for number in range(12):
        (folder / f"{number}.jpg").touch()
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    for name in ("articles", "articles.csv"):  # folders
        (tmp_path / name).mkdir()
    for name in ("articles.xlsx", "articles.zip", ".articles.csv"):
        (tmp_path / name).touch()
    assert "lacks headlines for lesson 1 (articles.csv) and pictures for lesson 3 (*/training_set/banana/)" in trouble(
        "data"
    )
    (tmp_path / "Articles 2.TSV").touch()
    assert "lacks pictures for lesson 3 (*/training_set/banana/)" in trouble("data")


def test_disk_and_memory(monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: namedtuple("usage", "free")(2e8))
    assert "0.2 GB are free, 1 are needed: delete something" in trouble("disk")
    monkeypatch.setattr(doctor.os, "access", lambda *arguments: False)
    assert "cannot be written" in trouble("disk")
    monkeypatch.setattr(doctor, "memory", lambda: 2e9)
    assert "2.0 GB, and 4 GB in all are needed" in trouble("memory")
    monkeypatch.setattr(doctor, "memory", lambda: None)
    assert "4 GB in all are needed" in doctor.look_at_memory()


def test_the_folder_for_trainings_is_looked_at(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_OUTPUT", str(tmp_path / "not made yet" / "trainings"))
    monkeypatch.setattr(doctor.os, "access", lambda path, mode: path != tmp_path)
    assert trouble("disk").startswith(f"{tmp_path} cannot be written")


def test_memory_is_told_on_this_machine():
    assert 1e8 < doctor.memory() < 1e14


@pytest.mark.parametrize(
    ("listed", "code", "variables", "system", "sentence"),
    [
        ("", 9, {}, "Linux", "names no GPU: update or reload the driver"),
        ("GPU 0: NVIDIA T4 (UUID: x)\n", 0, {"CUDA_VISIBLE_DEVICES": "-1"}, "Linux", "CUDA_VISIBLE_DEVICES hides it"),
        ("GPU 0: NVIDIA T4 (UUID: x)\n", 0, {}, "Windows", "set the course up in WSL2"),
        ("GPU 0: NVIDIA T4 (UUID: x)\n", 0, {}, "Linux", "NVIDIA T4, but CUDA's libraries are missing"),
    ],
)
def test_a_gpu_that_tensorflow_would_not_use(monkeypatch, listed, code, variables, system, sentence):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}")
    monkeypatch.setattr(doctor.platform, "system", lambda: system)
    monkeypatch.setattr(doctor.metadata, "distributions", lambda: [])
    finished = subprocess.CompletedProcess([], code, stdout=listed)
    monkeypatch.setattr(subprocess, "run", lambda *arguments, **options: finished)
    assert sentence in trouble("GPU")
