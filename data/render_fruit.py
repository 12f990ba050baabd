"""Paint the fruit pictures that come with the course: tomatoes, apples, bananas and oranges, 100x100 pixels, on white.

Every picture shows a fruit of its own: none is seen twice, and none is both in the training and in the test set.

    python data/render_fruit.py                        # write all pictures to data/sample (some minutes)
    python data/render_fruit.py --only tomato --count 24 --out look
    python data/render_fruit.py --sheet data/contact_sheet.jpg

How a picture comes about:

1. `plan` draws the sort of the fruit, how ripe it is, from where it is seen, and where the light comes from.
2. `tomato`, `apple`, `banana` or `orange` builds it as a mesh: points, triangles between them, colour and gloss.
3. `sight` finds out which of 96 directions each point that the camera sees can itself see past the rest of the fruit.
4. `render` projects the triangles onto a grid of 300x300 samples and keeps the nearest. Light falls in from the 96
   directions, where the point can see them: this gives soft shadows. A window is mirrored in the skin. Each pixel is
   the mean of 3x3 samples.

A picture depends on the seed, the fruit, the split and its index alone, so the files come out the same every time, by
however many processes and in whatever order they are painted.
"""

import argparse
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from scipy.spatial import cKDTree
from tqdm import tqdm

Array = np.ndarray
Rng = np.random.Generator

SIZE = 100  # pixels along each side of a picture
SAMPLES = 3  # samples along each side of a pixel
DIRECTIONS = 96  # directions from which light falls in
CAMERA = np.array([0.0, 0.0, 7.0])  # the camera looks from here at the fruit, whose radius is about 1
GOLDEN = 0.6180339887498949  # turns by this fraction of a circle spread directions evenly
FRUITS = ("tomato", "apple", "banana", "orange")
FOLDERS = dict(zip(FRUITS, ("apple-or-tomato", "apple-or-tomato", "banana-or-orange", "banana-or-orange"), strict=True))
SPLITS = {"train": "training_set", "test": "test_set"}
COUNTS = {
    "tomato": {"train": 600, "test": 150},
    "apple": {"train": 600, "test": 150},
    "banana": {"train": 480, "test": 150},
    "orange": {"train": 150, "test": 150},
}
# The sorts of each fruit, and how often each occurs.
SORTS = {
    "tomato": {"salad": 0.44, "beef": 0.22, "plum": 0.15, "cherry": 0.19},
    "apple": {"striped": 0.36, "red": 0.28, "yellow": 0.18, "green": 0.18},
    "banana": {"green": 0.14, "turning": 0.24, "yellow": 0.36, "spotted": 0.26},
    "orange": {"round": 0.55, "navel": 0.2, "mandarin": 0.25},
}


# ------------------------------------------------------------------------------------------------------------ tools


def unit(vectors: Array) -> Array:
    """Scale vectors along the last axis to length 1."""
    return vectors / np.maximum(np.sqrt((vectors**2).sum(-1, keepdims=True)), 1e-12)


