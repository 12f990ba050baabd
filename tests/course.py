"""Where things are, for the tests, and the definitions of a notebook as a module."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))  # for scripts that tests start
from definitions import COURSE, definitions, read  # noqa: E402

__all__ = ["COURSE", "NOTEBOOKS", "REAL_DATA", "definitions", "needs_real_data", "read"]

NOTEBOOKS = ["01_lstm_headlines", "02_quadratic_gan", "03_fruit_gan"]
REAL_DATA = next(
    (root for root in (COURSE / "data/book", COURSE.parent / "shared/data/book") if (root / "articles.csv").is_file()),
    None,
)
needs_real_data = pytest.mark.skipif(REAL_DATA is None, reason="the chapter's own data is not here")
