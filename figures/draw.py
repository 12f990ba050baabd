"""Draw the diagrams that the notebooks show.

    python figures/draw.py                    draw all of them
    python figures/draw.py word_order gan_game    draw only these

Every picture is one function below, named like its file. They share one look: blue for real data, vermillion for
generated data, orange boxes for generators, sky-blue boxes for discriminators, green for what a figure wants you to
notice, grey for the rest. The colours are those of Okabe and Ito, which colour-blind readers can tell apart, and
nothing is said by colour alone. One unit of a drawing is a tenth of an inch, so 80 units fill the width of a page.
The same code always writes the same bytes.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Arc, Circle, Ellipse, FancyBboxPatch, PathPatch, Polygon, Rectangle
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
}

Point = tuple[float, float]
FIGURES: dict[str, Callable[[], Figure]] = {}

plt.rcParams.update(
    {
        "font.family": "DejaVu Sans",
        "mathtext.fontset": "dejavusans",
        "text.color": INK,
        "axes.edgecolor": LINE,
        "axes.labelcolor": INK,
        "xtick.color": MUTED,
        "ytick.color": MUTED,
    }
)


# ---------------------------------------------------------------------------------------------------------------------
# Shared pieces
# ---------------------------------------------------------------------------------------------------------------------


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

    def left(self, dy: float = 0) -> Point:
        """The middle of the left edge, moved up by dy."""
        return (self.x, self.y + self.h / 2 + dy)

    def right(self, dy: float = 0) -> Point:
        """The middle of the right edge, moved up by dy."""
        return (self.x + self.w, self.y + self.h / 2 + dy)

    def top(self, dx: float = 0) -> Point:
        """The middle of the top edge, moved right by dx."""
        return (self.x + self.w / 2 + dx, self.y + self.h)

    def bottom(self, dx: float = 0) -> Point:
        """The middle of the bottom edge, moved right by dx."""
        return (self.x + self.w / 2 + dx, self.y)


def figure(draw: Callable[[], Figure]) -> Callable[[], Figure]:
    """Register a function as the one that draws the picture of its name."""
    FIGURES[draw.__name__] = draw
    return draw


def canvas(width: float, height: float) -> tuple[Figure, Axes]:
    """An empty white sheet whose units are tenths of an inch, origin at the lower left."""
    fig = plt.figure(figsize=(width / 10, height / 10), dpi=DPI, facecolor=WHITE)
    ax = fig.add_axes((0, 0, 1, 1))
    ax.set_xlim(0, width)
    ax.set_ylim(0, height)
    ax.set_axis_off()
    return fig, ax


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
) -> Box:
    """Draw a rounded box with its lower left corner at (x, y), a label in the middle, and return it."""
    fill, edge = STYLES[style]
    patch = FancyBboxPatch(
        (x, y),
        w,
        h,
        boxstyle=f"round,pad=0,rounding_size={radius}",
        facecolor=fill,
        edgecolor=edge,
        linewidth=1.6,
        linestyle=(0, (3, 2)) if dashed else "-",
        zorder=3,
    )
    ax.add_patch(patch)
    if label:
        text(ax, x + w / 2, y + h / 2, label, size, color, weight=weight)
    return Box(x, y, w, h)


def chip(ax: Axes, x: float, y: float, word: str, style: str = "white", *, h: float = 4, dashed: bool = False) -> Box:
    """A box just wide enough for one word; y is its middle."""
    width = 0.93 * len(word) + 2.2
    return box(ax, x, y - h / 2, width, h, word, style, size=BODY, radius=0.7, dashed=dashed)


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
    ax.add_patch(
        PathPatch(
            rounded(line, 1.0),
            facecolor="none",
            edgecolor=color,
            linewidth=width,
            linestyle=(0, (3.2, 1.8)) if dashed else "-",
            capstyle="butt",
            zorder=zorder,
        )
    )
    if head:
        base = tip - along * head
        wings = [tip, base + across * head * 0.45, base - across * head * 0.45]
        ax.add_patch(Polygon(wings, closed=True, facecolor=color, edgecolor="none", zorder=zorder))


def gradient(ax: Axes, *points: Point, head: float = 1.4) -> None:
    """A dashed arrow: the way a gradient flows back."""
    arrow(ax, *points, color=GRADIENT, width=1.9, dashed=True, head=head)


def node(ax: Axes, x: float, y: float, sign: str, r: float, color: str = INK, fill: str = WHITE) -> None:
    """A circle for a sum ("+") or an element-wise product ("x"); the sign is drawn, so that it sits in the middle."""
    ax.add_patch(Circle((x, y), r, facecolor=fill, edgecolor=color, linewidth=1.5, zorder=5))
    arms = [(1, 0), (0, 1)] if sign == "+" else [(0.71, 0.71), (0.71, -0.71)]
    for dx, dy in arms:
        d = 0.55 * r
        ax.plot([x - d * dx, x + d * dx], [y - d * dy, y + d * dy], color=color, linewidth=1.5, zorder=6)


def network(ax: Axes, x: float, y: float, w: float, h: float, layers: Sequence[int], color: str) -> None:
    """A small picture of a fully connected network, centred on (x, y)."""
    columns = []
    for i, count in enumerate(layers):
        column_x = x - w / 2 + w * i / (len(layers) - 1)
        columns.append([(column_x, y + h * ((count - 1) / 2 - j) / (max(layers) - 1)) for j in range(count)])
    for left, right in zip(columns, columns[1:], strict=False):
        for a in left:
            for b in right:
                ax.plot([a[0], b[0]], [a[1], b[1]], color=color, linewidth=0.7, zorder=4)
    for column in columns:
        for cx, cy in column:
            ax.add_patch(Circle((cx, cy), 0.5, facecolor=WHITE, edgecolor=color, linewidth=1.3, zorder=5))


def lock(ax: Axes, x: float, y: float, size: float = 2.2) -> None:
    """A padlock: this network does not move."""
    w, h = size, size * 0.75
    ax.add_patch(Arc((x, y + h * 0.45), w * 0.62, size * 1.0, theta1=0, theta2=180, color=INK, linewidth=1.8, zorder=7))
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
    frozen: bool = False,
    note: str = "",
    lift: float = 0,
    layers: Sequence[int] = (),
) -> Box:
    """The box of a generator or discriminator, with a small network in it and a padlock where it does not move.

    A lift moves what is in the box up, to leave room for a gradient that passes below it.
    """
    area = box(ax, x, y, w, h, style="frozen" if frozen else role, radius=1)
    ink = MUTED if frozen else INK
    wires = LINE if frozen else {"generator": "#A87400", "discriminator": "#2B7FB0"}[role]
    layers = layers or ((2, 4, 3) if role == "generator" else (3, 4, 1))
    up = lift or (1.0 if note else 0)
    network(ax, x + w / 2, y + h * 0.62 + up * 0.6, min(w * 0.55, 8), h * 0.34, layers, wires)
    text(ax, x + w / 2, y + h * 0.19 + up, role, BODY, ink, weight="bold")
    if note:
        text(ax, x + w / 2, y + h * 0.19 - 1.3, note, SMALL, ink, style="italic")
    if frozen:
        lock(ax, x + w - 0.4, y + h - 0.2)
    return area


def mini_plot(ax: Axes, x: float, y: float, w: float, h: float, kind: str) -> Box:
    """A small scatter of points: the parabola (kind "real") or points of a half-trained generator ("fake")."""
    rng = np.random.default_rng(3)
    if kind == "real":
        px = np.linspace(-0.48, 0.48, 15)
        py, color, marker = px**2, REAL, "o"
    else:
        px = np.linspace(-0.40, 0.50, 13)
        py, color, marker = 0.75 * px**2 + 0.06 + rng.normal(0, 0.025, px.size), FAKE, "^"
    box(ax, x, y, w, h, style=kind, radius=0.6, dashed=kind == "fake")
    to_x = x + w / 2 + px * (w - 2) / 1.1
    to_y = y + h * 0.2 + py * h * 0.6 / 0.27
    ax.plot(to_x, to_y, linestyle="none", marker=marker, markersize=4.2, color=color, zorder=5)
    return Box(x, y, w, h)


def tomato(ax: Axes, x: float, y: float, size: float) -> Box:
    """A picture card with a tomato on white, lower left corner at (x, y): a real photograph."""
    ax.add_patch(Rectangle((x, y), size, size, facecolor=WHITE, edgecolor=REAL, linewidth=1.8, zorder=4))
    cx, cy = x + size / 2, y + size * 0.46
    ax.add_patch(Ellipse((cx, cy), size * 0.78, size * 0.68, facecolor="#C9281C", edgecolor="none", zorder=5))
    ax.add_patch(Ellipse((cx - size * 0.03, cy + size * 0.03), size * 0.66, size * 0.55, facecolor="#DC3A2A", zorder=5))
    shine = Ellipse((cx - size * 0.19, cy + size * 0.13), size * 0.2, size * 0.09, angle=35, facecolor="#F6A79B")
    shine.set_zorder(5)
    ax.add_patch(shine)
    star = []
    for k in range(10):
        r, a = size * (0.24 if k % 2 == 0 else 0.07), np.pi / 2 + k * np.pi / 5
        star.append((cx + r * np.cos(a), cy + size * 0.25 + 0.45 * r * np.sin(a)))
    ax.add_patch(Polygon(star, closed=True, facecolor="#2E7D32", edgecolor="#1F5A23", linewidth=0.5, zorder=6))
    ax.plot([cx, cx + size * 0.04], [cy + size * 0.25, cy + size * 0.4], color="#2E7D32", linewidth=2.2, zorder=6)
    return Box(x, y, size, size)


def blur(picture: np.ndarray, times: int) -> np.ndarray:
    """Smooth an (n, n, 3) picture with a 3 by 3 binomial filter, so many times."""
    for _ in range(times):
        for axis in (0, 1):
            ahead, behind = np.roll(picture, 1, axis), np.roll(picture, -1, axis)
            picture = 0.5 * picture + 0.25 * (ahead + behind)
    return picture


def painted_tomato(ax: Axes, x: float, y: float, size: float, seed: int = 0, noise: float = 0.10) -> Box:
    """The same card as a generator in training paints it: lopsided, blurred and noisy."""
    rng = np.random.default_rng(seed)
    n = 30
    v, u = np.mgrid[1 : -1 : n * 1j, -1 : 1 : n * 1j]
    angle = np.arctan2(v + 0.08, u)
    edge = 1 + 0.10 * np.sin(2 * angle + seed) + 0.07 * np.sin(3 * angle + 2 * seed)
    inside = (np.hypot(u / 0.76, (v + 0.08) / 0.66) < edge)[..., None]
    leaf = (np.hypot((u - 0.06 * seed) / 0.34, (v - 0.42) / 0.16) < 1)[..., None]
    picture = np.where(inside, [0.82, 0.24, 0.17], [1.0, 1.0, 1.0])
    picture = blur(np.where(leaf, [0.25, 0.47, 0.22], picture), 3)
    grain = blur(rng.normal(0, noise, (n, n, 1)), 1) * 1.6 + rng.normal(0, noise / 2, (n, n, 3))
    picture = np.clip(picture + grain, 0, 1)
    extent = (x, x + size, y, y + size)
    ax.imshow(picture, extent=extent, interpolation="nearest", aspect="equal", zorder=4)
    frame = Rectangle((x, y), size, size, facecolor="none", edgecolor=FAKE, linewidth=1.8, linestyle=(0, (3, 1.5)))
    frame.set_zorder(5)
    ax.add_patch(frame)
    return Box(x, y, size, size)


def numbers(
    ax: Axes,
    x: float,
    y: float,
    values: np.ndarray,
    cell: float,
    *,
    fill: Callable[[int, int], str] | None = None,
    color: Callable[[int, int], str] | None = None,
    size: float = BODY,
) -> Box:
    """A grid of numbers with its lower left corner at (x, y); fill and color choose by row and column."""
    rows, columns = values.shape
    for i in range(rows):
        for j in range(columns):
            left, low = x + j * cell, y + (rows - 1 - i) * cell
            face = fill(i, j) if fill else WHITE
            ax.add_patch(Rectangle((left, low), cell, cell, facecolor=face, edgecolor=LINE, linewidth=1.0, zorder=3))
            ink = color(i, j) if color else INK
            text(ax, left + cell / 2, low + cell / 2, f"{values[i, j]:g}", size, ink)
    return Box(x, y, columns * cell, rows * cell)


def window(ax: Axes, grid: Box, cell: float, i: int, j: int, n: int, color: str, dashed: bool = False) -> None:
    """Outline n by n cells of a grid, starting at row i and column j."""
    x, y = grid.x + j * cell, grid.y + grid.h - (i + n) * cell
    style = (0, (2.4, 1.4)) if dashed else "-"
    frame = Rectangle((x, y), n * cell, n * cell, facecolor="none", edgecolor=color, linewidth=2.8, linestyle=style)
    frame.set_zorder(7)
    ax.add_patch(frame)


def slab(ax: Axes, x: float, middle: float, side: float, thick: float, style: str) -> Box:
    """A feature map as a block: side for height and width, thick for channels. Returns what an arrow should meet."""
    fill, edge = STYLES[style]
    shade = {"generator": ("#F7DDA6", "#F0CC80"), "discriminator": ("#C3E2F5", "#A5D3EF"), "plain": ("#EAEAEA", PALE)}
    top, face = shade[style]
    dx, dy = 0.34 * side, 0.22 * side
    low = middle - (side + dy) / 2
    front = [(x, low), (x + thick, low), (x + thick, low + side), (x, low + side)]
    lid = [(x, low + side), (x + thick, low + side), (x + thick + dx, low + side + dy), (x + dx, low + side + dy)]
    flank = [(x + thick, low), (x + thick + dx, low + dy), (x + thick + dx, low + side + dy), (x + thick, low + side)]
    for corners, color in ((front, fill), (lid, top), (flank, face)):
        ax.add_patch(
            Polygon(corners, closed=True, facecolor=color, edgecolor=edge, linewidth=1.3, joinstyle="round", zorder=3)
        )
    return Box(x, low, thick + dx, side + dy)


def between(ax: Axes, left: Box, right: Box, label: str = "") -> None:
    """A level arrow from one box to the next, with a label over it."""
    y = left.center[1]
    arrow(ax, (left.x + left.w, y), (right.x, y))
    if label:
        middle = (left.x + left.w + right.x) / 2
        text(ax, middle, y + 1, label, SMALL, va="bottom")


# ---------------------------------------------------------------------------------------------------------------------
# Notebook 1: text
# ---------------------------------------------------------------------------------------------------------------------


@figure
def word_order() -> Figure:
    """Two headlines with opposite meaning fall into the same bag of word counts."""
    fig, ax = canvas(80, 28)
    rows = (
        (22.5, 16.0, 52.66, "wages rise as prices fall", "good news for shoppers"),
        (12.0, 12.0, 50.95, "prices rise as wages fall", "bad news for shoppers"),
    )
    for y, goal, edge, sentence, meaning in rows:
        x = 2.0
        for word in sentence.split():
            style = {"wages": "accent", "prices": "dark"}.get(word, "white")
            piece = chip(ax, x, y, word, style)
            x += piece.w + 0.8
        text(ax, 2.2, y - 3.7, meaning, SMALL, MUTED, ha="left", style="italic")
        bend = [(42.5, y), (42.5, goal)] if goal != y else []
        arrow(ax, (x + 0.2, y), *bend, (edge, goal))
    text(ax, 2.2, 3, "the same counts: what is lost is the order", BODY, ha="left", weight="bold")
    low, mid = 2.0, 63.0
    outline = Path(
        [(mid - 4, 21), (49, 18), (48, 2), (55, low), (71, low), (78, 2), (77, 18), (mid + 4, 21)],
        [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4, Path.LINETO, Path.CURVE4, Path.CURVE4, Path.CURVE4],
    )
    ax.add_patch(PathPatch(outline, facecolor="#F5F5F5", edgecolor=LINE, linewidth=1.8, zorder=2))
    ruffle = [(mid - 4, 21), (mid - 6, 25), (mid - 2.5, 24), (mid, 25.2), (mid + 2.5, 24), (mid + 6, 25), (mid + 4, 21)]
    ax.add_patch(Polygon(ruffle, closed=True, facecolor="#E6E6E6", edgecolor=LINE, linewidth=1.8, joinstyle="round"))
    ax.plot([mid - 4.3, mid + 4.3], [21, 21], color=INK, linewidth=3, solid_capstyle="round", zorder=4)
    for k, word in enumerate(sorted(sentence.split())):
        y = 17.2 - 3.1 * k
        text(ax, mid - 5.5, y, word, ha="left")
        text(ax, mid + 5.5, y, "1", ha="right")
    return fig


@figure
def next_word() -> Figure:
    """The loop of a language model: words so far, a probability for each next word, choose, append."""
    fig, ax = canvas(80, 35)
    text(ax, 3, 33, "words so far", SMALL, MUTED, ha="left")
    x = 3.0
    for word in ("storm", "closes", "the"):
        piece = chip(ax, x, 29.2, word)
        x += piece.w + 0.8
    slot = chip(ax, x, 29.2, "harbour", "accent", dashed=True)
    model = box(ax, 3, 7.5, 18, 10, "language\nmodel", "plain", size=HEAD, weight="bold")
    arrow(ax, (3, 26.4), (3, 25.6), (piece.x + piece.w, 25.6), (piece.x + piece.w, 26.4), head=0)
    arrow(ax, (12, 25.6), model.top())
    table = box(ax, 27, 2.5, 41, 21, style="faint")
    arrow(ax, model.right(), (table.x, model.center[1]))
    text(ax, table.center[0], 21, "a probability for every word", SMALL, MUTED)
    guesses = {"harbour": 0.41, "airport": 0.23, "schools": 0.17, "show": 0.04, "all other words": 0.15}
    for k, (word, p) in enumerate(guesses.items()):
        y = 17.2 - 3 * k
        style = "plain" if k else "accent"
        text(ax, 42, y, word, ha="right", weight="normal" if k else "bold")
        fill, edge = STYLES[style]
        ax.add_patch(Rectangle((43, y - 1), 42 * p, 2, facecolor=fill, edgecolor=edge, linewidth=1.4, zorder=3))
        text(ax, 44 + 42 * p, y, f"{p:.2f}", SMALL, ha="left")
    arrow(ax, (68, 17.2), (76, 17.2), (76, 29.2), slot.right(), color=ACCENT, width=2)
    text(ax, 72.4, 16.2, "choose", SMALL, ACCENT, va="top", weight="bold")
    text(ax, 56, 30.2, "append, then ask again", SMALL, ACCENT, va="bottom", weight="bold")
    text(ax, 2.8, 3.4, "invented numbers", SMALL, MUTED, ha="left", style="italic")
    return fig


@figure
def ngram_prefixes() -> Figure:
    """One headline becomes token ids, all its prefixes, and padded rows of predictors and label."""
    fig, ax = canvas(80, 43)
    words = ("storm", "closes", "the", "harbour", "again")
    ids = (412, 187, 1, 903, 236)
    for k, (word, number) in enumerate(zip(words, ids, strict=True)):
        x = 18 + 11 * k
        upper = box(ax, x, 37, 10, 4, word, "white", radius=0.7)
        lower = box(ax, x, 29.5, 10, 4, str(number), "plain", radius=0.7)
        arrow(ax, upper.bottom(), lower.top(), head=1.0)
    text(ax, 15.5, 39, "headline", BODY, MUTED, ha="right")
    text(ax, 15.5, 31.5, "token ids", BODY, MUTED, ha="right")
    cell, height, longest = 4.6, 3.4, 7

    def row_of(x: float, y: float, values: Sequence[int], label_last: bool) -> None:
        for j, value in enumerate(values):
            last = label_last and j == len(values) - 1
            left = x + j * cell + (2.0 if last else 0)
            fill, edge = STYLES["accent" if last else "plain" if value else "faint"]
            ax.add_patch(
                Rectangle(
                    (left, y), cell, height, facecolor=fill, edgecolor=edge, linewidth=1.2, zorder=4 if last else 3
                )
            )
            ink = INK if value else LINE
            text(ax, left + cell / 2, y + height / 2, str(value), SMALL, ink)

    arrow(ax, (18, 28.6), (18, 27.6), head=0)
    arrow(ax, (72, 28.6), (72, 27.6), (14, 27.6), (14, 24.8))
    text(ax, 14, 23.4, "every prefix of 2 or more", SMALL, MUTED)
    text(ax, 54.8, 23.4, "predictors", SMALL, MUTED, va="center")
    text(ax, 72.9, 23.4, "label", SMALL, ACCENT, weight="bold")
    for k in range(4):
        y = 17.8 - 4.4 * k
        prefix = ids[: k + 2]
        row_of(3, y, prefix, False)
        row_of(41, y, (0,) * (longest - len(prefix)) + prefix, True)
    arrow(ax, (28.5, 12.5), (38.5, 12.5))
    text(ax, 33.4, 13.6, "pad with 0\nin front", SMALL, va="bottom")
    text(ax, 40.0, 2.1, "the longest headline has 7 words here: 6 predictors, 1 label", SMALL, MUTED, style="italic")
    return fig


@figure
def rnn_unrolled() -> Figure:
    """A recurrent network as a loop and the same network unrolled over its steps."""
    fig, ax = canvas(80, 35)
    y, h = 14.5, 8

    def cell(x: float, w: float, step: str) -> Box:
        area = box(ax, x, y, w, h, "tanh", "accent", size=BODY, weight="bold")
        arrow(ax, (x + w / 2, y - 4.5), area.bottom())
        arrow(ax, area.top(), (x + w / 2, y + h + 4.5))
        text(ax, x + w / 2, y - 6, f"$x_{{{step}}}$", HEAD)
        text(ax, x + w / 2, y + h + 6, f"$h_{{{step}}}$", HEAD)
        return area

    rolled = cell(3, 9, "t")
    arrow(ax, rolled.right(2), (17, y + h / 2 + 2), (17, y + h / 2 - 2), rolled.right(-2))
    text(ax, 18.2, y + h / 2, "$h_{t-1}$", HEAD, ha="left")
    text(ax, 25.8, y + h / 2, "=", 20, MUTED)
    steps = [cell(36, 8, "1"), cell(50, 8, "2"), cell(69, 8, "T")]
    arrow(ax, (32.3, y + h / 2), steps[0].left())
    text(ax, 30.6, y + h / 2, "$h_0$", HEAD)
    arrow(ax, steps[0].right(), steps[1].left())
    text(ax, 47, y + h / 2 + 1.8, "$h_1$", HEAD)
    arrow(ax, steps[1].right(), (61.2, y + h / 2), head=0)
    ax.plot([62.2, 63.3, 64.4], [y + h / 2] * 3, linestyle="none", marker="o", markersize=2.6, color=INK)
    arrow(ax, (65.4, y + h / 2), steps[2].left())
    text(ax, 59.8, y + h / 2 + 1.8, "$h_2$", HEAD)
    low = 5.7
    arrow(ax, (36, low + 1), (36, low), (77, low), (77, low + 1), color=LINE, head=0)
    arrow(ax, (56.5, low), (56.5, low - 1), color=LINE, head=0)
    text(ax, 56.5, low - 2.6, "the same $W$, $U$ and $b$ at every step", BODY)
    text(ax, 3, 32.7, "$h_t = \\tanh(W\\,x_t + U\\,h_{t-1} + b)$", HEAD, ha="left")
    text(ax, 77, 32.7, "tanh keeps every value of $h_t$ between −1 and 1", SMALL, MUTED, ha="right")
    return fig


# The parts of an LSTM cell that each of its four steps uses.
LSTM_STEPS = {
    "forget": {"bus", "f", "mul_f", "c_in"},
    "store": {"bus", "i", "c", "mul_i"},
    "update": {"f_line", "mul_f", "c_in", "c_mid", "c_out", "add", "mul_i", "add_line"},
    "output": {"bus", "o", "c_out", "tanh", "mul_o", "h_out"},
}


def lstm(ax: Axes, x0: float, y0: float, s: float, active: set[str] | None = None) -> None:
    """Draw an LSTM cell, s units to one of its own; parts that are not active are pale. None: all are, with names."""
    whole = active is None

    def on(part: str) -> bool:
        return active is None or part in active

    def ink(part: str) -> str:
        return (INK if whole else ACCENT) if on(part) else PALE

    def at(u: float, v: float) -> Point:
        return (x0 + s * u, y0 + s * v)

    def wire(part: str, *points: Point, head: bool = True, width: float = 0) -> None:
        line = width or (1.6 if whole else 2.2 if on(part) else 1.3)
        tip = (1.25 if whole else 1.1) if head else 0
        arrow(ax, *(at(*p) for p in points), color=ink(part), width=line, head=tip, zorder=4.5 if on(part) else 4)

    def memory(part: str, *points: Point, head: bool = True) -> None:
        color = ACCENT if on(part) else PALE
        line = 4.0 if on(part) else 2.6
        arrow(ax, *(at(*p) for p in points), color=color, width=line, head=2.2 if head else 0, zorder=4.4)

    def gate(part: str, u: float, sign: str, name: str) -> None:
        style = ("plain" if whole else "accent") if on(part) else "faint"
        low = at(u - 4.3, 20.6)
        box(ax, *low, 8.6 * s, 6.2 * s, style=style, radius=0.6)
        color = INK if on(part) else LINE
        if whole:
            text(ax, *at(u, 25), sign, HEAD, color, weight="bold")
            text(ax, *at(u, 22.3), name, SMALL, color)
        else:
            text(ax, *at(u, 23.7), sign, BODY, color, weight="bold" if on(part) else "normal")

    def label(part: str, u: float, v: float, words: str, ha: str) -> None:
        text(ax, *at(u, v), words, BODY if whole else SMALL, INK if on(part) else LINE, ha=ha)

    frame = FancyBboxPatch(
        at(8, 2), 48 * s, 34 * s, boxstyle="round,pad=0,rounding_size=1.6", facecolor="#FBFBFB", edgecolor=PALE
    )
    frame.set(linewidth=1.6, zorder=1)
    ax.add_patch(frame)

    f, i, c, o, store, squash = 15.0, 25.0, 35.8, 50.0, 30.4, 41.5
    top, mid, low, r = 31, 14.3, 7, 1.45
    wire("bus", (11, 38.2), (11, top), head=False)
    taps = {"f": f, "i": i, "c": c, "o": o}
    for part, u in sorted(taps.items(), key=lambda tap: on(tap[0])):
        if part == "o":
            wire(part, (3.6, top), (u, top), (u, 26.8))
        else:
            wire(part, (3.6, top), (u, top), head=False)
            wire(part, (u, top), (u, 26.8))
    for part, u in {"bus": 11.0, **taps}.items():
        if part != "o":
            ax.add_patch(Circle(at(u, top), 0.38, facecolor=ink(part), edgecolor="none", zorder=5))
    gate("f", f, "σ", "forget gate")
    gate("i", i, "σ", "input gate")
    gate("c", c, "tanh", "candidate")
    gate("o", o, "σ", "output gate")

    f_part = "f" if on("f") else "f_line"
    wire(f_part, (f, 20.6), (f, low + r))
    for part, u, end in (("i", i, store - r), ("c", c, store + r)):
        wire(part, (u, 20.6), (u, mid), (end, mid))
    wire("add_line", (store, mid - r), (store, low + r))
    memory("c_in", (3.6, low), (f, low), head=False)
    memory("c_mid", (f, low), (store, low), head=False)
    memory("c_out", (store, low), (60.4, low))
    wire("tanh", (squash, low), (squash, mid - 1.9))
    branch = (ACCENT, 5) if on("tanh") else (PALE, 4.3)
    ax.add_patch(Circle(at(squash, low), 0.5, facecolor=branch[0], edgecolor="none", zorder=branch[1]))
    style = ("plain" if whole else "accent") if on("tanh") else "faint"
    box(ax, *at(squash - 3.4, mid - 1.9), 6.8 * s, 3.8 * s, style=style, radius=0.6)
    text(ax, *at(squash, mid), "tanh", SMALL, INK if on("tanh") else LINE)
    wire("tanh", (squash + 3.4, mid), (o - r, mid))
    wire("o", (o, 20.6), (o, mid + r))
    wire("h_out", (o + r, mid), (60.4, mid))
    nodes = {"mul_f": (f, low), "mul_i": (store, mid), "add": (store, low), "mul_o": (o, mid)}
    for part, place in nodes.items():
        fill = STYLES["accent"][0] if on(part) and not whole else WHITE
        node(ax, *at(*place), "+" if part == "add" else "x", r * s, INK if on(part) else PALE, fill)

    label(f_part, f + 1.0, 17.2, "$f_t$", ha="left")
    label("i", i - 0.8, 17.2, "$i_t$", ha="right")
    label("c", c - 0.9, 17.6, "$\\tilde{c}_t$", ha="right")
    label("o", o + 1.0, 17.6, "$o_t$", ha="left")
    label("bus", 2.6, top, "$h_{t-1}$", ha="right")
    label("bus", 11, 38.2 + 1.5 / s, "$x_t$", ha="center")
    label("c_in", 2.6, low, "$c_{t-1}$", ha="right")
    label("c_out", 61.2, low, "$c_t$", ha="left")
    label("h_out", 61.2, mid, "$h_t$", ha="left")
    if whole:
        text(ax, *at(30.4, top + 2.2), "$z_t = [h_{t-1}, x_t]$", BODY)
        text(ax, *at(22.7, low - 2.6), "cell state", SMALL, ACCENT, weight="bold")
        text(ax, *at(50.2, mid - 3.3), "hidden state", SMALL, weight="bold")


@figure
def lstm_cell() -> Figure:
    """The architecture of an LSTM cell."""
    fig, ax = canvas(80, 54)
    lstm(ax, 3.0, 5.0, 1.18)
    text(ax, 13, 3.6, "σ: from 0 to 1, a valve", SMALL, MUTED, ha="left")
    text(ax, 36.5, 3.6, "tanh: from −1 to 1", SMALL, MUTED, ha="left")
    node(ax, 55.2, 3.6, "x", 1.0, MUTED)
    node(ax, 58.0, 3.6, "+", 1.0, MUTED)
    text(ax, 59.8, 3.6, "element by element", SMALL, MUTED, ha="left")
    return fig


@figure
def lstm_steps() -> Figure:
    """The four steps of an LSTM cell, the active part of each in green."""
    fig, ax = canvas(80, 70)
    formulas = {
        "forget": ["$f_t = \\sigma(W_f\\,z_t + b_f)$"],
        "store": ["$i_t = \\sigma(W_i\\,z_t + b_i)$", "$\\tilde{c}_t = \\tanh(W_c\\,z_t + b_c)$"],
        "update": ["$c_t = f_t \\odot c_{t-1} + i_t \\odot \\tilde{c}_t$"],
        "output": ["$o_t = \\sigma(W_o\\,z_t + b_o)$", "$h_t = o_t \\odot \\tanh(c_t)$"],
    }
    says = {
        "forget": "how much of the old memory to keep",
        "store": "what is new, and how much of it to let in",
        "update": "old memory kept, plus what is new",
        "output": "what to show of the memory",
    }
    for k, (name, parts) in enumerate(LSTM_STEPS.items()):
        x, y = 0.5 + 40 * (k % 2), 36.5 - 33.5 * (k // 2)
        text(ax, x + 13, y + 30.8, f"{k + 1}  {name}", HEAD, weight="bold", ha="left")
        lstm(ax, x + 2, y + 7.4, 0.58, parts)
        text(ax, x + 19.5, y + 6.4, says[name], SMALL, MUTED, style="italic")
        for j, formula in enumerate(formulas[name]):
            count = len(formulas[name])
            text(ax, x + 19.5 + (j - (count - 1) / 2) * 19.5, y + 3.2, formula)
    text(ax, 40, 2.2, "in all: $z_t = [h_{t-1}, x_t]$;  ⊙ multiplies element by element", SMALL, MUTED)
    return fig


@figure
def vanishing_gradient() -> Figure:
    """The size of a gradient carried back through 1 to 30 steps, for three recurrent factors (computed)."""
    fig, ax = plt.subplots(figsize=(8, 4), dpi=DPI, facecolor=WHITE)
    steps = np.arange(1, 31)
    looks = (
        (1.2, GRADIENT, "^", "--", "explodes"),
        (1.0, MUTED, "s", ":", "stays"),
        (0.8, ACCENT, "o", "-", "vanishes"),
    )
    for factor, color, marker, line, fate in looks:
        size = np.cumprod(np.full(steps.size, factor))
        ax.plot(steps, size, color=color, marker=marker, markersize=4.5, linestyle=line, linewidth=1.6)
        final = f"{size[-1]:.0f}" if size[-1] >= 1 else f"{size[-1]:.4f}"
        note = f"factor {factor:.1f}: {fate}\n{final} after 30 steps"
        ax.annotate(note, (30, size[-1]), (10, 0), textcoords="offset points", color=color, fontsize=SMALL, va="center")
    ax.set_yscale("log")
    ax.set_xlim(0, 30.5)
    ax.set_ylim(5e-4, 1e3)
    ax.set_xticks([1, 5, 10, 15, 20, 25, 30])
    ax.tick_params(labelsize=SMALL)
    ax.set_xlabel("steps back in time, k", fontsize=BODY)
    ax.set_ylabel("size of the gradient (log scale)", fontsize=BODY)
    ax.set_title(
        "Carried back k steps, a gradient is multiplied by the factor k times", fontsize=BODY, loc="left", pad=10
    )
    ax.grid(axis="y", color="#E6E6E6", linewidth=0.8)
    ax.spines[["top", "right"]].set_visible(False)
    fig.subplots_adjust(left=0.1, right=0.74, bottom=0.14, top=0.9)
    return fig


# ---------------------------------------------------------------------------------------------------------------------
# Notebook 2: the GAN on points
# ---------------------------------------------------------------------------------------------------------------------


@figure
def gan_generator() -> Figure:
    """A generator turns a latent vector of standard normal numbers into a point, and never sees real data."""
    fig, ax = canvas(80, 34)
    middle = 21.5
    grid = np.linspace(-3, 3, 61)
    bell = np.exp(-(grid**2) / 2)
    ax.fill_between(8.5 + grid * 2.1, 18, 18 + 8 * bell, facecolor="#F0F0F0", edgecolor=LINE, linewidth=1.4)
    ax.plot([1.6, 15.4], [18, 18], color=LINE, linewidth=1.4)
    text(ax, 8.5, 16.4, "standard normal\nnumbers", SMALL, MUTED, va="top")
    latent = (0.13, -1.27, 0.64, 1.02, -0.54)
    for k, z in enumerate(latent):
        box(ax, 22, 28.1 - 3.3 * k, 8, 3.3, f"{z:.2f}".replace("-", "−"), "white", radius=0.01)
    vector = Box(22, 14.9, 8, 16.5)
    text(ax, 26, 13.6, "latent vector\n5 numbers", SMALL, MUTED, va="top")
    arrow(ax, (16.6, vector.center[1]), vector.left())
    maker = player(ax, 37, middle - 7, 18, 16, "generator", layers=(5, 6, 2))
    arrow(ax, vector.right(), (maker.x, vector.center[1]))
    area = axes_card(ax, 62.5, 15.5, 15, 15)
    arrow(ax, (55, vector.center[1]), (area.x, vector.center[1]))
    text(ax, 70, 13.6, "one point\n$(x, y) = (0.31, 0.34)$", SMALL, MUTED, va="top")
    ax.plot([74.2], [24.6], marker="^", markersize=9, color=FAKE, zorder=6)
    barred = box(ax, 39, 1, 14, 5, "real data", "real", color=REAL, weight="bold")
    arrow(ax, barred.top(), (46, 10.2), color=LINE, head=0)
    for sign in (1, -1):
        ax.plot([44.9, 47.1], [10.2 + 1.1 * sign, 10.2 - 1.1 * sign], color=GRADIENT, linewidth=2.6, zorder=6)
    text(ax, 54.8, 3.5, "never shown to the generator", SMALL, MUTED, ha="left", style="italic")
    return fig


def axes_card(ax: Axes, x: float, y: float, w: float, h: float) -> Box:
    """An empty small plot with axes through its middle, for a single generated point."""
    area = box(ax, x, y, w, h, style="fake", radius=0.6, dashed=True)
    arrow(ax, (x + 1, y + h * 0.3), (x + w - 1, y + h * 0.3), color=LINE, width=1.2, head=0.8)
    arrow(ax, (x + w / 2, y + 1), (x + w / 2, y + h - 1), color=LINE, width=1.2, head=0.8)
    text(ax, x + w - 1.7, y + h * 0.3 - 1.5, "$x$", SMALL, MUTED)
    text(ax, x + w / 2 - 1.5, y + h - 1.9, "$y$", SMALL, MUTED)
    return area


@figure
def gan_discriminator_sources() -> Figure:
    """A discriminator's data: real points with label 1, generated points with label 0; out comes one probability."""
    fig, ax = canvas(80, 38)
    up, down, middle = 27.5, 10.0, 18.75
    sampler = box(ax, 2, up - 5.5, 22, 11, style="white")
    text(ax, 13, up + 3, "real sampler", weight="bold")
    text(ax, 13, up - 1.6, "$x$ uniform on [−0.5, 0.5)\n$y = x^2$", SMALL)
    real = mini_plot(ax, 29, up - 5.5, 13, 11, "real")
    arrow(ax, sampler.right(), real.left())
    latent = box(ax, 2, down - 2.5, 5, 5, "$z$", "white", size=HEAD)
    text(ax, 4.5, down - 3.8, "latent\nvector", SMALL, MUTED, va="top")
    maker = player(ax, 11, down - 6, 13, 12, "generator")
    arrow(ax, latent.right(), maker.left())
    fake = mini_plot(ax, 29, down - 5.5, 13, 11, "fake")
    arrow(ax, maker.right(), fake.left())
    text(ax, 35.5, up + 7.2, "real: label 1", BODY, REAL, weight="bold")
    text(ax, 35.5, down - 7.2, "generated: label 0", BODY, FAKE, weight="bold")
    judge = player(ax, 48.5, middle - 7, 16, 14, "discriminator")
    for source, dy in ((real, 2.5), (fake, -2.5)):
        arrow(ax, source.right(), (45.2, source.center[1]), (45.2, middle + dy), judge.left(dy))
    low, high = middle - 9, middle + 9
    level = low + 0.87 * (high - low)
    arrow(ax, judge.right(), (70.5, middle))
    ax.add_patch(Rectangle((70.5, low), 2.2, high - low, facecolor="#F5F5F5", edgecolor=LINE, linewidth=1.4, zorder=3))
    fill, edge = STYLES["accent"]
    ax.add_patch(Rectangle((70.5, low), 2.2, level - low, facecolor=fill, edgecolor=edge, linewidth=1.4, zorder=4))
    text(ax, 73.6, level, "0.87", weight="bold", ha="left")
    text(ax, 73.6, high, "1", SMALL, MUTED, ha="left")
    text(ax, 73.6, low, "0", SMALL, MUTED, ha="left")
    text(ax, 71.6, low - 1.4, "probability\nof real", SMALL, MUTED, va="top")
    return fig


