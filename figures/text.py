"""The diagrams of notebook 1: text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle, PathPatch, Polygon
from matplotlib.path import Path

from figures.style import (
    ACCENT,
    BODY,
    GRADIENT,
    HEAD,
    INK,
    LINE,
    MUTED,
    PALE,
    SMALL,
    STYLES,
    WHITE,
    Box,
    Point,
    arrow,
    box,
    figure,
    rectangle,
    text,
)


def chip(ax: Axes, x: float, y: float, word: str, style: str = "white", *, dashed: bool = False) -> Box:
    """A box just wide enough for one word; y is its middle."""
    return box(ax, x, y - 2, 0.93 * len(word) + 2.2, 4, word, style, radius=0.7, dashed=dashed)


def node(ax: Axes, x: float, y: float, sign: str, r: float, color: str = INK, fill: str = WHITE) -> None:
    """A circle for a sum ("+") or an element-wise product ("x"); the sign is drawn, so that it sits in the middle."""
    ax.add_patch(Circle((x, y), r, facecolor=fill, edgecolor=color, linewidth=1.5, zorder=5))
    arms = [(1, 0), (0, 1)] if sign == "+" else [(0.71, 0.71), (0.71, -0.71)]
    for dx, dy in arms:
        d = 0.55 * r
        ax.plot([x - d * dx, x + d * dx], [y - d * dy, y + d * dy], color=color, linewidth=1.5, zorder=6)


@figure(80, 28)
def word_order(ax: Axes) -> None:
    """Two headlines with opposite meaning fall into the same bag of word counts."""
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


@figure(80, 35)
def next_word(ax: Axes) -> None:
    """The loop of a language model: words so far, a probability for each next word, choose, append."""
    text(ax, 3, 33, "words so far", SMALL, MUTED, ha="left")
    x = 3.0
    for word in ("storm", "closes", "the"):
        piece = chip(ax, x, 29.2, word)
        x += piece.w + 0.8
    slot = chip(ax, x, 29.2, "harbour", "accent", dashed=True)
    model = box(ax, 3, 7.5, 18, 10, "language\nmodel", "plain", size=HEAD, weight="bold")
    arrow(ax, (3, 26.4), (3, 25.6), (piece.end, 25.6), (piece.end, 26.4), head=0)
    arrow(ax, (12, 25.6), model.top())
    table = box(ax, 27, 2.5, 41, 21, style="faint")
    arrow(ax, model.right(), (table.x, model.center[1]))
    text(ax, table.center[0], 21, "a probability for every word", SMALL, MUTED)
    guesses = {"harbour": 0.41, "airport": 0.23, "schools": 0.17, "show": 0.04, "all other words": 0.15}
    for k, (word, p) in enumerate(guesses.items()):
        y = 17.2 - 3 * k
        text(ax, 42, y, word, ha="right", weight="normal" if k else "bold")
        rectangle(ax, 43, y - 1, 42 * p, 2, *STYLES["plain" if k else "accent"])
        text(ax, 44 + 42 * p, y, f"{p:.2f}", SMALL, ha="left")
    arrow(ax, (68, 17.2), (76, 17.2), (76, 29.2), slot.right(), color=ACCENT, width=2)
    text(ax, 72.4, 16.2, "choose", SMALL, ACCENT, va="top", weight="bold")
    text(ax, 56, 30.2, "append, then ask again", SMALL, ACCENT, va="bottom", weight="bold")
    text(ax, 2.8, 3.4, "invented numbers", SMALL, MUTED, ha="left", style="italic")


@figure(80, 43)
def ngram_prefixes(ax: Axes) -> None:
    """One headline becomes token ids, all its prefixes, and padded rows of predictors and label."""
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
            look = STYLES["accent" if last else "plain" if value else "faint"]
            rectangle(ax, left, y, cell, height, *look, 1.2)
            text(ax, left + cell / 2, y + height / 2, str(value), SMALL, INK if value else LINE)

    arrow(ax, (18, 28.6), (18, 27.6), head=0)
    arrow(ax, (72, 28.6), (72, 27.6), (14, 27.6), (14, 24.8))
    text(ax, 14, 23.4, "every prefix of 2 or more", SMALL, MUTED)
    text(ax, 54.8, 23.4, "predictors", SMALL, MUTED)
    text(ax, 72.9, 23.4, "label", SMALL, ACCENT, weight="bold")
    for k in range(4):
        y = 17.8 - 4.4 * k
        prefix = ids[: k + 2]
        row_of(3, y, prefix, False)
        row_of(41, y, (0,) * (longest - len(prefix)) + prefix, True)
    arrow(ax, (28.5, 12.5), (38.5, 12.5))
    text(ax, 33.4, 13.6, "pad with 0\nin front", SMALL, va="bottom")
    text(ax, 40.0, 2.1, "the longest headline has 7 words here: 6 predictors, 1 label", SMALL, MUTED, style="italic")


@figure(80, 35)
def rnn_unrolled(ax: Axes) -> None:
    """A recurrent network as a loop and the same network unrolled over its steps."""
    y, h = 14.5, 8

    def cell(x: float, w: float, step: str) -> Box:
        area = box(ax, x, y, w, h, "tanh", "accent", weight="bold")
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


def lstm(ax: Axes, x0: float, y0: float, s: float, active: set[str] | None = None) -> None:
    """Draw an LSTM cell, s units to one of its own; parts that are not active are pale. None: all are, with names."""
    whole = active is None

    def on(part: str) -> bool:
        return active is None or part in active

    def ink(part: str) -> str:
        return (INK if whole else ACCENT) if on(part) else PALE

    def at(u: float, v: float) -> Point:
        return (x0 + s * u, y0 + s * v)

    def wire(part: str, *points: Point, head: bool = True) -> None:
        line = 1.6 if whole else 2.2 if on(part) else 1.3
        tip = (1.25 if whole else 1.1) if head else 0
        arrow(ax, *(at(*p) for p in points), color=ink(part), width=line, head=tip, zorder=4.5 if on(part) else 4)

    def memory(part: str, *points: Point, head: bool = True) -> None:
        color, line = (ACCENT, 4.0) if on(part) else (PALE, 2.6)
        arrow(ax, *(at(*p) for p in points), color=color, width=line, head=2.2 if head else 0, zorder=4.4)

    def part_box(part: str, u: float, v: float, w: float, h: float) -> None:
        style = ("plain" if whole else "accent") if on(part) else "faint"
        box(ax, *at(u - w / 2, v), w * s, h * s, style=style, radius=0.6)

    def gate(part: str, u: float, sign: str, name: str) -> None:
        part_box(part, u, 20.6, 8.6, 6.2)
        color = INK if on(part) else LINE
        if whole:
            text(ax, *at(u, 25), sign, HEAD, color, weight="bold")
            text(ax, *at(u, 22.3), name, SMALL, color)
        else:
            text(ax, *at(u, 23.7), sign, BODY, color, weight="bold" if on(part) else "normal")

    def label(part: str, u: float, v: float, words: str, ha: str) -> None:
        text(ax, *at(u, v), words, BODY if whole else SMALL, INK if on(part) else LINE, ha=ha)

    box(ax, *at(8, 2), 48 * s, 34 * s, style="frame", radius=1.6)

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
    color, level = (ACCENT, 5) if on("tanh") else (PALE, 4.3)
    ax.add_patch(Circle(at(squash, low), 0.5, facecolor=color, edgecolor="none", zorder=level))
    part_box("tanh", squash, mid - 1.9, 6.8, 3.8)
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


@figure(80, 54)
def lstm_cell(ax: Axes) -> None:
    """The architecture of an LSTM cell."""
    lstm(ax, 3.0, 5.0, 1.18)
    text(ax, 13, 3.6, "σ: from 0 to 1, a valve", SMALL, MUTED, ha="left")
    text(ax, 36.5, 3.6, "tanh: from −1 to 1", SMALL, MUTED, ha="left")
    node(ax, 55.2, 3.6, "x", 1.0, MUTED)
    node(ax, 58.0, 3.6, "+", 1.0, MUTED)
    text(ax, 59.8, 3.6, "element by element", SMALL, MUTED, ha="left")


@figure(80, 70)
def lstm_steps(ax: Axes) -> None:
    """The four steps of an LSTM cell, the active part of each in green."""
    steps = {  # the parts of the cell that each step uses, what it says, and its formulas
        "forget": (
            {"bus", "f", "mul_f", "c_in"},
            "how much of the old memory to keep",
            ["$f_t = \\sigma(W_f\\,z_t + b_f)$"],
        ),
        "store": (
            {"bus", "i", "c", "mul_i"},
            "what is new, and how much of it to let in",
            ["$i_t = \\sigma(W_i\\,z_t + b_i)$", "$\\tilde{c}_t = \\tanh(W_c\\,z_t + b_c)$"],
        ),
        "update": (
            {"f_line", "mul_f", "c_in", "c_mid", "c_out", "add", "mul_i", "add_line"},
            "old memory kept, plus what is new",
            ["$c_t = f_t \\odot c_{t-1} + i_t \\odot \\tilde{c}_t$"],
        ),
        "output": (
            {"bus", "o", "c_out", "tanh", "mul_o", "h_out"},
            "what to show of the memory",
            ["$o_t = \\sigma(W_o\\,z_t + b_o)$", "$h_t = o_t \\odot \\tanh(c_t)$"],
        ),
    }
    for k, (name, (parts, says, formulas)) in enumerate(steps.items()):
        x, y = 0.5 + 40 * (k % 2), 36.5 - 33.5 * (k // 2)
        text(ax, x + 13, y + 30.8, f"{k + 1}  {name}", HEAD, weight="bold", ha="left")
        lstm(ax, x + 2, y + 7.4, 0.58, parts)
        text(ax, x + 19.5, y + 6.4, says, SMALL, MUTED, style="italic")
        for j, formula in enumerate(formulas):
            text(ax, x + 19.5 + (j - (len(formulas) - 1) / 2) * 19.5, y + 3.2, formula)
    text(ax, 40, 2.2, "in all: $z_t = [h_{t-1}, x_t]$;  ⊙ multiplies element by element", SMALL, MUTED)


@figure(80, 40)
def vanishing_gradient(ax: Axes) -> None:
    """The size of a gradient carried back through 1 to 30 steps, for three recurrent factors (computed)."""
    ax.set_axis_on()
    ax.set_position((0.1, 0.14, 0.64, 0.76))
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
