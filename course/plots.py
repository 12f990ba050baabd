"""The figures of a training that lesson 3 shows: rows of pictures, losses, judgements, previews, a film.

Pictures are arrays (n, height, width, 3) in [-1, 1]; a log is the table that `course.training.train` returns.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from PIL import Image

# The same two colours in every notebook, and a third, safe for colour-blind readers.
REAL, GENERATED, OTHER = "#0072B2", "#D55E00", "#009E73"


def show_images(images: ArrayLike, title: str) -> None:
    """A row of pictures."""
    images = np.asarray(images, "float32")
    width = min(1.6 * len(images), 13)
    figure, axes = plt.subplots(1, len(images), figsize=(width, width / len(images) + 0.5), squeeze=False)
    for axis, image in zip(axes[0], images, strict=True):
        axis.imshow((np.clip(image, -1, 1) + 1) / 2)
        axis.axis("off")
    figure.suptitle(title)
    plt.show()


def losses(log: pd.DataFrame, title: str) -> None:
    """Mean loss of each network per epoch, with those of an undecided discriminator."""
    epoch = np.arange(1, len(log) + 1)
    figure, axis = plt.subplots(figsize=(8, 3.5), layout="constrained")
    for name, player, colour, draw, label in [
        ("gen_loss", "generator", GENERATED, np.log(2), "ln 2"),
        ("disc_loss", "discriminator", REAL, 2 * np.log(2), "2 ln 2"),
    ]:
        axis.plot(epoch, log[name], color=colour, label=player, marker="o" if len(epoch) < 8 else None)
        axis.axhline(draw, color=colour, linestyle="--", linewidth=1, label=f"at a draw, {label}")
    axis.xaxis.get_major_locator().set_params(integer=True)
    axis.set(xlabel="epoch", ylabel="loss (nats)", title=title)
    axis.legend(fontsize=8, ncols=2)
    plt.show()


def figures(
    logs: dict[str, pd.DataFrame], title: str, unit: str = "epoch", floor: dict[str, float] | None = None
) -> None:
    """KID, precision and recall with their spread, by "epoch" or "minute", for each of up to three logs by name.

    Of a floor, by those names, the level is dotted.
    """
    figure, axes = plt.subplots(1, 3, figsize=(12, 3.4), layout="constrained")
    for (name, log), colour in zip(logs.items(), (GENERATED, OTHER, REAL), strict=False):
        x = log.epoch + 1 if unit == "epoch" else log.seconds.cumsum() / 60
        judged = log.kid.notna()
        for axis, figure_name in zip(axes, ("kid", "precision", "recall"), strict=True):
            values, spread = log[figure_name][judged], log[f"{figure_name}_spread"][judged]
            axis.errorbar(x[judged], values, spread, color=colour, label=name, marker=".")
    for axis, figure_name in zip(axes, ("kid", "precision", "recall"), strict=True):
        if floor:
            axis.axhline(floor[figure_name], color="black", linestyle=":")
    for axis, label in zip(axes, ("KID x 1000", "precision", "recall"), strict=True):
        axis.set(xlabel=unit, title=label)
    axes[0].set(yscale="log")
    axes[0].yaxis.set_major_formatter("{x:,.0f}")
    axes[0].yaxis.set_minor_formatter("{x:,.0f}")
    axes[0].legend()
    figure.suptitle(title)
    plt.show()


def by_seed(table: pd.DataFrame, title: str) -> None:
    """KID, precision and recall by epoch, a line for each way and seed; of a way with one row its level, dotted."""
    figure, axes = plt.subplots(1, 3, figsize=(12, 3.4), layout="constrained")
    for (way, rows), colour in zip(table.groupby("way"), (REAL, GENERATED, OTHER), strict=False):
        for axis, name in zip(axes, ("kid", "precision", "recall"), strict=True):
            if len(rows) == 1:
                axis.axhline(rows[name].iloc[0], color=colour, linestyle=":", label=way)
                continue
            for number, (_, one) in enumerate(rows.groupby("seed")):
                axis.plot(one["epoch"], one[name], color=colour, linewidth=1, label=None if number else way)
    for axis, label in zip(axes, ("KID x 1000", "precision", "recall"), strict=True):
        axis.set(xlabel="epoch", title=label)
    axes[0].set(yscale="log")
    axes[0].yaxis.set_major_formatter("{x:,.0f}")
    axes[0].legend()
    figure.suptitle(title)
    plt.show()


def previews(folder: Path, counts: Iterable[int], title: str) -> None:
    """The saved grids train-{cnt}.png, side by side, as far as they were made."""
    there = [cnt for cnt in sorted(set(counts)) if (folder / f"train-{cnt}.png").exists()]
    figure, axes = plt.subplots(1, len(there), figsize=(3.6 * len(there), 4.1), squeeze=False, layout="constrained")
    for axis, cnt in zip(axes[0], there, strict=True):
        axis.imshow(plt.imread(folder / f"train-{cnt}.png"))
        axis.set_title(f"epoch {cnt + 1}")
        axis.axis("off")
    figure.suptitle(title)
    plt.show()


def film(folder: Path, log: pd.DataFrame, margin: int, side: int, rows: int = 2, cols: int = 5) -> Path:
    """An animated GIF of a training's grids train-{cnt}.png, cut to rows x cols pictures; its path."""
    width, height = (margin + n * (side + margin) for n in (cols, rows))
    there = [path for path in (folder / f"train-{cnt}.png" for cnt in log.epoch) if path.exists()]
    begun = there[0].stat().st_mtime  # grids older than the first are another training's
    there = [path for path in there if path.stat().st_mtime >= begun]
    pictures = [Image.open(path).crop((0, 0, width, height)).quantize(64, dither=Image.Dither.NONE) for path in there]
    durations = [700] * (len(pictures) - 1) + [2000]  # milliseconds; the last one stays
    path = folder / "film.gif"
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=durations, loop=0)
    return path