@figure
def gan_game() -> Figure:
    """The whole GAN: two players and the loss that each of them tries to make small."""
    fig, ax = canvas(80, 50)
    up, down, middle = 33.5, 16.5, 25.0
    latent = box(ax, 2, down - 2.5, 5, 5, "$z$", "white", size=HEAD)
    text(ax, 4.5, down - 4.2, "latent\nvector", SMALL, MUTED, va="top")
    maker = player(ax, 11, down - 7, 15, 14, "generator", note="the counterfeiter")
    arrow(ax, latent.right(), maker.left())
    real = mini_plot(ax, 31, up - 5, 13, 10, "real")
    fake = mini_plot(ax, 31, down - 5, 13, 10, "fake")
    arrow(ax, maker.right(), fake.left())
    text(ax, 37.5, up + 6.5, "real points", BODY, REAL, weight="bold")
    text(ax, 37.5, down - 6.5, "generated points", BODY, FAKE, weight="bold")
    judge = player(ax, 50, middle - 7, 15, 14, "discriminator", note="the shopkeeper")
    for source, dy in ((real, 2.5), (fake, -2.5)):
        arrow(ax, source.right(), (47, source.center[1]), (47, middle + dy), judge.left(dy))
    verdict = box(ax, 70, middle - 2.5, 8, 5, "$D(\\cdot)$", "white")
    arrow(ax, judge.right(), verdict.left())
    box(ax, 47, 42, 31, 6.4, style="discriminator")
    text(ax, 62.5, 46.4, "discriminator’s loss", BODY, weight="bold")
    text(ax, 62.5, 43.8, "$-\\log D(\\mathrm{real}) - \\log(1 - D(\\mathrm{generated}))$", SMALL)
    g_loss = box(ax, 50, 1.6, 28, 6.4, style="generator")
    text(ax, 64, 6.0, "generator’s loss", BODY, weight="bold")
    text(ax, 64, 3.4, "$-\\log D(\\mathrm{generated})$", SMALL)
    arrow(ax, verdict.top(), (74, 42))
    arrow(ax, verdict.bottom(), (74, 8))
    text(ax, 73, 36.5, "real → 1\ngenerated → 0", SMALL, ha="right")
    text(ax, 73, 12.8, "generated → 1", SMALL, ha="right")
    gradient(ax, (57.5, 42), judge.top())
    text(ax, 56.6, 40.2, "trains it", SMALL, GRADIENT, ha="right", style="italic")
    gradient(ax, g_loss.left(), (18.5, 4.8), maker.bottom())
    text(ax, 34.5, 3.4, "trains it, through the discriminator", SMALL, GRADIENT, va="top", style="italic")
    return fig


