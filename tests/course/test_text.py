"""Language models that count, and how they are mixed."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.lm import KneserNeyInterpolated, Vocabulary
from nltk.lm.smoothing import KneserNey

from course.text import count_known, fit_weights, mix, train_trigram

SEQUENCES = [[1, 2, 3], [1, 2, 4], [5, 1, 2, 3], [2, 2], [6], []]


@settings(deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 6), max_size=6), min_size=1, max_size=12),
    st.lists(st.lists(st.integers(0, 6), max_size=4), min_size=1, max_size=4),
)
def test_trigram_sums_to_one_over_the_words(sequences, contexts):
    rows = train_trigram(sequences, 7)(contexts)
    assert rows.shape == (len(contexts), 7)
    assert np.allclose(rows.sum(axis=1), 1)
    assert (rows[:, 0] == 0).all() and (rows[:, 1:] >= 0).all()


def test_trigram_sums_to_one_for_seen_and_unseen_contexts():
    next_word = train_trigram(SEQUENCES, 8)  # word 7 never occurs
    rows = next_word([[1, 2], [6, 5], [0, 0], [], [3, 1, 2]])
    assert np.allclose(rows.sum(axis=1), 1)
    assert (rows[:, 1:] > 0).all(), "no word is impossible"
    assert rows[0].argmax() == 3, "3 followed 1 2 twice, 4 once"
    assert np.allclose(rows[0], rows[4]), "only the last two words count"
    assert not np.allclose(rows[0], rows[2])


def test_kneser_ney_by_hand():
    """A bigram of [1 2], [1 2], [1 3], [1 1]; after an unknown word only the lower order speaks."""
    next_word = train_trigram([[1, 2], [1, 2], [1, 3], [1, 1]], 4, order=2)
    # Bigrams: start-1 four times, 1-2 twice, 1-3 once, 1-1 once. Two counts of 1, one of 2: D = 2 / (2 + 2) = 1/2.
    # Words before: two before 1 (start and 1), one before 2, one before 3. D = 2 / (2 + 2) = 1/2 as well.
    lower = np.array([0, 1.5, 0.5, 0.5]) / 4 + 1.5 / 4 / 3
    assert np.allclose(next_word([[0]])[0, 1:], lower[1:])
    upper = np.array([0, 0.5, 1.5, 0.5]) / 4 + 1.5 / 4 * lower
    assert np.allclose(next_word([[1]])[0, 1:], upper[1:])


class OursInNltk(KneserNey):
    """NLTK's smoothing with the two choices that it makes otherwise: a discount for each order, and the words' own
    order smoothed, too, with the uniform distribution over so many words."""

    def __init__(self, smoothing, discounts, words):
        super().__init__(smoothing.vocab, smoothing.counts, smoothing._order)
        self.discounts, self.words = discounts, words

    def alpha_gamma(self, word, context):
        self.discount = self.discounts[len(context)]
        return super().alpha_gamma(word, context)

    def unigram_score(self, word):
        types = sum(self._continuation_counts(str(other))[0] > 0 for other in range(1, self.words + 1))
        count, total = self._continuation_counts(word)
        return (max(count - self.discounts[0], 0) + self.discounts[0] * types / self.words) / total


@pytest.mark.parametrize("order", [2, 3])
def test_kneser_ney_against_nltk(order):
    """NLTK's interpolated model on the same n-grams gives every word the same probability after every context.

    Left alone it has one discount, given by hand, and does not smooth the lowest order; both are set to what
    `train_trigram` does. Counting, continuation counts, weights and recursion are NLTK's own.
    """
    rng = np.random.default_rng(0)
    words = 8
    sequences = [(rng.integers(words, size=length) ** 2 // words).tolist() for length in rng.integers(1, 7, 60)]
    padded = [["-1"] * (order - 1) + [str(token) for token in sequence] for sequence in sequences]
    ends = [(line, end) for line in padded for end in range(order, len(line) + 1) if line[end - 1] != "0"]
    grams = [tuple(line[end - size : end]) for line, end in ends for size in range(1, order + 1)]
    nltk_model = KneserNeyInterpolated(order, vocabulary=Vocabulary(word for line in padded for word in line))
    nltk_model.fit([grams])

    # The discount of each order from how many of its counts are 1 and 2; below the highest, words before are counted.
    discounts = []
    for size in range(1, order + 1):
        longer = set(grams) if size < order else grams
        ending = Counter(gram[-size:] for gram in longer if len(gram) == min(size + 1, order))
        ones, twos = (list(ending.values()).count(number) for number in (1, 2))
        discounts.append(ones / (ones + 2 * twos) if ones else 0.5)
    nltk_model.estimator = OursInNltk(nltk_model.estimator, discounts, words)

    contexts = [[], [1], [0, 2], [4, 0], [3, 1], [1, 1], [7, 7], [2, 3, 1, 2]]
    rows = train_trigram(sequences, words + 1, order)(contexts)
    for row, context in zip(rows, contexts, strict=True):
        before = tuple((["-1"] * order + [str(token) for token in context])[1 - order :])
        theirs = [nltk_model.unmasked_score(str(word), before) for word in range(1, words + 1)]
        assert np.allclose(row[1:], theirs), context


def test_known_words_of_a_context():
    known_words = count_known([[1, 2, 3], [4, 2, 0, 5]])
    contexts = [[1, 2], [4, 2], [9, 2], [1], [4], [2], [3], [1, 3], [], [0], [2, 0]]
    # After 4, 2 stands an unknown word, which no model learns; no headline begins with 2; nothing follows 3.
    assert known_words(contexts).tolist() == [2, 1, 1, 2, 2, 1, 0, 0, 2, 1, 2]


def test_weights_are_the_best_of_each_group():
    known = np.array([0, 0, 1, 1, 2, 2])
    first = np.array([0.9, 0.9, 0.1, 0.1, 0.8, 0.2])
    second = np.array([0.1, 0.1, 0.9, 0.9, 0.2, 0.8])
    assert fit_weights(first, second, known) == pytest.approx([1, 0, 0.5])


def test_mixture_weighs_by_group():
    one, half = (lambda contexts, row=row: np.array([row] * len(contexts)) for row in ([0, 1.0], [0.5, 0.5]))
    mixed = mix(one, half, np.array([0.25, 1, 0]), lambda contexts: np.array([0, 1, 2]))
    assert mixed([[1], [2], [3]]).tolist() == [[0.375, 0.625], [0, 1], [0.5, 0.5]]
