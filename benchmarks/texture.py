"""Figures of the texture of pictures: blind to shape, so that halves of two fruits glued together look real to them.

What judges paintings stands in course/judges.py.

All pictures are float arrays (n, height, width, 3) in [-1, 1]. Where random numbers are drawn, they are seeded, so that
the same piles always get the same figures.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import tensorflow as tf
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray
from skimage.metrics import structural_similarity

SEED = 42


def laplacian_pyramid(images: ArrayLike) -> list[tf.Tensor]:
    """Pictures as details at full and at half size, and the rest at a quarter of the size; they add up to the whole."""
    levels = []
    for _ in range(2):
        smaller = tf.nn.avg_pool2d(images, 2, 2, "VALID")
        levels.append(images - tf.image.resize(smaller, images.shape[1:3]))
        images = smaller
    return [*levels, images]


def random_patches(images: ArrayLike, per_image: int, rng: np.random.Generator) -> NDArray:
    """Patches (n * per_image, 3, 7, 7) from random places of pictures (n, rows, columns, 3)."""
    windows = sliding_window_view(np.asarray(images), (7, 7), axis=(1, 2))
    number = np.repeat(np.arange(len(windows)), per_image)
    row, column = (rng.integers(limit, size=len(number)) for limit in windows.shape[1:3])
    return windows[number, row, column]


def sliced_wasserstein(real: ArrayLike, generated: ArrayLike, per_image: int = 128, directions: int = 256) -> float:
    """1000 times the sliced Wasserstein distance of two equally large piles of pictures.

    Patches are cut from other places of the two piles, so that it is small, but not 0, for equal piles.

    After Karras and others, Progressive Growing of GANs for Improved Quality, Stability, and Variation, 2018. There
    each pile is normalised by its own mean and deviation, of 16,384 pictures; here both are divided by the real
    deviation, the mean stays, and piles are small. So it compares with no published figure.

    Args:
        real, generated: the piles.
        per_image: patches that are cut out of each level of each picture.
        directions: random directions from which all patches are looked at.

    Raises:
        ValueError: if one pile is larger than the other.
    """
    if len(real) != len(generated):
        raise ValueError(f"Compare equal numbers, not {len(real)} and {len(generated)} pictures.")
    rng = np.random.default_rng(SEED)
    distances = []
    for real_level, generated_level in zip(laplacian_pyramid(real), laplacian_pyramid(generated), strict=True):
        patches = [random_patches(pile, per_image, rng) for pile in (real_level, generated_level)]
        scale = patches[0].std(axis=(0, 2, 3), keepdims=True)  # of the real ones, per colour
        direction = rng.normal(size=(7 * 7 * 3, directions)).astype("float32")
        direction /= np.linalg.norm(direction, axis=0)
        seen = [np.sort((p / scale).reshape(len(p), -1) @ direction, axis=0) for p in patches]
        distances.append(np.abs(seen[0] - seen[1]).mean())
    return float(1000 * np.mean(distances))


def mean_similarity(images: ArrayLike, pairs: int = 200) -> float:
    """Mean structural similarity of random pairs from a pile of pictures: 1 if all are equal.

    Wang and others, Image Quality Assessment: From Error Visibility to Structural Similarity, 2004.
    """
    rng = np.random.default_rng(SEED)
    images = np.asarray(images)
    chosen = [rng.choice(len(images), 2, replace=False) for _ in range(pairs)]
    return float(
        np.mean([structural_similarity(images[i], images[j], channel_axis=2, data_range=2) for i, j in chosen])
    )


def nearest(images: ArrayLike, photographs: ArrayLike) -> tuple[NDArray, NDArray]:
    """For each image the number of the most similar photograph, and their root mean square difference, (n,) each."""
    flat = [np.asarray(pile, "float32").reshape(len(pile), -1) for pile in (images, photographs)]
    squares = [np.sum(pile**2, axis=1) for pile in flat]
    distances = squares[0][:, None] + squares[1] - 2 * flat[0] @ flat[1].T
    rms = np.sqrt(np.maximum(distances.min(axis=1), 0) / flat[0].shape[1])
    return distances.argmin(axis=1), rms


def scorecard(piles: dict[str, ArrayLike], reference: ArrayLike, photographs: ArrayLike) -> pd.DataFrame:
    """A table of texts: distance to the reference, similarity, and mean distance to the nearest photograph, by pile."""
    table = pd.DataFrame(index=list(piles), columns=["distance", "similarity", "nearest photograph"])
    for name, pile in piles.items():
        distance = sliced_wasserstein(reference, pile)
        rms = nearest(pile, photographs)[1].mean()
        table.loc[name] = f"{distance:.0f}", f"{mean_similarity(pile):.2f}", f"{rms:.3f}"
    return table
