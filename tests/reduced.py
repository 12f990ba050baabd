"""The notebooks in reduced form, for tests that are about where they run and not about what they learn."""

from __future__ import annotations

import nbformat
from course import read

# What COURSE_EPOCHS does not cap in notebook 2: steps, points to judge by, real samples, pictures of the film.
FEWER = {"20_000": "2000", "n_epochs=5000": "n_epochs=500", "2000)": "300)", "range(20)": "range(2)", ", 70)": ", 10)"}


def reduced(name: str, folder: str = "solutions", tasks: bool = False) -> nbformat.NotebookNode:
    """A notebook without outputs, and with smaller numbers where it writes them out.

    Args:
        name: the notebook, without .ipynb.
        folder: "solutions" or "notebooks".
        tasks: keep the tasks, too, marked as cells that may raise; without them only the guided part is left.
    """
    notebook = read(name, folder)
    if not tasks:
        notebook.cells = [cell for cell in notebook.cells if "task" not in cell.metadata.get("tags", [])]
    for cell in notebook.cells:
        if "task" in cell.metadata.get("tags", []):
            cell.metadata.tags.append("raises-exception")  # the cells after it still run
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            for number, fewer in FEWER.items():
                cell.source = cell.source.replace(number, fewer)
    return notebook
