"""Points of a small GAN: figures that judge them against a known curve, and the pictures of lesson 2.

A curve is an array (m, 2) of evenly spread fixed points: equally likely real points. Blue is for real points, orange
for generated ones.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython.display import Image as Shown
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from numpy.typing import ArrayLike, NDArray
from PIL import Image
from scipy.spatial.distance import cdist, pdist
from scipy.stats import binomtest, quantile_test

REAL, GENERATED = "#0072B2", "#D55E00"  # the same two colours in every notebook, safe for colour-blind readers
GENERATOR, DISCRIMINATOR = "#E69F00", "#56B4E9"  # the players, as in the diagrams
OPINION = LinearSegmentedColormap.from_list("opinion", [GENERATED, "white", REAL], N=21)  # few colours: small files
WINDOW = (-1.5, 1.5, -1.2, 1.4)  # of the plane: x and y from and to

NEAR = 0.03  # from the curve, up or down: about the width of a line in a picture of it


def curve(function: Callable, count: int = 1000) -> NDArray[np.float64]:
    """Evenly spread points (count, 2) of y = function(x), x in [-0.5, 0.5)."""
    x = (np.arange(count) + 0.5) / count - 0.5
    return np.stack([x, function(x)], axis=1)


PARABOLA = curve(np.square)


def checked(points: ArrayLike) -> NDArray[np.float64]:
    """Points as an array.

    Raises:
        ValueError: if they have not the shape (n, 2), n at least 2, or hold values that are not finite.
    """
    points = np.asarray(points, "float64")
    if points.ndim != 2 or points.shape[1] != 2 or len(points) < 2:
        raise ValueError(f"The points must have the shape (n, 2), two or more of them, not {points.shape}.")
    if not np.isfinite(points).all():
        raise ValueError("The points hold values that are not finite: the training that made them has gone astray.")
    return points


def energy_distance(points: ArrayLike, real: ArrayLike = PARABOLA) -> float:
    """Unbiased energy distance of generated points (n, 2) to a curve: 0 in the mean for a perfect generator.

    2 E|g - r| - E|g - g'| - E|r - r'|. The mean over g, g' leaves out a point's distance to itself. The points of the
    curve are all that can be real, so that there it counts. A lucky sample may come out a little below 0.
    Székely and Rizzo, Energy statistics: A class of statistics based on distances, 2013,
    https://doi.org/10.1016/j.jspi.2013.03.018.
    """
    points, real = checked(points), checked(real)
    among_real = 2 * pdist(real).sum() / len(real) ** 2
    return float(2 * cdist(points, real).mean() - pdist(points).mean() - among_real)


def mean_error(points: ArrayLike, real: ArrayLike = PARABOLA) -> float:
    """Mean of |y - f(x)| over points (n, 2), where f goes through the curve and is level beyond its ends."""
    x, y = checked(points).T
    return float(np.mean(np.abs(y - np.interp(x, *np.transpose(real)))))


def coverage(points: ArrayLike, real: ArrayLike = PARABOLA, strips: int = 10, near: float = NEAR) -> float:
    """Share of equal strips in x that hold, near the curve, at least half of the points that belong there."""
    points = checked(points)
    x, y = points.T
    close = np.abs(y - np.interp(x, *np.transpose(real))) <= near
    counts, _ = np.histogram(x[close], bins=strips, range=(-0.5, 0.5))
    return float(np.mean(counts >= len(points) / strips / 2))


def judge(points: ArrayLike, real: ArrayLike = PARABOLA) -> dict[str, float]:
    """The three figures by their names in tables."""
    return {
        "energy distance x 1000": 1000 * energy_distance(points, real),
        "mean error": mean_error(points, real),
        "coverage": coverage(points, real),
    }


def over_seeds(table: pd.DataFrame, by: str = "recipe", figure: str = "energy_distance_x1000") -> pd.DataFrame:
    """Median, worst, and how many are above 1, for each recipe in the table's order, with 95% intervals.

    That of the median goes from one rank to another (not a number for fewer than six values), that of the share is
    Wilson's. A recipe whose name begins with + is compared with the one before it, too, seed by seed.
    """
    rows, before = {}, None
    for name, values in table.set_index("seed").groupby(by, sort=False)[figure]:
        above = int((values > 1).sum())
        low, high = binomtest(above, len(values)).proportion_ci(method="wilson")
        compared = name.startswith("+") and before is not None
        middle = quantile_test(values, p=0.5).confidence_interval(0.95)
        rows[name] = {
            "median": round(values.median(), 2),
            "interval of the median": f"{middle.low:.2f} to {middle.high:.2f}",
            "worst": round(values.max(), 2),
            "above 1": f"{above} of {len(values)}",
            "interval of the share": f"{low:.0%} to {high:.0%}",
            "nearer than the row above": f"{(values - before < 0).sum()} of {len(values)}" if compared else "",
        }
        before = values
    return pd.DataFrame(rows).T


# ---------------------------------------------------------------- pictures


def scatter(real: ArrayLike, generated: ArrayLike | None, title: str, axis: Axes | None = None) -> Axes:
    """Real points as dots, generated ones as triangles, each (n, 2)."""
    axis = axis or plt.subplots(figsize=(5, 3.5), layout="constrained")[1]
    axis.scatter(*np.transpose(real), s=12, color=REAL, label="real")
    if generated is not None:
        axis.scatter(*np.transpose(generated), s=18, color=GENERATED, marker="^", linewidth=0, label="generated")
    axis.set(title=title, xlabel="x", ylabel="y")
    axis.legend(loc="upper center", ncols=2, fontsize=8)
    return axis


@dataclass
class Moment:
    """How a game stands: the verdict over the plane, the generated points, and the arrows at them, if any."""

    title: str
    verdicts: NDArray[np.float32]
    points: NDArray[np.float32]
    arrows: NDArray[np.float32] | None


def moment(title: str, verdict: Callable, points: ArrayLike, force: Callable | None = None) -> Moment:
    """Look at a game.

    Args:
        title: of the picture.
        verdict: logits (n, 1) of points (n, 2).
        points: generated ones, (n, 2).
        force: arrows (n, 2) at points (n, 2).
    """
    left, right, low, high = WINDOW
    x, y = np.meshgrid(np.linspace(left, right, 80), np.linspace(low, high, 60))
    logits = np.array(verdict(np.stack([x.ravel(), y.ravel()], axis=1).astype("float32")))
    points = np.array(points, "float32")
    return Moment(title, 1 / (1 + np.exp(-logits.reshape(60, 80))), points, np.array(force(points)) if force else None)


def show_moment(moment: Moment, axis: Axes, legend: bool = True) -> None:
    """Draw it: blue where the discriminator says real, orange where it says generated, a grey line where it is torn."""
    left, right, low, high = WINDOW
    axis.imshow(moment.verdicts, origin="lower", extent=WINDOW, vmin=0, vmax=1, cmap=OPINION, aspect="auto", alpha=0.8)
    if moment.verdicts.min() < 0.5 < moment.verdicts.max():
        axis.contour(moment.verdicts, [0.5], origin="lower", extent=WINDOW, colors="grey", linewidths=1)
    axis.plot(*PARABOLA.T, color="black", linewidth=2, label="real: y = x²")
    axis.scatter(*moment.points.T, s=14, color="black", marker="^", linewidth=0, label="generated")
    if moment.arrows is not None:
        axis.quiver(*moment.points.T, *moment.arrows.T, angles="xy", scale=8, width=0.004, color="#B0125B")
    axis.set(title=moment.title, xlabel="x", ylabel="y", xlim=(left, right), ylim=(low, high))
    outside = np.mean(
        ~((np.abs(moment.points[:, 0]) <= right) & (moment.points[:, 1] >= low) & (moment.points[:, 1] <= high))
    )
    if outside:
        axis.text(left, low, f" {outside:.0%} of the points lie outside", fontsize=7, va="bottom")
    if legend:
        axis.legend(loc="upper center", ncols=2, fontsize=7)


def strip(moments: Sequence[Moment], columns: int = 4) -> None:
    """Moments side by side, and what the colours mean."""
    rows = -(-len(moments) // columns)
    size = (3.1 * min(columns, len(moments)) + 0.8, 2.7 * rows)
    figure, axes = plt.subplots(rows, min(columns, len(moments)), figsize=size, squeeze=False, layout="constrained")
    for axis in axes.flat:
        axis.set_visible(False)
    for number, (axis, shown) in enumerate(zip(axes.flat, moments, strict=False)):
        axis.set_visible(True)
        show_moment(shown, axis, legend=number == 0)
        axis.label_outer()
    colours = plt.cm.ScalarMappable(plt.Normalize(0, 1), OPINION)
    figure.colorbar(colours, ax=axes, label="probability of being real")


def stepper(moments: Sequence[Moment]) -> None:
    """A slider and two buttons over moments, in Jupyter; elsewhere a sentence that points to the strip."""
    from IPython.display import display

    try:
        import ipywidgets
    except ImportError:
        print("The slider needs ipywidgets; the strip of pictures shows the same.")
        return
    pictures = [_png(shown) for shown in moments]
    slider = ipywidgets.IntSlider(0, 0, len(moments) - 1, description="half-step")
    image = ipywidgets.Image(value=pictures[0], format="png", width=520)
    back, on = ipywidgets.Button(description="one back"), ipywidgets.Button(description="next half-step")
    slider.observe(lambda change: setattr(image, "value", pictures[change["new"]]), "value")
    back.on_click(lambda _: setattr(slider, "value", max(slider.value - 1, 0)))
    on.on_click(lambda _: setattr(slider, "value", min(slider.value + 1, slider.max)))
    display(ipywidgets.VBox([ipywidgets.HBox([back, on, slider]), image]))


def _png(shown: Moment) -> bytes:
    """A moment as a picture of its own."""
    figure, axis = plt.subplots(figsize=(5.2, 3.6), dpi=90)
    show_moment(shown, axis)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    plt.close(figure)
    return buffer.getvalue()


def panels(piles: Sequence[ArrayLike]) -> None:
    """Eight piles of generated points (n, 2), some of each drawn on the curve, each judged in its title."""
    _, axes = plt.subplots(2, 4, figsize=(12, 5), sharex=True, sharey=True, layout="constrained")
    for axis, pile in zip(axes.flat, piles, strict=True):
        title = f"energy distance x 1000: {1000 * energy_distance(pile):.2f}"
        scatter(PARABOLA[::10], np.asarray(pile)[:150], title, axis)


def film(draw: Callable[[Axes, int], None], frames: Sequence[int], path: Path, alt: str, pause: float) -> Shown:
    """A small GIF: each frame is drawn by draw(axis, frame) on an empty axis and shown for `pause` seconds."""
    figure, axis = plt.subplots(figsize=(5, 3.5), dpi=72)
    figure.subplots_adjust(left=0.12, right=0.98, bottom=0.13, top=0.92)
    pictures = []
    for frame in frames:
        axis.clear()
        draw(axis, frame)
        figure.canvas.draw()
        drawn = Image.fromarray(np.asarray(figure.canvas.buffer_rgba())).convert("RGB")
        pictures.append(drawn.quantize(32, dither=Image.Dither.NONE))
    plt.close(figure)
    times = [round(1000 * pause)] * (len(pictures) - 1) + [2000]
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=times, loop=0)
    return Shown(str(path), format="png", alt=alt)  # static pages show no GIF under its own name; browsers play it


def film_of_game(played: object, path: Path, alt: str, pictures: int = 45) -> Shown:
    """The first of some recorded games as a film; the steps between two pictures grow, as most happens early."""
    records = len(played.recorded)
    frames = np.unique(np.geomspace(1, records, min(pictures, records)).astype(int) - 1)

    def draw(axis: Axes, frame: int) -> None:
        scatter(PARABOLA[::5], played.points[frame][0], f"step {played.recorded[frame]:,}", axis)
        axis.set(xlim=(-0.9, 0.9), ylim=(-0.4, 0.8))

    return film(draw, [int(frame) for frame in frames], path, alt, pause=0.12)


def film_of_ways(ways: ArrayLike, path: Path, alt: str) -> Shown:
    """The ways of points (steps + 1, n, 2) towards the parabola as a film of all their steps."""

    def draw(axis: Axes, frame: int) -> None:
        scatter(PARABOLA[::5], ways[frame][:400], f"after {frame} of {len(ways) - 1} steps", axis)
        axis.set(xlim=(-0.9, 0.9), ylim=(-0.25, 0.45))

    return film(draw, range(len(ways)), path, alt, pause=0.12)


def film_of_moments(moments: Sequence[Moment], path: Path, alt: str) -> Shown:
    """Moments as a film, two a second."""
    return film(lambda axis, frame: show_moment(moments[frame], axis), range(len(moments)), path, alt, pause=0.5)


def plot_losses(
    losses: ArrayLike,
    axis: Axes | None = None,
    first: int = 0,
    title: str = "Losses, step by step",
    saturating: bool = False,
) -> Axes:
    """Both players' losses (steps, 2), with a dashed line of each one's colour at its draw: D = 1/2 everywhere."""
    axis = axis or plt.subplots(figsize=(7, 3), layout="constrained")[1]
    steps = first + np.arange(len(losses)) + 1
    draws = 2 * np.log(2), -np.log(2) if saturating else np.log(2)
    for values, name, colour, draw in zip(
        np.transpose(losses), ("discriminator", "generator"), (DISCRIMINATOR, GENERATOR), draws, strict=True
    ):
        axis.plot(steps, values, color=colour, linewidth=0.7, label=name)
        axis.axhline(draw, color=colour, linestyle="--", linewidth=1.2)
    axis.set(title=title, xlabel="step", ylabel="loss (dashed: a draw)")
    axis.legend(fontsize=8)
    return axis


def dots(table: pd.DataFrame, by: str = "recipe", figure: str = "energy_distance_x1000") -> None:
    """One dot for each seed, one line for each recipe in the table's order, a bar at the median."""
    names = list(table[by].unique())
    _, axis = plt.subplots(figsize=(9, 0.36 * len(names) + 1.2), layout="constrained")
    for line, name in enumerate(names):
        values = np.maximum(table.loc[table[by] == name, figure], 0.02)  # a lucky sample is below 0
        axis.scatter(values, line + np.linspace(-0.25, 0.25, len(values)), s=10, color=GENERATED, alpha=0.7)
        axis.plot([values.median()] * 2, [line - 0.35, line + 0.35], color="black")
    axis.axvline(1, color="grey", linestyle="--", linewidth=1)
    axis.set_yticks(range(len(names)), names)
    axis.invert_yaxis()
    axis.set(xscale="log", xlabel="energy distance x 1000 (0 is perfect); a dot for each seed, a bar at the median")


