"""What was measured, kept in benchmarks/results: a table, and beside it on what, when and by which code.

A table has a row for each measured value. Lessons and documents show figures from there.
"""

from __future__ import annotations

import datetime
import json
import subprocess
from importlib import metadata
from pathlib import Path

import pandas as pd

from course.setup import machine
from tools.lessons import COURSE

FOLDER = COURSE / "benchmarks" / "results"
WRITTEN = [
    "benchmarks/results",
    "benchmarks/RESULTS.md",
    "benchmarks/results.png",
    "benchmarks/rules.jpg",
]  # by the benchmarks themselves


def _code() -> dict[str, str | bool]:
    """The commit, and whether files differ from it."""

    def git(*arguments: str) -> str:
        result = subprocess.run(["git", *arguments], cwd=COURSE, check=True, capture_output=True, text=True)
        return result.stdout.strip()

    try:
        changed = git("status", "--porcelain", "--", ".", *(f":!{path}" for path in WRITTEN))
        return {"commit": git("rev-parse", "HEAD"), "dirty": bool(changed)}
    except (OSError, subprocess.CalledProcessError):
        return {"commit": "unknown: no git here"}


CODE = _code()  # now: files may change while a benchmark runs


def keep(name: str, table: pd.DataFrame, goes_on: bool = False, **settings: object) -> None:
    """Write NAME.csv and NAME.json.

    Args:
        name: without ending.
        table: a row for each measured value.
        goes_on: whether rows of the table that is there are in the new one, too; then a note says where they come from.
        settings: what else decides about the values, such as command, data and seeds; no path of this machine.
    """
    facts = {
        "machine": machine(),
        "packages": {package: metadata.version(package) for package in ("numpy", "pillow")},
        **CODE,
        "date": datetime.date.today().isoformat(),
        "settings": settings,
    }
    if goes_on and (FOLDER / f"{name}.json").exists():
        before = about(name)
        if before["commit"] != facts["commit"]:
            facts["note"] = f"part of it {origin(name)}"
        elif "note" in before:
            facts["note"] = before["note"]
    FOLDER.mkdir(exist_ok=True)
    table.to_csv(FOLDER / f"{name}.csv", index=False, float_format="%.6g", lineterminator="\n")
    text = json.dumps(facts, indent=1, ensure_ascii=False)
    (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8", newline="\n")


def about(name: str) -> dict:
    """Where, when and on what a table was measured.

    Raises:
        FileNotFoundError: if there is no such table, or no file beside it that says so.
        ValueError: if that file does not name machine, commit and date.
    """
    table, beside = (FOLDER / f"{name}.{ending}" for ending in ("csv", "json"))
    if not table.is_file():
        raise FileNotFoundError(f"There is no benchmarks/results/{name}.csv: measure it first, or correct the name.")
    if not beside.is_file():
        raise FileNotFoundError(
            f"benchmarks/results/{name}.csv has no {name}.json beside it, which says where it comes from: measure it "
            "again."
        )
    try:
        facts = json.loads(beside.read_text(encoding="utf-8"))
    except ValueError:
        facts = None
    known = facts if isinstance(facts, dict) else {}
    if missing := [key for key in ("machine", "commit", "date") if not known.get(key)]:
        raise ValueError(f"benchmarks/results/{name}.json does not say {', '.join(missing)}: measure it again.")
    return known


def read(name: str) -> pd.DataFrame:
    """A table whose origin is known; raises what `about` raises."""
    about(name)
    return pd.read_csv(FOLDER / f"{name}.csv")


def origin(name: str) -> str:
    """What `about` says, in one line."""
    facts = about(name)
    on = facts["machine"]
    gpu = "no GPU" if on["gpu"] == "none" else on["gpu"]
    changed = ", with changes" if facts.get("dirty") else ""
    parts = [
        f"{on['processor']}, {on['cores']} cores, {gpu}",
        f"Python {on['python']}, TensorFlow {on['tensorflow']}, Keras {on['keras']}",
        f"{facts['date']}, commit {facts['commit'][:7]}{changed}",
    ]
    return "; ".join([*parts, *([facts["note"]] if "note" in facts else [])])


def label(path: str | Path) -> str:
    """How a settings entry names data: by its place in the course, elsewhere only by its name."""
    path = Path(path).resolve()
    return path.relative_to(COURSE).as_posix() if path.is_relative_to(COURSE) else path.name
