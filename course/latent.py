"""Ways through latent space, and a slider to walk them."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO

import keras
import matplotlib.pyplot as plt
import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image


def walk(start: ArrayLike, end: ArrayLike, steps: int) -> NDArray[np.float32]:
    """Latent vectors (steps, size) from start to end, both (size,), along the sphere on which normal ones nearly lie.

    Spherical linear interpolation, as in White, Sampling Generative Networks, 2016, https://arxiv.org/abs/1609.04468.
    """
    start, end = np.asarray(start), np.asarray(end)
    angle = np.arccos(np.clip(start @ end / np.linalg.norm(start) / np.linalg.norm(end), -1, 1))
    part = np.linspace(0, 1, steps)[:, None]
    if angle < 1e-6:  # the same direction: there is no way to go, and nothing to divide by
        return np.asarray((1 - part) * start + part * end, np.float32)
    way = (np.sin((1 - part) * angle) * start + np.sin(part * angle) * end) / np.sin(angle)
    return way.astype(np.float32)


def explore(generator: keras.Model, places: ArrayLike) -> None:
    """Show sliders: choose two of the places, latent vectors (n, size), and how far to go from one to the other.

    Pages that cannot run them show what is painted half of the way from the first place to the second.
    """
    import ipywidgets
    from IPython import get_ipython
    from IPython.display import display

    places = np.asarray(places)

    def paint(first: int, second: int, way: float) -> NDArray[np.float32]:
        latent = walk(places[first], places[second], 101)[[round(100 * way)]]
        return np.asarray(generator(latent, training=False))[0]

    def show(first: int = 0, second: int = 1, way: float = 0.5) -> None:
        _, axis = plt.subplots(figsize=(2.4, 2.6))
        axis.imshow((paint(first, second, way) + 1) / 2)
        axis.set_title(f"{way:.0%} of the way from {first} to {second}", fontsize=9)
        axis.axis("off")
        plt.show()

    far = len(places) - 1
    sliders = ipywidgets.interactive(show, first=(0, far), second=(0, far), way=(0.0, 1.0, 0.05))
    shown, _ = get_ipython().display_formatter.format(sliders)
    still = BytesIO()
    Image.fromarray(np.uint8((paint(0, 1, 0.5) + 1) * 127.5)).resize((192, 192)).save(still, format="PNG")
    shown["image/png"] = b64encode(still.getvalue()).decode()
    display(shown, raw=True)
