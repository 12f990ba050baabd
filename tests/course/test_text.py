"""Language models that count, how they are mixed and compared, and what they write."""

from __future__ import annotations

from collections import Counter

import keras
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers
from nltk.lm import KneserNeyInterpolated, Vocabulary
from nltk.lm.smoothing import KneserNey

from course import text
from course.text import END, PAD, UNKNOWN, train_ngram

SEQUENCES = [[3, 4, 5], [3, 4, 6], [7, 3, 4, 5], [4, 4], [8], []]


def rows_of(sequences):
    """Headlines as ids: END before and after each, PAD behind."""
    rows = [[END, *sequence, END] for sequence in sequences]
    return keras.utils.pad_sequences(rows, padding="post")


def after(model, *context):
    """What a model says after these words of a headline."""
    state = None
    for word in (END, *context):
        rows, state = model(np.array([word]), state)
    return rows[0]


# ---------------------------------------------------------------- counting


@settings(deadline=None)
@given(
    st.lists(st.lists(st.integers(3, 8), max_size=6), min_size=1, max_size=12),
    st.lists(st.integers(1, 8), max_size=4),
    st.integers(1, 3),
    st.integers(0, 2),
)
def test_ngrams_sum_to_one_over_the_words(sequences, context, order, rare):
    row = after(train_ngram(rows_of(sequences), 10, order, rare), *context)
    assert np.isclose(row.sum(), 1)
    assert row[PAD] == 0 and (row[1:] > 0).all(), "no word is impossible, nor the end, nor an unknown word"


def test_trigram_looks_at_the_last_two_words():
    model = train_ngram(rows_of(SEQUENCES), 11)
    assert after(model, 3, 4).argmax() == 5, "5 followed 3 4 twice, 6 once"
    assert np.allclose(after(model, 3, 4), after(model, 7, 3, 4))
    assert not np.allclose(after(model, 3, 4), after(model, 4))


def test_a_batch_says_what_each_headline_says_alone():
    model = train_ngram(rows_of(SEQUENCES), 11)
    state = None
    for words in np.array([[END, END], [3, 4], [4, 4]]):
        rows, state = model(words, state)
    assert np.allclose(rows, [after(model, 3, 4), after(model, 4, 4)])


def test_kneser_ney_by_hand():
    """A bigram of the headlines 3, 3, 4, without their rare words hidden."""
    model = train_ngram(rows_of([[3], [3], [4]]), 5, order=2, rare=0)
    # Bigrams: END-3 twice, END-4 once, 3-END twice, 4-END once. Two counts of 1, two of 2: D = 2 / (2 + 4) = 1/3.
    # Words before: two before END (3 and 4), one before 3, one before 4. D = 2 / (2 + 2) = 1/2.
    lower = np.array([0, 0, 1.5, 0.5, 0.5]) / 4 + np.array([0, 1, 1, 1, 1]) * 1.5 / 4 / 4
    assert np.allclose(after(model, UNKNOWN), lower)
    upper = np.array([0, 0, 0, 5 / 3, 2 / 3]) / 3 + 2 / 3 / 3 * lower
    assert np.allclose(after(model), upper)


def test_what_follows_an_unknown_word_is_learnt_from_rare_ones():
    """Behind rare words always stands 3: after an unknown one that is likely, too, and unknown words come first."""
    sequences = [[number, 3, 4] for number in range(5, 25)]
    model = train_ngram(rows_of(sequences), 25)
    assert after(model, UNKNOWN)[3] > 0.9
    assert after(model).argmax() == UNKNOWN
    blind = train_ngram(rows_of(sequences), 25, rare=0)
    assert after(blind, UNKNOWN)[3] < 0.5 and after(blind)[UNKNOWN] < 0.1


