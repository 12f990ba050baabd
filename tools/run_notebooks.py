"""Execute the course's solved notebooks headlessly, and keep what they made in output/.

A plain run is a quick look: each training stops after a few epochs. With --full it is the chapter's number.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import io
import os
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbconvert import HTMLExporter
from PIL import Image

COURSE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(COURSE))
from utils import time_string  # noqa: E402

# Epochs of a quick look, together under 6 minutes on 2 cores. Notebook 2 always trains in full; it only repeats less.
QUICK_EPOCHS = {"01_lstm_headlines": 20, "02_quadratic_gan": 1, "03_fruit_gan": 2}


def describe_plots(notebook: nbformat.NotebookNode) -> None:
    """Give the pictures in outputs their alternative texts: the metadata "alt" of a code cell, one text or a list.

    Plots come without; nbconvert and the site then read the text from the output's metadata, as for other pictures.
    """
    for cell in notebook.cells:
        texts = cell.metadata.get("alt", [])
        texts = [texts] if isinstance(texts, str) else list(texts)
        for output in cell.get("outputs", []):
            for kind in output.get("data", {}):
                if kind.startswith("image/") and texts:
                    text = texts.pop(0) if len(texts) > 1 else texts[0]
                    output.setdefault("metadata", {}).setdefault(kind, {}).setdefault("alt", text)


def shrink_pictures(notebook: nbformat.NotebookNode, least: int = 100_000) -> None:
    """Give PNG pictures of at least so many bytes a palette of 256 colours, so that a notebook of fruit stays small."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = base64.b64decode(output.get("data", {}).get("image/png", ""))
            if len(data) < least:
                continue
            with Image.open(io.BytesIO(data)) as picture:
                if picture.format != "PNG":  # a film
                    continue
                smaller = picture.convert("RGB").quantize(256)
            smaller.save(file := io.BytesIO(), format="PNG", optimize=True)
            output.data["image/png"] = base64.b64encode(file.getvalue()).decode()


def execute(path: Path, output: Path, environment: dict[str, str]) -> str | None:
    """Execute one notebook and save it as .ipynb and .html, finished or not.

    Args:
        path: the notebook.
        output: folder for the executed copies.
        environment: variables of the notebook's kernel.

    Returns:
        None, or the sentence that says which cell failed and how.
    """
    notebook = nbformat.read(path, as_version=4)
    code_cells = [index for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    start = time.monotonic()
    terminal = sys.stdout.isatty()
    at = 0

    def show() -> None:
        line = f"{path.stem:20} cell {at:2} of {len(code_cells)}   {time_string(time.monotonic() - start)}"
        print(line, end="\r" if terminal else "\n", flush=True)

    def next_cell(cell: nbformat.NotebookNode, cell_index: int) -> None:
        nonlocal at
        at = code_cells.index(cell_index) + 1
        show()

    async def tick() -> None:
        while True:
            await asyncio.sleep(1)
            show()

    async def run() -> None:
        ticking = asyncio.create_task(tick()) if terminal else None
        try:
            await client.async_execute(env=environment)
        finally:
            if ticking:
                ticking.cancel()

    client = NotebookClient(
        notebook,
        timeout=None,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
        coalesce_streams=True,
        on_cell_execute=next_cell,
        extra_arguments=["--log-level=ERROR"],
    )
    failure = None
    try:
        asyncio.run(run())
    except CellExecutionError as error:
        failure = f"{path.name}, code cell {at}: {error.ename}: {error.evalue}"
    except DeadKernelError:
        failure = f"{path.name}, code cell {at}: the kernel died; a common cause is too little memory"
    describe_plots(notebook)
    shrink_pictures(notebook)
    nbformat.write(notebook, output / path.name)
    exporter = HTMLExporter()
    exporter.config.NbConvertBase.display_data_priority = [  # a page without Python shows the picture, not the sliders
        kind for kind in exporter.config.NbConvertBase.display_data_priority if "widget" not in kind
    ]
    html, _ = exporter.from_notebook_node(notebook, resources={"metadata": {"name": path.stem}})
    (output / f"{path.stem}.html").write_text(html, encoding="utf-8")
    print(f"{path.stem:20} {'FAILED' if failure else 'done'} in {time_string(time.monotonic() - start)}" + " " * 20)
    return failure


def main() -> int:
    """Execute the notebooks named on the command line; 0 if none failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notebooks", nargs="*", default=sorted(QUICK_EPOCHS), help="names without .ipynb")
    parser.add_argument("--full", action="store_true", help="train for the chapter's epochs")
    parser.add_argument("--source", type=Path, default=COURSE / "solutions", help="folder of the notebooks")
    parser.add_argument("--output", type=Path, default=COURSE / "output", help="folder for the executed notebooks")
    options = parser.parse_args()

    options.output.mkdir(parents=True, exist_ok=True)
    failures = []
    for name in options.notebooks:
        environment = dict(os.environ)
        if options.full:
            environment.pop("COURSE_EPOCHS", None)
        elif name in QUICK_EPOCHS:
            environment.setdefault("COURSE_EPOCHS", str(QUICK_EPOCHS[name]))
        failure = execute(options.source / f"{name}.ipynb", options.output, environment)
        if failure:
            failures.append(failure)
    for failure in failures:
        print("FAILED:", failure, file=sys.stderr)
    print(f"Executed notebooks and pictures are in {options.output.name}/")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
