"""What a solved notebook imports and defines, as a module: for the training tool, the benchmarks and the tests."""

from __future__ import annotations

import ast
import atexit
import importlib.util
import shutil
import tempfile
from pathlib import Path
from types import ModuleType

import nbformat

COURSE = Path(__file__).resolve().parent.parent
FOLDER = tempfile.mkdtemp(prefix="course-notebooks-")
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)


def read(name: str, folder: str = "solutions") -> nbformat.NotebookNode:
    """A notebook of the course."""
    return nbformat.read(COURSE / folder / f"{name}.ipynb", as_version=4)


def definitions(name: str, *constants: str) -> ModuleType:
    """What a solved notebook imports and defines, taken from the notebook itself, without running its other code.

    Args:
        name: the notebook, without .ipynb.
        constants: names of variables whose first assignment at top level is wanted as well.

    Returns:
        A module with the notebook's imports, functions and classes, and the constants.
    """
    code = "\n".join(cell.source for cell in read(name).cells if cell.cell_type == "code")
    kept: list[ast.stmt] = []
    wanted = set(constants)
    for statement in ast.parse(code).body:
        if isinstance(statement, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)):
            kept.append(statement)
        elif isinstance(statement, ast.Assign) and {ast.unparse(target) for target in statement.targets} & wanted:
            kept.append(statement)
            wanted -= {ast.unparse(target) for target in statement.targets}
    assert not wanted, f"{name} assigns no {wanted}"
    # Imported from a file, because tf.function reads the source of what it compiles.
    path = Path(tempfile.mkdtemp(dir=FOLDER), f"notebook_{name}.py")
    path.write_text(ast.unparse(ast.Module(kept, type_ignores=[])), encoding="utf-8")
    specification = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module
