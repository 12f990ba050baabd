"""Language models that count, and what mixes them with others.

A language model is a function here: a list of contexts (lists of token ids, 0 for an unknown word) in, next-word
probabilities (number of contexts, all_words) out, each row adding up to 1 and 0 for id 0.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Tokens = Sequence[int]
Model = Callable[[Sequence[Tokens]], NDArray]


def train_trigram(sequences: Sequence[Tokens], all_words: int, order: int = 3) -> Model:
    """Interpolated Kneser-Ney model of the next word, one discount for each length of context.

    Kneser and Ney, Improved backing-off for m-gram language modeling, 1995, in the interpolated form of Chen and
    Goodman, An empirical study of smoothing techniques for language modeling, 1999.

    Args:
        sequences: headlines as token ids from 1 on; 0 stands for an unknown word and is never predicted.
        all_words: number of ids, 0 included.
        order: words that are looked at together, the predicted one included; 3 for a trigram.
    """
    tables = [defaultdict(Counter) for _ in range(order)]  # by number of words before
    for sequence in sequences:
        tokens = [-1] * (order - 1) + list(sequence)  # -1 stands before the first word
        for end in range(order - 1, len(tokens)):
            if tokens[end]:
                tables[-1][tuple(tokens[end - order + 1 : end])][tokens[end]] += 1
    for shorter in reversed(range(order - 1)):
        for before, followers in tables[shorter + 1].items():
            tables[shorter][before[1:]].update(followers.keys())  # each word before counts once
    discounts = []
    for table in tables:
        counts = Counter(count for followers in table.values() for count in followers.values())
        discounts.append(counts[1] / (counts[1] + 2 * counts[2]) if counts[1] else 0.5)

    def next_word(contexts: Sequence[Tokens]) -> NDArray:
        rows = np.full((len(contexts), all_words), 1 / (all_words - 1))
        rows[:, 0] = 0
        for row, context in zip(rows, contexts, strict=True):
            context = (-1,) * (order - 1) + tuple(context)
            for before, (table, discount) in enumerate(zip(tables, discounts, strict=True)):
                if followers := table.get(context[len(context) - before :]):
                    row *= discount * len(followers) / followers.total()
                    seen = np.array(list(followers.values()))
                    row[list(followers)] += (seen - discount) / followers.total()
        return rows

    return next_word


def count_known(sequences: Sequence[Tokens]) -> Callable[[Sequence[Tokens]], NDArray]:
    """A function: contexts in; how many of the last words, 0 to 2, training has seen going on."""
    seen = set()
    for sequence in sequences:
        tokens = (-1, -1, *sequence)  # -1 stands before the first word, as in the trigram
        for end in range(2, len(tokens)):
            if tokens[end]:
                seen |= {tokens[end - 2 : end], tokens[end - 1 : end]}

    def known_words(contexts: Sequence[Tokens]) -> NDArray:
        padded = [(-1, -1, *context) for context in contexts]
        return np.array([2 if c[-2:] in seen else 1 if c[-1:] in seen else 0 for c in padded])

    return known_words


def fit_weights(first: NDArray, second: NDArray, known: NDArray) -> NDArray:
    """The best weight of the first model in each of the three groups of contexts (3,), in steps of 1/40.

    Jelinek and Mercer, Interpolated estimation of Markov source parameters from sparse data, 1980.

    Args:
        first, second: the probabilities that each model gave to the right words (n,).
        known: each word's group, 0 to 2, as `count_known` tells it (n,).
    """
    weights = np.linspace(0, 1, 41)
    mixtures = weights[:, None] * first + (1 - weights[:, None]) * second
    losses = -np.log(mixtures)  # (weights, n)
    return np.array([weights[losses[:, known == group].sum(axis=1).argmin()] for group in range(3)])


def mix(first: Model, second: Model, group_weights: NDArray, known_words: Callable) -> Model:
    """Two models as one: in each group, a weight for the first and the rest for the second."""

    def next_word(contexts: Sequence[Tokens]) -> NDArray:
        weight = group_weights[known_words(contexts)][:, None]
        return weight * first(contexts) + (1 - weight) * second(contexts)

    return next_word
