"""How good are painted pictures? Figures that compare piles of pictures, and say how far chance alone moves them.

`scorecard` compares paintings with real pictures, `floor` real ones with real ones, `copies` looks for paintings that
are training pictures, `examiner` trains a new network to tell paintings from real pictures. What the figures see and
what they do not was tried on piles of known quality: benchmarks/judges.py, with the piles of course/counterfeits.py.

Pictures are float arrays (n, height, width, 3) in [-1, 1]. What is drawn is seeded: equal piles get equal figures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import keras
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage
from scipy.stats import binomtest
from sklearn.metrics import pairwise_distances
from sklearn.metrics.pairwise import polynomial_kernel
from sklearn.neighbors import NearestNeighbors

SEED = 42
FIGURES = ["kid", "precision", "recall", "density", "coverage"]
GRID = 8  # cells along each side; of 12 pixels in a picture of 96
DIRECTIONS = 8  # of gradients, in each cell
DEAD_ZONE = 0.025  # of the range from black to white: weaker gradients are noise that no eye sees
MEDIUM = 0.05  # a gradient that counts half: strong outlines do not drown the marks inside them
COLOUR_GRID = 4
COLOUR_WEIGHT = 0.4  # colour then varies about half as much as the gradients do
FEWEST = 12  # half of them have the five neighbours that density and coverage ask for
THUMBNAIL = 32
TURNS = (-12, -8, -4, 0, 4, 8, 12)  # degrees


# ---------------------------------------------------------------- what is compared


def checked(**piles: ArrayLike) -> list[NDArray[np.float32]]:
    """Piles of pictures as arrays.

    Args:
        piles: each by the name that a sentence about it uses.

    Raises:
        ValueError: if one does not hold pictures with three colours in [-1, 1], or two differ in the size of pictures.
    """
    arrays = {name: np.asarray(pile, dtype=np.float32) for name, pile in piles.items()}
    first = next(iter(arrays))
    for name, pile in arrays.items():
        if pile.ndim != 4 or pile.shape[-1] != 3 or min(pile.shape[1:3]) < 2 * GRID:
            raise ValueError(
                f"The {name} must have the shape (n, height, width, 3), {2 * GRID} pixels or more along each side, not "
                f"{pile.shape}."
            )
        if not np.isfinite(pile).all():
            raise ValueError(f"The {name} hold values that are not finite: the training that made them has diverged.")
        if len(pile) and np.abs(pile).max() > 1.001:
            raise ValueError(
                f"The {name} must lie in [-1, 1], but reach from {pile.min():g} to {pile.max():g}: scale bytes with "
                "x / 127.5 - 1."
            )
        if pile.shape[1:] != arrays[first].shape[1:]:
            raise ValueError(
                f"The {first} and the {name} must be of one size, not {arrays[first].shape[1:]} and {pile.shape[1:]}: "
                "load both with the same size."
            )
    return list(arrays.values())


def windows(size: int, cells: int) -> NDArray[np.float32]:
    """Weights (cells, size): each cell's own pixels and, ever less, those up to the next cells' centres; sum 1.

    Soft edges, so that a shift by one pixel changes little.
    """
    step = size / cells
    centres, pixels = (np.arange(cells) + 0.5) * step, np.arange(size) + 0.5
    weights = np.maximum(1 - np.abs(pixels - centres[:, None]) / step, 0)
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


def cells(planes: NDArray, grid: int) -> NDArray[np.float32]:
    """Means (..., grid, grid) over the cells of planes (..., height, width)."""
    return windows(planes.shape[-2], grid) @ planes @ windows(planes.shape[-1], grid).T


def gradients(pictures: NDArray) -> NDArray[np.float32]:
    """How strong gradients of each direction are at each pixel, from 0 to 1: (n, DIRECTIONS, height, width).

    Of the three colours the one with the strongest gradient counts. The step from light to dark has the same direction
    as that from dark to light.
    """
    light = (pictures + 1) / 2
    down, right = np.zeros_like(light), np.zeros_like(light)
    down[:, 1:-1] = (light[:, 2:] - light[:, :-2]) / 2
    right[:, :, 1:-1] = (light[:, :, 2:] - light[:, :, :-2]) / 2
    strongest = (down**2 + right**2).argmax(axis=-1)[..., None]
    down, right = (np.take_along_axis(part, strongest, axis=-1)[..., 0] for part in (down, right))
    strength = np.maximum(np.hypot(down, right) - DEAD_ZONE, 0)
    strength /= strength + MEDIUM
    # A direction between two of the eight counts for both, for the nearer one more.
    place = np.arctan2(down, right) * (DIRECTIONS / np.pi) % DIRECTIONS
    below = place.astype(int)
    share = place - below
    found = np.zeros((DIRECTIONS, *strength.shape), dtype=np.float32)
    for direction in range(DIRECTIONS):
        found[direction] = strength * np.where(below % DIRECTIONS == direction, 1 - share, 0)
        found[direction] += strength * np.where((below + 1) % DIRECTIONS == direction, share, 0)
    return found.swapaxes(0, 1)


def features(pictures: ArrayLike) -> NDArray[np.float32]:
    """Numbers (n, 560) for shape and colour: histograms of gradients in 8 x 8 cells, mean colours in 4 x 4.

    After Dalal and Triggs, Histograms of Oriented Gradients for Human Detection, 2005,
    https://doi.org/10.1109/CVPR.2005.177, but without their normalisation of cells (scikit-image's hog has it), which
    would blow up noise on white paper that no eye sees.

    Raises:
        ValueError: what `checked` raises.
    """
    (pictures,) = checked(pictures=pictures)
    found = []
    for start in range(0, len(pictures), 10):  # few at a time are faster: they stay in the processor's cache
        some = pictures[start : start + 10]
        shape = cells(gradients(some), GRID)
        colour = COLOUR_WEIGHT * cells((1 - some.transpose(0, 3, 1, 2)) / 2, COLOUR_GRID)  # white paper is 0
        found.append(np.concatenate([part.reshape(len(some), -1) for part in (shape, colour)], axis=1))
    return np.concatenate(found) if found else np.zeros((0, DIRECTIONS * GRID**2 + 3 * COLOUR_GRID**2), np.float32)


# ---------------------------------------------------------------- the figures


def kid(one: NDArray, other: NDArray) -> float:
    """1000 times the unbiased squared maximum mean discrepancy, with the kernel (x y / c + 1)³: 0 on average if equal.

    Bińkowski and others, Demystifying MMD GANs, 2018, https://arxiv.org/abs/1801.01401. There c is the number of
    features, of Inception's; here it is the mean squared length of the other's, so that their scale does not matter.
    """
    kernel = partial(polynomial_kernel, degree=3, gamma=1 / np.mean(np.sum(other**2, axis=1)), coef0=1)
    within = [(kernel(pile).sum() - np.trace(kernel(pile))) / (len(pile) * (len(pile) - 1)) for pile in (one, other)]
    return float(1000 * (sum(within) - 2 * kernel(one, other).mean()))


def reach(pile: NDArray, neighbours: int) -> NDArray:
    """Distance (n,) of each one to its so-many-th nearest other of the same pile."""
    return NearestNeighbors(n_neighbors=neighbours).fit(pile).kneighbors()[0][:, -1]


def compare(one: NDArray, real: NDArray) -> dict[str, float]:
    """The figures of features (n, k) against those of real pictures (m, k), see `scorecard`."""
    distances = pairwise_distances(one, real)
    near = distances <= reach(real, 5)
    return {
        "kid": kid(one, real),
        "precision": float((distances <= reach(real, 3)).any(axis=1).mean()),
        "recall": float((distances <= reach(one, 3)[:, None]).any(axis=0).mean()),
        "density": float(near.sum(axis=1).mean() / 5),
        "coverage": float(near.any(axis=0).mean()),
    }


def scorecard(
    pictures: ArrayLike,
    reference: ArrayLike,
    draws: int = 20,
    seed: int = SEED,
    describe: Callable[[NDArray], NDArray] = features,
) -> dict[str, float]:
    """How near pictures come to as many real ones, each figure with its spread.

    | figure | what it says | of equal piles |
    | --- | --- | --- |
    | kid | how far the piles are apart | 0 on average, now a little more, now less |
    | precision | share of the pictures that lie among real ones (within a real one's third neighbour) | near 1 |
    | recall | share of the real ones that lie among the pictures (within a picture's third neighbour) | near 1 |
    | density | how many real ones' neighbourhoods (of five) a picture lies in, divided by 5 | 1 |
    | coverage | share of the real ones that have a picture among their five neighbours | near 1 |

    For kid see `kid`; precision and recall: Kynkäänniemi and others, Improved Precision and Recall Metric for Assessing
    Generative Models, 2019, https://arxiv.org/abs/1904.06991; density and coverage: Naeem and others, Reliable Fidelity
    and Diversity Metrics for Generative Models, 2020, https://arxiv.org/abs/2002.09797.

    The spread is the standard deviation over draws of half of either pile. Halves vary about as much among themselves
    as whole piles do among new piles (Shao and Wu, A General Theory for Jackknife Variance Estimation, 1989,
    https://doi.org/10.1214/aos/1176347263). Tried on tomatoes that is right for the shares, and up to twice too much
    for kid, whose spread of real piles `floor` measures better.

    Args:
        pictures: (n, height, width, 3) in [-1, 1].
        reference: as many real ones, which nothing was trained on.
        draws: how many halves are drawn for the spread.
        seed: of the draws.
        describe: what turns pictures into numbers (n, k).

    Returns:
        A value for each figure, and its spread as `kid_spread` and so on.

    Raises:
        ValueError: if the piles differ in number, are smaller than FEWEST, or are no pictures.
    """
    pictures, reference = checked(pictures=pictures, reference=reference)
    if len(pictures) != len(reference):
        raise ValueError(
            f"Compare equal numbers, not {len(pictures)} and {len(reference)} pictures: the figures depend on how many "
            "there are."
        )
    enough(len(pictures))
    one, real = describe(pictures), describe(reference)
    rng = np.random.default_rng(seed)
    half = len(one) // 2
    drawn = [
        compare(one[rng.permutation(len(one))[:half]], real[rng.permutation(len(real))[:half]]) for _ in range(draws)
    ]
    spread = {f"{figure}_spread": float(np.std([each[figure] for each in drawn], ddof=1)) for figure in FIGURES}
    return compare(one, real) | spread


def enough(count: int) -> None:
    """Raise ValueError if there are fewer pictures than the figures' neighbourhoods need."""
    if count < FEWEST:
        raise ValueError(f"{count} pictures are too few to have neighbours: judge {FEWEST} or more, better 150.")


def floor(
    real: ArrayLike,
    size: int | None = None,
    draws: int = 10,
    seed: int = SEED,
    describe: Callable[[NDArray], NDArray] = features,
) -> dict[str, float]:
    """What `scorecard` says of real pictures against other real ones: no painting can be expected to do better.

    Args:
        real: real pictures (n, height, width, 3) in [-1, 1].
        size: pictures in either pile; half of all if None.
        draws: how often two piles without a shared picture are drawn.
        seed: of the draws.
        describe: as for `scorecard`.

    Returns:
        The mean of each figure over the draws, and as `kid_spread` and so on its standard deviation.

    Raises:
        ValueError: if there are not enough pictures, or what is given are no pictures.
    """
    (real,) = checked(pictures=real)
    size = len(real) // 2 if size is None else size
    enough(size)
    if 2 * size > len(real):
        raise ValueError(f"Two piles of {size} without a shared picture need {2 * size} pictures, not {len(real)}.")
    numbers, rng = describe(real), np.random.default_rng(seed)
    drawn = []
    for _ in range(draws):
        order = rng.permutation(len(numbers))
        drawn.append(compare(numbers[order[:size]], numbers[order[size : 2 * size]]))
    means = {figure: float(np.mean([each[figure] for each in drawn])) for figure in FIGURES}
    return means | {f"{figure}_spread": float(np.std([each[figure] for each in drawn], ddof=1)) for figure in FIGURES}


# ---------------------------------------------------------------- copies


def thumbnails(pictures: NDArray) -> NDArray[np.float32]:
    """Small pictures (n, 3, 32, 32), white as 0, with what is on the white paper moved to the middle."""
    small = cells((1 - pictures.transpose(0, 3, 1, 2)) / 2, THUMBNAIL)
    ink = small.sum(axis=1)
    offset = np.arange(THUMBNAIL) - (THUMBNAIL - 1) / 2
    amount = ink.sum(axis=(1, 2)) + 1e-9
    down, right = ((ink.sum(axis=axis) * offset).sum(axis=1) / amount for axis in (2, 1))
    moves = zip(small, down, right, strict=True)
    return np.stack([ndimage.shift(picture, (0, -y, -x), order=1) for picture, y, x in moves])


def halved(small: NDArray) -> NDArray[np.float32]:
    """Thumbnails at half size as rows (n, 3 * 16 * 16)."""
    count, colours, side, _ = small.shape
    return small.reshape(count, colours, side // 2, 2, side // 2, 2).mean(axis=(3, 5)).reshape(count, -1)


def moved_distances(pictures: NDArray, others: NDArray) -> NDArray[np.float32]:
    """Distances (n, m) of each picture to each other one, as near as mirroring, turns and shifts bring the two."""
    small, rows = thumbnails(pictures), halved(thumbnails(others))
    squares = np.sum(rows**2, axis=1)
    nearest_yet = np.full((len(pictures), len(others)), np.inf, dtype=np.float32)
    for mirrored in (small, small[..., ::-1]):
        for degrees in TURNS:
            turned = ndimage.rotate(mirrored, degrees, axes=(2, 3), reshape=False, order=1)
            for move in np.ndindex(3, 3):
                shifted = halved(np.roll(turned, [2 * step - 2 for step in move], axis=(2, 3)))
                distances = np.sum(shifted**2, axis=1)[:, None] + squares - 2 * shifted @ rows.T
                np.minimum(nearest_yet, distances, out=nearest_yet)
    return np.sqrt(np.maximum(nearest_yet, 0))


def copies(
    pictures: ArrayLike, training: ArrayLike, held_out: ArrayLike, draws: int = 499, seed: int = SEED
) -> dict[str, float | bool | NDArray[np.int64]]:
    """Are pictures copies of training pictures? Those then lie nearer than held-out ones of the same kind.

    For each picture the nearest of all real ones is looked up, over mirroring, small turns and shifts. Who copies
    nothing meets training pictures as often as there are training pictures among the real ones: half the time, where
    as many are held out. Where there are fewer, `expected` says what share.

    A few copies among many pictures hardly move that share, but they are far nearer to training pictures than to any
    other: so `lead` counts how much nearer, up to eight times. How far chance alone moves both is seen by mixing
    training and held-out pictures anew, many times. One in a hundred innocent piles is named all the same. All this
    needs held-out pictures of the same kind: as much like training pictures as those are like each other.

    After Meehan, Chaudhuri and Dasgupta, A Non-Parametric Test to Detect Data-Copying in Generative Models, 2020,
    https://arxiv.org/abs/2004.05675, who compare distances where this counts which is nearer.

    Args:
        pictures: (n, height, width, 3) in [-1, 1].
        training: what a network was trained on.
        held_out: real ones that it was not; best as many.
        draws: how often they are mixed.
        seed: of the mixing.

    Returns:
        `share` of the pictures nearer to a training picture than to all held-out ones; `expected` share where nothing
        is copied; its standard deviation, `spread`; `lead`, the mean logarithm to base 2 of how many times nearer, at
        most 3; `p`, how often mixed ones gave as great a lead; `copied`: p is 0.01 or less; `nearest`: the number (n,)
        of the most similar training picture.

    Raises:
        ValueError: if one pile is empty, or what is given are no pictures.
    """
    pictures, training, held_out = checked(pictures=pictures, training=training, held_out=held_out)
    for name, pile in [("pictures", pictures), ("training pictures", training), ("held-out pictures", held_out)]:
        if not len(pile):
            raise ValueError(f"There are no {name}: whether something is copied cannot be said.")
    distances = moved_distances(pictures, np.concatenate([training, held_out]))
    is_training = np.arange(distances.shape[1]) < len(training)
    share, lead = nearer(distances, is_training)
    rng = np.random.default_rng(seed)
    shares, leads = np.transpose([nearer(distances, rng.permutation(is_training)) for _ in range(draws)])
    p = (1 + np.sum(leads >= lead)) / (draws + 1)
    return {
        "share": share,
        "expected": float(is_training.mean()),
        "spread": float(shares.std(ddof=1)),
        "lead": lead,
        "p": float(p),
        "copied": bool(p <= 0.01),
        "nearest": distances[:, : len(training)].argmin(axis=1),
    }


def nearer(distances: NDArray, is_training: NDArray[np.bool_]) -> tuple[float, float]:
    """Share of the rows whose nearest column is a training picture, and how much nearer it is: mean log2, at most 3."""
    to_training, to_held_out = (distances[:, chosen].min(axis=1) + 1e-6 for chosen in (is_training, ~is_training))
    return float(np.mean(to_training < to_held_out)), float(np.log2(to_held_out / to_training).clip(-3, 3).mean())


def table(cards: Mapping[str, Mapping[str, float]]) -> pd.DataFrame:
    """Scorecards by name as a table to read: KID, precision, recall and coverage, each with its spread."""
    digits = {"kid": 0, "precision": 2, "recall": 2, "coverage": 2}
    rows = {
        name: [f"{card[figure]:.{n}f} ± {card[f'{figure}_spread']:.{n}f}" for figure, n in digits.items()]
        for name, card in cards.items()
    }
    return pd.DataFrame(rows, index=["KID x 1000", "precision", "recall", "coverage"]).T


# ---------------------------------------------------------------- a fresh examiner


def examiner(
    make_network: Callable[[], keras.Model],
    fakes_train: ArrayLike,
    real_train: ArrayLike,
    fakes_test: ArrayLike,
    real_test: ArrayLike,
    epochs: int = 20,
    batch_size: int = 32,
    learning_rate: float = 1e-3,
    seed: int = SEED,
) -> dict[str, float]:
    """How often a new network tells fakes from real ones that it has not seen: half the time, if it cannot tell.

    The generator does not answer: it made its fakes beforehand. So this network is no player, but a judge that comes
    fresh. Beside it stands another that has to tell real from real, which nobody can.

    After Lopez-Paz and Oquab, Revisiting Classifier Two-Sample Tests, 2017, https://arxiv.org/abs/1610.06545.

    Args:
        make_network: makes a network that ends in one unit, with a sigmoid or without.
        fakes_train, real_train: what it learns from, as many of each: pictures, points (n, 2), or anything else.
        fakes_test, real_test: fresh fakes and held-out real ones, as many of each.
        epochs, batch_size, learning_rate: of the training.
        seed: of the weights and of the order; also keras.utils.set_random_seed's.

    Returns:
        `accuracy` on the test piles, with the limits `low` and `high` of its 95% interval (Wilson's); `real_accuracy`,
        `real_low`, `real_high` of real against real, where either side has half of the real ones.

    Raises:
        ValueError: if two piles that belong together differ in number or shape, or hold values that are not finite.
    """
    piles = [np.asarray(pile, dtype=np.float32) for pile in (fakes_train, real_train, fakes_test, real_test)]
    for part, fakes, real in (("training", *piles[:2]), ("test", *piles[2:])):
        if fakes.shape != real.shape or len(real) < 4:
            raise ValueError(
                f"For {part} the examiner needs as many fakes as real ones of one shape, four or more, not "
                f"{fakes.shape} and {real.shape}."
            )
        if not (np.isfinite(fakes).all() and np.isfinite(real).all()):
            raise ValueError(f"For {part} the examiner got values that are not finite: look where they come from.")
    rng = np.random.default_rng(seed)
    halves = []
    for real in (piles[1], piles[3]):
        order = rng.permutation(len(real))
        halves += [real[order[: len(real) // 2]], real[order[len(real) // 2 : len(real) // 2 * 2]]]

    def accuracy(fakes_train: NDArray, real_train: NDArray, fakes_test: NDArray, real_test: NDArray) -> list[float]:
        keras.utils.set_random_seed(seed)
        network = make_network()
        is_probability = getattr(network.layers[-1], "activation", None) is keras.activations.sigmoid
        network.compile(
            keras.optimizers.Adam(learning_rate), keras.losses.BinaryCrossentropy(from_logits=not is_probability)
        )
        labels = np.repeat([0.0, 1.0], [len(fakes_train), len(real_train)])[:, None]
        network.fit(np.concatenate([fakes_train, real_train]), labels, epochs=epochs, batch_size=batch_size, verbose=0)
        border = 0.5 if is_probability else 0
        real_said, fake_said = (network.predict(pile, verbose=0) > border for pile in (real_test, fakes_test))
        right, asked = int(real_said.sum() + (~fake_said).sum()), len(real_test) + len(fakes_test)
        interval = binomtest(right, asked).proportion_ci(method="wilson")
        return [right / asked, float(interval.low), float(interval.high)]

    names = ["accuracy", "low", "high"]
    found = dict(zip(names, accuracy(*piles), strict=True))
    beside = accuracy(halves[0], halves[1], halves[2], halves[3])
    return found | {f"real_{name}": value for name, value in zip(names, beside, strict=True)}