@figure
def gan_backprop() -> Figure:
    """What flows back in each half-step, and which network moves."""
    fig, ax = canvas(80, 60)
    shape = "round,pad=0,rounding_size=1.4"
    for low, high, first in ((29.5, 59, True), (4.8, 27.5, False)):
        ax.add_patch(
            FancyBboxPatch((1, low), 78, high - low, boxstyle=shape, facecolor="none", edgecolor=PALE, linewidth=1.4)
        )
        title = "1  the discriminator’s half-step" if first else "2  the generator’s half-step"
        text(ax, 3, high - 2.8, title, HEAD, weight="bold", ha="left")
        y = low + 10.2
        forward, back = y + 1.6, y - 5.0
        latent = box(ax, 3, forward - 2.5, 5, 5, "$z$", "white", size=HEAD)
        maker = player(ax, 12, y - 6.5, 14, 13, "generator", frozen=first, lift=1.4)
        fake = box(ax, 30, forward - 2.5, 10.5, 5, "generated", "fake", dashed=True, size=SMALL)
        judge = player(ax, 44.5, y - 6.5, 15.5, 13, "discriminator", frozen=not first, lift=1.4)
        loss = box(ax, 64.3, y - 6.5, 13, 13, style="plain")
        for a, b in ((latent, maker), (maker, fake), (fake, judge), (judge, loss)):
            arrow(ax, (a.x + a.w, forward), (b.x, forward))
        text(ax, loss.center[0], y + 4.0, "loss", weight="bold")
        text(ax, loss.center[0], y - 0.6, "real → 1\ngenerated → 0" if first else "generated → 1", SMALL)
        if first:
            real = box(ax, 30, y + 7.5, 10.5, 5, "real", "real", size=SMALL)
            arrow(ax, real.right(), (52.25, real.center[1]), judge.top())
            gradient(ax, (loss.x, back), (judge.x + judge.w, back))
            ax.plot([43, 43], [back - 1.5, back + 1.5], color=GRADIENT, linewidth=3)
            text(ax, 42, back, "stops here", SMALL, GRADIENT, ha="right", style="italic")
        else:
            gradient(ax, (loss.x, back), (maker.x + maker.w, back))
            text(ax, 35.25, back - 0.8, "passes through", SMALL, GRADIENT, va="top", style="italic")
        mover, other = (judge, maker) if first else (maker, judge)
        text(ax, mover.center[0], y - 8.2, "moves", SMALL, ACCENT, weight="bold")
        text(ax, other.center[0], y - 8.2, "locked", SMALL, MUTED)
    arrow(ax, (14, 2.3), (20, 2.3))
    text(ax, 21, 2.3, "forward", SMALL, ha="left")
    gradient(ax, (36, 2.3), (42.5, 2.3))
    text(ax, 43.5, 2.3, "gradient", SMALL, GRADIENT, ha="left")
    lock(ax, 59, 2.1, 1.8)
    text(ax, 61, 2.3, "does not move", SMALL, ha="left")
    return fig