def smoothstep(low: float, high: float, x: Array) -> Array:
    """0 below `low`, 1 above `high`, a smooth S between."""
    t = np.clip((x - low) / (high - low), 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


def bump(x: Array, width: Array | float) -> Array:
    """1 at 0, falling off to 0 on both sides within about two widths."""
    return np.exp(-((x / width) ** 2))


def mix(a: Array, b: Array, share: Array | float) -> Array:
    """Colour `a` where `share` is 0, `b` where it is 1."""
    return a + (b - a) * np.clip(share, 0.0, 1.0)[..., None]


def linear(code: str) -> Array:
    """A colour such as "#c8201a" as three amounts of light between 0 and 1."""
    value = np.array([int(code[i : i + 2], 16) for i in (1, 3, 5)]) / 255.0
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def turn(axis: int, angle: float) -> Array:
    """The matrix that turns column vectors by `angle` about the x (0), y (1) or z (2) axis."""
    matrix = np.eye(3)
    i, j = [(1, 2), (2, 0), (0, 1)][axis]
    matrix[i, i] = matrix[j, j] = np.cos(angle)
    matrix[i, j], matrix[j, i] = -np.sin(angle), np.sin(angle)
    return matrix


def noise(points: Array, rng: Rng, frequency: float, octaves: int = 1) -> Array:
    """Smooth random values, roughly between -1 and 1, at points in space; more octaves add finer detail."""
    total, weight = np.zeros(points.shape[:-1]), 1.0
    for _ in range(octaves):
        table = rng.uniform(-1.5, 1.5, (16, 16, 16))  # values at whole numbers, repeating after 16
        position = points * frequency + rng.uniform(0.0, 16.0, 3)
        cell = np.floor(position).astype(np.int64)
        f = position - cell
        f = f * f * f * (f * (f * 6.0 - 15.0) + 10.0)
        x, y, z = (((cell[..., k]) % 16, (cell[..., k] + 1) % 16) for k in range(3))
        corners = [table[i, j, k] for i in x for j in y for k in z]
        for axis in (2, 1, 0):
            corners = [a + (b - a) * f[..., axis] for a, b in zip(corners[::2], corners[1::2], strict=True)]
        total += weight * corners[0]
        weight, frequency = weight * 0.5, frequency * 2.0
    return total / (2.0 - 2.0 * weight)


def spread(count: int) -> Array:
    """Directions spread evenly over the sphere, along a spiral."""
    k = np.arange(count) + 0.5
    y = 1.0 - 2.0 * k / count
    angle = 2.0 * np.pi * GOLDEN * k
    return np.stack([np.sqrt(1.0 - y * y) * np.cos(angle), y, np.sqrt(1.0 - y * y) * np.sin(angle)], -1)


def dots(points: Array, centres: Array, radii: Array, softness: float = 0.5) -> Array:
    """1 inside small balls about the centres, 0 outside, with a soft edge."""
    distance, nearest = cKDTree(centres).query(points)
    return 1.0 - smoothstep(1.0 - softness, 1.0, distance / radii[nearest])


# ----------------------------------------------------------------------------------------------------------- meshes


@dataclass(frozen=True)
class Mesh:
    """Points with outward normals, colour (linear light) and gloss, and the triangles between them."""

    points: Array  # (n, 3)
    normals: Array  # (n, 3)
    colour: Array  # (n, 3)
    gloss: Array  # (n, 1) strength of the mirrored window
    thin: Array  # (n, 1) True where the surface is a leaf, seen from both sides
    faces: Array  # (m, 3) indices of points


def surface(grid: Array, colour: Array, gloss: Array | float, leaf: bool = False) -> Mesh:
    """A mesh from a grid of points (rows, columns, 3); the last column is joined to the first, except on a leaf."""
    rows, columns = grid.shape[:2]
    index = np.arange(rows * columns).reshape(rows, columns)
    if not leaf:
        index = np.concatenate([index, index[:, :1]], 1)
    a, b, c, d = (part.ravel() for part in (index[:-1, :-1], index[:-1, 1:], index[1:, :-1], index[1:, 1:]))
    faces = np.concatenate([np.stack([a, c, b], -1), np.stack([b, c, d], -1)])
    points = grid.reshape(-1, 3)
    p, q, r = (points[faces[:, i]] for i in range(3))
    across = np.cross(q - p, r - p)  # the normal of a point is the sum of those of its triangles
    normals = [sum(np.bincount(faces[:, i], across[:, k], len(points)) for i in range(3)) for k in range(3)]
    normals = unit(np.stack(normals, -1))
    if not leaf and (normals * (points - points.mean(0))).sum() < 0.0:
        normals = -normals
    colour = np.broadcast_to(colour, grid.shape).reshape(-1, 3)
    gloss = np.broadcast_to(gloss, grid.shape[:2]).reshape(-1, 1)
    return Mesh(points, normals, colour, gloss, np.full((len(points), 1), leaf), faces)


def join(parts: list[Mesh]) -> Mesh:
    """One mesh of several."""
    starts = np.cumsum([0] + [len(part.points) for part in parts[:-1]])
    names = ("points", "normals", "colour", "gloss", "thin")
    fields = [np.concatenate([getattr(part, name) for part in parts]) for name in names]
    return Mesh(*fields, np.concatenate([part.faces + start for part, start in zip(parts, starts, strict=True)]))


def tube(spine: Array, radius: Array, columns: int, section: Callable[[Array], Array] = np.ones_like) -> Array:
    """The grid of points around a curve, at `radius` from it times `section` of the angle."""
    tangent = unit(np.gradient(spine, axis=0))
    across = unit(np.cross([0.0, 0.0, 1.0], tangent))
    angle = np.linspace(0.0, 2.0 * np.pi, columns, endpoint=False)[:, None]
    offset = across[:, None] * np.cos(angle) + np.cross(tangent, across)[:, None] * np.sin(angle)
    return spine[:, None] + radius[:, None, None] * section(angle) * offset


def stem(base: Array, length: float, radius: Array, lean: Array, young: Array, old: Array) -> Mesh:
    """An upright stalk with the given radii, leaning over, rounded off at its end."""
    rounding = np.linspace(0.1, np.pi / 2, 6)
    along = np.linspace(0.0, 1.0, len(radius))
    u = np.concatenate([along, np.ones(6)])
    height = np.concatenate([along * length, length + 0.35 * radius[-1] * np.sin(rounding)])
    radius = np.concatenate([radius, radius[-1] * np.maximum(np.cos(rounding), 1e-3)])
    spine = base + np.stack([lean[0] * height**1.5, height, lean[1] * height**1.5], -1)
    return surface(tube(spine, radius, 26), mix(young, old, u)[:, None], 0.2)


def leaf(path: Array, side: Array, width: Array, fold: float, colour: Array, ripple: Array) -> Mesh:
    """A narrow pointed leaf along a path; `fold` lifts its edges, `ripple` waves them."""
    tangent = unit(np.gradient(path, axis=0))
    side = unit(side - (side * tangent).sum(-1, keepdims=True) * tangent)
    t = np.linspace(-1.0, 1.0, 9)
    lift = fold * np.abs(t) ** 1.3 * width[:, None] + ripple[:, None] * t
    grid = path[:, None] + (t * width[:, None])[..., None] * side[:, None]
    grid = grid + lift[..., None] * np.cross(side, tangent)[:, None]
    vein = (0.82 + 0.3 * bump(t, 0.25))[:, None]
    return surface(grid, colour[:, None] * vein, 0.25, leaf=True)


@dataclass(frozen=True)
class Round:
    """The shape of a round fruit: its profile from the stem to the blossom end, and its lobes."""

    height: float  # of the profile, where the width is 1
    square: float  # 2 is an ellipse, more is boxier
    shoulder: float  # more than 0: wider above the middle
    top: tuple[float, float]  # depth and width of the hollow at the stem
    bottom: tuple[float, float]  # and of the one at the blossom end
    lobes: tuple[int, float, float]  # how many, how deep at the ends, how deep elsewhere
    uneven: Array  # two phases and two strengths that make the fruit lopsided

    def at(self, theta: Array | float, phi: Array | float) -> Array:
        """Points of the skin, `theta` down from the stem and `phi` around."""
        s, c = np.sin(theta), np.cos(theta)
        ring = np.abs(s) ** (2.0 / self.square) * (1.0 + self.shoulder * c)
        y = np.sign(c) * np.abs(c) ** (2.0 / self.square) * self.height
        a, b, warp, tilt = self.uneven
        around = phi + warp * (0.16 * np.sin(phi + a) + 0.1 * np.sin(2.0 * phi + b))
        number, ends, middle = self.lobes
        valley = (1.0 - np.sqrt(0.05 + 0.95 * np.cos(0.5 * number * around) ** 2)) ** 1.3
        depth = ends * (bump(theta, 0.9) + 0.5 * bump(np.pi - theta, 0.6)) + middle * s
        scale = 1.0 - depth * valley + 0.03 * tilt * np.sin(2.0 * phi + b) * s
        ring, y = ring * scale, y * scale
        y = y - self.top[0] * bump(ring, self.top[1]) * (c > 0)
        y = y + self.bottom[0] * bump(ring, self.bottom[1]) * (c <= 0)
        y = y + 0.05 * tilt * ring * np.cos(phi + a)
        return np.stack([ring * np.cos(phi) + 0.02 * tilt * (y + 0.5) ** 2, y, ring * np.sin(phi)], -1)

    def above(self, x: Array, z: Array) -> Array:
        """Points of the upper skin near the place (x, z) seen from above."""
        return self.at(np.arcsin(np.clip(np.hypot(x, z), 1e-4, 0.97) ** (self.square / 2.0)), np.arctan2(z, x))

    def grid(self, rng: Rng, wobble: float, rough: float, rows: int = 120) -> tuple[Array, Array, Array]:
        """Points of the whole skin, slightly uneven, with their `theta` and `phi`; denser at both ends."""
        t = np.linspace(0.001, 0.999, rows)
        theta = np.repeat((np.pi * t - 0.175 * np.sin(2.0 * np.pi * t))[:, None], 2 * rows, 1)
        phi = np.repeat(np.linspace(0.0, 2.0 * np.pi, 2 * rows, endpoint=False)[None], rows, 0)
        points = self.at(theta, phi)
        scale = 1.0 + wobble * noise(points, rng, 2.0) + rough * noise(points, rng, 9.0, 2)
        return points * scale[..., None], theta, phi


def uneven(rng: Rng, warp: float) -> Array:
    """Random numbers for `Round.uneven`."""
    return np.array([*rng.uniform(0.0, 2.0 * np.pi, 2), warp * rng.uniform(0.4, 1.6), np.clip(rng.normal(), -1.8, 1.8)])


def streaks(theta: Array, phi: Array, rng: Rng, number: float, octaves: int) -> Array:
    """Noise drawn out from the stem to the blossom end."""
    return noise(np.stack([number * np.cos(phi), theta, number * np.sin(phi)], -1), rng, 1.0, octaves)


# ------------------------------------------------------------------------------------------------------------- plan


@dataclass(frozen=True)
class Plan:
    """What is decided first about a picture."""

    sort: str  # one of SORTS
    ripe: float  # from 0 to 1
    slim: float  # from 0 to 1: a fruit's height within what its sort allows; a banana's straightness
    matrix: Array  # turns the fruit as the camera sees it
    key: Array  # the direction that the window's light comes from; the camera looks along (0, 0, -1)


def plan(fruit: str, rng: Rng) -> Plan:
    """Draw the plan of one picture."""
    sort = str(rng.choice(list(SORTS[fruit]), p=list(SORTS[fruit].values())))
    ripe, slim = rng.uniform(0.0, 1.0, 2)
    angle, anyhow = rng.uniform(0.0, 2.0 * np.pi, 2)
    small, series = rng.normal(0.0, 0.12), rng.integers(5)
    if fruit == "banana":  # lying on either side, in all directions
        matrix = turn(2, angle) @ turn(1, 1.6 * small) @ turn(0, rng.choice([0.0, np.pi]) + rng.uniform(-1.0, 1.0))
    elif series < 3:  # standing, seen from slightly or well above
        matrix = turn(2, rng.normal(0.0, 0.12)) @ turn(0, (0.3, 0.75, 0.5)[series] + small) @ turn(1, angle)
    elif series == 3:  # tumbling: stem, side, blossom end, side
        matrix = turn(2, 3.0 * small) @ turn(0, angle) @ turn(1, anyhow)
    else:  # lying on any side
        matrix = turn(2, angle) @ turn(0, rng.uniform(0.2, 1.2)) @ turn(1, anyhow)
    key = unit(np.array([rng.uniform(-0.85, 0.85), rng.uniform(0.3, 0.85), rng.uniform(0.5, 0.85)]))
    return Plan(sort, ripe, slim, matrix, key)


def between(share: float, low: float, high: float) -> float:
    """The number that lies at `share` between two others."""
    return low + (high - low) * share


# ------------------------------------------------------------------------------------------------------------ fruit


def tomato(look: Plan, rng: Rng) -> Mesh:
    """A tomato: more or less flattened and lobed, mostly with a calyx of some five sepals and a stub of stem."""
    kind = list(SORTS["tomato"]).index(look.sort)
    bare = rng.random() < 0.18  # has lost its calyx
    lobes = rng.uniform(0.6, 1.4) * np.array([(0.07, 0.004), (0.15, 0.03), (0.05, 0.004), (0.02, 0.0)][kind])
    shape = Round(
        height=between(look.slim, *[(0.78, 0.92), (0.64, 0.78), (1.02, 1.36), (0.9, 1.04)][kind]),
        square=rng.uniform(2.05, 2.35),
        shoulder=rng.uniform(-0.02, 0.07),
        top=(
            rng.uniform(0.1, 0.2) * (1.0, 1.0, 0.8, 0.5)[kind] * (0.6 if bare else 1.0),
            rng.uniform(0.3, 0.42) * (1.0, 1.0, 0.8, 0.7)[kind],
        ),
        bottom=(rng.uniform(0.0, 0.05) * (1.0, 1.0, 0.0, 0.3)[kind], rng.uniform(0.2, 0.35)),
        lobes=(int(rng.integers(5, 8)), *lobes),
        uneven=uneven(rng, 0.5),
    )
    points, theta, phi = shape.grid(rng, 0.008, 0.0012)

    # Ripeness runs from 0, green, to 1, deep red; the shoulders ripen last, and stay green on some.
    ripe = np.interp(look.ripe, [0.0, 0.14, 0.141, 0.4, 0.401, 1.0], [0.45, 0.6, 0.64, 0.82, 0.84, 1.0])
    mottle, streak = noise(points, rng, 1.6, 3), streaks(theta, phi, rng, 7.0, 2)
    late = rng.uniform(0.04, 0.42) * bump(theta, rng.uniform(0.4, 0.75)) * (1.0 + 0.5 * streak) + 0.16 * (1.0 - ripe)
    if rng.random() < 0.2:
        late = late + rng.uniform(0.2, 0.5) * bump(theta, rng.uniform(0.6, 0.95)) * (1.0 + 0.4 * streak + 0.3 * mottle)
    early = (0.05 + 0.5 * (1.0 - ripe)) * smoothstep(0.9, 2.9, theta + 0.5 * mottle)
    stages = np.array([linear(code) for code in ("#7d943a", "#a3a040", "#d39c40", "#d0602a", "#c0351f", "#a51a18")])
    ripeness = ripe + 0.07 * mottle + 0.02 * streak - late + early
    colour = np.stack([np.interp(ripeness, [0.0, 0.22, 0.42, 0.6, 0.78, 1.0], stages[:, k]) for k in range(3)], -1)
    colour = colour * (1.0 + 0.06 * noise(points, rng, 5.0, 3))[..., None]
    colour = colour + rng.choice([0.0, 1.0]) * rng.uniform(0.0, 0.03) * np.array([0.0, 0.2, 0.6])  # a pink sort
    specks = dots(unit(points), unit(rng.normal(size=(900, 3))), rng.uniform(0.012, 0.028, 900), 0.9)
    colour = mix(colour, colour * 0.6 + linear("#e8a060") * 0.4, specks * 0.25 * smoothstep(0.2, 0.8, theta))
    size = rng.uniform(0.03, 0.07) * (1.0, 1.3, 0.6, 0.6)[kind]  # of the scar at the blossom end
    end = np.pi - theta
    scar = end * (1.0 + 0.25 * np.sin(5.0 * phi) + 0.2 * noise(points, rng, 14.0)) / size
    rays = (1.0 - smoothstep(0.02, 0.1, np.abs(np.sin(2.5 * phi + 1.0 + 0.2 * mottle)))) * (end < size * 4.0)
    colour = mix(colour, linear("#b5733f"), 0.35 * rays)
    colour = mix(colour, linear("#9a6a3a"), 0.8 * (1.0 - smoothstep(0.6, 1.5, scar)))
    colour = mix(colour, linear("#5d3a20"), 0.9 * (1.0 - smoothstep(0.3, 0.6, scar)))
    for _ in range(rng.integers(0, 3)):  # healed scratches
        sideways = np.linalg.qr(rng.normal(size=(3, 3)))[0]
        x, y, z = np.moveaxis(unit(points) @ sideways, -1, 0)
        mark = np.hypot(x / rng.uniform(0.05, 0.16), y / rng.uniform(0.006, 0.015)) + 0.5 * noise(points, rng, 16.0)
        colour = mix(colour, linear("#b88a55"), 0.6 * (1.0 - smoothstep(0.5, 1.0, mark)) * (z > 0.0))
    if bare:  # a corky scar in a pale star
        ragged = theta * (1.0 + 0.13 * np.sin(5.0 * phi + mottle) + 0.16 * noise(points, rng, 12.0, 2))
        ragged = ragged / rng.uniform(0.1, 0.16)
        colour = mix(colour, linear("#c2b264"), 0.5 * smoothstep(2.6, 1.0, ragged))
        colour = mix(colour, linear("#c19c62"), smoothstep(1.1, 0.9, ragged))
        colour = mix(colour, linear("#8a6a3c"), 0.8 * bump(ragged - 0.75, 0.16) + 0.7 * smoothstep(0.3, 0.1, ragged))
        return surface(points, colour, 1.0 - 0.9 * smoothstep(1.2, 0.9, ragged))
    parts = [surface(points, colour, 1.0)]

    # The calyx: each sepal follows a path over the skin and rises from it.
    green = mix(linear("#4f7a2c"), linear("#7f8f45"), rng.uniform(0.0, 1.0))
    dry, rise = rng.uniform(0.0, 0.8), rng.uniform(0.0, 0.28)
    reach = rng.uniform(0.38, 0.68) * (1.0, 0.9, 1.0, 1.3)[kind]
    count, start = int(rng.choice([5, 6, 7], p=[0.65, 0.25, 0.1])), rng.uniform(0.0, 2.0 * np.pi)
    s = np.linspace(0.0, 1.0, 40)
    for k in range(count):
        angle = start + 2.0 * np.pi * (k + rng.uniform(-0.16, 0.16)) / count
        long = reach * rng.uniform(0.75, 1.2)
        out, bend = 0.02 + long * s, rng.normal(0.0, 0.22) * long * s**2
        cos, sin = np.cos(angle), np.sin(angle)
        ground = shape.above(out * cos - bend * sin, out * sin + bend * cos)
        outward = unit(ground + np.array([0.0, 0.5, 0.0]))
        hover = 0.028 + np.maximum(rise + rng.normal(0.0, 0.07), 0.0) * s**1.6
        hover = hover - 0.6 * np.maximum(rng.normal(0.0, 0.12), -0.12) * np.maximum(s - 0.6, 0.0) ** 2
        path = ground + np.maximum(hover, 0.024)[:, None] * outward
        width = rng.uniform(0.1, 0.14) * (s + 0.25) ** 0.4 * (1.0 - s) ** 0.75 + 0.004
        twist = (rng.normal(0.0, 0.5) * s)[:, None]
        side = np.array([-sin, 0.0, cos]) * np.cos(twist) + outward * np.sin(twist)
        tint = mix(green * rng.uniform(0.8, 1.2), linear("#8a6f3a"), dry * s**2 * rng.uniform(0.2, 1.0))
        ripple = 0.012 * s * np.sin(rng.uniform(6.0, 12.0) * s + rng.uniform(0.0, 2.0 * np.pi))
        parts.append(leaf(path, side, width, rng.uniform(0.1, 0.5), tint, ripple))

    u = np.linspace(0.0, 1.0, 24)
    radius = (0.042 + 0.05 * np.exp(-7.0 * u) + 0.016 * bump(u - rng.uniform(0.5, 0.9), 0.14)) * rng.uniform(0.85, 1.15)
    old = mix(green, linear("#8f7a45"), 0.2 + 0.8 * dry)
    parts.append(stem(shape.at(0.01, 0.0), rng.uniform(0.1, 0.27), radius, rng.normal(0.0, 0.6, 2), green, old))
    return join(parts)


def apple(look: Plan, rng: Rng) -> Mesh:
    """An apple: deep cavity with a thin stem, a basin with dried sepals, a blush and streaks of red on most."""
    kind = list(SORTS["apple"]).index(look.sort)
    shape = Round(
        height=between(look.slim, 0.84, (1.0, 1.08, 1.02, 0.98)[kind]),
        square=rng.uniform(2.1, 2.4),
        shoulder=rng.uniform(0.06, 0.16),
        top=(rng.uniform(0.3, 0.42), rng.uniform(0.26, 0.34)),
        bottom=(rng.uniform(0.16, 0.26), rng.uniform(0.2, 0.28)),
        lobes=(5, rng.uniform(0.01, 0.05), rng.uniform(0.0, 0.015)),
        uneven=uneven(rng, 1.0),
    )
    points, theta, phi = shape.grid(rng, 0.012, 0.001)
    # The colour below the blush; it yellows as the apple ripens.
    unripe = linear(("#cbb350", "#c2ae4a", "#c3c25a", "#82a836")[kind])
    yellowed = linear(("#e0ae4c", "#d9a84a", "#e3c75a", "#a9ba4c")[kind])
    ground = mix(unripe, yellowed, look.ripe)
    red = mix(linear("#94141a"), linear("#a82820"), rng.uniform(0.0, 1.0))
    streak = streaks(theta, phi, rng, 9.0, 3)
    sunny = unit(np.array([rng.normal(), 0.4, rng.normal()]))
    redness = between(look.ripe, *[(0.35, 1.0), (1.1, 1.7), (-1.0, 0.0), (-1.2, -0.4)][kind])
    strength = (1.0, 0.6, 0.35, 0.25)[kind]  # of the streaks
    blush = 0.7 * (unit(points) @ sunny) + redness - 0.7 * bump(theta, 0.4)
    blush += 0.35 * noise(points, rng, 1.3, 2) + 0.26 * strength * streak + 0.15 * noise(points, rng, 6.0, 3)
    colour = mix(ground * (1.0 + 0.1 * strength * streak)[..., None], linear("#c4602c"), smoothstep(-0.2, 0.55, blush))
    colour = mix(colour, red, smoothstep(0.15, 0.9, blush))
    colour = mix(colour, red * 0.5, 0.8 * smoothstep(0.8, 1.7, blush))
    russet = bump(theta, rng.uniform(0.25, 0.4)) * (0.8 + 0.6 * noise(points, rng, 12.0, 2))
    colour = mix(colour, linear("#8d7a3c"), (0.8, 0.8, 0.7, 0.45)[kind] * russet)
    number = int(rng.integers(200, 700))
    specks = dots(unit(points), unit(rng.normal(size=(number, 3))), rng.uniform(0.012, 0.032, number), 0.9)
    speck = linear(("#dcae78", "#dcae78", "#9c8440", "#d3d993")[kind])
    colour = mix(colour, speck, rng.uniform(0.2, 1.0) * (0.4, 0.4, 0.5, 0.5)[kind] * specks * (theta > 0.5))
    colour = colour * (1.0 + 0.06 * noise(points, rng, 6.0, 3))[..., None]
    parts = [surface(points, colour, 0.75)]

    u = np.linspace(0.0, 1.0, 30)
    radius = 0.026 + 0.02 * np.exp(-8.0 * u) + rng.uniform(0.005, 0.025) * u**4
    base, lean = shape.at(0.01, 0.0) - np.array([0.0, 0.04, 0.0]), rng.normal(0.0, 0.4, 2)
    parts.append(stem(base, rng.uniform(0.28, 0.5), radius, lean, linear("#7d7a3a"), linear("#5a3b22")))
    s = np.linspace(0.0, 1.0, 16)
    for k in range(5):
        angle = 2.0 * np.pi * (k + rng.uniform(-0.2, 0.2)) / 5
        out = 0.02 + 0.13 * s * rng.uniform(0.8, 1.2)
        path = shape.at(np.pi - 0.01, 0.0) + np.stack([out * np.cos(angle), -0.03 - 0.1 * s, out * np.sin(angle)], -1)
        side = np.repeat([[-np.sin(angle), 0.0, np.cos(angle)]], len(s), 0)
        brown = np.repeat([linear("#4a3a24")], len(s), 0)
        parts.append(leaf(path, side, 0.045 * (1.0 - s) + 0.003, 0.3, brown, 0.0 * s))
    return join(parts)


def orange(look: Plan, rng: Rng) -> Mesh:
    """An orange or a mandarin: a peel full of pits and a small green button where the stem was."""
    flat, navel = look.sort == "mandarin", look.sort == "navel"
    shape = Round(
        height=between(look.slim, *((0.7, 0.84) if flat else (0.9, 1.06))),
        square=rng.uniform(2.0, 2.1),
        shoulder=rng.uniform(-0.04, 0.04),
        top=(rng.uniform(0.02, 0.08) + 0.05 * flat, rng.uniform(0.12, 0.25)),
        bottom=(rng.uniform(0.0, 0.05) + 0.05 * flat, rng.uniform(0.1, 0.2)),
        lobes=(int(rng.integers(6, 11)), rng.uniform(0.0, 0.025) + 0.025 * flat, 0.0),
        uneven=uneven(rng, 1.0),
    )
    points, theta, phi = shape.grid(rng, 0.01, 0.002, rows=200)
    where = unit(points)
    number = int(rng.integers(2600, 3800))
    pits = unit(spread(number) + rng.normal(0.0, 0.7 / np.sqrt(number), (number, 3)))
    pit = dots(where, pits, rng.uniform(0.95, 1.9, number) / np.sqrt(number), 0.95)
    points = points * (1.0 - (0.005 if flat else 0.007) * pit)[..., None]
    peel = mix(linear("#ea9020"), linear("#d95a0c"), between(look.ripe, 0.35 * flat, 0.8 + 0.2 * flat))
    pale = mix(peel, linear("#e5a838"), rng.uniform(0.3, 1.0))
    colour = mix(peel, pale, 0.4 + 0.5 * noise(where, rng, 1.4, 3))
    unripe = max(0.7 - 2.0 * look.ripe, 0.0) * smoothstep(1.0, 0.0, theta + 0.3 * noise(where, rng, 3.0))
    colour = mix(colour, linear("#a8a038"), unripe)
    colour = colour * (1.0 - 0.11 * pit + 0.05 * noise(where, rng, 7.0, 2))[..., None]
    for _ in range(rng.integers(0, 4)):  # rubbed patches
        ragged = where + 0.05 * noise(where, rng, 8.0, 3)[..., None]
        patch = dots(ragged, unit(rng.normal(size=(1, 3))), rng.uniform(0.05, 0.16, 1))
        colour = mix(colour, linear("#b98a4a"), 0.5 * patch)
    end = np.pi - theta + 0.02 * noise(where, rng, 12.0)
    colour = mix(colour, linear("#8a5a24"), 0.85 * (1.0 - smoothstep(0.02, 0.06, end)))
    if navel:  # a ring in the peel, and a crumpled dark middle
        ragged = end * (1.0 + 0.08 * np.sin(3.0 * phi) + 0.15 * noise(where, rng, 8.0, 2)) / rng.uniform(0.1, 0.18)
        points = points * (1.0 - 0.035 * bump(ragged - 1.0, 0.3) + 0.015 * bump(ragged, 0.5))[..., None]
        colour = mix(colour, colour * np.array([0.8, 0.68, 0.5]), 0.7 * bump(ragged - 1.0, 0.25))
        colour = mix(colour, linear("#8a5a24"), 0.7 * smoothstep(0.4, 0.1, ragged))

    t = np.linspace(0.0, 1.0, 14)[:, None]
    around = np.linspace(0.0, 2.0 * np.pi, 48, endpoint=False)
    size = rng.uniform(0.07, 0.1) * (1.0 + 0.22 * np.cos(5.0 * around + rng.uniform(0.0, 2.0 * np.pi)))
    grid = shape.above(t * size * np.cos(around), t * size * np.sin(around))
    grid = grid + (0.04 * np.cos(0.5 * np.pi * t) + 0.004 - 0.012 * t**4)[..., None] * np.array([0.0, 1.0, 0.0])
    button = mix(linear("#6f7a3a"), linear("#9a8a58"), 1.2 - 2.0 * t + 0.3 * noise(grid, rng, 30.0))
    return join([surface(points, colour, 0.5), surface(grid, button, 0.1)])


def banana(look: Plan, rng: Rng) -> Mesh:
    """A banana: a bent tube with five soft edges, a neck that ends in a cut stem, and a dark tip."""
    rows, columns = 280, 90
    u = np.linspace(0.0, 1.0, rows)  # from the cut stem to the tip
    curvature = 0.55 + bump(u - rng.uniform(0.3, 0.45), 0.28) + rng.uniform(-0.3, 0.5) * u
    heading = np.cumsum(curvature)
    heading = between(look.slim, 2.0, 0.7) * (heading / heading[-1] - 0.5)
    sideways = rng.normal(0.0, 0.12) * np.cumsum(np.sin(np.pi * u)) / rows
    spine = np.cumsum(np.stack([np.cos(heading), np.sin(heading), sideways], -1), 0) / rows
    neck, tip = rng.uniform(0.12, 0.18), rng.uniform(0.045, 0.07)
    girth = 0.3 + 0.7 * smoothstep(neck * 0.35, neck * 2.8, u) ** 0.85 + 0.1 * smoothstep(0.04, 0.0, u)
    taper = np.clip((1.0 - tip * 0.6 - u) / rng.uniform(0.2, 0.3), 0.0, 1.0)
    girth = girth * (0.24 + 0.76 * np.sin(0.5 * np.pi * taper) ** 0.85)
    girth = girth * (1.0 + 0.03 * noise(u[:, None] * np.array([4.0, 0.0, 0.0]), rng, 1.0))
    girth = girth * np.sqrt(np.clip((1.0 - u) / (tip * 0.2), 1e-6, 1.0)) * np.clip(u / 0.004, 1e-3, 1.0)
    edges = 2.0 * np.pi * (np.arange(5) + rng.uniform(-0.12, 0.12, 5)) / 5 + rng.uniform(0.0, 2.0 * np.pi)
    flats, power = rng.uniform(0.92, 1.06, 5), rng.uniform(12.0, 26.0)

    def section(angle: Array) -> Array:
        """A pentagon with rounded corners."""
        sides = np.maximum(np.cos(angle - edges) / flats, 1e-3)
        return (sides**power).sum(-1, keepdims=True) ** (-1.0 / power)

    points = tube(spine, rng.uniform(0.088, 0.122) * girth, columns, section)
    points = points - 0.5 * (points.max((0, 1)) + points.min((0, 1)))
    points = points / np.sqrt((points**2).sum(-1).max())
    points = points * (1.0 + 0.004 * noise(points, rng, 6.0, 2))[..., None]

    angle = np.repeat(np.linspace(0.0, 2.0 * np.pi, columns, endpoint=False)[None], rows, 0)
    along = np.repeat(u[:, None], columns, 1)
    edge = section(angle[..., None])[..., 0]
    edge = (edge - edge.min()) / (edge.max() - edge.min())
    kind = list(SORTS["banana"]).index(look.sort)
    ripe = between(look.ripe, *[(0.0, 0.14), (0.2, 0.4), (0.45, 0.75), (0.8, 1.05)][kind])
    mottle, fibre = noise(points, rng, 2.5, 3), streaks(5.0 * along, angle, rng, 9.0, 3)
    ends = smoothstep(neck * 2.2, neck * 0.5, along) + 0.6 * smoothstep(0.82, 0.97, along)
    green = np.maximum(0.75 - 2.2 * ripe, 0.0) + (0.55 - 0.4 * ripe) * ends + 0.12 * (mottle + edge * (1.0 - ripe))
    yellow = mix(linear("#f0d85c"), linear("#ebc44c"), ripe + 0.2 * mottle)
    colour = mix(yellow, linear("#8f9c3a"), np.minimum(green, 0.95))
    worn = 0.6 * smoothstep(0.75, 1.0, edge + 0.2 * mottle) * ripe
    colour = mix(colour, colour * np.array([0.72, 0.6, 0.45]), worn)
    colour = colour * (1.0 + 0.06 * fibre + 0.05 * noise(points, rng, 9.0, 2))[..., None]
    number = int(rng.uniform(5, 40) + 900 * max(ripe - 0.6, 0.0) ** 1.2 * rng.uniform(0.3, 1.2))
    places = points.reshape(-1, 3)[rng.integers(0, rows * columns, number)]
    spots = dots(points, places, rng.gamma(1.2, 0.006 + 0.008 * max(ripe - 0.75, 0.0), number) + 0.005, 0.7)
    spots = spots * smoothstep(0.0, 0.1, np.minimum(along - 0.1, 0.97 - along))
    colour = mix(colour, linear("#6b4420"), 0.75 * spots)
    for _ in range(rng.integers(1, 5)):  # bruises
        place = points[rng.integers(rows), rng.integers(columns)]
        ragged = points + 0.03 * noise(points, rng, 9.0, 3)[..., None]
        bruise = dots(ragged, place[None], rng.uniform(0.03, 0.1, 1), 0.8)
        colour = mix(colour, linear("#7a5426"), rng.uniform(0.2, 0.6) * bruise)
    dark = smoothstep(1.0 - tip * 1.3, 1.0 - tip * 0.5, along + 0.012 * fibre)
    colour = mix(colour, linear("#33261a"), 0.92 * dark)
    cut = smoothstep(0.045, 0.008, along + 0.012 * mottle)
    colour = mix(colour, linear("#4a3823"), (0.5 + 0.4 * ripe) * cut)
    return surface(points, colour, 0.55 - 0.35 * dark - 0.25 * cut - 0.2 * spots)


# -------------------------------------------------------------------------------------------------------- rendering


def sight(points: Array, normals: Array, seen: Array) -> Array:
    """Which light directions each of the points numbered in `seen` sees past all points: (directions, seen)."""
    directions = spread(DIRECTIONS)
    right = unit(np.cross(directions, [0.31, 0.17, 0.93]))
    cell, half = 0.03, 1.7  # seen from each direction, the nearest point of each cell hides those behind it
    width = int(2.0 * half / cell)
    column, row = (((axes @ points.T + half) / cell).astype(np.int32) for axes in (right, np.cross(directions, right)))
    places, depths, facings = row * width + column, directions @ points.T, directions @ normals[seen].T
    sees = facings <= 0.0
    nearest = np.empty(width * width)
    for place, depth, facing, free in zip(places, depths, facings, sees, strict=True):
        nearest.fill(-np.inf)
        np.maximum.at(nearest, place, depth)
        front = np.flatnonzero(~free)
        cosine, behind = facing[front], seen[front]
        steep = np.minimum(np.sqrt(np.maximum(1.0 - cosine**2, 0.0)) / np.maximum(cosine, 0.001), 6.0)
        free[front] = depth[behind] + 0.012 + 1.5 * cell * steep >= nearest[place[behind]]
    return sees


def rasterise(xy: Array, depth: Array, faces: Array, size: int) -> tuple[Array, Array, Array]:
    """The nearest triangle at every sample: numbers of the samples hit, the triangle there, weights of its corners."""
    a, b, c = (xy[faces[:, i]] for i in range(3))
    low = np.ceil(np.minimum(np.minimum(a, b), c) - 0.5).astype(int)
    high = np.floor(np.maximum(np.maximum(a, b), c) - 0.5).astype(int)
    ab, ac = b - a, c - a
    area = ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0]
    column = np.flatnonzero((high >= low).all(-1) & (np.abs(area) > 1e-9))
    found = []
    for dy in range(size):  # all triangles at once: the samples in the first row of their boxes, in the second, ...
        column = column[high[column, 1] - low[column, 1] >= dy]
        row = column
        for dx in range(size):
            row = row[high[row, 0] - low[row, 0] >= dx]
            if not len(row):
                break
            px, py = low[row, 0] + dx, low[row, 1] + dy
            x, y = px + 0.5 - a[row, 0], py + 0.5 - a[row, 1]
            v = (x * ac[row, 1] - y * ac[row, 0]) / area[row]
            w = (y * ab[row, 0] - x * ab[row, 1]) / area[row]
            inside = np.flatnonzero((v >= -1e-9) & (w >= -1e-9) & (v + w <= 1.0 + 1e-9))
            found.append((py[inside] * size + px[inside], row[inside], v[inside], w[inside]))
        if not len(column):
            break
    sample, face, v, w = (np.concatenate([entry[i] for entry in found]) for i in range(4))
    weights = np.stack([1.0 - v - w, v, w], -1)
    order = np.argsort((depth[faces[face]] * weights).sum(-1), kind="stable")
    winner = np.full(size * size, -1)
    winner[sample[order]] = order  # the nearest comes last and stays
    winner = winner[winner >= 0]
    return sample[winner], face[winner], weights[winner]


