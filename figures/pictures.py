"""The diagrams of notebook 3: the DCGAN on pictures."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Ellipse, Polygon

from figures.style import (
    ACCENT,
    BODY,
    FAKE,
    GRADIENT,
    HEAD,
    INK,
    LINE,
    MUTED,
    REAL,
    SMALL,
    STYLES,
    WHITE,
    Box,
    arrow,
    between,
    box,
    figure,
    gradient,
    player,
    rectangle,
    text,
)


def tomato(ax: Axes, x: float, y: float, size: float) -> Box:
    """A picture card with a tomato on white, lower left corner at (x, y): a real photograph."""
    card = rectangle(ax, x, y, size, size, WHITE, REAL, 1.8, zorder=4)
    cx, cy = x + size / 2, y + size * 0.46
    ax.add_patch(Ellipse((cx, cy), size * 0.78, size * 0.68, facecolor="#C9281C", edgecolor="none", zorder=5))
    ax.add_patch(Ellipse((cx - size * 0.03, cy + size * 0.03), size * 0.66, size * 0.55, facecolor="#DC3A2A", zorder=5))
    shine = (cx - size * 0.19, cy + size * 0.13)
    ax.add_patch(Ellipse(shine, size * 0.2, size * 0.09, angle=35, facecolor="#F6A79B", zorder=5))
    star = []
    for k in range(10):
        r, a = size * (0.24 if k % 2 == 0 else 0.07), np.pi / 2 + k * np.pi / 5
        star.append((cx + r * np.cos(a), cy + size * 0.25 + 0.45 * r * np.sin(a)))
    ax.add_patch(Polygon(star, closed=True, facecolor="#2E7D32", edgecolor="#1F5A23", linewidth=0.5, zorder=6))
    ax.plot([cx, cx + size * 0.04], [cy + size * 0.25, cy + size * 0.4], color="#2E7D32", linewidth=2.2, zorder=6)
    return card


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
    return rectangle(ax, x, y, size, size, "none", FAKE, 1.8, dashes=(3, 1.5), zorder=5)


def numbers(
    ax: Axes,
    x: float,
    y: float,
    values: np.ndarray,
    cell: float,
    size: float = BODY,
    *,
    fill: str | np.ndarray = WHITE,
    color: str | np.ndarray = INK,
) -> Box:
    """A grid of numbers with its lower left corner at (x, y); fill and color are the same everywhere or one a cell."""
    rows, columns = values.shape
    fill, color = np.broadcast_to(fill, values.shape), np.broadcast_to(color, values.shape)
    for (i, j), value in np.ndenumerate(values):
        left, low = x + j * cell, y + (rows - 1 - i) * cell
        rectangle(ax, left, low, cell, cell, fill[i, j], width=1.0)
        text(ax, left + cell / 2, low + cell / 2, f"{value:g}", size, color[i, j])
    return Box(x, y, columns * cell, rows * cell)


def window(ax: Axes, grid: Box, cell: float, i: int, j: int, n: int, color: str, dashed: bool = False) -> None:
    """Outline n by n cells of a grid, starting at row i and column j."""
    x, y = grid.x + j * cell, grid.y + grid.h - (i + n) * cell
    rectangle(ax, x, y, n * cell, n * cell, "none", color, 2.8, dashes=(2.4, 1.4) if dashed else None, zorder=7)


def slab(ax: Axes, x: float, middle: float, side: float, thick: float, style: str) -> Box:
    """A feature map as a block: side for height and width, thick for channels. Returns what an arrow should meet."""
    fill, edge = STYLES[style]
    top, side_color = {"generator": ("#F7DDA6", "#F0CC80"), "discriminator": ("#C3E2F5", "#A5D3EF")}[style]
    dx, dy = 0.34 * side, 0.22 * side
    low = middle - (side + dy) / 2
    front = [(x, low), (x + thick, low), (x + thick, low + side), (x, low + side)]
    lid = [(x, low + side), (x + thick, low + side), (x + thick + dx, low + side + dy), (x + dx, low + side + dy)]
    flank = [(x + thick, low), (x + thick + dx, low + dy), (x + thick + dx, low + side + dy), (x + thick, low + side)]
    for corners, color in ((front, fill), (lid, top), (flank, side_color)):
        ax.add_patch(Polygon(corners, facecolor=color, edgecolor=edge, linewidth=1.3, joinstyle="round", zorder=3))
    return Box(x, low, thick + dx, side + dy)


def strip(ax: Axes, y: float, title: str, names: Sequence[str], widths: Sequence[float], style: str) -> None:
    """A row of small boxes: what one block of a network is made of."""
    x = (80 - sum(widths) - 2.6 * (len(widths) - 1) - 0.9 * len(title) - 2) / 2
    text(ax, x, y + 2, title, BODY, ha="left", weight="bold")
    x += 0.9 * len(title) + 2
    pieces = []
    for name, w in zip(names, widths, strict=True):
        pieces.append(box(ax, x, y, w, 4, name, style, size=SMALL, radius=0.7))
        x += w + 2.6
    for left, right in pairwise(pieces):
        arrow(ax, left.right(), right.left(), head=1.0)


def convolve(picture: np.ndarray, kernel: np.ndarray, stride: int) -> np.ndarray:
    """Slide a 3 by 3 kernel over a picture with a border of zeros (as Keras does: no flip)."""
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(picture, 1), kernel.shape)[::stride, ::stride]
    return (windows * kernel).sum((2, 3))


def spread(small: np.ndarray, kernel: np.ndarray, stride: int) -> np.ndarray:
    """Transposed convolution: stamp the kernel, times each number, stride cells apart; overlaps add up."""
    n, k = len(small), len(kernel)
    result = np.zeros(((n - 1) * stride + k,) * 2, int)
    for (i, j), number in np.ndenumerate(small):
        result[i * stride : i * stride + k, j * stride : j * stride + k] += number * kernel
    return result


@figure(80, 35)
def strided_convolution(ax: Axes) -> None:
    """A 3 by 3 kernel that moves two cells at a time halves a picture; all numbers are computed."""
    picture = np.array([[1, 0, 2, 1, 0], [0, 3, 1, 0, 2], [2, 1, 0, 1, 1], [1, 0, 2, 3, 0], [0, 2, 1, 0, 1]])
    kernel = np.array([[0, 1, 0], [1, 2, 1], [0, 1, 0]])
    result = convolve(picture, kernel, 2)
    cell, middle = 3.9, 18.2
    padded = np.pad(picture, 1)
    looks = ((WHITE, "#F2F2F2"), (INK, LINE))
    fill, color = (np.pad(np.full((5, 5), inside), 1, constant_values=border) for inside, border in looks)
    grid = numbers(ax, 3, middle - 3.5 * cell, padded, cell, fill=fill, color=color)
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


@figure(80, 54)
def transposed_convolution(ax: Axes) -> None:
    """Two ways to enlarge: stamp the kernel and add overlaps, or double the cells first and then convolve."""
    small = np.array([[1, 2], [3, 4]])
    kernel = np.ones((3, 3), int)
    cell = 3.8
    hits = spread(np.ones((2, 2), int), kernel, 2)
    tints = {1: WHITE, 2: "#D3EFE6", 4: "#7FD0B5"}
    text(ax, 77.5, 51.8, "kernel: 3 × 3, all ones", SMALL, MUTED, ha="right")

    def step(x0: float, x1: float, y: float, words: str) -> None:
        arrow(ax, (x0, y), (x1, y))
        text(ax, (x0 + x1) / 2 - 0.4, y + 0.8, words, SMALL, va="bottom")

    def grid(x: float, y: float, values: np.ndarray, fill: str | np.ndarray = WHITE) -> Box:
        n = len(values)
        area = numbers(ax, x, y - n * cell / 2, values, cell, fill=fill)
        text(ax, area.center[0], area.y - 1.8, f"{n} × {n}", SMALL, MUTED)
        return area

    text(ax, 3, 51.8, "transposed convolution, stride 2", HEAD, weight="bold", ha="left")
    y = 39.0
    grid(3, y, small)
    step(11.8, 20, y, "× kernel")
    for (i, j), number in np.ndenumerate(small):
        numbers(ax, 21.5 + 9.8 * j, y + 0.7 - 9.8 * i, number * kernel, 2.8, SMALL)
    step(41, 48, y, "2 apart,\nadd up")
    grid(49.5, y, spread(small, kernel, 2), np.vectorize(tints.get)(hits))
    text(ax, 70, y + 5.4, "stamped", SMALL, MUTED, ha="left")
    for k, (count, words) in enumerate(((1, "once"), (2, "twice"), (4, "4 times"))):
        row = y + 2.2 - 3.2 * k
        rectangle(ax, 70, row - 1, 2, 2, tints[count], width=1.0)
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


@figure(80, 37)
def dcgan_generator(ax: Axes) -> None:
    """The DCGAN's generator, from 200 numbers to a picture, with the shape after each block."""
    middle, gap = 25.0, 5.0
    latent = rectangle(ax, 3.0, middle - 5, 2, 10)
    for k in range(1, 8):
        ax.plot([3, 5], [latent.y + 1.25 * k] * 2, color=LINE, linewidth=0.9, zorder=4)
    text(ax, 4.4, 12.6, "200\nnumbers", SMALL, va="top")
    before, x = latent, 13.0
    layers = ((4, 256, "Dense\nReshape"), (8, 256, "× 2"), (16, 256, "× 2"), (32, 128, "× 2"), (96, 128, "× 3"))
    for side, channels, how in layers:
        block = slab(ax, x, middle, 1.6 * side**0.5, 3.0 if channels == 256 else 1.9, "generator")
        between(ax, before, block, how)
        text(ax, block.center[0], 12.6, f"{side}×{side}\n×{channels}", SMALL, va="top")
        before, x = block, block.end + gap
    picture = painted_tomato(ax, x, middle - 7, 14, seed=1, noise=0.05)
    between(ax, before, picture, "Conv\ntanh")
    text(ax, picture.center[0], 12.6, "96×96×3", SMALL, va="top", weight="bold")
    names = ("UpSampling2D(k)", "Conv2D 3×3", "BatchNorm", "ReLU")
    strip(ax, 2.5, "block × k:", names, (15.5, 12, 11.5, 7), "generator")


