"""Where CI is set nothing is skipped silently."""

import os
import re
import subprocess
import sys

import pytest

from tests.common import COURSE

FILE = """
import pytest

def test_without_a_browser():
    pytest.skip("no browser is installed")

def test_real_data():
    pytest.skip("the chapter's own data is not here (COURSE_REAL_DATA names its folder)")

def test_plain():
    pass
"""
WHOLE = 'import pytest\npytest.importorskip("no_such_package")\n'


@pytest.mark.slow
@pytest.mark.parametrize(("ci", "failed", "skipped"), [("true", 2, 1), ("", 0, 3)])
def test_a_skip_fails_in_ci_and_only_there(tmp_path, ci, failed, skipped):
    (tmp_path / "test_one.py").write_text(FILE)
    (tmp_path / "test_whole.py").write_text(WHOLE)
    command = [sys.executable, "-m", "pytest", "-p", "conftest", "-p", "no:nbval", "-p", "no:cacheprovider"]
    command += ["-o", "addopts=", "--continue-on-collection-errors", "--rootdir", str(tmp_path), str(tmp_path)]
    environment = {**os.environ, "CI": ci, "PYTHONPATH": str(COURSE)}
    result = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    closing = result.stdout.splitlines()[-1]
    counts = {word.rstrip("s"): int(number) for number, word in re.findall(r"(\d+) (\w+)", closing.split(" in ")[0])}
    assert counts.get("failed", 0) + counts.get("error", 0) == failed, result.stdout
    assert counts.get("skipped", 0) == skipped
    assert (result.returncode != 0) == bool(failed)