# ---------------------------------------------------------------------------------------------------------------------
# Notebook 3: the DCGAN on pictures
# ---------------------------------------------------------------------------------------------------------------------


def convolve(picture: np.ndarray, kernel: np.ndarray, stride: int) -> np.ndarray:
    """Slide a 3 by 3 kernel over a picture with a border of zeros (as Keras does: no flip)."""
    padded = np.pad(picture, 1)
    n = (padded.shape[0] - 3) // stride + 1
    result = np.zeros((n, n), int)
    for i in range(n):
        for j in range(n):
            result[i, j] = (padded[i * stride : i * stride + 3, j * stride : j * stride + 3] * kernel).sum()
    return result


def spread(small: np.ndarray, kernel: np.ndarray, stride: int) -> np.ndarray:
    """Transposed convolution: stamp the kernel, times each number, stride cells apart; overlaps add up."""
    n = (small.shape[0] - 1) * stride + kernel.shape[0]
    result = np.zeros((n, n), int)
    for i in range(small.shape[0]):
        for j in range(small.shape[1]):
            result[i * stride : i * stride + 3, j * stride : j * stride + 3] += small[i, j] * kernel
    return result


@figure
def strided_convolution() -> Figure:
    """A 3 by 3 kernel that moves two cells at a time halves a picture; all numbers are computed."""
    fig, ax = canvas(80, 35)
    picture = np.array([[1, 0, 2, 1, 0], [0, 3, 1, 0, 2], [2, 1, 0, 1, 1], [1, 0, 2, 3, 0], [0, 2, 1, 0, 1]])
    kernel = np.array([[0, 1, 0], [1, 2, 1], [0, 1, 0]])
    result = convolve(picture, kernel, 2)
    cell, middle = 3.9, 18.2
    padded = np.pad(picture, 1)

    def border(i: int, j: int) -> bool:
        return not (1 <= i <= 5 and 1 <= j <= 5)

    grid = numbers(
        ax,
        3,
        middle - 3.5 * cell,
        padded,
        cell,
        fill=lambda i, j: "#F2F2F2" if border(i, j) else WHITE,
        color=lambda i, j: LINE if border(i, j) else INK,
    )
    window(ax, grid, cell, 0, 2, 3, ACCENT)
    window(ax, grid, cell, 0, 4, 3, INK, dashed=True)
    text(ax, grid.center[0], grid.y - 1.8, "5 × 5 picture, border of zeros", SMALL, MUTED)
    text(ax, 35, middle, "∗", 20, MUTED)
    weights = numbers(ax, 39.5, middle - 1.5 * cell, kernel, cell)
    text(ax, weights.center[0], weights.y - 1.8, "3 × 3 kernel", SMALL, MUTED)
    arrow(ax, (53, middle), (61.5, middle))
    text(ax, 57.1, middle + 1.0, "stride 2", SMALL, va="bottom")
    out = numbers(ax, 64, middle - 1.5 * cell, result, cell)
    window(ax, out, cell, 0, 1, 1, ACCENT)
    window(ax, out, cell, 0, 2, 1, INK, dashed=True)
    text(ax, out.center[0], out.y - 1.8, "3 × 3 result", SMALL, MUTED)
    patch = padded[0:3, 2:5]
    terms = [f"{w}·{v}" for w, v in zip(kernel.ravel(), patch.ravel(), strict=True) if w]
    text(ax, 57.6, 29.2, f"{' + '.join(terms)} = {result[0, 1]}", BODY, ACCENT, weight="bold")
    text(ax, 57.6, 7.4, "dashed: the next window, two cells on")
    return fig