@figure(80, 34)
def dcgan_discriminator(ax: Axes) -> None:
    """The DCGAN's discriminator, from a picture to one probability, with the shape after each block."""
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
        before, x = block, block.end + gap
    flat = rectangle(ax, x, middle - 7, 1.4, 14, *STYLES["discriminator"], 1.3)
    logit = box(ax, flat.end + gap, middle - 2.2, 5.2, 4.4, "2.94", "white", size=SMALL)
    chance = box(ax, logit.end + gap, middle - 2.2, 5.6, 4.4, "0.95", "accent", weight="bold")
    for left, right in pairwise((before, flat, logit, chance)):
        between(ax, left, right)
    ends = ((flat, "Flatten", "86,528"), (logit, "Dense", "logit"), (chance, "sigmoid", "proba-\nbility"))
    for piece, how, what in ends:
        text(ax, piece.center[0], 31.8, how, SMALL, MUTED)
        text(ax, piece.center[0], 12.6, what, SMALL, va="top")
    names = ("Conv2D 3×3", "BatchNorm, not in the first", "LeakyReLU 0.2", "Dropout 0.25")
    strip(ax, 2, "block:", names, (11.5, 24, 13.5, 13), "discriminator")


def noise_card(ax: Axes, x: float, y: float, w: float, h: float) -> Box:
    """A vector of random numbers, drawn as a column of grey cells."""
    shades = np.random.default_rng(5).normal(0.5, 0.22, (8, 2)).clip(0, 1)
    place = (x, x + w, y, y + h)
    ax.imshow(shades, cmap="gray", vmin=0, vmax=1, extent=place, aspect="equal", interpolation="nearest", zorder=4)
    return rectangle(ax, x, y, w, h, "none", zorder=5)


