"""What lesson 4 takes as given: pictures of ways and of attention, and the newspaper as lesson 1 prepares it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from keras import layers, ops
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from course import text

REAL, GENERATED = "#0072B2", "#D55E00"  # the same two colours in every notebook, safe for colour-blind readers
COLUMNS = {"cpu_seconds": 0, "sampling_ms": 0, "energy_distance_x1000": 2, "mean_error": 4, "coverage": 1}


# ---------------------------------------------------------------- pictures


def show_clouds(clouds: dict[str, ArrayLike]) -> None:
    """Clouds of points (n, 2) of about mean 0 and spread 1, side by side, each under its title."""
    _, axes = plt.subplots(1, len(clouds), figsize=(13, 2.9), sharex=True, sharey=True, layout="constrained")
    for axis, (title, cloud) in zip(axes, clouds.items(), strict=True):
        axis.scatter(*np.transpose(cloud), s=5, color=REAL)
        axis.set(title=title, xlabel="x, scaled", xlim=(-3.5, 3.5), ylim=(-3.5, 3.5))
    axes[0].set(ylabel="y, scaled")


def show_ways(axis: Axes, ways: ArrayLike, curve: ArrayLike, title: str, shown: int = 60) -> None:
    """The ways of some points (moments, n, 2): a grey line each, from circle to triangle; the curve (m, 2) below."""
    ways = np.asarray(ways)[:, :shown]
    axis.plot(*np.transpose(curve), color=REAL, linewidth=3, alpha=0.5, label="real: y = x²")
    axis.plot(ways[:, :, 0], ways[:, :, 1], color="grey", linewidth=0.5, alpha=0.7)
    axis.scatter(*ways[0].T, s=12, facecolor="none", edgecolor="black", linewidth=0.6, label="begin")
    axis.scatter(*ways[-1].T, s=16, color=GENERATED, marker="^", linewidth=0, zorder=3, label="end")
    axis.set(title=title, xlabel="x", ylabel="y")
    axis.legend(fontsize=7, loc="upper center", ncols=3)


def show_arrows(axis: Axes, where: ArrayLike, arrows: ArrayLike, curve: ArrayLike, title: str) -> None:
    """Arrows (n, 2) at points (n, 2), scaled to be seen; the curve (m, 2) below."""
    axis.plot(*np.transpose(curve), color=REAL, linewidth=3, alpha=0.5)
    axis.scatter(*np.transpose(where), s=14, color=GENERATED, marker="^", linewidth=0)
    axis.quiver(*np.transpose(where), *np.transpose(arrows), angles="xy", width=0.004, color="black")
    axis.set(title=title, xlabel="x", ylabel="y")


def compare_ways(of_gan: ArrayLike, arrows: ArrayLike, of_diffusion: ArrayLike, curve: ArrayLike) -> None:
    """How points of a GAN and of a diffusion model get to the curve (m, 2).

    Args:
        of_gan: where the same latent points lay in the course of a training (moments, n, 2).
        arrows: the discriminator's gradient at the first k of them in the last moment (k, 2).
        of_diffusion: where a trained diffusion model leads other points (moments, n, 2).
        curve: the real points.
    """
    _, axes = plt.subplots(1, 3, figsize=(13, 3.9), layout="constrained")
    last = np.asarray(of_gan)[-1, : len(arrows)]
    show_arrows(axes[0], last, arrows, curve, "GAN: arrows at its points, in the end")
    show_ways(axes[1], of_gan, curve, "GAN: ways during training")
    show_ways(axes[2], of_diffusion, curve, f"Diffusion, trained: ways of {len(of_diffusion) - 1} steps")


def show_attention(weights: ArrayLike, words: Sequence[str], title: str) -> None:
    """Weights (t, t) as a map: a row for each word that looks, a column for each that is looked at."""
    figure, axis = plt.subplots(figsize=(4.6, 3.8), layout="constrained")
    shown = axis.imshow(weights, cmap="Blues", vmin=0)
    axis.set_xticks(range(len(words)), words, rotation=45)
    axis.set_yticks(range(len(words)), words)
    axis.set(title=title, xlabel="is looked at", ylabel="looks")
    figure.colorbar(shown, label="weight")


def show_rows(axis: Axes, rows: ArrayLike, title: str) -> None:
    """Weights (heads, t), a line for each head over the places that it may look at."""
    axis.imshow(rows, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    axis.set(title=title, xlabel="place, from the first name on", ylabel="head", yticks=range(len(rows)))
    axis.figure.colorbar(axis.images[0], label="weight")


# ---------------------------------------------------------------- tables of benchmarks/after.py


def by_model(table: pd.DataFrame) -> pd.DataFrame:
    """A row for each model: weights, seconds, and its figures over seeds, as median (lowest to highest).

    One number stands where all are equal.
    """
    rows = {}
    for name, found in table.groupby("model", sort=False):
        rows[name] = {"weights": f"{found['weights'].iloc[0]:,}", "seeds": len(found)}
        for column, digits in COLUMNS.items():
            values = found[column].dropna()
            spread = f"{values.median():.{digits}f} ({values.min():.{digits}f} to {values.max():.{digits}f})"
            shown = spread if values.nunique() > 1 else f"{values.iloc[0]:.{digits}f}" if len(values) else "-"
            rows[name][column.replace("_x1000", " x 1000").replace("_", " ")] = shown
    return pd.DataFrame(rows).T


def by_distance(table: pd.DataFrame) -> pd.DataFrame:
    """Shares of right last names over seeds: a row for each memory, a column for each distance."""
    shares = table.groupby(["memory", "distance"], sort=False)["right"]
    shown = shares.agg(lambda values: f"{values.median():.0%} ({values.min():.0%} to {values.max():.0%})")
    return shown.unstack()


# ---------------------------------------------------------------- what a Transformer looks at


def attention_maps(model: keras.Model, ids: NDArray) -> NDArray:
    """Weights (blocks, heads, t, t) with which a causal Transformer's layers of attention look at one row of ids."""
    maps = []
    for layer in model.layers:
        if isinstance(layer, layers.MultiHeadAttention):
            given = keras.Model(model.input, layer.input[0])(ids[None])
            maps.append(layer(given, given, use_causal_mask=True, return_attention_scores=True)[1][0])
    return np.array(maps)


