"""The one reader of pictures and of headlines, behind `utils.load_images` and `utils.load_headlines`.

Beside it, what writes a file so that nobody ever meets half of it.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import itertools
import json
import os
import re
import sys
import tempfile
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import IO, TYPE_CHECKING

import numpy as np
import PIL
from PIL import Image, JpegImagePlugin, features
from tqdm import tqdm

try:
    import pillow_heif
except ImportError:
    pillow_heif = None
else:
    pillow_heif.register_heif_opener()

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["hold_out", "read_headlines", "read_images", "replacing", "say_once", "stream_images"]

# Change this number when the way pictures are prepared changes: every cached array is then rebuilt.
CACHE_FORMAT = 2

_said: set[str] = set()


def say_once(sentence: str) -> None:
    """Print a sentence, but only the first time that it is asked for in this process."""
    if sentence not in _said:
        _said.add(sentence)
        print(sentence)


# ---------------------------------------------------------------- headlines

SEPARATORS = ",;\t|"
NO_SEPARATOR = "\x1f"  # for a table of one column
TITLES = ("headline", "headlines", "title", "titles", "titel", "titre", "título", "заголовок", "标题", "عنوان")
MISSING = {"", "Unknown"}
# What people save or fetch in place of a table, by its first bytes.
NO_TABLE = {
    b"PK\x03\x04": "an Excel workbook or a zip: open it, and save the table as 'CSV UTF-8'",
    b"\xd0\xcf\x11\xe0": "an Excel workbook: open it, and save the table as 'CSV UTF-8'",
    b"\x1f\x8b": "compressed (gzip): unpack it",
    b"%PDF": "a PDF: a table is needed",
    b"<": "a web page: fetch the file itself, often behind a button 'Raw' or 'Download'",
    b"{": "JSON: pandas.read_json reads it, and the table's to_csv writes it as CSV",
    b"[": "JSON: pandas.read_json reads it, and the table's to_csv writes it as CSV",
    b"version https://git-lfs": "a pointer to a large file: fetch the file itself with  git lfs pull",
}


def read_headlines(source: str | Path | Iterable[str | Path]) -> list[str]:
    """Headlines of one or more tables, without the missing ones.

    The separator may be a comma, a semicolon or a tab, the encoding UTF-8, UTF-16 or Windows-1252. What is guessed is
    said. Rows in = headlines + empty ones + ``Unknown`` + rows that a warning counts.

    Arguments, returned headlines and errors are those of ``utils.load_headlines``.
    """
    given = [source] if isinstance(source, (str, Path)) else list(source)
    files = [file for one in given for file in _articles_files(Path(one))]
    found: dict[Path, list[str]] = {}
    contents: dict[bytes, str] = {}
    limit = csv.field_size_limit(1 << 30)  # whole articles may stand in other columns
    try:
        for path in files:
            try:
                content = path.read_bytes()
            except OSError as error:
                raise ValueError(f"{path} cannot be read ({error}): close other programs that use it.") from error
            if content in contents:
                print(f"{path.name} is a copy of {contents[content]} and is passed over.")
                continue
            contents[content] = path.name
            found[path] = _headlines_of(path, content)
    finally:
        csv.field_size_limit(limit)
    headlines = list(itertools.chain(*found.values()))
    if not headlines:
        raise ValueError(f"{files[0]} has no headline but 'Unknown' and empty ones: fetch it again.")
    if len(found) > 1:
        print("Headlines from", ", ".join(f"{path.name} ({len(texts)})" for path, texts in found.items()))
    return headlines


def _articles_files(root: Path) -> list[Path]:
    """The articles files in a folder (or the file itself), by name."""
    if root.is_file():
        return [root]
    files = sorted(path for path in root.glob("*") if path.is_file() and not path.name.startswith("."))
    tables = [path for path in files if path.suffix.lower() in {".csv", ".tsv", ".txt"}]
    found = [path for path in tables if path.name.lower().startswith("articles")]
    if not found:
        there = ", ".join(path.name for path in files[:5]) or "no file"
        raise FileNotFoundError(
            f"There is no articles.csv in {root} (there is {there}): put it there under that name, or point "
            "COURSE_DATA to the folder that has it."
        )
    return found


def _headlines_of(path: Path, content: bytes) -> list[str]:
    """The headlines of one table, given as its bytes; raises ValueError as `read_headlines` does."""
    begin = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    for start, what in NO_TABLE.items():
        if begin.startswith(start):
            raise ValueError(f"{path} cannot be read as a table, since it is {what}.")
    separator, column, (header, *rows) = _open_table(path, _decode(path, content))
    width = len(header[1])
    headlines: list[str] = []
    misfits: list[tuple[int, int]] = []  # line and number of fields
    broken: list[int] = []  # lines of headlines with a line break in them
    number = 0
    for line, row in rows:
        if not any(field.strip() for field in row):
            continue
        number += 1
        if len(row) < width or any(field.strip() for field in row[width:]):
            misfits.append((line, len(row)))
            continue
        headline = row[column]
        if headline.strip() in MISSING:
            continue
        if breaks := len(re.findall(r"\r\n|\r|\n", headline.strip())):
            broken.append(line)
        if breaks > 2:
            raise ValueError(
                f"{path}, line {line}: cannot be read safely, for this headline runs over {breaks + 1} lines: a "
                "quotation mark there probably has no partner; add it, or take the other away."
            )
        headlines.append(headline)
    if misfits:
        line, fields = misfits[0]
        lines = ", ".join(str(line) for line, _ in misfits[:10]) + (", ..." if len(misfits) > 10 else "")
        sign = {"\t": "a tab", ";": "a semicolon", "|": "a bar"}.get(separator, "a comma")
        sentence = (
            f"{path}: {len(misfits)} of {number} rows do not fit the header (lines {lines}; line {line} has {fields} "
            f"fields, the header {width}); a headline with {sign} in it has to stand in double quotes"
        )
        if len(misfits) > number / 20:
            raise ValueError(f"{sentence}: cannot be read safely before that is mended.")
        warnings.warn(f"{sentence}. Until then these rows are left out.", stacklevel=4)
    if broken:
        print(f"{path.name}: {len(broken)} headlines have a line break in them, the first in line {broken[0]}.")
    if garbled := sum("\u00e2\u20ac" in headline or "\u00c3\u00a9" in headline for headline in headlines):
        print(
            f"{path.name}: {garbled} headlines hold signs such as \u00e2\u20ac: it was once saved in a wrong encoding."
        )
    return headlines


def _decode(path: Path, content: bytes) -> str:
    """The text of a file in UTF-8, UTF-16 (with a mark) or, if it looks like it, Windows-1252."""
    marks = {b"\xff\xfe\x00\x00": "utf-32", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
    encoding = next((name for mark, name in marks.items() if content.startswith(mark)), "utf-8-sig")
    mend = "open it, and save it as 'CSV UTF-8'"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        text = content.decode("cp1252", errors="replace")
        if encoding != "utf-8-sig" or not _looks_western(text):
            line = content.count(b"\n", 0, error.start) + 1
            raise ValueError(f"{path}, line {line}: cannot be read, for its encoding is unknown: {mend}.") from error
        say_once(f"{path.name} is not in UTF-8; read as Windows-1252. If letters look wrong, {mend}.")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise ValueError(f"{path}, line {line}: cannot be read, for it holds zero bytes: {mend}.")
    return text


def _looks_western(text: str) -> bool:
    """Whether a text that was decoded as Windows-1252 may well have been written in it.

    Nearly any bytes can be decoded so. But what was a Russian, Polish or Mac file then has hardly a plain letter, signs
    in the midst of words, or accented capitals behind small letters.
    """
    plain = sum(character.isascii() and character.isalpha() for character in text)
    accented = sum(not character.isascii() and character.isalpha() for character in text)
    wrong = re.search(r"[a-zß-ÿ][À-ÞŠŽŸ]|\w[¡-©«-´¶-¹»-¿×÷]\w|[ðþýÐÞÝ¥¤\ufffd]", text)
    return accented <= plain / 4 and wrong is None


def _open_table(path: Path, text: str) -> tuple[str, int, list[tuple[int, list[str]]]]:
    """Separator, number of the column with headlines, and line number and fields of each row, the header first."""
    separators, first = SEPARATORS, 1
    if named := re.match(r"sep=(.)\r?\n", text):  # a line that Excel writes and understands
        separators, text, first = named[1], text[named.end() :], 2
    blank = re.match(r"[\r\n]*", text)[0]
    text, first = text[len(blank) :], first + blank.count("\n")
    headers, options, unclear = [], [], None
    for separator in separators:
        try:
            header = next(_rows(path, text, separator, first), (first, []))[1]
        except ValueError as error:  # other separators may make sense of the quotation marks
            unclear = error
            continue
        headers.append(header)
        if found := _headline_column(header):
            options.append((found[0], -len(header), separator, found[1], header))
    if not options:
        header = max(headers, key=len, default=[])
        if unclear and len(header) < 2:
            raise unclear
        if not header:
            raise ValueError(f"{path} cannot be read as a table, since it is empty: fetch it again.")
        names = ", ".join(repr(name) for name in header[:20])
        raise ValueError(f"{path} has no column 'headline', only {names}: give the right one that name.")
    _, width, separator, column, header = min(options)
    name = header[column].strip()
    if header.count(header[column]) > 1:
        raise ValueError(f"{path} cannot be read safely: it has two columns {name!r}; give one another name.")
    if name != "headline":
        say_once(f"{path.name}: the column {name!r} is taken for the headlines.")
    if width == -1:
        separator = NO_SEPARATOR
        _refuse_hidden_columns(path, text, first)
    try:
        return separator, column, list(_rows(path, text, separator, first))
    except ValueError:
        # Perhaps quotation marks mean nothing but themselves here. Then no field is in quotes, and all rows fit.
        rows = list(_rows(path, text, separator, first, csv.QUOTE_NONE))
        quoted = any(field[:1] == field[-1:] == '"' or field.count('"') % 2 for _, row in rows for field in row)
        if quoted or any(len(row) not in (0, len(header)) for _, row in rows):
            raise
        return separator, column, rows


def _headline_column(header: list[str]) -> tuple[int, int] | None:
    """How unlike "headline" the name is, from 0 on, and the number of the column; None if there is none."""
    names = [name.strip().casefold().replace("_", " ") for name in header]
    for rank, title in enumerate(TITLES):
        if title in names:
            return rank, names.index(title)
    alike = [number for number, name in enumerate(names) if re.fullmatch(r"(\w+ )?headlines?( \w+)?", name)]
    return (len(TITLES), alike[0]) if len(alike) == 1 else None


def _rows(
    path: Path, text: str, separator: str, first: int, quoting: int = csv.QUOTE_MINIMAL
) -> Iterator[tuple[int, list[str]]]:
    """Number of its first line and fields of each row; raises ValueError where quotation marks make no sense."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, quoting=quoting, strict=True)
    line = first
    try:
        for row in reader:
            yield line, row
            line = first + reader.line_num
    except csv.Error as error:
        raise ValueError(
            f"{path}, line {line}: cannot be read ({error}): a quotation mark there has no partner; add it, or write "
            'two ("") for one inside a headline.'
        ) from error


