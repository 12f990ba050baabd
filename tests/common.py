"""Where things are, for the tests."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest

COURSE = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted(path.stem for path in (COURSE / "solutions").glob("0*.py"))
# The chapter's own data, where somebody has it: the folder that `make data` fills, or a copy of it.
REAL_DATA = Path(os.environ["COURSE_REAL_DATA"]) if os.environ.get("COURSE_REAL_DATA") else None
needs_real_data = pytest.mark.skipif(
    REAL_DATA is None, reason="the chapter's own data is not here (COURSE_REAL_DATA names its folder)"
)


def read(name: str, folder: str = "solutions") -> nbformat.NotebookNode:
    """A notebook of the course, solved or as learners open it ("notebooks")."""
    return nbformat.read(COURSE / folder / f"{name}.ipynb", as_version=4)


def tomatoes(root: Path) -> Path:
    """Where a data folder has its tomatoes for training."""
    return root / "apple-or-tomato" / "training_set" / "tomato"


def is_task(cell: nbformat.NotebookNode) -> bool:
    """Whether a cell belongs to the learner's part of a notebook."""
    return bool({"task", "check"} & {*cell.metadata.get("tags", [])})
