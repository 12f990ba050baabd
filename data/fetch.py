"""Fetch the chapter's own data into data/book: real headlines and photographs, in the layout of data/sample.

Git does the work: a partial clone of one commit, of which only the files needed are checked out. The commit's hash is
the checksum of all of them. Needs git 2.27 or newer and a network, and nothing but Python's standard library.
"""

from __future__ import annotations

import argparse
import csv
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).resolve().parent
TRIES = 3


@dataclass(frozen=True)
class Item:
    """One file or folder to fetch.

    Attributes:
        target: where it goes, relative to the data folder's root.
        paths: the file or folders it is made of, inside the repository. Files of several folders are put together.
        count: number of pictures expected (for a CSV file: of rows), where it is known; else what the commit lists.
    """

    target: str
    paths: tuple[str, ...]
    count: int | None = None


@dataclass(frozen=True)
class Source:
    """A public git repository, the commit to take, and what of it is needed."""

    url: str
    commit: str
    licence: str
    items: tuple[Item, ...]


# The headlines come last: utils.data_dir() takes a folder with articles.csv for a complete one.
BOOK = (
    Source(
        "https://github.com/Horea94/Fruit-Images-Dataset",
        "25b65ae687fc874f097547fb6236b7ac3d9b8333",
        "Fruits-360, Mihai Oltean and Horea Muresan 2017-2020: MIT License",
        (
            Item("apple-or-tomato/training_set/tomato", ("Training/Tomato 1",), 738),
            Item("apple-or-tomato/test_set/tomato", ("Test/Tomato 1",), 246),
            Item("apple-or-tomato/training_set/apple", ("Training/Apple Red 1",)),
            Item("apple-or-tomato/test_set/apple", ("Test/Apple Red 1",)),
            Item("banana-or-orange/training_set/banana", ("Training/Banana",)),
            Item("banana-or-orange/test_set/banana", ("Test/Banana",)),
            Item("banana-or-orange/training_set/orange", ("Training/Orange",)),
            Item("banana-or-orange/test_set/orange", ("Test/Orange",)),
        ),
    ),
    Source(
        "https://github.com/PacktWorkshops/The-TensorFlow-Workshop",
        "7890cdeb5ca0446b038d10a3652ce0fd15ee5e2f",
        "Headlines of The New York Times, April 2017, from the Kaggle set New York Times Comments: CC BY-NC-SA 4.0",
        (Item("articles.csv", ("Chapter09/Exercise9.04/Articles Exercise 9.4.csv",), 886),),
    ),
)
# Tomatoes and bananas as they lie in shops: fewer and harder pictures, for those who want to try.
GROCERY = (
    Source(
        "https://github.com/marcusklasson/GroceryStoreDataset",
        "fc80ba90f803d79d0383df52c5a4ac5de99ff6fc",
        "Grocery Store Dataset, Marcus Klasson and others 2019: MIT License",
        (
            Item(
                "apple-or-tomato/training_set/tomato",
                ("dataset/train/Vegetables/Tomato", "dataset/val/Vegetables/Tomato"),
            ),
            Item("apple-or-tomato/test_set/tomato", ("dataset/test/Vegetables/Tomato",)),
            Item("banana-or-orange/training_set/banana", ("dataset/train/Fruit/Banana", "dataset/val/Fruit/Banana")),
            Item("banana-or-orange/test_set/banana", ("dataset/test/Fruit/Banana",)),
        ),
    ),
)


class FetchError(Exception):
    """Something that the person at the keyboard can mend; the message says how."""


def size_of(path: Path) -> int:
    """Number of pictures in a folder, or of rows below the header of a CSV file."""
    if path.is_dir():
        return sum(1 for entry in path.iterdir() if entry.is_file())
    with path.open(encoding="utf-8-sig", newline="") as file:
        return sum(1 for _ in csv.reader(file)) - 1


def git(*arguments: str, folder: Path) -> str:
    """Run git, with its progress on the screen; what it prints to standard output is returned."""
    # Never ask for a password; give up on a connection that carries next to nothing for a minute.
    settings = ["-c", "http.lowSpeedLimit=1000", "-c", "http.lowSpeedTime=60", "-c", "advice.detachedHead=false"]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    environment |= {"GIT_TERMINAL_PROMPT": "0"}
    result = subprocess.run(
        ["git", *settings, *arguments],
        cwd=folder,
        env=environment,
        check=True,
        text=True,
        stdout=subprocess.PIPE,
    )
    return result.stdout