# ---------------------------------------------------------------- the newspaper of lesson 1


@dataclass
class Paper:
    """Headlines as lesson 1's judge reads them.

    Attributes:
        words: the word of each id: 0 the pad, 1 unknown, 2 the end, then those of training.
        train, valid, held: rows of ids (n, longest + 2), the end on both sides, padded behind.
    """

    words: list[str]
    train: NDArray
    valid: NDArray
    held: NDArray


def split(corpus: Sequence[str], share: float = 0.1, seed: int = 0) -> tuple[list[str], list[str]]:
    """The rest, and about this share drawn by title: lesson 1's `split_headlines`; a test compares them."""
    titles = sorted(set(corpus))
    order = np.random.default_rng(seed).permutation(len(titles))
    drawn = {titles[index] for index in order[: round(share * len(titles))]}
    return [line for line in corpus if line not in drawn], [line for line in corpus if line in drawn]


def prepare(corpus: Sequence[str], seed: int) -> Paper:
    """Split headlines of cleaned words as lesson 1 does and turn them into ids; only training words are known.

    Headlines of which cleaning left nothing are left out.
    """
    rest, held = split([line for line in corpus if line], seed=seed)
    train, valid = split(rest, seed=seed)
    counts = Counter(word for line in train for word in line.split())
    vocabulary = ["[END]", *(word for word, _ in counts.most_common())]
    to_ids = layers.TextVectorization(standardize=None, vocabulary=vocabulary)
    rows = (np.array(to_ids([f"[END] {line} [END]" for line in part])) for part in (train, valid, held))
    return Paper(to_ids.get_vocabulary(), *rows)


def right_probabilities(model: keras.Model | Callable, ids: NDArray) -> NDArray:
    """What a model gave to each word that came (n, t), 1 behind the end: lesson 1's function, for networks, too.

    Args:
        model: a network, ids (n, t) in and logits (n, t, words) out; or a function as in course/text.py.
        ids: rows with the end on both sides, padded behind.
    """
    right, found = ids[:, 1:], np.ones(ids[:, 1:].shape)
    if isinstance(model, keras.Model):
        for begin in range(0, len(ids), 32):  # the probabilities of all rows at once would take gigabytes
            part = slice(begin, begin + 32)
            logits = model(ids[part, :-1], training=False)
            logits = ops.where(ops.arange(logits.shape[-1]) == text.PAD, -np.inf, logits)  # no model predicts the pad
            shares = np.array(ops.softmax(logits))
            found[part] = np.take_along_axis(shares, right[part, :, None], axis=2)[..., 0]
    else:
        state = None
        for place in range(right.shape[1]):
            rows, state = model(ids[:, place], state)
            found[:, place] = rows[np.arange(len(ids)), right[:, place]]
    return np.where(right == text.PAD, 1, found)


def compare(models: dict[str, keras.Model | Callable], paper: Paper, against: str) -> pd.DataFrame:
    """Lesson 1's table on held-out headlines: each model, then each network mixed with the trigram.

    Args:
        models: by name, "trigram" among them.
        paper: the headlines; the weights of the mixtures are chosen on its validation part.
        against: the model to which the others are compared.
    """
    on_valid, on_held = (
        {name: right_probabilities(model, ids) for name, model in models.items()} for ids in (paper.valid, paper.held)
    )
    for name in [name for name in models if name != "trigram"]:
        weight = text.fit_weight(on_valid[name], on_valid["trigram"])
        mixed = weight * on_held[name] + (1 - weight) * on_held["trigram"]
        on_held[f"mixture, {weight:.2f} {name}"] = mixed
    bits = {name: -np.log2(found).sum(axis=1) for name, found in on_held.items()}
    return text.compare(bits, np.count_nonzero(paper.held[:, 1:], axis=1), against)


# ---------------------------------------------------------------- fruit with a label


def explore_label(generator: keras.Model, noise: ArrayLike) -> None:
    """A slider over the label of one latent vector (1, size), from 0 to 1."""
    import ipywidgets

    def show(label: float = 0.5) -> None:
        row = np.concatenate([np.asarray(noise), [[label]]], axis=1).astype("float32")
        _, axis = plt.subplots(figsize=(2.4, 2.6))
        axis.imshow((np.asarray(generator(row, training=False))[0] + 1) / 2)
        axis.set_title(f"label {label:.2f}", fontsize=9)
        axis.axis("off")
        plt.show()

    ipywidgets.interact(show, label=(0.0, 1.0, 0.05))