def pile(ax: Axes, x: float, y: float, size: float, real: bool) -> Box:
    """Three picture cards, one on the other: a batch."""
    for k in (2, 1):
        rectangle(ax, x + k, y + k, size, size, edge=REAL if real else FAKE, dashes=None if real else (3, 1.5))
    if real:
        tomato(ax, x, y, size)
    else:
        painted_tomato(ax, x, y, size, seed=2)
    return Box(x, y, size + 2, size)


def verdict(ax: Axes, loss: Box, y: float, what: str, chance: float, target: int) -> None:
    """What the discriminator said, what it is measured against, and what that costs."""
    miss = chance if target else 1 - chance
    text(ax, loss.center[0], y, f"{what} {chance:.2f} → {target}", BODY, REAL if what == "real" else FAKE)
    text(ax, loss.center[0], y - 2.7, f"−ln {miss:.2f} = {-np.log(miss):.2f}", SMALL)


@figure(80, 25)
def train_generator(ax: Axes) -> None:
    """One training step of the DCGAN's generator: the locked discriminator passes the gradient on to it."""
    y = 12.0
    noise = noise_card(ax, 3.2, y - 5.5, 2.8, 11)
    text(ax, 4.6, y - 6.6, "200\nnumbers", SMALL, MUTED, va="top")
    maker = player(ax, 10.5, y - 6.5, 14, 13, "generator", frozen=False, lift=1.4)
    fake = pile(ax, 28.5, y - 2.8, 9, False)
    judge = player(ax, 43.5, y - 6.5, 15.5, 13, "discriminator", frozen=True, lift=1.4)
    loss = box(ax, 63.3, y - 6.5, 14.5, 13, style="plain")
    back = y - 5.0
    for left, right in pairwise((noise, maker, fake, judge, loss)):
        between(ax, left, right, y=y + 1.6)
    verdict(ax, loss, y + 3.6, "fake", 0.20, 1)
    text(ax, loss.center[0], y - 4.0, f"loss {-np.log(0.20):.2f}", weight="bold")
    text(ax, loss.center[0], y + 8.2, "verdict → target", SMALL, MUTED)
    gradient(ax, (loss.x, back), (maker.end, back))
    text(ax, 34, back - 0.9, "gradient", SMALL, GRADIENT, va="top", style="italic")
    text(ax, fake.center[0], y + 10.0, "generated (fake)", SMALL, FAKE, weight="bold")