def check_out(source: Source, items: list[Item], folder: Path) -> None:
    """Check out the needed files of a source's commit, trying again when the network fails."""
    patterns = [f"/{path}" for item in items for path in item.paths]
    git("init", "--quiet", folder=folder)
    git("remote", "add", "origin", source.url, folder=folder)
    git("sparse-checkout", "set", "--no-cone", *patterns, folder=folder)
    for attempt in range(1, TRIES + 1):
        try:
            git("fetch", "--progress", "--depth=1", "--filter=blob:none", "origin", source.commit, folder=folder)
            git("checkout", "--progress", "--force", source.commit, folder=folder)
            return
        except subprocess.CalledProcessError:
            if attempt == TRIES:
                raise FetchError(
                    f"{source.url} could not be fetched in {TRIES} tries; git's message stands above. Check the "
                    "network and the free disk space, then run this again: what is complete is not fetched twice."
                ) from None
            print(f"That failed; trying again in {2**attempt} seconds.", flush=True)
            time.sleep(2**attempt)


def assemble(item: Item, source: Source, checkout: Path, stage: Path) -> Path:
    """Put an item together under the staging folder, and count it."""
    made = stage / item.target
    made.parent.mkdir(parents=True, exist_ok=True)
    listed = git("ls-tree", "-r", "-z", "--name-only", source.commit, "--", *item.paths, folder=checkout)
    files = [checkout / name for name in listed.split("\0") if name]
    if made.suffix:
        shutil.copy(files[0], made)
    else:
        made.mkdir()
        for file in files:
            # Pictures of several folders may share a name: the second folder, train or val, tells them apart.
            prefix = "" if len(item.paths) == 1 else f"{file.relative_to(checkout).parts[1]}_"
            shutil.copy(file, made / f"{prefix}{file.name}")
    expected = item.count if item.count is not None else len(files)
    if size_of(made) != expected:
        raise FetchError(f"{source.url} gave {size_of(made)} of {item.target}, but {expected} were expected.")
    return made


def fetch(sources: tuple[Source, ...], root: Path) -> None:
    """Fetch what is missing of the sources.

    Each file or folder appears under its name only when it is complete, so an interrupted run leaves nothing
    half-written, and the next one goes on where it stopped.

    Args:
        sources: the repositories and what of them is needed.
        root: data folder to fill.

    Raises:
        FetchError: if git is missing, the network fails, or what arrives or lies there is not what was expected.
    """
    if shutil.which("git") is None:
        raise FetchError("This needs git, which is not installed: see https://git-scm.com/downloads")
    root.mkdir(parents=True, exist_ok=True)
    for left_over in root.glob(".fetch-*"):  # by a run that was killed
        shutil.rmtree(left_over, ignore_errors=True)
    for source in sources:
        missing = []
        for item in source.items:
            there = root / item.target
            if not there.exists():
                missing.append(item)
            elif item.count is not None and size_of(there) != item.count:
                raise FetchError(
                    f"{there} holds {size_of(there)}, but {item.count} are expected: delete it and run this again."
                )
        if missing:
            print(f"Fetching {', '.join(item.target for item in missing)}\n  from {source.url}", flush=True)
            with tempfile.TemporaryDirectory(prefix=".fetch-", dir=root) as work:
                checkout, stage = Path(work, "checkout"), Path(work, "stage")
                checkout.mkdir()
                check_out(source, missing, checkout)
                for item in missing:
                    made = assemble(item, source, checkout, stage)
                    (root / item.target).parent.mkdir(parents=True, exist_ok=True)
                    os.replace(made, root / item.target)
        for item in source.items:
            print(f"  {size_of(root / item.target):5} {item.target}")
        print(f"  Licence: {source.licence}")


def main() -> int:
    """Fetch the data named on the command line; 0 if all of it is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--grocery",
        action="store_true",
        help="fetch tomatoes and bananas in shops into data/grocery instead (harder; use it with COURSE_DATA)",
    )
    options = parser.parse_args()
    root = DATA / ("grocery" if options.grocery else "book")
    try:
        fetch(GROCERY if options.grocery else BOOK, root)
    except FetchError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"\n{root} cannot be filled ({error}): free some space, then run this again.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. What is complete stays; run this again for the rest.", file=sys.stderr)
        return 130
    print(f"Complete: data/{root.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
