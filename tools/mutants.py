"""Change the course so that it teaches or computes the wrong thing, and see that a test notices.

    python -m tools.mutants [WORD ...]      all changes of tests/mutants.py, or those whose name holds one of the words

Each change is made in a copy of the course; the test named beside it has to fail there, by what it asserts. A crash
counts only where the list says that a crash is what a learner would meet; so does an endless loop. A change whose text
no longer occurs exactly once is an error, not a pass. "noticed N of N" at the end; exit status 1 if one survived.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

COURSE = Path(__file__).resolve().parent.parent
NOT_COPIED = (".git", ".venv", "output", "__pycache__", ".*_cache", "cache", "book", "*.gif", ".nox")
SECONDS = 600  # for a change's tests
ALL_SECONDS = 3600  # for the tests of all changes, before the first


@dataclass(frozen=True)
class Mutant:
    """A change and the test that has to notice it.

    Attributes:
        name: what is wrong after it.
        file: where, relative to the course.
        old: text that occurs exactly once there.
        new: what takes its place.
        test: pytest's name of the test, or several with spaces between them.
        crash: whether another exception than a failed assertion counts, too.
    """

    name: str
    file: str
    old: str
    new: str
    test: str
    crash: bool = False


def apply(mutant: Mutant, course: Path) -> str:
    """Make a change in a copy of the course; the file's text before it.

    Raises:
        ValueError: if the text to replace does not occur exactly once.
    """
    path = course / mutant.file
    text = path.read_text(encoding="utf-8")
    count = text.count(mutant.old)
    if count != 1:
        raise ValueError(f"{mutant.name}: its text occurs {count} times in {mutant.file}: {mutant.old!r}")
    path.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
    return text


def outcome(tests: str, course: Path, seconds: int = SECONDS) -> tuple[str, str]:
    """Run tests in a copy of the course: "passed", "failed" by what they assert, or "crashed"; and what pytest said."""
    command = [sys.executable, "-m", "pytest", *tests.split(), "-x", "--tb=short", "-p", "no:cacheprovider"]
    environment = {key: value for key, value in os.environ.items() if key not in ("COURSE_DATA", "COURSE_EPOCHS")}
    try:
        result = subprocess.run(command, cwd=course, env=environment, capture_output=True, text=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        return "crashed", f"stopped after {seconds} seconds"
    if result.returncode == 0:
        return "passed", result.stdout
    raised = re.findall(r"^E\s+([\w.]*(?:Error|Exception|Failed|assert)\b)", result.stdout, re.MULTILINE)
    asserted = raised and raised[0].split(".")[-1] in ("AssertionError", "Failed", "assert")
    return ("failed" if result.returncode == 1 and asserted else "crashed"), result.stdout + result.stderr


def try_all(mutants: list[Mutant], jobs: int) -> list[Mutant]:
    """Try changes, several at a time; those that nobody noticed."""
    survivors, local = [], threading.local()
    with tempfile.TemporaryDirectory(prefix="mutants-") as temporary:

        def one(mutant: Mutant) -> tuple[Mutant, str, float]:
            if not hasattr(local, "course"):
                local.course = Path(tempfile.mkdtemp(dir=temporary)) / "course"
                shutil.copytree(COURSE, local.course, ignore=shutil.ignore_patterns(*NOT_COPIED))
            start = time.monotonic()
            before = apply(mutant, local.course)
            try:
                result, _ = outcome(mutant.test, local.course)
            finally:
                (local.course / mutant.file).write_text(before, encoding="utf-8")
            return mutant, result, time.monotonic() - start

        with ThreadPoolExecutor(jobs) as pool:
            for mutant, result, seconds in pool.map(one, mutants):
                noticed = result == "failed" or (mutant.crash and result == "crashed")
                print(f"{'noticed' if noticed else 'SURVIVES':9} {seconds:4.0f} s  {mutant.name}", flush=True)
                if not noticed:
                    print(f"{'':17}{mutant.test} {result}")
                    survivors.append(mutant)
    return survivors


def main() -> int:
    """Try what the command line says; 0 if all is noticed and the tests pass unchanged."""
    from tests.mutants import MUTANTS

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="*", metavar="WORD")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    chosen = [one for one in MUTANTS if not options.words or any(word in one.name for word in options.words)]
    tests = " ".join(sorted({test for one in chosen for test in one.test.split()}))
    unchanged, said = outcome(tests, COURSE, ALL_SECONDS)
    if unchanged != "passed":
        parser.exit(1, f"{said}\nThese tests have to pass on the unchanged course first.\n")
    try:
        survivors = try_all(chosen, options.jobs)
    except ValueError as error:
        parser.exit(1, f"{error}\n")
    print(f"noticed {len(chosen) - len(survivors)} of {len(chosen)}")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
