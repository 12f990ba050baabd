"""What the notebooks share and what teaches nothing: finding and loading data, times, picture grids.

Models, losses and training steps are the lesson; they stay in the notebooks. What reads the files is course/data.py.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from course.data import read_headlines, read_images, replacing, say_once

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    *("data_dir", "epochs", "load_headlines", "load_images", "output_dir", "save_images", "show_figure", "time_string")
]

COURSE = Path(__file__).resolve().parent
CACHE = COURSE / "data" / "cache"


def time_string(sec_elapsed: float) -> str:
    """Write a duration as ``h:mm:ss.ss``.

    Args:
        sec_elapsed: seconds, 0 or more.

    Returns:
        Hours, minutes and seconds with two decimals: ``time_string(65.5)`` is ``"0:01:05.50"``.

    Raises:
        ValueError: if the duration is negative or not finite.
    """
    if not math.isfinite(sec_elapsed) or sec_elapsed < 0:
        raise ValueError(f"A duration must be a finite number of seconds, 0 or more, not {sec_elapsed}.")
    # Round before splitting, so that 59.999 becomes 0:01:00.00 and never 0:00:60.00.
    minutes, hundredths = divmod(round(sec_elapsed * 100), 60 * 100)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{hundredths / 100:05.2f}"


def epochs(full: int) -> int:
    """Number of epochs to train: ``full``, or less where the variable COURSE_EPOCHS caps it.

    The cap is how a quick look and the automatic checks run exactly the notebook that a learner runs, only shorter.

    Args:
        full: epochs of a full run, 1 or more.

    Returns:
        ``full``, or the value of COURSE_EPOCHS if that is smaller. Says so when it shortens a run.

    Raises:
        ValueError: if COURSE_EPOCHS is set to anything but a whole number of 1 or more.
    """
    cap = os.environ.get("COURSE_EPOCHS", "").strip()
    if not cap:
        return full
    if not cap.isdecimal() or int(cap) < 1:
        raise ValueError(f"COURSE_EPOCHS must be a whole number of 1 or more, not {cap!r}; unset it for a full run.")
    if int(cap) < full:
        print(f"Quick run: {cap} of {full} epochs, because COURSE_EPOCHS={cap}.")
    return min(full, int(cap))


# ---------------------------------------------------------------- data


def data_dir() -> Path:
    """Folder with the course's data, in the layout that data/README.md describes.

    Returns:
        ``$COURSE_DATA`` if that is set (a relative path counts from the course folder), else ``data/book`` if the real
        data has been fetched, else the bundled ``data/sample``. The first call says which one.

    Raises:
        FileNotFoundError: if ``$COURSE_DATA`` names no folder.
    """
    sample, book = COURSE / "data" / "sample", COURSE / "data" / "book"
    chosen = os.environ.get("COURSE_DATA", "").strip()
    if chosen:
        root = COURSE / Path(chosen).expanduser()
        if not root.is_dir():
            raise FileNotFoundError(
                f"COURSE_DATA is set to {chosen!r}, but there is no such folder: "
                "correct it, or unset it to use the bundled sample."
            )
        if root.resolve() != sample.resolve():
            say_once(f"Data: {chosen} (from COURSE_DATA)")
            return root
    elif (book / "articles.csv").is_file():
        say_once("Data: data/book, the chapter's own data")
        return book
    say_once("Data: data/sample, which comes with the course. data/README.md says how to get the chapter's own data.")
    return sample


def output_dir() -> Path:
    """Folder for trainings, films and pictures; it is made if need be.

    Returns:
        ``$COURSE_OUTPUT`` if that is set (a relative path counts from the course folder), else ``output``.

    Raises:
        OSError: if the folder cannot be made; the message names the mend.
    """
    chosen = os.environ.get("COURSE_OUTPUT", "").strip()
    folder = COURSE / Path(chosen).expanduser() if chosen else Path("output")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OSError(f"The folder {folder} cannot be made ({error}): set COURSE_OUTPUT to one that can.") from error
    return folder


def load_headlines(root: str | Path | Iterable[str | Path] | None = None) -> list[str]:
    """Headlines of the articles files, without the missing ones.

    Args:
        root: folder with ``articles.csv`` (or with files whose names begin so, which are read one after the other), or
            the path of such a file, or several paths; ``data_dir()`` if None. A file is a table with a column
            ``headline``, separated by commas, semicolons or tabs; other columns do not matter.

    Returns:
        The headlines in the order of the files, as they were printed, without empty ones and without the word
        ``Unknown`` that the feed writes where a headline is missing.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if a file cannot be read safely; the message names file, line and mend. Where single rows do not
            fit, a warning names them.
    """
    return read_headlines(data_dir() if root is None else root)


def load_images(
    fruit: str, size: int = 96, root: str | Path | None = None, cache: bool = True, split: str = "training_set"
) -> NDArray[np.float32]:
    """Photographs of one fruit as an array for training.

    Args:
        fruit: name of the folder with the pictures, such as ``"tomato"``.
        size: side of the square pictures wanted, in pixels; each one is resized to it (Lanczos).
        root: data folder; ``data_dir()`` if None. The pictures lie in ``<root>/<any>/<split>/<fruit>/``.
        cache: keep the prepared pictures in data/cache, to load them at once the next time. The file is rebuilt
            when a picture, the size or the folder changes; a folder that cannot be written costs only the time.
        split: ``"training_set"`` or ``"test_set"``.

    Returns:
        float32 array (n, size, size, 3), RGB in [-1, 1], pictures in the order of their file names. Transparent
        pictures stand on white.

    Raises:
        FileNotFoundError: if there is no such folder or no picture in it.
        ValueError: if several folders fit, if size is less than 1, or if no picture could be read. Pictures that
            cannot be read are otherwise left out, and one warning says how many, why, and which is the first.
        MemoryError: if the pictures do not fit into memory.
    """
    root = data_dir() if root is None else root
    return read_images(fruit, size, root, split, CACHE if cache else None, stacklevel=3)


# ---------------------------------------------------------------- pictures


def show_figure(name: str) -> None:
    """Display one of the course's diagrams, 800 pixels wide, with its alternative text.

    Args:
        name: file name in figures/ without ".png".

    Raises:
        FileNotFoundError: if there is no such diagram.
    """
    from IPython.display import Image as Shown
    from IPython.display import display

    path = COURSE / "figures" / f"{name}.png"
    if not path.is_file():
        raise FileNotFoundError(f"There is no diagram {path}: draw it with  python -m figures.draw {name}")
    texts = json.loads((COURSE / "figures" / "alt.json").read_text(encoding="utf-8"))
    display(Shown(filename=path, width=800, alt=texts[path.name]))


def save_images(images: ArrayLike, path: str | Path, rows: int = 5, cols: int = 5, margin: int = 16) -> Path:
    """Save pictures as one PNG: a grid on white, filled row by row, with a margin around each picture.

    Args:
        images: (n, height, width, 3) in [-1, 1], n from 1 to rows * cols; places without a picture stay white.
        path: file to write; its folder is made if need be. An older file is replaced only by a complete one.
        rows: pictures from top to bottom.
        cols: pictures from left to right.
        margin: white pixels between pictures and around the grid.

    Returns:
        The path of the file, of ``margin + rows * (height + margin)`` by ``margin + cols * (width + margin)`` pixels.

    Raises:
        ValueError: if the shape, the number or the range of the pictures is wrong.
        OSError: if the file cannot be written.
    """
    pictures = np.asarray(images, dtype=np.float32)
    if rows < 1 or cols < 1 or margin < 0:
        raise ValueError(f"A grid needs 1 or more rows and columns and no negative margin: {rows}, {cols}, {margin}.")
    if pictures.ndim != 4 or pictures.shape[-1] != 3:
        raise ValueError(f"Pictures must have the shape (n, height, width, 3), not {pictures.shape}.")
    if not 1 <= len(pictures) <= rows * cols:
        raise ValueError(f"A grid of {rows} x {cols} takes 1 to {rows * cols} pictures, not {len(pictures)}.")
    if not np.isfinite(pictures).all():
        raise ValueError("The pictures hold values that are not finite: the training that made them has diverged.")
    if np.abs(pictures).max() > 1.001:
        raise ValueError(
            f"Pixels must lie in [-1, 1], but reach from {pictures.min():g} to {pictures.max():g}: "
            "scale bytes with x / 127.5 - 1."
        )
    height, width = pictures.shape[1:3]
    grid = np.full((margin + rows * (height + margin), margin + cols * (width + margin), 3), 255, np.uint8)
    for number, picture in enumerate(np.rint((pictures.clip(-1, 1) + 1) * 127.5).astype(np.uint8)):
        top = margin + number // cols * (height + margin)
        left = margin + number % cols * (width + margin)
        grid[top : top + height, left : left + width] = picture

    path = Path(path)
    try:
        with replacing(path) as file:
            Image.fromarray(grid).save(file, format="PNG")
    except OSError as error:
        raise OSError(
            f"The picture {path} cannot be written ({error}): free space or choose another folder."
        ) from error
    return path