@figure
def transposed_convolution() -> Figure:
    """Two ways to enlarge: stamp the kernel and add overlaps, or double the cells first and then convolve."""
    fig, ax = canvas(80, 54)
    small = np.array([[1, 2], [3, 4]])
    kernel = np.ones((3, 3), int)
    cell = 3.8
    hits = spread(np.ones((2, 2), int), kernel, 2)
    tints = {1: WHITE, 2: "#D3EFE6", 4: "#7FD0B5"}
    text(ax, 77.5, 51.8, "kernel: 3 × 3, all ones", SMALL, MUTED, ha="right")

    def step(x0: float, x1: float, y: float, words: str) -> None:
        arrow(ax, (x0, y), (x1, y))
        text(ax, (x0 + x1) / 2 - 0.4, y + 0.8, words, SMALL, va="bottom")

    def grid(x: float, y: float, values: np.ndarray, fill: Callable[[int, int], str] | None = None) -> Box:
        n = len(values)
        area = numbers(ax, x, y - n * cell / 2, values, cell, fill=fill)
        text(ax, area.center[0], area.y - 1.8, f"{n} × {n}", SMALL, MUTED)
        return area

    text(ax, 3, 51.8, "transposed convolution, stride 2", HEAD, weight="bold", ha="left")
    y = 39.0
    grid(3, y, small)
    step(11.8, 20, y, "× kernel")
    for i in range(2):
        for j in range(2):
            numbers(ax, 21.5 + 9.8 * j, y + 0.7 - 9.8 * i, small[i, j] * kernel, 2.8, size=SMALL)
    step(41, 48, y, "2 apart,\nadd up")
    grid(49.5, y, spread(small, kernel, 2), lambda i, j: tints[int(hits[i, j])])
    text(ax, 70, y + 5.4, "stamped", SMALL, MUTED, ha="left")
    for k, (count, words) in enumerate(((1, "once"), (2, "twice"), (4, "4 times"))):
        row = y + 2.2 - 3.2 * k
        ax.add_patch(Rectangle((70, row - 1), 2, 2, facecolor=tints[count], edgecolor=LINE, linewidth=1.0))
        text(ax, 72.8, row, words, SMALL, MUTED, ha="left")

    text(ax, 3, 23.8, "upsample × 2, then convolve", HEAD, weight="bold", ha="left")
    y = 11.9
    doubled = small.repeat(2, axis=0).repeat(2, axis=1)
    grid(3, y, small)
    step(11.8, 20, y, "double")
    wide = grid(21.5, y, doubled)
    step(38.2, 48, y, "∗ kernel")
    smooth = grid(49.5, y, convolve(doubled, kernel, 1))
    window(ax, wide, cell, 0, 0, 3, ACCENT)
    window(ax, smooth, cell, 1, 1, 1, ACCENT)
    text(ax, 66.2, y, "each number\nsums 9 cells\n(outside: 0)", SMALL, MUTED, ha="left")
    return fig


