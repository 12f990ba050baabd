"""What the three notebooks share and what teaches nothing: finding and loading data, times, picture grids.

Models, losses and training steps are the lesson; they stay in the notebooks.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import math
import os
import sys
import tempfile
import warnings
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np
import PIL
from PIL import Image, ImageOps
from tqdm import tqdm

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["data_dir", "epochs", "load_headlines", "load_images", "save_images", "show_figure", "time_string"]

COURSE = Path(__file__).resolve().parent
CACHE = COURSE / "data" / "cache"
PICTURE_ENDINGS = {".jpg", ".jpeg", ".png", ".bmp", ".gif", ".tif", ".tiff", ".webp"}
# Change this number when the way pictures are prepared changes: every cached array is then rebuilt.
CACHE_FORMAT = 1

_said: set[str] = set()


def _say_once(sentence: str) -> None:
    """Print a sentence, but only the first time that it is asked for in this process."""
    if sentence not in _said:
        _said.add(sentence)
        print(sentence)


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
    chosen = os.environ.get("COURSE_DATA", "").strip()
    if chosen:
        root = COURSE / Path(chosen).expanduser()
        if not root.is_dir():
            raise FileNotFoundError(
                f"COURSE_DATA is set to {chosen!r}, but there is no such folder: "
                "correct it, or unset it to use the bundled sample."
            )
        _say_once(f"Data: {chosen} (from COURSE_DATA)")
        return root
    if (COURSE / "data" / "book" / "articles.csv").is_file():
        _say_once("Data: data/book, the chapter's own data")
        return COURSE / "data" / "book"
    _say_once("Data: data/sample, which comes with the course. data/README.md says how to get the chapter's own data.")
    return COURSE / "data" / "sample"


def load_headlines(root: str | Path | None = None) -> list[str]:
    """Headlines of the articles file, without the missing ones.

    Args:
        root: folder with ``articles.csv`` (or one file of another name that begins with "articles"), or the path of
            such a file; ``data_dir()`` if None. The file needs a column ``headline``; other columns do not matter.

    Returns:
        The headlines in the order of the file, as they were printed, without empty ones and without the word
        ``Unknown`` that the feed writes where a headline is missing.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if there are several, or if the file cannot be read as a table with headlines.
    """
    import pandas as pd  # here, because the picture notebooks do without it

    path = _articles_file(data_dir() if root is None else Path(root))
    try:
        table = pd.read_csv(path, encoding="utf-8-sig", dtype=str, keep_default_na=False)
    except (ValueError, OSError) as error:  # pandas' own errors and those of decoding are ValueErrors
        raise ValueError(f"{path} cannot be read as a CSV table in UTF-8 ({error}): fetch it again.") from error
    if "headline" not in table.columns:
        raise ValueError(f"{path} has no column 'headline', only {', '.join(map(repr, table.columns[:20]))}.")
    headlines = [text for text in table["headline"] if isinstance(text, str) and text.strip() not in {"", "Unknown"}]
    if not headlines:
        raise ValueError(f"{path} has no headline but 'Unknown' and empty ones: fetch it again.")
    return headlines


def _articles_file(root: Path) -> Path:
    """The one articles file in a folder (or the file itself)."""
    if root.is_file():
        return root
    names = (path for path in root.glob("*.[cC][sS][vV]") if path.name.lower().startswith("articles"))
    found = sorted(path for path in names if path.is_file())
    if not found:
        raise FileNotFoundError(
            f"There is no articles.csv in {root}: put it there, or point COURSE_DATA to the folder that has it."
        )
    if len(found) > 1:
        raise ValueError(
            f"{root} has several article files ({', '.join(path.name for path in found)}): "
            "keep one, or pass the path of the one to load."
        )
    return found[0]


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
        ValueError: if several folders fit, if size is less than 1, or if no picture could be read. A picture that
            cannot be read is otherwise left out, with a warning that names it.
        MemoryError: if the pictures do not fit into memory.
    """
    if size < 1:
        raise ValueError(f"The side of a picture must be 1 pixel or more, not {size}.")
    folder = _picture_folder(fruit, split, data_dir() if root is None else Path(root))
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURE_ENDINGS and path.is_file())
    if not files:
        raise FileNotFoundError(f"There is no picture in {folder}: put JPEG or PNG files there.")

    cache_file = CACHE / f"{split}_{fruit}_{size}_{size}.npz"
    key = _cache_key(files, size)
    try:
        scaled = np.empty((len(files), size, size, 3), np.float32)
    except MemoryError as error:
        raise MemoryError(
            f"The {len(files)} pictures in {folder} take {len(files) * size * size * 12 / 1e9:.1f} GB of memory, more "
            "than there is: use fewer or smaller ones, or read them from their files as notebook 3 shows in the end."
        ) from error
    pixels = _read_cache(cache_file, key) if cache else None
    if pixels is None:
        pixels, all_read = _prepare(files, size)
        if cache and all_read:  # a set with gaps is not kept: the warning comes again until the file is mended
            _write_cache(cache_file, key, pixels)
    scaled = scaled[: len(pixels)]
    np.divide(pixels, np.float32(127.5), out=scaled)
    scaled -= 1
    return scaled


