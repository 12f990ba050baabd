"""Language models that count, what mixes them with others, and how models are compared.

Headlines are rows of token ids here, as `keras.layers.TextVectorization` makes them: PAD (0) behind the end, UNKNOWN
(1) for a word that is not in the vocabulary, END (2) before the first word and after the last, then the words.

A language model is a function: the last words (n,) of n headlines and what it has kept of the words before (its state,
None at the beginning) in; the probabilities of the next word (n, all_words), each row adding up to 1, and the new state
out. So a headline costs one step a word, whatever the model.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Model = Callable[..., tuple[NDArray, object]]
PAD, UNKNOWN, END = 0, 1, 2


def hide_rare(ids: NDArray, all_words: int, rare: int = 1) -> NDArray:
    """The headlines with each word that occurs in them at most `rare` times as UNKNOWN.

    That is how they would look to somebody who has not read them: about so many of a new headline's words are unknown.
    """
    counts = np.bincount(np.ravel(ids), minlength=all_words)
    counts[: END + 1] = len(ids) + rare + 1  # these are no words, and stay
    return np.where(counts[ids] <= rare, UNKNOWN, ids)


def train_ngram(ids: NDArray, all_words: int, order: int = 3, rare: int = 1) -> Model:
    """Interpolated Kneser-Ney model of the next word, one discount for each length of context.

    Kneser and Ney, Improved backing-off for m-gram language modeling, 1995, in the interpolated form of Chen and
    Goodman, An empirical study of smoothing techniques for language modeling, 1999. The headlines are counted as they
    are and, where that makes a difference, with their rare words unknown, so that the model knows what follows an
    unknown word, and how often one comes.

    Args:
        ids: headlines (n, longest), END before and after each.
        all_words: number of ids, PAD included.
        order: words that are looked at together, the predicted one included: 1 for a unigram, 3 for a trigram.
        rare: how often a word occurs at most to be counted as unknown, too; 0 for none.
    """
    tables = [defaultdict(Counter) for _ in range(order)]  # by number of words before
    for row, hidden in zip(ids.tolist(), hide_rare(ids, all_words, rare).tolist(), strict=True):
        length = len(row) - row.count(PAD)
        row, hidden = ([-1] * (order - 2) + tokens[:length] for tokens in (row, hidden))  # -1: before the beginning
        for end in range(max(order - 1, 1), len(row)):
            for gram in {tuple(tokens[end - order + 1 : end + 1]) for tokens in (row, hidden)}:
                tables[-1][gram[:-1]][gram[-1]] += 1
    for shorter in reversed(range(order - 1)):
        for before, followers in tables[shorter + 1].items():
            tables[shorter][before[1:]].update(followers.keys())  # each word before counts once
    discounts = []
    for table in tables:
        counts = Counter(count for followers in table.values() for count in followers.values())
        discounts.append(counts[1] / (counts[1] + 2 * counts[2]) if counts[1] else 0.5)

    def step(words: NDArray, state: list | None = None) -> tuple[NDArray, list]:
        state = state or [(-1,) * (order - 2)] * len(words)
        contexts = [(*before, int(word)) for before, word in zip(state, words, strict=True)]
        rows = np.full((len(contexts), all_words), 1 / (all_words - 1))
        rows[:, PAD] = 0
        for row, context in zip(rows, contexts, strict=True):
            for before, (table, discount) in enumerate(zip(tables, discounts, strict=True)):
                if followers := table.get(context[len(context) - before :]):
                    row *= discount * len(followers) / followers.total()
                    seen = np.array(list(followers.values()))
                    row[list(followers)] += (seen - discount) / followers.total()
        return rows, [context[1:] if order > 1 else () for context in contexts]

    return step


def fit_weight(first: NDArray, second: NDArray) -> float:
    """The weight of the first model, in steps of 1/40, with which a mixture of two finds the right words most probable.

    Jelinek and Mercer, Interpolated estimation of Markov source parameters from sparse data, 1980.

    Args:
        first, second: the probabilities that each model gave to the right words, of one shape.
    """
    weights = np.linspace(0, 1, 41)
    return float(weights[np.argmax([np.log(w * first + (1 - w) * second).sum() for w in weights])])


def mix(first: Model, second: Model, weight: float) -> Model:
    """Two models as one: `weight` times the first's probabilities and the rest of the second's."""

    def step(words: NDArray, state: tuple | None = None) -> tuple[NDArray, tuple]:
        states = state or (None, None)
        rows, states = zip(
            *(model(words, own) for model, own in zip((first, second), states, strict=True)), strict=True
        )
        return weight * rows[0] + (1 - weight) * rows[1], states

    return step


def paired_interval(
    first: NDArray, second: NDArray, words: NDArray, draws: int = 2000, seed: int = 0
) -> tuple[float, float, float]:
    """How many bits per word the first model needs more than the second, and the 95% interval of that.

    Bootstrap over headlines (Koehn, Statistical significance tests for machine translation evaluation, 2004): the same
    headlines are drawn for both, so that what makes a headline hard for both falls out.

    Args:
        first, second: bits of each headline (n,), by model.
        words: words of each headline (n,), its end included.
        draws: how often n headlines are drawn, with repetition.
        seed: of the draws.

    Returns:
        The difference, and the lower and upper end of its interval.
    """
    drawn = np.random.default_rng(seed).integers(len(words), size=(draws, len(words)))
    difference = np.asarray(first) - np.asarray(second)
    differences = difference[drawn].sum(axis=1) / np.asarray(words)[drawn].sum(axis=1)
    low, high = np.percentile(differences, [2.5, 97.5])
    return float(difference.sum() / np.sum(words)), float(low), float(high)


def spelled(difference: float, low: float, high: float) -> str:
    """A difference and its interval as text: "+0.12 (+0.03 to +0.20)"."""
    return f"{difference:+.2f} ({low:+.2f} to {high:+.2f})"


def compare(bits: Mapping[str, NDArray], words: NDArray, against: str) -> pd.DataFrame:
    """A table of models: bits per word, perplexity, and the paired difference to one of them with its interval.

    Args:
        bits: of each headline (n,), by model.
        words: of each headline (n,), its end included.
        against: the model that the others are compared with.
    """
    table = {}
    for name, mine in bits.items():
        per_word = mine.sum() / words.sum()
        more = spelled(*paired_interval(mine, bits[against], words)) if name != against else ""
        table[name] = {"bits per word": f"{per_word:.2f}", "perplexity": f"{2**per_word:.0f}"}
        table[name][f"more bits than the {against}, 95% interval"] = more
    return pd.DataFrame(table).transpose()


def by_model(rivals: pd.DataFrame, intervals: pd.DataFrame) -> pd.DataFrame:
    """The same from the tables of benchmarks/headlines.py: a row for each model, its figures the means over splits.

    For a model with several seeds, too, how far they are apart on one split at most.
    """
    found = rivals.groupby("model", sort=False)
    bits = found["bits_per_word"].mean()
    table = pd.DataFrame({"splits": found["split"].nunique(), "bits per word": bits.round(2)})
    table["perplexity"] = (2**bits).round().astype(int)
    of_split = rivals.groupby(["model", "split"])["bits_per_word"]
    apart = (of_split.max() - of_split.min())[of_split.size() > 1].groupby("model").max()
    table["seeds apart"] = apart.map("{:.2f}".format)
    for model, other, *interval in intervals.drop(columns="data").values:
        table.loc[model, f"more than {other}"] = spelled(*interval)
    return table.fillna("")


# ---------------------------------------------------------------- writing


def adjust(probabilities: NDArray, temperature: float = 1.0, top_k: int | None = None) -> NDArray:
    """Probabilities (n, all_words) at a temperature, of the top_k words only; rows add up to 1.

    Top-k: Fan and others, Hierarchical Neural Story Generation, 2018.

    Args:
        probabilities: rows that add up to 1.
        temperature: divides the logarithms; below 1 the probable words gain, near 0 the most probable takes all.
        top_k: how many words stay, the most probable ones; all if it is None.

    Raises:
        ValueError: if the temperature is not above 0, or top_k below 1.
    """
    if not temperature > 0:
        raise ValueError(f"The temperature must be above 0, not {temperature}.")
    if top_k is not None and top_k < 1:
        raise ValueError(f"top_k must be 1 or more, not {top_k}.")
    logs = np.log(np.maximum(probabilities, 1e-30)) / temperature
    adjusted = np.exp(logs - logs.max(axis=1, keepdims=True)) * (np.asarray(probabilities) > 0)
    if top_k is not None and top_k < adjusted.shape[1]:
        order = np.argsort(-adjusted, axis=1, kind="stable")
        np.put_along_axis(adjusted, order[:, top_k:], 0, axis=1)
    return adjusted / adjusted.sum(axis=1, keepdims=True)


def network_step(model: object) -> Model:
    """A network of Keras layers (embedding, memory, output) as a language model that carries its state along.

    The memory is an LSTM, a GRU or a SimpleRNN, whose cell is called once a word, or a Dense layer, which keeps none.
    Layers without weights, such as dropout, do nothing here.
    """
    embedding, memory, output = (layer for layer in model.layers if layer.weights)

    def step(words: NDArray, state: list | None = None) -> tuple[NDArray, list | None]:
        vectors = embedding(np.asarray(words))
        if hasattr(memory, "cell"):
            state = memory.cell.get_initial_state(batch_size=len(words)) if state is None else state
            hidden, state = memory.cell(vectors, state)
        else:
            hidden = memory(vectors)
        logits = np.array(output(hidden), "float64")
        logits[:, PAD] = -np.inf
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        return shares / shares.sum(axis=1, keepdims=True), state

    return step


def write(
    model: Model,
    words: Sequence[str],
    beginnings: Sequence[str],
    rng: np.random.Generator,
    change: Callable[[NDArray], NDArray] = lambda rows: rows,
    longest: int = 18,
) -> list[str]:
    """Continue each beginning word by word until its headline ends; an unknown word is never written.

    Args:
        model: a language model.
        words: the word of each id.
        beginnings: first words; unknown ones stay in the text, and the model reads UNKNOWN for them.
        rng: draws the words.
        change: what is done to the probabilities (n, all_words) of the next word before one is drawn.
        longest: words of a headline at most.
    """
    index = {word: number for number, word in enumerate(words)}
    texts = [beginning.lower().split() for beginning in beginnings]
    last, state, over = np.full(len(texts), END), None, np.zeros(len(texts), bool)
    for place in range(longest):
        rows, state = model(last, state)
        rows[:, UNKNOWN] = 0
        rows[[not text for text in texts], END] = 0  # no headline without a word
        rows = change(rows)
        added = np.cumsum(rows, axis=1)
        last = (added <= rng.random(len(texts))[:, None] * added[:, -1:]).sum(axis=1)
        for number, text in enumerate(texts):
            if place < len(text):
                last[number] = index.get(text[place], UNKNOWN)
            elif last[number] == END or over[number]:
                over[number] = True
            else:
                text.append(words[last[number]])
        if over.all():
            break
    return [" ".join(text) for text in texts]


# ---------------------------------------------------------------- what is written


def longest_copy(words: Sequence[str], corpus: Sequence[str]) -> str:
    """The longest run of words that stands in one of the headlines of a corpus just like that."""
    lines = [f" {' '.join(headline.split())} " for headline in corpus]
    for length in range(len(words), 0, -1):
        for start in range(len(words) - length + 1):
            run = " ".join(words[start : start + length])
            if any(f" {run} " in line for line in lines):
                return run
    return ""


def nearest(words: Sequence[str], corpus: Sequence[str]) -> tuple[str, float]:
    """The headline of a corpus that shares most words with these, and the share of words in common."""
    shares = [len({*words} & {*other.split()}) / max(len({*words} | {*other.split()}), 1) for other in corpus]
    return corpus[int(np.argmax(shares))], max(shares)


def memorised(written: Sequence[str], corpus: Sequence[str]) -> pd.DataFrame:
    """For each written headline the longest run of words and the nearest headline of the corpus."""
    rows = []
    for headline in written:
        words = headline.lower().split()
        closest, share = nearest(words, corpus)
        rows.append([headline, longest_copy(words, corpus), closest, f"{share:.0%}"])
    return pd.DataFrame(rows, columns=["written", "copied", "nearest printed headline", "words in common"])


def blind_round(real: Sequence[str], written: Sequence[str], rng: np.random.Generator) -> set[int]:
    """Print both kinds of headlines in a drawn order, numbered from 1; the numbers of the real ones."""
    order = rng.permutation(len(real) + len(written))
    for number, place in enumerate(order, start=1):
        print(f"{number:2}. {[*real, *written][place].title()}")
    return {number for number, place in enumerate(order, start=1) if place < len(real)}


def copied_share(texts: Sequence[str], corpus: Sequence[str], n: int = 4) -> float:
    """Share of the texts' runs of n words that stand in a headline of the corpus; 0 if there is no run."""

    def runs(text: str) -> list[tuple[str, ...]]:
        words = text.split()
        return [tuple(words[start : start + n]) for start in range(len(words) - n + 1)]

    known = {run for headline in corpus for run in runs(headline)}
    found = [run in known for text in texts for run in runs(text)]
    return float(np.mean(found)) if found else 0.0