def draws(fruit: str, split: str, index: int, seed: int = 0) -> Rng:
    """The random numbers of one picture."""
    return np.random.default_rng([seed, FRUITS.index(fruit), list(SPLITS).index(split), index])


def render(fruit: str, split: str, index: int, seed: int = 0) -> Array:
    """Picture number `index` of a split ("train" or "test") as an array of bytes (100, 100, 3)."""
    rng = draws(fruit, split, index, seed)
    look = plan(fruit, rng)
    matrix, key = look.matrix, look.key
    mesh = {"tomato": tomato, "apple": apple, "banana": banana, "orange": orange}[fruit](look, rng)

    points, normals = mesh.points @ matrix.T, mesh.normals @ matrix.T
    toward = unit(CAMERA - points)
    facing = (normals * toward).sum(-1, keepdims=True)
    normals = np.where(mesh.thin & (facing < 0.0), -normals, normals)
    seen = (mesh.thin | (facing > -0.1))[:, 0]
    xy = points[:, :2] / (1.0 - points[:, 2:] / CAMERA[2])
    low, high = xy.min(0), xy.max(0)
    size = SIZE * SAMPLES
    scale = size * rng.uniform(0.86, 0.92) / (high - low).max()  # white paper remains on all sides
    screen = (xy - 0.5 * (low + high)) * scale * np.array([1.0, -1.0]) + 0.5 * size
    faces = mesh.faces[seen[mesh.faces].any(-1)]
    sample, face, weights = rasterise(screen, points[:, 2], faces, size)

    # Light at the points of the mesh: a window above, weak light from all around, white paper below.
    strength = rng.uniform(0.9, 1.12)
    around = spread(DIRECTIONS) @ matrix.T
    lobe = np.exp(9.0 * (around @ key - 1.0))
    lobe = lobe / (lobe * np.maximum(around @ key, 0.0)).sum()
    fill = 0.5 + 0.35 * around[:, 1] + 0.25 * around[:, 2] + 0.5 * np.maximum(-around[:, 1], 0.0) ** 2
    light = strength * lobe + np.maximum(fill, 0.0) * 4.0 / DIRECTIONS * rng.uniform(0.09, 0.15)
    lit = np.zeros((len(points), 3))
    used = np.flatnonzero(seen)
    sees = sight(mesh.points, mesh.normals, used)
    for rows in np.array_split(np.arange(len(used)), 1 + len(used) // 2000):  # small enough for the processor's cache
        block, open_to = used[rows], sees[:, rows].T
        cosine = normals[block] @ around.T
        for k, wrap in enumerate((0.35, 0.12)):  # red light travels further inside the skin than green and blue
            lit[block, k] = (np.maximum(cosine + wrap, 0.0) * open_to) @ light / (1.0 + wrap)
        lit[block, 2] = open_to @ lobe / lobe.sum()

    # From the points of the mesh to the samples of the picture, and there what the skin mirrors.
    values = np.concatenate([normals, toward, mesh.colour, lit[:, [0, 1, 1, 2]], mesh.gloss], 1)
    values = sum(values[faces[face, i]] * weights[:, i, None] for i in range(3))
    normal, eye, albedo, shade = unit(values[:, :3]), unit(values[:, 3:6]), values[:, 6:9], values[:, 9:12]
    facing = np.clip((normal * eye).sum(-1), 0.0, 1.0)
    mirror = 2.0 * facing[:, None] * normal - eye
    right = unit(np.cross([0.0, 1.0, 0.0], key))
    ahead = mirror @ key
    x, y = (mirror @ axis / np.maximum(ahead, 0.05) for axis in (right, np.cross(key, right)))
    blur, exposure = {"tomato": (0.16, 1.0), "apple": (0.22, 1.0), "orange": (0.3, 1.0), "banana": (0.3, 1.14)}[fruit]
    window = smoothstep(-blur, blur, rng.uniform(0.16, 0.24) - np.abs(x)) * (ahead > 0.05)
    window = window * smoothstep(-blur, blur, rng.uniform(0.22, 0.34) - np.abs(y))
    fresnel = 0.04 + 0.96 * (1.0 - facing) ** 5
    shine = fresnel * strength * (9.0 * window + 2.2 * np.exp(14.0 * (ahead - 1.0))) + 0.12 * (fresnel - 0.04)
    colour = albedo * shade + (values[:, 12] * values[:, 13] * shine)[:, None]
    colour = colour * (1.0 + np.array([1.0, 0.0, -1.0]) * rng.normal(0.0, 0.025)) * rng.uniform(0.92, 1.08) * exposure

    # The tone curve of a camera, then the mean of the samples of each pixel; what no triangle hits is white.
    colour = np.where(colour < 0.7, colour, 1.0 - 0.3 * np.exp(-(colour - 0.7) / 0.3))
    colour = np.where(colour <= 0.0031308, 12.92 * colour, 1.055 * np.maximum(colour, 1e-9) ** (1.0 / 2.4) - 0.055)
    picture = np.ones((size * size, 3))
    picture[sample] = colour
    picture = picture.reshape(SIZE, SAMPLES, SIZE, SAMPLES, 3).mean((1, 3))
    return np.clip(np.rint(picture * 255.0), 0, 255).astype(np.uint8)


# ------------------------------------------------------------------------------------------------------------ files


def jpeg_bytes(picture: Array) -> bytes:
    """The picture as a JPEG file."""
    file = BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=88, subsampling=0, optimize=True)
    return file.getvalue()


