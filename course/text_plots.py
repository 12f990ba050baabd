"""The two figures of lesson 1: perplexity by epoch, and the likeliest next words at each step of a headline."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from course.words import plot_labels

REAL, GENERATED = "#0072B2", "#D55E00"  # the same two colours in every notebook, safe for colour-blind readers


def perplexities(losses: pd.DataFrame, words: int) -> None:
    """Training and validation perplexity by epoch, beside that of a model that finds all words equally probable.

    Args:
        losses: columns "loss" and "val_loss" in nats per word, a row an epoch.
        words: how many words there are to choose from.
    """
    curves = np.exp(losses[["loss", "val_loss"]]).set_axis(["training headlines", "validation headlines"], axis=1)
    curves.index = np.arange(1, len(curves) + 1)
    axis = curves.plot(color=[REAL, GENERATED], logy=True, figsize=(8, 3.6), marker="o" if len(curves) < 8 else None)
    axis.axhline(words, color="black", linestyle=":", label="all words equally probable")
    axis.xaxis.get_major_locator().set_params(integer=True)
    axis.set(xlabel="epoch", ylabel="perplexity = exp(loss), log scale", title="Learning, then memorising")
    axis.legend(fontsize=8)
    plt.show()


def next_words(model: Callable, words: Sequence[str], beginning: Sequence[str], most: int = 5) -> None:
    """The likeliest next words before the first word of a headline and after each, and which of them came.

    Args:
        model: a language model as in `course.text`.
        words: the word of each id, "[END]" among them.
        beginning: first words of a headline; those that the model does not know are passed over.
        most: bars at each step.
    """
    chosen = [words.index(word) for word in beginning if word in words]
    last, state, bars = words.index("[END]"), None, []
    for word in [*chosen, None]:
        rows, state = model(np.array([last]), state)
        top = np.argsort(-rows[0])[:most][::-1]
        bars.append((last, word, top, rows[0, top]))
        last = word
    used = sorted({int(word) for before, _, top, _ in bars for word in (before, *top)})
    labels = dict(zip(used, plot_labels([words[word] for word in used]), strict=True))
    size = {"figsize": (11, 2.6), "sharex": True, "squeeze": False}
    figure, axes = plt.subplots(1, len(bars), layout="constrained", **size)
    for axis, (before, came, top, heights) in zip(axes[0], bars, strict=True):
        colours = [REAL if word == came else "#999999" for word in top]
        axis.barh([labels[word] for word in top], heights, color=colours)
        axis.set_title(f"after “{labels[before]}”", fontsize=9)
        axis.set_xlabel("probability")
    figure.suptitle(f"The {most} likeliest next words, at each step")
    plt.show()