def strip(ax: Axes, y: float, title: str, names: Sequence[str], widths: Sequence[float], style: str) -> None:
    """A row of small boxes: what one block of a network is made of."""
    x = (80 - sum(widths) - 2.6 * (len(widths) - 1) - 0.9 * len(title) - 2) / 2
    text(ax, x, y + 2, title, BODY, ha="left", weight="bold")
    x += 0.9 * len(title) + 2
    before = None
    for name, w in zip(names, widths, strict=True):
        piece = box(ax, x, y, w, 4, name, style, size=SMALL, radius=0.7)
        if before:
            arrow(ax, before.right(), piece.left(), head=1.0)
        before = piece
        x += w + 2.6


@figure
def dcgan_generator() -> Figure:
    """The DCGAN's generator, from 200 numbers to a picture, with the shape after each block."""
    fig, ax = canvas(80, 37)
    middle, gap = 25.0, 5.0
    latent = Box(3.0, middle - 5, 2, 10)
    ax.add_patch(Rectangle((latent.x, latent.y), 2, 10, facecolor=WHITE, edgecolor=LINE, linewidth=1.4, zorder=3))
    for k in range(1, 8):
        ax.plot([3, 5], [latent.y + 1.25 * k] * 2, color=LINE, linewidth=0.9, zorder=4)
    text(ax, 4.4, 12.6, "200\nnumbers", SMALL, va="top")
    before, x = latent, 13.0
    layers = ((4, 256, "Dense\nReshape"), (8, 256, "× 2"), (16, 256, "× 2"), (32, 128, "× 2"), (96, 128, "× 3"))
    for side, channels, how in layers:
        block = slab(ax, x, middle, 1.6 * side**0.5, 3.0 if channels == 256 else 1.9, "generator")
        between(ax, before, block, how)
        text(ax, block.center[0], 12.6, f"{side}×{side}\n×{channels}", SMALL, va="top")
        before, x = block, x + block.w + gap
    picture = painted_tomato(ax, x, middle - 7, 14, seed=1, noise=0.05)
    between(ax, before, picture, "Conv\ntanh")
    text(ax, picture.center[0], 12.6, "96×96×3", SMALL, va="top", weight="bold")
    names = ("UpSampling2D(k)", "Conv2D 3×3", "BatchNorm", "ReLU")
    strip(ax, 2.5, "block × k:", names, (15.5, 12, 11.5, 7), "generator")
    return fig