def _picture_folder(fruit: str, split: str, root: Path) -> Path:
    """The folder <root>/<any>/<split>/<fruit>."""
    if not root.is_dir():
        raise FileNotFoundError(f"There is no data folder {root}: correct the path, or unset COURSE_DATA.")
    every = sorted(path for path in root.glob(f"*/{split}/*") if path.is_dir())
    found = [path for path in every if path.name == fruit]
    if not found:
        there = ", ".join(sorted({path.name for path in every})) or "none"
        raise FileNotFoundError(
            f"There are no pictures of {fruit!r} in {root}: expected a folder such as "
            f"'apple-or-tomato/{split}/{fruit}' there. Fruit found: {there}."
        )
    if len(found) > 1:
        raise ValueError(f"Several folders hold {fruit!r} ({', '.join(map(str, found))}): keep one of them.")
    return found[0]


def _prepare(files: list[Path], size: int) -> tuple[NDArray[np.uint8], bool]:
    """Read and resize pictures, two or more at a time: uint8 (n, size, size, 3), and whether all could be read."""

    def read(path: Path) -> NDArray[np.uint8] | str:
        try:
            return _read_picture(path, size)
        except PIL.UnidentifiedImageError:
            return f"{path} is no picture of a known format and is left out: replace or delete it."
        except Exception as error:  # Pillow's decoders raise many kinds on a damaged file
            return f"{path} cannot be read as a picture ({error}) and is left out: replace or delete it."

    def read_some(paths: list[Path]) -> list[NDArray[np.uint8] | str]:
        return [read(path) for path in paths]

    # Decoding and resizing leave Python's lock free; a few pictures per task keep the threads from waiting for it.
    some = [files[start : start + 32] for start in range(0, len(files), 32)]
    results: list[NDArray[np.uint8] | str] = []
    progress = tqdm(desc="Preparing pictures", total=len(files), leave=False, file=sys.stdout, unit="")
    with ThreadPoolExecutor(os.cpu_count()) as pool, progress:
        for pictures in pool.map(read_some, some):
            results += pictures
            progress.update(len(pictures))
    for problem in results:
        if isinstance(problem, str):
            warnings.warn(problem, stacklevel=3)
    good = [picture for picture in results if not isinstance(picture, str)]
    if not good:
        raise ValueError(f"None of the {len(files)} pictures in {files[0].parent} can be read: fetch them again.")
    return np.stack(good), len(good) == len(files)


def _read_picture(path: Path, size: int) -> NDArray[np.uint8]:
    """One picture as uint8 (size, size, 3): turned upright, on white, RGB, resized with Lanczos."""
    with Image.open(io.BytesIO(path.read_bytes())) as picture:  # read at once: fewer waits for Python's lock
        ImageOps.exif_transpose(picture, in_place=True)
        if picture.mode.startswith("I;16"):  # 16-bit greyscale: convert() would clip it at 255
            picture = Image.fromarray((np.asarray(picture) // 256).astype(np.uint8))
        if picture.has_transparency_data:
            picture = picture.convert("RGBA")
            picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
        return np.asarray(picture.convert("RGB").resize((size, size), Image.Resampling.LANCZOS))


def _cache_key(files: list[Path], size: int) -> str:
    """Fingerprint of all that the prepared array depends on."""
    facts = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    text = json.dumps([CACHE_FORMAT, PIL.__version__, size, str(files[0].parent.resolve()), facts])
    return hashlib.sha256(text.encode()).hexdigest()


def _read_cache(path: Path, key: str) -> NDArray[np.uint8] | None:
    """The cached array, or None if there is none, it is damaged, or it was made from other files or settings."""
    try:
        # Its zip container checks the sums of what it holds.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            return stored["pixels"] if str(stored["key"]) == key else None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def _write_cache(path: Path, key: str, pixels: NDArray[np.uint8]) -> None:
    """Keep the array; where that is impossible (read-only folder, full disk), say so and go on without."""
    try:
        with _replacing(path) as file:
            np.savez(file, key=np.array(key), pixels=pixels)
    except OSError as error:
        _say_once(f"The prepared pictures are not kept ({error}); the next run prepares them again.")


@contextlib.contextmanager
def _replacing(path: Path) -> Iterator[IO[bytes]]:
    """Open a new file that takes the place of ``path`` only when it is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


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
        raise FileNotFoundError(f"There is no diagram {path}: draw it with  python figures/draw.py {name}")
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
        with _replacing(path) as file:
            Image.fromarray(grid).save(file, format="PNG")
    except OSError as error:
        raise OSError(
            f"The picture {path} cannot be written ({error}): free space or choose another folder."
        ) from error
    return path