def examiner(real: Sequence[str], written: Sequence[str], folds: int = 5, seed: int = 0) -> tuple[float, float, float]:
    """How often a fresh classifier tells real headlines from written ones, and the 95% interval of that.

    A logistic regression on words, pairs of neighbouring words and length, trained and tried in turns: 50% is a blind
    guess, so what writes well keeps it near there. (A two-sample test by classifier: Lopez-Paz and Oquab, Revisiting
    classifier two-sample tests, 2017.)

    Args:
        real, written: as many of each are taken as the shorter list has; the longer one is drawn from.
        folds: parts of which each is tried once.
        seed: of the draw and the parts.
    """
    from scipy.stats import binomtest
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline

    rng = np.random.default_rng(seed)
    size = min(len(real), len(written))
    texts = [f"^ {text} $" for pile in (real, written) for text in rng.permutation(np.array(pile, object))[:size]]
    answers = np.repeat([1, 0], size)
    words = CountVectorizer(token_pattern=r"\S+", ngram_range=(1, 2), binary=True)
    parts = StratifiedKFold(min(folds, size), shuffle=True, random_state=seed)
    judge = make_pipeline(words, LogisticRegression(solver="liblinear"))
    right = cross_val_predict(judge, texts, answers, cv=parts) == answers
    interval = binomtest(int(right.sum()), len(right)).proportion_ci(method="wilson")
    return float(right.mean()), float(interval.low), float(interval.high)
