"""Piles of pictures whose quality is known beforehand: what judges are tried on before they judge paintings.

Pictures are float arrays (n, height, width, 3) in [-1, 1], of one thing on white.
"""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image
from scipy import ndimage

SEED = 42
Pictures = NDArray[np.float32]


def through_pillow(pictures: Pictures, change: Callable[[Image.Image], Image.Image]) -> Pictures:
    """Each picture changed by Pillow, with 256 levels of each colour."""
    levels = np.rint((pictures + 1) * 127.5).astype(np.uint8)
    return np.stack([np.asarray(change(Image.fromarray(picture)), np.float32) / 127.5 - 1 for picture in levels])


def jpeg(pictures: Pictures, quality: int) -> Pictures:
    """Each picture after JPEG of a quality from 1 to 95."""

    def change(picture: Image.Image) -> Image.Image:
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=quality)
        return Image.open(file)

    return through_pillow(pictures, change)


def other_hue(pictures: Pictures, degrees: float) -> Pictures:
    """Each picture with all hues turned by an angle: red becomes orange, then yellow."""

    def change(picture: Image.Image) -> Image.Image:
        hue, saturation, value = picture.convert("HSV").split()
        hue = hue.point([(level + round(degrees * 256 / 360)) % 256 for level in range(256)])
        return Image.merge("HSV", (hue, saturation, value)).convert("RGB")

    return through_pillow(pictures, change)


def turned(pictures: Pictures, degrees: float) -> Pictures:
    """Each picture turned to the left about its middle, on white."""
    return through_pillow(
        pictures, lambda picture: picture.rotate(degrees, Image.Resampling.BICUBIC, fillcolor="white")
    )


def shifted(pictures: Pictures, down: int, right: int) -> Pictures:
    """Pictures moved by whole pixels, with white where nothing was."""
    height, width = pictures.shape[1:3]
    moved = np.ones_like(pictures)
    rows, columns = (slice(max(step, 0), size + min(step, 0)) for step, size in ((down, height), (right, width)))
    moved[:, rows, columns] = np.roll(pictures, (down, right), axis=(1, 2))[:, rows, columns]
    return moved


def noisy(pictures: Pictures, share: float, rng: np.random.Generator, side: int = 1) -> Pictures:
    """Pictures with normal noise of a share of the range, equal over squares of so many pixels and, if more than one,
    over the colours: then it is grain."""
    count, height, width, colours = pictures.shape
    noise = rng.normal(size=(count, -(-height // side), -(-width // side), colours if side == 1 else 1))
    noise = noise.repeat(side, axis=1).repeat(side, axis=2)[:, :height, :width]
    return (pictures + 2 * share * noise).clip(-1, 1).astype(np.float32)


def glued(pictures: Pictures) -> dict[str, Pictures]:
    """Halves and quarters of different pictures glued together."""
    height, width = (size // 2 for size in pictures.shape[1:3])
    second, third, fourth = (np.roll(pictures, number, axis=0) for number in (1, 2, 3))
    beside, below = pictures.copy(), pictures.copy()
    beside[:, :, width:] = second[:, :, width:]
    below[:, height:] = second[:, height:]
    quarters = beside.copy()
    quarters[:, height:, :width], quarters[:, height:, width:] = third[:, height:, :width], fourth[:, height:, width:]
    return {"halves side by side": beside, "halves upon each other": below, "quarters": quarters}


def counterfeits(pictures: ArrayLike, other: ArrayLike, seed: int = SEED) -> dict[str, Pictures]:
    """Piles made of real pictures, each as many: what a judge should see, and what no eye sees.

    Args:
        pictures: real ones (n, height, width, 3) in [-1, 1], 12 or more.
        other: of something else; n or more.
        seed: of noise and grain.

    Returns:
        Piles by name; behind a comma stands how strong a change is. Names that begin with "innocent" are those that no
        eye sees.

    Raises:
        ValueError: if there are too few pictures, or the others differ in size.
    """
    pictures, other = np.asarray(pictures, np.float32), np.asarray(other, np.float32)
    if len(pictures) < 12 or len(other) < len(pictures) or other.shape[1:] != pictures.shape[1:]:
        raise ValueError(
            f"Counterfeits need 12 pictures or more and at least as many others of the same size, not {pictures.shape} "
            f"and {other.shape}."
        )
    rng = np.random.default_rng(seed)
    count, width = len(pictures), pictures.shape[2]
    other = other[:count]
    every_second = (np.arange(count) % 2 == 0)[:, None, None, None]
    nothing = rng.uniform(-1, 1, pictures.shape).astype(np.float32)
    return {
        **glued(pictures),
        **{f"repeats, {k}": np.resize(pictures[:k], pictures.shape) for k in (50, 10, 1)},
        **{f"blur, {s} px": ndimage.gaussian_filter(pictures, (0, s, s, 0)) for s in (0.7, 1, 2)},
        **{f"noise, {s}%": noisy(pictures, s / 100, rng) for s in (3, 6, 12)},
        **{f"JPEG, quality {q}": jpeg(pictures, q) for q in (30, 15, 5)},
        **{f"hue, {a} degrees": other_hue(pictures, a) for a in (15, 30, 60)},
        **{f"grain, {s}%": noisy(pictures, s / 100, rng, side=2) for s in (2, 4, 8)},
        "another fruit": other,
        "two fruits mixed": np.where(every_second, pictures, other),
        "cut off": shifted(pictures, 0, width // 4),
        "half noise": np.where(every_second, pictures, nothing),
        "innocent noise, 0.5%": noisy(pictures, 0.005, rng),
        "innocent noise, 1%": noisy(pictures, 0.01, rng),
        "innocent JPEG, quality 95": jpeg(pictures, 95),
        "innocent shift, 1 px": shifted(pictures, 0, 1),
    }


def copied(pictures: ArrayLike) -> dict[str, Pictures]:
    """Piles of copies: of training pictures as they are, shifted, mirrored, turned, and all of that."""
    pictures = np.asarray(pictures, np.float32)
    mirrored = pictures[:, :, ::-1]
    return {
        "copies, exact": pictures,
        "copies, shifted by 2 px": shifted(pictures, 2, 2),
        "copies, shifted by 8 px": shifted(pictures, -8, 8),
        "copies, mirrored": mirrored,
        "copies, turned by 5 degrees": turned(pictures, 5),
        "copies, mirrored, turned, shifted": shifted(turned(mirrored, -7), 3, -3),
    }
