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
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")  # `make test` runs two processes on two cores


def may_be_skipped(reason: str) -> bool:
    """Whether a skip is allowed where CI is set: what the chapter's own data or another system would be needed for."""
    return any(words in reason for words in ("COURSE_REAL_DATA", "not on Windows", "still to solve"))


def fail_a_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Where CI is set, a missing browser, nbgrader or sphinx fails."""
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if not may_be_skipped(reason):
            report.outcome, report.longrepr = "failed", f"Nothing may be skipped in CI. {reason}"


@pytest.hookimpl(hookwrapper=True)
def pytest_make_collect_report(collector):
    """A whole file that is skipped counts like its tests."""
    outcome = yield
    fail_a_skip(outcome.get_result())


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """In notebooks/, a task may raise NotImplementedError: that is the learner's work still to do."""
    report = (yield).get_result()
    cell = getattr(item, "cell", None)
    if call.excinfo is not None and cell is not None and item.path.parent.name == "notebooks":
        error = getattr(call.excinfo.value, "inner_traceback", None) or ""
        task = {"task", "check"} & set(cell.metadata.get("tags", []))
        if task and "NotImplementedError" in error.strip().splitlines()[-1]:
            report.outcome = "skipped"
            report.longrepr = (str(item.path), 0, "Skipped: a task that the learner has still to solve")
    fail_a_skip(report)
