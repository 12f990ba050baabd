"""What lesson 4's check cells do: each takes a learner's answer and says in one sentence what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import tensorflow as tf

COURSE = Path(__file__).resolve().parent.parent


def cosine_schedule(cosine: Callable, times: Sequence[float] = (0.0, 0.25, 0.5, 0.9, 1.0)) -> None:
    """Judge task 1's schedule at some times, given as a tensor (n, 1)."""
    t = tf.constant(times, shape=(len(times), 1))
    found = np.asarray(cosine(t), "float64")
    assert found.shape == t.shape, (
        f"for times of the shape {tuple(t.shape)} it should return as many, not {found.shape}"
    )
    angle = 0.999 * np.asarray(t, "float64") * np.pi / 2
    wanted = np.cos(angle) ** 2
    if np.allclose(found, wanted, atol=1e-4):
        return
    assert not np.allclose(found, np.cos(angle), atol=1e-4), "that is the cosine, not its square"
    assert not np.allclose(found, np.sin(angle) ** 2, atol=1e-4), "that is the share of noise; the signal is wanted"
    place = int(np.abs(found - wanted).argmax())
    raise AssertionError(
        f"at t = {times[place]:g} the signal should be {wanted[place, 0]:.4f}, not {found[place, 0]:.4f}"
    )


CASES = (
    "cosine, 10 steps, against the lesson's, 10 steps",
    "cosine, 200 steps, against cosine, 10 steps",
    "ends early, 200 steps, against the lesson's, 10 steps",
)


def predictions(prediction: Mapping[str, str], table: str) -> None:
    """Show what a table of the course holds for each pair of schedules and steps, and judge what was predicted."""
    assert set(prediction) == {*CASES}, "predict each of the three cases, by the names that stood there"
    kept = pd.read_csv(COURSE / table)
    measured = kept.groupby(["schedule", "steps"], sort=False)["energy_distance_x1000"].agg(["median", "min", "max"])
    wanted, shown = {}, []
    for case in prediction:
        keys = [side.removesuffix(" steps").rsplit(", ", 1) for side in case.split(", against ")]
        one, other = (measured.loc[(schedule, int(steps))] for schedule, steps in keys)
        wanted[case] = "smaller" if one["median"] < other["median"] else "larger"
        shown.append(f"{case}: {' against '.join('{:.2f} ({:.2f} to {:.2f})'.format(*side) for side in (one, other))}")
    for case, said in prediction.items():
        assert said in ("smaller", "larger"), f'{case}: predict "smaller" or "larger", not {said!r}'
    print(f"Energy distance x 1000, median (lowest to highest) of {kept['seed'].nunique()} seeds", *shown, sep="\n   ")
    for case, said in prediction.items():
        assert said == wanted[case], f"{case}: not {said}, see above; why? hints 2 and 3 lead there"


def attention(causal_attention: Callable, seed: int = 0, places: int = 5, size: int = 4) -> None:
    """Judge task 2's function on random queries, keys and values (3, places, size)."""
    rng = np.random.default_rng(seed)
    given = [rng.normal(size=(3, places, size)).astype("float32") for _ in range(3)]
    queries, keys, values = given

    def right(scale: float, causal: bool, axis: int) -> np.ndarray:
        scores = queries @ keys.transpose(0, 2, 1) / scale
        if causal:
            scores = np.where(np.tri(places) == 1, scores, -np.inf)
        weights = np.exp(scores - scores.max(axis=axis, keepdims=True))
        return weights / weights.sum(axis=axis, keepdims=True) @ values

    found = causal_attention(*(array.copy() for array in given))
    assert not (isinstance(found, (tuple, list)) and len(found) == 2), (
        "return the mixtures only, not the weights beside them"
    )
    found = np.asarray(found)
    assert found.shape == values.shape, f"the mixtures should have the shape {values.shape}, not {found.shape}"
    assert np.isfinite(found).all(), "some mixtures are not finite: does a place see nothing, not even itself?"
    if np.allclose(found, right(np.sqrt(size), True, 2), atol=1e-4):
        return
    wrong = {
        "it looks ahead: the first place should get its own value only": right(np.sqrt(size), False, 2),
        "the scores are not divided by the root of the vectors' size": right(1, True, 2),
        "the scores are divided by the size, not by its root": right(size, True, 2),
        "the weights of each key add up to 1, not those of each query: mind the axis": right(np.sqrt(size), True, 1),
    }
    for what, values_of_it in wrong.items():
        assert not np.allclose(found, values_of_it, atol=1e-4), what
    assert np.allclose(found[:, 0], values[:, 0], atol=1e-4), (
        "the first place sees itself only, so its mixture should be its own value"
    )
    raise AssertionError(
        "the mixtures are others than the three lines give where each place sees itself and those before"
    )


WHY = {
    "a": ("shown", "the interval of its difference to the LSTM lies above 0, on the five splits, too"),
    "b": ("refuted", "in the whisper it finds a name that is far back"),
    "c": ("refuted", "an LSTM in its place has fewer, as was printed"),
    "d": ("shown", "on the five splits the interval of the difference ends before a tenth of a bit"),
    "e": ("open", "nobody here has trained it on more than some thousand headlines"),
}


def claims(said: Mapping[str, str]) -> None:
    """Judge task 3: what the figures say of each sentence."""
    assert set(said) == {*WHY}, f"say something of each of {', '.join(WHY)}, and of nothing else"
    for name, (wanted, why) in WHY.items():
        assert said[name] in ("shown", "refuted", "open"), f'{name}: "shown", "refuted" or "open", not {said[name]!r}'
        assert said[name] == wanted, f"{name}: not {said[name]}: {why}"