def test_rare_words_are_hidden_and_nothing_else():
    ids = rows_of([[3, 4], [3, 5, 5], [6]])
    assert text.hide_rare(ids, 7).tolist() == rows_of([[3, UNKNOWN], [3, 5, 5], [UNKNOWN]]).tolist()
    assert text.hide_rare(ids, 7, 2).tolist() == rows_of([[1, 1], [1, 1, 1], [1]]).tolist()


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
    `train_ngram` does. Counting, continuation counts, weights and recursion are NLTK's own.
    """
    rng = np.random.default_rng(0)
    words = 10
    sequences = [(3 + rng.integers(8, size=length) ** 2 // 8).tolist() for length in rng.integers(1, 7, 60)]
    lines = [["-1"] * (order - 2) + [str(token) for token in (END, *sequence, END)] for sequence in sequences]
    ends = [(line, end) for line in lines for end in range(order, len(line) + 1)]
    grams = [tuple(line[end - size : end]) for line, end in ends for size in range(1, order + 1)]
    nltk_model = KneserNeyInterpolated(order, vocabulary=Vocabulary(word for line in lines for word in line))
    nltk_model.fit([grams])

    # The discount of each order from how many of its counts are 1 and 2; below the highest, words before are counted.
    discounts = []
    for size in range(1, order + 1):
        longer = set(grams) if size < order else grams
        ending = Counter(gram[-size:] for gram in longer if len(gram) == min(size + 1, order))
        ones, twos = (list(ending.values()).count(number) for number in (1, 2))
        discounts.append(ones / (ones + 2 * twos) if ones else 0.5)
    nltk_model.estimator = OursInNltk(nltk_model.estimator, discounts, words)

    model = train_ngram(rows_of(sequences), words + 1, order, rare=0)
    for context in [[], [3], [9, 4], [6, 9], [5, 3], [3, 3], [9, 9], [4, 5, 3, 4]]:
        before = tuple((["-1"] * (order - 2) + [str(token) for token in (END, *context)])[1 - order :])
        theirs = [nltk_model.unmasked_score(str(word), before) for word in range(1, words + 1)]
        assert np.allclose(after(model, *context)[1:], theirs), context


# ---------------------------------------------------------------- mixing and comparing


def constant(*row):
    """A model that always says the same, and counts its calls as its state."""
    return lambda words, state=None: (np.array([row] * len(words)), (state or 0) + 1)


def test_a_mixture_weighs_both_and_keeps_both_states():
    mixed = text.mix(constant(0, 1.0), constant(0.5, 0.5), 0.25)
    rows, state = mixed(np.array([1]))
    rows, state = mixed(np.array([1]), state)
    assert rows.tolist() == [[0.375, 0.625]] and state == (2, 2)


def test_the_weight_is_the_best_one():
    first, second = np.array([0.9, 0.1]), np.array([0.1, 0.9])
    assert text.fit_weight(first, second) == pytest.approx(0.5)
    assert text.fit_weight(first[:1], second[:1]) == 1 and text.fit_weight(first[1:], second[1:]) == 0


def test_an_interval_is_of_pairs():
    """What is hard for both models must not widen it; in an interval of two separate draws it would."""
    rng = np.random.default_rng(0)
    words = rng.integers(3, 12, 300)
    hard = 7.0 * words + rng.normal(0, 20, 300)
    more, low, high = text.paired_interval(hard + 0.3 * words + rng.normal(0, 0.5, 300), hard, words)
    assert more == pytest.approx(0.3, abs=0.03) and 0.27 < low < more < high < 0.33
    assert text.paired_interval(hard, hard, words) == (0, 0, 0)


def test_an_interval_holds_the_truth_nineteen_times_of_twenty():
    rng = np.random.default_rng(1)
    words = np.full(100, 5)
    draws = [text.paired_interval(rng.normal(1, 4, 100), np.zeros(100), words, 400) for _ in range(300)]
    inside = np.mean([low < 1 / 5 < high for _, low, high in draws])
    assert 0.9 < inside < 0.98


def test_a_comparison_is_per_word_and_signed():
    words = np.array([2, 2])
    table = text.compare({"a": np.array([4.0, 8.0]), "b": np.array([2.0, 6.0])}, words, "a")
    assert table.loc["a"].to_dict() == {
        "bits per word": "3.00",
        "perplexity": "8",
        "more bits than the a, 95% interval": "",
    }
    assert table.loc["b", "more bits than the a, 95% interval"] == "-1.00 (-1.00 to -1.00)"


def test_a_table_of_rivals_is_the_mean_over_splits_with_each_interval_in_its_row():
    rivals = pd.DataFrame(
        [("counting", 0, 3.0), ("counting", 1, 5.0)]
        + [("LSTM", 0, 1.9), ("LSTM", 0, 2.1), ("LSTM", 1, 3.7), ("LSTM", 1, 4.3)],
        columns=["model", "split", "bits_per_word"],
    )
    intervals = pd.DataFrame(
        [("data/sample", "LSTM", "counting", -1.0, -1.5, -0.5)],
        columns=["data", "model", "against", "difference", "low", "high"],
    )
    table = text.by_model(rivals, intervals)
    assert table.loc["counting"].to_dict() == {
        "splits": 2,
        "bits per word": 4.0,
        "perplexity": 16,
        "seeds apart": "",
        "more than counting": "",
    }
    assert table.loc["LSTM"].tolist() == [2, 3.0, 8, "0.60", "-1.00 (-1.50 to -0.50)"]


# ---------------------------------------------------------------- networks and writing


@pytest.mark.parametrize("memory", [layers.LSTM, layers.GRU, layers.SimpleRNN, None])
def test_a_network_says_the_same_step_by_step_and_in_one_pass(memory):
    keras.utils.set_random_seed(0)
    middle = memory(6, return_sequences=True) if memory else layers.Dense(6, activation="tanh")
    model = keras.Sequential([layers.Embedding(9, 5), layers.Dropout(0.5), middle, layers.Dense(9)])
    ids = np.array([[2, 3, 8, 4], [2, 7, 1, 3]])
    logits = np.array(model(ids), "float64")
    logits[..., PAD] = -np.inf
    expected = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    step, state = text.network_step(model), None
    for place in range(4):
        rows, state = step(ids[:, place], state)
        assert np.allclose(rows, expected[:, place], atol=1e-5)
        assert (rows[:, PAD] == 0).all()


WORDS = ["", "[UNK]", "[END]", "b", "c"]


def follow(words, state=None):
    """After the end comes b, after b comes c, after c the end; an unknown word is always the likeliest."""
    rows = np.zeros((len(words), 5))
    rows[:, UNKNOWN] = 0.9
    for row, word in zip(rows, words, strict=True):
        row[{END: 3, 3: 4, 4: END}.get(int(word), 3)] = 0.1
    return rows, None


def test_writing_ends_headlines_and_leaves_out_unknown_words():
    rng = np.random.default_rng(0)
    assert text.write(follow, WORDS, ["", "B", "zyxwv", "b c"], rng) == ["b c", "b c", "zyxwv b c", "b c"]
    assert text.write(follow, WORDS, [""], rng, longest=1) == ["b"]


def test_writing_asks_for_a_change_of_the_probabilities():
    only_end = np.eye(5)[END]
    assert text.write(follow, WORDS, ["b"], np.random.default_rng(0), lambda rows: rows * 0 + only_end) == ["b"]


def test_no_headline_is_empty():
    ending = lambda words, state=None: (np.tile([0, 0, 0.9, 0.1, 0], (len(words), 1)), None)  # noqa: E731
    assert min(len(line) for line in text.write(ending, WORDS, [""] * 50, np.random.default_rng(0))) > 0


def test_words_are_drawn_by_their_probability():
    model = lambda words, state=None: (np.tile([0, 0, 0, 0.25, 0.75], (len(words), 1)), None)  # noqa: E731
    drawn = text.write(model, WORDS, [""] * 2000, np.random.default_rng(0), longest=2)
    assert np.mean([line.split()[0] == "b" for line in drawn]) == pytest.approx(0.25, abs=0.04)
    assert len(set(drawn)) == 4, "each headline and each word has a draw of its own"


ROWS = np.array([[0, 0.1, 0.6, 0.3], [0, 0.5, 0.2, 0.3]])


def test_low_temperature_is_greedy_and_high_levels():
    assert np.allclose(text.adjust(ROWS, 1e-3), np.eye(4)[[2, 1]])
    assert np.allclose(text.adjust(ROWS), ROWS)
    assert np.allclose(text.adjust(ROWS, 1e6), [[0, 1 / 3, 1 / 3, 1 / 3]] * 2, atol=1e-4), "the pad stays at 0"


@pytest.mark.parametrize("k", [1, 2, 3, 4, 9])
def test_top_k_never_leaves_the_k_words(k):
    probabilities = np.random.default_rng(1).dirichlet(np.ones(6), size=50)
    cut = text.adjust(probabilities, top_k=k)
    assert np.allclose(cut.sum(axis=1), 1)
    kept = np.sort(np.argsort(-probabilities, axis=1)[:, :k], axis=1)
    assert [np.flatnonzero(row).tolist() for row in cut] == kept.tolist()


def test_top_k_breaks_ties_within_k():
    assert (text.adjust(np.array([[0, 0.25, 0.25, 0.25, 0.25]]), top_k=2) > 0).sum() == 2


@pytest.mark.parametrize("controls", [{"temperature": 0}, {"temperature": -1}, {"temperature": np.nan}, {"top_k": 0}])
def test_impossible_controls_say_so(controls):
    with pytest.raises(ValueError, match="must be"):
        text.adjust(ROWS, **controls)


# ---------------------------------------------------------------- judging what is written


def test_longest_copy():
    corpus = ["zero one two", "two  three four five", "three"]
    assert text.longest_copy("one two three four".split(), corpus) == "two three four"
    assert text.longest_copy(["one"], ["stone", "ones"]) == "", "whole words only"


def test_what_is_memorised_is_shown_headline_by_headline():
    table = text.memorised(["Rain At Noon", "Two Three Four"], ["rain again", "one two three", "rain at last"])
    assert table["copied"].tolist() == ["rain at", "two three"]
    assert table["nearest printed headline"].tolist() == ["rain at last", "one two three"]
    assert table["words in common"].tolist() == ["50%", "50%"]


def test_nearest_headline_shares_most_words():
    corpus = ["rain again", "sun at last", "rain at last"]
    assert text.nearest("rain at noon".split(), corpus) == ("rain at last", 0.5)


def test_a_blind_round_shows_all_and_knows_the_real_ones(capsys):
    real, written = ["one real", "two real", "three real"], ["four made", "five made"]
    truths = []
    for seed in range(4):
        truths.append(text.blind_round(real, written, np.random.default_rng(seed)))
        lines = dict(line.strip().split(". ") for line in capsys.readouterr().out.lower().splitlines())
        assert sorted(lines.values()) == sorted(real + written)
        assert {int(number) for number, headline in lines.items() if "real" in headline} == truths[-1]
    assert len(set(map(frozenset, truths))) > 1, "drawn anew"


def test_copied_share():
    assert text.copied_share(["a b c d z", "b c d e"], ["a b c d e", "x y"]) == pytest.approx(2 / 3)
    assert text.copied_share(["a b"], ["a b"]) == 0, "no run of four, no copy"


def test_the_examiner_ranks_piles_of_known_quality():
    """Equal sources are found out by chance only; other words, and then other neighbours, are noticed."""
    rng = np.random.default_rng(0)

    def pile(count, chain=True, shift=0):
        lines = []
        for _ in range(count):
            words = [int(rng.integers(20))]
            for _ in range(5):
                words.append((words[-1] + int(rng.integers(1, 4))) % 20 if chain else int(rng.integers(20)))
            lines.append(" ".join(f"w{word + shift}" for word in words))
        return lines

    real = pile(400)
    found = {
        name: text.examiner(real, other)[0]
        for name, other in {"equal": pile(400), "order": pile(400, chain=False), "words": pile(400, shift=20)}.items()
    }
    assert found["equal"] < 0.58 < 0.75 < found["order"] < found["words"] == 1
    right, low, high = text.examiner(real, pile(100))
    assert low < right < high and 0.12 < high - low < 0.15, "of 200 answers"
