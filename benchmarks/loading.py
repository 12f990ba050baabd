"""Loading pictures and saving grids: one by one with Pillow, as in the chapter, against utils."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

import utils
from benchmarks.common import SAMPLE, Row, both_ways, in_turns


def plain_loop(folder: Path) -> np.ndarray:
    """The chapter's way to load: open, resize and scale one picture after the other."""
    pictures = []
    for path in sorted(folder.iterdir()):
        picture = Image.open(path).convert("RGB").resize((96, 96), Image.Resampling.LANCZOS)
        pictures.append(np.asarray(picture, np.float32) / 127.5 - 1)
    return np.stack(pictures)


def plain_grid(images: np.ndarray, path: Path) -> None:
    """The chapter's way to save a preview: scale, then copy 25 pictures into a white array."""
    grid = np.full((16 + 5 * 112, 16 + 5 * 112, 3), 255, np.uint8)
    pictures = 0.5 * images + 0.5
    for row in range(5):
        for col in range(5):
            top, left = 16 + row * 112, 16 + col * 112
            grid[top : top + 96, left : left + 96] = pictures[5 * row + col] * 255
    Image.fromarray(grid).save(path)


def measure(quick: bool) -> list[Row]:
    """Cold and cached loading of 738 pictures of 100 x 100 and of 240 of 348 x 348 pixels, and saving of a grid."""
    rows: list[Row] = []
    sample = sorted((SAMPLE / "apple-or-tomato/training_set/tomato").iterdir())
    cache, utils.CACHE = utils.CACHE, Path(tempfile.mkdtemp(prefix="benchmark-cache-"))
    root = Path(tempfile.mkdtemp(prefix="benchmark-data-"))
    try:
        for name, count, side in [("tomato", 738, 100), ("large-tomato", 240, 348)]:
            folder = root / "fruit" / "training_set" / name
            folder.mkdir(parents=True)
            for number in range(count):
                picture = Image.open(sample[number % len(sample)])
                picture.resize((side, side), Image.Resampling.LANCZOS).save(folder / f"{number:04}.jpg", quality=90)

            def cold(name: str = name) -> None:
                shutil.rmtree(utils.CACHE, ignore_errors=True)
                utils.load_images(name, 96, root)

            sides = {
                "plain": lambda folder=folder: plain_loop(folder),
                "cold": cold,
                "cached": lambda name=name: utils.load_images(name, 96, root),
            }
            times = in_turns(sides, 3 if quick else 9)
            for kind in ("cold", "cached"):
                what = f"loading {count} pictures of {side} x {side}, {kind}"
                rows += both_ways(3, what, "s", times["plain"], times[kind])

        images = np.random.default_rng(0).uniform(-1, 1, (25, 96, 96, 3)).astype("float32")
        sides = {
            "plain": lambda: plain_grid(images, root / "plain.png"),
            "ours": lambda: utils.save_images(images, root / "ours.png"),
        }
        times = in_turns(sides, 3 if quick else 9)
        rows += both_ways(3, "saving a grid of 25 pictures", "s", times["plain"], times["ours"])
    finally:
        shutil.rmtree(utils.CACHE, ignore_errors=True)
        utils.CACHE = cache
        shutil.rmtree(root)
    return rows
