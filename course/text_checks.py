"""What lesson 1's check cells do: each function takes a learner's function and says in one sentence what it does wrong.

An answer may be written in any way. With another seed the same function asks other questions, for the hidden tests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from course import text


def _number(value: object, what: str) -> float:
    """A single finite number, or a sentence."""
    try:
        found = float(value)
    except (TypeError, ValueError):
        raise AssertionError(f"{what} should be one number, not {value!r}") from None
    assert np.isfinite(found), f"{what} should be a finite number, not {found}"
    return found


# ---------------------------------------------------------------- task 1


def leak(given_away: Callable, seed: int = 0) -> None:
    """Judge task 1's function on small lists; the seed decides the larger, random ones."""
    small = {
        "equal to a training sequence": ([[1, 2, 3]], [[1, 2, 3]], 1),
        "the beginning of a training sequence": ([[1, 2, 3]], [[1, 2]], 1),
        "longer than the training sequence that it begins like": ([[1, 2]], [[1, 2, 3]], 0),
        "the end of a training sequence, not its beginning": ([[1, 2, 3]], [[2, 3]], 0),
        "the same words in another order": ([[1, 2, 3]], [[2, 1]], 0),
        "the same context with another last word": ([[1, 2, 3]], [[1, 4]], 0),
        "two of which one is given away": ([[5], [1, 2, 3]], [[1, 2], [7, 8]], 0.5),
        "one of which is there twice": ([[1, 2, 3]], [[1, 2], [1, 2], [3, 1], [1, 9]], 0.5),
        "like two ids whose digits run together": ([[1, 23]], [[12, 3]], 0),
        "like an id that begins with the digits of another": ([[1, 23]], [[1, 2]], 0),
    }
    for what, (training, held_out, expected) in small.items():
        found = _number(given_away([*training], [*held_out]), "the share")
        assert abs(found - expected) < 1e-6, f"held-out sequences {what}: {expected} are given away, not {found}"
    rng = np.random.default_rng(seed)
    training, held_out = ([rng.integers(1, 5, rng.integers(1, 6)).tolist() for _ in range(60)] for _ in range(2))
    expected = np.mean([any(row[: len(other)] == other for row in training) for other in held_out])
    before = [list(row) for row in training], [list(row) for row in held_out]
    found = _number(given_away(training, held_out), "the share")
    assert (training, held_out) == before, "it should leave the sequences given to it as they were"
    assert abs(found - expected) < 1e-6, f"of 60 random sequences {expected:.3f} are given away, not {found:.3f}"


