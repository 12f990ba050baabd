"""Lesson 1 from its first cell to its last on small newspapers in other languages, invented for it."""

from __future__ import annotations

import os

import pytest

from tests.common import COURSE
from tests.languages import PARTS, write_newspaper
from tools import lessons, run_notebooks


@pytest.mark.weekly
@pytest.mark.parametrize("language", PARTS)
def test_lesson_1_runs_whole(language, tmp_path):
    """Chinese, which has no spaces and which no font of Matplotlib's shows, is the hardest."""
    name = "01_lstm_headlines"
    notebook = lessons.read_source(name)
    data = write_newspaper(language, tmp_path / language)
    environment = {**os.environ, "COURSE_DATA": str(data), "COURSE_EPOCHS": "1"}
    failure = run_notebooks.execute(notebook, name, COURSE / "solutions", environment)
    assert failure is None
    said = "".join(output.get("text", "") for cell in notebook.cells for output in cell.get("outputs", []))
    assert "The chapter's cleaning takes letters from" in said
    assert "120 different headlines are few" in said
    assert "Glyph" not in said and "Warning" not in said
    if language in {"german", "russian", "arabic"}:  # for Chinese there may be a font
        assert ("No font here can show these words" in said) == (language == "arabic")
    written = next(cell for cell in notebook.cells if cell.source.startswith("seeds = ["))
    assert "Not in the vocabulary" not in str(written.outputs), "it begins in its own language"
