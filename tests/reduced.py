"""The notebooks in reduced form, for tests that are about where they run and not about what they learn."""

from __future__ import annotations

import nbformat
from course import read

FEWER = {"20_000": "2000", "n_epochs=5000": "n_epochs=500"}  # steps of notebook 2, which COURSE_EPOCHS does not cap


def reduced(name: str, folder: str = "solutions") -> nbformat.NotebookNode:
    """A notebook's guided part, without outputs, and with fewer steps where it writes their number out."""
    notebook = read(name, folder)
    notebook.cells = [cell for cell in notebook.cells if "task" not in cell.metadata.get("tags", [])]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            for steps, fewer in FEWER.items():
                cell.source = cell.source.replace(steps, fewer)
    return notebook