@figure
def dcgan_discriminator() -> Figure:
    """The DCGAN's discriminator, from a picture to one probability, with the shape after each block."""
    fig, ax = canvas(80, 34)
    middle, gap = 21.8, 3.9
    picture = tomato(ax, 2, middle - 6, 12)
    text(ax, picture.center[0], 12.6, "96×96×3", SMALL, va="top", weight="bold")
    before, x = picture, 14 + gap
    layers = ((48, 32, 0.9, 2), (24, 64, 1.3, 2), (13, 128, 1.9, 2), (13, 256, 3.0, 1), (13, 512, 4.5, 1))
    for side, channels, thick, stride in layers:
        block = slab(ax, x, middle, 1.22 * side**0.5, thick, "discriminator")
        between(ax, before, block)
        text(ax, block.center[0], 12.6, f"{side}×{side}\n×{channels}", SMALL, va="top")
        text(ax, block.center[0], 31.8, f"stride {stride}", SMALL, MUTED)
        if side == 24:
            text(ax, block.center[0], 29.3, "pad to 25", SMALL, MUTED)
        before, x = block, x + block.w + gap
    flat = Box(x, middle - 7, 1.4, 14)
    ax.add_patch(
        Rectangle((x, flat.y), 1.4, 14, facecolor=STYLES["discriminator"][0], edgecolor=DISCRIMINATOR, linewidth=1.3)
    )
    between(ax, before, flat)
    text(ax, flat.center[0], 31.8, "Flatten", SMALL, MUTED)
    text(ax, flat.center[0], 12.6, "86,528", SMALL, va="top")
    logit = box(ax, x + 1.4 + gap, middle - 2.2, 5.2, 4.4, "2.94", "white", size=SMALL)
    between(ax, flat, logit)
    text(ax, logit.center[0], 31.8, "Dense", SMALL, MUTED)
    text(ax, logit.center[0], 12.6, "logit", SMALL, va="top")
    chance = box(ax, logit.x + 5.2 + gap, middle - 2.2, 5.6, 4.4, "0.95", "accent", weight="bold")
    between(ax, logit, chance)
    text(ax, chance.center[0], 31.8, "sigmoid", SMALL, MUTED)
    text(ax, chance.center[0], 12.6, "proba-\nbility", SMALL, va="top")
    names = ("Conv2D 3×3", "BatchNorm, not in the first", "LeakyReLU 0.2", "Dropout 0.25")
    strip(ax, 2, "block:", names, (11.5, 24, 13.5, 13), "discriminator")
    return fig


