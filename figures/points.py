"""The diagrams of notebook 2: the GAN on points."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes

from figures.style import (
    BODY,
    FAKE,
    GRADIENT,
    HEAD,
    LINE,
    MUTED,
    REAL,
    SMALL,
    STYLES,
    Box,
    arrow,
    between,
    box,
    figure,
    gradient,
    lock,
    player,
    rectangle,
    text,
)


def mini_plot(ax: Axes, x: float, y: float, w: float, h: float, kind: str) -> Box:
    """A small scatter of points: the parabola (kind "real") or points of a half-trained generator ("fake")."""
    rng = np.random.default_rng(3)
    if kind == "real":
        px = np.linspace(-0.48, 0.48, 15)
        py, color, marker = px**2, REAL, "o"
    else:
        px = np.linspace(-0.40, 0.50, 13)
        py, color, marker = 0.75 * px**2 + 0.06 + rng.normal(0, 0.025, px.size), FAKE, "^"
    to_x = x + w / 2 + px * (w - 2) / 1.1
    to_y = y + h * 0.2 + py * h * 0.6 / 0.27
    ax.plot(to_x, to_y, linestyle="none", marker=marker, markersize=4.2, color=color, zorder=5)
    return box(ax, x, y, w, h, style=kind, radius=0.6, dashed=kind == "fake")


def axes_card(ax: Axes, x: float, y: float, w: float, h: float) -> Box:
    """An empty small plot with axes through its middle, for a single generated point."""
    area = box(ax, x, y, w, h, style="fake", radius=0.6, dashed=True)
    arrow(ax, (x + 1, y + h * 0.3), (x + w - 1, y + h * 0.3), color=LINE, width=1.2, head=0.8)
    arrow(ax, (x + w / 2, y + 1), (x + w / 2, y + h - 1), color=LINE, width=1.2, head=0.8)
    text(ax, x + w - 1.7, y + h * 0.3 - 1.5, "$x$", SMALL, MUTED)
    text(ax, x + w / 2 - 1.5, y + h - 1.9, "$y$", SMALL, MUTED)
    return area


@figure(80, 34)
def gan_generator(ax: Axes) -> None:
    """A generator turns a latent vector of standard normal numbers into a point, and never sees real data."""
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
    between(ax, vector, maker)
    between(ax, maker, axes_card(ax, 62.5, 15.5, 15, 15), y=vector.center[1])
    text(ax, 70, 13.6, "one point\n$(x, y) = (0.31, 0.34)$", SMALL, MUTED, va="top")
    ax.plot([74.2], [24.6], marker="^", markersize=9, color=FAKE, zorder=6)
    barred = box(ax, 39, 1, 14, 5, "real data", "real", color=REAL, weight="bold")
    arrow(ax, barred.top(), (46, 10.2), color=LINE, head=0)
    for sign in (1, -1):
        ax.plot([44.9, 47.1], [10.2 + 1.1 * sign, 10.2 - 1.1 * sign], color=GRADIENT, linewidth=2.6, zorder=6)
    text(ax, 54.8, 3.5, "never shown to the generator", SMALL, MUTED, ha="left", style="italic")


@figure(80, 38)
def gan_discriminator_sources(ax: Axes) -> None:
    """A discriminator's data: real points with label 1, generated points with label 0; out comes one probability."""
    up, down, middle = 27.5, 10.0, 18.75
    sampler = box(ax, 2, up - 5.5, 22, 11, style="white")
    text(ax, 13, up + 3, "real sampler", weight="bold")
    text(ax, 13, up - 1.6, "$x$ uniform on [−0.5, 0.5)\n$y = x^2$", SMALL)
    real = mini_plot(ax, 29, up - 5.5, 13, 11, "real")
    between(ax, sampler, real)
    latent = box(ax, 2, down - 2.5, 5, 5, "$z$", "white", size=HEAD)
    text(ax, 4.5, down - 3.8, "latent\nvector", SMALL, MUTED, va="top")
    maker = player(ax, 11, down - 6, 13, 12, "generator")
    between(ax, latent, maker)
    fake = mini_plot(ax, 29, down - 5.5, 13, 11, "fake")
    between(ax, maker, fake)
    text(ax, 35.5, up + 7.2, "real: label 1", BODY, REAL, weight="bold")
    text(ax, 35.5, down - 7.2, "generated: label 0", BODY, FAKE, weight="bold")
    judge = player(ax, 48.5, middle - 7, 16, 14, "discriminator")
    for source, dy in ((real, 2.5), (fake, -2.5)):
        arrow(ax, source.right(), (45.2, source.center[1]), (45.2, middle + dy), judge.left(dy))
    low, high = middle - 9, middle + 9
    level = low + 0.87 * (high - low)
    arrow(ax, judge.right(), (70.5, middle))
    rectangle(ax, 70.5, low, 2.2, high - low, *STYLES["plain"])
    rectangle(ax, 70.5, low, 2.2, level - low, *STYLES["accent"], zorder=4)
    text(ax, 73.6, level, "0.87", weight="bold", ha="left")
    text(ax, 73.6, high, "1", SMALL, MUTED, ha="left")
    text(ax, 73.6, low, "0", SMALL, MUTED, ha="left")
    text(ax, 71.6, low - 1.4, "probability\nof real", SMALL, MUTED, va="top")


