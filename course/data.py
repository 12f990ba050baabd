"""The one reader of pictures and of headlines, behind `utils.load_images` and `utils.load_headlines`.

Beside it, what writes a file so that nobody ever meets half of it.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
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
    from numpy.typing import NDArray

__all__ = ["read_headlines", "read_images", "replacing", "say_once"]

PICTURE_ENDINGS = {".jpg", ".jpeg", ".png", ".bmp", ".gif", ".tif", ".tiff", ".webp"}
# Change this number when the way pictures are prepared changes: every cached array is then rebuilt.
CACHE_FORMAT = 1

_said: set[str] = set()


def say_once(sentence: str) -> None:
    """Print a sentence, but only the first time that it is asked for in this process."""
    if sentence not in _said:
        _said.add(sentence)
        print(sentence)


# ---------------------------------------------------------------- headlines


def read_headlines(path_or_folder: str | Path) -> list[str]:
    """Headlines of an articles file, without the missing ones.

    Args:
        path_or_folder: folder with ``articles.csv`` (or one file of another name that begins with "articles"), or the
            path of such a file: a table in UTF-8 with a column ``headline``; other columns do not matter.

    Returns:
        The headlines in the order of the file, as they were printed, without empty ones and without the word
        ``Unknown`` that the feed writes where a headline is missing.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if there are several, or if the file cannot be read as a table with headlines.
    """
    import pandas as pd  # here, because the picture notebooks do without it

    path = _articles_file(Path(path_or_folder))
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


# ---------------------------------------------------------------- pictures


def read_images(
    fruit: str,
    size: int,
    root: str | Path,
    split: str,
    cache_folder: str | Path | None = None,
    *,
    stacklevel: int = 2,
) -> NDArray[np.float32]:
    """Photographs of one fruit as an array for training, with a progress bar while they are prepared.

    Args:
        fruit: name of the folder with the pictures, such as ``"tomato"``.
        size: side of the square pictures wanted, in pixels; each one is resized to it (Lanczos).
        root: data folder. The pictures lie in ``<root>/<any>/<split>/<fruit>/``.
        split: ``"training_set"`` or ``"test_set"``.
        cache_folder: where to keep the prepared pictures, to load them at once the next time; nowhere if None. The
            file there is rebuilt when a picture, the size or the folder changes; a folder that cannot be written costs
            only the time.
        stacklevel: the line that warnings point to, as in ``warnings.warn``; 2 is the caller's.

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
    folder = _picture_folder(fruit, split, Path(root))
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURE_ENDINGS and path.is_file())
    if not files:
        raise FileNotFoundError(f"There is no picture in {folder}: put JPEG or PNG files there.")

    try:
        scaled = np.empty((len(files), size, size, 3), np.float32)
    except MemoryError as error:
        raise MemoryError(
            f"The {len(files)} pictures in {folder} take {len(files) * size * size * 12 / 1e9:.1f} GB of memory, more "
            "than there is: use fewer or smaller ones, or read them from their files as notebook 3 shows in the end."
        ) from error
    cache_file = None if cache_folder is None else Path(cache_folder) / f"{split}_{fruit}_{size}_{size}.npz"
    key = _cache_key(files, size)
    pixels = _read_cache(cache_file, key) if cache_file else None
    if pixels is None:
        pixels, problems = _prepare(files, size)
        for problem in problems:
            warnings.warn(problem, stacklevel=stacklevel)
        if not len(pixels):
            raise ValueError(f"None of the {len(files)} pictures in {folder} can be read: fetch them again.")
        if cache_file and not problems:  # a set with gaps is not kept: the warning comes again until it is mended
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


def _prepare(files: list[Path], size: int) -> tuple[NDArray[np.uint8], list[str]]:
    """Read and resize pictures, two or more at a time: uint8 (n, size, size, 3), and a sentence for each left out."""

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
    good = [picture for picture in results if not isinstance(picture, str)]
    pixels = np.stack(good) if good else np.empty((0, size, size, 3), np.uint8)
    return pixels, [problem for problem in results if isinstance(problem, str)]


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
        with replacing(path) as file:
            np.savez(file, key=np.array(key), pixels=pixels)
    except OSError as error:
        say_once(f"The prepared pictures are not kept ({error}); the next run prepares them again.")


# ---------------------------------------------------------------- files


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """Open a new file that takes the place of ``path`` only when it is complete.

    Whoever opens ``path`` meanwhile finds the old file, or none. If the block ends in an exception, the old file stays
    and the new one is deleted.

    Args:
        path: file to write, in bytes; its folder is made if need be.

    Raises:
        OSError: if the folder or the file cannot be written.
    """
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
