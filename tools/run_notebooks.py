"""Execute the course's solved notebooks headlessly, and keep what they made in output/.

    python -m tools.run_notebooks [NAME ...] [--full]

A plain run is a quick look: each training stops after a few epochs. With --full each trains as long as its lesson says.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import io
import os
import re
import sys
import time
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import NoSuchKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbconvert import HTMLExporter
from nbconvert.preprocessors import Preprocessor
from PIL import Image

from utils import time_string

COURSE = Path(__file__).resolve().parent.parent
# Epochs of a quick look, together under 6 minutes on 2 cores; notebook 2 counts 1000 steps of a game as one.
QUICK_EPOCHS = {"01_lstm_headlines": 20, "02_quadratic_gan": 5, "03_fruit_gan": 2, "04_what_came_after": 2}


class DescribePlots(Preprocessor):
    """Gives the pictures in outputs their alternative texts: the metadata "alt" of a code cell, one text or a list.

    Plots come without; nbconvert and the site then read the text from the output's metadata, as for other pictures.
    """

    def preprocess_cell(self, cell, resources, index):
        texts = cell.metadata.get("alt", [])
        texts = [texts] if isinstance(texts, str) else list(texts)
        for output in cell.get("outputs", []):
            for kind in output.get("data", {}):
                if kind.startswith("image/") and texts:
                    text = texts.pop(0) if len(texts) > 1 else texts[0]
                    output.setdefault("metadata", {}).setdefault(kind, {}).setdefault("alt", text)
        return cell, resources


class DropBars(Preprocessor):
    """Takes out progress bars, whose text says 0 % for ever where their widget's state is not kept."""

    def preprocess_cell(self, cell, resources, index):
        if cell.cell_type == "code":
            texts = [output.get("data", {}).get("text/plain", "") for output in cell.outputs]
            cell.outputs = [
                output for output, text in zip(cell.outputs, texts, strict=True) if not re.match(r"\s*\d+%\|", text)
            ]
        return cell, resources


class ShrinkPictures(Preprocessor):
    """Stores PNG pictures as small as they look the same: with a palette of 256 colours, or photographs as JPEG."""

    def preprocess_cell(self, cell, resources, index):
        for output in cell.get("outputs", []):
            png = base64.b64decode(output.get("data", {}).get("image/png", ""))
            if not png.startswith(b"\x89PNG"):  # a film has this type, too, and is none
                continue
            picture = Image.open(io.BytesIO(png)).convert("RGBA")
            flat = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")
            palette, photograph = io.BytesIO(), io.BytesIO()
            flat.quantize(256, dither=Image.Dither.NONE).save(palette, "PNG", optimize=True)
            flat.save(photograph, "JPEG", quality=88, optimize=True)
            best = min(png, palette.getvalue(), key=len)
            kind = "image/png"
            if len(photograph.getvalue()) < 0.8 * len(best):
                best, kind = photograph.getvalue(), "image/jpeg"
                if "image/png" in output.metadata:
                    output.metadata[kind] = output.metadata.pop("image/png")
            del output.data["image/png"]
            output.data[kind] = base64.b64encode(best).decode()
        return cell, resources


def execute(notebook: nbformat.NotebookNode, name: str, folder: Path, environment: dict[str, str]) -> str | None:
    """Execute a notebook in place, with its progress on the screen; as far as it comes, if a cell fails.

    Args:
        notebook: what to execute.
        name: how to call it in messages.
        folder: where its kernel starts.
        environment: variables of the kernel, in place of this process's.

    Returns:
        None, or the sentence that says which cell failed and how.
    """
    code_cells = [index for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    start = time.monotonic()
    terminal = sys.stdout.isatty()
    at = 0

    def show() -> None:
        line = f"{name:20} cell {at:2} of {len(code_cells)}   {time_string(time.monotonic() - start)}"
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
        startup_timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        coalesce_streams=True,
        on_cell_execute=next_cell,
        extra_arguments=["--log-level=ERROR"],
    )
    failure = None
    try:
        asyncio.run(run())
    except CellExecutionError as error:
        failure = f"{name}, code cell {at}: {error.ename}: {error.evalue}"
    except DeadKernelError:
        failure = f"{name}, code cell {at}: the kernel died; a common cause is too little memory"
    except (NoSuchKernel, FileNotFoundError, RuntimeError) as error:
        failure = f"{name}: the kernel does not start ({error}): set the course up again, or remove old kernels"
    for step in (DropBars(), DescribePlots(), ShrinkPictures()):
        step.preprocess(notebook, {})
    took = time_string(time.monotonic() - start)
    print(f"{name:20} {'FAILED' if failure else 'done'} in {took}" + " " * 20)
    return failure


def save(notebook: nbformat.NotebookNode, name: str, output: Path) -> None:
    """Write an executed notebook as .ipynb and as a web page, name.html."""
    nbformat.write(notebook, output / f"{name}.ipynb")
    exporter = HTMLExporter()
    exporter.config.NbConvertBase.display_data_priority = [  # a page without Python shows the picture, not the sliders
        kind for kind in exporter.config.NbConvertBase.display_data_priority if "widget" not in kind
    ]
    html, _ = exporter.from_notebook_node(notebook, resources={"metadata": {"name": name}})
    (output / f"{name}.html").write_text(html, encoding="utf-8")


def main() -> int:
    """Execute the notebooks named on the command line; 0 if none failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebooks", nargs="*", metavar="NAME", help="notebooks (all)")
    parser.add_argument("--full", action="store_true", help="train as long as the lessons say")
    parser.add_argument("--source", type=Path, default=COURSE / "solutions", help="folder of the notebooks")
    parser.add_argument("--output", type=Path, default=COURSE / "output", help="folder for the executed notebooks")
    options = parser.parse_args()
    there = sorted(path.stem for path in options.source.glob("*.ipynb"))
    names = [Path(name).name.removesuffix(".ipynb") for name in options.notebooks] or there
    if unknown := [name for name in names if name not in there]:
        parser.error(f"there is no notebook {', '.join(unknown)}; there are {', '.join(there)}")

    options.output.mkdir(parents=True, exist_ok=True)
    failures = []
    for name in names:
        environment = dict(os.environ)
        if options.full:
            environment.pop("COURSE_EPOCHS", None)
        elif name in QUICK_EPOCHS:
            environment.setdefault("COURSE_EPOCHS", str(QUICK_EPOCHS[name]))
        notebook = nbformat.read(options.source / f"{name}.ipynb", as_version=4)
        if failure := execute(notebook, name, options.source, environment):
            failures.append(failure)
        save(notebook, name, options.output)
    for failure in failures:
        print("FAILED:", failure, file=sys.stderr)
    print(f"Executed notebooks and pictures are in {options.output.name}/")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
