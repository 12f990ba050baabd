"""The look that all diagrams share: colours, sizes, and the pieces that more than one of them is made of.

Blue is for real data, vermillion for generated data, orange boxes for generators, sky-blue boxes for discriminators,
green for what a figure wants you to notice, grey for the rest. The colours are those of Okabe and Ito, which
colour-blind readers can tell apart, and nothing is said by colour alone. One unit of a drawing is a tenth of an inch,
so 80 units fill the width of a page.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise, product
from pathlib import Path as FilePath

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Arc, Circle, FancyBboxPatch, PathPatch, Polygon, Rectangle
from matplotlib.path import Path
from PIL import Image

HERE = FilePath(__file__).resolve().parent
DPI = 200

REAL = "#0072B2"
FAKE = "#D55E00"
GENERATOR = "#E69F00"
DISCRIMINATOR = "#56B4E9"
ACCENT = "#009E73"
GRADIENT = "#B0125B"
INK = "#222222"
MUTED = "#5C5C5C"
LINE = "#8A8A8A"
PALE = "#C8C8C8"
WHITE = "#FFFFFF"

BODY = 11.5
SMALL = 10.5
HEAD = 13

# (fill, edge) of the boxes.
STYLES = {
    "plain": ("#F5F5F5", LINE),
    "white": (WHITE, LINE),
    "generator": ("#FCEFD2", GENERATOR),
    "discriminator": ("#E1F1FB", DISCRIMINATOR),
    "frozen": ("#EFEFEF", "#9A9A9A"),
    "real": ("#E3F0F8", REAL),
    "fake": ("#FBE8DC", FAKE),
    "accent": ("#DDF3EC", ACCENT),
    "dark": ("#DCDCDC", MUTED),
    "faint": (WHITE, PALE),
    "frame": ("#FBFBFB", PALE),
}

SETTINGS = {
    "font.family": "DejaVu Sans",
    "mathtext.fontset": "dejavusans",
    "text.color": INK,
    "axes.edgecolor": LINE,
    "axes.labelcolor": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
}

Point = tuple[float, float]
Drawing = Callable[[Axes], None]
FIGURES: dict[str, tuple[float, float, Drawing]] = {}  # width, height, and what draws on it


def figure(width: float, height: float) -> Callable[[Drawing], Drawing]:
    """Register a function as the one that draws the picture of its name, on an empty sheet of this size."""

    def register(draw: Drawing) -> Drawing:
        FIGURES[draw.__name__] = (width, height, draw)
        return draw

    return register


def save(name: str, folder: FilePath = HERE) -> FilePath:
    """Draw a figure and write it as a small PNG: 256 colours are plenty for a diagram.

    The sheet is white, its units are tenths of an inch, and its origin is at the lower left.
    """
    width, height, draw = FIGURES[name]
    buffer = io.BytesIO()
    with matplotlib.rc_context(SETTINGS):
        fig = Figure(figsize=(width / 10, height / 10), dpi=DPI)
        ax = fig.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(0, height))
        ax.set_axis_off()
        draw(ax)
        fig.savefig(buffer, format="png", dpi=DPI, facecolor=WHITE, metadata={"Software": None})
    picture = Image.open(buffer).convert("RGB")
    picture = picture.quantize(256, method=Image.Quantize.MAXCOVERAGE, kmeans=4, dither=Image.Dither.NONE)
    path = folder / f"{name}.png"
    picture.save(path, optimize=True, dpi=(DPI, DPI))
    return path


@dataclass(frozen=True)
class Box:
    """A rectangle that arrows can be tied to."""

    x: float
    y: float
    w: float
    h: float

    @property
    def center(self) -> Point:
        return (self.x + self.w / 2, self.y + self.h / 2)

    @property
    def end(self) -> float:
        """Where the right edge is."""
        return self.x + self.w

    def left(self, dy: float = 0) -> Point:
        """The middle of the left edge, moved up by dy."""
        return (self.x, self.y + self.h / 2 + dy)

    def right(self, dy: float = 0) -> Point:
        """The middle of the right edge, moved up by dy."""
        return (self.end, self.y + self.h / 2 + dy)

    def top(self) -> Point:
        """The middle of the top edge."""
        return (self.x + self.w / 2, self.y + self.h)

    def bottom(self) -> Point:
        """The middle of the bottom edge."""
        return (self.x + self.w / 2, self.y)


def text(
    ax: Axes,
    x: float,
    y: float,
    words: str,
    size: float = BODY,
    color: str = INK,
    *,
    ha: str = "center",
    va: str = "center",
    weight: str = "normal",
    style: str = "normal",
) -> None:
    """Write words around (x, y). Lines are set on baselines, so that words with and without tails stand level."""
    em = size / 7.2  # points to units
    lines = words.split("\n")
    pitch = 1.42 * em
    last = {"top": -0.73 * em - (len(lines) - 1) * pitch, "bottom": 0.22 * em}
    low = y + last.get(va, -0.36 * em - (len(lines) - 1) * pitch / 2)
    for k, line in enumerate(reversed(lines)):
        height = low + k * pitch
        ax.text(x, height, line, fontsize=size, color=color, ha=ha, va="baseline", weight=weight, style=style, zorder=6)


def box(
    ax: Axes,
    x: float,
    y: float,
    w: float,
    h: float,
    label: str = "",
    style: str = "plain",
    *,
    size: float = BODY,
    weight: str = "normal",
    radius: float = 0.8,
    dashed: bool = False,
    color: str = INK,
    width: float = 1.6,
) -> Box:
    """Draw a rounded box with its lower left corner at (x, y), a label in the middle, and return it."""
    fill, edge = STYLES[style]
    shape = f"round,pad=0,rounding_size={radius}"
    line = (0, (3, 2)) if dashed else "-"
    patch = FancyBboxPatch((x, y), w, h, shape, facecolor=fill, edgecolor=edge, linewidth=width, linestyle=line)
    patch.set_zorder(3)
    ax.add_patch(patch)
    if label:
        text(ax, x + w / 2, y + h / 2, label, size, color, weight=weight)
    return Box(x, y, w, h)


def rectangle(
    ax: Axes,
    x: float,
    y: float,
    w: float,
    h: float,
    fill: str = WHITE,
    edge: str = LINE,
    width: float = 1.4,
    *,
    dashes: Point | None = None,
    zorder: float = 3,
) -> Box:
    """Draw a box with sharp corners, its lower left one at (x, y), and return it."""
    line = (0, dashes) if dashes else "-"
    patch = Rectangle((x, y), w, h, facecolor=fill, edgecolor=edge, linewidth=width, linestyle=line, zorder=zorder)
    ax.add_patch(patch)
    return Box(x, y, w, h)


def rounded(points: Sequence[Point], radius: float) -> Path:
    """A path through the points with its corners rounded."""
    corners = [np.asarray(p, float) for p in points]
    vertices, codes = [corners[0]], [Path.MOVETO]
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        back, forth = before - corner, after - corner
        r = min(radius, np.hypot(*back) / 2, np.hypot(*forth) / 2)
        vertices += [corner + back / np.hypot(*back) * r, corner, corner + forth / np.hypot(*forth) * r]
        codes += [Path.LINETO, Path.CURVE3, Path.CURVE3]
    return Path([*vertices, corners[-1]], [*codes, Path.LINETO])


def arrow(
    ax: Axes,
    *points: Point,
    color: str = INK,
    width: float = 1.6,
    dashed: bool = False,
    head: float = 1.25,
    zorder: float = 4,
) -> None:
    """An arrow along the points, ending exactly at the last one; head=0 draws a plain line."""
    tip, before = np.asarray(points[-1], float), np.asarray(points[-2], float)
    along = (tip - before) / np.hypot(*(tip - before))
    across = np.array([-along[1], along[0]])
    line = [*points[:-1], tuple(tip - along * head * 0.8)] if head else list(points)
    shaft = PathPatch(rounded(line, 1.0), facecolor="none", edgecolor=color, linewidth=width, capstyle="butt")
    shaft.set(linestyle=(0, (3.2, 1.8)) if dashed else "-", zorder=zorder)
    ax.add_patch(shaft)
    if head:
        base = tip - along * head
        wings = [tip, base + across * head * 0.45, base - across * head * 0.45]
        ax.add_patch(Polygon(wings, closed=True, facecolor=color, edgecolor="none", zorder=zorder))


def between(ax: Axes, left: Box, right: Box, label: str = "", y: float | None = None) -> None:
    """A level arrow from one box to the next, at the middle of the first or at y, with a label over it."""
    y = left.center[1] if y is None else y
    arrow(ax, (left.end, y), (right.x, y))
    text(ax, (left.end + right.x) / 2, y + 1, label, SMALL, va="bottom")


def gradient(ax: Axes, *points: Point) -> None:
    """A dashed arrow: the way a gradient flows back."""
    arrow(ax, *points, color=GRADIENT, width=1.9, dashed=True, head=1.4)


def network(ax: Axes, x: float, y: float, w: float, h: float, layers: Sequence[int], color: str) -> None:
    """A small picture of a fully connected network, centred on (x, y)."""
    columns = []
    for i, count in enumerate(layers):
        column_x = x - w / 2 + w * i / (len(layers) - 1)
        columns.append([(column_x, y + h * ((count - 1) / 2 - j) / (max(layers) - 1)) for j in range(count)])
    for left, right in pairwise(columns):
        for a, b in product(left, right):
            ax.plot([a[0], b[0]], [a[1], b[1]], color=color, linewidth=0.7, zorder=4)
    for place in chain(*columns):
        ax.add_patch(Circle(place, 0.5, facecolor=WHITE, edgecolor=color, linewidth=1.3, zorder=5))


def lock(ax: Axes, x: float, y: float, size: float = 2.2) -> None:
    """A padlock: this network does not move."""
    w, h = size, size * 0.75
    ax.add_patch(Arc((x, y + h * 0.45), w * 0.62, size, theta1=0, theta2=180, color=INK, linewidth=1.8, zorder=7))
    shape = f"round,pad=0,rounding_size={size * 0.12}"
    ax.add_patch(FancyBboxPatch((x - w / 2, y - h / 2), w, h, boxstyle=shape, facecolor=INK, edgecolor=INK, zorder=7))
    ax.add_patch(Circle((x, y + 0.02 * size), size * 0.1, facecolor=WHITE, edgecolor="none", zorder=8))


def player(
    ax: Axes,
    x: float,
    y: float,
    w: float,
    h: float,
    role: str,
    *,
    frozen: bool | None = None,
    note: str = "",
    lift: float = 0,
    layers: Sequence[int] = (),
) -> Box:
    """The box of a generator or discriminator, with a small network in it.

    Where a step of training is shown, frozen says whether this network stays as it is, with a padlock, or moves. A
    lift moves what is in the box up, to leave room for a gradient that passes below it.
    """
    area = box(ax, x, y, w, h, style="frozen" if frozen else role, radius=1)
    middle, ink = area.center[0], MUTED if frozen else INK
    wires = LINE if frozen else {"generator": "#A87400", "discriminator": "#2B7FB0"}[role]
    layers = layers or ((2, 4, 3) if role == "generator" else (3, 4, 1))
    up = lift or (1.0 if note else 0)
    network(ax, middle, y + h * 0.62 + up * 0.6, min(w * 0.55, 8), h * 0.34, layers, wires)
    text(ax, middle, y + h * 0.19 + up, role, BODY, ink, weight="bold")
    if note:
        text(ax, middle, y + h * 0.19 - 1.3, note, SMALL, ink, style="italic")
    if frozen:
        lock(ax, area.end - 0.4, y + h - 0.2)
        text(ax, middle, y - 1.7, "locked", SMALL, MUTED)
    elif frozen is False:
        text(ax, middle, y - 1.7, "moves", SMALL, ACCENT, weight="bold")
    return area