@figure(80, 50)
def gan_game(ax: Axes) -> None:
    """The whole GAN: two players and the loss that each of them tries to make small."""
    up, down, middle = 33.5, 16.5, 25.0
    latent = box(ax, 2, down - 2.5, 5, 5, "$z$", "white", size=HEAD)
    text(ax, 4.5, down - 4.2, "latent\nvector", SMALL, MUTED, va="top")
    maker = player(ax, 11, down - 7, 15, 14, "generator", note="the counterfeiter")
    between(ax, latent, maker)
    real = mini_plot(ax, 31, up - 5, 13, 10, "real")
    fake = mini_plot(ax, 31, down - 5, 13, 10, "fake")
    between(ax, maker, fake)
    text(ax, 37.5, up + 6.5, "real points", BODY, REAL, weight="bold")
    text(ax, 37.5, down - 6.5, "generated points", BODY, FAKE, weight="bold")
    judge = player(ax, 50, middle - 7, 15, 14, "discriminator", note="the shopkeeper")
    for source, dy in ((real, 2.5), (fake, -2.5)):
        arrow(ax, source.right(), (47, source.center[1]), (47, middle + dy), judge.left(dy))
    verdict = box(ax, 70, middle - 2.5, 8, 5, "$D(\\cdot)$", "white")
    between(ax, judge, verdict)
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


@figure(80, 60)
def gan_backprop(ax: Axes) -> None:
    """What flows back in each half-step, and which network moves."""
    for low, high, first in ((29.5, 59, True), (4.8, 27.5, False)):
        box(ax, 1, low, 78, high - low, style="faint", radius=1.4, width=1.4)
        title = "1  the discriminator’s half-step" if first else "2  the generator’s half-step"
        text(ax, 3, high - 2.8, title, HEAD, weight="bold", ha="left")
        y = low + 10.2
        forward, back = y + 1.6, y - 5.0
        latent = box(ax, 3, forward - 2.5, 5, 5, "$z$", "white", size=HEAD)
        maker = player(ax, 12, y - 6.5, 14, 13, "generator", frozen=first, lift=1.4)
        fake = box(ax, 30, forward - 2.5, 10.5, 5, "generated", "fake", dashed=True, size=SMALL)
        judge = player(ax, 44.5, y - 6.5, 15.5, 13, "discriminator", frozen=not first, lift=1.4)
        loss = box(ax, 64.3, y - 6.5, 13, 13, style="plain")
        for left, right in pairwise((latent, maker, fake, judge, loss)):
            between(ax, left, right, y=forward)
        text(ax, loss.center[0], y + 4.0, "loss", weight="bold")
        text(ax, loss.center[0], y - 0.6, "real → 1\ngenerated → 0" if first else "generated → 1", SMALL)
        if first:
            real = box(ax, 30, y + 7.5, 10.5, 5, "real", "real", size=SMALL)
            arrow(ax, real.right(), (52.25, real.center[1]), judge.top())
            gradient(ax, (loss.x, back), (judge.end, back))
            ax.plot([43, 43], [back - 1.5, back + 1.5], color=GRADIENT, linewidth=3, zorder=4)
            text(ax, 42, back, "stops here", SMALL, GRADIENT, ha="right", style="italic")
        else:
            gradient(ax, (loss.x, back), (maker.end, back))
            text(ax, 35.25, back - 0.8, "passes through", SMALL, GRADIENT, va="top", style="italic")
    arrow(ax, (14, 2.3), (20, 2.3))
    text(ax, 21, 2.3, "forward", SMALL, ha="left")
    gradient(ax, (36, 2.3), (42.5, 2.3))
    text(ax, 43.5, 2.3, "gradient", SMALL, GRADIENT, ha="left")
    lock(ax, 59, 2.1, 1.8)
    text(ax, 61, 2.3, "does not move", SMALL, ha="left")
