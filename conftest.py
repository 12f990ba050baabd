"""Settings of all tests: a little of the bundled data, one epoch, and learners' tasks that may still be unsolved."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest


def small_sample() -> Path:
    """A data folder with the bundled headlines and the first 40 pictures of each fruit, until the tests end."""
    sample = Path(__file__).resolve().parent / "data" / "sample"
    small = Path(tempfile.mkdtemp(prefix="course-data-"))
    atexit.register(shutil.rmtree, small, ignore_errors=True)
    shutil.copy(sample / "articles.csv", small)
    for folder in sample.glob("*/*_set/*"):
        target = small / folder.relative_to(sample)
        target.mkdir(parents=True)
        for picture in sorted(folder.iterdir())[:40]:
            shutil.copy2(picture, target)
    return small


# Notebooks and utils read these in every process that a test starts.
os.environ["COURSE_DATA"] = str(small_sample())
os.environ["COURSE_EPOCHS"] = "1"
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """In notebooks/, a cell tagged "task" may raise NotImplementedError: that is the learner's work still to do."""
    report = yield
    cell = getattr(item, "cell", None)
    if call.excinfo is None or cell is None or item.path.parent.name != "notebooks":
        return
    error = getattr(call.excinfo.value, "inner_traceback", None) or ""
    if "task" in cell.metadata.get("tags", []) and "NotImplementedError" in error.strip().splitlines()[-1]:
        result = report.get_result()
        result.outcome = "skipped"
        result.longrepr = (str(item.path), 0, "Skipped: a task that the learner has still to solve")
