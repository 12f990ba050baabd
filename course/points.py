"""Points of a small GAN: figures that judge them against a known curve, and the pictures of lesson 2.

A curve is an array (m, 2) of evenly spread fixed points: equally likely real points. Blue is for real points, orange
for generated ones.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial.distance import cdist, pdist

NEAR = 0.03  # from the curve, up or down: about the width of a line in a picture of it


def curve(function: object, count: int = 1000) -> NDArray[np.float64]:
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