def noise_card(ax: Axes, x: float, y: float, w: float, h: float) -> Box:
    """A vector of random numbers, drawn as a column of grey cells."""
    shades = np.random.default_rng(5).normal(0.5, 0.22, (8, 2)).clip(0, 1)
    ax.imshow(
        shades,
        cmap="gray",
        vmin=0,
        vmax=1,
        extent=(x, x + w, y, y + h),
        aspect="equal",
        interpolation="nearest",
        zorder=4,
    )
    ax.add_patch(Rectangle((x, y), w, h, facecolor="none", edgecolor=LINE, linewidth=1.4, zorder=5))
    return Box(x, y, w, h)


def pile(ax: Axes, x: float, y: float, size: float, real: bool) -> Box:
    """Three picture cards, one on the other: a batch."""
    for k in (2, 1, 0):
        left, low = x + 1.0 * k, y + 1.0 * k
        if k:
            edge = REAL if real else FAKE
            look = "-" if real else (0, (3, 1.5))
            ax.add_patch(
                Rectangle(
                    (left, low),
                    size,
                    size,
                    facecolor=WHITE,
                    edgecolor=edge,
                    linewidth=1.4,
                    linestyle=look,
                    zorder=3 - k * 0.1,
                )
            )
        elif real:
            tomato(ax, left, low, size)
        else:
            painted_tomato(ax, left, low, size, seed=2)
    return Box(x, y, size + 2, size)


@figure
def train_generator() -> Figure:
    """One training step of the DCGAN's generator: the locked discriminator passes the gradient on to it."""
    fig, ax = canvas(80, 25)
    y = 12.0
    noise = noise_card(ax, 3.2, y - 5.5, 2.8, 11)
    text(ax, 4.6, y - 6.6, "200\nnumbers", SMALL, MUTED, va="top")
    maker = player(ax, 10.5, y - 6.5, 14, 13, "generator", lift=1.4)
    fake = pile(ax, 28.5, y - 2.8, 9, False)
    judge = player(ax, 43.5, y - 6.5, 15.5, 13, "discriminator", frozen=True, lift=1.4)
    loss = box(ax, 63.3, y - 6.5, 14.5, 13, style="plain")
    forward, back = y + 1.6, y - 5.0
    for left, right in ((noise, maker), (maker, fake), (fake, judge), (judge, loss)):
        arrow(ax, (left.x + left.w, forward), (right.x, forward))
    verdict(ax, loss, y + 3.6, "fake", 0.20, 1)
    text(ax, loss.center[0], y - 4.0, f"loss {-np.log(0.20):.2f}", weight="bold")
    text(ax, loss.center[0], y + 8.2, "verdict → target", SMALL, MUTED)
    gradient(ax, (loss.x, back), (maker.x + maker.w, back))
    text(ax, 34, back - 0.9, "gradient", SMALL, GRADIENT, va="top", style="italic")
    text(ax, fake.center[0], y + 10.0, "generated (fake)", SMALL, FAKE, weight="bold")
    text(ax, maker.center[0], y - 8.2, "moves", SMALL, ACCENT, weight="bold")
    text(ax, judge.center[0], y - 8.2, "locked", SMALL, MUTED)
    return fig


def verdict(ax: Axes, loss: Box, y: float, what: str, chance: float, target: int) -> None:
    """What the discriminator said, what it is measured against, and what that costs."""
    miss = chance if target else 1 - chance
    text(ax, loss.center[0], y, f"{what} {chance:.2f} → {target}", BODY, REAL if what == "real" else FAKE)
    text(ax, loss.center[0], y - 2.7, f"−ln {miss:.2f} = {-np.log(miss):.2f}", SMALL)


@figure
def train_discriminator() -> Figure:
    """One training step of the DCGAN's discriminator: it judges real and generated pictures, and only it moves."""
    fig, ax = canvas(80, 38)
    up, down, y = 29.0, 11.0, 20.0
    real = pile(ax, 27.5, up - 5, 9, True)
    text(ax, 26.3, up, "real", SMALL, REAL, ha="right", weight="bold")
    noise = noise_card(ax, 3.2, down - 5.5, 2.8, 11)
    text(ax, 4.6, down - 6.6, "200\nnumbers", SMALL, MUTED, va="top")
    maker = player(ax, 10, down - 6.5, 14, 13, "generator", frozen=True)
    text(ax, maker.center[0], down - 8.2, "locked", SMALL, MUTED)
    fake = pile(ax, 27.5, down - 5, 9, False)
    text(ax, 32.0, down - 6.8, "generated (fake)", SMALL, FAKE, weight="bold")
    arrow(ax, noise.right(), maker.left())
    arrow(ax, maker.right(), (27.5, down))
    judge = player(ax, 42.3, y - 6.5, 15, 13, "discriminator", lift=1.4)
    text(ax, judge.center[0], y - 8.2, "moves", SMALL, ACCENT, weight="bold")
    for source, row, dy in ((real, up, 2.0), (fake, down, -2.0)):
        arrow(ax, (source.x + source.w, row), (40, row), (40, y + dy), judge.left(dy))
    loss = box(ax, 64.3, y - 9, 14.2, 18, style="plain")
    text(ax, loss.center[0], y + 10.7, "verdict → target", SMALL, MUTED)
    arrow(ax, (judge.x + judge.w, y + 1.6), (loss.x, y + 1.6))
    verdict(ax, loss, y + 6.4, "real", 0.70, 1)
    verdict(ax, loss, y - 0.0, "fake", 0.20, 0)
    text(ax, loss.center[0], y - 6.6, f"loss {-np.log(0.70) - np.log(0.80):.2f}", weight="bold")
    gradient(ax, (loss.x, y - 5), (judge.x + judge.w, y - 5))
    text(ax, 60.8, y - 6.2, "gradient", SMALL, GRADIENT, va="top", style="italic")
    return fig


# ---------------------------------------------------------------------------------------------------------------------
# Writing
# ---------------------------------------------------------------------------------------------------------------------


def save(fig: Figure, path: FilePath) -> None:
    """Write a figure as a small PNG: 256 colours are plenty for a diagram."""
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png", dpi=DPI, facecolor=WHITE, metadata={"Software": None})
    plt.close(fig)
    picture = Image.open(buffer).convert("RGB")
    picture = picture.quantize(256, method=Image.Quantize.MAXCOVERAGE, kmeans=4, dither=Image.Dither.NONE)
    picture.save(path, optimize=True, dpi=(DPI, DPI))


def main() -> None:
    """Draw the figures named on the command line, or all."""
    parser = argparse.ArgumentParser(description="Draw the diagrams that the notebooks show.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which figures (all): {', '.join(FIGURES)}")
    names = parser.parse_args().names
    unknown = [name for name in names if name not in FIGURES]
    if unknown:
        parser.error(f"no such figure: {', '.join(unknown)}; there are {', '.join(FIGURES)}")
    for name in names or FIGURES:
        path = HERE / f"{name}.png"
        save(FIGURES[name](), path)
        print(f"{path.name}: {path.stat().st_size / 1024:.0f} KB")


if __name__ == "__main__":
    main()
