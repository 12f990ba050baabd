"""The course's public address: `make publish` stamps it, and badges, setup cells and README agree on it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys

import nbformat
import pytest
from course import COURSE, NOTEBOOKS, read

ADDRESS = re.compile(r"colab\.research\.google\.com/github/([\w.-]+/[\w.-]+)/blob/([\w./-]+)/notebooks/(\w+)\.ipynb")


def first_code(notebook):
    return next(cell.source for cell in notebook.cells if cell.cell_type == "code")


def default_of(variable, setup):
    """What the setup cell takes for a variable that the environment does not set; "" if it reads none."""
    found = re.search(rf'os\.environ\.get\(\s*"{variable}",\s*"([^"]*)"', setup)
    return found.group(1) if found else ""


def places(notebooks, readme):
    """(place, repository, branch, notebook named in a badge or None) for every place that holds an address."""
    found = []
    for name, notebook in notebooks.items():
        for repo, branch, target in ADDRESS.findall(notebook.cells[0].source):
            found.append((f"badge of {name}", repo, branch, target))
        if address := default_of("COURSE_REPO", first_code(notebook)):
            repo = address.removeprefix("https://github.com/")
            found.append((f"setup of {name}", repo, default_of("COURSE_BRANCH", first_code(notebook)), None))
    found += [("README", *address) for address in ADDRESS.findall(readme)]
    return found


def publish(course, *arguments):
    command = [sys.executable, COURSE / "tools/publish.py", *arguments, "--course", course]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.fixture
def copy(tmp_path):
    """A copy of what is stamped."""
    shutil.copytree(COURSE / "solutions", tmp_path / "solutions", ignore=shutil.ignore_patterns(".*"))
    shutil.copy(COURSE / "README.md", tmp_path)
    return tmp_path


def read_copy(copy):
    paths = sorted((copy / "solutions").glob("*.ipynb"))
    notebooks = {path.stem: nbformat.read(path, as_version=4) for path in paths}
    return notebooks, (copy / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", ["solutions", "notebooks"])
def test_the_course_names_one_address_everywhere_or_nowhere(folder):
    notebooks = {name: read(name, folder) for name in NOTEBOOKS}
    found = places(notebooks, (COURSE / "README.md").read_text(encoding="utf-8"))
    assert len(found) in (0, 3 * len(NOTEBOOKS)), f"some places lack the address; run  make publish: {found}"
    assert len({repo for _, repo, _, _ in found}) <= 1, f"several addresses; run  make publish: {found}"
    assert len({branch for _, _, branch, _ in found if branch}) <= 1, f"several branches; run  make publish: {found}"


def test_publish_stamps_every_place_and_a_second_time_replaces_the_first(copy):
    for repo, branch in [("someone/first", "main"), ("a-very-long-name-of-a-school/generative.models", "autumn/2")]:
        assert publish(copy, repo, "--branch", branch).returncode == 0
        notebooks, readme = read_copy(copy)
        found = places(notebooks, readme)
        assert {place[1] for place in found} == {repo}
        assert {place[2] for place in found if place[0] != "setup"} >= {branch}
        badges = [place for place in found if place[3]]
        assert sorted(target for *_, target in badges) == sorted(2 * NOTEBOOKS)
        for where, _, _, target in badges:
            assert where in ("README", f"badge of {target}")
        assert all(default_of("COURSE_REPO", first_code(notebook)) for notebook in notebooks.values())
    assert "first" not in "".join(place[1] for place in found)


def test_publish_touches_nothing_else(copy):
    before, readme_before = read_copy(copy)
    publish(copy, "nobody/elsewhere", "--branch", "none")
    after, readme_after = read_copy(copy)
    for name in NOTEBOOKS:
        assert after[name].cells[0].source.startswith(before[name].cells[0].source.partition("\n")[0])
        first = next(index for index, cell in enumerate(before[name].cells) if cell.cell_type == "code")
        changed = [
            i for i, (old, new) in enumerate(zip(before[name].cells, after[name].cells, strict=True)) if old != new
        ]
        assert changed == [0, first]
    assert [line for line in readme_after.splitlines() if "colab.research" not in line] == [
        line for line in readme_before.splitlines() if "](notebooks/" not in line or not line.startswith("| [")
    ]


@pytest.mark.parametrize("address", ["course", "https://github.com/someone/course", "someone/course/main", 'a/"b'])
def test_publish_refuses_what_is_no_address(copy, address):
    before = read_copy(copy)
    result = publish(copy, address)
    assert result.returncode != 0
    assert "owner/name" in result.stderr
    assert read_copy(copy) == before


def test_publish_refuses_a_notebook_without_setup_cell(copy):
    path = copy / "solutions" / f"{NOTEBOOKS[-1]}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    next(cell for cell in notebook.cells if cell.cell_type == "code").source = "print()"
    nbformat.write(notebook, path)
    before = read_copy(copy)
    result = publish(copy, "someone/course")
    assert result.returncode != 0
    assert NOTEBOOKS[-1] in result.stderr and "Traceback" not in result.stderr
    assert read_copy(copy) == before, "all or nothing"