@figure(80, 38)
def train_discriminator(ax: Axes) -> None:
    """One training step of the DCGAN's discriminator: it judges real and generated pictures, and only it moves."""
    up, down, y = 29.0, 11.0, 20.0
    real = pile(ax, 27.5, up - 5, 9, True)
    text(ax, 26.3, up, "real", SMALL, REAL, ha="right", weight="bold")
    noise = noise_card(ax, 3.2, down - 5.5, 2.8, 11)
    text(ax, 4.6, down - 6.6, "200\nnumbers", SMALL, MUTED, va="top")
    maker = player(ax, 10, down - 6.5, 14, 13, "generator", frozen=True)
    fake = pile(ax, 27.5, down - 5, 9, False)
    text(ax, 32.0, down - 6.8, "generated (fake)", SMALL, FAKE, weight="bold")
    between(ax, noise, maker)
    between(ax, maker, fake)
    judge = player(ax, 42.3, y - 6.5, 15, 13, "discriminator", frozen=False, lift=1.4)
    for source, row, dy in ((real, up, 2.0), (fake, down, -2.0)):
        arrow(ax, (source.end, row), (40, row), (40, y + dy), judge.left(dy))
    loss = box(ax, 64.3, y - 9, 14.2, 18, style="plain")
    text(ax, loss.center[0], y + 10.7, "verdict → target", SMALL, MUTED)
    between(ax, judge, loss, y=y + 1.6)
    verdict(ax, loss, y + 6.4, "real", 0.70, 1)
    verdict(ax, loss, y, "fake", 0.20, 0)
    text(ax, loss.center[0], y - 6.6, f"loss {-np.log(0.70) - np.log(0.80):.2f}", weight="bold")
    gradient(ax, (loss.x, y - 5), (judge.end, y - 5))
    text(ax, 60.8, y - 6.2, "gradient", SMALL, GRADIENT, va="top", style="italic")