def _refuse_hidden_columns(path: Path, text: str, first: int) -> None:
    """Stop if a table with one name in its header seems to have more columns than that."""
    lines = re.split(r"\r\n|\r|\n", text)[1:]
    # A comma or semicolon with neither a space nor digits around it; a semicolon may also end an entity.
    parted = re.compile(r"\t|(?<!\d),(?=\S)|,(?=[^\s\d])|;(?=\S)")
    plain = [re.sub(r"&#?\w+;", "", line.rstrip(",;\t ")) for line in lines]
    found = [number for number, line in enumerate(plain, first + 1) if '"' not in line and parted.search(line)]
    if len(found) > len(lines) / 20:
        raise ValueError(
            f"{path}, line {found[0]}: cannot be read safely, for there are more columns than the header names: name "
            "all of them in the first line, or put headlines in double quotes."
        )


# ---------------------------------------------------------------- pictures

MOST_BYTES = 900_000_000  # that a single picture may take while it is read
LARGE = 64_000_000  # bytes from which on pictures are decoded one at a time
LEAST = 12  # pictures to train on, and to hold out: the judges need neighbours
BEGINNINGS = (b"\xff\xd8", b"\x89PNG", b"GIF8", b"RIFF", b"BM", b"II*\0", b"MM\0*")  # of known formats
COMPANIONS = {"thumbs.db", "desktop.ini", "ehthumbs.db", "icon\r"}  # and whatever begins with a dot
TURNS = {  # by the tag "orientation" that cameras write
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_one_large, _one_reader = Lock(), Lock()


class _LeftOut(Exception):
    """Why a picture is left out: a kind, which the summary counts, with the mend."""


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

    Whatever Pillow can read is read, by content and not by name; HEIC if the package pillow-heif is installed. Files
    that begin with a dot and the like are passed over. One warning says how many others were left out, and why.

    Arguments, returned pictures and errors are those of ``utils.load_images``, but for two.

    Args:
        cache_folder: where to keep the prepared pictures, to load them at once the next time; nowhere if None.
        stacklevel: the line that warnings point to, as in ``warnings.warn``; 2 is the caller's.
    """
    if size < 1:
        raise ValueError(f"The side of a picture must be 1 pixel or more, not {size}.")
    folder, files = _picture_files(fruit, split, Path(root))
    try:
        scaled = np.empty((len(files), size, size, 3), np.float32)
    except MemoryError as error:
        raise MemoryError(
            f"The {len(files)} pictures in {folder} take {len(files) * size * size * 12 / 1e9:.1f} GB of memory, more "
            "than there is: use fewer or smaller ones, or read them from their files as notebook 3 shows in the end."
        ) from error
    cache_file = None if cache_folder is None else Path(cache_folder) / f"{split}_{fruit}_{size}_{size}.npz"
    key = _cache_key(files, size)
    stored = _read_cache(cache_file, key) if cache_file else None
    if stored is None:
        stored = _prepare(files, size)
        if cache_file:
            _write_cache(cache_file, key, *stored)
    pixels, problems = stored
    if problems:
        warnings.warn(_summary(folder, len(pixels), problems), stacklevel=stacklevel)
    if not len(pixels):
        raise ValueError(f"None of the {len(files)} files in {folder} can be read as a picture: fetch them again.")
    scaled = scaled[: len(pixels)]
    np.divide(pixels, np.float32(127.5), out=scaled)
    scaled -= 1
    return scaled


def stream_images(
    fruit: str,
    size: int,
    root: str | Path,
    split: str = "training_set",
    rng: np.random.Generator | None = None,
) -> Iterator[NDArray[np.float32]]:
    """The pictures of `read_images` one by one, each read from its file when its turn comes.

    For more pictures than fit into memory: it holds 64 at a time.

    Args:
        fruit, size, root, split: as in `read_images`.
        rng: shuffles the pictures, anew in each call; in the order of their file names if None.

    Yields:
        float32 arrays (size, size, 3), RGB in [-1, 1]. A picture that cannot be read is left out; one warning at the
        end counts them.

    Raises:
        FileNotFoundError, ValueError: as `read_images`.
    """
    folder, files = _picture_files(fruit, split, Path(root))
    if rng is not None:
        files = [files[index] for index in rng.permutation(len(files))]
    read, problems = 0, []
    for start in range(0, len(files), 64):
        pixels, left_out = _prepare(files[start : start + 64], size, progress=False)
        read, problems = read + len(pixels), problems + left_out
        for picture in pixels:
            yield picture / np.float32(127.5) - 1
    if problems:
        warnings.warn(_summary(folder, read, problems), stacklevel=2)
    if not read:
        raise ValueError(f"None of the {len(files)} files in {folder} can be read as a picture: fetch them again.")


def hold_out(images: NDArray, held_out: NDArray, fruit: str) -> tuple[NDArray, NDArray]:
    """See to it that enough pictures are held out to judge by: every fifth picture, if too few came for that.

    Args:
        images: pictures (n, side, side, 3) to train on.
        held_out: pictures (m, side, side, 3) of the test set, or none of them.
        fruit: how to call them.

    Returns:
        The pictures to train on and those held out, at least 12 each. Says so where pictures change sides.

    Raises:
        ValueError: if there are fewer than 24 in all, or fewer than 12 to train on.
    """
    needed = LEAST - len(held_out)
    if len(images) < LEAST + max(needed, 0):
        raise ValueError(
            f"{len(images)} pictures of {fruit} to train on and {len(held_out)} of the test set are too few: {LEAST} "
            f"are needed to train on, and {LEAST} to judge by. A few hundred make a good training."
        )
    if needed > 0:
        chosen = np.arange(len(images)) % min(5, len(images) // needed) == 0
        chosen[np.flatnonzero(chosen)[max(needed, -(-len(images) // 5)) :]] = False
        there = f"are only {len(held_out)}" if len(held_out) else "are no"
        print(f"There {there} test pictures of {fruit}: {chosen.sum()} of the {len(images)} others are held out.")
        images, held_out = images[~chosen], np.concatenate([held_out, images[chosen]])
    if len(images) < 100:
        print(f"{len(images)} pictures of {fruit} are few: all below runs, but expect no good paintings.")
    return images, held_out


def _picture_files(fruit: str, split: str, root: Path) -> tuple[Path, list[Path]]:
    """The folder <root>/<any>/<split>/<fruit> and the files in it that may be pictures, by name."""
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
    entries = sorted(path for path in found[0].iterdir() if not path.name.startswith("."))
    files = [path for path in entries if path.name.lower() not in COMPANIONS and not path.is_dir()]
    if not files:
        raise FileNotFoundError(f"There is no picture in {found[0]}: put JPEG or PNG files there.")
    if folders := [path.name for path in entries if path.is_dir()]:
        say_once(f"Not looked into: {len(folders)} folders in {found[0]}, such as {folders[0]!r}.")
    return found[0], files


def _summary(folder: Path, read: int, problems: list[tuple[str, str]]) -> str:
    """How many pictures were read, how many left out, and for each kind why and the name of the first."""
    kinds: dict[str, list[str]] = {}
    for name, why in problems:
        kinds.setdefault(why, []).append(name)
    parts = [
        f"{len(names)} {why} ({', '.join(names[:1])}{', ...' if names[1:] else ''})" for why, names in kinds.items()
    ]
    total = read + len(problems)
    return f"{folder}: {read} of {total} files read as pictures, {len(problems)} left out: {'; '.join(parts)}."


def _prepare(files: list[Path], size: int, progress: bool = True) -> tuple[NDArray[np.uint8], list[tuple[str, str]]]:
    """Read and resize pictures, some at a time: uint8 (n, size, size, 3), and name and reason of those left out."""

    def read(path: Path) -> NDArray[np.uint8] | tuple[str, str]:
        try:
            return _read_picture(path, size)
        except _LeftOut as reason:
            return path.name, str(reason)
        except MemoryError:
            return path.name, "too large for the memory that is free: make smaller"
        except OSError:  # as the file is read
            return path.name, "locked or on a failing disk: copy again"

    def read_some(paths: list[Path]) -> list[NDArray[np.uint8] | tuple[str, str]]:
        return [read(path) for path in paths]

    # Decoding and resizing leave Python's lock free; a few pictures per task keep the threads from waiting for it.
    some = [files[start : start + 32] for start in range(0, len(files), 32)]
    results: list[NDArray[np.uint8] | tuple[str, str]] = []
    bar = tqdm(desc="Preparing pictures", total=len(files), leave=False, file=sys.stdout, unit="", disable=not progress)
    with _one_reader:  # for what is set here holds for all of Python
        limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None  # large ones are measured by what they take
        try:
            with warnings.catch_warnings(), ThreadPoolExecutor(os.cpu_count()) as pool, bar:
                warnings.simplefilter("ignore")  # Pillow's, about metadata
                for pictures in pool.map(read_some, some):
                    results += pictures
                    bar.update(len(pictures))
        finally:
            Image.MAX_IMAGE_PIXELS = limit
    good = [picture for picture in results if not isinstance(picture, tuple)]
    pixels = np.stack(good) if good else np.empty((0, size, size, 3), np.uint8)
    return pixels, [problem for problem in results if isinstance(problem, tuple)]


def _read_picture(path: Path, size: int) -> NDArray[np.uint8]:
    """One picture as uint8 (size, size, 3): turned upright, on white, RGB, resized with Lanczos."""
    if not path.is_file():
        raise _LeftOut("no file at all, such as a broken link: delete")
    if path.stat().st_size > MOST_BYTES:
        raise _LeftOut("too large to be a picture: delete")
    content = path.read_bytes()  # at once: fewer waits for Python's lock
    if not content:
        raise _LeftOut("empty: fetch again")
    try:
        return _decode_picture(content, size)
    except (_LeftOut, MemoryError):
        raise
    except Exception as error:  # Pillow's decoders raise many kinds on a damaged file
        kind = content[8:12] if content[4:8] == b"ftyp" else b""
        if kind in {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"} and pillow_heif is None:
            raise _LeftOut("HEIC: save as JPEG, or install the package pillow-heif") from error
        if kind in {b"avif", b"avis"} and not features.check("avif"):
            raise _LeftOut("AVIF: save as JPEG, or update the package pillow") from error
        for plain in _without_metadata(content):
            with contextlib.suppress(OSError, SyntaxError, ValueError):
                return _decode_picture(plain, size)
        if isinstance(error, PIL.UnidentifiedImageError) and not content.startswith(BEGINNINGS):
            raise _LeftOut("of no known format: replace or delete") from error
        raise _LeftOut("damaged or cut off: replace or delete") from error


def _decode_picture(content: bytes, size: int) -> NDArray[np.uint8]:
    """A picture, given as the bytes of its file, as `_read_picture` returns it; raises what Pillow raises."""
    with Image.open(io.BytesIO(content)) as picture:
        pixels = picture.width * picture.height
        drafted = picture.draft(None, (3 * size, 3 * size))  # a large JPEG comes out smaller and takes less memory
        box = drafted[1] if drafted else None
        needed = _memory(picture, pixels) + len(content)
        if needed > MOST_BYTES:
            raise _LeftOut(f"too large to read within {MOST_BYTES / 1e9:.1f} GB: make smaller")
        with _one_large if needed > LARGE else contextlib.nullcontext():
            picture.load()
            try:
                turn = TURNS.get(picture.getexif().get(0x0112))
            except Exception:  # damaged metadata; the pixels are whole
                turn = None
            if picture.mode[0] in "IF":
                picture = Image.fromarray(_eight_bits(np.asarray(picture)))
            shrink = min(picture.size) // (4 * size)
            if needed > LARGE and shrink > 1 and box is None and picture.mode in {"L", "LA", "RGB", "RGBA", "CMYK"}:
                picture = picture.reduce(shrink)
            if picture.has_transparency_data:
                picture = picture.convert("RGBA")
                picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
            if picture.mode != "RGB":
                picture = picture.convert("RGB")
            picture = picture.resize((size, size), Image.Resampling.LANCZOS, box)
        return np.asarray(picture if turn is None else picture.transpose(turn))


def _memory(picture: Image.Image, pixels: int) -> int:
    """About how many bytes it takes to decode and convert a picture that is open but not loaded.

    Args:
        picture: as it will be decoded.
        pixels: how many its file holds.
    """
    whole = {"L": 1, "RGB": 4, "CMYK": 4, "LA": 8, "RGBA": 8}  # these are reduced before they are converted
    each = 20 if "transparency" in picture.info else whole.get(picture.mode, 20)
    needed = picture.width * picture.height * each
    if picture.format in {"WEBP", "AVIF", "HEIF", "JPEG2000", "GIF"}:  # decoded into buffers of their own first
        needed *= 3
    if picture.format == "JPEG" and picture.info.get("progressive"):  # the decoder holds all its coefficients
        needed += pixels * (3 if JpegImagePlugin.get_sampling(picture) == 2 else 8)
    return needed


def _eight_bits(values: NDArray) -> NDArray[np.uint8]:
    """Grey values of 16 or 32 bits, or floating-point numbers, as bytes, scaled by their range.

    Floating-point numbers up to 1, and integers up to 10, 12, 14 or 16 bits, count from 0 to the end of that range.
    What is larger, or negative, is scaled from its own lowest to its own highest value.
    """
    low, high = float(values.min()), float(values.max())
    if not np.isfinite([low, high]).all():
        raise _LeftOut("with pixels that are no finite numbers: save as PNG or JPEG")
    tops = [1] if values.dtype.kind == "f" else []
    top = next((top for top in [*tops, 255, 1023, 4095, 16383, 65535] if high <= top), None)
    if low < 0 or top is None:
        if low == high:
            raise _LeftOut("of one unknown brightness: save as PNG or JPEG")
        values, top = values - np.float32(low), high - low
    return np.asarray(values * np.float32(255 / top), np.uint8)


def _without_metadata(content: bytes) -> Iterator[bytes]:
    """A JPEG or PNG file without all that its pixels do not depend on, in the ways that there may be to find them."""
    if content.startswith(b"\xff\xd8"):
        # Where a length is damaged, the tables of the picture itself are wanted, not of a preview in the metadata.
        for place in [2, *(found.start() for found in re.finditer(b"\xff\xdb", content))]:
            plain, scan = _jpeg_segments(content, place)
            if plain and (place == 2 or content.find(b"\xff\xd9", scan) == content.rfind(b"\xff\xd9")):
                yield b"\xff\xd8" + plain
    if content.startswith(b"\x89PNG"):
        kept, place = content[:8], 8
        for found in re.finditer(b"IHDR|PLTE|tRNS|IDAT|IEND", content):
            begin = found.start() - 4
            end = begin + 12 + int.from_bytes(content[begin : begin + 4], "big")
            if begin >= place and zlib.crc32(content[begin + 4 : end - 4]).to_bytes(4, "big") == content[end - 4 : end]:
                kept, place = kept + content[begin:end], end
        yield kept


def _jpeg_segments(content: bytes, place: int) -> tuple[bytes, int]:
    """The segments from a place on without metadata, and where the pixels begin; nothing if it is not in joint."""
    kept = b""
    while content[place : place + 1] == b"\xff" and place + 4 <= len(content):
        marker, length = content[place + 1], int.from_bytes(content[place + 2 : place + 4], "big")
        if marker == 0xDA:
            return kept + content[place:], place
        if 0xC0 <= marker <= 0xCF or marker in {0xDB, 0xDD, 0xE0, 0xEE}:  # sizes, tables, what the colours mean
            kept += content[place : place + 2 + length]
        place += 2 + length
    return b"", place


def _cache_key(files: list[Path], size: int) -> str:
    """Fingerprint of all that the prepared array depends on."""
    facts: list[tuple] = []
    for path in files:
        try:
            facts.append((path.name, path.stat().st_size, path.stat().st_mtime_ns))
        except OSError:
            facts.append((path.name,))
    heif = getattr(pillow_heif, "__version__", None)
    text = json.dumps([CACHE_FORMAT, PIL.__version__, heif, size, str(files[0].parent.resolve()), facts])
    return hashlib.sha256(text.encode()).hexdigest()


def _read_cache(path: Path, key: str) -> tuple[NDArray[np.uint8], list[tuple[str, str]]] | None:
    """The cached array and what was left out, or None if there is none, or it is damaged or made from other files."""
    try:
        # Its zip container checks the sums of what it holds.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            if str(stored["key"]) == key:
                return stored["pixels"], [tuple(problem) for problem in json.loads(str(stored["problems"]))]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        pass
    return None


def _write_cache(path: Path, key: str, pixels: NDArray[np.uint8], problems: list[tuple[str, str]]) -> None:
    """Keep the array; where that is impossible (read-only folder, full disk), say so and go on without."""
    try:
        with replacing(path) as file:
            np.savez(file, key=np.array(key), pixels=pixels, problems=np.array(json.dumps(problems)))
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