def story(played: object, at: Sequence[int], title: str = "", saturating: bool = False) -> None:
    """The first of some recorded games: four moments above; below both losses step by step, and where the points are.

    Args:
        played: with losses and records, see course/games.py.
        at: which records to show, -1 is the last.
        title: of the whole.
        saturating: whether the generator had the saturating loss, whose draw is another.
    """
    figure, axes = plt.subplot_mosaic([list("abcd"), list("llxx")], figsize=(10, 4.2), layout="constrained")
    figure.suptitle(title)
    at = [max(record, -len(played.points)) for record in at]  # a quick run has few records
    shown = [played.points[record][0] for record in at]
    inside = all(np.abs(made).max() < WINDOW[1] for made in shown)
    for name, record, made in zip("abcd", at, shown, strict=True):
        scatter(PARABOLA[::10], made, f"step {played.recorded[record]:,}", axes[name])
        if inside:  # the same window for all of them; else mind the axes
            axes[name].set(xlim=(-0.8, 0.8), ylim=(-0.4, 0.8))
    last = min(1000, len(played.losses))
    title = f"losses of the last {last:,} steps"
    plot_losses(played.losses[-last:, 0], axes["l"], len(played.losses) - last, title, saturating)
    begin = len(played.points) // 10  # the first steps lead far out
    x = np.array([made[0, :, 0] for made in played.points[begin:]])
    steps = np.array(played.recorded[begin:])
    low, middle, high = np.quantile(x, [0.1, 0.5, 0.9], axis=1)
    axes["x"].fill_between(steps, low, high, color=GENERATED, alpha=0.3, linewidth=0, label="the middle 80%")
    axes["x"].plot(steps, middle, color=GENERATED, linewidth=0.8, label="median")
    for end in (-0.5, 0.5):
        axes["x"].axhline(end, color=REAL, linestyle="--", linewidth=1)
    axes["x"].set(title="x of the generated points (dashed: the ends of the curve)", xlabel="step", ylabel="x")
    axes["x"].legend(fontsize=8)