def three_splits(given_away: Callable, clean: str, sequences: Sequence[Sequence[int]]) -> None:
    """Measure three ways to split a newspaper's prefixes by task 1's function, and judge which is called clean.

    The first fifth of the newspaper stands in it twice. Each way is drawn five times.
    """
    sequences = [list(map(int, row)) for row in sequences]
    ends = [n for n, row in enumerate(sequences) if n + 1 == len(sequences) or len(sequences[n + 1]) <= len(row)]
    headlines, begin = [], 0
    for end in ends:
        headlines.append(sequences[begin : end + 1])
        begin = end + 1
    headlines += headlines[: len(headlines) // 5]  # columns that return
    rng = np.random.default_rng(0)

    def share(pieces: list[list[list[int]]]) -> str:
        found = []
        for _ in range(5):
            held = set(rng.permutation(len(pieces))[: len(pieces) // 10].tolist())
            training, held_out = (
                [row for n, rows in enumerate(pieces) if (n in held) == side for row in rows] for side in (0, 1)
            )
            held_out = [held_out[n] for n in rng.permutation(len(held_out))[:100]]  # an answer may be slow
            found.append(_number(given_away(training, held_out), "the share"))
        return f"{np.mean(found):.0%} given away ({min(found):.0%} to {max(found):.0%} in five draws)"

    by_title: dict[tuple, list] = {}
    for rows in headlines:
        by_title.setdefault(tuple(rows[-1]), []).extend(rows)
    print("A newspaper whose first fifth is printed twice:")
    print(f'"prefixes" drawn one by one: {share([[row] for rows in headlines for row in rows])}')
    print(f'"headlines" drawn, a title may return: {share(headlines)}')
    print(f'"titles" drawn: {share([*by_title.values()])}, by first words that are alike')
    assert clean in ("prefixes", "headlines", "titles"), (
        f'clean_split should be "prefixes", "headlines" or "titles", not {clean!r}'
    )
    assert clean != "prefixes", "prefixes: most of what is held out is the beginning of a headline in training"
    assert clean != "headlines", "headlines: a title that returns can stand in training and be held out, too"


# ---------------------------------------------------------------- task 2


def _lstm(vectors: NDArray, weights: Sequence[NDArray], stuck: Mapping[str, float]) -> NDArray:
    """Hidden states (t, units) of an LSTM, some of whose gates are stuck."""
    kernel, recurrent, bias = weights
    hidden = cell = np.zeros(len(recurrent))
    states = []
    for vector in vectors:
        store, forget, candidate, output = np.split(vector @ kernel + hidden @ recurrent + bias, 4)
        gates = {"input": store, "forget": forget, "output": output}
        gates = {name: np.full_like(z, stuck[name]) if name in stuck else expit(z) for name, z in gates.items()}
        cell = gates["forget"] * cell + gates["input"] * np.tanh(candidate)
        hidden = gates["output"] * np.tanh(cell)
        states.append(hidden)
    return np.array(states)


def broken_gates(break_gate: Callable, lost: Mapping[str, str], units: int = 4, size: int = 3, seed: int = 0) -> None:
    """Judge task 2: weights with a gate that is stuck, by what an LSTM with them computes, and what is said of them."""
    rng = np.random.default_rng(seed)
    weights = [rng.normal(size=shape) for shape in ((size, 4 * units), (units, 4 * units), (4 * units,))]
    given = [array.copy() for array in weights]
    vectors = rng.normal(size=(6, size))
    names = ("input", "forget", "output")
    for gate in names:
        for value in (0, 1):
            case = f"break_gate(weights, {gate!r}, {value})"
            broken = break_gate(weights, gate, value)
            assert all(np.array_equal(one, other) for one, other in zip(weights, given, strict=True)), (
                f"{case} changes the weights that it is given: copy them first (np.array(...))"
            )
            assert isinstance(broken, (list, tuple)) and len(broken) == 3, f"{case} should return three arrays"
            broken = [np.asarray(array, float) for array in broken]
            shapes = [array.shape for array in broken]
            assert shapes == [array.shape for array in weights], f"{case}: the shapes should stay, not become {shapes}"
            assert all(np.isfinite(array).all() for array in broken), f"{case}: infinite weights make NaN; 20 will do"
            found = _lstm(vectors, broken, {})
            off = np.abs(found - _lstm(vectors, weights, {gate: value})).max()
            loud = _lstm(100 * vectors, broken, {}), _lstm(100 * vectors, weights, {gate: value})
            assert not 0.005 < off < 0.02, f"{case}: the gate comes near {value}, but not to a thousandth"
            if off <= 0.005:
                assert np.allclose(*loud, rtol=0, atol=0.005), (
                    f"{case}: for numbers 100 times as large the gate moves, for it still reads them: zeros in its "
                    "columns of both kernels"
                )
                continue
            for other in names:
                for level in (0, 1):
                    if (other, level) != (gate, value) and np.allclose(
                        found, _lstm(vectors, weights, {other: level}), atol=0.01
                    ):
                        raise AssertionError(
                            f"{case} sticks the {other} gate at {level}: mind the order of the columns"
                        )
            assert not np.allclose(found, _lstm(vectors, weights, {}), atol=0.01), f"{case} changes nothing"
            raise AssertionError(
                f"{case}: the gate is not at {value} whatever it reads, or something else changed, too: its columns of "
                "both kernels and its part of the bias are all that matters"
            )
    letters = {"a": "nothing comes in", "b": "nothing stays", "c": "nothing is seen"}
    right = dict(zip(names, "abc", strict=True))
    for gate in names:
        said = lost.get(gate) if hasattr(lost, "get") else None
        assert said in letters, f'lost["{gate}"] should be "a", "b" or "c", not {said!r}'
        assert said == right[gate], (
            f'lost["{gate}"]: not "{letters[said]}". Put 0 into the formula where the {gate} gate is a factor'
        )


# ---------------------------------------------------------------- task 3


def _stop(losses: Sequence[float], patience: int) -> tuple[int, int]:
    """What early stopping does."""
    lowest, kept = float("inf"), 0
    for epoch, loss in enumerate(losses, start=1):
        if loss < lowest:
            lowest, kept = loss, epoch
        if epoch - kept >= patience:
            return kept, epoch
    return kept, len(losses)


def curves(read_curve: Callable, seed: int = 0) -> None:
    """Judge task 3's function on curves that turn, that fall to the end, that are level, and on random ones."""
    rng = np.random.default_rng(seed)
    cases = [
        ([5, 4, 3, 3.5, 3.6, 3.7, 2], 3, "which falls again too late"),
        ([5, 4, 3, 3.5, 3.6, 2, 2.5], 3, "which falls again in time"),
        ([5, 4, 3, 2], 2, "which falls to the end"),
        ([3, 3, 3, 3], 2, "which is level: an equal loss is no improvement"),
        ([1, 2, 3], 1, "which rises from the beginning"),
        ([2, 3, 1.5, 3, 1.4, 3, 3], 2, "in which only epochs in a row count"),
        *((rng.integers(1, 12, 20).tolist(), int(rng.integers(2, 5)), "") for _ in range(12)),
    ]
    for losses, patience, about in cases:
        found = read_curve([*losses], patience)
        what = f"the curve {losses}, patience {patience}{', ' + about if about else ''}"
        assert np.size(found) == 2, f"{what}: it should return two epochs, not {found!r}"
        kept, last = map(int, found)
        expected = _stop(losses, patience)
        assert kept == expected[0], f"{what}: the weights of epoch {expected[0]} are kept, not of {kept}"
        assert last == expected[1], f"{what}: training stops after epoch {expected[1]}, not {last}"


# ---------------------------------------------------------------- task 4


def nuclei(nucleus: Callable, seed: int = 0) -> None:
    """Judge task 4's function on rows of sixteenths, on equal probabilities, and on random rows."""
    sixteenths = np.array([[0, 1, 8, 4, 2, 1], [0, 13, 0, 1, 1, 1]], "float32") / 16
    enough = {0.5: [1, 1], 0.75: [2, 1], 0.8: [3, 1], 0.9: [4, 3], 1: [5, 4]}  # words of each row
    for p, how_many in enough.items():
        given = sixteenths.copy()
        cut = np.array(nucleus(given, p), "float64")
        assert cut.shape == (2, 6), f"the shape should stay (2, 6), not {cut.shape}"
        assert np.array_equal(given, sixteenths), "it should leave the rows given to it as they were"
        for row, number, cut_row in zip(sixteenths, how_many, cut, strict=True):
            kept = cut_row > 0
            of = f"p = {p}, {(row * 16).astype(int)} sixteenths"
            assert not kept[row == 0].any(), f"{of}: a word that was at 0 is kept"
            assert kept.sum() == number, f"{of}: {number} of them should be kept, not {kept.sum()}"
            assert row[kept].min() >= row[~kept].max(), f"{of}: a less probable word is kept"
            assert np.isclose(cut_row.sum(), 1), f"{of}: add up to {cut_row.sum():.3f}, not 1"
            expected = np.where(kept, row, 0) / row[kept].sum()
            assert np.allclose(cut_row, expected), f"{of}: {expected.round(3)}, not {cut_row.round(3)}"
    tenths = np.append(0, np.full(10, 0.1))[None]
    assert np.all(np.array(nucleus(tenths, 1))[0, 1:] > 0), (
        "p = 1 should keep every word, also where they add up to 0.9999999999999999 in the computer"
    )
    if not seed:
        return
    rows = np.random.default_rng(seed).dirichlet(np.ones(30), 40)
    for p in (0.15, 0.42, 0.67, 0.93):
        for row, cut_row in zip(rows, np.array(nucleus(rows.copy(), p)), strict=True):
            order = np.argsort(-row)
            number = (np.cumsum(row[order]) < p).sum() + 1
            expected = np.zeros(30)
            expected[order[:number]] = row[order[:number]]
            assert np.allclose(cut_row, expected / expected.sum()), f"p = {p}: other words, other data"


# ---------------------------------------------------------------- task 5


def choices(choose: Callable, seed: int = 0) -> None:
    """Judge task 5's function on models whose differences are clear, are noise, or add up step by step."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(3, 12, 200)
    hard = 7.0 * lengths + rng.normal(0, 20, 200)  # what makes a headline hard, for all models alike

    def model(more: float, noise: float) -> NDArray:
        return hard + more * lengths + rng.normal(0, noise, 200)

    steady, noisy = (rng.normal(0, size, 200) for size in (0.5, 25))
    cases = {
        "the later model is better by far": ({"unigram": model(2, 1), "LSTM": model(0, 1)}, "LSTM"),
        "the later model is worse": ({"trigram": model(0, 1), "LSTM": model(1, 1)}, "trigram"),
        "the later model is lower by noise only": (
            {"trigram": hard, "LSTM": hard + noisy - noisy.mean() - 0.1},
            "trigram",
        ),
        "the later model is lower by little, but on nearly every headline": (
            {"trigram": hard, "LSTM": hard - 0.2 * lengths + steady},
            "LSTM",
        ),
        "the second beats the first, the third beats the first but not the second": (
            {"unigram": hard, "trigram": hard - lengths, "LSTM": hard - 0.9 * lengths},
            "trigram",
        ),
        "both later ones beat the first, the third is lower than the second by noise only": (
            {"unigram": hard, "trigram": hard - lengths, "LSTM": hard - lengths + noisy - noisy.mean() - 0.1},
            "trigram",
        ),
        "each of three beats the one before": (
            {"a": hard, "b": hard - 0.5 * lengths, "c": hard - lengths + steady},
            "c",
        ),
        "there is one model only": ({"LSTM": hard}, "LSTM"),
    }
    for what, (bits, expected) in cases.items():
        found = choose(dict(bits), lengths.copy())
        assert isinstance(found, str) and found in bits, f"it should return a name of {list(bits)}, not {found!r}"
        if found == expected:
            continue
        more, low, high = text.paired_interval(bits[expected], bits[found], lengths)
        raise AssertionError(
            f"{what}: {expected}, not {found}. The difference of {expected} to {found} is {more:.2f} bits per word "
            f"({low:.2f} to {high:.2f})"
        )
