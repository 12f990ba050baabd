"""The course's public address: `make publish` stamps it, and badges, set-up cells and README agree on it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys

import pytest

from tests.common import COURSE, NOTEBOOKS

BADGE = r"(?:colab\.research\.google\.com/github|kaggle\.com/kernels/welcome\?src=https://github\.com)"
ADDRESS = re.compile(BADGE + r"/([\w.-]+/[\w.-]+)/blob/([\w./-]+)/notebooks/(\w+)\.ipynb")
PLACES = 5 * len(NOTEBOOKS)  # two badges in the README, two in each notebook, a set-up cell


def places(course):
    """(place, repository, branch, notebook named in a badge or None) for every place that holds an address."""
    found = [("README", *address) for address in ADDRESS.findall((course / "README.md").read_text(encoding="utf-8"))]
    for name in NOTEBOOKS:
        text = (course / "solutions" / f"{name}.py").read_text(encoding="utf-8")
        found += [(f"badge of {name}", *address) for address in ADDRESS.findall(text)]
        values = re.findall(r'os\.environ\.get\("COURSE_(?:REPO|BRANCH)", "([^"]*)"', text)
        if values[0]:
            found.append((f"setup of {name}", *values, None))
    return found


def publish(course, *arguments):
    command = [sys.executable, "-m", "tools.publish", *arguments, "--course", str(course)]
    return subprocess.run(command, cwd=COURSE, capture_output=True, text=True)


@pytest.fixture
def copy(tmp_path):
    """A copy of what is stamped."""
    (tmp_path / "solutions").mkdir()
    for name in NOTEBOOKS:
        shutil.copy(COURSE / "solutions" / f"{name}.py", tmp_path / "solutions")
    shutil.copy(COURSE / "README.md", tmp_path)
    shutil.copy(COURSE / "CITATION.cff", tmp_path)
    return tmp_path


def texts(copy):
    return {path.name: path.read_text(encoding="utf-8") for path in copy.rglob("*.*") if path.is_file()}


def test_the_course_names_one_address_everywhere_or_nowhere():
    found = places(COURSE)
    assert len(found) in (0, PLACES), f"some places lack the address; run  make publish: {found}"
    assert len({repo for _, repo, _, _ in found}) <= 1, f"several addresses; run  make publish: {found}"
    assert len({branch for _, _, branch, _ in found}) <= 1, f"several branches; run  make publish: {found}"


@pytest.mark.slow
def test_publish_stamps_every_place_and_a_second_time_replaces_the_first(copy):
    for repo, branch in [("someone/first", "main"), ("a-very-long-name-of-a-school/generative.models", "autumn/2")]:
        result = publish(copy, repo, "--branch", branch)
        assert result.returncode == 0, result.stderr
        found = places(copy)
        assert len(found) == PLACES
        assert {place[1] for place in found} == {repo}
        assert {place[2] for place in found} == {branch}
        badges = [place for place in found if place[3]]
        assert sorted(target for *_, target in badges) == sorted(4 * NOTEBOOKS)
        for where, _, _, target in badges:
            assert where in ("README", f"badge of {target}")
        text = (copy / "README.md").read_text(encoding="utf-8")
        assert f"git clone --depth 1 https://github.com/{repo} generative-models" in text
        assert text.count("/actions/workflows/checks.yml)") == 1 and text.count(".github.io/") == 1
        cited = (copy / "CITATION.cff").read_text(encoding="utf-8")
        assert cited.endswith(f'\nrepository-code: "https://github.com/{repo}"\n')
        assert cited.count("repository-code") == 1
    before = texts(copy)
    publish(copy, repo, "--branch", branch)
    assert texts(copy) == before, "a third time changes nothing"


@pytest.mark.slow
def test_publish_touches_nothing_else(copy):
    before = texts(copy)
    publish(copy, "nobody/elsewhere", "--branch", "none")
    for name, text in texts(copy).items():
        old, new = before[name].splitlines(), text.splitlines()
        other = [line for line in new if line not in old]
        # badges, repository, branch; one address; or the lines of a table, links, git clone
        limit = {".py": 3, ".cff": 1, ".md": len(NOTEBOOKS) + 2}[name[name.rindex(".") :]]
        assert 0 < len(other) <= limit, other
        assert all("elsewhere" in line or "none" in line for line in other)


@pytest.mark.slow
@pytest.mark.parametrize(
    "address", ["course", "https://github.com/someone/course", "someone/course/main", 'a/"b', "me/fork.git"]
)
def test_publish_refuses_what_is_no_address(copy, address):
    before = texts(copy)
    result = publish(copy, address)
    assert result.returncode != 0
    assert "owner/name" in result.stderr
    assert texts(copy) == before


@pytest.mark.slow
def test_publish_refuses_a_lesson_without_set_up_cell(copy):
    path = copy / "solutions" / f"{NOTEBOOKS[-1]}.py"
    path.write_text(path.read_text(encoding="utf-8").replace("COURSE_REPO", "OTHER"), encoding="utf-8")
    before = texts(copy)
    result = publish(copy, "someone/course")
    assert result.returncode != 0
    assert NOTEBOOKS[-1] in result.stderr and "Traceback" not in result.stderr
    assert texts(copy) == before, "all or nothing"
