"""Find what learners handed in, whatever it is called and however it is packed.

A notebook is known by nbgrader's names of its cells and by the cells that it shares with the released one, not by the
name of its file. nbgrader's own zip_collect wants one pattern that all names follow, and Colab, browsers, learners and
learning platforms each have another.

A folder or a zip of the instructor's folder is a learner; a file beside them belongs to the learner in its name, as
Moodle and Canvas write it. What the operating system put there (__MACOSX, .DS_Store) is passed over; all else that is
no notebook of the course is named in a remark.
"""

from __future__ import annotations

import datetime
import io
import os
import re
import stat
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

MAX_SIZE = 100 << 20  # bytes of a notebook
MAX_ZIP = 1 << 30  # bytes of all that a zip holds, unpacked
MAX_DEPTH = 4  # of zips in zips
READ = (".ipynb", ".json", ".txt")  # some browsers add the others
SYSTEM = ("__macosx", ".ds_store", "thumbs.db", "desktop.ini", ".ipynb_checkpoints", "__pycache__", ".git", ".venv")
NOBODY = "?"  # the learner of files that name none
COPY = re.compile(r"^(copy of|kopie von|copie de|copia de|c[oó]pia de)\s+|\s*\(\d+\)$", re.IGNORECASE)
MOODLE = re.compile(r"(?P<learner>.+_\d+)_assignsubmission_[a-z]+_?(?P<file>.*)", re.DOTALL)
CANVAS = re.compile(r"(?P<learner>[^_]+)(_LATE)?_(?P<id>\d+)_\d+_(?P<file>.+)", re.DOTALL)


@dataclass
class File:
    """A file that was handed in: where (zips are part of the path), when it was changed, and its bytes, or why not."""

    path: str
    time: float
    content: bytes = b""
    refused: str = ""


@dataclass
class HandIn:
    """What a learner handed in: the notebook that counts by the course's names, and remarks by name ("": on all)."""

    notebooks: dict[str, bytes] = field(default_factory=dict)
    remarks: dict[str, list[str]] = field(default_factory=dict)

    def remark(self, name: str, sentence: str) -> None:
        """Note something about a notebook."""
        self.remarks.setdefault(name, []).append(sentence)


def collect(folder: Path, released: dict[str, NotebookNode]) -> dict[str, HandIn]:
    """What each learner handed in, by learner.

    Args:
        folder: a folder as described above, or a zip of one.
        released: the course's notebooks as they were handed out, by name.

    Raises:
        ValueError: in a sentence, if the zip of a class cannot be unpacked here.
    """
    piles: dict[str, list[File]] = {}
    if folder.is_file():
        for file in unpack(File(folder.name, folder.stat().st_mtime, folder.read_bytes())):
            if file.refused and file.path == folder.name:  # all that the class handed in, and not a learner's part
                raise ValueError(f"{folder} is {file.refused}: unpack it yourself, and name the folder")
            top, _, rest = file.path.removeprefix(f"{folder.name}/").partition("/")
            learner, own = whose(top, released, folder=bool(rest) and not top.lower().endswith(".zip"))
            own = rest or own
            piles.setdefault(learner, []).extend(unpack(File(own, file.time, file.content, file.refused)))
    else:
        for path in sorted(folder.iterdir()):
            if is_system(path.name):
                continue
            inside = path.is_dir() and not path.is_symlink()
            name = os.fsencode(path.name).decode(errors="replace")  # in any alphabet, whatever this machine's language
            learner, own = whose(name, released, folder=inside)
            piles.setdefault(learner, []).extend(walk(path) if inside else read(path, own))
    found = {learner: sort(files, released) for learner, files in sorted(piles.items())}
    if NOBODY in found and found[NOBODY].notebooks:
        found[NOBODY].remark("", "whose are these? put them into a folder with the learner's name")
    return found


def whose(name: str, released: dict[str, NotebookNode], folder: bool = False) -> tuple[str, str]:
    """The learner in the name of a folder or of a file, and what is left of the file's name."""
    name = unicodedata.normalize("NFC", name)  # a Mac takes letters and their accents apart
    if found := MOODLE.fullmatch(name):
        return found["learner"], found["file"]
    if folder:
        return name, ""
    if found := CANVAS.fullmatch(name):
        return f"{found['learner']}_{found['id']}", found["file"]
    stem, dot, ending = name.rpartition(".")
    if not dot or f".{ending.lower()}" not in (*READ, ".zip"):
        return NOBODY, name
    learner = COPY.sub("", COPY.sub("", stem))
    for notebook in released:
        learner = re.sub(r"[\s_-]+".join(notebook.split("_")), "", learner, flags=re.IGNORECASE)
    return learner.strip(" _-.,") or NOBODY, name


def is_system(name: str) -> bool:
    """Whether the operating system or Jupyter put a file or a folder there."""
    return name.startswith("._") or name.lower() in SYSTEM


def walk(folder: Path) -> Iterator[File]:
    """All files in a folder, zips unpacked."""
    for path in sorted(folder.iterdir()):
        if is_system(path.name):
            continue
        if path.is_dir() and not path.is_symlink():
            yield from (File(f"{path.name}/{file.path}", file.time, file.content, file.refused) for file in walk(path))
        else:
            yield from read(path, path.name)


