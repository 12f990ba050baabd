"""The judges of points on piles that are known, and pictures that show what they are given."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import scipy.stats

from course import points


def real(n, seed=0):
    x = np.random.default_rng(seed).uniform(-0.5, 0.5, n)
    return np.stack([x, x**2], axis=1)


def test_energy_distance_by_hand_and_against_scipy():
    """Points on a line: the square of SciPy's, which is biased by each point's distance to itself."""
    one, two = np.random.default_rng(1).normal(size=(2, 80)) * [[1], [2]]
    lines = [np.stack([values, np.zeros(80)], axis=1) for values in (one, two)]
    within = np.abs(one[:, None] - one).mean()
    wanted = scipy.stats.energy_distance(one, two) ** 2 - within / 79  # n / (n - 1) of the mean over g, g'
    assert points.energy_distance(*lines) == pytest.approx(wanted)
    assert points.energy_distance([[0, 0], [0, 0]], [[3, 4], [3, 4]]) == pytest.approx(10)


def test_real_points_have_0_in_the_mean():
    """Unbiased: samples of 100 and of 2,000 lie around 0. The biased distance would be 3.5 and 0.17."""
    for n, spread in ((100, 3.5), (2000, 0.2)):
        found = [1000 * points.energy_distance(real(n, seed)) for seed in range(60)]
        assert abs(np.mean(found)) < 3 * np.std(found) / np.sqrt(60) + 1e-9
        assert np.std(found) < spread


def test_energy_distance_sees_every_fault():
    pile = points.PARABOLA  # evenly spread, so that chance has no part; moved, it is as wide as before
    shuffled = np.random.default_rng(0).permutation(pile[:, 1])
    faults = {
        "moved": pile + [0, 0.05],
        "at one place": np.repeat(pile[:1], 1000, axis=0),
        "half of the curve": np.abs(pile),
        "y of other points": np.stack([pile[:, 0], shuffled], axis=1),
        "twice as wide": pile * [2, 1],
    }
    for name, fault in faults.items():
        assert 1000 * points.energy_distance(fault) > 3, name


def test_mean_error_and_coverage_on_known_points():
    assert points.mean_error([[0.2, 0.04], [0.0, 0.5]]) == pytest.approx(0.25, abs=1e-5)
    pile = real(2000)
    assert points.coverage(pile) == 1
    assert points.coverage(pile + [0, 0.2]) == 0, "the right x, but not near the curve"
    assert points.coverage(np.tile([[0.2, 0.04]], (2000, 1))) == pytest.approx(0.1)
    assert points.coverage(np.abs(pile)) == pytest.approx(0.5)
    few = np.concatenate([np.tile([[0.2, 0.04]], (1900, 1)), pile[:100]])
    assert points.coverage(few) == pytest.approx(0.1), "some points in a strip are too few"


def test_judge_looks_at_the_points_that_it_is_given():
    judged = points.judge(real(2000) + [0, 0.1])
    assert judged["energy distance x 1000"] > 20 and judged["mean error"] == pytest.approx(0.1, abs=1e-5)
    assert judged["coverage"] == 0
    wave = points.curve(lambda x: np.sin(2 * np.pi * x) / 2)
    assert points.judge(wave[::2], wave)["energy distance x 1000"] == pytest.approx(0, abs=2)
    assert points.judge(real(2000), wave)["energy distance x 1000"] > 20


@pytest.mark.parametrize(
    ("given", "says"),
    [([[1.0, 2.0, 3.0]] * 4, r"shape \(n, 2\)"), ([[0.0, 0.0]], "two or more"), ([[0, np.nan]] * 3, "not finite")],
)
def test_points_that_cannot_be_judged_get_one_sentence(given, says):
    with pytest.raises(ValueError, match=says):
        points.energy_distance(given)


def test_over_seeds_counts_what_is_above_1():
    table = pd.DataFrame({"recipe": ["b"] * 4 + ["a"] * 2, "energy_distance_x1000": [0.5, 1.5, 0.2, 3, 0.1, 0.3]})
    found = points.over_seeds(table.assign(seed=[0, 1, 2, 3, 0, 1]))
    assert list(found.index) == ["b", "a"]
    assert list(found["above 1"]) == ["2 of 4", "0 of 2"] and list(found["worst"]) == [3, 0.3]
    assert found.loc["b", "interval of the share"] == "15% to 85%"


def test_over_seeds_compares_a_change_with_the_row_above_seed_by_seed():
    table = pd.DataFrame({"recipe": ["a"] * 4 + ["+ b"] * 4, "energy_distance_x1000": [3, 1, 2, 7, 2.5, 0.5, 1.5, 7]})
    found = points.over_seeds(table.assign(seed=[2, 0, 1, 3, 0, 1, 2, 3]))["nearer than the row above"]
    assert list(found) == ["", "2 of 4"]  # by place three are, and the equal one is not nearer


def test_the_interval_of_a_median_holds_it_in_95_of_100_samples():
    draw = np.random.default_rng(0)
    table = pd.DataFrame(
        {"recipe": np.repeat(np.arange(400), 32).astype(str), "energy_distance_x1000": draw.exponential(size=12800)}
    ).assign(seed=np.tile(np.arange(32), 400))
    ends = points.over_seeds(table)["interval of the median"].str.split(" to ", expand=True).astype(float)
    held = ((ends[0] <= np.log(2) + 0.005) & (np.log(2) - 0.005 <= ends[1])).mean()
    assert 0.93 < held < 0.995


def test_a_draw_of_the_saturating_loss_is_below_zero():
    heights = [
        [line.get_ydata()[0] for line in points.plot_losses(np.ones((5, 2)), saturating=saturating).lines[1::2]]
        for saturating in (False, True)
    ]
    np.testing.assert_allclose(heights, [[1.3863, 0.6931], [1.3863, -0.6931]], atol=1e-4)


def test_a_moment_holds_verdicts_points_and_arrows():
    """The map is the verdict at the place, the first row the lowest; notices a mirrored or transposed map."""
    moment = points.moment("m", lambda p: 4 * p[:, :1] + p[:, 1:], [[0.0, 0.0]], lambda p: p + 1)
    assert moment.verdicts[0, -1] > 0.9 > 0.1 > moment.verdicts[-1, 0]
    assert moment.verdicts[-1, 40] > moment.verdicts[0, 40]
    np.testing.assert_array_equal(moment.arrows, [[1, 1]])


def test_the_pictures_can_be_drawn(tmp_path):
    moments = [points.moment(str(k), lambda p: p[:, :1], real(20) * 4, lambda p: -p) for k in range(3)]
    points.strip(moments, columns=2)
    assert any("lie outside" in text.get_text() for axis in plt.gcf().axes for text in axis.texts)
    image = points.film_of_moments(moments, tmp_path / "film.gif", "a film")
    assert image.data[:6] == b"GIF89a"
    points.plot_losses(np.ones((5, 2)))
    points.dots(pd.DataFrame({"recipe": ["a", "a", "b"], "energy_distance_x1000": [-0.1, 0.5, 100]}))
    assert plt.gca().get_yticklabels()[1].get_text() == "b"
    plt.close("all")
