"""course/judges.py: each figure against a plain computation of it, and on piles whose quality is known beforehand."""

from __future__ import annotations

import functools

import keras
import numpy as np
import pytest

from course import judges
from course.counterfeits import copied, counterfeits


@functools.cache
def fruit(count: int, seed: int = 0, side: int = 48) -> np.ndarray:
    """Lemons on white: coloured ellipses at some angle, each with a dark spot of its own and light from above."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:side, :side] / side - 0.5
    pictures = np.ones((count, side, side, 3), np.float32)
    for picture in pictures:
        angle, length, breadth = rng.uniform(0, np.pi), rng.uniform(0.25, 0.4), rng.uniform(0.15, 0.25)
        along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
        inside = (along / length) ** 2 + (across / breadth) ** 2 < 1
        colour = np.array([rng.uniform(0.5, 0.9), rng.uniform(0.2, 0.8), -0.8])
        picture[inside] = (colour - y[inside, None]).clip(-1, 1)
        at = rng.uniform(-0.6, 0.6, 2) * [length, breadth]
        picture[inside & (np.hypot(along - at[0], across - at[1]) < 0.07)] = -0.6
    return pictures


# ---------------------------------------------------------------- features


def plain_features(picture):
    """Pixel by pixel, cell by cell: what `features` computes with arrays."""
    side = len(picture)
    light = (picture.astype(float) + 1) / 2
    found, colour = np.zeros((8, 8, 8)), np.zeros((3, 4, 4))

    def weights(place, grid):
        step = side / grid
        share = [max(1 - abs(place + 0.5 - (cell + 0.5) * step) / step, 0) for cell in range(grid)]
        whole = [sum(max(1 - abs(p + 0.5 - (c + 0.5) * step) / step, 0) for p in range(side)) for c in range(grid)]
        return np.array(share) / whole

    for row in range(side):
        for column in range(side):
            down = (light[row + 1, column] - light[row - 1, column]) / 2 if 0 < row < side - 1 else np.zeros(3)
            right = (light[row, column + 1] - light[row, column - 1]) / 2 if 0 < column < side - 1 else np.zeros(3)
            best = np.argmax(np.hypot(down, right))
            strength = max(np.hypot(down[best], right[best]) - 0.025, 0)
            angle = np.degrees(np.arctan2(down[best], right[best])) % 180
            for direction in range(8):
                apart = abs(angle - 22.5 * direction)
                share = max(1 - min(apart, 180 - apart) / 22.5, 0) * strength / (strength + 0.05)
                found[direction] += share * np.outer(weights(row, 8), weights(column, 8))
            for channel in range(3):
                share = 0.4 * (1 - light[row, column, channel])
                colour[channel] += share * np.outer(weights(row, 4), weights(column, 4))
    return np.concatenate([found.ravel(), colour.ravel()])


def test_features_are_those_of_a_plain_computation():
    picture = fruit(1, side=20)
    np.testing.assert_allclose(judges.features(picture)[0], plain_features(picture[0]), atol=1e-5)


def test_noise_that_no_eye_sees_changes_features_less_than_a_blur():
    real = fruit(20)
    piles = counterfeits(real, real)
    means = {name: judges.features(pile).mean(axis=0) for name, pile in {"real": real, **piles}.items()}
    far = {name: np.linalg.norm(mean - means["real"]) for name, mean in means.items()}
    assert 5 * far["innocent noise, 1%"] < min(far["blur, 0.7 px"], far["halves side by side"])


# ---------------------------------------------------------------- figures


def test_kid_is_the_double_sum_over_different_pictures():
    rng = np.random.default_rng(0)
    one, other = rng.normal(size=(7, 5)), rng.normal(size=(6, 5)) + 0.3
    scale = np.mean([point @ point for point in other])

    def kernel(a, b):
        return (a @ b / scale + 1) ** 3

    within_one = np.mean([kernel(a, b) for i, a in enumerate(one) for j, b in enumerate(one) if i != j])
    within_other = np.mean([kernel(a, b) for i, a in enumerate(other) for j, b in enumerate(other) if i != j])
    between = np.mean([kernel(a, b) for a in one for b in other])
    assert judges.kid(one, other) == pytest.approx(1000 * (within_one + within_other - 2 * between))


def test_shares_are_those_counted_one_by_one():
    rng = np.random.default_rng(1)
    one, real = rng.normal(size=(30, 4)), 1.3 * rng.normal(size=(30, 4)) + 0.4

    def radius(pile, number, neighbours):
        return sorted(np.linalg.norm(pile - pile[number], axis=1))[neighbours]  # place 0 is its own

    def inside(point, pile, neighbours):
        return [np.linalg.norm(point - other) <= radius(pile, j, neighbours) for j, other in enumerate(pile)]

    figures = judges.compare(one, real)
    assert figures["precision"] == pytest.approx(np.mean([any(inside(point, real, 3)) for point in one]))
    assert figures["recall"] == pytest.approx(np.mean([any(inside(point, one, 3)) for point in real]))
    assert figures["density"] == pytest.approx(np.mean([sum(inside(point, real, 5)) / 5 for point in one]))
    assert figures["coverage"] == pytest.approx(np.mean(np.any([inside(point, real, 5) for point in one], axis=0)))
    assert len({round(value, 3) for value in figures.values()}) == 5, "five figures that differ"


@pytest.mark.slow
def test_scorecard_sees_what_is_wrong():
    real, reference = fruit(60, 1), fruit(60, 2)
    piles = counterfeits(real, real)
    seen = ["quarters", "repeats, 10", "half noise", "blur, 1 px", "noise, 3%", "JPEG, quality 5", "hue, 60 degrees"]
    cards = {name: judges.scorecard(piles[name], reference, draws=2) for name in seen}
    good, floor = judges.scorecard(real, reference), judges.floor(fruit(200), 60, draws=5)
    assert abs(good["kid"]) < 4 * floor["kid_spread"]
    assert min(good["precision"], good["recall"], good["coverage"]) > 0.7
    assert cards["quarters"]["precision"] < good["precision"] - 0.3
    assert cards["repeats, 10"]["recall"] < 0.2 and cards["repeats, 10"]["coverage"] < 0.6
    assert cards["repeats, 10"]["precision"] > 0.7, "each of the ten is good"
    assert cards["half noise"]["precision"] == pytest.approx(good["precision"] / 2, abs=0.1)
    for kind in seen[3:]:
        assert cards[kind]["kid"] > floor["kid"] + 4 * floor["kid_spread"], kind


@pytest.mark.slow
def test_the_spread_is_about_that_of_new_piles():
    """Neither 0, as it would be of whole piles drawn again, nor that of piles half as large."""
    pool = judges.features(fruit(800))

    def card(draw):
        order = np.random.default_rng(draw).permutation(len(pool))
        return order[:80], order[80:160]

    anew = np.std([judges.compare(*(pool[part] for part in card(draw)))["precision"] for draw in range(20)])
    said = [
        judges.scorecard(*(fruit(800)[part] for part in card(draw)), draws=10)["precision_spread"] for draw in range(3)
    ]
    assert anew / 2 < np.mean(said) < 2 * anew


def test_equal_piles_get_equal_figures():
    assert judges.scorecard(fruit(20, 1), fruit(20, 2)) == judges.scorecard(fruit(20, 1), fruit(20, 2))


def test_the_floor_compares_piles_without_a_shared_picture(monkeypatch):
    met = []
    monkeypatch.setattr(
        judges, "compare", lambda one, other: met.append((one, other)) or dict.fromkeys(judges.FIGURES, 1)
    )
    result = judges.floor(fruit(30), size=14, draws=3, describe=lambda pile: np.arange(len(pile)))
    assert len(met) == 3 and all(len({*one, *other}) == 28 for one, other in met)
    assert result["kid"] == 1 and result["kid_spread"] == 0
    with pytest.raises(ValueError, match="Two piles of 16 without a shared picture need 32 pictures, not 30"):
        judges.floor(fruit(30), size=16)


def with_nan(pictures):
    pictures = pictures.copy()
    pictures[3, 2, 1, 0] = np.nan
    return pictures


@pytest.mark.parametrize(
    ("pictures", "reference", "sentence"),
    [
        (fruit(20), fruit(19), "equal numbers, not 20 and 19 pictures"),
        (fruit(20), fruit(20, side=32), r"must be of one size, not \(48, 48, 3\) and \(32, 32, 3\)"),
        (fruit(20)[..., 0], fruit(20), r"The pictures must have the shape \(n, height, width, 3\)"),
        (fruit(20)[:, :8, :8], fruit(20), "16 pixels or more along each side"),
        (fruit(11), fruit(11), "11 pictures are too few to have neighbours"),
        (127.5 * (fruit(20) + 1), fruit(20), r"must lie in \[-1, 1\], but reach from .* to 255"),
        (fruit(20), with_nan(fruit(20)), "The reference hold values that are not finite"),
    ],
)
def test_a_mistake_gets_one_sentence(pictures, reference, sentence):
    with pytest.raises(ValueError, match=sentence) as error:
        judges.scorecard(pictures, reference)
    assert "\n" not in str(error.value)


# ---------------------------------------------------------------- copies


@pytest.mark.slow
def test_copies_are_named_and_held_out_pictures_pass():
    training, held_out = fruit(60, 1), fruit(60, 2)
    for name, pile in copied(training[:30]).items():
        result = judges.copies(pile, training, held_out, draws=199)
        assert result["copied"] and result["share"] > 0.75, name
        assert np.mean(result["nearest"] == np.arange(30)) > 0.7, name


@pytest.mark.slow
def test_a_fifth_of_copies_is_named_though_the_share_hardly_moves():
    pile = np.concatenate([copied(fruit(60, 1)[:12])["copies, mirrored"], fruit(48, 3)])
    result = judges.copies(pile, fruit(60, 1), fruit(60, 2), draws=199)
    assert result["copied"] and result["share"] < 0.75


@pytest.mark.slow
def test_innocent_piles_pass():
    named = [judges.copies(fruit(20, seed), fruit(40, 1), fruit(40, 2), draws=99)["p"] for seed in range(10, 20)]
    assert sum(p <= 0.01 for p in named) <= 1
    assert 0.2 < np.mean(named) < 0.8, "p of innocent piles lies anywhere between 0 and 1"


def test_fewer_held_out_pictures_make_a_larger_share_innocent():
    result = judges.copies(fruit(30, 3), fruit(60, 1), fruit(20, 2), draws=99)
    assert result["expected"] == 0.75 and not result["copied"]
    assert abs(result["share"] - 0.75) < 4 * result["spread"]


def test_without_held_out_pictures_nothing_can_be_said():
    with pytest.raises(ValueError, match="There are no held-out pictures"):
        judges.copies(fruit(5), fruit(5), fruit(5)[:0])


# ---------------------------------------------------------------- the examiner


def network(activation=None, size=2):
    return keras.Sequential(
        [keras.Input((size,)), keras.layers.Dense(32, "relu"), keras.layers.Dense(1, activation=activation)]
    )


@pytest.mark.slow
@pytest.mark.parametrize("activation", [None, "sigmoid"])
def test_the_examiner_tells_what_differs(activation):
    rng = np.random.default_rng(0)
    real_train, real_test = rng.normal(size=(200, 2)), rng.normal(size=(100, 2))
    fakes = [[4, 0] + rng.normal(size=(count, 2)) for count in (200, 100)]
    found = judges.examiner(
        lambda: network(activation), fakes[0], real_train, fakes[1], real_test, epochs=15, learning_rate=0.01
    )
    assert 0.9 < found["low"] < found["accuracy"] < found["high"] <= 1  # 4 standard deviations apart: 98% at best
    assert abs(found["real_accuracy"] - 0.5) < 0.17, "nobody tells real from real: 3.4 deviations of 100 answers"


@pytest.mark.slow
def test_the_examiner_asks_about_what_the_network_has_not_seen():
    """Noise of many dimensions is learnt by heart, and says nothing about other noise."""
    rng = np.random.default_rng(0)
    piles = [rng.normal(size=(40, 300)) for _ in range(4)]
    found = judges.examiner(lambda: network(size=300), *piles, epochs=15, learning_rate=0.01)
    assert abs(found["accuracy"] - 0.5) < 0.2, "3.6 deviations of 80 answers"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            lambda piles: [piles[0][:9], *piles[1:]],
            r"For training the examiner needs as many .* \(9, 2\) and \(10, 2\)",
        ),
        (lambda piles: [*piles[:2], piles[2][:, :1], piles[3]], r"For test .* \(10, 1\) and \(10, 2\)"),
        (lambda piles: [*piles[:3], piles[3] * np.nan], "For test the examiner got values that are not finite"),
    ],
)
def test_the_examiners_mistakes_get_one_sentence(change, sentence):
    piles = [np.ones((10, 2)) for _ in range(4)]
    with pytest.raises(ValueError, match=sentence):
        judges.examiner(network, *change(piles))


# ---------------------------------------------------------------- counterfeits


def test_counterfeits_are_what_they_are_called():
    real, other = fruit(60, 1), -fruit(60, 2)
    piles = counterfeits(real, other)
    assert all(pile.shape == real.shape and np.abs(pile).max() <= 1.001 for pile in piles.values())
    assert all(len(np.unique(piles[f"repeats, {k}"], axis=0)) == k for k in (50, 10, 1))
    half = real.shape[1] // 2
    for name, rows in {"halves upon each other": 1, "halves side by side": 0}.items():
        own = piles[name][:, :half] if rows else piles[name][:, :, :half]
        np.testing.assert_array_equal(own, real[:, :half] if rows else real[:, :, :half])
        strange = piles[name][:, half:] if rows else piles[name][:, :, half:]
        assert np.mean(strange == (real[:, half:] if rows else real[:, :, half:])) < 0.9
    assert 2 * np.mean(np.all(piles["two fruits mixed"] == other, axis=(1, 2, 3))) == 1
    changed = {name: np.abs(pile - real).mean() for name, pile in piles.items()}
    for kind in ("blur", "noise", "JPEG", "hue", "grain"):
        mild, middle, strong = (value for name, value in changed.items() if name.startswith(f"{kind},"))
        assert mild < middle < strong, kind
    assert changed["innocent noise, 1%"] < changed["noise, 3%"] / 2
    assert changed["innocent JPEG, quality 95"] < changed["JPEG, quality 30"] / 2
    with pytest.raises(ValueError, match="12 pictures or more"):
        counterfeits(real[:11], other)


def test_a_table_shows_each_figure_with_its_own_spread():
    names = ("kid", "precision", "recall", "density", "coverage")
    card = {name: 0.125 * n for n, name in enumerate(names, 1)} | {
        f"{name}_spread": 0.01 * n for n, name in enumerate(names, 1)
    }
    shown = judges.table({"ours": {**card, "kid": 26.6, "kid_spread": 3.4}})
    assert list(shown.loc["ours"]) == ["27 ± 3", "0.25 ± 0.02", "0.38 ± 0.03", "0.62 ± 0.05"]