def most(name: str) -> int:
    """How many bytes a file of this name may have."""
    return MAX_ZIP if name.lower().endswith(".zip") else MAX_SIZE


def read(path: Path, name: str) -> Iterator[File]:
    """A file on the disk, unpacked if it is a zip."""
    if path.is_symlink() or not path.is_file():
        yield File(name, 0, refused="a link, and no file")
        return
    facts = path.stat()
    if facts.st_size > most(path.name):
        yield File(name, facts.st_mtime, refused=f"too large ({facts.st_size >> 20} MB)")
        return
    yield from unpack(File(name, facts.st_mtime, path.read_bytes()))


def unpack(file: File, depth: int = 0) -> Iterator[File]:
    """A file, or what is in it if it is a zip: read in memory, so that no name in it can lead out of a folder."""
    if not file.path.lower().endswith(".zip") or file.refused:
        yield file
        return
    if depth == MAX_DEPTH:
        yield File(file.path, file.time, refused="a zip in a zip in a zip")
        return
    try:
        archive = zipfile.ZipFile(io.BytesIO(file.content))
    except Exception as error:  # whatever a learner's file may hold
        yield File(file.path, file.time, refused=f"a zip that does not open ({error})")
        return
    entries = [
        entry
        for entry in archive.infolist()
        if not (entry.is_dir() or any(map(is_system, re.split(r"[/\\]", entry.filename))))
    ]
    # What an entry says of its size holds: no more than that is unpacked.
    if sum(entry.file_size for entry in entries if entry.file_size <= most(entry.filename)) > MAX_ZIP:
        yield File(file.path, file.time, refused="too large when unpacked")
        return
    for entry in entries:
        path = f"{file.path}/{entry.filename}"
        if stat.S_ISLNK(entry.external_attr >> 16):
            yield File(path, 0, refused="a link, and no file")
            continue
        if entry.file_size > most(path):
            yield File(path, 0, refused="too large when unpacked")
            continue
        try:
            with archive.open(entry) as opened:
                content = opened.read(entry.file_size)  # with this number it never unpacks more at once
            year, *rest = entry.date_time
            known = year > 1980  # what programs write that do not know
            time = datetime.datetime(year, *rest).timestamp() if known else file.time
        except Exception as error:  # damaged, locked with a password, packed in an unknown way, ...
            yield File(path, 0, refused=f"cannot be unpacked ({error})")
            continue
        yield from unpack(File(path, time, content), depth + 1)


def sort(files: list[File], released: dict[str, NotebookNode]) -> HandIn:
    """The newest try at each notebook of the course, with a remark on all else."""
    tries: dict[str, list[File]] = {}
    hand_in = HandIn()
    for file in files:
        name, why = ("", file.refused) if file.refused else which(file, released)
        if why:
            hand_in.remark(name, f"{file.path}: {why}")
        else:
            tries.setdefault(name, []).append(file)
    for name, found in tries.items():
        found.sort(key=lambda file: (file.time, number(file.path), file.path))
        hand_in.notebooks[name] = found[-1].content
        if others := [file.path for file in found[:-1] if file.content != found[-1].content]:
            same = " (of the same time)" if found[-1].time == found[-2].time else ""
            hand_in.remark(name, f"the newest of several counts{same}: {found[-1].path}, not {', '.join(others)}")
    return hand_in


def number(path: str) -> int:
    """The number that a browser gave a file, as in `name (2).ipynb`."""
    return int((re.findall(r"\((\d+)\)", path) or ["0"])[-1])


def which(file: File, released: dict[str, NotebookNode]) -> tuple[str, str]:
    """Which notebook of the course a file is, and why it cannot count ("": it can)."""
    if not file.path.lower().endswith(READ):
        return "", "no notebook"
    try:
        notebook = nbformat.reads(file.content.decode("utf-8-sig"), as_version=4)
        cells, mine = {cell.source.strip() for cell in notebook.cells}, set(marks(notebook))
    except Exception:  # whatever a learner's file may hold
        meant = [name for name in released if letters(name) in letters(file.path)]
        return meant[0] if meant else "", "cannot be read as a notebook: ask for it again"
    shared = {name: len(cells & {cell.source.strip() for cell in known.cells}) for name, known in released.items()}
    named = {name: len(mine & set(marks(known))) for name, known in released.items()}
    best = max(released, key=lambda name: (shared[name] if named[name] else 0, named[name]))
    if named[best]:
        return best, ""
    best = max(shared, key=lambda name: shared[name])
    if shared[best] > 3:
        return best, "has lost nbgrader's marks: ask for the file as Jupyter or Colab saves it"
    return "", "no notebook of the course"


def letters(text: str) -> str:
    """A name without what programs change in it."""
    return re.sub(r"[\W_]+", "", text).lower()


def marks(notebook: NotebookNode) -> dict[str, NotebookNode]:
    """A notebook's cells that nbgrader knows, by their name, in order; of several with one name the last."""
    cells = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell for cell in notebook.cells}
    return {name: cell for name, cell in cells.items() if name}