def write(out: Path, fruit: str, pictures: list[tuple[str, int]], seed: int) -> int:
    """Render pictures of one fruit and write them below `out`; says how many."""
    for split, index in pictures:
        path = out / FOLDERS[fruit] / SPLITS[split] / fruit / f"{index + 1:04d}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        half_done = path.with_suffix(".tmp")
        half_done.write_bytes(jpeg_bytes(render(fruit, split, index, seed)))
        os.replace(half_done, path)
    return len(pictures)


def write_all(out: Path, fruits: list[str], count: int | None, jobs: int, seed: int) -> None:
    """Write all pictures, or the first `count` of each folder; ten pictures are one job."""
    work = []
    for fruit in fruits:
        for split, total in COUNTS[fruit].items():
            pictures = [(split, index) for index in range(total if count is None else min(count, total))]
            work += [(fruit, pictures[start : start + 10]) for start in range(0, len(pictures), 10)]
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"  # the processes share the cores between them
    bar = tqdm(total=sum(len(pictures) for _, pictures in work), unit="picture")
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool, bar:
        for done in as_completed([pool.submit(write, out, fruit, pictures, seed) for fruit, pictures in work]):
            bar.update(done.result())


def contact_sheet(out: Path, path: Path, columns: int = 12, rows: int = 4) -> None:
    """Write a sheet with 48 of the training pictures of each fruit below `out`."""
    strip = 24
    block = strip + rows * SIZE
    page = Image.new("RGB", (columns * SIZE, block * len(FRUITS)), "white")
    draw = ImageDraw.Draw(page)
    for k, fruit in enumerate(FRUITS):
        files = sorted((out / FOLDERS[fruit] / SPLITS["train"] / fruit).glob("*.jpg"))
        shown = np.random.default_rng(1).permutation(len(files))[: columns * rows]
        label = f"{fruit}: {len(shown)} of {len(files)} training pictures"
        draw.text((6, k * block + 3), label, "black", ImageFont.load_default(15))
        for i, number in enumerate(shown):
            with Image.open(files[number]) as picture:
                page.paste(picture, (i % columns * SIZE, k * block + strip + i // columns * SIZE))
    page.save(path, quality=82, optimize=True)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Paint the fruit pictures of the course.")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "sample", help="folder of the pictures")
    parser.add_argument("--only", action="append", choices=FRUITS, help="only this fruit; may be given several times")
    parser.add_argument("--count", type=int, help="only the first COUNT pictures of each folder")
    parser.add_argument("--jobs", type=int, default=min(os.cpu_count() or 1, 8), help="processes at a time")
    parser.add_argument("--seed", type=int, default=0, help="another seed, other fruit")
    parser.add_argument("--sheet", type=Path, help="paint no fruit, but show those below --out on a sheet")
    options = parser.parse_args()
    if options.sheet:
        contact_sheet(options.out, options.sheet)
    else:
        write_all(options.out, options.only or list(FRUITS), options.count, options.jobs, options.seed)


if __name__ == "__main__":
    main()
